/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "analyzer/link.h"

#include "turn/bytes.h"
#include <pcap/dlt.h>

#define ETHERTYPE_IPV4 0x0800u
#define ETHERTYPE_IPV6 0x86DDu

/* 802.1Q allows two tags; providers stack more. A frame of nothing but tags ends here. */
#define VLAN_TAGS_MAX 8

gboolean link_is_known(int link_type) {
    switch (link_type) {
    case DLT_EN10MB:
    case DLT_LINUX_SLL:
    case DLT_LINUX_SLL2:
    case DLT_RAW:
    case DLT_IPV4:
    case DLT_IPV6:
    case DLT_NULL:
    case DLT_LOOP:
        return TRUE;
    default:
        return FALSE;
    }
}

static gboolean is_vlan_tag(guint16 type) {
    return type == 0x8100 || type == 0x88A8 || type == 0x9100 || type == 0x9200;
}

/* TYPE stands in front of byte AT. Each tag has 2 bytes of its own and the next type. */
static gsize skip_tags(const guint8 *bytes, gsize captured, guint16 type, gsize at,
                       gboolean *found) {
    for (int tag = 0; tag < VLAN_TAGS_MAX && is_vlan_tag(type) && captured >= at + 4; tag++) {
        type = bytes_u16(bytes + at + 2);
        at += 4;
    }
    *found = type == ETHERTYPE_IPV4 || type == ETHERTYPE_IPV6;
    return at;
}

/* The type field stands at TYPE_AT, the payload begins at PAYLOAD_AT. */
static gsize find_by_type(const guint8 *bytes, gsize captured, gsize type_at, gsize payload_at,
                          gboolean *found) {
    if (captured < payload_at) {
        *found = FALSE;
        return 0;
    }
    return skip_tags(bytes, captured, bytes_u16(bytes + type_at), payload_at, found);
}

/* The number is in the byte order of the capturing machine, and each system has its own for IPv6.
 */
static gboolean is_ip_family(guint32 family) {
    guint32 value = family <= G_MAXUINT16 ? family : GUINT32_SWAP_LE_BE(family);

    return value == 2 || value == 10 || value == 23 || value == 24 || value == 28 || value == 30;
}

gsize link_find_ip(int link_type, const guint8 *bytes, gsize captured, gboolean *found) {
    switch (link_type) {
    case DLT_EN10MB:
        return find_by_type(bytes, captured, 12, 14, found);
    case DLT_LINUX_SLL:
        return find_by_type(bytes, captured, 14, 16, found);
    case DLT_LINUX_SLL2:
        return find_by_type(bytes, captured, 0, 20, found);
    case DLT_NULL:
    case DLT_LOOP:
        *found = captured >= 4 && is_ip_family(bytes_u32(bytes));
        return 4;
    case DLT_RAW:
    case DLT_IPV4:
    case DLT_IPV6:
        *found = TRUE;
        return 0;
    default:
        *found = FALSE;
        return 0;
    }
}
