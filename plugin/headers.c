/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "plugin/headers.h"

#include <epan/dissectors/packet-ip.h>

#define UDP_HEADER 8u
#define TCP_HEADER 20u

static gboolean address_of(const address *from, guint16 port, stun_address *to) {
    if (from->type == AT_IPv4 && from->len == 4) {
        *to = stun_address_ipv4(from->data, port);
        return TRUE;
    }
    if (from->type == AT_IPv6 && from->len == 16) {
        *to = stun_address_ipv6(from->data, port);
        return TRUE;
    }
    return FALSE;
}

gboolean mstun_flow_of(const packet_info *pinfo, turn_transport transport, guint16 source,
                       guint16 destination, turn_flow *flow) {
    flow->transport = transport;
    return address_of(&pinfo->src, source, &flow->source) &&
           address_of(&pinfo->dst, destination, &flow->destination);
}

/* Damaged captures have times that no 64 bits of nanoseconds hold. */
turn_packet mstun_packet_of(const packet_info *pinfo, const turn_flow *flow) {
    const gint64 second = G_GINT64_CONSTANT(1000000000);
    const gint64 most = G_MAXINT64 / second / 4; /* sums and differences of times fit too */

    return (turn_packet){.frame = pinfo->num,
                         .time = CLAMP((gint64)pinfo->abs_ts.secs, -most, most) * second +
                                 pinfo->abs_ts.nsecs,
                         .flow = *flow};
}

/* What both transports' headers begin with. FALSE when the packet is none for turn/. */
static gboolean read_header(tvbuff_t *tvb, const packet_info *pinfo, turn_transport transport,
                            guint header, turn_segment *segment) {
    turn_flow flow;

    if (tvb_captured_length(tvb) < header || pinfo->fragmented ||
        !mstun_flow_of(pinfo, transport, tvb_get_ntohs(tvb, 0), tvb_get_ntohs(tvb, 2), &flow)) {
        return FALSE;
    }
    *segment = (turn_segment){.packet = mstun_packet_of(pinfo, &flow)};
    return TRUE;
}

static tvbuff_t *set_payload(tvbuff_t *tvb, guint header, guint reported, turn_segment *segment) {
    tvbuff_t *payload = tvb_new_subset_length(tvb, (gint)header, (gint)reported);

    segment->captured = tvb_captured_length(payload);
    segment->reported = reported;
    segment->bytes =
        segment->captured > 0 ? tvb_get_ptr(payload, 0, (gint)segment->captured) : NULL;
    return payload;
}

guint32 mstun_ip_id(void *data) {
    const ws_ip4 *ip = WS_IP4_PTR(data);

    return ip != NULL ? ip->ip_id : 0;
}

/* As turnpcap reads it: a length that does not fit yields to that of IP. */
tvbuff_t *mstun_read_udp(tvbuff_t *tvb, const packet_info *pinfo, turn_segment *segment) {
    guint length;

    if (!read_header(tvb, pinfo, TURN_TRANSPORT_UDP, UDP_HEADER, segment)) {
        return NULL;
    }
    length = tvb_get_ntohs(tvb, 4);
    if (length < UDP_HEADER || length > tvb_reported_length(tvb)) {
        length = tvb_reported_length(tvb);
    }
    segment->checksum = tvb_get_ntohs(tvb, 6);
    return set_payload(tvb, UDP_HEADER, length - UDP_HEADER, segment);
}

tvbuff_t *mstun_read_tcp(tvbuff_t *tvb, const packet_info *pinfo, turn_segment *segment) {
    guint header;

    if (!read_header(tvb, pinfo, TURN_TRANSPORT_TCP, TCP_HEADER, segment)) {
        return NULL;
    }
    header = (guint)(tvb_get_ntohs(tvb, 12) >> 12) * 4;
    if (header < TCP_HEADER || header > tvb_reported_length(tvb)) {
        return NULL;
    }
    segment->seq = tvb_get_ntohl(tvb, 4);
    segment->ack = tvb_get_ntohl(tvb, 8);
    segment->flags = (guint8)(tvb_get_ntohs(tvb, 12) & 0xff);
    segment->checksum = tvb_get_ntohs(tvb, 16);
    return header > tvb_captured_length(tvb)
               ? NULL
               : set_payload(tvb, header, tvb_reported_length(tvb) - header, segment);
}
