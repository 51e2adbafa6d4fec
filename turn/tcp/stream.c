/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "turn/tcp/stream.h"

/* Positions start here, so that a segment from before the first one known still has a place. */
#define POSITION_BASE (G_GUINT64_CONSTANT(1) << 32)

void turn_stream_begin(turn_stream *self, guint32 seq) {
    turn_stream_clear(self);
    self->begun = TRUE;
    self->next = POSITION_BASE | seq;
    self->acknowledged = self->next;
}

void turn_stream_clear(turn_stream *self) {
    turn_pieces_clear(&self->pending);
    *self = (turn_stream){.begun = FALSE};
}

gboolean turn_stream_expects(const turn_stream *self, guint32 seq) {
    return self->begun && (guint32)self->next == seq;
}

/* The position of SEQ: the one nearest to the next byte. */
static guint64 position(const turn_stream *self, guint32 seq) {
    return self->next + (guint64)(gint64)(gint32)(seq - (guint32)self->next);
}

static void hand_out_gap(turn_stream *self, const turn_mark *mark, guint64 until,
                         const turn_stream_sink *sink) {
    if (until > self->next) {
        gsize length = (gsize)(until - self->next);

        self->next = until;
        sink->gap(sink->data, mark, length);
    }
}

/* A range that begins at or before the next byte; what the snap length cut off is a gap. */
static void hand_out(turn_stream *self, const turn_piece *range, const guint8 *bytes,
                     const turn_stream_sink *sink) {
    guint64 end = range->start + range->reported;
    guint64 captured_end = range->start + range->captured;

    if (captured_end > self->next) {
        gsize skipped = (gsize)(self->next - range->start);

        self->next = captured_end;
        sink->bytes(sink->data, &range->mark, bytes + skipped, range->captured - skipped);
    }
    hand_out_gap(self, &range->mark, end, sink);
}

static void drain(turn_stream *self, const turn_stream_sink *sink) {
    while (self->pending.first != NULL && self->pending.first->start <= self->next) {
        g_autofree turn_piece *first = turn_pieces_shift(&self->pending);

        hand_out(self, first, first->data, sink);
    }
    self->hole_since = 0;
    self->ended = self->fin_seen && self->next >= self->fin;
}

/* Gives up the bytes before the first piece that waits. */
static void skip_hole(turn_stream *self, const turn_mark *mark, const turn_stream_sink *sink) {
    hand_out_gap(self, mark, self->pending.first->start, sink);
    drain(self, sink);
}

static void restart(turn_stream *self, guint32 seq, const turn_mark *mark,
                    const turn_stream_sink *sink) {
    turn_stream_flush(self, mark, sink);
    sink->gap(sink->data, mark, 0);
    turn_stream_begin(self, seq);
}

void turn_stream_add(turn_stream *self, const turn_stream_part *segment,
                     const turn_stream_sink *sink) {
    turn_piece range = {
        .captured = segment->captured, .reported = segment->reported, .mark = segment->mark};
    guint64 end;

    if (!self->begun) {
        turn_stream_begin(self, segment->seq);
    }
    range.start = position(self, segment->seq);
    if (self->next > range.start && self->next - range.start > TURN_STREAM_BEHIND_LIMIT) {
        restart(self, segment->seq, &segment->mark, sink);
        range.start = self->next;
    }
    end = range.start + range.reported;
    if (end <= self->next || self->ended) {
        return; /* a retransmission, or a keep-alive probe */
    }
    if (range.start <= self->next) {
        /* Where pieces wait already, they came first and win. */
        if (self->pending.first != NULL && self->pending.first->start < end) {
            turn_pieces_insert(&self->pending, &range, segment->bytes);
        } else {
            hand_out(self, &range, segment->bytes, sink);
        }
        drain(self, sink);
        return;
    }
    turn_pieces_insert(&self->pending, &range, segment->bytes);
    while (self->pending.memory > TURN_STREAM_PENDING_LIMIT) {
        skip_hole(self, &segment->mark, sink);
    }
    if (self->acknowledged > self->next) {
        turn_stream_acknowledge(self, (guint32)self->acknowledged, &segment->mark, sink);
    }
}

void turn_stream_fin(turn_stream *self, guint32 seq) {
    if (!self->begun) {
        turn_stream_begin(self, seq);
    }
    if (!self->fin_seen) {
        self->fin_seen = TRUE;
        self->fin = position(self, seq);
        self->ended = self->next >= self->fin;
    }
}

/* Up to where bytes are missing if nothing more comes. A FIN counts as one byte when it is
 * acknowledged; a single byte behind all others may be one that is not in the capture. */
static guint64 missing_tail(const turn_stream *self) {
    if (self->fin_seen) {
        return MIN(self->acknowledged, self->fin);
    }
    return self->acknowledged == self->next + 1 ? self->next : self->acknowledged;
}

void turn_stream_acknowledge(turn_stream *self, guint32 ack, const turn_mark *mark,
                             const turn_stream_sink *sink) {
    if (!self->begun) {
        turn_stream_begin(self, ack);
        return;
    }
    self->acknowledged = MAX(self->acknowledged, position(self, ack));
    while (self->pending.first != NULL && self->acknowledged > self->next) {
        hand_out_gap(self, mark, MIN(self->acknowledged, self->pending.first->start), sink);
        drain(self, sink);
    }
    if (missing_tail(self) <= self->next) {
        return;
    }
    if (self->hole_since == 0) {
        self->hole_since = mark->time;
    } else if (mark->time - self->hole_since > TURN_STREAM_HOLE_TIME) {
        hand_out_gap(self, mark, missing_tail(self), sink);
        drain(self, sink);
    }
}

void turn_stream_flush(turn_stream *self, const turn_mark *mark, const turn_stream_sink *sink) {
    while (self->pending.first != NULL) {
        skip_hole(self, mark, sink);
    }
    if (self->begun) {
        hand_out_gap(self, mark, missing_tail(self), sink);
    }
}
