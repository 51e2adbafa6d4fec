/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "analyzer/html/ladder_draw.h"
#include "analyzer/html/markup.h"

static void cell(GString *out, const char *classes, const char *text) {
    markup_element(out, "td", classes, text);
}

static void write_head(const ladder_drawing *self) {
    static const char *const one[] = {"Seconds", "Frame",   "From",     "To",
                                      "What",    "Outcome", "Findings", NULL};
    static const char *const two[] = {"Seconds", "Frame at client", "Frame at server", "From", "To",
                                      "What",    "Outcome",         "Findings",        NULL};
    const char *const *names = self->found->join != NULL ? two : one;

    markup_open(self->out, "thead", NULL);
    markup_open(self->out, "tr", NULL);
    for (; *names != NULL; names++) {
        markup_begin(self->out, "th", NULL);
        markup_attribute(self->out, "scope", "col");
        markup_end(self->out);
        markup_text(self->out, *names);
        markup_close(self->out, "th");
    }
    markup_close(self->out, "tr");
    markup_close(self->out, "thead");
}

static char *outcome_text(const ladder_row *row) {
    g_autofree char *badge = ladder_words_badge(row);
    const char *name = ladder_outcome_name(row->outcome);

    return badge != NULL && !g_str_equal(badge, name) ? g_strdup_printf("%s %s", name, badge)
                                                      : g_strdup(name);
}

static char *findings_text(const ladder_drawing *self, const ladder_row *row) {
    GString *text = g_string_new(NULL);
    guint last = 0;

    for (guint i = 0; i < row->findings->len; i++) {
        const guint number = finding_number(self->numbers, g_ptr_array_index(row->findings, i));

        if (number != last) {
            g_string_append_printf(text, "%s%u", text->len > 0 ? ", " : "", number);
        }
        last = number;
    }
    return g_string_free(text, FALSE);
}

static char *what_text(ladder_drawing *self, const ladder_row *row) {
    g_autofree char *name = ladder_words_name(row);
    g_autofree char *more = ladder_words_more(self, row);
    g_autofree char *details = ladder_words_details(self, row);
    GString *text = g_string_new(name);

    if (*more != '\0') {
        g_string_append_printf(text, ", %s", more);
    }
    if (*details != '\0') {
        g_string_append_printf(text, "; %s", details);
    }
    return g_string_free(text, FALSE);
}

static void write_left_out(const ladder_drawing *self, const ladder_row *row) {
    g_autofree char *text = ladder_words_left_out(self, row);

    markup_begin(self->out, "td", NULL);
    markup_number(self->out, "colspan", self->found->join != NULL ? 8 : 7);
    markup_end(self->out);
    markup_text(self->out, text);
    markup_close(self->out, "td");
}

static void write_step(ladder_drawing *self, const ladder_row *row) {
    const gint points = self->found->join != NULL ? TURN_POINT_COUNT : 1;
    const guint lane_from = ladder_lane_from(self->lanes, row->step);
    const guint lane_to = ladder_lane_to(self->lanes, row->step);
    g_autofree char *time = ladder_words_time(self, row->step->seen.time);
    g_autofree char *from = ladder_lane_name(self->lanes, lane_from);
    g_autofree char *to = ladder_lane_name(self->lanes, lane_to);
    g_autofree char *what = what_text(self, row);
    g_autofree char *outcome = outcome_text(row);
    g_autofree char *findings = findings_text(self, row);

    cell(self->out, "num", time);
    for (gint point = 0; point < points; point++) {
        g_autofree char *frame = ladder_words_frame(self, row->step, (turn_point_name)point);

        cell(self->out, "num", frame);
    }
    cell(self->out, NULL, lane_from == lane_to ? "" : from);
    cell(self->out, NULL, lane_from == lane_to ? "" : to);
    cell(self->out, "what", what);
    cell(self->out, NULL, outcome);
    cell(self->out, NULL, findings);
}

void ladder_table(ladder_drawing *self) {
    GString *out = self->out;

    g_hash_table_remove_all(self->told);
    markup_open(out, "details", "ladder-table");
    markup_element(out, "summary", NULL, "The same as a table");
    markup_scroll(out, "Steps of the ladder");
    markup_open(out, "table", NULL);
    markup_element(out, "caption", NULL, "Steps of the ladder");
    write_head(self);
    markup_open(out, "tbody", NULL);
    for (guint i = 0; i < self->rows->len; i++) {
        const ladder_row *row = g_ptr_array_index(self->rows, i);

        markup_open(out, "tr", NULL);
        if (row->kind == LADDER_ROW_LEFT_OUT) {
            write_left_out(self, row);
        } else {
            write_step(self, row);
        }
        markup_close(out, "tr");
    }
    markup_close(out, "tbody");
    markup_close(out, "table");
    markup_close(out, "div");
    markup_close(out, "details");
}
