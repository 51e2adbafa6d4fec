/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What the parts of legs.h share. legs.c goes through both captures, legs_count.c takes
 * transactions, legs_tcp.c the opening of TCP connections, and legs_visible.c knows what a capture
 * had to show. Inside turn/join/ only. */
#ifndef TURN_JOIN_LEGS_PRIVATE_H
#define TURN_JOIN_LEGS_PRIVATE_H

#include "turn/join/legs.h"
#include "turn/join/observed.h"
#include "turn/join/traffic.h"

#define LEG_SECOND G_GINT64_CONSTANT(1000000000)
/* The server, and who is behind it, had time to answer; as TURN_PEER_PATIENCE. */
#define LEG_ANSWER_PATIENCE (5 * LEG_SECOND)

/* What is looked for in the server's lists, which are walked for each. */
#define LEG_MAX_LOOKUPS 256u

/* While legs are counted. */
typedef struct legs_counting {
    const turn_matches *matches;
    const turn_clock *clock;
    const turn_point *client;
    const turn_point *server;
    turn_observed *client_time;
    turn_observed *server_time;
    turn_traffic *client_traffic;
    turn_traffic *server_traffic;
    gboolean client_receives; /* the captures show packets that come in at their own side */
    gboolean server_receives;
    gboolean server_sends;
    GHashTable *shared; /* set of stun_address without port, as the server's point knows them: hosts
                           that hide somebody else too */
    GHashTable *works;
    GPtrArray *legs;
    guint lookups; /* of connections in the server's list */
    guint lookups_of_opened;
    guint lookups_of_relays;
} legs_counting;

/* legs_count.c */

/* NULL at the limit. */
turn_leg *leg_of(legs_counting *all, turn_leg_kind kind, turn_transport transport, guint16 port);
void leg_free(gpointer leg);
void leg_arrived(turn_tally *tally, const turn_sighting *sent);
void leg_lost(turn_tally *tally, const turn_loss *loss);
/* It was lost, and what came later was not. */
void leg_overcame(turn_tally *tally, const turn_loss *loss);
/* How many transmissions the other point must have shown: each PATIENCE before its end. */
guint leg_due(const legs_counting *all, const turn_sighting *sent, gboolean at_server,
              gint64 patience);
/* What the client's side asked, and what the server's side asked of it. */
void legs_count_from_client(legs_counting *all, const turn_view *view);
void legs_count_from_server(legs_counting *all, const turn_view *view);

/* legs_visible.c */

/* Whether the server's capture would show packets of the leg: a filter may leave it out. */
gboolean leg_is_visible(const legs_counting *all, const turn_leg *leg);
/* Whether the client's capture would show what the server sends to the view's destination, and the
 * client alone would get it. */
gboolean leg_is_visible_at_client(const legs_counting *all, const turn_view *view);
/* Transmissions to an address that the server's capture shows being granted, while it was: where
 * that capture has anything that comes to the host, it must have them. */
guint leg_due_while_granted(legs_counting *all, const turn_view *view);
/* Whether anything at all came through between the same ends after LOST, which left on FLOW. */
gboolean leg_goes_on(const legs_counting *all, turn_way way, const turn_flow *flow,
                     const turn_sighting *lost);

/* legs_tcp.c */

void legs_count_connections(legs_counting *all);

#endif
