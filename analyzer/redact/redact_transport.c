/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "analyzer/redact/redact_ip.h"

#include "analyzer/packet.h"
#include "analyzer/redact/redact_neighbour.h"
#include "analyzer/redact/redact_payload.h"
#include "analyzer/redact/redact_segment.h"
#include "turn/bytes.h"

#define PORTS         4u
#define UDP_HEADER    8u
#define UDP_CHECKSUM  6u
#define TCP_HEADER    20u
#define TCP_CHECKSUM  16u
#define ICMP_CHECKSUM 2u
#define ICMP_HEADER   8u

static void add_payload(redact_sum *to, redact_region covered) {
    redact_sum_add(to, covered.before, covered.after, covered.captured);
}

/* Bytes behind the length that UDP has itself are covered by no checksum. */
static void redact_udp(const redact_ip_context *in, const packet *decoded, redact_region datagram,
                       redact_sum addresses) {
    const redact_region payload = region_from(datagram, UDP_HEADER);
    const gsize length = decoded->segment.reported;

    redact_payload(in->by->names, payload.after, decoded->segment.captured, length);
    region_blank(region_from(payload, length));
    add_payload(&addresses, region_head(datagram, UDP_HEADER + length));
    redact_sum_apply_udp(addresses, datagram.after + UDP_CHECKSUM);
}

/* RFC 9293 section 3.1, RFC 7323, RFC 2018. Of another length they are nobody knows what. */
static gboolean is_harmless_option(guint8 kind, gsize length) {
    switch (kind) {
    case 2: /* maximum segment size */
        return length == 4;
    case 3: /* window scale */
        return length == 3;
    case 4: /* SACK permitted */
        return length == 2;
    case 5: /* SACK: up to four blocks */
        return length > 2 && length <= 34 && length % 8 == 2;
    case 8: /* timestamps */
        return length == 10;
    default:
        return FALSE;
    }
}

static void redact_tcp_options(redact_region options) {
    gsize at = 0;

    while (at < options.captured && options.before[at] != 0) {
        gsize length = 1;

        if (options.before[at] != 1) {
            length = at + 1 < options.captured ? options.before[at + 1] : 0;
            if (length < 2 || length > options.captured - at) {
                break;
            }
        }
        if (!is_harmless_option(options.before[at], length)) {
            memset(options.after + at, 1, length);
        }
        at += length;
    }
    region_blank(region_from(options, at));
}

static void redact_tcp(const redact_ip_context *in, const packet *decoded, redact_region segment,
                       redact_sum addresses) {
    const turn_segment *seen = &decoded->segment;
    const gsize header = (gsize)(segment.before[12] >> 4) * 4;
    const redact_region payload = region_from(segment, header);

    redact_tcp_options(region_from(region_head(segment, header), TCP_HEADER));
    redact_segment(in->by->names, in->by->streams, seen, in->time, payload);
    add_payload(&addresses, segment);
    redact_sum_apply(addresses, segment.after + TCP_CHECKSUM);
}

/* UDP or TCP that is cut within its header or contradicts itself: ports and numbers stay. */
static void redact_incomplete(redact_region head, gsize header, gsize checksum,
                              redact_sum addresses) {
    region_blank(region_from(head, header));
    add_payload(&addresses, head);
    if (head.captured < checksum + 2) {
        return;
    }
    if (checksum == UDP_CHECKSUM) {
        redact_sum_apply_udp(addresses, head.after + checksum);
    } else {
        redact_sum_apply(addresses, head.after + checksum);
    }
}

enum {
    ICMP_ECHO_REPLY = 0,
    ICMP_UNREACHABLE = 3,
    ICMP_REDIRECT = 5,
    ICMP_ECHO = 8,
    ICMP_TIME_EXCEEDED = 11,
    ICMP_PARAMETER = 12,
    ICMP6_UNREACHABLE = 1,
    ICMP6_TOO_BIG = 2,
    ICMP6_TIME_EXCEEDED = 3,
    ICMP6_PARAMETER = 4,
    ICMP6_ECHO = 128,
    ICMP6_REPLY = 129
};
/* The code of ICMP_UNREACHABLE that has an MTU, RFC 1191. */
#define FRAGMENTATION_NEEDED 4u

/* Which of the bytes 4 to 7 of an error mean something, a bit for each from the first on: the MTU,
 * the pointer, the length of RFC 4884. An MTU or a pointer beyond 16 bits is none. */
static guint used_bytes(const ip_datagram *ip, const guint8 *icmp) {
    if (ip->version == 4) {
        switch (icmp[0]) {
        case ICMP_UNREACHABLE:
            return icmp[1] == FRAGMENTATION_NEEDED ? 0xEu : 0x2u;
        case ICMP_TIME_EXCEEDED:
            return 0x2u;
        case ICMP_PARAMETER:
            return 0x3u;
        default:
            return 0;
        }
    }
    switch (icmp[0]) {
    case ICMP6_UNREACHABLE:
    case ICMP6_TIME_EXCEEDED:
        return 0x1u;
    case ICMP6_TOO_BIG:
    case ICMP6_PARAMETER:
        return 0xCu;
    default:
        return 0;
    }
}

static void blank_unused(const ip_datagram *ip, redact_region icmp) {
    const guint used = used_bytes(ip, icmp.before);

    for (guint i = 4; i < MIN(ICMP_HEADER, icmp.captured); i++) {
        if ((used & (1u << (i - 4))) == 0) {
            icmp.after[i] = 0;
        }
    }
}

/* The quoted packet; extensions (RFC 4884) behind it are blanked. */
static void redact_quote(const redact_ip_context *in, const ip_datagram *ip, redact_region icmp) {
    const redact_ip_context inside = {.by = in->by, .time = in->time, .quotes = in->quotes + 1};
    const redact_region quote = region_from(icmp, ICMP_HEADER);
    const gsize declared = ip->version == 4 ? icmp.before[5] * 4u : icmp.before[4] * 8u;
    const gboolean extended = ip->version == 4 ? icmp.before[0] != ICMP_REDIRECT
                                               : icmp.before[0] == 1 || icmp.before[0] == 3;

    if (in->quotes >= REDACT_MAX_QUOTES) {
        region_blank(quote);
    } else if (extended && declared > 0) {
        redact_region head = region_head(quote, declared);

        head.reported = quote.reported;
        redact_ip(&inside, head);
        region_blank(region_from(quote, declared));
    } else {
        redact_ip(&inside, quote);
    }
}

static gboolean is_echo(const ip_datagram *ip, guint8 type) {
    return ip->version == 4 ? type == ICMP_ECHO || type == ICMP_ECHO_REPLY
                            : type == ICMP6_ECHO || type == ICMP6_REPLY;
}

static void redact_icmp_body(const redact_ip_context *in, const ip_datagram *ip, packet_kind kind,
                             redact_region icmp) {
    const guint8 type = icmp.before[0];

    if (kind == PACKET_ICMP_ERROR) {
        blank_unused(ip, icmp);
        redact_quote(in, ip, icmp);
    } else if (is_echo(ip, type)) {
        region_blank(region_from(icmp, ICMP_HEADER));
    } else if (ip->version == 4 && type == ICMP_REDIRECT && icmp.captured >= ICMP_HEADER) {
        redact_address(in->by->names, icmp.after + 4, 4);
        redact_quote(in, ip, icmp);
    } else if (ip->version == 4 || !redact_neighbour(in, icmp)) {
        region_blank(region_from(icmp, 4));
    }
}

static void redact_icmp(const redact_ip_context *in, const ip_datagram *ip, packet_kind kind,
                        redact_region icmp, redact_sum addresses) {
    redact_sum changed = ip->version == 6 ? addresses : 0;

    if (icmp.captured < ICMP_CHECKSUM + 2) {
        return;
    }
    redact_icmp_body(in, ip, kind, icmp);
    add_payload(&changed, icmp);
    redact_sum_apply(changed, icmp.after + ICMP_CHECKSUM);
}

void redact_transport_begun(const ip_datagram *ip, redact_region payload, redact_sum addresses) {
    if (ip->protocol == IP_UDP) {
        redact_incomplete(payload, UDP_HEADER, UDP_CHECKSUM, addresses);
    } else if (ip->protocol == IP_TCP) {
        redact_incomplete(payload, TCP_HEADER, TCP_CHECKSUM, addresses);
    } else {
        region_blank(payload);
    }
}

/* Fragments may contradict each other, and then anything may stand in front of one. */
static gboolean is_header(const ip_datagram *ip, redact_region payload) {
    const guint8 *at = payload.before;

    if (ip->protocol == IP_UDP) {
        return payload.captured >= UDP_HEADER && bytes_u16(at + 4) >= payload.reported;
    }
    return payload.captured >= TCP_HEADER && (at[12] & 0x0fu) == 0 && at[12] >> 4 >= 5;
}

void redact_transport_first(const ip_datagram *ip, redact_region payload, redact_sum addresses) {
    if (is_header(ip, payload)) {
        redact_transport_begun(ip, payload, addresses);
    } else if (ip->protocol == IP_UDP || ip->protocol == IP_TCP) {
        region_blank(region_from(payload, PORTS));
    } else {
        region_blank(payload);
    }
}

void redact_transport(const redact_ip_context *in, const ip_datagram *ip, redact_region payload,
                      redact_sum addresses) {
    packet decoded = {.ip = *ip};
    const packet_kind kind = packet_decode_datagram(&decoded);

    if (kind == PACKET_UDP) {
        redact_udp(in, &decoded, payload, addresses);
    } else if (kind == PACKET_TCP) {
        redact_tcp(in, &decoded, payload, addresses);
    } else if (ip->protocol == IP_UDP || ip->protocol == IP_TCP) {
        redact_transport_begun(ip, payload, addresses);
    } else if (ip->protocol == (ip->version == 4 ? IP_ICMP : IP_ICMPV6)) {
        redact_icmp(in, ip, kind, payload, addresses);
    } else {
        region_blank(payload);
    }
}
