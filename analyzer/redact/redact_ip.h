/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * IP and what it carries, for redact_packet.h: also where an ICMP error quotes it, and where it was
 * put together from fragments. */
#ifndef ANALYZER_REDACT_REDACT_IP_H
#define ANALYZER_REDACT_REDACT_IP_H

#include "analyzer/ip.h"
#include "analyzer/redact/redact_packet.h"
#include "analyzer/redact/redact_region.h"
#include "analyzer/redact/redact_sum.h"

/* How many ICMP errors may quote each other; further in, all is blank. */
#define REDACT_MAX_QUOTES 1u

typedef struct redact_ip_context {
    const redact_by *by;
    gint64 time;
    guint quotes; /* ICMP errors that this stands in */
} redact_ip_context;

/* The packet that begins with the region, and what follows it in the frame. */
void redact_ip(const redact_ip_context *in, redact_region packet);

/* What IP carries, by IP->protocol: UDP, TCP and ICMP; everything else is blanked. IP is as it was,
 * and its payload that of the region. ADDRESSES is the difference that its new addresses make. */
void redact_transport(const redact_ip_context *in, const ip_datagram *ip, redact_region payload,
                      redact_sum addresses);

/* The same for a payload that is not all there: of UDP and TCP the header stays. In the FIRST
 * fragment of several it does so when it fits that; else the ports do. */
void redact_transport_begun(const ip_datagram *ip, redact_region payload, redact_sum addresses);
void redact_transport_first(const ip_datagram *ip, redact_region payload, redact_sum addresses);

/* The address of SIZE bytes, 4 or 16, in place. */
void redact_address(stand_ins *names, guint8 *address, gsize size);

#endif
