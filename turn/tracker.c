/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "turn/hash.h"
#include "turn/tracker_private.h"

#include "stun/fingerprint.h"

/* Two interfaces of one host, or a mirror port, show a packet again within this time. Nanoseconds;
 * far below the 500 ms after which RFC 8489 section 6.2.1 retransmits. */
#define COPY_WITHIN (20 * G_GINT64_CONSTANT(1000000))

/* A file may have been merged from others that lie days apart: what happened in one of them was not
 * observed during the other. A quiet hour is more than any timer of TURN (the lifetime of an
 * allocation is 10 minutes, at most an hour on common servers). Nanoseconds. */
#define SPAN_GAP  (3600 * G_GINT64_CONSTANT(1000000000))
#define MAX_SPANS 1024u

static guint address_hash(gconstpointer address) {
    return turn_hash_address(address);
}

static gboolean address_equal(gconstpointer a, gconstpointer b) {
    return stun_address_equal(a, b);
}

turn_tracker *turn_tracker_new(void) {
    turn_tracker *tracker = g_new0(turn_tracker, 1);

    tracker->model.sessions = g_ptr_array_new_with_free_func(tracker_session_free);
    tracker->model.spans = g_array_new(FALSE, FALSE, sizeof(turn_span));
    tracker->model.pairs = g_ptr_array_new_with_free_func(tracker_pair_free);
    tracker->model.receivers = g_hash_table_new_full(address_hash, address_equal, g_free, NULL);
    tracker->routes = g_hash_table_new_full(turn_flow_hash, turn_flow_equal, NULL, g_free);
    tracker->relayed = g_hash_table_new_full(address_hash, address_equal, g_free, NULL);
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

void turn_tracker_observe(turn_tracker *tracker, turn_message_observer observer, gpointer data) {
    g_return_if_fail(tracker->observer_count < G_N_ELEMENTS(tracker->observers));
    tracker->observers[tracker->observer_count++] =
        (message_observer){.call = observer, .data = data};
}

void turn_tracker_observe_units(turn_tracker *tracker, turn_unit_observer observer, gpointer data) {
    tracker->unit_observer = observer;
    tracker->unit_observer_data = data;
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

gboolean tracker_is_copy(turn_tracker *tracker, const turn_packet *packet) {
    recent_copy *slot = &tracker->copies[packet->identity % RECENT_COPIES];
    const gboolean copy = packet->identity != 0 && slot->identity == packet->identity &&
                          ABS(packet->time - slot->time) < COPY_WITHIN;

    if (!copy) {
        slot->identity = packet->identity;
        slot->time = packet->time;
    }
    return copy;
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

static void count_fingerprint(turn_session *session, const stun_message *message) {
    switch (stun_fingerprint_check(message)) {
    case STUN_FINGERPRINT_GOOD:
    case STUN_FINGERPRINT_LEGACY:
        session->fingerprints_good++;
        break;
    case STUN_FINGERPRINT_BAD:
        session->fingerprints_bad++;
        break;
    default:
        break;
    }
}

/* A message that stands by itself in a datagram or on a TURN stream. */
static void on_message(turn_tracker *tracker, const turn_packet *packet,
                       const stun_message *message) {
    const route *known = tracker_route(tracker, &packet->flow);

    if (tracker_is_turn_method(message)) {
        tracker_turn_message(tracker, packet, message);
        known = tracker_route(tracker, &packet->flow);
    } else if (known != NULL && known->kind == ROUTE_CONTROL) {
        tracker_turn_message(tracker, packet, message);
    } else if (!tracker_relay_leg_message(tracker, packet, message)) {
        tracker_pair_message(tracker, packet, message);
    }
    if (known != NULL && known->session != NULL) {
        count_fingerprint(known->session, message);
    }
}

/* DTLS records that go to a TURN port cannot be read further; RFC 9147 section 4. */
static gboolean begins_dtls(const guint8 *bytes, gsize captured, gsize reported) {
    return stun_payload_classify(bytes, captured, reported) == STUN_PAYLOAD_DTLS;
}

static void on_encrypted(turn_tracker *tracker, const turn_packet *packet, turn_protocol protocol) {
    const gboolean from_client =
        turn_tracker_is_turn_port(tracker, packet->flow.destination.port) ||
        !turn_tracker_is_turn_port(tracker, packet->flow.source.port);
    const turn_flow flow = from_client ? packet->flow : turn_flow_reversed(&packet->flow);
    route *to = tracker_route(tracker, &packet->flow);

    if (to == NULL) {
        turn_session *session = tracker_session_new(tracker, packet, &flow);

        if (session == NULL) {
            return;
        }
        session->protocol = protocol;
        to = tracker_route_set(tracker, &flow, ROUTE_ENCRYPTED);
        to->session = session;
    }
    if (to->session != NULL) {
        tracker_session_seen(to->session, packet, from_client);
    }
}

/* Multiplexed TURN names a session of the server ([MS-TURN] 2.2.3), and end-to-end data of MS-TURN
 * goes to the active destination: either reaches one peer, whose address may not be known. */
static void on_unaddressed(turn_tracker *tracker, const turn_packet *packet, turn_session *session,
                           const payload *carried) {
    const gboolean to_peer = stun_address_equal(&packet->flow.source, &session->client);
    turn_peer *peer = tracker_peer(session, &session->active_destination, TURN_VIA_INDICATION);

    tracker_session_seen(session, packet, to_peer);
    if (peer != NULL) {
        tracker_peer_packet(tracker, packet, peer, to_peer, FALSE, carried);
    }
}

/* What stands in the unit FRAME of the datagram WHOLE. */
static payload inside(const stun_frame *frame, const payload *whole) {
    /* The capture may end within the unit's own header. */
    const gsize skipped = MIN(frame->payload, whole->captured);

    return (payload){.bytes = whole->bytes + skipped,
                     .captured = MIN(whole->captured - skipped, frame->payload_length),
                     .length = frame->payload_length};
}

static void on_control_datagram(turn_tracker *tracker, const turn_packet *packet,
                                turn_session *session, const payload *whole) {
    stun_frame frame;
    payload carried;

    if (stun_frame_datagram(whole->bytes, whole->captured, whole->length, &frame) ==
        STUN_NOT_STUN) {
        if (session->has_active_destination) {
            on_unaddressed(tracker, packet, session, whole);
        }
        return;
    }
    carried = inside(&frame, whole);
    if (frame.kind == STUN_FRAME_CHANNEL_DATA) {
        tracker_channel_data(tracker, packet, session, frame.channel, &carried);
    } else if (frame.kind == STUN_FRAME_MULTIPLEXED) {
        on_unaddressed(tracker, packet, session, &carried);
    }
}

static gboolean concerns_turn_port(const turn_tracker *tracker, const turn_flow *flow) {
    return turn_tracker_is_turn_port(tracker, flow->destination.port) ||
           turn_tracker_is_turn_port(tracker, flow->source.port);
}

#define CHANNEL_HEADER 4u /* RFC 8656 section 12.4 */

/* ChannelData of a session whose every other message was sent before the capture began. */
static void adopt_channel(turn_tracker *tracker, const turn_packet *packet, const payload *whole) {
    const gboolean from_client = turn_tracker_is_turn_port(tracker, packet->flow.destination.port);
    stun_frame frame;
    turn_session *session;

    if (whole->captured < CHANNEL_HEADER ||
        stun_frame_datagram(whole->bytes, whole->captured, whole->length, &frame) ==
            STUN_NOT_STUN ||
        frame.kind != STUN_FRAME_CHANNEL_DATA) {
        return;
    }
    session = tracker_session(tracker, packet, from_client);
    if (session != NULL && !tracker_is_copy(tracker, packet)) {
        on_control_datagram(tracker, packet, session, whole);
    }
}

static void on_other_datagram(turn_tracker *tracker, const turn_packet *packet,
                              const payload *whole) {
    const route *to = tracker_route(tracker, &packet->flow);

    if (to == NULL || to->kind == ROUTE_ENCRYPTED) {
        if (tracker_relay_leg(tracker, packet, whole) ||
            !concerns_turn_port(tracker, &packet->flow)) {
            return;
        }
        if (begins_dtls(whole->bytes, whole->captured, whole->length)) {
            on_encrypted(tracker, packet, TURN_PROTOCOL_DTLS);
        } else if (to == NULL) {
            adopt_channel(tracker, packet, whole);
        }
    } else if (!tracker_is_copy(tracker, packet)) {
        if (to->kind == ROUTE_PAIR) {
            tracker_pair_data(to, packet, whole);
        } else {
            on_control_datagram(tracker, packet, to->session, whole);
        }
    }
}

static gboolean may_concern_turn(const turn_tracker *tracker, const turn_flow *flow) {
    return port_is_set(tracker->live_ports, flow->source.port) ||
           port_is_set(tracker->live_ports, flow->destination.port);
}

void turn_tracker_datagram(turn_tracker *tracker, const turn_packet *packet, const guint8 *bytes,
                           gsize captured, gsize reported) {
    const gboolean live = may_concern_turn(tracker, &packet->flow);
    stun_message message;
    stun_status status;

    turn_tracker_time(tracker, packet->capture, packet->time);
    if (!live && captured > 0 && bytes[0] >= 0x40) {
        return;
    }
    turn_transactions_expire(tracker->transactions, packet->time);
    status = stun_message_parse(bytes, captured, reported, &message);
    if (status == STUN_NOT_STUN) {
        if (live) {
            const payload whole = {.bytes = bytes, .captured = captured, .length = reported};

            on_other_datagram(tracker, packet, &whole);
        }
        return;
    }
    tracker_count_message(tracker, packet, &message);
    if (!tracker_is_copy(tracker, packet)) {
        on_message(tracker, packet, &message);
    }
}

static void on_stun_unit(turn_tracker *tracker, const turn_packet *packet, const turn_unit *unit) {
    stun_message message;

    if (stun_message_parse(unit->bytes, unit->captured, unit->length, &message) == STUN_NOT_STUN) {
        return;
    }
    tracker_count_message(tracker, packet, &message);
    on_message(tracker, packet, &message);
}

void turn_tracker_unit(turn_tracker *tracker, const turn_packet *packet, const turn_unit *unit) {
    const payload carried = {
        .bytes = unit->bytes, .captured = unit->captured, .length = unit->length};
    const route *to;

    if (tracker->unit_observer != NULL) {
        tracker->unit_observer(tracker->unit_observer_data, packet, unit);
    }
    turn_tracker_time(tracker, packet->capture, packet->time);
    turn_transactions_expire(tracker->transactions, packet->time);
    if (unit->opaque || unit->framing == STUN_FRAMING_RFC4571) {
        tracker_connection_unit(tracker, packet, unit);
        return;
    }
    switch (unit->kind) {
    case STUN_FRAME_STUN:
    case STUN_FRAME_MS_CONTROL:
        on_stun_unit(tracker, packet, unit);
        break;
    case STUN_FRAME_CHANNEL_DATA:
        to = tracker_route(tracker, &packet->flow);
        if (to != NULL && to->kind == ROUTE_CONTROL) {
            tracker_channel_data(tracker, packet, to->session, unit->channel, &carried);
        }
        break;
    case STUN_FRAME_MS_DATA:
    case STUN_FRAME_MULTIPLEXED:
        to = tracker_route(tracker, &packet->flow);
        if (to != NULL && to->kind == ROUTE_CONTROL) {
            on_unaddressed(tracker, packet, to->session, &carried);
        }
        break;
    default:
        break;
    }
}

void turn_tracker_gap(turn_tracker *tracker, const turn_packet *packet, gsize length) {
    const route *to = tracker_route(tracker, &packet->flow);

    if (to != NULL && to->session != NULL) {
        to->session->bytes_missing += length;
    }
}

static void session_unreachable(turn_session *session, const turn_packet *packet,
                                const turn_icmp_error *error) {
    if (session->unreachable.frame != 0) {
        return;
    }
    session->unreachable = turn_seen_at(packet);
    session->icmp_version = error->version;
    session->icmp_type = error->type;
    session->icmp_code = error->code;
}

void turn_tracker_icmp(turn_tracker *tracker, const turn_packet *packet,
                       const turn_icmp_error *error) {
    const route *to = tracker_route(tracker, &error->about);
    turn_tcp *tcp = g_hash_table_lookup(tracker->tcp, &error->about);

    turn_tracker_time(tracker, packet->capture, packet->time);
    if (tracker_note_too_big(tracker, packet, error)) {
        return;
    }
    if (tcp != NULL && stun_address_equal(&tcp->flow.source, &error->about.source)) {
        seen_once(&tcp->unreachable, packet);
    }
    tracker_relay_unreachable(tracker, packet, error);
    if (to == NULL) {
        return;
    }
    if (to->kind == ROUTE_PAIR) {
        tracker_path_unreachable(&to->pair->path, packet, error);
    } else if (to->session != NULL &&
               stun_address_equal(&error->about.source, &to->session->client)) {
        session_unreachable(to->session, packet, error);
    }
}

void turn_tracker_icmp_cut(turn_tracker *tracker, const turn_packet *packet) {
    turn_tracker_time(tracker, packet->capture, packet->time);
    tracker->model.icmp_unread = TRUE;
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
        tracker->model.limit_reached |= session->records_dropped > 0;
    }
    tracker_pairs_finish(tracker);
    return &tracker->model;
}
