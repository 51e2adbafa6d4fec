/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What went between two ends: checks and data of each direction, with or without a relay between
 * them. Plain data, as in session.h. */
#ifndef TURN_PATH_H
#define TURN_PATH_H

#include "turn/icmp.h"
#include "turn/integrity.h"
#include "turn/packet.h"

/* A place in the capture. Frames count from 1: frame 0 says that it was not seen. */
typedef struct turn_seen {
    guint32 capture;
    guint32 frame;
    gint64 time;
} turn_seen;

turn_seen turn_seen_at(const turn_packet *packet);
/* Whether A came after B: by frame within one capture, since clocks are set back at times, and by
 * time between two. */
gboolean turn_seen_after(const turn_seen *a, const turn_seen *b);

/* The role that an ICE agent claims in its checks; RFC 8445 section 7.1.3. */
typedef enum turn_role { TURN_ROLE_NONE, TURN_ROLE_CONTROLLING, TURN_ROLE_CONTROLLED } turn_role;

/* "controlling", "controlled"; NULL for TURN_ROLE_NONE. */
const char *turn_role_name(turn_role role);

/* Longer than this between two packets of a direction is a pause. Nanoseconds. */
#define TURN_PAUSE G_GINT64_CONSTANT(1000000000)

/* Pauses between packets of one capture. */
typedef struct turn_pauses {
    guint64 count;
    gint64 time;   /* of all together, nanoseconds */
    guint64 bytes; /* of the packets before them */
    gint64 longest;
    guint64 longest_bytes; /* of the packet before it */
    turn_seen before;      /* that packet */
} turn_pauses;

/* One direction of a path: the Binding checks that went that way and what came back for them, and
 * the packets that were no STUN. */
typedef struct turn_direction {
    guint requests; /* distinct transactions; a retransmission is not a new one */
    guint retransmissions;
    guint successes; /* of REQUESTS */
    guint errors;    /* of REQUESTS, without a success later */
    guint16 error_code;
    gint64 rtt; /* shortest, nanoseconds; -1 when none was measured */
    gint64 rtt_longest;
    gint64 rtt_sum;
    guint rtt_count;
    turn_seen first_request;
    turn_seen last_request;
    turn_seen first_success;
    turn_seen last_success;
    guint keep_alives;          /* of REQUESTS: without USERNAME, which nobody needs to answer */
    guint keep_alive_successes; /* of SUCCESSES */
    guint indications;          /* Binding Indications: keep-alives of RFC 8445 section 11 */
    guint indication;           /* hash of the latest one's transaction id */
    turn_role first_role;       /* of who sent the requests */
    turn_role role;             /* the same, at the end */
    turn_seen role_changed;     /* the first request with another role than the one before */
    guint32 priority;           /* PRIORITY of the first request that has it */
    gboolean has_priority;
    turn_seen use_candidate; /* the first request with USE-CANDIDATE */
    turn_seen nominated;     /* the first success for one */
    turn_seen last_nominated;
    guint64 packets;
    guint64 bytes;
    turn_seen first_packet;
    turn_seen last_packet;
    guint64 last_bytes; /* of the last packet */
    turn_pauses pauses;
    guint64 handshakes; /* of PACKETS: DTLS that agrees on keys, and carries no data */
    turn_seen first_data;
    turn_seen last_data;
    guint64 unread; /* packets that were cut too short to tell a message from data; in no count
                       above */
} turn_direction;

/* Checks of one direction that were refused with 487 (RFC 8445 section 7.3.1.1), each sent after
 * the one before was refused, without a success since. */
typedef struct turn_conflicts {
    guint count;
    turn_seen first;
    turn_seen last;
} turn_conflicts;

/* Of one direction, the large datagram of a DTLS handshake that the sender repeats last. */
typedef struct turn_flight {
    guint64 newest;   /* of any size, that the sender has got to */
    guint64 identity; /* number of its first message; 0 when there is none */
    gsize size;
    guint count; /* transmissions */
    turn_seen first;
    turn_seen last;
    guint echoes; /* handshake datagrams of the other side since FIRST that it had sent before */
    turn_seen last_echo;
} turn_flight;

/* What went between two ends. In a session the peer is the far end, elsewhere it is the second of
 * the pair. */
typedef struct turn_path {
    turn_direction to_peer;
    turn_direction from_peer;
    turn_conflicts conflicts[2]; /* of the checks from the peer, and to it */
    turn_flight flights[2];      /* the same order */
    char *ice; /* the two user fragments of the checks, in a fixed order: paths of one ICE session
                  have the same text; NULL when no check carried a USERNAME */
    gboolean ice_reversed; /* the first of them is the peer's */
    turn_seen unreachable; /* an ICMP error about what was sent on the path */
    turn_icmp icmp;
    turn_integrity integrity; /* of the checks, as far as passwords of ICE agents are given */
} turn_path;

typedef enum turn_via {
    TURN_VIA_RELAY,
    TURN_VIA_INDICATION,
    TURN_VIA_CHANNEL,
    TURN_VIA_CONNECTION
} turn_via;

/* "relay", "indication", "channel", "connection". */
const char *turn_via_name(turn_via via);

/* Packets of one direction that went into the relay against those that came out of it; both sides
 * of it are captured then. */
typedef struct turn_passage {
    gsize largest; /* payload that came out */
    guint lost;    /* larger ones that went in since, none of which came out */
    gsize smallest_lost;
    guint passed; /* that came out since the first of them went in */
    turn_seen first_lost;
    turn_seen last_lost;
    turn_seen last_passed;
} turn_passage;

/* What was sent from one relayed address to another of the same server, and has to come back from
 * the outside firewall. */
typedef struct turn_reflection {
    guint sent;
    turn_seen first_sent;
    turn_seen last_sent;
    guint returned;
    turn_seen first_returned;
    guint same_host; /* of RETURNED: from the server's own address to the server's own address */
} turn_reflection;

/* What the client sent to the peer after the last packet that came from the server. */
typedef struct turn_tail {
    guint after; /* turn_session.packets_from_server at that time */
    guint data;
    turn_seen first_data;
    turn_seen last_data;
    guint checks; /* transmissions, with USERNAME: whoever is there answers them */
    turn_seen first_check;
    turn_seen last_check;
} turn_tail;

/* The far side of the relay. */
typedef struct turn_peer {
    stun_address address;
    turn_via via;
    turn_path path;            /* between client and peer, whichever leg it was seen on */
    turn_direction relay_to;   /* packets seen between the relayed address and the peer; only the */
    turn_direction relay_from; /* packet counters are used */
    turn_tail tail;
    turn_passage passages[2]; /* from the peer, and to it */
    turn_reflection reflection;
    const struct turn_session *relay; /* whose relayed address the peer is; NULL when no other's of
                                         the same server. Set when the capture is over */
} turn_peer;

/* Which ways something went. */
typedef enum turn_ways {
    TURN_WAYS_NONE,
    TURN_WAYS_TO_PEER,
    TURN_WAYS_FROM_PEER,
    TURN_WAYS_BOTH
} turn_ways;

/* "none", "to_peer", "from_peer", "both". */
const char *turn_ways_name(turn_ways ways);
/* Packets that were neither STUN nor the handshake of DTLS. */
guint64 turn_direction_data(const turn_direction *direction);
/* Packets that were no STUN, of two directions of one leg. */
turn_ways turn_data_ways(const turn_direction *to_peer, const turn_direction *from_peer);
/* The data to or from a peer, counted once: on the leg between client and server where it was
 * captured, else on the one behind the relay. */
const turn_direction *turn_peer_data(const turn_peer *peer, gboolean to_peer);

/* Whether the path has proved itself: checks answered both ways, or packets both ways. */
gboolean turn_path_works(const turn_path *path);
/* Agents of turn_path.ice, by the place of their user fragment. */
#define TURN_AGENT_FIRST  1u
#define TURN_AGENT_SECOND 2u
/* Who sends what goes to the peer, or from it; 0 where the checks do not tell. */
guint turn_path_agent(const turn_path *path, gboolean to_peer);
/* Those of whom data went on the path. */
guint turn_path_talkers(const turn_path *path);
/* Packets both ways on the peer's path, on whichever leg they were seen. */
gboolean turn_peer_works(const turn_peer *peer);
/* turn_direction_data(), on either leg. */
gboolean turn_peer_has_data(const turn_peer *peer);

#endif
