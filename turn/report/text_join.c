/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "turn/report/text_private.h"
#include "turn/report/wrap.h"

static void mappings(text_writer *writer) {
    g_autoptr(GPtrArray) lines = turn_words_mappings(writer->report->join);

    for (guint i = 0; i < lines->len; i++) {
        turn_wrap_append(writer->out, "  ", g_ptr_array_index(lines, i));
    }
}

static void one_leg(text_writer *writer, const turn_leg *leg, turn_way way) {
    const turn_tally *requests = &leg->requests[way];
    const turn_tally *responses =
        &leg->responses[way == TURN_TO_SERVER ? TURN_TO_CLIENT : TURN_TO_SERVER];
    g_autofree char *name = turn_words_leg(leg);

    if (requests->sent > 0) {
        g_string_append_printf(writer->out, "  %-30s %-8s %8u %8u %9u %8u\n", name,
                               way == TURN_TO_SERVER ? "client" : "server", requests->sent,
                               requests->arrived, responses->sent, responses->arrived);
    }
}

static void legs(text_writer *writer) {
    const GPtrArray *all = writer->report->join->legs;
    gboolean begun = FALSE;

    for (guint i = 0; i < all->len; i++) {
        const turn_leg *leg = g_ptr_array_index(all, i);

        for (gint way = 0; way < TURN_WAYS; way++) {
            if (!begun && leg->requests[way].sent > 0) {
                g_string_append_printf(writer->out, "\n  %-30s %-8s %8s %8s %9s %8s\n",
                                       "Requests over", "asked by", "sent", "arrived", "answered",
                                       "back");
                begun = TRUE;
            }
            one_leg(writer, leg, (turn_way)way);
        }
    }
}

void text_join(text_writer *writer) {
    const turn_report *report = writer->report;
    g_autofree char *clock = NULL;

    if (report->join == NULL) {
        return;
    }
    text_heading(writer, TURN_HEADING_JOIN);
    if (report->points_note != NULL) {
        turn_wrap_append(writer->out, "  ", report->points_note);
    }
    clock = turn_report_clock(report->join);
    turn_wrap_append(writer->out, "  ", clock);
    mappings(writer);
    legs(writer);
}
