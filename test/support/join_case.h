/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Cases of the rules about two capture points: what happens between them, and what is found. Plays
 * that more than one program needs are here too. */
#ifndef TEST_SUPPORT_JOIN_CASE_H
#define TEST_SUPPORT_JOIN_CASE_H

#include "support/rule_case.h"
#include "support/two_points.h"

#define CHECK        "binding request 20 user=b:a priority=1 mi fingerprint"
#define CHECK_ANSWER "binding success 20 mapped=192.0.2.10:41000 mi fingerprint"
#define CHECK_2      "binding request 21 user=b:a priority=1 mi fingerprint"
#define CHECK_3      "binding request 22 user=b:a priority=1 mi fingerprint"
#define KEEP_ALIVE   "binding request 30"
#define ALLOCATE     "allocate request 5 transport=17"
#define RELEASE      "refresh request 6 lifetime=0 " CREDENTIALS
#define PERMIT       "permission request 7 peer=192.0.2.180:0 " CREDENTIALS

/* Ends that the server's point knows, and the client's does not. */
#define FAR_OTHER    "192.0.2.99:50505"
#define FAR_SAME_NAT "192.0.2.10:50505"

#define RELAY TRUE
#define PORT  FALSE

typedef struct join_case {
    const char *cause;
    const char *name;
    void (*play)(two_points *p);
    const char *level;    /* NULL: the cause must not be found */
    const char *evidence; /* "0.5 1.3": capture and frame, in their order */
} join_case;

#define JOIN_HIT(cause, play, level, evidence)                                                     \
    { cause, #play "_is_found", play, level, evidence }
#define JOIN_MISS(cause, play)                                                                     \
    { cause, #play "_is_not_found", play, NULL, NULL }

#define PORT_BLOCKED  "turn-port-blocked-inbound"
#define RANGE_BLOCKED "relay-range-blocked-inbound"
#define BACK_BLOCKED  "responses-blocked-outbound"
#define NO_ANSWER     "server-did-not-answer"
#define NO_OVERLAP    "captures-do-not-overlap"

/* A CMocka test whose initial state is a join_case. */
void join_case_run(void **state);
/* Fails unless CASES hit and miss every cause from FIRST (NULL: the first of all) to before END. */
void join_cases_cover(const join_case *cases, gsize count, const char *first, const char *end);

/* Three transmissions over 3 s. */
void sends_thrice(two_points *p, gint64 ms, gboolean relay, const char *text, fate what);
void three_checks_do_not_arrive(two_points *p);
/* The client's capture is that of a far peer: the captures have nothing in common. The server gives
 * CMS a relayed address, on its own host. */
void peer_asks(two_points *p, const char *relayed, gint64 ms);
void checks_to_a_relay_of_the_server_do_not_arrive(two_points *p);
void checks_are_answered(two_points *p);
void requests_of_the_relay_do_not_come(two_points *p);
void connects_at(two_points *p, scene *s, gint64 ms, turn_tcp_event event);
void syn_ack_does_not_come_back(two_points *p);
void another_connects(two_points *p, gint64 ms, const char *other, gboolean completes);
void syns_are_lost_while(two_points *p, gint64 ms, const char *other, gboolean completes);
void syn_of_another_client_arrives(two_points *p);
void syn_from_the_same_nat_arrives_before(two_points *p);
/* It may be the client's own, with another port that the NAT gave it. */
void syn_from_the_same_nat_arrives_then(two_points *p);

#endif
