/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * One captured frame as UDP, TCP or an ICMP error. A packet is a view over borrowed bytes; nothing
 * is allocated and nothing is remembered from one packet to the next. */
#ifndef ANALYZER_PACKET_H
#define ANALYZER_PACKET_H

#include "analyzer/ip.h"
#include "turn/tracker.h"

typedef enum packet_kind {
    PACKET_OTHER, /* not IP, another protocol, damaged or cut within its headers */
    PACKET_UDP,
    PACKET_TCP,
    PACKET_ICMP_ERROR, /* that quotes UDP or TCP */
    PACKET_FRAGMENT    /* only IP is filled in: fragments.h goes on */
} packet_kind;

enum { PACKET_FIN = 0x01, PACKET_SYN = 0x02, PACKET_RST = 0x04, PACKET_ACK = 0x10 };

typedef struct packet {
    ip_datagram ip;
    guint16 source_port;
    guint16 destination_port;
    guint16 checksum;      /* of UDP, TCP or ICMP, as on the wire */
    guint8 flags;          /* TCP: PACKET_... */
    guint32 seq;           /* TCP */
    guint32 ack;           /* TCP */
    const guint8 *payload; /* of UDP or TCP */
    gsize captured;        /* bytes of the payload that may be read */
    gsize reported;        /* bytes of the payload on the wire, never less than CAPTURED */
} packet;

/* Reads the frame of LINK_TYPE (DLT_...) at BYTES. */
packet_kind packet_decode(int link_type, const guint8 *bytes, gsize captured, gsize reported,
                          packet *self);

/* Reads what self->ip holds, for a datagram that was put together from fragments. */
packet_kind packet_decode_datagram(packet *self);

/* The 5-tuple, from the sender to the receiver. */
turn_flow packet_flow(const packet *self);

/* Of a PACKET_ICMP_ERROR: what it says about which packet. FALSE when the quoted packet is not the
 * beginning of UDP or TCP. */
gboolean packet_icmp_error(const packet *self, turn_icmp_error *error);

/* For turn_packet.identity: from the headers that a router or a mirror port leaves alone, and but
 * for TCP from the first bytes of the payload. Two packets whose sender uses no IP id and which
 * begin with the same 16 bytes look alike. */
guint64 packet_identity(const packet *self);

#endif
