/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "analyzer/wrap.h"

#include "analyzer/printable.h"

static gsize columns(const char *text) {
    gsize width = 0;

    for (const char *at = text; *at != '\0'; at = g_utf8_next_char(at)) {
        const gunichar character = g_utf8_get_char(at);

        if (g_unichar_iszerowidth(character)) {
            continue;
        }
        width += g_unichar_iswide(character) ? 2 : 1;
    }
    return width;
}

void wrap_append(GString *out, const char *first, const char *text) {
    g_autofree char *safe = printable_text(text);
    g_auto(GStrv) words = g_strsplit(safe, " ", -1);
    const gsize indent = columns(first);
    gsize at = indent;

    g_string_append(out, first);
    for (char **word = words; *word != NULL; word++) {
        const gsize width = columns(*word);

        if (word != words) {
            if (at + 1 + width > WRAP_WIDTH) {
                g_string_append_printf(out, "\n%*s", (int)indent, "");
                at = indent;
            } else {
                g_string_append_c(out, ' ');
                at++;
            }
        }
        g_string_append(out, *word);
        at += width;
    }
    g_string_append_c(out, '\n');
}
