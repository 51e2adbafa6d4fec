/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "analyzer/redact/redact_streams.h"

#include "turn/hash.h"
#include <string.h>

/* Connections of the same two ends lie so far apart: beyond what 32 bits tell of each other. */
#define EPOCH (G_GUINT64_CONSTANT(1) << 34)
/* A sequence number is told by one that is less than 2 GB away. */
#define ANCHOR_REACH (G_GUINT64_CONSTANT(1) << 30)
/* A unit that begins so far before the latest one belongs to another connection: bytes that were
 * shown as something else before are fewer (TURN_UNITS_TAIL). */
#define STEP_BACK 64u

/* A stretch of a stream: STORED bytes at DATA, and FILL behind them. */
typedef struct patch {
    guint64 position;
    guint32 data; /* in REDACT_STREAMS.bytes */
    guint32 length;
    guint32 stored;
    guint8 fill;
} patch;

/* From TIME on the position of a sequence number is the one nearest to POSITION. */
typedef struct anchor {
    gint64 time;
    guint64 position;
} anchor;

/* One direction of all connections of a 5-tuple. */
typedef struct direction {
    turn_flow flow;
    GArray *anchors; /* of anchor, by time and by position */
    GArray *patches; /* of patch, by position, none over another */
    guint64 first;   /* position of the first patch of the latest connection; 0: it has none */
    gboolean anew;   /* what comes next is of another connection, since: */
    gint64 since;
} direction;

struct redact_streams {
    GHashTable *directions; /* of turn_flow: direction, owned */
    GByteArray *bytes;
    gsize memory;
    guint64 dropped;
};

/* Not the same for both directions, unlike turn_flow_hash(). */
static guint directed_hash(gconstpointer key) {
    const turn_flow *flow = key;

    return turn_hash_address(&flow->source) * 31u + turn_hash_address(&flow->destination);
}

static gboolean directed_equal(gconstpointer a, gconstpointer b) {
    const turn_flow *left = a;
    const turn_flow *right = b;

    return stun_address_equal(&left->source, &right->source) &&
           stun_address_equal(&left->destination, &right->destination);
}

static void direction_free(gpointer data) {
    direction *self = data;

    g_array_unref(self->anchors);
    g_array_unref(self->patches);
    g_free(self);
}

redact_streams *redact_streams_new(void) {
    redact_streams *self = g_new0(redact_streams, 1);

    self->directions = g_hash_table_new_full(directed_hash, directed_equal, NULL, direction_free);
    self->bytes = g_byte_array_new();
    return self;
}

void redact_streams_free(redact_streams *self) {
    if (self == NULL) {
        return;
    }
    g_hash_table_destroy(self->directions);
    g_byte_array_unref(self->bytes);
    g_free(self);
}

guint64 redact_streams_dropped(const redact_streams *self) {
    return self->dropped;
}

/* FALSE when there is no room for SIZE more bytes. */
static gboolean take_room(redact_streams *self, gsize size) {
    if (self->memory + size > REDACT_STREAMS_MEMORY) {
        return FALSE;
    }
    self->memory += size;
    return TRUE;
}

static const anchor *last_anchor(const direction *of) {
    return &g_array_index(of->anchors, anchor, of->anchors->len - 1);
}

static void add_anchor(redact_streams *self, direction *of, gint64 time, guint64 position) {
    anchor added = {.time = time, .position = position};

    if (!take_room(self, sizeof added)) {
        return;
    }
    if (of->anchors->len > 0) {
        added.time = MAX(time, last_anchor(of)->time);
    }
    g_array_append_val(of->anchors, added);
}

/* Room for what stands before the first byte that is known. */
static void begin_epoch(redact_streams *self, direction *of, gint64 time, guint32 seq) {
    const guint64 base = of->anchors->len > 0 ? last_anchor(of)->position : 0;

    add_anchor(self, of, time, (base / EPOCH + 1) * EPOCH + (EPOCH >> 1) + seq);
    of->first = 0;
    of->anew = FALSE;
}

static direction *direction_at(redact_streams *self, const turn_flow *flow, guint32 seq) {
    direction *found = g_hash_table_lookup(self->directions, flow);

    if (found != NULL || !take_room(self, sizeof(direction) + sizeof(GArray) * 2)) {
        return found;
    }
    found = g_new0(direction, 1);
    found->flow = *flow;
    found->anchors = g_array_new(FALSE, FALSE, sizeof(anchor));
    found->patches = g_array_new(FALSE, FALSE, sizeof(patch));
    g_hash_table_insert(self->directions, &found->flow, found);
    begin_epoch(self, found, G_MININT64, seq);
    return found;
}

static guint64 position_near(guint64 position, guint32 seq) {
    return position + (guint64)(gint64)(gint32)(seq - (guint32)position);
}

static void set_anew(redact_streams *self, const turn_flow *flow, gint64 time) {
    direction *of = g_hash_table_lookup(self->directions, flow);

    if (of != NULL && !of->anew) {
        of->anew = TRUE;
        of->since = time;
    }
}

void redact_streams_anew(redact_streams *self, const turn_flow *flow, gint64 time) {
    const turn_flow back = turn_flow_reversed(flow);

    set_anew(self, flow, time);
    set_anew(self, &back, time);
}

/* Takes what begins at POSITION or behind it out of the patches. */
static void clear_behind(GArray *patches, guint64 position) {
    while (patches->len > 0) {
        patch *last = &g_array_index(patches, patch, patches->len - 1);

        if (last->position < position) {
            last->length = (guint32)MIN(last->length, position - last->position);
            last->stored = MIN(last->stored, last->length);
            return;
        }
        g_array_set_size(patches, patches->len - 1);
    }
}

/* Most of what is relayed is blank from some byte on. */
static gsize without_fill(const guint8 *bytes, gsize length) {
    const guint8 fill = bytes[length - 1];

    while (length > 0 && bytes[length - 1] == fill) {
        length--;
    }
    return length;
}

static guint64 position_of_unit(redact_streams *self, direction *of, guint32 seq, gint64 time) {
    const guint64 latest = of->first != 0
                               ? g_array_index(of->patches, patch, of->patches->len - 1).position
                               : last_anchor(of)->position;
    guint64 position = position_near(latest, seq);

    if (of->anew || position + STEP_BACK < latest) {
        begin_epoch(self, of, of->anew ? of->since : time, seq);
        return last_anchor(of)->position;
    }
    if (position >= last_anchor(of)->position + ANCHOR_REACH) {
        add_anchor(self, of, time, position);
    }
    return position;
}

void redact_streams_learn(redact_streams *self, const turn_flow *flow, guint32 seq, gint64 time,
                          const guint8 *bytes, gsize length) {
    const gsize stored = length > 0 ? without_fill(bytes, length) : 0;
    direction *of = direction_at(self, flow, seq);
    patch added = {.length = (guint32)length, .stored = (guint32)stored};

    if (of == NULL || length == 0 || of->anchors->len == 0 ||
        !take_room(self, sizeof added + stored)) {
        self->dropped += length;
        return;
    }
    added.position = position_of_unit(self, of, seq, time);
    added.fill = bytes[length - 1];
    added.data = self->bytes->len;
    g_byte_array_append(self->bytes, bytes, (guint)stored);
    clear_behind(of->patches, added.position);
    g_array_append_val(of->patches, added);
    if (of->first == 0) {
        of->first = added.position;
    }
}

/* The last one that is not behind TIME. The first reaches back to the beginning of time. */
static const anchor *anchor_at(const direction *of, gint64 time) {
    guint low = 0;
    guint high = of->anchors->len;

    while (high - low > 1) {
        const guint middle = low + (high - low) / 2;

        if (g_array_index(of->anchors, anchor, middle).time <= time) {
            low = middle;
        } else {
            high = middle;
        }
    }
    return &g_array_index(of->anchors, anchor, low);
}

/* The first patch that ends behind POSITION. */
static guint first_patch(const GArray *patches, guint64 position) {
    guint low = 0;
    guint high = patches->len;

    while (low < high) {
        const guint middle = low + (high - low) / 2;
        const patch *at = &g_array_index(patches, patch, middle);

        if (at->position + at->length > position) {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    return low;
}

static void lay_patch(const redact_streams *self, const patch *from, guint64 position,
                      guint8 *bytes, gsize length) {
    const guint64 begin = MAX(from->position, position);
    const guint64 end = MIN(from->position + from->length, position + length);

    for (guint64 at = begin; at < end; at++) {
        const guint64 inside = at - from->position;

        bytes[at - position] =
            inside < from->stored ? self->bytes->data[from->data + inside] : from->fill;
    }
}

void redact_streams_lay(const redact_streams *self, const turn_flow *flow, guint32 seq, gint64 time,
                        guint8 *bytes, gsize length) {
    const direction *of = g_hash_table_lookup(self->directions, flow);
    guint64 position;

    if (of == NULL || of->anchors->len == 0) {
        return;
    }
    position = position_near(anchor_at(of, time)->position, seq);
    for (guint i = first_patch(of->patches, position); i < of->patches->len; i++) {
        const patch *from = &g_array_index(of->patches, patch, i);

        if (from->position >= position + length) {
            return;
        }
        lay_patch(self, from, position, bytes, length);
    }
}
