/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Takes what a capture shows, in the order of the capture, and builds the sessions of session.h.
 * The caller (turnpcap's stream code, or the Wireshark plugin) has already cut TCP streams into
 * units; nothing here reads files, keeps packet bytes or prints. */
#ifndef TURN_TRACKER_H
#define TURN_TRACKER_H

#include "stun/framing.h"
#include "turn/packet.h"
#include "turn/rate.h"
#include "turn/session.h"

typedef struct turn_tracker turn_tracker;

turn_tracker *turn_tracker_new(void);
void turn_tracker_free(turn_tracker *tracker);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(turn_tracker, turn_tracker_free)

/* A port is a TURN port when a TURN server may listen on it: a connection that fails there, or TLS
 * on it, is worth a word even when no STUN was seen. 3478 to 3483 and 5349 to begin with. */
void turn_tracker_add_port(turn_tracker *tracker, guint16 port);
gboolean turn_tracker_is_turn_port(const turn_tracker *tracker, guint16 port);

/* Passwords to check signed messages with, in the order of the capture; more may be added to them
 * on the way. They are borrowed and must outlive the tracker. Without them nothing is checked. */
void turn_tracker_set_credentials(turn_tracker *tracker, turn_credentials *credentials);
/* Where what is proved of messages comes from, instead of passwords: called once for every message,
 * in the order of the capture. What it gives out is borrowed and must outlive the tracker. */
typedef turn_signature (*turn_signature_source)(gpointer data, const turn_packet *packet,
                                                const stun_message *message);
/* USERS is turn_credentials_count_users() of the passwords that were used. */
void turn_tracker_set_signatures(turn_tracker *tracker, turn_signature_source source, gpointer data,
                                 guint users);
/* What was proved of the message that the tracker looks at: for observers. */
const turn_signature *turn_tracker_signature(const turn_tracker *tracker);
/* Adds what is relayed to RATES, by the time of its packets. They are borrowed and must outlive the
 * tracker. Without them nothing is kept of that. */
void turn_tracker_count_rates(turn_tracker *tracker, turn_rates *rates);
/* Whether ADDRESS is that of a TCP relay at this moment: a connection to it, or from it, concerns
 * TURN before it carries anything. */
gboolean turn_tracker_is_relayed(const turn_tracker *tracker, const stun_address *address);

/* The payload of one UDP datagram, borrowed for the call. CAPTURED bytes of REPORTED are there. */
void turn_tracker_datagram(turn_tracker *tracker, const turn_packet *packet, const guint8 *bytes,
                           gsize captured, gsize reported);

/* What happened to a TCP connection, seen in one segment; flow.source sent it. */
typedef enum turn_tcp_event {
    TURN_TCP_SYN,
    TURN_TCP_SYN_ACK,
    TURN_TCP_ESTABLISHED, /* first segment that proves both ends agreed: ACK or data */
    TURN_TCP_FIN,
    TURN_TCP_RESET,
    TURN_TCP_TLS /* the stream begins with a TLS record: it cannot be read further */
} turn_tcp_event;
/* Retransmitted SYNs are passed each time. To be called for connections to TURN ports and for
 * those in which TURN was found. */
void turn_tracker_tcp(turn_tracker *tracker, const turn_packet *packet, turn_tcp_event event);

/* flow.source's segment STUCK->length, or the part of the stream that begins with it, is sent again
 * and again; STUCK->transmissions is 0 when it was acknowledged after all. */
void turn_tracker_tcp_stuck(turn_tracker *tracker, const turn_packet *packet,
                            const turn_stuck *stuck);

/* One unit of a TCP stream. PACKET is the segment that completed it. */
typedef struct turn_unit {
    stun_framing framing;
    stun_frame_kind kind;
    gboolean opaque; /* bytes of a bound connection that follow no framing; KIND means nothing */
    guint16 channel; /* STUN_FRAME_CHANNEL_DATA */
    const guint8 *bytes; /* the inner bytes, borrowed for the call */
    gsize captured;      /* how many of them are there */
    gsize length;        /* how many there were */
    gsize header;  /* of the unit itself, directly in front of BYTES; 0 when opaque or cut in it */
    guint32 begun; /* frame of the unit's first byte */
    gint64 begun_time;    /* and its time */
    guint32 seq;          /* TCP sequence number of the unit's first byte, host order */
    const guint8 *whole;  /* from the unit's first byte on, its own header in front; borrowed */
    gsize whole_captured; /* how many of them are there, padding not counted */
} turn_unit;
void turn_tracker_unit(turn_tracker *tracker, const turn_packet *packet, const turn_unit *unit);

/* LENGTH bytes of flow.source's stream are not in the capture. */
void turn_tracker_gap(turn_tracker *tracker, const turn_packet *packet, gsize length);

/* An ICMP error from flow.source, ABOUT a packet that was sent from about->source. */
typedef struct turn_icmp_error {
    guint8 version; /* 4 or 6 */
    guint8 type;
    guint8 code;
    guint mtu; /* of the next hop, in errors about the size of a packet; 0 when it is not told */
    turn_flow about;
} turn_icmp_error;
static inline turn_icmp turn_icmp_of(const turn_packet *packet, const turn_icmp_error *error) {
    turn_icmp said = {.version = error->version,
                      .type = error->type,
                      .code = error->code,
                      .sender = packet->flow.source};

    said.sender.port = 0;
    return said;
}
void turn_tracker_icmp(turn_tracker *tracker, const turn_packet *packet,
                       const turn_icmp_error *error);

/* An ICMP error that was cut before it says what it is about. */
void turn_tracker_icmp_cut(turn_tracker *tracker, const turn_packet *packet);

/* Called for every STUN message that is found, at any depth (in ChannelData, in DATA, in a bound
 * connection). Both pointers are borrowed for the call. */
typedef void (*turn_message_observer)(gpointer data, const turn_packet *packet,
                                      const stun_message *message);
#define TURN_MAX_OBSERVERS 4u
/* Adds an observer; they are called in the order in which they were added. */
void turn_tracker_observe(turn_tracker *tracker, turn_message_observer observer, gpointer data);

/* How the message that an observer is shown was carried. */
typedef struct turn_carried {
    const turn_peer *peer; /* it goes to or comes from; NULL for a message that stands by itself */
    gboolean to_peer;
    guint16 channel; /* 0 when it was in no channel */
} turn_carried;
/* For observers only, during their call. */
turn_carried turn_tracker_carried(const turn_tracker *tracker);

/* Called for every unit that turn_tracker_unit() takes, before it is looked into. */
typedef void (*turn_unit_observer)(gpointer data, const turn_packet *packet, const turn_unit *unit);
void turn_tracker_observe_units(turn_tracker *tracker, turn_unit_observer observer, gpointer data);

/* What else is seen of streams. */
typedef struct turn_stream_observer {
    /* Bytes that are no unit and yet were looked at: the beginning of a unit that the capture does
     * not hold to its end, and of TLS. UNIT has FRAMING, SEQ, WHOLE and WHOLE_CAPTURED, and OPAQUE
     * where no framing was known. */
    turn_unit_observer rest;
    /* Whatever comes next in either direction of packet->flow is of another connection than what
     * came before. */
    void (*anew)(gpointer data, const turn_packet *packet);
    gpointer data;
} turn_stream_observer;
/* OBSERVER is copied. */
void turn_tracker_observe_streams(turn_tracker *tracker, const turn_stream_observer *observer);
void turn_tracker_rest(const turn_tracker *tracker, const turn_packet *packet,
                       const turn_unit *unit);
void turn_tracker_anew(const turn_tracker *tracker, const turn_packet *packet);

/* What traffic belongs to. All of it is owned by the tracker and lives as long. */
typedef struct turn_place {
    const turn_session *session;
    const turn_connection
        *connection;       /* from its bind request on, see its OUTCOME; NULL elsewhere */
    const turn_peer *peer; /* connections and relayed traffic only; NULL elsewhere */
    const turn_pair *pair; /* checks outside any session */
} turn_place;
/* Where FLOW leads at this moment of the capture; all NULL when nothing is known of it. */
turn_place turn_tracker_find(const turn_tracker *tracker, const turn_flow *flow);
/* The connection that ID (RFC 6062 section 6.2.1) last stood for at SERVER; NULL when none did. */
const turn_connection *turn_tracker_find_connection(const turn_tracker *tracker,
                                                    const stun_address *server, guint32 id);

/* The time of any packet at all, so that silence can be told from the end of the capture. */
void turn_tracker_time(turn_tracker *tracker, guint32 capture, gint64 time);

/* Ends the capture: what is still open is closed with the last packet's time. The model is borrowed
 * from the tracker. To be called once, after the last packet. */
const turn_model *turn_tracker_finish(turn_tracker *tracker);

#endif
