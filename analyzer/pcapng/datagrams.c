/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "analyzer/pcapng/datagrams.h"

#include "analyzer/fragments.h"
#include "turn/hash.h"

#include <string.h>

/* All parts of a datagram have these in common, RFC 791 section 3.2 and RFC 8200 section 4.5. */
typedef struct datagram_key {
    stun_address source;
    stun_address destination;
    guint32 id;
    guint8 protocol; /* 0 in IPv6, where the parts need not agree */
} datagram_key;

struct datagrams {
    GHashTable *by_key; /* of datagram_key, owned: GArray of datagram */
    guint count[2];     /* of others, and of those that are wanted */
};

static guint key_hash(gconstpointer key) {
    const datagram_key *of = key;

    return turn_hash_address(&of->source) + turn_hash_address(&of->destination) +
           turn_hash_bytes(&of->id, sizeof of->id);
}

static gboolean key_equal(gconstpointer a, gconstpointer b) {
    const datagram_key *left = a;
    const datagram_key *right = b;

    return left->id == right->id && left->protocol == right->protocol &&
           stun_address_equal(&left->source, &right->source) &&
           stun_address_equal(&left->destination, &right->destination);
}

datagrams *datagrams_new(void) {
    datagrams *self = g_new0(datagrams, 1);

    self->by_key =
        g_hash_table_new_full(key_hash, key_equal, g_free, (GDestroyNotify)g_array_unref);
    return self;
}

void datagrams_free(datagrams *self) {
    if (self == NULL) {
        return;
    }
    g_hash_table_destroy(self->by_key);
    g_free(self);
}

static datagram_key key_of(const ip_datagram *ip) {
    const gsize size = ip_address_size(ip);
    datagram_key key = {.id = ip->id, .protocol = ip->version == 4 ? ip->protocol : 0};

    key.source.family = ip->version == 4 ? STUN_FAMILY_IPV4 : STUN_FAMILY_IPV6;
    key.destination.family = key.source.family;
    memcpy(key.source.bytes, ip->addresses, size);
    memcpy(key.destination.bytes, ip->addresses + size, size);
    return key;
}

void datagrams_add(datagrams *self, const ip_datagram *ip, const datagram *added) {
    const datagram_key key = key_of(ip);
    GArray *list = g_hash_table_lookup(self->by_key, &key);

    if (self->count[added->wanted ? 1 : 0] >= DATAGRAMS_MAX) {
        return;
    }
    if (list == NULL) {
        list = g_array_new(FALSE, FALSE, sizeof(datagram));
        g_hash_table_insert(self->by_key, g_memdup2(&key, sizeof key), list);
    }
    g_array_append_val(list, *added);
    self->count[added->wanted ? 1 : 0]++;
}

static gint time_order(gconstpointer a, gconstpointer b) {
    const datagram *left = a;
    const datagram *right = b;

    return left->time < right->time ? -1 : left->time > right->time;
}

void datagrams_sort(datagrams *self) {
    GHashTableIter iter;
    gpointer list;

    g_hash_table_iter_init(&iter, self->by_key);
    while (g_hash_table_iter_next(&iter, NULL, &list)) {
        g_array_sort(list, time_order);
    }
}

const datagram *datagrams_find(const datagrams *self, const ip_datagram *ip, gint64 time) {
    const datagram_key key = key_of(ip);
    const GArray *list = g_hash_table_lookup(self->by_key, &key);
    guint low = 0;
    guint high = list != NULL ? list->len : 0;

    while (low < high) {
        const guint middle = low + (high - low) / 2;

        if (g_array_index(list, datagram, middle).time > time) {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    if (low > 0 && time - g_array_index(list, datagram, low - 1).time <= FRAGMENTS_TIME_LIMIT) {
        return &g_array_index(list, datagram, low - 1);
    }
    return list != NULL && low < list->len &&
                   g_array_index(list, datagram, low).time - time <= FRAGMENTS_TIME_LIMIT
               ? &g_array_index(list, datagram, low)
               : NULL;
}
