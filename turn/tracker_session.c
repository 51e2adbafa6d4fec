/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "turn/tracker_private.h"

#include "turn/message_values.h"

static const guint16 counted_methods[TURN_METHOD_COUNT] = {
    [TURN_METHOD_ALLOCATE] = STUN_METHOD_ALLOCATE,
    [TURN_METHOD_REFRESH] = STUN_METHOD_REFRESH,
    [TURN_METHOD_CREATE_PERMISSION] = STUN_METHOD_CREATE_PERMISSION,
    [TURN_METHOD_CHANNEL_BIND] = STUN_METHOD_CHANNEL_BIND,
    [TURN_METHOD_CONNECT] = STUN_METHOD_CONNECT,
    [TURN_METHOD_CONNECTION_BIND] = STUN_METHOD_CONNECTION_BIND,
    [TURN_METHOD_BINDING] = STUN_METHOD_BINDING,
};

static void rejection_clear(gpointer rejection) {
    g_free(((turn_rejection *)rejection)->reason);
}

turn_session *tracker_session_new(turn_tracker *tracker, const turn_packet *packet,
                                  const turn_flow *from_client) {
    turn_session *session;

    if (tracker->model.sessions->len >= TURN_MAX_SESSIONS) {
        tracker->model.limit_reached = TRUE;
        return NULL;
    }
    session = g_new0(turn_session, 1);
    session->id = tracker->model.sessions->len + 1;
    session->client = from_client->source;
    session->server = from_client->destination;
    session->protocol =
        from_client->transport == TURN_TRANSPORT_TCP ? TURN_PROTOCOL_TCP : TURN_PROTOCOL_UDP;
    session->records_left = &tracker->records_left;
    session->lifetime = -1;
    session->expires = -1;
    session->first = turn_seen_at(packet);
    session->last = session->first;
    session->earliest = session->first.time;
    session->latest = session->first.time;
    session->in_use = session->first.time;
    for (guint i = 0; i < TURN_METHOD_COUNT; i++) {
        session->exchanges[i].method = counted_methods[i];
        session->exchanges[i].rtt = -1;
    }
    session->users = g_ptr_array_new_with_free_func(g_free);
    session->relayed = g_array_new(FALSE, FALSE, sizeof(stun_address));
    session->rejections = g_array_new(FALSE, TRUE, sizeof(turn_rejection));
    g_array_set_clear_func(session->rejections, rejection_clear);
    session->unanswered = g_array_new(FALSE, TRUE, sizeof(turn_unanswered));
    session->permissions = g_array_new(FALSE, TRUE, sizeof(turn_permission));
    session->channels = g_array_new(FALSE, TRUE, sizeof(turn_channel));
    session->connections = g_ptr_array_new_with_free_func(g_free);
    session->peers = g_ptr_array_new_with_free_func(tracker_peer_free);
    session->connect_failures = g_array_new(FALSE, TRUE, sizeof(turn_connect_failure));
    session->arrivals = g_ptr_array_new();
    session->departures = g_ptr_array_new();
    g_ptr_array_add(tracker->model.sessions, session);
    return session;
}

void tracker_session_free(gpointer data) {
    turn_session *session = data;

    g_free(session->username);
    g_free(session->realm);
    g_free(session->software);
    g_free(session->nonce);
    g_ptr_array_unref(session->users);
    g_array_unref(session->relayed);
    g_array_unref(session->rejections);
    g_array_unref(session->unanswered);
    g_array_unref(session->permissions);
    g_array_unref(session->channels);
    g_ptr_array_unref(session->connections);
    g_ptr_array_unref(session->peers);
    g_array_unref(session->connect_failures);
    g_ptr_array_unref(session->arrivals);
    g_ptr_array_unref(session->departures);
    g_free(session);
}

turn_session *tracker_session(turn_tracker *tracker, const turn_packet *packet,
                              gboolean from_client) {
    const turn_flow flow = from_client ? packet->flow : turn_flow_reversed(&packet->flow);
    route *to = tracker_route(tracker, &packet->flow);
    turn_session *session;

    if (to != NULL && to->kind == ROUTE_CONTROL) {
        return to->session;
    }
    session = tracker_session_new(tracker, packet, &flow);
    if (session == NULL) {
        return NULL;
    }
    to = tracker_route_set(tracker, &flow, ROUTE_CONTROL);
    to->session = session;
    session->control_seen = TRUE;
    /* Now, since a later SYN on these ports opens another one. */
    session->tcp = tracker_tcp_of(tracker, &flow.source, &flow.destination);
    return session;
}

turn_session *tracker_session_again(turn_tracker *tracker, const turn_packet *packet,
                                    turn_session *old) {
    turn_session *session;

    if (old->released.frame == 0 && old->release_asked.frame != 0) {
        old->released = old->release_asked;
    }
    g_hash_table_remove(tracker->routes, &packet->flow);
    session = tracker_session(tracker, packet, TRUE);
    if (session != NULL) {
        session->before = old;
        /* The server's nonce is good for the client, not for one allocation. */
        session->nonce = g_strdup(old->nonce);
    }
    return session;
}

static void note_use(turn_session *session, gint64 time) {
    const gint64 until = MAX(MAX(session->in_use, session->expires), session->released.time);

    if (time > session->in_use && time - until <= TURN_REST) {
        session->in_use = time;
    }
}

void tracker_session_seen(turn_session *session, const turn_packet *packet, gboolean from_client) {
    session->last = turn_seen_at(packet);
    session->earliest = MIN(session->earliest, packet->time);
    session->latest = MAX(session->latest, packet->time);
    note_use(session, packet->time);
    if (from_client) {
        session->packets_from_client++;
    } else {
        session->packets_from_server++;
        session->last_from_server = session->last;
    }
}

void tracker_session_used(turn_session *session, const turn_packet *packet, gboolean from_client) {
    if (!from_client) {
        session->last_alive = turn_seen_at(packet);
    } else if (session->released.frame == 0 && session->expires >= 0 &&
               packet->time > session->expires) {
        seen_once(&session->first_after_expiry, packet);
    }
}

gboolean tracker_is_turn_method(const stun_message *message) {
    return message->method != STUN_METHOD_BINDING && message->method != STUN_METHOD_SHARED_SECRET &&
           (stun_method_name(message->method) != NULL || message->dialect == STUN_DIALECT_MS_TURN);
}

turn_exchange *tracker_exchange(turn_session *session, guint16 method) {
    for (guint i = 0; i < TURN_METHOD_COUNT; i++) {
        if (session->exchanges[i].method == method) {
            return &session->exchanges[i];
        }
    }
    return NULL;
}

/* More users than this on one 5-tuple are no client's configuration. */
#define MAX_USERS 8u

/* The place of the request's user in session->users, from 1; 0 when there is none, or no room. */
static guint user_of(turn_session *session, const stun_message *message) {
    g_autofree char *name = message_text(message, STUN_ATTR_USERNAME);

    if (name == NULL) {
        return 0;
    }
    for (guint i = 0; i < session->users->len; i++) {
        if (g_str_equal(g_ptr_array_index(session->users, i), name)) {
            return i + 1;
        }
    }
    if (session->users->len >= MAX_USERS) {
        return 0;
    }
    g_ptr_array_add(session->users, g_steal_pointer(&name));
    return session->users->len;
}

void tracker_request_facts(turn_session *session, const stun_message *message,
                           turn_transaction *transaction) {
    g_autofree char *nonce = message_nonce(message);
    guint32 lifetime;

    transaction->session = session;
    transaction->nonce = nonce != NULL ? g_str_hash(nonce) : 0;
    transaction->authenticated = message_is_authenticated(message);
    session->authenticated_requests += transaction->authenticated ? 1 : 0;
    transaction->stale =
        nonce != NULL && session->nonce != NULL && !g_str_equal(nonce, session->nonce);
    transaction->release = message_uint(message, STUN_ATTR_LIFETIME, &lifetime) && lifetime == 0;
    message_address(message, STUN_ATTR_XOR_PEER_ADDRESS, &transaction->peer);
    if (transaction->release) {
        session->release_asked = transaction->first;
    }
    if (message->method == STUN_METHOD_REFRESH) {
        session->release_hidden = message->captured < message->length &&
                                  !message_uint(message, STUN_ATTR_LIFETIME, &lifetime);
        /* It may be one: nothing may be held against its end. */
        transaction->release |= session->release_hidden;
    }
    /* Only the server gives out nonces: this one came in an answer that the capture lacks. */
    if (nonce != NULL && session->nonce == NULL && session->packets_from_server == 0) {
        session->answered_unseen = TRUE;
    }
    transaction->user = user_of(session, message);
    if (session->username == NULL && transaction->authenticated) {
        session->username = message_text(message, STUN_ATTR_USERNAME);
    }
    if (session->realm == NULL) {
        session->realm = message_realm(message);
    }
}

static void note_rejection(turn_tracker *tracker, turn_session *session, const turn_packet *packet,
                           const stun_message *message, const turn_transaction *transaction,
                           const stun_error *error) {
    turn_rejection rejection = {.method = message->method, .code = error->code};

    if (!session_may_keep(session, session->rejections->len, TURN_MAX_REJECTIONS)) {
        return;
    }
    rejection.reason = message_text_of(error->reason, error->reason_length);
    rejection.response = turn_seen_at(packet);
    rejection.response_signature = tracker->signature;
    rejection.credentials = transaction == NULL && message_names_user(message);
    rejection.alternate =
        message_address(message, STUN_ATTR_ALTERNATE_SERVER, &session->alternate_server) ||
        message_address(message, STUN_ATTR_MS_ALTERNATE_SERVER, &session->alternate_server);
    if (transaction != NULL) {
        g_autofree char *nonce = message_nonce(message);

        rejection.renews =
            nonce != NULL && transaction->nonce != 0 && transaction->nonce != g_str_hash(nonce);
        rejection.request = transaction->last;
        rejection.authenticated = transaction->authenticated;
        rejection.credentials |= transaction->authenticated;
        rejection.stale = transaction->stale;
        rejection.release = transaction->release;
        rejection.peer = transaction->peer;
        rejection.user = transaction->user;
        rejection.request_signature = transaction->signature;
    }
    g_array_append_val(session->rejections, rejection);
}

/* Errors that ask for credentials or for a fresh nonce; RFC 8489 section 9.2.4, RFC 3489 section
 * 11.2.9 for the older codes. */
static gboolean is_challenge(guint16 code, gboolean credentials, gboolean stale) {
    static const guint16 asks[] = {401, 432, 434, 435};

    if (code == 438 || code == 430) {
        return TRUE;
    }
    for (gsize i = 0; i < G_N_ELEMENTS(asks); i++) {
        if (code == asks[i]) {
            return !credentials || stale;
        }
    }
    return FALSE;
}

/* Several requests may be under way when a nonce expires, and each gets its 438. Only the refusal
 * of the latest nonce counts: a server that does so again and again accepts none. */
static void note_nonce_refusal(turn_session *session, const turn_packet *packet,
                               const turn_transaction *transaction, guint16 code) {
    if ((code != 438 && code != 430) || transaction == NULL || transaction->nonce == 0 ||
        (session->nonce != NULL && transaction->nonce != g_str_hash(session->nonce))) {
        return;
    }
    if (session->nonce_refusals == 0) {
        session->first_nonce_refusal = turn_seen_at(packet);
    }
    session->nonce_refusals++;
    session->last_nonce_refusal = turn_seen_at(packet);
}

/* Whether the request had another nonce than the server's latest. Where the capture does not show
 * what that was, an answer with another one tells. */
static gboolean is_stale(const turn_session *session, const turn_transaction *transaction,
                         const char *answered) {
    const char *latest = session->nonce != NULL ? session->nonce : answered;

    return transaction->stale ||
           (transaction->nonce != 0 && latest != NULL && transaction->nonce != g_str_hash(latest));
}

gboolean tracker_note_error(turn_tracker *tracker, turn_session *session, const turn_packet *packet,
                            const stun_message *message, const turn_transaction *transaction) {
    const gboolean authenticated = transaction != NULL && transaction->authenticated;
    g_autofree char *nonce = message_nonce(message);
    const gboolean stale = transaction != NULL && is_stale(session, transaction, nonce);
    stun_error error = {.code = 0};
    gboolean challenge;

    if (!message_error(message, &error)) {
        return TRUE; /* cut by the snap length: what was refused, and why, is not known */
    }
    /* Some servers echo USERNAME in their answers: it speaks for a request that was not captured.
     */
    challenge = is_challenge(
        error.code, authenticated || (transaction == NULL && message_names_user(message)), stale);
    if (challenge) {
        session->challenges++;
        seen_once(&session->challenge, packet);
        session->last_challenge = turn_seen_at(packet);
        note_nonce_refusal(session, packet, transaction, error.code);
    } else {
        note_rejection(tracker, session, packet, message, transaction, &error);
    }
    if (nonce != NULL) {
        g_free(session->nonce);
        session->nonce = g_steal_pointer(&nonce);
    }
    if (session->realm == NULL) {
        session->realm = message_realm(message);
    }
    if (session->username == NULL) {
        session->username = message_text(message, STUN_ATTR_USERNAME);
    }
    return challenge;
}

void tracker_note_answer(turn_session *session, guint16 method, const turn_packet *packet,
                         const stun_message *message, turn_transaction *transaction) {
    turn_exchange *exchange = tracker_exchange(session, method);

    if (transaction != NULL) {
        if (transaction->answered) {
            return;
        }
        transaction->answered = TRUE;
    }
    if (exchange == NULL) {
        return;
    }
    if (message->cls == STUN_ERROR) {
        exchange->errors++;
        return;
    }
    exchange->successes++;
    if (method != STUN_METHOD_BINDING) {
        session->nonce_refusals = 0;
    }
    exchange->last_success = turn_seen_at(packet);
    if (exchange->first_success.frame == 0) {
        exchange->first_success = exchange->last_success;
        exchange->rtt = transaction != NULL ? turn_transaction_rtt(transaction, packet) : -1;
    }
}

void tracker_request_lost(gpointer data, const turn_transaction *transaction) {
    turn_unanswered unanswered = {.method = transaction->method,
                                  .first = transaction->first,
                                  .last = transaction->last,
                                  .transmissions = transaction->transmissions,
                                  .release = transaction->release};
    turn_session *session = transaction->session;

    (void)data;
    if (session == NULL) {
        return;
    }
    if (transaction->method == STUN_METHOD_CONNECTION_BIND) {
        tracker_connection_bind_lost(transaction->subject);
    }
    /* The server may close a connection instead of answering the release. */
    if (transaction->release && session->released.frame == 0 &&
        transaction->first.time > session->exchanges[TURN_METHOD_ALLOCATE].last_success.time) {
        session->released = transaction->first;
    }
    if (session->unanswered->len >= TURN_MAX_UNANSWERED) {
        g_array_remove_index(session->unanswered, 0);
    }
    g_array_append_val(session->unanswered, unanswered);
}
