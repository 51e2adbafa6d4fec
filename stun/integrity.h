/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * MESSAGE-INTEGRITY: which bytes the HMAC covers in each dialect, and whether a key fits. The hash
 * functions themselves come from the caller, since this library has none. */
#ifndef STUN_INTEGRITY_H
#define STUN_INTEGRITY_H

#include "stun/message.h"

typedef enum stun_hash { STUN_HASH_MD5, STUN_HASH_SHA1, STUN_HASH_SHA256 } stun_hash;

#define STUN_HASH_MAX 32u

typedef struct stun_span {
    const uint8_t *bytes;
    size_t length;
} stun_span;

/* Writes the HMAC of the joined SPANS under KEY to OUT (20 bytes for SHA-1, 32 for SHA-256). */
typedef void (*stun_hmac_function)(stun_hash hash, const uint8_t *key, size_t key_length,
                                   const stun_span *spans, size_t count,
                                   uint8_t out[STUN_HASH_MAX]);

/* How the text of the HMAC is made; the two differences between the dialects. */
typedef enum stun_integrity_text {
    STUN_TEXT_RFC,         /* length field rewritten, no padding: RFC 8489 section 14.5 */
    STUN_TEXT_WIRE_LENGTH, /* length field as sent, no padding */
    STUN_TEXT_PADDED,      /* length field rewritten, zeros up to a multiple of 64 */
    STUN_TEXT_WIRE_PADDED, /* length field as sent, zeros: [MS-TURN], [MS-ICE2] legacy */
    STUN_TEXT_COUNT
} stun_integrity_text;

/* "RFC 8489", ... as a report names it. */
const char *stun_integrity_text_name(stun_integrity_text text);

/* The pieces of the text: a header of 20 bytes in HEADER (whose length may be rewritten), the
 * message's bytes up to the attribute, and padding. */
typedef struct stun_integrity_input {
    uint8_t header[STUN_HEADER_SIZE];
    stun_span spans[3];
    size_t count;
} stun_integrity_input;

/* Fills INPUT for the HMAC attribute ATTR of MESSAGE. INPUT's spans point into INPUT and into the
 * message: both must stay where they are. False when bytes that are covered were not captured. */
bool stun_integrity_text_make(const stun_message *message, const stun_attr *attr,
                              stun_integrity_text text, stun_integrity_input *input);

typedef enum stun_integrity {
    STUN_INTEGRITY_ABSENT,
    STUN_INTEGRITY_VERIFIED,
    STUN_INTEGRITY_FAILED,
    STUN_INTEGRITY_UNKNOWN /* not all covered bytes were captured, or its length fits no hash */
} stun_integrity;

/* Checks ATTR (MESSAGE-INTEGRITY of 20 or, in MS-TURN, 32 bytes; MESSAGE-INTEGRITY-SHA256 of 16 to
 * 32 bytes in steps of 4) against KEY in every form of the text; MATCHED, which may be NULL, says
 * which one fitted. Where forms give the same text, the dialect's own is named.
 * STUN_INTEGRITY_ABSENT when ATTR is NULL. RFC 8489 sections 14.5 and 14.6. */
stun_integrity stun_integrity_check(const stun_message *message, const stun_attr *attr,
                                    const uint8_t *key, size_t key_length, stun_hmac_function hmac,
                                    stun_integrity_text *matched);

#endif
