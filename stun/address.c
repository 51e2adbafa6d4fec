/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "stun/address.h"

#include <stdio.h>
#include <string.h>

#define IPV4_SIZE   4u
#define IPV6_SIZE   16u
#define IPV6_GROUPS 8u

stun_address stun_address_ipv4(const uint8_t address[4], uint16_t port) {
    stun_address out = {.family = STUN_FAMILY_IPV4, .port = port};
    memcpy(out.bytes, address, IPV4_SIZE);
    return out;
}

stun_address stun_address_ipv6(const uint8_t address[16], uint16_t port) {
    stun_address out = {.family = STUN_FAMILY_IPV6, .port = port};
    memcpy(out.bytes, address, IPV6_SIZE);
    return out;
}

size_t stun_address_size(const stun_address *address) {
    switch (address->family) {
    case STUN_FAMILY_IPV4:
        return IPV4_SIZE;
    case STUN_FAMILY_IPV6:
        return IPV6_SIZE;
    case STUN_FAMILY_NONE:
        break;
    }
    return 0;
}

bool stun_address_same_host(const stun_address *a, const stun_address *b) {
    return a->family == b->family && memcmp(a->bytes, b->bytes, stun_address_size(a)) == 0;
}

bool stun_address_equal(const stun_address *a, const stun_address *b) {
    return a->port == b->port && stun_address_same_host(a, b);
}

int stun_address_compare(const stun_address *a, const stun_address *b) {
    if (a->family != b->family) {
        return a->family < b->family ? -1 : 1;
    }
    int order = memcmp(a->bytes, b->bytes, stun_address_size(a));
    if (order != 0) {
        return order;
    }
    return (int)a->port - (int)b->port;
}

typedef struct prefix {
    stun_family family;
    unsigned bits;
    uint8_t bytes[IPV6_SIZE];
} prefix;

static const prefix private_prefixes[] = {
    {STUN_FAMILY_IPV4, 8, {10}},                    /* RFC 1918 */
    {STUN_FAMILY_IPV4, 12, {172, 16}},              /* RFC 1918 */
    {STUN_FAMILY_IPV4, 16, {192, 168}},             /* RFC 1918 */
    {STUN_FAMILY_IPV4, 10, {100, 64}},              /* RFC 6598 */
    {STUN_FAMILY_IPV4, 8, {127}},                   /* RFC 1122 section 3.2.1.3 */
    {STUN_FAMILY_IPV4, 16, {169, 254}},             /* RFC 3927 */
    {STUN_FAMILY_IPV6, 128, {[IPV6_SIZE - 1] = 1}}, /* RFC 4291 section 2.5.3 */
    {STUN_FAMILY_IPV6, 10, {0xfe, 0x80}},           /* RFC 4291 section 2.5.6 */
    {STUN_FAMILY_IPV6, 7, {0xfc}},                  /* RFC 4193 */
};

static bool has_prefix(const stun_address *address, const prefix *range) {
    size_t whole = range->bits / 8;
    unsigned rest = range->bits % 8;
    if (address->family != range->family || memcmp(address->bytes, range->bytes, whole) != 0) {
        return false;
    }
    if (rest == 0) {
        return true;
    }
    unsigned mask = 0xffu << (8 - rest) & 0xffu;
    return (address->bytes[whole] & mask) == range->bytes[whole];
}

bool stun_address_is_private(const stun_address *address) {
    for (size_t i = 0; i < sizeof private_prefixes / sizeof private_prefixes[0]; i++) {
        if (has_prefix(address, &private_prefixes[i])) {
            return true;
        }
    }
    return false;
}

static unsigned group_at(const uint8_t *bytes, size_t group) {
    return (unsigned)bytes[2 * group] << 8 | bytes[2 * group + 1];
}

/* The first of the longest runs of zero groups; a single group is not shortened. RFC 5952
 * sections 4.2.2 and 4.2.3. */
static size_t longest_zero_run(const uint8_t *bytes, size_t *start) {
    size_t best = 1;
    size_t run = 0;
    *start = IPV6_GROUPS;
    for (size_t group = 0; group < IPV6_GROUPS; group++) {
        run = group_at(bytes, group) == 0 ? run + 1 : 0;
        if (run > best) {
            best = run;
            *start = group + 1 - run;
        }
    }
    return best;
}

static void format_ipv4(const uint8_t *bytes, char *out, size_t size) {
    snprintf(out, size, "%u.%u.%u.%u", bytes[0], bytes[1], bytes[2], bytes[3]);
}

static void format_ipv6(const uint8_t *bytes, char *out, size_t size) {
    static const uint8_t mapped[12] = {[10] = 0xff, [11] = 0xff};
    char text[STUN_ADDRESS_TEXT] = "";
    size_t used = 0;
    size_t start = 0;
    size_t run = longest_zero_run(bytes, &start);
    bool is_mapped = memcmp(bytes, mapped, sizeof mapped) == 0;

    for (size_t group = 0; group < (is_mapped ? 6 : IPV6_GROUPS); group++) {
        if (group == start) {
            used += (size_t)snprintf(text + used, sizeof text - used, "::");
            group += run - 1;
            continue;
        }
        bool first = used == 0 || text[used - 1] == ':';
        used += (size_t)snprintf(text + used, sizeof text - used, "%s%x", first ? "" : ":",
                                 group_at(bytes, group));
    }
    if (is_mapped) { /* RFC 5952 section 5 */
        text[used++] = ':';
        format_ipv4(bytes + sizeof mapped, text + used, sizeof text - used);
    }
    snprintf(out, size, "%s", text);
}

void stun_address_format_host(const stun_address *address, char *out, size_t size) {
    if (address->family == STUN_FAMILY_IPV4) {
        format_ipv4(address->bytes, out, size);
    } else if (address->family == STUN_FAMILY_IPV6) {
        format_ipv6(address->bytes, out, size);
    } else {
        snprintf(out, size, "%s", "");
    }
}

void stun_address_format(const stun_address *address, char *out, size_t size) {
    char host[STUN_ADDRESS_TEXT];
    stun_address_format_host(address, host, sizeof host);
    if (address->family == STUN_FAMILY_IPV4) {
        snprintf(out, size, "%s:%u", host, address->port);
    } else if (address->family == STUN_FAMILY_IPV6) {
        snprintf(out, size, "[%s]:%u", host, address->port);
    } else {
        snprintf(out, size, "%s", "");
    }
}
