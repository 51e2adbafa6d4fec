/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "turn/next.h"

#include "turn/next_filter.h"

#include <string.h>

#define WHERE_CLIENT   "client"
#define WHERE_SERVER   "Expressway-E, interface that faces the client"
#define WHERE_OUTSIDE  "Expressway-E, outside interface (LAN2)"
#define WHERE_FIREWALL "outside firewall, interface that faces the Expressway-E"
#define WHERE_PEER     "peer"
#define WHERE_BOTH     "client and " WHERE_SERVER
#define WHERE_AGAIN    "same place"

#define FROM_CALL     "before the call is placed"
#define FROM_SESSION  "a time when the session still works"
#define UNTIL_ATTEMPT "10 seconds after the attempt has failed"
#define UNTIL_FAILURE "40 seconds after it has failed"

typedef enum condition {
    ALWAYS,
    RELAY_SEEN, /* the capture shows what passes between relay and peer: it is from the server */
    RELAY_UNSEEN,
    NOT_REFUSED /* the finding has no error code */
} condition;

typedef struct suggestion {
    const char *cause;
    condition when;
    turn_scope filter;
    const char *where;
    const char *what;
    const char *from;
    const char *until;
} suggestion;

/* Causes that one capture leaves open. A cause that is not here is proven by what was seen. */
static const suggestion suggestions[] = {
    {"turn-server-silent", ALWAYS, TURN_SCOPE_CONTROL_AT_SERVER, WHERE_SERVER,
     "Look whether the Allocate requests arrive, and whether answers leave.", FROM_CALL,
     UNTIL_ATTEMPT},
    {"turn-tcp-unanswered", ALWAYS, TURN_SCOPE_CONTROL_AT_SERVER, WHERE_SERVER,
     "Look whether the SYNs arrive, and whether SYN-ACKs leave.", FROM_CALL, UNTIL_ATTEMPT},
    {"turn-connection-reset", ALWAYS, TURN_SCOPE_CONTROL_AT_SERVER, WHERE_SERVER,
     "Look whether the Expressway-E closes the connection, or a box between.", FROM_CALL,
     UNTIL_ATTEMPT},
    {"session-lost", ALWAYS, TURN_SCOPE_CONTROL_AT_SERVER, WHERE_SERVER,
     "Look whether the requests that got no answer arrive, and whether answers leave.",
     FROM_SESSION, UNTIL_FAILURE},
    {"peer-without-permission", ALWAYS, TURN_SCOPE_CONTROL_AT_CLIENT, WHERE_CLIENT,
     "Look whether a CreatePermission Request for the peer's address leaves, before the peer "
     "connects, and what is answered.",
     FROM_CALL, UNTIL_FAILURE},
    {"relay-address-unreachable", ALWAYS, TURN_SCOPE_RELAY_ERRORS, WHERE_OUTSIDE,
     "Look whether anything for the relayed address arrives, and whether the Expressway-E itself "
     "sends the ICMP error.",
     FROM_CALL, UNTIL_FAILURE},
    {"nat-reflection-missing", ALWAYS, TURN_SCOPE_RELAY, WHERE_FIREWALL,
     "Take both directions: look whether what the relay sends to the public address arrives, and "
     "whether it is sent back.",
     FROM_CALL, UNTIL_FAILURE},
    {"bound-connection-silent", RELAY_UNSEEN, TURN_SCOPE_RELAY, WHERE_OUTSIDE,
     "Look what comes from the peer on its connection to the relayed address.", FROM_CALL,
     UNTIL_FAILURE},
    {"peer-never-connected", ALWAYS, TURN_SCOPE_RELAY, WHERE_OUTSIDE,
     "Look for SYNs to the relayed address.", FROM_CALL, UNTIL_FAILURE},
    {"peer-connect-failed", RELAY_UNSEEN, TURN_SCOPE_RELAY, WHERE_OUTSIDE,
     "Look what comes back for the SYN to the peer: a RST, an ICMP error or nothing.", FROM_CALL,
     UNTIL_FAILURE},
    {"connection-bind-missing", ALWAYS, TURN_SCOPE_CONTROL_AT_CLIENT, WHERE_CLIENT,
     "Look whether the client opens a second TCP connection to the server.", FROM_CALL,
     UNTIL_FAILURE},
    {"connection-bind-failed", NOT_REFUSED, TURN_SCOPE_CONTROL_AT_SERVER, WHERE_SERVER,
     "Look whether the second TCP connection of the client arrives.", FROM_CALL, UNTIL_FAILURE},
    {"checks-unanswered", ALWAYS, TURN_SCOPE_ALL, WHERE_CLIENT,
     "Capture here and at the next place at the same time: where a request is seen last is where "
     "it was lost.",
     FROM_CALL, UNTIL_FAILURE},
    {"checks-unanswered", RELAY_UNSEEN, TURN_SCOPE_RELAY, WHERE_OUTSIDE,
     "Look whether the Binding Requests arrive at the relayed address, or leave it, and what is "
     "answered.",
     FROM_CALL, UNTIL_FAILURE},
    {"checks-unanswered", RELAY_SEEN, TURN_SCOPE_RELAY, WHERE_PEER,
     "Look whether the Binding Requests of the relay arrive, and whether answers leave.", FROM_CALL,
     UNTIL_FAILURE},
    {"checks-one-way", ALWAYS, TURN_SCOPE_ALL, WHERE_CLIENT,
     "Capture here and at the next place at the same time, and follow one unanswered request by "
     "its transaction id.",
     FROM_CALL, UNTIL_FAILURE},
    {"checks-one-way", RELAY_UNSEEN, TURN_SCOPE_RELAY, WHERE_OUTSIDE,
     "Look how far the unanswered request, or its answer, gets.", FROM_CALL, UNTIL_FAILURE},
    {"checks-one-way", RELAY_SEEN, TURN_SCOPE_RELAY, WHERE_PEER,
     "Look how far the unanswered request, or its answer, gets.", FROM_CALL, UNTIL_FAILURE},
    {"media-one-way", RELAY_UNSEEN, TURN_SCOPE_RELAY, WHERE_OUTSIDE,
     "Look whether packets come from the peer, and whether those to it leave.", FROM_CALL,
     UNTIL_FAILURE},
    {"media-one-way", RELAY_SEEN, TURN_SCOPE_RELAY, WHERE_PEER,
     "Look whether the packets of the relay arrive, and whether the peer sends any.", FROM_CALL,
     UNTIL_FAILURE},
    {"large-packets-lost", ALWAYS, TURN_SCOPE_SIZES, WHERE_CLIENT,
     "Capture whole packets (tcpdump -s 0) here and at the next place at the same time: look which "
     "sizes leave and do not arrive, and who sends ICMP errors that a packet is too large and may "
     "not be fragmented.",
     FROM_CALL, UNTIL_FAILURE},
    {"large-packets-lost", RELAY_UNSEEN, TURN_SCOPE_RELAY_SIZES, WHERE_OUTSIDE,
     "Look which sizes arrive there, and which leave.", FROM_CALL, UNTIL_FAILURE},
    {"large-packets-lost", RELAY_SEEN, TURN_SCOPE_RELAY_SIZES, WHERE_PEER,
     "Look which sizes arrive there, and which leave.", FROM_CALL, UNTIL_FAILURE},
    {"media-absent", ALWAYS, TURN_SCOPE_MEDIA, WHERE_CLIENT,
     "Look whether the client sends media at all, and whether it goes past the relay.", FROM_CALL,
     UNTIL_FAILURE},
    {"one-direction-captured", ALWAYS, TURN_SCOPE_CONTROL_HERE, WHERE_AGAIN,
     "Take both directions: on the host itself, or at a mirror port that copies what is received "
     "and what is sent.",
     FROM_CALL, UNTIL_FAILURE},
    {"turn-encrypted", ALWAYS, TURN_SCOPE_CONTROL_CLEAR, WHERE_CLIENT,
     "Let the client use TURN over UDP 3478 without TLS, if it can.", FROM_CALL, UNTIL_FAILURE},
    {"turn-encrypted", RELAY_UNSEEN, TURN_SCOPE_RELAY, WHERE_OUTSIDE,
     "The checks between relay and peer are in the clear there.", FROM_CALL, UNTIL_FAILURE},
    {"session-incomplete", ALWAYS, TURN_SCOPE_ALL, WHERE_AGAIN,
     "Start the capture first, then place the call.", FROM_CALL, UNTIL_FAILURE},
    {"relay-unused", RELAY_UNSEEN, TURN_SCOPE_RELAY, WHERE_OUTSIDE,
     "Only the side of the client was captured: look whether a peer sends to the relayed address.",
     FROM_CALL, UNTIL_FAILURE},
    {"relay-unused", RELAY_SEEN, TURN_SCOPE_RELAY, WHERE_PEER,
     "Look whether the peer sends to the relayed address at all.", FROM_CALL, UNTIL_FAILURE},
    {"no-turn-traffic", ALWAYS, TURN_SCOPE_ALL, WHERE_CLIENT,
     "Look whether the client tries to reach the TURN server at all.", FROM_CALL, UNTIL_FAILURE},
    {"no-turn-traffic", ALWAYS, TURN_SCOPE_ALL, WHERE_SERVER,
     "Look whether anything arrives for the TURN server.", FROM_CALL, UNTIL_FAILURE},
};

void turn_next_free(turn_next *self) {
    if (self == NULL) {
        return;
    }
    g_free(self->what);
    g_free(self->filter);
    g_free(self);
}

static gboolean is_expressway_relay(guint16 port) {
    return port >= TURN_RELAY_FIRST && port <= TURN_RELAY_LAST;
}

gboolean turn_next_only_relay_side(const turn_model *model) {
    for (guint i = 0; i < model->pairs->len && model->sessions->len == 0; i++) {
        const turn_pair *pair = g_ptr_array_index(model->pairs, i);

        if (is_expressway_relay(pair->a.port) != is_expressway_relay(pair->b.port)) {
            return TRUE;
        }
    }
    return FALSE;
}

static gboolean sees_relay(const turn_model *model) {
    for (guint i = 0; i < model->sessions->len; i++) {
        if (((const turn_session *)g_ptr_array_index(model->sessions, i))->relay_seen) {
            return TRUE;
        }
    }
    return turn_next_only_relay_side(model);
}

static void add(GPtrArray *found, const turn_session *session, const suggestion *from) {
    turn_next *next = g_new0(turn_next, 1);

    next->where = from->where;
    next->what = g_strdup(from->what);
    next->filter = turn_next_filter(from->filter, session);
    next->from = from->from;
    next->until = from->until;
    g_ptr_array_add(found, next);
}

static gboolean applies(const suggestion *one, const turn_finding *finding, gboolean relay_seen) {
    if (!g_str_equal(one->cause, finding->cause->identifier)) {
        return FALSE;
    }
    switch (one->when) {
    case RELAY_SEEN:
        return relay_seen;
    case RELAY_UNSEEN:
        return !relay_seen;
    case NOT_REFUSED:
        return finding->code == 0;
    default:
        return TRUE;
    }
}

/* The call did not end with this fault. */
static gboolean is_got_round(const turn_finding *finding) {
    return finding->level == TURN_LEVEL_DEGRADED && finding->cause->level == TURN_LEVEL_FAILED;
}

static gboolean loses_bytes(const turn_model *model) {
    for (guint i = 0; i < model->sessions->len; i++) {
        if (((const turn_session *)g_ptr_array_index(model->sessions, i))->bytes_missing > 0) {
            return TRUE;
        }
    }
    return FALSE;
}

static gboolean begins_late(const turn_finding *finding) {
    const turn_session *session = finding->session;

    return session != NULL && session->protocol <= TURN_PROTOCOL_TCP &&
           session->packets_from_client + session->packets_from_server > 0 &&
           turn_session_allocate_outcome(session) == TURN_OUTCOME_UNSEEN &&
           !g_str_equal(finding->cause->identifier, "session-incomplete");
}

static gboolean is_apart(const turn_judgement *judgement) {
    for (guint i = 0; i < judgement->findings->len; i++) {
        const turn_finding *finding = g_ptr_array_index(judgement->findings, i);

        if (g_str_equal(finding->cause->identifier, "captures-do-not-overlap")) {
            return TRUE;
        }
    }
    return FALSE;
}

/* What was wrong with the capture itself, besides. */
static void add_quality(GPtrArray *found, const turn_model *model,
                        const turn_judgement *judgement) {
    const turn_finding *finding = judgement->first;
    const struct {
        gboolean lacks;
        suggestion one;
    } lacks[] = {
        {is_apart(judgement),
         {NULL, ALWAYS, TURN_SCOPE_ALL, WHERE_BOTH,
          "The two captures have nothing in common: take them at the same time, at both places, "
          "and "
          "set the clocks of both (NTP).",
          FROM_CALL, UNTIL_FAILURE}},
        {turn_next_only_relay_side(model),
         {NULL, ALWAYS, TURN_SCOPE_CONTROL_AT_SERVER, WHERE_SERVER,
          "Only the side of the peers was captured: the session with the TURN server passes the "
          "other interface.",
          FROM_CALL, UNTIL_FAILURE}},
        {begins_late(finding),
         {NULL, ALWAYS, TURN_SCOPE_ALL, WHERE_AGAIN,
          "The session began before the capture: start the capture first, then place the call.",
          FROM_CALL, UNTIL_FAILURE}},
        {model->cut > 0,
         {NULL, ALWAYS, TURN_SCOPE_ALL, WHERE_AGAIN,
          "Take whole packets: messages were cut by the snap length (tcpdump -s 0).", FROM_CALL,
          UNTIL_FAILURE}},
        {loses_bytes(model),
         {NULL, ALWAYS, TURN_SCOPE_ALL, WHERE_AGAIN,
          "Bytes of TCP connections are missing: take whole packets (tcpdump -s 0), give the "
          "capture a larger buffer (tcpdump -B 16384) and write it to a local disk.",
          FROM_CALL, UNTIL_FAILURE}},
    };

    for (gsize i = 0; i < G_N_ELEMENTS(lacks); i++) {
        if (lacks[i].lacks) {
            add(found, finding->session, &lacks[i].one);
        }
    }
}

GPtrArray *turn_next_captures(const turn_model *model, const turn_judgement *judgement) {
    GPtrArray *found = g_ptr_array_new_with_free_func((GDestroyNotify)turn_next_free);
    const turn_finding *first = judgement->first;
    const gboolean relay_seen = sees_relay(model);

    if (first == NULL || is_got_round(first)) {
        return found;
    }
    for (gsize i = 0; i < G_N_ELEMENTS(suggestions); i++) {
        if (applies(&suggestions[i], first, relay_seen)) {
            add(found, first->session, &suggestions[i]);
        }
    }
    if (found->len > 0 || is_apart(judgement)) {
        add_quality(found, model, judgement);
    }
    return found;
}
