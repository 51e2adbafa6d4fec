/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "analyzer/html/embedded.h"
#include "analyzer/html/markup.h"
#include "analyzer/html/sections.h"
#include "analyzer/html/table.h"
#include "analyzer/version.h"

static void one_capture(html_page *page, guint index) {
    const turn_report_capture *capture = g_ptr_array_index(page->report->captures, index);
    const gboolean any = capture->packets > 0;
    g_autofree char *number = g_strdup_printf("%u", index + 1);
    g_autofree char *first = any ? turn_report_time(page->report, index, capture->first) : NULL;
    g_autofree char *last = any ? turn_report_time(page->report, index, capture->last) : NULL;

    html_row(page->out, NULL);
    html_cell(page->out, "num", number);
    html_row_header(page->out, capture->file);
    if (page->report->join != NULL) {
        html_cell(page->out, NULL, capture->point);
    }
    html_cell(page->out, NULL, capture->format);
    html_cell(page->out, NULL, capture->link_text);
    html_cell_number(page->out, capture->packets);
    html_cell(page->out, "time", first);
    html_cell(page->out, "time", last);
    html_row_end(page->out);
}

static guint named_captures(const html_page *page) {
    guint count = 0;

    for (guint i = 0; i < page->report->captures->len; i++) {
        const turn_report_capture *capture = g_ptr_array_index(page->report->captures, i);

        count += capture->file != NULL ? 1 : 0;
    }
    return count;
}

void html_captures(html_page *page) {
    static const html_column of_one[] = {
        {"No", "num"},      {"File", NULL},         {"Format", NULL},     {"Link", NULL},
        {"Packets", "num"}, {"First packet", NULL}, {"Last packet", NULL}};
    static const html_column of_two[] = {
        {"No", "num"},  {"File", NULL},     {"Place", NULL},        {"Format", NULL},
        {"Link", NULL}, {"Packets", "num"}, {"First packet", NULL}, {"Last packet", NULL}};
    const guint named = named_captures(page);
    guint shown = 0;

    if (named == 0) {
        return;
    }
    html_section(page, "captures", page->report->captures->len > 1 ? "Captures" : "Capture");
    if (page->report->join != NULL) {
        html_table(page->out, "Files that were read", of_two, G_N_ELEMENTS(of_two));
    } else {
        html_table(page->out, "Files that were read", of_one, G_N_ELEMENTS(of_one));
    }
    for (guint i = 0; i < page->report->captures->len && shown < HTML_MAX_CAPTURES; i++) {
        const turn_report_capture *capture = g_ptr_array_index(page->report->captures, i);

        if (capture->file != NULL) {
            one_capture(page, i);
            shown++;
        }
    }
    html_table_end(page->out);
    html_more(page, named - shown, "captures");
    html_section_end(page);
}

void html_colophon(html_page *page) {
    markup_open(page->out, "footer", "colophon");
    markup_element(page->out, "h2", NULL, "How this report was made");
    markup_element(
        page->out, "p", NULL,
        "By turnpcap " TURNPCAP_VERSION ", from the captures alone: no name was looked "
        "up, and nothing left the machine. Times are UTC, by the clocks of the captures; "
        "frame numbers are those that Wireshark shows. The page is this one file: it "
        "loads nothing and runs no script.");
    markup_open(page->out, "p", "save");
    if (page->data != NULL) {
        html_embedded_link(page->out, page->json);
        markup_text(page->out, ": all of it for scripts, as a part of this page.");
    } else {
        markup_text(page->out, "The JSON report is too large to be a part of this page: turnpcap "
                               "report --json FILE writes it.");
    }
    markup_close(page->out, "p");
    markup_close(page->out, "footer");
    if (page->data != NULL) {
        html_embedded_element(page->out, page->data);
    }
}
