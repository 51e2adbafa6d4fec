/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "turn/report/printable.h"

/* Marks in a row on one letter: points, vowels and accents of scripts need no more; a stack of them
 * reaches over the lines around it. */
#define MARKS 2u

/* Letters, marks and symbols of which nothing is seen, so that two names look alike: the default
 * ignorable ones of Unicode that are no controls, and blank glyphs. */
static const struct {
    gunichar first;
    gunichar last;
} unseen[] = {
    {0x034f, 0x034f},   /* combining grapheme joiner */
    {0x115f, 0x1160},   /* Hangul fillers */
    {0x17b4, 0x17b5},   /* Khmer inherent vowels */
    {0x180b, 0x180f},   /* Mongolian variation selectors */
    {0x2800, 0x2800},   /* Braille pattern blank */
    {0x3164, 0x3164},   /* Hangul filler */
    {0xfe00, 0xfe0f},   /* variation selectors */
    {0xffa0, 0xffa0},   /* halfwidth Hangul filler */
    {0x16fe4, 0x16fe4}, /* Khitan small script filler */
    {0x1d159, 0x1d159}, /* musical null notehead */
    {0xe0000, 0xe0fff}, /* tags and variation selectors */
};

static gboolean is_unseen(gunichar character) {
    for (gsize i = 0; i < G_N_ELEMENTS(unseen); i++) {
        if (character >= unseen[i].first && character <= unseen[i].last) {
            return TRUE;
        }
    }
    return FALSE;
}

gboolean turn_printable_is_active(gunichar character) {
    switch (g_unichar_type(character)) {
    case G_UNICODE_CONTROL:
    case G_UNICODE_FORMAT:
    case G_UNICODE_LINE_SEPARATOR:
    case G_UNICODE_PARAGRAPH_SEPARATOR:
    case G_UNICODE_PRIVATE_USE:
    case G_UNICODE_UNASSIGNED:
    case G_UNICODE_SURROGATE:
        return TRUE;
    case G_UNICODE_SPACE_SEPARATOR:
        return character != ' ';
    default:
        return is_unseen(character);
    }
}

/* The same where it stands: MARKS counts those right before it. */
static gboolean is_active_after(gunichar character, guint *marks) {
    const GUnicodeType type = g_unichar_type(character);

    *marks =
        type == G_UNICODE_NON_SPACING_MARK || type == G_UNICODE_ENCLOSING_MARK ? *marks + 1 : 0;
    return *marks > MARKS || turn_printable_is_active(character);
}

char *turn_printable_text(const char *text) {
    g_autofree char *valid = g_utf8_make_valid(text != NULL ? text : "", -1);
    GString *out = g_string_new(NULL);
    guint marks = 0;

    for (const char *at = valid; *at != '\0'; at = g_utf8_next_char(at)) {
        const gunichar character = g_utf8_get_char(at);

        if (is_active_after(character, &marks)) {
            g_string_append_printf(out, "\\u{%x}", character);
        } else {
            g_string_append_unichar(out, character);
        }
    }
    return g_string_free(out, FALSE);
}

/* What makes a formula of a cell, in the width of Latin and of Chinese script. */
static gboolean begins_formula(gunichar character) {
    static const gunichar marks[] = {'=', '+', '-', '@', 0xff1d, 0xff0b, 0xff0d, 0xff20};

    for (gsize i = 0; i < G_N_ELEMENTS(marks); i++) {
        if (marks[i] == character) {
            return TRUE;
        }
    }
    return FALSE;
}

/* A spreadsheet may be told to divide cells at these too. */
static gboolean ends_cell(gunichar character) {
    return character == ',' || character == ';' || character == '|';
}

char *turn_printable_cell(const char *text) {
    g_autofree char *safe = turn_printable_text(text);
    GString *out = g_string_new(NULL);
    gboolean front = TRUE;

    for (const char *at = safe; *at != '\0'; at = g_utf8_next_char(at)) {
        const gunichar character = g_utf8_get_char(at);

        if (front && (begins_formula(character) || character == '"' || character == '\'')) {
            g_string_append_printf(out, "\\u{%x}", character);
        } else {
            g_string_append_unichar(out, character);
        }
        front = ends_cell(character) || (front && g_unichar_isspace(character));
    }
    return g_string_free(out, FALSE);
}

char *turn_printable_json(const char *json) {
    GString *out = g_string_new(NULL);
    guint marks = 0;

    for (const char *at = json; *at != '\0'; at = g_utf8_next_char(at)) {
        const gunichar character = g_utf8_get_char(at);

        if (!is_active_after(character, &marks) || character == '\n') {
            g_string_append_unichar(out, character);
        } else if (character < 0x10000) {
            g_string_append_printf(out, "\\u%04x", character);
        } else {
            g_string_append_printf(out, "\\u%04x\\u%04x", 0xd7c0 + (character >> 10),
                                   0xdc00 + (character & 0x3ff));
        }
    }
    return g_string_free(out, FALSE);
}
