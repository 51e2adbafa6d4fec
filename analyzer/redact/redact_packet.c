/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "analyzer/redact/redact_packet.h"

#include "analyzer/link.h"
#include "analyzer/redact/redact_ip.h"
#include "turn/bytes.h"
#include <pcap/dlt.h>

#define MAC_SIZE       6u
#define ARPHRD_ETHER   1u
#define SLL_HARDWARE   2u /* offsets of the hardware's type, of the address length and of 8 bytes */
#define SLL_LENGTH     4u /* for an address; draft of "Linux cooked capture" at tcpdump.org */
#define SLL_ADDRESS    6u
#define SLL_HEADER     16u
#define SLL2_HARDWARE  8u
#define SLL2_LENGTH    11u
#define SLL2_ADDRESS   12u
#define SLL2_HEADER    20u
#define ADDRESS_FIELD  8u
#define ETHERNET_START 14u

static void redact_mac(stand_ins *names, redact_region field) {
    static const guint8 broadcast[MAC_SIZE] = {0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF};

    if (field.captured < MAC_SIZE) {
        region_blank(field);
    } else if (memcmp(field.before, broadcast, MAC_SIZE) != 0) {
        stand_ins_hardware(names, field.after);
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
        redact_mac(names, region_head(frame, MAC_SIZE));
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

void redact_packet(const redact_by *by, int link_type, redact_region frame, gint64 time) {
    const redact_ip_context in = {.by = by, .time = time};
    const gsize header = redact_link(by->names, link_type, frame);
    gboolean found;
    const gsize at = link_find_ip(link_type, frame.before, frame.captured, &found);

    if (found) {
        redact_ip(&in, region_from(frame, at));
    } else if (frame.captured < header) {
        region_blank(frame); /* addresses may be cut */
    } else {
        region_blank(region_from(frame, MAX(at, header)));
    }
}
