/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "support/dtls.h"

#include "stun/message.h"

#include <string.h>

/* RFC 6347 sections 4.1 and 4.2.2: record of epoch 0, handshake message in one fragment. */
message dtls_handshake(guint16 number, gsize length) {
    const guint8 header[] = {22, 0xfe, 0xfd, 0, 0, 0, 0, 0, 0, 0, 1};
    message made = {.length = length};
    guint8 *at = made.bytes;

    g_assert_true(length >= 25 && length <= sizeof made.bytes);
    memcpy(at, header, sizeof header);
    at[11] = (guint8)((length - 13) >> 8);
    at[12] = (guint8)(length - 13);
    at[13] = 1;
    at[15] = at[23] = (guint8)((length - 25) >> 8);
    at[16] = at[24] = (guint8)(length - 25);
    at[17] = (guint8)(number >> 8);
    at[18] = (guint8)number;
    return made;
}

guint32 feed_dtls(scene *s, gint64 ms, const char *from, const char *to, guint16 number,
                  gsize length) {
    const message made = dtls_handshake(number, length);

    return feed_udp_bytes(s, ms, from, to, made.bytes, made.length);
}

static guint32 feed_inside(scene *s, gint64 ms, gboolean to_peer, const char *peer,
                           const message *inner) {
    g_autofree char *text =
        g_strdup_printf("%s indication 900 peer=%s", to_peer ? "send" : "data", peer);
    message whole = message_of(text);

    message_add(&whole, STUN_ATTR_DATA, inner->bytes, inner->length);
    return feed_udp_bytes(s, ms, to_peer ? CLIENT : SERVER, to_peer ? SERVER : CLIENT, whole.bytes,
                          whole.length);
}

guint32 feed_send_dtls(scene *s, gint64 ms, const char *peer, guint16 number, gsize length) {
    const message made = dtls_handshake(number, length);

    return feed_inside(s, ms, TRUE, peer, &made);
}

guint32 feed_data_dtls(scene *s, gint64 ms, const char *peer, guint16 number, gsize length) {
    const message made = dtls_handshake(number, length);

    return feed_inside(s, ms, FALSE, peer, &made);
}

void feed_dtls_handshake(scene *s, gint64 ms, const char *peer) {
    feed_send_dtls(s, ms, peer, 0, 150);
    feed_data_dtls(s, ms + 10, peer, 0, 1100);
    feed_send_dtls(s, ms + 20, peer, 1, 1000);
    feed_data_dtls(s, ms + 30, peer, 1, 200);
}

guint32 feed_data_record(scene *s, gint64 ms, const char *peer, guint8 type, gsize length) {
    message made = dtls_handshake(0, length);

    made.bytes[0] = type;
    return feed_inside(s, ms, FALSE, peer, &made);
}
