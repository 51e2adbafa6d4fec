/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What makes up for a pair outside of sessions that does not work. */
#include "turn/rules.h"

#include <string.h>

static gint64 last_of(const turn_path *path) {
    return MAX(MAX(path->to_peer.last_request.time, path->from_peer.last_request.time),
               MAX(path->to_peer.last_packet.time, path->from_peer.last_packet.time));
}

static gint64 first_of(const turn_path *path) {
    const turn_seen *seen[] = {&path->to_peer.first_request, &path->from_peer.first_request,
                               &path->to_peer.first_packet, &path->from_peer.first_packet};
    gint64 first = G_MAXINT64;

    for (gsize i = 0; i < G_N_ELEMENTS(seen); i++) {
        if (seen[i]->frame != 0) {
            first = MIN(first, seen[i]->time);
        }
    }
    return first;
}

/* Whether the control connection was over before WHEN. */
static gboolean was_closed(const turn_tcp *tcp, gint64 when) {
    const turn_seen *ends[] = {&tcp->opener_fin, &tcp->listener_fin, &tcp->reset};

    for (gsize i = 0; i < G_N_ELEMENTS(ends); i++) {
        if (ends[i]->frame != 0 && ends[i]->time < when) {
            return TRUE;
        }
    }
    return FALSE;
}

gboolean turn_pair_may_be_relayed_unseen(const turn_scene *scene, const turn_pair *pair) {
    for (guint i = 0; i < scene->model->sessions->len; i++) {
        const turn_session *session = g_ptr_array_index(scene->model->sessions, i);
        const turn_tcp *tcp = session->tcp;

        if ((!stun_address_same_host(&session->client, &pair->a) &&
             !stun_address_same_host(&session->client, &pair->b)) ||
            session->first.time > last_of(&pair->path)) {
            continue;
        }
        if (session->protocol == TURN_PROTOCOL_TLS && tcp != NULL && tcp->established.frame != 0 &&
            !was_closed(tcp, first_of(&pair->path))) {
            return TRUE;
        }
        if (session->protocol == TURN_PROTOCOL_DTLS && session->packets_from_client > 0 &&
            session->packets_from_server > 0) {
            return TRUE;
        }
    }
    return FALSE;
}

static gboolean is_fragment_of(const char *fragment, gsize length, const char *ice) {
    const char *colon = strchr(ice, ':');
    const gsize first = colon != NULL ? (gsize)(colon - ice) : strlen(ice);

    return (first == length && memcmp(ice, fragment, length) == 0) ||
           (colon != NULL && strlen(colon + 1) == length &&
            memcmp(colon + 1, fragment, length) == 0);
}

/* Whether the texts "a:b" have a fragment in common. */
static gboolean shares_fragment(const char *one, const char *other) {
    const char *colon = one != NULL ? strchr(one, ':') : NULL;

    if (colon == NULL || other == NULL) {
        return FALSE;
    }
    return (colon > one && is_fragment_of(one, (gsize)(colon - one), other)) ||
           (colon[1] != '\0' && is_fragment_of(colon + 1, strlen(colon + 1), other));
}

/* Whether an end of PAIR that asks is one end of the other one. */
static gboolean asks_from(const turn_pair *pair, const turn_pair *other) {
    const gboolean a_asks = pair->path.to_peer.requests > 0;
    const gboolean b_asks = pair->path.from_peer.requests > 0;

    return (a_asks &&
            (stun_address_equal(&pair->a, &other->a) || stun_address_equal(&pair->a, &other->b))) ||
           (b_asks &&
            (stun_address_equal(&pair->b, &other->a) || stun_address_equal(&pair->b, &other->b)));
}

static gboolean is_at_that_time(const turn_path *path, const turn_path *other) {
    return first_of(other) <= last_of(path) + TURN_SAME_ATTEMPT && last_of(other) >= first_of(path);
}

gboolean turn_pair_works_with_another(const turn_scene *scene, const turn_pair *pair) {
    const turn_path *path = &pair->path;
    const turn_model *model = scene->model;

    for (guint i = 0; i < model->pairs->len; i++) {
        const turn_pair *other = g_ptr_array_index(model->pairs, i);

        if (turn_path_works(&other->path) && is_at_that_time(path, &other->path) &&
            (asks_from(pair, other) || shares_fragment(path->ice, other->path.ice))) {
            return TRUE;
        }
    }
    for (guint i = 0; path->ice != NULL && i < model->sessions->len; i++) {
        const turn_session *session = g_ptr_array_index(model->sessions, i);

        for (guint k = 0; k < session->peers->len; k++) {
            const turn_peer *peer = g_ptr_array_index(session->peers, k);

            if (turn_peer_works(peer) && is_at_that_time(path, &peer->path) &&
                shares_fragment(path->ice, peer->path.ice)) {
                return TRUE;
            }
        }
    }
    return FALSE;
}
