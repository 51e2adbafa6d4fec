/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "turn/join/join.h"

#include "turn/join/observed.h"

const char *turn_point_text(turn_point_name name) {
    static const char *const names[] = {
        [TURN_POINT_CLIENT] = "client", [TURN_POINT_SERVER] = "server"};
    return names[name];
}

static turn_flow flow_of(const turn_session *session) {
    const gboolean datagrams =
        session->protocol == TURN_PROTOCOL_UDP || session->protocol == TURN_PROTOCOL_DTLS;

    return (turn_flow){.transport = datagrams ? TURN_TRANSPORT_UDP : TURN_TRANSPORT_TCP,
                       .source = session->client,
                       .destination = session->server};
}

/* The sessions of a model by their 5-tuple, in the order of time. */
static GHashTable *by_flow(const turn_model *model) {
    GHashTable *table = g_hash_table_new_full(turn_flow_hash, turn_flow_equal, g_free,
                                              (GDestroyNotify)(gpointer)g_ptr_array_unref);

    for (guint i = 0; i < model->sessions->len; i++) {
        turn_session *session = g_ptr_array_index(model->sessions, i);
        const turn_flow key = flow_of(session);
        GPtrArray *list = g_hash_table_lookup(table, &key);

        if (list == NULL) {
            list = g_ptr_array_new();
            g_hash_table_insert(table, g_memdup2(&key, sizeof key), list);
        }
        g_ptr_array_add(list, session);
    }
    return table;
}

/* The session on FLOW that was there at TIME: the latest that had begun, else the first. */
static turn_session *session_at(GHashTable *table, const turn_flow *flow, gint64 time) {
    const GPtrArray *list = g_hash_table_lookup(table, flow);
    guint from = 0;
    guint to = list != NULL ? list->len : 0;

    while (from < to) {
        const guint middle = from + (to - from) / 2;
        const turn_session *session = g_ptr_array_index(list, middle);

        if (session->first.time <= time) {
            from = middle + 1;
        } else {
            to = middle;
        }
    }
    return list != NULL ? g_ptr_array_index(list, from > 0 ? from - 1 : 0) : NULL;
}

static turn_joined_session *joined_new(turn_join *join, turn_session *client,
                                       turn_session *server) {
    turn_joined_session *joined = g_new0(turn_joined_session, 1);

    joined->at[TURN_POINT_CLIENT] = client;
    joined->at[TURN_POINT_SERVER] = server;
    g_ptr_array_add(join->sessions, joined);
    if (client != NULL) {
        g_hash_table_insert(join->by_session, client, joined);
    }
    if (server != NULL) {
        g_hash_table_insert(join->by_session, server, joined);
    }
    return joined;
}

static gboolean is_joined(const turn_join *join, const turn_session *session) {
    return g_hash_table_contains(join->by_session, session);
}

static gint64 view_time(const turn_view *view) {
    return view->request.count > 0 ? view->request.first.time : view->response.first.time;
}

static void join_unless_joined(turn_join *join, turn_session *client, turn_session *server) {
    if (client != NULL && server != NULL && !is_joined(join, client) && !is_joined(join, server)) {
        joined_new(join, client, server);
    }
}

/* Sessions in which both points saw the same request to the server. */
static void join_by_transactions(turn_join *join, GHashTable *client, GHashTable *server) {
    for (guint i = 0; i < join->matches->all->len; i++) {
        const turn_match *match = &g_array_index(join->matches->all, turn_match, i);

        if (match->same_leg && match->from_client && !match->client->check) {
            join_unless_joined(join,
                               session_at(client, &match->client->flow, view_time(match->client)),
                               session_at(server, &match->server->flow, view_time(match->server)));
        }
    }
}

/* As the server's point knows it. */
static turn_flow flow_at_server(const turn_join *join, const turn_flow *flow) {
    return (turn_flow){.transport = flow->transport,
                       .source = turn_nat_outside(join->matches->nat, FALSE, &flow->source),
                       .destination =
                           turn_nat_inside(join->matches->nat, TRUE, &flow->destination)};
}

/* Whoever saw the same session begin saw the same requests. */
static gboolean began_apart(const turn_session *client, const turn_session *server) {
    return client->allocated.frame != 0 && server != NULL && server->allocated.frame != 0;
}

/* With one half of the time at each point there is no common request, but the 5-tuple is the same.
 */
static void join_by_flow(turn_join *join, GHashTable *server) {
    const turn_model *model = join->points[TURN_POINT_CLIENT].model;

    for (guint i = 0; i < model->sessions->len; i++) {
        turn_session *session = g_ptr_array_index(model->sessions, i);
        const turn_flow flow = flow_of(session);
        const turn_flow there = flow_at_server(join, &flow);
        turn_session *far = session_at(server, &there, session->first.time + join->clock.offset);

        if (!began_apart(session, far)) {
            join_unless_joined(join, session, far);
        }
    }
}

static void add_rest(turn_join *join) {
    for (gint point = 0; point < TURN_POINT_COUNT; point++) {
        const turn_model *model = join->points[point].model;

        for (guint i = 0; i < model->sessions->len; i++) {
            turn_session *session = g_ptr_array_index(model->sessions, i);

            if (!is_joined(join, session)) {
                joined_new(join, point == TURN_POINT_CLIENT ? session : NULL,
                           point == TURN_POINT_SERVER ? session : NULL);
            }
        }
    }
}

static guint fullness(const turn_session *session) {
    if (session == NULL) {
        return 0;
    }
    return 1 + (turn_session_works(session) ? 4u : 0u) + (session->allocated.frame != 0 ? 2u : 0u);
}

/* The time of the first packet, by the clock of the client. */
static gint64 beginning(const turn_join *join, const turn_joined_session *session) {
    const turn_session *client = session->at[TURN_POINT_CLIENT];

    return client != NULL ? client->first.time
                          : session->at[TURN_POINT_SERVER]->first.time - join->clock.offset;
}

static gint joined_order(gconstpointer a, gconstpointer b, gpointer data) {
    const turn_joined_session *left = *(turn_joined_session *const *)a;
    const turn_joined_session *right = *(turn_joined_session *const *)b;
    const gint64 left_time = beginning(data, left);
    const gint64 right_time = beginning(data, right);

    if (left_time != right_time) {
        return left_time < right_time ? -1 : 1;
    }
    if (left->shown_from != right->shown_from) {
        return left->shown_from < right->shown_from ? -1 : 1;
    }
    return left->shown->id < right->shown->id ? -1 : 1;
}

static gboolean relay_seen(const turn_joined_session *joined) {
    for (guint i = 0; i < TURN_POINT_COUNT; i++) {
        if (joined->at[i] != NULL && joined->at[i]->relay_seen) {
            return TRUE;
        }
    }
    return FALSE;
}

static void show_sessions(turn_join *join) {
    for (guint i = 0; i < join->sessions->len; i++) {
        turn_joined_session *joined = g_ptr_array_index(join->sessions, i);

        joined->shown_from =
            fullness(joined->at[TURN_POINT_SERVER]) > fullness(joined->at[TURN_POINT_CLIENT])
                ? TURN_POINT_SERVER
                : TURN_POINT_CLIENT;
        joined->shown = g_memdup2(joined->at[joined->shown_from], sizeof *joined->shown);
    }
    g_ptr_array_sort_with_data(join->sessions, joined_order, join);
    for (guint i = 0; i < join->sessions->len; i++) {
        turn_joined_session *joined = g_ptr_array_index(join->sessions, i);

        joined->shown->id = i + 1;
        joined->shown->works = turn_joined_session_works(joined);
        joined->shown->relay_seen = relay_seen(joined);
        g_hash_table_insert(join->by_session, joined->shown, joined);
        g_ptr_array_add(join->model.sessions, joined->shown);
    }
}

/* A pair that both points saw is shown as the client's point saw it. */
static void show_pairs(turn_join *join) {
    const GPtrArray *near = join->points[TURN_POINT_CLIENT].model->pairs;
    const GPtrArray *far = join->points[TURN_POINT_SERVER].model->pairs;
    g_autoptr(GHashTable) known =
        g_hash_table_new_full(turn_flow_hash, turn_flow_equal, g_free, NULL);

    for (guint i = 0; i < near->len; i++) {
        turn_pair *pair = g_ptr_array_index(near, i);
        const turn_flow flow = {
            .transport = pair->transport, .source = pair->a, .destination = pair->b};
        const turn_flow back = turn_flow_reversed(&flow);
        turn_flow there = flow_at_server(join, &flow);

        g_hash_table_add(known, g_memdup2(&there, sizeof there));
        there = flow_at_server(join, &back);
        g_hash_table_add(known, g_memdup2(&there, sizeof there));
        g_ptr_array_add(join->model.pairs, pair);
    }
    for (guint i = 0; i < far->len; i++) {
        turn_pair *pair = g_ptr_array_index(far, i);
        const turn_flow flow = {
            .transport = pair->transport, .source = pair->a, .destination = pair->b};

        if (!g_hash_table_contains(known, &flow)) {
            g_ptr_array_add(join->model.pairs, pair);
        }
    }
}

static void show_rest(turn_join *join) {
    const turn_model *near = join->points[TURN_POINT_CLIENT].model;
    const turn_model *far = join->points[TURN_POINT_SERVER].model;

    join->model.first = near->first.frame != 0 ? near->first : far->first;
    join->model.last = near->last.frame != 0 ? near->last : far->last;
    g_array_append_vals(join->model.spans, near->spans->data, near->spans->len);
    g_array_append_vals(join->model.spans, far->spans->data, far->spans->len);
    join->model.messages = near->messages + far->messages;
    join->model.limit_reached = near->limit_reached || far->limit_reached;
    join->model.receivers = near->receivers;
    join->model.tcp = near->tcp;
}

/* A copy of what the client was told, in case no request was seen at both points. */
static void learn_mapped(turn_join *join) {
    const turn_model *model = join->points[TURN_POINT_CLIENT].model;

    for (guint i = 0; i < model->sessions->len; i++) {
        const turn_session *session = g_ptr_array_index(model->sessions, i);

        if (turn_matches_is_server(join->matches, &session->server)) {
            turn_nat_learn(join->matches->nat, FALSE, &session->client, &session->mapped);
        }
    }
}

static turn_overlap overlap_of(const turn_join *join) {
    const turn_point *client = &join->points[TURN_POINT_CLIENT];
    const turn_point *server = &join->points[TURN_POINT_SERVER];
    g_autoptr(turn_observed) near =
        turn_observed_new(client->model, turn_ledger_full_since(client->ledger));
    g_autoptr(turn_observed) far =
        turn_observed_new(server->model, turn_ledger_full_since(server->ledger));
    gint64 from;
    gint64 to;

    if (join->matches->joined > 0) {
        return TURN_OVERLAP_TRANSACTIONS;
    }
    return turn_observed_range(near, &from, &to) && turn_observed_any(far, from, to)
               ? TURN_OVERLAP_TIME
               : TURN_OVERLAP_NONE;
}

static void joined_free(gpointer data) {
    turn_joined_session *joined = data;

    g_free(joined->shown);
    g_free(joined);
}

turn_join *turn_join_new(const turn_point *client, const turn_point *server) {
    turn_join *join = g_new0(turn_join, 1);
    g_autoptr(GHashTable) works = g_hash_table_new(g_str_hash, g_str_equal);
    g_autoptr(GHashTable) near = by_flow(client->model);
    g_autoptr(GHashTable) far = by_flow(server->model);

    turn_model_working_ice(client->model, works);
    turn_model_working_ice(server->model, works);
    join->points[TURN_POINT_CLIENT] = *client;
    join->points[TURN_POINT_SERVER] = *server;
    join->sessions = g_ptr_array_new_with_free_func(joined_free);
    join->by_session = g_hash_table_new(NULL, NULL);
    join->model.sessions = g_ptr_array_new();
    join->model.pairs = g_ptr_array_new();
    join->model.spans = g_array_new(FALSE, FALSE, sizeof(turn_span));
    join->matches = turn_matches_new(client, server);
    join->clock = turn_matches_clock(join->matches);
    learn_mapped(join);
    join->legs = turn_legs_new(join->matches, client, server, &join->clock, works);
    join->overlap = overlap_of(join);
    join_by_transactions(join, near, far);
    join_by_flow(join, far);
    add_rest(join);
    show_sessions(join);
    show_pairs(join);
    show_rest(join);
    return join;
}

void turn_join_free(turn_join *join) {
    if (join == NULL) {
        return;
    }
    g_ptr_array_unref(join->legs);
    turn_matches_free(join->matches);
    g_hash_table_destroy(join->by_session);
    g_ptr_array_unref(join->sessions);
    g_ptr_array_unref(join->model.sessions);
    g_ptr_array_unref(join->model.pairs);
    g_array_unref(join->model.spans);
    g_free(join);
}

gint64 turn_join_ahead(const turn_join *join, guint32 capture) {
    const GArray *spans = join != NULL ? join->points[TURN_POINT_SERVER].model->spans : NULL;

    for (guint i = 0; spans != NULL && i < spans->len; i++) {
        if (g_array_index(spans, turn_span, i).capture == capture) {
            return join->clock.offset;
        }
    }
    return 0;
}

const turn_joined_session *turn_join_session(const turn_join *join, const turn_session *session) {
    return session != NULL ? g_hash_table_lookup(join->by_session, session) : NULL;
}

gboolean turn_joined_session_works(const turn_joined_session *session) {
    for (gint point = 0; point < TURN_POINT_COUNT; point++) {
        if (session->at[point] != NULL && turn_session_works(session->at[point])) {
            return TRUE;
        }
    }
    return FALSE;
}
