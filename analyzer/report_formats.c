/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "analyzer/report_formats.h"

#include "analyzer/html/page.h"
#include "analyzer/report_json.h"
#include "analyzer/report_markdown.h"

static char *write_json(const turn_report *found, gboolean colour) {
    (void)colour;
    return report_json_write(found);
}

static const report_format formats[] = {
    {"text", "write the report as text to FILE too", turn_report_write_text, FALSE, FALSE},
    {"json", "write the report as JSON to FILE too", write_json, FALSE, TRUE},
    {"markdown", "write the report as Markdown to FILE too", report_markdown_write, FALSE, FALSE},
    {"html", "write the report as a page for a browser to FILE too", html_page_write, TRUE, TRUE},
};
G_STATIC_ASSERT(G_N_ELEMENTS(formats) <= REPORT_FORMATS_MAX);

const report_format *report_format_table(gsize *count) {
    *count = G_N_ELEMENTS(formats);
    return formats;
}

const format_table *report_format_names(void) {
    static const format_table table = FORMAT_TABLE(formats);

    return &table;
}

const report_format *report_format_lookup(const char *name) {
    return format_table_find(report_format_names(), name, NULL);
}
