/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "turn/ladder_private.h"

static void add_address(GPtrArray *details, const char *words, const stun_address *address) {
    char text[STUN_ADDRESS_TEXT];

    stun_address_format(address, text, sizeof text);
    if (*text != '\0') {
        g_ptr_array_add(details, g_strdup_printf("%s %s", words, text));
    }
}

static void add_host(GPtrArray *details, const char *words, const stun_address *host) {
    char text[STUN_ADDRESS_TEXT];

    stun_address_format_host(host, text, sizeof text);
    if (*text != '\0') {
        g_ptr_array_add(details, g_strdup_printf("%s %s", words, text));
    }
}

static void add_event(turn_ladder *self, const turn_seen *seen, const turn_tcp *tcp,
                      gboolean from_opener, const char *what) {
    turn_step *step;

    if (seen->frame == 0) {
        return;
    }
    step = ladder_add_step(self, TURN_STEP_TCP, seen, g_strdup(what));
    ladder_set_lanes(step, TURN_LANE_CLIENT, TURN_LANE_SERVER, from_opener);
    step->end = tcp->flow.source;
    add_address(step->details, "client end", &tcp->flow.source);
}

/* WHERE is the lane of who gets it: the sender may have none. */
static void add_unreachable_at(turn_ladder *self, turn_lane where, const turn_seen *seen,
                               const turn_icmp *icmp, const stun_address *to) {
    if (seen->frame != 0) {
        turn_step *step = ladder_add_step(self, TURN_STEP_ICMP, seen, turn_icmp_name(icmp));

        ladder_set_lanes(step, where, where, TRUE);
        add_host(step->details, "from", &icmp->sender);
        add_address(step->details, "about what went to", to);
    }
}

static void add_unreachable(turn_ladder *self, const turn_seen *seen, const turn_icmp *icmp,
                            const stun_address *to) {
    add_unreachable_at(self, TURN_LANE_CLIENT, seen, icmp, to);
}

static void add_tcp(turn_ladder *self, const turn_tcp *tcp, gboolean data) {
    g_autofree char *again = NULL;

    if (tcp == NULL) {
        return;
    }
    add_event(self, &tcp->first_syn, tcp, TRUE,
              data ? "TCP SYN of a data connection" : "TCP SYN of the control connection");
    if (tcp->syns > 1) {
        again = g_strdup_printf("TCP SYN again, last of %u", tcp->syns);
        add_event(self, &tcp->last_syn, tcp, TRUE, again);
    }
    add_event(self, &tcp->syn_ack, tcp, FALSE, "TCP SYN-ACK");
    add_event(self, &tcp->opener_fin, tcp, TRUE, "TCP FIN: the client closes");
    add_event(self, &tcp->listener_fin, tcp, FALSE, "TCP FIN: the server closes");
    add_event(self, &tcp->reset, tcp, !tcp->reset_by_listener, "TCP RST");
    add_unreachable(self, &tcp->unreachable, &tcp->icmp, &tcp->flow.destination);
}

static void add_behind_event(turn_ladder *self, const turn_seen *seen, const stun_address *peer,
                             gboolean from_peer, const char *what) {
    turn_step *step;

    if (seen->frame == 0) {
        return;
    }
    step = ladder_add_step(self, TURN_STEP_TCP, seen, g_strdup(what));
    ladder_set_lanes(step, TURN_LANE_PEER, TURN_LANE_SERVER, from_peer);
    step->peer = *peer;
}

/* A connection between the relayed address and a peer. */
static void add_behind(turn_ladder *self, const turn_tcp *tcp, gboolean by_peer) {
    const stun_address *peer = by_peer ? &tcp->flow.source : &tcp->flow.destination;
    const turn_seen *peer_fin = by_peer ? &tcp->opener_fin : &tcp->listener_fin;
    const turn_seen *relay_fin = by_peer ? &tcp->listener_fin : &tcp->opener_fin;
    g_autofree char *again = NULL;

    add_behind_event(self, &tcp->first_syn, peer, by_peer,
                     by_peer ? "TCP SYN of the peer" : "TCP SYN to the peer");
    if (tcp->syns > 1) {
        again = g_strdup_printf("TCP SYN again, last of %u", tcp->syns);
        add_behind_event(self, &tcp->last_syn, peer, by_peer, again);
    }
    add_behind_event(self, &tcp->syn_ack, peer, !by_peer, "TCP SYN-ACK");
    add_behind_event(self, peer_fin, peer, TRUE, "TCP FIN: the peer closes");
    add_behind_event(self, relay_fin, peer, FALSE, "TCP FIN: the relay closes");
    add_behind_event(self, &tcp->reset, peer, by_peer != tcp->reset_by_listener, "TCP RST");
    add_unreachable_at(self, by_peer ? TURN_LANE_PEER : TURN_LANE_SERVER, &tcp->unreachable,
                       &tcp->icmp, &tcp->flow.destination);
}

/* What is seen of data on one leg, in one direction. */
typedef struct media_leg {
    const char *name;
    const char *way; /* of turn_step */
    turn_lane near;
    turn_lane far;
    gboolean to_peer;
} media_leg;

enum { CLIENT_TO, CLIENT_FROM, RELAY_TO, RELAY_FROM, DIRECT_TO, DIRECT_FROM };

/* What the client sends has reached the server, and the peer only if the relay sends it on. */
static const media_leg legs[] = {
    [CLIENT_TO] = {"Data sent towards the peer", "sent towards peer", TURN_LANE_CLIENT,
                   TURN_LANE_PEER, TRUE},
    [CLIENT_FROM] = {"Data relayed from the peer", "relayed from peer", TURN_LANE_CLIENT,
                     TURN_LANE_PEER, FALSE},
    [RELAY_TO] = {"Data relayed to the peer", "relayed to peer", TURN_LANE_SERVER, TURN_LANE_PEER,
                  TRUE},
    [RELAY_FROM] = {"Data sent by the peer", "sent by peer", TURN_LANE_SERVER, TURN_LANE_PEER,
                    FALSE},
    [DIRECT_TO] = {"Data to the peer", NULL, TURN_LANE_CLIENT, TURN_LANE_PEER, TRUE},
    [DIRECT_FROM] = {"Data from the peer", NULL, TURN_LANE_CLIENT, TURN_LANE_PEER, FALSE}};

/* SPLIT: the other leg is a step of its own. */
static void add_media(turn_ladder *self, const turn_direction *direction, const turn_peer *peer,
                      const media_leg *leg, gboolean split) {
    turn_step *step;

    if (direction->packets == 0) {
        return;
    }
    step = ladder_add_step(self, TURN_STEP_MEDIA, &direction->first_packet, g_strdup(leg->name));
    ladder_set_lanes(step, leg->near, split ? TURN_LANE_SERVER : leg->far, leg->to_peer);
    step->way = leg->way;
    step->packets = direction->packets;
    step->bytes = direction->bytes;
    step->last = direction->last_packet;
    step->last_bytes = direction->last_bytes;
    step->pauses = direction->pauses;
    step->peer = peer->address;
}

static void add_peers(turn_ladder *self, const turn_session *session) {
    for (guint i = 0; i < session->peers->len; i++) {
        const turn_peer *peer = g_ptr_array_index(session->peers, i);
        const turn_path *path = &peer->path;
        const gboolean split = peer->relay_to.packets + peer->relay_from.packets > 0;

        add_media(self, &path->to_peer, peer, &legs[CLIENT_TO], split);
        add_media(self, &path->from_peer, peer, &legs[CLIENT_FROM], split);
        add_media(self, &peer->relay_to, peer, &legs[RELAY_TO], FALSE);
        add_media(self, &peer->relay_from, peer, &legs[RELAY_FROM], FALSE);
        add_unreachable(self, &path->unreachable, &path->icmp, &peer->address);
    }
}

static void add_connections(turn_ladder *self, const turn_session *session) {
    add_tcp(self, session->tcp, FALSE);
    for (guint i = 0; i < session->connections->len; i++) {
        const turn_connection *connection = g_ptr_array_index(session->connections, i);

        if (connection->tcp != session->tcp) {
            add_tcp(self, connection->tcp, TRUE);
        }
    }
    for (guint i = 0; i < session->departures->len; i++) {
        add_behind(self, g_ptr_array_index(session->departures, i), FALSE);
    }
    for (guint i = 0; i < session->arrivals->len; i++) {
        add_behind(self, g_ptr_array_index(session->arrivals, i), TRUE);
    }
    add_unreachable(self, &session->unreachable, &session->icmp, &session->server);
}

static void add_pair(turn_ladder *self, const turn_pair *pair) {
    const turn_peer second = {.address = pair->b};
    const turn_path *path = &pair->path;

    add_media(self, &path->to_peer, &second, &legs[DIRECT_TO], FALSE);
    add_media(self, &path->from_peer, &second, &legs[DIRECT_FROM], FALSE);
    add_unreachable(self, &path->unreachable, &path->icmp, &pair->b);
}

void ladder_add_events(turn_ladder *self, const ladder_view *view) {
    const guint before = self->steps->len;

    if (view->session != NULL) {
        add_connections(self, view->session);
        add_peers(self, view->session);
    }
    if (view->pair != NULL) {
        add_pair(self, view->pair);
    }
    for (guint i = before; i < self->steps->len; i++) {
        turn_step *step = g_ptr_array_index(self->steps, i);

        step->point = view->point;
        step->seen.time += view->shift;
        step->last.time += view->shift;
        step->pauses.before.time += view->shift;
    }
}
