/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "support/scene.h"

#define ATTEMPT   "attempt indication 8 connection=0x01020304 peer=" PEER
#define BIND      "bind request 9 connection=0x01020304 " CREDENTIALS
#define UNRELATED "192.0.2.77:7777"

static int setup(void **state) {
    *state = scene_new();
    return 0;
}

static int teardown(void **state) {
    scene_free(*state);
    return 0;
}

static turn_place find(const scene *s, turn_transport transport, const char *from, const char *to) {
    const turn_flow flow = {
        .transport = transport, .source = address_of(from), .destination = address_of(to)};

    return turn_tracker_find(s->tracker, &flow);
}

static void assert_same_place(turn_place a, turn_place b) {
    assert_ptr_equal(a.session, b.session);
    assert_ptr_equal(a.connection, b.connection);
    assert_ptr_equal(a.peer, b.peer);
    assert_ptr_equal(a.pair, b.pair);
}

static void assert_nowhere(turn_place place) {
    assert_same_place(place, (turn_place){.session = NULL});
}

static void assert_address(const stun_address *address, const char *expected) {
    const stun_address wanted = address_of(expected);

    assert_true(stun_address_equal(address, &wanted));
}

static void attempt_and_bind(scene *s) {
    scene_allocate_tcp(s, 0);
    feed_unit(s, 1000, SERVER, CLIENT, ATTEMPT);
    scene_connect(s, 1100, DATA_END);
    feed_unit(s, 1120, DATA_END, SERVER, BIND);
    feed_unit(s, 1130, SERVER, DATA_END, "bind success 9 mi");
}

static void control_flow_leads_to_its_session(void **state) {
    scene *s = *state;
    turn_place there;

    scene_allocate(s, 0);
    there = find(s, TURN_TRANSPORT_UDP, CLIENT, SERVER);
    assert_same_place(there, find(s, TURN_TRANSPORT_UDP, SERVER, CLIENT));
    assert_null(there.connection);
    assert_null(there.peer);
    assert_null(there.pair);
    assert_nowhere(find(s, TURN_TRANSPORT_TCP, CLIENT, SERVER));
    assert_ptr_equal(there.session, scene_session(s));
}

static void data_connection_leads_to_connection_and_peer(void **state) {
    scene *s = *state;
    turn_place control;
    turn_place there;

    attempt_and_bind(s);
    control = find(s, TURN_TRANSPORT_TCP, CLIENT, SERVER);
    there = find(s, TURN_TRANSPORT_TCP, DATA_END, SERVER);
    assert_same_place(there, find(s, TURN_TRANSPORT_TCP, SERVER, DATA_END));
    assert_non_null(control.session);
    assert_null(control.connection);
    assert_ptr_equal(there.session, control.session);
    assert_int_equal(there.connection->id, 0x01020304);
    assert_ptr_equal(there.peer, there.connection->peer);
    assert_address(&there.peer->address, PEER);
    assert_null(there.pair);
}

static void data_connection_leads_nowhere_before_its_bind(void **state) {
    scene *s = *state;

    scene_allocate_tcp(s, 0);
    feed_unit(s, 1000, SERVER, CLIENT, ATTEMPT);
    scene_connect(s, 1100, DATA_END);
    assert_nowhere(find(s, TURN_TRANSPORT_TCP, DATA_END, SERVER));
}

static void relay_leg_leads_to_session_and_peer(void **state) {
    scene *s = *state;
    turn_place there;

    scene_allocate(s, 0);
    feed_send_bytes(s, 100, PEER, 100);
    feed_udp_bytes(s, 110, RELAYED, PEER, "media of a peer", 15);
    there = find(s, TURN_TRANSPORT_UDP, RELAYED, PEER);
    assert_same_place(there, find(s, TURN_TRANSPORT_UDP, PEER, RELAYED));
    assert_address(&there.peer->address, PEER);
    assert_null(there.connection);
    assert_null(there.pair);
    assert_ptr_equal(there.session, scene_session(s));
}

static void relay_leg_of_an_unknown_peer_leads_to_the_session(void **state) {
    scene *s = *state;
    turn_place there;

    scene_allocate(s, 0);
    there = find(s, TURN_TRANSPORT_UDP, UNRELATED, RELAYED);
    assert_non_null(there.session);
    assert_null(there.peer);
    assert_int_equal(there.session->peers->len, 0);
}

static void pair_of_a_relayed_address_leads_to_the_session_later(void **state) {
    scene *s = *state;
    turn_place there;

    feed_udp(s, 0, PEER, RELAYED, "binding request 1 user=b:a priority=1 mi");
    assert_non_null(find(s, TURN_TRANSPORT_UDP, PEER, RELAYED).pair);
    scene_allocate(s, 100);
    feed_send_bytes(s, 200, PEER, 100);
    there = find(s, TURN_TRANSPORT_UDP, PEER, RELAYED);
    assert_ptr_equal(there.session, scene_session(s));
    assert_address(&there.peer->address, PEER);
    assert_null(there.pair);
}

static void checks_outside_sessions_lead_to_their_pair(void **state) {
    scene *s = *state;
    turn_place there;

    feed_udp(s, 0, CLIENT, PEER, "binding request 1 user=b:a priority=1 mi");
    there = find(s, TURN_TRANSPORT_UDP, CLIENT, PEER);
    assert_same_place(there, find(s, TURN_TRANSPORT_UDP, PEER, CLIENT));
    assert_null(there.session);
    assert_null(there.peer);
    assert_address(&there.pair->a, CLIENT);
    assert_address(&there.pair->b, PEER);
}

static void unknown_flow_leads_nowhere(void **state) {
    scene *s = *state;

    assert_nowhere(find(s, TURN_TRANSPORT_UDP, CLIENT, SERVER));
    scene_allocate(s, 0);
    assert_nowhere(find(s, TURN_TRANSPORT_UDP, UNRELATED, PEER));
    assert_nowhere(find(s, TURN_TRANSPORT_UDP, CLIENT, UNRELATED));
}

static void connection_is_found_by_id_and_server(void **state) {
    scene *s = *state;
    const stun_address server = address_of(SERVER);
    const stun_address other = address_of("198.51.100.2:3478");
    const turn_connection *first;
    const turn_connection *second;

    scene_allocate_tcp(s, 0);
    assert_null(turn_tracker_find_connection(s->tracker, &server, 0x01020304));
    feed_unit(s, 1000, SERVER, CLIENT, ATTEMPT);
    first = turn_tracker_find_connection(s->tracker, &server, 0x01020304);
    assert_int_equal(first->attempt.frame, s->frame);
    assert_address(&first->peer->address, PEER);
    assert_null(turn_tracker_find_connection(s->tracker, &server, 0x01020305));
    assert_null(turn_tracker_find_connection(s->tracker, &other, 0x01020304));
    feed_unit(s, 90000, SERVER, CLIENT, ATTEMPT);
    second = turn_tracker_find_connection(s->tracker, &server, 0x01020304);
    assert_ptr_not_equal(first, second);
    assert_int_equal(second->attempt.frame, s->frame);
}

/* What an observer of units was told. */
typedef struct told {
    const scene *s;
    guint units;
    guint32 frame;
    gboolean opaque;
    gsize length;
    gboolean session_known; /* when the unit came */
} told;

static void note_unit(gpointer data, const turn_packet *packet, const turn_unit *unit) {
    told *self = data;

    self->units++;
    self->frame = packet->frame;
    self->opaque = unit->opaque;
    self->length = unit->length;
    self->session_known = turn_tracker_find(self->s->tracker, &packet->flow).session != NULL;
}

static void observer_is_told_of_every_unit_first(void **state) {
    scene *s = *state;
    told heard = {.s = s};

    turn_tracker_observe_units(s->tracker, note_unit, &heard);
    feed_unit(s, 0, CLIENT, SERVER, "allocate request 1 transport=6");
    assert_int_equal(heard.units, 1);
    assert_int_equal(heard.frame, 1);
    assert_int_equal(heard.length, 28);
    assert_false(heard.session_known);
    feed_unit(s, 10, SERVER, CLIENT, "allocate error 1 error=401 realm=example.org nonce=n1");
    assert_true(heard.session_known);
    feed_opaque(s, 20, UNRELATED, PEER, 40);
    assert_int_equal(heard.units, 3);
    assert_true(heard.opaque);
    assert_int_equal(heard.length, 40);
    feed_framed_bytes(s, 30, UNRELATED, PEER, "framed", 6);
    assert_int_equal(heard.units, 4);
    feed_udp(s, 40, CLIENT, SERVER, "binding request 4");
    assert_int_equal(heard.units, 4);
    turn_tracker_observe_units(s->tracker, NULL, NULL);
    feed_opaque(s, 50, UNRELATED, PEER, 40);
    assert_int_equal(heard.units, 4);
}

#define FIND_TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void) {
    const struct CMUnitTest tests[] = {
        FIND_TEST(control_flow_leads_to_its_session),
        FIND_TEST(data_connection_leads_to_connection_and_peer),
        FIND_TEST(data_connection_leads_nowhere_before_its_bind),
        FIND_TEST(relay_leg_leads_to_session_and_peer),
        FIND_TEST(relay_leg_of_an_unknown_peer_leads_to_the_session),
        FIND_TEST(pair_of_a_relayed_address_leads_to_the_session_later),
        FIND_TEST(checks_outside_sessions_lead_to_their_pair),
        FIND_TEST(unknown_flow_leads_nowhere),
        FIND_TEST(connection_is_found_by_id_and_server),
        FIND_TEST(observer_is_told_of_every_unit_first),
    };

    return cmocka_run_group_tests_name("tracker_find", tests, NULL, NULL);
}
