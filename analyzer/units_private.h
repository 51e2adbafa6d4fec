/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Between units.c, which brings the bytes together, and units_steps.c, which decides what they are.
 */
#ifndef ANALYZER_UNITS_PRIVATE_H
#define ANALYZER_UNITS_PRIVATE_H

#include "analyzer/units.h"

/* What a step made of the bytes it was given. */
typedef struct progress {
    gsize used; /* bytes that are dealt with; 0 is allowed when the state has changed */
    gsize need; /* bytes that the step must see at once to go on; 0 when it did go on */
} progress;

/* One step over BYTES, which are those behind what is dealt with. LENGTH is not 0. */
progress units_step(units *self, units_side *side, const piece_mark *mark, const guint8 *bytes,
                    gsize length);

turn_packet units_packet(const units *self, const units_side *side, const piece_mark *mark);

/* A unit ends with the packet that the capture shows last, which need not be the one whose bytes
 * come last: a late segment may have closed a hole before it. */
const piece_mark *units_later(const units_side *side, const piece_mark *mark);

/* The unit FRAME, of which AVAILABLE bytes are at BYTES. */
void units_hand_over(units *self, units_side *side, const piece_mark *mark, const guint8 *bytes,
                     gsize available, const stun_frame *frame);
void units_hand_over_opaque(units *self, const units_side *side, const piece_mark *mark,
                            const guint8 *bytes, gsize length);

/* From here on the next message has to be searched. */
void units_lose_step(const units *self, units_side *side);
/* Nothing here can be read. The bytes that are carried are still being walked over: they are freed
 * by units.c. */
void units_ignore(units *self, units_verdict verdict);

/* Appends to the bytes that wait for the rest of their unit. */
void units_carry(units_side *side, const piece_mark *mark, const guint8 *bytes, gsize length);

#endif
