/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * One direction of a TCP connection put in order: segments in, contiguous bytes and gaps out.
 * Segments may come out of order, doubled, overlapping (what came first wins), cut by the snap
 * length, or not at all. Knows sequence numbers; does not know what the bytes mean. */
#ifndef ANALYZER_STREAM_H
#define ANALYZER_STREAM_H

#include "analyzer/pieces.h"

/* Bytes that wait behind a hole, with their structures: what a sender may have under way on a fast
 * link. Beyond it the hole counts as missing from the capture. */
#define STREAM_PENDING_LIMIT ((gsize)256 << 10)

/* A hole that the receiver has acknowledged and that nothing follows stays open so long, in packet
 * time: captures of several queues or interfaces hold packets a little out of order. */
#define STREAM_HOLE_TIME G_GINT64_CONSTANT(1000000000)

/* A segment that lies so far behind is no retransmission but another connection of the same ends,
 * whose SYN is missing. */
#define STREAM_BEHIND_LIMIT ((guint64)16 << 20)

typedef struct stream_sink {
    /* The next LENGTH bytes, borrowed for the call. MARK is the packet that they came in. */
    void (*bytes)(gpointer data, const piece_mark *mark, const guint8 *bytes, gsize length);
    /* LENGTH bytes are not in the capture; MARK is the packet that shows it. 0: it is not known how
     * many. */
    void (*gap)(gpointer data, const piece_mark *mark, gsize length);
    gpointer data;
} stream_sink;

/* All zero is a direction of which nothing is known. */
typedef struct stream {
    gboolean begun;
    gboolean ended; /* the FIN was seen and everything before it was handed out */
    gboolean fin_seen;
    guint64 next;         /* of the next byte; its lower 32 bits are the sequence number */
    guint64 acknowledged; /* by the receiver; the next byte that it waits for */
    guint64 fin;          /* position behind the last byte, if fin_seen */
    gint64 hole_since;    /* when an acknowledgement first went beyond NEXT; 0: it does not */
    pieces pending;
} stream;

typedef struct stream_segment {
    guint32 seq; /* of the first byte of the payload */
    const guint8 *bytes;
    gsize captured;
    gsize reported;
    piece_mark mark;
} stream_segment;

/* The first byte will have SEQ. Forgets everything else. */
void stream_begin(stream *self, guint32 seq);

/* Whether the stream began and would go on with SEQ, or did so at its very beginning. */
gboolean stream_expects(const stream *self, guint32 seq);

/* A segment with payload. A direction that has not begun begins with it. */
void stream_add(stream *self, const stream_segment *segment, const stream_sink *sink);

/* The sender closed: SEQ is the position of its FIN. */
void stream_fin(stream *self, guint32 seq);

/* The receiver has everything before ACK, as the packet MARK says. */
void stream_acknowledge(stream *self, guint32 ack, const piece_mark *mark, const stream_sink *sink);

/* Nothing more will come: hands out what waits, with its gaps. */
void stream_flush(stream *self, const piece_mark *mark, const stream_sink *sink);

void stream_clear(stream *self);

#endif
