/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "turn/join/legs.h"

#include "turn/join/observed.h"

#define SECOND G_GINT64_CONSTANT(1000000000)
/* A packet that is under way for longer than this is lost. */
#define WAY_PATIENCE SECOND
/* The server, and who is behind it, had time to answer; as TURN_PEER_PATIENCE. */
#define ANSWER_PATIENCE (5 * SECOND)

#define RELAY_LOW  24000u
#define RELAY_HIGH 29999u

/* While legs are counted. */
typedef struct counting {
    const turn_matches *matches;
    const turn_clock *clock;
    const turn_point *client;
    const turn_point *server;
    turn_observed *client_time;
    turn_observed *server_time;
    gboolean client_receives; /* the captures show packets that come in at their own side */
    gboolean server_receives;
    gboolean server_sends;
    GHashTable *works;
    GPtrArray *legs;
    guint lookups; /* of connections in the server's list */
} counting;

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

gboolean turn_tally_is_blocked(const turn_tally *tally) {
    return tally->lost >= 2 || (tally->lost == 1 && tally->transmissions >= 3);
}

static void tally_init(turn_tally *tally) {
    tally->last_arrived = G_MININT64;
    tally->losses = g_array_new(FALSE, FALSE, sizeof(turn_loss));
}

static void leg_free(gpointer data) {
    turn_leg *leg = data;

    for (gint way = 0; way < TURN_WAYS; way++) {
        g_array_unref(leg->requests[way].losses);
        g_array_unref(leg->responses[way].losses);
    }
    g_array_unref(leg->answers.losses);
    g_free(leg);
}

/* Relay ports are one range, other ports each a leg of its own. */
static turn_leg *leg_of(counting *all, turn_leg_kind kind, turn_transport transport, guint16 port) {
    turn_leg *leg;

    for (guint i = 0; i < all->legs->len; i++) {
        leg = g_ptr_array_index(all->legs, i);
        if (leg->kind == kind && leg->transport == transport &&
            (kind == TURN_LEG_RELAY || leg->low_port == port)) {
            leg->low_port = MIN(leg->low_port, port);
            leg->high_port = MAX(leg->high_port, port);
            return leg;
        }
    }
    if (all->legs->len >= TURN_MAX_LEGS) {
        return NULL;
    }
    leg = g_new0(turn_leg, 1);
    leg->kind = kind;
    leg->transport = transport;
    leg->low_port = port;
    leg->high_port = port;
    for (gint way = 0; way < TURN_WAYS; way++) {
        tally_init(&leg->requests[way]);
        tally_init(&leg->responses[way]);
    }
    tally_init(&leg->answers);
    g_ptr_array_add(all->legs, leg);
    return leg;
}

static void arrived(turn_tally *tally, const turn_sighting *sent) {
    tally->sent++;
    tally->arrived++;
    tally->last_arrived = MAX(tally->last_arrived, sent->first.time);
}

static void lost(turn_tally *tally, const turn_loss *loss) {
    tally->sent++;
    if (tally->losses->len < TURN_MAX_LOSSES) {
        g_array_append_val(tally->losses, *loss);
    }
}

/* How many transmissions the other point must have shown: each PATIENCE before its end. */
static guint due(const counting *all, const turn_sighting *sent, gboolean at_server,
                 gint64 patience) {
    const turn_observed *time = at_server ? all->server_time : all->client_time;
    const gint64 shift = at_server ? all->clock->offset : -all->clock->offset;
    guint count = 0;

    for (guint i = 0; i < MIN(sent->count, TURN_VIEW_TIMES); i++) {
        const gint64 there = sent->times[i] + shift;

        if (turn_observed_all(time, there - all->clock->uncertainty,
                              there + all->clock->uncertainty + patience)) {
            count++;
        }
    }
    return count;
}

/* Transmissions after which the point itself was captured long enough for an answer. */
static guint due_here(const turn_observed *time, const turn_sighting *seen) {
    guint count = 0;

    for (guint i = 0; i < MIN(seen->count, TURN_VIEW_TIMES); i++) {
        if (turn_observed_all(time, seen->times[i], seen->times[i] + ANSWER_PATIENCE)) {
            count++;
        }
    }
    return count;
}

static gboolean is_excused(const counting *all, const turn_view *view) {
    return view->ice != NULL && g_hash_table_contains(all->works, view->ice);
}

static turn_loss loss_of(const counting *all, const turn_view *view, const turn_sighting *what,
                         guint transmissions) {
    return (turn_loss){.view = view,
                       .flow = view->flow,
                       .method = view->method,
                       .transmissions = transmissions,
                       .first = what->first,
                       .last = what->last,
                       .excused = is_excused(all, view)};
}

/* Whether the server's capture would show packets of the leg: a filter may leave it out. */
static gboolean is_visible(const counting *all, const turn_leg *leg) {
    const turn_point *server = all->server;
    const gboolean other =
        server->other ||
        (leg->transport == TURN_TRANSPORT_UDP ? server->other_udp : server->other_tcp);

    if (leg->kind == TURN_LEG_RELAY) {
        /* Another interface shows the server, and nothing of this leg. */
        return other && all->matches->joined > 0;
    }
    return other || leg->requests[TURN_TO_SERVER].arrived > 0;
}

/* A request that left one point: did it come to the other? OTHER is the other's view. */
static void count_request(counting *all, turn_leg *leg, turn_way way, const turn_view *view,
                          const turn_view *other) {
    turn_tally *tally = &leg->requests[way];
    turn_loss loss;

    if (view->request.count == 0) {
        return;
    }
    if (other != NULL) {
        arrived(tally, &view->request);
        return;
    }
    loss = loss_of(all, view, &view->request,
                   due(all, &view->request, way == TURN_TO_SERVER, WAY_PATIENCE));
    if (loss.transmissions == 0) {
        return;
    }
    if (view->response.count > 0) {
        leg->blind |= way == TURN_TO_SERVER;
    } else if (way == TURN_TO_CLIENT || is_visible(all, leg)) {
        lost(tally, &loss);
    }
}

/* An answer that left the point of ANSWERING: did it come to the one that asked? */
static void count_response(counting *all, turn_leg *leg, turn_way way, const turn_view *asking,
                           const turn_view *answering) {
    turn_tally *tally = &leg->responses[way];
    /* Who asks again has had no answer; else the capture must be known to show what comes in. */
    const gboolean provable =
        (way == TURN_TO_CLIENT ? all->client_receives : all->server_receives) ||
        asking->request.count > 1;
    turn_loss loss;

    if (asking->request.count == 0 || answering->response.count == 0) {
        return;
    }
    if (asking->response.count > 0) {
        arrived(tally, &answering->response);
        return;
    }
    if (asking->flow.transport == TURN_TRANSPORT_TCP) {
        return;
    }
    loss = loss_of(all, asking, &answering->response,
                   due(all, &answering->response, way == TURN_TO_SERVER, WAY_PATIENCE));
    loss.asked = asking->request.first;
    loss.asked_last = asking->request.last;
    if (loss.transmissions > 0 && provable) {
        lost(tally, &loss);
    }
}

/* The server's view of the transaction on a third leg: the relay passed the request on. */
static void note_passed_on(turn_leg *leg, const turn_ledger *ledger, const turn_view *view) {
    for (const turn_view *other = turn_ledger_find(ledger, view->id); other != NULL;
         other = other->next) {
        if (other != view && other->request.count > 0 &&
            !stun_address_equal(&other->flow.destination, &view->flow.destination)) {
            leg->passed_to = other->flow.destination;
            leg->passed_on++;
            return;
        }
    }
}

/* Keep-alives without credentials are answered or not, as the server likes, and a release may be
 * answered by closing. */
static gboolean must_be_answered(const turn_view *view) {
    return !view->release && (view->check || view->method != STUN_METHOD_BINDING);
}

/* A request that came to the server's point: did an answer leave? */
static void count_answer(counting *all, turn_leg *leg, const turn_view *asking,
                         const turn_view *view) {
    turn_loss loss;

    if (leg->kind == TURN_LEG_TUNNEL || view->request.count == 0 || !must_be_answered(asking)) {
        return;
    }
    if (view->response.count > 0) {
        arrived(&leg->answers, &view->request);
        return;
    }
    if (view->flow.transport == TURN_TRANSPORT_TCP) {
        return;
    }
    loss = loss_of(all, asking, &view->request, due_here(all->server_time, &view->request));
    loss.asked = asking->request.first;
    loss.asked_last = asking->request.last;
    if (loss.transmissions > 0 && all->server_sends && !loss.excused &&
        asking->response.count == 0) {
        lost(&leg->answers, &loss);
        note_passed_on(leg, all->server->ledger, view);
    }
}

static turn_leg *leg_at(counting *all, const turn_view *view, const stun_address *server_end) {
    const gboolean turn = turn_matches_is_turn_port(all->matches, server_end->port);

    return leg_of(all,
                  !turn         ? TURN_LEG_RELAY
                  : view->check ? TURN_LEG_TUNNEL
                                : TURN_LEG_CONTROL,
                  view->flow.transport, server_end->port);
}

/* What the client's side asked. */
static void count_from_client(counting *all, const turn_view *view) {
    const turn_match *match = g_hash_table_lookup(all->matches->of_client, view);
    const turn_view *same = match != NULL && match->same_leg ? match->server : NULL;
    turn_leg *leg;

    if (match != NULL ? !match->from_client
                      : !turn_matches_is_server(all->matches, &view->flow.destination) ||
                            turn_matches_is_server(all->matches, &view->flow.source)) {
        return;
    }
    leg = leg_at(all, view, &view->flow.destination);
    /* What is lost of TCP is sent again: it is the connection that fails. */
    if (leg == NULL || (view->flow.transport == TURN_TRANSPORT_TCP && match == NULL)) {
        return;
    }
    count_request(all, leg, TURN_TO_SERVER, view, match != NULL ? match->server : NULL);
    if (same != NULL) {
        count_response(all, leg, TURN_TO_CLIENT, view, same);
        count_answer(all, leg, view, same);
    }
}

/* What the server's side asked of the client's. */
static void count_from_server(counting *all, const turn_view *view) {
    const turn_match *match = g_hash_table_lookup(all->matches->of_server, view);
    stun_address to = view->flow.destination;
    turn_leg *leg;

    to.port = 0;
    if (match != NULL ? match->from_client
                      : !turn_matches_is_server(all->matches, &view->flow.source) ||
                            turn_matches_is_server(all->matches, &view->flow.destination) ||
                            !g_hash_table_contains(all->matches->client_hosts, &to)) {
        return;
    }
    leg = leg_at(all, view, &view->flow.source);
    if (leg == NULL || (view->flow.transport == TURN_TRANSPORT_TCP && match == NULL)) {
        return;
    }
    count_request(all, leg, TURN_TO_CLIENT, view, match != NULL ? match->client : NULL);
    if (match != NULL) {
        count_response(all, leg, TURN_TO_SERVER, view, match->client);
    }
}

/* What was lost before something came through again is over. */
static void settle(turn_tally *tally) {
    for (guint i = tally->losses->len; i > 0; i--) {
        if (g_array_index(tally->losses, turn_loss, i - 1).first.time < tally->last_arrived) {
            g_array_remove_index(tally->losses, i - 1);
        }
    }
    for (guint i = 0; i < tally->losses->len; i++) {
        tally->transmissions =
            MAX(tally->transmissions, g_array_index(tally->losses, turn_loss, i).transmissions);
    }
    tally->lost = tally->losses->len;
}

static void settle_all(turn_leg *leg) {
    turn_tally *inbound = &leg->requests[TURN_TO_SERVER];

    if (leg->blind) {
        inbound->sent = inbound->arrived;
        g_array_set_size(inbound->losses, 0);
    }
    for (gint way = 0; way < TURN_WAYS; way++) {
        settle(&leg->requests[way]);
        settle(&leg->responses[way]);
    }
    settle(&leg->answers);
}

/* Whether a TCP connection of the client is one of the server's: the same ports after NAT, or one
 * to the same port at the same time. */
static gboolean same_connection(const counting *all, const turn_tcp *near, const turn_tcp *far) {
    const stun_address outside = turn_nat_outside(all->matches->nat, FALSE, &near->flow.source);
    const gint64 apart = far->first_syn.time - near->first_syn.time - all->clock->offset;

    return far->flow.destination.port == near->flow.destination.port &&
           (far->flow.source.port == near->flow.source.port ||
            stun_address_same_host(&outside, &far->flow.source) ||
            ABS(apart) <= all->clock->uncertainty + WAY_PATIENCE);
}

/* Only those that failed are looked for, and so many: the list is walked for each. */
#define MAX_LOOKUPS 256u

static const turn_tcp *connection_at_server(const counting *all, const turn_tcp *near) {
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
static void count_failed(counting *all, turn_leg *leg, const turn_tcp *near,
                         const turn_sighting *syns) {
    const turn_tcp *far = connection_at_server(all, near);
    turn_loss loss = {.flow = near->flow,
                      .first = syns->first,
                      .last = syns->last,
                      .transmissions = due(all, syns, TRUE, WAY_PATIENCE)};

    if (far == NULL) {
        if (loss.transmissions > 0 && is_visible(all, leg)) {
            lost(&leg->requests[TURN_TO_SERVER], &loss);
        }
        return;
    }
    arrived(&leg->requests[TURN_TO_SERVER], syns);
    loss.asked = syns->first;
    loss.asked_last = syns->last;
    loss.transmissions = near->syns;
    if (far->syn_ack.frame != 0) {
        loss.first = far->syn_ack;
        loss.last = far->syn_ack;
        lost(&leg->responses[TURN_TO_CLIENT], &loss);
    } else if (far->reset.frame == 0 && far->syns > 0 && all->server_sends) {
        loss.first = far->first_syn;
        loss.last = far->last_syn;
        lost(&leg->answers, &loss);
    }
}

/* SYNs have no transaction id, but a connection that never came about is plain. */
static void count_connection(counting *all, const turn_tcp *near) {
    turn_leg *leg = leg_of(all, TURN_LEG_CONTROL, TURN_TRANSPORT_TCP, near->flow.destination.port);
    const turn_sighting syns = syns_of(near);

    if (leg == NULL) {
        return;
    }
    if (near->established.frame != 0 || near->syn_ack.frame != 0) {
        arrived(&leg->requests[TURN_TO_SERVER], &syns);
        arrived(&leg->responses[TURN_TO_CLIENT], &syns);
    } else if (near->reset.frame == 0 && near->unreachable.frame == 0 &&
               all->lookups < MAX_LOOKUPS) {
        all->lookups++;
        count_failed(all, leg, near, &syns);
    }
}

static void count_connections(counting *all) {
    const GPtrArray *tcp = all->client->model->tcp;

    for (guint i = 0; i < tcp->len; i++) {
        const turn_tcp *near = g_ptr_array_index(tcp, i);

        if (near->syns > 0 && turn_matches_is_server(all->matches, &near->flow.destination) &&
            turn_matches_is_turn_port(all->matches, near->flow.destination.port)) {
            count_connection(all, near);
        }
    }
}

static void note_directions(counting *all) {
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
    counting all = {.matches = matches,
                    .clock = clock,
                    .client = client,
                    .server = server,
                    .works = works,
                    .legs = g_ptr_array_new_with_free_func(leg_free)};
    const GPtrArray *near = turn_ledger_views(client->ledger);
    const GPtrArray *far = turn_ledger_views(server->ledger);

    all.client_time = turn_observed_new(client->model, turn_ledger_full_since(client->ledger));
    all.server_time = turn_observed_new(server->model, turn_ledger_full_since(server->ledger));
    note_directions(&all);
    for (guint i = 0; i < near->len; i++) {
        count_from_client(&all, g_ptr_array_index(near, i));
    }
    for (guint i = 0; i < far->len; i++) {
        count_from_server(&all, g_ptr_array_index(far, i));
    }
    count_connections(&all);
    for (guint i = 0; i < all.legs->len; i++) {
        settle_all(g_ptr_array_index(all.legs, i));
    }
    g_ptr_array_sort(all.legs, leg_order);
    turn_observed_free(all.client_time);
    turn_observed_free(all.server_time);
    return all.legs;
}
