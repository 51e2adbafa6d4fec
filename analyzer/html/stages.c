/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "analyzer/html/markup.h"
#include "analyzer/html/sections.h"
#include "analyzer/html/table.h"

/* By turn_stage_state; each stands beside a frame or a word. */
static const struct {
    const char *mark;
    const char *names;
} states[] = {
    [TURN_STAGE_REACHED] = {"\xe2\x9c\x93", "step reached"},
    [TURN_STAGE_PASSED] = {"\xc2\xb7", "step passed"},
    [TURN_STAGE_FAILED] = {"\xc3\x97", "step failed"},
    [TURN_STAGE_OPEN] = {"", "step open"},
};

static void mark_cell(html_page *page, const char *mark) {
    markup_begin(page->out, "td", "step-mark");
    markup_attribute(page->out, "aria-hidden", "true");
    markup_end(page->out);
    markup_text(page->out, mark);
    markup_close(page->out, "td");
}

static void step_cells(html_page *page, const turn_stages *stages, const turn_stage *stage,
                       const turn_seen *seen) {
    g_autofree char *capture = turn_words_capture(page->report, seen->capture);
    g_autofree char *frame = NULL;
    g_autofree char *clock = NULL;
    g_autofree char *seconds = NULL;
    g_autofree char *after = NULL;

    if (seen->frame == 0) {
        markup_begin(page->out, "td", "step-word");
        markup_number(page->out, "colspan", 3);
        markup_end(page->out);
        markup_text(page->out, turn_words_step(stage));
        markup_close(page->out, "td");
        return;
    }
    frame = g_strdup_printf("%s%s%u", capture != NULL ? capture : "", capture != NULL ? ", " : "",
                            seen->frame);
    clock = turn_words_clock(page->report, seen);
    seconds = turn_words_seconds(seen->time - stages->start.time);
    after = g_strdup_printf("%s s", seconds);
    html_cell(page->out, "num", frame);
    html_cell(page->out, "time", clock);
    html_cell(page->out, "num", after);
}

static void one_step(html_page *page, const turn_stages *stages, guint index) {
    const turn_stage *stage = &g_array_index(stages->list, turn_stage, index);
    const gboolean ended = stages->stop != TURN_STOP_NONE && index == stages->at;
    const gboolean fault = ended && turn_stop_is_fault(stages->stop);
    g_autofree char *number = g_strdup_printf("%u", index + 1);

    html_row(page->out, fault ? "step stopped" : ended ? "step ended" : states[stage->state].names);
    mark_cell(page, states[stage->state].mark);
    html_cell(page->out, "num", number);
    html_row_header(page->out, stage->title);
    step_cells(page, stages, stage, ended ? &stages->seen : &stage->seen);
    html_row_end(page->out);
}

void html_stages(html_page *page, const turn_stages *stages) {
    static const html_column columns[] = {{"", "step-mark"}, {"No", "num"},
                                          {"Step", NULL},    {"Frame", "num"},
                                          {"Time", "time"},  {"Since start", "num"}};
    g_autofree char *patience = NULL;

    if (stages->list->len == 0) {
        return;
    }
    patience = turn_words_patience(page->report, stages);
    markup_element(page->out, "h4", NULL, "How far it got");
    html_table(page->out, "Steps", columns, G_N_ELEMENTS(columns));
    for (guint i = 0; i < stages->list->len; i++) {
        one_step(page, stages, i);
    }
    html_table_end(page->out);
    if (patience != NULL) {
        markup_element(page->out, "p", "hint", patience);
    }
}
