/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What annotate.c and extract.c share. */
#ifndef ANALYZER_PCAPNG_ANNOTATE_PRIVATE_H
#define ANALYZER_PCAPNG_ANNOTATE_PRIVATE_H

#include "analyzer/pcapng/annotate.h"
#include "analyzer/pcapng/own_options.h"
#include "analyzer/pcapng/writer.h"

/* How the packets of FROM are described in a file of their own, which is the capture with number
 * INDEX. */
pcapng_interface annotate_interface(const annotation *with, guint32 index, const capture *from);
/* AT as one of the interface with number INTERFACE. */
pcapng_packet annotate_packet(guint32 interface, const capture_packet *at);
/* Says of the packet that OWN is at that it has no time, in TEXTS and in RESULT, if that is so. */
void annotate_time(const own_options *own, GPtrArray *texts, annotated *result);
/* How many packets the capture at PATH holds that are longer than the snap length in its header:
 * libpcap cuts them to that. 0 when there can be none by INFO, of the capture once it was read. */
guint64 annotate_shortened(const char *path, const capture_info *info);

#endif
