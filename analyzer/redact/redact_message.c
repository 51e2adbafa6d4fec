/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "analyzer/redact/redact_message.h"

#include "analyzer/redact/redact_attribute.h"
#include "analyzer/redact/redact_private.h"
#include "stun/fingerprint.h"

#include <string.h>

#define ATTR_HEADER      4u
#define FINGERPRINT_SIZE 4u
#define FINGERPRINT_XOR  0x5354554eu /* RFC 8489 section 14.7 */

/* A message that is being rewritten. */
typedef struct rewriting {
    redact_place place;
    guint8 *bytes;
    stun_fingerprint fingerprint; /* what the original had */
    gboolean seen_fingerprint;
    guint8 padding;
} rewriting;

/* One that is as good as the original's; a bad one is wrong in both forms. */
static guint32 fingerprint_for(const rewriting *of, gsize covered) {
    const guint32 standard = stun_crc32(of->bytes, covered, FALSE) ^ FINGERPRINT_XOR;
    const guint32 legacy = stun_crc32(of->bytes, covered, TRUE) ^ FINGERPRINT_XOR;

    switch (of->fingerprint) {
    case STUN_FINGERPRINT_GOOD:
        return standard;
    case STUN_FINGERPRINT_LEGACY:
        return legacy;
    default:
        return ~standard != legacy ? ~standard : ~standard ^ 1u;
    }
}

/* Only the first is ever checked. */
static void rewrite_fingerprint(rewriting *of, const stun_attr *attr, guint8 *value) {
    const gboolean whole = attr->status == STUN_OK && attr->length == FINGERPRINT_SIZE;

    if (whole && !of->seen_fingerprint) {
        const guint32 number = fingerprint_for(of, attr->offset);

        for (guint i = 0; i < FINGERPRINT_SIZE; i++) {
            value[i] = (guint8)(number >> (24 - 8 * i));
        }
    } else if (attr->captured > 0) {
        memset(value, 0, attr->captured);
    }
    of->seen_fingerprint = TRUE;
}

/* Fills the message from FROM up to TO, as far as it was captured. */
static void fill(const rewriting *of, gsize from, gsize to, guint8 with) {
    const gsize end = MIN(to, of->place.message->captured);

    if (from < end) {
        memset(of->bytes + from, with, end - from);
    }
}

/* Each attribute is rewritten when those in front of it are, as FINGERPRINT needs it. */
static void rewrite(rewriting *of) {
    stun_attr_iter iter = stun_attr_iter_over(of->place.message);
    stun_attr attr;

    while (stun_attr_iter_next(&iter, &attr)) {
        const gsize at = attr.offset + ATTR_HEADER;

        if (attr.type == STUN_ATTR_FINGERPRINT) {
            rewrite_fingerprint(of, &attr, of->bytes + at);
        } else {
            redact_attribute(&of->place, &attr, of->bytes + at);
        }
        fill(of, at + attr.length, iter.offset, of->padding);
    }
    fill(of, iter.offset, of->place.message->length, 0);
}

static gboolean is_read_alike(stun_status status, const stun_message *before, const guint8 *bytes,
                              gsize captured, gsize length) {
    stun_message after;

    return stun_message_parse(bytes, captured, length, &after) == status &&
           after.dialect == before->dialect && after.padded == before->padded;
}

/* MS-TURN is read without padding first, and then with: other bytes in values and padding may
 * decide that otherwise, by chance. Other padding gives another chance. */
static const guint8 paddings[] = {0, 0x20, 0xff, 0x80, 0x40};

gboolean redact_message_within(stand_ins *self, guint8 *bytes, gsize captured, gsize length,
                               guint depth) {
    g_autofree guint8 *original = NULL;
    stun_message message;
    stun_message before;
    const stun_status status = stun_message_parse(bytes, captured, length, &message);
    stun_fingerprint fingerprint;

    if (status == STUN_NOT_STUN) {
        return FALSE;
    }
    before = message;
    fingerprint = stun_fingerprint_check(&message);
    original = g_memdup2(bytes, captured);
    for (gsize i = 0; i < G_N_ELEMENTS(paddings); i++) {
        rewriting of = {.place = {.stand_ins = self, .message = &message, .depth = depth},
                        .bytes = bytes,
                        .fingerprint = fingerprint,
                        .padding = paddings[i]};

        memcpy(bytes, original, captured);
        rewrite(&of);
        memset(bytes + message.captured, 0, captured - message.captured);
        if (is_read_alike(status, &before, bytes, captured, length)) {
            break;
        }
    }
    return TRUE;
}

gboolean redact_message(stand_ins *self, guint8 *bytes, gsize captured, gsize length) {
    return redact_message_within(self, bytes, captured, length, 0);
}
