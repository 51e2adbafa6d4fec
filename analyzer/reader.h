/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * From captures to the tracker: every packet decoded, fragments and streams put together, and the
 * result handed to turn/. Streams go on from one capture to the next, as in rotated files. */
#ifndef ANALYZER_READER_H
#define ANALYZER_READER_H

#include "analyzer/capture.h"
#include "analyzer/ip.h"
#include "turn/tracker.h"

typedef struct reader reader;

typedef struct reader_statistics {
    guint64 tcp_bytes_missing;   /* of connections that carry TURN */
    guint64 fragments;           /* packets that are fragments of IP datagrams */
    guint64 fragments_lost;      /* IP datagrams of which fragments are missing */
    guint64 connections_dropped; /* because of the limits in streams.h */
    guint64 time_steps_back;     /* packets more than a second earlier than one before */
    gboolean shuffled;           /* some are more than 20 ms earlier */
    guint64 other_udp;           /* packets of UDP and TCP between ports that are no TURN ports */
    guint64 other_tcp;
    guint64 other;       /* packets of neither, such as ARP */
    GPtrArray *warnings; /* char *, what a reader of the report should know; in English */
} reader_statistics;

/* TRACKER is borrowed, for as long as the reader lives. */
reader *reader_new(turn_tracker *tracker);
void reader_free(reader *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(reader, reader_free)

/* Captures count from FIRST instead of 0 in turn_packet: where several readers share a report. To
 * be called before any is added. */
void reader_count_from(reader *self, guint first);

/* Puts every host that a packet comes from into SENDERS, a set of stun_address that is borrowed as
 * long as the reader lives; at most so many. */
#define READER_MAX_SENDERS 65536u
void reader_note_senders(reader *self, GHashTable *senders);

/* Shows each IP datagram that was put together from fragments, before its extension headers are
 * read; TIME is that of the fragment that completed it. */
typedef void (*reader_whole)(gpointer data, const ip_datagram *whole, gint64 time);
void reader_observe_wholes(reader *self, reader_whole observer, gpointer data);

/* Adds a capture, which is borrowed until reader_run() returns. Its index in turn_packet is the
 * number of those before it. */
void reader_add(reader *self, capture *from);

/* Called for a capture that could not be read to its end; ERROR is of CAPTURE_ERROR. */
typedef void (*reader_failure)(gpointer data, guint index, const GError *error);

/* Reads all captures that were added since the last call to their ends, side by side in the order
 * of time: rotated files follow each other whatever order they were given in, and two interfaces of
 * one host are seen as they ran. What a capture yields before it fails counts. */
void reader_run(reader *self, reader_failure failed, gpointer data);

/* After the last capture, before turn_tracker_finish(): hands on what still waits. To be called
 * once. */
void reader_finish(reader *self);

/* Of the capture with INDEX, counted as in turn_packet, complete after reader_finish(). Borrowed.
 */
const reader_statistics *reader_get_statistics(const reader *self, guint index);

#endif
