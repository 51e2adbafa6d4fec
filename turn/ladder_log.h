/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Keeps the messages of a capture while the tracker reads it, since it is known only at the end
 * which session each belongs to. Media is not kept: the model counts it. */
#ifndef TURN_LADDER_LOG_H
#define TURN_LADDER_LOG_H

#include "stun/message.h"
#include "turn/tracker.h"

/* Limits of what is kept; a message that is longer is cut. */
#define TURN_LADDER_MAX_MESSAGES 131072u
#define TURN_LADDER_MAX_BYTES    (32u << 20)
#define TURN_LADDER_MAX_MESSAGE  2048u

typedef struct turn_logged {
    turn_packet packet;
    turn_carried carried;
    stun_message message; /* whose bytes are the log's own */
} turn_logged;

typedef struct turn_ladder_log {
    const turn_tracker *tracker;
    GArray *messages; /* of turn_logged, in the order of the capture */
    gsize bytes_left; /* of TURN_LADDER_MAX_BYTES */
    guint64 dropped;  /* messages that were too many */
} turn_ladder_log;

/* Observes TRACKER until its capture is over, and must live as long. */
turn_ladder_log *turn_ladder_log_new(turn_tracker *tracker);
void turn_ladder_log_free(turn_ladder_log *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(turn_ladder_log, turn_ladder_log_free)

#endif
