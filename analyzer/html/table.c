/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "analyzer/html/table.h"

#include "analyzer/html/markup.h"
#include "turn/report/words.h"

static void header(GString *out, const char *scope, const char *names, const char *text) {
    markup_begin(out, "th", names);
    markup_attribute(out, "scope", scope);
    markup_end(out);
    markup_text(out, text);
    markup_close(out, "th");
}

void html_table(GString *out, const char *caption, const html_column *columns, gsize count) {
    markup_scroll(out, caption);
    markup_open(out, "table", NULL);
    markup_element(out, "caption", NULL, caption);
    markup_open(out, "thead", NULL);
    markup_open(out, "tr", NULL);
    for (gsize i = 0; i < count; i++) {
        header(out, "col", columns[i].names, columns[i].title);
    }
    markup_close(out, "tr");
    markup_close(out, "thead");
    markup_open(out, "tbody", NULL);
}

void html_table_end(GString *out) {
    markup_close(out, "tbody");
    markup_close(out, "table");
    markup_close(out, "div");
}

void html_table_group(GString *out, const char *text, gsize columns) {
    if (!g_str_has_suffix(out->str, "<tbody>")) {
        markup_close(out, "tbody");
        markup_open(out, "tbody", NULL);
    }
    markup_open(out, "tr", "group");
    markup_begin(out, "th", NULL);
    markup_attribute(out, "scope", "rowgroup");
    markup_number(out, "colspan", (gint64)columns);
    markup_end(out);
    markup_element(out, "span", "stays", text);
    markup_close(out, "th");
    markup_close(out, "tr");
}

void html_row_note(GString *out, const char *text, gsize columns) {
    html_row(out, "notes");
    markup_begin(out, "td", NULL);
    markup_number(out, "colspan", (gint64)columns);
    markup_end(out);
    markup_element(out, "span", "stays", text);
    markup_close(out, "td");
    html_row_end(out);
}

void html_row(GString *out, const char *names) {
    markup_open(out, "tr", names);
}

void html_row_end(GString *out) {
    markup_close(out, "tr");
}

void html_row_header(GString *out, const char *text) {
    header(out, "row", NULL, text);
}

void html_cell(GString *out, const char *names, const char *text) {
    markup_element(out, "td", names, text);
}

void html_cell_number(GString *out, guint64 number) {
    g_autofree char *text = turn_words_number(number);

    html_cell(out, "num", text);
}

void html_cell_frame(GString *out, guint32 frame) {
    g_autofree char *text = frame != 0 ? g_strdup_printf("%u", frame) : NULL;

    html_cell(out, "num", text);
}
