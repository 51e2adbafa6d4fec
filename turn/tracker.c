/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "turn/hash.h"
#include "turn/tracker_private.h"

/* Two interfaces of one host, or a mirror port, show a packet again within this time. Nanoseconds;
 * far below the 500 ms after which RFC 8489 section 6.2.1 retransmits. */
#define COPY_WITHIN (20 * G_GINT64_CONSTANT(1000000))
/* Without an IP id (IPv6, and IPv4 by RFC 6864) equal data may be sent anew as fast as media goes,
 * every few milliseconds. A copy only crosses a switch, or one host. */
#define UNNUMBERED_WITHIN G_GINT64_CONSTANT(1000000)

/* A file may have been merged from others that lie days apart: what happened in one of them was not
 * observed during the other. A quiet hour is more than any timer of TURN (the lifetime of an
 * allocation is 10 minutes, at most an hour on common servers). Nanoseconds. */
#define SPAN_GAP  (3600 * G_GINT64_CONSTANT(1000000000))
#define MAX_SPANS 1024u

turn_tracker *turn_tracker_new(void) {
    turn_tracker *tracker = g_new0(turn_tracker, 1);

    tracker->model.sessions = g_ptr_array_new_with_free_func(tracker_session_free);
    tracker->model.spans = g_array_new(FALSE, FALSE, sizeof(turn_span));
    tracker->model.pairs = g_ptr_array_new_with_free_func(tracker_pair_free);
    tracker->model.receivers =
        g_hash_table_new_full(turn_hash_address, turn_address_equal, g_free, NULL);
    tracker->routes = g_hash_table_new_full(turn_flow_hash, turn_flow_equal, NULL, g_free);
    tracker->relayed = g_hash_table_new_full(turn_hash_address, turn_address_equal, g_free, NULL);
    tracker->relay_ports = g_hash_table_new(NULL, NULL);
    tracker->connections =
        g_hash_table_new_full(connection_key_hash, connection_key_equal, NULL, g_free);
    tracker->tcp = g_hash_table_new(turn_flow_hash, turn_flow_equal);
    tracker->tcp_all = g_ptr_array_new_with_free_func(g_free);
    tracker->model.tcp = tracker->tcp_all;
    tracker->records_left = TURN_MAX_RECORDS;
    tracker->transactions = turn_transactions_new(tracker_request_lost, tracker);
    for (guint16 port = 3478; port <= 3483; port++) {
        turn_tracker_add_port(tracker, port);
    }
    turn_tracker_add_port(tracker, 5349);
    return tracker;
}

void turn_tracker_free(turn_tracker *tracker) {
    if (tracker == NULL) {
        return;
    }
    turn_transactions_free(tracker->transactions);
    g_ptr_array_unref(tracker->tcp_all);
    g_hash_table_destroy(tracker->tcp);
    g_hash_table_destroy(tracker->connections);
    g_hash_table_destroy(tracker->relay_ports);
    g_hash_table_destroy(tracker->relayed);
    g_hash_table_destroy(tracker->routes);
    g_clear_pointer(&tracker->model.granted, g_hash_table_destroy);
    g_hash_table_destroy(tracker->model.receivers);
    g_array_unref(tracker->model.spans);
    g_ptr_array_unref(tracker->model.pairs);
    g_ptr_array_unref(tracker->model.sessions);
    g_free(tracker);
}

void turn_tracker_add_port(turn_tracker *tracker, guint16 port) {
    port_set(tracker->turn_ports, port);
    port_set(tracker->live_ports, port);
}

gboolean turn_tracker_is_turn_port(const turn_tracker *tracker, guint16 port) {
    return port_is_set(tracker->turn_ports, port);
}

void turn_tracker_count_rates(turn_tracker *tracker, turn_rates *rates) {
    tracker->rates = rates;
}

void turn_tracker_observe(turn_tracker *tracker, turn_message_observer observer, gpointer data) {
    g_return_if_fail(tracker->observer_count < G_N_ELEMENTS(tracker->observers));
    tracker->observers[tracker->observer_count++] =
        (message_observer){.call = observer, .data = data};
}

void turn_tracker_observe_units(turn_tracker *tracker, turn_unit_observer observer, gpointer data) {
    tracker->unit_observer = observer;
    tracker->unit_observer_data = data;
}

void turn_tracker_observe_streams(turn_tracker *tracker, const turn_stream_observer *observer) {
    tracker->stream_observer = *observer;
}

void turn_tracker_rest(const turn_tracker *tracker, const turn_packet *packet,
                       const turn_unit *unit) {
    if (tracker->stream_observer.rest != NULL) {
        tracker->stream_observer.rest(tracker->stream_observer.data, packet, unit);
    }
}

void turn_tracker_anew(const turn_tracker *tracker, const turn_packet *packet) {
    if (tracker->stream_observer.anew != NULL) {
        tracker->stream_observer.anew(tracker->stream_observer.data, packet);
    }
}

turn_carried turn_tracker_carried(const turn_tracker *tracker) {
    return tracker->carried;
}

turn_place turn_tracker_find(const turn_tracker *tracker, const turn_flow *flow) {
    const route *to = tracker_route(tracker, flow);
    turn_place place = {.session = NULL};

    /* Checks may have made a pair of the two before the address was known for a relayed one. */
    if (to == NULL || to->kind == ROUTE_PAIR) {
        place.peer = tracker_find_relay_leg(tracker, flow, &place.session);
    }
    if (to == NULL || place.session != NULL) {
        return place;
    }
    place.session = to->session;
    place.connection = to->connection;
    place.peer = to->connection != NULL ? to->connection->peer : NULL;
    place.pair = to->pair;
    return place;
}

const turn_connection *turn_tracker_find_connection(const turn_tracker *tracker,
                                                    const stun_address *server, guint32 id) {
    const connection_key key = {.server = *server, .id = id};
    const connection_entry *entry = g_hash_table_lookup(tracker->connections, &key);

    return entry != NULL ? entry->connection : NULL;
}

void turn_tracker_time(turn_tracker *tracker, guint32 capture, gint64 time) {
    GArray *spans = tracker->model.spans;

    for (guint i = spans->len; i > 0; i--) {
        turn_span *span = &g_array_index(spans, turn_span, i - 1);

        if (span->capture == capture && time >= span->from - SPAN_GAP &&
            time <= span->to + SPAN_GAP) {
            span->from = MIN(span->from, time);
            span->to = MAX(span->to, time);
            return;
        }
    }
    if (spans->len < MAX_SPANS) {
        const turn_span span = {.capture = capture, .from = time, .to = time};

        g_array_append_val(spans, span);
    } else {
        tracker->model.limit_reached = TRUE;
    }
}

route *tracker_route(const turn_tracker *tracker, const turn_flow *flow) {
    return g_hash_table_lookup(tracker->routes, flow);
}

route *tracker_route_set(turn_tracker *tracker, const turn_flow *flow, route_kind kind) {
    route *made = g_new0(route, 1);

    made->flow = *flow;
    made->kind = kind;
    port_set(tracker->live_ports, flow->source.port);
    port_set(tracker->live_ports, flow->destination.port);
    g_hash_table_replace(tracker->routes, &made->flow, made);
    return made;
}

static gboolean is_copy(turn_tracker *tracker, const turn_packet *packet, gint64 within) {
    recent_copy *slot = &tracker->copies[packet->identity % RECENT_COPIES];
    const gboolean copy = packet->identity != 0 && slot->identity == packet->identity &&
                          ABS(packet->time - slot->time) < within;

    if (!copy) {
        slot->identity = packet->identity;
        slot->time = packet->time;
    }
    return copy;
}

gboolean tracker_is_copy(turn_tracker *tracker, const turn_packet *packet) {
    return is_copy(tracker, packet, COPY_WITHIN);
}

gboolean tracker_is_copy_of_data(turn_tracker *tracker, const turn_packet *packet) {
    return is_copy(tracker, packet, packet->unnumbered ? UNNUMBERED_WITHIN : COPY_WITHIN);
}

/* That a host receives anything at all tells its silence from a capture of one direction. */
static void note_receiver(turn_tracker *tracker, const turn_packet *packet) {
    stun_address host = packet->flow.destination;

    host.port = 0;
    if (g_hash_table_contains(tracker->model.receivers, &host) ||
        g_hash_table_size(tracker->model.receivers) >= TURN_MAX_RECEIVERS) {
        return;
    }
    g_hash_table_add(tracker->model.receivers, g_memdup2(&host, sizeof host));
}

void tracker_count_message(turn_tracker *tracker, const turn_packet *packet,
                           const stun_message *message) {
    tracker->model.messages++;
    tracker->model.cut += message->captured < message->length ? 1 : 0;
    seen_once(&tracker->model.first, packet);
    tracker->model.last = turn_seen_at(packet);
    note_receiver(tracker, packet);
    tracker_integrity_check(tracker, packet, message);
    for (guint i = 0; i < tracker->observer_count; i++) {
        tracker->observers[i].call(tracker->observers[i].data, packet, message);
    }
}

static gint session_order(gconstpointer a, gconstpointer b) {
    const turn_session *left = *(turn_session *const *)a;
    const turn_session *right = *(turn_session *const *)b;

    if (left->first.time != right->first.time) {
        return left->first.time < right->first.time ? -1 : 1;
    }
    return left->id < right->id ? -1 : 1;
}

static gboolean works(const turn_session *session) {
    for (guint i = 0; i < session->peers->len; i++) {
        if (turn_peer_works(g_ptr_array_index(session->peers, i))) {
            return TRUE;
        }
    }
    return FALSE;
}

static gboolean relay_seen(const turn_session *session) {
    if (session->arrivals->len + session->departures->len > 0) {
        return TRUE;
    }
    for (guint i = 0; i < session->peers->len; i++) {
        const turn_peer *peer = g_ptr_array_index(session->peers, i);

        if (peer->via == TURN_VIA_RELAY || peer->relay_to.packets + peer->relay_from.packets > 0) {
            return TRUE;
        }
    }
    return FALSE;
}

const turn_model *turn_tracker_finish(turn_tracker *tracker) {
    turn_transactions_flush(tracker->transactions);
    tracker_connections_finish(tracker);
    tracker_relays_finish(tracker);
    tracker->model.limit_reached |= tracker->records_left == 0;
    tracker_integrity_finish(tracker);
    g_ptr_array_sort(tracker->model.sessions, session_order);
    for (guint i = 0; i < tracker->model.sessions->len; i++) {
        turn_session *session = g_ptr_array_index(tracker->model.sessions, i);

        session->id = i + 1;
        session->works = works(session);
        session->relay_seen = relay_seen(session);
        tracker->model.limit_reached |= session->records_dropped > 0;
    }
    tracker_pairs_finish(tracker);
    return &tracker->model;
}
