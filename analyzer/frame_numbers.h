/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The numbers that Wireshark gives the packets of a pcapng file: it counts some blocks as frames
 * that are no packets, and that libpcap passes over. Told from the bytes of the file as they go by.
 */
#ifndef ANALYZER_FRAME_NUMBERS_H
#define ANALYZER_FRAME_NUMBERS_H

#include <glib.h>

typedef struct frame_numbers frame_numbers;

frame_numbers *frame_numbers_new(void);
void frame_numbers_free(frame_numbers *self); /* NULL is allowed */

/* The next bytes of the file, from its first. Keeps a number for each packet that begins in them,
 * until it is taken. */
void frame_numbers_read(frame_numbers *self, const guint8 *bytes, gsize length);

/* The number of the next packet; 0 when none has gone by. */
guint32 frame_numbers_take(frame_numbers *self);

/* Whether sections that went by have different byte orders. */
gboolean frame_numbers_are_mixed(const frame_numbers *self);

#endif
