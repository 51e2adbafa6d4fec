/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "turn/report/wrap.h"

#include "turn/report/printable.h"
#include <string.h>

static gsize columns_of(gunichar character) {
    if (g_unichar_iszerowidth(character)) {
        return 0;
    }
    return g_unichar_iswide(character) ? 2 : 1;
}

gsize turn_wrap_columns(const char *text) {
    gsize width = 0;

    for (const char *at = text; *at != '\0'; at = g_utf8_next_char(at)) {
        width += columns_of(g_utf8_get_char(at));
    }
    return width;
}

/* Bytes of what must stay together: a character with the marks on it, or a number as
 * turn_printable_text() writes it. */
static gsize atom(const char *text) {
    const char *end = g_utf8_next_char(text);

    if (g_str_has_prefix(text, "\\u{")) {
        const char *brace = strchr(text, '}');

        return brace != NULL ? (gsize)(brace + 1 - text) : (gsize)(end - text);
    }
    while (*end != '\0' && columns_of(g_utf8_get_char(end)) == 0) {
        end = g_utf8_next_char(end);
    }
    return (gsize)(end - text);
}

static gsize next_line(GString *out, gsize indent) {
    g_string_append_printf(out, "\n%*s", (int)indent, "");
    return indent;
}

/* Bytes of WORD that fit into ROOM columns. */
static gsize fitting(const char *word, gsize room) {
    gsize bytes = 0;
    gsize used = 0;

    while (word[bytes] != '\0') {
        const gsize length = atom(word + bytes);
        g_autofree char *part = g_strndup(word + bytes, length);

        used += turn_wrap_columns(part);
        if (used > room) {
            break;
        }
        bytes += length;
    }
    return bytes;
}

/* Bytes of WORD, which is wider than a line, to be put where FIT of them fit: up to a colon, since
 * who reads a port or a part of an address wants it whole. */
static gsize piece(const char *word, gsize fit) {
    const char *colon = g_strrstr_len(word, (gssize)fit, ":");
    const gsize upto = colon != NULL ? (gsize)(colon + 1 - word) : 0;

    return upto > fit / 2 ? upto : fit;
}

/* Returns the column behind WORD, which begins in column AT. */
static gsize append_word(GString *out, const char *word, gsize at, gsize indent, gsize limit) {
    for (;;) {
        gsize length = fitting(word, limit > at ? limit - at : 0);

        if (word[length] != '\0') {
            length = piece(word, length);
        }
        if (length == 0 && at == indent && *word != '\0') {
            length = atom(word);
        }
        g_string_append_len(out, word, (gssize)length);
        if (word[length] == '\0') {
            g_autofree char *last = g_strndup(word, length);

            return at + turn_wrap_columns(last);
        }
        word += length;
        at = next_line(out, indent);
    }
}

void turn_wrap_append_in(GString *out, gsize width, const char *first, const char *text) {
    g_autofree char *safe = turn_printable_text(text);
    g_auto(GStrv) words = g_strsplit(safe, " ", -1);
    const gsize indent = turn_wrap_columns(first);
    const gsize limit = MAX(width, indent + TURN_WRAP_LEAST);
    gsize at = indent;

    g_string_append(out, first);
    for (char **word = words; *word != NULL; word++) {
        if (word != words) {
            if (at + 1 + turn_wrap_columns(*word) > limit) {
                at = next_line(out, indent);
            } else {
                g_string_append_c(out, ' ');
                at++;
            }
        }
        at = append_word(out, *word, at, indent, limit);
    }
    g_string_append_c(out, '\n');
}

void turn_wrap_append(GString *out, const char *first, const char *text) {
    turn_wrap_append_in(out, TURN_WRAP_WIDTH, first, text);
}
