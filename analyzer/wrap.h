/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Plain text in a column: what a terminal and a ticket show alike. */
#ifndef ANALYZER_WRAP_H
#define ANALYZER_WRAP_H

#include <glib.h>

#define WRAP_WIDTH 80

/* Appends TEXT to OUT, broken at blanks so that no line is wider than WRAP_WIDTH; a word that is
 * wider is broken between two characters. The first line begins with FIRST, the others with as many
 * blanks. TEXT is made harmless first (printable.h). */
void wrap_append(GString *out, const char *first, const char *text);

#endif
