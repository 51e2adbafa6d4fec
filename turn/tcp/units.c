/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "turn/tcp/units_private.h"

#include <string.h>

void turn_units_init(turn_units *self, turn_tracker *tracker, const turn_flow *flow,
                     gboolean turn_port) {
    *self = (turn_units){
        .tracker = tracker, .flows = {*flow, turn_flow_reversed(flow)}, .turn_port = turn_port};
}

static void side_clear(turn_units_side *side) {
    g_clear_pointer(&side->carry, g_free);
    side->carry_length = 0;
    side->carry_size = 0;
    side->tail_length = 0;
    side->skip = 0;
}

void turn_units_clear(turn_units *self) {
    side_clear(&self->sides[0]);
    side_clear(&self->sides[1]);
}

gsize turn_units_memory(const turn_units *self) {
    return self->sides[0].carry_size + self->sides[1].carry_size;
}

turn_units_origin units_origin_skip(turn_units_origin of, gsize offset) {
    const gboolean stays = offset < of.latest_at;

    return (turn_units_origin){.first = stays ? of.first : of.latest,
                               .latest = of.latest,
                               .latest_at = of.latest_at - MIN(offset, of.latest_at),
                               .first_time = stays ? of.first_time : of.latest_time,
                               .latest_time = of.latest_time};
}

turn_units_origin units_origin_join(turn_units_origin front, gsize length, turn_units_origin back) {
    if (length == 0) {
        return back;
    }
    if (front.latest == back.latest) {
        return front;
    }
    return (turn_units_origin){.first = front.first,
                               .latest = back.latest,
                               .latest_at = length + back.latest_at,
                               .first_time = front.first_time,
                               .latest_time = back.latest_time};
}

static turn_units_origin origin_of_mark(const turn_mark *mark) {
    return (turn_units_origin){.first = mark->frame,
                               .latest = mark->frame,
                               .first_time = mark->time,
                               .latest_time = mark->time};
}

turn_units_origin units_origin(const turn_units_side *side, const turn_mark *mark,
                               const guint8 *bytes) {
    /* What is carried is walked over in its place. */
    return side->carry_length > 0
               ? units_origin_skip(side->carry_origin, (gsize)(bytes - side->carry))
               : origin_of_mark(mark);
}

void units_carry(turn_units_side *side, const turn_mark *mark, const guint8 *bytes, gsize length) {
    gsize total = side->carry_length + length;

    if (total > side->carry_size) {
        side->carry_size = MAX(total, side->need);
        side->carry = g_realloc(side->carry, side->carry_size);
    }
    side->carry_mark = *units_later(side, mark);
    side->carry_origin =
        units_origin_join(side->carry_origin, side->carry_length, origin_of_mark(mark));
    memcpy(side->carry + side->carry_length, bytes, length);
    side->carry_length = total;
}

static void carry_remove(turn_units_side *side, gsize length) {
    side->carry_length -= length;
    side->carry_origin = units_origin_skip(side->carry_origin, length);
    if (side->carry_length == 0) {
        g_clear_pointer(&side->carry, g_free);
        side->carry_size = 0;
    } else if (length > 0) {
        memmove(side->carry, side->carry + length, side->carry_length);
    }
}

/* Steps over BYTES until they are dealt with or a step needs more. Returns how many are. */
static gsize walk(turn_units *self, turn_units_side *side, const turn_mark *mark,
                  const guint8 *bytes, gsize length) {
    gsize used = 0;

    while (used < length) {
        progress made = units_step(self, side, mark, bytes + used, length - used);

        side->need = made.need;
        if (made.need > 0) {
            break;
        }
        used += made.used;
        side->seq += (guint32)made.used;
    }
    return used;
}

/* One round of the bytes that arrived; returns how many of them are dealt with or carried. */
static gsize feed(turn_units *self, turn_units_side *side, const turn_mark *mark,
                  const guint8 *bytes, gsize length) {
    gsize used;

    if (side->carry_length == 0) {
        progress made = units_step(self, side, mark, bytes, length);

        side->need = MAX(made.need, side->carry_length + 1);
        if (made.need == 0) {
            side->seq += (guint32)made.used;
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

void turn_units_at(turn_units *self, guint side_index, guint32 seq) {
    turn_units_side *side = &self->sides[side_index];

    if (side->carry_length == 0) {
        side->seq = seq;
    }
}

void turn_units_bytes(turn_units *self, guint side_index, const turn_mark *mark,
                      const guint8 *bytes, gsize length) {
    turn_units_side *side = &self->sides[side_index];
    gsize skipped = MIN(side->skip, length);

    side->skip -= skipped;
    side->seq += (guint32)skipped;
    bytes += skipped;
    length -= skipped;
    while (length > 0 && side->state != TURN_UNITS_IGNORED) {
        gsize used = feed(self, side, mark, bytes, length);

        bytes += used;
        length -= used;
    }
    if (self->verdict == TURN_UNITS_TLS || self->verdict == TURN_UNITS_OTHER) {
        turn_units_clear(self);
    }
}

/* The unit in the carry ends here as far as the capture goes. Returns how many of its bytes are
 * still to come; 0 when that cannot be told. */
static gsize cut_unit(turn_units *self, turn_units_side *side, const turn_mark *mark) {
    stun_frame frame;
    gsize rest;

    if (side->carry_length == 0 || side->state != TURN_UNITS_FRAMED ||
        stun_frame_next(side->framing, side->carry, side->carry_length, &frame) != STUN_TRUNCATED ||
        frame.total == 0) {
        units_rest(self, side, mark, side->carry, side->carry_length);
        return 0;
    }
    rest = frame.total - side->carry_length;
    units_hand_over(self, side, mark, side->carry, side->carry_length, &frame);
    /* A bind may have ended the framing: these bytes are no part of what the peer sends. */
    side->carry_length = 0;
    return rest;
}

void turn_units_gap(turn_units *self, guint side_index, const turn_mark *mark, gsize length) {
    turn_units_side *side = &self->sides[side_index];
    turn_packet packet = units_packet(self, side, mark);
    gsize rest;

    if (side->state == TURN_UNITS_IGNORED) {
        return;
    }
    rest = side->skip > 0 ? side->skip : cut_unit(self, side, mark);
    if (side->state == TURN_UNITS_BOUND) {
        turn_units_finish(self, side_index, mark);
    }
    side_clear(side);
    if (length > 0 && rest >= length) {
        side->skip = rest - length;
    } else if (self->verdict == TURN_UNITS_UNDECIDED && !self->turn_port) {
        units_ignore(self, TURN_UNITS_OTHER);
    } else {
        units_lose_step(self, side);
    }
    if (self->verdict == TURN_UNITS_OTHER) {
        return;
    }
    self->missing += length;
    turn_tracker_gap(self->tracker, &packet, length);
}

void turn_units_finish(turn_units *self, guint side_index, const turn_mark *mark) {
    turn_units_side *side = &self->sides[side_index];

    if (side->state == TURN_UNITS_BOUND && side->carry_length > 0) {
        units_hand_over_opaque(self, side, units_later(side, mark), side->carry,
                               side->carry_length);
    } else if (side->carry_length > 0) {
        units_rest(self, side, mark, side->carry, side->carry_length);
    }
    side_clear(side);
}
