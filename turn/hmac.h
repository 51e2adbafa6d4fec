/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The hash functions that stun/ asks its caller for, and what goes with secrets. */
#ifndef TURN_HMAC_H
#define TURN_HMAC_H

#include "stun/integrity.h"
#include <glib.h>

/* A stun_hmac_function: RFC 2104 with MD5, SHA-1 or SHA-256. */
void turn_hmac(stun_hash hash, const uint8_t *key, size_t key_length, const stun_span *spans,
               size_t count, uint8_t out[STUN_HASH_MAX]);

/* Writes the hash of the joined SPANS to OUT and returns its length: 16, 20 or 32. */
gsize turn_digest(stun_hash hash, const stun_span *spans, gsize count, guint8 out[STUN_HASH_MAX]);

/* Overwrites BYTES, also where the compiler sees that nobody reads them again. */
void turn_wipe(gpointer bytes, gsize length);

#endif
