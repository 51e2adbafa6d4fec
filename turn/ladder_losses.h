/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Which messages of a ladder were lost between two capture points: those that the legs of the join
 * count as lost, whether or not something came through after them, and no other. Inside turn/ only.
 */
#ifndef TURN_LADDER_LOSSES_H
#define TURN_LADDER_LOSSES_H

#include "turn/ladder_private.h"

typedef struct ladder_losses ladder_losses;

/* JOIN is borrowed. */
ladder_losses *ladder_losses_new(const turn_join *join);
void ladder_losses_free(ladder_losses *self);

/* Of messages that one point alone saw, and TCP packets. VIEWS are by point. */
void ladder_losses_mark(const ladder_losses *self, turn_ladder *ladder, const ladder_view *views);

#endif
