/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "turn/tcp/connection.h"

#include <string.h>

/* The side that flow.source is. */
static guint side_of(const tcp_connection *self, const turn_flow *flow) {
    return stun_address_equal(&self->flow.source, &flow->source) ? 0 : 1;
}

/* Where a stream's bytes go. */
typedef struct outlet {
    tcp_connection *connection;
    guint side;
} outlet;

static void outlet_bytes(gpointer data, const turn_mark *mark, const guint8 *bytes, gsize length) {
    const outlet *to = data;
    const turn_stream *stream = &to->connection->streams[to->side];

    /* The stream has moved on behind the bytes that it hands out. */
    turn_units_at(&to->connection->units, to->side, (guint32)stream->next - (guint32)length);
    turn_units_bytes(&to->connection->units, to->side, mark, bytes, length);
}

static void outlet_gap(gpointer data, const turn_mark *mark, gsize length) {
    const outlet *to = data;

    turn_units_gap(&to->connection->units, to->side, mark, length);
}

void tcp_connection_flush(tcp_connection *self, const turn_mark *mark) {
    for (guint side = 0; side < 2; side++) {
        outlet to = {.connection = self, .side = side};
        turn_stream_sink sink = {.bytes = outlet_bytes, .gap = outlet_gap, .data = &to};

        turn_stream_flush(&self->streams[side], mark, &sink);
        turn_units_finish(&self->units, side, mark);
    }
}

static void pass_anew(const tcp_connection *self, const turn_mark *mark) {
    const turn_packet seen = {
        .capture = mark->capture, .frame = mark->frame, .time = mark->time, .flow = self->flow};

    turn_tracker_anew(self->units.tracker, &seen);
}

void tcp_connection_begin(tcp_connection *self, turn_tracker *tracker, const turn_flow *flow,
                          gboolean turn_port, const turn_mark *mark) {
    self->flow = *flow;
    turn_units_init(&self->units, tracker, flow, turn_port);
    pass_anew(self, mark);
}

void tcp_connection_clear(tcp_connection *self) {
    turn_stream_clear(&self->streams[0]);
    turn_stream_clear(&self->streams[1]);
    turn_units_clear(&self->units);
}

/* Another connection of the same two ends begins. */
static void restart(tcp_connection *self, const turn_mark *mark) {
    tcp_connection_flush(self, mark);
    self->missing += self->units.missing;
    for (guint side = 0; side < 2; side++) {
        turn_stream_clear(&self->streams[side]);
        self->fin[side] = FALSE;
        self->syn_seen[side] = FALSE;
        memset(&self->held[side], 0, sizeof self->held[side]);
    }
    turn_units_clear(&self->units);
    turn_units_init(&self->units, self->units.tracker, &self->flow, self->units.turn_port);
    self->established = FALSE;
    self->closed = FALSE;
    pass_anew(self, mark);
}

/* A SYN or SYN-ACK that does not belong to what is known of its direction. */
static gboolean begins_anew(const tcp_connection *self, guint side, const turn_segment *segment) {
    if (self->syn_seen[side]) {
        return self->isn[side] != segment->seq;
    }
    return self->closed || self->fin[side] ||
           (self->streams[side].begun &&
            !turn_stream_expects(&self->streams[side], segment->seq + 1));
}

static void pass_event(const tcp_connection *self, guint side, const turn_mark *mark,
                       turn_tcp_event event) {
    turn_packet seen = {.capture = mark->capture,
                        .frame = mark->frame,
                        .time = mark->time,
                        .flow = self->units.flows[side],
                        .identity = mark->identity};

    turn_tracker_tcp(self->units.tracker, &seen, event);
}

static void take_syn(tcp_connection *self, guint side, const turn_segment *segment,
                     const turn_mark *mark) {
    gboolean answer = (segment->flags & TURN_SEGMENT_ACK) != 0;

    if (begins_anew(self, side, segment)) {
        restart(self, mark);
    }
    if (!self->syn_seen[side]) {
        self->syn_seen[side] = TRUE;
        self->isn[side] = segment->seq;
        turn_stream_begin(&self->streams[side], segment->seq + 1);
    }
    pass_event(self, side, mark, answer ? TURN_TCP_SYN_ACK : TURN_TCP_SYN);
}

static void take_reset(tcp_connection *self, guint side, const turn_mark *mark) {
    pass_event(self, side, mark, TURN_TCP_RESET);
    if (!self->closed) {
        tcp_connection_flush(self, mark);
        self->closed = TRUE;
    }
}

static void take_bytes(tcp_connection *self, guint side, const turn_segment *segment,
                       const turn_mark *mark) {
    outlet forward = {.connection = self, .side = side};
    outlet backward = {.connection = self, .side = 1 - side};
    turn_stream_sink sink = {.bytes = outlet_bytes, .gap = outlet_gap, .data = &backward};
    guint32 syn = (segment->flags & TURN_SEGMENT_SYN) != 0; /* takes a sequence number itself */

    if (segment->flags & TURN_SEGMENT_ACK) {
        turn_stream_acknowledge(&self->streams[1 - side], segment->ack, mark, &sink);
    }
    sink.data = &forward;
    if (segment->reported > 0) {
        turn_stream_part data = {.seq = segment->seq + syn,
                                 .bytes = segment->bytes,
                                 .captured = segment->captured,
                                 .reported = segment->reported,
                                 .mark = *mark};
        turn_stream_add(&self->streams[side], &data, &sink);
    } else if (!self->streams[side].begun) {
        turn_stream_begin(&self->streams[side], segment->seq);
    }
}

static void pass_stuck(const tcp_connection *self, guint side, const turn_mark *mark) {
    const turn_packet seen = {.capture = mark->capture,
                              .frame = mark->frame,
                              .time = mark->time,
                              .flow = self->units.flows[side]};

    turn_tracker_tcp_stuck(self->units.tracker, &seen, &self->held[side].facts);
}

static void take_progress(tcp_connection *self, guint side, const turn_segment *segment,
                          const turn_mark *mark) {
    if ((segment->flags & TURN_SEGMENT_ACK) &&
        turn_held_acknowledged(&self->held[1 - side], segment->ack, mark)) {
        pass_stuck(self, 1 - side, mark);
    }
    if (segment->reported > 0 &&
        turn_held_sent(&self->held[side], segment->seq, segment->reported, mark)) {
        pass_stuck(self, side, mark);
    }
}

static void take_fin(tcp_connection *self, guint side, const turn_segment *segment,
                     const turn_mark *mark) {
    turn_stream_fin(&self->streams[side], segment->seq + (guint32)segment->reported);
    if (self->streams[side].ended) {
        turn_units_finish(&self->units, side, mark);
    }
    if (!self->fin[side]) {
        self->fin[side] = TRUE;
        pass_event(self, side, mark, TURN_TCP_FIN);
    }
}

/* What cannot be read any further keeps nothing; its events still count. */
static gboolean is_ignored(const tcp_connection *self) {
    return self->closed || self->units.verdict == TURN_UNITS_TLS ||
           self->units.verdict == TURN_UNITS_OTHER;
}

void tcp_connection_segment(tcp_connection *self, const turn_segment *segment,
                            const turn_mark *mark) {
    const guint side = side_of(self, &segment->packet.flow);

    if (segment->flags & TURN_SEGMENT_RST) {
        take_reset(self, side, mark);
        return;
    }
    if (segment->flags & TURN_SEGMENT_SYN) {
        take_syn(self, side, segment, mark);
    } else if (!self->established && (segment->flags & TURN_SEGMENT_ACK) && !self->closed) {
        self->established = TRUE;
        pass_event(self, side, mark, TURN_TCP_ESTABLISHED);
    }
    if (!is_ignored(self)) {
        take_bytes(self, side, segment, mark);
    }
    take_progress(self, side, segment, mark);
    if (segment->flags & TURN_SEGMENT_FIN) {
        take_fin(self, side, segment, mark);
    }
    if (is_ignored(self)) {
        turn_stream_clear(&self->streams[0]);
        turn_stream_clear(&self->streams[1]);
    }
}

guint64 tcp_connection_missing(const tcp_connection *self) {
    return self->missing + self->units.missing;
}

gsize tcp_connection_memory(const tcp_connection *self) {
    return self->streams[0].pending.memory + self->streams[1].pending.memory +
           turn_units_memory(&self->units);
}

gboolean tcp_connection_is_waiting(const tcp_connection *self, const turn_flow *flow) {
    const guint side = side_of(self, flow);

    return self->units.sides[side].carry_length > 0 || self->streams[side].pending.first != NULL;
}
