/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "analyzer/redact/redact_wholes.h"

#include "analyzer/fragments.h"
#include "turn/hash.h"
#include <string.h>

/* What fragments of one datagram have in common. */
typedef struct whole_key {
    guint8 addresses[32];
    guint32 id;
    guint8 version;
    guint8 protocol; /* IPv4 only: IPv6 tells datagrams apart without it */
} whole_key;

#define KEY_BYTES (G_STRUCT_OFFSET(whole_key, protocol) + sizeof(guint8))

typedef struct whole {
    gint64 time; /* when it was complete */
    gboolean redacted;
    guint8 protocol;
    gsize captured;
    gsize reported;
    guint8 bytes[];
} whole;

/* All datagrams with one key, in the order of time. */
typedef struct group {
    whole_key key;
    GPtrArray *wholes; /* of whole, owned */
} group;

struct redact_wholes {
    GHashTable *groups; /* of whole_key: group, owned */
    gsize memory;
    gsize limit;
    gboolean full;
};

static guint key_hash(gconstpointer key) {
    return turn_hash_bytes(key, KEY_BYTES);
}

static gboolean key_equal(gconstpointer a, gconstpointer b) {
    const whole_key *left = a;
    const whole_key *right = b;

    return left->id == right->id && left->version == right->version &&
           left->protocol == right->protocol &&
           memcmp(left->addresses, right->addresses, sizeof left->addresses) == 0;
}

static void group_free(gpointer data) {
    group *self = data;

    g_ptr_array_unref(self->wholes);
    g_free(self);
}

redact_wholes *redact_wholes_new(gsize limit) {
    redact_wholes *self = g_new0(redact_wholes, 1);

    self->groups = g_hash_table_new_full(key_hash, key_equal, NULL, group_free);
    self->limit = limit;
    return self;
}

void redact_wholes_free(redact_wholes *self) {
    if (self != NULL) {
        g_hash_table_destroy(self->groups);
        g_free(self);
    }
}

gboolean redact_wholes_is_full(const redact_wholes *self) {
    return self->full;
}

static whole_key key_of(const ip_datagram *of) {
    whole_key key = {.id = of->id,
                     .version = of->version,
                     .protocol = of->version == 4 ? of->protocol : (guint8)0};

    memcpy(key.addresses, of->addresses, 2 * ip_address_size(of));
    return key;
}

static group *group_of(redact_wholes *self, const ip_datagram *of) {
    const whole_key key = key_of(of);
    group *found = g_hash_table_lookup(self->groups, &key);

    if (found == NULL) {
        found = g_new0(group, 1);
        found->key = key;
        found->wholes = g_ptr_array_new_with_free_func(g_free);
        g_hash_table_insert(self->groups, &found->key, found);
        self->memory += sizeof *found + sizeof(GPtrArray);
    }
    return found;
}

void redact_wholes_learn(redact_wholes *self, const ip_datagram *seen, gint64 time) {
    const gsize size = sizeof(whole) + seen->captured;
    GPtrArray *wholes;
    whole *added;

    self->full |= self->memory + size > self->limit;
    if (self->full) {
        return;
    }
    wholes = group_of(self, seen)->wholes;
    added = g_malloc(size);
    *added = (whole){.time = time,
                     .protocol = seen->protocol,
                     .captured = seen->captured,
                     .reported = seen->reported};
    if (wholes->len > 0) {
        added->time = MAX(time, ((const whole *)g_ptr_array_index(wholes, wholes->len - 1))->time);
    }
    memcpy(added->bytes, seen->payload, seen->captured);
    g_ptr_array_add(wholes, added);
    self->memory += size;
}

/* The one that was complete at TIME or soonest afterwards; else, since packets may lie a little out
 * of order, the last one before. */
static whole *whole_at(const group *of, gint64 time) {
    guint low = 0;
    guint high = of->wholes->len;
    whole *found;

    while (low < high) {
        const guint middle = low + (high - low) / 2;

        if (((const whole *)g_ptr_array_index(of->wholes, middle))->time >= time) {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    found = g_ptr_array_index(of->wholes, MIN(low, of->wholes->len - 1));
    return ABS(found->time - time) <= FRAGMENTS_TIME_LIMIT ? found : NULL;
}

static void redact_once(whole *self, const ip_datagram *fragment, redact_whole redact,
                        gpointer data) {
    ip_datagram all = *fragment;

    if (self->redacted) {
        return;
    }
    all.fragment = FALSE;
    all.more = FALSE;
    all.offset = 0;
    all.protocol = self->protocol;
    all.payload = self->bytes;
    all.captured = self->captured;
    all.reported = self->reported;
    redact(data, &all, self->bytes, self->time);
    self->redacted = TRUE;
}

gboolean redact_wholes_lay(redact_wholes *self, const ip_datagram *fragment, gint64 time,
                           redact_whole redact, gpointer data, redact_region payload) {
    const whole_key key = key_of(fragment);
    const group *of = g_hash_table_lookup(self->groups, &key);
    whole *from = of != NULL ? whole_at(of, time) : NULL;

    if (from == NULL || fragment->offset >= from->captured) {
        return FALSE;
    }
    redact_once(from, fragment, redact, data);
    memcpy(payload.after, from->bytes + fragment->offset,
           MIN(payload.captured, from->captured - fragment->offset));
    return TRUE;
}
