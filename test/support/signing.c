/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "support/signing.h"

#include "stun/message.h"

#include <string.h>

#define HMAC_SIZE 20u

static turn_credentials *credentials_of(scene *s) {
    if (s->credentials == NULL) {
        s->credentials = turn_credentials_new();
        turn_tracker_set_credentials(s->tracker, s->credentials);
    }
    return s->credentials;
}

void scene_give(scene *s, const char *user, const char *realm, const char *password) {
    turn_credentials_add(credentials_of(s), user, realm, password);
}

void scene_give_ice(scene *s, const char *fragment, const char *password) {
    g_assert_true(turn_credentials_add_ice(credentials_of(s), fragment, password));
}

/* The length in the header counts the attribute already, RFC 8489 section 14.5. */
static void sign(message *to, const guint8 *key, gsize key_length) {
    static const guint8 empty[HMAC_SIZE];
    const gsize covered = to->length;
    GHmac *hmac = g_hmac_new(G_CHECKSUM_SHA1, key, key_length);
    guint8 digest[HMAC_SIZE];
    gsize size = sizeof digest;

    message_add(to, STUN_ATTR_MESSAGE_INTEGRITY, empty, sizeof empty);
    g_hmac_update(hmac, to->bytes, (gssize)covered);
    g_hmac_get_digest(hmac, digest, &size);
    g_hmac_unref(hmac);
    memcpy(to->bytes + covered + 4, digest, size);
}

message signed_message(const char *text, const char *long_term) {
    GChecksum *checksum = g_checksum_new(G_CHECKSUM_MD5);
    message made = message_of(text);
    guint8 key[16];
    gsize size = sizeof key;

    g_checksum_update(checksum, (const guchar *)long_term, (gssize)strlen(long_term));
    g_checksum_get_digest(checksum, key, &size);
    g_checksum_free(checksum);
    sign(&made, key, size);
    return made;
}

message signed_check(const char *text, const char *short_term) {
    message made = message_of(text);

    sign(&made, (const guint8 *)short_term, strlen(short_term));
    return made;
}

guint32 feed_signed(scene *s, gint64 ms, const char *from, const char *to, const char *text,
                    const char *key) {
    const message made = key != NULL ? signed_message(text, key) : message_of(text);

    return feed_udp_bytes(s, ms, from, to, made.bytes, made.length);
}
