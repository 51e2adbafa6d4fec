/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The first parts of datagrams in fragments: the others have no ports, and are known by these. */
#ifndef ANALYZER_PCAPNG_DATAGRAMS_H
#define ANALYZER_PCAPNG_DATAGRAMS_H

#include "analyzer/packet.h"

/* Of sessions; the parts of further ones are taken for packets of no session. As many again of
 * others: an identification is used for one datagram after the other. About 20 MB. */
#define DATAGRAMS_MAX 65536u

/* What the first part tells. */
typedef struct datagram {
    gint64 time;
    packet_kind kind;
    turn_flow flow;      /* of an ICMP error: of the packet that it is about */
    gboolean is_message; /* of STUN; an ICMP error: quotes one */
    gboolean wanted;     /* it is of a session */
} datagram;

typedef struct datagrams datagrams;

datagrams *datagrams_new(void);
void datagrams_free(datagrams *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(datagrams, datagrams_free)

/* IP is that of the first part. */
void datagrams_add(datagrams *self, const ip_datagram *ip, const datagram *added);
/* To be called between the last datagrams_add() and the first datagrams_find(). */
void datagrams_sort(datagrams *self);
/* The one that a part with IP, seen at TIME, is of: the latest that began before, else the next,
 * within FRAGMENTS_TIME_LIMIT. NULL when there is none. */
const datagram *datagrams_find(const datagrams *self, const ip_datagram *ip, gint64 time);

#endif
