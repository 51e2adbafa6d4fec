/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "turn/membership.h"

#include "turn/hash.h"

#include <string.h>

/* What a 5-tuple or a relayed address is of, from START on. */
typedef struct holding {
    turn_seen start;
    gboolean from_the_beginning; /* the capture lacks the SYN: all that came before is of it too */
    turn_seen next; /* the SYN of the connection that follows on the 5-tuple; frame 0: none does */
    gint64 until;   /* of what needs an allocation: when the last trace of it is gone */
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
    GHashTable *tcp;     /* of turn_flow, owned: GPtrArray of const turn_tcp, in their order */
    GHashTable *peers;   /* of peer_key, owned: turn_peer, borrowed */
};

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

static void note_connections(turn_memberships *self, const turn_model *model) {
    for (guint i = 0; model->tcp != NULL && i < model->tcp->len; i++) {
        const turn_tcp *tcp = g_ptr_array_index(model->tcp, i);
        GPtrArray *list = g_hash_table_lookup(self->tcp, &tcp->flow);

        if (list == NULL) {
            list = g_ptr_array_new();
            g_hash_table_insert(self->tcp, g_memdup2(&tcp->flow, sizeof tcp->flow), list);
        }
        g_ptr_array_add(list, (gpointer)tcp);
    }
}

/* How many of the connections in LIST, which follow each other on one 5-tuple, had begun at SEEN.
 * Only the first of them may lack its SYN, for it is by SYNs that they are told apart. */
static guint connections_begun(const GPtrArray *list, const turn_seen *seen) {
    guint low = 0;
    guint high = list != NULL ? list->len : 0;

    while (low < high) {
        const guint middle = low + (high - low) / 2;
        const turn_tcp *tcp = g_ptr_array_index(list, middle);

        if (tcp->first_syn.frame != 0 && turn_seen_after(&tcp->first_syn, seen)) {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    return low;
}

/* Moves LATEST on to WHEN, if that lies before SEEN. */
static void take_later(turn_seen *latest, const turn_seen *when, const turn_seen *seen) {
    if (when->frame != 0 && turn_seen_after(seen, when) &&
        (latest->frame == 0 || turn_seen_after(when, latest))) {
        *latest = *when;
    }
}

/* The last sign that TCP had ended before SEEN, a packet of its opener; frame 0 when it had not.
 * The opener sends nothing more after its FIN: SEEN is of another connection, whose SYN the capture
 * lacks. */
static turn_seen ended_before(const turn_tcp *tcp, const turn_seen *seen) {
    turn_seen latest = {0};

    take_later(&latest, &tcp->opener_fin, seen);
    take_later(&latest, &tcp->reset, seen);
    if (latest.frame != 0) {
        take_later(&latest, &tcp->listener_fin, seen);
    }
    return latest;
}

static turn_seen first_of(const turn_tcp *tcp) {
    return tcp->first_syn.frame != 0 ? tcp->first_syn : tcp->syn_ack;
}

/* Fills in where the connection on FLOW begins and ends that SEEN is of. */
static void connection_span(const turn_memberships *self, const turn_flow *flow,
                            const turn_seen *seen, holding *held) {
    const GPtrArray *list = g_hash_table_lookup(self->tcp, flow);
    const guint begun = connections_begun(list, seen);
    const turn_tcp *tcp = list != NULL && begun > 0 ? g_ptr_array_index(list, begun - 1) : NULL;
    const turn_seen ended = tcp != NULL ? ended_before(tcp, seen) : (turn_seen){0};
    const turn_seen first = tcp != NULL ? first_of(tcp) : (turn_seen){0};

    held->start = *seen;
    if (ended.frame != 0) {
        held->start = ended;
        held->start.frame++;
        held->start.time++;
    } else if (first.frame != 0 && !turn_seen_after(&first, seen)) {
        held->start = first;
    } else {
        held->from_the_beginning = TRUE;
    }
    if (list != NULL && begun < list->len) {
        held->next = ((const turn_tcp *)g_ptr_array_index(list, begun))->first_syn;
    }
}

/* Whether an allocation may have been there although the capture does not show it. */
static gboolean may_hide_allocation(const turn_session *session) {
    const turn_outcome outcome = turn_session_allocate_outcome(session);

    return session->last_alive.frame != 0 || outcome == TURN_OUTCOME_UNSEEN ||
           (outcome == TURN_OUTCOME_UNANSWERED && session->answered_unseen);
}

/* When the allocation is gone as far as is known, and the rest after it is over: G_MAXINT64 when
 * its end was not seen, or comes before the server still acted on it. */
static gint64 over(const turn_session *session) {
    const gint64 gone = MAX(session->expires, session->released.time);

    if (session->expires < 0 && session->released.frame == 0) {
        return session->allocated.frame != 0 || may_hide_allocation(session)
                   ? G_MAXINT64
                   : session->in_use + TURN_REST;
    }
    return session->last_alive.time - gone > TURN_REST ? G_MAXINT64 : gone + TURN_REST;
}

/* The same for what goes between client and server: they may go on after it. */
static gint64 over_for_client(const turn_session *session) {
    return MAX(over(session), session->in_use + TURN_REST);
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
    const turn_tcp *tcp = connection->tcp;
    const turn_seen *seen = connection->bind.frame != 0                ? &connection->bind
                            : tcp != NULL && tcp->first_syn.frame != 0 ? &tcp->first_syn
                                                                       : &session->first;
    holding held = {.session = session, .connection = connection, .until = G_MAXINT64};

    if (flow.source.family == STUN_FAMILY_NONE) {
        return;
    }
    connection_span(self, &flow, seen, &held);
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
    holding held = {.session = session,
                    .start = session->first,
                    .until = tcp ? G_MAXINT64 : over_for_client(session)};
    const turn_session *before;

    if (is_data_only(self, session, &flow)) {
        return;
    }
    if (tcp) {
        connection_span(self, &flow, &session->first, &held);
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
                          .until = over(session),
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
    self->tcp = g_hash_table_new_full(turn_flow_hash, turn_flow_equal, g_free,
                                      (GDestroyNotify)g_ptr_array_unref);
    self->relayed = g_hash_table_new_full(turn_hash_address, turn_address_equal, g_free,
                                          (GDestroyNotify)g_array_unref);
    self->peers = g_hash_table_new_full(peer_key_hash, peer_key_equal, g_free, NULL);
    note_connections(self, model);
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
    g_hash_table_destroy(self->tcp);
    g_hash_table_destroy(self->peers);
    g_free(self);
}

/* The one that had begun last at SEEN; NULL when none had. */
static const holding *begun_at(const GArray *list, const turn_seen *seen) {
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

/* The one that holds KEY at SEEN, or that held it before and would still; NULL when none does. */
static const holding *latest_at(GHashTable *table, gconstpointer key, const turn_seen *seen) {
    const holding *held = begun_at(g_hash_table_lookup(table, key), seen);

    return held != NULL && (held->next.frame == 0 || turn_seen_after(&held->next, seen)) ? held
                                                                                         : NULL;
}

/* The one that holds KEY at SEEN; NULL when none does. */
static const holding *holding_at(GHashTable *table, gconstpointer key, const turn_seen *seen) {
    const holding *held = latest_at(table, key, seen);

    return held != NULL && seen->time <= held->until ? held : NULL;
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
                            const turn_seen *seen, gboolean is_message,
                            turn_member members[TURN_MAX_MEMBERS]) {
    const holding *held =
        is_message ? latest_at(self->flows, flow, seen) : holding_at(self->flows, flow, seen);
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
