/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Rules over two capture points: on which leg, and in which direction, packets were lost. Those on
 * the TURN port are about a session, those on the relay range about the capture. */
#include "turn/rules.h"

#include <string.h>

/* The losses of TALLY that count: none of the same direction came through after them. */
typedef struct losses {
    const turn_leg *leg;
    GPtrArray *all;   /* of turn_loss, borrowed */
    gboolean excused; /* all of them */
} losses;

static losses losses_of(const turn_leg *leg, const turn_tally *tally, gint64 since) {
    losses found = {.leg = leg, .all = g_ptr_array_new(), .excused = TRUE};

    for (guint i = 0; i < tally->losses->len; i++) {
        turn_loss *loss = &g_array_index(tally->losses, turn_loss, i);

        if (loss->first.time >= since) {
            g_ptr_array_add(found.all, loss);
            found.excused = found.excused && loss->excused;
        }
    }
    return found;
}

static void losses_clear(losses *found) {
    g_ptr_array_unref(found->all);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(losses, losses_clear)

static turn_loss_sum sum_of(const losses *found) {
    turn_loss_sum sum = {0};

    for (guint i = 0; i < found->all->len; i++) {
        turn_loss_add(&sum, g_ptr_array_index(found->all, i));
    }
    return sum;
}

static gboolean is_systematic(const losses *found) {
    const turn_loss_sum sum = sum_of(found);

    return turn_loss_is_systematic(&sum);
}

static gboolean is_of_session(const turn_loss *loss, const turn_session *session) {
    const gboolean datagrams =
        session->protocol == TURN_PROTOCOL_UDP || session->protocol == TURN_PROTOCOL_DTLS;

    if (datagrams != (loss->flow.transport == TURN_TRANSPORT_UDP)) {
        return FALSE;
    }
    return (stun_address_equal(&loss->flow.source, &session->client) &&
            stun_address_equal(&loss->flow.destination, &session->server)) ||
           (stun_address_equal(&loss->flow.source, &session->server) &&
            stun_address_equal(&loss->flow.destination, &session->client));
}

static const turn_loss *last_of(const losses *found) {
    return g_ptr_array_index(found->all, found->all->len - 1);
}

/* "UDP port 3478", "UDP relay ports 24000-29999 (24010 was used)". */
static char *leg_name(const turn_leg *leg) {
    const char *transport = leg->transport == TURN_TRANSPORT_TCP ? "TCP" : "UDP";
    g_autofree char *ports = turn_leg_ports(leg);

    if (leg->kind != TURN_LEG_RELAY) {
        return g_strdup_printf("%s port %s", transport, ports);
    }
    if (leg->low_port != leg->high_port) {
        return g_strdup_printf("%s relay ports %s (%u to %u were used)", transport, ports,
                               leg->low_port, leg->high_port);
    }
    return strchr(ports, '-') == NULL ? g_strdup_printf("%s relay port %s", transport, ports)
                                      : g_strdup_printf("%s relay ports %s (%u was used)",
                                                        transport, ports, leg->low_port);
}

static const char *method_name(guint16 method) {
    const char *name = stun_method_name(method);

    return name != NULL ? name : "STUN";
}

static char *request_name(const turn_leg *leg, const turn_loss *loss) {
    if (leg->kind == TURN_LEG_CONTROL && leg->transport == TURN_TRANSPORT_TCP &&
        loss->method == 0) {
        return g_strdup("SYN");
    }
    return g_strdup_printf("%s Request", method_name(loss->method));
}

/* Where two captures share nothing, all rests on their clocks and on where they were taken. */
static const char *caveat(const turn_join *join) {
    return join->overlap == TURN_OVERLAP_TRANSACTIONS
               ? ""
               : " The captures share no packet, so that their clocks are taken to be equal: make "
                 "sure that the server's capture shows the interface that faces the client.";
}

/* A packet that is in both captures, as the server's shows it. */
static const turn_seen *seen_at_server(const turn_match *match) {
    return match->server->request.count > 0 ? &match->server->request.first
                                            : &match->server->response.first;
}

static const turn_seen *seen_at_client(const turn_match *match) {
    return match->client->request.count > 0 ? &match->client->request.first
                                            : &match->client->response.first;
}

static void add_neighbour(turn_finding *finding, const turn_match *match, const char *here,
                          const char *alone, const char *side) {
    const char *name = method_name(match->client->method);
    g_autofree char *summary = g_strdup_printf("%s %s of both captures", here, name);

    turn_finding_add_further(finding, seen_at_server(match), summary,
                             "%s %s that both captures show %s packets are lost", alone, name,
                             side);
}

/* Frames of the server's capture around the time of the loss: the way itself was captured. */
static void add_neighbours(const turn_join *join, turn_finding *finding, gint64 when) {
    const turn_match *before = NULL;
    const turn_match *after = NULL;

    for (guint i = 0; i < join->matches->all->len; i++) {
        const turn_match *match = &g_array_index(join->matches->all, turn_match, i);

        if (!match->same_leg) {
            continue;
        }
        if (seen_at_client(match)->time <= when) {
            before = match;
        } else if (after == NULL) {
            after = match;
        }
    }
    if (before != NULL) {
        add_neighbour(finding, before, "before that: the last", "the last", "before");
    }
    if (after != NULL) {
        add_neighbour(finding, after, "after that: the next", "the next", "after");
    }
}

static void add_requests(turn_finding *finding, const losses *found) {
    for (guint i = 0; i < found->all->len && i < 3; i++) {
        const turn_loss *loss = g_ptr_array_index(found->all, i);
        g_autofree char *name = request_name(found->leg, loss);
        g_autofree char *ends = turn_ends(&loss->flow.source, &loss->flow.destination);

        turn_finding_add(finding, &loss->first, "%s leaves, %s", name, ends);
        turn_finding_add_further(finding, &loss->last, "the same, sent again",
                                 "%s leaves, %s, sent again", name, ends);
    }
}

static void add_answers(turn_finding *finding, const losses *found, const char *what) {
    for (guint i = 0; i < found->all->len && i < 2; i++) {
        const turn_loss *loss = g_ptr_array_index(found->all, i);
        g_autofree char *name = request_name(found->leg, loss);
        g_autofree char *ends = turn_ends(&loss->flow.source, &loss->flow.destination);

        turn_finding_add(finding, &loss->asked, "%s leaves, %s", name, ends);
        turn_finding_add(finding, &loss->first, "%s", what);
        turn_finding_add_further(finding, &loss->asked_last, "the same request, sent again",
                                 "%s leaves, %s, sent again", name, ends);
        turn_finding_add(finding, &loss->last, "%s, the last time", what);
    }
}

/* "sent 9 times in all, 7 of them while the server's capture ran". */
static char *times_text(const losses *found, const char *other) {
    const turn_loss_sum sum = sum_of(found);
    g_autofree char *due =
        sum.sent > sum.transmissions
            ? g_strdup_printf(", %u of them while the %s's capture ran", sum.transmissions, other)
            : g_strdup("");

    return g_strdup_printf("sent %u times%s%s", sum.sent, sum.count == 1 ? "" : " in all", due);
}

static gboolean requests_lost(const turn_scene *scene, const losses *found, turn_finding *finding) {
    g_autofree char *name = leg_name(found->leg);
    g_autofree char *times = times_text(found, "server");
    const guint count = found->all->len;

    add_requests(finding, found);
    add_neighbours(scene->join, finding,
                   ((const turn_loss *)g_ptr_array_index(found->all, 0))->first.time);
    finding->detail =
        g_strdup_printf("Lost on the way to the server: %s. %u request%s left the "
                        "client's side, %s, and none came to the server.%s",
                        name, count, count == 1 ? "" : "s", times, caveat(scene->join));
    return TRUE;
}

/* The losses on the TURN port that are the session's, if the port is blocked at all. */
static losses session_losses(const turn_scene *scene, const turn_leg *leg, const turn_tally *tally,
                             gint64 since) {
    const turn_joined_session *joined = turn_join_session(scene->join, scene->session);
    const turn_session *client = joined != NULL ? joined->at[TURN_POINT_CLIENT] : NULL;
    losses found = losses_of(leg, tally, since);

    if (client == NULL || !is_systematic(&found)) {
        g_ptr_array_set_size(found.all, 0);
        return found;
    }
    for (guint i = found.all->len; i > 0; i--) {
        if (!is_of_session(g_ptr_array_index(found.all, i - 1), client)) {
            g_ptr_array_remove_index(found.all, i - 1);
        }
    }
    return found;
}

static gboolean is_leg(const turn_leg *leg, turn_leg_kind kind) {
    return leg->kind == kind;
}

gboolean rule_turn_port_blocked_inbound(const turn_scene *scene, turn_finding *finding) {
    if (scene->join == NULL || scene->session == NULL) {
        return FALSE;
    }
    for (guint i = 0; i < scene->join->legs->len; i++) {
        const turn_leg *leg = g_ptr_array_index(scene->join->legs, i);
        g_auto(losses) found =
            session_losses(scene, leg, &leg->requests[TURN_TO_SERVER], G_MININT64);

        if (is_leg(leg, TURN_LEG_CONTROL) && found.all->len > 0) {
            return requests_lost(scene, &found, finding);
        }
    }
    return FALSE;
}

static gboolean inbound_answers_lost(const losses *found, turn_finding *finding) {
    g_autofree char *name = leg_name(found->leg);

    add_answers(finding, found, "the answer leaves, and does not come to the server");
    finding->detail = g_strdup_printf(
        "Lost on the way to the server: %s. Answers to %u request%s of the relay left the client's "
        "side, and none came to the server.",
        name, found->all->len, found->all->len == 1 ? "" : "s");
    return TRUE;
}

static gboolean relay_range_blocked(const turn_scene *scene, const turn_leg *leg,
                                    turn_finding *finding) {
    const turn_tally *requests = &leg->requests[TURN_TO_SERVER];
    const turn_tally *responses = &leg->responses[TURN_TO_SERVER];
    g_auto(losses) asked = losses_of(leg, requests, responses->last_arrived);
    g_auto(losses) answered = losses_of(leg, responses, requests->last_arrived);

    if (is_systematic(&asked)) {
        if (asked.excused && answered.excused) {
            finding->level = TURN_LEVEL_DEGRADED;
        }
        return requests_lost(scene, &asked, finding);
    }
    if (is_systematic(&answered)) {
        if (answered.excused) {
            finding->level = TURN_LEVEL_DEGRADED;
        }
        return inbound_answers_lost(&answered, finding);
    }
    return FALSE;
}

/* The leg that reaches relayed addresses, in the scene of the whole capture; NULL elsewhere. */
static const turn_leg *relay_leg(const turn_scene *scene) {
    if (scene->join == NULL || scene->session != NULL || scene->pair != NULL) {
        return NULL;
    }
    for (guint i = 0; i < scene->join->legs->len; i++) {
        const turn_leg *leg = g_ptr_array_index(scene->join->legs, i);

        if (leg->kind == TURN_LEG_RELAY && leg->transport == TURN_TRANSPORT_UDP) {
            return leg;
        }
    }
    return NULL;
}

gboolean rule_relay_range_blocked_inbound(const turn_scene *scene, turn_finding *finding) {
    const turn_leg *leg = relay_leg(scene);

    return leg != NULL && relay_range_blocked(scene, leg, finding);
}

static gboolean responses_lost(const losses *found, turn_finding *finding) {
    g_autofree char *name = leg_name(found->leg);
    const char *what = found->leg->transport == TURN_TRANSPORT_TCP ? "the SYN-ACK leaves the server"
                                                                   : "the answer leaves the server";
    const guint count = found->all->len;

    add_answers(finding, found, what);
    finding->detail = g_strdup_printf(
        "Lost on the way back to the client: %s. %u request%s came to the server and %s answered; "
        "no answer came to the client.",
        name, count, count == 1 ? "" : "s", count == 1 ? "was" : "were");
    return TRUE;
}

/* What the peers behind the relay ask the client. */
static gboolean relay_requests_lost(const turn_leg *leg, turn_finding *finding) {
    const turn_tally *tally = &leg->requests[TURN_TO_CLIENT];
    g_auto(losses) found = losses_of(leg, tally, leg->responses[TURN_TO_CLIENT].last_arrived);
    g_autofree char *name = NULL;
    g_autofree char *times = NULL;

    for (guint i = found.all->len; i > 0; i--) {
        /* A pair that nobody needs may well end at a NAT. */
        if (((const turn_loss *)g_ptr_array_index(found.all, i - 1))->excused) {
            g_ptr_array_remove_index(found.all, i - 1);
        }
    }
    if (!is_systematic(&found)) {
        return FALSE;
    }
    add_requests(finding, &found);
    name = leg_name(leg);
    times = times_text(&found, "client");
    finding->detail = g_strdup_printf(
        "Lost on the way back to the client: %s. %u request%s of the relay left the server, %s, "
        "and none came to the client.%s",
        name, found.all->len, found.all->len == 1 ? "" : "s", times,
        leg->requests[TURN_TO_SERVER].sent == 0
            ? " The client sent nothing to these ports itself: most NATs and firewalls let "
              "nothing in before that."
            : "");
    return TRUE;
}

gboolean rule_responses_blocked_outbound(const turn_scene *scene, turn_finding *finding) {
    const turn_leg *relay = relay_leg(scene);

    if (relay != NULL) {
        g_auto(losses) found = losses_of(relay, &relay->responses[TURN_TO_CLIENT],
                                         relay->requests[TURN_TO_CLIENT].last_arrived);

        if (!is_systematic(&found)) {
            return relay_requests_lost(relay, finding);
        }
        if (found.excused) {
            finding->level = TURN_LEVEL_DEGRADED;
        }
        return responses_lost(&found, finding);
    }
    for (guint i = 0; scene->join != NULL && scene->session != NULL && i < scene->join->legs->len;
         i++) {
        const turn_leg *leg = g_ptr_array_index(scene->join->legs, i);
        g_auto(losses) found =
            session_losses(scene, leg, &leg->responses[TURN_TO_CLIENT], G_MININT64);

        if (is_leg(leg, TURN_LEG_CONTROL) && found.all->len > 0) {
            return responses_lost(&found, finding);
        }
    }
    return FALSE;
}

static gboolean not_answered(const losses *found, turn_finding *finding) {
    g_autofree char *name = leg_name(found->leg);
    GString *detail = g_string_new(NULL);
    const guint count = found->all->len;

    for (guint i = 0; i < count && i < 3; i++) {
        const turn_loss *loss = g_ptr_array_index(found->all, i);
        g_autofree char *request = request_name(found->leg, loss);
        g_autofree char *ends = turn_ends(&loss->flow.source, &loss->flow.destination);

        turn_finding_add(finding, &loss->asked, "%s leaves the client, %s", request, ends);
        turn_finding_add_further(finding, &loss->first, "it comes to the server; no answer leaves",
                                 "%s comes to the server, %s; no answer leaves", request, ends);
    }
    turn_finding_add_further(finding, &last_of(found)->last, "the last one that came to the server",
                             "the last request that came to the server and was not answered");
    g_string_printf(detail,
                    "Not lost on the way: %s. %u request%s came to the server, and no answer "
                    "left it.",
                    name, count, count == 1 ? "" : "s");
    if (found->leg->passed_on > 0) {
        char text[STUN_ADDRESS_TEXT];

        stun_address_format_host(&found->leg->passed_to, text, sizeof text);
        g_string_append_printf(detail,
                               " The server passed %u of them on to %s, and no answer came back "
                               "from there.",
                               found->leg->passed_on, text);
    }
    finding->detail = g_string_free(detail, FALSE);
    return TRUE;
}

gboolean rule_server_did_not_answer(const turn_scene *scene, turn_finding *finding) {
    const turn_leg *relay = relay_leg(scene);

    if (relay != NULL) {
        g_auto(losses) found = losses_of(relay, &relay->answers, G_MININT64);

        return is_systematic(&found) && not_answered(&found, finding);
    }
    for (guint i = 0; scene->join != NULL && scene->session != NULL && i < scene->join->legs->len;
         i++) {
        const turn_leg *leg = g_ptr_array_index(scene->join->legs, i);
        g_auto(losses) found = session_losses(scene, leg, &leg->answers, G_MININT64);

        if (is_leg(leg, TURN_LEG_CONTROL) && found.all->len > 0) {
            return not_answered(&found, finding);
        }
    }
    return FALSE;
}

static gboolean any_blocked(const turn_join *join) {
    for (guint i = 0; i < join->legs->len; i++) {
        const turn_leg *leg = g_ptr_array_index(join->legs, i);

        if (turn_tally_is_blocked(&leg->requests[TURN_TO_SERVER])) {
            return TRUE;
        }
    }
    return FALSE;
}

gboolean rule_captures_do_not_overlap(const turn_scene *scene, turn_finding *finding) {
    const turn_join *join = scene->join;

    if (join == NULL || scene->session != NULL || scene->pair != NULL ||
        join->overlap == TURN_OVERLAP_TRANSACTIONS || any_blocked(join)) {
        return FALSE;
    }
    turn_finding_add(finding, &join->points[TURN_POINT_CLIENT].model->first,
                     "first packet of TURN or STUN in the client's capture");
    turn_finding_add(finding, &join->points[TURN_POINT_SERVER].model->first,
                     "first packet of TURN or STUN in the server's capture");
    finding->detail =
        g_strdup(join->overlap == TURN_OVERLAP_NONE
                     ? "By their clocks the two captures were not running at the same time."
                     : "The two captures were running at the same time, by their clocks, but no "
                       "request is in both.");
    return TRUE;
}
