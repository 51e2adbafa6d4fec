/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The ladder of two capture points: a message that both saw is one step, and one that the other
 * point must have shown and does not is lost. Times are by the clock of the client's point. */
#ifndef TURN_LADDER_JOIN_H
#define TURN_LADDER_JOIN_H

#include "turn/ladder.h"
#include "turn/ladder_index.h"

/* What is needed for all ladders of one join. */
typedef struct turn_ladder_join turn_ladder_join;

/* LOGS are those of the points, by their names. Everything is borrowed. */
turn_ladder_join *turn_ladder_join_new(const turn_join *join,
                                       const turn_ladder_log *const logs[TURN_POINT_COUNT]);
void turn_ladder_join_free(turn_ladder_join *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(turn_ladder_join, turn_ladder_join_free)

/* SESSION is one that the join shows, PAIR one of its model. What they were made from must outlive
 * the result. */
turn_ladder *turn_ladder_join_session(const turn_ladder_join *self, const turn_judgement *judgement,
                                      const turn_session *session);
turn_ladder *turn_ladder_join_pair(const turn_ladder_join *self, const turn_judgement *judgement,
                                   const turn_pair *pair);

#endif
