/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "support/rule_case.h"

#define WITH_NONCE "allocate request 2 transport=17 " CREDENTIALS

/* DTLS 1.2 ClientHello, its first 13 bytes and one byte of content. */
static const guint8 dtls[] = {0x16, 0xfe, 0xfd, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0};

static void client_direction_only(scene *s) {
    feed_udp(s, 0, CLIENT, SERVER, WITH_NONCE);
    feed_udp(s, 20, CLIENT, SERVER, "permission request 3 peer=" PEER " " CREDENTIALS);
    feed_udp(s, 40, CLIENT, SERVER, "refresh request 4 lifetime=600 " CREDENTIALS);
}

static void server_direction_only(scene *s) {
    feed_udp(s, 0, SERVER, CLIENT, "allocate success 2 relayed=" RELAYED " lifetime=600 mi");
    feed_udp(s, 20, SERVER, CLIENT, "permission success 3 mi");
}

static void silent_server(scene *s) {
    feed_udp(s, 0, CLIENT, SERVER, "allocate request 1 transport=17");
    feed_udp(s, 3500, CLIENT, SERVER, "allocate request 1 transport=17");
}

static void both_directions(scene *s) {
    scene_allocate(s, 0);
}

static void tls_to_a_turn_port(scene *s) {
    scene_connect(s, 0, CLIENT);
    feed_tcp(s, 20, CLIENT, SERVER, TURN_TCP_TLS);
}

static void dtls_to_a_turn_port(scene *s) {
    feed_udp_bytes(s, 0, CLIENT, "198.51.100.1:5349", dtls, sizeof dtls);
}

static void dtls_to_another_port(scene *s) {
    feed_udp_bytes(s, 0, CLIENT, "198.51.100.1:443", dtls, sizeof dtls);
}

static void tcp_in_the_clear(scene *s) {
    scene_allocate_tcp(s, 0);
}

static void allocate_sent_2_s_before_the_end(scene *s) {
    feed_udp(s, 0, CLIENT, SERVER, "allocate request 1 transport=17");
    feed_udp(s, 500, CLIENT, SERVER, "allocate request 1 transport=17");
    feed_other(s, 2000);
}

static void refreshes_of_an_earlier_allocation(scene *s) {
    feed_udp(s, 0, CLIENT, SERVER, "refresh request 4 lifetime=600 " CREDENTIALS);
    feed_udp(s, 10, SERVER, CLIENT, "refresh success 4 lifetime=600 mi");
}

static void earlier_allocation_that_works(scene *s) {
    refreshes_of_an_earlier_allocation(s);
    feed_send_bytes(s, 20, PEER, 10);
    feed_data_bytes(s, 30, PEER, 10);
}

static void allocation_without_peers(scene *s) {
    scene_allocate(s, 0);
    feed_udp(s, 100, CLIENT, SERVER, "permission request 3 peer=" PEER " " CREDENTIALS);
    feed_udp(s, 110, SERVER, CLIENT, "permission success 3 mi");
}

static void allocation_that_works(scene *s) {
    scene_allocate(s, 0);
    scene_checks(s, 100, PEER);
}

static void allocation_beside_one_that_works(scene *s) {
    scene_allocate(s, 0);
    feed_udp(s, 50, "10.1.1.10:40002", SERVER, WITH_NONCE);
    feed_udp(s, 60, SERVER, "10.1.1.10:40002",
             "allocate success 2 relayed=198.51.100.1:24002 lifetime=600 mi");
    scene_checks(s, 100, PEER);
}

static void capture_without_a_packet(scene *s) {
    (void)s;
}

static void capture_of_plain_stun(scene *s) {
    feed_udp(s, 0, CLIENT, SERVER, "binding request 1 software=x");
    feed_udp(s, 10, SERVER, CLIENT, "binding success 1 mapped=" MAPPED);
}

static void capture_of_unanswered_pairs(scene *s) {
    feed_udp(s, 0, OTHER, CLIENT, "binding request 1 user=x:y mi");
    feed_udp(s, 10, CLIENT, PEER, "binding request 2 user=b:a mi");
    feed_other(s, 60000);
}

/* Both ways, outside any session. */
static void capture_of_a_pair_that_works(scene *s) {
    feed_udp(s, 0, CLIENT, PEER, "binding request 1 user=b:a mi");
    feed_udp(s, 10, PEER, CLIENT, "binding success 1 mi");
    feed_udp(s, 20, PEER, CLIENT, "binding request 2 user=a:b mi");
    feed_udp(s, 30, CLIENT, PEER, "binding success 2 mi");
}

static void capture_of_a_pair_that_works_one_way(scene *s) {
    feed_udp(s, 0, CLIENT, PEER, "binding request 1 user=b:a mi");
    feed_udp(s, 10, PEER, CLIENT, "binding success 1 mi");
}

static void capture_of_data_both_ways(scene *s) {
    feed_udp_bytes(s, 0, CLIENT, PEER, dtls, sizeof dtls);
    feed_udp_bytes(s, 10, PEER, CLIENT, dtls, sizeof dtls);
}

static const rule_case cases[] = {
    HIT("one-direction-captured", client_direction_only, "inconclusive", "1 3"),
    HIT("one-direction-captured", server_direction_only, "inconclusive", "1 2"),
    MISS("one-direction-captured", silent_server),
    MISS("one-direction-captured", both_directions),
    HIT("turn-encrypted", tls_to_a_turn_port, "inconclusive", "1"),
    HIT("turn-encrypted", dtls_to_a_turn_port, "inconclusive", "1"),
    MISS("turn-encrypted", dtls_to_another_port),
    MISS("turn-encrypted", tcp_in_the_clear),
    HIT("session-incomplete", allocate_sent_2_s_before_the_end, "inconclusive", "1 2"),
    HIT("session-incomplete", refreshes_of_an_earlier_allocation, "inconclusive", "1 2"),
    MISS("session-incomplete", earlier_allocation_that_works),
    MISS("session-incomplete", both_directions),
    HIT("relay-unused", allocation_without_peers, "inconclusive", "4 6"),
    MISS("relay-unused", allocation_that_works),
    MISS("relay-unused", allocation_beside_one_that_works),
    MISS("relay-unused", silent_server),
    HIT("no-turn-traffic", capture_without_a_packet, "inconclusive", ""),
    HIT("no-turn-traffic", capture_of_plain_stun, "inconclusive", ""),
    HIT("no-turn-traffic", capture_of_a_pair_that_works_one_way, "inconclusive", ""),
    HIT("no-turn-traffic", capture_of_data_both_ways, "inconclusive", ""),
    MISS("no-turn-traffic", capture_of_a_pair_that_works),
    MISS("no-turn-traffic", both_directions),
    MISS("no-turn-traffic", capture_of_unanswered_pairs),
};

static void family_unknown_is_covered(void **state) {
    (void)state;
    rule_cases_cover(cases, G_N_ELEMENTS(cases), FAMILY_UNKNOWN, NULL);
}

int main(void) {
    struct CMUnitTest tests[G_N_ELEMENTS(cases) + 1] = {
        cmocka_unit_test(family_unknown_is_covered)};

    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        tests[i + 1] = (struct CMUnitTest){
            .name = cases[i].name, .test_func = rule_case_run, .initial_state = (void *)&cases[i]};
    }
    return cmocka_run_group_tests_name("rules_unknown", tests, NULL, NULL);
}
