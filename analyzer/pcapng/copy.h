/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * A pcapng file block by block, unchanged but for comments that are added: every block and option
 * stays, whatever it is, also those that nobody here knows. Comments of an earlier run, which
 * begin with PCAPNG_OUR_COMMENT, make room for the new ones, in all sections; no section keeps its
 * stated length. */
#ifndef ANALYZER_PCAPNG_COPY_H
#define ANALYZER_PCAPNG_COPY_H

#include <glib.h>
#include <stdio.h>

/* Adds the comments (of char, UTF-8) of the packet with number FRAME, counted from 1, to COMMENTS,
 * which is empty. */
typedef void (*pcapng_comments)(gpointer data, guint32 frame, GPtrArray *comments);

typedef struct pcapng_copied {
    guint64 packets;
    guint64 commented;  /* of PACKETS */
    guint64 simple;     /* of PACKETS: should have comments, but are of a kind that takes none */
    guint64 damaged;    /* of PACKETS: should have comments, but their own options contradict
                           themselves */
    gboolean placeless; /* no section took the comment that is for all */
    guint64 offset;     /* of FROM: where the block begins that was read last */
    const char *wrong;  /* with it, when it is damaged; NULL else. Static */
    int failure;        /* of errno: why TO could not be written; 0 else */
} pcapng_copied;

/* Copies FROM to TO up to its end, or to the first block that is damaged. COMMENT, if it is not
 * NULL, is added to the first section that can take it. FALSE when TO could not be written:
 * COPIED says why. */
gboolean pcapng_copy(FILE *from, FILE *to, const char *comment, pcapng_comments comments,
                     gpointer data, pcapng_copied *copied);

#endif
