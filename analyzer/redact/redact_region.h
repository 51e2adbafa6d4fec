/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * A part of a packet twice: as it was, and as it is being rewritten. Both have the same length, so
 * that what was changed can be told by the bytes. */
#ifndef ANALYZER_REDACT_REDACT_REGION_H
#define ANALYZER_REDACT_REDACT_REGION_H

#include <glib.h>
#include <string.h>

typedef struct redact_region {
    const guint8 *before;
    guint8 *after;
    gsize captured; /* bytes that are there */
    gsize reported; /* bytes that were on the wire, at least CAPTURED */
} redact_region;

/* What follows the first OFFSET bytes. */
static inline redact_region region_from(redact_region of, gsize offset) {
    const gsize skipped = MIN(offset, of.captured);

    return (redact_region){.before = of.before + skipped,
                           .after = of.after + skipped,
                           .captured = of.captured - skipped,
                           .reported = of.reported - MIN(offset, of.reported)};
}

/* The first LENGTH bytes. */
static inline redact_region region_head(redact_region of, gsize length) {
    of.captured = MIN(of.captured, length);
    of.reported = MIN(of.reported, length);
    return of;
}

static inline void region_fill(redact_region of, guint8 fill) {
    if (of.captured > 0) {
        memset(of.after, fill, of.captured);
    }
}

static inline void region_blank(redact_region of) {
    region_fill(of, 0);
}

#endif
