/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * A conversation that a test makes up packet by packet, as two capture points see it: the client's
 * (capture 0) and the server's (capture 1). The client is behind a NAT and the server behind a
 * static one. Times are milliseconds of the client's clock; a packet is under way for 20 of them.
 * A packet is fed to one scene or to both, so that a test says itself which one was lost. */
#ifndef TEST_SUPPORT_TWO_POINTS_H
#define TEST_SUPPORT_TWO_POINTS_H

#include "support/scene.h"

#define NEAR_CLIENT "10.1.1.10:40000" /* as the client's point knows the ends */
#define NEAR_SERVER "198.51.100.1:3478"
#define NEAR_RELAY  "198.51.100.1:24010"
#define NEAR_OTHER  "198.51.100.2:3478" /* another server */
#define FAR_CLIENT  "192.0.2.10:41000"  /* as the server's point knows them */
#define FAR_SERVER  "10.9.9.1:3478"
#define FAR_RELAY   "10.9.9.1:24010"

typedef enum fate { PASSES, IS_LOST } fate;

typedef struct two_points {
    scene *client;
    scene *server;
    turn_ledger *ledgers[TURN_POINT_COUNT];
    gint64 ahead;        /* milliseconds, of the server's clock */
    GHashTable *senders; /* at the server's point: empty but for what a test puts in */
    gboolean cut;        /* packets of the server's capture end in front of the STUN header */
    gboolean filtered;   /* the server's capture shows TURN ports only */
    turn_join *join;
    turn_judgement *judgement;
} two_points;

two_points *two_points_new(void);
void two_points_free(two_points *p);

/* A request or answer between the ends at the relay (RELAY) or the TURN port, to the server or
 * back. The point of the sender always sees it. */
void goes_up(two_points *p, gint64 ms, gboolean relay, const char *text, fate what);
void goes_down(two_points *p, gint64 ms, gboolean relay, const char *text, fate what);
/* An allocation that both points see: transactions 1 and 2. */
void allocates(two_points *p, gint64 ms);
/* Both captures run from MS on, or until MS. */
void both_run(two_points *p, gint64 ms);

/* Ends both captures. */
const turn_join *two_points_join(two_points *p);
const turn_judgement *two_points_judgement(two_points *p);
/* NULL when it was not found. */
const turn_finding *two_points_finding(two_points *p, const char *cause);

#endif
