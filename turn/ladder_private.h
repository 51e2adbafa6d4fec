/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What the parts of the ladder share: ladder.c places messages and findings, ladder_events.c adds
 * what the model knows of everything else. */
#ifndef TURN_LADDER_PRIVATE_H
#define TURN_LADDER_PRIVATE_H

#include "turn/ladder.h"

/* ladder.c */

/* Takes NAME. Borrowed from the ladder. */
turn_step *ladder_add_step(turn_ladder *self, turn_step_kind kind, const turn_seen *seen,
                           char *name);
/* From FROM to TO, or the other way when FORWARD is FALSE. */
void ladder_set_lanes(turn_step *step, turn_lane from, turn_lane to, gboolean forward);

/* ladder_events.c */

/* TCP connections, ICMP errors and runs of media. */
void ladder_add_events(turn_ladder *self);

#endif
