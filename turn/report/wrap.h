/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Plain text in a column: what a terminal and a ticket show alike. */
#ifndef TURN_REPORT_WRAP_H
#define TURN_REPORT_WRAP_H

#include <glib.h>

#define TURN_WRAP_WIDTH 80
/* A column of text is never narrower, whatever the terminal. */
#define TURN_WRAP_LEAST 30

/* How many columns of a terminal TEXT takes; it is UTF-8 and harmless already. */
gsize turn_wrap_columns(const char *text);

/* Appends TEXT to OUT, broken at blanks so that no line is wider than TURN_WRAP_WIDTH; a word that
 * is wider is broken behind a colon, or between two characters. The first line begins with FIRST,
 * the others with as many blanks. TEXT is made harmless first (printable.h). */
void turn_wrap_append(GString *out, const char *first, const char *text);

/* How text is set where the place it goes to may be wider or narrower, and may have colours. */
typedef struct turn_text_style {
    gsize width; /* columns */
    gboolean colour;
} turn_text_style;

/* The same in lines of WIDTH. */
void turn_wrap_append_in(GString *out, gsize width, const char *first, const char *text);

#endif
