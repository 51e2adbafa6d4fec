/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "analyzer/report_markdown.h"

#include "analyzer/markdown/writer.h"

char *report_markdown_write(const turn_report *self, gboolean colour) {
    markdown_writer writer = {.out = g_string_new(NULL), .report = self};

    (void)colour;
    markdown_verdict(&writer);
    markdown_sessions(&writer);
    markdown_pairs(&writer);
    markdown_captures(&writer);
    markdown_join(&writer);
    /* The last block needs no empty line behind it. */
    g_string_truncate(writer.out, writer.out->len - 1);
    return g_string_free(writer.out, FALSE);
}
