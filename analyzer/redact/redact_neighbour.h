/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Who has which hardware address: ARP (RFC 826), and neighbour discovery of IPv6 (RFC 4861) with
 * its options. Their structure stays, addresses become stand-ins, the rest is blank. */
#ifndef ANALYZER_REDACT_REDACT_NEIGHBOUR_H
#define ANALYZER_REDACT_REDACT_NEIGHBOUR_H

#include "analyzer/redact/redact_ip.h"

void redact_arp(stand_ins *names, redact_region packet);

/* The message behind its checksum, which stays. FALSE, and nothing is changed, when ICMP of IPv6 is
 * none of these, or is cut before its options. */
gboolean redact_neighbour(const redact_ip_context *in, redact_region icmp);

#endif
