/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Which TCP connections are worth following, and what happens to each: turn_tracker_tcp() events,
 * streams put in order, units cut. Traffic of no concern costs no allocation and, but for its SYNs,
 * leaves no trace. */
#ifndef ANALYZER_CONNECTIONS_H
#define ANALYZER_CONNECTIONS_H

#include "analyzer/packet.h"
#include "analyzer/pieces.h"

/* Connections at a time; the one that was silent longest goes first. A large Expressway has 6000
 * relays, each with a control connection and one that is bound, at under 600 bytes each. */
#define CONNECTIONS_MAX 16384u

/* Bytes of all connections together that wait to become units; the connection that was silent
 * longest goes first. Sixty-four holes of the largest size. */
#define CONNECTIONS_MEMORY ((gsize)16 << 20)

/* Beginnings of other connections that are remembered, so that one whose first message comes in
 * small pieces is recognised. A power of 2; each takes 8 bytes, and a new one overwrites. */
#define CONNECTIONS_BEGINNINGS 4096u

typedef struct connections connections;

connections *connections_new(turn_tracker *tracker);
void connections_free(connections *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(connections, connections_free)

/* Asks the tracker again which ports are TURN ports. */
void connections_update_ports(connections *self);

/* Takes in a PACKET_TCP. MARK is where it was seen; its identity is filled in when it matters. */
void connections_segment(connections *self, const packet *segment, const piece_mark *mark);

/* The capture is over: hands out what waits. MARK is the last packet. */
void connections_finish(connections *self, const piece_mark *mark);

/* Bytes of followed connections that are not in the capture, so far. */
guint64 connections_missing(const connections *self);
/* Connections that were dropped because of the two limits, so far. */
guint64 connections_dropped(const connections *self);
/* Connections that are being followed, and the bytes they hold. */
guint connections_count(const connections *self);
gsize connections_memory(const connections *self);

#endif
