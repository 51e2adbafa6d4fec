/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "analyzer/redact/redact_unit.h"

#include "analyzer/redact/redact_message.h"
#include "analyzer/redact/redact_payload.h"
#include "analyzer/redact/redact_segment.h"
#include "turn/bytes.h"

#define RFC4571_HEADER  2u
#define MS_HEADER       4u
#define CHANNEL_HEADER  4u
#define COOKIE_END      8u  /* of the STUN header */
#define MARKER          20u /* MAGIC-COOKIE of MS-TURN, behind the STUN header */
#define MARKER_END      28u
#define HELLO_RANDOM    11u /* of the hellos of [MS-TURN] 2.1: 32 bytes, then */
#define HELLO_SESSION   43u /* the length of a session id, and that */
#define HELLO_ID        44u
#define SERVER_HELLO    83u
#define SERVER_HELLO_ID 32u

static redact_region region_of(const turn_unit *unit, guint8 *bytes) {
    return (redact_region){.before = unit->whole,
                           .after = bytes,
                           .captured = unit->whole_captured,
                           .reported = MAX(unit->whole_captured, unit->header + unit->length)};
}

/* A message that cannot be read keeps what the framing knows it by. */
static void redact_stun(stand_ins *names, redact_region message) {
    const redact_region marker = region_head(region_from(message, MARKER), MARKER_END - MARKER);

    if (redact_message(names, message.after, message.captured, message.reported)) {
        return;
    }
    region_blank(region_from(message, COOKIE_END));
    if (marker.captured > 0) {
        memcpy(marker.after, marker.before, marker.captured);
    }
}

static void redact_hello(redact_region hello) {
    region_blank(region_head(region_from(hello, HELLO_RANDOM), HELLO_SESSION - HELLO_RANDOM));
    if (hello.reported == SERVER_HELLO) {
        region_blank(region_head(region_from(hello, HELLO_ID), SERVER_HELLO_ID));
    }
}

/* A peer's bytes: what decides whether they are packets with a length in front stays undecided, or
 * decided, by as many bytes. */
static void redact_peer_bytes(redact_region bytes) {
    const guint length = bytes.captured >= RFC4571_HEADER ? bytes_u16(bytes.before) : G_MAXUINT16;

    region_fill(bytes, REDACT_STREAM_FILL);
    if (length < STUN_HEADER_SIZE) {
        memcpy(bytes.after, bytes.before, RFC4571_HEADER);
    }
}

static void redact_data(stand_ins *names, redact_region data) {
    redact_payload(names, data.after, data.captured, data.reported);
}

/* Without a length of its own inside, where it had none. */
static void redact_ms_data(stand_ins *names, gsize header, redact_region unit) {
    const redact_region data = region_from(unit, header);

    redact_data(names, data);
    if (header == MS_HEADER && data.captured >= RFC4571_HEADER &&
        bytes_u16(data.after) + RFC4571_HEADER == data.reported) {
        memset(data.after, REDACT_STREAM_FILL, 1);
    }
}

void redact_unit(stand_ins *names, const turn_unit *unit, guint8 *bytes) {
    const redact_region all = region_of(unit, bytes);

    if (unit->opaque) {
        redact_peer_bytes(all);
        return;
    }
    switch (unit->kind) {
    case STUN_FRAME_STUN:
        redact_stun(names, all);
        break;
    case STUN_FRAME_CHANNEL_DATA:
    case STUN_FRAME_MULTIPLEXED:
        redact_data(names, all);
        break;
    case STUN_FRAME_PACKET:
        redact_data(names, region_from(all, RFC4571_HEADER));
        break;
    case STUN_FRAME_MS_CONTROL:
        redact_stun(names, region_from(all, MS_HEADER));
        break;
    case STUN_FRAME_MS_DATA:
        redact_ms_data(names, unit->header, all);
        break;
    case STUN_FRAME_PSEUDO_TLS:
        redact_hello(all);
        break;
    }
}

void redact_rest(stand_ins *names, const turn_unit *rest, guint8 *bytes) {
    stun_frame frame;
    turn_unit begun = *rest;
    redact_region all = region_of(rest, bytes);

    if (rest->opaque || stun_frame_next(rest->framing, rest->whole, rest->whole_captured, &frame) !=
                            STUN_TRUNCATED) {
        redact_stream_blank(all);
        return;
    }
    if (frame.total == 0) { /* cut before its length: no more than four bytes and a cookie */
        region_blank(region_from(all, COOKIE_END));
        return;
    }
    begun.opaque = FALSE;
    begun.kind = frame.kind;
    begun.header = frame.payload;
    begun.length = frame.payload_length;
    redact_unit(names, &begun, bytes);
}
