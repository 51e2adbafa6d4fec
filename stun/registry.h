/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The registry of attributes: one row for each code in each dialect that gives it a meaning of its
 * own. The rows stand in attributes.def; everything that lists attributes is made from them. */
#ifndef STUN_REGISTRY_H
#define STUN_REGISTRY_H

#include "stun/codes.h"

/* How a value is laid out. Offsets are from the first byte of the value. */
typedef enum stun_kind {
    STUN_KIND_BYTES,            /* opaque */
    STUN_KIND_TEXT,             /* UTF-8 */
    STUN_KIND_FLAG,             /* no value */
    STUN_KIND_U8,               /* byte 0, rest reserved */
    STUN_KIND_U16,              /* bytes 0-1, rest reserved */
    STUN_KIND_U32,              /* bytes 0-3 */
    STUN_KIND_U64,              /* bytes 0-7 */
    STUN_KIND_ADDRESS,          /* reserved, family, port, address */
    STUN_KIND_XOR_ADDRESS,      /* the same, XORed with bytes 4-19 of the message */
    STUN_KIND_ERROR,            /* RFC 8489 section 14.8 */
    STUN_KIND_ADDRESS_ERROR,    /* RFC 8656 section 18.12: family in byte 0, then as ERROR */
    STUN_KIND_TYPE_LIST,        /* 16-bit attribute types */
    STUN_KIND_ALGORITHM,        /* RFC 8489 section 14.12 */
    STUN_KIND_ALGORITHMS,       /* RFC 8489 section 14.11 */
    STUN_KIND_HMAC,             /* MESSAGE-INTEGRITY and its SHA-256 form */
    STUN_KIND_FINGERPRINT,      /* CRC-32 */
    STUN_KIND_CHANNEL,          /* channel number in bytes 0-1 */
    STUN_KIND_TRANSPORT,        /* IP protocol number in byte 0 */
    STUN_KIND_FAMILY,           /* address family in byte 0 */
    STUN_KIND_ICMP,             /* RFC 8656 section 18.13: type in byte 2, code in byte 3 */
    STUN_KIND_MS_SEQUENCE,      /* [MS-TURN] 2.2.2.21: 20-byte connection id, 32-bit number */
    STUN_KIND_MS_QUALITY,       /* [MS-TURN] 2.2.2.22: stream type, service quality */
    STUN_KIND_MS_BANDWIDTH,     /* [MS-TURNBWM] 2.2.3: four amounts in kbit/s */
    STUN_KIND_MS_SITE_RESPONSE, /* [MS-TURNBWM] 2.2.8 to 2.2.11: flags, send, receive */
    STUN_KIND_MS_LOCATION,      /* [MS-TURNBWM] 2.2.14: peer, self, federation, reserved */
    STUN_KIND_COUNT
} stun_kind;

enum {
    STUN_IN_RFC3489 = 1u << STUN_DIALECT_RFC3489,
    STUN_IN_RFC5389 = 1u << STUN_DIALECT_RFC5389,
    STUN_IN_MS_TURN = 1u << STUN_DIALECT_MS_TURN,
    STUN_IN_MS_ICE2 = 1u << STUN_DIALECT_MS_ICE2,
    STUN_IN_RFC = STUN_IN_RFC5389 | STUN_IN_MS_ICE2, /* MS-ICE2 has the RFC's numbers */
    STUN_IN_ALL = 0xf
};

/* STUN_ATTR_NAME = code. Where a code has two meanings, each has its own identifier. */
enum {
#define STUN_ATTRIBUTE(ident, code, name, kind, min, max, dialects, specification)                 \
    STUN_ATTR_##ident = (code),
#include "stun/attributes.def"
#undef STUN_ATTRIBUTE
};

typedef struct stun_attr_info {
    const char *name;          /* as its specification has it, "XOR-MAPPED-ADDRESS" */
    const char *specification; /* "RFC 8489 section 14.2" */
    stun_kind kind;
    uint16_t code;
    uint16_t min_length; /* of the value, without padding */
    uint16_t max_length;
    uint8_t dialects; /* STUN_IN_... */
} stun_attr_info;

/* The row for CODE as DIALECT understands it; NULL when nobody has named it there. */
const stun_attr_info *stun_attr_lookup(uint16_t code, stun_dialect dialect);
/* Every row, ordered by code; COUNT may not be NULL. */
const stun_attr_info *stun_attr_table(size_t *count);
/* A receiver must understand codes below 0x8000 to go on; RFC 8489 section 14. */
bool stun_attr_is_required(uint16_t code);

#endif
