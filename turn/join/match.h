/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The transactions that both capture points saw, and which hosts stand on the server's side: the
 * first says much of the second, and the other way round. */
#ifndef TURN_JOIN_MATCH_H
#define TURN_JOIN_MATCH_H

#include "turn/join/clock.h"
#include "turn/join/ledger.h"
#include "turn/join/nat.h"

/* What was captured at one place, in one file or in several. All borrowed. */
typedef struct turn_point {
    const turn_model *model;
    const turn_ledger *ledger;
    GHashTable *senders; /* set of stun_address without port: who was seen sending anything */
    gboolean other_udp;  /* it shows UDP on other ports than TURN's: no filter hides those */
    gboolean other_tcp;
    gboolean other; /* it shows packets that are neither: no filter of ports was set */
    gboolean cut;   /* packets may have been cut in front of what tells them from others */
} turn_point;

/* A set of stun_address, which it owns. */
GHashTable *turn_hosts_new(void);

typedef struct turn_match {
    const turn_view *client; /* as the client's point saw the transaction */
    const turn_view *server;
    gboolean same_leg;    /* both saw the same packets; else one saw what the relay passed on */
    gboolean from_client; /* the request goes towards the server's point */
} turn_match;

typedef struct turn_matches {
    GArray *all;              /* of turn_match, in the order of the client's ledger */
    GHashTable *of_client;    /* of turn_view of the client: its turn_match, borrowed */
    GHashTable *of_server;    /* the same for the server's views; same_leg only */
    GHashTable *server_hosts; /* set of stun_address without port, by the names of either side */
    GHashTable *client_hosts; /* those from which the server's point was asked, as it knows them */
    guint8 turn_ports[65536 / 8];
    turn_nat *nat;
    guint joined; /* of ALL, same_leg only */
} turn_matches;

turn_matches *turn_matches_new(const turn_point *client, const turn_point *server);
void turn_matches_free(turn_matches *matches);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(turn_matches, turn_matches_free)

gboolean turn_matches_is_server(const turn_matches *matches, const stun_address *address);
/* Where the server takes TURN requests, as far as either point shows, and the ports of old. */
gboolean turn_matches_is_turn_port(const turn_matches *matches, guint16 port);

turn_clock turn_matches_clock(const turn_matches *matches);

/* Which of two captures was made nearer to those who ask the TURN server: who is nearer to the
 * asking side waits longer for the answer. */
typedef enum turn_nearer {
    TURN_NEARER_UNKNOWN, /* nothing in common, or both were made on one host */
    TURN_NEARER_FIRST,
    TURN_NEARER_SECOND
} turn_nearer;
turn_nearer turn_matches_nearer(const turn_ledger *first, const turn_ledger *second);

#endif
