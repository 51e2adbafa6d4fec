/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What kind of capture file begins with these bytes. Reads headers only; packets and compression
 * are for others. */
#ifndef ANALYZER_MAGIC_H
#define ANALYZER_MAGIC_H

#include <glib.h>

typedef enum magic_kind {
    MAGIC_OTHER, /* no capture file; it may be a compressed one */
    MAGIC_PCAP,
    MAGIC_PCAPNG
} magic_kind;

/* So many bytes from the beginning of a file tell all that this module can tell. */
#define MAGIC_BYTES 4096u

typedef struct magic {
    magic_kind kind;
    const char *format;   /* "pcap, microseconds"; static; NULL for MAGIC_OTHER */
    gboolean nanoseconds; /* FORMAT is of them */
    gsize file_header;    /* bytes before the first record; 0 when they vary */
    gsize record_header;  /* bytes before each packet; 0 when they vary */
} magic;

/* The kind of the file that begins with BYTES; LENGTH may be anything from 0. */
magic magic_identify(const guint8 *bytes, gsize length);

#endif
