/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Where the packets of captures belong that were read before: decoded again, one at a time, and
 * looked up in what the first reading found. Knows fragments, ICMP errors and capture points. */
#ifndef ANALYZER_PCAPNG_PLACES_H
#define ANALYZER_PCAPNG_PLACES_H

#include "analyzer/capture.h"
#include "analyzer/packet.h"
#include "turn/membership.h"
#include "turn/report/report.h"

/* One packet; what it points to is borrowed as the packet is. */
typedef struct placed {
    turn_seen seen;
    packet_kind kind;     /* of a fragment: of its datagram, PACKET_OTHER when that is not known */
    turn_flow flow;       /* of an ICMP error: of the packet that it is about */
    turn_icmp_error icmp; /* of an ICMP error; not of a later fragment */
    turn_segment segment; /* the same of all kinds */
    gboolean is_message;  /* of STUN, in a datagram; an ICMP error: quotes one */
    gboolean fragment;
    guint32 offset; /* of the fragment */
    guint count;
    turn_member members[TURN_MAX_MEMBERS];
} placed;

/* Opens the capture with number INDEX in the report once more; every later reading begins with it.
 */
typedef struct reopening {
    capture *(*open)(gpointer data, guint32 index, GError **error);
    gpointer data;
} reopening;

/* By capture and frame: less than, equal to or greater than 0. */
gint places_compare(const turn_seen *a, const turn_seen *b);

typedef struct places places;

/* Of FOUND, which must be judged and outlive the result. Where there are fragments, reads all its
 * captures for them; a capture that cannot be opened any more is passed over. */
places *places_new(const turn_report *found, const reopening *again);
void places_free(places *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(places, places_free)

/* A packet of the capture with number INDEX in the report. */
void places_find(const places *self, guint32 index, int link_type, const capture_packet *of,
                 placed *found);

/* The number of SESSION in the report: with two capture points it is another than the session's
 * own. */
guint places_number(const places *self, const turn_session *session);

#endif
