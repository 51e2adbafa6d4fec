/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Rules about the relayed address itself: who reaches it, what it refuses, and whether what is sent
 * to it from its own server comes back. */
#include "turn/rules.h"

/* A server closes a connection that it does not want as soon as it has accepted it, RFC 6062
 * section 5.3. */
#define AT_ONCE TURN_SECOND

static gboolean is_permitted(const turn_session *session, const stun_address *peer) {
    for (guint i = 0; i < session->permissions->len; i++) {
        const turn_permission *permission =
            &g_array_index(session->permissions, turn_permission, i);

        if (permission->outcome == TURN_OUTCOME_SUCCESS &&
            stun_address_same_host(&permission->peer, peer)) {
            return TRUE;
        }
    }
    return FALSE;
}

/* Whether the client was told of any connection of this host. */
static gboolean was_announced(const turn_session *session, const stun_address *peer) {
    for (guint i = 0; i < session->connections->len; i++) {
        const turn_connection *connection = g_ptr_array_index(session->connections, i);

        if (connection->peer == NULL || connection->peer->address.family == STUN_FAMILY_NONE ||
            stun_address_same_host(&connection->peer->address, peer)) {
            return TRUE;
        }
    }
    return FALSE;
}

/* When the server's side closed what it had just accepted; NULL when it did not, or when the peer
 * was the one who closed. */
static const turn_seen *closed_at_once(const turn_tcp *tcp) {
    const turn_seen *closed = tcp->listener_fin.frame != 0                      ? &tcp->listener_fin
                              : tcp->reset.frame != 0 && tcp->reset_by_listener ? &tcp->reset
                                                                                : NULL;

    if (closed == NULL || tcp->syn_ack.frame == 0 || closed->time - tcp->syn_ack.time > AT_ONCE ||
        (tcp->opener_fin.frame != 0 && !turn_seen_after(&tcp->opener_fin, closed)) ||
        (tcp->reset.frame != 0 && !tcp->reset_by_listener &&
         !turn_seen_after(&tcp->reset, closed))) {
        return NULL;
    }
    return closed;
}

/* What goes with the allocation is closed too. */
static gboolean is_over(const turn_session *session, const turn_seen *when) {
    const turn_tcp *tcp = session->tcp;

    return (session->released.frame != 0 && session->released.time <= when->time) ||
           (session->release_asked.frame != 0 && session->release_asked.time <= when->time) ||
           (session->expires >= 0 && session->expires <= when->time) ||
           (tcp != NULL &&
            ((tcp->opener_fin.frame != 0 && tcp->opener_fin.time <= when->time) ||
             (tcp->listener_fin.frame != 0 && tcp->listener_fin.time <= when->time) ||
             (tcp->reset.frame != 0 && tcp->reset.time <= when->time)));
}

gboolean rule_peer_without_permission(const turn_scene *scene, turn_finding *finding) {
    const turn_session *session = scene->session;
    char text[STUN_ADDRESS_TEXT];

    if (!turn_can_judge(session) || !turn_is_complete(session) || session->allocated.frame == 0) {
        return FALSE;
    }
    for (guint i = 0; i < session->arrivals->len; i++) {
        const turn_tcp *tcp = g_ptr_array_index(session->arrivals, i);
        const turn_seen *closed = closed_at_once(tcp);

        if (closed == NULL || is_over(session, closed) ||
            turn_model_end(scene->model, &session->allocated) < closed->time ||
            is_permitted(session, &tcp->flow.source) || was_announced(session, &tcp->flow.source)) {
            continue;
        }
        stun_address_format(&tcp->flow.source, text, sizeof text);
        turn_finding_add(finding, &tcp->first_syn, "SYN of %s to the relayed address", text);
        turn_finding_add(finding, &tcp->syn_ack, "SYN-ACK: the server accepts");
        turn_finding_add(finding, closed, "%s of the server; no ConnectionAttempt to the client",
                         closed == &tcp->reset ? "RST" : "FIN");
    }
    return turn_found_beside(session, finding);
}

gboolean rule_relay_address_unreachable(const turn_scene *scene, turn_finding *finding) {
    const turn_session *session = scene->session;
    g_autofree char *icmp = NULL;
    char sender[STUN_ADDRESS_TEXT];

    if (!turn_can_judge(session) || session->relay_unreachable.frame == 0 ||
        !turn_icmp_is_unreachable(&session->relay_icmp) || turn_session_works(session) ||
        is_over(session, &session->relay_unreachable) || turn_works_without_relay(scene) ||
        /* ICE goes on to try what is left. */
        turn_observed_since(scene->model, &session->relay_unreachable) < TURN_PEER_PATIENCE) {
        return FALSE;
    }
    stun_address_format(&session->relay_sender, sender, sizeof sender);
    turn_finding_add(finding, &session->allocated, "Allocate Success Response");
    icmp = turn_icmp_text(&session->relay_icmp);
    turn_finding_add(finding, &session->relay_unreachable,
                     "%s about what %s sent to the relayed address", icmp, sender);
    turn_finding_broke(finding, &session->relay_unreachable);
    return TRUE;
}

/* When the data connection was over; G_MAXINT64 when the capture does not show it. */
static gint64 end_of(const turn_tcp *tcp) {
    gint64 end = G_MAXINT64;
    const turn_seen *ends[3];

    if (tcp == NULL) {
        return end;
    }
    ends[0] = &tcp->opener_fin;
    ends[1] = &tcp->listener_fin;
    ends[2] = &tcp->reset;
    for (gsize i = 0; i < G_N_ELEMENTS(ends); i++) {
        if (ends[i]->frame != 0) {
            end = MIN(end, ends[i]->time);
        }
    }
    return end;
}

/* Whoever asks, or says little, waits for an answer. A stream may be one-way by intention. */
static gboolean waits_for_answer(const turn_direction *direction) {
    return direction->requests > 0 || direction->packets < TURN_STREAM_PACKETS;
}

static gboolean someone_waits(const turn_connection *connection) {
    return connection->peer != NULL &&
           waits_for_answer(connection->bytes_to_peer > 0 ? &connection->peer->path.to_peer
                                                          : &connection->peer->path.from_peer);
}

/* Whether one side, or neither, says anything on what was bound. A connection on which nobody
 * speaks may be one that is kept for later. */
static gboolean is_silent(const turn_scene *scene, const turn_connection *connection) {
    const gint64 observed =
        MIN(turn_model_end(scene->model, &connection->bind_answer), end_of(connection->tcp)) -
        connection->bind_answer.time;

    if (connection->outcome != TURN_OUTCOME_SUCCESS || connection->bind_answer.frame == 0 ||
        (connection->bytes_to_peer > 0 && connection->bytes_from_peer > 0)) {
        return FALSE;
    }
    if (connection->bytes_to_peer + connection->bytes_from_peer > 0) {
        return someone_waits(connection) && observed >= 2 * TURN_PEER_PATIENCE;
    }
    return !turn_session_works(scene->session) && observed >= TURN_BIND_PATIENCE;
}

static gboolean is_spare(const turn_scene *scene, const turn_connection *connection) {
    const turn_peer *peer = connection->peer;

    return peer != NULL &&
           (turn_host_works(scene->session, peer) ||
            (peer->path.ice != NULL && g_hash_table_contains(scene->ice_works, peer->path.ice)));
}

gboolean rule_bound_connection_silent(const turn_scene *scene, turn_finding *finding) {
    const turn_session *session = scene->session;

    if (!turn_can_judge(session) || !turn_is_complete(session)) {
        return FALSE;
    }
    for (guint i = 0; i < session->connections->len; i++) {
        const turn_connection *connection = g_ptr_array_index(session->connections, i);

        if (!is_silent(scene, connection) || is_spare(scene, connection)) {
            continue;
        }
        turn_finding_add(finding, &connection->bind_answer,
                         "ConnectionBind Success Response, CONNECTION-ID 0x%08x; then %s",
                         connection->id,
                         connection->bytes_to_peer > 0     ? "nothing from the peer"
                         : connection->bytes_from_peer > 0 ? "nothing from the client"
                                                           : "nothing from either side");
        if (connection->peer != NULL) {
            const turn_path *path = &connection->peer->path;

            turn_finding_add(finding, &path->to_peer.first_request, "Binding Request to the peer");
            turn_finding_add(finding, &path->to_peer.first_packet, "first data to the peer");
            turn_finding_add(finding, &path->from_peer.first_request,
                             "Binding Request from the peer");
            turn_finding_add(finding, &path->from_peer.first_packet, "first data from the peer");
        }
    }
    return turn_found_beside(session, finding);
}

/* What was sent towards the server's own public address had time to come back, did not, and other
 * packets do come in where it would have. */
static gboolean is_not_reflected(const turn_scene *scene, const turn_peer *peer) {
    const turn_reflection *reflection = &peer->reflection;

    return reflection->sent > 0 && reflection->returned == reflection->same_host &&
           turn_observed_since(scene->model, &reflection->first_sent) >= TURN_PEER_PATIENCE &&
           turn_model_receives(scene->model, &scene->session->relay_local) &&
           !turn_peer_works(peer) &&
           (peer->path.ice == NULL || !g_hash_table_contains(scene->ice_works, peer->path.ice));
}

static void add_last_sent(const turn_reflection *reflection, const char *ends,
                          turn_finding *finding) {
    const char *end =
        reflection->returned == 0 ? "none came back" : "none came back as a server can take it";
    g_autofree char *told = g_strconcat("last of them; ", end, NULL);

    turn_finding_add_further(finding, &reflection->last_sent, told,
                             "last of %u packets %s, the server's own public address; %s",
                             reflection->sent, ends, end);
}

gboolean rule_nat_reflection_missing(const turn_scene *scene, turn_finding *finding) {
    const turn_session *session = scene->session;

    if (!turn_can_judge(session) || session->relay_local.family == STUN_FAMILY_NONE) {
        return FALSE;
    }
    for (guint i = 0; i < session->peers->len; i++) {
        const turn_peer *peer = g_ptr_array_index(session->peers, i);
        const turn_reflection *reflection = &peer->reflection;
        g_autofree char *ends = NULL;

        if (!is_not_reflected(scene, peer) || turn_host_works(session, peer)) {
            continue;
        }
        ends = turn_ends(&session->relay_local, &peer->address);
        turn_finding_add(finding, &reflection->first_sent,
                         "first of %u packets %s, the server's own public address",
                         reflection->sent, ends);
        add_last_sent(reflection, ends, finding);
        turn_finding_add(finding, &reflection->first_returned,
                         "came back with source and destination address equal");
    }
    return turn_found_beside(session, finding);
}
