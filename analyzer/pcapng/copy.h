/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * A pcapng file block by block, unchanged but for comments that are added: every block and option
 * stays, whatever it is, also those that nobody here knows. Comments of an earlier run, which
 * begin with PCAPNG_OUR_COMMENT, make room for the new ones. */
#ifndef ANALYZER_PCAPNG_COPY_H
#define ANALYZER_PCAPNG_COPY_H

#include <glib.h>
#include <stdio.h>

/* Adds the comments (of char, UTF-8) of the packet with number FRAME, counted from 1, to COMMENTS,
 * which is empty. At most PCAPNG_MAX_COMMENTS are written. */
typedef void (*pcapng_comments)(gpointer data, guint32 frame, GPtrArray *comments);

typedef struct pcapng_copied {
    guint64 packets;
    guint64 commented; /* of PACKETS */
    guint64 simple;    /* of PACKETS: should have comments, but are of a kind that takes none */
    guint64 damaged;   /* of PACKETS: should have comments, but their own options contradict
                          themselves */
    guint64 offset;    /* of FROM: where the block begins that was read last */
    const char *wrong; /* with it, when it is damaged; NULL else. Static */
} pcapng_copied;

/* Is given the comments that the packet with number FRAME has, but for those of an earlier run, if
 * it has any: of char, UTF-8, borrowed. */
typedef void (*pcapng_commented)(gpointer data, guint32 frame, const GPtrArray *comments);
/* Reads FROM up to its end, or to the first block that is damaged. */
void pcapng_read_comments(FILE *from, pcapng_commented commented, gpointer data);

/* Copies FROM to TO up to its end, or to the first block that is damaged. COMMENT, if it is not
 * NULL, is added to the first section, which loses its stated length. FALSE when TO could not be
 * written: errno says why. */
gboolean pcapng_copy(FILE *from, FILE *to, const char *comment, pcapng_comments comments,
                     gpointer data, pcapng_copied *copied);

#endif
