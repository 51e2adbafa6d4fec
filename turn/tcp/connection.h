/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * One TCP connection, followed segment by segment: turn_tracker_tcp() events, both streams put in
 * order, units cut. Inside turn/tcp/ only. */
#ifndef TURN_TCP_CONNECTION_H
#define TURN_TCP_CONNECTION_H

#include "turn/segment.h"
#include "turn/tcp/held.h"
#include "turn/tcp/stream.h"
#include "turn/tcp/units.h"

/* To be zeroed before it is begun. */
typedef struct tcp_connection {
    turn_flow flow; /* of side 0: who was seen first */
    gboolean established;
    gboolean closed;      /* by a reset */
    gboolean fin[2];      /* the event was passed on */
    gboolean syn_seen[2]; /* SYN or SYN-ACK */
    guint32 isn[2];       /* of that */
    guint64 missing;      /* of connections of the same two ends before it */
    turn_held held[2];
    turn_stream streams[2];
    turn_units units;
} tcp_connection;

/* TRACKER is borrowed. FLOW is that of the first segment, and TURN_PORT as in units.h. */
void tcp_connection_begin(tcp_connection *self, turn_tracker *tracker, const turn_flow *flow,
                          gboolean turn_port, const turn_mark *mark);
void tcp_connection_clear(tcp_connection *self);

/* SEGMENT is of its 5-tuple; MARK has the segment's identity. */
void tcp_connection_segment(tcp_connection *self, const turn_segment *segment,
                            const turn_mark *mark);
/* Hands out what waits in both directions. */
void tcp_connection_flush(tcp_connection *self, const turn_mark *mark);

/* Bytes that are not in the capture, so far. */
guint64 tcp_connection_missing(const tcp_connection *self);
/* Bytes that wait to become units. */
gsize tcp_connection_memory(const tcp_connection *self);
/* Whether bytes of flow.source's direction wait. */
gboolean tcp_connection_is_waiting(const tcp_connection *self, const turn_flow *flow);

#endif
