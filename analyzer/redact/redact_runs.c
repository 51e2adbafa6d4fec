/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "analyzer/redact/redact_runs.h"

#include <string.h>

/* Fewer are kept as they are: two lengths and a byte are no less. */
#define SHORTEST_RUN 4u

#define COUNT_BITS 7u
#define COUNT_MORE 0x80u

static void append_count(GByteArray *to, gsize count) {
    do {
        const guint8 rest = (guint8)(count % COUNT_MORE);
        const guint8 byte = count >= COUNT_MORE ? (guint8)(rest | COUNT_MORE) : rest;

        g_byte_array_append(to, &byte, 1);
        count >>= COUNT_BITS;
    } while (count > 0);
}

/* Moves *AT behind the count. */
static gsize read_count(const guint8 *runs, gsize *at) {
    gsize count = 0;
    guint shift = 0;
    guint8 byte;

    do {
        byte = runs[(*at)++];
        count |= (gsize)(byte % COUNT_MORE) << shift;
        shift += COUNT_BITS;
    } while ((byte & COUNT_MORE) != 0);
    return count;
}

static gsize run_at(const guint8 *bytes, gsize length) {
    gsize run = 1;

    while (run < length && bytes[run] == bytes[0]) {
        run++;
    }
    return run;
}

void redact_runs_append(GByteArray *runs, const guint8 *bytes, gsize length) {
    gsize begin = 0;

    while (begin < length) {
        gsize at = begin;
        gsize run = run_at(bytes + at, length - at);

        while (run < SHORTEST_RUN && at + run < length) {
            at += run;
            run = run_at(bytes + at, length - at);
        }
        if (run < SHORTEST_RUN) {
            at += run;
            run = 0;
        }
        append_count(runs, at - begin);
        g_byte_array_append(runs, bytes + begin, (guint)(at - begin));
        append_count(runs, run);
        g_byte_array_append(runs, bytes + at, run > 0 ? 1 : 0);
        begin = at + run;
    }
}

/* What is asked for, and how much of it was passed or is done. */
typedef struct reading {
    gsize skip;
    guint8 *out;
    gsize length;
} reading;

/* The next COUNT bytes: those at BYTES, or, where they are a run, each the one that is there. */
static void take(reading *self, const guint8 *bytes, gsize count, gboolean run) {
    const gsize skipped = MIN(self->skip, count);
    const gsize taken = MIN(count - skipped, self->length);

    if (taken > 0 && run) {
        memset(self->out, *bytes, taken);
    } else if (taken > 0) {
        memcpy(self->out, bytes + skipped, taken);
    }
    self->skip -= skipped;
    self->out += taken;
    self->length -= taken;
}

void redact_runs_read(const guint8 *runs, gsize size, gsize offset, guint8 *out, gsize length) {
    reading left = {.skip = offset, .out = out, .length = length};

    for (gsize at = 0; at < size && left.length > 0;) {
        gsize count = read_count(runs, &at);

        take(&left, runs + at, count, FALSE);
        at += count;
        count = read_count(runs, &at);
        take(&left, runs + at, count, TRUE);
        at += count > 0 ? 1 : 0;
    }
}
