/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The lanes of a ladder: one a host, with its role and address, and where each of them stands. */
#ifndef ANALYZER_HTML_LADDER_LANES_H
#define ANALYZER_HTML_LADDER_LANES_H

#include "turn/ladder.h"
#include "turn/report/report.h"

/* Peers with a lane of their own; further ones share one. */
#define LADDER_MAX_PEERS 4u

typedef struct ladder_lane {
    const char *role;
    char *address; /* NULL where several share the lane */
    char *note;    /* NULL when there is none */
    stun_address peer;
    gint x;
} ladder_lane;

typedef struct ladder_lanes {
    GArray *all;   /* of ladder_lane, from the left */
    guint relay;   /* index of the relayed address, or of the server where there is none */
    guint peers;   /* index of the first peer */
    gboolean rest; /* the last one is that of the further peers */
    gint left;     /* where the first lane's text may begin, and the last one's must end */
    gint right;
} ladder_lanes;

/* FROM is where the first lane's text may begin. */
ladder_lanes *ladder_lanes_new(const turn_ladder *ladder, const turn_report *found, gint from);
void ladder_lanes_free(ladder_lanes *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ladder_lanes, ladder_lanes_free)

/* Between which of them a step goes. */
guint ladder_lane_from(const ladder_lanes *self, const turn_step *step);
guint ladder_lane_to(const ladder_lanes *self, const turn_step *step);
const ladder_lane *ladder_lane_at(const ladder_lanes *self, guint index);
/* Role, and for a peer its address where there are several. Owned by the caller. */
char *ladder_lane_name(const ladder_lanes *self, guint index);

/* "peer 203.0.113.9:5000" for a step that goes to or comes from the lane that several share; NULL
 * for others. Owned by the caller. */
char *ladder_lane_peer(const ladder_lanes *self, const turn_step *step);

/* Draws the heads of the lanes, and their lines down to BOTTOM. Returns where the first row
 * begins. */
gint ladder_lanes_draw(const ladder_lanes *self, GString *out, gint bottom);
gint ladder_lanes_head(const ladder_lanes *self);

#endif
