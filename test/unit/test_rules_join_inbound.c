/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "support/join_case.h"

static void allocate_does_not_arrive(two_points *p) {
    both_run(p, 0);
    sends_thrice(p, 1000, PORT, ALLOCATE, IS_LOST);
    both_run(p, 20000);
}

static void allocate_does_not_arrive_where_the_capture_ends_before(two_points *p) {
    both_run(p, 0);
    feed_other(p->server, 1900);
    sends_thrice(p, 1000, PORT, ALLOCATE, IS_LOST);
    feed_other(p->client, 20000);
}

static void allocate_does_not_arrive_twice_of_three_times(two_points *p) {
    both_run(p, 0);
    goes_up(p, 1000, PORT, ALLOCATE, IS_LOST);
    goes_up(p, 1500, PORT, ALLOCATE, IS_LOST);
    goes_up(p, 2500, PORT, ALLOCATE, PASSES);
    goes_down(p, 2530, PORT, "allocate error 5 error=401 realm=example.org nonce=n1", PASSES);
    both_run(p, 20000);
}

static void allocate_goes_to_another_server(two_points *p) {
    both_run(p, 0);
    allocates(p, 500);
    feed_udp(p->client, 1000, NEAR_CLIENT, NEAR_OTHER, ALLOCATE);
    feed_udp(p->client, 1500, NEAR_CLIENT, NEAR_OTHER, ALLOCATE);
    feed_udp(p->client, 2500, NEAR_CLIENT, NEAR_OTHER, ALLOCATE);
    both_run(p, 20000);
}

static void allocate_does_not_arrive_by_clocks_that_differ(two_points *p) {
    p->ahead = 3600000;
    allocate_does_not_arrive(p);
}

/* Taken at another member of a cluster, or at the peer: the client is answered all the same. */
static void allocate_is_answered_by_what_the_capture_does_not_show(two_points *p) {
    both_run(p, 0);
    scene_challenge(p->client, 500);
    feed_udp(p->client, 1000, CLIENT, SERVER, ALLOCATE);
    feed_udp(p->client, 1500, CLIENT, SERVER, ALLOCATE);
    feed_udp(p->client, 2500, CLIENT, SERVER, ALLOCATE);
    both_run(p, 20000);
}

static void allocate_does_not_arrive_in_cut_packets(two_points *p) {
    p->cut = TRUE;
    allocate_does_not_arrive(p);
}

static void server_sees_another_address_of_its_own(two_points *p) {
    allocate_does_not_arrive(p);
    feed_udp(p->server, 2000, "10.7.7.7:40000", "10.8.8.1:3478", ALLOCATE);
    feed_other(p->server, 30000);
}

static void checks_do_not_arrive(two_points *p) {
    allocates(p, 0);
    sends_thrice(p, 1000, RELAY, CHECK, IS_LOST);
    both_run(p, 20000);
}

static void two_checks_do_not_arrive(two_points *p) {
    allocates(p, 0);
    goes_up(p, 1000, RELAY, CHECK, IS_LOST);
    goes_up(p, 4000, RELAY, CHECK_2, IS_LOST);
    both_run(p, 20000);
}

static void three_checks_of_one_moment_do_not_arrive(two_points *p) {
    allocates(p, 0);
    goes_up(p, 1000, RELAY, CHECK, IS_LOST);
    goes_up(p, 1100, RELAY, CHECK_2, IS_LOST);
    goes_up(p, 3900, RELAY, CHECK_3, IS_LOST);
    both_run(p, 20000);
}

/* What is no STUN goes the same way, and comes to the server. */
static void data_goes_up(two_points *p, gint64 ms, gboolean relay) {
    static const guint8 media[] = {0x80, 0x60, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1};
    message data = channel_data(0x4000, media, sizeof media);
    const void *bytes = relay ? (const void *)media : data.bytes;
    const gsize length = relay ? sizeof media : data.length;

    feed_udp_bytes(p->client, ms, NEAR_CLIENT, relay ? NEAR_RELAY : NEAR_SERVER, bytes, length);
    feed_udp_bytes(p->server, ms + 20, FAR_CLIENT, relay ? FAR_RELAY : FAR_SERVER, bytes, length);
}

static void checks_do_not_arrive_beside_data(two_points *p) {
    allocates(p, 0);
    goes_up(p, 200, RELAY, "binding request 25 user=b:a priority=1 mi", PASSES);
    sends_thrice(p, 1000, RELAY, CHECK, IS_LOST);
    data_goes_up(p, 4500, RELAY);
    both_run(p, 20000);
}

static void checks_do_not_arrive_after_data(two_points *p) {
    allocates(p, 0);
    goes_up(p, 200, RELAY, "binding request 25 user=b:a priority=1 mi", PASSES);
    data_goes_up(p, 500, RELAY);
    sends_thrice(p, 1000, RELAY, CHECK, IS_LOST);
    both_run(p, 20000);
}

static void permissions_do_not_arrive(two_points *p, gboolean data_goes_on) {
    allocates(p, 0);
    goes_up(p, 200, PORT, "channel request 3 channel=0x4000 peer=192.0.2.180:50000 " CREDENTIALS,
            PASSES);
    goes_down(p, 230, PORT, "channel success 3 mi", PASSES);
    sends_thrice(p, 1000, PORT, PERMIT, IS_LOST);
    if (data_goes_on) {
        data_goes_up(p, 4500, PORT);
    }
    both_run(p, 20000);
}

static void permission_does_not_arrive(two_points *p) {
    permissions_do_not_arrive(p, FALSE);
}

static void permission_does_not_arrive_beside_data(two_points *p) {
    permissions_do_not_arrive(p, TRUE);
}

static void checks_to_a_relay_do_not_arrive_behind_a_filter(two_points *p) {
    p->filtered = TRUE;
    peer_asks(p, NEAR_RELAY, 1000);
}

static void checks_to_another_relay_do_not_arrive(two_points *p) {
    peer_asks(p, "198.51.100.1:24012", 1000);
}

/* Its other interface is another capture's. */
static void checks_to_another_interface_do_not_arrive(two_points *p) {
    both_run(p, 0);
    feed_udp(p->server, 100, "192.0.2.180:50000", "10.9.9.2:3478", ALLOCATE " " CREDENTIALS);
    feed_udp(p->server, 130, "10.9.9.2:3478", "192.0.2.180:50000",
             "allocate success 5 relayed=198.51.100.1:24010 mapped=192.0.2.180:50000 lifetime=600 "
             "mi");
    sends_thrice(p, 1000, RELAY, CHECK, IS_LOST);
    both_run(p, 20000);
}

static void checks_to_a_relay_that_is_gone_do_not_arrive(two_points *p) {
    both_run(p, 0);
    feed_udp(p->server, 100, "192.0.2.180:50000", "198.51.100.1:3478", ALLOCATE " " CREDENTIALS);
    feed_udp(p->server, 130, "198.51.100.1:3478", "192.0.2.180:50000",
             "allocate success 5 relayed=198.51.100.1:24010 mapped=192.0.2.180:50000 lifetime=600 "
             "mi");
    feed_udp(p->server, 900, "192.0.2.180:50000", "198.51.100.1:3478", RELEASE);
    feed_udp(p->server, 930, "198.51.100.1:3478", "192.0.2.180:50000",
             "refresh success 6 lifetime=0 mi");
    sends_thrice(p, 1000, RELAY, CHECK, IS_LOST);
    both_run(p, 20000);
}

static void release_does_not_arrive(two_points *p) {
    allocates(p, 0);
    sends_thrice(p, 1000, PORT, RELEASE, IS_LOST);
    both_run(p, 20000);
}

static void answers_to_the_relay_do_not_arrive(two_points *p) {
    allocates(p, 0);
    for (gint64 ms = 1000; ms <= 4000; ms += 1000) {
        goes_down(p, ms, RELAY, CHECK, PASSES);
        goes_up(p, ms + 30, RELAY, CHECK_ANSWER, IS_LOST);
    }
    both_run(p, 20000);
}

static void one_check_does_not_arrive(two_points *p) {
    allocates(p, 0);
    goes_up(p, 1000, RELAY, CHECK, IS_LOST);
    both_run(p, 20000);
}

static void checks_arrive_later(two_points *p) {
    checks_do_not_arrive(p);
    goes_up(p, 21000, RELAY, CHECK_2, PASSES);
    both_run(p, 40000);
}

static void checks_do_not_arrive_behind_a_filter(two_points *p) {
    p->filtered = TRUE;
    checks_do_not_arrive(p);
}

/* The server's capture has what leaves the server only. */
static void checks_do_not_arrive_in_a_capture_of_one_direction(two_points *p) {
    goes_up(p, 0, PORT, ALLOCATE, IS_LOST);
    goes_down(p, 30, PORT, "allocate error 5 error=401 realm=example.org nonce=n1", PASSES);
    sends_thrice(p, 5000, RELAY, CHECK, IS_LOST);
    both_run(p, 20000);
}

static void checks_do_not_arrive_at_a_capture_that_ended(two_points *p) {
    allocates(p, 0);
    sends_thrice(p, 1000, RELAY, CHECK, IS_LOST);
    feed_other(p->client, 20000);
}

static void checks_do_not_arrive_where_the_session_got_through(two_points *p) {
    allocates(p, 0);
    sends_thrice(p, 1000, RELAY, CHECK, IS_LOST);
    feed_udp(p->client, 3000, "10.1.1.10:40002", PEER, CHECK_2);
    feed_udp(p->client, 3100, PEER, "10.1.1.10:40002", "binding success 21 mi");
    feed_udp(p->client, 3200, PEER, "10.1.1.10:40002", "binding request 22 user=a:b priority=1");
    feed_udp(p->client, 3210, "10.1.1.10:40002", PEER, "binding success 22 mi");
    both_run(p, 20000);
}

static void syn_does_not_arrive(two_points *p) {
    allocates(p, 0);
    for (gint64 ms = 1000; ms <= 4000; ms += 1000) {
        connects_at(p, p->client, ms, TURN_TCP_SYN);
    }
    both_run(p, 20000);
}

static void syn_does_not_arrive_at_a_capture_that_ended(two_points *p) {
    allocates(p, 0);
    for (gint64 ms = 1000; ms <= 4000; ms += 1000) {
        connects_at(p, p->client, ms, TURN_TCP_SYN);
    }
    feed_other(p->client, 20000);
}

static void syn_is_refused(two_points *p) {
    allocates(p, 0);
    connects_at(p, p->client, 1000, TURN_TCP_SYN);
    feed_tcp(p->client, 1010, NEAR_SERVER, NEAR_CLIENT, TURN_TCP_RESET);
    both_run(p, 20000);
}

static const join_case cases[] = {
    JOIN_HIT(PORT_BLOCKED, allocate_does_not_arrive, "failed", "0.2 0.4"),
    JOIN_HIT(PORT_BLOCKED, syn_does_not_arrive, "failed", "0.5 0.8 1.3"),
    JOIN_MISS(PORT_BLOCKED, syn_does_not_arrive_at_a_capture_that_ended),
    JOIN_HIT(PORT_BLOCKED, syn_of_another_client_arrives, "failed", "0.5 0.8 1.3"),
    JOIN_HIT(PORT_BLOCKED, syn_from_the_same_nat_arrives_before, "failed", "0.5 0.8 1.3"),
    JOIN_MISS(PORT_BLOCKED, syn_from_the_same_nat_arrives_then),
    JOIN_MISS(PORT_BLOCKED, syn_is_refused),
    JOIN_MISS(PORT_BLOCKED, syn_ack_does_not_come_back),
    JOIN_MISS(PORT_BLOCKED, allocate_does_not_arrive_where_the_capture_ends_before),
    JOIN_MISS(PORT_BLOCKED, allocate_does_not_arrive_twice_of_three_times),
    JOIN_MISS(PORT_BLOCKED, allocate_goes_to_another_server),
    JOIN_MISS(PORT_BLOCKED, allocate_does_not_arrive_by_clocks_that_differ),
    JOIN_MISS(PORT_BLOCKED, allocate_is_answered_by_what_the_capture_does_not_show),
    JOIN_MISS(PORT_BLOCKED, allocate_does_not_arrive_in_cut_packets),
    JOIN_MISS(PORT_BLOCKED, server_sees_another_address_of_its_own),
    JOIN_HIT(RANGE_BLOCKED, checks_do_not_arrive, "failed", "0.5 0.7 1.3"),
    JOIN_HIT(RANGE_BLOCKED, three_checks_do_not_arrive, "failed", "0.5 0.6 0.7 1.3"),
    JOIN_MISS(RANGE_BLOCKED, two_checks_do_not_arrive),
    JOIN_MISS(RANGE_BLOCKED, three_checks_of_one_moment_do_not_arrive),
    JOIN_HIT(RANGE_BLOCKED, checks_do_not_arrive_after_data, "failed", "0.7 0.9 1.5"),
    JOIN_MISS(RANGE_BLOCKED, checks_do_not_arrive_beside_data),
    JOIN_HIT(PORT_BLOCKED, permission_does_not_arrive, "failed", "0.7 0.9 1.5"),
    JOIN_MISS(PORT_BLOCKED, permission_does_not_arrive_beside_data),
    JOIN_HIT(RANGE_BLOCKED, checks_to_a_relay_of_the_server_do_not_arrive, "failed", "0.2 0.4"),
    JOIN_MISS(RANGE_BLOCKED, checks_to_a_relay_do_not_arrive_behind_a_filter),
    JOIN_MISS(RANGE_BLOCKED, checks_to_another_relay_do_not_arrive),
    JOIN_MISS(RANGE_BLOCKED, checks_to_another_interface_do_not_arrive),
    JOIN_MISS(RANGE_BLOCKED, checks_to_a_relay_that_is_gone_do_not_arrive),
    JOIN_MISS(PORT_BLOCKED, release_does_not_arrive),
    JOIN_HIT(RANGE_BLOCKED, answers_to_the_relay_do_not_arrive, "failed", "1.5 0.6 1.8 0.12"),
    JOIN_HIT(RANGE_BLOCKED, checks_do_not_arrive_where_the_session_got_through, "degraded",
             "0.5 0.7 1.3"),
    JOIN_MISS(RANGE_BLOCKED, one_check_does_not_arrive),
    JOIN_MISS(RANGE_BLOCKED, checks_arrive_later),
    JOIN_MISS(RANGE_BLOCKED, checks_do_not_arrive_in_a_capture_of_one_direction),
    JOIN_MISS(RANGE_BLOCKED, checks_do_not_arrive_behind_a_filter),
    JOIN_MISS(RANGE_BLOCKED, checks_do_not_arrive_at_a_capture_that_ended),
    JOIN_MISS(RANGE_BLOCKED, checks_are_answered),
};

static void family_is_covered(void **state) {
    (void)state;
    join_cases_cover(cases, G_N_ELEMENTS(cases), NULL, BACK_BLOCKED);
}

int main(void) {
    struct CMUnitTest tests[G_N_ELEMENTS(cases) + 1] = {cmocka_unit_test(family_is_covered)};

    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        tests[i + 1] = (struct CMUnitTest){
            .name = cases[i].name, .test_func = join_case_run, .initial_state = (void *)&cases[i]};
    }
    return cmocka_run_group_tests_name("rules_join_inbound", tests, NULL, NULL);
}
