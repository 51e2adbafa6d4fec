/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * One captured frame as UDP, TCP or an ICMP error. A packet is a view over borrowed bytes; nothing
 * is allocated and nothing is remembered from one packet to the next. */
#ifndef ANALYZER_PACKET_H
#define ANALYZER_PACKET_H

#include "analyzer/ip.h"
#include "turn/segment.h"
#include "turn/tracker.h"

typedef enum packet_kind {
    PACKET_OTHER, /* not IP, another protocol, damaged or cut within its headers */
    PACKET_UDP,
    PACKET_TCP,
    PACKET_ICMP_ERROR, /* that quotes UDP or TCP */
    PACKET_FRAGMENT    /* only IP is filled in: fragments.h goes on */
} packet_kind;

typedef struct packet {
    ip_datagram ip;
    turn_segment segment; /* but where it was seen: that is the caller's. Of an ICMP error it holds
                             who sent it, ports 0, and what follows the ICMP header */
} packet;

/* Reads the frame of LINK_TYPE (DLT_...) at BYTES. */
packet_kind packet_decode(int link_type, const guint8 *bytes, gsize captured, gsize reported,
                          packet *self);

/* Reads what self->ip holds, for a datagram that was put together from fragments. */
packet_kind packet_decode_datagram(packet *self);

/* Of a PACKET_ICMP_ERROR: what it says about which packet. FALSE when the quoted packet is not the
 * beginning of UDP or TCP. */
gboolean packet_icmp_error(const packet *self, turn_icmp_error *error);

#endif
