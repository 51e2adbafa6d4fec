/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "analyzer/markdown/escape.h"
#include "analyzer/markdown/writer.h"

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
