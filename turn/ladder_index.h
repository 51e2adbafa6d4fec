/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Finds the messages of a log by where they went, so that many ladders can be made of one log. */
#ifndef TURN_LADDER_INDEX_H
#define TURN_LADDER_INDEX_H

#include "turn/ladder_log.h"

typedef struct turn_ladder_index turn_ladder_index;

/* LOG is borrowed, and must not grow any more. */
turn_ladder_index *turn_ladder_index_new(const turn_ladder_log *log);
void turn_ladder_index_free(turn_ladder_index *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(turn_ladder_index, turn_ladder_index_free)

const turn_ladder_log *turn_ladder_index_log(const turn_ladder_index *self);

/* Both append places in log->messages to FOUND (of guint): of those on FLOW, in either direction,
 * and of those to or from ADDRESS. */
void turn_ladder_index_on_flow(const turn_ladder_index *self, const turn_flow *flow, GArray *found);
void turn_ladder_index_at(const turn_ladder_index *self, const stun_address *address,
                          GArray *found);

#endif
