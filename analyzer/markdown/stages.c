/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "analyzer/markdown/writer.h"

void markdown_progress(markdown_writer *writer, const turn_stages *stages) {
    g_autofree char *progress = turn_words_progress(stages);
    g_autofree char *patience = turn_words_patience(writer->report, stages);

    if (stages->list->len == 0) {
        return;
    }
    markdown_item(writer, "Stage", progress);
    if (patience != NULL) {
        markdown_item(writer, NULL, patience);
    }
}

static void one_step(markdown_writer *writer, const turn_stages *stages, guint index) {
    const turn_stage *stage = &g_array_index(stages->list, turn_stage, index);
    const turn_seen *seen = index == stages->at ? &stages->seen : &stage->seen;
    const gboolean failed = stage->state == TURN_STAGE_FAILED;
    g_autofree char *number = g_strdup_printf("%u", index + 1);
    g_autofree char *title = g_strconcat(stage->title, failed ? " (failed)" : "", NULL);

    if (seen->frame != 0) {
        g_autofree char *capture = turn_words_capture(writer->report, seen->capture);
        g_autofree char *frame = g_strdup_printf("%s%s%u", capture != NULL ? capture : "",
                                                 capture != NULL ? ", " : "", seen->frame);
        g_autofree char *clock = turn_words_clock(writer->report, seen);
        g_autofree char *seconds = turn_words_seconds(seen->time - stages->start.time);
        g_autofree char *after = g_strconcat(seconds, " s", NULL);

        markdown_row(writer, (const char *const[]){number, title, frame, clock, after, NULL});
    } else {
        markdown_row(writer, (const char *const[]){number, stage->title, turn_words_step(stage), "",
                                                   "", NULL});
    }
}

void markdown_steps(markdown_writer *writer, const turn_stages *stages) {
    if (stages->list->len == 0 || stages->stop == TURN_STOP_NONE) {
        return;
    }
    markdown_table(writer, ">Step|What|>Frame|Time|>After");
    for (guint i = 0; i <= stages->at; i++) {
        one_step(writer, stages, i);
    }
    markdown_end(writer);
}
