/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * A new pcapng file, in one section of little-endian blocks: interfaces and packets with comments.
 */
#ifndef ANALYZER_PCAPNG_WRITER_H
#define ANALYZER_PCAPNG_WRITER_H

#include <glib.h>
#include <stdio.h>

typedef struct pcapng_interface {
    int link_type;        /* DLT_... of libpcap */
    guint32 snap_length;  /* 0 for none */
    gboolean nanoseconds; /* of the time stamps; microseconds else, to which they are cut */
    const char *name;     /* NULL for none */
    const char *comment;  /* NULL for none */
} pcapng_interface;

typedef struct pcapng_packet {
    guint32 interface; /* in the order of pcapng_writer_interface(), from 0 */
    gint64 time;       /* nanoseconds since 1970 UTC */
    const guint8 *bytes;
    guint32 captured;
    guint32 reported;
    const GByteArray *options; /* little-endian, without end mark, in front of the comments; NULL
                                  for none */
} pcapng_packet;

typedef struct pcapng_writer pcapng_writer;

/* TO is borrowed as long as the writer lives. */
pcapng_writer *pcapng_writer_new(FILE *to);
void pcapng_writer_free(pcapng_writer *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(pcapng_writer, pcapng_writer_free)

/* All are FALSE when it could not be written. First the section, then all interfaces, then packets
 * of them: Wireshark's programs want them so. Text is UTF-8; COMMENT may be NULL. */
gboolean pcapng_writer_section(pcapng_writer *self, const char *comment);
gboolean pcapng_writer_interface(pcapng_writer *self, const pcapng_interface *interface);
/* COMMENTS are of char; may be NULL. */
gboolean pcapng_writer_packet(pcapng_writer *self, const pcapng_packet *packet,
                              const GPtrArray *comments);
/* Of errno: why it could not be written. */
int pcapng_writer_failure(const pcapng_writer *self);

#endif
