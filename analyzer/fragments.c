/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "analyzer/fragments.h"

#include "turn/hash.h"
#include "turn/tcp/pieces.h"
#include <string.h>

#define DATAGRAM_MAX 65535u

/* Hash node, queue link and key, roughly: an empty datagram is not free either. */
#define DATAGRAM_OVERHEAD (sizeof(datagram) + 64)

typedef struct datagram_key {
    guint8 addresses[32];
    guint32 id;
    guint8 version;
    guint8 protocol; /* IPv4 only: IPv6 tells datagrams apart without it */
} datagram_key;

typedef struct datagram {
    datagram_key key;
    guint8 protocol; /* of the fragment that holds the beginning */
    gint64 begun;
    guint64 total; /* payload bytes; 0 as long as the last fragment is missing */
    turn_pieces pieces;
    GList link; /* in FRAGMENTS.age */
} datagram;

struct fragments {
    GHashTable *datagrams; /* datagram_key to datagram, owned */
    GQueue age;            /* oldest first */
    gsize memory;
    guint64 given_up;
    guint8 addresses[32];
    guint8 whole[DATAGRAM_MAX];
    ip_datagram latest; /* over WHOLE */
};

/* The bytes up to the padding behind the last field. */
#define KEY_BYTES (G_STRUCT_OFFSET(datagram_key, protocol) + sizeof(guint8))
G_STATIC_ASSERT(KEY_BYTES == 32 + sizeof(guint32) + 2 * sizeof(guint8));

static guint key_hash(gconstpointer key) {
    return turn_hash_bytes(key, KEY_BYTES);
}

static gboolean key_equal(gconstpointer a, gconstpointer b) {
    const datagram_key *left = a;
    const datagram_key *right = b;

    return left->id == right->id && left->version == right->version &&
           left->protocol == right->protocol &&
           memcmp(left->addresses, right->addresses, sizeof left->addresses) == 0;
}

static void datagram_free(gpointer data) {
    datagram *self = data;

    turn_pieces_clear(&self->pieces);
    g_free(self);
}

fragments *fragments_new(void) {
    fragments *self = g_new0(fragments, 1);

    self->datagrams = g_hash_table_new_full(key_hash, key_equal, NULL, datagram_free);
    g_queue_init(&self->age);
    return self;
}

void fragments_free(fragments *self) {
    if (self == NULL) {
        return;
    }
    g_hash_table_destroy(self->datagrams);
    g_free(self);
}

guint64 fragments_lost(const fragments *self) {
    return self->given_up + g_hash_table_size(self->datagrams);
}

const ip_datagram *fragments_latest(const fragments *self) {
    return &self->latest;
}

gsize fragments_memory(const fragments *self) {
    return self->memory;
}

static void drop(fragments *self, datagram *dropped) {
    self->memory -= DATAGRAM_OVERHEAD + dropped->pieces.memory;
    g_queue_unlink(&self->age, &dropped->link);
    g_hash_table_remove(self->datagrams, &dropped->key);
}

static void give_up(fragments *self, datagram *dropped) {
    self->given_up++;
    drop(self, dropped);
}

/* Time may step back where one capture file ends and the next begins: that is too far as well. */
static void expire(fragments *self, gint64 now) {
    while (self->age.head != NULL) {
        datagram *oldest = self->age.head->data;
        gint64 age = now - oldest->begun;

        if (age <= FRAGMENTS_TIME_LIMIT && age >= -FRAGMENTS_TIME_LIMIT) {
            return;
        }
        give_up(self, oldest);
    }
}

static datagram *lookup(fragments *self, const ip_datagram *fragment, gint64 time) {
    datagram_key key = {.id = fragment->id,
                        .version = fragment->version,
                        .protocol = fragment->version == 4 ? fragment->protocol : 0};
    datagram *found;

    memcpy(key.addresses, fragment->addresses, 2 * ip_address_size(fragment));
    found = g_hash_table_lookup(self->datagrams, &key);
    if (found != NULL) {
        return found;
    }
    found = g_new0(datagram, 1);
    found->key = key;
    found->begun = time;
    found->protocol = fragment->protocol;
    found->link.data = found;
    g_hash_table_insert(self->datagrams, &found->key, found);
    g_queue_push_tail_link(&self->age, &found->link);
    self->memory += DATAGRAM_OVERHEAD;
    return found;
}

/* Every byte of the datagram was on the wire, whether the capture holds it or not. */
static gboolean is_complete(const datagram *self) {
    guint64 reached = 0;

    if (self->total == 0) {
        return FALSE;
    }
    for (const turn_piece *at = self->pieces.first; at != NULL && at->start <= reached;
         at = at->next) {
        reached = at->start + at->reported;
    }
    return reached >= self->total;
}

/* Ends CAPTURED at the first byte that the snap length took away. */
static void assemble(fragments *self, const datagram *done, ip_datagram *whole) {
    gsize captured = 0;

    for (const turn_piece *at = done->pieces.first; at != NULL && at->start == captured;
         at = at->next) {
        memcpy(self->whole + captured, at->data, at->captured);
        captured += at->captured;
    }
    memcpy(self->addresses, done->key.addresses, sizeof self->addresses);
    *whole = (ip_datagram){.version = done->key.version,
                           .protocol = done->protocol,
                           .id = done->key.id,
                           .addresses = self->addresses,
                           .payload = self->whole,
                           .captured = MIN(captured, (gsize)done->total),
                           .reported = (gsize)done->total};
    self->latest = *whole;
}

/* All but the last fragment are multiples of 8 bytes long, and none may reach past the largest
 * datagram. */
static gboolean is_plausible(const ip_datagram *fragment) {
    return fragment->reported > 0 && fragment->offset + fragment->reported <= DATAGRAM_MAX &&
           (!fragment->more || fragment->reported % 8 == 0);
}

static void store(fragments *self, datagram *target, const ip_datagram *fragment) {
    turn_piece range = {
        .start = fragment->offset, .captured = fragment->captured, .reported = fragment->reported};

    if (fragment->offset == 0) {
        target->protocol = fragment->protocol;
    }
    if (!fragment->more && target->total == 0) {
        target->total = fragment->offset + fragment->reported;
    }
    self->memory -= target->pieces.memory;
    turn_pieces_insert(&target->pieces, &range, fragment->payload);
    self->memory += target->pieces.memory;
}

gboolean fragments_add(fragments *self, const ip_datagram *fragment, gint64 time,
                       ip_datagram *whole) {
    datagram *target;
    gboolean complete;

    expire(self, time);
    if (!is_plausible(fragment)) {
        return FALSE;
    }
    target = lookup(self, fragment, time);
    store(self, target, fragment);
    complete = is_complete(target);
    if (complete) {
        assemble(self, target, whole);
        drop(self, target);
    } else if (target->pieces.count > FRAGMENTS_PER_DATAGRAM) {
        give_up(self, target);
    }
    while (self->memory > FRAGMENTS_MEMORY) {
        give_up(self, self->age.head->data);
    }
    return complete && (whole->version == 4 || ip_skip_extensions(whole)) && !whole->fragment;
}
