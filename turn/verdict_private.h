/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What the verdict over one capture point and that over two share. Inside turn/ only. */
#ifndef TURN_VERDICT_PRIVATE_H
#define TURN_VERDICT_PRIVATE_H

#include "turn/findings.h"

/* Adds what the rules find in SCENE. */
void turn_run_rules(const turn_scene *scene, GPtrArray *findings);
/* Makes a fault milder that the same client got round. */
void turn_soften(turn_finding *finding, const turn_model *model);
/* Worst first, then as causes explain each other; a GCompareFunc over turn_finding *. */
gint turn_finding_order(gconstpointer a, gconstpointer b);

#endif
