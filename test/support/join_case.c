/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "support/join_case.h"

/* Three transmissions over 3 s. */
void sends_thrice(two_points *p, gint64 ms, gboolean relay, const char *text, fate what) {
    goes_up(p, ms, relay, text, what);
    goes_up(p, ms + 1000, relay, text, what);
    goes_up(p, ms + 3000, relay, text, what);
}

void three_checks_do_not_arrive(two_points *p) {
    allocates(p, 0);
    goes_up(p, 1000, RELAY, CHECK, IS_LOST);
    goes_up(p, 2500, RELAY, CHECK_2, IS_LOST);
    goes_up(p, 4000, RELAY, CHECK_3, IS_LOST);
    both_run(p, 20000);
}

/* The client's capture is that of a far peer: the captures have nothing in common. The server gives
 * CMS a relayed address, on its own host. */
void peer_asks(two_points *p, const char *relayed, gint64 ms) {
    g_autofree char *granted = g_strdup_printf(
        "allocate success 5 relayed=%s mapped=192.0.2.180:50000 lifetime=600 mi", relayed);

    both_run(p, 0);
    feed_udp(p->server, 100, "192.0.2.180:50000", "198.51.100.1:3478", ALLOCATE " " CREDENTIALS);
    feed_udp(p->server, 130, "198.51.100.1:3478", "192.0.2.180:50000", granted);
    sends_thrice(p, ms, RELAY, CHECK, IS_LOST);
    both_run(p, 20000);
}

void checks_to_a_relay_of_the_server_do_not_arrive(two_points *p) {
    peer_asks(p, NEAR_RELAY, 1000);
}

void checks_are_answered(two_points *p) {
    allocates(p, 0);
    goes_up(p, 1000, RELAY, CHECK, PASSES);
    goes_down(p, 1030, RELAY, CHECK_ANSWER, PASSES);
    both_run(p, 20000);
}

void requests_of_the_relay_do_not_come(two_points *p) {
    allocates(p, 0);
    for (gint64 ms = 1000; ms <= 4000; ms += 1000) {
        goes_down(p, ms, RELAY, CHECK, IS_LOST);
    }
    both_run(p, 20000);
}

void connects_at(two_points *p, scene *s, gint64 ms, turn_tcp_event event) {
    const gboolean near = s == p->client;
    const char *client = near ? NEAR_CLIENT : FAR_CLIENT;
    const char *server = near ? NEAR_SERVER : FAR_SERVER;
    const gboolean back = event == TURN_TCP_SYN_ACK;

    feed_tcp(s, ms, back ? server : client, back ? client : server, event);
}

void syn_ack_does_not_come_back(two_points *p) {
    allocates(p, 0);
    for (gint64 ms = 1000; ms <= 4000; ms += 1000) {
        connects_at(p, p->client, ms, TURN_TCP_SYN);
        connects_at(p, p->server, ms + 20, TURN_TCP_SYN);
        connects_at(p, p->server, ms + 21, TURN_TCP_SYN_ACK);
    }
    both_run(p, 20000);
}

void another_connects(two_points *p, gint64 ms, const char *other, gboolean completes) {
    feed_tcp(p->server, ms, other, FAR_SERVER, TURN_TCP_SYN);
    feed_tcp(p->server, ms + 1, FAR_SERVER, other, TURN_TCP_SYN_ACK);
    if (completes) {
        feed_tcp(p->server, ms + 20, other, FAR_SERVER, TURN_TCP_ESTABLISHED);
    }
}

void syns_are_lost_while(two_points *p, gint64 ms, const char *other, gboolean completes) {
    allocates(p, 0);
    if (ms < 2000) {
        another_connects(p, ms, other, completes);
    }
    connects_at(p, p->client, 2000, TURN_TCP_SYN);
    if (ms >= 2000) {
        another_connects(p, ms, other, completes);
    }
    for (ms = 3000; ms <= 5000; ms += 1000) {
        connects_at(p, p->client, ms, TURN_TCP_SYN);
    }
    both_run(p, 20000);
}

void syn_of_another_client_arrives(two_points *p) {
    syns_are_lost_while(p, 2020, FAR_OTHER, TRUE);
}

void syn_from_the_same_nat_arrives_before(two_points *p) {
    syns_are_lost_while(p, 500, FAR_SAME_NAT, FALSE);
}

/* It may be the client's own, with another port that the NAT gave it. */
void syn_from_the_same_nat_arrives_then(two_points *p) {
    syns_are_lost_while(p, 2020, FAR_SAME_NAT, FALSE);
}

static char *evidence_of(const turn_finding *finding) {
    GString *out = g_string_new(NULL);

    for (guint i = 0; i < finding->evidence->len; i++) {
        const turn_seen *seen = &g_array_index(finding->evidence, turn_evidence, i).seen;

        g_string_append_printf(out, "%s%u.%u", i > 0 ? " " : "", seen->capture, seen->frame);
    }
    return g_string_free(out, FALSE);
}

void join_case_run(void **state) {
    const join_case *c = *state;
    two_points *p = two_points_new();
    const turn_finding *finding;

    c->play(p);
    finding = two_points_finding(p, c->cause);
    if (c->level == NULL) {
        assert_null(finding);
    } else {
        g_autofree char *evidence = NULL;

        assert_non_null(finding);
        evidence = evidence_of(finding);
        assert_string_equal(turn_level_name(finding->level), c->level);
        assert_string_equal(evidence, c->evidence);
    }
    two_points_free(p);
}

void join_cases_cover(const join_case *cases, gsize count, const char *first, const char *end) {
    g_autofree rule_case *plain = g_new0(rule_case, count);

    for (gsize i = 0; i < count; i++) {
        plain[i] = (rule_case){.cause = cases[i].cause, .level = cases[i].level};
    }
    rule_cases_cover(plain, count, first, end);
}
