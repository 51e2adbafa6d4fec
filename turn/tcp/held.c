/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "turn/tcp/held.h"

#include <string.h>

/* Sooner than any timer sends a segment again (RFC 6298 section 2.4) it is a copy of a mirror port
 * or another interface. Nanoseconds. */
#define AGAIN_AFTER (100 * G_GINT64_CONSTANT(1000000))

static turn_seen seen_of(const turn_mark *mark) {
    return (turn_seen){.capture = mark->capture, .frame = mark->frame, .time = mark->time};
}

/* TRUE when it was sent more than once. */
static gboolean let_go(turn_held *self) {
    const gboolean repeated = self->facts.transmissions > 1;

    memset(self, 0, sizeof *self);
    return repeated;
}

gboolean turn_held_sent(turn_held *self, guint32 seq, gsize length, const turn_mark *mark) {
    const turn_held fresh = {
        .seq = seq,
        .facts = {
            .transmissions = 1, .length = length, .first = seen_of(mark), .last = seen_of(mark)}};

    if (self->facts.transmissions == 0) {
        if (length >= TURN_HELD_LARGE) {
            *self = fresh;
        }
        return FALSE;
    }
    if (seq != self->seq || mark->time - self->facts.last.time <= AGAIN_AFTER) {
        return FALSE;
    }
    /* In smaller pieces it may get through. */
    if (length < self->facts.length) {
        const gboolean repeated = let_go(self);

        if (length >= TURN_HELD_LARGE) {
            *self = fresh;
        }
        return repeated;
    }
    self->facts.transmissions++;
    self->facts.last = seen_of(mark);
    return TRUE;
}

gboolean turn_held_acknowledged(turn_held *self, guint32 ack, const turn_mark *mark) {
    if (self->facts.transmissions == 0) {
        return FALSE;
    }
    if ((gint32)(ack - self->seq) > 0) {
        return let_go(self);
    }
    if (ack != self->seq || self->facts.transmissions < 2) {
        return FALSE;
    }
    self->facts.last_alive = seen_of(mark);
    return TRUE;
}
