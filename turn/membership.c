/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "turn/membership.h"

#include "turn/hash.h"

#include <string.h>

/* What a 5-tuple or a relayed address is of, from START on. */
typedef struct holding {
    turn_seen start;
    gboolean from_the_beginning; /* the capture lacks the SYN: all that came before is of it too */
    const turn_session *session;
    const turn_connection *connection; /* NULL but for data connections */
    stun_address relayed;              /* as the session knows it; of relayed addresses only */
} holding;

typedef struct peer_key {
    const turn_session *session;
    stun_address address;
} peer_key;

struct turn_memberships {
    GHashTable *flows;   /* of turn_flow, owned: GArray of holding, in the order of START */
    GHashTable *relayed; /* of stun_address, owned: the same */
    GHashTable *syns;    /* of turn_flow, borrowed: GArray of turn_seen, the SYNs of connections */
    GHashTable *peers;   /* of peer_key, owned: turn_peer, borrowed */
};

static guint address_hash(gconstpointer address) {
    return turn_hash_address(address);
}

static gboolean address_equal(gconstpointer a, gconstpointer b) {
    return stun_address_equal(a, b);
}

static guint peer_key_hash(gconstpointer key) {
    const peer_key *of = key;

    return turn_hash_address(&of->address) + of->session->id;
}

static gboolean peer_key_equal(gconstpointer a, gconstpointer b) {
    const peer_key *left = a;
    const peer_key *right = b;

    return left->session == right->session && stun_address_equal(&left->address, &right->address);
}

static GArray *list_of(GHashTable *table, gconstpointer key, gsize key_size, guint element_size) {
    GArray *list = g_hash_table_lookup(table, key);

    if (list == NULL) {
        list = g_array_new(FALSE, FALSE, element_size);
        g_hash_table_insert(table, g_memdup2(key, key_size), list);
    }
    return list;
}

static void note_syns(turn_memberships *self, const turn_model *model) {
    for (guint i = 0; model->tcp != NULL && i < model->tcp->len; i++) {
        const turn_tcp *tcp = g_ptr_array_index(model->tcp, i);

        if (tcp->first_syn.frame != 0) {
            GArray *syns = list_of(self->syns, &tcp->flow, sizeof tcp->flow, sizeof(turn_seen));

            g_array_append_val(syns, tcp->first_syn);
        }
    }
}

/* Where the connection on FLOW began that was there at SEEN: its SYN, or SEEN itself. */
static turn_seen connection_start(const turn_memberships *self, const turn_flow *flow,
                                  const turn_seen *seen, gboolean *has_syn) {
    const GArray *syns = g_hash_table_lookup(self->syns, flow);
    guint low = 0;
    guint high = syns != NULL ? syns->len : 0;

    while (low < high) {
        const guint middle = low + (high - low) / 2;

        if (turn_seen_after(&g_array_index(syns, turn_seen, middle), seen)) {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    *has_syn = low > 0;
    return low > 0 ? g_array_index(syns, turn_seen, low - 1) : *seen;
}

static void hold_flow(turn_memberships *self, const turn_flow *flow, const holding *held) {
    GArray *list = list_of(self->flows, flow, sizeof *flow, sizeof(holding));

    g_array_append_val(list, *held);
}

static void hold_connection(turn_memberships *self, const turn_session *session,
                            const turn_connection *connection) {
    const turn_flow flow = {.transport = TURN_TRANSPORT_TCP,
                            .source = connection->data_connection,
                            .destination = session->server};
    holding held = {.session = session, .connection = connection};
    gboolean has_syn;

    if (flow.source.family == STUN_FAMILY_NONE) {
        return;
    }
    if (connection->bind.frame != 0) {
        held.start = connection_start(self, &flow, &connection->bind, &has_syn);
    } else {
        has_syn = connection->tcp != NULL && connection->tcp->first_syn.frame != 0;
        held.start = has_syn ? connection->tcp->first_syn : session->first;
    }
    held.from_the_beginning = !has_syn;
    hold_flow(self, &flow, &held);
}

static gboolean is_data_only(const turn_memberships *self, const turn_session *session,
                             const turn_flow *flow) {
    return !session->control_seen && session->connections->len > 0 &&
           g_hash_table_contains(self->flows, flow);
}

/* The session that was put on FLOW last; NULL when there is none. */
static const turn_session *latest_on(const turn_memberships *self, const turn_flow *flow) {
    const GArray *list = g_hash_table_lookup(self->flows, flow);

    return list != NULL ? g_array_index(list, holding, list->len - 1).session : NULL;
}

static void hold_control(turn_memberships *self, const turn_session *session) {
    const gboolean tcp =
        session->protocol == TURN_PROTOCOL_TCP || session->protocol == TURN_PROTOCOL_TLS;
    const turn_flow flow = {.transport = tcp ? TURN_TRANSPORT_TCP : TURN_TRANSPORT_UDP,
                            .source = session->client,
                            .destination = session->server};
    holding held = {.session = session, .start = session->first};
    const turn_session *before;
    gboolean has_syn = FALSE;

    if (is_data_only(self, session, &flow)) {
        return;
    }
    if (tcp) {
        held.start = connection_start(self, &flow, &session->first, &has_syn);
        held.from_the_beginning = !has_syn;
    }
    before = latest_on(self, &flow);
    /* Two allocations of one connection: the second has only what follows its own beginning. */
    if (before != NULL && !turn_seen_after(&held.start, &before->first)) {
        held.start = session->first;
        held.from_the_beginning = FALSE;
    }
    hold_flow(self, &flow, &held);
}

static void hold_address(turn_memberships *self, const turn_session *session,
                         const stun_address *address, const stun_address *relayed) {
    const holding held = {.session = session,
                          .start =
                              session->allocated.frame != 0 ? session->allocated : session->first,
                          .relayed = *relayed};
    GArray *list = list_of(self->relayed, address, sizeof *address, sizeof(holding));

    g_array_append_val(list, held);
}

static void hold_relayed(turn_memberships *self, const turn_session *session) {
    for (guint i = 0; i < session->relayed->len; i++) {
        const stun_address *relayed = &g_array_index(session->relayed, stun_address, i);

        hold_address(self, session, relayed, relayed);
    }
    if (session->relay_local.family != STUN_FAMILY_NONE) {
        hold_address(self, session, &session->relay_local, &session->relay_public);
    }
}

static void note_peers(turn_memberships *self, const turn_session *session) {
    for (guint i = 0; i < session->peers->len; i++) {
        turn_peer *peer = g_ptr_array_index(session->peers, i);
        const peer_key key = {.session = session, .address = peer->address};

        if (peer->address.family != STUN_FAMILY_NONE) {
            g_hash_table_insert(self->peers, g_memdup2(&key, sizeof key), peer);
        }
    }
}

static gint start_order(gconstpointer a, gconstpointer b) {
    const holding *left = a;
    const holding *right = b;

    return turn_seen_after(&left->start, &right->start)
               ? 1
               : -(gint)turn_seen_after(&right->start, &left->start);
}

static void sort_lists(GHashTable *table) {
    GHashTableIter iter;
    gpointer list;

    g_hash_table_iter_init(&iter, table);
    while (g_hash_table_iter_next(&iter, NULL, &list)) {
        g_array_sort(list, start_order);
    }
}

turn_memberships *turn_memberships_new(const turn_model *model) {
    turn_memberships *self = g_new0(turn_memberships, 1);

    self->flows = g_hash_table_new_full(turn_flow_hash, turn_flow_equal, g_free,
                                        (GDestroyNotify)g_array_unref);
    self->syns = g_hash_table_new_full(turn_flow_hash, turn_flow_equal, g_free,
                                       (GDestroyNotify)g_array_unref);
    self->relayed =
        g_hash_table_new_full(address_hash, address_equal, g_free, (GDestroyNotify)g_array_unref);
    self->peers = g_hash_table_new_full(peer_key_hash, peer_key_equal, g_free, NULL);
    note_syns(self, model);
    for (guint i = 0; i < model->sessions->len; i++) {
        const turn_session *session = g_ptr_array_index(model->sessions, i);

        for (guint k = 0; k < session->connections->len; k++) {
            hold_connection(self, session, g_ptr_array_index(session->connections, k));
        }
        hold_control(self, session);
        hold_relayed(self, session);
        note_peers(self, session);
    }
    sort_lists(self->flows);
    sort_lists(self->relayed);
    return self;
}

void turn_memberships_free(turn_memberships *self) {
    if (self == NULL) {
        return;
    }
    g_hash_table_destroy(self->flows);
    g_hash_table_destroy(self->relayed);
    g_hash_table_destroy(self->syns);
    g_hash_table_destroy(self->peers);
    g_free(self);
}

/* The one that had begun last at SEEN; NULL when none had. */
static const holding *holding_at(GHashTable *table, gconstpointer key, const turn_seen *seen) {
    const GArray *list = g_hash_table_lookup(table, key);
    guint low = 0;
    guint high = list != NULL ? list->len : 0;

    while (low < high) {
        const guint middle = low + (high - low) / 2;

        if (turn_seen_after(&g_array_index(list, holding, middle).start, seen)) {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    if (low > 0) {
        return &g_array_index(list, holding, low - 1);
    }
    return list != NULL && g_array_index(list, holding, 0).from_the_beginning
               ? &g_array_index(list, holding, 0)
               : NULL;
}

static turn_member member_of_flow(const holding *held, const turn_flow *flow) {
    turn_member member = {.session = held->session,
                          .connection = held->connection,
                          .part = TURN_PART_CONTROL,
                          .outward = stun_address_equal(&flow->source, &held->session->client)};

    if (held->connection != NULL) {
        member.part = TURN_PART_DATA;
        member.peer = held->connection->peer;
        member.outward = stun_address_equal(&flow->source, &held->connection->data_connection);
    }
    return member;
}

/* NEAR is the relayed address, if any; a peer may be one too, by its address on the wire. */
static gboolean member_of_leg(const turn_memberships *self, const stun_address *near,
                              const stun_address *far, turn_transport transport,
                              const turn_seen *seen, turn_member *member) {
    const holding *held = holding_at(self->relayed, near, seen);
    const guint8 protocol = transport == TURN_TRANSPORT_TCP ? 6 : 17;
    const holding *other;
    peer_key key;

    if (held == NULL ||
        (held->session->relay_protocol != 0 && held->session->relay_protocol != protocol)) {
        return FALSE;
    }
    key = (peer_key){.session = held->session, .address = *far};
    *member = (turn_member){.session = held->session,
                            .part = TURN_PART_RELAY,
                            .peer = g_hash_table_lookup(self->peers, &key)};
    other = member->peer == NULL ? holding_at(self->relayed, far, seen) : NULL;
    if (other != NULL) {
        key.address = other->relayed;
        member->peer = g_hash_table_lookup(self->peers, &key);
    }
    return TRUE;
}

guint turn_memberships_find(const turn_memberships *self, const turn_flow *flow,
                            const turn_seen *seen, turn_member members[TURN_MAX_MEMBERS]) {
    const holding *held = holding_at(self->flows, flow, seen);
    guint count = 0;

    if (held != NULL) {
        members[count++] = member_of_flow(held, flow);
    }
    if (member_of_leg(self, &flow->source, &flow->destination, flow->transport, seen,
                      &members[count])) {
        members[count++].outward = TRUE;
    }
    if (member_of_leg(self, &flow->destination, &flow->source, flow->transport, seen,
                      &members[count])) {
        count++;
    }
    return count;
}
