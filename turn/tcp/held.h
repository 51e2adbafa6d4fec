/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The lowest large segment that a TCP sender waits for an acknowledgement of: sent once it is under
 * way, sent again and again it is lost each time. Knows sequence numbers and sizes only. */
#ifndef TURN_TCP_HELD_H
#define TURN_TCP_HELD_H

#include "turn/session.h"
#include "turn/tcp/pieces.h"

/* Segments of less than this pass wherever any do. */
#define TURN_HELD_LARGE 600u

/* All zero when nothing is held. */
typedef struct turn_held {
    guint32 seq;
    turn_stuck facts;
} turn_held;

/* Each TRUE when the facts of a segment that was sent more than once have changed. The sender sends
 * LENGTH bytes from SEQ on; the receiver acknowledges what comes before ACK. */
gboolean turn_held_sent(turn_held *self, guint32 seq, gsize length, const turn_mark *mark);
gboolean turn_held_acknowledged(turn_held *self, guint32 ack, const turn_mark *mark);

#endif
