/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "support/scene.h"
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
    };
    return cmocka_run_group_tests_name("next", tests, NULL, NULL);
}
