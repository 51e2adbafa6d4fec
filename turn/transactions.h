/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Requests that wait for their answer. Knows transaction ids, transmissions and time; what a
 * request was about is for its owner, who keeps it in the transaction's own fields. Old
 * transactions leave by themselves, so that memory follows what is open and not what was captured.
 */
#ifndef TURN_TRANSACTIONS_H
#define TURN_TRANSACTIONS_H

#include "stun/message.h"
#include "turn/session.h"

/* How long an answer is waited for: RFC 8489 section 6.2.1 gives up after 39.5 s, a Connect may
 * take longer than 30 s (RFC 6062 section 5.2). Nanoseconds. */
#define TURN_TRANSACTION_LIFE (60 * G_GINT64_CONSTANT(1000000000))
/* Beyond this many the oldest leave early; about 20 MB. */
#define TURN_TRANSACTIONS_MAX 65536u

typedef struct turn_transaction {
    gconstpointer scope; /* whose transaction it is: ids are compared within one scope */
    guint8 id[STUN_TRANSACTION_ID_SIZE];
    turn_seen first;
    turn_seen last; /* latest transmission */
    guint transmissions;
    guint leg; /* hash of the 5-tuple on which it was first seen: elsewhere it is the same packet
                  further on, and no retransmission */
    gboolean answered;
    gboolean succeeded;
    gboolean measured; /* its round-trip time has been counted */

    turn_session *session; /* NULL for checks between peers */
    guint16 method;
    guint user;               /* of session->users, from 1 */
    turn_signature signature; /* of the request */
    gboolean to_peer;
    gboolean keep_alive; /* a Binding Request without USERNAME */
    gboolean nominates;  /* with USE-CANDIDATE */
    gboolean authenticated;
    gboolean stale;
    guint nonce; /* hash of the request's NONCE; 0 when it had none */
    gboolean release;
    stun_address peer;
    gpointer subject; /* the record that the request is about; borrowed */
} turn_transaction;

typedef struct turn_transactions turn_transactions;

/* Called for each transaction that leaves without an answer. */
typedef void (*turn_transaction_lost)(gpointer data, const turn_transaction *transaction);

turn_transactions *turn_transactions_new(turn_transaction_lost lost, gpointer data);
/* Does not call LOST. */
void turn_transactions_free(turn_transactions *table);

/* The transaction that the request in MESSAGE opens (*OPENED is set) or repeats. Borrowed until the
 * next call that takes the table. */
turn_transaction *turn_transactions_request(turn_transactions *table, gconstpointer scope,
                                            const turn_packet *packet, const stun_message *message,
                                            gboolean *opened);
/* The transaction that the response in MESSAGE belongs to; NULL when its request was not seen. */
turn_transaction *turn_transactions_find(turn_transactions *table, gconstpointer scope,
                                         const stun_message *message);
/* Nanoseconds from the request to PACKET; -1 when PACKET was seen on another leg than the request,
 * or when the request was sent again: nobody can tell then which transmission was answered. */
gint64 turn_transaction_rtt(const turn_transaction *transaction, const turn_packet *packet);

/* Lets go of what is too old at NOW. */
void turn_transactions_expire(turn_transactions *table, gint64 now);
/* Lets go of everything. */
void turn_transactions_flush(turn_transactions *table);

#endif
