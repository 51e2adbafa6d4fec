/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "analyzer/html/markup.h"

#include "turn/report/printable.h"

#include <string.h>

void markup_text(GString *out, const char *text) {
    g_autofree char *safe = turn_printable_text(text);

    for (const char *at = safe; *at != '\0'; at++) {
        switch (*at) {
        case '<':
            g_string_append(out, "&lt;");
            break;
        case '>':
            g_string_append(out, "&gt;");
            break;
        case '&':
            g_string_append(out, "&amp;");
            break;
        case '"':
            g_string_append(out, "&quot;");
            break;
        case '\'':
            g_string_append(out, "&#39;");
            break;
        default:
            g_string_append_c(out, *at);
        }
    }
}

void markup_textf(GString *out, const char *format, ...) {
    g_autofree char *text = NULL;
    va_list arguments;

    va_start(arguments, format);
    text = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    markup_text(out, text);
}

/* Appends TEXT without any character that could end what it stands in. */
static void append_own(GString *out, const char *text) {
    for (const char *at = text; *at != '\0'; at++) {
        g_string_append_c(out, g_ascii_isalnum(*at) || strchr(" #%()+,-./:;=_", *at) != NULL ? *at
                                                                                             : '_');
    }
}

void markup_begin(GString *out, const char *tag, const char *names) {
    g_string_append_c(out, '<');
    append_own(out, tag);
    if (names != NULL) {
        markup_attribute(out, "class", names);
    }
}

void markup_end(GString *out) {
    g_string_append_c(out, '>');
}

void markup_end_empty(GString *out) {
    g_string_append(out, "/>");
}

void markup_attribute(GString *out, const char *name, const char *value) {
    g_string_append_c(out, ' ');
    append_own(out, name);
    g_string_append(out, "=\"");
    append_own(out, value);
    g_string_append_c(out, '"');
}

void markup_attributef(GString *out, const char *name, const char *format, ...) {
    g_autofree char *value = NULL;
    va_list arguments;

    va_start(arguments, format);
    value = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    markup_attribute(out, name, value);
}

void markup_number(GString *out, const char *name, gint64 value) {
    markup_attributef(out, name, "%" G_GINT64_FORMAT, value);
}

/* Not printf's %f: its point depends on the locale. */
void markup_tenths(GString *out, const char *name, gint64 value) {
    const gint64 size = ABS(value);

    markup_attributef(out, name, "%s%" G_GINT64_FORMAT ".%" G_GINT64_FORMAT, value < 0 ? "-" : "",
                      size / 10, size % 10);
}

void markup_open(GString *out, const char *tag, const char *names) {
    markup_begin(out, tag, names);
    markup_end(out);
}

/* Behind these a new line begins, so that the source of a page can be read and compared. */
static gboolean is_block(const char *tag) {
    static const char *const blocks[] = {
        "article", "caption", "dd",    "details", "div",   "dl",      "dt",      "figcaption",
        "figure",  "footer",  "g",     "h1",      "h2",    "h3",      "h4",      "header",
        "li",      "main",    "nav",   "ol",      "p",     "section", "summary", "svg",
        "table",   "tbody",   "thead", "tr",      "title", "ul"};

    for (gsize i = 0; i < G_N_ELEMENTS(blocks); i++) {
        if (g_str_equal(blocks[i], tag)) {
            return TRUE;
        }
    }
    return FALSE;
}

void markup_close(GString *out, const char *tag) {
    g_string_append(out, "</");
    append_own(out, tag);
    g_string_append(out, is_block(tag) ? ">\n" : ">");
}

void markup_element(GString *out, const char *tag, const char *names, const char *text) {
    markup_open(out, tag, names);
    markup_text(out, text);
    markup_close(out, tag);
}

void markup_elementf(GString *out, const char *tag, const char *names, const char *format, ...) {
    g_autofree char *text = NULL;
    va_list arguments;

    va_start(arguments, format);
    text = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    markup_element(out, tag, names, text);
}

void markup_scroll(GString *out, const char *label) {
    markup_begin(out, "div", "scroll");
    markup_attribute(out, "role", "region");
    markup_attribute(out, "aria-label", label);
    markup_number(out, "tabindex", 0);
    markup_end(out);
}
