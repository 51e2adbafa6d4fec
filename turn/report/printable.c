/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "turn/report/printable.h"

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
    default:
        return FALSE;
    }
}

char *turn_printable_text(const char *text) {
    g_autofree char *valid = g_utf8_make_valid(text != NULL ? text : "", -1);
    GString *out = g_string_new(NULL);

    for (const char *at = valid; *at != '\0'; at = g_utf8_next_char(at)) {
        const gunichar character = g_utf8_get_char(at);

        if (turn_printable_is_active(character)) {
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

        if (character == '"' || character == '\'' || (front && begins_formula(character))) {
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

    for (const char *at = json; *at != '\0'; at = g_utf8_next_char(at)) {
        const gunichar character = g_utf8_get_char(at);

        if (character == '\n' || !turn_printable_is_active(character)) {
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
