/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Rules about reaching the server, and about losing it. */
#include "turn/rules.h"

/* Checks of consent come every 5 s (RFC 7675 section 5.1), those of an agent that looks for a path
 * more often. */
#define CHECKS_IN_VAIN 5u
/* Of one request; RFC 8489 section 6.2.1 ends with the seventh. */
#define TRANSMISSIONS_IN_VAIN 5u

/* What keeps an allocation going. */
static const turn_method renewing[] = {TURN_METHOD_REFRESH, TURN_METHOD_CREATE_PERMISSION,
                                       TURN_METHOD_CHANNEL_BIND};

static const turn_exchange *allocate_of(const turn_session *session) {
    return &session->exchanges[TURN_METHOD_ALLOCATE];
}

/* No answer of any kind, and none that the capture might have missed. */
static gboolean never_answered(const turn_session *session) {
    return session->packets_from_server == 0 && !session->answered_unseen;
}

/* A request that is sent again was not answered. Requests of which none is repeated may be probes
 * whose answers went another way, unless the capture shows what comes to the client. */
static gboolean waits_for_answer(const turn_scene *scene) {
    const turn_exchange *allocate = allocate_of(scene->session);

    return allocate->transmissions > allocate->requests ||
           turn_model_receives(scene->model, &scene->session->client);
}

/* What SESSION's client sent was answered with the error. */
static void tell_icmp(const turn_session *session, const turn_icmp *icmp, turn_finding *finding) {
    const turn_icmp_ends ends = {"the client", "the server", &session->client, &session->server};

    g_free(finding->detail);
    finding->detail = turn_icmp_told(icmp, &ends);
}

/* An error that is no refusal: what it is about did not arrive, and the next may. */
static void add_no_refusal(const turn_session *session, const turn_seen *seen,
                           const turn_icmp *icmp, turn_finding *finding) {
    g_autofree char *text = NULL;

    if (seen->frame != 0) {
        text = turn_icmp_text(icmp);
        turn_finding_add(finding, seen, "%s, which is no refusal", text);
        tell_icmp(session, icmp, finding);
    }
}

static void add_too_big(const turn_session *session, turn_finding *finding) {
    const turn_too_big *too_big = &session->too_big;

    if (too_big->count > 0 && stun_address_equal(&too_big->about.source, &session->client) &&
        stun_address_equal(&too_big->about.destination, &session->server)) {
        turn_finding_add(finding, &too_big->first,
                         "ICMP: a packet is too large for the way, which is no refusal");
    }
}

gboolean rule_server_silent(const turn_scene *scene, turn_finding *finding) {
    const turn_session *session = scene->session;
    const turn_exchange *allocate;

    if (session == NULL || session->protocol != TURN_PROTOCOL_UDP || !never_answered(session) ||
        turn_icmp_is_unreachable(&session->icmp) || scene->model->icmp_unread) {
        return FALSE;
    }
    allocate = allocate_of(session);
    if (allocate->requests == 0 || !waits_for_answer(scene) ||
        !turn_watched(scene->model, &allocate->first_request, &allocate->last_request) ||
        allocate->last_request.time - allocate->first_request.time < TURN_ALLOCATE_PATIENCE) {
        return FALSE;
    }
    turn_finding_add(finding, &allocate->first_request, "Allocate Request, first");
    add_no_refusal(session, &session->unreachable, &session->icmp, finding);
    add_too_big(session, finding);
    turn_finding_add(finding, &allocate->last_request,
                     "Allocate Request, last of %u sent; no answer to any",
                     allocate->transmissions);
    return TRUE;
}

/* Only the server's own host says that a port is closed. What a router says of the way to it may
 * have changed by the next transmission. RFC 792, RFC 4443 section 3.1. */
static gboolean is_unreachable(const turn_scene *scene) {
    const turn_session *session = scene->session;

    return session->unreachable.frame != 0 && turn_icmp_is_unreachable(&session->icmp) &&
           (turn_icmp_is_port_closed(&session->icmp) ||
            turn_observed_since(scene->model, &session->unreachable) >= TURN_PEER_PATIENCE);
}

static gboolean refused_tcp(const turn_session *session, turn_finding *finding) {
    const turn_tcp *tcp = session->tcp;
    g_autofree char *icmp = NULL;

    if (tcp == NULL || tcp->syn_ack.frame != 0 || tcp->established.frame != 0 ||
        (!turn_icmp_is_unreachable(&tcp->icmp) &&
         (tcp->reset.frame == 0 || !tcp->reset_by_listener))) {
        return FALSE;
    }
    turn_finding_add(finding, &tcp->first_syn, "SYN to the TURN port");
    turn_finding_add(finding, &tcp->reset, "answered with RST");
    if (turn_icmp_is_unreachable(&tcp->icmp)) {
        icmp = turn_icmp_text(&tcp->icmp);
        turn_finding_add(finding, &tcp->unreachable, "answered with %s", icmp);
        tell_icmp(session, &tcp->icmp, finding);
    }
    turn_finding_broke(finding, tcp->reset.frame != 0 ? &tcp->reset : &tcp->unreachable);
    return TRUE;
}

gboolean rule_port_closed(const turn_scene *scene, turn_finding *finding) {
    const turn_session *session = scene->session;
    g_autofree char *icmp = NULL;
    g_autofree char *summary = NULL;

    if (session == NULL || !never_answered(session)) {
        return FALSE;
    }
    if (session->protocol != TURN_PROTOCOL_UDP) {
        return refused_tcp(session, finding);
    }
    if (!is_unreachable(scene)) {
        return FALSE;
    }
    turn_finding_add(finding, &allocate_of(session)->first_request, "Allocate Request");
    icmp = turn_icmp_text(&session->icmp);
    summary = g_strconcat(icmp, " about it", NULL);
    turn_finding_add_further(finding, &session->unreachable, summary,
                             "%s about the Allocate Request", icmp);
    turn_finding_broke(finding, &session->unreachable);
    tell_icmp(session, &session->icmp, finding);
    return TRUE;
}

/* Long enough for an answer, or for the client's acknowledgement of it, to come yet. */
static gboolean had_time(const turn_model *model, const turn_tcp *tcp) {
    const turn_seen *since = tcp->syn_ack.frame != 0 ? &tcp->syn_ack : &tcp->first_syn;

    return turn_observed_since(model, since) >= TURN_ALLOCATE_PATIENCE;
}

gboolean rule_tcp_unanswered(const turn_scene *scene, turn_finding *finding) {
    const turn_tcp *tcp = scene->session != NULL ? scene->session->tcp : NULL;

    if (tcp == NULL || tcp->syns < 2 || tcp->established.frame != 0 || tcp->reset.frame != 0 ||
        turn_icmp_is_unreachable(&tcp->icmp) || scene->session->packets_from_client > 0 ||
        !had_time(scene->model, tcp)) {
        return FALSE;
    }
    turn_finding_add(finding, &tcp->first_syn, "SYN to the TURN port, first");
    add_no_refusal(scene->session, &tcp->unreachable, &tcp->icmp, finding);
    add_too_big(scene->session, finding);
    turn_finding_add(finding, &tcp->syn_ack,
                     "SYN-ACK of the server, which the client does not acknowledge");
    turn_finding_add(finding, &tcp->last_syn, "SYN, last of %u", tcp->syns);
    if (tcp->syn_ack.frame != 0) {
        g_free(finding->detail);
        finding->detail = g_strdup("The server does answer: its SYN-ACK is in this capture and is "
                                   "lost on the way back to the client.");
    }
    return TRUE;
}

/* The first end of the connection that the server's side brought about; NULL when the client closed
 * it, or nobody. */
static const turn_seen *closed_by_server(const turn_tcp *tcp) {
    if (tcp == NULL) {
        return NULL;
    }
    if (tcp->listener_fin.frame != 0 &&
        (tcp->opener_fin.frame == 0 || tcp->opener_fin.time > tcp->listener_fin.time)) {
        return &tcp->listener_fin;
    }
    if (tcp->reset.frame != 0 && tcp->reset_by_listener && tcp->opener_fin.frame == 0) {
        return &tcp->reset;
    }
    return NULL;
}

/* A probe: the client asked, was challenged and left it at that. What ends a connection that nobody
 * needs any more is no fault. */
static gboolean was_content(const turn_session *session, const turn_seen *closed) {
    return session->authenticated_requests == 0 && session->challenge.frame != 0 &&
           closed->time - session->last_challenge.time >= TURN_PEER_PATIENCE;
}

gboolean rule_connection_reset(const turn_scene *scene, turn_finding *finding) {
    const turn_session *session = scene->session;
    const turn_seen *closed;

    if (session == NULL || allocate_of(session)->requests == 0 || session->allocated.frame != 0 ||
        session->rejections->len > 0 || !turn_is_complete(session)) {
        return FALSE;
    }
    closed = closed_by_server(session->tcp);
    if (closed == NULL || was_content(session, closed)) {
        return FALSE;
    }
    turn_finding_add(finding, &allocate_of(session)->last_request, "Allocate Request");
    turn_finding_add(finding, closed, "%s from the server's side",
                     closed == &session->tcp->reset ? "RST" : "FIN");
    turn_finding_broke(finding, closed);
    return TRUE;
}

/* A request for the allocation that the server did not know, although it had not expired. */
static const turn_rejection *forgotten(const turn_session *session) {
    for (guint i = 0; i < session->rejections->len; i++) {
        const turn_rejection *rejection = &g_array_index(session->rejections, turn_rejection, i);

        if (rejection->code == 437 && !rejection->release &&
            rejection->method != STUN_METHOD_ALLOCATE && session->released.frame == 0 &&
            (session->expires < 0 || rejection->response.time < session->expires)) {
            return rejection;
        }
    }
    return NULL;
}

/* A client that closes its connection right behind a request does not wait for the answer. */
static gboolean leaves_at_once(const turn_session *session, const turn_unanswered *request) {
    const turn_tcp *tcp = session->tcp;

    return tcp != NULL && ((tcp->opener_fin.frame != 0 &&
                            tcp->opener_fin.time - request->first.time < TURN_PEER_PATIENCE) ||
                           (tcp->reset.frame != 0 && !tcp->reset_by_listener &&
                            tcp->reset.time - request->first.time < TURN_PEER_PATIENCE));
}

/* Requests after the server's last sign of life, long enough before the end of the capture. */
static const turn_unanswered *unanswered_at_end(const turn_session *session,
                                                const turn_model *model) {
    for (guint i = 0; i < session->unanswered->len; i++) {
        const turn_unanswered *request = &g_array_index(session->unanswered, turn_unanswered, i);

        if (!request->release && request->first.time > session->last_from_server.time &&
            !leaves_at_once(session, request) &&
            turn_observed_since(model, &request->first) >= TURN_PEER_PATIENCE &&
            (request->transmissions > 1 || session->protocol != TURN_PROTOCOL_UDP)) {
            return request;
        }
    }
    return NULL;
}

static gboolean add_forgotten(const turn_session *session, turn_finding *finding) {
    const turn_rejection *rejection = forgotten(session);
    g_autofree char *told = NULL;

    if (rejection == NULL || turn_recovered(session, rejection)) {
        return FALSE;
    }
    finding->code = rejection->code;
    finding->reason = g_strdup(rejection->reason);
    turn_finding_add(finding, &session->allocated, "Allocate Success Response");
    told = g_strdup_printf("%s Request for that allocation", stun_method_name(rejection->method));
    turn_finding_add_further(finding, &rejection->request, told,
                             "%s Request for the allocation, which the server has forgotten",
                             stun_method_name(rejection->method));
    turn_finding_add(finding, &rejection->response, "%s Error Response, 437: unknown to the server",
                     stun_method_name(rejection->method));
    turn_finding_broke(finding, &rejection->response);
    return TRUE;
}

static gboolean add_unreachable(const turn_scene *scene, turn_finding *finding) {
    const turn_session *session = scene->session;
    g_autofree char *icmp = NULL;

    if (!is_unreachable(scene) || session->unreachable.time < session->last_from_server.time) {
        return FALSE;
    }
    turn_finding_add(finding, &session->last_from_server, "last packet from the server");
    icmp = turn_icmp_text(&session->icmp);
    turn_finding_add(finding, &session->unreachable, "%s", icmp);
    turn_finding_broke(finding, &session->unreachable);
    return TRUE;
}

static void add_last(const turn_unanswered *request, turn_finding *finding) {
    g_autofree char *told = g_strdup_printf("last of %u transmissions", request->transmissions);

    turn_finding_add_further(finding, &request->last, told, "%s Request, not answered, %s",
                             stun_method_name(request->method), told);
}

static gboolean add_unanswered(const turn_scene *scene, turn_finding *finding) {
    const turn_session *session = scene->session;
    const turn_unanswered *request = unanswered_at_end(session, scene->model);

    if (request == NULL || !turn_is_complete(session)) {
        return FALSE;
    }
    turn_finding_add(finding, &session->last_from_server, "last packet from the server");
    turn_finding_add(finding, &request->first, "%s Request, not answered",
                     stun_method_name(request->method));
    add_last(request, finding);
    turn_finding_broke(finding, &request->first);
    return TRUE;
}

static gboolean add_closed(const turn_session *session, turn_finding *finding) {
    const turn_seen *closed = closed_by_server(session->tcp);

    /* After the lifetime the server is free to close; and what is missing may be the release. */
    if (closed == NULL || !turn_is_complete(session) ||
        (session->expires >= 0 && closed->time >= session->expires)) {
        return FALSE;
    }
    turn_finding_add(finding, &session->last_from_server, "last message from the server");
    turn_finding_add(finding, closed, "the server's side closed the control connection");
    turn_finding_broke(finding, closed);
    return TRUE;
}

/* Another path of the ICE session took over. */
static gboolean lives_elsewhere(const turn_scene *scene, const turn_peer *peer) {
    const gint64 *alive =
        peer->path.ice != NULL ? g_hash_table_lookup(scene->ice_alive, peer->path.ice) : NULL;

    return alive != NULL && *alive > scene->session->last_from_server.time + TURN_SECOND;
}

/* The server would not renew what PEER is reached by: the last that it refused, if nothing was
 * granted after it. */
static const turn_rejection *renewal_refused(const turn_session *session, const turn_peer *peer) {
    for (guint i = session->rejections->len; i > 0; i--) {
        const turn_rejection *rejection =
            &g_array_index(session->rejections, turn_rejection, i - 1);

        if ((rejection->method == STUN_METHOD_CREATE_PERMISSION ||
             rejection->method == STUN_METHOD_CHANNEL_BIND) &&
            stun_address_same_host(&rejection->peer, &peer->address)) {
            return turn_recovered(session, rejection) ? NULL : rejection;
        }
    }
    return NULL;
}

/* Long enough for what comes every few seconds to be missed. */
static gboolean went_on(const turn_scene *scene, guint count, const turn_seen *first,
                        const turn_seen *last) {
    return count > 0 && last->time - first->time >= TURN_MEDIA_PATIENCE &&
           turn_watched(scene->model, &scene->session->last_from_server, last);
}

static void add_checks(const turn_tail *tail, turn_finding *finding) {
    g_autofree char *told = g_strdup_printf(
        "check of the client after it, first of %u; none was answered", tail->checks);

    turn_finding_add_further(finding, &tail->first_check, told,
                             "check of the client after the server's last packet, first of %u; "
                             "none was answered",
                             tail->checks);
    turn_finding_add_further(finding, &tail->last_check, "last of them",
                             "check of the client after the server's last packet, last of %u; "
                             "none was answered",
                             tail->checks);
}

static void add_data(const turn_tail *tail, turn_finding *finding) {
    g_autofree char *told = g_strdup_printf(
        "first of %u packets of the client after it; nothing comes back", tail->data);

    turn_finding_add_further(finding, &tail->first_data, told,
                             "first of %u packets of the client after the refusal; nothing comes "
                             "back",
                             tail->data);
    turn_finding_add_further(finding, &tail->last_data, "last of them",
                             "last of %u packets of the client after the refusal; nothing comes "
                             "back",
                             tail->data);
}

/* Whoever is on hold or muted answers checks all the same; data alone proves nothing, unless the
 * server has said that it will not pass it on. */
static gboolean add_tail(const turn_scene *scene, const turn_peer *peer, turn_finding *finding) {
    const turn_session *session = scene->session;
    const turn_tail *tail = &peer->tail;
    const turn_rejection *refused = renewal_refused(session, peer);

    if (tail->after != session->packets_from_server || !turn_peer_works(peer) ||
        lives_elsewhere(scene, peer)) {
        return FALSE;
    }
    if (tail->checks >= CHECKS_IN_VAIN &&
        went_on(scene, tail->checks, &tail->first_check, &tail->last_check)) {
        turn_finding_add(finding, &session->last_from_server, "last packet from the server");
        add_checks(tail, finding);
        turn_finding_broke(finding, &tail->first_check);
    } else if (refused != NULL && tail->data >= TURN_STREAM_PACKETS &&
               went_on(scene, tail->data, &tail->first_data, &tail->last_data)) {
        turn_finding_add(finding, &refused->response, "%s Error Response, %u: not renewed",
                         stun_method_name(refused->method), refused->code);
        add_data(tail, finding);
    } else {
        return FALSE;
    }
    return TRUE;
}

/* What is lost may be the peer: the server answers for itself only. */
static gboolean add_tails(const turn_scene *scene, turn_finding *finding) {
    const turn_session *session = scene->session;

    if (!turn_is_complete(session) || session->release_asked.frame != 0) {
        return FALSE;
    }
    for (guint i = 0; i < session->peers->len; i++) {
        if (add_tail(scene, g_ptr_array_index(session->peers, i), finding)) {
            finding->level = TURN_LEVEL_DEGRADED;
            finding->detail = g_strdup("The client goes on and nothing comes back any more: the "
                                       "server, the peer or the way to one of them is gone.");
            return TRUE;
        }
    }
    return FALSE;
}

/* One request that the server never answers, while it answers others. */
static const turn_unanswered *unanswered_alone(const turn_session *session) {
    for (guint i = 0; i < session->unanswered->len; i++) {
        const turn_unanswered *request = &g_array_index(session->unanswered, turn_unanswered, i);

        if (request->release || request->transmissions < TRANSMISSIONS_IN_VAIN ||
            request->last.time > session->last_from_server.time) {
            continue;
        }
        for (guint k = 0; k < G_N_ELEMENTS(renewing); k++) {
            const turn_exchange *exchange = &session->exchanges[renewing[k]];

            if (exchange->method == request->method &&
                !turn_seen_after(&exchange->last_success, &request->first)) {
                return request;
            }
        }
    }
    return NULL;
}

static gboolean add_unanswered_alone(const turn_session *session, turn_finding *finding) {
    const turn_unanswered *request = unanswered_alone(session);

    if (request == NULL || session->protocol != TURN_PROTOCOL_UDP ||
        session->allocated.frame == 0 || !turn_is_complete(session)) {
        return FALSE;
    }
    finding->level = TURN_LEVEL_DEGRADED;
    finding->detail = g_strdup_printf("The server is there, but the client gets no answer to its "
                                      "%s Request: what that request renews ends.",
                                      stun_method_name(request->method));
    turn_finding_add(finding, &request->first, "%s Request, not answered",
                     stun_method_name(request->method));
    add_last(request, finding);
    turn_finding_add_further(finding, &session->last_from_server,
                             "last packet from the server, which came later",
                             "last packet from the server, later than the request that it did not "
                             "answer");
    return TRUE;
}

gboolean rule_session_lost(const turn_scene *scene, turn_finding *finding) {
    const turn_session *session = scene->session;

    if (session == NULL || session->released.frame != 0 || session->release_hidden ||
        (session->allocated.frame == 0 && !turn_session_works(session)) ||
        turn_one_direction_only(session)) {
        return FALSE;
    }
    return add_forgotten(session, finding) || add_unreachable(scene, finding) ||
           add_unanswered(scene, finding) || add_closed(session, finding) ||
           add_tails(scene, finding) || add_unanswered_alone(session, finding);
}
