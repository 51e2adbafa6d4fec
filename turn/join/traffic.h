/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * When a capture point saw the latest packet of each direction between two ends, data included,
 * which no ledger has: where data goes on, nothing is blocked. */
#ifndef TURN_JOIN_TRAFFIC_H
#define TURN_JOIN_TRAFFIC_H

#include "turn/session.h"

typedef struct turn_traffic turn_traffic;

/* Between clients and the server, between relayed addresses and peers, and of pairs outside
 * sessions: as many as the model has. */
turn_traffic *turn_traffic_new(const turn_model *model);
void turn_traffic_free(turn_traffic *traffic);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(turn_traffic, turn_traffic_free)

/* The latest packet in the direction of FLOW that is known of; G_MININT64 without any. There may
 * have been a later one. */
gint64 turn_traffic_last(const turn_traffic *traffic, const turn_flow *flow);

#endif
