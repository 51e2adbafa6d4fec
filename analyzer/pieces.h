/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Byte ranges that arrived out of order, sorted, copied, without overlaps: what came first wins.
 * Knows neither IP nor TCP; both reassemble with it. */
#ifndef ANALYZER_PIECES_H
#define ANALYZER_PIECES_H

#include <glib.h>

/* The packet that bytes came in, without its addresses. */
typedef struct piece_mark {
    guint32 capture; /* index of the file */
    guint32 frame;
    gint64 time; /* nanoseconds */
    guint64 identity;
} piece_mark;

typedef struct piece {
    struct piece *next;
    guint64 start;
    gsize captured; /* bytes of DATA */
    gsize reported; /* bytes of the range; those behind CAPTURED are not in the capture */
    piece_mark mark;
    guint8 data[];
} piece;

/* All zero is an empty list. */
typedef struct pieces {
    piece *first;
    piece *last;
    gsize memory; /* bytes that the list takes, its own structures included */
    guint count;
} pieces;

/* Copies [start, start + reported), of which CAPTURED bytes are there, as far as the range is not
 * taken yet. It may end up in several pieces. */
void pieces_insert(pieces *self, const piece *range, const guint8 *bytes);

/* Takes the first piece out; NULL when there is none. The caller frees it with g_free(). */
piece *pieces_shift(pieces *self);

void pieces_clear(pieces *self);

#endif
