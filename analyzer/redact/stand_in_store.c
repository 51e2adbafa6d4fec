/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "analyzer/redact/stand_in_private.h"
#include "turn/hash.h"
#include "turn/hmac.h"

#include <string.h>

static guint blob_hash(gconstpointer key) {
    const blob *of = key;

    return turn_hash_bytes(of->bytes, of->length) ^ of->tag;
}

static gboolean blob_equal(gconstpointer a, gconstpointer b) {
    const blob *left = a;
    const blob *right = b;

    return left->tag == right->tag && left->length == right->length &&
           memcmp(left->bytes, right->bytes, left->length) == 0;
}

static blob *blob_new(guint tag, const guint8 *bytes, gsize length) {
    blob *made = g_malloc(sizeof *made + length);

    made->tag = tag;
    made->marks = 0;
    made->length = length;
    memcpy(made->bytes, bytes, length);
    return made;
}

static void store_init(store *self, guint limit) {
    self->by_original = g_hash_table_new_full(blob_hash, blob_equal, g_free, g_free);
    self->taken = g_hash_table_new(blob_hash, blob_equal);
    self->limit = limit;
}

static void store_clear(store *self) {
    g_hash_table_unref(self->taken);
    g_hash_table_unref(self->by_original);
}

static blob *find(const store *self, guint tag, const guint8 *original, gsize length) {
    blob *key = blob_new(tag, original, length);
    blob *found = g_hash_table_lookup(self->by_original, key);

    g_free(key);
    return found;
}

const blob *store_find(const store *self, guint tag, const guint8 *original, gsize length) {
    return find(self, tag, original, length);
}

void store_mark(store *self, guint tag, const guint8 *original, gsize length, guint marks) {
    blob *found = find(self, tag, original, length);

    if (found != NULL) {
        found->marks |= marks;
    }
}

gboolean store_is_taken(const store *self, guint tag, const guint8 *bytes, gsize length) {
    blob *key = blob_new(tag, bytes, length);
    const gboolean taken = g_hash_table_contains(self->taken, key);

    g_free(key);
    return taken;
}

gboolean store_is_full(const store *self) {
    return g_hash_table_size(self->by_original) >= self->limit;
}

gboolean store_add(store *self, guint tag, const guint8 *original, gsize original_length,
                   const guint8 *bytes, gsize length) {
    blob *made;

    if (store_is_full(self)) {
        return FALSE;
    }
    made = blob_new(tag, bytes, length);
    g_hash_table_insert(self->by_original, blob_new(tag, original, original_length), made);
    g_hash_table_add(self->taken, made);
    return TRUE;
}

stand_ins *stand_ins_new(const guint8 *key, gsize length) {
    stand_ins *self = g_new0(stand_ins, 1);

    self->key = g_memdup2(key, length);
    self->key_length = length;
    store_init(&self->subnets, STAND_IN_MAX_ADDRESSES);
    store_init(&self->hosts, STAND_IN_MAX_ADDRESSES);
    store_init(&self->addresses, STAND_IN_MAX_ADDRESSES);
    store_init(&self->hardware, STAND_IN_MAX_HARDWARE);
    store_init(&self->texts, STAND_IN_MAX_TEXTS);
    return self;
}

void stand_ins_free(stand_ins *self) {
    if (self == NULL) {
        return;
    }
    turn_wipe(self->key, self->key_length);
    g_free(self->key);
    for (guint i = 0; i < STAND_IN_RANGES; i++) {
        g_free(self->orders[i]);
    }
    store_clear(&self->subnets);
    store_clear(&self->hosts);
    store_clear(&self->addresses);
    store_clear(&self->hardware);
    store_clear(&self->texts);
    g_free(self);
}

guint64 stand_ins_not_remembered(const stand_ins *self) {
    return self->not_remembered;
}

void stand_ins_note_type(stand_ins *self, guint16 type) {
    self->types[type / 8] |= (guint8)(1u << type % 8);
}

gboolean stand_ins_has_type(const stand_ins *self, guint16 type) {
    return (self->types[type / 8] & 1u << type % 8) != 0;
}

static void put_u32(guint8 *out, guint32 value) {
    for (guint i = 0; i < 4; i++) {
        out[i] = (guint8)(value >> (24 - 8 * i));
    }
}

/* One HMAC over the original makes the key of a second one that counts, so that an original is read
 * once however much is made of it. */
void stand_in_make(const stand_ins *self, guint purpose, guint32 attempt, stun_span original,
                   guint8 *out, gsize size) {
    guint8 head[8];
    guint8 seed[STUN_HASH_MAX];
    const stun_span spans[] = {{head, sizeof head}, original};

    put_u32(head, purpose);
    put_u32(head + 4, attempt);
    turn_hmac(STUN_HASH_SHA256, self->key, self->key_length, spans, G_N_ELEMENTS(spans), seed);
    for (gsize done = 0; done < size; done += STUN_HASH_MAX) {
        guint8 block[STUN_HASH_MAX];
        guint8 count[4];
        const stun_span counted = {count, sizeof count};

        put_u32(count, (guint32)(done / STUN_HASH_MAX));
        turn_hmac(STUN_HASH_SHA256, seed, sizeof seed, &counted, 1, block);
        memcpy(out + done, block, MIN(sizeof block, size - done));
    }
}

void stand_ins_digest(const stand_ins *self, const guint8 *bytes, gsize length, guint8 *out,
                      gsize size) {
    stand_in_make(self, FOR_BYTES, 0, (stun_span){bytes, length}, out, size);
}

void stand_ins_bytes(stand_ins *self, guint8 *bytes, gsize length) {
    if (length > 0) {
        guint8 *made = g_malloc(length);

        stand_ins_digest(self, bytes, length, made, length);
        memcpy(bytes, made, length);
        g_free(made);
    }
}
