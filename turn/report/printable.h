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

/* JSON with "\u009b" for each active character that the generator left as it was; line feeds and
 * blanks between the values stay. Owned by the caller. */
char *turn_printable_json(const char *json);

#endif
