/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "analyzer/packet.h"

#include "analyzer/bytes.h"
#include "analyzer/link.h"
#include <string.h>

#define UDP_HEADER  8u
#define TCP_HEADER  20u
#define ICMP_HEADER 8u /* with the unused field, MTU or pointer in front of the quoted packet */

/* Most of STUN's transaction id and the sequence number of RTP in ChannelData lie within. More
 * would tell copies apart whose interfaces cut packets at different places. */
#define IDENTITY_PAYLOAD 16u

static void set_payload(packet *self, gsize header, gsize reported) {
    self->payload = self->ip.payload + MIN(header, self->ip.captured);
    self->reported = reported;
    self->captured = MIN(self->ip.captured - MIN(header, self->ip.captured), reported);
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
    self->source_port = bytes_u16(ip->payload);
    self->destination_port = bytes_u16(ip->payload + 2);
    self->checksum = bytes_u16(ip->payload + 6);
    self->flags = 0;
    self->seq = 0;
    self->ack = 0;
    set_payload(self, UDP_HEADER, length - UDP_HEADER);
    return PACKET_UDP;
}

static packet_kind decode_tcp(packet *self) {
    const ip_datagram *ip = &self->ip;
    gsize header;

    if (ip->captured < TCP_HEADER) {
        return PACKET_OTHER;
    }
    header = (gsize)(ip->payload[12] >> 4) * 4;
    if (header < TCP_HEADER || header > ip->reported) {
        return PACKET_OTHER;
    }
    self->source_port = bytes_u16(ip->payload);
    self->destination_port = bytes_u16(ip->payload + 2);
    self->seq = bytes_u32(ip->payload + 4);
    self->ack = bytes_u32(ip->payload + 8);
    self->flags = ip->payload[13];
    self->checksum = bytes_u16(ip->payload + 16);
    set_payload(self, header, ip->reported - header);
    return PACKET_TCP;
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
    self->source_port = 0;
    self->destination_port = 0;
    self->checksum = bytes_u16(ip->payload + 2);
    self->flags = 0;
    self->seq = 0;
    self->ack = 0;
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

static turn_flow flow_of(const ip_datagram *ip, guint16 source, guint16 destination) {
    turn_flow flow = {.transport =
                          ip->protocol == IP_TCP ? TURN_TRANSPORT_TCP : TURN_TRANSPORT_UDP};

    if (ip->version == 4) {
        flow.source = stun_address_ipv4(ip->addresses, source);
        flow.destination = stun_address_ipv4(ip->addresses + 4, destination);
    } else {
        flow.source = stun_address_ipv6(ip->addresses, source);
        flow.destination = stun_address_ipv6(ip->addresses + 16, destination);
    }
    return flow;
}

turn_flow packet_flow(const packet *self) {
    return flow_of(&self->ip, self->source_port, self->destination_port);
}

gboolean packet_icmp_error(const packet *self, turn_icmp_error *error) {
    ip_datagram quoted;

    if (!ip_decode(self->payload, self->captured, self->reported, &quoted) || quoted.offset != 0 ||
        quoted.captured < 4 || (quoted.protocol != IP_UDP && quoted.protocol != IP_TCP)) {
        return FALSE;
    }
    *error = (turn_icmp_error){
        .version = self->ip.version,
        .type = self->ip.payload[0],
        .code = self->ip.payload[1],
        .about = flow_of(&quoted, bytes_u16(quoted.payload), bytes_u16(quoted.payload + 2))};
    return TRUE;
}

/* One round of a multiplicative hash; the shift brings the well mixed upper half down. */
static guint64 mix(guint64 state, guint64 value) {
    state = (state ^ value) * G_GUINT64_CONSTANT(0x9E3779B97F4A7C15);
    return state ^ state >> 32;
}

/* Where offloading leaves the same checksum in all packets, the payload alone tells them apart.
 * Two lanes, since every packet comes here and each round waits for the one before. */
static guint64 mix_payload(guint64 state, const packet *self) {
    guint8 head[IDENTITY_PAYLOAD] = {0};

    if (self->captured < MIN(self->reported, IDENTITY_PAYLOAD)) {
        return state; /* another interface may have cut it elsewhere */
    }
    memcpy(head, self->payload, MIN(self->captured, sizeof head));
    return mix(mix(state, bytes_u64(head)), bytes_u64(head + 8));
}

guint64 packet_identity(const packet *self) {
    const ip_datagram *ip = &self->ip;
    guint64 state = (guint64)ip->protocol << 8 | ip->version;

    for (gsize at = 0; at < 2 * ip_address_size(ip); at += 8) {
        state = mix(state, bytes_u64(ip->addresses + at));
    }
    state = mix(state,
                (guint64)self->source_port << 48 | (guint64)self->destination_port << 32 | ip->id);
    state = mix(state, (guint64)self->checksum << 32 | (guint32)self->reported);
    if (ip->protocol == IP_TCP) {
        state = mix(state, (guint64)self->seq << 32 | self->ack);
        state = mix(state, self->flags);
    } else {
        state = mix_payload(state, self);
    }
    return state != 0 ? state : 1;
}
