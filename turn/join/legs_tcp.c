/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "turn/join/legs_private.h"

/* Whether a TCP connection of the client is one of the server's: the same ports after NAT, or one
 * to the same port at the same time. */
static gboolean same_connection(const legs_counting *all, const turn_tcp *near,
                                const turn_tcp *far) {
    const stun_address outside = turn_nat_outside(all->matches->nat, FALSE, &near->flow.source);
    const gint64 apart = far->first_syn.time - near->first_syn.time - all->clock->offset;

    return far->flow.destination.port == near->flow.destination.port &&
           (far->flow.source.port == near->flow.source.port ||
            stun_address_same_host(&outside, &far->flow.source) ||
            ABS(apart) <= all->clock->uncertainty + LEG_WAY_PATIENCE);
}

/* Only those that failed are looked for, and so many: the list is walked for each. */
#define MAX_LOOKUPS 256u

static const turn_tcp *connection_at_server(const legs_counting *all, const turn_tcp *near) {
    for (guint i = 0; i < all->server->model->tcp->len; i++) {
        const turn_tcp *far = g_ptr_array_index(all->server->model->tcp, i);

        if (same_connection(all, near, far)) {
            return far;
        }
    }
    return NULL;
}

static turn_sighting syns_of(const turn_tcp *tcp) {
    turn_sighting syns = {.first = tcp->first_syn, .last = tcp->last_syn, .count = tcp->syns};

    /* Only the first and the last are kept; in between there were as many as were counted. */
    for (guint i = 0; i < MIN(tcp->syns, TURN_VIEW_TIMES); i++) {
        syns.times[i] = i + 1 < tcp->syns ? tcp->first_syn.time : tcp->last_syn.time;
    }
    return syns;
}

/* A connection of the client that failed: what became of it at the server's point? */
static void count_failed(legs_counting *all, turn_leg *leg, const turn_tcp *near,
                         const turn_sighting *syns) {
    const turn_tcp *far = connection_at_server(all, near);
    turn_loss loss = {.flow = near->flow,
                      .first = syns->first,
                      .last = syns->last,
                      .transmissions = leg_due(all, syns, TRUE, LEG_WAY_PATIENCE)};

    if (far == NULL) {
        if (loss.transmissions > 0 && leg_is_visible(all, leg)) {
            leg_lost(&leg->requests[TURN_TO_SERVER], &loss);
        }
        return;
    }
    leg_arrived(&leg->requests[TURN_TO_SERVER], syns);
    loss.asked = syns->first;
    loss.asked_last = syns->last;
    loss.transmissions = near->syns;
    if (far->syn_ack.frame != 0) {
        loss.first = far->syn_ack;
        loss.last = far->syn_ack;
        leg_lost(&leg->responses[TURN_TO_CLIENT], &loss);
    } else if (far->reset.frame == 0 && far->syns > 0 && all->server_sends) {
        loss.first = far->first_syn;
        loss.last = far->last_syn;
        leg_lost(&leg->answers, &loss);
    }
}

/* SYNs have no transaction id, but a connection that never came about is plain. */
static void count_connection(legs_counting *all, const turn_tcp *near) {
    turn_leg *leg = leg_of(all, TURN_LEG_CONTROL, TURN_TRANSPORT_TCP, near->flow.destination.port);
    const turn_sighting syns = syns_of(near);

    if (leg == NULL) {
        return;
    }
    if (near->established.frame != 0 || near->syn_ack.frame != 0) {
        leg_arrived(&leg->requests[TURN_TO_SERVER], &syns);
        leg_arrived(&leg->responses[TURN_TO_CLIENT], &syns);
    } else if (near->reset.frame == 0 && near->unreachable.frame == 0 &&
               all->lookups < MAX_LOOKUPS) {
        all->lookups++;
        count_failed(all, leg, near, &syns);
    }
}

void legs_count_connections(legs_counting *all) {
    const GPtrArray *tcp = all->client->model->tcp;

    for (guint i = 0; i < tcp->len; i++) {
        const turn_tcp *near = g_ptr_array_index(tcp, i);

        if (near->syns > 0 && turn_matches_is_server(all->matches, &near->flow.destination) &&
            turn_matches_is_turn_port(all->matches, near->flow.destination.port)) {
            count_connection(all, near);
        }
    }
}
