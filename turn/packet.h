/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Where a packet was seen: capture, frame, time and the two ends. Everything that turn/ takes in
 * carries one of these, and every piece of evidence that it gives out points back to one. */
#ifndef TURN_PACKET_H
#define TURN_PACKET_H

#include "stun/address.h"
#include <glib.h>

typedef enum turn_transport { TURN_TRANSPORT_UDP, TURN_TRANSPORT_TCP } turn_transport;

/* The 5-tuple, with a direction. */
typedef struct turn_flow {
    turn_transport transport;
    stun_address source;
    stun_address destination;
} turn_flow;

/* For hash tables: both directions of a 5-tuple are equal. Keys are turn_flow *. */
guint turn_flow_hash(gconstpointer flow);
gboolean turn_flow_equal(gconstpointer a, gconstpointer b);
turn_flow turn_flow_reversed(const turn_flow *flow);

typedef struct turn_packet {
    guint32 capture; /* index of the capture file, in the order given */
    guint32 frame;   /* from 1, as Wireshark counts them in that file */
    gint64 time;     /* nanoseconds since 1970-01-01 UTC, the packet's own */
    turn_flow flow;
    guint64 identity;    /* equal in copies of one packet (mirror ports, two interfaces), whatever
                            their TTL; different packets share it when headers and the beginning of
                            the payload are the same in them; 0 when it cannot be told */
    gboolean unnumbered; /* no IP id is in the identity: a sender's equal packets share it */
} turn_packet;

#endif
