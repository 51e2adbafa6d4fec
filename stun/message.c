/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "stun/message.h"

#include "stun/cursor.h"

#include <string.h>

#define ATTR_HEADER_SIZE 4u
#define MS_MARKER_SIZE   8u

/* MAGIC-COOKIE as the first attribute, [MS-TURN] 2.2.2.8. It tells the dialect better than the
 * header does: MS-TURN clients may put the cookie of RFC 8489 into their transaction id. */
static const uint8_t ms_marker[MS_MARKER_SIZE] = {0x00, 0x0f, 0x00, 0x04, 0x72, 0xc6, 0x4b, 0xc6};

/* A version from here on follows RFC 8489 in every respect. */
#define IMPLEMENTATION_VERSION_RFC 3u

static size_t smaller(size_t a, size_t b) {
    return a < b ? a : b;
}

static size_t padded_length(const stun_message *message, size_t length) {
    return message->padded ? (length + 3) & ~(size_t)3 : length;
}

/* Reads the attribute at iter->offset, except for what needs the registry, and moves on. */
static bool step(stun_attr_iter *iter, stun_attr *attr) {
    const stun_message *message = iter->message;
    if (iter->status != STUN_OK || iter->offset == message->length) {
        return false;
    }
    if (iter->offset > message->length || message->length - iter->offset < ATTR_HEADER_SIZE) {
        iter->status = STUN_MALFORMED;
        return false;
    }
    if (iter->offset > message->captured || message->captured - iter->offset < ATTR_HEADER_SIZE) {
        iter->status = STUN_TRUNCATED;
        return false;
    }
    stun_cursor cursor =
        stun_cursor_over(message->bytes + iter->offset, message->captured - iter->offset);
    size_t declared = message->length - iter->offset - ATTR_HEADER_SIZE;
    *attr = (stun_attr){.offset = iter->offset};
    attr->type = stun_cursor_u16(&cursor);
    attr->length = stun_cursor_u16(&cursor);
    attr->captured = smaller(attr->length, cursor.left);
    attr->value = stun_cursor_bytes(&cursor, attr->captured);
    if (attr->length > declared) {
        attr->issues |= STUN_ISSUE_OVERRUN;
        attr->status = STUN_MALFORMED;
    } else if (attr->captured < attr->length) {
        attr->status = STUN_TRUNCATED;
    }
    iter->status = attr->status;
    iter->offset += ATTR_HEADER_SIZE + padded_length(message, attr->length);
    return true;
}

stun_attr_iter stun_attr_iter_over(const stun_message *message) {
    return (stun_attr_iter){.message = message, .offset = STUN_HEADER_SIZE, .status = STUN_OK};
}

static unsigned length_issues(const stun_attr *attr) {
    if (attr->info == NULL) {
        return 0;
    }
    if (attr->length < attr->info->min_length) {
        return STUN_ISSUE_TOO_SHORT;
    }
    return attr->length > attr->info->max_length ? STUN_ISSUE_TOO_LONG : 0;
}

static unsigned order_issues(stun_attr_iter *iter, uint16_t type) {
    bool may_follow = type == STUN_ATTR_MESSAGE_INTEGRITY_SHA256 || type == STUN_ATTR_FINGERPRINT;
    unsigned issues = iter->seen_integrity && !may_follow ? STUN_ISSUE_AFTER_INTEGRITY : 0;
    if (iter->seen_fingerprint) {
        issues |= STUN_ISSUE_AFTER_FINGERPRINT;
    }
    if (type == STUN_ATTR_MESSAGE_INTEGRITY || type == STUN_ATTR_MESSAGE_INTEGRITY_SHA256) {
        iter->seen_integrity = true;
    }
    if (type == STUN_ATTR_FINGERPRINT) {
        iter->seen_fingerprint = true;
    }
    return issues;
}

bool stun_attr_iter_next(stun_attr_iter *iter, stun_attr *attr) {
    stun_attr next;
    if (!step(iter, &next)) {
        return false;
    }
    next.info = stun_attr_lookup(next.type, iter->message->dialect);
    next.issues |= length_issues(&next) | order_issues(iter, next.type);
    *attr = next;
    return true;
}

bool stun_message_find(const stun_message *message, uint16_t type, stun_attr *attr) {
    stun_attr_iter iter = stun_attr_iter_over(message);
    stun_attr next;
    while (stun_attr_iter_next(&iter, &next)) {
        if (next.type == type) {
            *attr = next;
            return true;
        }
    }
    return false;
}

/* Whether the bytes at hand show the marker; in a cut capture its first half is enough, since no
 * other sender begins with an attribute of that number. */
static bool has_ms_marker(const uint8_t *bytes, size_t captured, size_t length) {
    if (length < STUN_HEADER_SIZE + MS_MARKER_SIZE ||
        captured < STUN_HEADER_SIZE + MS_MARKER_SIZE / 2) {
        return false;
    }
    size_t visible = smaller(captured - STUN_HEADER_SIZE, MS_MARKER_SIZE);
    return memcmp(bytes + STUN_HEADER_SIZE, ms_marker, visible) == 0;
}

/* Whether the attributes end where the message ends, as far as they are captured. In a cut capture
 * the end proves nothing, so there an attribute that must be known and is not speaks against it. */
static bool walk_fits(const stun_message *message) {
    bool cut = message->captured < message->length;
    stun_attr_iter iter = stun_attr_iter_over(message);
    stun_attr attr;
    while (step(&iter, &attr)) {
        if (cut && stun_attr_is_required(attr.type) &&
            stun_attr_lookup(attr.type, message->dialect) == NULL) {
            return false;
        }
    }
    return iter.status != STUN_MALFORMED;
}

/* Senders of MS-TURN do not pad, yet some implementations do. False when neither reading fits. */
static bool settle_padding(stun_message *message) {
    message->padded = false;
    if (walk_fits(message)) {
        return true;
    }
    message->padded = true;
    if (walk_fits(message)) {
        return true;
    }
    message->padded = false;
    return false;
}

/* [MS-ICE2] 2.2.2: a peer that names its version follows RFC 8489 from version 3 on, one that only
 * identifies its candidate is older. */
static bool is_ms_ice2(const stun_message *message) {
    bool candidate = false;
    stun_attr_iter iter = stun_attr_iter_over(message);
    stun_attr attr;
    while (step(&iter, &attr)) {
        if (attr.type == STUN_ATTR_IMPLEMENTATION_VERSION) {
            stun_cursor cursor = stun_cursor_over(attr.value, attr.captured);
            uint32_t version = stun_cursor_u32(&cursor);
            return !cursor.bad && version < IMPLEMENTATION_VERSION_RFC;
        }
        candidate = candidate || attr.type == STUN_ATTR_CANDIDATE_IDENTIFIER;
    }
    return candidate;
}

/* Types that existed before the cookie: RFC 3489 section 11.1 and [MS-TURN] 2.2.1. */
static bool is_classic_type(uint16_t type) {
    static const uint16_t types[] = {0x0001, 0x0101, 0x0111, 0x0002, 0x0102, 0x0112, 0x0003,
                                     0x0103, 0x0113, 0x0004, 0x0115, 0x0006, 0x0106, 0x0116};
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++) {
        if (types[i] == type) {
            return true;
        }
    }
    return false;
}

/* A message without cookie and attributes is 20 bytes of which only 4 can be judged, and the first
 * bytes of many protocols are small numbers and zeros. So its transaction id must look as if it had
 * been drawn at random: one in 10^15 such ids has more than half of its bytes zero. */
static bool is_bare_binding(const stun_message *message) {
    if (message->method != STUN_METHOD_BINDING) {
        return false;
    }
    const uint8_t *id = stun_message_transaction_id(message);
    size_t zeros = 0;
    for (size_t i = 0; i < STUN_TRANSACTION_ID_SIZE; i++) {
        zeros += id[i] == 0 ? 1 : 0;
    }
    return zeros <= STUN_TRANSACTION_ID_SIZE / 2;
}

/* Nothing but its attributes speaks for a message without a cookie: each must be known and of a
 * possible length, and at least one of them must be in the capture. */
static bool classic_attributes_fit(const stun_message *message) {
    stun_attr_iter iter = stun_attr_iter_over(message);
    stun_attr attr;
    size_t count = 0;
    while (stun_attr_iter_next(&iter, &attr)) {
        if (attr.info == NULL ||
            (attr.issues & (STUN_ISSUE_TOO_SHORT | STUN_ISSUE_TOO_LONG)) != 0) {
            return false;
        }
        count++;
    }
    return iter.status != STUN_MALFORMED && count > 0;
}

static bool accept_classic(stun_message *message, bool ms_turn, size_t reported) {
    if (message->length != reported || !is_classic_type(message->type)) {
        return false;
    }
    if (ms_turn) {
        return settle_padding(message);
    }
    if (message->length == STUN_HEADER_SIZE) {
        return is_bare_binding(message);
    }
    return message->length % 4 == 0 && classic_attributes_fit(message);
}

/* Settles the dialect and what hangs on it; false when the bytes are not a message. */
static bool settle_dialect(stun_message *message, size_t reported) {
    bool ms_turn = has_ms_marker(message->bytes, message->captured, message->length);
    message->padded = true;
    if (ms_turn) {
        message->dialect = STUN_DIALECT_MS_TURN;
    } else {
        message->dialect = message->has_cookie ? STUN_DIALECT_RFC5389 : STUN_DIALECT_RFC3489;
    }
    stun_type_split(message->type, message->dialect, &message->method, &message->cls);
    if (!message->has_cookie) {
        return accept_classic(message, ms_turn, reported);
    }
    if (ms_turn) {
        settle_padding(message);
    } else if (is_ms_ice2(message)) {
        message->dialect = STUN_DIALECT_MS_ICE2;
    }
    return true;
}

stun_status stun_message_parse(const uint8_t *bytes, size_t captured, size_t reported,
                               stun_message *message) {
    stun_cursor cursor = stun_cursor_over(bytes, captured);
    stun_message read = {.bytes = bytes};
    read.type = stun_cursor_u16(&cursor);
    read.length = STUN_HEADER_SIZE + stun_cursor_u16(&cursor);
    read.has_cookie = stun_cursor_u32(&cursor) == STUN_COOKIE;
    if (cursor.bad || captured < STUN_HEADER_SIZE || (read.type & 0xc000u) != 0) {
        return STUN_NOT_STUN;
    }
    read.captured = smaller(captured, read.length);
    if (!settle_dialect(&read, reported)) {
        return STUN_NOT_STUN;
    }
    *message = read;
    if (read.length > reported || (read.length % 4 != 0 && read.dialect != STUN_DIALECT_MS_TURN)) {
        return STUN_MALFORMED;
    }
    return read.captured < read.length ? STUN_TRUNCATED : STUN_OK;
}

bool stun_message_probe(const uint8_t *bytes, size_t captured, size_t reported) {
    if (captured < 8 || reported < STUN_HEADER_SIZE || (bytes[0] & 0xc0u) != 0) {
        return false;
    }
    stun_cursor cursor = stun_cursor_over(bytes + 2, 6);
    size_t length = STUN_HEADER_SIZE + stun_cursor_u16(&cursor);
    if (stun_cursor_u32(&cursor) != STUN_COOKIE) {
        return false;
    }
    /* Only MS-TURN has such lengths; where the capture ends too early, it may be that. */
    return length % 4 == 0 || captured < STUN_HEADER_SIZE + MS_MARKER_SIZE ||
           has_ms_marker(bytes, captured, length);
}

const uint8_t *stun_message_transaction_id(const stun_message *message) {
    return message->bytes + 4;
}

void stun_message_format_type(const stun_message *message, char *out, size_t size) {
    stun_type_format(message->type, message->dialect, out, size);
}
