/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The headers of UDP and TCP as turn/ wants them: read from the bytes, since Wireshark's own
 * dissectors have not been called yet, and as turnpcap reads them. */
#ifndef MSTUN_HEADERS_H
#define MSTUN_HEADERS_H

#include "plugin/mstun.h"
#include "turn/segment.h"

/* The 5-tuple of the packet's addresses and these ports. FALSE unless the addresses are of IP. */
gboolean mstun_flow_of(const packet_info *pinfo, turn_transport transport, guint16 source,
                       guint16 destination, turn_flow *flow);

/* Where FLOW was seen. */
turn_packet mstun_packet_of(const packet_info *pinfo, const turn_flow *flow);

/* Fills SEGMENT in, but for ip_id, from the datagram or segment in TVB; its bytes are borrowed from
 * the packet. Returns the payload; NULL, and SEGMENT is not to be used, when it is cut within its
 * header, a fragment, or not over IP. RFC 768, RFC 9293 section 3.1. */
tvbuff_t *mstun_read_udp(tvbuff_t *tvb, const packet_info *pinfo, turn_segment *segment);
tvbuff_t *mstun_read_tcp(tvbuff_t *tvb, const packet_info *pinfo, turn_segment *segment);

/* The identification of IPv4; 0 for IPv6. DATA is what Wireshark's IP dissectors hand on. */
guint32 mstun_ip_id(void *data);

#endif
