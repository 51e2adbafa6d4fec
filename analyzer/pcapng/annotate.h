/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Captures that were judged, written once more as pcapng with comments: a whole one with its frame
 * numbers, or the packets of one session out of all of them. */
#ifndef ANALYZER_PCAPNG_ANNOTATE_H
#define ANALYZER_PCAPNG_ANNOTATE_H

#include "analyzer/pcapng/comments.h"

typedef struct annotation {
    const turn_report *found;
    const places *where;
    const comments *said;
    reopening again;
    const char *const *paths; /* the files of the captures, in the order of the report */
    gboolean from_packets;    /* nothing but packets is written, of pcapng too: for packets that a
                                 filter changed (capture.h), whose other blocks tell what it hides */
} annotation;

typedef struct annotated {
    guint64 packets;
    guint64 commented;
    guint64 simple;     /* as in pcapng_copied */
    guint64 damaged;    /* the same */
    gboolean placeless; /* the same */
    guint64 timeless;   /* packets that have no time and are written with one */
    guint64 bereft;     /* packets whose own options could not be read: they are lost */
    guint64 shortened;  /* packets that the file has more of than libpcap reads */
    gboolean cut;       /* a capture could not be read to its end: what is before is there */
    char *wrong;        /* why, where the first reading did not say it; NULL else. Owned */
} annotated;

void annotated_clear(annotated *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(annotated, annotated_clear)

/* The capture with number INDEX as the file OUTPUT. FALSE when that could not be written, or the
 * capture could not be opened once more. */
gboolean annotate_capture(const annotation *with, guint32 index, const char *output,
                          annotated *result, GError **error);
/* The packets of SESSION, which is one of the report's: those of several captures in the order of
 * time, those of one as they lie in it. */
gboolean annotate_session(const annotation *with, const turn_session *session, const char *output,
                          annotated *result, GError **error);

#endif
