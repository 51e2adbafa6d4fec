/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "analyzer/report_markdown.h"

#include "analyzer/markdown/writer.h"

/* What stands behind the sessions may take this much at most, however many files there are. */
#define MAX_TAIL (MARKDOWN_MAX_CHARACTERS / 4)
/* What is said of sessions that are left out, and their heading. */
#define MAX_NOTE 500u

char *report_markdown_write(const turn_report *self, gboolean colour) {
    markdown_writer writer = {.out = g_string_new(NULL), .report = self};
    markdown_writer tail = {.out = g_string_new(NULL), .report = self};
    gsize used;

    (void)colour;
    markdown_pairs(&tail);
    markdown_captures(&tail);
    markdown_join(&tail);
    markdown_cut(&tail, MAX_TAIL);
    markdown_verdict(&writer);
    used = markdown_length(&writer) + markdown_length(&tail) + MAX_NOTE;
    markdown_sessions(&writer, used < MARKDOWN_MAX_CHARACTERS ? MARKDOWN_MAX_CHARACTERS - used : 0);
    g_string_append_len(writer.out, tail.out->str, (gssize)tail.out->len);
    g_string_free(tail.out, TRUE);
    markdown_cut(&writer, MARKDOWN_MAX_CHARACTERS);
    /* The last block needs no empty line behind it. */
    g_string_truncate(writer.out, writer.out->len - 1);
    return g_string_free(writer.out, FALSE);
}
