/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "turn/hmac.h"

static GChecksumType checksum_of(stun_hash hash) {
    static const GChecksumType types[] = {[STUN_HASH_MD5] = G_CHECKSUM_MD5,
                                          [STUN_HASH_SHA1] = G_CHECKSUM_SHA1,
                                          [STUN_HASH_SHA256] = G_CHECKSUM_SHA256};

    return types[hash];
}

void turn_hmac(stun_hash hash, const uint8_t *key, size_t key_length, const stun_span *spans,
               size_t count, uint8_t out[STUN_HASH_MAX]) {
    GHmac *hmac = g_hmac_new(checksum_of(hash), key, key_length);
    gsize size = STUN_HASH_MAX;

    for (size_t i = 0; i < count; i++) {
        g_hmac_update(hmac, spans[i].bytes, (gssize)spans[i].length);
    }
    g_hmac_get_digest(hmac, out, &size);
    g_hmac_unref(hmac);
}

gsize turn_digest(stun_hash hash, const stun_span *spans, gsize count, guint8 out[STUN_HASH_MAX]) {
    g_autoptr(GChecksum) checksum = g_checksum_new(checksum_of(hash));
    gsize size = STUN_HASH_MAX;

    for (gsize i = 0; i < count; i++) {
        g_checksum_update(checksum, spans[i].bytes, (gssize)spans[i].length);
    }
    g_checksum_get_digest(checksum, out, &size);
    return size;
}

void turn_wipe(gpointer bytes, gsize length) {
    volatile guint8 *byte = bytes;

    for (gsize i = 0; i < length; i++) {
        byte[i] = 0;
    }
}
