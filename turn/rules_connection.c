/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Rules about TCP relays: RFC 6062 connections from the first word of them to the bind. */
#include "turn/rules.h"

/* Whether a peer had the time to connect: the client had enough of waiting, or the capture shows a
 * good while of it. */
static gboolean waited_for_peer(const turn_scene *scene) {
    const turn_session *session = scene->session;

    if (session->released.frame != 0) {
        return session->released.time - session->allocated.time >= TURN_PEER_PATIENCE &&
               turn_watched(scene->model, &session->allocated, &session->released);
    }
    if (session->tcp != NULL && session->tcp->opener_fin.frame != 0) {
        return session->tcp->opener_fin.time - session->allocated.time >= TURN_PEER_PATIENCE;
    }
    return turn_observed_since(scene->model, &session->allocated) >= TURN_BIND_PATIENCE;
}

/* Whether the capture shows that a peer got as far as the relay. */
static gboolean any_arrival(const turn_session *session) {
    for (guint i = 0; i < session->arrivals->len; i++) {
        const turn_tcp *tcp = g_ptr_array_index(session->arrivals, i);

        if (tcp->syn_ack.frame != 0) {
            return TRUE;
        }
    }
    return FALSE;
}

/* Whether the client's media go another way at that time: then the TCP relay is a spare one, or
 * only a part of the call (a presentation) is missing. */
static gboolean works_elsewhere(const turn_scene *scene) {
    const turn_session *session = scene->session;

    for (guint i = 0; i < scene->model->sessions->len; i++) {
        const turn_session *other = g_ptr_array_index(scene->model->sessions, i);

        if (other != session && turn_session_works(other) &&
            stun_address_same_host(&other->client, &session->client) &&
            other->first.time <= session->last.time && other->last.time >= session->first.time) {
            return TRUE;
        }
    }
    return turn_works_without_relay(scene);
}

gboolean rule_peer_never_connected(const turn_scene *scene, turn_finding *finding) {
    const turn_session *session = scene->session;

    if (!turn_can_judge(session) || !turn_is_complete(session) || session->relay_protocol != 6 ||
        session->allocated.frame == 0 || session->connections->len > 0 ||
        session->exchanges[TURN_METHOD_CONNECT].requests > 0 || any_arrival(session) ||
        !waited_for_peer(scene)) {
        return FALSE;
    }
    turn_finding_add(finding, &session->allocated, "Allocate Success Response for a TCP relay");
    turn_finding_add(finding, &session->last,
                     "last packet of the session; no ConnectionAttempt and no Connect until here");
    if (works_elsewhere(scene)) {
        finding->level = TURN_LEVEL_DEGRADED;
        finding->detail = g_strdup("Other media of this client go both ways at that time.");
    }
    return TRUE;
}

/* A Connect whose answer may come after the end of the capture. */
static gboolean connect_is_pending(const turn_scene *scene) {
    const turn_session *session = scene->session;

    for (guint i = 0; i < session->unanswered->len; i++) {
        const turn_unanswered *request = &g_array_index(session->unanswered, turn_unanswered, i);

        if (request->method == STUN_METHOD_CONNECT &&
            turn_observed_since(scene->model, &request->first) < TURN_BIND_PATIENCE) {
            return TRUE;
        }
    }
    return FALSE;
}

/* The relay's own connection to the peer, between the request and its answer; NULL when the capture
 * does not show it. */
static const turn_tcp *departure_of(const turn_session *session,
                                    const turn_connect_failure *failure) {
    for (guint i = 0; i < session->departures->len; i++) {
        const turn_tcp *tcp = g_ptr_array_index(session->departures, i);

        if (stun_address_equal(&tcp->flow.destination, &failure->peer) &&
            turn_seen_after(&tcp->first_syn, &failure->request) &&
            turn_seen_after(&failure->response, &tcp->first_syn)) {
            return tcp;
        }
    }
    return NULL;
}

static void add_refusal(const turn_tcp *tcp, turn_finding *finding) {
    const turn_icmp_ends ends = {"the relay", "the peer", &tcp->flow.source,
                                 &tcp->flow.destination};
    g_autofree char *icmp = NULL;

    if (tcp->unreachable.frame != 0) {
        icmp = turn_icmp_text(&tcp->icmp);
        turn_finding_add(finding, &tcp->unreachable, "%s about the SYN to the peer", icmp);
        g_free(finding->detail);
        finding->detail = turn_icmp_told(&tcp->icmp, &ends);
    }
    if (tcp->reset.frame != 0 && tcp->reset_by_listener) {
        turn_finding_add(finding, &tcp->reset, "RST of the peer");
        g_free(finding->detail);
        finding->detail = g_strdup("The peer refused the connection: it answered the SYN of the "
                                   "relay with a RST.");
    }
}

static void add_departure(const turn_tcp *tcp, turn_finding *finding) {
    turn_finding_add(finding, &tcp->first_syn, "SYN of the relay to the peer");
    if (tcp->syn_ack.frame != 0) {
        return;
    }
    turn_finding_add(finding, &tcp->last_syn, "SYN, last of %u", tcp->syns);
    add_refusal(tcp, finding);
}

gboolean rule_peer_connect_failed(const turn_scene *scene, turn_finding *finding) {
    const turn_session *session = scene->session;
    char peer[STUN_ADDRESS_TEXT];

    if (!turn_can_judge(session) || !turn_is_complete(session) || session->connections->len > 0 ||
        connect_is_pending(scene)) {
        return FALSE;
    }
    for (guint i = 0; i < session->connect_failures->len; i++) {
        const turn_connect_failure *failure =
            &g_array_index(session->connect_failures, turn_connect_failure, i);
        const turn_tcp *behind = departure_of(session, failure);

        if (failure->code != 447 && failure->code != 446) {
            continue;
        }
        finding->code = failure->code;
        stun_address_format(&failure->peer, peer, sizeof peer);
        turn_finding_add(finding, &failure->request, "Connect Request to peer %s", peer);
        if (behind != NULL) {
            add_departure(behind, finding);
        }
        turn_finding_add(finding, &failure->response, "Connect Error Response, %u", failure->code);
        turn_finding_broke(finding, &failure->response);
    }
    return finding->evidence->len > 0;
}

static const char *connection_peer(const turn_connection *connection, char *text, gsize size) {
    if (connection->peer == NULL || connection->peer->address.family == STUN_FAMILY_NONE) {
        return "an unknown peer";
    }
    stun_address_format(&connection->peer->address, text, size);
    return text;
}

static gboolean connection_is_spare(const turn_session *session,
                                    const turn_connection *connection) {
    return connection->peer != NULL && turn_host_works(session, connection->peer);
}

gboolean rule_connection_bind_missing(const turn_scene *scene, turn_finding *finding) {
    const turn_session *session = scene->session;
    char text[STUN_ADDRESS_TEXT];

    if (!turn_can_judge(session) || !turn_is_complete(session)) {
        return FALSE;
    }
    for (guint i = 0; i < session->connections->len; i++) {
        const turn_connection *connection = g_ptr_array_index(session->connections, i);

        if (connection->bind.frame == 0 && !connection_is_spare(session, connection) &&
            connection->tcp == NULL && connection->outcome == TURN_OUTCOME_UNSEEN &&
            connection->attempt.frame != 0 &&
            turn_observed_since(scene->model, &connection->attempt) >= TURN_BIND_PATIENCE) {
            turn_finding_add(finding, &connection->attempt,
                             "%s, CONNECTION-ID 0x%08x, peer %s; never bound",
                             connection->initiated_by_peer ? "ConnectionAttempt Indication"
                                                           : "Connect Success Response",
                             connection->id, connection_peer(connection, text, sizeof text));
        }
    }
    return turn_found_beside(session, finding);
}

static gboolean bind_failed(const turn_scene *scene, const turn_connection *connection) {
    const turn_tcp *tcp = connection->tcp;

    switch (connection->outcome) {
    case TURN_OUTCOME_SUCCESS:
        return FALSE;
    case TURN_OUTCOME_REJECTED:
        return TRUE;
    default:
        break;
    }
    if (!turn_is_complete(scene->session)) {
        return FALSE;
    }
    if (connection->bind.frame == 0) {
        return tcp != NULL && tcp->syn_ack.frame == 0 && tcp->established.frame == 0 &&
               (tcp->syns > 1 || tcp->reset.frame != 0 || tcp->unreachable.frame != 0);
    }
    return turn_observed_since(scene->model, &connection->bind) >= TURN_PEER_PATIENCE ||
           (tcp != NULL && tcp->reset.frame != 0);
}

static void add_failed_bind(const turn_connection *connection, turn_finding *finding) {
    char text[STUN_ADDRESS_TEXT];

    turn_finding_add(finding, &connection->attempt, "CONNECTION-ID 0x%08x for peer %s",
                     connection->id, connection_peer(connection, text, sizeof text));
    turn_finding_add(finding, &connection->bind, "ConnectionBind Request");
    turn_finding_broke(finding, connection->outcome == TURN_OUTCOME_REJECTED
                                    ? &connection->bind_answer
                                    : &connection->bind);
    if (connection->outcome == TURN_OUTCOME_REJECTED) {
        turn_finding_add(finding, &connection->bind_answer, "ConnectionBind Error Response, %u",
                         connection->code);
        finding->code = connection->code;
    } else if (connection->tcp != NULL) {
        turn_finding_add(finding, &connection->tcp->first_syn, "SYN of the data connection");
        turn_finding_add(finding, &connection->tcp->last_syn, "SYN, last of %u",
                         connection->tcp->syns);
        turn_finding_add(finding, &connection->tcp->reset, "the connection was reset");
    }
}

gboolean rule_connection_bind_failed(const turn_scene *scene, turn_finding *finding) {
    const turn_session *session = scene->session;

    if (!turn_can_judge(session)) {
        return FALSE;
    }
    for (guint i = 0; i < session->connections->len; i++) {
        const turn_connection *connection = g_ptr_array_index(session->connections, i);

        if (!connection_is_spare(session, connection) && bind_failed(scene, connection)) {
            add_failed_bind(connection, finding);
        }
    }
    return turn_found_beside(session, finding);
}
