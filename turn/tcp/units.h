/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The two byte streams of one TCP connection cut into units for turn_tracker_unit(): decides the
 * framing, follows it, notices RFC 6062 binds, and finds it again after missing bytes. Knows
 * framings; does not know sequence numbers, and leaves the meaning of a message to turn/. */
#ifndef TURN_TCP_UNITS_H
#define TURN_TCP_UNITS_H

#include "turn/tcp/pieces.h"
#include "turn/tracker.h"

/* The largest shift at which a message may begin unseen: 32 bytes show every framing. */
#define TURN_UNITS_TAIL 31u

typedef enum turn_units_state {
    TURN_UNITS_BEGIN,     /* at a boundary, framing not known */
    TURN_UNITS_FRAMED,    /* at a boundary or inside a unit of a known framing */
    TURN_UNITS_BOUND,     /* at the first byte behind a bind: RFC 4571 or no framing */
    TURN_UNITS_OPAQUE,    /* bound, without framing; each chunk is handed over */
    TURN_UNITS_SEARCHING, /* out of step: the next STUN message is looked for */
    TURN_UNITS_IGNORED    /* nothing that can be read */
} turn_units_state;

/* The frames that kept bytes came in: of the first byte, and of the latest packet, whose bytes
 * begin at LATEST_AT. The packets between those two count as the first: only bytes that turn out to
 * be out of step are kept over more than two without being one unit. */
typedef struct turn_units_origin {
    guint32 first;
    guint32 latest;
    gsize latest_at;
    gint64 first_time; /* of those frames */
    gint64 latest_time;
} turn_units_origin;

/* One direction. */
typedef struct turn_units_side {
    turn_units_state state;
    stun_framing framing;  /* TURN_UNITS_FRAMED */
    gboolean bind_request; /* its last request was a ConnectionBind */
    gsize skip;            /* bytes of a unit that was handed over already */
    guint32 seq;           /* of the first byte that is not dealt with */
    guint8 *carry;         /* the beginning of a unit that is not complete; owned */
    gsize carry_length;
    gsize carry_size;
    gsize need;           /* bytes from the unit's first that let the decision go on */
    turn_mark carry_mark; /* of the packet in it that the capture shows last */
    turn_units_origin carry_origin;
    guint8 tail[TURN_UNITS_TAIL]; /* what was searched in vain and may hold the beginning of a
                                     message */
    gsize tail_length;
    turn_units_origin tail_origin;
} turn_units_side;

typedef enum turn_units_verdict {
    TURN_UNITS_UNDECIDED,
    TURN_UNITS_TURN, /* STUN was found in one direction */
    TURN_UNITS_TLS,  /* begins with a TLS record */
    TURN_UNITS_OTHER /* begins with neither */
} turn_units_verdict;

typedef struct turn_units {
    turn_tracker *tracker; /* borrowed */
    turn_flow flows[2];    /* of side 0 and side 1 */
    gboolean turn_port;    /* worth waiting for STUN whatever it begins with */
    gboolean bound;        /* a bind succeeded, or RFC 4571 was found */
    turn_units_verdict verdict;
    guint64 missing; /* bytes of both directions that were reported as gaps */
    turn_units_side sides[2];
} turn_units;

/* FLOW is that of side 0. Each direction may begin anywhere: mid-stream costs what precedes the
 * first STUN message. */
void turn_units_init(turn_units *self, turn_tracker *tracker, const turn_flow *flow,
                     gboolean turn_port);
void turn_units_clear(turn_units *self);

/* The bytes that come next on side SIDE begin with sequence number SEQ: for turn_unit.seq. Bytes
 * that still wait come directly before them. */
void turn_units_at(turn_units *self, guint side, guint32 seq);

/* The next LENGTH bytes of side SIDE, borrowed for the call. */
void turn_units_bytes(turn_units *self, guint side, const turn_mark *mark, const guint8 *bytes,
                      gsize length);

/* LENGTH bytes are missing there; 0 when it is not known how many. A unit that lies across the
 * beginning of the gap is handed over cut short, and when it ends where the gap ends or behind it,
 * the framing is not lost. */
void turn_units_gap(turn_units *self, guint side, const turn_mark *mark, gsize length);

/* No more bytes will come: bytes that still wait for a decision are handed over. */
void turn_units_finish(turn_units *self, guint side, const turn_mark *mark);

/* Bytes that are allocated. */
gsize turn_units_memory(const turn_units *self);

#endif
