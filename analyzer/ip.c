/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "analyzer/ip.h"

#include "turn/bytes.h"

#define IPV4_HEADER 20u
#define IPV6_HEADER 40u

/* More extension headers than any sender has use for. */
#define EXTENSIONS_MAX 16

enum {
    EXTENSION_HOP_BY_HOP = 0,
    EXTENSION_ROUTING = 43,
    EXTENSION_FRAGMENT = 44,
    EXTENSION_AUTHENTICATION = 51,
    EXTENSION_DESTINATION = 60
};

/* The payload is what lies between HEADER and TOTAL. */
static void set_payload(ip_datagram *datagram, const guint8 *bytes, gsize captured, gsize header,
                        gsize total) {
    datagram->payload = bytes + header;
    datagram->reported = total - header;
    datagram->captured = MIN(captured - header, datagram->reported);
}

static gboolean decode_ipv4(const guint8 *bytes, gsize captured, gsize reported,
                            ip_datagram *datagram) {
    gsize header;
    gsize total;
    guint16 fragment;

    if (captured < IPV4_HEADER) {
        return FALSE;
    }
    header = (gsize)(bytes[0] & 0x0F) * 4;
    total = bytes_u16(bytes + 2);
    if (total == 0) {
        total = reported;
    }
    if (header < IPV4_HEADER || total < header || captured < header) {
        return FALSE;
    }
    fragment = bytes_u16(bytes + 6);
    datagram->version = 4;
    datagram->protocol = bytes[9];
    datagram->id = bytes_u16(bytes + 4);
    datagram->offset = (guint32)(fragment & 0x1FFF) * 8;
    datagram->more = (fragment & 0x2000) != 0;
    datagram->fragment = datagram->more || datagram->offset != 0;
    datagram->addresses = bytes + 12;
    set_payload(datagram, bytes, captured, header, total);
    return TRUE;
}

static gboolean skip(ip_datagram *datagram, gsize length) {
    if (datagram->captured < length) {
        return FALSE;
    }
    datagram->protocol = datagram->payload[0];
    datagram->payload += length;
    datagram->captured -= length;
    datagram->reported -= length;
    return TRUE;
}

/* A fragment header with nothing before or behind it is a whole datagram, RFC 6946. */
static gboolean skip_fragment_header(ip_datagram *datagram) {
    guint16 field;

    if (datagram->captured < 8) {
        return FALSE;
    }
    field = bytes_u16(datagram->payload + 2);
    datagram->id = bytes_u32(datagram->payload + 4);
    datagram->offset = field & 0xFFF8u;
    datagram->more = (field & 1) != 0;
    datagram->fragment = datagram->more || datagram->offset != 0;
    return skip(datagram, 8);
}

gboolean ip_skip_extensions(ip_datagram *datagram) {
    for (int i = 0; i < EXTENSIONS_MAX; i++) {
        gsize units = datagram->captured >= 2 ? datagram->payload[1] : 0;
        gboolean read;

        switch (datagram->protocol) {
        case EXTENSION_HOP_BY_HOP:
        case EXTENSION_ROUTING:
        case EXTENSION_DESTINATION:
            read = skip(datagram, (units + 1) * 8);
            break;
        case EXTENSION_AUTHENTICATION:
            read = skip(datagram, (units + 2) * 4);
            break;
        case EXTENSION_FRAGMENT:
            read = skip_fragment_header(datagram);
            break;
        default:
            return TRUE;
        }
        if (!read || datagram->fragment) {
            return read;
        }
    }
    return FALSE;
}

static gboolean decode_ipv6(const guint8 *bytes, gsize captured, gsize reported,
                            ip_datagram *datagram) {
    gsize total;

    if (captured < IPV6_HEADER) {
        return FALSE;
    }
    total = IPV6_HEADER + bytes_u16(bytes + 4);
    if (total == IPV6_HEADER) {
        total = MAX(reported, IPV6_HEADER);
    }
    datagram->version = 6;
    datagram->protocol = bytes[6];
    datagram->id = 0;
    datagram->offset = 0;
    datagram->more = FALSE;
    datagram->fragment = FALSE;
    datagram->addresses = bytes + 8;
    set_payload(datagram, bytes, captured, IPV6_HEADER, total);
    return ip_skip_extensions(datagram);
}

gboolean ip_decode(const guint8 *bytes, gsize captured, gsize reported, ip_datagram *datagram) {
    if (captured == 0) {
        return FALSE;
    }
    switch (bytes[0] >> 4) {
    case 4:
        return decode_ipv4(bytes, captured, reported, datagram);
    case 6:
        return decode_ipv6(bytes, captured, reported, datagram);
    default:
        return FALSE;
    }
}
