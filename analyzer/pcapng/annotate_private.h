/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What annotate.c and extract.c share. */
#ifndef ANALYZER_PCAPNG_ANNOTATE_PRIVATE_H
#define ANALYZER_PCAPNG_ANNOTATE_PRIVATE_H

#include "analyzer/pcapng/annotate.h"
#include "analyzer/pcapng/writer.h"

/* How the packets of INFO are described in a file of their own. */
pcapng_interface annotate_interface(const capture_info *info);
/* AT of the interface with number INTERFACE. */
pcapng_packet annotate_packet(guint32 interface, const capture_packet *packet);
/* How many packets the capture at PATH holds that are longer than the snap length in its header:
 * libpcap cuts them to that. 0 when there can be none by INFO, of the capture once it was read. */
guint64 annotate_shortened(const char *path, const capture_info *info);

#endif
