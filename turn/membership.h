/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Which session a packet is of, once the capture is over and all sessions are known: for those who
 * go through the packets again. Looks at 5-tuples and times alone; an ICMP error is looked up by
 * the packet that it quotes. */
#ifndef TURN_MEMBERSHIP_H
#define TURN_MEMBERSHIP_H

#include "turn/session.h"

typedef enum turn_part {
    TURN_PART_CONTROL, /* between client and server */
    TURN_PART_DATA,    /* a data connection of RFC 6062, from its SYN on */
    TURN_PART_RELAY    /* between a relayed address and a peer, a peer's connection included */
} turn_part;

/* One session that a packet is of. */
typedef struct turn_member {
    const turn_session *session;
    turn_part part;
    gboolean outward;                  /* from the client, or from the relayed address */
    const turn_connection *connection; /* TURN_PART_DATA */
    const turn_peer *peer; /* of a relayed leg or data connection; NULL when it is not known */
} turn_member;

/* A packet between two relayed addresses is of both their sessions. */
#define TURN_MAX_MEMBERS 3u

typedef struct turn_memberships turn_memberships;

/* MODEL must be finished, and is borrowed as long as the result lives. */
turn_memberships *turn_memberships_new(const turn_model *model);
void turn_memberships_free(turn_memberships *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(turn_memberships, turn_memberships_free)

/* The sessions of a packet on FLOW at SEEN: how many, of which MEMBERS is filled with as much. Of
 * sessions that follow each other on one 5-tuple, or with one relayed address, it is the one that
 * had begun last; of none where another connection has begun since, or TURN_REST after the
 * allocation was gone and the session no longer used without a pause as long. A STUN message
 * (IS_MESSAGE) between client and server belongs however late it is. */
guint turn_memberships_find(const turn_memberships *self, const turn_flow *flow,
                            const turn_seen *seen, gboolean is_message,
                            turn_member members[TURN_MAX_MEMBERS]);

#endif
