/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "turn/session.h"

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
