/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What a packet of a session is, in words: by the messages that the first reading found in it, else
 * by what it shows of itself. */
#ifndef ANALYZER_PCAPNG_PACKET_WORDS_H
#define ANALYZER_PCAPNG_PACKET_WORDS_H

#include "analyzer/pcapng/places.h"
#include "turn/ladder_log.h"

/* Messages in one packet that are told. */
#define PACKET_WORDS_MAX_MESSAGES 8u

typedef struct packet_words packet_words;

packet_words *packet_words_new(void);
void packet_words_free(packet_words *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(packet_words, packet_words_free)

/* The messages of LOG, which must outlive SELF. */
void packet_words_add_log(packet_words *self, const turn_ladder_log *log);
/* To be called between the last log and the first packet. */
void packet_words_sort(packet_words *self);

/* As text that is not made harmless: "Allocate Error Response, 431 "Integrity Check Failure"",
 * "TCP SYN of the data connection". MEMBER is one of AT. What else its messages tell is appended to
 * DETAILS. Owned by the caller. */
char *packet_words_of(const packet_words *self, const placed *at, const turn_member *member,
                      GString *details);

#endif
