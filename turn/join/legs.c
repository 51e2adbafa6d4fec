/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "turn/join/legs_private.h"

#define RELAY_LOW  24000u
#define RELAY_HIGH 29999u

#define BLOCKED_TRANSMISSIONS 3u
#define BLOCKED_TIME          (3 * LEG_SECOND)

const char *turn_leg_kind_name(turn_leg_kind kind) {
    static const char *const names[] = {
        [TURN_LEG_CONTROL] = "control", [TURN_LEG_TUNNEL] = "tunnel", [TURN_LEG_RELAY] = "relay"};
    return names[kind];
}

char *turn_leg_ports(const turn_leg *leg) {
    if (leg->kind == TURN_LEG_RELAY && leg->low_port >= RELAY_LOW && leg->high_port <= RELAY_HIGH) {
        return g_strdup_printf("%u-%u", RELAY_LOW, RELAY_HIGH);
    }
    return leg->low_port == leg->high_port
               ? g_strdup_printf("%u", leg->low_port)
               : g_strdup_printf("%u-%u", leg->low_port, leg->high_port);
}

void turn_loss_add(turn_loss_sum *sum, const turn_loss *loss) {
    /* Who asks again waits for the answer all that time, whenever it left. */
    const gint64 waited = loss->first.time + (loss->asked_last.time - loss->asked.time);
    const gint64 to = MAX(loss->last.time, waited);

    sum->from = sum->count > 0 ? MIN(sum->from, loss->first.time) : loss->first.time;
    sum->to = sum->count > 0 ? MAX(sum->to, to) : to;
    sum->transmissions += loss->transmissions;
    sum->sent += loss->sent;
    sum->count++;
}

gboolean turn_loss_is_systematic(const turn_loss_sum *sum) {
    return sum->transmissions >= BLOCKED_TRANSMISSIONS && sum->to - sum->from >= BLOCKED_TIME;
}

gboolean turn_tally_is_blocked(const turn_tally *tally) {
    turn_loss_sum sum = {0};

    for (guint i = 0; i < tally->losses->len; i++) {
        turn_loss_add(&sum, &g_array_index(tally->losses, turn_loss, i));
    }
    return turn_loss_is_systematic(&sum);
}

/* What was lost before something came through again is over. */
static void settle(turn_tally *tally) {
    guint kept = 0;

    for (guint i = 0; i < tally->losses->len; i++) {
        const turn_loss loss = g_array_index(tally->losses, turn_loss, i);

        if (loss.first.time < tally->last_arrived) {
            leg_overcame(tally, &loss);
        } else {
            g_array_index(tally->losses, turn_loss, kept++) = loss;
        }
    }
    g_array_set_size(tally->losses, kept);
    tally->lost = tally->losses->len;
}

static void settle_all(turn_leg *leg) {
    turn_tally *inbound = &leg->requests[TURN_TO_SERVER];

    if (leg->blind) {
        inbound->sent = inbound->arrived;
        g_array_set_size(inbound->losses, 0);
        g_array_set_size(inbound->overcome, 0);
    }
    for (gint way = 0; way < TURN_WAYS; way++) {
        settle(&leg->requests[way]);
        settle(&leg->responses[way]);
    }
    settle(&leg->answers);
}

static gboolean is_sender(const turn_point *point, const stun_address *address) {
    stun_address host = *address;

    host.port = 0;
    return g_hash_table_contains(point->senders, &host);
}

static void add_shared(legs_counting *all, const stun_address *address) {
    stun_address host = *address;

    host.port = 0;
    if (!g_hash_table_contains(all->shared, &host)) {
        g_hash_table_add(all->shared, g_memdup2(&host, sizeof host));
    }
}

static gboolean has_protocol(const turn_model *model, turn_protocol protocol) {
    for (guint i = 0; i < model->sessions->len; i++) {
        if (((const turn_session *)g_ptr_array_index(model->sessions, i))->protocol == protocol) {
            return TRUE;
        }
    }
    return FALSE;
}

/* Behind the NAT of the client others may be: what they ask is not in its capture. */
static void note_shared(legs_counting *all) {
    const GPtrArray *far = turn_ledger_views(all->server->ledger);
    const GPtrArray *sessions = all->server->model->sessions;
    const gint64 doubt = all->clock->uncertainty;

    for (guint i = 0; i < far->len; i++) {
        const turn_view *view = g_ptr_array_index(far, i);
        const gint64 when = view->request.first.time - all->clock->offset;

        if (view->request.count > 0 &&
            turn_matches_is_server(all->matches, &view->flow.destination) &&
            !g_hash_table_contains(all->matches->of_server, view) &&
            turn_observed_all(all->client_time, when - doubt - TURN_WAY_PATIENCE, when + doubt)) {
            add_shared(all, &view->flow.source);
        }
    }
    for (gint protocol = TURN_PROTOCOL_TCP; protocol <= TURN_PROTOCOL_DTLS; protocol++) {
        const gboolean own = has_protocol(all->client->model, (turn_protocol)protocol);

        for (guint i = 0; !own && i < sessions->len; i++) {
            const turn_session *session = g_ptr_array_index(sessions, i);

            if (session->protocol == (turn_protocol)protocol) {
                add_shared(all, &session->client);
            }
        }
    }
}

static void note_directions(legs_counting *all) {
    const GPtrArray *near = turn_ledger_views(all->client->ledger);
    const GPtrArray *far = turn_ledger_views(all->server->ledger);

    for (guint i = 0; i < near->len; i++) {
        const turn_view *view = g_ptr_array_index(near, i);
        const gboolean to = turn_matches_is_server(all->matches, &view->flow.destination);

        all->client_receives |= (to ? view->response.count : view->request.count) > 0;
    }
    for (guint i = 0; i < far->len; i++) {
        const turn_view *view = g_ptr_array_index(far, i);
        const gboolean to = turn_matches_is_server(all->matches, &view->flow.destination);

        all->server_sends |= (to ? view->response.count : view->request.count) > 0;
        all->server_receives |= (to ? view->request.count : view->response.count) > 0;
        /* Whatever it sends shows that the capture has that direction. */
        all->server_sends |= to && is_sender(all->server, &view->flow.destination);
    }
}

static gint leg_order(gconstpointer a, gconstpointer b) {
    const turn_leg *left = *(turn_leg *const *)a;
    const turn_leg *right = *(turn_leg *const *)b;

    if (left->kind != right->kind) {
        return left->kind < right->kind ? -1 : 1;
    }
    if (left->transport != right->transport) {
        return left->transport < right->transport ? -1 : 1;
    }
    return left->low_port < right->low_port ? -1 : left->low_port > right->low_port;
}

GPtrArray *turn_legs_new(const turn_matches *matches, const turn_point *client,
                         const turn_point *server, const turn_clock *clock, GHashTable *works) {
    legs_counting all = {.matches = matches,
                         .clock = clock,
                         .client = client,
                         .server = server,
                         .works = works,
                         .legs = g_ptr_array_new_with_free_func(leg_free)};
    const GPtrArray *near = turn_ledger_views(client->ledger);
    const GPtrArray *far = turn_ledger_views(server->ledger);

    all.client_time = turn_observed_new(client->model, turn_ledger_full_since(client->ledger));
    all.server_time = turn_observed_new(server->model, turn_ledger_full_since(server->ledger));
    all.client_traffic = turn_traffic_new(client->model);
    all.server_traffic = turn_traffic_new(server->model);
    all.shared = turn_hosts_new();
    note_directions(&all);
    note_shared(&all);
    for (guint i = 0; i < near->len; i++) {
        legs_count_from_client(&all, g_ptr_array_index(near, i));
    }
    for (guint i = 0; i < far->len; i++) {
        legs_count_from_server(&all, g_ptr_array_index(far, i));
    }
    legs_count_connections(&all);
    for (guint i = 0; i < all.legs->len; i++) {
        settle_all(g_ptr_array_index(all.legs, i));
    }
    g_ptr_array_sort(all.legs, leg_order);
    turn_observed_free(all.client_time);
    turn_observed_free(all.server_time);
    g_hash_table_destroy(all.shared);
    turn_traffic_free(all.client_traffic);
    turn_traffic_free(all.server_traffic);
    return all.legs;
}
