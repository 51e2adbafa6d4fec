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
/* Worst first, then as causes explain each other; a GCompareFunc over turn_finding *. */
gint turn_finding_order(gconstpointer a, gconstpointer b);

#endif
