/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "stun/integrity.h"

#include <string.h>

#define ATTR_HEADER_SIZE 4u
#define TEXT_BLOCK       64u
#define SHA1_SIZE        20u
#define SHA256_SIZE      32u
#define SHA256_MIN_SIZE  16u

const char *stun_integrity_text_name(stun_integrity_text text) {
    static const char *const names[] = {
        [STUN_TEXT_RFC] = "RFC 8489",
        [STUN_TEXT_WIRE_LENGTH] = "RFC 8489 with the length as sent",
        [STUN_TEXT_PADDED] = "RFC 8489 with padding to 64 bytes",
        [STUN_TEXT_WIRE_PADDED] = "Microsoft legacy",
    };
    _Static_assert(sizeof names / sizeof names[0] == STUN_TEXT_COUNT, "every text has a name");
    return text < STUN_TEXT_COUNT ? names[text] : "";
}

static bool keeps_wire_length(stun_integrity_text text) {
    return text == STUN_TEXT_WIRE_LENGTH || text == STUN_TEXT_WIRE_PADDED;
}

static bool is_padded(stun_integrity_text text) {
    return text == STUN_TEXT_PADDED || text == STUN_TEXT_WIRE_PADDED;
}

bool stun_integrity_text_make(const stun_message *message, const stun_attr *attr,
                              stun_integrity_text text, stun_integrity_input *input) {
    static const uint8_t zeros[TEXT_BLOCK] = {0};
    if (attr->offset < STUN_HEADER_SIZE || message->captured < attr->offset) {
        return false;
    }
    memcpy(input->header, message->bytes, STUN_HEADER_SIZE);
    if (!keeps_wire_length(text)) {
        size_t length = attr->offset + ATTR_HEADER_SIZE + attr->length - STUN_HEADER_SIZE;
        input->header[2] = (uint8_t)(length >> 8 & 0xff);
        input->header[3] = (uint8_t)(length & 0xff);
    }
    input->spans[0] = (stun_span){input->header, STUN_HEADER_SIZE};
    input->spans[1] =
        (stun_span){message->bytes + STUN_HEADER_SIZE, attr->offset - STUN_HEADER_SIZE};
    input->count = 2;
    size_t over = attr->offset % TEXT_BLOCK;
    if (is_padded(text) && over != 0) {
        input->spans[2] = (stun_span){zeros, TEXT_BLOCK - over};
        input->count = 3;
    }
    return true;
}

/* The hash whose output ATTR can hold, in the length it has; false when there is none. */
static bool choose_hash(const stun_message *message, const stun_attr *attr, stun_hash *hash) {
    if (attr->type == STUN_ATTR_MESSAGE_INTEGRITY_SHA256) {
        *hash = STUN_HASH_SHA256;
        return attr->length >= SHA256_MIN_SIZE && attr->length <= SHA256_SIZE &&
               attr->length % 4 == 0;
    }
    if (attr->type != STUN_ATTR_MESSAGE_INTEGRITY) {
        return false;
    }
    *hash = attr->length == SHA1_SIZE ? STUN_HASH_SHA1 : STUN_HASH_SHA256;
    return attr->length == SHA1_SIZE ||
           (attr->length == SHA256_SIZE && message->dialect == STUN_DIALECT_MS_TURN);
}

/* Forms can give the same text, as when the attribute is the last one or its offset needs no
 * padding; the dialect's own is tried first so that it is the one that is named. */
static const stun_integrity_text *text_order(stun_dialect dialect) {
    static const stun_integrity_text rfc[STUN_TEXT_COUNT] = {
        STUN_TEXT_RFC, STUN_TEXT_WIRE_LENGTH, STUN_TEXT_PADDED, STUN_TEXT_WIRE_PADDED};
    static const stun_integrity_text legacy[STUN_TEXT_COUNT] = {
        STUN_TEXT_WIRE_PADDED, STUN_TEXT_PADDED, STUN_TEXT_RFC, STUN_TEXT_WIRE_LENGTH};
    bool is_legacy = dialect == STUN_DIALECT_MS_TURN || dialect == STUN_DIALECT_MS_ICE2;
    return is_legacy ? legacy : rfc;
}

stun_integrity stun_integrity_check(const stun_message *message, const stun_attr *attr,
                                    const uint8_t *key, size_t key_length, stun_hmac_function hmac,
                                    stun_integrity_text *matched) {
    if (attr == NULL) {
        return STUN_INTEGRITY_ABSENT;
    }
    stun_hash hash = STUN_HASH_SHA1;
    if (attr->captured < attr->length || !choose_hash(message, attr, &hash)) {
        return STUN_INTEGRITY_UNKNOWN;
    }
    const stun_integrity_text *order = text_order(message->dialect);
    for (size_t i = 0; i < STUN_TEXT_COUNT; i++) {
        stun_integrity_input input;
        uint8_t digest[STUN_HASH_MAX] = {0};
        if (!stun_integrity_text_make(message, attr, order[i], &input)) {
            return STUN_INTEGRITY_UNKNOWN;
        }
        hmac(hash, key, key_length, input.spans, input.count, digest);
        if (memcmp(digest, attr->value, attr->length) == 0) {
            if (matched != NULL) {
                *matched = order[i];
            }
            return STUN_INTEGRITY_VERIFIED;
        }
    }
    return STUN_INTEGRITY_FAILED;
}
