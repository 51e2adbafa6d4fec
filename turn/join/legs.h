/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What passed between two capture points and what was lost there, by leg: protocol, port or relay
 * range, and direction. Only what the other capture must have shown counts as lost: it was running
 * then, and its filter would have let it pass. */
#ifndef TURN_JOIN_LEGS_H
#define TURN_JOIN_LEGS_H

#include "turn/join/match.h"

/* Legs, and losses that are kept for each tally. Further ones are counted. */
#define TURN_MAX_LEGS   64u
#define TURN_MAX_LOSSES 256u
/* Of those that are no fault there are many more in a long capture. */
#define TURN_MAX_OVERCOME 4096u

/* A packet that is under way between two points for longer than this is lost, and what comes later
 * is another one. Nanoseconds. */
#define TURN_WAY_PATIENCE G_GINT64_CONSTANT(1000000000)

typedef enum turn_leg_kind {
    TURN_LEG_CONTROL, /* requests to the TURN server itself */
    TURN_LEG_TUNNEL,  /* checks that go to and from a peer inside a TURN session */
    TURN_LEG_RELAY    /* between relayed addresses and the client's point */
} turn_leg_kind;

/* "control", "tunnel", "relay". */
const char *turn_leg_kind_name(turn_leg_kind kind);

typedef enum turn_way { TURN_TO_SERVER, TURN_TO_CLIENT, TURN_WAYS } turn_way;

/* One transaction of which a part was lost. */
typedef struct turn_loss {
    const turn_view *view; /* of the point that saw the request leave; NULL of a TCP connection */
    turn_flow flow;        /* as that point knows it */
    guint16 method;
    guint transmissions; /* of what was lost, while the other capture was running */
    guint sent;          /* those and the others */
    turn_seen first;     /* of what was lost, where it was seen last */
    turn_seen last;
    turn_seen asked;      /* the request at the point that waits for the answer, and its latest */
    turn_seen asked_last; /* transmission; both only where an answer was lost */
    gboolean excused;     /* the same ICE session got through on another path */
} turn_loss;

typedef struct turn_tally {
    guint sent;          /* transactions */
    guint arrived;       /* of SENT, those that the other point saw */
    gint64 last_arrived; /* when the latest of them was sent */
    GArray *losses;      /* of turn_loss, after LAST_ARRIVED, in the order of time */
    guint lost;          /* how many of them there are */
    GArray *overcome;    /* of turn_loss, in no order: those after which something came through */
} turn_tally;

typedef struct turn_leg {
    turn_leg_kind kind;
    turn_transport transport;
    guint16 low_port; /* of the server's side, lowest and highest that was used */
    guint16 high_port;
    turn_tally requests[TURN_WAYS];
    turn_tally responses[TURN_WAYS]; /* by the way of the response */
    gboolean blind; /* the server's capture does not show the leg: requests were answered that are
                       not in it */
    turn_tally answers; /* requests that came to the server's point; arrived: were answered there */
    stun_address passed_to; /* where the server's point shows unanswered ones being passed on to */
    guint passed_on;
} turn_leg;

/* Of turn_leg, in the order of kind, transport and port. OFFSET is that of the clock; WORKS is a
 * set of turn_path.ice. Owned by the caller. */
GPtrArray *turn_legs_new(const turn_matches *matches, const turn_point *client,
                         const turn_point *server, const turn_clock *clock, GHashTable *works);

/* Packets that are lost singly, or all at one moment, are no fault: nothing got through any more
 * when at least three were lost, of one transaction or of several, over at least three seconds. */
typedef struct turn_loss_sum {
    guint count; /* of losses */
    guint transmissions;
    guint sent;
    gint64 from;
    gint64 to;
} turn_loss_sum;

/* SUM begins as zeros. */
void turn_loss_add(turn_loss_sum *sum, const turn_loss *loss);
gboolean turn_loss_is_systematic(const turn_loss_sum *sum);
/* All losses of TALLY together. */
gboolean turn_tally_is_blocked(const turn_tally *tally);

/* "24000-29999" where all ports lie in Expressway's range, else "3478" or "50010-50019". Owned by
 * the caller. */
char *turn_leg_ports(const turn_leg *leg);

#endif
