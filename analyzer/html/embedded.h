/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The JSON report inside the page: as data that a program finds there, and as a link that saves it
 * without any script. */
#ifndef ANALYZER_HTML_EMBEDDED_H
#define ANALYZER_HTML_EMBEDDED_H

#include <glib.h>

/* JSON (what json-glib writes) that ends no element and begins none: "<", ">", "&" and the two line
 * separators of Unicode as "\u003c", and without blanks between the values. Owned by the caller. */
char *html_embedded_data(const char *json);
/* DATA (from html_embedded_data()) as an element of its own. */
void html_embedded_element(GString *out, const char *data);
/* A link that saves JSON as it is, byte for byte. */
void html_embedded_link(GString *out, const char *json);

#endif
