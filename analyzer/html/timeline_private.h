/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What the parts of the time line share: where a moment stands on it. Inside analyzer/html/ only.
 */
#ifndef ANALYZER_HTML_TIMELINE_PRIVATE_H
#define ANALYZER_HTML_TIMELINE_PRIVATE_H

#include "analyzer/html/finding_numbers.h"
#include "analyzer/html/svg.h"

/* Pixels: the time goes from LEFT to RIGHT. On a sheet of A4 text of 12 pixels is 8 points high. */
#define TIMELINE_LEFT  16
#define TIMELINE_RIGHT 760
#define TIMELINE_WIDTH 784

typedef struct timeline {
    GString *out;
    const turn_report *found;
    finding_numbers *numbers;
    GArray *marked; /* of guint: the numbers of findings that are marked */
    gint64 from;    /* the first packet and the last one, by the client's clock */
    gint64 to;
    gint top; /* of the rows */
    gint y;   /* where the next row begins */
} timeline;

/* TIME by the client's clock. */
gint timeline_x(const timeline *self, gint64 time);

/* When it was seen, by the client's clock. */
gint64 timeline_moment(const timeline *self, const turn_seen *seen);

/* timeline_rest.c */

/* One row for COUNT sessions that are not in DRAWN, a set of turn_session: how many findings they
 * have, over the time. */
void timeline_rest(timeline *self, GHashTable *drawn, guint count);

/* timeline_rates.c */

/* Bytes in each second, to the peers and from them. */
void timeline_rates(timeline *self);

#endif
