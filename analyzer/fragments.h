/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * IPv4 and IPv6 datagrams out of their fragments: in any order, doubled, overlapping (the bytes
 * that came first win). Memory is bounded by FRAGMENTS_MEMORY whatever the capture holds. */
#ifndef ANALYZER_FRAGMENTS_H
#define ANALYZER_FRAGMENTS_H

#include "analyzer/ip.h"

/* RFC 791 section 3.2 lets a receiver give up after 15 s, Linux does after 30 s. Packet time. */
#define FRAGMENTS_TIME_LIMIT (G_GINT64_CONSTANT(30) * 1000000000)

/* Datagrams that wait, with their structures; the oldest goes first. Sixty of the largest size. */
#define FRAGMENTS_MEMORY ((gsize)4 << 20)

/* 65535 bytes over the smallest link that IPv4 must cross whole (576 bytes) make 119. */
#define FRAGMENTS_PER_DATAGRAM 128u

typedef struct fragments fragments;

fragments *fragments_new(void);
void fragments_free(fragments *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(fragments, fragments_free)

/* Takes FRAGMENT in; TIME is its packet's, in nanoseconds. TRUE when it completes a datagram: WHOLE
 * is that datagram then, its addresses and payload borrowed until the next call. What the snap
 * length cut off a fragment ends whole->captured there. */
gboolean fragments_add(fragments *self, const ip_datagram *fragment, gint64 time,
                       ip_datagram *whole);

/* The datagram that was completed last, as it came out of its fragments: in front of its IPv6
 * extension headers. Borrowed until the next call of fragments_add(). */
const ip_datagram *fragments_latest(const fragments *self);

/* Datagrams that were given up, those that still wait included. */
guint64 fragments_lost(const fragments *self);

/* Bytes in use; never more than FRAGMENTS_MEMORY between two calls. */
gsize fragments_memory(const fragments *self);

#endif
