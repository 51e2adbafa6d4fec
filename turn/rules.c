/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "turn/rules.h"

gboolean turn_one_direction_only(const turn_session *session) {
    if (session->packets_from_server == 0) {
        /* Who uses an allocation was granted it. */
        return session->answered_unseen ||
               (session->packets_from_client > 0 &&
                session->exchanges[TURN_METHOD_ALLOCATE].requests == 0) ||
               (session->tcp != NULL && session->tcp->established.frame != 0 &&
                session->tcp->syn_ack.frame == 0);
    }
    return session->packets_from_client == 0;
}

gboolean turn_watched(const turn_model *model, const turn_seen *from, const turn_seen *to) {
    return turn_model_end(model, from) >= to->time;
}

gint64 turn_observed_since(const turn_model *model, const turn_seen *seen) {
    return turn_model_end(model, seen) - seen->time;
}

gboolean turn_recovered(const turn_session *session, const turn_rejection *rejection) {
    for (guint i = 0; i < TURN_METHOD_COUNT; i++) {
        const turn_exchange *exchange = &session->exchanges[i];

        if (exchange->method == rejection->method) {
            return exchange->last_success.frame != 0 &&
                   turn_seen_after(&exchange->last_success, &rejection->response);
        }
    }
    return FALSE;
}

char *turn_ends(const stun_address *from, const stun_address *to) {
    char source[STUN_ADDRESS_TEXT];
    char destination[STUN_ADDRESS_TEXT];

    stun_address_format(from, source, sizeof source);
    stun_address_format(to, destination, sizeof destination);
    return g_strdup_printf("%s to %s", source, destination);
}

char *turn_peer_text(const turn_peer *peer) {
    char text[STUN_ADDRESS_TEXT];

    stun_address_format(&peer->address, text, sizeof text);
    return g_strdup(peer->address.family != STUN_FAMILY_NONE ? text : "(address not seen)");
}

turn_flow turn_hosts(const stun_address *a, const stun_address *b) {
    turn_flow hosts = {.source = *a, .destination = *b};

    hosts.source.port = 0;
    hosts.destination.port = 0;
    return hosts;
}

gboolean turn_can_judge(const turn_session *session) {
    return session != NULL && !turn_one_direction_only(session);
}

gboolean turn_is_complete(const turn_session *session) {
    return session->bytes_missing == 0 && session->relayed_cut == 0;
}

gboolean turn_same_place(const turn_peer *a, const turn_peer *b) {
    if (a->path.ice != NULL && b->path.ice != NULL) {
        return g_str_equal(a->path.ice, b->path.ice);
    }
    return a->address.family != STUN_FAMILY_NONE &&
           stun_address_same_host(&a->address, &b->address);
}

gboolean turn_host_works(const turn_session *session, const turn_peer *peer) {
    for (guint i = 0; i < session->peers->len; i++) {
        const turn_peer *other = g_ptr_array_index(session->peers, i);

        if (turn_peer_works(other) && turn_same_place(peer, other)) {
            return TRUE;
        }
    }
    return FALSE;
}

gboolean turn_found_beside(const turn_session *session, turn_finding *finding) {
    if (turn_session_works(session)) {
        finding->level = TURN_LEVEL_DEGRADED;
    }
    return finding->evidence->len > 0;
}

static gboolean is_around(const turn_session *session, const turn_pair *pair) {
    const turn_direction *to = &pair->path.to_peer;
    const turn_direction *from = &pair->path.from_peer;
    const gint64 last = MAX(MAX(to->last_request.time, from->last_request.time),
                            MAX(to->last_packet.time, from->last_packet.time));

    return pair->first.time <= session->last.time + TURN_SAME_ATTEMPT &&
           last >= session->first.time - TURN_SAME_ATTEMPT;
}

gboolean turn_works_without_relay(const turn_scene *scene) {
    const turn_session *session = scene->session;

    for (guint i = 0; i < scene->model->pairs->len; i++) {
        const turn_pair *pair = g_ptr_array_index(scene->model->pairs, i);

        if (turn_path_works(&pair->path) && is_around(session, pair) &&
            (stun_address_same_host(&pair->a, &session->client) ||
             stun_address_same_host(&pair->b, &session->client) ||
             stun_address_same_host(&pair->a, &session->relay_sender) ||
             stun_address_same_host(&pair->b, &session->relay_sender))) {
            return TRUE;
        }
    }
    return FALSE;
}

gboolean turn_ice_works(const turn_scene *scene, const turn_path *path) {
    return turn_path_works(path) ||
           (path->ice != NULL && g_hash_table_contains(scene->ice_works, path->ice));
}

/* Whether the session shows more than an attempt. */
static gboolean proves_anything(const turn_session *session) {
    return session->allocated.frame != 0 || turn_session_works(session);
}

gboolean rule_one_direction_captured(const turn_scene *scene, turn_finding *finding) {
    const turn_session *session = scene->session;

    if (session == NULL || session->protocol == TURN_PROTOCOL_TLS ||
        session->protocol == TURN_PROTOCOL_DTLS || !turn_one_direction_only(session) ||
        session->rejections->len > 0) {
        return FALSE;
    }
    turn_finding_add(finding, &session->first, "first packet of the direction that is there");
    turn_finding_add(finding, &session->last, "last packet of the direction that is there");
    return TRUE;
}

gboolean rule_turn_encrypted(const turn_scene *scene, turn_finding *finding) {
    const turn_session *session = scene->session;

    if (session == NULL ||
        (session->protocol != TURN_PROTOCOL_TLS && session->protocol != TURN_PROTOCOL_DTLS)) {
        return FALSE;
    }
    turn_finding_add(finding, &session->first, "%s to the TURN port",
                     session->protocol == TURN_PROTOCOL_TLS ? "TLS" : "DTLS");
    return TRUE;
}

gboolean rule_session_incomplete(const turn_scene *scene, turn_finding *finding) {
    const turn_session *session = scene->session;

    if (session == NULL || proves_anything(session)) {
        return FALSE;
    }
    turn_finding_add(finding, &session->first, "first packet of the session in this capture");
    turn_finding_add(finding, &session->last, "last packet of the session in this capture");
    return TRUE;
}

/* Checks that were answered through the relay did reach a peer, and are no call yet. */
static void tell_answered(const turn_session *session, turn_finding *finding) {
    for (guint i = 0; i < session->peers->len; i++) {
        const turn_peer *peer = g_ptr_array_index(session->peers, i);
        const gboolean own = peer->path.to_peer.successes > 0;
        const turn_direction *answered = own ? &peer->path.to_peer : &peer->path.from_peer;
        g_autofree char *text = turn_peer_text(peer);

        if (answered->successes > 0) {
            finding->detail = g_strdup_printf("Checks went through: %s answered %u of %s %u. "
                                              "Answered checks of %s, and data both "
                                              "ways, are not in this capture.",
                                              own ? text : "the client", answered->successes,
                                              own ? "the client's" : "the peer's",
                                              answered->requests, own ? "the peer" : "the client");
            return;
        }
    }
}

gboolean rule_relay_unused(const turn_scene *scene, turn_finding *finding) {
    const turn_session *session = scene->session;

    if (session == NULL || session->allocated.frame == 0 || turn_session_works(session)) {
        return FALSE;
    }
    turn_finding_add(finding, &session->allocated, "Allocate Success Response");
    turn_finding_add(finding, &session->last, "last packet of the session in this capture");
    tell_answered(session, finding);
    return TRUE;
}

/* Checks that go both ways need no TURN to be a good sign. */
static gboolean any_pair_works(const turn_model *model) {
    for (guint i = 0; i < model->pairs->len; i++) {
        const turn_pair *pair = g_ptr_array_index(model->pairs, i);

        if (pair->path.to_peer.successes > 0 && pair->path.from_peer.successes > 0) {
            return TRUE;
        }
    }
    return FALSE;
}

gboolean rule_no_turn_traffic(const turn_scene *scene, turn_finding *finding) {
    (void)finding;
    return scene->session == NULL && scene->pair == NULL && scene->model->sessions->len == 0 &&
           !any_pair_works(scene->model);
}
