/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * From captures to the tracker: every packet decoded, fragments and streams put together, and the
 * result handed to turn/. One reader takes several captures in order; streams go on from one to the
 * next, as in rotated files. */
#ifndef ANALYZER_READER_H
#define ANALYZER_READER_H

#include "analyzer/capture.h"
#include "turn/tracker.h"

typedef struct reader reader;

typedef struct reader_statistics {
    guint64 tcp_bytes_missing; /* of connections that carry TURN */
    guint64 fragments_lost;    /* IP datagrams of which fragments are missing */
    guint64 connections_dropped; /* because of the limits in connections.h */
    guint64 time_steps_back;   /* packets more than a second earlier than one before */
    GPtrArray *warnings;       /* char *, what a reader of the report should know; in English */
} reader_statistics;

/* TRACKER is borrowed, for as long as the reader lives. */
reader *reader_new(turn_tracker *tracker);
void reader_free(reader *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(reader, reader_free)

/* Reads CAPTURE to its end. Its index in turn_packet is the number of calls before this one. FALSE
 * with an error of CAPTURE_ERROR when it could not be read to the end; what came before has been
 * handed on, and further captures may follow. */
gboolean reader_run(reader *self, capture *from, GError **error);

/* After the last capture, before turn_tracker_finish(): hands on what still waits. To be called
 * once. */
void reader_finish(reader *self);

/* Of the capture with INDEX, complete after reader_finish(). Borrowed. */
const reader_statistics *reader_get_statistics(const reader *self, guint index);

#endif
