/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "support/addresses.h"
#include "support/hex.h"
#include "support/scene.h"
#include "support/vectors.h"
#include "turn/tracker_private.h"

#include <stdlib.h>

static int setup(void **state) {
    *state = scene_new();
    return 0;
}

static int teardown(void **state) {
    scene_free(*state);
    return 0;
}

static void feed_hex(scene *s, gint64 ms, const char *from, const char *to, const char *hex) {
    guint8 bytes[256];
    const gsize length = hex_bytes(hex, bytes, sizeof bytes);

    feed_udp_bytes(s, ms, from, to, bytes, length);
}

static void icmp_about_the_client_reaches_its_session(void **state) {
    scene *s = *state;
    feed_udp(s, 0, CLIENT, SERVER, "allocate request 1 transport=17");
    feed_icmp(s, 10, TURN_TRANSPORT_UDP, CLIENT, SERVER, 3);
    feed_icmp(s, 20, TURN_TRANSPORT_UDP, CLIENT, SERVER, 11);

    assert_int_equal(scene_session(s)->unreachable.frame, 2);
    assert_int_equal(scene_session(s)->icmp.version, 4);
    assert_int_equal(scene_session(s)->icmp.type, 3);
    assert_int_equal(scene_session(s)->icmp.code, 3);
}

static void icmp_about_the_server_is_not_about_its_reachability(void **state) {
    scene *s = *state;
    scene_allocate(s, 0);
    feed_icmp(s, 100, TURN_TRANSPORT_UDP, SERVER, CLIENT, 3);

    assert_int_equal(scene_session(s)->unreachable.frame, 0);
}

static void icmp_about_the_relay_reaches_its_peer(void **state) {
    scene *s = *state;
    scene_allocate(s, 0);
    feed_send_bytes(s, 100, OTHER, 10);
    feed_send_bytes(s, 110, PEER, 10);
    feed_icmp(s, 120, TURN_TRANSPORT_UDP, RELAYED, PEER, 3);
    const turn_peer *other = g_ptr_array_index(scene_session(s)->peers, 0);
    const turn_peer *peer = g_ptr_array_index(scene_session(s)->peers, 1);

    assert_int_equal(peer->path.unreachable.frame, 7);
    assert_int_equal(other->path.unreachable.frame, 0);
    assert_int_equal(scene_session(s)->unreachable.frame, 0);
}

static void icmp_about_a_check_reaches_its_pair(void **state) {
    scene *s = *state;
    feed_udp(s, 0, CLIENT, PEER, "binding request 1 user=b:a mi");
    feed_icmp(s, 10, TURN_TRANSPORT_UDP, CLIENT, PEER, 3);
    feed_icmp(s, 20, TURN_TRANSPORT_UDP, CLIENT, OTHER, 3);
    const turn_pair *pair = g_ptr_array_index(scene_model(s)->pairs, 0);

    assert_int_equal(pair->path.unreachable.frame, 2);
}

static void icmp_about_a_syn_reaches_its_connection(void **state) {
    scene *s = *state;
    feed_tcp(s, 0, CLIENT, SERVER, TURN_TCP_SYN);
    feed_icmp(s, 10, TURN_TRANSPORT_TCP, CLIENT, SERVER, 3);

    assert_int_equal(scene_session(s)->tcp->unreachable.frame, 2);
}

static void copy_within_20_ms_is_counted_once(void **state) {
    scene *s = *state;
    scene_allocate(s, 0);
    s->identity = 77;
    feed_send_bytes(s, 100, PEER, 50);
    feed_send_bytes(s, 119, PEER, 50);
    s->identity = 78;
    feed_udp_bytes(s, 130, CLIENT, SERVER, "\x40\x01\x00\x02\x80\x01", 6);
    feed_udp_bytes(s, 131, CLIENT, SERVER, "\x40\x01\x00\x02\x80\x01", 6);
    const turn_peer *peer = g_ptr_array_index(scene_session(s)->peers, 0);

    assert_int_equal(peer->path.to_peer.packets, 1);
    assert_int_equal(scene_session(s)->packets_from_client, 4);
    assert_int_equal(g_array_index(scene_session(s)->channels, turn_channel, 0).bytes_to_peer, 2);
}

static void copy_without_identity_or_too_late_is_another_packet(void **state) {
    scene *s = *state;
    scene_allocate(s, 0);
    feed_send_bytes(s, 100, PEER, 50);
    feed_send_bytes(s, 101, PEER, 50);
    s->identity = 77;
    feed_send_bytes(s, 200, PEER, 50);
    feed_send_bytes(s, 220, PEER, 50);
    const turn_peer *peer = g_ptr_array_index(scene_session(s)->peers, 0);

    assert_int_equal(peer->path.to_peer.packets, 4);
}

static void equal_data_without_an_ip_id_is_a_copy_at_once_only(void **state) {
    scene *s = *state;
    scene_allocate(s, 0);
    feed_send_bytes(s, 100, PEER, 50);
    s->identity = 78;
    s->unnumbered = TRUE;
    feed_udp_bytes(s, 130, CLIENT, SERVER, "\x40\x01\x00\x02\x80\x01", 6);
    feed_udp_bytes(s, 130, CLIENT, SERVER, "\x40\x01\x00\x02\x80\x01", 6);
    feed_udp_bytes(s, 131, CLIENT, SERVER, "\x40\x01\x00\x02\x80\x01", 6);
    feed_udp_bytes(s, 141, CLIENT, SERVER, "\x40\x01\x00\x02\x80\x01", 6);
    s->identity = 79;
    feed_udp_bytes(s, 150, RELAYED, PEER, "\x80relayed media", 14);
    feed_udp_bytes(s, 150, RELAYED, PEER, "\x80relayed media", 14);
    feed_udp_bytes(s, 160, RELAYED, PEER, "\x80relayed media", 14);
    const turn_peer *peer = g_ptr_array_index(scene_session(s)->peers, 0);

    assert_int_equal(g_array_index(scene_session(s)->channels, turn_channel, 0).bytes_to_peer, 6);
    assert_int_equal(peer->relay_to.packets, 2);
}

/* Two transmissions of one message are half a second apart. */
static void copy_of_a_message_needs_no_ip_id(void **state) {
    scene *s = *state;
    s->identity = 77;
    s->unnumbered = TRUE;
    feed_udp(s, 0, CLIENT, SERVER, "allocate request 1 transport=17");
    feed_udp(s, 19, CLIENT, SERVER, "allocate request 1 transport=17");

    assert_int_equal(scene_session(s)->exchanges[TURN_METHOD_ALLOCATE].transmissions, 1);
}

static void copy_of_a_request_is_no_transmission(void **state) {
    scene *s = *state;
    s->identity = 77;
    feed_udp(s, 0, CLIENT, SERVER, "allocate request 1 transport=17");
    feed_udp(s, 1, CLIENT, SERVER, "allocate request 1 transport=17");

    assert_int_equal(scene_session(s)->exchanges[TURN_METHOD_ALLOCATE].transmissions, 1);
    assert_int_equal(scene_session(s)->packets_from_client, 1);
}

static void ms_turn_allocation_is_read_in_its_dialect(void **state) {
    scene *s = *state;
    feed_hex(s, 0, CLIENT, SERVER, vector_ms_allocate);
    feed_hex(s, 10, SERVER, CLIENT, vector_ms_response);
    const turn_session *session = scene_session(s);

    assert_string_equal(session->username, "lync");
    assert_string_equal(session->realm, "rtcmedia");
    assert_int_equal(session->allocated.frame, 2);
    assert_address(&session->mapped, "198.51.100.7:50001");
    assert_address(&g_array_index(session->relayed, stun_address, 0), "192.0.2.15:3000");
}

static void ms_turn_challenge_gives_the_swapped_nonce(void **state) {
    scene *s = *state;
    message request = message_ms(0x0003, 1);
    message answer = message_ms(0x0113, 1);
    message_add_error(&answer, 401, "Unauthorized");
    message_add_text(&answer, STUN_ATTR_MS_REALM, "\"rtcmedia\"");
    message_add_text(&answer, STUN_ATTR_MS_NONCE, "\"abc\"");
    feed_udp_bytes(s, 0, CLIENT, SERVER, request.bytes, request.length);
    feed_udp_bytes(s, 10, SERVER, CLIENT, answer.bytes, answer.length);

    assert_string_equal(scene_session(s)->nonce, "abc");
    assert_string_equal(scene_session(s)->realm, "rtcmedia");
    assert_int_equal(scene_session(s)->challenges, 1);
    assert_int_equal(scene_session(s)->rejections->len, 0);
}

static void ms_turn_send_and_data_carry_relayed_bytes(void **state) {
    scene *s = *state;
    message send = message_ms(STUN_MS_SEND_REQUEST, 2);
    message_add_address(&send, STUN_ATTR_DESTINATION_ADDRESS, "192.0.2.9:50000");
    message_add(&send, STUN_ATTR_DATA, "\x80\x01\x02", 3);
    feed_hex(s, 0, CLIENT, SERVER, vector_ms_allocate);
    feed_hex(s, 10, SERVER, CLIENT, vector_ms_response);
    feed_udp_bytes(s, 20, CLIENT, SERVER, send.bytes, send.length);
    feed_hex(s, 30, SERVER, CLIENT, vector_ms_data);
    const turn_session *session = scene_session(s);
    const turn_peer *peer = g_ptr_array_index(session->peers, 0);

    assert_int_equal(session->peers->len, 1);
    assert_address(&peer->address, "192.0.2.9:50000");
    assert_int_equal(peer->path.to_peer.bytes, 3);
    assert_int_equal(peer->path.from_peer.bytes, 5);
    assert_int_equal(session->exchanges[TURN_METHOD_REFRESH].requests, 0);
    assert_int_equal(session->unanswered->len, 0);
    assert_int_equal(session->packets_from_server, 2);
}

static void multiplexed_turn_counts_for_an_unknown_peer(void **state) {
    static const char unit[] = "ff10 000a # 10 bytes follow\n"
                               "0102030405060708 8001 # session id, payload\n";
    scene *s = *state;
    scene_allocate(s, 0);
    feed_hex(s, 100, CLIENT, SERVER, unit);
    const turn_peer *peer = g_ptr_array_index(scene_session(s)->peers, 0);

    assert_int_equal(peer->address.family, STUN_FAMILY_NONE);
    assert_int_equal(peer->path.to_peer.bytes, 2);
}

static void ms_turn_data_on_tcp_counts_for_an_unknown_peer(void **state) {
    static const guint8 data[] = {0x80, 0x00, 0x00, 0x01, 0x02};
    const turn_unit unit = {.framing = STUN_FRAMING_MS_TURN,
                            .kind = STUN_FRAME_MS_DATA,
                            .bytes = data,
                            .captured = sizeof data,
                            .length = sizeof data};
    scene *s = *state;
    scene_allocate_tcp(s, 0);
    const turn_packet packet = scene_packet(s, 1000, TURN_TRANSPORT_TCP, SERVER, CLIENT);
    turn_tracker_unit(s->tracker, &packet, &unit);
    const turn_peer *peer = g_ptr_array_index(scene_session(s)->peers, 0);

    assert_int_equal(peer->address.family, STUN_FAMILY_NONE);
    assert_int_equal(peer->path.from_peer.bytes, 5);
    assert_int_equal(peer->path.to_peer.bytes, 0);
}

/* Each prefix of a datagram in a block of its own: a sanitizer sees a read past it. */
static void feed_every_prefix(scene *s, const char *from, const char *to, const guint8 *bytes,
                              gsize length) {
    for (gsize captured = 0; captured <= length; captured++) {
        const turn_packet packet = scene_packet(s, 1000, TURN_TRANSPORT_UDP, from, to);
        guint8 *exact = hex_exact(bytes, captured);

        turn_tracker_datagram(s->tracker, &packet, exact, captured, length);
        free(exact);
    }
}

static void truncated_at_any_byte_is_no_rejection_without_its_code(void **state) {
    scene *s = *state;
    scene_challenge(s, 0);
    const message answer = message_of("allocate error 1 software=Expressway error=486 mi");
    const message channel = channel_data(0x4001, "\x80\x01\x02\x03\x04", 5);
    const message send = message_of("send indication 9 peer=" PEER " mi");
    feed_every_prefix(s, CLIENT, SERVER, channel.bytes, channel.length);
    feed_every_prefix(s, CLIENT, SERVER, send.bytes, send.length);
    feed_every_prefix(s, SERVER, "10.1.1.30:4", answer.bytes, answer.length);
    const turn_session *cut = g_ptr_array_index(scene_model(s)->sessions, 1);

    assert_int_equal(scene_model(s)->sessions->len, 2);
    /* 20 bytes of header, 16 of SOFTWARE and 8 up to the end of the code: only what is longer
     * names one. */
    assert_int_equal(g_array_index(cut->rejections, turn_rejection, 0).response.frame,
                     2 + (channel.length + 1) + (send.length + 1) + 44 + 1);
    for (guint i = 0; i < cut->rejections->len; i++) {
        assert_int_equal(g_array_index(cut->rejections, turn_rejection, i).code, 486);
    }
}

static void truncated_multiplexed_turn_counts_its_declared_length(void **state) {
    static const char unit[] = "ff10 000a 0102030405060708 8001";
    scene *s = *state;
    guint8 bytes[16];
    const gsize length = hex_bytes(unit, bytes, sizeof bytes);
    scene_allocate(s, 0);
    feed_every_prefix(s, CLIENT, SERVER, bytes, length);
    const turn_peer *peer = g_ptr_array_index(scene_session(s)->peers, 0);

    /* Its length can be read from 4 bytes on, in 11 of the 15 prefixes. */
    assert_int_equal(peer->path.to_peer.packets, 11);
    assert_int_equal(peer->path.to_peer.bytes, 22);
}

static void limit_of_peers_drops_the_rest(void **state) {
    scene *s = *state;
    scene_allocate(s, 0);
    for (guint i = 0; i < TURN_MAX_PEERS + 2; i++) {
        g_autofree char *peer = g_strdup_printf("203.0.113.9:%u", 1000 + i);

        feed_send_bytes(s, 100, peer, 10);
    }
    assert_int_equal(scene_session(s)->peers->len, TURN_MAX_PEERS);
    assert_int_equal(scene_session(s)->records_dropped, 2);
}

static void limit_of_channels_drops_the_rest(void **state) {
    scene *s = *state;
    scene_allocate(s, 0);
    for (guint i = 0; i < TURN_MAX_CHANNELS + 1; i++) {
        const message made = channel_data((guint16)(0x4000 + i), "\x80", 1);

        feed_udp_bytes(s, 100, CLIENT, SERVER, made.bytes, made.length);
    }
    assert_int_equal(scene_session(s)->channels->len, TURN_MAX_CHANNELS);
}

static void limit_of_rejections_counts_the_rest(void **state) {
    scene *s = *state;
    for (guint i = 0; i < TURN_MAX_REJECTIONS + 3; i++) {
        g_autofree char *answer = g_strdup_printf("allocate error %u error=486", i);

        feed_udp(s, 100, SERVER, CLIENT, answer);
    }
    assert_int_equal(scene_session(s)->rejections->len, TURN_MAX_REJECTIONS);
    assert_int_equal(scene_session(s)->records_dropped, 3);
}

/* Each session takes as many permissions as one may: what all may take together is the limit here.
 */
static void limit_of_records_holds_over_all_sessions(void **state) {
    scene *s = *state;
    guint kept = 0;
    for (guint i = 0; i < TURN_MAX_RECORDS / TURN_MAX_PERMISSIONS + 2; i++) {
        g_autofree char *client = g_strdup_printf("10.1.1.10:%u", 1000 + i);

        for (guint k = 0; k < TURN_MAX_PERMISSIONS; k++) {
            g_autofree char *ask =
                g_strdup_printf("permission request %u peer=203.0.113.%u:1", k + 1, k);

            feed_udp(s, 100, client, SERVER, ask);
        }
    }
    for (guint i = 0; i < scene_model(s)->sessions->len; i++) {
        const turn_session *session = g_ptr_array_index(scene_model(s)->sessions, i);

        kept += session->permissions->len;
    }
    assert_int_equal(kept, TURN_MAX_RECORDS);
    assert_true(scene_model(s)->limit_reached);
}

static void limit_of_sessions_is_reported(void **state) {
    scene *s = *state;
    for (guint i = 0; i <= TURN_MAX_SESSIONS; i++) {
        g_autofree char *client = g_strdup_printf("10.1.1.10:%u", 1000 + i);

        feed_udp(s, 100, client, SERVER, "allocate request 1 transport=17");
    }
    assert_int_equal(scene_model(s)->sessions->len, TURN_MAX_SESSIONS);
    assert_true(scene_model(s)->limit_reached);
}

static void limit_of_sessions_not_passed_is_not_reported(void **state) {
    scene *s = *state;
    for (guint i = 0; i < TURN_MAX_SESSIONS; i++) {
        g_autofree char *client = g_strdup_printf("10.1.1.10:%u", 1000 + i);

        feed_udp(s, 100, client, SERVER, "allocate request 1 transport=17");
    }
    assert_false(scene_model(s)->limit_reached);
}

static void limit_of_pairs_is_reported(void **state) {
    scene *s = *state;
    for (guint i = 0; i <= TURN_MAX_PAIRS; i++) {
        g_autofree char *from = g_strdup_printf("10.1.1.10:%u", 1000 + i);

        feed_udp(s, 100, from, PEER, "binding request 1 user=b:a");
    }
    assert_int_equal(scene_model(s)->pairs->len, TURN_MAX_PAIRS);
    assert_true(scene_model(s)->limit_reached);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(icmp_about_the_client_reaches_its_session),
        TEST(icmp_about_the_server_is_not_about_its_reachability),
        TEST(icmp_about_the_relay_reaches_its_peer),
        TEST(icmp_about_a_check_reaches_its_pair),
        TEST(icmp_about_a_syn_reaches_its_connection),
        TEST(copy_within_20_ms_is_counted_once),
        TEST(copy_without_identity_or_too_late_is_another_packet),
        TEST(copy_of_a_request_is_no_transmission),
        TEST(equal_data_without_an_ip_id_is_a_copy_at_once_only),
        TEST(copy_of_a_message_needs_no_ip_id),
        TEST(ms_turn_allocation_is_read_in_its_dialect),
        TEST(ms_turn_challenge_gives_the_swapped_nonce),
        TEST(ms_turn_send_and_data_carry_relayed_bytes),
        TEST(multiplexed_turn_counts_for_an_unknown_peer),
        TEST(ms_turn_data_on_tcp_counts_for_an_unknown_peer),
        TEST(truncated_at_any_byte_is_no_rejection_without_its_code),
        TEST(truncated_multiplexed_turn_counts_its_declared_length),
        TEST(limit_of_peers_drops_the_rest),
        TEST(limit_of_channels_drops_the_rest),
        TEST(limit_of_rejections_counts_the_rest),
        TEST(limit_of_records_holds_over_all_sessions),
        TEST(limit_of_sessions_is_reported),
        TEST(limit_of_sessions_not_passed_is_not_reported),
        TEST(limit_of_pairs_is_reported),
    };
    return cmocka_run_group_tests_name("tracker_packet", tests, NULL, NULL);
}
