/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What a report says, as words: one place for the sentences and facts that each form of it sets in
 * lines, cells or elements. Concludes nothing. Text of a capture is in them as it came: writers
 * make it harmless. Strings are owned by the caller unless they are const. */
#ifndef TURN_REPORT_WORDS_H
#define TURN_REPORT_WORDS_H

#include "turn/ladder.h"
#include "turn/next.h"
#include "turn/report/report.h"

/* The headings of the parts of a report. */
#define TURN_HEADING_REMEDIES "What to do"
#define TURN_HEADING_LOOK     "What to look at next"
#define TURN_HEADING_NEXT     "What to capture next"
#define TURN_HEADING_UNKNOWNS "What this capture cannot tell"
#define TURN_HEADING_EVIDENCE "Evidence"
#define TURN_HEADING_JOIN     "Between the two captures"
#define TURN_HEADING_CHECKS   "Checks outside TURN sessions"

/* What a report over redacted packets says of itself. */
#define TURN_WORDS_REDACTED "Redacted: addresses and names are stand-ins, and payload is blank."

/* words.c: the verdict, findings and captures */

/* "FAILED" and so on. */
const char *turn_words_level(turn_level level);
/* "1,234,567". */
char *turn_words_number(guint64 number);
/* Only the clock: the day stands with the capture. */
char *turn_words_clock(const turn_report *report, const turn_seen *seen);
/* "client" or "capture 2"; NULL where there is only one. */
char *turn_words_capture(const turn_report *report, guint32 index);

typedef struct turn_words_filter {
    char *capture; /* that it is for; NULL where that need not be said */
    char *filter;
} turn_words_filter;

/* The display filters of a finding, of turn_words_filter: one for each capture that evidence lies
 * in, with two points; else for the first. Owned by the caller: g_ptr_array_unref(). */
GPtrArray *turn_words_filters(const turn_report *report, const turn_finding *finding);
/* Findings of one cause and level are told together: where those after INDEX begin. */
guint turn_words_group_end(const turn_report *report, guint index);
/* "At the server's interface, from ... until .... What to look for." */
char *turn_words_next(const turn_next *next);
/* What limits the verdict, and what limits the captures that it was made from: of const char,
 * borrowed from REPORT. Owned by the caller: g_ptr_array_unref(). */
GPtrArray *turn_words_unknowns(const turn_report *report);
/* "and 12 more peers; turnpcap report --format json has all of them", or has all of the KEPT ones
 * where the capture had more than turnpcap keeps. Nothing is named where SOMETHING is NULL, no
 * number of them where KEPT is 0. */
char *turn_words_more(const turn_report *report, guint more, const char *something, guint kept);

/* words_session.c: sessions */

/* "Session 3: 10.1.2.3:5 to 10.1.2.4:3478 over UDP". */
char *turn_words_session(const turn_session *session);

typedef struct turn_words_fact {
    const char *name; /* "server software" */
    char *value;      /* NULL where the name says it all */
} turn_words_fact;

/* Who it is: user, realm, addresses and NAT, of turn_words_fact. Owned by the caller:
 * g_ptr_array_unref(). */
GPtrArray *turn_words_session_facts(const turn_session *session);
/* "rejected, 1 request, UDP relay". */
char *turn_words_allocate(const turn_session *session);
char *turn_words_connection(const turn_connection *connection);
/* A peer that is a relayed address of the same server: the packets between the two never leave it,
 * or have to come back to it. NULL for another peer. */
char *turn_words_relay_to_relay(const turn_peer *peer);

/* words_integrity.c: what passwords say */

/* What the passwords given prove; NULL when nothing. */
char *turn_words_integrity(const turn_integrity *of);
/* Of the checks with all peers of SESSION together. */
turn_integrity turn_words_checks_integrity(const turn_session *session);

/* words_stage.c: how far a session got, and time */

/* "0.010", to the millisecond, and "11.5", to the tenth. */
char *turn_words_seconds(gint64 nanoseconds);
char *turn_words_milliseconds(gint64 nanoseconds);
/* turn_report_stop(), or "all 10 steps" with the times that matter. */
char *turn_words_progress(const turn_stages *stages);
/* Why a step has no frame: "not reached". */
const char *turn_words_step(const turn_stage *stage);
/* When CMS would have given up; NULL unless it would have. */
char *turn_words_patience(const turn_report *report, const turn_stages *stages);

/* words_units.c: sizes, times and what media did. All are rounded to the nearest */

/* "11.5", seconds to the tenth. */
char *turn_words_tenths(gint64 nanoseconds);
/* "512 bytes", "7 kB", "1.2 MB" and "48 kB/s". */
char *turn_words_bytes(guint64 bytes);
char *turn_words_rate(guint64 bytes_per_second);
/* "pause of 60.0 s from 3.0 s", in seconds since BEGIN; NULL when there is none to tell. */
char *turn_words_pauses(const turn_step *step, gint64 begin);

/* words_path.c: peers and pairs */

/* What the two ends of a path are called. */
typedef struct turn_words_ends {
    const char *near;
    const char *far;
    const char *to;   /* "to peer" */
    const char *from; /* "from peer" */
} turn_words_ends;

extern const turn_words_ends turn_words_peer_ends;
extern const turn_words_ends turn_words_pair_ends;

/* "Peer 10.1.2.3:5 through channel 0x4000". */
char *turn_words_peer(const turn_session *session, const turn_peer *peer);
/* "10.1.2.3:5 and 10.1.2.4:6 over UDP, directly". */
char *turn_words_pair(const turn_pair *pair);
/* "10.0 to 12.5 ms, mean 11.1"; NULL when none was measured. */
char *turn_words_rtt(const turn_direction *direction);
guint turn_words_keep_alives(const turn_path *path);
/* Whether what one leg of the relay has, and the other has not, was there to be seen. */
gboolean turn_words_may_compare_legs(const turn_report *report);
/* "19:52:48.704 to 19:52:50.101", with dates where the two have different ones: from the first
 * check to the last answer; there must be any. NULL where packets are out of order. */
char *turn_words_checks_span(const turn_report *report, const turn_path *path);
/* "data both ways: the client sent 20000 bytes and received 2400, 19:52:48.704 to 19:52:50.101":
 * what an end of the leg did on which the data is counted; without the times where packets are
 * out of order. NULL where there was no data. */
char *turn_words_peer_data(const turn_report *report, const turn_peer *peer);
char *turn_words_pair_data(const turn_report *report, const turn_pair *pair);
/* Without the bytes: "data both ways, as the client sent and received it, 19:52:48.704 to ...". */
char *turn_words_peer_data_ways(const turn_report *report, const turn_peer *peer);
char *turn_words_pair_data_ways(const turn_report *report, const turn_pair *pair);
/* "the capture shows 24 of the 200 packets to the peer leave the relay, the last in frame 121";
 * NULL where it does not show both legs, or everything on both. */
char *turn_words_passed(const turn_report *report, const turn_peer *peer);
/* "client controlling; peer controlled": "" when no check says. */
char *turn_words_roles(const turn_path *path, const turn_words_ends *ends);
/* "nominated by client in frame 12"; "" when nobody did. */
char *turn_words_nomination(const turn_path *path, const turn_words_ends *ends);

/* words_join.c: two capture points; turn_report_clock() too */

/* "NAT: the client's 10.1.2.3 is seen as 192.0.2.1 by the server.", of char. Owned by the caller:
 * g_ptr_array_unref(). */
GPtrArray *turn_words_mappings(const turn_join *join);
/* "UDP 24000-29999 relay ports". */
char *turn_words_leg(const turn_leg *leg);

#endif
