/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Hashes for tables whose keys stand in the capture. The senders choose those: with a key of its
 * own in each process, nobody can prepare a capture whose keys all meet in one chain. Values differ
 * from run to run, so nothing that is ordered by them may reach a report. */
#ifndef TURN_HASH_H
#define TURN_HASH_H

#include "stun/address.h"
#include <glib.h>

/* SipHash-1-3 of LENGTH bytes. */
guint64 turn_hash_keyed(const guint64 key[2], gconstpointer bytes, gsize length);

/* The same with the key of this process. */
guint turn_hash_bytes(gconstpointer bytes, gsize length);

/* For hash tables: keys are stun_address *. */
guint turn_hash_address(gconstpointer address);
gboolean turn_address_equal(gconstpointer a, gconstpointer b);

#endif
