/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Text from outside, so that it acts in no terminal: which characters are shown as they are. */
#ifndef TURN_REPORT_PRINTABLE_H
#define TURN_REPORT_PRINTABLE_H

#include <glib.h>

/* Controls (C0, C1, DEL), line and paragraph separators, blanks but U+0020, characters without a
 * glyph (bidirectional controls, zero width, fillers, variation selectors), and private or
 * unassigned ones. */
gboolean turn_printable_is_active(gunichar character);

/* TEXT with "\u{1b}" for each active character, and for each mark that stands upon two others, and
 * the replacement character for what is not UTF-8. Owned by the caller; "" for NULL. */
char *turn_printable_text(const char *text);

/* turn_printable_text() as a cell of a table for a spreadsheet: a quote, which would hold what
 * follows together with other cells, and a character that would make a formula are written as
 * numbers at the front of the cell or of what a spreadsheet may take for another cell; elsewhere
 * they are text. Owned by the caller; "" for NULL. */
char *turn_printable_cell(const char *text);

/* JSON with "\u009b" for what is not shown as it is and the generator left so; line feeds and
 * blanks between the values stay. Owned by the caller. */
char *turn_printable_json(const char *json);

#endif
