/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Rules about paths that were found: agents that do not agree who decides, packets that are too
 * large for the way, and paths that nobody uses. */
#include "turn/rules.h"

static gboolean is_excused(const turn_scene *scene, const turn_path *path) {
    return turn_path_works(path) ||
           (path->ice != NULL && g_hash_table_contains(scene->ice_works, path->ice));
}

/* One 487 is repaired by whoever gets it, at once; RFC 8445 section 7.2.5.1. */
static gboolean add_conflicts(const turn_scene *scene, const turn_path *path,
                              turn_finding *finding) {
    for (gsize to_peer = 0; to_peer < G_N_ELEMENTS(path->conflicts); to_peer++) {
        const turn_conflicts *conflicts = &path->conflicts[to_peer];

        if (conflicts->count < 2 || is_excused(scene, path) ||
            turn_observed_since(scene->model, &conflicts->last) < TURN_PEER_PATIENCE) {
            continue;
        }
        finding->code = 487;
        turn_finding_add(finding, &conflicts->first,
                         "Binding Error Response, 487, first of %u to requests %s the peer",
                         conflicts->count, to_peer != 0 ? "to" : "from");
        turn_finding_add_further(finding, &conflicts->last,
                                 "Binding Error Response, 487, last of them",
                                 "Binding Error Response, 487, last of %u to requests %s the peer",
                                 conflicts->count, to_peer != 0 ? "to" : "from");
    }
    return finding->evidence->len > 0;
}

gboolean rule_role_conflict(const turn_scene *scene, turn_finding *finding) {
    const turn_session *session = scene->session;

    if (scene->pair != NULL) {
        return add_conflicts(scene, &scene->pair->path, finding);
    }
    if (session == NULL) {
        return FALSE;
    }
    for (guint i = 0; i < session->peers->len; i++) {
        const turn_peer *peer = g_ptr_array_index(session->peers, i);

        if (!turn_host_works(session, peer)) {
            add_conflicts(scene, &peer->path, finding);
        }
    }
    return finding->evidence->len > 0;
}

/* Both sides repeat themselves: the one has not got the large datagram, the other waits for the
 * answer to it, while the checks of both go through. */
static gboolean is_flight_lost(const turn_flight *flight) {
    return flight->count >= 4 && flight->echoes >= 2 &&
           flight->last.time - flight->first.time >= TURN_PEER_PATIENCE;
}

/* The handshake may have gone on there. */
static gboolean talks_on_another_path(const turn_scene *scene, const turn_path *path) {
    return path->ice != NULL &&
           GPOINTER_TO_UINT(g_hash_table_lookup(scene->ice_talks, path->ice)) > 1;
}

static gboolean add_flights(const turn_scene *scene, const turn_path *path, turn_finding *finding) {
    if (path->to_peer.successes == 0 || path->from_peer.successes == 0 ||
        talks_on_another_path(scene, path)) {
        return FALSE;
    }
    for (gsize to_peer = 0; to_peer < G_N_ELEMENTS(path->flights); to_peer++) {
        const turn_flight *flight = &path->flights[to_peer];

        if (!is_flight_lost(flight)) {
            continue;
        }
        turn_finding_add(finding, &flight->first,
                         "DTLS handshake of %" G_GSIZE_FORMAT " bytes %s the peer, first of %u "
                         "transmissions",
                         flight->size, to_peer != 0 ? "to" : "from", flight->count);
        turn_finding_add_further(finding, &flight->last, "the same, last",
                                 "DTLS handshake of %" G_GSIZE_FORMAT " bytes %s the peer, last of "
                                 "%u transmissions",
                                 flight->size, to_peer != 0 ? "to" : "from", flight->count);
        turn_finding_add_further(finding, &flight->last_echo,
                                 "the other side repeats its own, which is smaller",
                                 "the side that a DTLS handshake of %" G_GSIZE_FORMAT " bytes was "
                                 "sent to repeats its own, which is smaller",
                                 flight->size);
    }
    return finding->evidence->len > 0;
}

static void add_passage(const turn_passage *passage, const char *direction, turn_finding *finding) {
    g_autofree char *told = NULL;

    if (passage->lost < TURN_STREAM_PACKETS || passage->passed < TURN_STREAM_PACKETS ||
        passage->last_lost.time - passage->first_lost.time < TURN_SECOND) {
        return;
    }
    turn_finding_add(finding, &passage->first_lost,
                     "first of %u packets %s of %" G_GSIZE_FORMAT " bytes or more that go into the "
                     "relay and do not come out",
                     passage->lost, direction, passage->smallest_lost);
    turn_finding_add_further(finding, &passage->last_lost, "last of them",
                             "last of %u packets %s of %" G_GSIZE_FORMAT " bytes or more that go "
                             "into the relay and do not come out",
                             passage->lost, direction, passage->smallest_lost);
    told = g_strdup_printf("one of %u packets of %" G_GSIZE_FORMAT " bytes or less that do",
                           passage->passed, passage->largest);
    turn_finding_add_further(finding, &passage->last_passed, told,
                             "%s come out of the relay, unlike larger ones", told);
}

static void add_too_big(const turn_too_big *too_big, turn_finding *finding) {
    g_autofree char *told = NULL;
    g_autofree char *summary = NULL;

    if (!turn_too_big_is_ignored(too_big)) {
        return;
    }
    turn_finding_add(finding, &too_big->first, "ICMP: a packet is too large for the way");
    if (too_big->mtu != 0) {
        told = g_strdup_printf("last of %u; %u bytes would pass, and larger ones are sent all the "
                               "same",
                               too_big->count, too_big->mtu);
    } else {
        told = g_strdup_printf("last of %u; the sender goes on with such packets", too_big->count);
    }
    summary = g_strconcat("the same again, ", told, NULL);
    turn_finding_add_further(finding, &too_big->last, summary,
                             "ICMP: a packet is too large for the way, %s", told);
}

static void add_stuck(const turn_tcp *tcp, turn_finding *finding) {
    for (gsize side = 0; tcp != NULL && side < G_N_ELEMENTS(tcp->stuck); side++) {
        const turn_stuck *stuck = &tcp->stuck[side];

        if (stuck->transmissions < 4 || stuck->last.time - stuck->first.time < TURN_PEER_PATIENCE ||
            stuck->last_alive.frame == 0) {
            continue;
        }
        turn_finding_add(finding, &stuck->first,
                         "TCP segment of %" G_GSIZE_FORMAT " bytes of the %s, first of %u "
                         "transmissions",
                         stuck->length, side == 0 ? "client" : "server", stuck->transmissions);
        turn_finding_add_further(finding, &stuck->last, "the same, last",
                                 "TCP segment of %" G_GSIZE_FORMAT " bytes of the %s, last of %u "
                                 "transmissions",
                                 stuck->length, side == 0 ? "client" : "server",
                                 stuck->transmissions);
        turn_finding_add_further(
            finding, &stuck->last_alive, "the receiver is there and still waits for it",
            "the receiver is there and still waits for a segment of %" G_GSIZE_FORMAT
            " bytes of the %s",
            stuck->length, side == 0 ? "client" : "server");
    }
}

gboolean rule_large_packets_lost(const turn_scene *scene, turn_finding *finding) {
    const turn_session *session = scene->session;

    if (scene->pair != NULL) {
        return add_flights(scene, &scene->pair->path, finding);
    }
    if (session == NULL) {
        return FALSE;
    }
    add_too_big(&session->too_big, finding);
    add_stuck(session->tcp, finding);
    for (guint i = 0; i < session->connections->len; i++) {
        const turn_connection *connection = g_ptr_array_index(session->connections, i);

        add_stuck(connection->tcp, finding);
    }
    for (guint i = 0; i < session->peers->len; i++) {
        const turn_peer *peer = g_ptr_array_index(session->peers, i);

        add_flights(scene, &peer->path, finding);
        if (turn_is_complete(session)) {
            add_passage(&peer->passages[1], "to the peer", finding);
            add_passage(&peer->passages[0], "from the peer", finding);
        }
    }
    return finding->evidence->len > 0;
}

static gboolean talks_elsewhere(const turn_scene *scene, const turn_peer *peer) {
    const turn_session *session = scene->session;
    const turn_flow hosts = turn_hosts(&session->client, &peer->address);

    if ((peer->path.ice != NULL && g_hash_table_contains(scene->ice_media, peer->path.ice)) ||
        g_hash_table_contains(scene->hosts_talk, &hosts)) {
        return TRUE;
    }
    for (guint i = 0; i < session->peers->len; i++) {
        if (turn_peer_has_data(g_ptr_array_index(session->peers, i))) {
            return TRUE;
        }
    }
    return FALSE;
}

/* The checks of the side that nominates: the controlling one, RFC 8445 section 7.2.2. */
static const turn_direction *nominating(const turn_path *path) {
    const turn_direction *to = &path->to_peer;
    const turn_direction *from = &path->from_peer;

    return to->nominated.frame == 0 ||
                   (from->nominated.frame != 0 && from->nominated.time < to->nominated.time)
               ? from
               : to;
}

/* Whether the capture would show another path that took over. Where direct checks of the client are
 * to be seen, its direct data is too; elsewhere the controlling side must go on nominating this
 * one.
 */
static gboolean is_still_chosen(const turn_scene *scene, const turn_path *path) {
    const turn_pair *direct = g_hash_table_lookup(scene->ice_direct, path->ice);
    const turn_direction *checks = nominating(path);
    const stun_address *client = &scene->session->client;

    return (direct != NULL && (stun_address_same_host(&direct->a, client) ||
                               stun_address_same_host(&direct->b, client))) ||
           checks->last_nominated.time - checks->nominated.time >= TURN_MEDIA_PATIENCE;
}

/* How long the nominated path was there to be used. */
static gint64 time_for_media(const turn_scene *scene, const turn_path *path) {
    const turn_session *session = scene->session;
    const turn_seen *nominated = &nominating(path)->nominated;
    gint64 end = turn_model_end(scene->model, nominated);

    if (session->release_asked.frame != 0) {
        end = MIN(end, session->release_asked.time);
    }
    if (session->released.frame != 0) {
        end = MIN(end, session->released.time);
    }
    if (session->tcp != NULL && session->tcp->opener_fin.frame != 0) {
        end = MIN(end, session->tcp->opener_fin.time);
    }
    /* Who is gone sends no checks. */
    end = MIN(end, session->last.time);
    return end - nominated->time;
}

gboolean rule_media_absent(const turn_scene *scene, turn_finding *finding) {
    const turn_session *session = scene->session;

    /* Before a capture that began late there may have been media, and a hold. */
    if (!turn_can_judge(session) || !turn_is_complete(session) || session->allocated.frame == 0) {
        return FALSE;
    }
    for (guint i = 0; i < session->peers->len; i++) {
        const turn_peer *peer = g_ptr_array_index(session->peers, i);
        const turn_path *path = &peer->path;
        const turn_seen *nominated = &nominating(path)->nominated;
        g_autofree char *peer_text = NULL;

        if (nominated->frame == 0 || path->ice == NULL || path->to_peer.successes == 0 ||
            path->from_peer.successes == 0 || talks_elsewhere(scene, peer) ||
            !is_still_chosen(scene, path) || time_for_media(scene, path) < TURN_MEDIA_PATIENCE) {
            continue;
        }
        peer_text = turn_peer_text(peer);
        turn_finding_add(finding, nominated,
                         "Binding Success Response to a check with USE-CANDIDATE, peer %s",
                         peer_text);
        turn_finding_add(finding, &session->last,
                         "last packet of the session; checks, but no data until here");
    }
    return finding->evidence->len > 0;
}
