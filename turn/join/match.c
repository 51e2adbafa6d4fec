/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "turn/join/match.h"

#include "turn/hash.h"

/* Two captures of one host show a packet at the same time, or nearly so. Nanoseconds. */
#define SAME_HOST_WITHIN (20 * G_GINT64_CONSTANT(1000))

GHashTable *turn_hosts_new(void) {
    return g_hash_table_new_full(turn_hash_address, turn_address_equal, g_free, NULL);
}

static void add_host(GHashTable *hosts, const stun_address *address) {
    stun_address host = *address;

    host.port = 0;
    if (host.family != STUN_FAMILY_NONE && !g_hash_table_contains(hosts, &host)) {
        g_hash_table_add(hosts, g_memdup2(&host, sizeof host));
    }
}

static gboolean has_host(GHashTable *hosts, const stun_address *address) {
    stun_address host = *address;

    host.port = 0;
    return g_hash_table_contains(hosts, &host);
}

gboolean turn_matches_is_server(const turn_matches *matches, const stun_address *address) {
    return has_host(matches->server_hosts, address);
}

static void add_turn_port(turn_matches *matches, guint16 port) {
    matches->turn_ports[port / 8] = (guint8)(matches->turn_ports[port / 8] | 1u << port % 8);
}

gboolean turn_matches_is_turn_port(const turn_matches *matches, guint16 port) {
    return (matches->turn_ports[port / 8] & 1u << port % 8) != 0;
}

/* How much two names of one end have in common: a NAT changes the host, and may change the port. */
static guint likeness(const stun_address *a, const stun_address *b) {
    if (stun_address_equal(a, b)) {
        return 4;
    }
    return (a->port == b->port ? 2u : 0u) + (stun_address_same_host(a, b) ? 1u : 0u);
}

/* One end's port at least outlives the way: no NAT stands on both sides with both ports changed. */
#define SAME_LEG 2u

static guint flow_likeness(const turn_flow *a, const turn_flow *b) {
    const guint source = likeness(&a->source, &b->source);
    const guint destination = likeness(&a->destination, &b->destination);

    if (a->transport != b->transport || MAX(source, destination) < SAME_LEG) {
        return 0;
    }
    return source + destination;
}

/* The server's view of the same packets; else any of the transaction. */
static turn_match match_of(const turn_view *view, const turn_view *chain) {
    turn_match match = {.client = view, .server = chain};
    guint best = 0;

    for (const turn_view *other = chain; other != NULL; other = other->next) {
        const guint like = flow_likeness(&view->flow, &other->flow);

        if (like > best) {
            best = like;
            match.server = other;
        }
    }
    match.same_leg = best > 0;
    return match;
}

static void match_all(turn_matches *matches, const turn_point *client, const turn_point *server) {
    const GPtrArray *views = turn_ledger_views(client->ledger);

    for (guint i = 0; i < views->len; i++) {
        const turn_view *view = g_ptr_array_index(views, i);
        const turn_view *chain = turn_ledger_find(server->ledger, view->id);

        if (chain != NULL) {
            const turn_match match = match_of(view, chain);

            g_array_append_val(matches->all, match);
        }
    }
    for (guint i = 0; i < matches->all->len; i++) {
        turn_match *match = &g_array_index(matches->all, turn_match, i);

        g_hash_table_insert(matches->of_client, (gpointer)match->client, match);
        if (match->same_leg) {
            g_hash_table_insert(matches->of_server, (gpointer)match->server, match);
            matches->joined++;
        }
    }
}

static void add_relayed(turn_matches *matches, const turn_session *session) {
    for (guint i = 0; i < session->relayed->len; i++) {
        add_host(matches->server_hosts, &g_array_index(session->relayed, stun_address, i));
    }
}

static void add_sessions(turn_matches *matches, const turn_model *model) {
    for (guint i = 0; i < model->sessions->len; i++) {
        const turn_session *session = g_ptr_array_index(model->sessions, i);

        add_host(matches->server_hosts, &session->server);
        add_relayed(matches, session);
        add_turn_port(matches, session->server.port);
    }
}

/* Whose relays they are is known from the server that gave them. */
static void add_relays_of_client(turn_matches *matches, const turn_model *client) {
    for (guint i = 0; i < client->sessions->len; i++) {
        const turn_session *session = g_ptr_array_index(client->sessions, i);

        if (turn_matches_is_server(matches, &session->server)) {
            add_relayed(matches, session);
            add_turn_port(matches, session->server.port);
        }
    }
}

/* Nothing in common, and a server's capture without any TURN: when the client knows one server
 * only, that is the one which was captured. */
static void add_only_server(turn_matches *matches, const turn_model *client) {
    const turn_session *only = NULL;

    for (guint i = 0; i < client->sessions->len; i++) {
        const turn_session *session = g_ptr_array_index(client->sessions, i);

        if (only != NULL && !stun_address_same_host(&only->server, &session->server)) {
            return;
        }
        only = session;
    }
    if (only != NULL) {
        add_host(matches->server_hosts, &only->server);
    }
}

static gint64 round_trip(const turn_view *view) {
    return view->request.count == 1 && view->response.count == 1
               ? view->response.first.time - view->request.first.time
               : -1;
}

static gboolean goes_to_server(const turn_matches *matches, const turn_match *match) {
    const gboolean near_to = turn_matches_is_server(matches, &match->client->flow.destination);
    const gboolean near_from = turn_matches_is_server(matches, &match->client->flow.source);
    const gboolean to =
        near_to || turn_matches_is_server(matches, &match->server->flow.destination);
    const gboolean from = near_from || turn_matches_is_server(matches, &match->server->flow.source);

    /* What the relay passes on comes to the server on one leg and leaves it on another. */
    if (!match->same_leg && near_to != near_from) {
        return near_to;
    }
    return to != from ? to : round_trip(match->client) >= round_trip(match->server);
}

static void learn(turn_matches *matches, const turn_match *match) {
    const turn_flow *near = &match->client->flow;
    const turn_flow *far = &match->server->flow;

    if (match->from_client) {
        turn_nat_learn(matches->nat, FALSE, &near->source, &far->source);
        turn_nat_learn(matches->nat, TRUE, &far->destination, &near->destination);
        add_host(matches->server_hosts, &near->destination);
        add_host(matches->server_hosts, &far->destination);
        add_host(matches->client_hosts, &far->source);
    } else {
        turn_nat_learn(matches->nat, FALSE, &near->destination, &far->destination);
        turn_nat_learn(matches->nat, TRUE, &far->source, &near->source);
        add_host(matches->server_hosts, &near->source);
        add_host(matches->server_hosts, &far->source);
        add_host(matches->client_hosts, &far->destination);
    }
}

/* Requests to the server itself first: they tell its names. */
static void learn_all(turn_matches *matches) {
    for (guint i = 0; i < matches->all->len; i++) {
        turn_match *match = &g_array_index(matches->all, turn_match, i);

        if (match->same_leg && match->client->method != STUN_METHOD_BINDING) {
            match->from_client = TRUE;
            learn(matches, match);
            add_turn_port(matches, match->client->flow.destination.port);
        }
    }
    for (guint i = 0; i < matches->all->len; i++) {
        turn_match *match = &g_array_index(matches->all, turn_match, i);

        if (match->client->method == STUN_METHOD_BINDING) {
            match->from_client = goes_to_server(matches, match);
            if (match->same_leg) {
                learn(matches, match);
            }
        }
    }
}

/* A static NAT has one name for all ports: relayed addresses inside have theirs outside. */
static void add_outside_names(turn_matches *matches) {
    const GArray *mappings = turn_nat_mappings(matches->nat);

    for (guint i = 0; i < mappings->len; i++) {
        const turn_mapping *mapping = &g_array_index(mappings, turn_mapping, i);

        if (mapping->of_server && has_host(matches->server_hosts, &mapping->inside)) {
            add_host(matches->server_hosts, &mapping->outside);
        }
    }
}

/* Hosts that ask the server's point without ever having been seen there: by the names that they
 * must have there. */
static void add_asking_hosts(turn_matches *matches, const turn_point *client) {
    const GPtrArray *views = turn_ledger_views(client->ledger);

    for (guint i = 0; i < views->len; i++) {
        const turn_view *view = g_ptr_array_index(views, i);

        if (view->request.count > 0 && turn_matches_is_server(matches, &view->flow.destination)) {
            const stun_address outside = turn_nat_outside(matches->nat, FALSE, &view->flow.source);

            add_host(matches->client_hosts, &outside);
        }
    }
}

turn_matches *turn_matches_new(const turn_point *client, const turn_point *server) {
    turn_matches *matches = g_new0(turn_matches, 1);

    matches->all = g_array_new(FALSE, FALSE, sizeof(turn_match));
    matches->of_client = g_hash_table_new(NULL, NULL);
    matches->of_server = g_hash_table_new(NULL, NULL);
    matches->server_hosts = turn_hosts_new();
    matches->client_hosts = turn_hosts_new();
    matches->nat = turn_nat_new();
    for (guint16 port = 3478; port <= 3483; port++) {
        add_turn_port(matches, port);
    }
    add_turn_port(matches, 5349);
    match_all(matches, client, server);
    add_sessions(matches, server->model);
    learn_all(matches);
    if (matches->joined == 0 && server->model->sessions->len == 0) {
        add_only_server(matches, client->model);
    }
    add_relays_of_client(matches, client->model);
    add_outside_names(matches);
    add_asking_hosts(matches, client);
    return matches;
}

void turn_matches_free(turn_matches *matches) {
    if (matches == NULL) {
        return;
    }
    g_array_unref(matches->all);
    g_hash_table_destroy(matches->of_client);
    g_hash_table_destroy(matches->of_server);
    g_hash_table_destroy(matches->server_hosts);
    g_hash_table_destroy(matches->client_hosts);
    turn_nat_free(matches->nat);
    g_free(matches);
}

static void bound(turn_clock_bounds *bounds, gboolean to_server, gint64 client, gint64 server) {
    if (to_server) {
        turn_clock_to_server(bounds, client, server);
    } else {
        turn_clock_to_client(bounds, client, server);
    }
}

/* Transmissions are paired in their order; where one was lost, or a capture began between two,
 * which is which cannot be told. */
static void bound_sightings(turn_clock_bounds *bounds, gboolean to_server,
                            const turn_sighting *client, const turn_sighting *server) {
    if (client->count != server->count || client->count == 0) {
        return;
    }
    bound(bounds, to_server, client->first.time, server->first.time);
    bound(bounds, to_server, client->last.time, server->last.time);
}

turn_clock turn_matches_clock(const turn_matches *matches) {
    g_autoptr(turn_clock_bounds) bounds = turn_clock_bounds_new();

    for (guint i = 0; i < matches->all->len; i++) {
        const turn_match *match = &g_array_index(matches->all, turn_match, i);

        if (match->same_leg) {
            bound_sightings(bounds, match->from_client, &match->client->request,
                            &match->server->request);
            bound_sightings(bounds, !match->from_client, &match->client->response,
                            &match->server->response);
        }
    }
    return turn_clock_solve(bounds);
}

/* Only requests to a TURN server: who asks whom is certain there. */
static const turn_view *same_request(const turn_ledger *ledger, const turn_view *view) {
    const turn_view *other = turn_ledger_find(ledger, view->id);
    turn_match match;

    if (view->method == STUN_METHOD_BINDING || other == NULL) {
        return NULL;
    }
    match = match_of(view, other);
    return match.same_leg && round_trip(view) >= 0 && round_trip(match.server) >= 0 ? match.server
                                                                                    : NULL;
}

turn_nearer turn_matches_nearer(const turn_ledger *first, const turn_ledger *second) {
    const GPtrArray *views = turn_ledger_views(first);
    guint longer = 0;
    guint shorter = 0;

    for (guint i = 0; i < views->len; i++) {
        const turn_view *view = g_ptr_array_index(views, i);
        const turn_view *other = same_request(second, view);
        gint64 difference;

        if (other == NULL) {
            continue;
        }
        difference = round_trip(view) - round_trip(other);
        longer += difference > SAME_HOST_WITHIN ? 1 : 0;
        shorter += difference < -SAME_HOST_WITHIN ? 1 : 0;
    }
    /* Jitter of the capture itself goes both ways. */
    if (longer > 2 * shorter) {
        return TURN_NEARER_FIRST;
    }
    return shorter > 2 * longer ? TURN_NEARER_SECOND : TURN_NEARER_UNKNOWN;
}
