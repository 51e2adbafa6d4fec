/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "stun/framing.h"

#include <string.h>

#define DTLS_HEADER_SIZE      13u
#define TLS_HEADER_SIZE       5u
#define TLS_RECORD_MAX        (16384u + 2048u) /* RFC 5246 section 6.2.3 */
#define RTP_HEADER_SIZE       12u
#define RTCP_HEADER_SIZE      8u
#define QUIC_LONG_HEADER_SIZE 7u
#define QUIC_ID_MAX           20u /* RFC 9000 section 17.2 */

static unsigned u16_at(const uint8_t *bytes, size_t offset) {
    return (unsigned)bytes[offset] << 8 | bytes[offset + 1];
}

static uint32_t u32_at(const uint8_t *bytes, size_t offset) {
    return (uint32_t)u16_at(bytes, offset) << 16 | u16_at(bytes, offset + 2);
}

/* Each check below gets at least one captured byte and REPORTED >= CAPTURED. What it cannot see
 * because the capture was cut, it does not hold against the packet beyond its first bytes. */
typedef stun_payload payload_check(const uint8_t *bytes, size_t captured, size_t reported);

static stun_payload check_stun(const uint8_t *bytes, size_t captured, size_t reported) {
    stun_message message;
    stun_status status = stun_message_parse(bytes, captured, reported, &message);
    bool plausible = status == STUN_OK || status == STUN_TRUNCATED;
    return plausible || stun_message_probe(bytes, captured, reported) ? STUN_PAYLOAD_STUN
                                                                      : STUN_PAYLOAD_OTHER;
}

static stun_payload check_zrtp(const uint8_t *bytes, size_t captured, size_t reported) {
    static const uint8_t cookie[4] = {'Z', 'R', 'T', 'P'}; /* RFC 6189 section 5 */
    (void)reported;
    bool matches = captured >= 8 && memcmp(bytes + 4, cookie, sizeof cookie) == 0;
    return matches ? STUN_PAYLOAD_ZRTP : STUN_PAYLOAD_OTHER;
}

/* The header of DTLS 1.3 ciphertext that has a length and no connection id: 001, 0, sequence number
 * size, 1, two bits of epoch. RFC 9147 section 4. */
static bool is_dtls13(const uint8_t *bytes, size_t captured, size_t reported) {
    size_t header = (bytes[0] & 0x08u) != 0 ? 5 : 4;
    return (bytes[0] & 0xf4u) == 0x24u && captured >= header &&
           header + u16_at(bytes, header - 2) <= reported;
}

/* Records of TLS and DTLS begin alike and differ in the version. TLS is a stream, so that a record
 * may go on in the next packet; a datagram holds DTLS records whole. */
static stun_payload check_dtls(const uint8_t *bytes, size_t captured, size_t reported) {
    if (is_dtls13(bytes, captured, reported)) {
        return STUN_PAYLOAD_DTLS;
    }
    if (bytes[0] < 20 || bytes[0] > 25 || captured < TLS_HEADER_SIZE) {
        return STUN_PAYLOAD_OTHER;
    }
    if (bytes[1] == 0x03 && bytes[2] <= 0x04) {
        return u16_at(bytes, 3) <= TLS_RECORD_MAX ? STUN_PAYLOAD_TLS : STUN_PAYLOAD_OTHER;
    }
    if (captured < DTLS_HEADER_SIZE || bytes[1] != 0xfe || (bytes[2] != 0xff && bytes[2] != 0xfd)) {
        return STUN_PAYLOAD_OTHER;
    }
    bool fits = DTLS_HEADER_SIZE + u16_at(bytes, 11) <= reported;
    return fits ? STUN_PAYLOAD_DTLS : STUN_PAYLOAD_OTHER;
}

static stun_payload check_channel(const uint8_t *bytes, size_t captured, size_t reported) {
    stun_frame frame;
    stun_status status = stun_frame_datagram(bytes, captured, reported, &frame);
    return status != STUN_NOT_STUN ? STUN_PAYLOAD_CHANNEL_DATA : STUN_PAYLOAD_OTHER;
}

/* QUIC has short headers here that show nothing but one bit, so there is no second check to make.
 */
static stun_payload check_reserved(const uint8_t *bytes, size_t captured, size_t reported) {
    (void)bytes;
    (void)captured;
    (void)reported;
    return STUN_PAYLOAD_OTHER;
}

static bool is_rtp(const uint8_t *bytes, size_t captured, size_t reported) {
    size_t header = RTP_HEADER_SIZE + (size_t)4 * (bytes[0] & 0x0fu);
    if ((bytes[0] & 0x10u) != 0) {
        if (captured >= header + 4) {
            header += (size_t)4 * u16_at(bytes, header + 2);
        }
        header += 4;
    }
    return header <= reported;
}

/* RFC 5761 section 4: the second byte tells RTCP packet types from RTP payload types. */
static stun_payload check_rtp(const uint8_t *bytes, size_t captured, size_t reported) {
    if (captured < 4) {
        return STUN_PAYLOAD_OTHER;
    }
    if (bytes[1] >= 192 && bytes[1] <= 223) {
        bool fits = reported >= RTCP_HEADER_SIZE && (size_t)4 * (u16_at(bytes, 2) + 1u) <= reported;
        return fits ? STUN_PAYLOAD_RTCP : STUN_PAYLOAD_OTHER;
    }
    return is_rtp(bytes, captured, reported) ? STUN_PAYLOAD_RTP : STUN_PAYLOAD_OTHER;
}

/* Version negotiation, version 1, version 2 of RFC 9369 and the drafts. */
static bool is_quic_version(uint32_t version) {
    return version <= 1 || version == 0x6b3343cfu || version >> 8 == 0xff0000u;
}

static stun_payload check_quic(const uint8_t *bytes, size_t captured, size_t reported) {
    stun_frame frame;
    if (stun_frame_datagram(bytes, captured, reported, &frame) != STUN_NOT_STUN) {
        return STUN_PAYLOAD_MULTIPLEXED;
    }
    bool fits = captured >= QUIC_LONG_HEADER_SIZE && is_quic_version(u32_at(bytes, 1)) &&
                bytes[5] <= QUIC_ID_MAX && QUIC_LONG_HEADER_SIZE + bytes[5] <= reported;
    return fits ? STUN_PAYLOAD_QUIC : STUN_PAYLOAD_OTHER;
}

/* RFC 7983 section 7 with RFC 9443 section 3; each row up to the next one's first byte. */
static const struct {
    uint8_t last;
    payload_check *check;
} ranges[] = {
    {3, check_stun},     {15, check_reserved},  {19, check_zrtp}, {63, check_dtls},
    {79, check_channel}, {127, check_reserved}, {191, check_rtp}, {255, check_quic},
};

stun_payload stun_payload_classify(const uint8_t *bytes, size_t captured, size_t reported) {
    if (reported == 0) {
        return STUN_PAYLOAD_EMPTY;
    }
    if (captured == 0) {
        return STUN_PAYLOAD_OTHER;
    }
    size_t row = 0;
    while (bytes[0] > ranges[row].last) {
        row++;
    }
    return ranges[row].check(bytes, captured, reported);
}
