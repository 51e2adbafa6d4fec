/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What the parts of the tracker share: where each 5-tuple leads, and the steps that more than one
 * part takes. tracker.c keeps routes and time, and tracker_packet.c takes packets in and finds
 * their route. tracker_session.c opens sessions and notes what every request and answer has;
 * tracker_method.c knows the TURN methods, tracker_connection.c RFC 6062, tracker_tcp.c TCP itself,
 * tracker_path.c peers and relayed data, tracker_check.c the checks between peers,
 * tracker_integrity.c passwords, tracker_nat.c relayed addresses and what stands for them on the
 * wire, tracker_relay.c what lies between them and the peers, tracker_media.c what becomes of large
 * packets. */
#ifndef TURN_TRACKER_PRIVATE_H
#define TURN_TRACKER_PRIVATE_H

#include "turn/tracker.h"
#include "turn/transactions.h"

/* Limits that hostile input cannot pass: a session with its texts takes up to 11 KB, a peer under
 * 2 KB, any other record, a pair and a transaction less; together under 200 MB, of which a real
 * capture uses a few. */
#define TURN_MAX_RECORDS          65536u /* in the lists of all sessions together */
#define TURN_MAX_SESSIONS         4096u
#define TURN_MAX_PAIRS            8192u
#define TURN_MAX_TCP              16384u
#define TURN_MAX_PEERS            256u
#define TURN_MAX_CHANNELS         256u
#define TURN_MAX_PERMISSIONS      256u
#define TURN_MAX_CONNECTIONS      256u
#define TURN_MAX_REJECTIONS       64u
#define TURN_MAX_UNANSWERED       64u
#define TURN_MAX_RELAYED          16u
#define TURN_MAX_CONNECT_FAILURES 64u
#define TURN_MAX_RECEIVERS        65536u
#define TURN_MAX_NATS             8u /* servers behind static NAT */

typedef enum route_kind {
    ROUTE_CONTROL,   /* client to server: TURN messages and ChannelData */
    ROUTE_DATA,      /* a bound data connection */
    ROUTE_PAIR,      /* checks outside any session */
    ROUTE_ENCRYPTED, /* DTLS or TLS to a TURN port */
    ROUTE_NONE
} route_kind;

/* Where a 5-tuple leads. */
typedef struct route {
    turn_flow flow; /* from the client; the key of the table */
    route_kind kind;
    turn_session *session;
    turn_connection *connection; /* ROUTE_DATA */
    turn_pair *pair;             /* ROUTE_PAIR */
} route;

/* CONNECTION-IDs are unique for a server, RFC 6062 section 5.2. */
typedef struct connection_key {
    stun_address server;
    guint32 id;
} connection_key;

typedef struct connection_entry {
    connection_key key;
    turn_session *session;
    turn_connection *connection;
} connection_entry;

/* What a packet or a tunnel carries, borrowed for the call. */
typedef struct payload {
    const guint8 *bytes;
    gsize captured;  /* how many of them are there */
    gsize length;    /* how many there were */
    gboolean opaque; /* known to be no message, whatever the bytes are */
} payload;

typedef struct recent_copy {
    guint64 identity;
    gint64 time;
} recent_copy;

#define RECENT_COPIES 1024u

/* Static NAT changes the host and leaves the ports. Ports are 0 here. */
typedef struct relay_nat {
    stun_address relayed; /* what the server tells its clients */
    stun_address local;   /* what its packets have on the wire */
} relay_nat;

typedef struct message_observer {
    turn_message_observer call;
    gpointer data;
} message_observer;

struct turn_tracker {
    turn_model model;
    GHashTable *routes;      /* of turn_flow: route, owned */
    GHashTable *relayed;     /* of stun_address: turn_session, borrowed; behind static NAT the
                                address on the wire leads to it too */
    GHashTable *relay_ports; /* of port: the latest turn_session with such a relayed address */
    relay_nat nats[TURN_MAX_NATS];
    guint nat_count;
    GHashTable *connections; /* of connection_key: connection_entry, owned */
    GHashTable *tcp;         /* of turn_flow: turn_tcp, borrowed from TCP_ALL */
    GPtrArray *tcp_all;      /* of turn_tcp, owned */
    turn_transactions *transactions;
    guint records_left; /* of TURN_MAX_RECORDS */
    guint8 turn_ports[65536 / 8];
    guint8 live_ports[65536 / 8]; /* ports of 5-tuples that are followed: the quick way out for all
                                     other traffic */
    recent_copy copies[RECENT_COPIES];
    turn_credentials *credentials;    /* borrowed; NULL: nothing is checked */
    turn_signature_source signatures; /* in place of CREDENTIALS; NULL: there is none */
    gpointer signatures_data;
    guint signatures_users;
    turn_signature signature; /* of the message that was counted last */
    message_observer observers[TURN_MAX_OBSERVERS];
    guint observer_count;
    turn_unit_observer unit_observer;
    gpointer unit_observer_data;
    turn_stream_observer stream_observer;
    turn_carried carried;
    turn_rates *rates; /* borrowed; NULL when nobody asks for them */
};

static inline gboolean port_is_set(const guint8 *set, guint16 port) {
    return (set[port / 8] & (1u << (port % 8))) != 0;
}

static inline void port_set(guint8 *set, guint16 port) {
    set[port / 8] = (guint8)(set[port / 8] | (1u << (port % 8)));
}

static inline void seen_once(turn_seen *seen, const turn_packet *packet) {
    if (seen->frame == 0) {
        *seen = turn_seen_at(packet);
    }
}

/* Whether the capture was cut before it shows that this is no message but data. */
static inline gboolean payload_may_be_message(const payload *carried) {
    return !carried->opaque && carried->length >= STUN_HEADER_SIZE &&
           carried->captured < STUN_HEADER_SIZE &&
           (carried->captured == 0 || (carried->bytes[0] & 0xc0) == 0);
}

/* Whether one more record may be kept in a list of LENGTH, of at most LIMIT, of the session. */
static inline gboolean session_may_keep(turn_session *session, guint length, guint limit) {
    if (length >= limit || *session->records_left == 0) {
        session->records_dropped++;
        return FALSE;
    }
    (*session->records_left)--;
    return TRUE;
}

/* tracker.c */

route *tracker_route(const turn_tracker *tracker, const turn_flow *flow);
/* A route for FLOW, replacing what was there. */
route *tracker_route_set(turn_tracker *tracker, const turn_flow *flow, route_kind kind);
/* TRUE when the same packet was seen a moment ago on another interface or by a mirror port. */
gboolean tracker_is_copy(turn_tracker *tracker, const turn_packet *packet);
/* The same for a packet that holds no message, so that two of one content may well be sent. */
gboolean tracker_is_copy_of_data(turn_tracker *tracker, const turn_packet *packet);
/* A message or payload that came out of a tunnel or a bound connection. */
void tracker_count_message(turn_tracker *tracker, const turn_packet *packet,
                           const stun_message *message);

/* tracker_session.c */

/* The session on the 5-tuple of PACKET, opened when there is none. NULL at the limit. */
turn_session *tracker_session(turn_tracker *tracker, const turn_packet *packet,
                              gboolean from_client);
/* A session that is known only by one of its data connections, or that is encrypted. */
turn_session *tracker_session_new(turn_tracker *tracker, const turn_packet *packet,
                                  const turn_flow *from_client);
void tracker_session_free(gpointer session);
void tracker_session_seen(turn_session *session, const turn_packet *packet, gboolean from_client);
/* The client uses the allocation, or the server shows that it is there: by granting a request, or
 * by passing on what a peer sent. */
void tracker_session_used(turn_session *session, const turn_packet *packet, gboolean from_client);
/* An Allocate after the end of the allocation begins another session on the same 5-tuple. */
turn_session *tracker_session_again(turn_tracker *tracker, const turn_packet *packet,
                                    turn_session *old);
void tracker_request_lost(gpointer tracker, const turn_transaction *transaction);
/* Whether a message of this method belongs to TURN rather than to plain STUN. */
gboolean tracker_is_turn_method(const stun_message *message);
/* Facts of a request that its answer is judged by. */
void tracker_request_facts(turn_session *session, const stun_message *message,
                           turn_transaction *transaction);
/* Notes an error response; TRUE when it is no fault: a challenge, or cut before its code. */
gboolean tracker_note_error(turn_tracker *tracker, turn_session *session, const turn_packet *packet,
                            const stun_message *message, const turn_transaction *transaction);
void tracker_note_answer(turn_session *session, guint16 method, const turn_packet *packet,
                         const stun_message *message, turn_transaction *transaction);
turn_exchange *tracker_exchange(turn_session *session, guint16 method);

/* tracker_method.c */

void tracker_turn_message(turn_tracker *tracker, const turn_packet *packet,
                          const stun_message *message);

/* tracker_path.c */

/* NULL when there is none. */
turn_peer *tracker_find_peer(const turn_session *session, const stun_address *address);
turn_peer *tracker_peer(turn_session *session, const stun_address *address, turn_via via);
/* A peer whose address the capture does not show. */
turn_peer *tracker_peer_unknown(turn_session *session, turn_via via);
/* One packet on a path of a session, either leg: a check is matched, everything else is counted.
 * RELAY_LEG says that it was seen between server and peer. */
void tracker_peer_packet(turn_tracker *tracker, const turn_packet *packet, turn_peer *peer,
                         gboolean to_peer, gboolean relay_leg, const payload *carried);
/* What the client gives the server for the peer. */
void tracker_note_tail(const turn_session *session, const turn_packet *packet, turn_peer *peer,
                       const payload *carried);
void tracker_peer_message(turn_tracker *tracker, const turn_packet *packet, turn_peer *peer,
                          gboolean to_peer, const stun_message *message);
void tracker_pair_message(turn_tracker *tracker, const turn_packet *packet,
                          const stun_message *message);
void tracker_pair_data(const route *to, const turn_packet *packet, const payload *carried);
void tracker_channel_data(turn_tracker *tracker, const turn_packet *packet, turn_session *session,
                          guint16 channel, const payload *carried);
/* Of the errors about one thing the first that says unreachable is kept, and as long as there is
 * none the first of any kind. SEEN and KEPT are what is kept so far. */
gboolean tracker_icmp_tells_more(const turn_seen *seen, const turn_icmp *kept,
                                 const turn_packet *packet, const turn_icmp_error *error);
void tracker_path_unreachable(turn_path *path, const turn_packet *packet,
                              const turn_icmp_error *error);
void tracker_pair_free(gpointer pair);
void tracker_peer_free(gpointer peer);

/* tracker_nat.c */

/* Keeps ADDRESS as a relayed address of the session, from now on. */
void tracker_relayed_add(turn_tracker *tracker, turn_session *session, const stun_address *address);
/* The addresses of the session may be given to somebody else from now on. */
void tracker_relayed_forget(turn_tracker *tracker, const turn_session *session);
/* The session whose relayed address END is, or stands for where the server is behind static NAT;
 * NULL when it is none's. *RELAYED is the address that the session knows it by. */
turn_session *tracker_relay_end(const turn_tracker *tracker, const stun_address *end,
                                stun_address *relayed);
/* Whether LOCAL is what a server behind static NAT has on the wire for a relayed address: a packet
 * with MESSAGE or (NULL) data went between it and FAR. */
gboolean tracker_nat_learn(turn_tracker *tracker, const stun_address *local,
                           const stun_address *far, const stun_message *message);

/* tracker_relay.c */

/* Messages and data between a relayed address and a peer; TRUE when FLOW is such a leg. */
gboolean tracker_relay_leg(turn_tracker *tracker, const turn_packet *packet,
                           const payload *carried);
gboolean tracker_relay_leg_message(turn_tracker *tracker, const turn_packet *packet,
                                   const stun_message *message);
/* The peer at the other end of a leg whose one end is a relayed address; NULL when FLOW is no such
 * leg, or when the peer is not known: SESSION is that of the relayed address then. */
const turn_peer *tracker_find_relay_leg(const turn_tracker *tracker, const turn_flow *flow,
                                        const turn_session **session);
/* What an ICMP error about a relay leg, in either direction, says. */
void tracker_relay_unreachable(turn_tracker *tracker, const turn_packet *packet,
                               const turn_icmp_error *error);
/* Finds the peers that are relayed addresses of other sessions. */
void tracker_relays_finish(turn_tracker *tracker);

/* tracker_media.c */

/* One packet of LENGTH bytes that goes into the relay, or (ENTERS is FALSE) comes out of it. */
void tracker_note_passage(turn_passage *passage, const turn_packet *packet, gsize length,
                          gboolean enters);
/* What a datagram on a path has to do with a DTLS handshake. */
void tracker_note_flight(turn_path *path, const turn_packet *packet, gboolean to_peer,
                         const payload *carried);
/* TRUE when the error says that a packet was too large for the way; it is no more than that. */
gboolean tracker_note_too_big(turn_tracker *tracker, const turn_packet *packet,
                              const turn_icmp_error *error);

/* Finds the pairs that end at a TURN server: once the capture is over all servers are known. */
void tracker_pairs_finish(turn_tracker *tracker);

/* tracker_check.c */

/* A message between the two ends of PATH; only Binding counts. */
void tracker_check(turn_tracker *tracker, const turn_packet *packet, turn_path *path,
                   gboolean to_peer, const stun_message *message);

/* tracker_connection.c */

void tracker_connection_attempt(turn_tracker *tracker, const turn_packet *packet,
                                turn_session *session, const stun_message *message,
                                const stun_address *peer, gboolean initiated_by_peer);
/* ConnectionBind requests and their answers. */
void tracker_connection_bind(turn_tracker *tracker, const turn_packet *packet,
                             const stun_message *message);
void tracker_connection_bind_lost(turn_connection *connection);
/* A unit of a bound connection, or of one that looks like it. */
void tracker_connection_unit(turn_tracker *tracker, const turn_packet *packet,
                             const turn_unit *unit);
guint connection_key_hash(gconstpointer key);
gboolean connection_key_equal(gconstpointer a, gconstpointer b);

/* tracker_integrity.c */

/* Checks a message, once, before anybody is told of it. */
void tracker_integrity_check(turn_tracker *tracker, const turn_packet *packet,
                             const stun_message *message);
/* That the server granted the request of TRANSACTION, which may be NULL. */
void tracker_integrity_granted(turn_tracker *tracker, turn_session *session,
                               const turn_transaction *transaction);
void tracker_integrity_finish(turn_tracker *tracker);

/* tracker_tcp.c */

/* The latest TCP connection from CLIENT to SERVER; NULL when none was seen. */
const turn_tcp *tracker_tcp_of(turn_tracker *tracker, const stun_address *client,
                               const stun_address *server);
/* Gives every failed TCP connection to a TURN port its session, and every session its connection.
 */
void tracker_connections_finish(turn_tracker *tracker);

#endif
