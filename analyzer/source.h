/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The bytes of a file, decompressed where they are compressed, as a stream for libpcap. Knows files
 * and compression; does not know what a packet is. */
#ifndef ANALYZER_SOURCE_H
#define ANALYZER_SOURCE_H

#include "analyzer/frame_numbers.h"
#include "analyzer/magic.h"
#include <stdio.h>

typedef struct source source;

/* Fills BUFFER with up to SIZE bytes. Returns how many, 0 at the end, -1 on failure. */
typedef gssize (*source_read)(gpointer context, guint8 *buffer, gsize size);

/* Opens PATH, "-" for standard input. A regular file that is a capture as it stands is read
 * directly; everything else (pipes, compressed files) goes through libarchive: gzip, bzip2, xz,
 * lzma, lz4, zstd, compress. Errors: CAPTURE_ERROR_OPEN, _EMPTY, _DAMAGED. */
source *source_open(const char *path, GError **error);

/* The same for bytes that READ yields, for members of archives and for tests. CONTEXT is freed with
 * FREE_CONTEXT (which may be NULL), on failure too. NAME is for messages. */
source *source_open_callback(const char *name, source_read read, gpointer context,
                             GDestroyNotify free_context, GError **error);

void source_free(source *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(source, source_free)

/* The stream at its first byte. To be called once; the caller closes it, before source_free(). */
FILE *source_stream(source *self);

/* What the decompressed bytes begin with; HEAD is borrowed, at most MAGIC_BYTES. */
const magic *source_magic(const source *self);
const guint8 *source_head(const source *self, gsize *length);

/* Of what the stream yielded so far and a little more; borrowed. NULL of what is no pcapng. */
frame_numbers *source_frame_numbers(const source *self);

/* "gzip" and so on; NULL when the bytes are read as they lie in the file. */
const char *source_compression(const source *self);

/* Why reading failed, borrowed; NULL as long as it did not. */
const char *source_failure(const source *self);

#endif
