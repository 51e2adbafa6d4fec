/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "turn/stage_private.h"

/* Silence says nothing before this: the patience of a client, and less than RFC 8489 section 6.2.1
 * has for a request over UDP. */
#define ANSWER_PATIENCE TURN_ALLOCATE_PATIENCE

static void stop_at(turn_stages *stages, turn_stop stop, const turn_seen *seen) {
    stages->stop = stop;
    stages->seen = *seen;
}

static void end_at(turn_stages *stages, turn_stop stop, const turn_seen *seen) {
    if (seen->frame != 0 && (stages->seen.frame == 0 || turn_seen_after(&stages->seen, seen))) {
        stop_at(stages, stop, seen);
    }
}

/* What ended the session as a whole, whatever came first; FALSE when nothing did. A client that
 * gives up did not want any more. */
static gboolean is_over(const stage_walk *walk, turn_stages *stages) {
    const turn_session *session = walk->session;
    const turn_tcp *tcp = session != NULL ? session->tcp : NULL;

    if (session == NULL) {
        return FALSE;
    }
    if (session->released.frame != 0) {
        end_at(stages, TURN_STOP_RELEASED,
               session->release_asked.frame != 0 ? &session->release_asked : &session->released);
    }
    if (tcp != NULL) {
        end_at(stages, TURN_STOP_RELEASED, &tcp->opener_fin);
        end_at(stages, TURN_STOP_CLOSED, &tcp->listener_fin);
        end_at(stages, tcp->reset_by_listener ? TURN_STOP_CLOSED : TURN_STOP_RELEASED, &tcp->reset);
    }
    if (turn_icmp_is_unreachable(&session->icmp)) {
        end_at(stages, TURN_STOP_UNREACHABLE, &session->unreachable);
    }
    return stages->seen.frame != 0;
}

/* An error whose code the snap length cut off: what was answered is not known. */
static gboolean has_cut_answer(const turn_session *session) {
    guint errors = 0;

    for (guint i = 0; i < TURN_METHOD_COUNT; i++) {
        errors += session->exchanges[i].errors;
    }
    return errors > session->challenges + session->rejections->len;
}

/* Nothing came: whether that was so, or is only not in the capture. */
static void stop_silent(const stage_walk *walk, turn_stages *stages, turn_stop stop,
                        gint64 patience) {
    const turn_session *session = walk->session;

    if (session != NULL && turn_one_direction_only(session)) {
        stages->stop = TURN_STOP_ONE_DIRECTION;
    } else if (session != NULL && (!turn_is_complete(session) || has_cut_answer(session))) {
        stages->stop = TURN_STOP_BYTES_MISSING;
    } else if (stages->from.frame == 0 ||
               turn_observed_since(walk->model, &stages->from) < patience) {
        stages->stop = TURN_STOP_CAPTURE_ENDS;
    } else {
        stages->stop = stop;
    }
}

static void stop_waiting(const stage_walk *walk, turn_stages *stages, gint64 patience) {
    if (!is_over(walk, stages)) {
        stop_silent(walk, stages, TURN_STOP_NOT_TRIED, patience);
    }
}

void stop_not_tried(const stage_walk *walk, turn_stages *stages) {
    stop_waiting(walk, stages, ANSWER_PATIENCE);
}

static void stop_unanswered(const stage_walk *walk, turn_stages *stages, gint64 patience) {
    static const turn_seen nowhere = {.frame = 0};

    /* A client that gave up did so because no answer came. */
    if (!is_over(walk, stages) || stages->stop == TURN_STOP_RELEASED) {
        stages->seen = nowhere;
        stop_silent(walk, stages, TURN_STOP_UNANSWERED, patience);
    }
}

/* The last refusal of METHOD; one whose request is in the capture, where there is one: it tells how
 * long it took. */
static const turn_rejection *refusal(const turn_session *session, guint16 method) {
    const turn_rejection *found = NULL;

    for (guint i = 0; i < session->rejections->len; i++) {
        const turn_rejection *rejection = &g_array_index(session->rejections, turn_rejection, i);

        if (rejection->method == method &&
            (found == NULL || rejection->request.frame != 0 || found->request.frame == 0)) {
            found = rejection;
        }
    }
    return found;
}

static gboolean is_refused(const stage_walk *walk, turn_stages *stages, guint16 method) {
    const turn_rejection *rejection = refusal(walk->session, method);

    if (rejection == NULL) {
        return FALSE;
    }
    stop_at(stages, TURN_STOP_REFUSED, &rejection->response);
    stages->code = rejection->code;
    stages->reason = *rejection->reason != '\0' ? rejection->reason : NULL;
    if (rejection->request.frame != 0) {
        stages->from = rejection->request;
    }
    return TRUE;
}

static void stop_tcp(const stage_walk *walk, turn_stages *stages, const turn_tcp *tcp) {
    if (tcp->first_syn.frame != 0) {
        stages->from = tcp->first_syn;
    }
    if (tcp->reset.frame != 0) {
        stop_at(stages, TURN_STOP_CLOSED, &tcp->reset);
    } else if (turn_icmp_is_unreachable(&tcp->icmp)) {
        stop_at(stages, TURN_STOP_UNREACHABLE, &tcp->unreachable);
    } else {
        stop_silent(walk, stages, TURN_STOP_UNANSWERED, ANSWER_PATIENCE);
    }
}

void stop_connection(const stage_walk *walk, turn_stages *stages) {
    if (walk->session->tcp != NULL) {
        stop_tcp(walk, stages, walk->session->tcp);
    } else {
        stop_not_tried(walk, stages);
    }
}

/* Several in a row: one 438 only renews the nonce. */
#define NONCE_LOOP 3u

void stop_allocate(const stage_walk *walk, turn_stages *stages) {
    const turn_session *session = walk->session;

    if (is_refused(walk, stages, STUN_METHOD_ALLOCATE)) {
        return;
    }
    if (session->nonce_refusals >= NONCE_LOOP) {
        stop_at(stages, TURN_STOP_REFUSED, &session->last_nonce_refusal);
        stages->code = 438;
        return;
    }
    stop_unanswered(walk, stages, ANSWER_PATIENCE);
}

void stop_permission(const stage_walk *walk, turn_stages *stages) {
    static const turn_method methods[] = {TURN_METHOD_CREATE_PERMISSION, TURN_METHOD_CHANNEL_BIND};
    gboolean asked = FALSE;

    for (gsize i = 0; i < G_N_ELEMENTS(methods); i++) {
        const turn_exchange *exchange = &walk->session->exchanges[methods[i]];

        if (is_refused(walk, stages, exchange->method)) {
            return;
        }
        if (exchange->requests > 0) {
            asked = TRUE;
            stages->from = exchange->first_request;
        }
    }
    if (asked) {
        stop_unanswered(walk, stages, ANSWER_PATIENCE);
    } else {
        stop_not_tried(walk, stages);
    }
}

void stop_peer_connection(const stage_walk *walk, turn_stages *stages) {
    const turn_session *session = walk->session;
    const turn_exchange *connect = &session->exchanges[TURN_METHOD_CONNECT];

    if (session->connect_failures->len > 0) {
        const turn_connect_failure *failure = &g_array_index(
            session->connect_failures, turn_connect_failure, session->connect_failures->len - 1);

        is_refused(walk, stages, STUN_METHOD_CONNECT);
        stop_at(stages, TURN_STOP_REFUSED, &failure->response);
        stages->code = failure->code;
        if (failure->request.frame != 0) {
            stages->from = failure->request;
        }
    } else if (connect->requests > 0) {
        stages->from = connect->first_request;
        stop_unanswered(walk, stages, TURN_BIND_PATIENCE);
    } else {
        stop_waiting(walk, stages, TURN_BIND_PATIENCE);
    }
}

void stop_data_connection(const stage_walk *walk, turn_stages *stages) {
    const turn_tcp *tcp = walk->connection != NULL ? walk->connection->tcp : NULL;

    if (tcp != NULL) {
        stop_tcp(walk, stages, tcp);
    } else {
        stop_waiting(walk, stages, TURN_BIND_PATIENCE);
    }
}

void stop_bound(const stage_walk *walk, turn_stages *stages) {
    const turn_connection *connection = walk->connection;

    if (connection->outcome == TURN_OUTCOME_REJECTED) {
        is_refused(walk, stages, STUN_METHOD_CONNECTION_BIND);
        stop_at(stages, TURN_STOP_REFUSED, &connection->bind_answer);
        stages->code = connection->code;
    } else if (connection->tcp != NULL && connection->tcp->reset.frame != 0) {
        stop_at(stages, TURN_STOP_CLOSED, &connection->tcp->reset);
    } else {
        stop_unanswered(walk, stages, TURN_PEER_PATIENCE);
    }
}

static void stop_check(const stage_walk *walk, turn_stages *stages,
                       const turn_direction *direction) {
    if (direction->requests > 0) {
        stages->from = direction->first_request;
    }
    if (walk->path->unreachable.frame != 0 && turn_icmp_is_unreachable(&walk->path->icmp)) {
        stop_at(stages, TURN_STOP_UNREACHABLE, &walk->path->unreachable);
    } else if (direction->errors > 0) {
        stages->stop = TURN_STOP_REFUSED;
        stages->code = direction->error_code;
    } else if (direction->requests > direction->keep_alives) {
        stop_unanswered(walk, stages, TURN_PEER_PATIENCE);
    } else {
        stop_waiting(walk, stages, TURN_PEER_PATIENCE);
    }
}

void stop_check_to_peer(const stage_walk *walk, turn_stages *stages) {
    if (walk->path == NULL) {
        stop_not_tried(walk, stages);
    } else {
        stop_check(walk, stages, &walk->path->to_peer);
    }
}

void stop_check_from_peer(const stage_walk *walk, turn_stages *stages) {
    if (walk->path == NULL) {
        stop_not_tried(walk, stages);
    } else {
        stop_check(walk, stages, &walk->path->from_peer);
    }
}

void stop_nominated(const stage_walk *walk, turn_stages *stages) {
    const turn_path *path = walk->path;

    if (path == NULL ||
        path->to_peer.use_candidate.frame + path->from_peer.use_candidate.frame == 0) {
        stop_waiting(walk, stages, TURN_PEER_PATIENCE);
        return;
    }
    stages->from = path->to_peer.use_candidate.frame != 0 ? path->to_peer.use_candidate
                                                          : path->from_peer.use_candidate;
    stop_unanswered(walk, stages, TURN_PEER_PATIENCE);
}

void stop_data(const stage_walk *walk, turn_stages *stages) {
    const turn_direction *only;

    if (walk->path == NULL) {
        stop_not_tried(walk, stages);
        return;
    }
    stages->ways = turn_data_ways(walk->data_to, walk->data_from);
    if (stages->ways == TURN_WAYS_NONE) {
        stop_waiting(walk, stages, TURN_PEER_PATIENCE);
        return;
    }
    only = stages->ways == TURN_WAYS_TO_PEER ? walk->data_to : walk->data_from;
    stages->from = only->first_packet;
    stop_silent(walk, stages, TURN_STOP_ONE_WAY, TURN_PEER_PATIENCE);
}
