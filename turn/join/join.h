/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Two capture points laid beside each other: the client's, or that of a far peer, and the server's.
 * What both show is one thing; what only one shows was lost between them, or was not captured. */
#ifndef TURN_JOIN_JOIN_H
#define TURN_JOIN_JOIN_H

#include "turn/join/legs.h"

typedef enum turn_point_name {
    TURN_POINT_CLIENT,
    TURN_POINT_SERVER,
    TURN_POINT_COUNT
} turn_point_name;

/* "client", "server". */
const char *turn_point_text(turn_point_name name);

/* A session as one or both points saw it. */
typedef struct turn_joined_session {
    const turn_session *at[TURN_POINT_COUNT]; /* NULL where it was not seen */
    turn_session *shown;                      /* a copy of the fuller one, with its own number */
    turn_point_name shown_from;
} turn_joined_session;

typedef enum turn_overlap {
    TURN_OVERLAP_TRANSACTIONS, /* both saw the same transactions */
    TURN_OVERLAP_TIME,         /* they ran at the same time, as far as their clocks tell */
    TURN_OVERLAP_NONE
} turn_overlap;

typedef struct turn_join {
    turn_point points[TURN_POINT_COUNT];
    turn_matches *matches;
    turn_clock clock;
    GPtrArray *legs;        /* of turn_leg */
    GPtrArray *sessions;    /* of turn_joined_session, in the order of MODEL */
    GHashTable *by_session; /* of turn_session, of the points and shown: turn_joined_session */
    turn_overlap overlap;
    turn_model model; /* of both points, for reports: its records are borrowed from them */
} turn_join;

/* Both points are borrowed for as long as the result lives. */
turn_join *turn_join_new(const turn_point *client, const turn_point *server);
void turn_join_free(turn_join *join);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(turn_join, turn_join_free)

/* By how much the clock of CAPTURE is ahead of that of the client's point, nanoseconds; JOIN may be
 * NULL. */
gint64 turn_join_ahead(const turn_join *join, guint32 capture);

/* SESSION may be of either point, or one that is shown. NULL when it is none of the join's. */
const turn_joined_session *turn_join_session(const turn_join *join, const turn_session *session);
/* A peer was reached both ways, by what either point shows. */
gboolean turn_joined_session_works(const turn_joined_session *session);

#endif
