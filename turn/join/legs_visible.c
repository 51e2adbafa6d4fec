/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "turn/join/legs_private.h"

/* The server's capture shows what is not TURN, so that no filter of ports was set. */
static gboolean is_unfiltered(const legs_counting *all, turn_transport transport) {
    const turn_point *server = all->server;

    return server->other ||
           (transport == TURN_TRANSPORT_UDP ? server->other_udp : server->other_tcp);
}

gboolean leg_is_visible(const legs_counting *all, const turn_leg *leg) {
    const turn_point *server = all->server;
    const gboolean other = is_unfiltered(all, leg->transport);

    if (all->matches->joined > 0 ? !all->server_receives : server->cut) {
        return FALSE;
    }
    if (leg->kind == TURN_LEG_RELAY) {
        /* Another interface shows the server, and nothing of this leg. */
        return other && all->matches->joined > 0;
    }
    return other || leg->requests[TURN_TO_SERVER].arrived > 0;
}

/* The flow of packets that go WAY, as the point that they come to knows it. */
static turn_flow flow_there(const legs_counting *all, turn_way way, const turn_flow *flow) {
    const turn_nat *nat = all->matches->nat;

    return way == TURN_TO_SERVER
               ? (turn_flow){.transport = flow->transport,
                             .source = turn_nat_outside(nat, FALSE, &flow->source),
                             .destination = turn_nat_inside(nat, TRUE, &flow->destination)}
               : (turn_flow){.transport = flow->transport,
                             .source = turn_nat_outside(nat, TRUE, &flow->source),
                             .destination = turn_nat_inside(nat, FALSE, &flow->destination)};
}

static gboolean is_relayed_of(const turn_session *session, const stun_address *address) {
    for (guint i = 0; i < session->relayed->len; i++) {
        if (stun_address_equal(&g_array_index(session->relayed, stun_address, i), address)) {
            return TRUE;
        }
    }
    return FALSE;
}

static gboolean is_allocated(const turn_session *session, gint64 from, gint64 to) {
    return session->allocated.frame != 0 && session->allocated.time <= from &&
           (session->released.frame == 0 || to < session->released.time) &&
           (session->expires < 0 || to < session->expires);
}

guint leg_due_while_granted(legs_counting *all, const turn_view *view) {
    const turn_model *model = all->server->model;
    const turn_flow there = flow_there(all, TURN_TO_SERVER, &view->flow);
    const gint64 doubt = all->clock->uncertainty;
    guint count = 0;

    if (all->server->cut || !is_unfiltered(all, view->flow.transport) ||
        !turn_model_receives(model, &there.destination) ||
        all->lookups_of_relays++ >= LEG_MAX_LOOKUPS) {
        return 0;
    }
    for (guint i = 0; i < model->sessions->len && count == 0; i++) {
        const turn_session *session = g_ptr_array_index(model->sessions, i);

        for (guint at = 0; is_relayed_of(session, &there.destination) &&
                           at < MIN(view->request.count, TURN_VIEW_TIMES);
             at++) {
            const gint64 when = view->request.times[at] + all->clock->offset;

            if (is_allocated(session, when - doubt, when + doubt) &&
                turn_observed_all(all->server_time, when - doubt,
                                  when + doubt + TURN_WAY_PATIENCE)) {
                count++;
            }
        }
    }
    return count;
}

gboolean leg_goes_on(const legs_counting *all, turn_way way, const turn_flow *flow,
                     const turn_sighting *lost) {
    const turn_flow there = flow_there(all, way, flow);
    const gint64 shift = way == TURN_TO_SERVER ? all->clock->offset : -all->clock->offset;
    const turn_traffic *traffic = way == TURN_TO_SERVER ? all->server_traffic : all->client_traffic;

    return turn_traffic_last(traffic, &there) > lost->first.time + shift + all->clock->uncertainty;
}

gboolean leg_is_visible_at_client(const legs_counting *all, const turn_view *view) {
    const turn_point *client = all->client;
    stun_address host = view->flow.destination;

    host.port = 0;
    return all->client_receives && !client->cut &&
           (client->other ||
            (view->flow.transport == TURN_TRANSPORT_UDP ? client->other_udp : client->other_tcp)) &&
           !g_hash_table_contains(all->shared, &host);
}
