/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "turn/message_values.h"
#include "turn/tracker_private.h"

#include <string.h>

static void path_init(turn_path *path) {
    path->to_peer.rtt = -1;
    path->from_peer.rtt = -1;
}

void tracker_peer_free(gpointer data) {
    turn_peer *peer = data;

    g_free(peer->path.ice);
    g_free(peer);
}

void tracker_pair_free(gpointer data) {
    turn_pair *pair = data;

    g_free(pair->path.ice);
    g_free(pair);
}

static turn_peer *peer_new(turn_session *session, turn_via via) {
    turn_peer *peer;

    if (!session_may_keep(session, session->peers->len, TURN_MAX_PEERS)) {
        return NULL;
    }
    peer = g_new0(turn_peer, 1);
    peer->via = via;
    path_init(&peer->path);
    g_ptr_array_add(session->peers, peer);
    return peer;
}

turn_peer *tracker_peer_unknown(turn_session *session, turn_via via) {
    return peer_new(session, via);
}

turn_peer *tracker_find_peer(const turn_session *session, const stun_address *address) {
    for (guint i = 0; i < session->peers->len; i++) {
        turn_peer *peer = g_ptr_array_index(session->peers, i);

        if (stun_address_equal(&peer->address, address)) {
            return peer;
        }
    }
    return NULL;
}

turn_peer *tracker_peer(turn_session *session, const stun_address *address, turn_via via) {
    turn_peer *peer = tracker_find_peer(session, address);

    if (peer != NULL) {
        peer->via = MAX(peer->via, via);
        return peer;
    }
    peer = peer_new(session, via);
    if (peer != NULL) {
        peer->address = *address;
    }
    return peer;
}

/* "a:b" and "b:a" are the two directions of one ICE session (RFC 8445 section 7.2.2): put the
 * fragments in one order. */
static char *ice_session(const char *username) {
    const char *colon = strchr(username, ':');
    g_autofree char *first = NULL;

    if (colon == NULL) {
        return g_strdup(username);
    }
    first = g_strndup(username, (gsize)(colon - username));
    return strcmp(first, colon + 1) <= 0 ? g_strdup(username)
                                         : g_strconcat(colon + 1, ":", first, NULL);
}

static void note_ice(turn_path *path, const stun_message *message) {
    g_autofree char *username = NULL;
    stun_attr attr;

    /* A part of the name would make an ICE session of its own. */
    if (path->ice != NULL || !stun_message_find(message, STUN_ATTR_USERNAME, &attr) ||
        attr.captured < attr.length) {
        return;
    }
    username = message_text(message, STUN_ATTR_USERNAME);
    if (username != NULL && *username != '\0') {
        path->ice = ice_session(username);
    }
}

static void check_request(turn_tracker *tracker, const turn_packet *packet, turn_path *path,
                          gboolean to_peer, const stun_message *message) {
    turn_direction *direction = to_peer ? &path->to_peer : &path->from_peer;
    turn_transaction *transaction;
    gboolean opened;
    guint before;

    note_ice(path, message);
    transaction = turn_transactions_find(tracker->transactions, path, message);
    before = transaction != NULL ? transaction->transmissions : 1;
    transaction = turn_transactions_request(tracker->transactions, path, packet, message, &opened);
    direction->last_request = turn_seen_at(packet);
    if (!opened) {
        direction->retransmissions += transaction->transmissions - before;
        return;
    }
    transaction->to_peer = to_peer;
    direction->requests++;
    seen_once(&direction->first_request, packet);
}

static void note_rtt(turn_direction *direction, const turn_transaction *transaction,
                     const turn_packet *packet) {
    const gint64 rtt = turn_transaction_rtt(transaction, packet);

    if (rtt >= 0 && (direction->rtt < 0 || rtt < direction->rtt)) {
        direction->rtt = rtt;
    }
}

static void check_error(turn_direction *direction, const stun_message *message) {
    stun_error error;

    direction->errors++;
    if (message_error(message, &error)) {
        direction->error_code = error.code;
    }
}

static void check_answer(turn_tracker *tracker, const turn_packet *packet, turn_path *path,
                         const stun_message *message) {
    turn_transaction *transaction = turn_transactions_find(tracker->transactions, path, message);
    turn_direction *direction;

    if (transaction == NULL) {
        return;
    }
    direction = transaction->to_peer ? &path->to_peer : &path->from_peer;
    if (transaction->succeeded) {
        /* With both legs of the relay captured, the answer comes first on the other leg. */
        note_rtt(direction, transaction, packet);
        return;
    }
    if (message->cls == STUN_ERROR) {
        if (!transaction->answered) {
            check_error(direction, message);
        }
        transaction->answered = TRUE;
        return;
    }
    if (transaction->answered) {
        direction->errors--;
    }
    transaction->answered = TRUE;
    transaction->succeeded = TRUE;
    direction->successes++;
    seen_once(&direction->first_success, packet);
    note_rtt(direction, transaction, packet);
}

static void check(turn_tracker *tracker, const turn_packet *packet, turn_path *path,
                  gboolean to_peer, const stun_message *message) {
    if (message->method != STUN_METHOD_BINDING || message->cls == STUN_INDICATION) {
        return;
    }
    if (message->cls == STUN_REQUEST) {
        check_request(tracker, packet, path, to_peer, message);
    } else {
        check_answer(tracker, packet, path, message);
    }
}

/* Whether the capture was cut before it shows that this is no message. */
static gboolean may_be_message(const payload *carried) {
    return !carried->opaque && carried->length >= STUN_HEADER_SIZE &&
           carried->captured < STUN_HEADER_SIZE &&
           (carried->captured == 0 || (carried->bytes[0] & 0xc0) == 0);
}

static void count(turn_direction *direction, const turn_packet *packet, const payload *carried) {
    if (carried->length == 0) {
        return;
    }
    if (may_be_message(carried)) {
        direction->unread++;
        return;
    }
    direction->packets++;
    direction->bytes += carried->length;
    seen_once(&direction->first_packet, packet);
    direction->last_packet = turn_seen_at(packet);
}

void tracker_peer_message(turn_tracker *tracker, const turn_packet *packet, turn_peer *peer,
                          gboolean to_peer, const stun_message *message) {
    check(tracker, packet, &peer->path, to_peer, message);
}

void tracker_peer_packet(turn_tracker *tracker, const turn_packet *packet, turn_peer *peer,
                         gboolean to_peer, gboolean relay_leg, const payload *carried) {
    stun_message message;

    if (stun_message_parse(carried->bytes, carried->captured, carried->length, &message) !=
        STUN_NOT_STUN) {
        if (!relay_leg) {
            tracker_count_message(tracker, packet, &message);
        }
        tracker_peer_message(tracker, packet, peer, to_peer, &message);
        return;
    }
    if (relay_leg) {
        count(to_peer ? &peer->relay_to : &peer->relay_from, packet, carried);
    } else {
        count(to_peer ? &peer->path.to_peer : &peer->path.from_peer, packet, carried);
    }
}

/* The session whose relayed address one end of FLOW is, and the peer at the other end. */
static turn_peer *relay_leg_peer(turn_tracker *tracker, const turn_flow *flow, gboolean to_peer) {
    const stun_address *relayed = to_peer ? &flow->source : &flow->destination;
    const stun_address *peer = to_peer ? &flow->destination : &flow->source;
    turn_session *session = g_hash_table_lookup(tracker->relayed, relayed);

    return session != NULL ? tracker_peer(session, peer, TURN_VIA_RELAY) : NULL;
}

const turn_peer *tracker_find_relay_leg(const turn_tracker *tracker, const turn_flow *flow,
                                        const turn_session **session) {
    const turn_session *source = g_hash_table_lookup(tracker->relayed, &flow->source);
    const turn_session *destination = g_hash_table_lookup(tracker->relayed, &flow->destination);
    const turn_peer *peer = source != NULL ? tracker_find_peer(source, &flow->destination) : NULL;

    *session = source;
    if (peer == NULL && destination != NULL) {
        peer = tracker_find_peer(destination, &flow->source);
        *session = source == NULL || peer != NULL ? destination : source;
    }
    return peer;
}

/* Between two relayed addresses a packet leaves one session and enters another. */
gboolean tracker_relay_leg(turn_tracker *tracker, const turn_packet *packet,
                           const payload *carried) {
    gboolean copy_known = FALSE;
    gboolean found = FALSE;

    for (gint to_peer = 0; to_peer <= 1; to_peer++) {
        turn_peer *peer = relay_leg_peer(tracker, &packet->flow, to_peer);

        if (peer == NULL) {
            continue;
        }
        found = TRUE;
        if (!copy_known && tracker_is_copy(tracker, packet)) {
            return TRUE;
        }
        copy_known = TRUE;
        tracker_peer_packet(tracker, packet, peer, to_peer, TRUE, carried);
    }
    return found;
}

gboolean tracker_relay_leg_message(turn_tracker *tracker, const turn_packet *packet,
                                   const stun_message *message) {
    gboolean found = FALSE;

    for (gint to_peer = 0; to_peer <= 1; to_peer++) {
        turn_peer *peer = relay_leg_peer(tracker, &packet->flow, to_peer);

        if (peer != NULL) {
            found = TRUE;
            tracker_peer_message(tracker, packet, peer, to_peer, message);
        }
    }
    return found;
}

/* A Binding Request without any of these asks a STUN server for an address and is no check between
 * peers; RFC 8445 section 7.1. */
static gboolean is_check(const stun_message *message) {
    static const guint16 marks[] = {STUN_ATTR_USERNAME, STUN_ATTR_PRIORITY,
                                    STUN_ATTR_ICE_CONTROLLED, STUN_ATTR_ICE_CONTROLLING};

    for (gsize i = 0; i < G_N_ELEMENTS(marks); i++) {
        if (message_has(message, marks[i])) {
            return TRUE;
        }
    }
    return FALSE;
}

static turn_pair *pair_new(turn_tracker *tracker, const turn_packet *packet) {
    turn_pair *pair;
    route *to;

    if (tracker->model.pairs->len >= TURN_MAX_PAIRS) {
        tracker->model.limit_reached = TRUE;
        return NULL;
    }
    pair = g_new0(turn_pair, 1);
    pair->transport = packet->flow.transport;
    pair->a = packet->flow.source;
    pair->b = packet->flow.destination;
    pair->first = turn_seen_at(packet);
    path_init(&pair->path);
    g_ptr_array_add(tracker->model.pairs, pair);
    to = tracker_route_set(tracker, &packet->flow, ROUTE_PAIR);
    to->pair = pair;
    return pair;
}

void tracker_pair_message(turn_tracker *tracker, const turn_packet *packet,
                          const stun_message *message) {
    const route *to = tracker_route(tracker, &packet->flow);
    turn_pair *pair = to != NULL ? to->pair : NULL;

    if (to == NULL && message->method == STUN_METHOD_BINDING && message->cls == STUN_REQUEST &&
        is_check(message)) {
        pair = pair_new(tracker, packet);
    }
    if (pair != NULL) {
        check(tracker, packet, &pair->path, stun_address_equal(&packet->flow.source, &pair->a),
              message);
    }
}

void tracker_pair_data(const route *to, const turn_packet *packet, const payload *carried) {
    turn_path *path = &to->pair->path;

    count(stun_address_equal(&packet->flow.source, &to->pair->a) ? &path->to_peer
                                                                 : &path->from_peer,
          packet, carried);
}

/* The latest binding of the number. */
static turn_channel *channel_of(turn_session *session, const turn_packet *packet, guint16 number) {
    turn_channel channel = {.number = number, .outcome = TURN_OUTCOME_UNSEEN};

    for (guint i = session->channels->len; i > 0; i--) {
        if (g_array_index(session->channels, turn_channel, i - 1).number == number) {
            return &g_array_index(session->channels, turn_channel, i - 1);
        }
    }
    if (!session_may_keep(session, session->channels->len, TURN_MAX_CHANNELS)) {
        return NULL;
    }
    /* The capture began after the ChannelBind: the peer's address is not in it. */
    channel.peer = tracker_peer_unknown(session, TURN_VIA_CHANNEL);
    channel.request = turn_seen_at(packet);
    g_array_append_val(session->channels, channel);
    return &g_array_index(session->channels, turn_channel, session->channels->len - 1);
}

void tracker_channel_data(turn_tracker *tracker, const turn_packet *packet, turn_session *session,
                          guint16 number, const payload *carried) {
    const gboolean to_peer = stun_address_equal(&packet->flow.source, &session->client);
    turn_channel *channel = channel_of(session, packet, number);

    tracker_session_seen(session, packet, to_peer);
    tracker_session_used(session, packet, to_peer);
    if (channel == NULL) {
        return;
    }
    if (to_peer) {
        channel->bytes_to_peer += carried->length;
    } else {
        channel->bytes_from_peer += carried->length;
    }
    if (channel->peer != NULL) {
        tracker_peer_packet(tracker, packet, channel->peer, to_peer, FALSE, carried);
    }
}

void tracker_path_unreachable(turn_path *path, const turn_packet *packet,
                              const turn_icmp_error *error) {
    if (path->unreachable.frame != 0) {
        return;
    }
    path->unreachable = turn_seen_at(packet);
    path->icmp_version = error->version;
    path->icmp_type = error->type;
    path->icmp_code = error->code;
}
