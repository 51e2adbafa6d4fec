/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "turn/stage_private.h"

static const turn_seen nowhere = {.frame = 0};

static turn_seen earlier(turn_seen a, turn_seen b) {
    if (a.frame == 0) {
        return b;
    }
    return b.frame == 0 || turn_seen_after(&b, &a) ? a : b;
}

static const turn_exchange *exchange_of(const stage_walk *walk, turn_method method) {
    return &walk->session->exchanges[method];
}

/* Not when it was open before the capture began. On ports that are no TURN ports nobody looks at a
 * connection before there is TURN in it, either. */
static gboolean tcp_begins(const turn_tcp *tcp) {
    return tcp != NULL && tcp->first_syn.frame + tcp->syn_ack.frame > 0;
}

static gboolean has_tcp(const stage_walk *walk) {
    return walk->session->protocol == TURN_PROTOCOL_TCP && tcp_begins(walk->session->tcp);
}

static turn_seen tcp_open(const turn_tcp *tcp) {
    if (!tcp_begins(tcp)) {
        return nowhere;
    }
    return tcp->syn_ack.frame != 0 ? tcp->syn_ack : tcp->established;
}

static turn_seen seen_connection(const stage_walk *walk) {
    return tcp_open(walk->session->tcp);
}

static turn_seen seen_allocate(const stage_walk *walk) {
    const turn_seen *first = &exchange_of(walk, TURN_METHOD_ALLOCATE)->first_request;
    const turn_seen *authenticated = &walk->session->authenticated_allocate;

    /* The first one of the capture may be the second of the session. */
    return first->frame == authenticated->frame && first->capture == authenticated->capture
               ? nowhere
               : *first;
}

/* Of the Allocate, not of a Refresh later on. */
static turn_seen seen_challenge(const stage_walk *walk) {
    const turn_session *session = walk->session;
    const turn_seen *end = session->authenticated_allocate.frame != 0
                               ? &session->authenticated_allocate
                               : &session->allocated;

    if (exchange_of(walk, TURN_METHOD_ALLOCATE)->errors == 0 ||
        (end->frame != 0 && turn_seen_after(&session->challenge, end))) {
        return nowhere;
    }
    return session->challenge;
}

static turn_seen seen_credentials(const stage_walk *walk) {
    return walk->session->authenticated_allocate;
}

/* Its refusal is in the capture. */
static gboolean is_credentials_refused(const stage_walk *walk) {
    const GArray *rejections = walk->session->rejections;

    for (guint i = 0; i < rejections->len; i++) {
        const turn_rejection *rejection = &g_array_index(rejections, turn_rejection, i);

        if (rejection->method == STUN_METHOD_ALLOCATE && rejection->credentials) {
            return TRUE;
        }
    }
    return FALSE;
}

static turn_seen seen_allocated(const stage_walk *walk) {
    return walk->session->allocated;
}

/* An allocation further on on the same 5-tuple goes on with the nonce of the one before. */
static gboolean has_first_allocate(const stage_walk *walk) {
    return walk->session->before == NULL || seen_allocate(walk).frame != 0;
}

/* Some servers ask for no credentials. */
static gboolean has_credentials(const stage_walk *walk) {
    const turn_session *session = walk->session;

    return session->authenticated_allocate.frame != 0 || session->challenge.frame != 0 ||
           session->allocated.frame == 0 || seen_allocate(walk).frame == 0;
}

static gboolean has_challenge(const stage_walk *walk) {
    return has_credentials(walk) &&
           (walk->session->before == NULL || seen_challenge(walk).frame != 0);
}

static gboolean has_data(const stage_walk *walk) {
    return walk->path != NULL && turn_data_ways(walk->data_to, walk->data_from) != TURN_WAYS_NONE;
}

/* The server grants nothing else without an allocation, and where its answers are not in the
 * capture, who uses one was granted it. */
static gboolean is_allocation_alive(const stage_walk *walk) {
    const turn_session *session = walk->session;

    return session->last_alive.frame != 0 || session->works ||
           (turn_one_direction_only(session) &&
            (has_data(walk) || exchange_of(walk, TURN_METHOD_CREATE_PERMISSION)->requests > 0 ||
             exchange_of(walk, TURN_METHOD_CHANNEL_BIND)->requests > 0 ||
             exchange_of(walk, TURN_METHOD_CONNECT)->requests > 0));
}

static gboolean has_permission(const stage_walk *walk) {
    return !walk->session->ms_turn;
}

/* The server lets nothing of a peer through without a permission, and drops what goes to it without
 * a word: only what came back proves one, or what the client sends where answers are not in the
 * capture. */
static gboolean is_let_through(const stage_walk *walk) {
    const turn_path *path = walk->path;

    return path != NULL && (path->to_peer.successes + path->from_peer.successes > 0 ||
                            path->from_peer.packets > 0 ||
                            (turn_one_direction_only(walk->session) &&
                             (path->to_peer.requests > 0 || path->to_peer.packets > 0)));
}

/* A Connect brings its own permission, RFC 6062 section 4.3. */
static gboolean asked_for_permission(const stage_walk *walk) {
    return exchange_of(walk, TURN_METHOD_CREATE_PERMISSION)->requests > 0;
}

static turn_seen seen_permission(const stage_walk *walk) {
    return earlier(exchange_of(walk, TURN_METHOD_CREATE_PERMISSION)->first_success,
                   exchange_of(walk, TURN_METHOD_CHANNEL_BIND)->first_success);
}

static gboolean has_connection(const stage_walk *walk) {
    return walk->connection != NULL;
}

static turn_seen seen_peer_connection(const stage_walk *walk) {
    return walk->connection != NULL ? walk->connection->attempt : nowhere;
}

static gboolean has_data_connection(const stage_walk *walk) {
    const turn_connection *connection = walk->connection;

    return connection == NULL || connection->bind.frame == 0 || tcp_begins(connection->tcp);
}

static turn_seen seen_data_connection(const stage_walk *walk) {
    return walk->connection != NULL ? tcp_open(walk->connection->tcp) : nowhere;
}

static turn_seen seen_bind(const stage_walk *walk) {
    return walk->connection != NULL ? walk->connection->bind : nowhere;
}

static gboolean is_bound(const stage_walk *walk) {
    return walk->connection != NULL && turn_connection_is_bound(walk->connection);
}

static turn_seen seen_bound(const stage_walk *walk) {
    return walk->connection != NULL && walk->connection->outcome == TURN_OUTCOME_SUCCESS
               ? walk->connection->bind_answer
               : nowhere;
}

/* Data without any check: an application that does without ICE. */
static gboolean has_checks(const stage_walk *walk) {
    return walk->path == NULL ||
           walk->path->to_peer.requests + walk->path->from_peer.requests > 0 ||
           turn_data_ways(walk->data_to, walk->data_from) == TURN_WAYS_NONE;
}

static gboolean has_data_both_ways(const stage_walk *walk) {
    return walk->path != NULL && turn_data_ways(walk->data_to, walk->data_from) == TURN_WAYS_BOTH;
}

static gboolean is_check_proved(const stage_walk *walk) {
    return has_data_both_ways(walk) || (walk->path != NULL && walk->path->to_peer.successes > 0);
}

static turn_seen seen_check(const stage_walk *walk) {
    return walk->path != NULL ? walk->path->to_peer.first_request : nowhere;
}

static turn_seen seen_check_answer(const stage_walk *walk) {
    return walk->path != NULL ? walk->path->to_peer.first_success : nowhere;
}

static turn_seen seen_check_from_peer(const stage_walk *walk) {
    return walk->path != NULL ? walk->path->from_peer.first_success : nowhere;
}

static turn_seen seen_nominated(const stage_walk *walk) {
    return walk->path != NULL
               ? earlier(walk->path->to_peer.nominated, walk->path->from_peer.nominated)
               : nowhere;
}

static turn_seen seen_data(const stage_walk *walk) {
    if (!has_data_both_ways(walk)) {
        return nowhere;
    }
    return turn_seen_after(&walk->data_to->first_packet, &walk->data_from->first_packet)
               ? walk->data_to->first_packet
               : walk->data_from->first_packet;
}

typedef enum step_number {
    STEP_CONNECTED,
    STEP_ALLOCATE_SENT,
    STEP_CHALLENGED,
    STEP_CREDENTIALS_SENT,
    STEP_ALLOCATED,
    STEP_PERMISSION,
    STEP_PERMISSION_ASKED,
    STEP_PEER_CONNECTED,
    STEP_DATA_CONNECTION,
    STEP_BIND_SENT,
    STEP_BOUND,
    STEP_CHECK_SENT,
    STEP_CHECK_ANSWERED,
    STEP_PEER_CHECK_ANSWERED,
    STEP_NOMINATED,
    STEP_DATA
} step_number;

static const stage_step steps[] = {
    [STEP_CONNECTED] = {"connected", "TCP connection", TRUE, has_tcp, seen_connection, NULL,
                        stop_connection},
    [STEP_ALLOCATE_SENT] = {"allocate-sent", "Allocate Request", TRUE, has_first_allocate,
                            seen_allocate, NULL, stop_not_tried},
    [STEP_CHALLENGED] = {"challenged", "challenge by the server", TRUE, has_challenge,
                         seen_challenge, NULL, stop_allocate},
    [STEP_CREDENTIALS_SENT] = {"credentials-sent", "Allocate with credentials", TRUE,
                               has_credentials, seen_credentials, is_credentials_refused,
                               stop_not_tried},
    [STEP_ALLOCATED] = {STAGE_ALLOCATED, "relay allocated", TRUE, NULL, seen_allocated,
                        is_allocation_alive, stop_allocate},
    [STEP_PERMISSION] = {"permission", "permission for the peer", FALSE, has_permission,
                         seen_permission, is_let_through, stop_permission},
    [STEP_PERMISSION_ASKED] = {"permission", "permission for the peer", FALSE, asked_for_permission,
                               seen_permission, has_connection, stop_permission},
    [STEP_PEER_CONNECTED] = {"peer-connected", "connection with the peer", TRUE, NULL,
                             seen_peer_connection, NULL, stop_peer_connection},
    [STEP_DATA_CONNECTION] = {"data-connection", "data connection", TRUE, has_data_connection,
                              seen_data_connection, NULL, stop_data_connection},
    [STEP_BIND_SENT] = {"bind-sent", "ConnectionBind Request", TRUE, NULL, seen_bind, NULL,
                        stop_not_tried},
    [STEP_BOUND] = {"bound", "data connection bound", TRUE, NULL, seen_bound, is_bound, stop_bound},
    [STEP_CHECK_SENT] = {"check-sent", "check to the peer", FALSE, has_checks, seen_check,
                         is_check_proved, stop_not_tried},
    [STEP_CHECK_ANSWERED] = {"check-answered", "answer of the peer", FALSE, has_checks,
                             seen_check_answer, has_data_both_ways, stop_check_to_peer},
    [STEP_PEER_CHECK_ANSWERED] = {"peer-check-answered", "peer's check answered", FALSE, has_checks,
                                  seen_check_from_peer, has_data_both_ways, stop_check_from_peer},
    [STEP_NOMINATED] = {"nominated", "pair nominated", FALSE, has_checks, seen_nominated, has_data,
                        stop_nominated},
    [STEP_DATA] = {"data", "data both ways", FALSE, NULL, seen_data, NULL, stop_data},
};

static const guint8 attempt[] = {STEP_CONNECTED, STEP_ALLOCATE_SENT, STEP_CHALLENGED,
                                 STEP_CREDENTIALS_SENT, STEP_ALLOCATED};

static const guint8 udp_relay[] = {
    STEP_CONNECTED,           STEP_ALLOCATE_SENT, STEP_CHALLENGED, STEP_CREDENTIALS_SENT,
    STEP_ALLOCATED,           STEP_PERMISSION,    STEP_CHECK_SENT, STEP_CHECK_ANSWERED,
    STEP_PEER_CHECK_ANSWERED, STEP_NOMINATED,     STEP_DATA};

static const guint8 tcp_relay[] = {STEP_CONNECTED,
                                   STEP_ALLOCATE_SENT,
                                   STEP_CHALLENGED,
                                   STEP_CREDENTIALS_SENT,
                                   STEP_ALLOCATED,
                                   STEP_PERMISSION_ASKED,
                                   STEP_PEER_CONNECTED,
                                   STEP_DATA_CONNECTION,
                                   STEP_BIND_SENT,
                                   STEP_BOUND,
                                   STEP_CHECK_SENT,
                                   STEP_CHECK_ANSWERED,
                                   STEP_PEER_CHECK_ANSWERED,
                                   STEP_NOMINATED,
                                   STEP_DATA};

static const guint8 ice[] = {STEP_CHECK_SENT, STEP_CHECK_ANSWERED, STEP_PEER_CHECK_ANSWERED,
                             STEP_NOMINATED, STEP_DATA};

static const struct {
    const guint8 *numbers;
    guint count;
} kinds[] = {
    [TURN_STAGES_NONE] = {NULL, 0},
    [TURN_STAGES_ATTEMPT] = {attempt, G_N_ELEMENTS(attempt)},
    [TURN_STAGES_UDP_RELAY] = {udp_relay, G_N_ELEMENTS(udp_relay)},
    [TURN_STAGES_TCP_RELAY] = {tcp_relay, G_N_ELEMENTS(tcp_relay)},
    [TURN_STAGES_ICE] = {ice, G_N_ELEMENTS(ice)},
};

const stage_step *stage_step_at(turn_stage_kind kind, guint index) {
    return index < kinds[kind].count ? &steps[kinds[kind].numbers[index]] : NULL;
}

guint stage_score(const turn_path *path, const turn_direction *data_to,
                  const turn_direction *data_from) {
    static const guint data[] = {[TURN_WAYS_NONE] = 0,
                                 [TURN_WAYS_TO_PEER] = 2,
                                 [TURN_WAYS_FROM_PEER] = 2,
                                 [TURN_WAYS_BOTH] = 16};
    guint score = data[turn_data_ways(data_to, data_from)];

    score += path->to_peer.requests + path->from_peer.requests > 0 ? 1u : 0u;
    score += path->to_peer.successes > 0 ? 2u : 0u;
    score += path->from_peer.successes > 0 ? 2u : 0u;
    score += path->to_peer.nominated.frame + path->from_peer.nominated.frame > 0 ? 4u : 0u;
    return score;
}

static guint connection_steps(const turn_connection *connection) {
    if (turn_connection_is_bound(connection)) {
        return 4;
    }
    if (connection->bind.frame != 0) {
        return 3;
    }
    if (tcp_open(connection->tcp).frame != 0) {
        return 2;
    }
    return connection->data_connection.family != STUN_FAMILY_NONE ? 1 : 0;
}

guint stage_connection_score(const turn_connection *connection) {
    const turn_peer *peer = connection->peer;

    /* A step counts more than anything that peers can score. */
    return 32 * connection_steps(connection) +
           (peer != NULL
                ? stage_score(&peer->path, turn_peer_data(peer, TRUE), turn_peer_data(peer, FALSE))
                : 0);
}
