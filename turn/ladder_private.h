/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What the parts of the ladder share: ladder_messages.c places messages, ladder_events.c adds what
 * the model knows of everything else, ladder_join.c makes one of two capture points' steps,
 * ladder_losses.c says which of them were lost, and ladder.c adds the findings and puts all in
 * order. */
#ifndef TURN_LADDER_PRIVATE_H
#define TURN_LADDER_PRIVATE_H

#include "turn/ladder.h"
#include "turn/ladder_index.h"

/* Events of one ladder that are compared with those of the other capture point. */
#define TURN_LADDER_MAX_EVENTS 1024u

static inline turn_point_name ladder_other_point(turn_point_name point) {
    return point == TURN_POINT_CLIENT ? TURN_POINT_SERVER : TURN_POINT_CLIENT;
}

/* What one capture point has of a session or a pair. */
typedef struct ladder_view {
    const turn_ladder_index *index;
    const turn_model *model;
    turn_point_name point;
    gint64 shift;                /* to be added to its times; nanoseconds */
    const turn_session *session; /* as the point knows it; NULL when it saw none */
    const turn_pair *pair;       /* the same */
    GArray *relayed;   /* of stun_address: what the session's relay has at this point; owned */
    gint64 relay_from; /* by the point's own clock */
    gint64 relay_to;
    turn_flow flow; /* of a pair, from its first end */
} ladder_view;

/* Of SESSION, which is of MODEL. RELAYED is to be freed. */
ladder_view ladder_view_of_session(const turn_ladder_index *index, const turn_model *model,
                                   const turn_session *session);
ladder_view ladder_view_of_pair(const turn_ladder_index *index, const turn_model *model,
                                const turn_pair *pair);

/* ladder.c */

turn_ladder *ladder_new(const turn_session *session, const turn_pair *pair);
/* Marks the evidence of findings about the session or, of a pair, about no session at all. JOIN may
 * be NULL. */
void ladder_finish(turn_ladder *self, const turn_judgement *judgement, const turn_join *join);
/* Takes NAME. Borrowed from the ladder. */
turn_step *ladder_add_step(turn_ladder *self, turn_step_kind kind, const turn_seen *seen,
                           char *name);
void ladder_step_free(gpointer step);
/* From FROM to TO, or the other way when FORWARD is FALSE. */
void ladder_set_lanes(turn_step *step, turn_lane from, turn_lane to, gboolean forward);

/* ladder_messages.c */

void ladder_add_messages(turn_ladder *self, const ladder_view *view);
/* Marks requests to which nothing came back. VIEWS are by point. */
void ladder_mark_unanswered(turn_ladder *self, const ladder_view *views);

/* ladder_events.c */

/* TCP connections, ICMP errors and runs of media. */
void ladder_add_events(turn_ladder *self, const ladder_view *view);

#endif
