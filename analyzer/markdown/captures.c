/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "analyzer/markdown/escape.h"
#include "analyzer/markdown/writer.h"

static void one_capture(markdown_writer *writer, guint index) {
    const turn_report_capture *capture = g_ptr_array_index(writer->report->captures, index);
    g_autofree char *point = turn_words_capture(writer->report, index);

    g_string_append(writer->out, "- ");
    if (point != NULL) {
        g_string_append_printf(writer->out, "%s: ", point);
    }
    markdown_append_code(writer->out, capture->file);
    if (capture->packets > 0) {
        g_autofree char *first = turn_report_time(writer->report, index, capture->first);
        g_autofree char *last = turn_report_time(writer->report, index, capture->last);
        g_autofree char *line =
            g_strdup_printf("%s, %s, %" G_GUINT64_FORMAT " packets, %s to %s", capture->format,
                            capture->link_text, capture->packets, first, last);

        g_string_append(writer->out, ": ");
        markdown_append_text(writer->out, line);
    } else {
        g_string_append(writer->out, ": no packets");
    }
    g_string_append_c(writer->out, '\n');
}

void markdown_captures(markdown_writer *writer) {
    const GPtrArray *all = writer->report->captures;
    gboolean begun = FALSE;

    for (guint i = 0; i < all->len; i++) {
        if (((const turn_report_capture *)g_ptr_array_index(all, i))->file == NULL) {
            continue;
        }
        if (!begun) {
            markdown_heading(writer, 2, all->len > 1 ? "Captures" : "Capture");
            begun = TRUE;
        }
        one_capture(writer, i);
    }
    if (begun) {
        markdown_end(writer);
    }
}

static void one_leg(markdown_writer *writer, const turn_leg *leg, turn_way way) {
    const turn_tally *requests = &leg->requests[way];
    const turn_tally *responses =
        &leg->responses[way == TURN_TO_SERVER ? TURN_TO_CLIENT : TURN_TO_SERVER];
    g_autofree char *name = turn_words_leg(leg);
    g_autofree char *sent = g_strdup_printf("%u", requests->sent);
    g_autofree char *arrived = g_strdup_printf("%u", requests->arrived);
    g_autofree char *answered = g_strdup_printf("%u", responses->sent);
    g_autofree char *back = g_strdup_printf("%u", responses->arrived);

    markdown_row(writer, (const char *const[]){name, way == TURN_TO_SERVER ? "client" : "server",
                                               sent, arrived, answered, back, NULL});
}

static void legs(markdown_writer *writer) {
    const GPtrArray *all = writer->report->join->legs;
    gboolean begun = FALSE;

    for (guint i = 0; i < all->len; i++) {
        const turn_leg *leg = g_ptr_array_index(all, i);

        for (gint way = 0; way < TURN_WAYS; way++) {
            if (leg->requests[way].sent == 0) {
                continue;
            }
            if (!begun) {
                markdown_table(writer, "Requests over|Asked by|>Sent|>Arrived|>Answered|>Back");
                begun = TRUE;
            }
            one_leg(writer, leg, (turn_way)way);
        }
    }
    if (begun) {
        markdown_end(writer);
    }
}

void markdown_join(markdown_writer *writer) {
    const turn_report *report = writer->report;
    g_autoptr(GPtrArray) mappings = NULL;
    g_autofree char *clock = NULL;

    if (report->join == NULL) {
        return;
    }
    markdown_heading(writer, 2, TURN_HEADING_JOIN);
    if (report->points_note != NULL) {
        markdown_item(writer, NULL, report->points_note);
    }
    clock = turn_report_clock(report->join);
    markdown_item(writer, NULL, clock);
    mappings = turn_words_mappings(report->join);
    for (guint i = 0; i < mappings->len; i++) {
        markdown_item(writer, NULL, g_ptr_array_index(mappings, i));
    }
    markdown_end(writer);
    legs(writer);
}
