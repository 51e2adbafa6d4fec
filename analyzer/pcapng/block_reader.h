/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The blocks of a pcapng file one after the other, and the options in them. */
#ifndef ANALYZER_PCAPNG_BLOCK_READER_H
#define ANALYZER_PCAPNG_BLOCK_READER_H

#include "analyzer/pcapng/block.h"

#include <stdio.h>

typedef struct pcapng_reader {
    FILE *from;          /* borrowed */
    GByteArray *bytes;   /* the block at hand, at most PCAPNG_MAX_BLOCK */
    gboolean big_endian; /* of its section */
    guint64 offset;      /* where it begins */
    guint64 next;        /* where the one after it does */
    const char *wrong;   /* with the file, once it is damaged; NULL before. Static */
} pcapng_reader;

/* An option of the block at hand; VALUE has LENGTH bytes, borrowed. */
typedef struct pcapng_option {
    guint16 code;
    guint16 length;
    const guint8 *value;
    gsize size; /* of all of it, with its padding */
} pcapng_option;

void pcapng_reader_init(pcapng_reader *self, FILE *from);
void pcapng_reader_clear(pcapng_reader *self);

/* The next block as a whole. FALSE at the end, and at the first block that is damaged: of one that
 * has a packet, also when that goes on behind it. */
gboolean pcapng_reader_next(pcapng_reader *self);
guint32 pcapng_reader_type(const pcapng_reader *self);
/* Whether the block at hand is a packet; has_options: of a kind that has some. */
gboolean pcapng_reader_is_packet(const pcapng_reader *self);
gboolean pcapng_reader_has_options(const pcapng_reader *self);

/* Where the options of the packet at hand begin, which is of a kind that has some. */
gsize pcapng_reader_packet_options(const pcapng_reader *self);
/* Where options that begin at START end: at their end mark, or with the block. FALSE when one of
 * them goes on behind the block. */
gboolean pcapng_reader_options_end(const pcapng_reader *self, gsize start, gsize *end);
/* The one at AT, which lies before their end. */
pcapng_option pcapng_reader_option(const pcapng_reader *self, gsize at);

/* Whether it is a comment of an earlier run (PCAPNG_OUR_COMMENT). */
gboolean pcapng_option_is_ours(const pcapng_option *self);

#endif
