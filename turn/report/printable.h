/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Text from outside, so that it acts in no terminal: which characters are shown as they are. */
#ifndef TURN_REPORT_PRINTABLE_H
#define TURN_REPORT_PRINTABLE_H

#include <glib.h>

/* Controls (C0, C1, DEL), line and paragraph separators, characters without a glyph that change
 * what stands around them (bidirectional controls, zero width), and private or unassigned ones. */
gboolean turn_printable_is_active(gunichar character);

/* TEXT with "\u{1b}" for each active character and the replacement character for what is not
 * UTF-8. Owned by the caller; "" for NULL. */
char *turn_printable_text(const char *text);

/* turn_printable_text() as a cell of a table for a spreadsheet: quotes are written as numbers too,
 * and so is a character that would make a formula of what it begins, at the front of the cell or of
 * what a spreadsheet may take for another cell. Owned by the caller; "" for NULL. */
char *turn_printable_cell(const char *text);

/* JSON with "\u009b" for each active character that the generator left as it was; line feeds and
 * blanks between the values stay. Owned by the caller. */
char *turn_printable_json(const char *json);

#endif
