/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "turn/hash.h"
#include "turn/tracker_private.h"

/* A packet behind the relay, its ends by the names that the sessions know. Between two relayed
 * addresses of one server it leaves one session and enters the other: at the same time on the
 * server itself, one after the other where the outside firewall has to send it back. */
typedef struct leg {
    turn_session *from; /* whose relayed address the source is; NULL when it is none's */
    turn_session *into;
    stun_address source;
    stun_address destination;
    gboolean departs;
    gboolean arrives;
    gboolean inside;    /* both ends by their addresses on the wire */
    gboolean reflected; /* between two sessions, behind static NAT */
    gboolean same_host; /* on the wire */
} leg;

static gboolean note_local(turn_session *session, const stun_address *end,
                           const stun_address *relayed) {
    if (session == NULL || stun_address_equal(end, relayed)) {
        return FALSE;
    }
    session->relay_local = *end;
    session->relay_public = *relayed;
    return TRUE;
}

/* Another interface shows the packet with its address on the wire. */
static gboolean is_seen_local(const turn_session *session, const stun_address *relayed) {
    return stun_address_equal(&session->relay_public, relayed);
}

static leg leg_of(const turn_tracker *tracker, const turn_flow *flow) {
    leg self = {.same_host = stun_address_same_host(&flow->source, &flow->destination)};
    gboolean source_local;
    gboolean destination_local;

    self.from = tracker_relay_end(tracker, &flow->source, &self.source);
    self.into = tracker_relay_end(tracker, &flow->destination, &self.destination);
    source_local = note_local(self.from, &flow->source, &self.source);
    destination_local = note_local(self.into, &flow->destination, &self.destination);
    if (self.from == NULL || self.into == NULL) {
        self.departs =
            self.from != NULL && (source_local || !is_seen_local(self.from, &self.source));
        self.arrives = self.into != NULL &&
                       (destination_local || !is_seen_local(self.into, &self.destination));
        return self;
    }
    self.inside = source_local && destination_local;
    self.reflected = source_local || destination_local;
    self.departs = !self.reflected || !destination_local;
    self.arrives = !self.reflected || destination_local;
    return self;
}

/* Some servers know their own public address and deliver what is sent to it themselves. Then
 * nothing has left for the firewall. */
static leg leg_settled(const leg *on) {
    leg self = *on;

    if (on->inside) {
        const turn_peer *peer = tracker_find_peer(on->from, &on->destination);

        self.reflected = peer != NULL && peer->reflection.sent > 0;
        self.departs = !self.reflected;
        self.arrives = !self.reflected;
    }
    return self;
}

/* An end that is not known yet may be one that stands for a relayed address. */
static leg leg_learned(turn_tracker *tracker, const turn_flow *flow, const stun_message *message) {
    leg on = leg_of(tracker, flow);

    if ((on.from == NULL &&
         tracker_nat_learn(tracker, &flow->source, &flow->destination, message)) ||
        (on.into == NULL &&
         tracker_nat_learn(tracker, &flow->destination, &flow->source, message))) {
        on = leg_of(tracker, flow);
    }
    return leg_settled(&on);
}

/* Only what does leave the relay, or enter it, makes a peer known. */
static turn_peer *departed_to(const leg *on) {
    if (on->from == NULL) {
        return NULL;
    }
    return on->departs ? tracker_peer(on->from, &on->destination, TURN_VIA_RELAY)
                       : tracker_find_peer(on->from, &on->destination);
}

static turn_peer *arrived_from(const leg *on) {
    if (on->into == NULL) {
        return NULL;
    }
    return on->arrives ? tracker_peer(on->into, &on->source, TURN_VIA_RELAY)
                       : tracker_find_peer(on->into, &on->source);
}

static void note_reflection(const leg *on, const turn_packet *packet, turn_peer *peer) {
    turn_reflection *reflection;

    if (!on->reflected || peer == NULL) {
        return;
    }
    reflection = &peer->reflection;
    if (on->departs) {
        reflection->sent++;
        seen_once(&reflection->first_sent, packet);
        reflection->last_sent = turn_seen_at(packet);
    } else {
        reflection->returned++;
        reflection->same_host += on->same_host ? 1 : 0;
        seen_once(&reflection->first_returned, packet);
    }
}

gboolean tracker_relay_leg(turn_tracker *tracker, const turn_packet *packet,
                           const payload *carried) {
    const leg on = leg_learned(tracker, &packet->flow, NULL);
    turn_peer *to = departed_to(&on);
    turn_peer *from = arrived_from(&on);

    if (to == NULL && from == NULL) {
        return FALSE;
    }
    if (tracker_is_copy_of_data(tracker, packet)) {
        return TRUE;
    }
    note_reflection(&on, packet, to);
    if (to != NULL && on.departs) {
        tracker_peer_packet(tracker, packet, to, TRUE, TRUE, carried);
    }
    if (from != NULL && on.arrives) {
        tracker_peer_packet(tracker, packet, from, FALSE, TRUE, carried);
    }
    return TRUE;
}

gboolean tracker_relay_leg_message(turn_tracker *tracker, const turn_packet *packet,
                                   const stun_message *message) {
    const leg on = leg_learned(tracker, &packet->flow, message);
    turn_peer *to = departed_to(&on);
    turn_peer *from = arrived_from(&on);

    note_reflection(&on, packet, to);
    if (to != NULL && on.departs) {
        tracker_peer_message(tracker, packet, to, TRUE, message);
    }
    if (from != NULL && on.arrives) {
        tracker_peer_message(tracker, packet, from, FALSE, message);
    }
    return to != NULL || from != NULL;
}

const turn_peer *tracker_find_relay_leg(const turn_tracker *tracker, const turn_flow *flow,
                                        const turn_session **session) {
    stun_address near;
    stun_address far;
    const turn_session *source = tracker_relay_end(tracker, &flow->source, &near);
    const turn_session *destination = tracker_relay_end(tracker, &flow->destination, &far);
    const turn_peer *peer = source != NULL ? tracker_find_peer(source, &far) : NULL;

    *session = source;
    if (peer == NULL && destination != NULL) {
        peer = tracker_find_peer(destination, &near);
        *session = source == NULL || peer != NULL ? destination : source;
    }
    return peer;
}

void tracker_relay_unreachable(turn_tracker *tracker, const turn_packet *packet,
                               const turn_icmp_error *error) {
    stun_address source;
    stun_address destination;
    turn_session *from = tracker_relay_end(tracker, &error->about.source, &source);
    turn_session *into = tracker_relay_end(tracker, &error->about.destination, &destination);
    turn_peer *peer = from != NULL ? tracker_find_peer(from, &destination) : NULL;

    if (peer != NULL) {
        tracker_path_unreachable(&peer->path, packet, error);
    }
    /* After the end of the allocation there is nothing to be reached. */
    if (into == NULL ||
        !tracker_icmp_tells_more(&into->relay_unreachable, &into->relay_icmp, packet, error) ||
        (into->expires >= 0 && packet->time >= into->expires)) {
        return;
    }
    into->relay_unreachable = turn_seen_at(packet);
    into->relay_sender = source;
    into->relay_icmp = turn_icmp_of(packet, error);
}

/* A port is given out again and again: so many sessions that had one relayed address are looked at
 * for a peer. */
#define MAX_NAMESAKES 8u

static void note_namesake(GHashTable *all, const stun_address *relayed, turn_session *session) {
    GPtrArray *namesakes = g_hash_table_lookup(all, relayed);

    if (namesakes == NULL) {
        namesakes = g_ptr_array_new();
        g_hash_table_insert(all, (gpointer)relayed, namesakes);
    }
    if (namesakes->len < MAX_NAMESAKES) {
        g_ptr_array_add(namesakes, session);
    }
}

/* Sessions by relayed address, borrowed from the model. */
static GHashTable *all_relayed(const turn_model *model) {
    GHashTable *all = g_hash_table_new_full(turn_hash_address, turn_address_equal, NULL,
                                            (GDestroyNotify)g_ptr_array_unref);

    for (guint i = 0; i < model->sessions->len; i++) {
        turn_session *session = g_ptr_array_index(model->sessions, i);

        for (guint k = 0; k < session->relayed->len; k++) {
            note_namesake(all, &g_array_index(session->relayed, stun_address, k), session);
        }
    }
    return all;
}

static gboolean is_of_server(const turn_session *session, const stun_address *relayed) {
    for (guint i = 0; i < session->relayed->len; i++) {
        if (stun_address_same_host(&g_array_index(session->relayed, stun_address, i), relayed)) {
            return TRUE;
        }
    }
    return FALSE;
}

static void find_relay(GHashTable *all, const turn_session *session, turn_peer *peer) {
    const GPtrArray *namesakes = g_hash_table_lookup(all, &peer->address);

    for (guint i = 0; namesakes != NULL && i < namesakes->len; i++) {
        const turn_session *other = g_ptr_array_index(namesakes, i);

        if (other != session && other->first.time <= session->last.time &&
            session->first.time <= other->last.time && is_of_server(session, &peer->address)) {
            peer->relay = other;
        }
    }
}

void tracker_relays_finish(turn_tracker *tracker) {
    g_autoptr(GHashTable) all = all_relayed(&tracker->model);

    for (guint i = 0; i < tracker->model.sessions->len; i++) {
        const turn_session *session = g_ptr_array_index(tracker->model.sessions, i);

        for (guint k = 0; k < session->peers->len; k++) {
            find_relay(all, session, g_ptr_array_index(session->peers, k));
        }
    }
}
