/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "turn/join/legs_private.h"

/* What the server's point has of a connection of the client. */
typedef enum counterpart {
    COUNTERPART_NONE,
    COUNTERPART_POSSIBLE, /* behind a NAT whose ports are not known, or by clocks that are not */
    COUNTERPART_CERTAIN
} counterpart;

/* Its first SYN came after the client's first one, and before that was given up. */
static gboolean begins_with(const legs_counting *all, const turn_tcp *near, const turn_tcp *far) {
    const gint64 shift = all->clock->offset;
    const gint64 doubt = all->clock->uncertainty;
    const gint64 when = far->first_syn.time;

    return when >= near->first_syn.time + shift - doubt &&
           when <= near->last_syn.time + shift + doubt + TURN_WAY_PATIENCE;
}

static gboolean came_about(const turn_tcp *tcp) {
    return tcp->established.frame != 0 || tcp->syn_ack.frame != 0;
}

/* The client's end, as the server must know it, tells its connections from those of others. A
 * client that had no SYN-ACK acknowledges none, and one that had it has had it from the server. */
static counterpart counterpart_of(const legs_counting *all, const turn_tcp *near,
                                  const turn_tcp *far) {
    const stun_address outside = turn_nat_outside(all->matches->nat, FALSE, &near->flow.source);
    const gboolean same = stun_address_equal(&outside, &far->flow.source);

    const gboolean fits = came_about(near) ? came_about(far) : far->established.frame == 0;

    if (far->syns == 0 || far->flow.destination.port != near->flow.destination.port ||
        (!fits && !same)) {
        return COUNTERPART_NONE;
    }
    if (begins_with(all, near, far)) {
        return same && fits ? COUNTERPART_CERTAIN : COUNTERPART_POSSIBLE;
    }
    return same && all->clock->state != TURN_CLOCK_KNOWN ? COUNTERPART_POSSIBLE : COUNTERPART_NONE;
}

static counterpart connection_at_server(const legs_counting *all, const turn_tcp *near,
                                        const turn_tcp **found) {
    counterpart best = COUNTERPART_NONE;

    for (guint i = 0; i < all->server->model->tcp->len && best != COUNTERPART_CERTAIN; i++) {
        const turn_tcp *far = g_ptr_array_index(all->server->model->tcp, i);
        const counterpart is = counterpart_of(all, near, far);

        if (is > best) {
            best = is;
            *found = far;
        }
    }
    return best;
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
    const turn_tcp *far = NULL;
    const counterpart is = connection_at_server(all, near, &far);
    turn_loss loss = {.flow = near->flow,
                      .first = syns->first,
                      .last = syns->last,
                      .transmissions = leg_due(all, syns, TRUE, TURN_WAY_PATIENCE),
                      .sent = syns->count};

    if (is != COUNTERPART_CERTAIN) {
        if (is == COUNTERPART_NONE && loss.transmissions > 0 && leg_is_visible(all, leg)) {
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

/* A connection of the client that came about: did the server's point see it? */
static void count_opened(legs_counting *all, turn_leg *leg, const turn_tcp *near,
                         const turn_sighting *syns) {
    const turn_tcp *far = NULL;
    const counterpart is = connection_at_server(all, near, &far);

    if (is == COUNTERPART_CERTAIN) {
        leg_arrived(&leg->requests[TURN_TO_SERVER], syns);
        leg_arrived(&leg->responses[TURN_TO_CLIENT], syns);
    } else if (is == COUNTERPART_NONE && leg_due(all, syns, TRUE, TURN_WAY_PATIENCE) > 0) {
        leg->blind = TRUE;
    }
}

/* SYNs have no transaction id, but a connection that never came about is plain. */
static void count_connection(legs_counting *all, const turn_tcp *near) {
    turn_leg *leg = leg_of(all, TURN_LEG_CONTROL, TURN_TRANSPORT_TCP, near->flow.destination.port);
    const turn_sighting syns = syns_of(near);

    if (leg == NULL) {
        return;
    }
    if (came_about(near)) {
        if (all->lookups_of_opened++ < LEG_MAX_LOOKUPS) {
            count_opened(all, leg, near, &syns);
        }
    } else if (near->reset.frame == 0 && near->unreachable.frame == 0 &&
               all->lookups < LEG_MAX_LOOKUPS) {
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
