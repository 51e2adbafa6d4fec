/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "turn/hash.h"

#include <string.h>

/* Family, port and the bytes, without the padding of the structure. */
#define ADDRESS_KEY 19u

static guint64 rotate(guint64 value, guint by) {
    return value << by | value >> (64 - by);
}

/* J.-P. Aumasson, D. J. Bernstein, "SipHash: a fast short-input PRF", section 2. */
static void sip_round(guint64 v[4]) {
    v[0] += v[1];
    v[2] += v[3];
    v[1] = rotate(v[1], 13) ^ v[0];
    v[3] = rotate(v[3], 16) ^ v[2];
    v[0] = rotate(v[0], 32);
    v[2] += v[1];
    v[0] += v[3];
    v[1] = rotate(v[1], 17) ^ v[2];
    v[3] = rotate(v[3], 21) ^ v[0];
    v[2] = rotate(v[2], 32);
}

static void sip_word(guint64 v[4], guint64 word) {
    v[3] ^= word;
    sip_round(v);
    v[0] ^= word;
}

guint64 turn_hash_keyed(const guint64 key[2], gconstpointer bytes, gsize length) {
    guint64 v[4] = {
        key[0] ^ G_GUINT64_CONSTANT(0x736f6d6570736575),
        key[1] ^ G_GUINT64_CONSTANT(0x646f72616e646f6d),
        key[0] ^ G_GUINT64_CONSTANT(0x6c7967656e657261),
        key[1] ^ G_GUINT64_CONSTANT(0x7465646279746573),
    };
    const guint8 *from = bytes;
    gsize at = 0;
    guint64 word;

    for (; length - at >= sizeof word; at += sizeof word) {
        memcpy(&word, from + at, sizeof word);
        sip_word(v, GUINT64_FROM_LE(word));
    }
    word = 0;
    memcpy(&word, from + at, length - at);
    sip_word(v, GUINT64_FROM_LE(word) | (guint64)length << 56);
    v[2] ^= 0xff;
    sip_round(v);
    sip_round(v);
    sip_round(v);
    return v[0] ^ v[1] ^ v[2] ^ v[3];
}

static const guint64 *process_key(void) {
    static guint64 key[2];
    static gsize made = 0;

    if (g_once_init_enter(&made)) {
        for (gsize i = 0; i < G_N_ELEMENTS(key); i++) {
            key[i] = (guint64)g_random_int() << 32 | g_random_int();
        }
        g_once_init_leave(&made, 1);
    }
    return key;
}

guint turn_hash_bytes(gconstpointer bytes, gsize length) {
    return (guint)turn_hash_keyed(process_key(), bytes, length);
}

guint turn_hash_address(gconstpointer address) {
    const stun_address *of = address;
    guint8 key[ADDRESS_KEY] = {(guint8)of->family, (guint8)(of->port >> 8),
                               (guint8)(of->port & 0xff)};

    memcpy(key + 3, of->bytes, stun_address_size(of));
    return turn_hash_bytes(key, sizeof key);
}

gboolean turn_address_equal(gconstpointer a, gconstpointer b) {
    return stun_address_equal(a, b);
}
