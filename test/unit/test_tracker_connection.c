/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "support/addresses.h"
#include "support/scene.h"

#define BIND "bind request 9 connection=0x01020304 " CREDENTIALS

static int setup(void **state) {
    *state = scene_new();
    scene_allocate_tcp(*state, 0);
    return 0;
}

static int setup_empty(void **state) {
    *state = scene_new();
    return 0;
}

static int teardown(void **state) {
    scene_free(*state);
    return 0;
}

static const turn_connection *only_connection(scene *s) {
    assert_int_equal(scene_session(s)->connections->len, 1);
    return g_ptr_array_index(scene_session(s)->connections, 0);
}

/* Frame 8. */
static void attempt(scene *s, gint64 ms) {
    feed_unit(s, ms, SERVER, CLIENT, "attempt indication 8 connection=0x01020304 peer=" PEER);
}

/* Frames 9 to 13: handshake, bind and its success, 30 ms after MS. */
static void bind(scene *s, gint64 ms) {
    scene_connect(s, ms, DATA_END);
    feed_unit(s, ms + 20, DATA_END, SERVER, BIND);
    feed_unit(s, ms + 30, SERVER, DATA_END, "bind success 9 mi");
}

static void attempt_and_bind_are_joined_across_connections(void **state) {
    scene *s = *state;
    attempt(s, 1000);
    bind(s, 1100);
    const turn_connection *connection = only_connection(s);

    assert_true(connection->has_id);
    assert_int_equal(connection->id, 0x01020304);
    assert_true(connection->initiated_by_peer);
    assert_address(&connection->peer->address, PEER);
    assert_int_equal(connection->peer->via, TURN_VIA_CONNECTION);
    assert_int_equal(connection->attempt.frame, 8);
    assert_int_equal(connection->bind.frame, 12);
    assert_int_equal(connection->bind_answer.frame, 13);
    assert_int_equal(connection->outcome, TURN_OUTCOME_SUCCESS);
    assert_address(&connection->data_connection, DATA_END);
    assert_int_equal(connection->tcp->first_syn.frame, 9);
    assert_int_equal(scene_session(s)->tcp->first_syn.frame, 1);
}

static void connect_and_bind_are_joined_across_connections(void **state) {
    scene *s = *state;
    feed_unit(s, 1000, CLIENT, SERVER, "connect request 3 peer=" PEER " " CREDENTIALS);
    feed_unit(s, 1050, SERVER, CLIENT, "connect success 3 connection=0x01020304 mi");
    bind(s, 1100);
    const turn_connection *connection = only_connection(s);

    assert_false(connection->initiated_by_peer);
    assert_address(&connection->peer->address, PEER);
    assert_int_equal(connection->attempt.frame, 9);
    assert_int_equal(connection->outcome, TURN_OUTCOME_SUCCESS);
}

static void connect_refused_is_a_failure_with_its_peer(void **state) {
    scene *s = *state;
    feed_unit(s, 1000, CLIENT, SERVER, "connect request 3 peer=" PEER " " CREDENTIALS);
    feed_unit(s, 31000, SERVER, CLIENT, "connect error 3 error=447");
    const GArray *failures = scene_session(s)->connect_failures;
    const turn_connect_failure *failure = &g_array_index(failures, turn_connect_failure, 0);

    assert_int_equal(failures->len, 1);
    assert_int_equal(failure->code, 447);
    assert_address(&failure->peer, PEER);
    assert_int_equal(failure->request.frame, 8);
    assert_int_equal(failure->response.frame, 9);
}

static void id_of_another_server_is_another_connection(void **state) {
    scene *s = *state;
    attempt(s, 1000);
    feed_unit(s, 1100, DATA_END, "198.51.100.2:3478", BIND);
    const turn_session *first = g_ptr_array_index(scene_model(s)->sessions, 0);
    const turn_connection *connection = g_ptr_array_index(first->connections, 0);

    assert_int_equal(scene_model(s)->sessions->len, 2);
    assert_int_equal(connection->bind.frame, 0);
    assert_int_equal(connection->outcome, TURN_OUTCOME_UNSEEN);
}

static void id_after_a_minute_is_another_connection(void **state) {
    scene *s = *state;
    attempt(s, 1000);
    feed_unit(s, 61001, DATA_END, SERVER, BIND);
    const GPtrArray *connections = scene_session(s)->connections;
    const turn_connection *first = g_ptr_array_index(connections, 0);
    const turn_connection *second = g_ptr_array_index(connections, 1);

    assert_int_equal(connections->len, 2);
    assert_int_equal(first->bind.frame, 0);
    assert_int_equal(second->bind.frame, 9);
    assert_int_equal(second->attempt.frame, 0);
}

static void id_used_again_joins_the_latest_attempt(void **state) {
    scene *s = *state;
    attempt(s, 1000);
    feed_unit(s, 20000, SERVER, CLIENT, "attempt indication 8 connection=0x01020304 peer=" OTHER);
    feed_unit(s, 20100, DATA_END, SERVER, BIND);
    const turn_connection *first = g_ptr_array_index(scene_session(s)->connections, 0);
    const turn_connection *second = g_ptr_array_index(scene_session(s)->connections, 1);

    assert_int_equal(first->bind.frame, 0);
    assert_int_equal(second->bind.frame, 10);
    assert_address(&second->peer->address, OTHER);
}

static void bind_after_a_challenge_is_bound(void **state, const char *challenge) {
    scene *s = *state;
    attempt(s, 1000);
    scene_connect(s, 1100, DATA_END);
    feed_unit(s, 1120, DATA_END, SERVER, "bind request 9 connection=0x01020304");
    feed_unit(s, 1130, SERVER, DATA_END, challenge);
    feed_unit(s, 1140, DATA_END, SERVER,
              "bind request 10 connection=0x01020304 user=alice realm=example.org nonce=n2 mi");
    feed_unit(s, 1150, SERVER, DATA_END, "bind success 10 mi");
    const turn_connection *connection = only_connection(s);

    assert_int_equal(connection->outcome, TURN_OUTCOME_SUCCESS);
    assert_int_equal(connection->bind.frame, 12);
    assert_int_equal(connection->bind_answer.frame, 15);
    assert_int_equal(connection->code, 0);
    assert_int_equal(scene_session(s)->rejections->len, 0);
}

static void bind_after_401_is_bound(void **state) {
    bind_after_a_challenge_is_bound(state, "bind error 9 error=401 realm=example.org nonce=n2");
}

static void bind_after_438_is_bound(void **state) {
    bind_after_a_challenge_is_bound(state, "bind error 9 error=438 realm=example.org nonce=n2");
}

static void bind_challenged_only_is_challenged(void **state) {
    scene *s = *state;
    attempt(s, 1000);
    feed_unit(s, 1120, DATA_END, SERVER, "bind request 9 connection=0x01020304");
    feed_unit(s, 1130, SERVER, DATA_END, "bind error 9 error=401 realm=example.org nonce=n2");

    assert_int_equal(only_connection(s)->outcome, TURN_OUTCOME_CHALLENGED);
}

static void bind_refused_keeps_its_code(void **state) {
    scene *s = *state;
    attempt(s, 1000);
    feed_unit(s, 1120, DATA_END, SERVER, BIND);
    feed_unit(s, 1130, SERVER, DATA_END, "bind error 9 error=400");

    assert_int_equal(only_connection(s)->outcome, TURN_OUTCOME_REJECTED);
    assert_int_equal(only_connection(s)->code, 400);
    assert_int_equal(only_connection(s)->bind_answer.frame, 10);
}

static void bind_unanswered_is_unanswered(void **state) {
    scene *s = *state;
    attempt(s, 1000);
    feed_unit(s, 1120, DATA_END, SERVER, BIND);

    assert_int_equal(only_connection(s)->outcome, TURN_OUTCOME_UNANSWERED);
}

static void bound_framed_units_carry_checks_and_data(void **state) {
    scene *s = *state;
    attempt(s, 1000);
    bind(s, 1100);
    feed_framed(s, 1200, SERVER, DATA_END, "binding request 21 user=a:b priority=1 mi");
    feed_framed(s, 1210, DATA_END, SERVER, "binding success 21 mi");
    feed_framed_bytes(s, 1300, DATA_END, SERVER, "\x80\x01\x02\x03", 4);
    const turn_connection *connection = only_connection(s);
    const turn_path *path = &connection->peer->path;

    assert_int_equal(path->from_peer.requests, 1);
    assert_int_equal(path->from_peer.successes, 1);
    assert_int_equal(path->to_peer.packets, 1);
    assert_int_equal(path->to_peer.bytes, 4);
    /* 20 bytes of header, then USERNAME 8, PRIORITY 8 and MESSAGE-INTEGRITY 24. */
    assert_int_equal(connection->bytes_from_peer, 60);
    assert_int_equal(connection->bytes_to_peer, 44 + 4);
    assert_int_equal(scene_model(s)->pairs->len, 0);
}

static void bound_opaque_units_are_counted(void **state) {
    scene *s = *state;
    attempt(s, 1000);
    bind(s, 1100);
    feed_opaque(s, 1200, DATA_END, SERVER, 70);
    feed_opaque(s, 1210, SERVER, DATA_END, 1000);

    assert_int_equal(only_connection(s)->bytes_to_peer, 70);
    assert_int_equal(only_connection(s)->bytes_from_peer, 1000);
    assert_int_equal(only_connection(s)->peer->path.to_peer.bytes, 70);
    assert_true(turn_session_works(scene_session(s)));
}

static void bound_opaque_bytes_that_look_like_stun_are_data(void **state) {
    scene *s = *state;
    attempt(s, 1000);
    bind(s, 1100);
    const turn_packet packet = scene_packet(s, 1200, TURN_TRANSPORT_TCP, DATA_END, SERVER);
    const message made = message_of("binding request 21 user=b:a");
    const turn_unit unit = {
        .opaque = TRUE, .bytes = made.bytes, .captured = made.length, .length = made.length};
    turn_tracker_unit(s->tracker, &packet, &unit);

    assert_int_equal(only_connection(s)->peer->path.to_peer.requests, 0);
    assert_int_equal(only_connection(s)->peer->path.to_peer.packets, 1);
}

static void bound_before_the_capture_joins_the_clients_session(void **state) {
    scene *s = *state;
    feed_framed(s, 1200, SERVER, DATA_END, "binding request 21 user=a:b priority=1 mi");
    const turn_connection *connection = only_connection(s);

    assert_int_equal(connection->outcome, TURN_OUTCOME_SUCCESS);
    assert_false(connection->has_id);
    assert_int_equal(connection->bind.frame, 0);
    assert_address(&connection->data_connection, DATA_END);
    assert_int_equal(connection->peer->path.from_peer.requests, 1);
}

static void bound_before_the_capture_has_a_session_of_its_own(void **state) {
    scene *s = *state;
    feed_framed(s, 0, DATA_END, SERVER, "binding request 21 user=a:b priority=1 mi");

    assert_int_equal(scene_session(s)->relay_protocol, 6);
    assert_int_equal(only_connection(s)->peer->path.to_peer.requests, 1);
    assert_null(scene_session(s)->tcp);
}

static void framed_checks_off_any_turn_port_are_a_pair(void **state) {
    scene *s = *state;
    feed_framed(s, 0, CLIENT, PEER, "binding request 21 user=a:b priority=1 mi");

    assert_int_equal(scene_model(s)->sessions->len, 0);
    assert_int_equal(scene_model(s)->pairs->len, 1);
}

static void opener_without_a_syn_is_the_client_of_the_session(void **state) {
    static const char web[] = "198.51.100.1:443"; /* not known as a TURN port */
    scene *s = *state;
    feed_tcp(s, 0, web, CLIENT, TURN_TCP_ESTABLISHED);
    feed_unit(s, 10, CLIENT, web, "refresh request 1 lifetime=600 " CREDENTIALS);
    const guint32 fin = feed_tcp(s, 20, CLIENT, web, TURN_TCP_FIN);
    feed_tcp(s, 30, web, CLIENT, TURN_TCP_RESET);
    const turn_tcp *tcp = scene_session(s)->tcp;

    assert_non_null(tcp);
    assert_int_equal(tcp->flow.source.port, 40000);
    assert_int_equal(tcp->opener_fin.frame, fin);
    assert_int_equal(tcp->listener_fin.frame, 0);
    assert_true(tcp->reset_by_listener);
}

static void syn_on_the_same_5_tuple_opens_another_session(void **state) {
    scene *s = *state;
    feed_tcp(s, 2000, CLIENT, SERVER, TURN_TCP_FIN);
    feed_tcp(s, 2010, SERVER, CLIENT, TURN_TCP_FIN);
    scene_allocate_tcp(s, 60000);
    const GPtrArray *sessions = scene_model(s)->sessions;
    const turn_session *second = g_ptr_array_index(sessions, 1);

    assert_int_equal(sessions->len, 2);
    assert_int_equal(second->allocated.frame, 16);
    assert_int_equal(second->tcp->first_syn.frame, 10);
}

static void syn_on_the_same_5_tuple_leaves_the_old_connection_to_its_session(void **state) {
    scene *s = *state;
    feed_tcp(s, 2000, CLIENT, SERVER, TURN_TCP_FIN);
    scene_allocate_tcp(s, 60000);
    const turn_session *first = g_ptr_array_index(scene_model(s)->sessions, 0);

    assert_int_equal(first->tcp->first_syn.frame, 1);
    assert_int_equal(first->tcp->opener_fin.frame, 8);
}

static void syn_repeated_before_its_answer_is_one_connection(void **state) {
    scene *s = *state;
    feed_tcp(s, 0, CLIENT, SERVER, TURN_TCP_SYN);
    feed_tcp(s, 1000, CLIENT, SERVER, TURN_TCP_SYN);
    feed_tcp(s, 3000, CLIENT, SERVER, TURN_TCP_SYN);

    assert_int_equal(scene_session(s)->tcp->syns, 3);
    assert_int_equal(scene_session(s)->tcp->first_syn.frame, 1);
    assert_int_equal(scene_session(s)->tcp->last_syn.frame, 3);
}

static void syn_copied_by_a_mirror_is_counted_once(void **state) {
    scene *s = *state;
    s->identity = 5;
    feed_tcp(s, 0, CLIENT, SERVER, TURN_TCP_SYN);
    feed_tcp(s, 1, CLIENT, SERVER, TURN_TCP_SYN);

    assert_int_equal(scene_session(s)->tcp->syns, 1);
}

static void syn_unanswered_after_an_attempt_is_its_data_connection(void **state) {
    scene *s = *state;
    attempt(s, 1000);
    feed_tcp(s, 1100, DATA_END, SERVER, TURN_TCP_SYN);
    feed_tcp(s, 2100, DATA_END, SERVER, TURN_TCP_SYN);

    assert_address(&only_connection(s)->data_connection, DATA_END);
    assert_int_equal(only_connection(s)->tcp->syns, 2);
}

static void connection_to_a_turn_port_with_tls_is_a_session(void **state) {
    scene *s = *state;
    scene_connect(s, 0, CLIENT);
    feed_tcp(s, 20, CLIENT, SERVER, TURN_TCP_TLS);

    assert_int_equal(scene_session(s)->protocol, TURN_PROTOCOL_TLS);
    assert_int_equal(scene_session(s)->first.frame, 1);
}

static void connection_off_the_turn_ports_with_tls_is_none(void **state) {
    scene *s = *state;
    feed_tcp(s, 0, CLIENT, "198.51.100.1:443", TURN_TCP_SYN);
    feed_tcp(s, 20, CLIENT, "198.51.100.1:443", TURN_TCP_TLS);

    assert_int_equal(scene_model(s)->sessions->len, 0);
}

static void gap_is_counted_for_its_session(void **state) {
    scene *s = *state;
    const turn_packet packet = scene_packet(s, 1000, TURN_TRANSPORT_TCP, CLIENT, SERVER);
    const turn_packet elsewhere = scene_packet(s, 1001, TURN_TRANSPORT_TCP, CLIENT, PEER);

    turn_tracker_gap(s->tracker, &packet, 1400);
    turn_tracker_gap(s->tracker, &packet, 60);
    turn_tracker_gap(s->tracker, &elsewhere, 5);
    assert_int_equal(scene_session(s)->bytes_missing, 1460);
}

#define TEST(name)  cmocka_unit_test_setup_teardown(name, setup, teardown)
#define EMPTY(name) cmocka_unit_test_setup_teardown(name, setup_empty, teardown)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(attempt_and_bind_are_joined_across_connections),
        TEST(connect_and_bind_are_joined_across_connections),
        TEST(connect_refused_is_a_failure_with_its_peer),
        TEST(id_of_another_server_is_another_connection),
        TEST(id_after_a_minute_is_another_connection),
        TEST(id_used_again_joins_the_latest_attempt),
        TEST(bind_after_401_is_bound),
        TEST(bind_after_438_is_bound),
        TEST(bind_challenged_only_is_challenged),
        TEST(bind_refused_keeps_its_code),
        TEST(bind_unanswered_is_unanswered),
        TEST(bound_framed_units_carry_checks_and_data),
        TEST(bound_opaque_units_are_counted),
        TEST(bound_opaque_bytes_that_look_like_stun_are_data),
        TEST(bound_before_the_capture_joins_the_clients_session),
        EMPTY(bound_before_the_capture_has_a_session_of_its_own),
        EMPTY(framed_checks_off_any_turn_port_are_a_pair),
        EMPTY(opener_without_a_syn_is_the_client_of_the_session),
        TEST(syn_on_the_same_5_tuple_opens_another_session),
        TEST(syn_on_the_same_5_tuple_leaves_the_old_connection_to_its_session),
        EMPTY(syn_repeated_before_its_answer_is_one_connection),
        EMPTY(syn_copied_by_a_mirror_is_counted_once),
        TEST(syn_unanswered_after_an_attempt_is_its_data_connection),
        EMPTY(connection_to_a_turn_port_with_tls_is_a_session),
        EMPTY(connection_off_the_turn_ports_with_tls_is_none),
        TEST(gap_is_counted_for_its_session),
    };
    return cmocka_run_group_tests_name("tracker_connection", tests, NULL, NULL);
}
