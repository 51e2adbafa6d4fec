/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "turn/hash.h"
#include "turn/message_values.h"
#include "turn/tracker_private.h"

#include <string.h>

static void path_init(turn_path *path) {
    path->to_peer.rtt = -1;
    path->to_peer.rtt_longest = -1;
    path->from_peer.rtt = -1;
    path->from_peer.rtt_longest = -1;
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

/* Content types of the records before application data; RFC 9147 section 4. */
#define DTLS_CHANGE_CIPHER_SPEC 20u
#define DTLS_HANDSHAKE          22u

static gboolean is_handshake(const payload *carried) {
    return carried->captured > 0 && !carried->opaque &&
           carried->bytes[0] >= DTLS_CHANGE_CIPHER_SPEC && carried->bytes[0] <= DTLS_HANDSHAKE &&
           stun_payload_classify(carried->bytes, carried->captured, carried->length) ==
               STUN_PAYLOAD_DTLS;
}

/* Before the packet becomes the last one. */
static void note_pause(turn_direction *direction, const turn_packet *packet) {
    const turn_seen *last = &direction->last_packet;
    turn_pauses *pauses = &direction->pauses;
    const gint64 time = packet->time - last->time;

    if (last->frame == 0 || last->capture != packet->capture || time < TURN_PAUSE) {
        return;
    }
    pauses->count++;
    pauses->time += time;
    pauses->bytes += direction->last_bytes;
    if (time > pauses->longest) {
        pauses->longest = time;
        pauses->longest_bytes = direction->last_bytes;
        pauses->before = *last;
    }
}

/* Whether the packet is counted, and so is no message. */
static gboolean count(turn_direction *direction, const turn_packet *packet,
                      const payload *carried) {
    if (payload_may_be_message(carried)) {
        direction->unread++;
        return FALSE;
    }
    if (carried->length == 0) {
        return FALSE;
    }
    direction->packets++;
    direction->bytes += carried->length;
    seen_once(&direction->first_packet, packet);
    note_pause(direction, packet);
    direction->last_packet = turn_seen_at(packet);
    direction->last_bytes = carried->length;
    if (is_handshake(carried)) {
        direction->handshakes++;
        return TRUE;
    }
    seen_once(&direction->first_data, packet);
    direction->last_data = direction->last_packet;
    return TRUE;
}

void tracker_peer_message(turn_tracker *tracker, const turn_packet *packet, turn_peer *peer,
                          gboolean to_peer, const stun_message *message) {
    tracker_check(tracker, packet, &peer->path, to_peer, message);
}

void tracker_peer_packet(turn_tracker *tracker, const turn_packet *packet, turn_peer *peer,
                         gboolean to_peer, gboolean relay_leg, const payload *carried) {
    turn_direction *direction = to_peer ? &peer->path.to_peer : &peer->path.from_peer;
    stun_message message;

    if (stun_message_parse(carried->bytes, carried->captured, carried->length, &message) !=
        STUN_NOT_STUN) {
        if (!relay_leg) {
            tracker->carried.peer = peer;
            tracker->carried.to_peer = to_peer;
            tracker_count_message(tracker, packet, &message);
            tracker->carried.peer = NULL;
        }
        tracker_peer_message(tracker, packet, peer, to_peer, &message);
        return;
    }
    if (relay_leg) {
        direction = to_peer ? &peer->relay_to : &peer->relay_from;
    }
    if (!count(direction, packet, carried)) {
        return;
    }
    if (tracker->rates != NULL) {
        turn_rate_add(&tracker->rates->legs[relay_leg ? TURN_RATE_PEER_LEG : TURN_RATE_CLIENT_LEG],
                      packet->time, to_peer ? TURN_RATE_TO_PEER : TURN_RATE_FROM_PEER,
                      carried->length);
    }
    tracker_note_passage(&peer->passages[to_peer], packet, carried->length, to_peer != relay_leg);
    if (!relay_leg) {
        tracker_note_flight(&peer->path, packet, to_peer, carried);
    }
}

void tracker_note_tail(const turn_session *session, const turn_packet *packet, turn_peer *peer,
                       const payload *carried) {
    turn_tail *tail = &peer->tail;
    stun_message message;

    if (tail->after != session->packets_from_server) {
        memset(tail, 0, sizeof *tail);
        tail->after = session->packets_from_server;
    }
    if (stun_message_parse(carried->bytes, carried->captured, carried->length, &message) !=
        STUN_NOT_STUN) {
        if (message.method == STUN_METHOD_BINDING && message.cls == STUN_REQUEST &&
            message_has(&message, STUN_ATTR_USERNAME)) {
            tail->checks++;
            seen_once(&tail->first_check, packet);
            tail->last_check = turn_seen_at(packet);
        }
    } else if (carried->length > 0 && !payload_may_be_message(carried) && !is_handshake(carried)) {
        tail->data++;
        seen_once(&tail->first_data, packet);
        tail->last_data = turn_seen_at(packet);
    }
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
        message_is_check(message)) {
        pair = pair_new(tracker, packet);
    }
    if (pair != NULL) {
        tracker_check(tracker, packet, &pair->path,
                      stun_address_equal(&packet->flow.source, &pair->a), message);
    }
}

void tracker_pair_data(const route *to, const turn_packet *packet, const payload *carried) {
    turn_path *path = &to->pair->path;
    const gboolean to_peer = stun_address_equal(&packet->flow.source, &to->pair->a);

    if (count(to_peer ? &path->to_peer : &path->from_peer, packet, carried)) {
        tracker_note_flight(path, packet, to_peer, carried);
    }
}

static void add_host(GHashTable *hosts, const stun_address *address) {
    stun_address host = *address;

    host.port = 0;
    g_hash_table_add(hosts, g_memdup2(&host, sizeof host));
}

static gboolean has_host(GHashTable *hosts, const stun_address *address) {
    stun_address host = *address;

    host.port = 0;
    return g_hash_table_contains(hosts, &host);
}

void tracker_pairs_finish(turn_tracker *tracker) {
    g_autoptr(GHashTable) hosts =
        g_hash_table_new_full(turn_hash_address, turn_address_equal, g_free, NULL);

    for (guint i = 0; i < tracker->model.sessions->len; i++) {
        const turn_session *session = g_ptr_array_index(tracker->model.sessions, i);

        add_host(hosts, &session->server);
        for (guint k = 0; k < session->relayed->len; k++) {
            add_host(hosts, &g_array_index(session->relayed, stun_address, k));
        }
    }
    for (guint i = 0; i < tracker->model.pairs->len; i++) {
        turn_pair *pair = g_ptr_array_index(tracker->model.pairs, i);

        pair->at_server = has_host(hosts, &pair->a) || has_host(hosts, &pair->b);
    }
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
    session->relayed_cut += payload_may_be_message(carried) ? 1 : 0;
    if (channel->peer != NULL) {
        if (to_peer) {
            tracker_note_tail(session, packet, channel->peer, carried);
        }
        tracker->carried.channel = number;
        tracker_peer_packet(tracker, packet, channel->peer, to_peer, FALSE, carried);
        tracker->carried.channel = 0;
    }
}

gboolean tracker_icmp_tells_more(const turn_seen *seen, const turn_icmp *kept,
                                 const turn_packet *packet, const turn_icmp_error *error) {
    const turn_icmp said = turn_icmp_of(packet, error);

    return seen->frame == 0 || (turn_icmp_is_unreachable(&said) && !turn_icmp_is_unreachable(kept));
}

void tracker_path_unreachable(turn_path *path, const turn_packet *packet,
                              const turn_icmp_error *error) {
    if (!tracker_icmp_tells_more(&path->unreachable, &path->icmp, packet, error)) {
        return;
    }
    path->unreachable = turn_seen_at(packet);
    path->icmp = turn_icmp_of(packet, error);
}
