/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What a packet carries without what it says, in place: STUN messages and ChannelData by what is
 * in them, of RTP, RTCP, DTLS and the like the header, and of everything else nothing. What
 * stun_payload_classify(), stun_message_parse() and stun_frame_datagram() say of it stays, and
 * payloads whose first 16 bytes differ go on doing so (turn_segment_identity()). */
#ifndef ANALYZER_REDACT_REDACT_PAYLOAD_H
#define ANALYZER_REDACT_REDACT_PAYLOAD_H

#include "analyzer/redact/stand_in.h"

/* How many messages and ChannelData may stand in each other; further in, all is blanked. */
#define REDACT_MAX_DEPTH 4u

/* The payload of a UDP datagram, or a unit of a stream without its framing. CAPTURED bytes are
 * there, LENGTH were on the wire. */
void redact_payload(stand_ins *self, guint8 *bytes, gsize captured, gsize length);

/* Bytes of a stream that is not read as units: no framing begins in what they become. */
void redact_opaque(guint8 *bytes, gsize captured);

#endif
