/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * IPv4 and IPv6 headers. A datagram is a view over borrowed bytes; nothing is allocated. What was
 * on the wire and what the capture holds of it are kept apart all the way. */
#ifndef ANALYZER_IP_H
#define ANALYZER_IP_H

#include <glib.h>

enum { IP_ICMP = 1, IP_TCP = 6, IP_UDP = 17, IP_ICMPV6 = 58 };

typedef struct ip_datagram {
    guint8 version;  /* 4 or 6 */
    guint8 protocol; /* of the payload: behind the extension headers, but for a fragment as the
                        fragment header has it */
    gboolean fragment;
    gboolean more;           /* it is not the last fragment */
    guint32 offset;          /* of the fragment, in bytes */
    guint32 id;              /* 16 bits in IPv4, 32 in an IPv6 fragment, else 0 */
    const guint8 *addresses; /* source, then destination; 4 or 16 bytes each */
    const guint8 *payload;
    gsize captured; /* bytes of the payload that may be read */
    gsize reported; /* bytes of the payload on the wire, never less than CAPTURED */
} ip_datagram;

/* Reads the header at BYTES, of which CAPTURED of REPORTED are there. Ethernet padding does not
 * count: the length in the header decides, except 0, which an offloading sender leaves and which
 * means "to the end of the frame". FALSE when it is not IP, contradicts itself or is cut within its
 * headers. RFC 791, RFC 8200. */
gboolean ip_decode(const guint8 *bytes, gsize captured, gsize reported, ip_datagram *datagram);

/* Moves over the IPv6 extension headers at the beginning of the payload, for a datagram that has
 * just been put together. FALSE as above. */
gboolean ip_skip_extensions(ip_datagram *datagram);

/* Bytes of one address: 4 or 16. */
static inline gsize ip_address_size(const ip_datagram *datagram) {
    return datagram->version == 4 ? 4 : 16;
}

#endif
