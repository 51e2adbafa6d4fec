/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "turn/tcp/units_private.h"

#include "turn/bytes.h"
#include <string.h>

#define RFC4571_HEADER 2u

/* Enough of a packet in RFC 4571 for stun_payload_classify(): the STUN header is the longest. */
#define CLASSIFY_BYTES STUN_HEADER_SIZE

turn_packet units_packet(const turn_units *self, const turn_units_side *side,
                         const turn_mark *mark) {
    return (turn_packet){.capture = mark->capture,
                         .frame = mark->frame,
                         .time = mark->time,
                         .flow = self->flows[side - self->sides],
                         .identity = mark->identity};
}

static turn_units_side *other_side(turn_units *self, const turn_units_side *side) {
    return &self->sides[side == &self->sides[0]];
}

void units_ignore(turn_units *self, turn_units_verdict verdict) {
    self->verdict = verdict;
    self->sides[0].state = TURN_UNITS_IGNORED;
    self->sides[1].state = TURN_UNITS_IGNORED;
}

void units_lose_step(const turn_units *self, turn_units_side *side) {
    side->state = self->bound ? TURN_UNITS_OPAQUE : TURN_UNITS_SEARCHING;
    side->tail_length = 0;
}

const turn_mark *units_later(const turn_units_side *side, const turn_mark *mark) {
    const turn_mark *carried = &side->carry_mark;
    gboolean after = carried->capture != mark->capture ? carried->capture > mark->capture
                                                       : carried->frame > mark->frame;

    return side->carry_length > 0 && after ? carried : mark;
}

void units_hand_over_opaque(turn_units *self, const turn_units_side *side, const turn_mark *mark,
                            const guint8 *bytes, gsize length) {
    const turn_units_origin origin = units_origin(side, mark, bytes);
    turn_packet packet = units_packet(self, side, mark);
    turn_unit unit = {.framing = STUN_FRAMING_RFC4571,
                      .opaque = TRUE,
                      .bytes = bytes,
                      .captured = length,
                      .length = length,
                      .begun = origin.first,
                      .begun_time = origin.first_time,
                      .seq = side->seq,
                      .whole = bytes,
                      .whole_captured = length};

    if (length > 0) {
        turn_tracker_unit(self->tracker, &packet, &unit);
    }
}

/* From here on both directions are what the peer sent and receives, RFC 6062 section 4.3. The
 * client may be seen a little late: it is bound once its own request has been read. */
static void bind(turn_units *self, turn_units_side *server) {
    turn_units_side *client = other_side(self, server);

    self->bound = TRUE;
    server->state = TURN_UNITS_BOUND;
    if (client->bind_request && client->state == TURN_UNITS_FRAMED) {
        client->state = TURN_UNITS_BOUND;
        client->need = 0;
    } else if (client->state == TURN_UNITS_SEARCHING) {
        units_lose_step(self, client);
    }
}

/* UNIT is a STUN message of the control connection, its header at least. */
static void watch_bind(turn_units *self, turn_units_side *side, const turn_unit *unit) {
    guint16 type;

    if (unit->captured < STUN_HEADER_SIZE) {
        return;
    }
    type = bytes_u16(unit->bytes);
    if (type == stun_type_make(STUN_METHOD_CONNECTION_BIND, STUN_SUCCESS)) {
        bind(self, side);
    } else if (stun_type_class(type) == STUN_REQUEST) {
        side->bind_request = stun_type_method(type) == STUN_METHOD_CONNECTION_BIND;
        if (side->bind_request && self->bound) {
            side->state = TURN_UNITS_BOUND;
        }
    }
}

void units_hand_over(turn_units *self, turn_units_side *side, const turn_mark *mark,
                     const guint8 *bytes, gsize available, const stun_frame *frame) {
    const turn_units_origin origin = units_origin(side, mark, bytes);
    turn_packet packet = units_packet(self, side, units_later(side, mark));
    gsize captured = available > frame->payload ? available - frame->payload : 0;
    turn_unit unit = {.framing = side->framing,
                      .kind = frame->kind,
                      .channel = frame->channel,
                      .bytes = bytes + MIN(frame->payload, available),
                      .captured = MIN(captured, frame->payload_length),
                      .length = frame->payload_length,
                      .header = available >= frame->payload ? frame->payload : 0,
                      .begun = origin.first,
                      .begun_time = origin.first_time,
                      .seq = side->seq,
                      .whole = bytes,
                      .whole_captured = MIN(available, frame->payload + frame->payload_length)};

    turn_tracker_unit(self->tracker, &packet, &unit);
    if (side->framing == STUN_FRAMING_TURN && frame->kind == STUN_FRAME_STUN) {
        watch_bind(self, side, &unit);
    }
}

static void lock_on(turn_units *self, turn_units_side *side, stun_framing framing) {
    side->state = TURN_UNITS_FRAMED;
    side->framing = framing;
    self->verdict = TURN_UNITS_TURN;
    if (framing == STUN_FRAMING_RFC4571) {
        self->bound = TRUE;
        if (other_side(self, side)->state == TURN_UNITS_SEARCHING) {
            units_lose_step(self, other_side(self, side));
        }
    }
}

/* Record types of TLS with a version that exists: nothing that STUN could look like. */
static gboolean is_tls(const guint8 *bytes, gsize length) {
    return length >= 3 && bytes[0] >= 0x14 && bytes[0] <= 0x17 && bytes[1] == 3 && bytes[2] <= 4;
}

void units_rest(const turn_units *self, const turn_units_side *side, const turn_mark *mark,
                const guint8 *bytes, gsize length) {
    const turn_packet packet = units_packet(self, side, mark);
    const turn_units_origin origin = units_origin(side, mark, bytes);
    const turn_unit rest = {.framing = side->framing,
                            .opaque = side->state != TURN_UNITS_FRAMED,
                            .begun = origin.first,
                            .begun_time = origin.first_time,
                            .seq = side->seq,
                            .whole = bytes,
                            .whole_captured = length};

    if (length > 0) {
        turn_tracker_rest(self->tracker, &packet, &rest);
    }
}

static void find_tls(turn_units *self, const turn_units_side *side, const turn_mark *mark,
                     const guint8 *bytes, gsize length) {
    turn_packet packet = units_packet(self, side, mark);

    units_rest(self, side, mark, bytes, length);
    units_ignore(self, TURN_UNITS_TLS);
    if (self->turn_port) {
        turn_tracker_tcp(self->tracker, &packet, TURN_TCP_TLS);
    }
}

/* The bytes at a boundary begin no STUN. */
static progress begin_other(turn_units *self, turn_units_side *side, const turn_mark *mark,
                            const guint8 *bytes, gsize length) {
    if (self->bound) {
        side->state = TURN_UNITS_BOUND;
    } else if (self->verdict != TURN_UNITS_TURN && is_tls(bytes, length)) {
        find_tls(self, side, mark, bytes, length);
    } else if (self->verdict == TURN_UNITS_TURN || self->turn_port) {
        units_lose_step(self, side);
    } else {
        units_ignore(self, TURN_UNITS_OTHER);
    }
    return (progress){.used = 0};
}

static progress step_begin(turn_units *self, turn_units_side *side, const turn_mark *mark,
                           const guint8 *bytes, gsize length) {
    stun_framing framing;

    switch (stun_framing_guess(bytes, length, &framing)) {
    case STUN_GUESS_MORE:
        return (progress){.need = length + 1};
    case STUN_GUESS_FRAMING:
        lock_on(self, side, framing);
        return (progress){.used = 0};
    case STUN_GUESS_PSEUDO_TLS:
        lock_on(self, side, STUN_FRAMING_MS_TURN);
        return (progress){.used = 0};
    case STUN_GUESS_NO:
        break;
    }
    if (length < 3 && bytes[0] >= 0x14 && bytes[0] <= 0x17) {
        return (progress){.need = 3};
    }
    return begin_other(self, side, mark, bytes, length);
}

/* A client that asked for a bind sends STUN or the peer's bytes after that, but no ChannelData,
 * which text would be taken for. Otherwise the bytes contradict the framing. */
static progress leave_framing(turn_units *self, turn_units_side *side) {
    side->state = self->bound || side->bind_request ? TURN_UNITS_BOUND : TURN_UNITS_BEGIN;
    self->bound = self->bound || side->bind_request;
    return (progress){.used = 0};
}

static progress step_framed(turn_units *self, turn_units_side *side, const turn_mark *mark,
                            const guint8 *bytes, gsize length) {
    stun_frame frame;

    if (side->bind_request && side->framing == STUN_FRAMING_TURN && (bytes[0] & 0xC0) != 0) {
        return leave_framing(self, side);
    }
    switch (stun_frame_next(side->framing, bytes, length, &frame)) {
    case STUN_OK:
        units_hand_over(self, side, mark, bytes, length, &frame);
        return (progress){.used = frame.total};
    case STUN_TRUNCATED:
        return (progress){.need = MAX(frame.total, length + 1)};
    default:
        return leave_framing(self, side);
    }
}

static gboolean is_framed_packet(const guint8 *bytes, gsize captured, gsize length) {
    switch (stun_payload_classify(bytes, captured, length)) {
    case STUN_PAYLOAD_STUN:
    case STUN_PAYLOAD_DTLS:
    case STUN_PAYLOAD_RTP:
    case STUN_PAYLOAD_RTCP:
    case STUN_PAYLOAD_ZRTP:
        return TRUE;
    default:
        return FALSE;
    }
}

/* Looks at a fixed number of bytes, so that it does not matter how they were cut into segments. */
static progress step_bound(turn_units *self, turn_units_side *side, const turn_mark *mark,
                           const guint8 *bytes, gsize length) {
    gsize packet = length >= RFC4571_HEADER ? bytes_u16(bytes) : 0;
    gsize need = RFC4571_HEADER + MIN(packet, CLASSIFY_BYTES);

    if (length < need) {
        return (progress){.need = need};
    }
    if (packet == 0) { /* may begin either: it is handed over, and the next bytes decide */
        stun_frame frame;

        side->framing = STUN_FRAMING_RFC4571;
        stun_frame_next(side->framing, bytes, length, &frame);
        units_hand_over(self, side, mark, bytes, length, &frame);
        return (progress){.used = frame.total};
    }
    if (is_framed_packet(bytes + RFC4571_HEADER, need - RFC4571_HEADER, packet)) {
        lock_on(self, side, STUN_FRAMING_RFC4571);
    } else {
        units_lose_step(self, side);
    }
    return (progress){.used = 0};
}

/* The first STUN in any framing that may come here; LENGTH when there is none. */
static gsize search(const turn_units *self, const guint8 *bytes, gsize length,
                    stun_framing *framing) {
    static const stun_framing framings[] = {STUN_FRAMING_RFC4571, STUN_FRAMING_TURN,
                                            STUN_FRAMING_MS_TURN};
    gsize tried = self->bound ? 1 : G_N_ELEMENTS(framings);
    gsize best = length;

    for (gsize i = 0; i < tried; i++) {
        gsize found = stun_framing_find(framings[i], bytes, length);

        if (found < best) {
            best = found;
            *framing = framings[i];
        }
    }
    return best;
}

/* Looks for a message that begins in the tail of what was searched before. TRUE when one does; the
 * carry holds its beginning then. */
static gboolean search_tail(turn_units *self, turn_units_side *side, const turn_mark *mark,
                            const guint8 *bytes, gsize length) {
    guint8 joint[2 * TURN_UNITS_TAIL];
    gsize tail = side->tail_length;
    gsize found;
    stun_framing framing = STUN_FRAMING_TURN;

    if (tail == 0) {
        return FALSE;
    }
    length = MIN(length, TURN_UNITS_TAIL);
    memcpy(joint, side->tail, tail);
    memcpy(joint + tail, bytes, length);
    found = search(self, joint, tail + length, &framing);
    if (found >= tail) {
        return FALSE;
    }
    lock_on(self, side, framing);
    side->tail_length = 0;
    side->need = tail - found + 1;
    side->seq -= (guint32)(tail - found);
    units_carry(side, mark, joint + found, tail - found);
    side->carry_origin = units_origin_skip(side->tail_origin, found);
    return TRUE;
}

static void keep_tail(turn_units_side *side, const turn_mark *mark, const guint8 *bytes,
                      gsize length) {
    gsize added = MIN(length, TURN_UNITS_TAIL);
    gsize kept = MIN(side->tail_length, TURN_UNITS_TAIL - added);
    gsize dropped = side->tail_length - kept;

    bytes += length - added;
    memmove(side->tail, side->tail + dropped, kept);
    memcpy(side->tail + kept, bytes, added);
    side->tail_length = kept + added;
    side->tail_origin = units_origin_join(units_origin_skip(side->tail_origin, dropped), kept,
                                          units_origin(side, mark, bytes));
}

/* Opaque bytes are handed over as they come. Those of a message that is found across two chunks
 * have been handed over then, fewer than TURN_UNITS_TAIL of them: they count twice. */
static progress step_search(turn_units *self, turn_units_side *side, const turn_mark *mark,
                            const guint8 *bytes, gsize length) {
    gboolean opaque = side->state == TURN_UNITS_OPAQUE;
    stun_framing framing = STUN_FRAMING_TURN;
    gsize found;

    if (search_tail(self, side, mark, bytes, length)) {
        return (progress){.used = 0};
    }
    if (self->verdict == TURN_UNITS_UNDECIDED && is_tls(bytes, length)) {
        find_tls(self, side, mark, bytes, length); /* the capture began within the first record */
        return (progress){.used = 0};
    }
    found = search(self, bytes, length, &framing);
    if (opaque) {
        units_hand_over_opaque(self, side, units_later(side, mark), bytes, found);
    }
    if (found < length) {
        lock_on(self, side, framing);
        side->tail_length = 0;
    } else {
        keep_tail(side, mark, bytes, length);
    }
    return (progress){.used = found};
}

progress units_step(turn_units *self, turn_units_side *side, const turn_mark *mark,
                    const guint8 *bytes, gsize length) {
    switch (side->state) {
    case TURN_UNITS_BEGIN:
        return step_begin(self, side, mark, bytes, length);
    case TURN_UNITS_FRAMED:
        return step_framed(self, side, mark, bytes, length);
    case TURN_UNITS_BOUND:
        return step_bound(self, side, mark, bytes, length);
    case TURN_UNITS_OPAQUE:
    case TURN_UNITS_SEARCHING:
        return step_search(self, side, mark, bytes, length);
    case TURN_UNITS_IGNORED:
        break;
    }
    return (progress){.used = length};
}
