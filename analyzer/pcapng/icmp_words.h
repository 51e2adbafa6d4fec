/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What an ICMP error says, in words. */
#ifndef ANALYZER_PCAPNG_ICMP_WORDS_H
#define ANALYZER_PCAPNG_ICMP_WORDS_H

#include "turn/tracker.h"

/* Appends "ICMP port unreachable about UDP from 10.1.2.3:5 to 10.1.2.4:3478". ERROR is empty of a
 * later part of it, which says nothing by itself. */
void icmp_words_add(GString *words, const turn_icmp_error *error, const turn_flow *about);

#endif
