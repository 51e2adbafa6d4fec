/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What the parts of legs.h share. legs.c goes through both captures, legs_count.c takes
 * transactions, legs_tcp.c the opening of TCP connections. Inside turn/join/ only. */
#ifndef TURN_JOIN_LEGS_PRIVATE_H
#define TURN_JOIN_LEGS_PRIVATE_H

#include "turn/join/legs.h"
#include "turn/join/observed.h"
#include "turn/join/traffic.h"

#define LEG_SECOND G_GINT64_CONSTANT(1000000000)
/* A packet that is under way for longer than this is lost. */
#define LEG_WAY_PATIENCE LEG_SECOND
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
/* How many transmissions the other point must have shown: each PATIENCE before its end. */
guint leg_due(const legs_counting *all, const turn_sighting *sent, gboolean at_server,
              gint64 patience);
/* Whether the server's capture would show packets of the leg: a filter may leave it out. */
gboolean leg_is_visible(const legs_counting *all, const turn_leg *leg);
/* What the client's side asked, and what the server's side asked of it. */
void legs_count_from_client(legs_counting *all, const turn_view *view);
void legs_count_from_server(legs_counting *all, const turn_view *view);

/* legs_tcp.c */

void legs_count_connections(legs_counting *all);

#endif
