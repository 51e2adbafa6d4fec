/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "analyzer/markdown/escape.h"
#include "analyzer/markdown/writer.h"

#include <string.h>

void markdown_heading(markdown_writer *writer, guint level, const char *text) {
    for (guint i = 0; i < level; i++) {
        g_string_append_c(writer->out, '#');
    }
    g_string_append_c(writer->out, ' ');
    markdown_append_text(writer->out, text);
    g_string_append(writer->out, "\n\n");
}

void markdown_paragraph(markdown_writer *writer, const char *text) {
    markdown_append_text(writer->out, text);
    g_string_append(writer->out, "\n\n");
}

void markdown_sentence(markdown_writer *writer, const char *words) {
    g_string_append_printf(writer->out, "%s\n\n", words);
}

gsize markdown_length(const markdown_writer *writer) {
    return (gsize)g_utf8_strlen(writer->out->str, (gssize)writer->out->len);
}

/* Where the line of TEXT begins that AT is in. */
static gsize line_at(const char *text, gsize at) {
    while (at > 0 && text[at - 1] != '\n') {
        at--;
    }
    return at;
}

void markdown_cut(markdown_writer *writer, gsize room) {
    GString *out = writer->out;
    g_autofree char *note = g_strdup_printf(
        "\nThe rest is left out, to keep the report below %u characters; turnpcap report --format "
        "json has more.\n\n",
        MARKDOWN_MAX_CHARACTERS);
    gsize end;

    if (markdown_length(writer) <= room) {
        return;
    }
    end = (gsize)(g_utf8_offset_to_pointer(out->str, (glong)(room - strlen(note))) - out->str);
    end = line_at(out->str, end);
    if (end > 0 && g_str_has_prefix(out->str + end, "| ---")) {
        /* The names of columns are no table without the line below them. */
        end = line_at(out->str, end - 1);
    }
    g_string_truncate(out, end);
    g_string_append(out, note);
}

void markdown_code_line(markdown_writer *writer, const char *first, const char *name,
                        const char *code) {
    g_string_append_printf(writer->out, "%s%s: ", first, name);
    markdown_append_code(writer->out, code);
    g_string_append_c(writer->out, '\n');
}

void markdown_item(markdown_writer *writer, const char *name, const char *value) {
    g_string_append(writer->out, "- ");
    if (name != NULL) {
        g_string_append_printf(writer->out, "%s: ", name);
    }
    markdown_append_text(writer->out, value);
    g_string_append_c(writer->out, '\n');
}

void markdown_table(markdown_writer *writer, const char *columns) {
    g_auto(GStrv) names = g_strsplit(columns, "|", -1);

    for (char **name = names; *name != NULL; name++) {
        g_string_append_printf(writer->out, "| %s ", **name == '>' ? *name + 1 : *name);
    }
    g_string_append(writer->out, "|\n");
    for (char **name = names; *name != NULL; name++) {
        g_string_append(writer->out, **name == '>' ? "| ---: " : "| --- ");
    }
    g_string_append(writer->out, "|\n");
}

void markdown_row(markdown_writer *writer, const char *const *cells) {
    for (; *cells != NULL; cells++) {
        g_string_append(writer->out, "| ");
        markdown_append_text(writer->out, *cells);
        g_string_append(writer->out, **cells != '\0' ? " " : "");
    }
    g_string_append(writer->out, "|\n");
}

void markdown_end(markdown_writer *writer) {
    g_string_append_c(writer->out, '\n');
}
