/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What one capture point saw of each transaction: its request and its answer on every 5-tuple on
 * which they passed. A transaction id survives NAT and the relay, so that two ledgers can be laid
 * beside each other. Knows nothing of sessions, and of no other point. */
#ifndef TURN_JOIN_LEDGER_H
#define TURN_JOIN_LEDGER_H

#include "stun/message.h"
#include "turn/session.h"

/* Sightings of transactions; about 24 MB. What comes later is not noted, see
 * turn_ledger_full_since(). */
#define TURN_LEDGER_MAX_VIEWS 65536u
/* 5-tuples of one transaction: with both legs of two relays there are four. */
#define TURN_LEDGER_MAX_CHAIN 16u
/* Different ICE sessions. Views of further ones have no ICE text. */
#define TURN_LEDGER_MAX_ICE 8192u
/* Transmissions of which the time is kept: ICE and TURN send a request seven times, RFC 8489
 * section 6.2.1. */
#define TURN_VIEW_TIMES 8u

/* All transmissions of a request, or of its answer. Copies that follow within 20 ms (Microsoft's
 * second copy, a mirror port) are none. */
typedef struct turn_sighting {
    turn_seen first; /* frame 0: not seen at all */
    turn_seen last;
    guint count;
    gint64 times[TURN_VIEW_TIMES]; /* of the first so many */
} turn_sighting;

/* A transaction on one 5-tuple. */
typedef struct turn_view turn_view;
struct turn_view {
    guint8 id[STUN_TRANSACTION_ID_SIZE];
    turn_flow flow; /* as the request goes, whichever of the two was seen */
    guint16 method;
    gboolean check;   /* a connectivity check between peers: RFC 8445 section 7.1 */
    gboolean release; /* a request with LIFETIME 0 */
    const char *ice;  /* as turn_path.ice; NULL when the request has no USERNAME */
    turn_sighting request;
    turn_sighting response;
    gboolean success; /* of a response */
    turn_view *next;  /* the same transaction on another 5-tuple */
};

typedef struct turn_ledger turn_ledger;

turn_ledger *turn_ledger_new(void);
void turn_ledger_free(turn_ledger *ledger);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(turn_ledger, turn_ledger_free)

/* A turn_message_observer; DATA is the ledger. */
void turn_ledger_note(gpointer data, const turn_packet *packet, const stun_message *message);

/* Of turn_view, in the order of their first packets. Borrowed. */
const GPtrArray *turn_ledger_views(const turn_ledger *ledger);
/* The first view of the transaction, the others by NEXT; NULL when it was not seen. */
const turn_view *turn_ledger_find(const turn_ledger *ledger,
                                  const guint8 id[STUN_TRANSACTION_ID_SIZE]);
/* From this time on absence from the ledger says nothing; G_MAXINT64 when all was noted. */
gint64 turn_ledger_full_since(const turn_ledger *ledger);

#endif
