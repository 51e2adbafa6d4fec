/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "analyzer/redact/redact_neighbour.h"

#define MAC_SIZE      6u
#define IPV6_SIZE     16u
#define ARP_HEADER    8u
#define ARP_SENDER    8u /* hardware and IP address, then those of the target */
#define ARP_TARGET    18u
#define ARP_END       28u
#define OPTION_HEADER 2u
#define OPTION_UNIT   8u

static void redact_ipv4_address(stand_ins *names, redact_region field) {
    if (field.captured == 4) {
        redact_address(names, field.after, 4);
    } else {
        region_blank(field);
    }
}

static void redact_hardware(stand_ins *names, redact_region field) {
    static const guint8 broadcast[MAC_SIZE] = {0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF};

    if (field.captured < MAC_SIZE) {
        region_blank(field);
    } else if (memcmp(field.before, broadcast, MAC_SIZE) != 0) {
        stand_ins_hardware(names, field.after);
    }
}

static void redact_end(stand_ins *names, redact_region both) {
    redact_hardware(names, region_head(both, MAC_SIZE));
    redact_ipv4_address(names, region_head(region_from(both, MAC_SIZE), 4));
}

void redact_arp(stand_ins *names, redact_region packet) {
    static const guint8 ethernet_ipv4[] = {0, 1, 8, 0, MAC_SIZE, 4};

    if (packet.captured < ARP_HEADER ||
        memcmp(packet.before, ethernet_ipv4, sizeof ethernet_ipv4) != 0) {
        region_blank(region_from(packet, ARP_HEADER));
        return;
    }
    redact_end(names, region_from(region_head(packet, ARP_TARGET), ARP_SENDER));
    redact_end(names, region_from(region_head(packet, ARP_END), ARP_TARGET));
    region_blank(region_from(packet, ARP_END));
}

enum {
    ROUTER_SOLICITATION = 133,
    ROUTER_ADVERTISEMENT,
    NEIGHBOUR_SOLICITATION,
    NEIGHBOUR_ADVERTISEMENT,
    REDIRECT
};

enum { SOURCE_ADDRESS = 1, TARGET_ADDRESS, PREFIX, REDIRECTED, MTU };

/* By type, a message up to its options: its size, 0 where it is none of these; how many addresses
 * it ends with, and which of the bytes from the fifth on, those of the addresses aside, mean
 * something, a bit for each. */
static const struct {
    guint8 size;
    guint8 addresses;
    guint16 used;
} messages[] = {
    [ROUTER_SOLICITATION] = {8, 0, 0},
    [ROUTER_ADVERTISEMENT] = {16, 0, 0xFFF},
    [NEIGHBOUR_SOLICITATION] = {24, 1, 0},
    [NEIGHBOUR_ADVERTISEMENT] = {24, 1, 0x1},
    [REDIRECT] = {40, 2, 0},
};

/* Blanks each byte from OFFSET on, up to END, whose bit is not in USED. */
static void blank_unused(redact_region of, gsize offset, gsize end, guint used) {
    for (gsize at = offset; at < MIN(end, of.captured); at++) {
        if ((used >> (at - offset) & 1u) == 0) {
            of.after[at] = 0;
        }
    }
}

static void redact_link_address(stand_ins *names, redact_region option) {
    if (option.reported == OPTION_UNIT) {
        redact_hardware(names, region_from(option, OPTION_HEADER));
    } else {
        region_blank(region_from(option, OPTION_HEADER));
    }
}

/* Its length and flags, two times, four unused bytes, and the prefix. */
static void redact_prefix(stand_ins *names, redact_region option) {
    if (option.captured < 32) {
        region_blank(region_from(option, OPTION_HEADER));
        return;
    }
    blank_unused(option, 12, 16, 0);
    redact_address(names, option.after + 16, IPV6_SIZE);
    if (memcmp(option.before + 24, (guint8[8]){0}, 8) == 0) {
        memset(option.after + 24, 0, 8); /* a network has no host */
    }
    region_blank(region_from(option, 32));
}

static void redact_redirected(const redact_ip_context *in, redact_region option) {
    const redact_ip_context inside = {.by = in->by, .time = in->time, .quotes = in->quotes + 1};

    blank_unused(option, OPTION_HEADER, OPTION_UNIT, 0);
    if (in->quotes >= REDACT_MAX_QUOTES) {
        region_blank(region_from(option, OPTION_UNIT));
    } else {
        redact_ip(&inside, region_from(option, OPTION_UNIT));
    }
}

static void redact_option(const redact_ip_context *in, redact_region option) {
    switch (option.before[0]) {
    case SOURCE_ADDRESS:
    case TARGET_ADDRESS:
        redact_link_address(in->by->names, option);
        break;
    case PREFIX:
        redact_prefix(in->by->names, option);
        break;
    case REDIRECTED:
        redact_redirected(in, option);
        break;
    case MTU:
        blank_unused(option, OPTION_HEADER, 4, 0);
        region_blank(region_from(option, OPTION_UNIT));
        break;
    default:
        region_blank(region_from(option, OPTION_HEADER));
        break;
    }
}

static void redact_options(const redact_ip_context *in, redact_region options) {
    while (options.captured >= OPTION_HEADER && options.before[1] > 0) {
        const gsize size = options.before[1] * (gsize)OPTION_UNIT;

        redact_option(in, region_head(options, size));
        options = region_from(options, size);
    }
    region_blank(options);
}

gboolean redact_neighbour(const redact_ip_context *in, redact_region icmp) {
    const guint8 type = icmp.before[0];
    const gsize size = type < G_N_ELEMENTS(messages) ? messages[type].size : 0;
    gsize addresses;

    if (size == 0 || icmp.captured < size) {
        return FALSE;
    }
    addresses = size - (gsize)messages[type].addresses * IPV6_SIZE;
    blank_unused(icmp, 4, addresses, messages[type].used);
    for (gsize at = addresses; at < size; at += IPV6_SIZE) {
        redact_address(in->by->names, icmp.after + at, IPV6_SIZE);
    }
    redact_options(in, region_from(icmp, size));
    return TRUE;
}
