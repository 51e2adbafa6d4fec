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

#endif
