/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Rules about what lies behind the relay: permissions, checks and data. */
#include "turn/rules.h"

/* Clients ask for every candidate, and servers often refuse the private ones: as long as one was
 * granted, the refusals are not what stops the call. */
static gboolean any_permission(const turn_session *session) {
    for (guint i = 0; i < session->permissions->len; i++) {
        if (g_array_index(session->permissions, turn_permission, i).outcome ==
            TURN_OUTCOME_SUCCESS) {
            return TRUE;
        }
    }
    return FALSE;
}

static gboolean is_denied(const turn_session *session, const turn_rejection *rejection) {
    return (rejection->code == 403 || rejection->code == 443) &&
           (rejection->method == STUN_METHOD_CREATE_PERMISSION ||
            rejection->method == STUN_METHOD_CHANNEL_BIND ||
            rejection->method == STUN_METHOD_CONNECT) &&
           !turn_recovered(session, rejection);
}

/* Candidates come one after the other: where the capture ends soon after a request, the next one
 * may have been granted. */
static gboolean may_be_granted_yet(const turn_scene *scene) {
    const turn_exchange *exchanges = scene->session->exchanges;
    static const turn_method asking[] = {TURN_METHOD_CREATE_PERMISSION, TURN_METHOD_CHANNEL_BIND,
                                         TURN_METHOD_CONNECT};

    for (gsize i = 0; i < G_N_ELEMENTS(asking); i++) {
        const turn_seen *last = &exchanges[asking[i]].last_request;

        if (last->frame != 0 && scene->session->released.frame == 0 &&
            turn_observed_since(scene->model, last) < TURN_PEER_PATIENCE) {
            return TRUE;
        }
    }
    return FALSE;
}

gboolean rule_permission_denied(const turn_scene *scene, turn_finding *finding) {
    const turn_session *session = scene->session;
    char peer[STUN_ADDRESS_TEXT];

    if (!turn_can_judge(session) || !turn_is_complete(session) || turn_session_works(session) ||
        any_permission(session) || may_be_granted_yet(scene) || turn_works_without_relay(scene)) {
        return FALSE;
    }
    for (guint i = 0; i < session->rejections->len; i++) {
        const turn_rejection *rejection = &g_array_index(session->rejections, turn_rejection, i);

        if (!is_denied(session, rejection)) {
            continue;
        }
        stun_address_format_host(&rejection->peer, peer, sizeof peer);
        turn_finding_add(finding, &rejection->request, "%s Request for peer %s",
                         stun_method_name(rejection->method), peer);
        turn_finding_add(finding, &rejection->response, "%s Error Response, %u \"%s\"",
                         stun_method_name(rejection->method), rejection->code, rejection->reason);
        turn_finding_broke(finding, &rejection->response);
        if (finding->code == 0) {
            finding->code = rejection->code;
            finding->reason = g_strdup(rejection->reason);
        }
    }
    return finding->evidence->len > 0;
}

static const turn_seen *first_check(const turn_path *path) {
    const turn_seen *to = &path->to_peer.first_request;
    const turn_seen *from = &path->from_peer.first_request;

    if (to->frame == 0 || (from->frame != 0 && from->time < to->time)) {
        return from;
    }
    return to;
}

/* Checks that had time to be answered and were not, in neither direction. Without a USERNAME they
 * are keep-alives, which [MS-ICE2] receivers discard silently. */
static gboolean is_unanswered(const turn_scene *scene, const turn_path *path) {
    const turn_direction *to = &path->to_peer;
    const turn_direction *from = &path->from_peer;

    return path->ice != NULL && to->requests + from->requests > 0 &&
           to->successes + from->successes + to->errors + from->errors == 0 &&
           to->unread + from->unread == 0 &&
           turn_observed_since(scene->model, first_check(path)) >= TURN_PEER_PATIENCE &&
           !turn_ice_works(scene, path);
}

/* BACK says how the requests of the other direction went. */
static void add_unanswered(turn_finding *finding, const turn_path *path, const char *ends,
                           const char *back) {
    turn_finding_add(finding, &path->to_peer.first_request,
                     "Binding Request %s; %u sent, none answered", ends, path->to_peer.requests);
    turn_finding_add(finding, &path->from_peer.first_request,
                     "Binding Request %s; %u came, none answered", back, path->from_peer.requests);
}

static char *peer_ends(const turn_session *session, const turn_peer *peer) {
    return turn_ends(&session->client, &peer->address);
}

/* The first pair of an ICE session speaks for all of them. */
static gboolean is_first_of_ice(const turn_scene *scene) {
    for (guint i = 0; i < scene->model->pairs->len; i++) {
        const turn_pair *pair = g_ptr_array_index(scene->model->pairs, i);

        if (pair == scene->pair) {
            return TRUE;
        }
        if (g_strcmp0(pair->path.ice, scene->pair->path.ice) == 0) {
            return FALSE;
        }
    }
    return TRUE;
}

/* Whether the capture could have shown an answer: somebody's packets do reach the asking host. */
static gboolean answers_could_be_seen(const turn_scene *scene, const turn_pair *pair) {
    const gboolean a_asks = pair->path.to_peer.requests > 0;
    const gboolean b_asks = pair->path.from_peer.requests > 0;

    return (a_asks && turn_model_receives(scene->model, &pair->a)) ||
           (b_asks && turn_model_receives(scene->model, &pair->b));
}

static void soften_pair(const turn_scene *scene, const turn_pair *pair, turn_finding *finding) {
    if (finding->level == TURN_LEVEL_FAILED && turn_pair_works_with_another(scene, pair)) {
        finding->level = TURN_LEVEL_DEGRADED;
        finding->detail = g_strdup("The same client gets through to another peer at that time.");
    }
}

static gboolean pairs_unanswered(const turn_scene *scene, turn_finding *finding) {
    gboolean visible = FALSE;

    if (scene->pair->path.ice == NULL || !is_first_of_ice(scene)) {
        return FALSE;
    }
    for (guint i = 0; i < scene->model->pairs->len; i++) {
        const turn_pair *pair = g_ptr_array_index(scene->model->pairs, i);

        if (g_strcmp0(pair->path.ice, scene->pair->path.ice) == 0 &&
            is_unanswered(scene, &pair->path) && !turn_pair_may_be_relayed_unseen(scene, pair)) {
            g_autofree char *ends = turn_ends(&pair->a, &pair->b);
            g_autofree char *back = turn_ends(&pair->b, &pair->a);

            add_unanswered(finding, &pair->path, ends, back);
            visible |= answers_could_be_seen(scene, pair);
            soften_pair(scene, pair, finding);
        }
    }
    return visible && finding->evidence->len > 0;
}

gboolean rule_checks_unanswered(const turn_scene *scene, turn_finding *finding) {
    const turn_session *session = scene->session;

    if (scene->pair != NULL) {
        return pairs_unanswered(scene, finding);
    }
    if (!turn_can_judge(session)) {
        return FALSE;
    }
    for (guint i = 0; i < session->peers->len; i++) {
        const turn_peer *peer = g_ptr_array_index(session->peers, i);

        if (is_unanswered(scene, &peer->path) && turn_is_complete(session) &&
            !turn_host_works(session, peer)) {
            g_autofree char *ends = peer_ends(session, peer);
            g_autofree char *back = g_strdup_printf("from the far side, %s", ends);

            add_unanswered(finding, &peer->path, ends, back);
        }
    }
    return turn_found_beside(session, finding);
}

/* Requests that had time to be answered, and none was. Nobody needs to answer keep-alives. */
static gboolean never_succeeded(const turn_scene *scene, const turn_direction *direction,
                                const turn_direction *back) {
    return direction->requests > direction->keep_alives && direction->successes == 0 &&
           direction->errors == 0 && back->unread == 0 &&
           turn_observed_since(scene->model, &direction->first_request) >= TURN_PEER_PATIENCE;
}

/* NAMES are those of the end that asks to the peer, and of the peer. */
static gboolean one_way(const turn_scene *scene, const turn_path *path, const char *ends,
                        const char *const names[2], turn_finding *finding) {
    const gboolean to_only =
        path->to_peer.successes > 0 && never_succeeded(scene, &path->from_peer, &path->to_peer);
    const gboolean from_only =
        path->from_peer.successes > 0 && never_succeeded(scene, &path->to_peer, &path->from_peer);
    const turn_direction *good = to_only ? &path->to_peer : &path->from_peer;
    const turn_direction *bad = to_only ? &path->from_peer : &path->to_peer;
    g_autofree char *told = NULL;

    if (turn_ice_works(scene, path) || (!to_only && !from_only)) {
        return FALSE;
    }
    turn_finding_add(finding, &good->first_success, "Binding Success Response, %s (asked by %s)",
                     ends, to_only ? names[0] : names[1]);
    told = g_strdup_printf("first of %u Binding Requests the other way; none was answered",
                           bad->requests);
    turn_finding_add_further(finding, &bad->first_request, told,
                             "first of %u Binding Requests, %s (asked by %s); none was answered",
                             bad->requests, ends, to_only ? names[1] : names[0]);
    return TRUE;
}

static gboolean pair_one_way(const turn_scene *scene, turn_finding *finding) {
    const turn_pair *pair = scene->pair;
    g_autofree char *ends = turn_ends(&pair->a, &pair->b);
    char a[STUN_ADDRESS_TEXT];
    char b[STUN_ADDRESS_TEXT];

    stun_address_format(&pair->a, a, sizeof a);
    stun_address_format(&pair->b, b, sizeof b);
    if (!answers_could_be_seen(scene, pair) || turn_pair_may_be_relayed_unseen(scene, pair) ||
        !one_way(scene, &pair->path, ends, (const char *const[]){a, b}, finding)) {
        return FALSE;
    }
    soften_pair(scene, pair, finding);
    return TRUE;
}

gboolean rule_checks_one_way(const turn_scene *scene, turn_finding *finding) {
    const turn_session *session = scene->session;

    if (scene->pair != NULL) {
        return pair_one_way(scene, finding);
    }
    if (!turn_can_judge(session) || !turn_is_complete(session)) {
        return FALSE;
    }
    for (guint i = 0; i < session->peers->len; i++) {
        const turn_peer *peer = g_ptr_array_index(session->peers, i);
        g_autofree char *ends = peer_ends(session, peer);

        if (!turn_host_works(session, peer)) {
            one_way(scene, &peer->path, ends,
                    (const char *const[]){"the near side", "the far side"}, finding);
        }
    }
    return turn_found_beside(session, finding);
}

/* One candidate may be unreachable while the next one works: that takes its time, and a USERNAME
 * that can be read. */
static gboolean unreachable_path(const turn_scene *scene, const turn_path *path, const char *ends,
                                 turn_finding *finding) {
    g_autofree char *icmp = NULL;

    if (path->unreachable.frame == 0 || !turn_icmp_is_unreachable(&path->icmp) ||
        turn_ice_works(scene, path) || path->to_peer.successes + path->from_peer.successes > 0 ||
        turn_observed_since(scene->model, &path->unreachable) < TURN_PEER_PATIENCE ||
        (turn_session_works(scene->session) && path->ice == NULL && path->to_peer.requests > 0)) {
        return FALSE;
    }
    icmp = turn_icmp_text(&path->icmp);
    turn_finding_add(finding, &path->unreachable, "%s, about %s", icmp, ends);
    return TRUE;
}

gboolean rule_peer_unreachable(const turn_scene *scene, turn_finding *finding) {
    const turn_session *session = scene->session;

    if (!turn_can_judge(session)) {
        return FALSE;
    }
    for (guint i = 0; i < session->peers->len; i++) {
        const turn_peer *peer = g_ptr_array_index(session->peers, i);
        g_autofree char *ends = peer_ends(session, peer);

        if (!turn_host_works(session, peer)) {
            unreachable_path(scene, &peer->path, ends, finding);
        }
    }
    return turn_found_beside(session, finding);
}

/* Where the capture does not show the beginning of the session, something may have come back before
 * it: only a stream that goes on counts then. Where a handshake came back, the other side is there,
 * and what it has to say may take its time. */
static gint64 least_stream(const turn_session *session, const turn_direction *other) {
    return other->handshakes > 0           ? TURN_MEDIA_PATIENCE
           : session->allocated.frame == 0 ? TURN_PEER_PATIENCE
                                           : 0;
}

static gboolean is_stream_without_return(const turn_scene *scene, const turn_direction *one,
                                         const turn_direction *other) {
    return turn_direction_data(one) >= TURN_STREAM_PACKETS &&
           turn_direction_data(other) + other->unread == 0 &&
           turn_observed_since(scene->model, &one->first_data) >= TURN_PEER_PATIENCE &&
           one->last_data.time - one->first_data.time >= least_stream(scene->session, other);
}

/* Whether data of the other agent went on any path of the ICE session: agents may use one path for
 * each way. */
static gboolean answers_in_ice(const turn_scene *scene, const turn_path *path, gboolean to_peer) {
    const guint other = turn_path_agent(path, !to_peer);
    guint talkers;

    if (path->ice == NULL) {
        return FALSE;
    }
    talkers = GPOINTER_TO_UINT(g_hash_table_lookup(scene->ice_data, path->ice));
    return other != 0 ? (talkers & other) != 0 : talkers != 0;
}

/* Whether data came back on another path: of the same ICE session, or of the same peer. */
static gboolean returns_elsewhere(const turn_scene *scene, const turn_peer *peer,
                                  gboolean to_peer) {
    const turn_session *session = scene->session;
    const turn_path *path = &peer->path;

    if (path->ice != NULL && !turn_path_works(path) &&
        g_hash_table_contains(scene->ice_works, path->ice)) {
        return TRUE;
    }
    for (guint i = 0; i < session->peers->len; i++) {
        const turn_peer *other = g_ptr_array_index(session->peers, i);

        if (turn_same_place(peer, other) &&
            turn_direction_data(to_peer ? &other->path.from_peer : &other->path.to_peer) > 0) {
            return TRUE;
        }
    }
    return (turn_direction_data(&peer->relay_to) > 0 &&
            turn_direction_data(&peer->relay_from) > 0) ||
           answers_in_ice(scene, path, to_peer);
}

gboolean rule_media_one_way(const turn_scene *scene, turn_finding *finding) {
    const turn_session *session = scene->session;

    if (!turn_can_judge(session) || !turn_is_complete(session)) {
        return FALSE;
    }
    for (guint i = 0; i < session->peers->len; i++) {
        const turn_peer *peer = g_ptr_array_index(session->peers, i);
        const turn_path *path = &peer->path;
        const gboolean to = is_stream_without_return(scene, &path->to_peer, &path->from_peer);
        const turn_direction *stream = to ? &path->to_peer : &path->from_peer;
        g_autofree char *text = turn_peer_text(peer);

        if ((!to && !is_stream_without_return(scene, &path->from_peer, &path->to_peer)) ||
            returns_elsewhere(scene, peer, to)) {
            continue;
        }
        turn_finding_add(finding, &stream->first_data,
                         "first of %" G_GUINT64_FORMAT " packets %s %s; none the other way",
                         turn_direction_data(stream), to ? "to" : "from", text);
        turn_finding_add_further(finding, &stream->last_data, "last of them",
                                 "last of %" G_GUINT64_FORMAT " packets %s %s; none the other way",
                                 turn_direction_data(stream), to ? "to" : "from", text);
    }
    return finding->evidence->len > 0;
}
