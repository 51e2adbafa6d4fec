/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "analyzer/html/embedded.h"

#include "analyzer/html/markup.h"

#include <string.h>

/* Whether CHARACTER could end the element, or a line of a script. */
static gboolean is_escaped(gunichar character) {
    return character == '<' || character == '>' || character == '&' || character == 0x2028 ||
           character == 0x2029;
}

char *html_embedded_data(const char *json) {
    GString *out = g_string_new(NULL);
    gboolean in_string = FALSE;

    for (const char *at = json; *at != '\0'; at = g_utf8_next_char(at)) {
        const gunichar character = g_utf8_get_char(at);

        if (in_string && character == '\\') {
            g_string_append_len(out, at, 2);
            at++;
        } else if (is_escaped(character)) {
            g_string_append_printf(out, "\\u%04x", character);
        } else if (in_string || !g_ascii_isspace(*at)) {
            g_string_append_unichar(out, character);
        }
        in_string ^= character == '"';
    }
    return g_string_free(out, FALSE);
}

void html_embedded_element(GString *out, const char *data) {
    markup_begin(out, "script", NULL);
    markup_attribute(out, "type", "application/json");
    markup_attribute(out, "id", "report-json");
    markup_end(out);
    g_string_append(out, data);
    markup_close(out, "script");
}

void html_embedded_link(GString *out, const char *json) {
    g_autofree char *base64 = g_base64_encode((const guchar *)json, strlen(json));

    markup_begin(out, "a", NULL);
    markup_attribute(out, "download", "turnpcap-report.json");
    markup_attributef(out, "href", "data:application/json;base64,%s", base64);
    markup_end(out);
    markup_text(out, "Save the JSON report");
    markup_close(out, "a");
}
