/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "analyzer/markdown/escape.h"

#include "turn/report/printable.h"

#include <string.h>

/* A shorter one is not taken for the number of a commit. */
#define SHORTEST_COMMIT 7u

/* Neither a pipe nor a backtick can be escaped inside of code in a way that all renderers
 * understand, and some take a backslash for an escape in front of its end: these stand between two
 * pieces of code. */
static void append_piece(GString *out, const char *piece, gsize length) {
    gsize kept = length;

    while (kept > 0 && piece[kept - 1] == '\\') {
        kept--;
    }
    if (kept > 0) {
        g_string_append_c(out, '`');
        g_string_append_len(out, piece, (gssize)kept);
        g_string_append_c(out, '`');
    }
    for (; kept < length; kept++) {
        g_string_append(out, "&#92;");
    }
}

static void append_code(GString *out, const char *safe) {
    while (*safe != '\0') {
        const gsize length = strcspn(safe, "|`");

        append_piece(out, safe, length);
        safe += length;
        if (*safe != '\0') {
            g_string_append(out, *safe == '|' ? "&#124;" : "&#96;");
            safe++;
        }
    }
}

void markdown_append_code(GString *out, const char *text) {
    g_autofree char *safe = turn_printable_text(text);

    append_code(out, safe);
}

static gboolean is_plain(gunichar character) {
    return character < 0x80
               ? g_ascii_isalnum((char)character) || strchr("\"'(),-./:;?", (char)character) != NULL
               : g_unichar_isalpha(character);
}

/* "10.0.0.1:3478" and "19:52:48", but no ":smile:", "mailto:x" or ":100:". */
static gboolean has_odd_colon(const char *word) {
    for (const char *colon = strchr(word, ':'); colon != NULL; colon = strchr(colon + 1, ':')) {
        const char *next = strchr(colon + 1, ':');

        if (colon == word || (next != NULL && next != colon + 3)) {
            return TRUE;
        }
        if (colon[1] != '\0' && (!g_ascii_isdigit(colon[-1]) || !g_ascii_isdigit(colon[1]))) {
            return TRUE;
        }
    }
    return FALSE;
}

/* "example.org", "report.html": some renderers link names without a scheme. */
static gboolean has_domain(const char *word) {
    for (const char *dot = strchr(word, '.'); dot != NULL; dot = strchr(dot + 1, '.')) {
        if (dot != word && dot[-1] != '.' && !g_ascii_isdigit(dot[1]) && dot[1] != '\0' &&
            strchr("\"'(),-./:;?", dot[1]) == NULL && dot[2] != '\0' && dot[2] != '.') {
            return TRUE;
        }
    }
    return FALSE;
}

/* "GH-1" is an issue, "1a2b3c4" a commit. */
static gboolean has_reference(const char *word) {
    gsize digits = 0;

    for (const char *at = word; *at != '\0'; at++) {
        digits = g_ascii_isxdigit(*at) ? digits + 1 : 0;
        if (digits >= SHORTEST_COMMIT ||
            (at != word && *at == '-' && g_ascii_isalpha(at[-1]) && g_ascii_isdigit(at[1]))) {
            return TRUE;
        }
    }
    return FALSE;
}

/* What would begin a list, a quotation, a heading or a command if it began a line. */
static gboolean begins_block(const char *word) {
    const gsize digits = strspn(word, "0123456789");
    const gunichar first = g_utf8_get_char(word);

    return (digits > 0 && (word[digits] == '.' || word[digits] == ')') &&
            word[digits + 1] == '\0') ||
           !(g_unichar_isalnum(first) || first == '"' || first == '(');
}

static gboolean acts(const char *word, gboolean front) {
    if (!front && g_str_equal(word, ">")) {
        return FALSE;
    }
    for (const char *at = word; *at != '\0'; at = g_utf8_next_char(at)) {
        if (!is_plain(g_utf8_get_char(at))) {
            return TRUE;
        }
    }
    return strstr(word, "//") != NULL || has_odd_colon(word) || has_domain(word) ||
           has_reference(word) || (front && begins_block(word));
}

/* Words that act, as code; the comma or stop of our own sentence behind them stays outside. */
static void end_code(GString *out, GString *code) {
    gsize kept = code->len;

    while (kept > 0 && strchr(",.:", code->str[kept - 1]) != NULL) {
        kept--;
    }
    if (kept > 0) {
        g_autofree char *inside = g_strndup(code->str, kept);

        append_code(out, inside);
        g_string_append(out, code->str + kept);
    } else {
        append_code(out, code->str);
    }
    g_string_truncate(code, 0);
}

static void append_words(GString *out, char **words) {
    g_autoptr(GString) code = g_string_new(NULL);

    for (char **word = words; *word != NULL; word++) {
        const gboolean hidden = acts(*word, word == words);

        if (!hidden && code->len > 0) {
            end_code(out, code);
        }
        if (word != words) {
            g_string_append_c(code->len > 0 ? code : out, ' ');
        }
        g_string_append(hidden ? code : out, *word);
    }
    end_code(out, code);
}

void markdown_append_text(GString *out, const char *text) {
    g_autofree char *safe = turn_printable_text(text);

    /* Blanks at the ends, or several of them, would be lost or break the line. */
    if (*safe == ' ' || g_str_has_suffix(safe, " ") || strstr(safe, "  ") != NULL) {
        append_code(out, safe);
    } else {
        g_auto(GStrv) words = g_strsplit(safe, " ", -1);

        append_words(out, words);
    }
}
