/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The two byte streams of one TCP connection cut into units for turn_tracker_unit(): decides the
 * framing, follows it, notices RFC 6062 binds, and finds it again after missing bytes. Knows
 * framings; does not know sequence numbers, and leaves the meaning of a message to turn/. */
#ifndef ANALYZER_UNITS_H
#define ANALYZER_UNITS_H

#include "analyzer/pieces.h"
#include "turn/tracker.h"

/* The largest shift at which a message may begin unseen: 32 bytes show every framing. */
#define UNITS_TAIL 31u

typedef enum units_state {
    UNITS_BEGIN,     /* at a boundary, framing not known */
    UNITS_FRAMED,    /* at a boundary or inside a unit of a known framing */
    UNITS_BOUND,     /* at the first byte behind a bind: RFC 4571 or no framing */
    UNITS_OPAQUE,    /* bound, without framing; each chunk is handed over */
    UNITS_SEARCHING, /* out of step: the next STUN message is looked for */
    UNITS_IGNORED    /* nothing that can be read */
} units_state;

/* One direction. */
typedef struct units_side {
    units_state state;
    stun_framing framing;  /* UNITS_FRAMED */
    gboolean bind_request; /* its last request was a ConnectionBind */
    gsize skip;            /* bytes of a unit that was handed over already */
    guint8 *carry;         /* the beginning of a unit that is not complete; owned */
    gsize carry_length;
    gsize carry_size;
    gsize need; /* bytes from the unit's first that let the decision go on */
    piece_mark carry_mark;
    guint8 tail[UNITS_TAIL]; /* what was searched in vain and may hold the beginning of a message */
    gsize tail_length;
} units_side;

typedef enum units_verdict {
    UNITS_UNDECIDED,
    UNITS_TURN, /* STUN was found in one direction */
    UNITS_TLS,  /* begins with a TLS record */
    UNITS_OTHER /* begins with neither */
} units_verdict;

typedef struct units {
    turn_tracker *tracker; /* borrowed */
    turn_flow flows[2];    /* of side 0 and side 1 */
    gboolean turn_port;    /* worth waiting for STUN whatever it begins with */
    gboolean bound;        /* a bind succeeded, or RFC 4571 was found */
    units_verdict verdict;
    guint64 missing; /* bytes of both directions that were reported as gaps */
    units_side sides[2];
} units;

/* FLOW is that of side 0. Each direction may begin anywhere: mid-stream costs what precedes the
 * first STUN message. */
void units_init(units *self, turn_tracker *tracker, const turn_flow *flow, gboolean turn_port);
void units_clear(units *self);

/* The next LENGTH bytes of side SIDE, borrowed for the call. */
void units_bytes(units *self, guint side, const piece_mark *mark, const guint8 *bytes,
                 gsize length);

/* LENGTH bytes are missing there; 0 when it is not known how many. A unit that lies across the
 * beginning of the gap is handed over cut short, and when it ends where the gap ends or behind it,
 * the framing is not lost. */
void units_gap(units *self, guint side, const piece_mark *mark, gsize length);

/* No more bytes will come: bytes that still wait for a decision are handed over. */
void units_finish(units *self, guint side, const piece_mark *mark);

/* Bytes that are allocated. */
gsize units_memory(const units *self);

#endif
