/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * One direction of a TCP connection put in order: segments in, contiguous bytes and gaps out.
 * Segments may come out of order, doubled, overlapping (what came first wins), cut by the snap
 * length, or not at all. Knows sequence numbers; does not know what the bytes mean. */
#ifndef TURN_TCP_STREAM_H
#define TURN_TCP_STREAM_H

#include "turn/tcp/pieces.h"

/* Bytes that wait behind a hole, with their structures: what a sender may have under way on a fast
 * link. Beyond it the hole counts as missing from the capture. */
#define TURN_STREAM_PENDING_LIMIT ((gsize)256 << 10)

/* A hole that the receiver has acknowledged and that nothing follows stays open so long, in packet
 * time: captures of several queues or interfaces hold packets a little out of order. */
#define TURN_STREAM_HOLE_TIME G_GINT64_CONSTANT(1000000000)

/* A segment that lies so far behind is no retransmission but another connection of the same ends,
 * whose SYN is missing. */
#define TURN_STREAM_BEHIND_LIMIT ((guint64)16 << 20)

typedef struct turn_stream_sink {
    /* The next LENGTH bytes, borrowed for the call. MARK is the packet that they came in. */
    void (*bytes)(gpointer data, const turn_mark *mark, const guint8 *bytes, gsize length);
    /* LENGTH bytes are not in the capture; MARK is the packet that shows it. 0: it is not known how
     * many. */
    void (*gap)(gpointer data, const turn_mark *mark, gsize length);
    gpointer data;
} turn_stream_sink;

/* All zero is a direction of which nothing is known. */
typedef struct turn_stream {
    gboolean begun;
    gboolean ended; /* the FIN was seen and everything before it was handed out */
    gboolean fin_seen;
    guint64 next;         /* of the next byte; its lower 32 bits are the sequence number */
    guint64 acknowledged; /* by the receiver; the next byte that it waits for */
    guint64 fin;          /* position behind the last byte, if fin_seen */
    gint64 hole_since;    /* when an acknowledgement first went beyond NEXT; 0: it does not */
    turn_pieces pending;
} turn_stream;

typedef struct turn_stream_part {
    guint32 seq; /* of the first byte of the payload */
    const guint8 *bytes;
    gsize captured;
    gsize reported;
    turn_mark mark;
} turn_stream_part;

/* The first byte will have SEQ. Forgets everything else. */
void turn_stream_begin(turn_stream *self, guint32 seq);

/* Whether the stream began and would go on with SEQ, or did so at its very beginning. */
gboolean turn_stream_expects(const turn_stream *self, guint32 seq);

/* A segment with payload. A direction that has not begun begins with it. */
void turn_stream_add(turn_stream *self, const turn_stream_part *segment,
                     const turn_stream_sink *sink);

/* The sender closed: SEQ is the position of its FIN. */
void turn_stream_fin(turn_stream *self, guint32 seq);

/* The receiver has everything before ACK, as the packet MARK says. */
void turn_stream_acknowledge(turn_stream *self, guint32 ack, const turn_mark *mark,
                             const turn_stream_sink *sink);

/* Nothing more will come: hands out what waits, with its gaps. */
void turn_stream_flush(turn_stream *self, const turn_mark *mark, const turn_stream_sink *sink);

void turn_stream_clear(turn_stream *self);

#endif
