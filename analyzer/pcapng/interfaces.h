/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The interfaces of a pcapng file, which libpcap takes for one. Numbered over all sections, from 0.
 */
#ifndef ANALYZER_PCAPNG_INTERFACES_H
#define ANALYZER_PCAPNG_INTERFACES_H

#include "analyzer/pcapng/block_reader.h"

/* More than anybody captures on at once; of later ones all packets are said to be of the first. */
#define PCAPNG_MAX_INTERFACES 1024u

/* Where a reading of the file is. */
typedef struct pcapng_interface_count {
    guint32 before; /* interfaces of the sections before this one */
    guint32 here;
} pcapng_interface_count;

/* Takes in the block at hand, if that is a section's header or an interface. */
void pcapng_interface_count_block(pcapng_interface_count *self, const pcapng_reader *at);
/* The interface of the packet at hand; 0 where it is of none that there is. */
guint32 pcapng_interface_count_packet(const pcapng_interface_count *self, const pcapng_reader *at);

/* An interface as the file describes it. */
typedef struct pcapng_described {
    char *name;           /* "" for none; not harmless */
    gboolean nanoseconds; /* its times are finer than microseconds */
} pcapng_described;

/* All interfaces of the file at PATH, of pcapng_described; of a file that is no pcapng or has none,
 * a single one without a name. Owned by the caller; NULL with an error when the file cannot be
 * opened. */
GPtrArray *pcapng_interfaces(const char *path, GError **error);
/* The same of what FROM yields, a pcapng file; borrowed. */
GPtrArray *pcapng_interfaces_of(FILE *from);

#endif
