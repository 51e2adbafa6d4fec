/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * A UDP datagram or TCP segment as the layer below hands it over; packet.flow.transport tells
 * which. A view over borrowed bytes; knows nothing of what they mean. */
#ifndef TURN_SEGMENT_H
#define TURN_SEGMENT_H

#include "turn/packet.h"

enum {
    TURN_SEGMENT_FIN = 0x01,
    TURN_SEGMENT_SYN = 0x02,
    TURN_SEGMENT_RST = 0x04,
    TURN_SEGMENT_ACK = 0x10
};

typedef struct turn_segment {
    turn_packet packet;  /* where it was seen; its identity is not filled in */
    guint32 ip_id;       /* 16 bits in IPv4, 32 in an IPv6 datagram that was in fragments, else 0 */
    guint16 checksum;    /* of UDP or TCP, as on the wire */
    guint8 flags;        /* TCP: TURN_SEGMENT_..., others may be set */
    guint32 seq;         /* TCP, host order */
    guint32 ack;         /* TCP, host order */
    const guint8 *bytes; /* payload, borrowed for the call */
    gsize captured;      /* how many of them are there */
    gsize reported;      /* how many were on the wire, never less than CAPTURED */
} turn_segment;

/* For turn_packet.identity: from the headers that a router or a mirror port leaves alone, and but
 * for TCP from the first bytes of the payload. Two packets whose sender uses no IP id and which
 * begin with the same 16 bytes look alike. Never 0. */
guint64 turn_segment_identity(const turn_segment *segment);
/* Fills in what SEEN, the packet that the segment came in, has of it. */
void turn_segment_identify(const turn_segment *segment, turn_packet *seen);

#endif
