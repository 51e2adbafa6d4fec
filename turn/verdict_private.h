/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What the verdict over one capture point and that over two share. Inside turn/ only. */
#ifndef TURN_VERDICT_PRIVATE_H
#define TURN_VERDICT_PRIVATE_H

#include "turn/findings.h"

/* An unknown of one point that is none where the other one shows what never came there. */
#define TURN_UNKNOWN_CONTROL                                                                       \
    "Only what passes between relay and peers was captured: the sessions with the TURN server "    \
    "are not in it."

/* Adds what the rules find in SCENE. */
void turn_run_rules(const turn_scene *scene, GPtrArray *findings);
/* Makes a fault milder that the same client got round. */
void turn_soften(turn_finding *finding, const turn_model *model);
/* Two sessions of one address are of one client, unless they may be of two behind one NAT: those
 * ask with different users, or the same thing of the same server. */
gboolean turn_is_same_client(const turn_session *failed, const turn_session *other);
/* A session that what may be another address of the client of FAILED was granted at the same
 * moment; NULL when there is none. */
const turn_session *turn_other_address(const turn_model *model, const turn_session *failed);
/* Worst first, then as causes explain each other; a GCompareFunc over turn_finding *. */
gint turn_finding_order(gconstpointer a, gconstpointer b);

#endif
