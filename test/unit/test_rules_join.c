/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "support/join_case.h"

static void data_comes_down(two_points *p, gint64 ms) {
    static const guint8 media[] = {0x80, 0x60, 0, 2, 0, 0, 0, 1, 0, 0, 0, 2};

    feed_udp_bytes(p->server, ms, FAR_RELAY, FAR_CLIENT, media, sizeof media);
    feed_udp_bytes(p->client, ms + 20, NEAR_RELAY, NEAR_CLIENT, media, sizeof media);
}

static void answers_do_not_come_back(two_points *p) {
    allocates(p, 0);
    for (gint64 ms = 1000; ms <= 4000; ms += 1000) {
        goes_up(p, ms, RELAY, CHECK, PASSES);
        goes_down(p, ms + 30, RELAY, CHECK_ANSWER, IS_LOST);
    }
    both_run(p, 20000);
}

static void answers_do_not_come_back_beside_data(two_points *p) {
    allocates(p, 0);
    goes_up(p, 200, RELAY, "binding request 25 user=b:a priority=1 mi", PASSES);
    for (gint64 ms = 1000; ms <= 4000; ms += 1000) {
        goes_up(p, ms, RELAY, CHECK, PASSES);
        goes_down(p, ms + 30, RELAY, CHECK_ANSWER, IS_LOST);
    }
    data_comes_down(p, 5000);
    both_run(p, 20000);
}

static void requests_of_the_relay_come_later(two_points *p) {
    allocates(p, 0);
    for (gint64 ms = 1000; ms <= 4000; ms += 1000) {
        goes_down(p, ms, RELAY, CHECK, IS_LOST);
    }
    goes_down(p, 5000, RELAY, CHECK_2, PASSES);
    both_run(p, 20000);
}

static void requests_of_the_relay_leave_after_the_client_s_capture(two_points *p) {
    allocates(p, 0);
    feed_other(p->client, 1500);
    for (gint64 ms = 1000; ms <= 4000; ms += 1000) {
        goes_down(p, ms, RELAY, CHECK, IS_LOST);
    }
    feed_other(p->server, 20000);
}

/* Behind the same NAT: the checks may be for that one. */
static void requests_of_the_relay_do_not_come_where_another_asks(two_points *p) {
    allocates(p, 0);
    feed_other(p->client, 1);
    feed_udp(p->server, 1500, FAR_SAME_NAT, FAR_SERVER, "allocate request 9 transport=17");
    for (gint64 ms = 2000; ms <= 5000; ms += 1000) {
        goes_down(p, ms, RELAY, CHECK, IS_LOST);
    }
    both_run(p, 20000);
}

static void requests_of_the_relay_do_not_come_where_the_session_got_through(two_points *p) {
    requests_of_the_relay_do_not_come(p);
    feed_udp(p->client, 20100, "10.1.1.10:40002", PEER, CHECK_2);
    feed_udp(p->client, 20200, PEER, "10.1.1.10:40002", "binding success 21 mi");
    feed_udp(p->client, 20300, PEER, "10.1.1.10:40002", "binding request 22 user=a:b priority=1");
    feed_udp(p->client, 20310, "10.1.1.10:40002", PEER, "binding success 22 mi");
}

static void one_answer_does_not_come_back(two_points *p) {
    allocates(p, 0);
    goes_up(p, 1000, RELAY, CHECK, PASSES);
    goes_down(p, 1030, RELAY, CHECK_ANSWER, IS_LOST);
    goes_up(p, 1500, RELAY, CHECK, PASSES);
    goes_down(p, 1530, RELAY, CHECK_ANSWER, PASSES);
    both_run(p, 20000);
}

static void answers_leave_after_the_client_s_capture(two_points *p) {
    allocates(p, 0);
    feed_other(p->client, 1000);
    for (gint64 ms = 1000; ms <= 4000; ms += 1000) {
        goes_up(p, ms, RELAY, CHECK, PASSES);
        goes_down(p, ms + 30, RELAY, CHECK_ANSWER, IS_LOST);
    }
    feed_other(p->server, 20000);
}

static void answers_of_the_turn_port_do_not_come_back(two_points *p) {
    both_run(p, 0);
    for (gint64 ms = 1000; ms <= 4000; ms += 1000) {
        goes_up(p, ms, PORT, ALLOCATE, PASSES);
        goes_down(p, ms + 30, PORT, "allocate error 5 error=401 realm=example.org nonce=n1",
                  IS_LOST);
    }
    both_run(p, 20000);
}

static void checks_are_not_answered(two_points *p) {
    allocates(p, 0);
    sends_thrice(p, 1000, RELAY, CHECK, PASSES);
    both_run(p, 20000);
}

static void checks_are_not_answered_before_the_end(two_points *p) {
    allocates(p, 0);
    sends_thrice(p, 1000, RELAY, CHECK, PASSES);
    both_run(p, 4000);
}

static void keep_alives_are_not_answered(two_points *p) {
    allocates(p, 0);
    sends_thrice(p, 1000, PORT, KEEP_ALIVE, PASSES);
    both_run(p, 20000);
}

static void release_is_not_answered(two_points *p) {
    allocates(p, 0);
    sends_thrice(p, 1000, PORT, RELEASE, PASSES);
    both_run(p, 20000);
}

static void checks_are_not_answered_where_the_session_got_through(two_points *p) {
    allocates(p, 0);
    sends_thrice(p, 1000, RELAY, CHECK, PASSES);
    /* The same ICE session, on a path between other ports. */
    feed_udp(p->client, 1000, "10.1.1.10:40002", PEER, CHECK_2);
    feed_udp(p->client, 1100, PEER, "10.1.1.10:40002", "binding success 21 mi");
    feed_udp(p->client, 1200, PEER, "10.1.1.10:40002", "binding request 22 user=a:b priority=1");
    feed_udp(p->client, 1210, "10.1.1.10:40002", PEER, "binding success 22 mi");
    both_run(p, 20000);
}

static void allocate_is_not_answered(two_points *p) {
    allocates(p, 0);
    sends_thrice(p, 1000, PORT, ALLOCATE, PASSES);
    both_run(p, 20000);
}

static void syn_is_not_answered(two_points *p) {
    allocates(p, 0);
    for (gint64 ms = 1000; ms <= 4000; ms += 1000) {
        connects_at(p, p->client, ms, TURN_TCP_SYN);
        connects_at(p, p->server, ms + 20, TURN_TCP_SYN);
    }
    both_run(p, 20000);
}

static void allocate_is_not_answered_by_a_silent_host(two_points *p) {
    both_run(p, 0);
    sends_thrice(p, 1000, PORT, ALLOCATE, PASSES);
    both_run(p, 20000);
}

static void allocate_is_not_answered_by_a_host_that_sends(two_points *p) {
    stun_address host = address_of(FAR_SERVER);

    host.port = 0;
    g_hash_table_add(p->senders, g_memdup2(&host, sizeof host));
    allocate_is_not_answered_by_a_silent_host(p);
}

static void captures_of_different_hours(two_points *p) {
    p->ahead = 7200000;
    feed_udp(p->client, 0, NEAR_CLIENT, NEAR_SERVER, ALLOCATE);
    feed_udp(p->server, p->ahead, FAR_CLIENT, FAR_SERVER, "allocate request 7 transport=17");
}

static void captures_with_one_request_in_common(two_points *p) {
    goes_up(p, 0, PORT, ALLOCATE, PASSES);
    both_run(p, 20000);
}

static const join_case cases[] = {
    JOIN_MISS(NO_OVERLAP, checks_to_a_relay_of_the_server_do_not_arrive),
    JOIN_HIT(BACK_BLOCKED, answers_do_not_come_back, "failed", "0.5 1.6 0.8 1.12"),
    JOIN_HIT(BACK_BLOCKED, answers_of_the_turn_port_do_not_come_back, "failed", "0.2 1.3 0.5 1.9"),
    JOIN_HIT(BACK_BLOCKED, syn_ack_does_not_come_back, "failed", "0.5 1.6 0.8"),
    JOIN_MISS(BACK_BLOCKED, syn_of_another_client_arrives),
    JOIN_MISS(BACK_BLOCKED, syn_from_the_same_nat_arrives_before),
    JOIN_MISS(BACK_BLOCKED, syn_from_the_same_nat_arrives_then),
    JOIN_MISS(BACK_BLOCKED, syn_is_not_answered),
    JOIN_MISS(BACK_BLOCKED, answers_do_not_come_back_beside_data),
    JOIN_HIT(BACK_BLOCKED, requests_of_the_relay_do_not_come, "failed", "1.5 1.8"),
    JOIN_MISS(BACK_BLOCKED, requests_of_the_relay_come_later),
    JOIN_MISS(BACK_BLOCKED, requests_of_the_relay_leave_after_the_client_s_capture),
    JOIN_MISS(BACK_BLOCKED, requests_of_the_relay_do_not_come_where_another_asks),
    JOIN_MISS(BACK_BLOCKED, requests_of_the_relay_do_not_come_where_the_session_got_through),
    JOIN_MISS(BACK_BLOCKED, one_answer_does_not_come_back),
    JOIN_MISS(BACK_BLOCKED, answers_leave_after_the_client_s_capture),
    JOIN_MISS(BACK_BLOCKED, checks_are_answered),
    JOIN_HIT(NO_ANSWER, checks_are_not_answered, "failed", "0.5 1.5 1.7"),
    JOIN_HIT(NO_ANSWER, allocate_is_not_answered, "failed", "0.5 1.5 1.7"),
    JOIN_HIT(NO_ANSWER, syn_is_not_answered, "failed", "0.5 1.5 1.8"),
    JOIN_HIT(NO_ANSWER, allocate_is_not_answered_by_a_host_that_sends, "failed", "0.2 1.2 1.4"),
    JOIN_MISS(NO_ANSWER, allocate_is_not_answered_by_a_silent_host),
    JOIN_MISS(NO_ANSWER, syn_ack_does_not_come_back),
    JOIN_MISS(NO_ANSWER, checks_are_not_answered_before_the_end),
    JOIN_MISS(NO_ANSWER, keep_alives_are_not_answered),
    JOIN_MISS(NO_ANSWER, release_is_not_answered),
    JOIN_MISS(NO_ANSWER, checks_are_not_answered_where_the_session_got_through),
    JOIN_MISS(NO_ANSWER, answers_do_not_come_back),
    JOIN_HIT(NO_OVERLAP, captures_of_different_hours, "inconclusive", "0.1 1.1"),
    JOIN_MISS(NO_OVERLAP, captures_with_one_request_in_common),
    JOIN_MISS(NO_OVERLAP, checks_are_answered),
};

static void family_is_covered(void **state) {
    (void)state;
    join_cases_cover(cases, G_N_ELEMENTS(cases), BACK_BLOCKED, FAMILY_REACH);
}

int main(void) {
    struct CMUnitTest tests[G_N_ELEMENTS(cases) + 1] = {cmocka_unit_test(family_is_covered)};

    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        tests[i + 1] = (struct CMUnitTest){
            .name = cases[i].name, .test_func = join_case_run, .initial_state = (void *)&cases[i]};
    }
    return cmocka_run_group_tests_name("rules_join", tests, NULL, NULL);
}
