/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Which TCP connections are worth following, and what happens to each: turn_tracker_tcp() events,
 * streams put in order, units cut. Traffic of no concern costs no allocation and, but for its SYNs,
 * leaves no trace. */
#ifndef TURN_TCP_STREAMS_H
#define TURN_TCP_STREAMS_H

#include "turn/segment.h"
#include "turn/tcp/pieces.h"
#include "turn/tracker.h"

/* Connections at a time; the one that was silent longest goes first. A large Expressway has 6000
 * relays, each with a control connection and one that is bound, at under 800 bytes each. */
#define TURN_STREAMS_MAX 16384u

/* Bytes of all connections together that wait to become units; the connection that was silent
 * longest goes first. Sixty-four holes of the largest size. */
#define TURN_STREAMS_MEMORY ((gsize)16 << 20)

/* Beginnings of other connections that are remembered, so that one whose first message comes in
 * small pieces is recognised. A power of 2; each takes 8 bytes, and a new one overwrites. */
#define TURN_STREAMS_BEGINNINGS 4096u

typedef struct turn_streams turn_streams;

turn_streams *turn_streams_new(turn_tracker *tracker);
void turn_streams_free(turn_streams *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(turn_streams, turn_streams_free)

/* Asks the tracker again which ports are TURN ports. */
void turn_streams_update_ports(turn_streams *self);

/* Takes in a TCP segment. Its identity is found out here, where it matters. */
void turn_streams_segment(turn_streams *self, const turn_segment *segment);

/* The capture is over: hands out what waits. MARK is the last packet. */
void turn_streams_finish(turn_streams *self, const turn_mark *mark);

typedef struct turn_streams_status {
    gboolean turn;    /* STUN was found in it */
    gboolean waiting; /* bytes of flow.source's direction wait for the rest of their unit, or behind
                         a hole */
} turn_streams_status;
/* What is known of the connection of FLOW; all FALSE when it is not followed. */
turn_streams_status turn_streams_look(const turn_streams *self, const turn_flow *flow);

/* Bytes of followed connections that are not in the capture, so far. */
guint64 turn_streams_missing(const turn_streams *self);
/* Connections that were dropped because of the two limits, so far. */
guint64 turn_streams_dropped(const turn_streams *self);
/* Connections that are being followed, and the bytes they hold. */
guint turn_streams_count(const turn_streams *self);
gsize turn_streams_memory(const turn_streams *self);

#endif
