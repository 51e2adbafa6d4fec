/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What packets of a capture bring along that libpcap does not read: their kind, their interface,
 * and options of their own, such as comments. Read in step with libpcap, which passes over the same
 * blocks. */
#ifndef ANALYZER_PCAPNG_OWN_OPTIONS_H
#define ANALYZER_PCAPNG_OWN_OPTIONS_H

#include "analyzer/pcapng/block_reader.h"

typedef struct own_options own_options;

/* Of the file at PATH; of one that is no pcapng all packets are without. NULL with an error when it
 * cannot be opened. */
own_options *own_options_open(const char *path, GError **error);
/* The same of what FROM yields, a pcapng file; borrowed. */
own_options *own_options_new(FILE *from);
void own_options_free(own_options *self); /* NULL is allowed */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(own_options, own_options_free)

/* Goes to the next packet; behind the last one, and behind damage, its options cannot be read. */
void own_options_next(own_options *self);
/* Whether the packet is of the kind that has neither a time nor options. */
gboolean own_options_is_simple(const own_options *self);
/* Of the packet, as in interfaces.h; 0 behind the last one, and of one that is no pcapng. */
guint32 own_options_interface(const own_options *self);
/* Appends those of the packet to TO, which is little-endian and has options only; without comments
 * of an earlier run and what is not to be copied, and of a big-endian file without options that
 * nobody here knows. FALSE when they are damaged or longer than LIMIT: TO stays as it is. */
gboolean own_options_add(const own_options *self, pcapng_block *to, gsize limit);

#endif
