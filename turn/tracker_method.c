/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "turn/message_values.h"
#include "turn/tracker_private.h"

#include <string.h>

#define SECOND G_GINT64_CONSTANT(1000000000)
/* CMS from 2.9.3 on asks for an allocation now and then to see whether the server is there, and is
 * content with the challenge. A client that wants an allocation answers within milliseconds. */
#define PROBE_INTERVAL (5 * SECOND)

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
        if (!known && session_may_keep(session, session->permissions->len, TURN_MAX_PERMISSIONS)) {
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

/* The latest binding of the number. */
static turn_channel *find_channel(turn_session *session, guint16 number) {
    for (guint i = session->channels->len; i > 0; i--) {
        turn_channel *channel = &g_array_index(session->channels, turn_channel, i - 1);

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

    if (!message_uint(message, STUN_ATTR_CHANNEL_NUMBER, &number) ||
        transaction->peer.family == STUN_FAMILY_NONE) {
        return;
    }
    transaction->subject = GUINT_TO_POINTER(number);
    known = find_channel(session, (guint16)number);
    if (known == NULL && session_may_keep(session, session->channels->len, TURN_MAX_CHANNELS)) {
        channel.number = (guint16)number;
        channel.peer = tracker_peer(session, &transaction->peer, TURN_VIA_CHANNEL);
        g_array_append_val(session->channels, channel);
    } else if (known != NULL && known->peer != NULL &&
               known->peer->address.family == STUN_FAMILY_NONE) {
        known->peer->address = transaction->peer;
        known->request = channel.request;
    }
}

/* Where there are too many peers, those without a record are not told apart. */
static gboolean leads_to(const turn_session *session, const turn_channel *channel,
                         const stun_address *peer) {
    return channel->peer != NULL ? stun_address_equal(&channel->peer->address, peer)
                                 : tracker_find_peer(session, peer) == NULL;
}

/* Once a binding is over, its number may be bound to another peer, RFC 8656 section 12.1. Not until
 * the server agrees, though: while the first binding lasts, it refuses. */
static void bind_channel_again(turn_session *session, turn_channel *channel,
                               const turn_transaction *transaction) {
    const turn_channel again = {.number = channel->number,
                                .peer = tracker_peer(session, &transaction->peer, TURN_VIA_CHANNEL),
                                .outcome = TURN_OUTCOME_SUCCESS,
                                .request = transaction->first};

    if (session_may_keep(session, session->channels->len, TURN_MAX_CHANNELS)) {
        g_array_append_val(session->channels, again);
    } else {
        /* Better two bindings in one record than data that counts for the wrong peer. */
        channel->peer = again.peer;
    }
}

static void on_channel_answer(turn_session *session, const stun_message *message,
                              const turn_transaction *transaction) {
    turn_channel *channel = find_channel(session, (guint16)GPOINTER_TO_UINT(transaction->subject));

    if (channel == NULL) {
        return;
    }
    if (leads_to(session, channel, &transaction->peer)) {
        settle(&channel->outcome, &channel->code, message, message_error_code(message));
    } else if (message->cls == STUN_SUCCESS) {
        bind_channel_again(session, channel, transaction);
    }
}

/* A client that was content with a challenge for so long was not waiting for an allocation. */
static void note_attempt(turn_session *session, const turn_packet *packet) {
    if (session->attempt.frame == 0 ||
        (session->challenge.frame != 0 && session->authenticated_requests == 0 &&
         packet->time - session->last_challenge.time >= PROBE_INTERVAL)) {
        session->attempt = turn_seen_at(packet);
    }
}

static void on_request(turn_tracker *tracker, const turn_packet *packet, turn_session *session,
                       const stun_message *message) {
    turn_exchange *exchange = tracker_exchange(session, message->method);
    turn_transaction *transaction;
    gboolean opened;
    guint32 protocol;

    if (message->method == STUN_METHOD_MS_SET_ACTIVE_DESTINATION) {
        message_address(message, STUN_ATTR_DESTINATION_ADDRESS, &session->asked_destination);
    }
    if (exchange == NULL) {
        return;
    }
    transaction =
        turn_transactions_request(tracker->transactions, session, packet, message, &opened);
    exchange->transmissions++;
    exchange->last_request = turn_seen_at(packet);
    if (!opened) {
        return;
    }
    exchange->requests++;
    seen_once(&exchange->first_request, packet);
    tracker_request_facts(session, message, transaction);
    transaction->signature = tracker->signature;
    if (message->method != STUN_METHOD_BINDING && message->method != STUN_METHOD_ALLOCATE &&
        !transaction->release) {
        tracker_session_used(session, packet, TRUE);
    }
    if (message->method == STUN_METHOD_ALLOCATE) {
        note_attempt(session, packet);
    }
    if (session->challenge.frame != 0 && !transaction->authenticated &&
        message->method == STUN_METHOD_ALLOCATE && message->captured == message->length &&
        packet->time - session->last_challenge.time < PROBE_INTERVAL) {
        session->requests_without_credentials_after_challenge++;
    }
    switch (message->method) {
    case STUN_METHOD_ALLOCATE:
        if (message_uint(message, STUN_ATTR_REQUESTED_TRANSPORT, &protocol)) {
            session->relay_protocol = (guint8)protocol;
        }
        if (transaction->authenticated) {
            seen_once(&session->authenticated_allocate, packet);
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

static void add_relayed(turn_tracker *tracker, turn_session *session, const stun_message *message) {
    stun_attr_iter iter = stun_attr_iter_over(message);
    stun_attr attr;

    while (stun_attr_iter_next(&iter, &attr)) {
        const gboolean ms = message->dialect == STUN_DIALECT_MS_TURN;
        const gboolean relayed = ms ? attr.type == STUN_ATTR_MAPPED_ADDRESS ||
                                          attr.type == STUN_ATTR_MS_ALTERNATE_MAPPED_ADDRESS
                                    : attr.type == STUN_ATTR_XOR_RELAYED_ADDRESS;
        stun_address address;
        gboolean known = FALSE;

        if (!relayed || !stun_value_address(message, &attr, &address)) {
            continue;
        }
        for (guint i = 0; i < session->relayed->len; i++) {
            known |=
                stun_address_equal(&g_array_index(session->relayed, stun_address, i), &address);
        }
        if (!known && session->relayed->len >= TURN_MAX_RELAYED) {
            continue;
        }
        if (!known) {
            g_array_append_val(session->relayed, address);
        }
        tracker_relayed_add(tracker, session, &address);
    }
}

static void note_lifetime(turn_tracker *tracker, turn_session *session, const turn_packet *packet,
                          const stun_message *message) {
    guint32 lifetime = session->lifetime > 0 ? (guint32)session->lifetime : 0;

    /* An answer without LIFETIME still renews. */
    if (!message_uint(message, STUN_ATTR_LIFETIME, &lifetime) && session->lifetime < 0) {
        return;
    }
    session->expires = packet->time + (gint64)lifetime * SECOND;
    if (lifetime > 0) {
        session->lifetime = lifetime;
        memset(&session->first_after_expiry, 0, sizeof session->first_after_expiry);
    } else {
        session->released = turn_seen_at(packet);
        tracker_relayed_forget(tracker, session);
    }
}

static void on_allocated(turn_tracker *tracker, const turn_packet *packet, turn_session *session,
                         const stun_message *message) {
    guint32 lifetime;

    /* [MS-TURN] has no Refresh: an Allocate with LIFETIME 0 releases. */
    if (message_uint(message, STUN_ATTR_LIFETIME, &lifetime) && lifetime == 0) {
        note_lifetime(tracker, session, packet, message);
        return;
    }
    seen_once(&session->allocated, packet);
    memset(&session->released, 0, sizeof session->released);
    note_lifetime(tracker, session, packet, message);
    add_relayed(tracker, session, message);
    if (!message_address(message, STUN_ATTR_XOR_MAPPED_ADDRESS, &session->mapped)) {
        message_address(message, STUN_ATTR_MS_XOR_MAPPED_ADDRESS, &session->mapped);
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
    failure.code = message_error_code(message);
    if (transaction != NULL) {
        failure.peer = transaction->peer;
        failure.request = transaction->last;
    }
    if (session_may_keep(session, session->connect_failures->len, TURN_MAX_CONNECT_FAILURES)) {
        g_array_append_val(session->connect_failures, failure);
    }
}

static void on_answer(turn_tracker *tracker, const turn_packet *packet, turn_session *session,
                      const stun_message *message) {
    turn_transaction *transaction = turn_transactions_find(tracker->transactions, session, message);
    const gboolean repeated = transaction != NULL && transaction->answered;

    if (session->software == NULL) {
        session->software = message_text(message, STUN_ATTR_SOFTWARE);
    }
    if (repeated) {
        return;
    }
    tracker_note_answer(session, message->method, packet, message, transaction);
    if (message->cls == STUN_SUCCESS && message->method != STUN_METHOD_BINDING) {
        tracker_session_used(session, packet, FALSE);
        tracker_integrity_granted(tracker, session, transaction);
    }
    if (message->cls == STUN_ERROR &&
        tracker_note_error(tracker, session, packet, message, transaction)) {
        return;
    }
    switch (message->method) {
    case STUN_METHOD_ALLOCATE:
        if (message->cls == STUN_SUCCESS) {
            on_allocated(tracker, packet, session, message);
        }
        break;
    case STUN_METHOD_REFRESH:
        /* The answer to a release may come after the next Allocate has succeeded. */
        if (message->cls == STUN_SUCCESS &&
            (transaction == NULL || transaction->first.time >= session->allocated.time)) {
            note_lifetime(tracker, session, packet, message);
        }
        break;
    case STUN_METHOD_CREATE_PERMISSION:
        if (transaction != NULL) {
            settle_permissions(session, transaction, message, message_error_code(message));
        }
        break;
    case STUN_METHOD_CHANNEL_BIND:
        if (transaction != NULL) {
            on_channel_answer(session, message, transaction);
        }
        break;
    case STUN_METHOD_CONNECT:
        on_connect_answer(tracker, packet, session, message, transaction);
        break;
    case STUN_METHOD_MS_SET_ACTIVE_DESTINATION:
        if (message->cls == STUN_SUCCESS) {
            session->has_active_destination = TRUE;
            session->active_destination = session->asked_destination;
        }
        break;
    default:
        break;
    }
}

/* DATA of a Send or Data indication, and of MS-TURN's Send request. */
static void on_relayed(turn_tracker *tracker, const turn_packet *packet, turn_session *session,
                       const stun_message *message, gboolean to_peer) {
    const guint16 type = message->dialect == STUN_DIALECT_MS_TURN
                             ? (to_peer ? STUN_ATTR_DESTINATION_ADDRESS : STUN_ATTR_REMOTE_ADDRESS)
                             : STUN_ATTR_XOR_PEER_ADDRESS;
    stun_address address;
    stun_attr data;
    turn_peer *peer;

    tracker_session_used(session, packet, to_peer);
    if (!message_address(message, type, &address) ||
        !stun_message_find(message, STUN_ATTR_DATA, &data)) {
        session->relayed_cut += message->captured < message->length ? 1 : 0;
        return;
    }
    peer = tracker_peer(session, &address, TURN_VIA_INDICATION);
    if (peer != NULL) {
        const payload carried = {
            .bytes = data.value, .captured = data.captured, .length = data.length};

        session->relayed_cut += payload_may_be_message(&carried) ? 1 : 0;
        if (to_peer) {
            tracker_note_tail(session, packet, peer, &carried);
        }
        tracker_peer_packet(tracker, packet, peer, to_peer, FALSE, &carried);
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
        message_address(message, STUN_ATTR_XOR_PEER_ADDRESS, &peer);
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

/* A new Allocate on the 5-tuple of an allocation that was released, even if the capture does not
 * show the answer, or has expired. */
static gboolean begins_again(turn_tracker *tracker, const turn_packet *packet,
                             const turn_session *session, const stun_message *message) {
    guint32 lifetime;

    if (message->method != STUN_METHOD_ALLOCATE || message->cls != STUN_REQUEST ||
        turn_transactions_find(tracker->transactions, session, message) != NULL ||
        (message_uint(message, STUN_ATTR_LIFETIME, &lifetime) && lifetime == 0)) {
        return FALSE;
    }
    return session->released.frame != 0 || session->release_asked.frame != 0 ||
           (session->expires >= 0 && packet->time > session->expires);
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
    if (session != NULL && session->before != NULL &&
        turn_transactions_find(tracker->transactions, session->before, message) != NULL) {
        session = session->before; /* a late copy of what was said about the allocation before */
    } else if (session != NULL && begins_again(tracker, packet, session, message)) {
        session = tracker_session_again(tracker, packet, session);
    }
    if (session == NULL) {
        return;
    }
    tracker_session_seen(session, packet, from_client);
    turn_integrity_count(&session->integrity, &tracker->signature, message->cls);
    session->ms_turn |= message->dialect == STUN_DIALECT_MS_TURN;
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
