/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Byte ranges that arrived out of order, sorted, copied, without overlaps: what came first wins.
 * Knows neither IP nor TCP; both reassemble with it. */
#ifndef TURN_TCP_PIECES_H
#define TURN_TCP_PIECES_H

#include <glib.h>

/* The packet that bytes came in, without its addresses. */
typedef struct turn_mark {
    guint32 capture; /* index of the file */
    guint32 frame;
    gint64 time; /* nanoseconds */
    guint64 identity;
} turn_mark;

typedef struct turn_piece {
    struct turn_piece *next;
    guint64 start;
    gsize captured; /* bytes of DATA */
    gsize reported; /* bytes of the range; those behind CAPTURED are not in the capture */
    turn_mark mark;
    guint8 data[];
} turn_piece;

/* All zero is an empty list. */
typedef struct turn_pieces {
    turn_piece *first;
    turn_piece *last;
    gsize memory; /* bytes that the list takes, its own structures included */
    guint count;
} turn_pieces;

/* Copies [start, start + reported), of which CAPTURED bytes are there, as far as the range is not
 * taken yet. It may end up in several pieces. */
void turn_pieces_insert(turn_pieces *self, const turn_piece *range, const guint8 *bytes);

/* Takes the first piece out; NULL when there is none. The caller frees it with g_free(). */
turn_piece *turn_pieces_shift(turn_pieces *self);

void turn_pieces_clear(turn_pieces *self);

#endif
