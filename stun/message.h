/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * A STUN message as a view over borrowed bytes: its header, its dialect and its attributes in wire
 * order. Nothing is copied, merged or dropped, and a capture that was cut short is told apart from
 * a sender that was wrong. What an attribute's value means is value.h. */
#ifndef STUN_MESSAGE_H
#define STUN_MESSAGE_H

#include "stun/registry.h"

#define STUN_HEADER_SIZE         20u
#define STUN_COOKIE              0x2112A442u
#define STUN_MS_COOKIE           0x72C64BC6u
#define STUN_TRANSACTION_ID_SIZE 16u

typedef enum stun_status {
    STUN_OK,
    STUN_TRUNCATED, /* the capture ends before the wire's own lengths say so */
    STUN_MALFORMED, /* the wire's lengths contradict each other: the sender is wrong */
    STUN_NOT_STUN   /* something else */
} stun_status;

typedef struct stun_message {
    const uint8_t *bytes; /* borrowed, from the first byte of the header */
    size_t captured;      /* how many of them are in the capture, at most LENGTH */
    size_t length;        /* header and attributes as the header declares them */
    uint16_t type;
    uint16_t method; /* as DIALECT reads the type: MS-TURN Data Indication is STUN_METHOD_DATA */
    stun_class cls;
    stun_dialect dialect;
    bool has_cookie; /* bytes 4-7 hold the cookie of RFC 8489 */
    bool padded;     /* attributes are padded to 4 bytes; MS-TURN senders do not */
} stun_message;

/* Reads the message at BYTES. CAPTURED bytes are there; REPORTED were on the wire (the rest was cut
 * by the snap length); both count from BYTES and REPORTED >= CAPTURED. Bytes behind the declared
 * end are allowed: the caller sees them as REPORTED - message->length.
 *
 * STUN_OK        the header is whole and all declared bytes are captured
 * STUN_TRUNCATED the header is whole, attributes are missing from the capture
 * STUN_MALFORMED it has the cookie but declares more than was on the wire, or a length that no
 *                message can have; MESSAGE is filled in with what there is
 * STUN_NOT_STUN  MESSAGE is not touched
 *
 * Without the cookie a message is only accepted when the declared length is the reported one, its
 * type is one of RFC 3489 or [MS-TURN], and its attributes end exactly where it ends. Where no
 * MAGIC-COOKIE attribute shows [MS-TURN] either, each attribute must also be known and of a
 * possible length, and one of them captured; a message without attributes must be a Binding whose
 * transaction id looks random.
 * RFC 8489 section 5, RFC 3489 section 11.1, [MS-TURN] 2.2.1. */
stun_status stun_message_parse(const uint8_t *bytes, size_t captured, size_t reported,
                               stun_message *message);

/* Whether BYTES can begin a message with the cookie: two zero bits, a length that is plausible for
 * REPORTED, and the cookie. Needs 8 bytes; cheap enough for every packet of a capture. */
bool stun_message_probe(const uint8_t *bytes, size_t captured, size_t reported);

/* Bytes 4 to 19: the 128-bit id of RFC 3489 and [MS-TURN], or cookie and 96-bit id of RFC 8489.
 * 16 bytes, borrowed. */
const uint8_t *stun_message_transaction_id(const stun_message *message);

/* "Allocate Error Response". Always terminated; 64 bytes are enough. */
void stun_message_format_type(const stun_message *message, char *out, size_t size);

enum {
    STUN_ISSUE_TOO_SHORT = 1u << 0,       /* below the registry's minimum */
    STUN_ISSUE_TOO_LONG = 1u << 1,        /* above the registry's maximum */
    STUN_ISSUE_OVERRUN = 1u << 2,         /* declared length runs past the message */
    STUN_ISSUE_AFTER_INTEGRITY = 1u << 3, /* must be ignored by receivers, RFC 8489 section 14.5 */
    STUN_ISSUE_AFTER_FINGERPRINT = 1u << 4
};

typedef struct stun_attr {
    uint16_t type;
    uint16_t length;            /* as declared, without padding */
    size_t offset;              /* of the type field, from the first byte of the message */
    const uint8_t *value;       /* borrowed */
    size_t captured;            /* bytes of the value that may be read, at most LENGTH */
    const stun_attr_info *info; /* NULL when nobody has named the type in this dialect */
    unsigned issues;            /* STUN_ISSUE_... */
    stun_status status;         /* STUN_OK, STUN_TRUNCATED or STUN_MALFORMED (an overrun) */
} stun_attr;

typedef struct stun_attr_iter {
    const stun_message *message;
    size_t offset;
    bool seen_integrity;
    bool seen_fingerprint;
    stun_status status; /* after the last attribute: how the walk ended */
} stun_attr_iter;

/* Walks every attribute in order. MESSAGE must outlive the iterator.
 *     stun_attr_iter iter = stun_attr_iter_over(&message);
 *     while (stun_attr_iter_next(&iter, &attr)) ...
 * An attribute whose value is cut or overruns is yielded, with what there is of it, and is the
 * last one. After the walk iter.status is STUN_OK when it ended exactly at the declared end. */
stun_attr_iter stun_attr_iter_over(const stun_message *message);
bool stun_attr_iter_next(stun_attr_iter *iter, stun_attr *attr);

/* The first attribute of TYPE; false, and ATTR is not touched, when there is none. */
bool stun_message_find(const stun_message *message, uint16_t type, stun_attr *attr);

#endif
