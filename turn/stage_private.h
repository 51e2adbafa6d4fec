/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What the parts of turn/stage.h share: stage.c walks the steps and finds the stop, stage_steps.c
 * has the tables of steps, stage_stop.c knows what kept a step from being reached. */
#ifndef TURN_STAGE_PRIVATE_H
#define TURN_STAGE_PRIVATE_H

#include "turn/rules.h"
#include "turn/stage.h"

#define STAGE_ALLOCATED "allocated"

/* What is walked. */
typedef struct stage_walk {
    const turn_model *model;
    const turn_session *session;       /* NULL for a pair */
    const turn_connection *connection; /* the one that got furthest; NULL when there is none */
    const turn_path *path;             /* checks of the peer that got furthest; NULL likewise */
    const turn_direction *data_to;     /* data of the same */
    const turn_direction *data_from;
    turn_seen from; /* the step before, or what the capture has of it */
} stage_walk;

typedef struct stage_step {
    const char *id;
    const char *title;
    gboolean strict; /* nothing further on is reached without it */
    /* Whether a session like this one has the step; NULL for all. */
    gboolean (*applies)(const stage_walk *walk);
    /* Frame 0 when it was not seen. */
    turn_seen (*seen)(const stage_walk *walk);
    /* Whether something else than the steps further on proves it; NULL for nothing. */
    gboolean (*proved)(const stage_walk *walk);
    /* Fills STOP, FROM (when it is not the walk's), SEEN, CODE and REASON of STAGES. */
    void (*stop)(const stage_walk *walk, turn_stages *stages);
} stage_step;

/* stage_steps.c */

/* NULL behind the last step of KIND. */
const stage_step *stage_step_at(turn_stage_kind kind, guint index);
/* How far checks and data between two ends got, to choose between several. */
guint stage_score(const turn_path *path, const turn_direction *data_to,
                  const turn_direction *data_from);
guint stage_connection_score(const turn_connection *connection);

/* stage_stop.c */

void stop_connection(const stage_walk *walk, turn_stages *stages);
void stop_not_tried(const stage_walk *walk, turn_stages *stages);
void stop_allocate(const stage_walk *walk, turn_stages *stages);
void stop_permission(const stage_walk *walk, turn_stages *stages);
void stop_peer_connection(const stage_walk *walk, turn_stages *stages);
void stop_data_connection(const stage_walk *walk, turn_stages *stages);
void stop_bound(const stage_walk *walk, turn_stages *stages);
void stop_check_to_peer(const stage_walk *walk, turn_stages *stages);
void stop_check_from_peer(const stage_walk *walk, turn_stages *stages);
void stop_nominated(const stage_walk *walk, turn_stages *stages);
void stop_data(const stage_walk *walk, turn_stages *stages);

#endif
