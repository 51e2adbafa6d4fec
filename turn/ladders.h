/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The ladders that a report shows: those of the sessions that matter most, and of the pairs outside
 * sessions that something was found about. */
#ifndef TURN_LADDERS_H
#define TURN_LADDERS_H

#include "turn/ladder.h"

/* Of sessions, and of pairs. A reader looks at few, and a page has to open. */
#define TURN_MAX_LADDERS 40u

/* Places in model->sessions (of guint): those with the worst findings first, then in their order.
 * Owned by the caller. */
GArray *turn_sessions_worst_first(const turn_model *model, const turn_judgement *judgement);

/* Of turn_ladder, one for each session of MODEL in its order; NULL for those that are left out, the
 * last of turn_sessions_worst_first(). LOGS are those of the capture
 * points, the second NULL where there is one. JOIN may be NULL. All must outlive the result. */
GPtrArray *turn_ladders_of_sessions(const turn_model *model, const turn_judgement *judgement,
                                    const turn_join *join,
                                    const turn_ladder_log *const logs[TURN_POINT_COUNT]);
/* The same for each pair of MODEL; only those that are evidence of a finding about no session. */
GPtrArray *turn_ladders_of_pairs(const turn_model *model, const turn_judgement *judgement,
                                 const turn_join *join,
                                 const turn_ladder_log *const logs[TURN_POINT_COUNT]);

#endif
