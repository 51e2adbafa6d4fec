/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "analyzer/redact/stand_in_private.h"

#include <string.h>

#define SUBNET_IPV4 3u /* bytes of a /24 */
#define SUBNET_IPV6 8u /* bytes of a /64 */
#define HOSTS       256u
#define IPV6_SIZE   16u
/* The tag of groups that have stand-ins, where it is one by size else. */
#define TOLD 64u
/* How often the key is asked for another one that is free. */
#define MAX_ATTEMPTS 16u

/* What is done with the addresses of a range. */
typedef enum treatment {
    STAY,
    MOVE,     /* to another subnet, of the range TO */
    SWAP,     /* its subnets change places */
    LINK,     /* its hosts change places */
    EMBEDDED, /* the last four bytes are an IPv4 address */
    LOCAL,    /* the subnet stays where it says nothing, the host moves */
    GROUP
} treatment;

typedef struct range {
    guint8 from[16];
    guint8 bits;
    guint8 to_bits;
    guint8 first; /* SWAP and LINK: so many stay at the beginning of the range */
    guint8 last;  /* and at its end */
    treatment treatment;
    guint8 to[SUBNET_IPV6];
} range;

/* The first that fits. Classes are those of stun_address_is_private(). */
static const range ranges_ipv4[STAND_IN_RANGES] = {
    {{0}, 32, 0, 0, 0, STAY, {0}},                  /* RFC 1122 section 3.2.1.3 */
    {{255, 255, 255, 255}, 32, 0, 0, 0, STAY, {0}}, /* RFC 919 */
    {{127, 0, 0, 1}, 32, 0, 0, 0, STAY, {0}},       /* RFC 1122 section 3.2.1.3 */
    {{127, 0, 0}, 24, 0, 2, 1, LINK, {0}},          /* has the one above */
    {{127}, 8, 0, 1, 0, SWAP, {0}},                 /* has the one above */
    {{233}, 8, 0, 0, 0, SWAP, {0}},                 /* RFC 3180: the number of a network */
    {{234}, 8, 0, 0, 0, SWAP, {0}},                 /* RFC 6034: the prefix of a network */
    {{224}, 4, 0, 0, 0, STAY, {0}},                 /* RFC 1112 */
    {{10}, 8, 0, 0, 0, SWAP, {0}},                  /* RFC 1918 */
    {{172, 16}, 12, 0, 0, 0, SWAP, {0}},            /* RFC 1918 */
    {{192, 168}, 16, 0, 0, 0, SWAP, {0}},           /* RFC 1918 */
    {{100, 64}, 10, 0, 0, 0, SWAP, {0}},            /* RFC 6598 */
    {{169, 254}, 16, 0, 1, 1, LINK, {0}},           /* RFC 3927: one link, not subnets */
    {{0}, 0, 4, 0, 0, MOVE, {240}},                 /* RFC 1112: reserved */
};

static const range ranges_ipv6[] = {
    {{0}, 128, 0, 0, 0, STAY, {0}},                           /* RFC 4291 section 2.5.2 */
    {{[15] = 1}, 128, 0, 0, 0, STAY, {0}},                    /* RFC 4291 section 2.5.3 */
    {{[10] = 0xff, [11] = 0xff}, 96, 0, 0, 0, EMBEDDED, {0}}, /* RFC 4291 section 2.5.5.2 */
    {{0, 0x64, 0xff, 0x9b}, 96, 0, 0, 0, EMBEDDED, {0}},      /* RFC 6052 section 2.1 */
    {{0xff}, 8, 0, 0, 0, GROUP, {0}},                         /* RFC 4291 section 2.7 */
    {{0xfe, 0x80}, 10, 10, 0, 0, LOCAL, {0xfe, 0x80}},        /* RFC 4291 section 2.5.6 */
    {{0xfc}, 7, 8, 0, 0, MOVE, {0xfd}},                       /* RFC 4193 */
    {{0}, 0, 32, 0, 0, MOVE, {0x20, 0x01, 0x0d, 0xb8}},       /* RFC 3849 */
};

/* Copies the first BITS bits of FROM over those of TO. */
static void copy_bits(guint8 *to, const guint8 *from, guint bits) {
    const guint mask = 0xffu << (8 - bits % 8) & 0xffu;

    memcpy(to, from, bits / 8);
    if (bits % 8 != 0) {
        to[bits / 8] = (guint8)((from[bits / 8] & mask) | (to[bits / 8] & ~mask));
    }
}

static guint32 read_number(const guint8 *bytes, gsize size) {
    guint32 number = 0;

    for (gsize i = 0; i < size; i++) {
        number = number << 8 | bytes[i];
    }
    return number;
}

static const range *range_of(const range *table, const guint8 *bytes, gsize size) {
    for (;; table++) {
        guint8 as_if[16];

        memcpy(as_if, bytes, size);
        copy_bits(as_if, table->from, table->bits);
        if (memcmp(as_if, bytes, size) == 0) {
            return table;
        }
    }
}

static gboolean may_be(const guint8 *subnet, const guint8 *original, gsize size) {
    static const guint8 broadcast[SUBNET_IPV4] = {0xff, 0xff, 0xff};

    return memcmp(subnet, original, size) != 0 &&
           !(size == SUBNET_IPV4 && memcmp(subnet, broadcast, size) == 0);
}

/* The number behind SUBNET, within the bits that are not the range's own. */
static void next_subnet(guint8 *subnet, gsize size, const range *in) {
    for (gsize i = size; i-- > 0 && ++subnet[i] == 0;) {
    }
    copy_bits(subnet, in->to, in->to_bits);
}

static void make_one(const stand_ins *self, const range *in, guint attempt, const guint8 *original,
                     gsize size, guint8 *out) {
    stand_in_make(self, FOR_SUBNET, attempt, (stun_span){original, size}, out, size);
    copy_bits(out, in->to, in->to_bits);
}

/* Finds a subnet for ORIGINAL, another one for each of those that are remembered: the ranges have
 * at least sixteen times as many. */
static void make_subnet(const stand_ins *self, const range *in, const guint8 *original, gsize size,
                        guint8 *out) {
    const guint attempts = store_is_full(&self->subnets) ? 0 : MAX_ATTEMPTS;

    for (guint attempt = 0; attempt < attempts; attempt++) {
        make_one(self, in, attempt, original, size, out);
        if (may_be(out, original, size) &&
            !store_is_taken(&self->subnets, (guint)size, out, size)) {
            return;
        }
    }
    make_one(self, in, 0, original, size, out);
    while (!may_be(out, original, size)) {
        next_subnet(out, size, in);
    }
}

/* All numbers of BITS bits, but for those that stay, in one circle, in which each is followed by
 * the one that stands for it (Sattolo): none is its own, no two have the same, and it is all one in
 * which order they are met. */
static guint16 *make_order(const stand_ins *self, const range *in, guint bits) {
    const guint count = 1u << bits;
    g_autofree guint8 *numbers = g_malloc(4 * (gsize)count);
    guint16 *order = g_new(guint16, count);
    guint8 name[SUBNET_IPV4 + 2];

    memcpy(name, in->from, SUBNET_IPV4 + 1);
    name[SUBNET_IPV4 + 1] = in->bits;
    stand_in_make(self, FOR_ORDER, 0, (stun_span){name, sizeof name}, numbers, 4 * (gsize)count);
    for (guint i = 0; i < count; i++) {
        order[i] = (guint16)i;
    }
    for (guint i = count - 1 - in->last; i > in->first; i--) {
        const guint other = in->first + read_number(numbers + 4 * (gsize)i, 4) % (i - in->first);
        const guint16 number = order[i];

        order[i] = order[other];
        order[other] = number;
    }
    return order;
}

/* Writes what stands for the first SIZE bytes of ADDRESS over them, in the same range. */
static void change_place(stand_ins *self, const range *in, guint8 *address, gsize size) {
    const guint bits = 8 * (guint)size - in->bits;
    const guint32 mask = (1u << bits) - 1;
    guint16 **order = &self->orders[in - ranges_ipv4];
    guint32 number = read_number(address, size);

    if (*order == NULL) {
        *order = make_order(self, in, bits);
    }
    number = (number & ~mask) | (*order)[number & mask];
    for (gsize i = size; i-- > 0; number >>= 8) {
        address[i] = (guint8)number;
    }
}

/* Which host of a /24 stands for which: .0 and .255 for themselves, the others in an order that the
 * key gives (Fisher and Yates). */
static void make_hosts(const stand_ins *self, const guint8 *subnet, guint8 hosts[HOSTS]) {
    guint8 numbers[HOSTS][2];

    stand_in_make(self, FOR_HOSTS, 0, (stun_span){subnet, SUBNET_IPV4}, *numbers, sizeof numbers);
    for (guint i = 0; i < HOSTS; i++) {
        hosts[i] = (guint8)i;
    }
    for (guint i = HOSTS - 2; i > 1; i--) {
        const guint other = 1 + (numbers[i][0] * 256u + numbers[i][1]) % i;
        const guint8 host = hosts[i];

        hosts[i] = hosts[other];
        hosts[other] = host;
    }
}

static void remember(stand_ins *self, store *in, const guint8 *original, gsize original_size,
                     const guint8 *made, gsize size) {
    if (!store_add(in, (guint)original_size, original, original_size, made, size)) {
        self->not_remembered++;
    }
}

/* Writes the stand-in of the SIZE bytes of a subnet over them. */
static void move_subnet(stand_ins *self, const range *in, guint8 *subnet, gsize size) {
    const blob *known = store_find(&self->subnets, (guint)size, subnet, size);
    guint8 made[SUBNET_IPV6];

    if (known != NULL) {
        memcpy(subnet, known->bytes, size);
        return;
    }
    make_subnet(self, in, subnet, size, made);
    remember(self, &self->subnets, subnet, size, made, size);
    memcpy(subnet, made, size);
}

static guint8 host_for(stand_ins *self, const guint8 *subnet, guint8 host) {
    const blob *known = store_find(&self->hosts, SUBNET_IPV4, subnet, SUBNET_IPV4);
    guint8 made[HOSTS];

    if (known != NULL) {
        return known->bytes[host];
    }
    make_hosts(self, subnet, made);
    store_add(&self->hosts, SUBNET_IPV4, subnet, SUBNET_IPV4, made, sizeof made);
    return made[host];
}

static void replace_ipv4(stand_ins *self, guint8 *bytes) {
    const range *in = range_of(ranges_ipv4, bytes, SUBNET_IPV4 + 1);

    switch (in->treatment) {
    case MOVE:
        bytes[SUBNET_IPV4] = host_for(self, bytes, bytes[SUBNET_IPV4]);
        move_subnet(self, in, bytes, SUBNET_IPV4);
        return;
    case SWAP:
        bytes[SUBNET_IPV4] = host_for(self, bytes, bytes[SUBNET_IPV4]);
        change_place(self, in, bytes, SUBNET_IPV4);
        return;
    case LINK:
        change_place(self, in, bytes, SUBNET_IPV4 + 1);
        return;
    default:
        return;
    }
}

void stand_in_low24(const stand_ins *self, guint8 bytes[3]) {
    guint8 made[3];
    guint32 attempt = 0;

    do {
        stand_in_make(self, FOR_GROUP, attempt++, (stun_span){bytes, sizeof made}, made,
                      sizeof made);
    } while (memcmp(made, bytes, sizeof made) == 0);
    memcpy(bytes, made, sizeof made);
}

/* The last three bytes hang on the original's last three only, for solicited-node groups. */
static void replace_interface(const stand_ins *self, guint8 bytes[8]) {
    guint8 made[5];

    stand_in_make(self, FOR_INTERFACE, 0, (stun_span){bytes, 8}, made, sizeof made);
    memcpy(bytes, made, sizeof made);
    stand_in_low24(self, bytes + sizeof made);
}

/* Groups made of a prefix have it in bytes 4 to 11, whatever else they have: RFC 3306 section 4,
 * RFC 3956 section 3. */
static void replace_group(const stand_ins *self, guint8 *bytes) {
    static const guint8 solicited[13] = {0xff, 0x02, [11] = 0x01, [12] = 0xff};
    guint8 made[8];

    if (memcmp(bytes, solicited, sizeof solicited) == 0) {
        stand_in_low24(self, bytes + sizeof solicited);
    } else if ((bytes[1] & 0x20u) != 0) {
        stand_in_make(self, FOR_PREFIX, 0, (stun_span){bytes + 4, sizeof made}, made, sizeof made);
        memcpy(bytes + 4, made, sizeof made);
    }
}

static void replace_ipv6(stand_ins *self, guint8 *bytes) {
    static const guint8 link[SUBNET_IPV6] = {0xfe, 0x80};
    const range *in = range_of(ranges_ipv6, bytes, 16);

    switch (in->treatment) {
    case STAY:
        return;
    case EMBEDDED:
        replace_ipv4(self, bytes + 12);
        return;
    case GROUP:
        replace_group(self, bytes);
        return;
    default:
        break;
    }
    if (in->treatment == MOVE || memcmp(bytes, link, sizeof link) != 0) {
        move_subnet(self, in, bytes, SUBNET_IPV6);
    }
    replace_interface(self, bytes + SUBNET_IPV6);
}

void stand_ins_address(stand_ins *self, stun_address *address) {
    const gsize size = stun_address_size(address);
    const blob *known = store_find(&self->addresses, (guint)size, address->bytes, size);
    guint8 original[16];

    if (known != NULL) {
        memcpy(address->bytes, known->bytes, size);
        return;
    }
    memcpy(original, address->bytes, sizeof original);
    if (address->family == STUN_FAMILY_IPV4) {
        replace_ipv4(self, address->bytes);
    } else if (address->family == STUN_FAMILY_IPV6) {
        replace_ipv6(self, address->bytes);
    }
    if (memcmp(original, address->bytes, size) != 0) {
        remember(self, &self->addresses, original, size, address->bytes, size);
    }
}

static guint8 *ipv4_group(guint8 *bytes) {
    const range *in = range_of(ranges_ipv4, bytes, SUBNET_IPV4 + 1);

    return in->treatment == STAY && in->bits < 32 ? bytes : NULL;
}

/* What is of a range that stays in ADDRESS, and its size; NULL when nothing is. */
static guint8 *group_in(stun_address *address, gsize *size) {
    const range *in;

    *size = SUBNET_IPV4 + 1;
    if (address->family == STUN_FAMILY_IPV4) {
        return ipv4_group(address->bytes);
    }
    if (address->family != STUN_FAMILY_IPV6) {
        return NULL;
    }
    in = range_of(ranges_ipv6, address->bytes, sizeof address->bytes);
    if (in->treatment == EMBEDDED) {
        return ipv4_group(address->bytes + 12);
    }
    *size = sizeof address->bytes;
    return in->treatment == GROUP ? address->bytes : NULL;
}

static void make_group(const stand_ins *self, const guint8 *original, gsize size, guint8 *out) {
    static const guint8 ipv4[] = {224};
    static const guint8 ipv6[] = {0xff};
    guint attempt = 0;

    do {
        stand_in_make(self, FOR_TOLD_GROUP, attempt, (stun_span){original, size}, out, size);
        copy_bits(out, size == IPV6_SIZE ? ipv6 : ipv4, size == IPV6_SIZE ? 8 : 4);
    } while (++attempt < MAX_ATTEMPTS &&
             (memcmp(out, original, size) == 0 ||
              store_is_taken(&self->addresses, TOLD + (guint)size, out, size)));
}

void stand_ins_told_address(stand_ins *self, stun_address *address) {
    gsize size;
    guint8 *group = group_in(address, &size);
    const blob *known;
    guint8 made[16];

    if (group == NULL) {
        stand_ins_address(self, address);
        return;
    }
    known = store_find(&self->addresses, TOLD + (guint)size, group, size);
    if (known != NULL) {
        memcpy(group, known->bytes, size);
        return;
    }
    make_group(self, group, size, made);
    if (!store_add(&self->addresses, TOLD + (guint)size, group, size, made, size)) {
        self->not_remembered++;
    }
    memcpy(group, made, size);
}
