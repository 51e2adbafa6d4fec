/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "support/dtls.h"
#include "support/scene.h"
#include "turn/tracker_private.h"

#define BIG 1200

static int setup(void **state) {
    *state = scene_new();
    return 0;
}

static int teardown(void **state) {
    scene_free(*state);
    return 0;
}

static const turn_peer *only_peer(scene *s) {
    assert_int_equal(scene_session(s)->peers->len, 1);
    return g_ptr_array_index(scene_session(s)->peers, 0);
}

static void feed_leg(scene *s, gint64 ms, const char *from, const char *to, gsize length) {
    g_autofree guint8 *bytes = g_malloc0(length);

    bytes[0] = 0x80;
    feed_udp_bytes(s, ms, from, to, bytes, length);
}

/* Into the relay and out of it. */
static void pass(scene *s, gint64 ms, gsize length) {
    feed_send_bytes(s, ms, PEER, length);
    feed_leg(s, ms + 1, RELAYED, PEER, length);
}

static void packets_that_come_out_are_not_lost(void **state) {
    scene *s = *state;
    scene_allocate(s, 0);
    pass(s, 100, 160);
    pass(s, 120, BIG);
    pass(s, 140, BIG);
    const turn_passage *passage = &only_peer(s)->passages[1];

    assert_int_equal(passage->largest, BIG);
    assert_int_equal(passage->lost, 0);
}

static void packets_larger_than_any_that_came_out_are_lost(void **state) {
    scene *s = *state;
    scene_allocate(s, 0);
    pass(s, 100, 160);
    feed_send_bytes(s, 120, PEER, BIG);
    pass(s, 140, 100);
    feed_send_bytes(s, 160, PEER, 1000);
    const turn_passage *passage = &only_peer(s)->passages[1];

    assert_int_equal(passage->largest, 160);
    assert_int_equal(passage->lost, 2);
    assert_int_equal(passage->smallest_lost, 1000);
    assert_int_equal(passage->passed, 1);
    assert_int_equal(passage->first_lost.frame, 7);
    assert_int_equal(passage->last_lost.frame, 10);
    assert_int_equal(only_peer(s)->passages[0].lost, 0);
}

static void one_large_packet_that_comes_out_clears_all(void **state) {
    scene *s = *state;
    scene_allocate(s, 0);
    pass(s, 100, 160);
    feed_send_bytes(s, 120, PEER, BIG);
    feed_send_bytes(s, 140, PEER, BIG);
    pass(s, 160, BIG);

    assert_int_equal(only_peer(s)->passages[1].lost, 0);
    assert_int_equal(only_peer(s)->passages[1].largest, BIG);
}

static void packets_from_the_peer_are_counted_the_other_way(void **state) {
    scene *s = *state;
    scene_allocate(s, 0);
    feed_leg(s, 100, PEER, RELAYED, 160);
    feed_data_bytes(s, 101, PEER, 160);
    feed_leg(s, 120, PEER, RELAYED, BIG);

    assert_int_equal(only_peer(s)->passages[0].largest, 160);
    assert_int_equal(only_peer(s)->passages[0].lost, 1);
    assert_int_equal(only_peer(s)->passages[1].lost, 0);
}

static void without_the_other_side_of_the_relay_nothing_is_lost(void **state) {
    scene *s = *state;
    scene_allocate(s, 0);
    feed_send_bytes(s, 100, PEER, 160);
    feed_send_bytes(s, 120, PEER, BIG);

    assert_int_equal(only_peer(s)->passages[1].lost, 0);
}

/* It may be in fragments on one side. */
static void packets_of_more_than_a_frame_are_not_counted(void **state) {
    scene *s = *state;
    scene_allocate(s, 0);
    pass(s, 100, 160);
    feed_send_bytes(s, 120, PEER, 1401);

    assert_int_equal(only_peer(s)->passages[1].lost, 0);
}

static void pair_with_checks(scene *s) {
    feed_udp(s, 0, CLIENT, PEER, "binding request 1 user=b:a priority=1 mi");
    feed_udp(s, 10, PEER, CLIENT, "binding success 1 mi");
}

static const turn_path *path_of(scene *s) {
    assert_int_equal(scene_model(s)->pairs->len, 1);
    return &((const turn_pair *)g_ptr_array_index(scene_model(s)->pairs, 0))->path;
}

static void flight_that_is_repeated_is_counted(void **state) {
    scene *s = *state;
    pair_with_checks(s);
    feed_dtls(s, 20, PEER, CLIENT, 0, 150);
    feed_dtls(s, 30, CLIENT, PEER, 0, BIG);
    feed_dtls(s, 1030, CLIENT, PEER, 0, BIG);
    feed_dtls(s, 1040, PEER, CLIENT, 0, 150);
    const turn_flight *flight = &path_of(s)->flights[1];

    assert_int_equal(flight->count, 2);
    assert_int_equal(flight->size, BIG);
    assert_int_equal(flight->first.frame, 4);
    assert_int_equal(flight->last.frame, 5);
    assert_int_equal(flight->echoes, 1);
    assert_int_equal(flight->last_echo.frame, 6);
}

static void flight_that_is_answered_is_over(void **state) {
    scene *s = *state;
    pair_with_checks(s);
    feed_dtls(s, 20, PEER, CLIENT, 0, 150);
    feed_dtls(s, 30, CLIENT, PEER, 0, BIG);
    feed_dtls(s, 1030, CLIENT, PEER, 0, BIG);
    feed_dtls(s, 1040, PEER, CLIENT, 1, 150);

    assert_int_equal(path_of(s)->flights[1].count, 0);
}

/* Two datagrams make the flight: the first is not the later one's retransmission. */
static void last_datagram_of_a_flight_counts(void **state) {
    scene *s = *state;
    pair_with_checks(s);
    for (gint64 ms = 30; ms < 3000; ms += 1000) {
        feed_dtls(s, ms, CLIENT, PEER, 0, BIG);
        feed_dtls(s, ms + 1, CLIENT, PEER, 1, BIG - 1);
    }
    assert_int_equal(path_of(s)->flights[1].count, 3);
    assert_int_equal(path_of(s)->flights[1].size, BIG - 1);
}

static void encrypted_record_ends_the_handshake(void **state) {
    static const guint8 record[40] = {23, 0xfe, 0xfd, 0, 1, 0, 0, 0, 0, 0, 1, 0, 27};
    scene *s = *state;
    pair_with_checks(s);
    feed_dtls(s, 30, CLIENT, PEER, 0, BIG);
    feed_udp_bytes(s, 40, PEER, CLIENT, record, sizeof record);

    assert_int_equal(path_of(s)->flights[1].count, 0);
}

static void feed_too_big(scene *s, gint64 ms, const char *from, const char *to, guint mtu) {
    const turn_packet packet = scene_packet(s, ms, TURN_TRANSPORT_UDP, to, from);
    const turn_icmp_error error = {
        .version = 4, .type = 3, .code = 4, .mtu = mtu, .about = turn_flow_reversed(&packet.flow)};

    turn_tracker_icmp(s->tracker, &packet, &error);
}

static void too_big_is_not_unreachable(void **state) {
    scene *s = *state;
    scene_allocate(s, 0);
    feed_too_big(s, 100, CLIENT, SERVER, 1300);
    const turn_session *session = scene_session(s);

    assert_int_equal(session->unreachable.frame, 0);
    assert_int_equal(session->too_big.count, 1);
    assert_int_equal(session->too_big.mtu, 1300);
}

static void too_big_counts_one_sender(void **state) {
    scene *s = *state;
    scene_allocate(s, 0);
    feed_too_big(s, 100, CLIENT, SERVER, 1300);
    feed_too_big(s, 200, SERVER, CLIENT, 1300);
    feed_too_big(s, 300, RELAYED, PEER, 1300);
    feed_too_big(s, 400, CLIENT, SERVER, 1280);

    assert_int_equal(scene_session(s)->too_big.count, 2);
    assert_int_equal(scene_session(s)->too_big.mtu, 1280);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, setup, teardown)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(packets_that_come_out_are_not_lost),
        TEST(packets_larger_than_any_that_came_out_are_lost),
        TEST(one_large_packet_that_comes_out_clears_all),
        TEST(packets_from_the_peer_are_counted_the_other_way),
        TEST(without_the_other_side_of_the_relay_nothing_is_lost),
        TEST(packets_of_more_than_a_frame_are_not_counted),
        TEST(flight_that_is_repeated_is_counted),
        TEST(flight_that_is_answered_is_over),
        TEST(last_datagram_of_a_flight_counts),
        TEST(encrypted_record_ends_the_handshake),
        TEST(too_big_is_not_unreachable),
        TEST(too_big_counts_one_sender),
    };
    return cmocka_run_group_tests_name("tracker_media", tests, NULL, NULL);
}
