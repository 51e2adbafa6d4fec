/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Between units.c, which brings the bytes together, and units_steps.c, which decides what they are.
 */
#ifndef TURN_TCP_UNITS_PRIVATE_H
#define TURN_TCP_UNITS_PRIVATE_H

#include "turn/tcp/units.h"

/* What a step made of the bytes it was given. */
typedef struct progress {
    gsize used; /* bytes that are dealt with; 0 is allowed when the state has changed */
    gsize need; /* bytes that the step must see at once to go on; 0 when it did go on */
} progress;

/* One step over BYTES, which are those behind what is dealt with. LENGTH is not 0. */
progress units_step(turn_units *self, turn_units_side *side, const turn_mark *mark,
                    const guint8 *bytes, gsize length);

turn_packet units_packet(const turn_units *self, const turn_units_side *side,
                         const turn_mark *mark);

/* A unit ends with the packet that the capture shows last, which need not be the one whose bytes
 * come last: a late segment may have closed a hole before it. */
const turn_mark *units_later(const turn_units_side *side, const turn_mark *mark);

/* Of the bytes from BYTES on, which a step was given together with MARK. */
turn_units_origin units_origin(const turn_units_side *side, const turn_mark *mark,
                               const guint8 *bytes);
/* Of the bytes from OFFSET on. */
turn_units_origin units_origin_skip(turn_units_origin of, gsize offset);
/* Of LENGTH bytes of FRONT and what follows them. */
turn_units_origin units_origin_join(turn_units_origin front, gsize length, turn_units_origin back);

/* The unit FRAME, of which AVAILABLE bytes are at BYTES. */
void units_hand_over(turn_units *self, turn_units_side *side, const turn_mark *mark,
                     const guint8 *bytes, gsize available, const stun_frame *frame);
void units_hand_over_opaque(turn_units *self, const turn_units_side *side, const turn_mark *mark,
                            const guint8 *bytes, gsize length);

/* LENGTH bytes that will not become a unit, or begin TLS; see turn_tracker_rest(). */
void units_rest(const turn_units *self, const turn_units_side *side, const turn_mark *mark,
                const guint8 *bytes, gsize length);

/* From here on the next message has to be searched. */
void units_lose_step(const turn_units *self, turn_units_side *side);
/* Nothing here can be read. The bytes that are carried are still being walked over: they are freed
 * by units.c. */
void units_ignore(turn_units *self, turn_units_verdict verdict);

/* Appends to the bytes that wait for the rest of their unit. */
void units_carry(turn_units_side *side, const turn_mark *mark, const guint8 *bytes, gsize length);

#endif
