/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "turn/join/traffic.h"

/* Both directions of a 5-tuple: turn_flow_equal() knows no difference. */
typedef struct both_ways {
    turn_flow flow;
    gint64 along; /* the latest from its source */
    gint64 back;
} both_ways;

struct turn_traffic {
    GHashTable *flows; /* of turn_flow, in its value: both_ways */
};

static void note(turn_traffic *traffic, const turn_flow *flow, const turn_seen *along,
                 const turn_seen *back) {
    both_ways *ways = g_hash_table_lookup(traffic->flows, flow);
    gboolean turned;
    gint64 *to;
    gint64 *from;

    if (along->frame == 0 && back->frame == 0) {
        return;
    }
    if (ways == NULL) {
        ways = g_new0(both_ways, 1);
        *ways = (both_ways){.flow = *flow, .along = G_MININT64, .back = G_MININT64};
        g_hash_table_insert(traffic->flows, &ways->flow, ways);
    }
    turned = !stun_address_equal(&flow->source, &ways->flow.source);
    to = turned ? &ways->back : &ways->along;
    from = turned ? &ways->along : &ways->back;
    *to = along->frame != 0 ? MAX(*to, along->time) : *to;
    *from = back->frame != 0 ? MAX(*from, back->time) : *from;
}

/* What goes through the relay, as it passes behind it: the peer's end sends to the relayed one. */
static void note_relayed(turn_traffic *traffic, const turn_session *session,
                         const turn_peer *peer) {
    for (guint i = 0; i < session->relayed->len; i++) {
        const turn_flow flow = {
            .transport = session->relay_protocol == 6 ? TURN_TRANSPORT_TCP : TURN_TRANSPORT_UDP,
            .source = peer->address,
            .destination = session->relay_local.family != STUN_FAMILY_NONE
                               ? session->relay_local
                               : g_array_index(session->relayed, stun_address, i)};

        note(traffic, &flow, &peer->relay_from.last_packet, &peer->relay_to.last_packet);
    }
}

static void note_session(turn_traffic *traffic, const turn_session *session) {
    const turn_seen none = {.frame = 0};
    const gboolean datagrams =
        session->protocol == TURN_PROTOCOL_UDP || session->protocol == TURN_PROTOCOL_DTLS;
    const turn_flow flow = {.transport = datagrams ? TURN_TRANSPORT_UDP : TURN_TRANSPORT_TCP,
                            .source = session->client,
                            .destination = session->server};
    const gboolean client_last = turn_seen_after(&session->last, &session->last_from_server) ||
                                 session->packets_from_server == 0;

    note(traffic, &flow, client_last ? &session->last : &none, &session->last_from_server);
    for (guint i = 0; i < session->peers->len; i++) {
        const turn_peer *peer = g_ptr_array_index(session->peers, i);

        note(traffic, &flow, &peer->path.to_peer.last_packet, &peer->path.from_peer.last_packet);
        note_relayed(traffic, session, peer);
    }
}

turn_traffic *turn_traffic_new(const turn_model *model) {
    turn_traffic *traffic = g_new0(turn_traffic, 1);

    traffic->flows = g_hash_table_new_full(turn_flow_hash, turn_flow_equal, NULL, g_free);
    for (guint i = 0; i < model->sessions->len; i++) {
        note_session(traffic, g_ptr_array_index(model->sessions, i));
    }
    for (guint i = 0; i < model->pairs->len; i++) {
        const turn_pair *pair = g_ptr_array_index(model->pairs, i);
        const turn_flow flow = {
            .transport = pair->transport, .source = pair->a, .destination = pair->b};

        note(traffic, &flow, &pair->path.to_peer.last_packet, &pair->path.from_peer.last_packet);
    }
    return traffic;
}

void turn_traffic_free(turn_traffic *traffic) {
    if (traffic != NULL) {
        g_hash_table_destroy(traffic->flows);
        g_free(traffic);
    }
}

gint64 turn_traffic_last(const turn_traffic *traffic, const turn_flow *flow) {
    const both_ways *ways = g_hash_table_lookup(traffic->flows, flow);

    if (ways == NULL) {
        return G_MININT64;
    }
    return stun_address_equal(&flow->source, &ways->flow.source) ? ways->along : ways->back;
}
