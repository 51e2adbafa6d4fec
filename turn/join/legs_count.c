/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "turn/join/legs_private.h"

static void tally_init(turn_tally *tally) {
    tally->last_arrived = G_MININT64;
    tally->losses = g_array_new(FALSE, FALSE, sizeof(turn_loss));
    tally->overcome = g_array_new(FALSE, FALSE, sizeof(turn_loss));
}

static void tally_clear(turn_tally *tally) {
    g_array_unref(tally->losses);
    g_array_unref(tally->overcome);
}

void leg_free(gpointer data) {
    turn_leg *leg = data;

    for (gint way = 0; way < TURN_WAYS; way++) {
        tally_clear(&leg->requests[way]);
        tally_clear(&leg->responses[way]);
    }
    tally_clear(&leg->answers);
    g_free(leg);
}

/* Relay ports are one range, other ports each a leg of its own. */
turn_leg *leg_of(legs_counting *all, turn_leg_kind kind, turn_transport transport, guint16 port) {
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

void leg_arrived(turn_tally *tally, const turn_sighting *sent) {
    tally->sent++;
    tally->arrived++;
    tally->last_arrived = MAX(tally->last_arrived, sent->first.time);
}

void leg_lost(turn_tally *tally, const turn_loss *loss) {
    tally->sent++;
    if (tally->losses->len < TURN_MAX_LOSSES) {
        g_array_append_val(tally->losses, *loss);
    }
}

void leg_overcame(turn_tally *tally, const turn_loss *loss) {
    if (tally->overcome->len < TURN_MAX_OVERCOME) {
        g_array_append_val(tally->overcome, *loss);
    }
}

guint leg_due(const legs_counting *all, const turn_sighting *sent, gboolean at_server,
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
        if (turn_observed_all(time, seen->times[i], seen->times[i] + LEG_ANSWER_PATIENCE)) {
            count++;
        }
    }
    return count;
}

static gboolean is_excused(const legs_counting *all, const turn_view *view) {
    return view->ice != NULL && g_hash_table_contains(all->works, view->ice);
}

static turn_loss loss_of(const legs_counting *all, const turn_view *view, const turn_sighting *what,
                         guint transmissions) {
    return (turn_loss){.view = view,
                       .flow = view->flow,
                       .method = view->method,
                       .transmissions = transmissions,
                       .sent = what->count,
                       .first = what->first,
                       .last = what->last,
                       .excused = is_excused(all, view)};
}

/* A request that left one point: did it come to the other? OTHER is the other's view. */
static void count_request(legs_counting *all, turn_leg *leg, turn_way way, const turn_view *view,
                          const turn_view *other) {
    turn_tally *tally = &leg->requests[way];
    turn_loss loss;

    if (view->request.count == 0) {
        return;
    }
    if (other != NULL) {
        leg_arrived(tally, &view->request);
        return;
    }
    loss = loss_of(all, view, &view->request,
                   leg_due(all, &view->request, way == TURN_TO_SERVER, TURN_WAY_PATIENCE));
    /* Whether a release arrives makes no difference to anybody. */
    if (loss.transmissions == 0 || view->release) {
        return;
    }
    if (leg_goes_on(all, way, &view->flow, &view->request)) {
        tally->sent++;
        if (view->response.count == 0) {
            leg_overcame(tally, &loss);
        }
        return;
    }
    if (view->response.count > 0) {
        leg->blind |= way == TURN_TO_SERVER;
        return;
    }
    if (way == TURN_TO_CLIENT && !leg_is_visible_at_client(all, view)) {
        tally->sent++;
        return;
    }
    if (way == TURN_TO_SERVER && !leg_is_visible(all, leg)) {
        loss.transmissions = leg->kind == TURN_LEG_RELAY ? leg_due_while_granted(all, view) : 0;
    }
    if (loss.transmissions > 0) {
        leg_lost(tally, &loss);
    }
}

/* An answer that left the point of ANSWERING: did it come to the one that asked? */
static void count_response(legs_counting *all, turn_leg *leg, turn_way way, const turn_view *asking,
                           const turn_view *answering) {
    turn_tally *tally = &leg->responses[way];
    /* Who asks again has had no answer; else the capture must be known to show what comes in. */
    const gboolean provable =
        (way == TURN_TO_CLIENT ? all->client_receives : all->server_receives) ||
        asking->request.count > 1;
    const turn_flow back = turn_flow_reversed(&answering->flow);
    turn_loss loss;

    if (asking->request.count == 0 || answering->response.count == 0) {
        return;
    }
    if (asking->response.count > 0) {
        leg_arrived(tally, &answering->response);
        return;
    }
    if (asking->flow.transport == TURN_TRANSPORT_TCP) {
        return;
    }
    loss = loss_of(all, asking, &answering->response,
                   leg_due(all, &answering->response, way == TURN_TO_SERVER, TURN_WAY_PATIENCE));
    loss.asked = asking->request.first;
    loss.asked_last = asking->request.last;
    if (loss.transmissions == 0 || !provable || asking->release) {
        return;
    }
    if (leg_goes_on(all, way, &back, &answering->response)) {
        tally->sent++;
        leg_overcame(tally, &loss);
    } else {
        leg_lost(tally, &loss);
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
static void count_answer(legs_counting *all, turn_leg *leg, const turn_view *asking,
                         const turn_view *view) {
    turn_loss loss;

    if (leg->kind == TURN_LEG_TUNNEL || view->request.count == 0 || !must_be_answered(asking)) {
        return;
    }
    if (view->response.count > 0) {
        leg_arrived(&leg->answers, &view->request);
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
        leg_lost(&leg->answers, &loss);
        note_passed_on(leg, all->server->ledger, view);
    }
}

static turn_leg *leg_at(legs_counting *all, const turn_view *view, const stun_address *server_end) {
    const gboolean turn = turn_matches_is_turn_port(all->matches, server_end->port);

    return leg_of(all,
                  !turn         ? TURN_LEG_RELAY
                  : view->check ? TURN_LEG_TUNNEL
                                : TURN_LEG_CONTROL,
                  view->flow.transport, server_end->port);
}

/* The server's point saw what the relay made of the client's packets, or what it made these of.
 * What does not come through may have been lost on either leg. */
static void count_passed_on(legs_counting *all, const turn_match *match) {
    const turn_view *near = match->client;
    const gboolean to_server = match->from_client;
    const turn_view *asking = to_server ? near : match->server;
    const turn_view *answering = to_server ? match->server : near;
    turn_leg *leg = leg_at(all, near, to_server ? &near->flow.destination : &near->flow.source);
    turn_tally *answers;

    if (leg == NULL || asking->request.count == 0) {
        return;
    }
    leg_arrived(&leg->requests[to_server ? TURN_TO_SERVER : TURN_TO_CLIENT], &asking->request);
    answers = &leg->responses[to_server ? TURN_TO_CLIENT : TURN_TO_SERVER];
    if (asking->response.count > 0 && answering->response.count > 0) {
        leg_arrived(answers, &answering->response);
    } else if (answering->response.count > 0) {
        answers->sent++;
    }
}

void legs_count_from_client(legs_counting *all, const turn_view *view) {
    const turn_match *match = g_hash_table_lookup(all->matches->of_client, view);
    turn_leg *leg;

    if (match != NULL && !match->same_leg) {
        count_passed_on(all, match);
        return;
    }
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
    if (match != NULL) {
        const turn_view *same = match->server;

        if (leg->kind == TURN_LEG_TUNNEL && view->response.count + same->response.count == 0) {
            note_passed_on(leg, all->server->ledger, same);
        }
        count_response(all, leg, TURN_TO_CLIENT, view, same);
        count_answer(all, leg, view, same);
    }
}

void legs_count_from_server(legs_counting *all, const turn_view *view) {
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
