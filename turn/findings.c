/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "turn/findings.h"

static void evidence_clear(gpointer evidence) {
    g_free(((turn_evidence *)evidence)->summary);
    g_free(((turn_evidence *)evidence)->alone);
}

turn_finding *turn_finding_new(const turn_cause *cause) {
    turn_finding *finding = g_new0(turn_finding, 1);

    finding->cause = cause;
    finding->level = cause->level;
    finding->evidence = g_array_new(FALSE, TRUE, sizeof(turn_evidence));
    g_array_set_clear_func(finding->evidence, evidence_clear);
    return finding;
}

void turn_finding_free(turn_finding *finding) {
    if (finding == NULL) {
        return;
    }
    g_free(finding->reason);
    g_free(finding->detail);
    g_array_unref(finding->evidence);
    g_free(finding);
}

const char *turn_evidence_alone(const turn_evidence *self) {
    return self->alone != NULL ? self->alone : self->summary;
}

static gboolean takes(const turn_finding *finding, const turn_seen *seen) {
    if (seen->frame == 0 || finding->evidence->len >= TURN_MAX_EVIDENCE) {
        return FALSE;
    }
    for (guint i = 0; i < finding->evidence->len; i++) {
        const turn_seen *known = &g_array_index(finding->evidence, turn_evidence, i).seen;

        if (known->frame == seen->frame && known->capture == seen->capture) {
            return FALSE;
        }
    }
    return TRUE;
}

void turn_finding_add(turn_finding *finding, const turn_seen *seen, const char *format, ...) {
    turn_evidence added = {.seen = *seen};
    va_list arguments;

    if (takes(finding, seen)) {
        va_start(arguments, format);
        added.summary = g_strdup_vprintf(format, arguments);
        va_end(arguments);
        g_array_append_val(finding->evidence, added);
    }
}

void turn_finding_add_further(turn_finding *finding, const turn_seen *seen, const char *summary,
                              const char *format, ...) {
    turn_evidence added = {.seen = *seen};
    va_list arguments;

    if (takes(finding, seen)) {
        added.summary = g_strdup(summary);
        va_start(arguments, format);
        added.alone = g_strdup_vprintf(format, arguments);
        va_end(arguments);
        g_array_append_val(finding->evidence, added);
    }
}
