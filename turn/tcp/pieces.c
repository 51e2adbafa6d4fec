/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "turn/tcp/pieces.h"

#include <string.h>

static guint64 piece_end(const turn_piece *range) {
    return range->start + range->reported;
}

/* A copy of RANGE between FROM and TO, put behind BEFORE (NULL: in front of all). */
static turn_piece *insert_part(turn_pieces *self, const turn_piece *range, const guint8 *bytes,
                               guint64 from, guint64 to, turn_piece *before) {
    gsize skipped = (gsize)(from - range->start);
    gsize reported = (gsize)(to - from);
    gsize captured = range->captured > skipped ? MIN(range->captured - skipped, reported) : 0;
    turn_piece *part = g_malloc(sizeof *part + captured);
    turn_piece **link = before != NULL ? &before->next : &self->first;

    *part = (turn_piece){.next = *link,
                         .start = from,
                         .captured = captured,
                         .reported = reported,
                         .mark = range->mark};
    if (captured > 0) {
        memcpy(part->data, bytes + skipped, captured);
    }
    *link = part;
    if (part->next == NULL) {
        self->last = part;
    }
    self->memory += sizeof *part + captured;
    self->count++;
    return part;
}

void turn_pieces_insert(turn_pieces *self, const turn_piece *range, const guint8 *bytes) {
    guint64 from = range->start;
    guint64 end = piece_end(range);
    turn_piece *before = NULL;
    turn_piece *next = self->first;

    /* Most arrive in order: behind the last one. */
    if (self->last != NULL && from >= piece_end(self->last)) {
        before = self->last;
        next = NULL;
    }
    while (from < end) {
        if (next == NULL || end <= next->start) {
            insert_part(self, range, bytes, from, end, before);
            return;
        }
        if (from < next->start) {
            insert_part(self, range, bytes, from, next->start, before);
        }
        from = MAX(from, piece_end(next));
        before = next;
        next = next->next;
    }
}

turn_piece *turn_pieces_shift(turn_pieces *self) {
    turn_piece *first = self->first;

    if (first == NULL) {
        return NULL;
    }
    self->first = first->next;
    if (self->first == NULL) {
        self->last = NULL;
    }
    self->memory -= sizeof *first + first->captured;
    self->count--;
    return first;
}

void turn_pieces_clear(turn_pieces *self) {
    turn_piece *first;

    while ((first = turn_pieces_shift(self)) != NULL) {
        g_free(first);
    }
}
