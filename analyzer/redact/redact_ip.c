/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "analyzer/redact/redact_ip.h"

#include "turn/bytes.h"

#define IPV4_HEADER    20u
#define IPV4_CHECKSUM  10u
#define IPV4_ADDRESSES 12u
#define IPV6_HEADER    40u
#define IPV6_ADDRESSES 8u

enum {
    HEADER_HOP_BY_HOP = 0,
    HEADER_ROUTING = 43,
    HEADER_FRAGMENT = 44,
    HEADER_AUTHENTICATION = 51,
    HEADER_DESTINATION = 60
};

/* RFC 791, RFC 2113 */
enum {
    OPTION_END = 0,
    OPTION_NOP = 1,
    OPTION_LOOSE_ROUTE = 131,
    OPTION_STRICT_ROUTE = 137,
    OPTION_ROUTER_ALERT = 148
};
enum { OPTION_PAD_ONE = 0, OPTION_PAD_N = 1 }; /* RFC 8200 section 4.2 */
/* Types of routing headers: RFC 2460, RFC 6275, RFC 8754. */
enum { ROUTING_SOURCE = 0, ROUTING_MOBILE = 2, ROUTING_SEGMENTS = 4 };

void redact_address(stand_ins *names, guint8 *address, gsize size) {
    stun_address held = size == 4 ? stun_address_ipv4(address, 0) : stun_address_ipv6(address, 0);

    stand_ins_address(names, &held);
    memcpy(address, held.bytes, size);
}

static void redact_addresses(const redact_ip_context *in, redact_region both, gsize size) {
    redact_address(in->by->names, both.after, size);
    redact_address(in->by->names, both.after + size, size);
}

/* The difference in what UDP and TCP count: the source at OFFSET, and the address that the packet
 * was and is on its way to in the end. */
static redact_sum address_difference(redact_region header, gsize offset, gsize was, gsize is,
                                     gsize size) {
    redact_sum changed = 0;

    redact_sum_add(&changed, header.before + offset, header.after + offset, size);
    redact_sum_add(&changed, header.before + was, header.after + is, size);
    return changed;
}

/* RFC 2113: no other length and no other value means anything. */
static gboolean is_router_alert(const guint8 *option, gsize length) {
    static const guint8 alert[] = {OPTION_ROUTER_ALERT, 4, 0, 0};

    return length == sizeof alert && memcmp(option, alert, sizeof alert) == 0;
}

/* Routes and time stamps hold addresses. */
static void redact_options(redact_region options) {
    gsize at = 0;

    while (at < options.captured && options.before[at] != OPTION_END) {
        const guint8 kind = options.before[at];
        gsize length = 1;

        if (kind != OPTION_NOP) {
            length = at + 1 < options.captured ? options.before[at + 1] : 0;
        }
        if (length == 0 || length > options.captured - at) {
            break;
        }
        if (!is_router_alert(options.before + at, length)) {
            memset(options.after + at, OPTION_NOP, length);
        }
        at += length;
    }
    region_blank(region_from(options, at));
}

/* Hop-by-hop and destination options become one that pads. */
static void redact_padding(redact_region header) {
    const redact_region options = region_from(header, 2);
    const guint8 padding[2] = {
        OPTION_PAD_N, (guint8)MIN(options.reported - MIN(options.reported, 2), G_MAXUINT8)};

    region_blank(options);
    if (options.captured >= sizeof padding) {
        memcpy(options.after, padding, sizeof padding);
    }
}

/* Type and what is left stay; each 16 bytes behind them are taken for an address, and may be
 * anything. */
static void redact_routing(const redact_ip_context *in, redact_region header) {
    redact_region rest = region_from(header, 8);

    region_blank(region_head(region_from(header, 4), 4));
    while (rest.captured >= 16) {
        stun_address held = stun_address_ipv6(rest.before, 0);

        stand_ins_told_address(in->by->names, &held);
        memcpy(rest.after, held.bytes, 16);
        rest = region_from(rest, 16);
    }
    region_blank(rest);
}

/* Bytes of the extension header that begins with the region; 0 when it is none. */
static gsize extension_size(guint8 protocol, redact_region header) {
    const gsize units = header.captured >= 2 ? header.before[1] : 0;

    switch (protocol) {
    case HEADER_HOP_BY_HOP:
    case HEADER_ROUTING:
    case HEADER_DESTINATION:
        return (units + 1) * 8;
    case HEADER_AUTHENTICATION:
        return (units + 2) * 4;
    case HEADER_FRAGMENT:
        return 8;
    default:
        return 0;
    }
}

static void redact_extension(const redact_ip_context *in, guint8 protocol, redact_region header) {
    switch (protocol) {
    case HEADER_HOP_BY_HOP:
    case HEADER_DESTINATION:
        redact_padding(header);
        break;
    case HEADER_ROUTING:
        redact_routing(in, header);
        break;
    case HEADER_AUTHENTICATION:
        region_blank(region_from(header, 4));
        break;
    default:
        break;
    }
}

/* The extension headers between *PROTOCOL, which the header in front has, and END. */
static void redact_extensions(const redact_ip_context *in, guint8 protocol, redact_region chain,
                              const guint8 *end) {
    while (chain.before < end) {
        const gsize size = extension_size(protocol, chain);

        if (size == 0) {
            return;
        }
        redact_extension(in, protocol, region_head(chain, size));
        protocol = chain.before[0];
        chain = region_from(chain, size);
    }
}

static redact_region region_of_payload(const ip_datagram *ip, redact_region packet) {
    redact_region payload = region_from(packet, (gsize)(ip->payload - packet.before));

    payload.captured = ip->captured;
    payload.reported = ip->reported;
    return payload;
}

typedef struct whole_context {
    const redact_ip_context *in;
    redact_sum addresses;
} whole_context;

/* The datagram that fragments make together, in place. */
static void redact_assembled(gpointer data, const ip_datagram *whole, guint8 *bytes, gint64 time) {
    const whole_context *of = data;
    const redact_ip_context in = {.by = of->in->by, .time = time, .quotes = of->in->quotes};
    g_autofree guint8 *before = g_memdup2(bytes, MAX(whole->captured, 1));
    redact_region all = {
        .before = before, .after = bytes, .captured = whole->captured, .reported = whole->reported};
    ip_datagram inner = *whole;

    inner.payload = before;
    if (inner.version == 6) {
        if (!ip_skip_extensions(&inner) || inner.fragment) {
            region_blank(all);
            return;
        }
        redact_extensions(&in, whole->protocol, all, inner.payload);
    }
    redact_transport(&in, &inner, region_of_payload(&inner, all), of->addresses);
}

static void redact_fragment(const redact_ip_context *in, const ip_datagram *ip,
                            redact_region payload, redact_sum addresses) {
    whole_context of = {.in = in, .addresses = addresses};

    region_blank(payload);
    if (in->by->wholes != NULL && in->quotes == 0 &&
        redact_wholes_lay(in->by->wholes, ip, in->time, redact_assembled, &of, payload)) {
        return;
    }
    if (ip->offset == 0 && payload.captured > 0) {
        memcpy(payload.after, payload.before, payload.captured);
        redact_transport_first(ip, payload, addresses);
    }
}

/* Where in the header the address stands that the packet goes to in the end: the last one of a
 * source route that is not done, RFC 791 section 3.1. */
static gsize final_address4(redact_region header) {
    const guint8 *bytes = header.before;
    gsize at = IPV4_HEADER;

    while (at + 3 <= header.captured && bytes[at] != OPTION_END) {
        const gsize length = bytes[at] == OPTION_NOP ? 1 : bytes[at + 1];

        if (length == 0 || length > header.captured - at) {
            break;
        }
        if ((bytes[at] == OPTION_LOOSE_ROUTE || bytes[at] == OPTION_STRICT_ROUTE) && length >= 7 &&
            length % 4 == 3 && bytes[at + 2] <= length) {
            return at + length - 4;
        }
        at += length;
    }
    return IPV4_ADDRESSES + 4;
}

/* The same of IPv6: the last one of a routing header that has some left, RFC 8200 section 8.1, and
 * of segment routing the first, RFC 8754 section 2. */
static gsize final_address6(redact_region header) {
    redact_region chain = region_from(header, IPV6_HEADER);
    guint8 protocol = header.before[6];
    gsize size = extension_size(protocol, chain);

    while (size > 0 && size <= chain.captured) {
        const gsize at = (gsize)(chain.before - header.before);

        if (protocol == HEADER_ROUTING && size >= 24 && chain.before[3] > 0) {
            switch (chain.before[2]) {
            case ROUTING_SOURCE:
            case ROUTING_MOBILE:
                return at + 8 + (size - 8) / 16 * 16 - 16;
            case ROUTING_SEGMENTS:
                return at + 8;
            default:
                break;
            }
        }
        protocol = chain.before[0];
        chain = region_from(chain, size);
        size = extension_size(protocol, chain);
    }
    return IPV6_ADDRESSES + 16;
}

/* No route is left among the options. */
static redact_sum redact_header4(const redact_ip_context *in, redact_region header) {
    redact_sum changed = 0;

    redact_addresses(in, region_head(region_from(header, IPV4_ADDRESSES), 8), 4);
    redact_options(region_from(header, IPV4_HEADER));
    redact_sum_add(&changed, header.before, header.after, header.captured);
    redact_sum_apply(changed, header.after + IPV4_CHECKSUM);
    return address_difference(header, IPV4_ADDRESSES, final_address4(header), IPV4_ADDRESSES + 4,
                              4);
}

static redact_sum redact_header6(const redact_ip_context *in, redact_region header) {
    const gsize end = final_address6(header);

    redact_extensions(in, header.before[6], region_from(header, IPV6_HEADER),
                      header.before + header.captured);
    redact_addresses(in, region_head(region_from(header, IPV6_ADDRESSES), 32), 16);
    return address_difference(header, IPV6_ADDRESSES, end, end, 16);
}

void redact_ip(const redact_ip_context *in, redact_region packet) {
    ip_datagram ip;
    redact_region payload;
    redact_region header;
    redact_sum addresses;

    if (!ip_decode(packet.before, packet.captured, packet.reported, &ip)) {
        region_blank(packet);
        return;
    }
    payload = region_of_payload(&ip, packet);
    header = region_head(packet, (gsize)(ip.payload - packet.before));
    addresses = ip.version == 4 ? redact_header4(in, header) : redact_header6(in, header);
    if (ip.fragment) {
        redact_fragment(in, &ip, payload, addresses);
    } else {
        redact_transport(in, &ip, payload, addresses);
    }
    region_blank(region_from(packet, header.captured + payload.reported));
}
