/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "support/dtls.h"
#include "support/rule_case.h"

#define CHECK        "binding request 101 user=b:a priority=1 mi"
#define CHECK_BACK   "binding request 102 user=a:b priority=1 mi"
#define ICMP_CLOSED  3
#define ICMP_EXPIRED 11

static void check_answered_by_icmp_of_type(scene *s, guint8 type) {
    scene_allocate(s, 0);
    feed_send(s, 100, PEER, CHECK);
    feed_icmp(s, 120, TURN_TRANSPORT_UDP, RELAYED, PEER, type);
    feed_other(s, 5120);
}

static void check_answered_by_icmp_unreachable(scene *s) {
    check_answered_by_icmp_of_type(s, ICMP_CLOSED);
}

static void check_answered_by_icmp_time_exceeded(scene *s) {
    check_answered_by_icmp_of_type(s, ICMP_EXPIRED);
}

static void icmp_while_another_path_works(scene *s) {
    check_answered_by_icmp_unreachable(s);
    scene_checks(s, 200, OTHER);
}

static void pair_with_icmp_unreachable(scene *s) {
    feed_udp(s, 0, CLIENT, PEER, CHECK);
    feed_icmp(s, 10, TURN_TRANSPORT_UDP, CLIENT, PEER, ICMP_CLOSED);
}

static void check_unanswered_until(scene *s, gint64 end) {
    scene_allocate(s, 0);
    feed_send(s, 100, PEER, CHECK);
    feed_other(s, end);
}

static void check_unanswered_for_5_s(scene *s) {
    check_unanswered_until(s, 5100);
}

static void check_from_the_peer_unanswered_for_5_s(scene *s) {
    scene_allocate(s, 0);
    feed_data(s, 100, PEER, CHECK_BACK);
    feed_other(s, 5100);
}

static void check_unanswered_for_3_s_at_the_end(scene *s) {
    check_unanswered_until(s, 3100);
}

static void check_without_username_unanswered(scene *s) {
    scene_allocate(s, 0);
    feed_send(s, 100, PEER, "binding request 101 priority=1");
    feed_other(s, 60000);
}

static void check_unanswered_while_a_direct_path_works(scene *s) {
    scene_allocate(s, 0);
    feed_send(s, 100, PEER, CHECK);
    feed_udp(s, 200, CLIENT, OTHER, "binding request 201 user=b:a priority=1 mi");
    feed_udp(s, 210, OTHER, CLIENT, "binding success 201 mi");
    feed_udp(s, 220, OTHER, CLIENT, "binding request 202 user=a:b priority=1 mi");
    feed_udp(s, 230, CLIENT, OTHER, "binding success 202 mi");
    feed_other(s, 60000);
}

static void pair_unanswered(scene *s) {
    feed_udp(s, 0, PEER, CLIENT, "binding request 55 user=x:y mi");
    feed_udp(s, 5, CLIENT, PEER, "binding success 55 mi");
    feed_udp(s, 10, CLIENT, OTHER, CHECK);
    feed_other(s, 5010);
}

static void pair_unanswered_where_nothing_ever_arrives(scene *s) {
    feed_udp(s, 0, CLIENT, OTHER, CHECK);
    feed_other(s, 60000);
}

static void checks_answered_to_the_peer_only(scene *s) {
    scene_allocate(s, 0);
    feed_send(s, 100, PEER, CHECK);
    feed_data(s, 110, PEER, "binding success 101 mi");
    feed_data(s, 120, PEER, CHECK_BACK);
    feed_other(s, 5120);
}

static void checks_answered_from_the_peer_only(scene *s) {
    scene_allocate(s, 0);
    feed_send(s, 100, PEER, CHECK);
    feed_data(s, 110, PEER, CHECK_BACK);
    feed_send(s, 120, PEER, "binding success 102 mi");
    feed_other(s, 5100);
}

static void checks_answered_one_way_just_before_the_end(scene *s) {
    scene_allocate(s, 0);
    feed_send(s, 100, PEER, CHECK);
    feed_data(s, 110, PEER, "binding success 101 mi");
    feed_data(s, 120, PEER, CHECK_BACK);
    feed_other(s, 3120);
}

static void checks_answered_both_ways(scene *s) {
    scene_allocate(s, 0);
    scene_checks(s, 100, PEER);
    feed_other(s, 60000);
}

static void pair_answered_one_way(scene *s) {
    feed_udp(s, 0, CLIENT, PEER, CHECK);
    feed_udp(s, 10, PEER, CLIENT, "binding success 101 mi");
    feed_udp(s, 20, PEER, CLIENT, CHECK_BACK);
    feed_other(s, 5020);
}

static void packets_to_the_peer(scene *s, guint count) {
    scene_allocate(s, 0);
    for (guint i = 0; i < count; i++) {
        feed_send_bytes(s, 100 + 20 * i, PEER, 160);
    }
}

static void packets_to_the_peer_only(scene *s) {
    packets_to_the_peer(s, 10);
    feed_other(s, 5100);
}

static void packets_from_the_peer_only(scene *s) {
    scene_allocate(s, 0);
    for (guint i = 0; i < 12; i++) {
        feed_data_bytes(s, 100 + 20 * i, PEER, 160);
    }
    feed_other(s, 5100);
}

static void packets_one_way_fewer_than_10(scene *s) {
    packets_to_the_peer(s, 9);
    feed_other(s, 60000);
}

static void packets_one_way_for_less_than_5_s(scene *s) {
    packets_to_the_peer(s, 10);
    feed_other(s, 5099);
}

static void packets_both_ways(scene *s) {
    packets_to_the_peer(s, 10);
    feed_data_bytes(s, 400, PEER, 10);
    feed_other(s, 60000);
}

/* A handshake in frames 9 to 12, then packets to the peer from frame 13 on. */
static void packets_to_the_peer_after_dtls(scene *s, guint count, gint64 every) {
    scene_allocate(s, 0);
    scene_checks(s, 100, PEER);
    feed_dtls_handshake(s, 200, PEER);
    for (guint i = 0; i < count; i++) {
        feed_send_bytes(s, 300 + every * i, PEER, 160);
    }
}

static void packets_one_way_after_dtls(scene *s) {
    packets_to_the_peer_after_dtls(s, 16, 1000);
}

/* RTCP of the other side may be 5 s apart, and then some. */
static void packets_one_way_after_dtls_for_less_than_15_s(scene *s) {
    packets_to_the_peer_after_dtls(s, 15, 1000);
    feed_other(s, 60000);
}

static void packets_one_way_after_dtls_and_an_alert(scene *s) {
    packets_to_the_peer_after_dtls(s, 16, 1000);
    feed_data_record(s, 15400, PEER, 21, 60);
}

static void packets_one_way_after_dtls_and_application_data(scene *s) {
    packets_to_the_peer_after_dtls(s, 16, 1000);
    feed_data_record(s, 15400, PEER, 23, 60);
}

/* The other side is on hold: its RTCP goes on. */
static void packets_both_ways_after_dtls(scene *s) {
    packets_to_the_peer_after_dtls(s, 16, 1000);
    feed_data_bytes(s, 15400, PEER, 60);
}

static void handshakes_of_dtls_one_way(scene *s) {
    scene_allocate(s, 0);
    scene_checks(s, 100, PEER);
    for (guint i = 0; i < 20; i++) {
        feed_send_dtls(s, 200 + 1000 * i, PEER, 0, 150);
    }
}

/* The direct path, whose checks the far end begins: its data goes one way. */
static void packets_of_a_direct_path(scene *s, const char *user, gboolean to_client) {
    const char *from = to_client ? "10.1.1.30:50000" : CLIENT;
    const char *to = to_client ? CLIENT : "10.1.1.30:50000";
    g_autofree char *check = g_strdup_printf("binding request 301 user=%s priority=1 mi", user);
    const guint8 bytes[160] = {0x80};

    feed_udp(s, 20000, "10.1.1.30:50000", CLIENT, check);
    for (guint i = 0; i < 20; i++) {
        feed_udp_bytes(s, 20100 + 20 * i, from, to, bytes, sizeof bytes);
    }
}

/* Checks and ten packets to the peer. */
static void packets_to_a_checked_peer(scene *s) {
    scene_allocate(s, 0);
    scene_checks(s, 50, PEER);
    for (guint i = 0; i < 10; i++) {
        feed_send_bytes(s, 100 + 20 * i, PEER, 160);
    }
}

static void packets_that_come_back_on_a_direct_path(scene *s) {
    packets_to_a_checked_peer(s);
    packets_of_a_direct_path(s, "a:b", TRUE);
    feed_other(s, 60000);
}

static void packets_that_go_on_a_direct_path_too(scene *s) {
    packets_to_a_checked_peer(s);
    packets_of_a_direct_path(s, "a:b", FALSE);
    feed_other(s, 60000);
}

static void packets_that_come_back_in_another_ice_session(scene *s) {
    packets_to_a_checked_peer(s);
    packets_of_a_direct_path(s, "c:d", TRUE);
    feed_other(s, 60000);
}

static void checks_beside_a_working_peer(scene *s, const char *peer, const char *check) {
    scene_allocate(s, 0);
    scene_checks(s, 100, PEER);
    feed_send(s, 1000, peer, check);
    feed_other(s, 20000);
}

static void checks_of_another_ice_session_unanswered(scene *s) {
    checks_beside_a_working_peer(s, OTHER, "binding request 201 user=d:c priority=1 mi");
}

/* Peers of different calls may lie behind one relay or one NAT. */
static void checks_of_another_ice_session_on_the_same_host_unanswered(scene *s) {
    checks_beside_a_working_peer(s, "203.0.113.9:50001",
                                 "binding request 201 user=d:c priority=1 mi");
}

static void checks_of_the_same_ice_session_unanswered(scene *s) {
    checks_beside_a_working_peer(s, OTHER, "binding request 201 user=b:a priority=1 mi");
}

/* Indications prove no answer by themselves, but who sends them has an allocation. */
static void checks_sent_through_an_allocation_that_was_not_seen(scene *s) {
    feed_send(s, 1000, PEER, "binding request 201 user=b:a priority=1 mi");
    feed_send(s, 2000, PEER, "binding request 202 user=b:a priority=1 mi");
    feed_other(s, 20000);
}

static const rule_case cases[] = {
    HIT("peer-unreachable", check_answered_by_icmp_unreachable, "failed", "6"),
    MISS("peer-unreachable", check_answered_by_icmp_time_exceeded),
    MISS("peer-unreachable", icmp_while_another_path_works),
    MISS("peer-unreachable", pair_with_icmp_unreachable),
    HIT("checks-unanswered", check_unanswered_for_5_s, "failed", "5"),
    HIT("checks-unanswered", check_from_the_peer_unanswered_for_5_s, "failed", "5"),
    HIT("checks-unanswered", pair_unanswered, "failed", "3"),
    HIT("checks-unanswered", checks_of_another_ice_session_unanswered, "degraded", "9"),
    HIT("checks-unanswered", checks_of_another_ice_session_on_the_same_host_unanswered, "degraded",
        "9"),
    MISS("checks-unanswered", checks_of_the_same_ice_session_unanswered),
    MISS("checks-unanswered", checks_sent_through_an_allocation_that_was_not_seen),
    MISS("checks-unanswered", check_unanswered_for_3_s_at_the_end),
    MISS("checks-unanswered", check_without_username_unanswered),
    MISS("checks-unanswered", check_unanswered_while_a_direct_path_works),
    MISS("checks-unanswered", pair_unanswered_where_nothing_ever_arrives),
    HIT("checks-one-way", checks_answered_to_the_peer_only, "failed", "6 7"),
    HIT("checks-one-way", checks_answered_from_the_peer_only, "failed", "7 5"),
    HIT("checks-one-way", pair_answered_one_way, "failed", "2 3"),
    MISS("checks-one-way", checks_answered_one_way_just_before_the_end),
    MISS("checks-one-way", checks_answered_both_ways),
    MISS("checks-one-way", check_unanswered_for_5_s),
    HIT("media-one-way", packets_to_the_peer_only, "degraded", "5 14"),
    HIT("media-one-way", packets_from_the_peer_only, "degraded", "5 16"),
    MISS("media-one-way", packets_one_way_fewer_than_10),
    MISS("media-one-way", packets_one_way_for_less_than_5_s),
    MISS("media-one-way", packets_both_ways),
    MISS("media-one-way", packets_that_come_back_on_a_direct_path),
    HIT("media-one-way", packets_that_go_on_a_direct_path_too, "degraded", "9 18"),
    HIT("media-one-way", packets_that_come_back_in_another_ice_session, "degraded", "9 18"),
    HIT("media-one-way", packets_one_way_after_dtls, "degraded", "13 28"),
    HIT("media-one-way", packets_one_way_after_dtls_and_an_alert, "degraded", "13 28"),
    MISS("media-one-way", packets_one_way_after_dtls_for_less_than_15_s),
    MISS("media-one-way", packets_one_way_after_dtls_and_application_data),
    MISS("media-one-way", packets_both_ways_after_dtls),
    MISS("media-one-way", handshakes_of_dtls_one_way),
};

static void family_is_covered(void **state) {
    (void)state;
    rule_cases_cover(cases, G_N_ELEMENTS(cases), FAMILY_CHECKS, FAMILY_MEDIA);
}

int main(void) {
    struct CMUnitTest tests[G_N_ELEMENTS(cases) + 1] = {cmocka_unit_test(family_is_covered)};

    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        tests[i + 1] = (struct CMUnitTest){
            .name = cases[i].name, .test_func = rule_case_run, .initial_state = (void *)&cases[i]};
    }
    return cmocka_run_group_tests_name("rules_peer", tests, NULL, NULL);
}
