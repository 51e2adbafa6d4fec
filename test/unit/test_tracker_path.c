/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "support/addresses.h"
#include "support/dtls.h"
#include "support/scene.h"
#include "turn/tracker_private.h"

#include <string.h>

#define RELAYED_2 "198.51.100.1:24002"
#define CLIENT_2  "10.1.1.20:40000"
#define CHECK     "binding request 101 user=b:a priority=1 mi"
#define ANSWERED  "binding success 101 mi"

static const guint8 media[] = {0x80, 1, 2, 3, 4, 5, 6, 7, 8, 9};

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

static const turn_pair *only_pair(scene *s) {
    assert_int_equal(scene_model(s)->pairs->len, 1);
    return g_ptr_array_index(scene_model(s)->pairs, 0);
}

static void indications_count_packets_and_bytes(void **state) {
    scene *s = *state;
    scene_allocate(s, 0);
    feed_send_bytes(s, 100, PEER, 100);
    feed_send_bytes(s, 120, PEER, 150);
    feed_data_bytes(s, 140, PEER, 30);
    const turn_peer *peer = only_peer(s);

    assert_address(&peer->address, PEER);
    assert_int_equal(peer->via, TURN_VIA_INDICATION);
    assert_int_equal(peer->path.to_peer.packets, 2);
    assert_int_equal(peer->path.to_peer.bytes, 250);
    assert_int_equal(peer->path.to_peer.first_packet.frame, 5);
    assert_int_equal(peer->path.to_peer.last_packet.frame, 6);
    assert_int_equal(peer->path.from_peer.packets, 1);
    assert_int_equal(peer->path.from_peer.bytes, 30);
    assert_true(turn_session_works(scene_session(s)));
}

static void indication_without_data_counts_nothing(void **state) {
    scene *s = *state;
    scene_allocate(s, 0);
    feed_send_bytes(s, 100, PEER, 0);

    assert_int_equal(only_peer(s)->path.to_peer.packets, 0);
}

static void checks_in_both_directions_are_counted(void **state) {
    scene *s = *state;
    scene_allocate(s, 0);
    scene_checks(s, 100, PEER);
    const turn_path *path = &only_peer(s)->path;

    assert_int_equal(path->to_peer.requests, 1);
    assert_int_equal(path->to_peer.successes, 1);
    assert_int_equal(path->to_peer.first_request.frame, 5);
    assert_int_equal(path->to_peer.first_success.frame, 6);
    assert_true(path->to_peer.rtt == 10 * G_GINT64_CONSTANT(1000000));
    assert_int_equal(path->from_peer.requests, 1);
    assert_int_equal(path->from_peer.successes, 1);
    assert_int_equal(path->to_peer.packets + path->from_peer.packets, 0);
    assert_string_equal(path->ice, "a:b");
    assert_true(turn_path_works(path));
}

static void checks_sent_again_are_retransmissions(void **state) {
    scene *s = *state;
    scene_allocate(s, 0);
    feed_send(s, 100, PEER, CHECK);
    feed_send(s, 600, PEER, CHECK);
    feed_send(s, 1600, PEER, CHECK);
    const turn_direction *to = &only_peer(s)->path.to_peer;

    assert_int_equal(to->requests, 1);
    assert_int_equal(to->retransmissions, 2);
    assert_int_equal(to->last_request.frame, 7);
    assert_true(to->rtt == -1);
}

static void checks_of_microsoft_come_twice_and_count_once(void **state) {
    scene *s = *state;
    scene_allocate(s, 0);
    feed_send(s, 100, PEER, "binding request 101 user=b:a priority=1 candidate=1 mi fingerprint");
    feed_send(s, 101, PEER, "binding request 101 user=b:a priority=1 candidate=1 mi legacy");
    feed_data(s, 110, PEER, "binding success 101 candidate=1 mi fingerprint");
    feed_data(s, 111, PEER, "binding success 101 candidate=1 mi legacy");
    const turn_direction *to = &only_peer(s)->path.to_peer;

    assert_int_equal(to->requests, 1);
    assert_int_equal(to->retransmissions, 0);
    assert_int_equal(to->successes, 1);
}

static void check_error_before_a_success_is_no_error(void **state) {
    scene *s = *state;
    scene_allocate(s, 0);
    feed_send(s, 100, PEER, CHECK);
    feed_data(s, 110, PEER, "binding error 101 error=487");
    feed_data(s, 120, PEER, ANSWERED);
    feed_send(s, 200, PEER, "binding request 102 user=b:a priority=1 mi");
    feed_data(s, 210, PEER, "binding error 102 error=487");
    const turn_direction *to = &only_peer(s)->path.to_peer;

    assert_int_equal(to->requests, 2);
    assert_int_equal(to->successes, 1);
    assert_int_equal(to->errors, 1);
    assert_int_equal(to->error_code, 487);
}

/* [MS-TURN]: MAGIC-COOKIE, then DESTINATION-ADDRESS 192.0.2.9:50000. */
static void feed_set_active(scene *s, gint64 ms, guint16 type) {
    static const guint8 destination[] = {0, 0x11, 0, 8, 0, 1, 0xc3, 0x50, 192, 0, 2, 9};
    message made = message_ms(type, 7);

    if (type == STUN_MS_SET_ACTIVE_DESTINATION_REQUEST) {
        memcpy(made.bytes + made.length, destination, sizeof destination);
        made.length += sizeof destination;
        made.bytes[3] = (guint8)(made.length - 20);
        feed_udp_bytes(s, ms, CLIENT, SERVER, made.bytes, made.length);
    } else {
        feed_udp_bytes(s, ms, SERVER, CLIENT, made.bytes, made.length);
    }
}

static void data_without_header_goes_to_the_active_destination(void **state) {
    scene *s = *state;
    const turn_peer *peer;

    scene_allocate(s, 0);
    feed_udp_bytes(s, 100, CLIENT, SERVER, media, sizeof media);
    feed_set_active(s, 200, STUN_MS_SET_ACTIVE_DESTINATION_REQUEST);
    feed_udp_bytes(s, 210, CLIENT, SERVER, media, sizeof media);
    feed_set_active(s, 220, STUN_MS_SET_ACTIVE_DESTINATION_SUCCESS);
    feed_udp_bytes(s, 300, CLIENT, SERVER, media, sizeof media);
    feed_udp_bytes(s, 310, SERVER, CLIENT, media, sizeof media);
    feed_set_active(s, 400, STUN_MS_SET_ACTIVE_DESTINATION_ERROR);
    feed_udp_bytes(s, 410, SERVER, CLIENT, media, sizeof media);
    peer = only_peer(s);
    assert_address(&peer->address, "192.0.2.9:50000");
    assert_int_equal(peer->path.to_peer.packets, 1);
    assert_int_equal(peer->path.to_peer.bytes, sizeof media);
    assert_int_equal(peer->path.from_peer.packets, 2);
}

/* The client's check in its Send Indication and as the relay passes it on, and the answer the same
 * way back: after 9 ms on one leg, after 12 ms on the other. */
static void feed_check_on_both_legs(scene *s) {
    feed_send(s, 100, PEER, CHECK);
    feed_udp(s, 101, RELAYED, PEER, CHECK);
    feed_udp(s, 110, PEER, RELAYED, ANSWERED);
    feed_data(s, 112, PEER, ANSWERED);
}

static void relay_leg_joins_the_control_leg(void **state) {
    scene *s = *state;
    scene_allocate(s, 0);
    feed_check_on_both_legs(s);
    const turn_path *path = &only_peer(s)->path;

    assert_int_equal(path->to_peer.requests, 1);
    assert_int_equal(path->to_peer.retransmissions, 0);
    assert_int_equal(path->to_peer.successes, 1);
    assert_int_equal(path->from_peer.requests, 0);
    assert_int_equal(scene_model(s)->pairs->len, 0);
}

static void relay_leg_rtt_is_that_of_the_leg_asked_on(void **state) {
    scene *s = *state;
    scene_allocate(s, 0);
    feed_check_on_both_legs(s);

    assert_int_equal(only_peer(s)->path.to_peer.rtt, 12 * 1000000);
}

static void relay_leg_alone_counts_as_checks_of_the_peer(void **state) {
    scene *s = *state;
    scene_allocate(s, 0);
    feed_udp(s, 100, PEER, RELAYED, "binding request 102 user=a:b priority=1 mi");
    feed_udp(s, 600, PEER, RELAYED, "binding request 102 user=a:b priority=1 mi");
    const turn_peer *peer = only_peer(s);

    assert_int_equal(peer->via, TURN_VIA_RELAY);
    assert_int_equal(peer->path.from_peer.requests, 1);
    assert_int_equal(peer->path.from_peer.retransmissions, 1);
}

static void relay_leg_data_has_counters_of_its_own(void **state) {
    scene *s = *state;
    scene_allocate(s, 0);
    feed_udp_bytes(s, 100, RELAYED, PEER, media, 10);
    feed_udp_bytes(s, 110, PEER, RELAYED, media, 4);
    const turn_peer *peer = only_peer(s);

    assert_int_equal(peer->relay_to.packets, 1);
    assert_int_equal(peer->relay_to.bytes, 10);
    assert_int_equal(peer->relay_from.bytes, 4);
    assert_int_equal(peer->path.to_peer.packets, 0);
    assert_true(turn_peer_works(peer));
}

static void relay_to_relay_belongs_to_both_sessions(void **state) {
    scene *s = *state;
    scene_allocate(s, 0);
    feed_udp(s, 50, CLIENT_2, SERVER, "allocate request 5 transport=17 " CREDENTIALS);
    feed_udp(s, 60, SERVER, CLIENT_2, "allocate success 5 relayed=" RELAYED_2 " lifetime=600 mi");
    feed_udp(s, 100, RELAYED, RELAYED_2, CHECK);
    feed_udp(s, 110, RELAYED_2, RELAYED, ANSWERED);
    const turn_session *first = g_ptr_array_index(scene_model(s)->sessions, 0);
    const turn_session *second = g_ptr_array_index(scene_model(s)->sessions, 1);
    const turn_peer *there = g_ptr_array_index(first->peers, 0);
    const turn_peer *back = g_ptr_array_index(second->peers, 0);

    assert_int_equal(scene_model(s)->sessions->len, 2);
    assert_address(&there->address, RELAYED_2);
    assert_int_equal(there->path.to_peer.successes, 1);
    assert_address(&back->address, RELAYED);
    assert_int_equal(back->path.from_peer.requests, 1);
    assert_int_equal(back->path.from_peer.successes, 1);
}

static void pair_outside_a_session_counts_both_directions(void **state) {
    scene *s = *state;
    feed_udp(s, 0, CLIENT, PEER, "binding request 1 user=b:a priority=1 mi");
    feed_udp(s, 10, PEER, CLIENT, "binding success 1 mi");
    feed_udp(s, 20, PEER, CLIENT, "binding request 2 user=a:b priority=1 mi");
    feed_udp(s, 30, CLIENT, PEER, "binding success 2 mi");
    feed_udp_bytes(s, 40, PEER, CLIENT, media, 10);
    const turn_pair *pair = only_pair(s);

    assert_address(&pair->a, CLIENT);
    assert_address(&pair->b, PEER);
    assert_int_equal(pair->path.to_peer.successes, 1);
    assert_int_equal(pair->path.from_peer.requests, 1);
    assert_int_equal(pair->path.from_peer.successes, 1);
    assert_int_equal(pair->path.from_peer.packets, 1);
    assert_int_equal(pair->path.from_peer.bytes, 10);
    assert_int_equal(pair->first.frame, 1);
    assert_int_equal(scene_model(s)->sessions->len, 0);
}

static void pair_needs_a_mark_of_ice(void **state) {
    scene *s = *state;
    feed_udp(s, 0, CLIENT, "203.0.113.1:3478", "binding request 1 software=x");
    feed_udp(s, 10, "203.0.113.1:3478", CLIENT, "binding success 1 mapped=" MAPPED);

    assert_int_equal(scene_model(s)->pairs->len, 0);
    assert_int_equal(scene_model(s)->sessions->len, 0);
    assert_int_equal(scene_model(s)->messages, 2);
}

static void pair_ignores_keepalive_indications(void **state) {
    scene *s = *state;
    feed_udp(s, 0, CLIENT, PEER, "binding request 1 user=b:a mi");
    feed_udp(s, 15000, CLIENT, PEER, "binding indication 2");

    assert_int_equal(only_pair(s)->path.to_peer.requests, 1);
    assert_int_equal(only_pair(s)->path.to_peer.packets, 0);
}

static void handshakes_of_dtls_are_packets_but_no_data(void **state) {
    scene *s = *state;
    const turn_direction *from;

    scene_allocate(s, 0);
    feed_dtls_handshake(s, 100, PEER);
    feed_data_record(s, 200, PEER, 20, 30);
    feed_data_record(s, 210, PEER, 21, 30);
    feed_data_record(s, 300, PEER, 23, 60);
    feed_data_bytes(s, 400, PEER, 160);
    feed_data_record(s, 500, PEER, 22, 60);

    from = &only_peer(s)->path.from_peer;
    assert_int_equal(from->packets, 7);
    assert_int_equal(from->handshakes, 5);
    assert_int_equal(turn_direction_data(from), 2);
    assert_int_equal(from->first_packet.frame, 6);
    assert_int_equal(from->first_data.frame, 11);
    assert_int_equal(from->last_data.frame, 12);
    assert_int_equal(from->last_packet.frame, 13);
    assert_int_equal(turn_direction_data(&only_peer(s)->path.to_peer), 0);
    assert_int_equal(only_peer(s)->path.to_peer.first_data.frame, 0);
    assert_true(turn_peer_has_data(only_peer(s)));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(indications_count_packets_and_bytes),
        TEST(indication_without_data_counts_nothing),
        TEST(checks_in_both_directions_are_counted),
        TEST(checks_sent_again_are_retransmissions),
        TEST(checks_of_microsoft_come_twice_and_count_once),
        TEST(check_error_before_a_success_is_no_error),
        TEST(data_without_header_goes_to_the_active_destination),
        TEST(handshakes_of_dtls_are_packets_but_no_data),
        TEST(relay_leg_joins_the_control_leg),
        TEST(relay_leg_rtt_is_that_of_the_leg_asked_on),
        TEST(relay_leg_alone_counts_as_checks_of_the_peer),
        TEST(relay_leg_data_has_counters_of_its_own),
        TEST(relay_to_relay_belongs_to_both_sessions),
        TEST(pair_outside_a_session_counts_both_directions),
        TEST(pair_needs_a_mark_of_ice),
        TEST(pair_ignores_keepalive_indications),
    };
    return cmocka_run_group_tests_name("tracker_path", tests, NULL, NULL);
}
