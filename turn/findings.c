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

/* A new one at SEEN; NULL when it is passed over. */
static turn_evidence *evidence_new(turn_finding *finding, const turn_seen *seen) {
    const guint count = finding->evidence->len;
    turn_evidence *added;

    if (seen->frame == 0 || count >= TURN_MAX_EVIDENCE) {
        return NULL;
    }
    for (guint i = 0; i < count; i++) {
        const turn_seen *known = &g_array_index(finding->evidence, turn_evidence, i).seen;

        if (known->frame == seen->frame && known->capture == seen->capture) {
            return NULL;
        }
    }
    g_array_set_size(finding->evidence, count + 1);
    added = &g_array_index(finding->evidence, turn_evidence, count);
    added->seen = *seen;
    return added;
}

void turn_finding_add(turn_finding *finding, const turn_seen *seen, const char *format, ...) {
    turn_evidence *added = evidence_new(finding, seen);
    va_list arguments;

    if (added == NULL) {
        return;
    }
    va_start(arguments, format);
    added->summary = g_strdup_vprintf(format, arguments);
    va_end(arguments);
}

void turn_finding_add_further(turn_finding *finding, const turn_seen *seen, const char *summary,
                              const char *format, ...) {
    turn_evidence *added = evidence_new(finding, seen);
    va_list arguments;

    if (added == NULL) {
        return;
    }
    added->summary = g_strdup(summary);
    va_start(arguments, format);
    added->alone = g_strdup_vprintf(format, arguments);
    va_end(arguments);
}

void turn_finding_broke(turn_finding *finding, const turn_seen *seen) {
    if (finding->broke.time == 0) {
        finding->broke = *seen;
    }
}

gboolean turn_finding_when(const turn_finding *finding, turn_seen *when) {
    if (finding->broke.time != 0) {
        *when = finding->broke;
        return TRUE;
    }
    if (finding->evidence->len == 0) {
        return FALSE;
    }
    *when = g_array_index(finding->evidence, turn_evidence, 0).seen;
    return TRUE;
}
