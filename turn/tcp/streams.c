/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "turn/tcp/streams.h"

#include "turn/bytes.h"
#include "turn/tcp/connection.h"

#include <string.h>

#define FILTER_SIZE 4096u
#define PORTS       (G_MAXUINT16 + 1u)

typedef struct followed {
    tcp_connection connection;
    GList link;     /* in TURN_STREAMS.age */
    gsize memory;   /* as counted in TURN_STREAMS.memory */
    guint16 filter; /* its place in TURN_STREAMS.filter */
} followed;

/* The first byte of a direction is expected at SEQ. */
typedef struct beginning {
    guint32 flow; /* hash of the directed 5-tuple */
    guint32 seq;
} beginning;

struct turn_streams {
    turn_tracker *tracker; /* borrowed */
    GHashTable *followed;  /* turn_flow to followed, owned */
    GQueue age;            /* the one that was silent longest first */
    gsize memory;
    guint64 missing; /* of connections that are gone */
    guint64 dropped;
    guint8 turn_ports[PORTS / 8];
    guint16 filter[FILTER_SIZE]; /* followed connections by ports; 0 saves the lookup */
    beginning beginnings[TURN_STREAMS_BEGINNINGS];
};

static void followed_free(gpointer data) {
    followed *self = data;

    tcp_connection_clear(&self->connection);
    g_free(self);
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
    self->followed = g_hash_table_new_full(turn_flow_hash, turn_flow_equal, NULL, followed_free);
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
        const followed *alive = at->data;

        missing += tcp_connection_missing(&alive->connection);
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

static void update_memory(turn_streams *self, followed *changed) {
    const gsize now = tcp_connection_memory(&changed->connection);

    self->memory += now - changed->memory;
    changed->memory = now;
}

static void remove_connection(turn_streams *self, followed *removed) {
    self->memory -= removed->memory;
    self->missing += tcp_connection_missing(&removed->connection);
    self->filter[removed->filter]--;
    g_queue_unlink(&self->age, &removed->link);
    g_hash_table_remove(self->followed, &removed->connection.flow);
}

static void drop_oldest(turn_streams *self, const turn_mark *mark) {
    followed *oldest = self->age.head->data;

    tcp_connection_flush(&oldest->connection, mark);
    update_memory(self, oldest);
    self->dropped++;
    remove_connection(self, oldest);
}

static followed *add_connection(turn_streams *self, const turn_flow *flow, gboolean turn_port,
                                const turn_mark *mark) {
    followed *added;

    if (self->age.length >= TURN_STREAMS_MAX) {
        drop_oldest(self, mark);
    }
    added = g_new0(followed, 1);
    added->link.data = added;
    added->filter = filter_index(flow);
    tcp_connection_begin(&added->connection, self->tracker, flow, turn_port, mark);
    self->filter[added->filter]++;
    g_hash_table_insert(self->followed, &added->connection.flow, added);
    g_queue_push_tail_link(&self->age, &added->link);
    return added;
}

/* The connection of SEGMENT, which moves to the young end; NULL when it is not to be followed. */
static followed *find_connection(turn_streams *self, const turn_segment *segment,
                                 gboolean turn_port, const turn_mark *mark) {
    const turn_flow *flow = &segment->packet.flow;
    followed *target = g_hash_table_lookup(self->followed, flow);

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
    followed *target = find_connection(self, segment, turn_port, &mark);
    turn_mark identified = mark;

    if (target == NULL) {
        return;
    }
    identified.identity = turn_segment_identity(segment);
    tcp_connection_segment(&target->connection, segment, &identified);
    update_memory(self, target);
    /* How it ends matters to the relay, whatever it carries. */
    if (target->connection.units.verdict == TURN_UNITS_OTHER && !turn_port &&
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
    const followed *known = g_hash_table_lookup(self->followed, flow);

    if (known == NULL) {
        return (turn_streams_status){.turn = FALSE};
    }
    return (turn_streams_status){.turn = known->connection.units.verdict == TURN_UNITS_TURN,
                                 .waiting = tcp_connection_is_waiting(&known->connection, flow)};
}

void turn_streams_finish(turn_streams *self, const turn_mark *mark) {
    for (GList *at = self->age.head; at != NULL; at = at->next) {
        followed *open = at->data;

        tcp_connection_flush(&open->connection, mark);
        update_memory(self, open);
    }
}
