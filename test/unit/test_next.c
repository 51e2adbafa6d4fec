/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "support/two_points.h"
#include "turn/next.h"

#include <string.h>

#define CHECK "binding request 101 user=b:a priority=1 mi"

static int setup(void **state) {
    *state = scene_new();
    return 0;
}

static int teardown(void **state) {
    scene_free(*state);
    return 0;
}

static GPtrArray *captures_of(scene *s) {
    return turn_next_captures(scene_model(s), scene_judgement(s));
}

static const turn_next *next_of(const GPtrArray *all, guint index) {
    assert_in_range(index, 0, all->len - 1);
    return g_ptr_array_index(all, index);
}

static gboolean any_says(const GPtrArray *all, const char *words) {
    for (guint i = 0; i < all->len; i++) {
        if (strstr(next_of(all, i)->what, words) != NULL) {
            return TRUE;
        }
    }
    return FALSE;
}

static void feed_unanswered_allocates(scene *s, const char *client) {
    for (gint64 ms = 0; ms <= 4000; ms += 500) {
        feed_udp(s, ms, client, SERVER, "allocate request 1 transport=17");
    }
}

static void a_refused_password_needs_no_capture(void **state) {
    g_autoptr(GPtrArray) all = NULL;

    scene_rejected(*state, 0, "error=431");
    all = captures_of(*state);
    assert_int_equal(all->len, 0);
}

static void what_works_needs_no_capture(void **state) {
    g_autoptr(GPtrArray) all = NULL;

    scene_allocate(*state, 0);
    scene_checks(*state, 100, PEER);
    all = captures_of(*state);
    assert_int_equal(all->len, 0);
}

static void a_silent_server_is_captured_at_the_server(void **state) {
    g_autoptr(GPtrArray) all = NULL;

    feed_unanswered_allocates(*state, "198.51.100.77:40000");
    all = captures_of(*state);
    assert_int_equal(all->len, 1);
    assert_string_equal(next_of(all, 0)->where, "Expressway-E, interface that faces the client");
    assert_string_equal(next_of(all, 0)->filter, "host 198.51.100.77 and port 3478");
}

/* Beyond a NAT the client has another address. */
static void a_private_client_is_not_filtered_for_at_a_public_server(void **state) {
    g_autoptr(GPtrArray) all = NULL;

    feed_unanswered_allocates(*state, CLIENT);
    all = captures_of(*state);
    assert_string_equal(next_of(all, 0)->filter, "port 3478");
}

static void a_fault_that_was_got_round_needs_no_capture(void **state) {
    scene *s = *state;
    g_autoptr(GPtrArray) all = NULL;

    for (gint64 ms = 0; ms <= 4000; ms += 500) {
        feed_udp(s, ms, "10.1.1.10:41000", "198.51.100.2:3478", "allocate request 9 transport=17");
    }
    scene_allocate(s, 5000);
    scene_checks(s, 6000, PEER);
    assert_string_equal(scene_judgement(s)->first->cause->identifier, "turn-server-silent");
    all = captures_of(s);
    assert_int_equal(all->len, 0);
}

static void unanswered_checks_are_captured_at_both_ends(void **state) {
    scene *s = *state;
    g_autoptr(GPtrArray) all = NULL;

    scene_allocate(s, 0);
    feed_send(s, 100, PEER, CHECK);
    feed_other(s, 20000);
    all = captures_of(s);
    assert_int_equal(all->len, 2);
    assert_string_equal(next_of(all, 0)->where, "client");
    assert_string_equal(next_of(all, 0)->filter, "port 3478 or udp portrange 24000-29999");
    assert_string_equal(next_of(all, 1)->where, "Expressway-E, outside interface (LAN2)");
    assert_string_equal(next_of(all, 1)->filter, "udp portrange 24000-29999");
}

static void checks_that_leave_the_relay_are_captured_at_the_peer(void **state) {
    scene *s = *state;
    g_autoptr(GPtrArray) all = NULL;

    scene_allocate(s, 0);
    feed_send(s, 100, OTHER, CHECK);
    feed_udp(s, 101, RELAYED, OTHER, CHECK);
    feed_udp(s, 102, RELAYED, PEER, "binding request 102 user=b:a priority=1 mi");
    feed_other(s, 20000);
    all = captures_of(s);
    assert_int_equal(all->len, 2);
    assert_string_equal(next_of(all, 1)->where, "peer");
}

static void tls_is_captured_in_the_clear_or_behind_the_relay(void **state) {
    scene *s = *state;
    g_autoptr(GPtrArray) all = NULL;

    scene_connect(s, 0, CLIENT);
    feed_tcp(s, 20, CLIENT, SERVER, TURN_TCP_TLS);
    feed_other(s, 20000);
    all = captures_of(s);
    assert_int_equal(all->len, 2);
    assert_string_equal(next_of(all, 0)->filter, "udp port 3478");
    assert_string_equal(next_of(all, 1)->where, "Expressway-E, outside interface (LAN2)");
}

static void one_direction_is_captured_again_in_both(void **state) {
    scene *s = *state;
    g_autoptr(GPtrArray) all = NULL;

    feed_udp(s, 0, CLIENT, SERVER, "allocate request 1 transport=17");
    feed_udp(s, 20, CLIENT, SERVER, "allocate request 2 transport=17 " CREDENTIALS);
    feed_udp(s, 90, CLIENT, SERVER, "refresh request 3 lifetime=600 " CREDENTIALS);
    all = captures_of(s);
    assert_string_equal(scene_judgement(s)->first->cause->identifier, "one-direction-captured");
    assert_string_equal(next_of(all, 0)->where, "same place");
    assert_string_equal(next_of(all, 0)->filter, "host 10.1.1.10 and port 3478");
    assert_true(any_says(all, "both directions"));
}

static void cut_messages_ask_for_whole_packets(void **state) {
    scene *s = *state;
    message request = message_of("allocate request 1 transport=17");
    const turn_packet packet = scene_packet(s, 0, TURN_TRANSPORT_UDP, CLIENT, SERVER);
    g_autoptr(GPtrArray) all = NULL;

    turn_tracker_datagram(s->tracker, &packet, request.bytes, request.length - 4, request.length);
    all = captures_of(s);
    assert_string_equal(scene_judgement(s)->first->cause->identifier, "session-incomplete");
    assert_true(any_says(all, "tcpdump -s 0"));
    assert_non_null(strstr(g_ptr_array_index(scene_judgement(s)->unknowns, 0), "was cut short"));
}

static void missing_bytes_ask_for_a_larger_buffer(void **state) {
    scene *s = *state;
    turn_packet packet;
    g_autoptr(GPtrArray) all = NULL;

    scene_connect(s, 0, CLIENT);
    feed_unit(s, 10, CLIENT, SERVER, "allocate request 1 transport=6");
    packet = scene_packet(s, 20, TURN_TRANSPORT_TCP, SERVER, CLIENT);
    turn_tracker_gap(s->tracker, &packet, 100);
    all = captures_of(s);
    assert_true(any_says(all, "tcpdump -B"));
}

/* A check between a relay port and anybody, and no session: the inside was not captured. */
static void only_the_relay_side_asks_for_the_other_interface(void **state) {
    scene *s = *state;
    g_autoptr(GPtrArray) all = NULL;

    feed_udp(s, 0, PEER, RELAYED, CHECK);
    feed_udp(s, 5, "192.0.2.1:9000", PEER, "binding indication 7");
    feed_other(s, 20000);
    assert_true(turn_next_only_relay_side(scene_model(s)));
    all = captures_of(s);
    assert_true(any_says(all, "Only the side of the peers was captured"));
}

static void checks_on_other_ports_are_no_relay_side(void **state) {
    scene *s = *state;

    feed_udp(s, 0, PEER, OTHER, CHECK);
    feed_other(s, 20000);
    assert_false(turn_next_only_relay_side(scene_model(s)));
}

static void expect_next(const GPtrArray *all, guint index, const char *where, const char *filter) {
    assert_string_equal(next_of(all, index)->where, where);
    assert_string_equal(next_of(all, index)->filter, filter);
}

static void expect_first_cause(const turn_judgement *judgement, const char *cause) {
    assert_string_equal(judgement->first->cause->identifier, cause);
}

static void a_peer_without_permission_asks_for_the_client_s_requests(void **state) {
    scene *s = *state;
    g_autoptr(GPtrArray) all = NULL;

    scene_allocate_tcp(s, 0);
    feed_tcp(s, 1000, PEER, RELAYED, TURN_TCP_SYN);
    feed_tcp(s, 1001, RELAYED, PEER, TURN_TCP_SYN_ACK);
    feed_tcp(s, 1002, PEER, RELAYED, TURN_TCP_ESTABLISHED);
    feed_tcp(s, 1005, RELAYED, PEER, TURN_TCP_FIN);
    feed_other(s, 3000);
    all = captures_of(s);
    expect_first_cause(scene_judgement(s), "peer-without-permission");
    assert_int_equal(all->len, 1);
    expect_next(all, 0, "client", "host 198.51.100.1 and port 3478");
}

static void an_unreachable_relay_is_captured_outside_with_its_icmp(void **state) {
    scene *s = *state;
    g_autoptr(GPtrArray) all = NULL;

    scene_allocate(s, 0);
    feed_send(s, 100, PEER, CHECK);
    feed_icmp(s, 200, TURN_TRANSPORT_UDP, PEER, RELAYED, 3);
    feed_other(s, 20000);
    all = captures_of(s);
    expect_first_cause(scene_judgement(s), "relay-address-unreachable");
    assert_int_equal(all->len, 1);
    expect_next(all, 0, "Expressway-E, outside interface (LAN2)",
                "udp portrange 24000-29999 or icmp or icmp6");
}

static void missing_reflection_is_captured_at_the_firewall(void **state) {
    scene *s = *state;
    g_autoptr(GPtrArray) all = NULL;

    scene_allocate(s, 0);
    feed_udp(s, 50, "10.1.1.20:40000", SERVER, "allocate request 5 transport=17 " CREDENTIALS);
    feed_udp(s, 60, SERVER, "10.1.1.20:40000",
             "allocate success 5 relayed=198.51.100.1:24002 lifetime=600 mi");
    feed_udp(s, 70, OTHER, "192.168.245.61:3478", "binding request 1 software=x");
    feed_send(s, 100, "198.51.100.1:24002", CHECK);
    feed_udp(s, 101, "192.168.245.61:24000", "198.51.100.1:24002", CHECK);
    feed_other(s, 20000);
    all = captures_of(s);
    expect_first_cause(scene_judgement(s), "nat-reflection-missing");
    assert_int_equal(all->len, 1);
    expect_next(all, 0, "outside firewall, interface that faces the Expressway-E",
                "udp portrange 24000-29999");
    assert_true(any_says(all, "both directions"));
}

/* Bound in frame 13; a check to the peer, and nothing comes. */
static void feed_silent_connection(scene *s) {
    scene_allocate_tcp(s, 0);
    feed_unit(s, 1000, SERVER, CLIENT, "attempt indication 8 connection=0x01020304 peer=" PEER);
    scene_connect(s, 1100, DATA_END);
    feed_unit(s, 1120, DATA_END, SERVER, "bind request 9 connection=0x01020304 " CREDENTIALS);
    feed_unit(s, 1130, SERVER, DATA_END, "bind success 9 mi");
    feed_framed(s, 1200, DATA_END, SERVER, CHECK);
    feed_other(s, 20000);
}

static void a_silent_connection_is_captured_behind_the_relay(void **state) {
    scene *s = *state;
    g_autoptr(GPtrArray) all = NULL;

    feed_silent_connection(s);
    all = captures_of(s);
    expect_first_cause(scene_judgement(s), "bound-connection-silent");
    assert_int_equal(all->len, 1);
    expect_next(all, 0, "Expressway-E, outside interface (LAN2)", "tcp portrange 24000-29999");
}

static void feed_failed_connect(scene *s, gboolean behind) {
    scene_allocate_tcp(s, 0);
    feed_unit(s, 1000, CLIENT, SERVER, "connect request 3 peer=" PEER " " CREDENTIALS);
    if (behind) {
        feed_tcp(s, 1010, RELAYED, PEER, TURN_TCP_SYN);
        feed_tcp(s, 1030, PEER, RELAYED, TURN_TCP_RESET);
    }
    feed_unit(s, 1040, SERVER, CLIENT, "connect error 3 error=447");
}

static void a_failed_connect_is_captured_behind_the_relay(void **state) {
    scene *s = *state;
    g_autoptr(GPtrArray) all = NULL;

    feed_failed_connect(s, FALSE);
    all = captures_of(s);
    expect_first_cause(scene_judgement(s), "peer-connect-failed");
    assert_int_equal(all->len, 1);
    expect_next(all, 0, "Expressway-E, outside interface (LAN2)", "tcp portrange 24000-29999");
}

static void a_failed_connect_that_was_seen_there_is_not(void **state) {
    scene *s = *state;
    g_autoptr(GPtrArray) all = NULL;

    feed_failed_connect(s, TRUE);
    all = captures_of(s);
    expect_first_cause(scene_judgement(s), "peer-connect-failed");
    assert_int_equal(all->len, 0);
}

static void a_silent_connection_that_was_seen_behind_the_relay_is_not(void **state) {
    scene *s = *state;
    g_autoptr(GPtrArray) all = NULL;

    feed_silent_connection(s);
    feed_tcp(s, 20001, OTHER, RELAYED, TURN_TCP_SYN);
    all = captures_of(s);
    expect_first_cause(scene_judgement(s), "bound-connection-silent");
    assert_int_equal(all->len, 0);
}

static void lost_large_packets_are_captured_whole_at_both_ends(void **state) {
    scene *s = *state;
    g_autoptr(GPtrArray) all = NULL;

    scene_allocate(s, 0);
    scene_checks(s, 50, PEER);
    for (gint64 ms = 100; ms <= 2100; ms += 1000) {
        const turn_packet packet = scene_packet(s, ms, TURN_TRANSPORT_UDP, SERVER, CLIENT);
        const turn_icmp_error error = {.version = 4,
                                       .type = 3,
                                       .code = 4,
                                       .mtu = 1300,
                                       .about = turn_flow_reversed(&packet.flow)};

        turn_tracker_icmp(s->tracker, &packet, &error);
    }
    all = captures_of(s);
    expect_first_cause(scene_judgement(s), "large-packets-lost");
    assert_int_equal(all->len, 2);
    expect_next(all, 0, "client", "udp or icmp or icmp6 or port 3478");
    expect_next(all, 1, "Expressway-E, outside interface (LAN2)", "udp or icmp or icmp6");
    assert_true(any_says(all, "tcpdump -s 0"));
}

static void absent_media_is_looked_for_at_the_client(void **state) {
    scene *s = *state;
    g_autoptr(GPtrArray) all = NULL;

    scene_allocate(s, 0);
    scene_checks(s, 100, PEER);
    for (guint i = 0; i < 5; i++) {
        g_autofree char *ask =
            g_strdup_printf("binding request %u user=b:a priority=1 nominate mi", 200 + i);
        g_autofree char *answer = g_strdup_printf("binding success %u mi", 200 + i);

        feed_send(s, 200 + 5000 * i, PEER, ask);
        feed_data(s, 210 + 5000 * i, PEER, answer);
    }
    all = captures_of(s);
    expect_first_cause(scene_judgement(s), "media-absent");
    assert_int_equal(all->len, 1);
    expect_next(all, 0, "client", "udp or port 3478");
}

static GPtrArray *captures_of_both(two_points *p) {
    return turn_next_captures(&two_points_join(p)->model, two_points_judgement(p));
}

static void captures_that_share_nothing_are_taken_again_at_the_same_time(void **state) {
    two_points *p = two_points_new();
    g_autoptr(GPtrArray) all = NULL;

    (void)state;
    p->ahead = 7200000;
    feed_udp(p->client, 0, NEAR_CLIENT, NEAR_SERVER, "allocate request 5 transport=17");
    feed_udp(p->server, p->ahead, FAR_CLIENT, FAR_SERVER, "allocate request 7 transport=17");
    all = captures_of_both(p);
    expect_first_cause(two_points_judgement(p), "captures-do-not-overlap");
    expect_next(all, 0, "client and Expressway-E, interface that faces the client",
                "port 3478 or udp portrange 24000-29999");
    assert_true(any_says(all, "at the same time"));
    assert_true(any_says(all, "clocks"));
    two_points_free(p);
}

/* The server's capture alone shows the side of the peer. */
static void a_failed_connect_that_the_server_saw_is_not_captured_again(void **state) {
    two_points *p = two_points_new();
    g_autoptr(GPtrArray) all = NULL;

    (void)state;
    feed_failed_connect(p->client, FALSE);
    feed_failed_connect(p->server, TRUE);
    all = captures_of_both(p);
    expect_first_cause(two_points_judgement(p), "peer-connect-failed");
    assert_int_equal(all->len, 0);
    two_points_free(p);
}

static void a_failed_connect_that_neither_saw_is_captured_there(void **state) {
    two_points *p = two_points_new();
    g_autoptr(GPtrArray) all = NULL;

    (void)state;
    feed_failed_connect(p->client, FALSE);
    feed_failed_connect(p->server, FALSE);
    all = captures_of_both(p);
    expect_first_cause(two_points_judgement(p), "peer-connect-failed");
    assert_int_equal(all->len, 1);
    two_points_free(p);
}

static void what_two_captures_prove_needs_no_third(void **state) {
    two_points *p = two_points_new();
    g_autoptr(GPtrArray) all = NULL;

    (void)state;
    allocates(p, 0);
    for (gint64 ms = 1000; ms <= 4000; ms += 1000) {
        goes_up(p, ms, TRUE, CHECK, IS_LOST);
    }
    both_run(p, 20000);
    all = captures_of_both(p);
    expect_first_cause(two_points_judgement(p), "relay-range-blocked-inbound");
    assert_int_equal(all->len, 0);
    two_points_free(p);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, setup, teardown)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(a_refused_password_needs_no_capture),
        TEST(what_works_needs_no_capture),
        TEST(a_silent_server_is_captured_at_the_server),
        TEST(a_private_client_is_not_filtered_for_at_a_public_server),
        TEST(a_fault_that_was_got_round_needs_no_capture),
        TEST(unanswered_checks_are_captured_at_both_ends),
        TEST(checks_that_leave_the_relay_are_captured_at_the_peer),
        TEST(tls_is_captured_in_the_clear_or_behind_the_relay),
        TEST(one_direction_is_captured_again_in_both),
        TEST(cut_messages_ask_for_whole_packets),
        TEST(missing_bytes_ask_for_a_larger_buffer),
        TEST(only_the_relay_side_asks_for_the_other_interface),
        TEST(checks_on_other_ports_are_no_relay_side),
        TEST(a_peer_without_permission_asks_for_the_client_s_requests),
        TEST(an_unreachable_relay_is_captured_outside_with_its_icmp),
        TEST(missing_reflection_is_captured_at_the_firewall),
        TEST(a_silent_connection_is_captured_behind_the_relay),
        TEST(a_silent_connection_that_was_seen_behind_the_relay_is_not),
        cmocka_unit_test_setup_teardown(a_failed_connect_is_captured_behind_the_relay, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(a_failed_connect_that_was_seen_there_is_not, setup,
                                        teardown),
        TEST(lost_large_packets_are_captured_whole_at_both_ends),
        TEST(absent_media_is_looked_for_at_the_client),
        TEST(captures_that_share_nothing_are_taken_again_at_the_same_time),
        TEST(a_failed_connect_that_the_server_saw_is_not_captured_again),
        TEST(a_failed_connect_that_neither_saw_is_captured_there),
        TEST(what_two_captures_prove_needs_no_third),
    };
    return cmocka_run_group_tests_name("next", tests, NULL, NULL);
}
