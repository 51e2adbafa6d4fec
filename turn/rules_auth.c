/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Rules about credentials, and about what the server grants or refuses. */
#include "turn/rules.h"

#include <string.h>

typedef gboolean (*rejection_test)(const turn_session *session, const turn_rejection *rejection);

static const char *method_name(guint16 method) {
    const char *name = stun_method_name(method);

    return name != NULL ? name : "Unknown";
}

static void add_rejection(turn_finding *finding, const turn_session *session,
                          const turn_rejection *rejection) {
    if (rejection->user > 0) {
        turn_finding_add(finding, &rejection->request, "%s Request as user \"%s\"",
                         method_name(rejection->method),
                         (const char *)g_ptr_array_index(session->users, rejection->user - 1));
    } else {
        turn_finding_add(finding, &rejection->request, "%s Request",
                         method_name(rejection->method));
    }
    turn_finding_add(finding, &rejection->response, "%s Error Response, %u \"%s\"",
                     method_name(rejection->method), rejection->code, rejection->reason);
    turn_finding_broke(finding, &rejection->response);
}

/* Every rejection that passes TEST is evidence; the last one decides whether the client got over
 * it. FALSE when there is none. */
static gboolean collect(const turn_scene *scene, turn_finding *finding, rejection_test test) {
    const turn_session *session = scene->session;
    const turn_rejection *last = NULL;

    for (guint i = 0; session != NULL && i < session->rejections->len; i++) {
        const turn_rejection *rejection = &g_array_index(session->rejections, turn_rejection, i);

        if (test(session, rejection)) {
            add_rejection(finding, session, rejection);
            last = rejection;
        }
    }
    if (last == NULL) {
        return FALSE;
    }
    finding->code = last->code;
    finding->reason = g_strdup(last->reason);
    if (turn_recovered(session, last)) {
        finding->level = TURN_LEVEL_DEGRADED;
    }
    return TRUE;
}

/* Whether the capture ends so soon behind such a rejection that the client's next try, with which
 * it gets over it at times, may come after the end. */
static gboolean ends_behind(const turn_scene *scene, rejection_test test) {
    const turn_session *session = scene->session;

    for (guint i = 0; session != NULL && i < session->rejections->len; i++) {
        const turn_rejection *rejection = &g_array_index(session->rejections, turn_rejection, i);

        if (test(session, rejection) &&
            turn_observed_since(scene->model, &rejection->response) < TURN_PEER_PATIENCE) {
            return TRUE;
        }
    }
    return FALSE;
}

static gboolean is_integrity_failure(const turn_session *session, const turn_rejection *rejection) {
    /* To a request that the capture lacks it may have been the challenge of an old server. */
    return rejection->code == 431 &&
           (rejection->credentials ||
            (rejection->request.frame == 0 && !turn_recovered(session, rejection)));
}

gboolean rule_integrity_check_failed(const turn_scene *scene, turn_finding *finding) {
    return collect(scene, finding, is_integrity_failure);
}

/* Some servers say 401 where 438 is meant: what they granted before with the same credentials they
 * grant again with the nonce that comes in the answer. */
static gboolean is_renewal(const turn_session *session, const turn_rejection *rejection) {
    return rejection->code == 401 && rejection->renews && session->allocated.frame != 0 &&
           turn_seen_after(&rejection->response, &session->allocated);
}

static gboolean is_unauthorized(const turn_session *session, const turn_rejection *rejection) {
    return (rejection->code == 401 || rejection->code == 436) && rejection->credentials &&
           !(is_renewal(session, rejection) && turn_recovered(session, rejection));
}

static gboolean is_unfinished_renewal(const turn_session *session,
                                      const turn_rejection *rejection) {
    return is_unauthorized(session, rejection) && is_renewal(session, rejection);
}

gboolean rule_credentials_unauthorized(const turn_scene *scene, turn_finding *finding) {
    return !ends_behind(scene, is_unfinished_renewal) && collect(scene, finding, is_unauthorized);
}

gboolean rule_credentials_missing(const turn_scene *scene, turn_finding *finding) {
    const turn_session *session = scene->session;

    if (session == NULL || session->challenge.frame == 0 || session->authenticated_requests > 0 ||
        session->requests_without_credentials_after_challenge < 2) {
        return FALSE;
    }
    turn_finding_add(finding, &session->challenge, "the server asks for credentials");
    turn_finding_add(finding, &session->exchanges[TURN_METHOD_ALLOCATE].last_request,
                     "Allocate Request without credentials, the last of %u",
                     session->exchanges[TURN_METHOD_ALLOCATE].requests);
    return TRUE;
}

gboolean rule_nonce_loop(const turn_scene *scene, turn_finding *finding) {
    const turn_session *session = scene->session;

    if (session == NULL || session->nonce_refusals < 3 || !turn_is_complete(session) ||
        !turn_watched(scene->model, &session->first_nonce_refusal, &session->last_nonce_refusal)) {
        return FALSE;
    }
    turn_finding_add(finding, &session->first_nonce_refusal, "438 or 430, the first of the run");
    turn_finding_add(finding, &session->last_nonce_refusal,
                     "438 or 430, %u in a row without a success", session->nonce_refusals);
    finding->code = 438;
    return TRUE;
}

static gboolean is_mismatch(const turn_session *session, const turn_rejection *rejection) {
    return rejection->code == 437 && !rejection->release && !turn_recovered(session, rejection) &&
           (rejection->method == STUN_METHOD_ALLOCATE ||
            (session->allocated.frame == 0 && session->last_alive.frame == 0 &&
             rejection->request.frame != 0)) &&
           session->released.frame == 0;
}

gboolean rule_allocation_mismatch(const turn_scene *scene, turn_finding *finding) {
    return !ends_behind(scene, is_mismatch) && collect(scene, finding, is_mismatch);
}

static gboolean is_wrong_credentials(const turn_session *session, const turn_rejection *rejection) {
    (void)session;
    return rejection->code == 441;
}

static gboolean is_wrong_for_allocate(const turn_session *session,
                                      const turn_rejection *rejection) {
    return is_wrong_credentials(session, rejection) && rejection->method == STUN_METHOD_ALLOCATE;
}

gboolean rule_wrong_credentials(const turn_scene *scene, turn_finding *finding) {
    g_autoptr(turn_finding) allocate = turn_finding_new(finding->cause);

    if (!collect(scene, finding, is_wrong_credentials)) {
        return FALSE;
    }
    if (collect(scene, allocate, is_wrong_for_allocate)) {
        finding->detail =
            g_strdup("The request that was refused is the Allocate itself: either the server still "
                     "has an allocation of another user on this 5-tuple, or it does not accept "
                     "this user.");
    }
    return TRUE;
}

static gboolean is_unsupported(const turn_session *session, const turn_rejection *rejection) {
    (void)session;
    return rejection->method == STUN_METHOD_ALLOCATE &&
           (rejection->code == 442 || rejection->code == 440 || rejection->code == 443);
}

static gboolean client_allocated_elsewhere(const turn_scene *scene) {
    for (guint i = 0; i < scene->model->sessions->len; i++) {
        const turn_session *other = g_ptr_array_index(scene->model->sessions, i);

        if ((other->allocated.frame != 0 || other->last_alive.frame != 0) &&
            stun_address_same_host(&other->client, &scene->session->client)) {
            return TRUE;
        }
    }
    return FALSE;
}

/* Whether the capture would show the client's attempt with the other family, right before or after
 * this one. */
static gboolean shows_other_half(const turn_scene *scene) {
    const turn_seen *first = &scene->session->first;
    gint64 begin = first->time;

    for (guint i = 0; i < scene->model->spans->len; i++) {
        const turn_span *span = &g_array_index(scene->model->spans, turn_span, i);

        if (span->capture == first->capture && span->to >= first->time) {
            begin = MIN(begin, span->from);
        }
    }
    return first->time - begin >= TURN_SECOND &&
           turn_observed_since(scene->model, first) >= TURN_ALLOCATE_PATIENCE;
}

gboolean rule_transport_unsupported(const turn_scene *scene, turn_finding *finding) {
    if (!collect(scene, finding, is_unsupported)) {
        return FALSE;
    }
    /* A client may ask for a TCP relay to learn whether the server has any. */
    if (finding->code == 442) {
        return finding->level != TURN_LEVEL_DEGRADED && !client_allocated_elsewhere(scene) &&
               !ends_behind(scene, is_unsupported);
    }
    /* A dual-stack client asks for both families and is content with one. */
    return finding->code != 440 || (!client_allocated_elsewhere(scene) && shows_other_half(scene));
}

static gboolean is_quota(const turn_session *session, const turn_rejection *rejection) {
    (void)session;
    return rejection->code == 486;
}

gboolean rule_quota_reached(const turn_scene *scene, turn_finding *finding) {
    return collect(scene, finding, is_quota);
}

static gboolean is_capacity(const turn_session *session, const turn_rejection *rejection) {
    (void)session;
    return rejection->code == 508;
}

gboolean rule_capacity_exhausted(const turn_scene *scene, turn_finding *finding) {
    return collect(scene, finding, is_capacity);
}

static gboolean is_redirect(const turn_session *session, const turn_rejection *rejection) {
    (void)session;
    return rejection->code == 300;
}

gboolean rule_redirected(const turn_scene *scene, turn_finding *finding) {
    char alternate[STUN_ADDRESS_TEXT];

    if (!collect(scene, finding, is_redirect)) {
        return FALSE;
    }
    stun_address_format(&scene->session->alternate_server, alternate, sizeof alternate);
    if (*alternate != '\0') {
        finding->detail = g_strdup_printf("The alternative server is %s.", alternate);
    }
    return TRUE;
}

/* Codes that another rule speaks for, whatever the method. */
static gboolean has_rule_of_its_own(guint16 code) {
    static const guint16 codes[] = {300, 401, 431, 436, 437, 438, 430, 441, 486, 508};

    for (gsize i = 0; i < G_N_ELEMENTS(codes); i++) {
        if (codes[i] == code) {
            return TRUE;
        }
    }
    return FALSE;
}

static gboolean is_other_rejection(const turn_session *session, const turn_rejection *rejection) {
    static const struct {
        guint16 method;
        guint16 codes[4]; /* spoken for by rules about peers and connections; 0 ends */
    } elsewhere[] = {
        {STUN_METHOD_ALLOCATE, {440, 442, 443}},
        {STUN_METHOD_CREATE_PERMISSION, {403, 443}},
        {STUN_METHOD_CHANNEL_BIND, {403, 443}},
        {STUN_METHOD_CONNECT, {403, 443, 446, 447}},
    };

    if (has_rule_of_its_own(rejection->code) || rejection->release ||
        rejection->method == STUN_METHOD_BINDING ||
        rejection->method == STUN_METHOD_CONNECTION_BIND || turn_recovered(session, rejection)) {
        return FALSE;
    }
    for (gsize i = 0; i < G_N_ELEMENTS(elsewhere); i++) {
        for (gsize k = 0; elsewhere[i].method == rejection->method && k < 4; k++) {
            if (elsewhere[i].codes[k] == rejection->code) {
                return FALSE;
            }
        }
    }
    return TRUE;
}

/* Whether the capture ends before it shows what the client did about it: it asks again without what
 * the server does not know (420), or a little later (5xx), or has asked again already. */
static gboolean ends_before_retry(const turn_scene *scene, const turn_rejection *rejection) {
    const turn_exchange *exchange = NULL;

    for (guint i = 0; i < TURN_METHOD_COUNT; i++) {
        if (scene->session->exchanges[i].method == rejection->method) {
            exchange = &scene->session->exchanges[i];
        }
    }
    return turn_observed_since(scene->model, &rejection->response) < TURN_PEER_PATIENCE &&
           (rejection->code == 420 ||
            (rejection->code / 100 == 5 && !turn_session_works(scene->session)) ||
            (exchange != NULL && turn_seen_after(&exchange->last_request, &rejection->response)));
}

gboolean rule_request_rejected(const turn_scene *scene, turn_finding *finding) {
    const turn_session *session = scene->session;

    for (guint i = 0; session != NULL && i < session->rejections->len; i++) {
        if (ends_before_retry(scene, &g_array_index(session->rejections, turn_rejection, i))) {
            return FALSE;
        }
    }
    return collect(scene, finding, is_other_rejection) &&
           turn_found_beside(scene->session, finding);
}

/* A Refresh that was refused for a reason of its own, while the allocation was in use. */
static gboolean is_refused_refresh(const turn_session *session, const turn_rejection *rejection) {
    return rejection->code == 437 && rejection->method != STUN_METHOD_ALLOCATE &&
           !rejection->release && session->allocated.frame != 0 && session->released.frame == 0 &&
           session->expires >= 0 && rejection->response.time >= session->expires &&
           !turn_recovered(session, rejection);
}

static const turn_seen *last_grant(const turn_session *session) {
    const turn_exchange *refresh = &session->exchanges[TURN_METHOD_REFRESH];

    return refresh->last_success.frame != 0 ? &refresh->last_success : &session->allocated;
}

gboolean rule_allocation_expired(const turn_scene *scene, turn_finding *finding) {
    const turn_session *session = scene->session;
    gboolean refused;

    if (session == NULL || turn_one_direction_only(session)) {
        return FALSE;
    }
    turn_finding_broke(finding, &(turn_seen){.capture = last_grant(session)->capture,
                                             .time = MAX(session->expires, 0)});
    refused = collect(scene, finding, is_refused_refresh);
    if (!refused &&
        (session->released.frame != 0 || session->first_after_expiry.frame == 0 ||
         !turn_is_complete(session) ||
         !turn_watched(scene->model, last_grant(session), &session->first_after_expiry) ||
         turn_observed_since(scene->model, &session->first_after_expiry) < TURN_PEER_PATIENCE ||
         session->last_alive.time > session->expires)) {
        return FALSE;
    }
    turn_finding_add(finding, last_grant(session),
                     "lifetime of %" G_GINT64_FORMAT " s granted for the last time",
                     session->lifetime);
    turn_finding_add_further(finding, &session->first_after_expiry,
                             "the client still uses the allocation after that time",
                             "the client still uses the allocation, whose lifetime is over");
    return TRUE;
}

gboolean rule_allocation_slow(const turn_scene *scene, turn_finding *finding) {
    const turn_session *session = scene->session;
    g_autofree char *told = NULL;
    gint64 took;

    /* Without its LIFETIME the answer may be to a release; [MS-TURN] has no other. */
    if (session == NULL || session->allocated.frame == 0 || session->attempt.frame == 0 ||
        session->lifetime < 0) {
        return FALSE;
    }
    took = session->allocated.time - session->attempt.time;
    if (took <= TURN_ALLOCATE_PATIENCE ||
        !turn_watched(scene->model, &session->attempt, &session->allocated)) {
        return FALSE;
    }
    turn_finding_add(finding, &session->attempt, "first Allocate Request");
    told = g_strdup_printf("Allocate Success Response, %.1f s later",
                           (double)took / (double)TURN_SECOND);
    turn_finding_add_further(finding, &session->allocated, told,
                             "%s than the first Allocate Request", told);
    return TRUE;
}

/* Long enough ago for an answer, had there been one. */
static gboolean tried_long_ago(const turn_scene *scene, const turn_direction *direction) {
    const turn_seen *first =
        direction->first_request.frame != 0 ? &direction->first_request : &direction->first_packet;

    return first->frame != 0 && turn_observed_since(scene->model, first) >= TURN_PEER_PATIENCE;
}

/* Whether a peer had time to be reached, and none was. */
static gboolean tried_in_vain(const turn_scene *scene) {
    const turn_session *session = scene->session;
    gboolean tried = FALSE;

    for (guint i = 0; i < session->peers->len; i++) {
        const turn_path *path = &((const turn_peer *)g_ptr_array_index(session->peers, i))->path;

        if (turn_ice_works(scene, path)) {
            return FALSE;
        }
        tried |= path->to_peer.unread + path->from_peer.unread == 0 &&
                 (tried_long_ago(scene, &path->to_peer) || tried_long_ago(scene, &path->from_peer));
    }
    return tried && !turn_session_works(session) && !turn_works_without_relay(scene);
}

gboolean rule_relay_address_private(const turn_scene *scene, turn_finding *finding) {
    const turn_session *session = scene->session;
    char text[STUN_ADDRESS_TEXT];

    /* Without a peer that was tried in vain it did no harm that the capture shows. */
    if (session == NULL || stun_address_is_private(&session->server) || !tried_in_vain(scene)) {
        return FALSE;
    }
    for (guint i = 0; i < session->relayed->len; i++) {
        const stun_address *relayed = &g_array_index(session->relayed, stun_address, i);

        if (stun_address_is_private(relayed)) {
            stun_address_format(relayed, text, sizeof text);
            turn_finding_add(finding, &session->allocated, "relayed address %s", text);
            return TRUE;
        }
    }
    return FALSE;
}
