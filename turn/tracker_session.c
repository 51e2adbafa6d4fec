/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "turn/tracker_private.h"

#include "stun/value.h"

#include <string.h>

#define SECOND G_GINT64_CONSTANT(1000000000)

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
    session->protocol = from_client->transport == TURN_TRANSPORT_TCP ? TURN_PROTOCOL_TCP
                                                                     : TURN_PROTOCOL_UDP;
    session->lifetime = -1;
    session->expires = -1;
    session->first = turn_seen_at(packet);
    session->last = session->first;
    for (guint i = 0; i < TURN_METHOD_COUNT; i++) {
        session->exchanges[i].method = counted_methods[i];
        session->exchanges[i].rtt = -1;
    }
    session->relayed = g_array_new(FALSE, FALSE, sizeof(stun_address));
    session->rejections = g_array_new(FALSE, TRUE, sizeof(turn_rejection));
    g_array_set_clear_func(session->rejections, rejection_clear);
    session->unanswered = g_array_new(FALSE, TRUE, sizeof(turn_unanswered));
    session->permissions = g_array_new(FALSE, TRUE, sizeof(turn_permission));
    session->channels = g_array_new(FALSE, TRUE, sizeof(turn_channel));
    session->connections = g_ptr_array_new_with_free_func(g_free);
    session->peers = g_ptr_array_new_with_free_func(tracker_peer_free);
    session->connect_failures = g_array_new(FALSE, TRUE, sizeof(turn_connect_failure));
    g_ptr_array_add(tracker->model.sessions, session);
    return session;
}

void tracker_session_free(gpointer data) {
    turn_session *session = data;

    g_free(session->username);
    g_free(session->realm);
    g_free(session->software);
    g_free(session->nonce);
    g_array_unref(session->relayed);
    g_array_unref(session->rejections);
    g_array_unref(session->unanswered);
    g_array_unref(session->permissions);
    g_array_unref(session->channels);
    g_ptr_array_unref(session->connections);
    g_ptr_array_unref(session->peers);
    g_array_unref(session->connect_failures);
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
    return session;
}

void tracker_session_seen(turn_session *session, const turn_packet *packet,
                          gboolean from_client) {
    session->last = turn_seen_at(packet);
    if (from_client) {
        session->packets_from_client++;
        session->last_from_client = session->last;
        if (session->expires >= 0 && packet->time > session->expires) {
            seen_once(&session->first_after_expiry, packet);
        }
    } else {
        session->packets_from_server++;
        session->last_from_server = session->last;
        seen_once(&session->first_from_server, packet);
    }
}

gboolean tracker_is_turn_method(const stun_message *message) {
    return message->method != STUN_METHOD_BINDING &&
           message->method != STUN_METHOD_SHARED_SECRET &&
           (stun_method_name(message->method) != NULL ||
            message->dialect == STUN_DIALECT_MS_TURN);
}

turn_exchange *tracker_exchange(turn_session *session, guint16 method) {
    for (guint i = 0; i < TURN_METHOD_COUNT; i++) {
        if (session->exchanges[i].method == method) {
            return &session->exchanges[i];
        }
    }
    return NULL;
}

static gboolean has(const stun_message *message, guint16 type) {
    stun_attr attr;

    return stun_message_find(message, type, &attr);
}

static gboolean find_address(const stun_message *message, guint16 type, stun_address *address) {
    stun_attr attr;

    return stun_message_find(message, type, &attr) && stun_value_address(message, &attr, address);
}

static gboolean find_uint(const stun_message *message, guint16 type, guint32 *value) {
    stun_attr attr;

    return stun_message_find(message, type, &attr) && stun_value_uint(&attr, value);
}

static guint16 realm_type(const stun_message *message) {
    return message->dialect == STUN_DIALECT_MS_TURN ? STUN_ATTR_MS_REALM : STUN_ATTR_REALM;
}

static guint16 nonce_type(const stun_message *message) {
    return message->dialect == STUN_DIALECT_MS_TURN ? STUN_ATTR_MS_NONCE : STUN_ATTR_NONCE;
}

static gboolean names_user(const stun_message *message) {
    return has(message, STUN_ATTR_USERNAME) || has(message, STUN_ATTR_USERHASH);
}

static gboolean is_authenticated(const stun_message *message) {
    return names_user(message) && (has(message, STUN_ATTR_MESSAGE_INTEGRITY) ||
                                   has(message, STUN_ATTR_MESSAGE_INTEGRITY_SHA256));
}

void tracker_request_facts(turn_session *session, const stun_message *message,
                           turn_transaction *transaction) {
    g_autofree char *nonce = tracker_text(message, nonce_type(message));
    guint32 lifetime;

    transaction->session = session;
    transaction->authenticated = is_authenticated(message);
    session->authenticated_requests += transaction->authenticated ? 1 : 0;
    transaction->stale = nonce != NULL && session->nonce != NULL && !g_str_equal(nonce, session->nonce);
    transaction->release = message->method == STUN_METHOD_REFRESH &&
                           find_uint(message, STUN_ATTR_LIFETIME, &lifetime) && lifetime == 0;
    find_address(message, STUN_ATTR_XOR_PEER_ADDRESS, &transaction->peer);
    if (nonce != NULL && session->packets_from_server == 0) {
        session->answered_unseen = TRUE;
    }
    if (session->username == NULL && transaction->authenticated) {
        session->username = tracker_text(message, STUN_ATTR_USERNAME);
    }
    if (session->realm == NULL) {
        session->realm = tracker_text(message, realm_type(message));
    }
}

static void note_permission(turn_session *session, const turn_packet *packet,
                            const stun_message *message) {
    stun_attr_iter iter = stun_attr_iter_over(message);
    stun_attr attr;

    while (stun_attr_iter_next(&iter, &attr)) {
        turn_permission permission = {.outcome = TURN_OUTCOME_UNANSWERED};
        gboolean known = FALSE;

        if (attr.type != STUN_ATTR_XOR_PEER_ADDRESS ||
            !stun_value_address(message, &attr, &permission.peer)) {
            continue;
        }
        permission.peer.port = 0;
        permission.request = turn_seen_at(packet);
        for (guint i = 0; i < session->permissions->len && !known; i++) {
            known = stun_address_equal(
                &g_array_index(session->permissions, turn_permission, i).peer, &permission.peer);
        }
        if (!known && session->permissions->len < TURN_MAX_PERMISSIONS) {
            g_array_append_val(session->permissions, permission);
        }
    }
}

/* The outcome of a permission is that of its latest answer, but a success stays a success: what
 * went through was allowed. */
static void settle(turn_outcome *outcome, guint16 *code, const stun_message *message,
                   guint16 error) {
    if (message->cls == STUN_SUCCESS) {
        *outcome = TURN_OUTCOME_SUCCESS;
        *code = 0;
    } else if (*outcome != TURN_OUTCOME_SUCCESS) {
        *outcome = TURN_OUTCOME_REJECTED;
        *code = error;
    }
}

static void settle_permissions(turn_session *session, const turn_transaction *transaction,
                               const stun_message *message, guint16 error) {
    for (guint i = 0; i < session->permissions->len; i++) {
        turn_permission *permission = &g_array_index(session->permissions, turn_permission, i);

        /* One request may name several peers and is answered as a whole, RFC 8656 section 10.3. */
        if (stun_address_same_host(&permission->peer, &transaction->peer) ||
            (permission->request.frame == transaction->first.frame &&
             permission->request.capture == transaction->first.capture)) {
            settle(&permission->outcome, &permission->code, message, error);
        }
    }
}

static turn_channel *find_channel(turn_session *session, guint16 number) {
    for (guint i = 0; i < session->channels->len; i++) {
        turn_channel *channel = &g_array_index(session->channels, turn_channel, i);

        if (channel->number == number) {
            return channel;
        }
    }
    return NULL;
}

static void note_channel(turn_session *session, const turn_packet *packet,
                         const stun_message *message, turn_transaction *transaction) {
    turn_channel channel = {.outcome = TURN_OUTCOME_UNANSWERED, .request = turn_seen_at(packet)};
    turn_channel *known;
    guint32 number;

    if (!find_uint(message, STUN_ATTR_CHANNEL_NUMBER, &number) ||
        transaction->peer.family == STUN_FAMILY_NONE) {
        return;
    }
    transaction->subject = GUINT_TO_POINTER(number);
    known = find_channel(session, (guint16)number);
    if (known == NULL && session->channels->len < TURN_MAX_CHANNELS) {
        channel.number = (guint16)number;
        channel.peer = tracker_peer(session, &transaction->peer, TURN_VIA_CHANNEL);
        g_array_append_val(session->channels, channel);
    } else if (known != NULL && known->peer != NULL &&
               known->peer->address.family == STUN_FAMILY_NONE) {
        known->peer->address = transaction->peer;
        known->request = channel.request;
    }
}

static void on_request(turn_tracker *tracker, const turn_packet *packet, turn_session *session,
                       const stun_message *message) {
    turn_exchange *exchange = tracker_exchange(session, message->method);
    turn_transaction *transaction;
    gboolean opened;
    guint32 protocol;

    if (exchange == NULL) {
        return;
    }
    transaction = turn_transactions_request(tracker->transactions, session, packet, message, &opened);
    exchange->transmissions++;
    exchange->last_request = turn_seen_at(packet);
    if (!opened) {
        return;
    }
    exchange->requests++;
    seen_once(&exchange->first_request, packet);
    tracker_request_facts(session, message, transaction);
    if (session->challenge.frame != 0 && !transaction->authenticated &&
        message->method == STUN_METHOD_ALLOCATE) {
        session->requests_without_credentials_after_challenge++;
    }
    switch (message->method) {
    case STUN_METHOD_ALLOCATE:
        if (find_uint(message, STUN_ATTR_REQUESTED_TRANSPORT, &protocol)) {
            session->relay_protocol = (guint8)protocol;
        }
        break;
    case STUN_METHOD_CREATE_PERMISSION:
        note_permission(session, packet, message);
        break;
    case STUN_METHOD_CHANNEL_BIND:
        note_channel(session, packet, message, transaction);
        break;
    default:
        break;
    }
}

static void add_relayed(turn_tracker *tracker, turn_session *session,
                        const stun_message *message) {
    stun_attr_iter iter = stun_attr_iter_over(message);
    stun_attr attr;

    while (stun_attr_iter_next(&iter, &attr)) {
        const gboolean ms = message->dialect == STUN_DIALECT_MS_TURN;
        const gboolean relayed =
            ms ? attr.type == STUN_ATTR_MAPPED_ADDRESS ||
                     attr.type == STUN_ATTR_MS_ALTERNATE_MAPPED_ADDRESS
               : attr.type == STUN_ATTR_XOR_RELAYED_ADDRESS;
        stun_address address;
        gboolean known = FALSE;

        if (!relayed || !stun_value_address(message, &attr, &address)) {
            continue;
        }
        for (guint i = 0; i < session->relayed->len; i++) {
            known |= stun_address_equal(&g_array_index(session->relayed, stun_address, i), &address);
        }
        if (!known && session->relayed->len < TURN_MAX_RELAYED) {
            g_array_append_val(session->relayed, address);
        }
        port_set(tracker->live_ports, address.port);
        g_hash_table_replace(tracker->relayed, g_memdup2(&address, sizeof address), session);
    }
}

static void note_lifetime(turn_session *session, const turn_packet *packet,
                          const stun_message *message) {
    guint32 lifetime;

    if (!find_uint(message, STUN_ATTR_LIFETIME, &lifetime)) {
        return;
    }
    session->expires = packet->time + (gint64)lifetime * SECOND;
    if (lifetime > 0) {
        session->lifetime = lifetime;
    } else {
        session->released = turn_seen_at(packet);
    }
}

static void on_allocated(turn_tracker *tracker, const turn_packet *packet, turn_session *session,
                         const stun_message *message) {
    seen_once(&session->allocated, packet);
    memset(&session->released, 0, sizeof session->released);
    note_lifetime(session, packet, message);
    add_relayed(tracker, session, message);
    if (!find_address(message, STUN_ATTR_XOR_MAPPED_ADDRESS, &session->mapped)) {
        find_address(message, STUN_ATTR_MS_XOR_MAPPED_ADDRESS, &session->mapped);
    }
}

static void note_rejection(turn_session *session, const turn_packet *packet,
                           const stun_message *message, const turn_transaction *transaction,
                           const stun_error *error) {
    turn_rejection rejection = {.method = message->method, .code = error->code};

    if (session->rejections->len >= TURN_MAX_REJECTIONS) {
        session->rejections_dropped++;
        return;
    }
    rejection.reason =
        g_utf8_make_valid(error->reason_length > 0 ? error->reason : "",
                          (gssize)MIN(error->reason_length, TURN_MAX_TEXT));
    rejection.response = turn_seen_at(packet);
    rejection.credentials = names_user(message);
    rejection.alternate =
        find_address(message, STUN_ATTR_ALTERNATE_SERVER, &session->alternate_server) ||
        find_address(message, STUN_ATTR_MS_ALTERNATE_SERVER, &session->alternate_server);
    if (transaction != NULL) {
        rejection.request = transaction->last;
        rejection.authenticated = transaction->authenticated;
        rejection.credentials |= transaction->authenticated;
        rejection.stale = transaction->stale;
        rejection.release = transaction->release;
        rejection.peer = transaction->peer;
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

gboolean tracker_note_error(turn_session *session, const turn_packet *packet,
                            const stun_message *message, const turn_transaction *transaction) {
    const gboolean authenticated = transaction != NULL && transaction->authenticated;
    const gboolean stale = transaction != NULL && transaction->stale;
    stun_attr attr;
    stun_error error = {.code = 0};
    gboolean challenge;

    if (stun_message_find(message, STUN_ATTR_ERROR_CODE, &attr)) {
        stun_value_error(&attr, &error);
    }
    challenge = is_challenge(error.code, authenticated || names_user(message), stale);
    if (challenge) {
        session->challenges++;
        seen_once(&session->challenge, packet);
        if (error.code == 438 || error.code == 430) {
            session->nonce_refusals_now++;
            session->nonce_refusals = MAX(session->nonce_refusals, session->nonce_refusals_now);
            session->last_nonce_refusal = turn_seen_at(packet);
        }
    } else {
        note_rejection(session, packet, message, transaction, &error);
    }
    if (has(message, nonce_type(message))) {
        g_free(session->nonce);
        session->nonce = tracker_text(message, nonce_type(message));
    }
    if (session->realm == NULL) {
        session->realm = tracker_text(message, realm_type(message));
    }
    if (session->username == NULL) {
        session->username = tracker_text(message, STUN_ATTR_USERNAME);
    }
    return challenge;
}

static guint16 error_code(const stun_message *message) {
    stun_attr attr;
    stun_error error;

    if (stun_message_find(message, STUN_ATTR_ERROR_CODE, &attr) &&
        stun_value_error(&attr, &error)) {
        return error.code;
    }
    return 0;
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
        session->nonce_refusals_now = 0;
    }
    exchange->last_success = turn_seen_at(packet);
    if (exchange->first_success.frame == 0) {
        exchange->first_success = exchange->last_success;
        exchange->rtt = transaction != NULL ? turn_transaction_rtt(transaction, packet) : -1;
    }
}

static void on_connect_answer(turn_tracker *tracker, const turn_packet *packet,
                              turn_session *session, const stun_message *message,
                              const turn_transaction *transaction) {
    turn_connect_failure failure = {.response = turn_seen_at(packet)};

    if (message->cls == STUN_SUCCESS) {
        tracker_connection_attempt(tracker, packet, session, message,
                                   transaction != NULL ? &transaction->peer : NULL, FALSE);
        return;
    }
    failure.code = error_code(message);
    if (transaction != NULL) {
        failure.peer = transaction->peer;
        failure.request = transaction->last;
    }
    if (session->connect_failures->len < TURN_MAX_CONNECT_FAILURES) {
        g_array_append_val(session->connect_failures, failure);
    }
}

static void on_answer(turn_tracker *tracker, const turn_packet *packet, turn_session *session,
                      const stun_message *message) {
    turn_transaction *transaction =
        turn_transactions_find(tracker->transactions, session, message);
    const gboolean repeated = transaction != NULL && transaction->answered;
    turn_channel *channel;

    if (session->software == NULL) {
        session->software = tracker_text(message, STUN_ATTR_SOFTWARE);
    }
    if (repeated) {
        return;
    }
    tracker_note_answer(session, message->method, packet, message, transaction);
    if (message->cls == STUN_ERROR && tracker_note_error(session, packet, message, transaction)) {
        return;
    }
    switch (message->method) {
    case STUN_METHOD_ALLOCATE:
        if (message->cls == STUN_SUCCESS) {
            on_allocated(tracker, packet, session, message);
        }
        break;
    case STUN_METHOD_REFRESH:
        if (message->cls == STUN_SUCCESS) {
            note_lifetime(session, packet, message);
        }
        break;
    case STUN_METHOD_CREATE_PERMISSION:
        if (transaction != NULL) {
            settle_permissions(session, transaction, message, error_code(message));
        }
        break;
    case STUN_METHOD_CHANNEL_BIND:
        channel = transaction != NULL
                      ? find_channel(session, (guint16)GPOINTER_TO_UINT(transaction->subject))
                      : NULL;
        if (channel != NULL) {
            settle(&channel->outcome, &channel->code, message, error_code(message));
        }
        break;
    case STUN_METHOD_CONNECT:
        on_connect_answer(tracker, packet, session, message, transaction);
        break;
    default:
        break;
    }
}

/* DATA of a Send or Data indication, and of MS-TURN's Send request. */
static void on_relayed(turn_tracker *tracker, const turn_packet *packet, turn_session *session,
                       const stun_message *message, gboolean to_peer) {
    const guint16 type = message->dialect == STUN_DIALECT_MS_TURN
                             ? (to_peer ? STUN_ATTR_DESTINATION_ADDRESS
                                        : STUN_ATTR_REMOTE_ADDRESS)
                             : STUN_ATTR_XOR_PEER_ADDRESS;
    stun_address address;
    stun_attr data;
    turn_peer *peer;

    if (!find_address(message, type, &address) ||
        !stun_message_find(message, STUN_ATTR_DATA, &data)) {
        return;
    }
    peer = tracker_peer(session, &address, TURN_VIA_INDICATION);
    if (peer != NULL) {
        tracker_peer_packet(tracker, packet, peer, to_peer, FALSE, data.value, data.captured,
                            data.length);
    }
}

static void on_indication(turn_tracker *tracker, const turn_packet *packet, turn_session *session,
                          const stun_message *message) {
    stun_address peer = {.family = STUN_FAMILY_NONE};

    switch (message->method) {
    case STUN_METHOD_SEND:
        on_relayed(tracker, packet, session, message, TRUE);
        break;
    case STUN_METHOD_DATA:
        on_relayed(tracker, packet, session, message, FALSE);
        break;
    case STUN_METHOD_CONNECTION_ATTEMPT:
        find_address(message, STUN_ATTR_XOR_PEER_ADDRESS, &peer);
        tracker_connection_attempt(tracker, packet, session, message, &peer, TRUE);
        break;
    default:
        break;
    }
}

static gboolean is_from_client(const turn_tracker *tracker, const turn_packet *packet,
                               const stun_message *message) {
    if (message->cls == STUN_INDICATION) {
        const route *to;

        if (message->method == STUN_METHOD_DATA ||
            message->method == STUN_METHOD_CONNECTION_ATTEMPT) {
            return FALSE;
        }
        to = g_hash_table_lookup(tracker->routes, &packet->flow);
        return to == NULL || to->session == NULL ||
               stun_address_equal(&packet->flow.source, &to->session->client);
    }
    return message->cls == STUN_REQUEST;
}

void tracker_turn_message(turn_tracker *tracker, const turn_packet *packet,
                          const stun_message *message) {
    const gboolean from_client = is_from_client(tracker, packet, message);
    turn_session *session;

    if (message->method == STUN_METHOD_CONNECTION_BIND) {
        tracker_connection_bind(tracker, packet, message);
        return;
    }
    session = tracker_session(tracker, packet, from_client);
    if (session == NULL) {
        return;
    }
    tracker_session_seen(session, packet, from_client);
    if (message->dialect == STUN_DIALECT_MS_TURN && message->method == STUN_METHOD_SEND) {
        on_relayed(tracker, packet, session, message, TRUE);
        return;
    }
    switch (message->cls) {
    case STUN_REQUEST:
        on_request(tracker, packet, session, message);
        break;
    case STUN_INDICATION:
        on_indication(tracker, packet, session, message);
        break;
    default:
        on_answer(tracker, packet, session, message);
        break;
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
    if (session->unanswered->len >= TURN_MAX_UNANSWERED) {
        g_array_remove_index(session->unanswered, 0);
    }
    g_array_append_val(session->unanswered, unanswered);
}
