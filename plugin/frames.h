/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What the frames of the open capture hold, found on the first pass and kept for all later ones:
 * the units of TCP streams wherever their bytes came from, and a note on each STUN message. */
#ifndef MSTUN_FRAMES_H
#define MSTUN_FRAMES_H

#include "plugin/mstun.h"
#include "turn/segment.h"

/* A unit of a TCP stream, in the frame that completed it. */
typedef struct mstun_unit {
    turn_unit unit;   /* its BYTES are not to be used: they were borrowed */
    guint8 *copy;     /* header and bytes; NULL when they stand in the segment, at OFFSET */
    guint offset;     /* of the header in the payload of the segment */
    turn_place place; /* as turn_tracker_find() has it for the unit's flow */
} mstun_unit;

/* A unit that began before it could be completed. */
typedef struct mstun_pending {
    gboolean certain; /* STUN was found in the stream before */
    guint32 begun;    /* frame of its first byte, as far as that is known */
    guint32 complete; /* frame that completes it; 0: none did so far */
    turn_place place; /* as in mstun_unit */
} mstun_pending;

/* One TCP segment or UDP datagram. */
typedef struct mstun_frame mstun_frame;
struct mstun_frame {
    turn_flow flow;
    guint ordinal;                /* among the segments of the frame, from 0 */
    GArray *units;                /* of mstun_unit; empty for a datagram */
    const mstun_pending *pending; /* what the end of the segment belongs to; NULL */
    turn_place place;             /* of a datagram */
    gboolean direct;              /* a datagram that is neither STUN nor a tunnel: [MS-TURN] */
};

/* A capture is opened, concluded, closed. TRACKER is observed from now on. */
void mstun_frames_begin(turn_tracker *tracker);
void mstun_frames_conclude(void);
void mstun_frames_end(void);

/* Takes a segment in, on the first pass: the tracker is told, and what it finds is remembered.
 * ORDINAL tells it from others of the same frame. What is kept grows with the messages and units of
 * the capture, as what Wireshark keeps does. */
void mstun_frames_datagram(const turn_segment *segment, guint ordinal);
void mstun_frames_segment(const turn_segment *segment, guint ordinal);

/* What the segment ORDINAL of frame NUMBER holds, if it is one of FLOW; NULL when that is nothing
 * of concern. With the flow reversed: units of the other direction that it completed, since an
 * acknowledgement shows what will not come any more. Borrowed until the capture is closed. */
const mstun_frame *mstun_frames_find(guint32 number, guint ordinal, const turn_flow *flow);

/* The note on the message at OFFSET of unit UNIT (its header counts), or of the datagram when FRAME
 * has no units; NULL when there is none. */
const mstun_note *mstun_frame_note(const mstun_frame *frame, guint unit, guint offset);

/* The first frame that carried data of the bound connection; 0 when none did. */
guint32 mstun_frames_first_data(const turn_connection *connection);

#endif
