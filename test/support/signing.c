/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "support/signing.h"

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

guint32 feed_signed(scene *s, gint64 ms, const char *from, const char *to, const char *text,
                    const char *key) {
    const message made = key != NULL ? message_signed_long(text, key) : message_of(text);

    return feed_udp_bytes(s, ms, from, to, made.bytes, made.length);
}
