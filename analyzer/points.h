/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The places that captures were taken at. Each has a tracker, streams and a ledger of its own: the
 * same packet seen at two places is two facts, and never one counted twice. */
#ifndef ANALYZER_POINTS_H
#define ANALYZER_POINTS_H

#include "analyzer/reader.h"
#include "turn/ladder_log.h"
#include "turn/report/report.h"
#include "turn/tracker.h"

/* Prepares the tracker of a point before anything is read. */
typedef void (*points_prepare)(gpointer data, turn_tracker *tracker);

typedef struct points points;

/* PREPARE is called with DATA for each tracker that is made. */
points *points_new(points_prepare prepare, gpointer data);
void points_free(points *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(points, points_free)

/* What another part has a hand in: each may be NULL. PLACE is 0, or 1 for the second of two. */
typedef struct points_hooks {
    /* The tracker and the reader of a place, before anything is read. */
    void (*begin)(gpointer data, guint place, turn_tracker *tracker, reader *from);
    /* Opens the file PATH, the NUMBER-th of those given, in place of open_file(). It is called in
     * the report what it is called itself. */
    capture *(*open)(gpointer data, guint place, guint number, const char *path, GError **error);
    /* What that capture is called; owned by the caller. Where it is given, messages for the user
     * have PATH in its place: a stand-in would not say which file is meant. */
    char *(*called)(guint number, const char *path);
    gboolean quiet; /* nothing is said to the user */
    gpointer data;
} points_hooks;
/* HOOKS is copied. To be called before points_read(). */
void points_set_hooks(points *self, const points_hooks *hooks);

/* What the command line says: AT has "client=FILE" and "server=FILE", FILES the rest; either may be
 * NULL, and one must be. The errors are of G_OPTION_ERROR. */
gboolean points_choose(points *self, char **at, char **files, GError **error);
/* The files that were chosen, a list that ends with NULL. Owned by the caller, but not the names in
 * it. */
const char **points_files(const points *self);

/* That FOUND is to have what diagrams are drawn from: the messages of each session, and what was
 * relayed over time. Before points_read(). */
void points_keep_diagrams(points *self);
/* Keeps the messages of each point (ladder_log.h). To be called before anything is read. */
void points_keep_messages(points *self);
/* Those of the point that is called NAME; NULL is the only one. NULL when they are not kept.
 * Borrowed. */
const turn_ladder_log *points_messages(const points *self, const char *name);

/* The path of the capture with number INDEX in the report, as it was given. Borrowed. */
const char *points_path(const points *self, guint index);

/* Reads all files, and puts captures, model, join and judgement into FOUND, which borrows them.
 * Returns FALSE when a file could not be read at all; FOUND has no captures when none could. */
gboolean points_read(points *self, turn_report *found);

#endif
