/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "turn/tracker_private.h"

/* Users and passwords that servers granted requests of; there are few, unless somebody plays with
 * the server's address. */
#define MAX_GRANTED 4096u

static void remember_granted(turn_tracker *tracker) {
    if (tracker->model.granted == NULL) {
        tracker->model.granted = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    }
}

static gboolean is_checked(const turn_tracker *tracker) {
    return tracker->credentials != NULL || tracker->signatures != NULL;
}

void turn_tracker_set_credentials(turn_tracker *tracker, turn_credentials *credentials) {
    tracker->credentials = credentials;
    remember_granted(tracker);
}

void turn_tracker_set_signatures(turn_tracker *tracker, turn_signature_source source, gpointer data,
                                 guint users) {
    tracker->signatures = source;
    tracker->signatures_data = data;
    tracker->signatures_users = users;
    remember_granted(tracker);
}

const turn_signature *turn_tracker_signature(const turn_tracker *tracker) {
    return &tracker->signature;
}

void tracker_integrity_check(turn_tracker *tracker, const turn_packet *packet,
                             const stun_message *message) {
    const turn_session *session;
    turn_signer_context context = {.flow = &packet->flow};

    if (tracker->signatures != NULL) {
        tracker->signature = tracker->signatures(tracker->signatures_data, packet, message);
        return;
    }
    if (tracker->credentials == NULL) {
        return;
    }
    /* What the session knew before this message: a request that names its user does so itself. */
    session = turn_tracker_find(tracker, &packet->flow).session;
    if (session != NULL) {
        context.user = session->username;
        context.realm = session->realm;
    }
    tracker->signature = turn_credentials_check(tracker->credentials, message, &context);
}

static void remember(turn_tracker *tracker, const turn_session *session,
                     const turn_signature *signature) {
    GHashTable *granted = tracker->model.granted;
    char *key = turn_granted_key(&session->server, signature);

    if (key == NULL || g_hash_table_size(granted) >= MAX_GRANTED) {
        g_free(key);
        return;
    }
    g_hash_table_add(granted, key);
}

void tracker_integrity_granted(turn_tracker *tracker, turn_session *session,
                               const turn_transaction *transaction) {
    if (!is_checked(tracker) || transaction == NULL) {
        return;
    }
    remember(tracker, session, &transaction->signature);
    if (transaction->signature.integrity == STUN_INTEGRITY_FAILED) {
        session->misfits |= 1u << transaction->user;
    }
}

void tracker_integrity_finish(turn_tracker *tracker) {
    if (tracker->signatures != NULL) {
        tracker->model.passwords = tracker->signatures_users;
    } else if (tracker->credentials != NULL) {
        tracker->model.passwords = turn_credentials_count_users(tracker->credentials);
    }
}
