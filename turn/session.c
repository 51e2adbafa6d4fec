/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "turn/session.h"

turn_seen turn_seen_at(const turn_packet *packet) {
    return (turn_seen){.capture = packet->capture, .frame = packet->frame, .time = packet->time};
}

gboolean turn_seen_after(const turn_seen *a, const turn_seen *b) {
    return a->capture == b->capture ? a->frame > b->frame : a->time > b->time;
}

const char *turn_via_name(turn_via via) {
    static const char *const names[] = {[TURN_VIA_RELAY] = "relay",
                                        [TURN_VIA_INDICATION] = "indication",
                                        [TURN_VIA_CHANNEL] = "channel",
                                        [TURN_VIA_CONNECTION] = "connection"};
    return names[via];
}

const char *turn_role_name(turn_role role) {
    static const char *const names[] = {[TURN_ROLE_NONE] = NULL,
                                        [TURN_ROLE_CONTROLLING] = "controlling",
                                        [TURN_ROLE_CONTROLLED] = "controlled"};
    return names[role];
}

const char *turn_ways_name(turn_ways ways) {
    static const char *const names[] = {[TURN_WAYS_NONE] = "none",
                                        [TURN_WAYS_TO_PEER] = "to_peer",
                                        [TURN_WAYS_FROM_PEER] = "from_peer",
                                        [TURN_WAYS_BOTH] = "both"};
    return names[ways];
}

turn_ways turn_data_ways(const turn_direction *to_peer, const turn_direction *from_peer) {
    if (to_peer->packets > 0) {
        return from_peer->packets > 0 ? TURN_WAYS_BOTH : TURN_WAYS_TO_PEER;
    }
    return from_peer->packets > 0 ? TURN_WAYS_FROM_PEER : TURN_WAYS_NONE;
}

const turn_direction *turn_peer_data(const turn_peer *peer, gboolean to_peer) {
    if (peer->path.to_peer.packets + peer->path.from_peer.packets > 0) {
        return to_peer ? &peer->path.to_peer : &peer->path.from_peer;
    }
    return to_peer ? &peer->relay_to : &peer->relay_from;
}

const char *turn_outcome_name(turn_outcome outcome) {
    static const char *const names[] = {[TURN_OUTCOME_UNSEEN] = "unseen",
                                        [TURN_OUTCOME_UNANSWERED] = "unanswered",
                                        [TURN_OUTCOME_CHALLENGED] = "challenged",
                                        [TURN_OUTCOME_REJECTED] = "rejected",
                                        [TURN_OUTCOME_SUCCESS] = "success"};
    return names[outcome];
}

const char *turn_protocol_name(turn_protocol protocol) {
    static const char *const names[] = {[TURN_PROTOCOL_UDP] = "udp",
                                        [TURN_PROTOCOL_TCP] = "tcp",
                                        [TURN_PROTOCOL_TLS] = "tls",
                                        [TURN_PROTOCOL_DTLS] = "dtls"};
    return names[protocol];
}

gboolean turn_connection_is_bound(const turn_connection *connection) {
    return connection->outcome == TURN_OUTCOME_SUCCESS ||
           (connection->outcome != TURN_OUTCOME_REJECTED &&
            connection->bytes_to_peer + connection->bytes_from_peer > 0);
}

gboolean turn_path_works(const turn_path *path) {
    return (path->to_peer.successes > 0 && path->from_peer.successes > 0) ||
           (path->to_peer.packets > 0 && path->from_peer.packets > 0);
}

gboolean turn_peer_works(const turn_peer *peer) {
    return turn_path_works(&peer->path) ||
           (peer->relay_to.packets > 0 && peer->relay_from.packets > 0);
}

gboolean turn_session_works(const turn_session *session) {
    return session->works;
}

gboolean turn_session_behind_nat(const turn_session *session) {
    return session->mapped.family == session->client.family &&
           session->mapped.family != STUN_FAMILY_NONE &&
           !stun_address_equal(&session->mapped, &session->client);
}

gboolean turn_too_big_is_ignored(const turn_too_big *too_big) {
    return too_big->count >= 3 &&
           too_big->last.time - too_big->first.time >= 2 * G_GINT64_CONSTANT(1000000000);
}

gboolean turn_peer_has_data(const turn_peer *peer) {
    return peer->path.to_peer.packets + peer->path.from_peer.packets + peer->relay_to.packets +
               peer->relay_from.packets >
           0;
}

turn_outcome turn_session_allocate_outcome(const turn_session *session) {
    const turn_exchange *allocate = &session->exchanges[TURN_METHOD_ALLOCATE];

    if (session->allocated.frame != 0) {
        return TURN_OUTCOME_SUCCESS;
    }
    for (guint i = 0; i < session->rejections->len; i++) {
        if (g_array_index(session->rejections, turn_rejection, i).method == STUN_METHOD_ALLOCATE) {
            return TURN_OUTCOME_REJECTED;
        }
    }
    if (allocate->errors > 0) {
        return TURN_OUTCOME_CHALLENGED;
    }
    return allocate->requests > 0 ? TURN_OUTCOME_UNANSWERED : TURN_OUTCOME_UNSEEN;
}

/* Rotated files follow each other within this time; a longer pause between files was not observed.
 * Nanoseconds. */
#define NEXT_FILE_WITHIN (5 * G_GINT64_CONSTANT(1000000000))

gint64 turn_model_end(const turn_model *model, const turn_seen *seen) {
    gint64 end = seen->time;
    gboolean extended = TRUE;

    for (guint i = 0; i < model->spans->len; i++) {
        const turn_span *span = &g_array_index(model->spans, turn_span, i);

        if (span->capture == seen->capture && span->from <= seen->time && span->to > end) {
            end = span->to;
        }
    }
    for (guint round = 0; round < model->spans->len && extended; round++) {
        extended = FALSE;
        for (guint i = 0; i < model->spans->len; i++) {
            const turn_span *span = &g_array_index(model->spans, turn_span, i);

            if (span->to > end && ABS(span->from - end) <= NEXT_FILE_WITHIN) {
                end = span->to;
                extended = TRUE;
            }
        }
    }
    return end;
}

gboolean turn_model_receives(const turn_model *model, const stun_address *host) {
    stun_address key = *host;

    key.port = 0;
    return g_hash_table_contains(model->receivers, &key);
}

char *turn_granted_key(const stun_address *server, const turn_signature *signature) {
    char host[STUN_ADDRESS_TEXT];

    stun_address_format_host(server, host, sizeof host);
    if (signature->integrity == STUN_INTEGRITY_VERIFIED ||
        signature->realm_fit != TURN_REALM_FITS_NOT) {
        return g_strdup_printf("%s signed %u %d", host, signature->index, signature->realm_fit);
    }
    return signature->integrity == STUN_INTEGRITY_FAILED
               ? g_strdup_printf("%s unsigned %s", host, signature->user)
               : NULL;
}

gboolean turn_model_granted(const turn_model *model, const stun_address *server,
                            const turn_signature *signature) {
    g_autofree char *key = turn_granted_key(server, signature);

    return key != NULL && model->granted != NULL && g_hash_table_contains(model->granted, key);
}

static void note_working(GHashTable *works, const turn_path *path, gboolean working) {
    if (working && path->ice != NULL) {
        g_hash_table_add(works, path->ice);
    }
}

void turn_model_working_ice(const turn_model *model, GHashTable *works) {
    for (guint i = 0; i < model->sessions->len; i++) {
        const turn_session *session = g_ptr_array_index(model->sessions, i);

        for (guint k = 0; k < session->peers->len; k++) {
            const turn_peer *peer = g_ptr_array_index(session->peers, k);

            note_working(works, &peer->path, turn_peer_works(peer));
        }
    }
    for (guint i = 0; i < model->pairs->len; i++) {
        const turn_pair *pair = g_ptr_array_index(model->pairs, i);

        note_working(works, &pair->path, turn_path_works(&pair->path));
    }
}
