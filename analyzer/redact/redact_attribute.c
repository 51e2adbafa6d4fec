/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "analyzer/redact/redact_attribute.h"

#include "analyzer/redact/redact_phrases.h"
#include "analyzer/redact/redact_private.h"
#include "stun/value.h"

#include <string.h>

/* Bytes in front of the address, and of the reason of an error. */
#define ADDRESS_HEADER 4u
#define ERROR_HEADER   4u
/* Stands in UNKNOWN-ATTRIBUTES for all types that may be text: no specification has this. */
#define UNKNOWN_TYPE     0x7fffu
#define MS_CONNECTION_ID 20u
/* The first IMPLEMENTATION-VERSION that follows RFC 8489: [MS-ICE2] 2.2.2. */
#define RFC_VERSION 3u
/* In the first byte of a number it is that of a text, or of more than 500 Tbit/s. */
#define MIN_LETTER 0x20u

typedef struct rule rule;

/* VALUE has attr->captured bytes, at least one. */
typedef void action(const redact_place *place, const stun_attr *attr, guint8 *value,
                    const rule *by);

struct rule {
    action *act;
    guint8 keep; /* bytes that stay as they are */
    stand_in_kind kind;
};

static void blank_from(const stun_attr *attr, guint8 *value, gsize keep) {
    if (attr->captured > keep) {
        memset(value + keep, 0, attr->captured - keep);
    }
}

static void keep(const redact_place *place, const stun_attr *attr, guint8 *value, const rule *by) {
    (void)place;
    blank_from(attr, value, by->keep);
}

/* What has another length than the type says is no number. */
static void number(const redact_place *place, const stun_attr *attr, guint8 *value,
                   const rule *by) {
    const gboolean is_one =
        attr->length >= attr->info->min_length && attr->length <= attr->info->max_length;

    (void)place;
    blank_from(attr, value, is_one ? by->keep : 0);
}

/* How a message is read hangs on whether its version, however long, is below RFC_VERSION. */
static void version(const redact_place *place, const stun_attr *attr, guint8 *value,
                    const rule *by) {
    guint32 read;
    const gboolean is_high = stun_value_uint(attr, &read) && read >= RFC_VERSION;

    number(place, attr, value, by);
    if (is_high && attr->length != by->keep) {
        value[by->keep - 1] = RFC_VERSION;
    }
}

/* Eight bytes have room for a name. No order of them is looked at, only whether they are the same.
 */
static void tie_breaker(const redact_place *place, const stun_attr *attr, guint8 *value,
                        const rule *by) {
    number(place, attr, value, by);
    if (attr->length == by->keep) {
        stand_ins_bytes(place->stand_ins, value, attr->captured);
    }
}

/* The mask stays, so that its bits turn over where those of the address do. */
static void address(const redact_place *place, const stun_attr *attr, guint8 *value,
                    const rule *by) {
    stun_address before;
    stun_address after;
    gsize size;

    (void)by;
    if (!stun_value_address(place->message, attr, &before)) {
        blank_from(attr, value, 0);
        return;
    }
    after = before;
    stand_ins_told_address(place->stand_ins, &after);
    size = stun_address_size(&after);
    for (gsize i = 0; i < size; i++) {
        value[ADDRESS_HEADER + i] ^= before.bytes[i] ^ after.bytes[i];
    }
    value[0] = 0;
    blank_from(attr, value, ADDRESS_HEADER + size);
}

/* What is text in a value, as turn/ reads it: neither zeros at its end nor quotes of MS-TURN. */
static guint8 *text_in(const redact_place *place, const stun_attr *attr, guint8 *value,
                       gsize *length) {
    const stun_text read = stun_value_text(attr, place->message->dialect);

    *length = read.length;
    return value + (read.bytes - (const char *)attr->value);
}

static void text(const redact_place *place, const stun_attr *attr, guint8 *value, const rule *by) {
    gsize length;
    guint8 *read = text_in(place, attr, value, &length);

    stand_ins_text(place->stand_ins, by->kind, read, length);
}

/* Only checks are Binding. */
static void user(const redact_place *place, const stun_attr *attr, guint8 *value, const rule *by) {
    const rule as = {text, 0,
                     place->message->method == STUN_METHOD_BINDING ? STAND_IN_FRAGMENT : by->kind};

    text(place, attr, value, &as);
}

static void bytes(const redact_place *place, const stun_attr *attr, guint8 *value, const rule *by) {
    (void)by;
    stand_ins_bytes(place->stand_ins, value, attr->captured);
}

static void payload(const redact_place *place, const stun_attr *attr, guint8 *value,
                    const rule *by) {
    (void)by;
    redact_payload_within(place->stand_ins, value, attr->captured, attr->length, place->depth + 1);
}

/* Bytes by->keep and on are class and number; what else is in front is reserved. */
static void error(const redact_place *place, const stun_attr *attr, guint8 *value, const rule *by) {
    gsize length = attr->captured;

    memset(value + MIN(by->keep, length), 0, MIN(2u, length) - MIN(by->keep, length));
    if (length > 2) {
        value[2] &= 7u;
    }
    while (length > ERROR_HEADER && value[length - 1] == 0) {
        length--;
    }
    if (length > ERROR_HEADER &&
        !redact_phrase_is_known(value + ERROR_HEADER, length - ERROR_HEADER)) {
        stand_ins_text(place->stand_ins, by->kind, value + ERROR_HEADER, length - ERROR_HEADER);
    }
}

/* A type is a number of 16 bits, but many of them are room for a text. */
static gboolean type_stays(const redact_place *place, guint16 type) {
    return !g_ascii_isprint((char)(type >> 8)) || !g_ascii_isprint((char)(type & 0xff)) ||
           stun_attr_lookup(type, place->message->dialect) != NULL ||
           stand_ins_has_type(place->stand_ins, type);
}

static void types(const redact_place *place, const stun_attr *attr, guint8 *value, const rule *by) {
    guint16 type;
    gsize count = 0;

    (void)by;
    for (; stun_value_listed_type(attr, count, &type); count++) {
        if (!type_stays(place, type)) {
            value[2 * count] = UNKNOWN_TYPE >> 8;
            value[2 * count + 1] = UNKNOWN_TYPE & 0xffu;
        }
    }
    blank_from(attr, value, 2 * count);
}

/* What is reserved goes; data that is a number is one of 16 bits, as MTU and pointers are. */
static void icmp(const redact_place *place, const stun_attr *attr, guint8 *value, const rule *by) {
    keep(place, attr, value, by);
    memset(value, 0, MIN(2u, attr->captured));
    if (attr->captured > 4) {
        memset(value + 4, 0, MIN(2u, attr->captured - 4));
    }
}

/* Numbers of four bytes from FROM on: those that no connection can have go, but for the one that
 * says "any". */
static void keep_amounts(const stun_attr *attr, guint8 *value, gsize from) {
    static const guint8 any[4] = {0xff, 0xff, 0xff, 0xff};

    for (gsize at = from; at + 4 <= attr->captured; at += 4) {
        if (value[at] >= MIN_LETTER && memcmp(value + at, any, sizeof any) != 0) {
            memset(value + at, 0, 4);
        }
    }
}

static void amounts(const redact_place *place, const stun_attr *attr, guint8 *value,
                    const rule *by) {
    keep(place, attr, value, by);
    keep_amounts(attr, value, 0);
}

/* Two flags, and amounts. */
static void site_response(const redact_place *place, const stun_attr *attr, guint8 *value,
                          const rule *by) {
    keep(place, attr, value, by);
    value[0] &= 0xc0u;
    memset(value + 1, 0, MIN(4u, attr->captured) - 1);
    keep_amounts(attr, value, 4);
}

/* Numbers and lengths stay, parameters do not. */
static void algorithms(const redact_place *place, const stun_attr *attr, guint8 *value,
                       const rule *by) {
    stun_algorithm algorithm;
    gsize offset = 0;
    gsize start = 0;

    (void)place;
    (void)by;
    while (stun_value_next_algorithm(attr, &offset, &algorithm)) {
        const gsize end = MIN(offset, attr->captured);

        memset(value + start + 4, 0, end - start - 4);
        start = end;
    }
    blank_from(attr, value, start);
}

static void ms_sequence(const redact_place *place, const stun_attr *attr, guint8 *value,
                        const rule *by) {
    stun_ms_sequence sequence;

    if (stun_value_ms_sequence(attr, &sequence)) {
        stand_ins_bytes(place->stand_ins, value, MS_CONNECTION_ID);
        blank_from(attr, value, by->keep);
    } else {
        blank_from(attr, value, 0);
    }
}

/* Attributes whose layout does not say what they hold. */
static const struct {
    guint16 code;
    guint8 dialects;
    rule rule;
} by_code[] = {
    {STUN_ATTR_USERNAME, STUN_IN_ALL, {user, 0, STAND_IN_USER}},
    {STUN_ATTR_PASSWORD, STUN_IN_ALL, {keep, 0, 0}}, /* in no table, not even as a stand-in */
    {STUN_ATTR_REALM, STUN_IN_RFC3489 | STUN_IN_RFC, {text, 0, STAND_IN_REALM}},
    {STUN_ATTR_NONCE, STUN_IN_RFC3489 | STUN_IN_RFC, {text, 0, STAND_IN_NONCE}},
    {STUN_ATTR_MS_REALM, STUN_IN_MS_TURN, {text, 0, STAND_IN_REALM}},
    {STUN_ATTR_MS_NONCE, STUN_IN_MS_TURN, {text, 0, STAND_IN_NONCE}},
    {STUN_ATTR_SOFTWARE, STUN_IN_ALL, {text, 0, STAND_IN_SOFTWARE}},
    {STUN_ATTR_ALTERNATE_DOMAIN, STUN_IN_ALL, {text, 0, STAND_IN_HOST}},
    {STUN_ATTR_MS_ALTERNATE_HOST_NAME, STUN_IN_ALL, {text, 0, STAND_IN_HOST}},
    {STUN_ATTR_THIRD_PARTY_AUTHORIZATION, STUN_IN_ALL, {text, 0, STAND_IN_HOST}},
    {STUN_ATTR_DATA, STUN_IN_ALL, {payload, 0, 0}},
    {STUN_ATTR_META_DTLS_IN_STUN, STUN_IN_RFC, {payload, 0, 0}},
    {STUN_ATTR_USERHASH, STUN_IN_RFC, {bytes, 0, 0}},
    {STUN_ATTR_ACCESS_TOKEN, STUN_IN_RFC, {bytes, 0, 0}},
    {STUN_ATTR_RESERVATION_TOKEN, STUN_IN_RFC, {bytes, 0, 0}},
    {STUN_ATTR_MOBILITY_TICKET, STUN_IN_RFC, {bytes, 0, 0}},
    {STUN_ATTR_BANDWIDTH_RESERVATION_ID, STUN_IN_ALL, {bytes, 0, 0}},
    {STUN_ATTR_MULTIPLEXED_TURN_SESSION_ID, STUN_IN_ALL, {bytes, 0, 0}},
    {STUN_ATTR_CITRIX_TRANSACTION_ID, STUN_IN_RFC, {bytes, 0, 0}},
    {STUN_ATTR_GOOG_CONNECTION_ID, STUN_IN_RFC, {bytes, 0, 0}},
    {STUN_ATTR_GOOG_MESSAGE_INTEGRITY_32, STUN_IN_RFC, {keep, 0, 0}},
    {STUN_ATTR_IMPLEMENTATION_VERSION, STUN_IN_ALL, {version, 4, 0}},
    {STUN_ATTR_ICE_CONTROLLING, STUN_IN_ALL, {tie_breaker, 8, 0}},
    {STUN_ATTR_ICE_CONTROLLED, STUN_IN_ALL, {tie_breaker, 8, 0}},
};

/* All others: what is opaque is blanked. FINGERPRINT is its message's. */
static const rule by_kind[STUN_KIND_COUNT] = {
    [STUN_KIND_TEXT] = {text, 0, STAND_IN_TEXT},
    [STUN_KIND_U8] = {number, 1, 0},
    [STUN_KIND_U16] = {number, 2, 0},
    [STUN_KIND_U32] = {number, 4, 0},
    [STUN_KIND_U64] = {number, 8, 0},
    [STUN_KIND_ADDRESS] = {address, 0, 0},
    [STUN_KIND_XOR_ADDRESS] = {address, 0, 0},
    [STUN_KIND_ERROR] = {error, 0, STAND_IN_TEXT},
    [STUN_KIND_ADDRESS_ERROR] = {error, 1, STAND_IN_TEXT},
    [STUN_KIND_TYPE_LIST] = {types, 0, 0},
    [STUN_KIND_ALGORITHM] = {algorithms, 0, 0},
    [STUN_KIND_ALGORITHMS] = {algorithms, 0, 0},
    [STUN_KIND_HMAC] = {keep, 0, 0}, /* which says that it was removed */
    [STUN_KIND_CHANNEL] = {number, 2, 0},
    [STUN_KIND_TRANSPORT] = {number, 1, 0},
    [STUN_KIND_FAMILY] = {number, 1, 0},
    [STUN_KIND_ICMP] = {icmp, 8, 0},
    [STUN_KIND_MS_SEQUENCE] = {ms_sequence, 24, 0},
    [STUN_KIND_MS_QUALITY] = {number, 4, 0},
    [STUN_KIND_MS_BANDWIDTH] = {amounts, 16, 0},
    [STUN_KIND_MS_SITE_RESPONSE] = {site_response, 12, 0},
    [STUN_KIND_MS_LOCATION] = {number, 4, 0},
};

static const rule *rule_for(const stun_attr *attr, stun_dialect dialect) {
    static const rule blank = {keep, 0, 0};

    if (attr->info == NULL) {
        return &blank;
    }
    for (gsize i = 0; i < G_N_ELEMENTS(by_code); i++) {
        if (by_code[i].code == attr->type && (by_code[i].dialects & (1u << dialect)) != 0) {
            return &by_code[i].rule;
        }
    }
    return by_kind[attr->info->kind].act != NULL ? &by_kind[attr->info->kind] : &blank;
}

void redact_attribute(const redact_place *place, const stun_attr *attr, guint8 *value) {
    const rule *by = rule_for(attr, place->message->dialect);

    stand_ins_note_type(place->stand_ins, attr->type);
    if (attr->captured > 0) {
        by->act(place, attr, value, by);
    }
}
