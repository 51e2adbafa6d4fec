/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Pairs outside of sessions that do not work, and what makes up for them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "support/rule_case.h"

#include <string.h>

#define TLS_CLIENT "10.1.1.10:50111"
#define TLS_SERVER "198.51.100.1:5349"
/* The same port as CLIENT's, of another host. */
#define STRANGER "10.1.1.99:40000"

static void checks_both_ways(scene *s, gint64 ms, const char *from, const char *to,
                             const char *ice) {
    g_autofree char *ask = g_strdup_printf("binding request 301 user=%s mi", ice);
    g_autofree char *back = g_strdup_printf("binding request 302 user=%s mi", ice);

    feed_udp(s, ms, from, to, ask);
    feed_udp(s, ms + 10, to, from, "binding success 301 mi");
    feed_udp(s, ms + 20, to, from, back);
    feed_udp(s, ms + 30, from, to, "binding success 302 mi");
}

/* CLIENT asks OTHER in vain, in a capture that shows what comes to CLIENT. */
static void pair_unanswered(scene *s, gint64 ms) {
    feed_udp(s, ms, PEER, CLIENT, "binding request 55 user=x:y mi");
    feed_udp(s, ms + 5, CLIENT, PEER, "binding success 55 mi");
    feed_udp(s, ms + 10, CLIENT, OTHER, "binding request 101 user=b:a priority=1 mi");
    feed_other(s, ms + 5010);
}

static void pair_one_way(scene *s, gint64 ms) {
    feed_udp(s, ms, CLIENT, PEER, "binding request 101 user=b:a mi");
    feed_udp(s, ms + 10, PEER, CLIENT, "binding success 101 mi");
    feed_udp(s, ms + 20, PEER, CLIENT, "binding request 102 user=a:b mi");
    feed_other(s, ms + 5020);
}

static void tls_session(scene *s, gint64 ms, const char *client) {
    feed_tcp(s, ms, client, TLS_SERVER, TURN_TCP_SYN);
    feed_tcp(s, ms + 10, TLS_SERVER, client, TURN_TCP_SYN_ACK);
    feed_tcp(s, ms + 20, client, TLS_SERVER, TURN_TCP_ESTABLISHED);
    feed_tcp(s, ms + 30, client, TLS_SERVER, TURN_TCP_TLS);
}

static void unanswered_beside_tls(scene *s) {
    tls_session(s, 0, TLS_CLIENT);
    pair_unanswered(s, 1000);
}

static void unanswered_beside_tls_of_another_host(scene *s) {
    tls_session(s, 0, "10.1.1.11:50111");
    pair_unanswered(s, 1000);
}

static void unanswered_after_tls_was_closed(scene *s) {
    tls_session(s, 0, TLS_CLIENT);
    feed_tcp(s, 500, TLS_CLIENT, TLS_SERVER, TURN_TCP_FIN);
    pair_unanswered(s, 1000);
}

static void unanswered_before_tls(scene *s) {
    pair_unanswered(s, 0);
    tls_session(s, 6000, TLS_CLIENT);
}

static void unanswered_beside_tls_that_is_not_established(scene *s) {
    feed_tcp(s, 0, TLS_CLIENT, TLS_SERVER, TURN_TCP_SYN);
    pair_unanswered(s, 1000);
}

static void one_way_beside_tls(scene *s) {
    tls_session(s, 0, TLS_CLIENT);
    pair_one_way(s, 1000);
}

static void one_way_alone(scene *s) {
    pair_one_way(s, 1000);
}

static void another_far_end_answers_on_the_same_port(scene *s) {
    pair_unanswered(s, 0);
    checks_both_ways(s, 100, CLIENT, "203.0.113.77:50000", "q:a2");
}

static void another_far_end_answers_the_same_agent(scene *s) {
    pair_unanswered(s, 0);
    checks_both_ways(s, 100, "10.1.1.10:40010", "203.0.113.77:50000", "q:a");
}

static void another_far_end_answers_another_agent(scene *s) {
    pair_unanswered(s, 0);
    checks_both_ways(s, 100, STRANGER, "203.0.113.77:50000", "q:ab");
}

static void another_far_end_answers_long_after(scene *s) {
    pair_unanswered(s, 0);
    checks_both_ways(s, 30011, CLIENT, "203.0.113.77:50000", "q:a");
}

static void another_far_end_answers_through_a_relay(scene *s) {
    pair_unanswered(s, 0);
    scene_allocate(s, 5100);
    feed_send(s, 5200, "203.0.113.77:50000", "binding request 401 user=q:a mi");
    feed_data(s, 5210, "203.0.113.77:50000", "binding success 401 mi");
    feed_data(s, 5220, "203.0.113.77:50000", "binding request 402 user=a:q mi");
    feed_send(s, 5230, "203.0.113.77:50000", "binding success 402 mi");
}

static void one_way_while_another_far_end_answers(scene *s) {
    pair_one_way(s, 0);
    checks_both_ways(s, 100, CLIENT, "203.0.113.77:50000", "q:a");
}

static const rule_case cases[] = {
    MISS("checks-unanswered", unanswered_beside_tls),
    HIT("checks-unanswered", unanswered_beside_tls_of_another_host, "failed", "7"),
    HIT("checks-unanswered", unanswered_after_tls_was_closed, "failed", "8"),
    HIT("checks-unanswered", unanswered_before_tls, "failed", "3"),
    HIT("checks-unanswered", unanswered_beside_tls_that_is_not_established, "failed", "4"),
    MISS("checks-one-way", one_way_beside_tls),
    HIT("checks-one-way", one_way_alone, "failed", "2 3"),
    HIT("checks-unanswered", another_far_end_answers_on_the_same_port, "degraded", "3"),
    HIT("checks-unanswered", another_far_end_answers_the_same_agent, "degraded", "3"),
    HIT("checks-unanswered", another_far_end_answers_another_agent, "failed", "3"),
    HIT("checks-unanswered", another_far_end_answers_long_after, "failed", "3"),
    HIT("checks-unanswered", another_far_end_answers_through_a_relay, "degraded", "3"),
    HIT("checks-one-way", one_way_while_another_far_end_answers, "degraded", "2 3"),
};

static const char *summary(scene *s, const char *cause, guint number) {
    const turn_finding *finding = scene_finding(s, cause);

    assert_non_null(finding);
    return g_array_index(finding->evidence, turn_evidence, number).summary;
}

static void one_way_names_who_asked(void **state) {
    g_autoptr(scene) s = scene_new();

    (void)state;
    pair_one_way(s, 0);
    assert_string_equal(summary(s, "checks-one-way", 0),
                        "Binding Success Response, " CLIENT " to " PEER " (asked by " CLIENT ")");
}

static void unanswered_names_both_directions(void **state) {
    g_autoptr(scene) s = scene_new();

    (void)state;
    feed_udp(s, 0, CLIENT, PEER, "binding request 101 user=b:a mi");
    feed_udp(s, 10, PEER, CLIENT, "binding request 102 user=a:b mi");
    feed_other(s, 5010);
    assert_string_equal(summary(s, "checks-unanswered", 0),
                        "Binding Request " CLIENT " to " PEER "; 1 sent, none answered");
    assert_string_equal(summary(s, "checks-unanswered", 1),
                        "Binding Request " PEER " to " CLIENT "; 1 came, none answered");
}

int main(void) {
    struct CMUnitTest tests[G_N_ELEMENTS(cases) + 2] = {
        cmocka_unit_test(one_way_names_who_asked),
        cmocka_unit_test(unanswered_names_both_directions)};

    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        tests[i + 2] = (struct CMUnitTest){
            .name = cases[i].name, .test_func = rule_case_run, .initial_state = (void *)&cases[i]};
    }
    return cmocka_run_group_tests_name("rules_pair", tests, NULL, NULL);
}
