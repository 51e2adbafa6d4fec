/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "turn/report/text_private.h"
#include "turn/report/wrap.h"

/* "   4. relay allocated            frame 2      19:52:48.714894    0.010 s"; where there are
 * several captures their names take the place of the clock. */
static void step_line(text_writer *writer, const turn_stages *stages, guint index) {
    const turn_stage *stage = &g_array_index(stages->list, turn_stage, index);
    const gboolean stopped = index == stages->at;
    const turn_seen *seen = stopped ? &stages->seen : &stage->seen;
    g_autofree char *first =
        g_strdup_printf("     %s%2u. ", stage->state == TURN_STAGE_FAILED ? "x " : "  ", index + 1);
    g_autofree char *line = NULL;

    if (seen->frame != 0) {
        g_autofree char *capture = text_capture(writer, seen->capture);
        g_autofree char *clock = turn_words_clock(writer->report, seen);
        g_autofree char *when = g_strdup_printf("%s ", clock);
        g_autofree char *seconds = turn_words_seconds(seen->time - stages->start.time);

        line = g_strdup_printf("%-26s %sframe %-6u %s%8s s", stage->title, capture, seen->frame,
                               *capture == '\0' ? when : "", seconds);
    } else {
        line = g_strdup_printf("%-26s %s", stage->title, turn_words_step(stage));
    }
    turn_wrap_append(writer->out, first, line);
}

/* Whether something was found about the session that did not work. */
static gboolean is_at_fault(const text_writer *writer, const turn_session *session) {
    const GPtrArray *findings = writer->report->judgement->findings;

    for (guint i = 0; i < findings->len; i++) {
        const turn_finding *finding = g_ptr_array_index(findings, i);

        if (finding->session == session && finding->level <= TURN_LEVEL_DEGRADED) {
            return TRUE;
        }
    }
    return FALSE;
}

void text_stages(text_writer *writer, const turn_session *session) {
    g_autoptr(turn_stages) stages = turn_stages_of_session(writer->report->model, session);
    g_autofree char *progress = turn_words_progress(stages);
    g_autofree char *line = g_strconcat("Stage: ", progress, NULL);
    g_autofree char *patience = turn_words_patience(writer->report, stages);

    if (stages->list->len == 0) {
        return;
    }
    turn_wrap_append(writer->out, "     ", line);
    if (turn_stop_is_fault(stages->stop) ||
        (stages->stop != TURN_STOP_NONE && is_at_fault(writer, session))) {
        for (guint i = 0; i <= stages->at; i++) {
            step_line(writer, stages, i);
        }
    }
    if (patience != NULL) {
        turn_wrap_append(writer->out, "     ", patience);
    }
}
