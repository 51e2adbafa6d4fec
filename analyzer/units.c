/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "analyzer/units_private.h"

#include <string.h>

void units_init(units *self, turn_tracker *tracker, const turn_flow *flow, gboolean turn_port) {
    *self = (units){
        .tracker = tracker, .flows = {*flow, turn_flow_reversed(flow)}, .turn_port = turn_port};
}

static void side_clear(units_side *side) {
    g_clear_pointer(&side->carry, g_free);
    side->carry_length = 0;
    side->carry_size = 0;
    side->tail_length = 0;
    side->skip = 0;
}

void units_clear(units *self) {
    side_clear(&self->sides[0]);
    side_clear(&self->sides[1]);
}

gsize units_memory(const units *self) {
    return self->sides[0].carry_size + self->sides[1].carry_size;
}

void units_carry(units_side *side, const piece_mark *mark, const guint8 *bytes, gsize length) {
    gsize total = side->carry_length + length;

    if (total > side->carry_size) {
        side->carry_size = MAX(total, side->need);
        side->carry = g_realloc(side->carry, side->carry_size);
    }
    side->carry_mark = *units_later(side, mark);
    memcpy(side->carry + side->carry_length, bytes, length);
    side->carry_length = total;
}

static void carry_remove(units_side *side, gsize length) {
    side->carry_length -= length;
    if (side->carry_length == 0) {
        g_clear_pointer(&side->carry, g_free);
        side->carry_size = 0;
    } else if (length > 0) {
        memmove(side->carry, side->carry + length, side->carry_length);
    }
}

/* Steps over BYTES until they are dealt with or a step needs more. Returns how many are. */
static gsize walk(units *self, units_side *side, const piece_mark *mark, const guint8 *bytes,
                  gsize length) {
    gsize used = 0;

    while (used < length) {
        progress made = units_step(self, side, mark, bytes + used, length - used);

        side->need = made.need;
        if (made.need > 0) {
            break;
        }
        used += made.used;
    }
    return used;
}

/* One round of the bytes that arrived; returns how many of them are dealt with or carried. */
static gsize feed(units *self, units_side *side, const piece_mark *mark, const guint8 *bytes,
                  gsize length) {
    gsize used;

    if (side->carry_length == 0) {
        progress made = units_step(self, side, mark, bytes, length);

        side->need = MAX(made.need, side->carry_length + 1);
        if (made.need == 0) {
            return made.used;
        }
        units_carry(side, mark, bytes, length);
        return length;
    }
    used = side->need > side->carry_length ? MIN(side->need - side->carry_length, length) : 1;
    units_carry(side, mark, bytes, used);
    carry_remove(side, walk(self, side, mark, side->carry, side->carry_length));
    return used;
}

void units_bytes(units *self, guint side_index, const piece_mark *mark, const guint8 *bytes,
                 gsize length) {
    units_side *side = &self->sides[side_index];
    gsize skipped = MIN(side->skip, length);

    side->skip -= skipped;
    bytes += skipped;
    length -= skipped;
    while (length > 0 && side->state != UNITS_IGNORED) {
        gsize used = feed(self, side, mark, bytes, length);

        bytes += used;
        length -= used;
    }
    if (self->verdict == UNITS_TLS || self->verdict == UNITS_OTHER) {
        units_clear(self);
    }
}

/* The unit in the carry ends here as far as the capture goes. Returns how many of its bytes are
 * still to come; 0 when that cannot be told. */
static gsize cut_unit(units *self, units_side *side, const piece_mark *mark) {
    stun_frame frame;

    if (side->carry_length == 0 || side->state != UNITS_FRAMED ||
        stun_frame_next(side->framing, side->carry, side->carry_length, &frame) != STUN_TRUNCATED ||
        frame.total == 0) {
        return 0;
    }
    units_hand_over(self, side, mark, side->carry, side->carry_length, &frame);
    return frame.total - side->carry_length;
}

void units_gap(units *self, guint side_index, const piece_mark *mark, gsize length) {
    units_side *side = &self->sides[side_index];
    turn_packet packet = units_packet(self, side, mark);
    gsize rest;

    if (side->state == UNITS_IGNORED) {
        return;
    }
    rest = side->skip > 0 ? side->skip : cut_unit(self, side, mark);
    if (side->state == UNITS_BOUND) {
        units_finish(self, side_index, mark);
    }
    side_clear(side);
    if (length > 0 && rest >= length) {
        side->skip = rest - length;
    } else if (self->verdict == UNITS_UNDECIDED && !self->turn_port) {
        units_ignore(self, UNITS_OTHER);
    } else {
        units_lose_step(self, side);
    }
    if (self->verdict == UNITS_OTHER) {
        return;
    }
    self->missing += length;
    turn_tracker_gap(self->tracker, &packet, length);
}

void units_finish(units *self, guint side_index, const piece_mark *mark) {
    units_side *side = &self->sides[side_index];

    if (side->state == UNITS_BOUND && side->carry_length > 0) {
        units_hand_over_opaque(self, side, units_later(side, mark), side->carry,
                               side->carry_length);
    }
    side_clear(side);
}
