/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The payload of a TCP segment: what redact_streams.h knows of it, what redact_sip.h and
 * redact_sdp.h leave of signalling, and blank elsewhere, in such a way that turn/tcp/ finds neither
 * more nor less in it than before. */
#ifndef ANALYZER_REDACT_REDACT_SEGMENT_H
#define ANALYZER_REDACT_REDACT_SEGMENT_H

#include "analyzer/redact/redact_region.h"
#include "analyzer/redact/redact_streams.h"
#include "analyzer/redact/stand_in.h"
#include "turn/segment.h"

/* What blank bytes of a stream are: no framing has a unit or a length like that. */
#define REDACT_STREAM_FILL 0xFFu

/* PAYLOAD.after is the same as PAYLOAD.before at first. STREAMS may be NULL. */
void redact_segment(stand_ins *names, const redact_streams *streams, const turn_segment *segment,
                    gint64 time, redact_region payload);

/* Bytes of a stream of which nothing is to be known but what they may begin. */
void redact_stream_blank(redact_region bytes);

#endif
