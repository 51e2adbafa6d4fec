/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "turn/tracker_private.h"

/* Who opened the connection is known from its SYN, or from the session in it: without either the
 * record took the first packet's sender for the opener. */
static void turn_round(turn_tcp *tcp) {
    const turn_seen fin = tcp->opener_fin;
    const turn_stuck stuck = tcp->stuck[0];

    tcp->flow = turn_flow_reversed(&tcp->flow);
    tcp->opener_fin = tcp->listener_fin;
    tcp->listener_fin = fin;
    tcp->reset_by_listener = tcp->reset.frame != 0 && !tcp->reset_by_listener;
    tcp->stuck[0] = tcp->stuck[1];
    tcp->stuck[1] = stuck;
}

const turn_tcp *tracker_tcp_of(turn_tracker *tracker, const stun_address *client,
                               const stun_address *server) {
    const turn_flow flow = {
        .transport = TURN_TRANSPORT_TCP, .source = *client, .destination = *server};
    turn_tcp *tcp = g_hash_table_lookup(tracker->tcp, &flow);

    if (tcp != NULL && tcp->first_syn.frame == 0 && tcp->syn_ack.frame == 0 &&
        stun_address_equal(&tcp->flow.source, server)) {
        turn_round(tcp);
    }
    return tcp;
}

static turn_tcp *tcp_record(turn_tracker *tracker, const turn_packet *packet,
                            turn_tcp_event event) {
    turn_tcp *tcp = g_hash_table_lookup(tracker->tcp, &packet->flow);
    const gboolean reversed =
        event == TURN_TCP_SYN_ACK ||
        (event != TURN_TCP_SYN && turn_tracker_is_turn_port(tracker, packet->flow.source.port) &&
         !turn_tracker_is_turn_port(tracker, packet->flow.destination.port));

    if (tcp != NULL || tracker->tcp_all->len >= TURN_MAX_TCP) {
        return tcp;
    }
    tcp = g_new0(turn_tcp, 1);
    tcp->flow = reversed ? turn_flow_reversed(&packet->flow) : packet->flow;
    g_ptr_array_add(tracker->tcp_all, tcp);
    g_hash_table_insert(tracker->tcp, &tcp->flow, tcp);
    return tcp;
}

static void note_at_relay(turn_session *session, GPtrArray *list, const turn_tcp *tcp) {
    if (session->relay_protocol == 6 &&
        session_may_keep(session, list->len, TURN_MAX_CONNECTIONS)) {
        g_ptr_array_add(list, (gpointer)tcp);
    }
}

/* The connection of a peer to a TCP relay, or of the relay to a peer, seen behind it. */
static void note_behind_relay(turn_tracker *tracker, const turn_tcp *tcp) {
    stun_address relayed;
    turn_session *into = tracker_relay_end(tracker, &tcp->flow.destination, &relayed);
    turn_session *from = tracker_relay_end(tracker, &tcp->flow.source, &relayed);

    if (into != NULL) {
        note_at_relay(into, into->arrivals, tcp);
    }
    if (from != NULL) {
        note_at_relay(from, from->departures, tcp);
    }
}

/* A SYN on a 5-tuple that has carried a whole connection opens another one. */
static void tcp_reopen(turn_tracker *tracker, const turn_packet *packet) {
    turn_tcp *old = g_hash_table_lookup(tracker->tcp, &packet->flow);

    if (old == NULL || (old->established.frame == 0 && old->reset.frame == 0)) {
        return;
    }
    g_hash_table_remove(tracker->tcp, &old->flow);
    g_hash_table_remove(tracker->routes, &packet->flow);
}

static void tcp_closed(turn_tcp *tcp, const turn_packet *packet, turn_tcp_event event) {
    const gboolean opener = stun_address_equal(&packet->flow.source, &tcp->flow.source);

    if (event == TURN_TCP_FIN) {
        seen_once(opener ? &tcp->opener_fin : &tcp->listener_fin, packet);
    } else if (tcp->reset.frame == 0) {
        tcp->reset = turn_seen_at(packet);
        tcp->reset_by_listener = !opener;
    }
}

void turn_tracker_tcp(turn_tracker *tracker, const turn_packet *packet, turn_tcp_event event) {
    turn_tcp *tcp;

    turn_tracker_time(tracker, packet->capture, packet->time);
    if (event == TURN_TCP_SYN) {
        if (tracker_is_copy(tracker, packet)) {
            return;
        }
        tcp_reopen(tracker, packet);
    }
    tcp = tcp_record(tracker, packet, event);
    if (tcp == NULL) {
        return;
    }
    switch (event) {
    case TURN_TCP_SYN:
        if (tcp->first_syn.frame == 0) {
            note_behind_relay(tracker, tcp);
        }
        seen_once(&tcp->first_syn, packet);
        tcp->last_syn = turn_seen_at(packet);
        tcp->syns++;
        break;
    case TURN_TCP_SYN_ACK:
        seen_once(&tcp->syn_ack, packet);
        break;
    case TURN_TCP_ESTABLISHED:
        seen_once(&tcp->established, packet);
        break;
    case TURN_TCP_TLS:
        tcp->tls = TRUE;
        break;
    default:
        tcp_closed(tcp, packet, event);
        break;
    }
}

void turn_tracker_tcp_stuck(turn_tracker *tracker, const turn_packet *packet,
                            const turn_stuck *stuck) {
    turn_tcp *tcp = g_hash_table_lookup(tracker->tcp, &packet->flow);

    if (tcp != NULL) {
        tcp->stuck[stun_address_equal(&packet->flow.source, &tcp->flow.source) ? 0 : 1] = *stuck;
    }
}

static void join_tcp(turn_tracker *tracker, turn_session *session) {
    if (session->protocol == TURN_PROTOCOL_TCP && session->control_seen && session->tcp == NULL) {
        session->tcp = tracker_tcp_of(tracker, &session->client, &session->server);
    }
    for (guint i = 0; i < session->connections->len; i++) {
        turn_connection *connection = g_ptr_array_index(session->connections, i);

        if (connection->data_connection.family != STUN_FAMILY_NONE && connection->tcp == NULL) {
            connection->tcp =
                tracker_tcp_of(tracker, &connection->data_connection, &session->server);
        }
    }
}

/* One SYN without an answer may be the end of the capture; with a SYN-ACK that is never
 * acknowledged, it is the answer that gets lost. */
static gboolean tcp_failed(const turn_tcp *tcp) {
    return tcp->syns > 0 && tcp->established.frame == 0 &&
           (tcp->syn_ack.frame == 0 || tcp->syns > 1);
}

static gboolean is_waiting(const turn_connection *connection) {
    return connection->bind.frame == 0 && connection->attempt.frame != 0 &&
           connection->tcp == NULL && connection->outcome == TURN_OUTCOME_UNSEEN;
}

/* Connections that the client was told of and has not bound, by server and client host. */
static GHashTable *waiting_connections(const turn_tracker *tracker) {
    GHashTable *waiting = g_hash_table_new_full(turn_flow_hash, turn_flow_equal, g_free,
                                                (GDestroyNotify)g_queue_free);

    for (guint i = 0; i < tracker->model.sessions->len; i++) {
        const turn_session *session = g_ptr_array_index(tracker->model.sessions, i);
        turn_flow key = {.source = session->client, .destination = session->server};

        key.source.port = 0;
        for (guint k = 0; k < session->connections->len; k++) {
            turn_connection *connection = g_ptr_array_index(session->connections, k);
            GQueue *queue;

            if (!is_waiting(connection)) {
                continue;
            }
            queue = g_hash_table_lookup(waiting, &key);
            if (queue == NULL) {
                queue = g_queue_new();
                g_hash_table_insert(waiting, g_memdup2(&key, sizeof key), queue);
            }
            g_queue_push_tail(queue, connection);
        }
    }
    return waiting;
}

/* A data connection that could not be opened: it belongs to the oldest connection that waits. */
static gboolean join_failed_data(GHashTable *waiting, const turn_tcp *tcp) {
    turn_flow key = {.source = tcp->flow.source, .destination = tcp->flow.destination};
    turn_connection *connection;
    GQueue *queue;

    key.source.port = 0;
    queue = g_hash_table_lookup(waiting, &key);
    connection = queue != NULL ? g_queue_peek_head(queue) : NULL;
    if (connection == NULL || tcp->first_syn.time < connection->attempt.time) {
        return FALSE;
    }
    g_queue_pop_head(queue);
    connection->tcp = tcp;
    connection->data_connection = tcp->flow.source;
    return TRUE;
}

static void session_of_tcp(turn_tracker *tracker, const turn_tcp *tcp) {
    const turn_seen *start = tcp->first_syn.frame != 0 ? &tcp->first_syn : &tcp->established;
    const turn_packet packet = {
        .capture = start->capture, .frame = start->frame, .time = start->time, .flow = tcp->flow};
    turn_session *session = tracker_session_new(tracker, &packet, &tcp->flow);

    if (session == NULL) {
        return;
    }
    session->protocol = tcp->tls ? TURN_PROTOCOL_TLS : TURN_PROTOCOL_TCP;
    session->tcp = tcp;
    if (tcp->last_syn.frame != 0) {
        session->last = tcp->last_syn;
        session->latest = MAX(session->latest, tcp->last_syn.time);
    }
}

void tracker_connections_finish(turn_tracker *tracker) {
    const guint sessions = tracker->model.sessions->len;
    g_autoptr(GHashTable) waiting = NULL;

    for (guint i = 0; i < sessions; i++) {
        join_tcp(tracker, g_ptr_array_index(tracker->model.sessions, i));
    }
    waiting = waiting_connections(tracker);
    for (guint i = 0; i < tracker->tcp_all->len; i++) {
        const turn_tcp *tcp = g_ptr_array_index(tracker->tcp_all, i);

        if ((tcp->tls || (tcp_failed(tcp) && !join_failed_data(waiting, tcp))) &&
            turn_tracker_is_turn_port(tracker, tcp->flow.destination.port)) {
            session_of_tcp(tracker, tcp);
        }
    }
}
