/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What annotate.c and extract.c share. */
#ifndef ANALYZER_PCAPNG_ANNOTATE_PRIVATE_H
#define ANALYZER_PCAPNG_ANNOTATE_PRIVATE_H

#include "analyzer/pcapng/annotate.h"
#include "analyzer/pcapng/interfaces.h"
#include "analyzer/pcapng/own_options.h"
#include "analyzer/pcapng/writer.h"

/* A capture whose packets are written anew; all borrowed. */
typedef struct annotate_origin {
    const capture *from;
    const GPtrArray *interfaces; /* of pcapng_described */
    const char *file;            /* harmless; NULL for none */
    const char *comment;         /* NULL for none */
} annotate_origin;

/* Describes the packets of OF in TO: each interface by itself. FALSE when it could not be written.
 */
gboolean annotate_interfaces(const annotation *with, const annotate_origin *of, pcapng_writer *to);
/* AT, at which OWN is too, as one of INTERFACES, the first of which has the number
 * FIRST. */
pcapng_packet annotate_packet(const own_options *own, const GPtrArray *interfaces, guint32 first,
                              const capture_packet *at);
/* Says of the packet that OWN is at that it has no time, in TEXTS and in RESULT, if that is so. */
void annotate_time(const own_options *own, GPtrArray *texts, annotated *result);
/* How many packets the capture at PATH holds that are longer than the snap length in its header:
 * libpcap cuts them to that. 0 when there can be none by INFO, of the capture once it was read. */
guint64 annotate_shortened(const char *path, const capture_info *info);

#endif
