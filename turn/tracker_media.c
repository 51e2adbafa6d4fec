/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "turn/bytes.h"
#include "turn/tracker_private.h"

#include <string.h>

/* Larger datagrams than this may be in fragments on one side of the relay and, where the capture
 * has not all of those, seem to be lost. Payload that fits into an Ethernet frame in any case. */
#define MAX_WHOLE 1400u

void tracker_note_passage(turn_passage *passage, const turn_packet *packet, gsize length,
                          gboolean enters) {
    if (!enters) {
        if (length > passage->largest) {
            memset(passage, 0, sizeof *passage);
            passage->largest = length;
        } else if (passage->lost > 0) {
            passage->passed++;
            passage->last_passed = turn_seen_at(packet);
        }
        return;
    }
    if (passage->largest == 0 || length <= passage->largest || length > MAX_WHOLE) {
        return;
    }
    passage->smallest_lost = passage->lost == 0 ? length : MIN(passage->smallest_lost, length);
    passage->lost++;
    seen_once(&passage->first_lost, packet);
    passage->last_lost = turn_seen_at(packet);
}

/* RFC 9147 section 4: of the record, and of the handshake message in it. */
#define DTLS_HANDSHAKE     22u
#define DTLS_RECORD_HEADER 13u
#define DTLS_NEEDED        (DTLS_RECORD_HEADER + 9u)
/* A hello without certificates fits into less. */
#define LARGE_FLIGHT 600u

/* Number and fragment of the first message of a handshake datagram, so that later ones are greater;
 * 0 for all other DTLS: what is not in the clear any more was agreed on. */
static guint64 flight_identity(const guint8 *bytes) {
    const guint8 *message = bytes + DTLS_RECORD_HEADER;

    if (bytes[0] != DTLS_HANDSHAKE || bytes_u16(bytes + 3) != 0) {
        return 0;
    }
    return ((guint64)bytes_u16(message + 4) << 24 | (guint64)bytes_u16(message + 6) << 8 |
            message[8]) +
           1;
}

static void flight_again(turn_flight *flight, const turn_packet *packet, guint64 identity,
                         gsize size) {
    if (flight->identity != identity) {
        const guint64 newest = flight->newest;

        memset(flight, 0, sizeof *flight);
        flight->newest = newest;
        flight->identity = identity;
        flight->size = size;
        flight->first = turn_seen_at(packet);
    }
    flight->count++;
    flight->last = turn_seen_at(packet);
}

void tracker_note_flight(turn_path *path, const turn_packet *packet, gboolean to_peer,
                         const payload *carried) {
    turn_flight *own = &path->flights[to_peer];
    turn_flight *other = &path->flights[!to_peer];
    guint64 identity;

    if (carried->captured < DTLS_NEEDED ||
        stun_payload_classify(carried->bytes, carried->captured, carried->length) !=
            STUN_PAYLOAD_DTLS) {
        return;
    }
    identity = flight_identity(carried->bytes);
    if (identity == 0) {
        memset(path->flights, 0, sizeof path->flights);
        return;
    }
    if (identity > own->newest) {
        /* Whoever goes on has received what the other side sent. */
        own->newest = identity;
        other->identity = 0;
        other->count = 0;
    } else if (other->count > 0) {
        other->echoes++;
        other->last_echo = turn_seen_at(packet);
    }
    if (carried->length >= LARGE_FLIGHT && identity >= own->identity) {
        flight_again(own, packet, identity, carried->length);
    }
}

/* RFC 792 and RFC 1191: type 3, code 4; RFC 4443: type 2. */
static gboolean is_too_big(const turn_icmp_error *error) {
    return error->version == 4 ? error->type == 3 && error->code == 4 : error->type == 2;
}

static turn_session *session_of(const turn_tracker *tracker, const turn_flow *about) {
    const route *to = tracker_route(tracker, about);
    stun_address relayed;
    turn_session *session;

    if (to != NULL && to->session != NULL) {
        return to->session;
    }
    session = tracker_relay_end(tracker, &about->source, &relayed);
    return session != NULL ? session : tracker_relay_end(tracker, &about->destination, &relayed);
}

/* Systems forget what they learned and try again after 10 minutes (RFC 1191 section 6.3): that is
 * no run. Nanoseconds. */
#define SAME_RUN (60 * G_GINT64_CONSTANT(1000000000))

gboolean tracker_note_too_big(turn_tracker *tracker, const turn_packet *packet,
                              const turn_icmp_error *error) {
    turn_session *session;
    turn_too_big *too_big;

    if (!is_too_big(error)) {
        return FALSE;
    }
    session = session_of(tracker, &error->about);
    if (session == NULL) {
        return TRUE;
    }
    too_big = &session->too_big;
    if (too_big->count > 0 && (!turn_flow_equal(&too_big->about, &error->about) ||
                               !stun_address_equal(&too_big->about.source, &error->about.source))) {
        return TRUE;
    }
    if (packet->time - too_big->last.time > SAME_RUN) {
        if (turn_too_big_is_ignored(too_big)) {
            return TRUE;
        }
        memset(too_big, 0, sizeof *too_big);
    }
    too_big->about = error->about;
    too_big->count++;
    too_big->mtu = error->mtu;
    seen_once(&too_big->first, packet);
    too_big->last = turn_seen_at(packet);
    return TRUE;
}
