/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "analyzer/redact/redact_packet.h"

#include "analyzer/link.h"
#include "analyzer/redact/redact_ip.h"
#include "analyzer/redact/redact_neighbour.h"
#include "turn/bytes.h"
#include <pcap/dlt.h>

#define MAC_SIZE          6u
#define ARPHRD_ETHER      1u
#define SLL_HARDWARE      2u /* offsets of the hardware's type, of the address length and of 8 bytes */
#define SLL_LENGTH        4u /* for an address; draft of "Linux cooked capture" at tcpdump.org */
#define SLL_ADDRESS       6u
#define SLL_HEADER        16u
#define SLL2_HARDWARE     8u
#define SLL2_LENGTH       11u
#define SLL2_ADDRESS      12u
#define SLL2_HEADER       20u
#define ADDRESS_FIELD     8u
#define ETHERNET_START    14u
#define IPV4_END          20u /* of the destination address in a packet */
#define IPV6_END          40u
#define LAST_BRIDGE_GROUP 0x2Fu
#define ETHERTYPE_ARP     0x0806u

static void redact_mac(stand_ins *names, redact_region field) {
    if (field.captured < MAC_SIZE) {
        region_blank(field);
    } else {
        stand_ins_hardware(names, field.after);
    }
}

/* Groups that are the same everywhere: broadcast, and those of bridges, IEEE 802.1Q section 8.6.3.
 */
static gboolean is_known_group(const guint8 *mac) {
    static const guint8 broadcast[MAC_SIZE] = {0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF};
    static const guint8 bridges[] = {0x01, 0x80, 0xC2, 0x00, 0x00};

    return memcmp(mac, broadcast, MAC_SIZE) == 0 ||
           (memcmp(mac, bridges, sizeof bridges) == 0 && mac[MAC_SIZE - 1] <= LAST_BRIDGE_GROUP);
}

/* How many bytes in front say that the others are from the address of an IP group: RFC 1112 section
 * 6.4, RFC 2464 section 7; 0 when they are not. */
static gsize mapped_prefix(const guint8 *mac) {
    static const guint8 ipv4[] = {0x01, 0x00, 0x5E};
    static const guint8 ipv6[] = {0x33, 0x33};

    if (memcmp(mac, ipv4, sizeof ipv4) == 0 && (mac[3] & 0x80u) == 0) {
        return sizeof ipv4;
    }
    return memcmp(mac, ipv6, sizeof ipv6) == 0 ? sizeof ipv6 : 0;
}

static void redact_destination(stand_ins *names, redact_region field) {
    const gsize prefix = field.captured < MAC_SIZE ? 0 : mapped_prefix(field.before);

    if (prefix > 0) {
        guint8 *end = field.after + prefix;

        stand_ins_digest(names, field.before, MAC_SIZE, end, MAC_SIZE - prefix);
        *end &= prefix == 3 ? 0x7Fu : 0xFFu;
    } else if (field.captured < MAC_SIZE || !is_known_group(field.before)) {
        redact_mac(names, field);
    }
}

/* The end of a group's hardware address is that of the IP address, as that is now. */
static void follow_group(redact_region frame, redact_region packet) {
    const gsize prefix = frame.captured >= MAC_SIZE ? mapped_prefix(frame.before) : 0;
    const gsize end = prefix == 3 ? IPV4_END : IPV6_END;
    const guint version = packet.captured > 0 ? packet.before[0] >> 4 : 0;
    const gsize size = MAC_SIZE - prefix;

    if (prefix > 0 && version == (prefix == 3 ? 4 : 6) && packet.captured >= end) {
        guint8 *low = frame.after + prefix;

        memcpy(low, packet.after + end - size, size);
        *low &= prefix == 3 ? 0x7Fu : 0xFFu;
    }
}

/* The address field of a cooked header, in which any kind of hardware has its own addresses. */
static void redact_cooked(stand_ins *names, redact_region field, guint hardware, guint length) {
    if (hardware == ARPHRD_ETHER && length == MAC_SIZE) {
        redact_mac(names, region_head(field, MAC_SIZE));
        region_blank(region_from(field, MAC_SIZE));
    } else {
        region_blank(field);
    }
}

/* Returns how many bytes stand in front of the type field or the payload at least. */
static gsize redact_link(stand_ins *names, int link_type, redact_region frame) {
    const guint8 *bytes = frame.before;

    switch (link_type) {
    case DLT_EN10MB:
        redact_destination(names, region_head(frame, MAC_SIZE));
        redact_mac(names, region_head(region_from(frame, MAC_SIZE), MAC_SIZE));
        return ETHERNET_START;
    case DLT_LINUX_SLL:
        if (frame.captured >= SLL_HEADER) {
            redact_cooked(names, region_head(region_from(frame, SLL_ADDRESS), ADDRESS_FIELD),
                          bytes_u16(bytes + SLL_HARDWARE), bytes_u16(bytes + SLL_LENGTH));
        }
        return SLL_HEADER;
    case DLT_LINUX_SLL2:
        if (frame.captured >= SLL2_HEADER) {
            redact_cooked(names, region_head(region_from(frame, SLL2_ADDRESS), ADDRESS_FIELD),
                          bytes_u16(bytes + SLL2_HARDWARE), bytes[SLL2_LENGTH]);
        }
        return SLL2_HEADER;
    case DLT_NULL:
    case DLT_LOOP:
        return 4;
    default:
        return 0;
    }
}

/* Whether the payload at AT is ARP: the type stands in front of it, in SLL2 without tags at the
 * beginning. */
static gboolean is_arp(int link_type, redact_region frame, gsize at) {
    const gsize type = link_type == DLT_LINUX_SLL2 && at == SLL2_HEADER ? 0 : at - 2;

    switch (link_type) {
    case DLT_EN10MB:
    case DLT_LINUX_SLL:
    case DLT_LINUX_SLL2:
        return at >= 2 && at <= frame.captured && bytes_u16(frame.before + type) == ETHERTYPE_ARP;
    default:
        return FALSE;
    }
}

void redact_packet(const redact_by *by, int link_type, redact_region frame, gint64 time) {
    const redact_ip_context in = {.by = by, .time = time};
    const gsize header = redact_link(by->names, link_type, frame);
    gboolean found;
    const gsize at = link_find_ip(link_type, frame.before, frame.captured, &found);

    if (found) {
        redact_ip(&in, region_from(frame, at));
        if (link_type == DLT_EN10MB) {
            follow_group(frame, region_from(frame, at));
        }
    } else if (frame.captured < header) {
        region_blank(frame); /* addresses may be cut */
    } else if (is_arp(link_type, frame, at)) {
        redact_arp(by->names, region_from(frame, at));
    } else {
        region_blank(region_from(frame, MAX(at, header)));
    }
}
