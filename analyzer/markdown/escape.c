/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "analyzer/markdown/escape.h"

#include "turn/report/printable.h"

#include <string.h>

/* A shorter one is not taken for the number of a commit. */
#define SHORTEST_COMMIT 7u
/* The letters of "(off)", which Jira draws, and of "bq.", a block of it. */
#define LONGEST_PICTURE 3u
#define LONGEST_BLOCK   3u

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

/* "GH-1" is an issue, "1a2b3c4" a commit. */
static gboolean has_reference(const char *word) {
    gboolean letters = FALSE;
    gsize digits = 0;

    for (const char *at = word; *at != '\0'; at++) {
        digits = g_ascii_isxdigit(*at) ? digits + 1 : 0;
        if (digits >= SHORTEST_COMMIT || (letters && *at == '-' && g_ascii_isdigit(at[1]))) {
            return TRUE;
        }
        letters = (letters && g_ascii_isalnum(*at)) || g_ascii_isalpha(*at);
    }
    return FALSE;
}

/* A word, or words with a joint between each two; or a number, an address or a time, which alone
 * have dots and colons in them: some renderers link all else as a name of a host. */
static gboolean is_joined(const char *from, const char *to) {
    gboolean letters = FALSE;
    gboolean points = FALSE;
    gboolean joint = TRUE;

    for (; from < to; from = g_utf8_next_char(from)) {
        const gunichar character = g_utf8_get_char(from);
        const gboolean is_digit = character < 0x80 && g_ascii_isdigit((char)character);

        if (is_digit || g_unichar_isalpha(character)) {
            letters = letters || !is_digit;
            joint = FALSE;
        } else if (joint || character >= 0x80 || strchr("'-/,.:", (char)character) == NULL) {
            return FALSE;
        } else {
            points = points || strchr(",.:", (char)character) != NULL;
            joint = TRUE;
        }
    }
    return !joint && !(letters && points);
}

/* What some take for a mark of theirs although it looks like a word: "T123" for a task, "h1" for a
 * heading, "(x)" and "(on)" for pictures, and what every address without a scheme begins with. */
static gboolean is_mark(const char *core, gboolean enclosed) {
    const gsize length = strlen(core);

    return (g_ascii_isalpha(*core) && length > 1 && strspn(core + 1, "0123456789") == length - 1) ||
           (enclosed && length <= LONGEST_PICTURE &&
            strspn(core, "abcdefghijklmnopqrstuvwxyz") == length) ||
           g_ascii_strcasecmp(core, "www") == 0;
}

/* As turn_report_time() has it. */
static gboolean is_time(const char *core) {
    static const char shape[] = "0000-00-00T00:00:00";
    gsize at = 0;

    while (at < sizeof shape - 1 &&
           (shape[at] == '0' ? g_ascii_isdigit(core[at]) : core[at] == shape[at])) {
        at++;
    }
    return at == sizeof shape - 1 && core[at + strspn(core + at, "0123456789.Z")] == '\0';
}

/* Plainly a word or a number of a sentence, with quotes, brackets and stops around it. */
static gboolean is_plain(const char *word) {
    const char *from = word + strspn(word, "\"'(");
    const char *to = word + strlen(word);
    g_autofree char *core = NULL;

    while (to > from && strchr("\"'),.:;?", to[-1]) != NULL) {
        to--;
    }
    core = g_strndup(from, (gsize)(to - from));
    if (g_str_equal(core, "e.g") || g_str_equal(core, "i.e") || is_time(core)) {
        return TRUE;
    }
    if (*core == 'X' && g_ascii_isdigit(core[1])) {
        /* "X8.11" is a version of Expressway. */
        return is_joined(from + 1, to);
    }
    return is_joined(from, to) && !is_mark(core, from > word && from[-1] == '(' && *to == ')') &&
           strstr(to, "??") == NULL;
}

/* What would begin a list or a heading if it began a line. */
static gboolean begins_block(const char *word) {
    const gsize digits = strspn(word, "0123456789");
    const gsize letters = strspn(word, "abcdefghijklmnopqrstuvwxyz");

    return (digits > 0 && (word[digits] == '.' || word[digits] == ')') &&
            word[digits + 1] == '\0') ||
           (letters > 0 && letters <= LONGEST_BLOCK && word[letters] == '.' &&
            word[letters + 1] == '\0');
}

static gboolean acts(const char *word, gboolean front) {
    if (!front && (g_str_equal(word, ">") || g_str_equal(word, "-"))) {
        return FALSE;
    }
    return !is_plain(word) || has_odd_colon(word) || has_reference(word) ||
           (front && begins_block(word));
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
