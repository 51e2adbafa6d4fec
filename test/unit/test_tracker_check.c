/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "support/scene.h"

#include "stun/message.h"

#include <string.h>

#define MS   G_GINT64_CONSTANT(1000000)
#define NEAR "10.1.1.10:50000"
#define FAR  "203.0.113.20:9000"

static int setup(void **state) {
    *state = scene_new();
    return 0;
}

static int teardown(void **state) {
    scene_free(*state);
    return 0;
}

static const turn_path *only_path(scene *s) {
    assert_int_equal(scene_model(s)->pairs->len, 1);
    return &((const turn_pair *)g_ptr_array_index(scene_model(s)->pairs, 0))->path;
}

/* A check of NEAR with more ATTRIBUTES, and its answer WAIT later unless that is negative. */
static void feed_check(scene *s, gint64 ms, guint id, gint64 wait, const char *attributes) {
    g_autofree char *request =
        g_strdup_printf("binding request %u user=b:a priority=7%s", id, attributes);
    g_autofree char *answer = g_strdup_printf("binding success %u mapped=" NEAR, id);

    feed_udp(s, ms, NEAR, FAR, request);
    if (wait >= 0) {
        feed_udp(s, ms + wait, FAR, NEAR, answer);
    }
}

static void rtt_has_shortest_longest_and_sum(void **state) {
    scene *s = *state;
    feed_check(s, 0, 1, 30, "");
    feed_check(s, 100, 2, 10, "");
    feed_check(s, 200, 3, 26, "");
    feed_check(s, 300, 4, -1, "");
    const turn_direction *to = &only_path(s)->to_peer;

    assert_int_equal(to->requests, 4);
    assert_int_equal(to->successes, 3);
    assert_int_equal(to->rtt, 10 * MS);
    assert_int_equal(to->rtt_longest, 30 * MS);
    assert_int_equal(to->rtt_sum, 66 * MS);
    assert_int_equal(to->rtt_count, 3);
}

static void rtt_of_nothing_is_not_measured(void **state) {
    scene *s = *state;
    feed_check(s, 0, 1, -1, "");
    const turn_path *path = only_path(s);

    assert_int_equal(path->to_peer.rtt, -1);
    assert_int_equal(path->to_peer.rtt_longest, -1);
    assert_int_equal(path->to_peer.rtt_count, 0);
    assert_int_equal(path->from_peer.rtt, -1);
}

static void first_and_last_frames_of_each_direction(void **state) {
    scene *s = *state;
    feed_check(s, 0, 1, 10, "");
    feed_check(s, 100, 2, 10, "");
    feed_udp(s, 150, FAR, NEAR, "binding request 9 user=a:b priority=5");
    const turn_path *path = only_path(s);

    assert_int_equal(path->to_peer.first_request.frame, 1);
    assert_int_equal(path->to_peer.last_request.frame, 3);
    assert_int_equal(path->to_peer.first_success.frame, 2);
    assert_int_equal(path->to_peer.last_success.frame, 4);
    assert_int_equal(path->from_peer.first_request.frame, 5);
    assert_int_equal(path->from_peer.last_request.frame, 5);
    assert_int_equal(path->from_peer.last_success.frame, 0);
}

/* Every message comes twice, with one transaction id. */
static void both_copies_of_a_microsoft_check_count_once(void **state) {
    scene *s = *state;
    feed_udp(s, 0, NEAR, FAR, "binding request 1 user=b:a nominate controlling fingerprint");
    feed_udp(s, 1, NEAR, FAR, "binding request 1 user=b:a nominate controlling legacy");
    feed_udp(s, 20, FAR, NEAR, "binding success 1 mapped=" NEAR " fingerprint");
    feed_udp(s, 21, FAR, NEAR, "binding success 1 mapped=" NEAR " legacy");
    const turn_direction *to = &only_path(s)->to_peer;

    assert_int_equal(to->requests, 1);
    assert_int_equal(to->retransmissions, 0);
    assert_int_equal(to->successes, 1);
    assert_int_equal(to->rtt_count, 1);
    assert_int_equal(to->rtt_sum, 20 * MS);
    assert_int_equal(to->rtt_longest, 20 * MS);
    assert_int_equal(to->use_candidate.frame, 1);
    assert_int_equal(to->nominated.frame, 3);
    assert_int_equal(to->last_success.frame, 3);
}

static void roles_are_those_of_who_asks(void **state) {
    scene *s = *state;
    feed_check(s, 0, 1, 10, " controlling");
    feed_udp(s, 20, FAR, NEAR, "binding request 9 user=a:b controlled");
    const turn_path *path = only_path(s);

    assert_int_equal(path->to_peer.role, TURN_ROLE_CONTROLLING);
    assert_int_equal(path->from_peer.role, TURN_ROLE_CONTROLLED);
    assert_int_equal(path->to_peer.role_changed.frame, 0);
}

static void change_of_role_is_noted_once(void **state) {
    scene *s = *state;
    feed_udp(s, 0, NEAR, FAR, "binding request 1 user=b:a controlling");
    feed_udp(s, 10, FAR, NEAR, "binding error 1 error=487");
    feed_check(s, 20, 2, 10, " controlled");
    feed_check(s, 40, 3, 10, " controlled");
    const turn_direction *to = &only_path(s)->to_peer;

    assert_int_equal(to->first_role, TURN_ROLE_CONTROLLING);
    assert_int_equal(to->role, TURN_ROLE_CONTROLLED);
    assert_int_equal(to->role_changed.frame, 3);
    assert_int_equal(to->errors, 1);
    assert_int_equal(to->error_code, 487);
}

static void check_without_role_changes_none(void **state) {
    scene *s = *state;
    feed_check(s, 0, 1, 10, " controlling");
    feed_check(s, 20, 2, 10, "");
    const turn_direction *to = &only_path(s)->to_peer;

    assert_int_equal(to->role, TURN_ROLE_CONTROLLING);
    assert_int_equal(to->role_changed.frame, 0);
    assert_int_equal(only_path(s)->from_peer.role, TURN_ROLE_NONE);
}

static void nomination_is_the_answer_to_use_candidate(void **state) {
    scene *s = *state;
    feed_check(s, 0, 1, 10, " controlling");
    feed_check(s, 100, 2, -1, " controlling nominate");
    feed_check(s, 200, 3, 10, " controlling nominate");
    const turn_direction *to = &only_path(s)->to_peer;

    assert_int_equal(to->use_candidate.frame, 3);
    assert_int_equal(to->nominated.frame, 5);
}

static void nomination_that_is_refused_is_none(void **state) {
    scene *s = *state;
    feed_check(s, 0, 1, -1, " controlling nominate");
    feed_udp(s, 10, FAR, NEAR, "binding error 1 error=487");
    const turn_direction *to = &only_path(s)->to_peer;

    assert_int_equal(to->use_candidate.frame, 1);
    assert_int_equal(to->nominated.frame, 0);
}

static void priority_is_that_of_the_first_check(void **state) {
    scene *s = *state;
    feed_check(s, 0, 1, 10, "");
    feed_udp(s, 20, NEAR, FAR, "binding request 2 user=b:a priority=99");
    const turn_path *path = only_path(s);

    assert_true(path->to_peer.has_priority);
    assert_int_equal(path->to_peer.priority, 7);
    assert_false(path->from_peer.has_priority);
}

static void keep_alives_are_counted_apart(void **state) {
    scene *s = *state;
    feed_check(s, 0, 1, 10, "");
    feed_udp(s, 100, NEAR, FAR, "binding request 2");
    feed_udp(s, 200, NEAR, FAR, "binding request 3");
    feed_udp(s, 210, FAR, NEAR, "binding success 3 mapped=" NEAR);
    feed_udp(s, 300, NEAR, FAR, "binding indication 4 fingerprint");
    feed_udp(s, 301, NEAR, FAR, "binding indication 4 legacy");
    feed_udp(s, 400, NEAR, FAR, "binding indication 5 fingerprint");
    const turn_direction *to = &only_path(s)->to_peer;

    assert_int_equal(to->requests, 3);
    assert_int_equal(to->successes, 2);
    assert_int_equal(to->keep_alives, 2);
    assert_int_equal(to->keep_alive_successes, 1);
    assert_int_equal(to->indications, 2);
}

/* The user name may be in what the snap length cut off. */
static void cut_check_is_no_keep_alive(void **state) {
    scene *s = *state;
    const message whole = message_of("binding request 1 priority=7 user=b:a");
    const turn_packet packet = scene_packet(s, 0, TURN_TRANSPORT_UDP, NEAR, FAR);

    turn_tracker_datagram(s->tracker, &packet, whole.bytes, 28, whole.length);
    assert_int_equal(only_path(s)->to_peer.requests, 1);
    assert_int_equal(only_path(s)->to_peer.keep_alives, 0);
}

/* Send Indication with a check or with data in it, of whose DATA the capture has KEPT bytes. */
static void feed_cut_send(scene *s, gint64 ms, const void *data, gsize length, gsize kept) {
    message whole = message_of("send indication 900 peer=" PEER);
    const turn_packet packet = scene_packet(s, ms, TURN_TRANSPORT_UDP, CLIENT, SERVER);
    const gsize begin = whole.length + 4;

    message_add(&whole, STUN_ATTR_DATA, data, length);
    turn_tracker_datagram(s->tracker, &packet, whole.bytes, begin + kept, whole.length);
}

static void cut_check_is_no_data(void **state) {
    scene *s = *state;
    const message check = message_of("binding request 1 user=b:a");
    scene_allocate(s, 0);
    feed_cut_send(s, 100, check.bytes, check.length, 0);
    feed_cut_send(s, 200, check.bytes, check.length, 1);
    feed_cut_send(s, 300, check.bytes, check.length, 19);
    const turn_peer *peer = g_ptr_array_index(scene_session(s)->peers, 0);

    assert_int_equal(peer->path.to_peer.packets, 0);
    assert_int_equal(peer->path.to_peer.requests, 0);
}

static void cut_data_is_data(void **state) {
    scene *s = *state;
    static const guint8 media[40] = {0x80};
    scene_allocate(s, 0);
    feed_cut_send(s, 100, media, sizeof media, 1);
    const turn_peer *peer = g_ptr_array_index(scene_session(s)->peers, 0);

    assert_int_equal(peer->path.to_peer.packets, 1);
    assert_int_equal(peer->path.to_peer.bytes, 40);
}

/* The same check on both legs of the relay: the time between the legs is no round trip. */
static void rtt_is_measured_on_the_leg_of_the_request(void **state) {
    scene *s = *state;
    scene_allocate(s, 0);
    feed_send(s, 100, PEER, "binding request 1 user=b:a priority=7");
    feed_udp(s, 101, RELAYED, PEER, "binding request 1 user=b:a priority=7");
    feed_udp(s, 141, PEER, RELAYED, "binding success 1 mapped=" RELAYED);
    feed_data(s, 142, PEER, "binding success 1 mapped=" RELAYED);
    const turn_peer *peer = g_ptr_array_index(scene_session(s)->peers, 0);

    assert_int_equal(peer->path.to_peer.requests, 1);
    assert_int_equal(peer->path.to_peer.successes, 1);
    assert_int_equal(peer->path.to_peer.first_success.frame, 7);
    assert_int_equal(peer->path.to_peer.rtt_count, 1);
    assert_int_equal(peer->path.to_peer.rtt, 42 * MS);
}

static void data_of_both_legs_counts_once(void **state) {
    scene *s = *state;
    static const guint8 media[20] = {0x80};
    scene_allocate(s, 0);
    feed_send_bytes(s, 100, PEER, 20);
    feed_udp_bytes(s, 101, RELAYED, PEER, media, sizeof media);
    const turn_peer *peer = g_ptr_array_index(scene_session(s)->peers, 0);

    assert_int_equal(turn_peer_data(peer, TRUE)->packets, 1);
    assert_int_equal(turn_peer_data(peer, TRUE)->bytes, 20);
    assert_int_equal(turn_data_ways(turn_peer_data(peer, TRUE), turn_peer_data(peer, FALSE)),
                     TURN_WAYS_TO_PEER);
}

static void data_behind_the_relay_counts_where_it_is_all_there_is(void **state) {
    scene *s = *state;
    static const guint8 media[20] = {0x80};
    scene_allocate(s, 0);
    feed_udp_bytes(s, 101, RELAYED, PEER, media, sizeof media);
    feed_udp_bytes(s, 102, PEER, RELAYED, media, 12);
    const turn_peer *peer = g_ptr_array_index(scene_session(s)->peers, 0);

    assert_int_equal(turn_peer_data(peer, TRUE)->bytes, 20);
    assert_int_equal(turn_peer_data(peer, FALSE)->bytes, 12);
    assert_int_equal(turn_data_ways(turn_peer_data(peer, TRUE), turn_peer_data(peer, FALSE)),
                     TURN_WAYS_BOTH);
}

/* [MS-ICE2] receivers discard them without a word. */
static void unanswered_keep_alives_are_no_one_way_checks(void **state) {
    scene *s = *state;
    scene_allocate(s, 0);
    feed_send(s, 100, PEER, "binding request 1 user=b:a priority=7");
    feed_data(s, 110, PEER, "binding success 1 mapped=" RELAYED);
    feed_data(s, 200, PEER, "binding request 2");
    feed_other(s, 60000);

    expect_no_finding(s, "checks-one-way");
}

static const turn_pair *pair_at(scene *s, guint index) {
    return g_ptr_array_index(scene_model(s)->pairs, index);
}

static void pair_at_a_server_is_told_from_a_direct_one(void **state) {
    scene *s = *state;
    feed_udp(s, 0, NEAR, FAR, "binding request 1 user=b:a");
    feed_udp(s, 10, NEAR, "198.51.100.1:24555", "binding request 2 user=b:a");
    scene_allocate(s, 100);

    assert_int_equal(scene_model(s)->pairs->len, 2);
    assert_false(pair_at(s, 0)->at_server);
    assert_true(pair_at(s, 1)->at_server);
}

#define CHECK_TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void) {
    const struct CMUnitTest checks[] = {
        CHECK_TEST(rtt_has_shortest_longest_and_sum),
        CHECK_TEST(rtt_of_nothing_is_not_measured),
        CHECK_TEST(rtt_is_measured_on_the_leg_of_the_request),
        CHECK_TEST(first_and_last_frames_of_each_direction),
        CHECK_TEST(both_copies_of_a_microsoft_check_count_once),
        CHECK_TEST(roles_are_those_of_who_asks),
        CHECK_TEST(change_of_role_is_noted_once),
        CHECK_TEST(check_without_role_changes_none),
        CHECK_TEST(nomination_is_the_answer_to_use_candidate),
        CHECK_TEST(nomination_that_is_refused_is_none),
        CHECK_TEST(priority_is_that_of_the_first_check),
        CHECK_TEST(keep_alives_are_counted_apart),
        CHECK_TEST(cut_check_is_no_keep_alive),
        CHECK_TEST(cut_check_is_no_data),
        CHECK_TEST(cut_data_is_data),
    };
    const struct CMUnitTest data[] = {
        CHECK_TEST(data_of_both_legs_counts_once),
        CHECK_TEST(data_behind_the_relay_counts_where_it_is_all_there_is),
        CHECK_TEST(unanswered_keep_alives_are_no_one_way_checks),
        CHECK_TEST(pair_at_a_server_is_told_from_a_direct_one),
    };

    return cmocka_run_group_tests_name("tracker_check", checks, NULL, NULL) +
           cmocka_run_group_tests_name("tracker_check_data", data, NULL, NULL);
}
