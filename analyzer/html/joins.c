/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "analyzer/html/markup.h"
#include "analyzer/html/sections.h"
#include "analyzer/html/table.h"

static void one_leg(html_page *page, const turn_leg *leg, turn_way way) {
    const turn_tally *requests = &leg->requests[way];
    const turn_tally *responses =
        &leg->responses[way == TURN_TO_SERVER ? TURN_TO_CLIENT : TURN_TO_SERVER];
    g_autofree char *name = turn_words_leg(leg);

    if (requests->sent == 0) {
        return;
    }
    html_row(page->out, NULL);
    html_row_header(page->out, name);
    html_cell(page->out, NULL, way == TURN_TO_SERVER ? "client" : "server");
    html_cell_number(page->out, requests->sent);
    html_cell_number(page->out, requests->arrived);
    html_cell_number(page->out, responses->sent);
    html_cell_number(page->out, responses->arrived);
    html_row_end(page->out);
}

static gboolean has_requests(const GPtrArray *legs) {
    for (guint i = 0; i < legs->len; i++) {
        const turn_leg *leg = g_ptr_array_index(legs, i);

        if (leg->requests[TURN_TO_SERVER].sent + leg->requests[TURN_TO_CLIENT].sent > 0) {
            return TRUE;
        }
    }
    return FALSE;
}

static void legs(html_page *page) {
    static const html_column columns[] = {{"Requests over", NULL}, {"Asked by", NULL},
                                          {"Sent", "num"},         {"Arrived", "num"},
                                          {"Answered", "num"},     {"Back", "num"}};
    const GPtrArray *all = page->report->join->legs;

    if (!has_requests(all)) {
        return;
    }
    html_table(page->out, "What arrived of what was sent", columns, G_N_ELEMENTS(columns));
    for (guint i = 0; i < all->len; i++) {
        for (gint way = 0; way < TURN_WAYS; way++) {
            one_leg(page, g_ptr_array_index(all, i), (turn_way)way);
        }
    }
    html_table_end(page->out);
}

void html_join(html_page *page) {
    const turn_report *report = page->report;
    g_autoptr(GPtrArray) mappings = NULL;
    g_autofree char *clock = NULL;

    if (report->join == NULL) {
        return;
    }
    clock = turn_report_clock(report->join);
    mappings = turn_words_mappings(report->join);
    html_section(page, "join", TURN_HEADING_JOIN);
    if (report->points_note != NULL) {
        markup_element(page->out, "p", NULL, report->points_note);
    }
    markup_open(page->out, "ul", NULL);
    markup_element(page->out, "li", NULL, clock);
    for (guint i = 0; i < mappings->len; i++) {
        markup_element(page->out, "li", NULL, g_ptr_array_index(mappings, i));
    }
    markup_close(page->out, "ul");
    legs(page);
    html_section_end(page);
}
