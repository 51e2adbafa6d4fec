/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "analyzer/report_formats.h"

#include "analyzer/html/page.h"
#include "analyzer/report_json.h"

static char *write_json(const turn_report *found, gboolean colour) {
    (void)colour;
    return report_json_write(found);
}

static const report_format formats[] = {
    {"text", "write the report as text to FILE too", turn_report_write_text, FALSE},
    {"json", "write the report as JSON to FILE too", write_json, FALSE},
    {"html", "write the report as a page for a browser to FILE too", html_page_write, TRUE},
};
G_STATIC_ASSERT(G_N_ELEMENTS(formats) <= REPORT_FORMATS_MAX);

const report_format *report_format_table(gsize *count) {
    *count = G_N_ELEMENTS(formats);
    return formats;
}

const report_format *report_format_lookup(const char *name) {
    for (gsize i = 0; name != NULL && i < G_N_ELEMENTS(formats); i++) {
        if (g_str_equal(formats[i].name, name)) {
            return &formats[i];
        }
    }
    return name == NULL ? &formats[0] : NULL;
}
