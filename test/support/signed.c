/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "support/signed.h"

#include "stun/message.h"

#include <string.h>

#define HASH_MAX 32

static void sign(message *to, const guint8 *key, gsize key_length, gboolean padded) {
    guint8 text[sizeof to->bytes] = {0};
    guint8 digest[20] = {0};
    gsize size = sizeof digest;
    const gsize covered = to->length;
    GHmac *hmac = g_hmac_new(G_CHECKSUM_SHA1, key, key_length);

    message_add(to, STUN_ATTR_MESSAGE_INTEGRITY, digest, size);
    memcpy(text, to->bytes, covered);
    g_hmac_update(hmac, text, (gssize)(padded ? (covered + 63) / 64 * 64 : covered));
    g_hmac_get_digest(hmac, digest, &size);
    g_hmac_unref(hmac);
    memcpy(to->bytes + covered + 4, digest, size);
}

void message_sign_short(message *to, const char *password) {
    sign(to, (const guint8 *)password, strlen(password), FALSE);
}

void message_sign_long(message *to, GChecksumType hash, const char *text, gsize length,
                       gboolean padded) {
    guint8 key[HASH_MAX];
    gsize size = sizeof key;
    GChecksum *checksum = g_checksum_new(hash);

    g_checksum_update(checksum, (const guchar *)text, (gssize)length);
    g_checksum_get_digest(checksum, key, &size);
    g_checksum_free(checksum);
    sign(to, key, size, padded);
}

message message_signed_short(const char *text, const char *password) {
    message made = message_of(text);

    message_sign_short(&made, password);
    return made;
}

message message_signed_long(const char *text, const char *key) {
    message made = message_of(text);

    message_sign_long(&made, G_CHECKSUM_MD5, key, strlen(key), FALSE);
    return made;
}

message message_signed_ms(gconstpointer user, gsize user_length, const char *key,
                          gsize key_length) {
    message made = message_ms(0x0004, 7);

    message_add(&made, STUN_ATTR_USERNAME, user, user_length);
    message_sign_long(&made, G_CHECKSUM_MD5, key, key_length, TRUE);
    return made;
}
