/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * HTML and SVG, piece by piece. Text, from wherever it comes, gets into a page by markup_text() and
 * its kin only, which make it harmless; what stands in an attribute is the program's own, and held
 * to characters that mean nothing there. A page is written by these functions alone, so that there
 * is nothing to forget. */
#ifndef ANALYZER_HTML_MARKUP_H
#define ANALYZER_HTML_MARKUP_H

#include <glib.h>

/* "<", "&" and quotes as references, active characters (turn/report/printable.h) as "\u{202e}". */
void markup_text(GString *out, const char *text);
void markup_textf(GString *out, const char *format, ...) G_GNUC_PRINTF(2, 3);

/* "<tag class="names">"; NAMES may be NULL. */
void markup_open(GString *out, const char *tag, const char *names);
/* "</tag>", and a line feed where that shows nowhere. */
void markup_close(GString *out, const char *tag);
/* An element with text and nothing else in it. */
void markup_element(GString *out, const char *tag, const char *names, const char *text);
void markup_elementf(GString *out, const char *tag, const char *names, const char *format, ...)
    G_GNUC_PRINTF(4, 5);

/* An element with more attributes: markup_begin(), the attributes, and markup_end() or, for one
 * that has no content, markup_end_empty(). */
void markup_begin(GString *out, const char *tag, const char *names);
void markup_end(GString *out);
void markup_end_empty(GString *out); /* "/>": for SVG only */

/* "<div>" whose content scrolls sideways, by the keyboard too: LABEL is the program's own. */
void markup_scroll(GString *out, const char *label);

/* A value of the program's own. Anything but ASCII letters, digits, blanks and #%()+,-./:;=_
 * becomes
 * "_": nothing of a capture belongs here. */
void markup_attribute(GString *out, const char *name, const char *value);
void markup_attributef(GString *out, const char *name, const char *format, ...) G_GNUC_PRINTF(3, 4);
void markup_number(GString *out, const char *name, gint64 value);
/* Tenths of a pixel or the like: 125 is "12.5". */
void markup_tenths(GString *out, const char *name, gint64 value);

#endif
