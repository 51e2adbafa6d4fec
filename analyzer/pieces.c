/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "analyzer/pieces.h"

#include <string.h>

static guint64 piece_end(const piece *range) {
    return range->start + range->reported;
}

/* A copy of RANGE between FROM and TO, put behind BEFORE (NULL: in front of all). */
static piece *insert_part(pieces *self, const piece *range, const guint8 *bytes, guint64 from,
                          guint64 to, piece *before) {
    gsize skipped = (gsize)(from - range->start);
    gsize reported = (gsize)(to - from);
    gsize captured = range->captured > skipped ? MIN(range->captured - skipped, reported) : 0;
    piece *part = g_malloc(sizeof *part + captured);
    piece **link = before != NULL ? &before->next : &self->first;

    *part = (piece){.next = *link,
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

void pieces_insert(pieces *self, const piece *range, const guint8 *bytes) {
    guint64 from = range->start;
    guint64 end = piece_end(range);
    piece *before = NULL;
    piece *next = self->first;

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

piece *pieces_shift(pieces *self) {
    piece *first = self->first;

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

void pieces_clear(pieces *self) {
    piece *first;

    while ((first = pieces_shift(self)) != NULL) {
        g_free(first);
    }
}
