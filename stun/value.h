/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What attribute values mean. Each reader sees the attribute's own bytes only and answers false,
 * leaving its output alone, when they do not hold such a value (too short for it, or cut). */
#ifndef STUN_VALUE_H
#define STUN_VALUE_H

#include "stun/address.h"
#include "stun/message.h"

/* STUN_KIND_ADDRESS and STUN_KIND_XOR_ADDRESS; RFC 8489 sections 14.1 and 14.2. The message gives
 * the transaction id that IPv6 addresses (and, in MS-TURN, all addresses) are XORed with. */
bool stun_value_address(const stun_message *message, const stun_attr *attr, stun_address *out);

/* STUN_KIND_U8, _U16, _U32, _CHANNEL, _TRANSPORT, _FAMILY, _FINGERPRINT: the number in host
 * order. */
bool stun_value_uint(const stun_attr *attr, uint32_t *out);
bool stun_value_u64(const stun_attr *attr, uint64_t *out);

typedef struct stun_error {
    uint16_t code;      /* class times 100 plus number; class masked to its 3 bits */
    const char *reason; /* borrowed, not terminated, not checked for UTF-8 */
    size_t reason_length;
} stun_error;

/* STUN_KIND_ERROR; RFC 8489 section 14.8. A reason that was cut is given as far as it goes. */
bool stun_value_error(const stun_attr *attr, stun_error *out);
/* STUN_KIND_ADDRESS_ERROR; RFC 8656 section 18.12. FAMILY as on the wire. */
bool stun_value_address_error(const stun_attr *attr, uint8_t *family, stun_error *out);

/* STUN_KIND_ICMP; RFC 8656 section 18.13. */
typedef struct stun_icmp {
    uint8_t type;
    uint8_t code;
    uint32_t data;
} stun_icmp;
bool stun_value_icmp(const stun_attr *attr, stun_icmp *out);

/* Elements of STUN_KIND_TYPE_LIST: false when INDEX is past the end. */
bool stun_value_listed_type(const stun_attr *attr, size_t index, uint16_t *out);

/* Text without the zero bytes that Microsoft senders count into the length; in MS-TURN also
 * without the quotes around REALM and NONCE. The bytes are borrowed and may be anything. */
typedef struct stun_text {
    const char *bytes;
    size_t length;
} stun_text;
stun_text stun_value_text(const stun_attr *attr, stun_dialect dialect);

/* STUN_KIND_ALGORITHM and each entry of STUN_KIND_ALGORITHMS; RFC 8489 sections 14.11 and 14.12.
 * Call with *OFFSET 0 first; false at the end of the list or where an entry does not fit. */
typedef struct stun_algorithm {
    uint16_t number; /* 1 MD5, 2 SHA-256 */
    const uint8_t *parameters;
    size_t parameters_length;
} stun_algorithm;
bool stun_value_next_algorithm(const stun_attr *attr, size_t *offset, stun_algorithm *out);

/* [MS-TURN] 2.2.2.21. */
typedef struct stun_ms_sequence {
    const uint8_t *connection_id; /* 20 bytes, borrowed */
    uint32_t number;
} stun_ms_sequence;
bool stun_value_ms_sequence(const stun_attr *attr, stun_ms_sequence *out);

/* [MS-TURN] 2.2.2.22: stream 1 audio, 2 video, 3 supplemental video, 4 data; quality 0 best effort,
 * 1 reliable. */
typedef struct stun_ms_quality {
    uint16_t stream;
    uint16_t quality;
} stun_ms_quality;
bool stun_value_ms_quality(const stun_attr *attr, stun_ms_quality *out);

/* [MS-TURNBWM] 2.2.3, in kbit/s. Sources disagree on which of each pair comes first; the larger one
 * is taken as the maximum, and SWAPPED says that the minimum stood first. */
typedef struct stun_ms_bandwidth {
    uint32_t min_send, max_send, min_receive, max_receive;
    bool swapped;
} stun_ms_bandwidth;
bool stun_value_ms_bandwidth(const stun_attr *attr, stun_ms_bandwidth *out);

/* [MS-TURNBWM] 2.2.8 to 2.2.11, amounts in kbit/s. */
typedef struct stun_ms_site_response {
    bool valid;         /* the bandwidth policy allows this path */
    bool pstn_failover; /* 2.2.8 and 2.2.10 only */
    uint32_t max_send, max_receive;
} stun_ms_site_response;
bool stun_value_ms_site_response(const stun_attr *attr, stun_ms_site_response *out);

/* [MS-TURNBWM] 2.2.14: self 1 internet, 2 intranet; federation 1 enterprise, 2 public cloud. */
typedef struct stun_ms_location {
    uint8_t peer, self, federation;
} stun_ms_location;
bool stun_value_ms_location(const stun_attr *attr, stun_ms_location *out);

#endif
