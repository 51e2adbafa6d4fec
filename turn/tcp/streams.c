/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "turn/tcp/streams.h"

#include "turn/bytes.h"
#include "turn/tcp/held.h"
#include "turn/tcp/stream.h"
#include "turn/tcp/units.h"
#include <string.h>

#define FILTER_SIZE 4096u
#define PORTS       (G_MAXUINT16 + 1u)

typedef struct connection {
    turn_flow flow; /* of side 0: who was seen first */
    GList link;     /* in TURN_STREAMS.age */
    gsize memory;   /* as counted in TURN_STREAMS.memory */
    guint16 filter; /* its place in TURN_STREAMS.filter */
    gboolean established;
    gboolean closed;      /* by a reset */
    gboolean fin[2];      /* the event was passed on */
    gboolean syn_seen[2]; /* SYN or SYN-ACK */
    guint32 isn[2];       /* of that */
    turn_held held[2];
    turn_stream streams[2];
    turn_units units;
} connection;

/* The first byte of a direction is expected at SEQ. */
typedef struct beginning {
    guint32 flow; /* hash of the directed 5-tuple */
    guint32 seq;
} beginning;

struct turn_streams {
    turn_tracker *tracker; /* borrowed */
    GHashTable *followed;  /* turn_flow to connection, owned */
    GQueue age;            /* the one that was silent longest first */
    gsize memory;
    guint64 missing; /* of connections that are gone */
    guint64 dropped;
    guint8 turn_ports[PORTS / 8];
    guint16 filter[FILTER_SIZE]; /* followed connections by ports; 0 saves the lookup */
    beginning beginnings[TURN_STREAMS_BEGINNINGS];
};

/* Where a stream's bytes go. */
typedef struct outlet {
    connection *connection;
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

static void connection_free(gpointer data) {
    connection *self = data;

    turn_stream_clear(&self->streams[0]);
    turn_stream_clear(&self->streams[1]);
    turn_units_clear(&self->units);
    g_free(self);
}

/* The side that flow.source is. */
static guint side_of(const connection *self, const turn_flow *flow) {
    return stun_address_equal(&self->flow.source, &flow->source) ? 0 : 1;
}

void turn_streams_update_ports(turn_streams *self) {
    memset(self->turn_ports, 0, sizeof self->turn_ports);
    for (guint port = 0; port < PORTS; port++) {
        if (turn_tracker_is_turn_port(self->tracker, (guint16)port)) {
            self->turn_ports[port / 8] |= (guint8)(1u << port % 8);
        }
    }
}

turn_streams *turn_streams_new(turn_tracker *tracker) {
    turn_streams *self = g_new0(turn_streams, 1);

    self->tracker = tracker;
    self->followed = g_hash_table_new_full(turn_flow_hash, turn_flow_equal, NULL, connection_free);
    g_queue_init(&self->age);
    turn_streams_update_ports(self);
    return self;
}

void turn_streams_free(turn_streams *self) {
    if (self == NULL) {
        return;
    }
    g_hash_table_destroy(self->followed);
    g_free(self);
}

guint64 turn_streams_missing(const turn_streams *self) {
    guint64 missing = self->missing;

    for (const GList *at = self->age.head; at != NULL; at = at->next) {
        const connection *alive = at->data;
        missing += alive->units.missing;
    }
    return missing;
}

guint64 turn_streams_dropped(const turn_streams *self) {
    return self->dropped;
}

guint turn_streams_count(const turn_streams *self) {
    return self->age.length;
}

gsize turn_streams_memory(const turn_streams *self) {
    return self->memory;
}

static gboolean is_turn_port(const turn_streams *self, guint16 port) {
    return (self->turn_ports[port / 8] >> port % 8 & 1) != 0;
}

/* The same for both directions. */
static guint16 filter_index(const turn_flow *flow) {
    guint source = flow->source.port;
    guint destination = flow->destination.port;

    return (guint16)(((source + destination) * 0x9E3779B1u ^ (source ^ destination)) % FILTER_SIZE);
}

static guint32 hash_address(guint32 hash, const stun_address *address) {
    for (gsize at = 0; at < stun_address_size(address); at += 4) {
        hash = (hash ^ bytes_u32(address->bytes + at)) * 0x9E3779B1u;
        hash ^= hash >> 15;
    }
    return hash;
}

static guint32 directed_hash(const turn_flow *flow) {
    guint32 ports = (guint32)flow->source.port << 16 | flow->destination.port;

    return hash_address(hash_address(ports, &flow->source), &flow->destination);
}

static void remember_beginning(turn_streams *self, const turn_segment *segment) {
    guint32 hash = directed_hash(&segment->packet.flow);

    self->beginnings[hash % TURN_STREAMS_BEGINNINGS] =
        (beginning){.flow = hash, .seq = segment->seq + 1};
}

static gboolean is_beginning(const turn_streams *self, const turn_segment *segment) {
    guint32 hash = directed_hash(&segment->packet.flow);
    const beginning *known = &self->beginnings[hash % TURN_STREAMS_BEGINNINGS];

    return known->flow == hash && known->seq == segment->seq;
}

static gboolean is_behind_relay(const turn_streams *self, const turn_flow *flow) {
    return turn_tracker_is_relayed(self->tracker, &flow->source) ||
           turn_tracker_is_relayed(self->tracker, &flow->destination);
}

/* Whether a segment of a connection that is not followed is a reason to begin. */
static gboolean is_worth_following(turn_streams *self, const turn_segment *segment) {
    stun_framing framing;

    if (segment->flags & TURN_SEGMENT_SYN) {
        remember_beginning(self, segment);
        return !(segment->flags & TURN_SEGMENT_ACK) && is_behind_relay(self, &segment->packet.flow);
    }
    if (segment->captured == 0) {
        return FALSE;
    }
    switch (stun_framing_guess(segment->bytes, segment->captured, &framing)) {
    case STUN_GUESS_NO:
        return FALSE;
    case STUN_GUESS_MORE:
        return is_beginning(self, segment);
    default:
        return TRUE;
    }
}

static void update_memory(turn_streams *self, connection *changed) {
    gsize now = changed->streams[0].pending.memory + changed->streams[1].pending.memory +
                turn_units_memory(&changed->units);

    self->memory += now - changed->memory;
    changed->memory = now;
}

/* Hands out what waits in both directions. */
static void flush(connection *self, const turn_mark *mark) {
    for (guint side = 0; side < 2; side++) {
        outlet to = {.connection = self, .side = side};
        turn_stream_sink sink = {.bytes = outlet_bytes, .gap = outlet_gap, .data = &to};

        turn_stream_flush(&self->streams[side], mark, &sink);
        turn_units_finish(&self->units, side, mark);
    }
}

static void remove_connection(turn_streams *self, connection *removed) {
    self->memory -= removed->memory;
    self->missing += removed->units.missing;
    self->filter[removed->filter]--;
    g_queue_unlink(&self->age, &removed->link);
    g_hash_table_remove(self->followed, &removed->flow);
}

static void drop_oldest(turn_streams *self, const turn_mark *mark) {
    connection *oldest = self->age.head->data;

    flush(oldest, mark);
    update_memory(self, oldest);
    self->dropped++;
    remove_connection(self, oldest);
}

static void pass_anew(const turn_streams *self, const turn_flow *flow, const turn_mark *mark) {
    const turn_packet seen = {
        .capture = mark->capture, .frame = mark->frame, .time = mark->time, .flow = *flow};

    turn_tracker_anew(self->tracker, &seen);
}

static connection *add_connection(turn_streams *self, const turn_flow *flow, gboolean turn_port,
                                  const turn_mark *mark) {
    connection *added;

    if (self->age.length >= TURN_STREAMS_MAX) {
        drop_oldest(self, mark);
    }
    added = g_new0(connection, 1);
    added->flow = *flow;
    added->link.data = added;
    added->filter = filter_index(flow);
    turn_units_init(&added->units, self->tracker, flow, turn_port);
    self->filter[added->filter]++;
    g_hash_table_insert(self->followed, &added->flow, added);
    g_queue_push_tail_link(&self->age, &added->link);
    pass_anew(self, flow, mark);
    return added;
}

/* Another connection of the same two ends begins. */
static void restart(turn_streams *self, connection *target, const turn_mark *mark) {
    flush(target, mark);
    self->missing += target->units.missing;
    for (guint side = 0; side < 2; side++) {
        turn_stream_clear(&target->streams[side]);
        target->fin[side] = FALSE;
        target->syn_seen[side] = FALSE;
        memset(&target->held[side], 0, sizeof target->held[side]);
    }
    turn_units_clear(&target->units);
    turn_units_init(&target->units, self->tracker, &target->flow, target->units.turn_port);
    target->established = FALSE;
    target->closed = FALSE;
    pass_anew(self, &target->flow, mark);
}

/* A SYN or SYN-ACK that does not belong to what is known of its direction. */
static gboolean begins_anew(const connection *self, guint side, const turn_segment *segment) {
    if (self->syn_seen[side]) {
        return self->isn[side] != segment->seq;
    }
    return self->closed || self->fin[side] ||
           (self->streams[side].begun &&
            !turn_stream_expects(&self->streams[side], segment->seq + 1));
}

static void pass_event(turn_streams *self, const connection *about, guint side,
                       const turn_mark *mark, turn_tcp_event event) {
    turn_packet seen = {.capture = mark->capture,
                        .frame = mark->frame,
                        .time = mark->time,
                        .flow = about->units.flows[side],
                        .identity = mark->identity};

    turn_tracker_tcp(self->tracker, &seen, event);
}

static void take_syn(turn_streams *self, connection *target, guint side,
                     const turn_segment *segment, const turn_mark *mark) {
    gboolean answer = (segment->flags & TURN_SEGMENT_ACK) != 0;

    if (begins_anew(target, side, segment)) {
        restart(self, target, mark);
    }
    if (!target->syn_seen[side]) {
        target->syn_seen[side] = TRUE;
        target->isn[side] = segment->seq;
        turn_stream_begin(&target->streams[side], segment->seq + 1);
    }
    pass_event(self, target, side, mark, answer ? TURN_TCP_SYN_ACK : TURN_TCP_SYN);
}

static void take_reset(turn_streams *self, connection *target, guint side, const turn_mark *mark) {
    pass_event(self, target, side, mark, TURN_TCP_RESET);
    if (!target->closed) {
        flush(target, mark);
        target->closed = TRUE;
    }
}

static void take_bytes(connection *target, guint side, const turn_segment *segment,
                       const turn_mark *mark) {
    outlet forward = {.connection = target, .side = side};
    outlet backward = {.connection = target, .side = 1 - side};
    turn_stream_sink sink = {.bytes = outlet_bytes, .gap = outlet_gap, .data = &backward};
    guint32 syn = (segment->flags & TURN_SEGMENT_SYN) != 0; /* takes a sequence number itself */

    if (segment->flags & TURN_SEGMENT_ACK) {
        turn_stream_acknowledge(&target->streams[1 - side], segment->ack, mark, &sink);
    }
    sink.data = &forward;
    if (segment->reported > 0) {
        turn_stream_part data = {.seq = segment->seq + syn,
                                 .bytes = segment->bytes,
                                 .captured = segment->captured,
                                 .reported = segment->reported,
                                 .mark = *mark};
        turn_stream_add(&target->streams[side], &data, &sink);
    } else if (!target->streams[side].begun) {
        turn_stream_begin(&target->streams[side], segment->seq);
    }
}

static void pass_stuck(turn_streams *self, const connection *about, guint side,
                       const turn_mark *mark) {
    const turn_packet seen = {.capture = mark->capture,
                              .frame = mark->frame,
                              .time = mark->time,
                              .flow = about->units.flows[side]};

    turn_tracker_tcp_stuck(self->tracker, &seen, &about->held[side].facts);
}

static void take_progress(turn_streams *self, connection *target, guint side,
                          const turn_segment *segment, const turn_mark *mark) {
    if ((segment->flags & TURN_SEGMENT_ACK) &&
        turn_held_acknowledged(&target->held[1 - side], segment->ack, mark)) {
        pass_stuck(self, target, 1 - side, mark);
    }
    if (segment->reported > 0 &&
        turn_held_sent(&target->held[side], segment->seq, segment->reported, mark)) {
        pass_stuck(self, target, side, mark);
    }
}

static void take_fin(turn_streams *self, connection *target, guint side,
                     const turn_segment *segment, const turn_mark *mark) {
    turn_stream_fin(&target->streams[side], segment->seq + (guint32)segment->reported);
    if (target->streams[side].ended) {
        turn_units_finish(&target->units, side, mark);
    }
    if (!target->fin[side]) {
        target->fin[side] = TRUE;
        pass_event(self, target, side, mark, TURN_TCP_FIN);
    }
}

/* What cannot be read any further keeps nothing; its events still count. */
static gboolean is_ignored(const connection *self) {
    return self->closed || self->units.verdict == TURN_UNITS_TLS ||
           self->units.verdict == TURN_UNITS_OTHER;
}

static void take_segment(turn_streams *self, connection *target, guint side,
                         const turn_segment *segment, const turn_mark *mark) {
    if (segment->flags & TURN_SEGMENT_RST) {
        take_reset(self, target, side, mark);
        return;
    }
    if (segment->flags & TURN_SEGMENT_SYN) {
        take_syn(self, target, side, segment, mark);
    } else if (!target->established && (segment->flags & TURN_SEGMENT_ACK) && !target->closed) {
        target->established = TRUE;
        pass_event(self, target, side, mark, TURN_TCP_ESTABLISHED);
    }
    if (!is_ignored(target)) {
        take_bytes(target, side, segment, mark);
    }
    take_progress(self, target, side, segment, mark);
    if (segment->flags & TURN_SEGMENT_FIN) {
        take_fin(self, target, side, segment, mark);
    }
    if (is_ignored(target)) {
        turn_stream_clear(&target->streams[0]);
        turn_stream_clear(&target->streams[1]);
    }
}

/* The connection of SEGMENT, which moves to the young end; NULL when it is not to be followed. */
static connection *find_connection(turn_streams *self, const turn_segment *segment,
                                   gboolean turn_port, const turn_mark *mark) {
    const turn_flow *flow = &segment->packet.flow;
    connection *target = g_hash_table_lookup(self->followed, flow);

    if (target != NULL) {
        g_queue_unlink(&self->age, &target->link);
        g_queue_push_tail_link(&self->age, &target->link);
        return target;
    }
    if (turn_port || is_worth_following(self, segment)) {
        return add_connection(self, flow, turn_port, mark);
    }
    return NULL;
}

static void follow(turn_streams *self, const turn_segment *segment, gboolean turn_port) {
    const turn_packet *seen = &segment->packet;
    const turn_mark mark = {.capture = seen->capture, .frame = seen->frame, .time = seen->time};
    connection *target = find_connection(self, segment, turn_port, &mark);
    turn_mark identified = mark;

    if (target == NULL) {
        return;
    }
    identified.identity = turn_segment_identity(segment);
    take_segment(self, target, side_of(target, &seen->flow), segment, &identified);
    update_memory(self, target);
    /* How it ends matters to the relay, whatever it carries. */
    if (target->units.verdict == TURN_UNITS_OTHER && !turn_port &&
        !is_behind_relay(self, &seen->flow)) {
        remove_connection(self, target);
    }
    while (self->memory > TURN_STREAMS_MEMORY) {
        drop_oldest(self, &mark);
    }
}

void turn_streams_segment(turn_streams *self, const turn_segment *segment) {
    const turn_flow *flow = &segment->packet.flow;
    gboolean turn_port =
        is_turn_port(self, flow->source.port) || is_turn_port(self, flow->destination.port);

    if (turn_port || self->filter[filter_index(flow)] != 0 || is_worth_following(self, segment)) {
        follow(self, segment, turn_port);
    }
}

turn_streams_status turn_streams_look(const turn_streams *self, const turn_flow *flow) {
    const connection *known = g_hash_table_lookup(self->followed, flow);
    guint side;

    if (known == NULL) {
        return (turn_streams_status){.turn = FALSE};
    }
    side = side_of(known, flow);
    return (turn_streams_status){.turn = known->units.verdict == TURN_UNITS_TURN,
                                 .waiting = known->units.sides[side].carry_length > 0 ||
                                            known->streams[side].pending.first != NULL};
}

void turn_streams_finish(turn_streams *self, const turn_mark *mark) {
    for (GList *at = self->age.head; at != NULL; at = at->next) {
        connection *open = at->data;

        flush(open, mark);
        update_memory(self, open);
    }
}
