/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "support/addresses.h"
#include "support/scene.h"
#include "turn/tracker_private.h"

/* The server is behind static NAT: 198.51.100.1 is 192.168.245.61 on its outside interface. */
#define ON_WIRE   "192.168.245.61:24000"
#define CLIENT_2  "10.1.1.20:40000"
#define RELAYED_2 "198.51.100.1:24002"
#define ON_WIRE_2 "192.168.245.61:24002"
#define CHECK     "binding request 101 user=b:a priority=1 mi"

static const guint8 media[] = {0x80, 1, 2, 3, 4, 5, 6, 7, 8, 9};

static int setup(void **state) {
    *state = scene_new();
    return 0;
}

static int teardown(void **state) {
    scene_free(*state);
    return 0;
}

static const turn_session *session_at(scene *s, guint index) {
    assert_true(index < scene_model(s)->sessions->len);
    return g_ptr_array_index(scene_model(s)->sessions, index);
}

static const turn_peer *peer_at(const turn_session *session, guint index) {
    assert_true(index < session->peers->len);
    return g_ptr_array_index(session->peers, index);
}

static void allocate_2(scene *s, gint64 ms) {
    feed_udp(s, ms, CLIENT_2, SERVER, "allocate request 5 transport=17 " CREDENTIALS);
    feed_udp(s, ms + 10, SERVER, CLIENT_2,
             "allocate success 5 relayed=" RELAYED_2 " mapped=" CLIENT_2 " lifetime=600 mi");
}

static void check_on_the_wire_teaches_the_address(void **state) {
    scene *s = *state;
    scene_allocate(s, 0);
    feed_send(s, 100, PEER, CHECK);
    feed_udp(s, 101, ON_WIRE, PEER, CHECK);
    feed_udp(s, 110, PEER, ON_WIRE, "binding success 101 mi");
    feed_udp_bytes(s, 120, ON_WIRE, PEER, media, 10);
    feed_udp_bytes(s, 130, PEER, ON_WIRE, media, 4);
    const turn_session *session = session_at(s, 0);

    assert_address(&session->relay_local, ON_WIRE);
    assert_address(&session->relay_public, RELAYED);
    assert_int_equal(session->peers->len, 1);
    assert_int_equal(peer_at(session, 0)->path.to_peer.requests, 1);
    assert_int_equal(peer_at(session, 0)->path.to_peer.retransmissions, 0);
    assert_int_equal(peer_at(session, 0)->path.to_peer.successes, 1);
    assert_int_equal(peer_at(session, 0)->relay_to.bytes, 10);
    assert_int_equal(peer_at(session, 0)->relay_from.bytes, 4);
    assert_int_equal(scene_model(s)->pairs->len, 0);
}

static void answer_on_the_wire_teaches_the_address(void **state) {
    scene *s = *state;
    scene_allocate(s, 0);
    feed_send(s, 100, PEER, CHECK);
    feed_udp(s, 110, PEER, ON_WIRE, "binding success 101 mi");

    assert_address(&session_at(s, 0)->relay_local, ON_WIRE);
    assert_int_equal(peer_at(session_at(s, 0), 0)->path.to_peer.successes, 1);
}

static void data_teaches_the_address_where_nobody_checks(void **state) {
    scene *s = *state;
    scene_allocate(s, 0);
    feed_send_bytes(s, 100, PEER, 10);
    feed_udp_bytes(s, 101, ON_WIRE, PEER, media, 10);

    assert_address(&session_at(s, 0)->relay_local, ON_WIRE);
    assert_int_equal(peer_at(session_at(s, 0), 0)->path.to_peer.packets, 1);
    assert_int_equal(peer_at(session_at(s, 0), 0)->relay_to.packets, 1);
}

static void nothing_is_learned(scene *s) {
    assert_int_equal(session_at(s, 0)->relay_local.family, STUN_FAMILY_NONE);
    assert_int_equal(peer_at(session_at(s, 0), 0)->relay_to.packets, 0);
}

static void port_alone_teaches_nothing(void **state) {
    scene *s = *state;
    scene_allocate(s, 0);
    feed_send_bytes(s, 100, PEER, 10);
    feed_udp_bytes(s, 101, ON_WIRE, OTHER, media, 10);
    nothing_is_learned(s);
}

static void another_port_of_the_peer_teaches_nothing(void **state) {
    scene *s = *state;
    scene_allocate(s, 0);
    feed_send_bytes(s, 100, PEER, 10);
    feed_udp_bytes(s, 101, ON_WIRE, "203.0.113.9:50001", media, 10);
    nothing_is_learned(s);
}

static void check_of_another_transaction_teaches_nothing(void **state) {
    scene *s = *state;
    scene_allocate(s, 0);
    feed_send(s, 100, PEER, CHECK);
    feed_udp(s, 101, ON_WIRE, PEER, "binding request 102 user=b:a priority=1 mi");
    feed_udp_bytes(s, 110, ON_WIRE, PEER, media, 10);
    nothing_is_learned(s);
}

/* The client sends directly, by accident from a port of the same number. */
static void client_is_not_the_server(void **state) {
    scene *s = *state;
    scene_allocate(s, 0);
    feed_send_bytes(s, 100, PEER, 10);
    feed_udp_bytes(s, 101, "10.1.1.10:24000", PEER, media, 10);
    nothing_is_learned(s);
}

static void data_before_the_client_sent_any_teaches_nothing(void **state) {
    scene *s = *state;
    scene_allocate(s, 0);
    feed_data_bytes(s, 100, PEER, 10);
    feed_udp_bytes(s, 101, PEER, ON_WIRE, media, 10);
    nothing_is_learned(s);
}

static void released_address_teaches_nothing(void **state) {
    scene *s = *state;
    scene_allocate(s, 0);
    feed_send_bytes(s, 100, PEER, 10);
    feed_udp(s, 200, CLIENT, SERVER, "refresh request 3 lifetime=0 " CREDENTIALS);
    feed_udp(s, 210, SERVER, CLIENT, "refresh success 3 lifetime=0 mi");
    feed_udp_bytes(s, 300, ON_WIRE, PEER, media, 10);
    nothing_is_learned(s);
}

static void one_session_teaches_the_address_of_all(void **state) {
    scene *s = *state;
    scene_allocate(s, 0);
    feed_send(s, 100, PEER, CHECK);
    feed_udp(s, 101, ON_WIRE, PEER, CHECK);
    allocate_2(s, 200);
    feed_udp(s, 300, OTHER, ON_WIRE_2, "binding request 201 user=c:d priority=1 mi");

    assert_address(&peer_at(session_at(s, 1), 0)->address, OTHER);
    assert_int_equal(peer_at(session_at(s, 1), 0)->path.from_peer.requests, 1);
    assert_address(&session_at(s, 1)->relay_local, ON_WIRE_2);
}

static void sessions_before_learn_it_too(void **state) {
    scene *s = *state;
    scene_allocate(s, 0);
    allocate_2(s, 50);
    feed_send(s, 100, PEER, CHECK);
    feed_udp(s, 101, ON_WIRE, PEER, CHECK);
    feed_udp(s, 300, OTHER, ON_WIRE_2, "binding request 201 user=c:d priority=1 mi");

    assert_int_equal(peer_at(session_at(s, 1), 0)->path.from_peer.requests, 1);
}

static void address_that_was_handed_out_keeps_its_session(void **state) {
    scene *s = *state;
    scene_allocate(s, 0);
    feed_udp(s, 50, CLIENT_2, SERVER, "allocate request 5 transport=17 " CREDENTIALS);
    feed_udp(s, 60, SERVER, CLIENT_2, "allocate success 5 relayed=" ON_WIRE " lifetime=600 mi");
    feed_send(s, 100, PEER, CHECK);
    feed_udp(s, 101, ON_WIRE, PEER, CHECK);

    assert_int_equal(session_at(s, 0)->relay_local.family, STUN_FAMILY_NONE);
    assert_int_equal(peer_at(session_at(s, 1), 0)->path.to_peer.requests, 1);
}

/* A capture in front of the NAT and behind it has each packet twice. */
static void packet_seen_under_both_addresses_counts_once(void **state) {
    scene *s = *state;
    scene_allocate(s, 0);
    feed_send(s, 100, PEER, CHECK);
    feed_udp(s, 101, ON_WIRE, PEER, CHECK);
    feed_udp(s, 102, RELAYED, PEER, CHECK);
    feed_udp_bytes(s, 110, ON_WIRE, PEER, media, 10);
    feed_udp_bytes(s, 111, RELAYED, PEER, media, 10);

    assert_int_equal(session_at(s, 0)->peers->len, 1);
    assert_int_equal(peer_at(session_at(s, 0), 0)->relay_to.packets, 1);
    assert_int_equal(scene_model(s)->pairs->len, 0);
}

static void two_relays(scene *s) {
    scene_allocate(s, 0);
    allocate_2(s, 50);
    feed_send(s, 100, RELAYED_2, CHECK);
    feed_udp(s, 101, ON_WIRE, RELAYED_2, CHECK);
}

static void what_leaves_for_the_own_public_address_has_not_arrived(void **state) {
    scene *s = *state;
    two_relays(s);
    const turn_peer *peer = peer_at(session_at(s, 0), 0);

    assert_int_equal(peer->reflection.sent, 1);
    assert_int_equal(peer->reflection.returned, 0);
    assert_ptr_equal(peer->relay, session_at(s, 1));
    assert_int_equal(session_at(s, 1)->peers->len, 0);
}

static void what_the_firewall_reflects_arrives(void **state) {
    scene *s = *state;
    two_relays(s);
    feed_udp(s, 102, RELAYED, ON_WIRE_2, CHECK);
    const turn_peer *there = peer_at(session_at(s, 0), 0);
    const turn_peer *back = peer_at(session_at(s, 1), 0);

    assert_int_equal(there->reflection.sent, 1);
    assert_int_equal(there->reflection.returned, 1);
    assert_int_equal(there->reflection.same_host, 0);
    assert_int_equal(there->path.to_peer.requests, 1);
    assert_address(&back->address, RELAYED);
    assert_int_equal(back->path.from_peer.requests, 1);
    assert_ptr_equal(back->relay, session_at(s, 0));
    assert_int_equal(session_at(s, 0)->peers->len, 1);
    assert_int_equal(session_at(s, 1)->peers->len, 1);
}

static void what_comes_back_with_equal_hosts_does_not_arrive(void **state) {
    scene *s = *state;
    two_relays(s);
    feed_udp(s, 102, ON_WIRE, ON_WIRE_2, CHECK);
    const turn_peer *peer = peer_at(session_at(s, 0), 0);

    assert_int_equal(peer->reflection.sent, 1);
    assert_int_equal(peer->reflection.returned, 1);
    assert_int_equal(peer->reflection.same_host, 1);
    assert_int_equal(session_at(s, 1)->peers->len, 0);
}

/* Another session has shown the address on the wire. */
static void what_the_server_delivers_itself_arrives(void **state) {
    scene *s = *state;
    scene_allocate(s, 0);
    allocate_2(s, 50);
    feed_send(s, 60, PEER, "binding request 301 user=e:f priority=1 mi");
    feed_udp(s, 61, ON_WIRE, PEER, "binding request 301 user=e:f priority=1 mi");
    feed_send(s, 100, RELAYED_2, CHECK);
    feed_udp(s, 101, ON_WIRE, ON_WIRE_2, CHECK);
    const turn_peer *there = peer_at(session_at(s, 0), 1);

    assert_address(&there->address, RELAYED_2);
    assert_int_equal(there->reflection.sent, 0);
    assert_int_equal(there->reflection.returned, 0);
    assert_int_equal(peer_at(session_at(s, 1), 0)->path.from_peer.requests, 1);
}

static void reflected_data_counts_once_on_each_side(void **state) {
    scene *s = *state;
    two_relays(s);
    feed_udp_bytes(s, 110, ON_WIRE, RELAYED_2, media, 10);
    feed_udp_bytes(s, 111, RELAYED, ON_WIRE_2, media, 10);

    assert_int_equal(peer_at(session_at(s, 0), 0)->relay_to.packets, 1);
    assert_int_equal(peer_at(session_at(s, 0), 0)->relay_from.packets, 0);
    assert_int_equal(peer_at(session_at(s, 1), 0)->relay_from.packets, 1);
}

static void peer_elsewhere_is_no_relay_of_the_server(void **state) {
    scene *s = *state;
    scene_allocate(s, 0);
    feed_udp(s, 50, CLIENT_2, "198.51.100.9:3478", "allocate request 5 transport=17 " CREDENTIALS);
    feed_udp(s, 60, "198.51.100.9:3478", CLIENT_2,
             "allocate success 5 relayed=198.51.100.9:24002 lifetime=600 mi");
    feed_send(s, 100, "198.51.100.9:24002", CHECK);

    assert_null(peer_at(session_at(s, 0), 0)->relay);
}

static void client_with_another_mapped_address_is_behind_nat(void **state) {
    scene *s = *state;
    scene_allocate(s, 0);
    allocate_2(s, 100);

    assert_true(turn_session_behind_nat(session_at(s, 0)));
    assert_false(turn_session_behind_nat(session_at(s, 1)));
}

static void servers_behind_nat_have_a_limit(void **state) {
    scene *s = *state;
    gint64 ms = 0;

    for (guint i = 0; i < TURN_MAX_NATS + 1; i++) {
        g_autofree char *client = g_strdup_printf("10.1.2.%u:40000", i + 1);
        g_autofree char *wire = g_strdup_printf("192.168.1.%u:%u", i + 1, 25000 + i);
        g_autofree char *peer = g_strdup_printf("203.0.113.%u:50000", i + 1);
        g_autofree char *answer = g_strdup_printf(
            "allocate success 5 relayed=198.51.100.%u:%u lifetime=600 mi", i + 1, 25000 + i);
        g_autofree char *send = g_strdup_printf("send indication 9 peer=%s", peer);
        message whole = message_of(send);

        feed_udp(s, ms++, client, SERVER, "allocate request 5 transport=17 " CREDENTIALS);
        feed_udp(s, ms++, SERVER, client, answer);
        message_add(&whole, STUN_ATTR_DATA, media, sizeof media);
        feed_udp_bytes(s, ms++, client, SERVER, whole.bytes, whole.length);
        feed_udp_bytes(s, ms++, wire, peer, media, sizeof media);
    }
    assert_int_equal(session_at(s, TURN_MAX_NATS - 1)->relay_local.family, STUN_FAMILY_IPV4);
    assert_int_equal(session_at(s, TURN_MAX_NATS)->relay_local.family, STUN_FAMILY_NONE);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, setup, teardown)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(check_on_the_wire_teaches_the_address),
        TEST(answer_on_the_wire_teaches_the_address),
        TEST(data_teaches_the_address_where_nobody_checks),
        TEST(port_alone_teaches_nothing),
        TEST(another_port_of_the_peer_teaches_nothing),
        TEST(check_of_another_transaction_teaches_nothing),
        TEST(client_is_not_the_server),
        TEST(data_before_the_client_sent_any_teaches_nothing),
        TEST(released_address_teaches_nothing),
        TEST(one_session_teaches_the_address_of_all),
        TEST(sessions_before_learn_it_too),
        TEST(address_that_was_handed_out_keeps_its_session),
        TEST(packet_seen_under_both_addresses_counts_once),
        TEST(what_leaves_for_the_own_public_address_has_not_arrived),
        TEST(what_the_firewall_reflects_arrives),
        TEST(what_comes_back_with_equal_hosts_does_not_arrive),
        TEST(what_the_server_delivers_itself_arrives),
        TEST(reflected_data_counts_once_on_each_side),
        TEST(peer_elsewhere_is_no_relay_of_the_server),
        TEST(client_with_another_mapped_address_is_behind_nat),
        TEST(servers_behind_nat_have_a_limit),
    };
    return cmocka_run_group_tests_name("tracker_relay", tests, NULL, NULL);
}
