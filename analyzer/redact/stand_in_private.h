/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What the parts of stand_in.h share: bytes made from the key, and what was made of what. */
#ifndef ANALYZER_REDACT_STAND_IN_PRIVATE_H
#define ANALYZER_REDACT_STAND_IN_PRIVATE_H

#include "analyzer/redact/stand_in.h"
#include "stun/integrity.h"

/* What bytes are made for: the same original gives others for each purpose. */
enum {
    FOR_SUBNET = 1,
    FOR_HOSTS,
    FOR_INTERFACE,
    FOR_GROUP,
    FOR_PREFIX,
    FOR_HARDWARE,
    FOR_BYTES,
    FOR_TEXT,
    FOR_TOLD_GROUP,
    FOR_ORDER
};

/* Ranges of IPv4 addresses that are told apart. */
#define STAND_IN_RANGES 14u

/* A tag and bytes, as a key and a value of hash tables. */
typedef struct blob {
    guint tag;
    guint marks; /* of a stand-in: bits of what its original was met as */
    gsize length;
    guint8 bytes[];
} blob;

/* Originals and what stands for them; TAKEN has the stand-ins. Tags keep kinds apart. */
typedef struct store {
    GHashTable *by_original; /* blob to blob, owned */
    GHashTable *taken;       /* blob, owned by BY_ORIGINAL */
    guint limit;
} store;

struct stand_ins {
    guint8 *key;
    gsize key_length;
    store subnets;
    guint16 *orders[STAND_IN_RANGES]; /* where all of a range change places: once it is met */
    store hosts;                      /* 256 bytes for each /24 */
    store addresses;
    store hardware;
    store texts;
    guint8 types[65536 / 8]; /* of attributes: a bit for each */
    guint64 not_remembered;
};

/* Any number of bytes from the key, PURPOSE, ATTEMPT and the original. */
void stand_in_make(const stand_ins *self, guint purpose, guint32 attempt, stun_span original,
                   guint8 *out, gsize size);

/* The stand-in of an original; NULL when it is not remembered. Borrowed. */
const blob *store_find(const store *self, guint tag, const guint8 *original, gsize length);
gboolean store_is_taken(const store *self, guint tag, const guint8 *bytes, gsize length);
gboolean store_is_full(const store *self);
/* FALSE when the store is full. */
gboolean store_add(store *self, guint tag, const guint8 *original, gsize original_length,
                   const guint8 *bytes, gsize length);

/* Adds to the marks of a stand-in, if there is one. */
void store_mark(store *self, guint tag, const guint8 *original, gsize length, guint marks);

/* The low 24 bits of an interface identifier, which solicited-node groups repeat: in place. */
void stand_in_low24(const stand_ins *self, guint8 bytes[3]);

#endif
