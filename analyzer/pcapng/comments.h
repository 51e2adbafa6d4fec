/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The comments of a packet: what it is in which session, and of which findings it is evidence. Each
 * is one line of harmless text, so that it reads the same in a packet list and in a packet's
 * details. */
#ifndef ANALYZER_PCAPNG_COMMENTS_H
#define ANALYZER_PCAPNG_COMMENTS_H

#include "analyzer/pcapng/packet_words.h"

/* Of one packet; where there are more, the last one counts them. */
#define COMMENTS_MAX 24u

typedef struct comments comments;

/* FOUND and WHERE must outlive the result; WORDS is transferred. */
comments *comments_new(const turn_report *found, const places *where, packet_words *words);
void comments_free(comments *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(comments, comments_free)

/* Appends the comments of AT to TEXTS (of char). */
void comments_add(const comments *self, const placed *at, GPtrArray *texts);
/* Whether there is evidence at SEEN. Adds what it is evidence of to FINDINGS (a set of
 * turn_finding, borrowed), unless that is NULL. */
gboolean comments_findings(const comments *self, const turn_seen *seen, GHashTable *findings);

#endif
