/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "turn/tracker_private.h"

#include "stun/fingerprint.h"

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
    } else if (!tracker_is_copy_of_data(tracker, packet)) {
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
    if (!tracker_icmp_tells_more(&session->unreachable, &session->icmp, packet, error)) {
        return;
    }
    session->unreachable = turn_seen_at(packet);
    session->icmp = turn_icmp_of(packet, error);
}

void turn_tracker_icmp(turn_tracker *tracker, const turn_packet *packet,
                       const turn_icmp_error *error) {
    const route *to = tracker_route(tracker, &error->about);
    turn_tcp *tcp = g_hash_table_lookup(tracker->tcp, &error->about);

    turn_tracker_time(tracker, packet->capture, packet->time);
    if (tracker_note_too_big(tracker, packet, error)) {
        return;
    }
    if (tcp != NULL && stun_address_equal(&tcp->flow.source, &error->about.source) &&
        tracker_icmp_tells_more(&tcp->unreachable, &tcp->icmp, packet, error)) {
        tcp->unreachable = turn_seen_at(packet);
        tcp->icmp = turn_icmp_of(packet, error);
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
