/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Datagrams of a DTLS handshake, as far as their headers go. */
#ifndef TEST_SUPPORT_DTLS_H
#define TEST_SUPPORT_DTLS_H

#include "support/scene.h"

/* LENGTH bytes that begin with the handshake message NUMBER; at most 2048. */
message dtls_handshake(guint16 number, gsize length);
/* The same in a datagram, and in a Send Indication to PEER or a Data Indication from it. */
guint32 feed_dtls(scene *s, gint64 ms, const char *from, const char *to, guint16 number,
                  gsize length);
guint32 feed_send_dtls(scene *s, gint64 ms, const char *peer, guint16 number, gsize length);
guint32 feed_data_dtls(scene *s, gint64 ms, const char *peer, guint16 number, gsize length);
/* A handshake of two messages each way with PEER, in indications: four frames in 30 ms. */
void feed_dtls_handshake(scene *s, gint64 ms, const char *peer);
/* A record of the content TYPE that is no handshake, LENGTH bytes, in a Data Indication. */
guint32 feed_data_record(scene *s, gint64 ms, const char *peer, guint8 type, gsize length);

#endif
