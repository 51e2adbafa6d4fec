/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "turn/hash.h"
#include "turn/message_values.h"
#include "turn/tracker_private.h"

/* A CONNECTION-ID is good for 30 s (RFC 6062 section 5.2). A bind that comes much later belongs to
 * another connection whose id was the same. Nanoseconds. */
#define ID_LIFE (60 * G_GINT64_CONSTANT(1000000000))

guint connection_key_hash(gconstpointer key) {
    const connection_key *connection = key;

    const guint32 both[] = {turn_hash_address(&connection->server), connection->id};

    return turn_hash_bytes(both, sizeof both);
}

gboolean connection_key_equal(gconstpointer a, gconstpointer b) {
    const connection_key *left = a;
    const connection_key *right = b;

    return left->id == right->id && stun_address_equal(&left->server, &right->server);
}

static turn_connection *connection_new(turn_session *session) {
    turn_connection *connection;

    if (!session_may_keep(session, session->connections->len, TURN_MAX_CONNECTIONS)) {
        return NULL;
    }
    connection = g_new0(turn_connection, 1);
    g_ptr_array_add(session->connections, connection);
    return connection;
}

static void connection_register(turn_tracker *tracker, turn_session *session,
                                turn_connection *connection, guint32 id) {
    connection_entry *entry = g_new0(connection_entry, 1);

    connection->id = id;
    connection->has_id = TRUE;
    entry->key.server = session->server;
    entry->key.id = id;
    entry->session = session;
    entry->connection = connection;
    g_hash_table_replace(tracker->connections, &entry->key, entry);
}

void tracker_connection_attempt(turn_tracker *tracker, const turn_packet *packet,
                                turn_session *session, const stun_message *message,
                                const stun_address *peer, gboolean initiated_by_peer) {
    turn_connection *connection;
    guint32 id;

    if (!message_uint(message, STUN_ATTR_CONNECTION_ID, &id)) {
        return;
    }
    connection = connection_new(session);
    if (connection == NULL) {
        return;
    }
    connection->initiated_by_peer = initiated_by_peer;
    connection->attempt = turn_seen_at(packet);
    connection->peer = peer != NULL && peer->family != STUN_FAMILY_NONE
                           ? tracker_peer(session, peer, TURN_VIA_CONNECTION)
                           : tracker_peer_unknown(session, TURN_VIA_CONNECTION);
    connection_register(tracker, session, connection, id);
}

static turn_session *latest_session_of(const turn_tracker *tracker, const turn_flow *flow) {
    for (guint i = tracker->model.sessions->len; i > 0; i--) {
        turn_session *session = g_ptr_array_index(tracker->model.sessions, i - 1);

        if (session->protocol == TURN_PROTOCOL_TCP && session->relay_protocol != 17 &&
            stun_address_same_host(&session->client, &flow->source) &&
            stun_address_equal(&session->server, &flow->destination)) {
            return session;
        }
    }
    return NULL;
}

/* A connection whose beginning the capture does not show goes to the client's latest session with
 * that server, or to one of its own. */
static turn_connection *connection_adopt(turn_tracker *tracker, const turn_packet *packet,
                                         const turn_flow *flow, turn_session **session) {
    turn_connection *connection;

    *session = latest_session_of(tracker, flow);
    if (*session == NULL) {
        *session = tracker_session_new(tracker, packet, flow);
        if (*session == NULL) {
            return NULL;
        }
        (*session)->relay_protocol = 6;
    }
    connection = connection_new(*session);
    if (connection != NULL) {
        connection->peer = tracker_peer_unknown(*session, TURN_VIA_CONNECTION);
    }
    return connection;
}

static route *bind_route(turn_tracker *tracker, const turn_packet *packet,
                         const stun_message *message) {
    const gboolean from_client = message->cls == STUN_REQUEST;
    const turn_flow flow = from_client ? packet->flow : turn_flow_reversed(&packet->flow);
    route *to = tracker_route(tracker, &packet->flow);
    connection_key key = {.server = flow.destination};
    const connection_entry *entry = NULL;
    turn_session *session = NULL;
    turn_connection *connection = NULL;

    if (to != NULL && to->kind == ROUTE_DATA) {
        return to;
    }
    if (message_uint(message, STUN_ATTR_CONNECTION_ID, &key.id)) {
        entry = g_hash_table_lookup(tracker->connections, &key);
    }
    if (entry != NULL && packet->time - entry->connection->attempt.time <= ID_LIFE) {
        session = entry->session;
        connection = entry->connection;
    } else {
        connection = connection_adopt(tracker, packet, &flow, &session);
        if (connection == NULL) {
            return NULL;
        }
        if (key.id != 0) {
            connection_register(tracker, session, connection, key.id);
        }
    }
    to = tracker_route_set(tracker, &flow, ROUTE_DATA);
    to->session = session;
    to->connection = connection;
    connection->data_connection = flow.source;
    connection->tcp = tracker_tcp_of(tracker, &flow.source, &flow.destination);
    return to;
}

static void bind_request(turn_tracker *tracker, const turn_packet *packet, const route *to,
                         const stun_message *message) {
    turn_exchange *exchange = &to->session->exchanges[TURN_METHOD_CONNECTION_BIND];
    turn_transaction *transaction;
    gboolean opened;

    transaction =
        turn_transactions_request(tracker->transactions, to->connection, packet, message, &opened);
    exchange->transmissions++;
    exchange->last_request = turn_seen_at(packet);
    seen_once(&to->connection->bind, packet);
    if (!opened) {
        return;
    }
    exchange->requests++;
    seen_once(&exchange->first_request, packet);
    tracker_request_facts(to->session, message, transaction);
    transaction->signature = tracker->signature;
    transaction->subject = to->connection;
}

static void bind_answer(turn_tracker *tracker, const turn_packet *packet, const route *to,
                        const stun_message *message) {
    turn_connection *connection = to->connection;
    turn_transaction *transaction =
        turn_transactions_find(tracker->transactions, connection, message);

    if (connection->outcome == TURN_OUTCOME_SUCCESS) {
        return;
    }
    tracker_note_answer(to->session, STUN_METHOD_CONNECTION_BIND, packet, message, transaction);
    if (message->cls == STUN_SUCCESS) {
        connection->outcome = TURN_OUTCOME_SUCCESS;
        connection->code = 0;
        connection->bind_answer = turn_seen_at(packet);
        tracker_integrity_granted(tracker, to->session, transaction);
        return;
    }
    if (tracker_note_error(tracker, to->session, packet, message, transaction)) {
        connection->outcome = TURN_OUTCOME_CHALLENGED;
        return;
    }
    connection->outcome = TURN_OUTCOME_REJECTED;
    connection->bind_answer = turn_seen_at(packet);
    connection->code = message_error_code(message);
}

void tracker_connection_bind(turn_tracker *tracker, const turn_packet *packet,
                             const stun_message *message) {
    const route *to = bind_route(tracker, packet, message);

    if (to == NULL) {
        return;
    }
    tracker_session_seen(to->session, packet, message->cls == STUN_REQUEST);
    turn_integrity_count(&to->session->integrity, &tracker->signature, message->cls);
    if (message->cls == STUN_REQUEST) {
        bind_request(tracker, packet, to, message);
    } else {
        bind_answer(tracker, packet, to, message);
    }
}

void tracker_connection_bind_lost(turn_connection *connection) {
    if (connection->outcome == TURN_OUTCOME_UNSEEN) {
        connection->outcome = TURN_OUTCOME_UNANSWERED;
    }
}

/* Framed STUN on a connection to a TURN server, without a bind: it was bound before the capture
 * began. */
static const route *adopt_bound(turn_tracker *tracker, const turn_packet *packet) {
    const gboolean to_server = turn_tracker_is_turn_port(tracker, packet->flow.destination.port);
    const turn_flow flow = to_server ? packet->flow : turn_flow_reversed(&packet->flow);
    turn_session *session = NULL;
    turn_connection *connection;
    route *to;

    if (!to_server && !turn_tracker_is_turn_port(tracker, packet->flow.source.port)) {
        return NULL;
    }
    connection = connection_adopt(tracker, packet, &flow, &session);
    if (connection == NULL) {
        return NULL;
    }
    connection->outcome = TURN_OUTCOME_SUCCESS;
    connection->data_connection = flow.source;
    to = tracker_route_set(tracker, &flow, ROUTE_DATA);
    to->session = session;
    to->connection = connection;
    return to;
}

static void bound_unit(turn_tracker *tracker, const turn_packet *packet, const route *to,
                       const turn_unit *unit) {
    turn_connection *connection = to->connection;
    const gboolean to_peer = stun_address_equal(&packet->flow.source, &to->flow.source);
    const payload carried = {.bytes = unit->bytes,
                             .captured = unit->opaque ? 0 : unit->captured,
                             .length = unit->length,
                             .opaque = unit->opaque};

    tracker_session_seen(to->session, packet, to_peer);
    tracker_session_used(to->session, packet, to_peer);
    if (to_peer) {
        connection->bytes_to_peer += unit->length;
    } else {
        connection->bytes_from_peer += unit->length;
    }
    if (connection->peer != NULL) {
        tracker_peer_packet(tracker, packet, connection->peer, to_peer, FALSE, &carried);
    }
}

static void free_unit(turn_tracker *tracker, const turn_packet *packet, const turn_unit *unit) {
    const route *to = tracker_route(tracker, &packet->flow);
    const payload carried = {.bytes = unit->bytes,
                             .captured = unit->opaque ? 0 : unit->captured,
                             .length = unit->length};
    stun_message message;

    if (unit->opaque ||
        stun_message_parse(unit->bytes, unit->captured, unit->length, &message) == STUN_NOT_STUN) {
        if (to != NULL && to->kind == ROUTE_PAIR) {
            tracker_pair_data(to, packet, &carried);
        } else {
            tracker_relay_leg(tracker, packet, &carried);
        }
        return;
    }
    tracker_count_message(tracker, packet, &message);
    if (!tracker_relay_leg_message(tracker, packet, &message)) {
        tracker_pair_message(tracker, packet, &message);
    }
}

void tracker_connection_unit(turn_tracker *tracker, const turn_packet *packet,
                             const turn_unit *unit) {
    const route *to = tracker_route(tracker, &packet->flow);

    if (to == NULL && !unit->opaque) {
        to = adopt_bound(tracker, packet);
    }
    if (to != NULL && to->kind == ROUTE_DATA) {
        bound_unit(tracker, packet, to, unit);
    } else {
        free_unit(tracker, packet, unit);
    }
}
