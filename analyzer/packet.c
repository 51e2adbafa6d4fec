/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "analyzer/packet.h"

#include "analyzer/link.h"
#include "turn/bytes.h"
#include <string.h>

#define UDP_HEADER  8u
#define TCP_HEADER  20u
#define ICMP_HEADER 8u /* with the unused field, MTU or pointer in front of the quoted packet */

/* In place and in a few instructions: every packet comes here. */
static inline void set_flow(turn_flow *flow, turn_transport transport, const ip_datagram *ip,
                            guint16 source, guint16 destination) {
    const stun_family family = ip->version == 4 ? STUN_FAMILY_IPV4 : STUN_FAMILY_IPV6;

    flow->transport = transport;
    flow->source = (stun_address){.family = family, .port = source};
    flow->destination = (stun_address){.family = family, .port = destination};
    if (family == STUN_FAMILY_IPV4) {
        memcpy(flow->source.bytes, ip->addresses, 4);
        memcpy(flow->destination.bytes, ip->addresses + 4, 4);
    } else {
        memcpy(flow->source.bytes, ip->addresses, 16);
        memcpy(flow->destination.bytes, ip->addresses + 16, 16);
    }
}

static void set_payload(packet *self, gsize header, gsize reported) {
    const ip_datagram *ip = &self->ip;
    turn_segment *segment = &self->segment;

    segment->bytes = ip->payload + MIN(header, ip->captured);
    segment->reported = reported;
    segment->captured = MIN(ip->captured - MIN(header, ip->captured), reported);
}

/* What only TCP has is 0 elsewhere. */
static void set_datagram(packet *self, guint16 source, guint16 destination, guint16 checksum) {
    set_flow(&self->segment.packet.flow, TURN_TRANSPORT_UDP, &self->ip, source, destination);
    self->segment.packet.identity = 0;
    self->segment.ip_id = self->ip.id;
    self->segment.checksum = checksum;
    self->segment.flags = 0;
    self->segment.seq = 0;
    self->segment.ack = 0;
}

/* A length that does not fit (0 from an offloading sender among them) yields to that of IP. */
static packet_kind decode_udp(packet *self) {
    const ip_datagram *ip = &self->ip;
    gsize length;

    if (ip->captured < UDP_HEADER) {
        return PACKET_OTHER;
    }
    length = bytes_u16(ip->payload + 4);
    if (length < UDP_HEADER || length > ip->reported) {
        length = ip->reported;
    }
    set_datagram(self, bytes_u16(ip->payload), bytes_u16(ip->payload + 2),
                 bytes_u16(ip->payload + 6));
    set_payload(self, UDP_HEADER, length - UDP_HEADER);
    return PACKET_UDP;
}

static packet_kind decode_tcp(packet *self) {
    const ip_datagram *ip = &self->ip;
    turn_segment *segment = &self->segment;
    gsize header;

    if (ip->captured < TCP_HEADER) {
        return PACKET_OTHER;
    }
    header = (gsize)(ip->payload[12] >> 4) * 4;
    if (header < TCP_HEADER || header > ip->reported) {
        return PACKET_OTHER;
    }
    set_flow(&segment->packet.flow, TURN_TRANSPORT_TCP, ip, bytes_u16(ip->payload),
             bytes_u16(ip->payload + 2));
    segment->packet.identity = 0;
    segment->ip_id = ip->id;
    segment->seq = bytes_u32(ip->payload + 4);
    segment->ack = bytes_u32(ip->payload + 8);
    segment->flags = ip->payload[13];
    segment->checksum = bytes_u16(ip->payload + 16);
    set_payload(self, header, ip->reported - header);
    return PACKET_TCP;
}

/* RFC 1191 section 4 for IPv4 (0 from routers that do not know of it), RFC 4443 section 3.2. */
static guint icmp_mtu(const ip_datagram *ip) {
    if (ip->version == 4) {
        return ip->payload[0] == 3 && ip->payload[1] == 4 ? bytes_u16(ip->payload + 6) : 0;
    }
    return ip->payload[0] == 2 ? bytes_u32(ip->payload + 4) : 0;
}

/* The types that report on a packet, RFC 792 and RFC 4443. */
static gboolean is_icmp_error(const ip_datagram *ip) {
    guint8 type = ip->payload[0];

    if (ip->version == 4) {
        return type == 3 || type == 11 || type == 12;
    }
    return type >= 1 && type <= 4;
}

static packet_kind decode_icmp(packet *self) {
    const ip_datagram *ip = &self->ip;

    if (ip->captured < ICMP_HEADER || !is_icmp_error(ip)) {
        return PACKET_OTHER;
    }
    set_datagram(self, 0, 0, bytes_u16(ip->payload + 2));
    set_payload(self, ICMP_HEADER, ip->reported - ICMP_HEADER);
    return PACKET_ICMP_ERROR;
}

packet_kind packet_decode_datagram(packet *self) {
    switch (self->ip.protocol) {
    case IP_UDP:
        return decode_udp(self);
    case IP_TCP:
        return decode_tcp(self);
    case IP_ICMP:
        return self->ip.version == 4 ? decode_icmp(self) : PACKET_OTHER;
    case IP_ICMPV6:
        return self->ip.version == 6 ? decode_icmp(self) : PACKET_OTHER;
    default:
        return PACKET_OTHER;
    }
}

packet_kind packet_decode(int link_type, const guint8 *bytes, gsize captured, gsize reported,
                          packet *self) {
    gboolean found;
    gsize at = link_find_ip(link_type, bytes, captured, &found);

    if (!found || !ip_decode(bytes + at, captured - at, reported - at, &self->ip)) {
        return PACKET_OTHER;
    }
    return self->ip.fragment ? PACKET_FRAGMENT : packet_decode_datagram(self);
}

gboolean packet_icmp_error(const packet *self, turn_icmp_error *error) {
    const turn_segment *segment = &self->segment;
    ip_datagram quoted;

    if (!ip_decode(segment->bytes, segment->captured, segment->reported, &quoted) ||
        quoted.offset != 0 || quoted.captured < 4 ||
        (quoted.protocol != IP_UDP && quoted.protocol != IP_TCP)) {
        return FALSE;
    }
    error->version = self->ip.version;
    error->type = self->ip.payload[0];
    error->code = self->ip.payload[1];
    error->mtu = icmp_mtu(&self->ip);
    set_flow(&error->about, quoted.protocol == IP_TCP ? TURN_TRANSPORT_TCP : TURN_TRANSPORT_UDP,
             &quoted, bytes_u16(quoted.payload), bytes_u16(quoted.payload + 2));
    return TRUE;
}
