/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "analyzer/redact/redact_payload.h"

#include "analyzer/redact/redact_private.h"
#include "analyzer/redact/redact_sdp.h"
#include "analyzer/redact/redact_sip.h"
#include "stun/framing.h"
#include "turn/bytes.h"

#include <string.h>

#define DTLS_RECORD_HEADER    13u
#define DTLS_HANDSHAKE_HEADER 12u
#define DTLS_HANDSHAKE        22u
/* Of handshakes that are not text: the last type in use, the longest message, how many there are in
 * one. */
#define DTLS_LAST_TYPE    25u
#define DTLS_LONGEST      0x3ffffu
#define DTLS_LAST_NUMBER  255u
#define TLS_RECORD_HEADER 5u
#define RTP_SSRC          8u
#define RTCP_SSRC         4u
#define SSRC_SIZE         4u
#define ZRTP_KEPT         8u
#define QUIC_KEPT         6u /* type, version, length of the connection id */
#define UNIT_HEADER       4u
#define SESSION_ID_SIZE   8u

/* turn_segment_identity() compares this much. */
#define IDENTITY_SIZE 16u
#define DIGEST_SIZE   8u
#define DNS_FLAGS     2u /* behind an id; then the numbers of records */
#define DNS_HEADER    12u

/* Blanks what stands behind the first KEEP bytes. */
static void blank(guint8 *bytes, gsize captured, gsize keep) {
    if (captured > keep) {
        memset(bytes + keep, 0, captured - keep);
    }
}

/* The same, but with something in front that tells it from what began otherwise. The highest bit is
 * set in each byte of it: so it is no text, no cookie, and nothing else that a protocol is told
 * by. */
static void blank_marked(const stand_ins *self, guint8 *bytes, gsize captured, gsize keep) {
    guint8 mark[DIGEST_SIZE];

    stand_ins_digest(self, bytes, MIN(captured, IDENTITY_SIZE), mark, sizeof mark);
    blank(bytes, captured, keep);
    for (gsize i = 0; i < DIGEST_SIZE && keep + i < MIN(captured, IDENTITY_SIZE); i++) {
        bytes[keep + i] = mark[i] | 0x80u;
    }
}

/* The same behind two bytes, where a reader of DNS takes them for a header: its flags say that this
 * is an answer to a query, its numbers that nothing is in it. What has no room for that is marked
 * as anything else. */
static void blank_as_dns(const stand_ins *self, guint8 *bytes, gsize captured) {
    /* The operation and the result are 0, RFC 1035 section 4.1.1. */
    static const guint8 free_bits[] = {0x87, 0xF0};
    guint8 mark[sizeof free_bits + IDENTITY_SIZE - DNS_HEADER];

    if (captured < IDENTITY_SIZE) {
        blank_marked(self, bytes, captured, DNS_FLAGS);
        return;
    }
    stand_ins_digest(self, bytes, IDENTITY_SIZE, mark, sizeof mark);
    blank(bytes, captured, DNS_FLAGS);
    for (gsize i = 0; i < sizeof free_bits; i++) {
        bytes[DNS_FLAGS + i] = (mark[i] & free_bits[i]) | 0x80u;
    }
    for (gsize i = DNS_HEADER; i < IDENTITY_SIZE; i++) {
        bytes[i] = mark[i - DNS_HEADER + sizeof free_bits] | 0x80u;
    }
}

static void replace_ssrc(stand_ins *self, guint8 *bytes, gsize captured, gsize offset) {
    if (captured >= offset + SSRC_SIZE) {
        stand_ins_bytes(self, bytes + offset, SSRC_SIZE);
    }
    blank(bytes, captured, captured >= offset + SSRC_SIZE ? offset + SSRC_SIZE : offset);
}

static guint32 u24(const guint8 *bytes) {
    return (guint32)bytes[0] << 16 | (guint32)bytes_u16(bytes + 1);
}

/* The header of a handshake's message or of its first fragment, RFC 6347 section 4.2.2: its lengths
 * fit each other and the record. What is encrypted fits by chance only. */
static gboolean is_dtls_handshake(const guint8 *record, gsize captured) {
    const guint8 *handshake = record + DTLS_RECORD_HEADER;
    guint32 part;

    if (captured < DTLS_RECORD_HEADER + DTLS_HANDSHAKE_HEADER || record[0] != DTLS_HANDSHAKE ||
        bytes_u16(record + 3) != 0 || handshake[0] > DTLS_LAST_TYPE) {
        return FALSE;
    }
    part = u24(handshake + 9);
    return part + DTLS_HANDSHAKE_HEADER <= bytes_u16(record + 11) &&
           u24(handshake + 1) <= DTLS_LONGEST && u24(handshake + 6) + part <= u24(handshake + 1) &&
           bytes_u16(handshake + 4) <= DTLS_LAST_NUMBER;
}

/* The header without a connection id, RFC 9147 section 4; of older records the handshake's header
 * too, as long as it is in the clear. */
static gsize dtls_kept(const guint8 *bytes, gsize captured) {
    if ((bytes[0] & 0xe0u) == 0x20u) {
        return (bytes[0] & 0x08u) != 0 ? 5 : 4;
    }
    return is_dtls_handshake(bytes, captured) ? DTLS_RECORD_HEADER + DTLS_HANDSHAKE_HEADER
                                              : DTLS_RECORD_HEADER;
}

/* The two hellos are the same wherever they are met, but for what is random in them: [MS-TURN]
 * 2.1. */
static void redact_tls(const stand_ins *self, guint8 *bytes, gsize captured) {
    static const struct {
        gsize at;
        gsize size;
        gsize total;
    } drawn[] = {{11, 32, 50}, {11, 32, 83}, {44, 32, 83}};
    gsize total = 0;

    if (!stun_pseudo_tls(bytes, captured, &total)) {
        blank_marked(self, bytes, captured, TLS_RECORD_HEADER);
        return;
    }
    for (gsize i = 0; i < G_N_ELEMENTS(drawn); i++) {
        if (drawn[i].total == total && captured > drawn[i].at) {
            memset(bytes + drawn[i].at, 0, MIN(drawn[i].size, captured - drawn[i].at));
        }
    }
    blank(bytes, captured, total);
}

/* A first byte that no protocol has which is told by it, of the same two bits, since those alone
 * tell what may be a message where the capture was cut: payload_may_be_message(). */
static void redact_bytes(const stand_ins *self, guint8 *bytes, gsize captured) {
    const guint8 first = (bytes[0] & 0xc0u) == 0 ? 0x0f : 0x7f;

    blank_as_dns(self, bytes, captured);
    bytes[0] = first;
    if (captured > 1) {
        bytes[1] = 0xff; /* 0x7fff is no channel */
    }
}

/* A description that stands where payloads are told apart goes too. */
static void redact_other(stand_ins *self, guint8 *bytes, gsize captured) {
    char *text = (char *)bytes;
    gsize description;

    if (redact_sip(self, text, captured)) {
        return;
    }
    description = redact_sdp_find(text, captured);
    if (description < IDENTITY_SIZE) {
        description = captured;
    }
    redact_sdp(self, text + description, captured - description);
    redact_bytes(self, bytes, description);
}

static void redact_unit(stand_ins *self, guint8 *bytes, gsize captured, const stun_frame *frame,
                        guint depth) {
    if (frame->kind == STUN_FRAME_MULTIPLEXED && captured >= UNIT_HEADER + SESSION_ID_SIZE) {
        stand_ins_bytes(self, bytes + UNIT_HEADER, SESSION_ID_SIZE);
    } else if (frame->kind == STUN_FRAME_MULTIPLEXED) {
        blank(bytes, captured, UNIT_HEADER);
    }
    if (captured > frame->payload) {
        const gsize inside = MIN(captured - frame->payload, frame->payload_length);

        redact_payload_within(self, bytes + frame->payload, inside, frame->payload_length,
                              depth + 1);
        blank(bytes, captured, frame->payload + inside);
    }
}

static void redact_class(stand_ins *self, guint8 *bytes, gsize captured, stun_payload class) {
    switch (class) {
    case STUN_PAYLOAD_STUN:
        break; /* nothing but a part of its header is there */
    case STUN_PAYLOAD_DTLS:
        blank_marked(self, bytes, captured, dtls_kept(bytes, captured));
        break;
    case STUN_PAYLOAD_TLS:
        redact_tls(self, bytes, captured);
        break;
    case STUN_PAYLOAD_RTP:
        replace_ssrc(self, bytes, captured, RTP_SSRC);
        break;
    case STUN_PAYLOAD_RTCP:
        replace_ssrc(self, bytes, captured, RTCP_SSRC);
        break;
    case STUN_PAYLOAD_ZRTP:
        blank_marked(self, bytes, captured, ZRTP_KEPT);
        break;
    case STUN_PAYLOAD_QUIC:
        blank_marked(self, bytes, captured, QUIC_KEPT);
        break;
    case STUN_PAYLOAD_CHANNEL_DATA:
    case STUN_PAYLOAD_MULTIPLEXED:
    case STUN_PAYLOAD_EMPTY:
    case STUN_PAYLOAD_OTHER:
        redact_other(self, bytes, captured);
        break;
    }
}

void redact_payload_within(stand_ins *self, guint8 *bytes, gsize captured, gsize length,
                           guint depth) {
    stun_frame frame;

    if (captured == 0) {
        return;
    }
    if (depth > REDACT_MAX_DEPTH) {
        redact_bytes(self, bytes, captured);
    } else if (redact_message_within(self, bytes, captured, length, depth)) {
        return;
    } else if (stun_frame_datagram(bytes, captured, length, &frame) != STUN_NOT_STUN) {
        redact_unit(self, bytes, captured, &frame, depth);
    } else {
        redact_class(self, bytes, captured, stun_payload_classify(bytes, captured, length));
    }
}

void redact_payload(stand_ins *self, guint8 *bytes, gsize captured, gsize length) {
    redact_payload_within(self, bytes, captured, length, 0);
}

void redact_opaque(guint8 *bytes, gsize captured) {
    if (captured > 0) {
        memset(bytes, 0xff, captured);
    }
}
