/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Captures that were cut, by their snap length or in time: what lies behind the cut may be what
 * would clear somebody of a fault. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "support/scene.h"

/* STUN header with its 20 bytes, ChannelData with 4. */
#define HEADER         20u
#define CHANNEL_HEADER 4u
#define MEDIA_SIZE     40u

static int setup(void **state) {
    *state = scene_new();
    return 0;
}

static int teardown(void **state) {
    scene_free(*state);
    return 0;
}

static void feed_cut(scene *s, gint64 ms, const char *from, const char *to, const message *whole,
                     gsize captured) {
    const turn_packet packet = scene_packet(s, ms, TURN_TRANSPORT_UDP, from, to);

    turn_tracker_datagram(s->tracker, &packet, whole->bytes, MIN(captured, whole->length),
                          whole->length);
}

static void feed_cut_text(scene *s, gint64 ms, const char *from, const char *to, const char *text,
                          gsize captured) {
    const message whole = message_of(text);

    feed_cut(s, ms, from, to, &whole, captured);
}

/* Three requests whose credentials lie behind the cut. */
static void credentials_behind_the_cut_are_not_missing(void **state) {
    scene *s = *state;

    scene_challenge(s, 0);
    for (gint64 i = 1; i <= 3; i++) {
        g_autofree char *ask =
            g_strdup_printf("allocate request %d transport=17 " CREDENTIALS, (int)i + 1);
        g_autofree char *answer =
            g_strdup_printf("allocate error %d error=401 realm=example.org nonce=n1", (int)i + 1);

        feed_cut_text(s, i * 100, CLIENT, SERVER, ask, HEADER + 8);
        feed_udp(s, i * 100 + 10, SERVER, CLIENT, answer);
    }
    feed_other(s, 20000);
    expect_no_finding(s, "credentials-missing");
}

/* With the nonces behind the cut, one that is renewed each time looks like one that is refused. */
static void nonces_behind_the_cut_are_not_compared(void **state) {
    scene *s = *state;

    scene_challenge(s, 0);
    for (gint64 i = 1; i <= 4; i++) {
        g_autofree char *ask =
            g_strdup_printf("allocate request %d transport=17 " CREDENTIALS, (int)i + 1);
        g_autofree char *answer =
            g_strdup_printf("allocate error %d error=438 realm=example.org nonce=n1", (int)i + 1);

        feed_cut_text(s, i * 100, CLIENT, SERVER, ask, HEADER + 8);
        feed_cut_text(s, i * 100 + 10, SERVER, CLIENT, answer, HEADER + 20);
    }
    expect_no_finding(s, "nonce-loop");
}

static message media_in_channel(guint8 first) {
    guint8 media[MEDIA_SIZE] = {first};

    return channel_data(0x4000, media, sizeof media);
}

static void open_channel(scene *s) {
    scene_allocate(s, 0);
    feed_udp(s, 100, CLIENT, SERVER, "channel request 3 channel=0x4000 peer=" PEER " " CREDENTIALS);
    feed_udp(s, 110, SERVER, CLIENT, "channel success 3 mi");
}

static void packets_that_cannot_be_told_from_messages_are_not_counted(void **state) {
    scene *s = *state;
    const message media = media_in_channel(0x80);
    const turn_peer *peer;

    open_channel(s);
    feed_cut(s, 200, CLIENT, SERVER, &media, CHANNEL_HEADER);
    feed_cut(s, 210, CLIENT, SERVER, &media, CHANNEL_HEADER + 1);
    peer = g_ptr_array_index(scene_session(s)->peers, 0);
    assert_int_equal(peer->path.to_peer.packets, 1);
    assert_int_equal(peer->path.to_peer.bytes, MEDIA_SIZE);
    assert_int_equal(peer->path.to_peer.unread, 1);
}

static void feed_media(scene *s, gboolean with_return) {
    const message forth = media_in_channel(0x80);
    const message back = media_in_channel(0x00);

    open_channel(s);
    for (gint64 i = 0; i < 20; i++) {
        feed_cut(s, 200 + i * 400, CLIENT, SERVER, &forth, CHANNEL_HEADER + 8);
        if (with_return) {
            feed_cut(s, 210 + i * 400, SERVER, CLIENT, &back, CHANNEL_HEADER + 8);
        }
    }
}

static void packets_back_that_cannot_be_told_are_a_return(void **state) {
    feed_media(*state, TRUE);
    expect_no_finding(*state, "media-one-way");
}

static void packets_without_any_back_are_one_way_though_cut(void **state) {
    feed_media(*state, FALSE);
    expect_finding(*state, "media-one-way", "degraded", "7 26");
}

static void feed_check(scene *s, gsize captured_of_answer) {
    const message inner = message_of("binding success 101 mapped=" RELAYED " mi");
    const message answer = channel_data(0x4000, inner.bytes, inner.length);

    open_channel(s);
    feed_send(s, 200, PEER, "binding request 101 user=b:a priority=1 mi");
    feed_cut(s, 230, SERVER, CLIENT, &answer, captured_of_answer);
    feed_other(s, 6000);
}

static void check_whose_answer_cannot_be_told_is_not_unanswered(void **state) {
    feed_check(*state, CHANNEL_HEADER + HEADER - 1);
    expect_no_finding(*state, "checks-unanswered");
    expect_no_finding(*state, "checks-one-way");
}

/* Two checks of one ICE session, the second with the end of its USERNAME cut off. */
static void half_a_user_name_makes_no_ice_session(void **state) {
    scene *s = *state;

    scene_allocate(s, 0);
    scene_checks(s, 100, PEER);
    feed_cut_text(s, 200, CLIENT, OTHER, "binding request 101 user=b:a priority=1 mi", HEADER + 5);
    assert_null(((const turn_pair *)g_ptr_array_index(scene_model(s)->pairs, 0))->path.ice);
}

static void feed_silent_server(scene *s) {
    feed_udp(s, 0, CLIENT, SERVER, "allocate request 1 transport=17");
    feed_udp(s, 1500, CLIENT, SERVER, "allocate request 1 transport=17");
    feed_udp(s, 3500, CLIENT, SERVER, "allocate request 1 transport=17");
}

static void silence_beside_an_unreadable_icmp_error_is_not_silence(void **state) {
    scene *s = *state;
    turn_packet packet;

    feed_silent_server(s);
    packet = scene_packet(s, 3600, TURN_TRANSPORT_UDP, SERVER, CLIENT);
    turn_tracker_icmp_cut(s->tracker, &packet);
    expect_no_finding(s, "turn-server-silent");
}

/* [MS-TURN] releases with an Allocate whose LIFETIME is 0: an answer without the attribute may be
 * to that. */
static void late_answer_without_lifetime_is_no_slow_allocation(void **state) {
    scene *s = *state;

    feed_udp(s, 0, CLIENT, SERVER, "allocate request 1 transport=17");
    feed_cut_text(s, 4000, SERVER, CLIENT, "allocate success 1 relayed=" RELAYED " lifetime=600",
                  HEADER + 12);
    expect_no_finding(s, "allocation-slow");
}

/* A server may close the connection instead of answering the release. */
static void close_after_a_refresh_that_may_be_a_release_is_no_loss(void **state) {
    scene *s = *state;
    const message release = message_of("refresh request 5 lifetime=0 " CREDENTIALS);
    const turn_unit unit = {.framing = STUN_FRAMING_TURN,
                            .kind = STUN_FRAME_STUN,
                            .bytes = release.bytes,
                            .captured = HEADER,
                            .length = release.length};
    turn_packet packet;

    scene_allocate_tcp(s, 0);
    packet = scene_packet(s, 1000, TURN_TRANSPORT_TCP, CLIENT, SERVER);
    turn_tracker_unit(s->tracker, &packet, &unit);
    feed_tcp(s, 1010, SERVER, CLIENT, TURN_TCP_FIN);
    feed_other(s, 20000);
    expect_no_finding(s, "session-lost");
}

/* The request may have been a release, which had been done already. */
static void answer_437_to_an_unseen_refresh_is_no_mismatch(void **state) {
    scene *s = *state;

    feed_udp(s, 0, SERVER, CLIENT, "refresh error 3 error=437 mi");
    feed_other(s, 20000);
    expect_no_finding(s, "allocation-mismatch");
}

/* What the server relayed proves that the allocation was there: it was lost. */
static void answer_437_in_a_used_session_is_a_loss_and_no_mismatch(void **state) {
    scene *s = *state;

    feed_udp(s, 0, CLIENT, SERVER, "refresh request 2 lifetime=600 " CREDENTIALS);
    feed_udp(s, 10, SERVER, CLIENT, "refresh success 2 lifetime=600 mi");
    scene_checks(s, 100, PEER);
    feed_udp(s, 1000, CLIENT, SERVER, "refresh request 3 lifetime=600 " CREDENTIALS);
    feed_udp(s, 1010, SERVER, CLIENT, "refresh error 3 error=437 mi");
    expect_no_finding(s, "allocation-mismatch");
    expect_finding(s, "session-lost", "failed", "7 8");
}

static void answer_431_to_an_unseen_request_before_a_success_is_a_challenge(void **state) {
    scene *s = *state;

    feed_udp(s, 0, SERVER, CLIENT, "allocate error 1 error=431");
    feed_udp(s, 20, CLIENT, SERVER, "allocate request 2 transport=17 " CREDENTIALS);
    feed_udp(s, 30, SERVER, CLIENT, "allocate success 2 relayed=" RELAYED " lifetime=600 mi");
    expect_no_finding(s, "integrity-check-failed");
}

/* The client of this capture was given a new nonce before it began. */
static void answer_401_with_another_nonce_is_a_challenge(void **state) {
    scene *s = *state;

    feed_udp(s, 0, CLIENT, SERVER, "refresh request 3 lifetime=600 " CREDENTIALS);
    feed_udp(s, 10, SERVER, CLIENT, "refresh error 3 error=401 realm=example.org nonce=n2");
    expect_no_finding(s, "credentials-unauthorized");
}

static void answer_401_with_the_same_nonce_is_a_refusal(void **state) {
    scene *s = *state;

    feed_udp(s, 0, CLIENT, SERVER, "refresh request 3 lifetime=600 " CREDENTIALS);
    feed_udp(s, 10, SERVER, CLIENT, "refresh error 3 error=401 realm=example.org nonce=n1");
    expect_finding(s, "credentials-unauthorized", "failed", "1 2");
}

static void refuse(scene *s, gint64 ms, const char *error) {
    g_autofree char *answer = g_strdup_printf("allocate error 2 %s", error);

    scene_challenge(s, 0);
    feed_udp(s, 20, CLIENT, SERVER, "allocate request 2 transport=17 " CREDENTIALS);
    feed_udp(s, ms, SERVER, CLIENT, answer);
}

static void unknown_attribute_just_before_the_end_may_be_left_out(void **state) {
    refuse(*state, 30, "error=420");
    feed_other(*state, 5029);
    expect_no_finding(*state, "request-rejected");
}

static void unknown_attribute_without_another_try_is_found(void **state) {
    refuse(*state, 30, "error=420");
    feed_other(*state, 5030);
    expect_finding(*state, "request-rejected", "failed", "3 4");
}

static void refusal_with_the_next_try_under_way_is_not_final(void **state) {
    refuse(*state, 30, "error=500");
    feed_udp(*state, 40, CLIENT, SERVER, "allocate request 3 transport=17 " CREDENTIALS);
    expect_no_finding(*state, "request-rejected");
}

static void connect_refused_beside(scene *s, gint64 end) {
    scene_allocate_tcp(s, 0);
    feed_unit(s, 100, CLIENT, SERVER, "connect request 3 peer=" PEER " " CREDENTIALS);
    feed_unit(s, 105, CLIENT, SERVER, "connect request 4 peer=" OTHER " " CREDENTIALS);
    feed_unit(s, 110, SERVER, CLIENT, "connect error 3 error=447");
    feed_other(s, end);
}

static void connect_refused_while_another_is_under_way_is_not_final(void **state) {
    connect_refused_beside(*state, 30104);
    expect_no_finding(*state, "peer-connect-failed");
}

static void connect_refused_while_another_is_never_answered_is_found(void **state) {
    connect_refused_beside(*state, 30105);
    expect_finding(*state, "peer-connect-failed", "failed", "8 10");
}

static void feed_unreachable_peer(scene *s, gint64 end) {
    scene_allocate(s, 0);
    feed_send(s, 100, PEER, "binding request 101 user=b:a priority=1 mi");
    feed_icmp(s, 120, TURN_TRANSPORT_UDP, RELAYED, PEER, 3);
    feed_other(s, end);
}

static void peer_unreachable_just_before_the_end_is_not_found(void **state) {
    feed_unreachable_peer(*state, 5119);
    expect_no_finding(*state, "peer-unreachable");
}

static void packet_that_is_too_big_is_no_unreachable_server(void **state) {
    scene *s = *state;
    turn_icmp_error error = {.version = 4,
                             .type = 3,
                             .code = 4,
                             .about = {.transport = TURN_TRANSPORT_UDP,
                                       .source = address_of(CLIENT),
                                       .destination = address_of(SERVER)}};
    turn_packet packet;

    scene_allocate(s, 0);
    packet = scene_packet(s, 1000, TURN_TRANSPORT_UDP, SERVER, CLIENT);
    turn_tracker_icmp(s->tracker, &packet, &error);
    expect_no_finding(s, "session-lost");
    assert_int_equal(scene_session(s)->unreachable.frame, 0);
}

/* Checks both ways, and then data one way: a path that works, and media that does not. */
static void media_one_way_after_checks_both_ways_is_found(void **state) {
    scene *s = *state;

    scene_allocate(s, 0);
    scene_checks(s, 100, PEER);
    for (gint64 i = 0; i < 12; i++) {
        feed_send_bytes(s, 1000 + i * 500, PEER, MEDIA_SIZE);
    }
    expect_finding(s, "media-one-way", "degraded", "9 20");
}

static void media_that_returns_on_another_path_is_not_one_way(void **state) {
    scene *s = *state;

    scene_allocate(s, 0);
    scene_checks(s, 100, PEER);
    for (gint64 i = 0; i < 12; i++) {
        feed_send_bytes(s, 1000 + i * 500, PEER, MEDIA_SIZE);
    }
    feed_data_bytes(s, 7000, "203.0.113.9:50002", MEDIA_SIZE);
    expect_no_finding(s, "media-one-way");
}

/* A burst of a session whose beginning is not in the capture: what came back may be before it. */
static void burst_in_a_session_begun_before_is_not_one_way(void **state) {
    scene *s = *state;

    for (gint64 i = 0; i < 20; i++) {
        feed_data_bytes(s, 100 + i * 20, PEER, MEDIA_SIZE);
    }
    feed_udp(s, 600, CLIENT, SERVER, "refresh request 3 lifetime=0 " CREDENTIALS);
    feed_other(s, 20000);
    expect_no_finding(s, "media-one-way");
}

static void stream_in_a_session_begun_before_is_one_way(void **state) {
    scene *s = *state;

    for (gint64 i = 0; i < 20; i++) {
        feed_data_bytes(s, 100 + i * 300, PEER, MEDIA_SIZE);
    }
    feed_udp(s, 6000, CLIENT, SERVER, "refresh request 3 lifetime=0 " CREDENTIALS);
    feed_other(s, 20000);
    expect_finding(s, "media-one-way", "degraded", "1 20");
}

int main(void) {
#define WITH_SCENE(test) cmocka_unit_test_setup_teardown(test, setup, teardown)
    const struct CMUnitTest tests[] = {
        WITH_SCENE(credentials_behind_the_cut_are_not_missing),
        WITH_SCENE(nonces_behind_the_cut_are_not_compared),
        WITH_SCENE(packets_that_cannot_be_told_from_messages_are_not_counted),
        WITH_SCENE(packets_back_that_cannot_be_told_are_a_return),
        WITH_SCENE(packets_without_any_back_are_one_way_though_cut),
        WITH_SCENE(check_whose_answer_cannot_be_told_is_not_unanswered),
        WITH_SCENE(half_a_user_name_makes_no_ice_session),
        WITH_SCENE(silence_beside_an_unreadable_icmp_error_is_not_silence),
        WITH_SCENE(late_answer_without_lifetime_is_no_slow_allocation),
        WITH_SCENE(close_after_a_refresh_that_may_be_a_release_is_no_loss),
        WITH_SCENE(answer_437_to_an_unseen_refresh_is_no_mismatch),
        WITH_SCENE(answer_437_in_a_used_session_is_a_loss_and_no_mismatch),
        WITH_SCENE(answer_431_to_an_unseen_request_before_a_success_is_a_challenge),
        WITH_SCENE(answer_401_with_another_nonce_is_a_challenge),
        WITH_SCENE(answer_401_with_the_same_nonce_is_a_refusal),
        WITH_SCENE(unknown_attribute_just_before_the_end_may_be_left_out),
        WITH_SCENE(unknown_attribute_without_another_try_is_found),
        WITH_SCENE(refusal_with_the_next_try_under_way_is_not_final),
        WITH_SCENE(connect_refused_while_another_is_under_way_is_not_final),
        WITH_SCENE(connect_refused_while_another_is_never_answered_is_found),
        WITH_SCENE(peer_unreachable_just_before_the_end_is_not_found),
        WITH_SCENE(packet_that_is_too_big_is_no_unreachable_server),
        WITH_SCENE(media_one_way_after_checks_both_ways_is_found),
        WITH_SCENE(media_that_returns_on_another_path_is_not_one_way),
        WITH_SCENE(burst_in_a_session_begun_before_is_not_one_way),
        WITH_SCENE(stream_in_a_session_begun_before_is_one_way),
    };

    return cmocka_run_group_tests_name("rules_cut", tests, NULL, NULL);
}
