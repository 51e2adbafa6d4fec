/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "support/addresses.h"
#include "support/scene.h"
#include "turn/tracker_private.h"

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

static void feed_channel(scene *s, gint64 ms, gboolean to_peer, guint16 number, gsize length) {
    const message made = channel_data(number, media, length);

    feed_udp_bytes(s, ms, to_peer ? CLIENT : SERVER, to_peer ? SERVER : CLIENT, made.bytes,
                   made.length);
}

static const turn_channel *channel_at(scene *s, guint index) {
    assert_true(index < scene_session(s)->channels->len);
    return &g_array_index(scene_session(s)->channels, turn_channel, index);
}

static const turn_channel *only_channel(scene *s) {
    assert_int_equal(scene_session(s)->channels->len, 1);
    return channel_at(s, 0);
}

static const turn_permission *permission_at(scene *s, guint index) {
    assert_true(index < scene_session(s)->permissions->len);
    return &g_array_index(scene_session(s)->permissions, turn_permission, index);
}

/* A request of METHOD with the number ID, ATTRIBUTES and credentials; its answer comes 10 ms later,
 * where there is one. */
static void feed_request(scene *s, gint64 ms, const char *method, guint id, const char *attributes,
                         const char *answer) {
    g_autofree char *request =
        g_strdup_printf("%s request %u %s " CREDENTIALS, method, id, attributes);

    feed_udp(s, ms, CLIENT, SERVER, request);
    if (answer != NULL) {
        g_autofree char *response = g_strdup_printf("%s %s", method, answer);

        feed_udp(s, ms + 10, SERVER, CLIENT, response);
    }
}

/* ChannelBind of 0x4001 to PEER. */
static void feed_bind(scene *s, gint64 ms, guint id, const char *peer, const char *answer) {
    g_autofree char *attributes = g_strdup_printf("channel=0x4001 peer=%s", peer);

    feed_request(s, ms, "channel", id, attributes, answer);
}

static void feed_permission(scene *s, gint64 ms, guint id, const char *peer, const char *answer) {
    g_autofree char *attributes = g_strdup_printf("peer=%s", peer);

    feed_request(s, ms, "permission", id, attributes, answer);
}

static void permission_outcomes_follow_the_answers(void **state) {
    scene *s = *state;
    scene_allocate(s, 0);
    feed_permission(s, 100, 3, PEER, "success 3 mi");
    feed_permission(s, 120, 4, OTHER, "error 4 error=403");
    feed_permission(s, 140, 5, "203.0.113.11:1", NULL);
    const turn_permission *first = permission_at(s, 0);
    const turn_permission *second = permission_at(s, 1);
    const turn_permission *third = permission_at(s, 2);

    assert_int_equal(scene_session(s)->permissions->len, 3);
    assert_address(&first->peer, "203.0.113.9:0");
    assert_int_equal(first->outcome, TURN_OUTCOME_SUCCESS);
    assert_int_equal(first->request.frame, 5);
    assert_int_equal(second->outcome, TURN_OUTCOME_REJECTED);
    assert_int_equal(second->code, 403);
    assert_int_equal(third->outcome, TURN_OUTCOME_UNANSWERED);
}

static void permission_for_two_peers_is_answered_as_a_whole(void **state) {
    scene *s = *state;
    scene_allocate(s, 0);
    feed_udp(s, 100, CLIENT, SERVER,
             "permission request 3 peer=" PEER " peer=" OTHER " " CREDENTIALS);
    feed_udp(s, 110, SERVER, CLIENT, "permission success 3 mi");

    assert_int_equal(scene_session(s)->permissions->len, 2);
    assert_address(&permission_at(s, 1)->peer, "203.0.113.10:0");
    assert_int_equal(permission_at(s, 1)->outcome, TURN_OUTCOME_SUCCESS);
}

static void permission_refused_later_stays_granted(void **state) {
    scene *s = *state;
    scene_allocate(s, 0);
    feed_permission(s, 100, 3, PEER, "success 3 mi");
    feed_permission(s, 240000, 4, PEER, "error 4 error=403");

    assert_int_equal(scene_session(s)->permissions->len, 1);
    assert_int_equal(permission_at(s, 0)->outcome, TURN_OUTCOME_SUCCESS);
}

static void channel_data_is_counted_for_channel_and_peer(void **state) {
    scene *s = *state;
    scene_allocate(s, 0);
    feed_bind(s, 100, 3, PEER, "success 3 mi");
    feed_channel(s, 120, TRUE, 0x4001, 10);
    feed_channel(s, 130, TRUE, 0x4001, 7);
    feed_channel(s, 140, FALSE, 0x4001, 3);
    const turn_channel *channel = only_channel(s);

    assert_int_equal(channel->number, 0x4001);
    assert_int_equal(channel->outcome, TURN_OUTCOME_SUCCESS);
    assert_int_equal(channel->request.frame, 5);
    assert_int_equal(channel->bytes_to_peer, 17);
    assert_int_equal(channel->bytes_from_peer, 3);
    assert_ptr_equal(channel->peer, only_peer(s));
    assert_int_equal(channel->peer->via, TURN_VIA_CHANNEL);
    assert_int_equal(channel->peer->path.to_peer.packets, 2);
    assert_int_equal(channel->peer->path.from_peer.bytes, 3);
}

static void channel_for_a_known_peer_changes_its_way(void **state) {
    scene *s = *state;
    scene_allocate(s, 0);
    feed_send_bytes(s, 100, PEER, 10);
    feed_bind(s, 110, 3, PEER, NULL);
    feed_send_bytes(s, 120, PEER, 10);

    assert_int_equal(only_peer(s)->via, TURN_VIA_CHANNEL);
    assert_int_equal(only_peer(s)->path.to_peer.packets, 2);
}

static void channel_refused_keeps_its_code(void **state) {
    scene *s = *state;
    scene_allocate(s, 0);
    feed_bind(s, 100, 3, PEER, "error 3 error=400");
    const turn_channel *channel = only_channel(s);

    assert_int_equal(channel->outcome, TURN_OUTCOME_REJECTED);
    assert_int_equal(channel->code, 400);
}

static void channel_bound_again_leads_to_the_new_peer(void **state) {
    scene *s = *state;
    scene_allocate(s, 0);
    feed_bind(s, 100, 3, PEER, "success 3 mi");
    feed_channel(s, 120, TRUE, 0x4001, 10);
    feed_bind(s, 900000, 4, OTHER, NULL);
    feed_channel(s, 900005, FALSE, 0x4001, 4);
    feed_udp(s, 900010, SERVER, CLIENT, "channel success 4 mi");
    feed_channel(s, 900020, TRUE, 0x4001, 7);
    feed_channel(s, 900030, FALSE, 0x4001, 3);
    const turn_channel *first = channel_at(s, 0);
    const turn_channel *second = channel_at(s, 1);

    assert_int_equal(scene_session(s)->channels->len, 2);
    assert_address(&first->peer->address, PEER);
    assert_int_equal(first->bytes_to_peer, 10);
    assert_int_equal(first->bytes_from_peer, 4);
    assert_int_equal(first->peer->path.to_peer.packets, 1);
    assert_int_equal(first->peer->path.from_peer.packets, 1);
    assert_int_equal(second->number, 0x4001);
    assert_int_equal(second->outcome, TURN_OUTCOME_SUCCESS);
    assert_int_equal(second->request.frame, 8);
    assert_address(&second->peer->address, OTHER);
    assert_int_equal(second->peer->via, TURN_VIA_CHANNEL);
    assert_int_equal(second->bytes_to_peer, 7);
    assert_int_equal(second->bytes_from_peer, 3);
    assert_int_equal(second->peer->path.to_peer.packets, 1);
    assert_int_equal(second->peer->path.from_peer.packets, 1);
}

static void channel_bound_there_and_back_is_three_bindings(void **state) {
    scene *s = *state;
    scene_allocate(s, 0);
    feed_bind(s, 100, 3, PEER, "success 3 mi");
    feed_bind(s, 900000, 4, OTHER, "success 4 mi");
    feed_bind(s, 1200000, 5, OTHER, "success 5 mi");
    feed_bind(s, 2100000, 6, PEER, "success 6 mi");
    feed_channel(s, 2100020, TRUE, 0x4001, 10);

    assert_int_equal(scene_session(s)->channels->len, 3);
    assert_address(&channel_at(s, 1)->peer->address, OTHER);
    assert_ptr_equal(channel_at(s, 2)->peer, channel_at(s, 0)->peer);
    assert_int_equal(channel_at(s, 0)->bytes_to_peer, 0);
    assert_int_equal(channel_at(s, 2)->bytes_to_peer, 10);
}

static void channel_refreshed_stays_one_binding(void **state) {
    scene *s = *state;
    scene_allocate(s, 0);
    feed_bind(s, 100, 3, PEER, "success 3 mi");
    feed_bind(s, 300000, 4, PEER, "success 4 mi");
    feed_channel(s, 300020, TRUE, 0x4001, 10);

    assert_int_equal(only_channel(s)->request.frame, 5);
    assert_int_equal(only_channel(s)->bytes_to_peer, 10);
}

static void channel_not_bound_again_keeps_its_peer(void **state) {
    scene *s = *state;
    scene_allocate(s, 0);
    feed_bind(s, 100, 3, PEER, "success 3 mi");
    feed_bind(s, 200, 4, OTHER, "error 4 error=400");
    feed_bind(s, 300, 5, OTHER, NULL);
    feed_channel(s, 400, TRUE, 0x4001, 10);
    const turn_channel *channel = only_channel(s);

    assert_address(&only_peer(s)->address, PEER);
    assert_int_equal(channel->outcome, TURN_OUTCOME_SUCCESS);
    assert_int_equal(channel->code, 0);
    assert_int_equal(channel->bytes_to_peer, 10);
}

static void channel_answer_about_another_peer_is_not_the_bindings(void **state) {
    scene *s = *state;
    scene_allocate(s, 0);
    feed_bind(s, 100, 3, PEER, "error 3 error=403");
    feed_bind(s, 200, 4, OTHER, "error 4 error=400");
    feed_bind(s, 300, 5, OTHER, "success 5 mi");

    assert_int_equal(scene_session(s)->channels->len, 2);
    assert_int_equal(channel_at(s, 0)->outcome, TURN_OUTCOME_REJECTED);
    assert_int_equal(channel_at(s, 0)->code, 403);
    assert_int_equal(channel_at(s, 1)->outcome, TURN_OUTCOME_SUCCESS);
    assert_address(&channel_at(s, 1)->peer->address, OTHER);
}

static void channel_bound_again_at_the_limit_leads_to_the_new_peer(void **state) {
    scene *s = *state;
    scene_allocate(s, 0);
    feed_bind(s, 100, 3, PEER, "success 3 mi");
    for (guint i = 1; i < TURN_MAX_CHANNELS; i++) {
        g_autofree char *request = g_strdup_printf(
            "channel request %u channel=0x%x peer=" PEER " " CREDENTIALS, 100 + i, 0x4001 + i);

        feed_udp(s, 200, CLIENT, SERVER, request);
    }
    feed_bind(s, 900000, 4, OTHER, "success 4 mi");
    feed_channel(s, 900020, TRUE, 0x4001, 7);

    assert_int_equal(scene_session(s)->channels->len, TURN_MAX_CHANNELS);
    assert_address(&channel_at(s, 0)->peer->address, OTHER);
    assert_int_equal(channel_at(s, 0)->peer->path.to_peer.bytes, 7);
    assert_int_equal(scene_session(s)->records_dropped, 1);
}

static void channel_bound_before_the_capture_has_an_unknown_peer(void **state) {
    scene *s = *state;
    scene_allocate(s, 0);
    feed_channel(s, 100, FALSE, 0x4005, 9);
    const turn_channel *channel = only_channel(s);

    assert_int_equal(channel->outcome, TURN_OUTCOME_UNSEEN);
    assert_int_equal(channel->peer->address.family, STUN_FAMILY_NONE);
    assert_int_equal(channel->bytes_from_peer, 9);
}

static void channel_data_with_a_turn_port_opens_a_session(void **state) {
    scene *s = *state;
    feed_channel(s, 0, FALSE, 0x4001, 9);
    feed_channel(s, 20, TRUE, 0x4001, 5);
    const turn_session *session = scene_session(s);

    assert_address(&session->client, CLIENT);
    assert_address(&session->server, SERVER);
    assert_int_equal(session->packets_from_server, 1);
    assert_int_equal(only_peer(s)->path.from_peer.bytes, 9);
    assert_int_equal(only_peer(s)->path.to_peer.bytes, 5);
    assert_true(turn_session_works(session));
}

static void channel_data_on_other_ports_is_nothing(void **state) {
    static const guint8 datagram[] = {0x40, 0x01, 0, 4, 1, 2, 3, 4};
    scene *s = *state;
    feed_udp_bytes(s, 0, CLIENT, PEER, datagram, sizeof datagram);

    assert_int_equal(scene_model(s)->sessions->len, 0);
}

static void bytes_of_another_length_are_no_channel_data(void **state) {
    static const guint8 other[] = {0x40, 0x01, 0, 9, 1, 2, 3, 4};
    scene *s = *state;
    feed_udp_bytes(s, 0, CLIENT, SERVER, other, sizeof other);

    assert_int_equal(scene_model(s)->sessions->len, 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(permission_outcomes_follow_the_answers),
        TEST(permission_for_two_peers_is_answered_as_a_whole),
        TEST(permission_refused_later_stays_granted),
        TEST(channel_data_is_counted_for_channel_and_peer),
        TEST(channel_for_a_known_peer_changes_its_way),
        TEST(channel_refused_keeps_its_code),
        TEST(channel_bound_again_leads_to_the_new_peer),
        TEST(channel_bound_there_and_back_is_three_bindings),
        TEST(channel_refreshed_stays_one_binding),
        TEST(channel_not_bound_again_keeps_its_peer),
        TEST(channel_answer_about_another_peer_is_not_the_bindings),
        TEST(channel_bound_again_at_the_limit_leads_to_the_new_peer),
        TEST(channel_bound_before_the_capture_has_an_unknown_peer),
        TEST(channel_data_with_a_turn_port_opens_a_session),
        TEST(channel_data_on_other_ports_is_nothing),
        TEST(bytes_of_another_length_are_no_channel_data),
    };
    return cmocka_run_group_tests_name("tracker_channel", tests, NULL, NULL);
}
