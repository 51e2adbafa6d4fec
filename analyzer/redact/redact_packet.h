/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * A captured frame without what names somebody: the link layer, IP, UDP, TCP and ICMP with what
 * they carry. Nothing changes its length or place; ports, sequence numbers, sizes and times stay,
 * and what is not understood is blank. Checksums are as good or bad as they were. */
#ifndef ANALYZER_REDACT_REDACT_PACKET_H
#define ANALYZER_REDACT_REDACT_PACKET_H

#include "analyzer/redact/redact_region.h"
#include "analyzer/redact/redact_streams.h"
#include "analyzer/redact/redact_wholes.h"
#include "analyzer/redact/stand_in.h"

/* What packets are redacted by. */
typedef struct redact_by {
    stand_ins *names;
    const redact_streams *streams; /* what TCP carries; NULL: it is blank */
    redact_wholes *wholes;         /* what fragments carry; NULL: it is blank */
} redact_by;

/* The frame of LINK_TYPE (DLT_...), frame.after being the copy that is rewritten. */
void redact_packet(const redact_by *by, int link_type, redact_region frame, gint64 time);

#endif
