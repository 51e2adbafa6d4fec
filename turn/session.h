/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What the tracker has put together: sessions with their allocation, permissions, channels,
 * connections and peers, and the Binding pairs outside of them. Plain data; rules and report
 * writers read it, the tracker alone writes it. Times are nanoseconds since 1970 UTC unless a name
 * says otherwise. All of it is owned by the model and lives as long as the tracker. */
#ifndef TURN_SESSION_H
#define TURN_SESSION_H

#include "stun/codes.h"
#include "turn/path.h"

typedef enum turn_outcome {
    TURN_OUTCOME_UNSEEN,     /* the capture does not show it */
    TURN_OUTCOME_UNANSWERED, /* requests, no answer */
    TURN_OUTCOME_CHALLENGED, /* 401 or 438, and nothing after it */
    TURN_OUTCOME_REJECTED,
    TURN_OUTCOME_SUCCESS
} turn_outcome;

/* "unseen", "unanswered", "challenged", "rejected", "success". */
const char *turn_outcome_name(turn_outcome outcome);

/* An error response. */
typedef struct turn_rejection {
    guint16 method;
    guint16 code;
    char *reason;      /* UTF-8 */
    turn_seen request; /* the transmission that was answered; not seen: frame 0 */
    turn_seen response;
    gboolean authenticated; /* the request carried USERNAME (or USERHASH) and MESSAGE-INTEGRITY */
    gboolean stale;         /* with a nonce that is not the last one the server gave out */
    gboolean renews;        /* the answer has another nonce than the request */
    gboolean credentials;   /* authenticated, or the response names the user that was rejected */
    gboolean release;       /* to a Refresh that asked for LIFETIME 0 */
    gboolean alternate;     /* carries ALTERNATE-SERVER */
    stun_address peer;      /* XOR-PEER-ADDRESS of the request */
    guint user;             /* of session->users, from 1; 0 when not seen */
    turn_signature
        request_signature; /* ABSENT too when no passwords are given, or it was not seen */
    turn_signature response_signature;
} turn_rejection;

/* All requests of one method. */
typedef struct turn_exchange {
    guint16 method; /* as in the STUN header */
    guint requests; /* distinct transactions */
    guint transmissions;
    guint successes;
    guint errors;
    turn_seen first_request;
    turn_seen last_request; /* transmission */
    turn_seen first_success;
    turn_seen last_success;
    gint64 rtt; /* of the first success, nanoseconds; -1 when not measured */
} turn_exchange;

/* A request that got no answer. */
typedef struct turn_unanswered {
    guint16 method;
    turn_seen first;
    turn_seen last;
    guint transmissions;
    gboolean release; /* a Refresh that asked for LIFETIME 0 */
} turn_unanswered;

typedef struct turn_permission {
    stun_address peer; /* port 0: a permission is for a host, RFC 8656 section 9 */
    turn_outcome outcome;
    guint16 code;
    turn_seen request;
} turn_permission;

/* One binding. A number that is bound to another peer later has one record more; the last one with
 * the number is the one that counts. */
typedef struct turn_channel {
    guint16 number;
    turn_peer *peer; /* NULL when there are too many; its address is NONE when the capture does not
                        show the ChannelBind */
    turn_outcome outcome;
    guint16 code;
    turn_seen request;
    guint64 bytes_to_peer;
    guint64 bytes_from_peer;
} turn_channel;

/* A TCP segment that its receiver does not acknowledge, however often it is sent. */
typedef struct turn_stuck {
    guint transmissions;
    gsize length;
    turn_seen first;
    turn_seen last;
    turn_seen last_alive; /* the receiver's, which asks for the segment */
} turn_stuck;

/* A TCP connection to a TURN port, to a relayed address, or one in which TURN was found. */
typedef struct turn_tcp {
    turn_flow flow; /* from the side that opened it */
    turn_seen first_syn;
    turn_seen last_syn;
    guint syns;
    turn_seen syn_ack;
    turn_seen established;
    turn_seen opener_fin;
    turn_seen listener_fin;
    turn_seen reset;
    gboolean reset_by_listener;
    turn_seen unreachable; /* ICMP about what the opener sent */
    turn_icmp icmp;
    gboolean tls;
    turn_stuck stuck[2]; /* what the opener sent, and the listener */
} turn_tcp;

/* A TCP connection through the relay; RFC 6062. */
typedef struct turn_connection {
    guint32 id; /* CONNECTION-ID */
    gboolean has_id;
    gboolean initiated_by_peer;
    turn_peer *peer;       /* as in turn_channel */
    turn_seen attempt;     /* ConnectionAttempt, or the answer to Connect */
    turn_seen bind;        /* first ConnectionBind Request */
    turn_seen bind_answer; /* its final answer */
    turn_outcome outcome;  /* SUCCESS bound, REJECTED refused, UNANSWERED, UNSEEN never tried */
    guint16 code;
    stun_address data_connection; /* the client's end; NONE when not seen */
    guint64 bytes_to_peer;
    guint64 bytes_from_peer;
    const turn_tcp *tcp; /* of the data connection; NULL when not seen */
} turn_connection;

/* A Connect request that failed: RFC 6062 section 5.2. */
typedef struct turn_connect_failure {
    stun_address peer;
    guint16 code;
    turn_seen request;
    turn_seen response;
} turn_connect_failure;

/* TURN methods with a counter of their own. */
typedef enum turn_method {
    TURN_METHOD_ALLOCATE,
    TURN_METHOD_REFRESH,
    TURN_METHOD_CREATE_PERMISSION,
    TURN_METHOD_CHANNEL_BIND,
    TURN_METHOD_CONNECT,
    TURN_METHOD_CONNECTION_BIND,
    TURN_METHOD_BINDING,
    TURN_METHOD_COUNT
} turn_method;

typedef enum turn_protocol {
    TURN_PROTOCOL_UDP,
    TURN_PROTOCOL_TCP,
    TURN_PROTOCOL_TLS,
    TURN_PROTOCOL_DTLS
} turn_protocol;

/* "udp", "tcp", "tls", "dtls". */
const char *turn_protocol_name(turn_protocol protocol);

/* ICMP errors that say that a packet is too large for the way, RFC 1191 and RFC 8201: a run of them
 * without long pauses. */
typedef struct turn_too_big {
    guint count; /* about packets of the same sender and 5-tuple */
    turn_flow about;
    guint mtu; /* of the way, as the last one says; 0 when it does not */
    turn_seen first;
    turn_seen last;
} turn_too_big;

/* RFC 8656 section 5: a relayed address rests for two minutes after its allocation is gone, so that
 * what was under way is not taken for the next client's. Retransmissions are over by then too.
 * Nanoseconds. */
#define TURN_REST (G_GINT64_CONSTANT(120) * 1000000000)

/* Whatever one client did with one server over one 5-tuple. */
typedef struct turn_session turn_session;
struct turn_session {
    guint id; /* from 1, in the order of the first frames */
    stun_address client;
    stun_address server;
    turn_protocol protocol;
    guint8 relay_protocol; /* IP protocol of REQUESTED-TRANSPORT: 17, 6, or 0 when not seen */
    char *username;        /* UTF-8, NULL when not seen; the first, when there are several */
    GPtrArray *users;      /* of char: every user name that a request carried */
    char *realm;
    char *software; /* the server's */
    stun_address mapped;
    GArray *relayed;           /* of stun_address */
    stun_address relay_local;  /* the end of the relay's packets on the wire, where it is another
                                  than the relayed address (static NAT); NONE when not seen */
    stun_address relay_public; /* the relayed address that it stands for */
    stun_address alternate_server;
    turn_seen first; /* in the order of the file, as all that is seen of the session */
    turn_seen last;
    gint64 earliest; /* the times of its packets, which may have another order than the file */
    gint64 latest;
    gint64 in_use; /* its last packet that came while the allocation was there, or within TURN_REST
                      after the one before */
    turn_seen last_from_server;
    turn_seen first_after_expiry; /* use of the allocation by the client, after LIFETIME ran out */
    turn_seen last_alive;         /* the server acted on the allocation: it was there then */
    guint packets_from_client;
    guint packets_from_server;
    turn_exchange exchanges[TURN_METHOD_COUNT];
    stun_address asked_destination;   /* of the latest Set Active Destination, [MS-TURN] */
    stun_address active_destination;  /* that was granted; data goes there without any header */
    gboolean has_active_destination;  /* its address is NONE when only the answer was seen */
    gboolean ms_turn;                 /* speaks [MS-TURN], which has no permissions */
    turn_seen authenticated_allocate; /* the first Allocate Request with credentials */
    turn_seen allocated;              /* Allocate Success Response */
    turn_seen released; /* Refresh with LIFETIME 0: its answer, or the request that got none */
    turn_seen release_asked;
    gboolean release_hidden; /* the latest Refresh was cut before its LIFETIME, which may be 0 */
    gint64 lifetime;         /* seconds, as last granted; -1 when not seen */
    gint64 expires;          /* -1 when not known */
    guint challenges;        /* 401 to requests without credentials, and 438 */
    guint nonce_refusals;    /* 438 (or 430) to the server's latest nonce since the last success */
    turn_seen first_nonce_refusal; /* of that run */
    turn_seen last_nonce_refusal;
    char *nonce; /* the server's latest, NULL when none was seen */
    guint authenticated_requests;
    guint requests_without_credentials_after_challenge;
    turn_seen challenge; /* the first */
    turn_seen last_challenge;
    turn_seen attempt;        /* the Allocate that began the latest try; earlier ones were probes */
    gboolean answered_unseen; /* what the client sent proves answers that the capture lacks */
    GArray *rejections;       /* of turn_rejection; challenges are not in it */
    GArray *unanswered;       /* of turn_unanswered */
    GArray *permissions;      /* of turn_permission */
    GArray *channels;         /* of turn_channel */
    GPtrArray *connections;   /* of turn_connection */
    GPtrArray *peers;         /* of turn_peer */
    GArray *connect_failures; /* of turn_connect_failure */
    guint *records_left;      /* what all lists of all sessions together may still take */
    guint records_dropped;    /* from the lists above */
    guint fingerprints_good;  /* the legacy Microsoft form included */
    guint fingerprints_bad;
    turn_integrity integrity; /* of the client's and the server's messages, on all connections */
    guint misfits; /* users of requests that no password signs and that the server granted: bit
                      number N is that of session->users[N - 1], bit 0 of those not in it */
    guint64 bytes_missing; /* of its TCP connections */
    guint64 relayed_cut;   /* relayed packets of which the capture has too little to tell a check */
    turn_seen unreachable; /* ICMP about the client's packets */
    turn_icmp icmp;
    turn_too_big too_big;
    turn_seen relay_unreachable; /* ICMP about a packet to the relayed address */
    stun_address relay_sender;   /* of that packet */
    turn_icmp relay_icmp;
    GPtrArray *arrivals;   /* of const turn_tcp: connections of peers to the relayed address */
    GPtrArray *departures; /* of const turn_tcp: connections of the relayed address to peers */
    turn_session *before;  /* the allocation on this 5-tuple before this one; NULL when none */
    gboolean works;        /* a peer was reached both ways; set when the capture is over */
    gboolean relay_seen;   /* any packet between relay and peer was seen; set like WORKS */
    gboolean control_seen; /* FALSE when only a data connection of it is in the capture */
    const turn_tcp *tcp;   /* of the control connection; NULL over UDP or when not seen */
};

/* Binding checks between two ends outside any session. */
typedef struct turn_pair {
    turn_transport transport;
    stun_address a; /* who sent the first check */
    stun_address b;
    turn_path path; /* to_peer is from a to b */
    turn_seen first;
    gboolean at_server; /* one end is the host of a TURN server: it is, or may be, a relayed address
                           whose allocation the capture does not show */
} turn_pair;

typedef struct turn_span {
    guint32 capture;
    gint64 from;
    gint64 to;
} turn_span;

typedef struct turn_model {
    GPtrArray *sessions; /* of turn_session, in the order of their first frames */
    GPtrArray *pairs;    /* of turn_pair, the same */
    turn_seen first;     /* packets of the capture that concern TURN or STUN */
    turn_seen last;
    GArray *spans; /* of turn_span: when the capture was running, packets of any kind counted */
    guint64 messages;
    guint64 cut;            /* messages of which the capture lacks the end */
    gboolean icmp_unread;   /* there are ICMP errors that were cut before they say about what */
    gboolean limit_reached; /* there was more than is kept; the report says so */
    GHashTable *receivers;  /* of stun_address: hosts to which any STUN traffic was seen going */
    guint passwords;        /* of TURN users that were given */
    GHashTable *granted;    /* for turn_model_granted(); NULL when no passwords are given */
    const GPtrArray *tcp;   /* of turn_tcp, in the order of their first packets; borrowed */
} turn_model;

/* The server said so, or let data through. */
gboolean turn_connection_is_bound(const turn_connection *connection);
/* Any of its peers. */
gboolean turn_session_works(const turn_session *session);
/* Whether the server saw the client under another address than the capture does: the client is
 * behind a NAT, and the capture on its side of it. */
gboolean turn_session_behind_nat(const turn_session *session);
/* Whether the sender was told often enough, and went on. Packets of one window are all too large,
 * and it learns of that after them. */
gboolean turn_too_big_is_ignored(const turn_too_big *too_big);
turn_outcome turn_session_allocate_outcome(const turn_session *session);
/* The end of what was captured without a pause from SEEN on, in its capture and in those that take
 * over where it ends. */
gint64 turn_model_end(const turn_model *model, const turn_seen *seen);
/* Adds to WORKS (a set of char) the ICE sessions that got through on any path: turn_path.ice,
 * borrowed from the model. */
void turn_model_working_ice(const turn_model *model, GHashTable *works);
gboolean turn_model_receives(const turn_model *model, const stun_address *host);
/* Whether the host of SERVER granted any request with a SIGNATURE like this one in the whole
 * capture: VERIFIED with the same password, or FAILED for the same user. */
gboolean turn_model_granted(const turn_model *model, const stun_address *server,
                            const turn_signature *signature);
/* What GRANTED knows such requests by; NULL for other signatures. Owned by the caller. */
char *turn_granted_key(const stun_address *server, const turn_signature *signature);

#endif
