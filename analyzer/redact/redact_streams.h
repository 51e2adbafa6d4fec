/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What stands in TCP streams, redacted: for each direction of a connection, which bytes come at
 * which sequence number. Learned unit by unit in a first reading, laid over segment by segment in a
 * second, in whatever pieces the segments come there: out of order, again, overlapping. Several
 * connections of the same two ends and sequence numbers that begin again are told apart by time.
 * Knows neither STUN nor IP. */
#ifndef ANALYZER_REDACT_REDACT_STREAMS_H
#define ANALYZER_REDACT_REDACT_STREAMS_H

#include "turn/packet.h"

/* Bytes that may be kept in all, structures included. */
#define REDACT_STREAMS_MEMORY ((gsize)256 << 20)

typedef struct redact_streams redact_streams;

/* Keeps LIMIT bytes at most. */
redact_streams *redact_streams_new(gsize limit);
void redact_streams_free(redact_streams *self); /* NULL is allowed */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(redact_streams, redact_streams_free)

/* From TIME on FLOW, in both directions, is another connection. */
void redact_streams_anew(redact_streams *self, const turn_flow *flow, gint64 time);

/* flow.source's stream has these LENGTH bytes at SEQ; they win over what was there before. TIME is
 * that of the packet with the first of them. */
void redact_streams_learn(redact_streams *self, const turn_flow *flow, guint32 seq, gint64 time,
                          const guint8 *bytes, gsize length);

/* Lays what is known over the LENGTH bytes of a segment of flow.source at SEQ. */
void redact_streams_lay(const redact_streams *self, const turn_flow *flow, guint32 seq, gint64 time,
                        guint8 *bytes, gsize length);

/* Whether the limit was reached: what came afterwards is not known. */
gboolean redact_streams_is_full(const redact_streams *self);

#endif
