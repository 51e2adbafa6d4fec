/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "analyzer/redact/redact_streams.h"

#include "analyzer/redact/redact_runs.h"
#include "turn/hash.h"
#include <string.h>

/* Connections of the same two ends lie so far apart: beyond what 32 bits tell of each other. */
#define EPOCH (G_GUINT64_CONSTANT(1) << 34)
/* A sequence number is told by one that is less than 2 GB away. */
#define ANCHOR_REACH (G_GUINT64_CONSTANT(1) << 30)
/* A unit that begins so far before the latest one belongs to another connection: bytes that were
 * shown as something else before are fewer (TURN_UNITS_TAIL). */
#define STEP_BACK 64u

/* A stretch takes in the units that adjoin it until it has so many bytes: they are read from the
 * first one on. */
#define STRETCH_SIZE 1024u
/* What an allocation takes beside its bytes. */
#define ALLOCATION 16u

/* A part of a stream without gaps, of LENGTH bytes. */
typedef struct stretch {
    guint64 position;
    guint8 *runs; /* of redact_runs.h, owned */
    guint32 size; /* of those */
    guint32 length;
    gboolean cut; /* the runs have more than the length says: nothing goes behind them */
} stretch;

/* From TIME on the position of a sequence number is the one nearest to POSITION. */
typedef struct anchor {
    gint64 time;
    guint64 position;
} anchor;

/* One direction of all connections of a 5-tuple. */
typedef struct direction {
    turn_flow flow;
    GArray *anchors;   /* of anchor, by time and by position */
    GArray *stretches; /* of stretch, by position, none over another */
    guint64 latest;    /* position of the last unit of the latest connection; 0: it has none */
    gboolean anew;     /* what comes next is of another connection, since: */
    gint64 since;
} direction;

struct redact_streams {
    GHashTable *directions; /* of turn_flow: direction, owned */
    GByteArray *runs;       /* of the unit that is learned */
    gsize memory;
    gsize limit;
    gboolean full;
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

static void stretch_clear(gpointer data) {
    g_free(((stretch *)data)->runs);
}

static void direction_free(gpointer data) {
    direction *self = data;

    g_array_unref(self->anchors);
    g_array_unref(self->stretches);
    g_free(self);
}

redact_streams *redact_streams_new(gsize limit) {
    redact_streams *self = g_new0(redact_streams, 1);

    self->directions = g_hash_table_new_full(directed_hash, directed_equal, NULL, direction_free);
    self->runs = g_byte_array_new();
    self->limit = limit;
    return self;
}

void redact_streams_free(redact_streams *self) {
    if (self == NULL) {
        return;
    }
    g_hash_table_destroy(self->directions);
    g_byte_array_unref(self->runs);
    g_free(self);
}

gboolean redact_streams_is_full(const redact_streams *self) {
    return self->full;
}

/* FALSE when there is no room for SIZE more bytes, and from then on. */
static gboolean take_room(redact_streams *self, gsize size) {
    self->full |= size > self->limit - self->memory;
    self->memory += self->full ? 0 : size;
    return !self->full;
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
    of->latest = 0;
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
    found->stretches = g_array_new(FALSE, FALSE, sizeof(stretch));
    g_array_set_clear_func(found->stretches, stretch_clear);
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

/* Takes what begins at POSITION or behind it out of the stretches. */
static void clear_behind(GArray *stretches, guint64 position) {
    while (stretches->len > 0) {
        stretch *last = &g_array_index(stretches, stretch, stretches->len - 1);

        if (last->position < position) {
            last->cut |= last->length > position - last->position;
            last->length = (guint32)MIN(last->length, position - last->position);
            return;
        }
        g_array_set_size(stretches, stretches->len - 1);
    }
}

static guint64 position_of_unit(redact_streams *self, direction *of, guint32 seq, gint64 time) {
    const guint64 latest = of->latest != 0 ? of->latest : last_anchor(of)->position;
    const guint64 position = position_near(latest, seq);

    if (of->anew || position + STEP_BACK < latest) {
        begin_epoch(self, of, of->anew ? of->since : time, seq);
        return last_anchor(of)->position;
    }
    if (position >= last_anchor(of)->position + ANCHOR_REACH) {
        add_anchor(self, of, time, position);
    }
    return position;
}

/* Of the last stretch when what comes at POSITION goes behind it. */
static stretch *adjoining(const direction *of, guint64 position, guint32 size) {
    stretch *last = of->stretches->len > 0
                        ? &g_array_index(of->stretches, stretch, of->stretches->len - 1)
                        : NULL;

    return last != NULL && !last->cut && last->position + last->length == position &&
                   last->size + size <= STRETCH_SIZE
               ? last
               : NULL;
}

static void add_unit(const redact_streams *self, direction *of, guint64 position, gsize length) {
    stretch *to;

    clear_behind(of->stretches, position);
    to = adjoining(of, position, self->runs->len);
    if (to == NULL) {
        g_array_append_val(of->stretches, (stretch){.position = position});
        to = &g_array_index(of->stretches, stretch, of->stretches->len - 1);
    }
    to->runs = g_realloc(to->runs, to->size + self->runs->len);
    memcpy(to->runs + to->size, self->runs->data, self->runs->len);
    to->size += self->runs->len;
    to->length += (guint32)length;
    of->latest = position;
}

void redact_streams_learn(redact_streams *self, const turn_flow *flow, guint32 seq, gint64 time,
                          const guint8 *bytes, gsize length) {
    direction *of = direction_at(self, flow, seq);
    gsize size = sizeof(stretch) + ALLOCATION;
    guint64 position;

    if (self->full || length == 0) {
        return;
    }
    g_byte_array_set_size(self->runs, 0);
    redact_runs_append(self->runs, bytes, length);
    position = position_of_unit(self, of, seq, time);
    if (adjoining(of, position, self->runs->len) != NULL) {
        size = 0;
    }
    if (take_room(self, size + self->runs->len)) {
        add_unit(self, of, position, length);
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

/* The first stretch that ends behind POSITION. */
static guint first_stretch(const GArray *stretches, guint64 position) {
    guint low = 0;
    guint high = stretches->len;

    while (low < high) {
        const guint middle = low + (high - low) / 2;
        const stretch *at = &g_array_index(stretches, stretch, middle);

        if (at->position + at->length > position) {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    return low;
}

static void lay_stretch(const stretch *from, guint64 position, guint8 *bytes, gsize length) {
    const guint64 begin = MAX(from->position, position);
    const guint64 end = MIN(from->position + from->length, position + length);

    redact_runs_read(from->runs, from->size, begin - from->position, bytes + (begin - position),
                     end - begin);
}

void redact_streams_lay(const redact_streams *self, const turn_flow *flow, guint32 seq, gint64 time,
                        guint8 *bytes, gsize length) {
    const direction *of = g_hash_table_lookup(self->directions, flow);
    guint64 position;

    if (of == NULL || of->anchors->len == 0) {
        return;
    }
    position = position_near(anchor_at(of, time)->position, seq);
    for (guint i = first_stretch(of->stretches, position); i < of->stretches->len; i++) {
        const stretch *from = &g_array_index(of->stretches, stretch, i);

        if (from->position >= position + length) {
            return;
        }
        lay_stretch(from, position, bytes, length);
    }
}
