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

/* A check of the client, transaction 101, and its answer. */
#define CHECK    "binding request 101 user=b:a priority=1 mi"
#define ANSWERED "binding success 101 mi"

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
