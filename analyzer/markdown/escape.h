/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Text from outside as Markdown in which none of it acts, whatever renders it: no HTML, link,
 * picture, emphasis, mention, reference, emoji, list or table. Escaping by backslash or entity is
 * not enough for that: GitHub and GitLab look for addresses, names and references in what the
 * renderer has made of them. They all leave code alone, so what might act is written as code. */
#ifndef ANALYZER_MARKDOWN_ESCAPE_H
#define ANALYZER_MARKDOWN_ESCAPE_H

#include <glib.h>

/* Appends TEXT for a paragraph, heading, list item or cell of a table: words that cannot act as
 * they are, the others as code. TEXT is made harmless first (turn/report/printable.h). */
void markdown_append_text(GString *out, const char *text);

/* Appends all of TEXT as code: to be copied, or not to be taken for a word. */
void markdown_append_code(GString *out, const char *text);

#endif
