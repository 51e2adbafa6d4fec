/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What surrounds a STUN message on the wire: ChannelData, RFC 4571, the TCP header of MS-TURN, the
 * TLS-like hellos before it, and multiplexed TURN. Pure functions over the bytes at hand; they keep
 * no state and never say more than those bytes show. */
#ifndef STUN_FRAMING_H
#define STUN_FRAMING_H

#include "stun/message.h"

/* How units follow each other on a stream. */
typedef enum stun_framing {
    STUN_FRAMING_TURN,    /* STUN and ChannelData back to back, the latter padded to 4;
                             RFC 8656 section 12.5 */
    STUN_FRAMING_RFC4571, /* 16-bit length before each packet */
    STUN_FRAMING_MS_TURN  /* 4-byte header before each unit; [MS-TURN] on TCP only */
} stun_framing;

typedef enum stun_frame_kind {
    STUN_FRAME_STUN,
    STUN_FRAME_CHANNEL_DATA, /* RFC 8656 section 12.4 */
    STUN_FRAME_PACKET,       /* RFC 4571: any packet; see stun_payload_classify */
    STUN_FRAME_MS_CONTROL,   /* type 0x02: an MS-TURN message */
    STUN_FRAME_MS_DATA,      /* type 0x03: end-to-end data */
    STUN_FRAME_MULTIPLEXED,  /* channel FF10, [MS-TURN] 2.2.3 */
    STUN_FRAME_PSEUDO_TLS    /* ClientHello or ServerHello with ServerHelloDone */
} stun_frame_kind;

typedef struct stun_frame {
    stun_frame_kind kind;
    size_t payload;        /* offset of the inner bytes */
    size_t payload_length; /* their length as declared */
    size_t total;          /* bytes of the stream that the unit takes, padding included */
    uint16_t channel;      /* STUN_FRAME_CHANNEL_DATA */
    uint8_t session_id[8]; /* STUN_FRAME_MULTIPLEXED */
} stun_frame;

/* Reads the unit that begins at BYTES, of which LENGTH are there.
 * STUN_OK        FRAME is whole
 * STUN_TRUNCATED more bytes are needed; FRAME->total says how many there must be, 0 when even that
 *                cannot be told yet
 * STUN_MALFORMED no unit of this framing begins here: out of step */
stun_status stun_frame_next(stun_framing framing, const uint8_t *bytes, size_t length,
                            stun_frame *frame);

/* The same for a whole UDP datagram: ChannelData, which need not be padded there but may be, and
 * multiplexed TURN. REPORTED as in stun_message_parse(). STUN_TRUNCATED when the capture was cut;
 * STUN_NOT_STUN, and FRAME is not touched, for everything else, STUN messages included. */
stun_status stun_frame_datagram(const uint8_t *bytes, size_t captured, size_t reported,
                                stun_frame *frame);

typedef enum stun_guess {
    STUN_GUESS_NO,        /* no framing begins like this */
    STUN_GUESS_MORE,      /* more bytes are needed to tell */
    STUN_GUESS_FRAMING,   /* FRAMING fits */
    STUN_GUESS_PSEUDO_TLS /* the hellos of [MS-TURN]; MS-TURN framing follows */
} stun_guess;

/* Which framing a stream has that begins (or goes on at the boundary of a unit) with BYTES. Only
 * STUN decides: a message with its cookie (in MS-TURN the attribute of that name) and with lengths
 * that agree. 32 bytes are always enough for an answer other than STUN_GUESS_MORE. */
stun_guess stun_framing_guess(const uint8_t *bytes, size_t length, stun_framing *framing);

/* Offset of the first unit of FRAMING that has STUN in it; LENGTH when there is none. For locking
 * on again after missing bytes. Up to 31 bytes at the end may be the beginning of a unit that
 * cannot be told yet: a caller that gets more bytes later keeps them. */
size_t stun_framing_find(stun_framing framing, const uint8_t *bytes, size_t length);

typedef enum stun_payload {
    STUN_PAYLOAD_STUN,
    STUN_PAYLOAD_DTLS,
    STUN_PAYLOAD_TLS,
    STUN_PAYLOAD_CHANNEL_DATA,
    STUN_PAYLOAD_RTP,
    STUN_PAYLOAD_RTCP,
    STUN_PAYLOAD_ZRTP,
    STUN_PAYLOAD_QUIC,
    STUN_PAYLOAD_MULTIPLEXED,
    STUN_PAYLOAD_EMPTY,
    STUN_PAYLOAD_OTHER
} stun_payload;

/* What a packet is, by its first bytes; RFC 7983 section 7 and RFC 9443, each with a second check.
 * REPORTED is its length on the wire. A short header of QUIC has nothing to check: OTHER. */
stun_payload stun_payload_classify(const uint8_t *bytes, size_t captured, size_t reported);

/* Whether BYTES begin with one of the two hellos, as far as they were captured, of which the first
 * 11 bytes are needed; LENGTH is set to 50 or 83. [MS-TURN] 2.1. */
bool stun_pseudo_tls(const uint8_t *bytes, size_t captured, size_t *length);

#endif
