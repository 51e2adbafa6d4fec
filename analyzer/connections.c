/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "analyzer/connections.h"

#include "analyzer/bytes.h"
#include "analyzer/stream.h"
#include "analyzer/units.h"
#include <string.h>

#define FILTER_SIZE 4096u
#define PORTS       (G_MAXUINT16 + 1u)

typedef struct connection {
    turn_flow flow; /* of side 0: who was seen first */
    GList link;     /* in CONNECTIONS.age */
    gsize memory;   /* as counted in CONNECTIONS.memory */
    guint16 filter; /* its place in CONNECTIONS.filter */
    gboolean established;
    gboolean closed;      /* by a reset */
    gboolean fin[2];      /* the event was passed on */
    gboolean syn_seen[2]; /* SYN or SYN-ACK */
    guint32 isn[2];       /* of that */
    stream streams[2];
    units units;
} connection;

/* The first byte of a direction is expected at SEQ. */
typedef struct beginning {
    guint32 flow; /* hash of the directed 5-tuple */
    guint32 seq;
} beginning;

struct connections {
    turn_tracker *tracker; /* borrowed */
    GHashTable *followed;  /* turn_flow to connection, owned */
    GQueue age;            /* the one that was silent longest first */
    gsize memory;
    guint64 missing; /* of connections that are gone */
    guint64 dropped;
    guint8 turn_ports[PORTS / 8];
    guint16 filter[FILTER_SIZE]; /* followed connections by ports; 0 saves the lookup */
    beginning beginnings[CONNECTIONS_BEGINNINGS];
};

/* Where a stream's bytes go. */
typedef struct outlet {
    connection *connection;
    guint side;
} outlet;

static void outlet_bytes(gpointer data, const piece_mark *mark, const guint8 *bytes, gsize length) {
    const outlet *to = data;

    units_bytes(&to->connection->units, to->side, mark, bytes, length);
}

static void outlet_gap(gpointer data, const piece_mark *mark, gsize length) {
    const outlet *to = data;

    units_gap(&to->connection->units, to->side, mark, length);
}

static void connection_free(gpointer data) {
    connection *self = data;

    stream_clear(&self->streams[0]);
    stream_clear(&self->streams[1]);
    units_clear(&self->units);
    g_free(self);
}

void connections_update_ports(connections *self) {
    memset(self->turn_ports, 0, sizeof self->turn_ports);
    for (guint port = 0; port < PORTS; port++) {
        if (turn_tracker_is_turn_port(self->tracker, (guint16)port)) {
            self->turn_ports[port / 8] |= (guint8)(1u << port % 8);
        }
    }
}

connections *connections_new(turn_tracker *tracker) {
    connections *self = g_new0(connections, 1);

    self->tracker = tracker;
    self->followed = g_hash_table_new_full(turn_flow_hash, turn_flow_equal, NULL, connection_free);
    g_queue_init(&self->age);
    connections_update_ports(self);
    return self;
}

void connections_free(connections *self) {
    if (self == NULL) {
        return;
    }
    g_hash_table_destroy(self->followed);
    g_free(self);
}

guint64 connections_missing(const connections *self) {
    guint64 missing = self->missing;

    for (const GList *at = self->age.head; at != NULL; at = at->next) {
        const connection *alive = at->data;
        missing += alive->units.missing;
    }
    return missing;
}

guint64 connections_dropped(const connections *self) {
    return self->dropped;
}

guint connections_count(const connections *self) {
    return self->age.length;
}

gsize connections_memory(const connections *self) {
    return self->memory;
}

static gboolean is_turn_port(const connections *self, guint16 port) {
    return (self->turn_ports[port / 8] >> port % 8 & 1) != 0;
}

/* The same for both directions. */
static guint16 filter_index(const packet *segment) {
    guint both = (guint)segment->source_port + segment->destination_port;

    return (
        guint16)((both * 0x9E3779B1u ^ ((guint)segment->source_port ^ segment->destination_port)) %
                 FILTER_SIZE);
}

static guint32 directed_hash(const packet *segment) {
    guint32 hash = (guint32)segment->source_port << 16 | segment->destination_port;

    for (gsize at = 0; at < 2 * ip_address_size(&segment->ip); at += 4) {
        hash = (hash ^ bytes_u32(segment->ip.addresses + at)) * 0x9E3779B1u;
        hash ^= hash >> 15;
    }
    return hash;
}

static void remember_beginning(connections *self, const packet *segment) {
    guint32 hash = directed_hash(segment);

    self->beginnings[hash % CONNECTIONS_BEGINNINGS] =
        (beginning){.flow = hash, .seq = segment->seq + 1};
}

static gboolean is_beginning(const connections *self, const packet *segment) {
    guint32 hash = directed_hash(segment);
    const beginning *known = &self->beginnings[hash % CONNECTIONS_BEGINNINGS];

    return known->flow == hash && known->seq == segment->seq;
}

/* Whether a segment of a connection that is not followed is a reason to begin. */
static gboolean is_worth_following(connections *self, const packet *segment) {
    stun_framing framing;

    if (segment->flags & PACKET_SYN) {
        remember_beginning(self, segment);
        return FALSE;
    }
    if (segment->captured == 0) {
        return FALSE;
    }
    switch (stun_framing_guess(segment->payload, segment->captured, &framing)) {
    case STUN_GUESS_NO:
        return FALSE;
    case STUN_GUESS_MORE:
        return is_beginning(self, segment);
    default:
        return TRUE;
    }
}

static void update_memory(connections *self, connection *changed) {
    gsize now = changed->streams[0].pending.memory + changed->streams[1].pending.memory +
                units_memory(&changed->units);

    self->memory += now - changed->memory;
    changed->memory = now;
}

/* Hands out what waits in both directions. */
static void flush(connection *self, const piece_mark *mark) {
    for (guint side = 0; side < 2; side++) {
        outlet to = {.connection = self, .side = side};
        stream_sink sink = {.bytes = outlet_bytes, .gap = outlet_gap, .data = &to};

        stream_flush(&self->streams[side], mark, &sink);
        units_finish(&self->units, side, mark);
    }
}

static void remove_connection(connections *self, connection *removed) {
    self->memory -= removed->memory;
    self->missing += removed->units.missing;
    self->filter[removed->filter]--;
    g_queue_unlink(&self->age, &removed->link);
    g_hash_table_remove(self->followed, &removed->flow);
}

static void drop_oldest(connections *self, const piece_mark *mark) {
    connection *oldest = self->age.head->data;

    flush(oldest, mark);
    update_memory(self, oldest);
    self->dropped++;
    remove_connection(self, oldest);
}

static connection *add_connection(connections *self, const packet *segment, const turn_flow *flow,
                                  gboolean turn_port, const piece_mark *mark) {
    connection *added;

    if (self->age.length >= CONNECTIONS_MAX) {
        drop_oldest(self, mark);
    }
    added = g_new0(connection, 1);
    added->flow = *flow;
    added->link.data = added;
    added->filter = filter_index(segment);
    units_init(&added->units, self->tracker, flow, turn_port);
    self->filter[added->filter]++;
    g_hash_table_insert(self->followed, &added->flow, added);
    g_queue_push_tail_link(&self->age, &added->link);
    return added;
}

/* Another connection of the same two ends begins. */
static void restart(connections *self, connection *target, const piece_mark *mark) {
    flush(target, mark);
    self->missing += target->units.missing;
    for (guint side = 0; side < 2; side++) {
        stream_clear(&target->streams[side]);
        target->fin[side] = FALSE;
        target->syn_seen[side] = FALSE;
    }
    units_clear(&target->units);
    units_init(&target->units, self->tracker, &target->flow, target->units.turn_port);
    target->established = FALSE;
    target->closed = FALSE;
}

/* A SYN or SYN-ACK that does not belong to what is known of its direction. */
static gboolean begins_anew(const connection *self, guint side, const packet *segment) {
    if (self->syn_seen[side]) {
        return self->isn[side] != segment->seq;
    }
    return self->closed || self->fin[side] ||
           (self->streams[side].begun && !stream_expects(&self->streams[side], segment->seq + 1));
}

static void pass_event(connections *self, const connection *about, guint side,
                       const piece_mark *mark, turn_tcp_event event) {
    turn_packet seen = {.capture = mark->capture,
                        .frame = mark->frame,
                        .time = mark->time,
                        .flow = about->units.flows[side],
                        .identity = mark->identity};

    turn_tracker_tcp(self->tracker, &seen, event);
}

static void take_syn(connections *self, connection *target, guint side, const packet *segment,
                     const piece_mark *mark) {
    gboolean answer = (segment->flags & PACKET_ACK) != 0;

    if (begins_anew(target, side, segment)) {
        restart(self, target, mark);
    }
    if (!target->syn_seen[side]) {
        target->syn_seen[side] = TRUE;
        target->isn[side] = segment->seq;
        stream_begin(&target->streams[side], segment->seq + 1);
    }
    pass_event(self, target, side, mark, answer ? TURN_TCP_SYN_ACK : TURN_TCP_SYN);
}

static void take_reset(connections *self, connection *target, guint side, const piece_mark *mark) {
    pass_event(self, target, side, mark, TURN_TCP_RESET);
    if (!target->closed) {
        flush(target, mark);
        target->closed = TRUE;
    }
}

static void take_bytes(connection *target, guint side, const packet *segment,
                       const piece_mark *mark) {
    outlet forward = {.connection = target, .side = side};
    outlet backward = {.connection = target, .side = 1 - side};
    stream_sink sink = {.bytes = outlet_bytes, .gap = outlet_gap, .data = &backward};
    guint32 syn = (segment->flags & PACKET_SYN) != 0; /* takes a sequence number itself */

    if (segment->flags & PACKET_ACK) {
        stream_acknowledge(&target->streams[1 - side], segment->ack, mark, &sink);
    }
    sink.data = &forward;
    if (segment->reported > 0) {
        stream_segment data = {.seq = segment->seq + syn,
                               .bytes = segment->payload,
                               .captured = segment->captured,
                               .reported = segment->reported,
                               .mark = *mark};
        stream_add(&target->streams[side], &data, &sink);
    } else if (!target->streams[side].begun) {
        stream_begin(&target->streams[side], segment->seq);
    }
}

static void take_fin(connections *self, connection *target, guint side, const packet *segment,
                     const piece_mark *mark) {
    stream_fin(&target->streams[side], segment->seq + (guint32)segment->reported);
    if (target->streams[side].ended) {
        units_finish(&target->units, side, mark);
    }
    if (!target->fin[side]) {
        target->fin[side] = TRUE;
        pass_event(self, target, side, mark, TURN_TCP_FIN);
    }
}

/* What cannot be read any further keeps nothing; its events still count. */
static gboolean is_ignored(const connection *self) {
    return self->closed || self->units.verdict == UNITS_TLS || self->units.verdict == UNITS_OTHER;
}

static void take_segment(connections *self, connection *target, guint side, const packet *segment,
                         const piece_mark *mark) {
    if (segment->flags & PACKET_RST) {
        take_reset(self, target, side, mark);
        return;
    }
    if (segment->flags & PACKET_SYN) {
        take_syn(self, target, side, segment, mark);
    } else if (!target->established && (segment->flags & PACKET_ACK) && !target->closed) {
        target->established = TRUE;
        pass_event(self, target, side, mark, TURN_TCP_ESTABLISHED);
    }
    if (!is_ignored(target)) {
        take_bytes(target, side, segment, mark);
    }
    if (segment->flags & PACKET_FIN) {
        take_fin(self, target, side, segment, mark);
    }
    if (is_ignored(target)) {
        stream_clear(&target->streams[0]);
        stream_clear(&target->streams[1]);
    }
}

/* The connection of SEGMENT, which moves to the young end; NULL when it is not to be followed. */
static connection *find_connection(connections *self, const packet *segment, gboolean turn_port,
                                   const turn_flow *flow, const piece_mark *mark) {
    connection *target = g_hash_table_lookup(self->followed, flow);

    if (target != NULL) {
        g_queue_unlink(&self->age, &target->link);
        g_queue_push_tail_link(&self->age, &target->link);
        return target;
    }
    if (turn_port || is_worth_following(self, segment)) {
        return add_connection(self, segment, flow, turn_port, mark);
    }
    return NULL;
}

static void follow(connections *self, const packet *segment, gboolean turn_port,
                   const piece_mark *mark) {
    turn_flow flow = packet_flow(segment);
    connection *target = find_connection(self, segment, turn_port, &flow, mark);
    piece_mark identified = *mark;

    if (target == NULL) {
        return;
    }
    identified.identity = packet_identity(segment);
    take_segment(self, target, !stun_address_equal(&target->flow.source, &flow.source), segment,
                 &identified);
    update_memory(self, target);
    if (target->units.verdict == UNITS_OTHER && !turn_port) {
        remove_connection(self, target);
    }
    while (self->memory > CONNECTIONS_MEMORY) {
        drop_oldest(self, mark);
    }
}

void connections_segment(connections *self, const packet *segment, const piece_mark *mark) {
    gboolean turn_port =
        is_turn_port(self, segment->source_port) || is_turn_port(self, segment->destination_port);

    if (turn_port || self->filter[filter_index(segment)] != 0 ||
        is_worth_following(self, segment)) {
        follow(self, segment, turn_port, mark);
    }
}

void connections_finish(connections *self, const piece_mark *mark) {
    for (GList *at = self->age.head; at != NULL; at = at->next) {
        connection *open = at->data;

        flush(open, mark);
        update_memory(self, open);
    }
}
