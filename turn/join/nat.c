/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "turn/join/nat.h"

#include "turn/hash.h"

/* Whose mapping, and in which direction it is looked up. */
enum { TABLES = 4 };

struct turn_nat {
    GArray *mappings; /* of turn_mapping */
    /* Of stun_address, with port and (port 0) without: stun_address, both owned. */
    GHashTable *tables[TABLES];
    GHashTable *known; /* of turn_flow, from inside to outside: what is in MAPPINGS */
};

turn_nat *turn_nat_new(void) {
    turn_nat *nat = g_new0(turn_nat, 1);

    nat->mappings = g_array_new(FALSE, FALSE, sizeof(turn_mapping));
    nat->known = g_hash_table_new_full(turn_flow_hash, turn_flow_equal, g_free, NULL);
    for (gsize i = 0; i < TABLES; i++) {
        nat->tables[i] =
            g_hash_table_new_full(turn_hash_address, turn_address_equal, g_free, g_free);
    }
    return nat;
}

void turn_nat_free(turn_nat *nat) {
    if (nat == NULL) {
        return;
    }
    for (gsize i = 0; i < TABLES; i++) {
        g_hash_table_destroy(nat->tables[i]);
    }
    g_hash_table_destroy(nat->known);
    g_array_unref(nat->mappings);
    g_free(nat);
}

static GHashTable *table_of(const turn_nat *nat, gboolean of_server, gboolean outward) {
    return nat->tables[(of_server ? 2 : 0) + (outward ? 1 : 0)];
}

/* The first mapping of an address stays: a later one is another binding of the same port. */
static void map(GHashTable *table, stun_address from, stun_address to) {
    if (!g_hash_table_contains(table, &from)) {
        g_hash_table_insert(table, g_memdup2(&from, sizeof from), g_memdup2(&to, sizeof to));
    }
    from.port = 0;
    to.port = 0;
    if (!g_hash_table_contains(table, &from)) {
        g_hash_table_insert(table, g_memdup2(&from, sizeof from), g_memdup2(&to, sizeof to));
    }
}

void turn_nat_learn(turn_nat *nat, gboolean of_server, const stun_address *inside,
                    const stun_address *outside) {
    const turn_mapping mapping = {.of_server = of_server, .inside = *inside, .outside = *outside};
    const turn_flow key = {.source = *inside, .destination = *outside};

    if (inside->family == STUN_FAMILY_NONE || outside->family == STUN_FAMILY_NONE ||
        stun_address_equal(inside, outside) || g_hash_table_contains(nat->known, &key) ||
        nat->mappings->len >= TURN_NAT_MAX_MAPPINGS) {
        return;
    }
    g_hash_table_add(nat->known, g_memdup2(&key, sizeof key));
    g_array_append_val(nat->mappings, mapping);
    map(table_of(nat, of_server, TRUE), *inside, *outside);
    map(table_of(nat, of_server, FALSE), *outside, *inside);
}

const GArray *turn_nat_mappings(const turn_nat *nat) {
    return nat->mappings;
}

static stun_address translated(GHashTable *table, const stun_address *address) {
    const stun_address *known = g_hash_table_lookup(table, address);
    stun_address host = *address;
    stun_address result;

    if (known != NULL) {
        return *known;
    }
    host.port = 0;
    known = g_hash_table_lookup(table, &host);
    if (known == NULL) {
        return *address;
    }
    result = *known;
    result.port = address->port;
    return result;
}

stun_address turn_nat_outside(const turn_nat *nat, gboolean of_server,
                              const stun_address *address) {
    return translated(table_of(nat, of_server, TRUE), address);
}

stun_address turn_nat_inside(const turn_nat *nat, gboolean of_server, const stun_address *address) {
    return translated(table_of(nat, of_server, FALSE), address);
}
