/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "support/call.h"

static void udp_call_reaches_every_step(void **state) {
    g_autoptr(scene) s = scene_new();

    (void)state;
    feed_lines(s, udp_call, 0, UDP_CALL_LINES);
    expect_steps(s, "allocate-sent=1 challenged=2 credentials-sent=3 allocated=4 permission=6 "
                    "check-sent=7 check-answered=8 peer-check-answered=10 nominated=8 data=12");
    expect_stop(s, "complete");
}

static void tcp_call_reaches_every_step(void **state) {
    g_autoptr(scene) s = scene_new();

    (void)state;
    feed_lines(s, tcp_call, 0, TCP_CALL_LINES);
    expect_steps(s, "connected=2 allocate-sent=4 challenged=5 credentials-sent=6 allocated=7 "
                    "peer-connected=8 data-connection=10 bind-sent=12 bound=13 check-sent=14 "
                    "check-answered=15 peer-check-answered=17 nominated=15 data=19");
    expect_stop(s, "complete");
}

static void steps_before_the_capture_are_not_in_it(void **state) {
    g_autoptr(scene) s = scene_new();

    (void)state;
    feed_lines(s, udp_call, 4, UDP_CALL_LINES);
    expect_steps(s, "allocate-sent? challenged? credentials-sent? allocated? permission=2 "
                    "check-sent=3 check-answered=4 peer-check-answered=6 nominated=4 data=8");
}

static void authenticated_allocate_proves_the_challenge(void **state) {
    g_autoptr(scene) s = scene_new();

    (void)state;
    feed_lines(s, udp_call, 2, 3);
    feed_udp(s, 45, SERVER, CLIENT, "allocate error 2 error=431");
    expect_steps(s, "allocate-sent? challenged? credentials-sent=1 allocated! permission- "
                    "check-sent- check-answered- peer-check-answered- nominated- data-");
}

static void refusal_alone_proves_the_request(void **state) {
    g_autoptr(scene) s = scene_new();

    (void)state;
    feed_udp(s, 0, SERVER, CLIENT, "allocate error 2 error=401 user=alice realm=example.org");
    expect_steps(s, "allocate-sent? challenged? credentials-sent? allocated! permission- "
                    "check-sent- check-answered- peer-check-answered- nominated- data-");
}

static void data_without_checks_has_no_steps_for_them(void **state) {
    g_autoptr(scene) s = scene_new();

    (void)state;
    feed_lines(s, udp_call, 0, 6);
    feed_lines(s, udp_call, 10, 12);
    expect_steps(s, "allocate-sent=1 challenged=2 credentials-sent=3 allocated=4 permission=6 "
                    "data=8");
    expect_stop(s, "complete");
}

static void server_without_credentials_has_no_steps_for_them(void **state) {
    g_autoptr(scene) s = scene_new();

    (void)state;
    feed_udp(s, 0, CLIENT, SERVER, "allocate request 1 transport=17");
    feed_udp(s, 10, SERVER, CLIENT, "allocate success 1 relayed=" RELAYED " lifetime=600");
    expect_steps(s, "allocate-sent=1 allocated=2 permission- check-sent- check-answered- "
                    "peer-check-answered- nominated- data-");
}

static void second_allocation_needs_no_second_challenge(void **state) {
    g_autoptr(scene) s = scene_new();
    g_autoptr(turn_stages) stages = NULL;
    g_autofree char *list = NULL;

    (void)state;
    scene_allocate(s, 0);
    feed_udp(s, 100, CLIENT, SERVER, "refresh request 3 lifetime=0 " CREDENTIALS);
    feed_udp(s, 110, SERVER, CLIENT, "refresh success 3 lifetime=0 mi");
    feed_udp(s, 200, CLIENT, SERVER, "allocate request 4 transport=17 " CREDENTIALS);
    feed_udp(s, 210, SERVER, CLIENT, "allocate success 4 relayed=" RELAYED " lifetime=600 mi");
    assert_int_equal(scene_model(s)->sessions->len, 2);
    stages = turn_stages_of_session(scene_model(s), g_ptr_array_index(s->model->sessions, 1));
    list = steps_text(stages);
    assert_string_equal(list, "credentials-sent=7 allocated=8 permission- check-sent- "
                              "check-answered- peer-check-answered- nominated- data-");
}

/* A Connect is a permission too. */
static void refused_permission_is_got_round_by_connect(void **state) {
    g_autoptr(scene) s = scene_new();

    (void)state;
    feed_lines(s, tcp_call, 0, 7);
    feed_unit(s, 100, CLIENT, SERVER, "permission request 3 peer=" PEER " " CREDENTIALS);
    feed_unit(s, 110, SERVER, CLIENT, "permission error 3 error=403");
    feed_unit(s, 120, CLIENT, SERVER, "connect request 5 peer=" PEER " " CREDENTIALS);
    feed_unit(s, 130, SERVER, CLIENT, "connect success 5 connection=7 mi");
    feed_other(s, 60000);
    expect_steps(s, "connected=2 allocate-sent=4 challenged=5 credentials-sent=6 allocated=7 "
                    "permission! peer-connected=11 data-connection- bind-sent- bound- check-sent- "
                    "check-answered- peer-check-answered- nominated- data-");
    expect_stop(s, "8/15 data-connection not-tried");
}

static void furthest_peer_is_followed(void **state) {
    g_autoptr(scene) s = scene_new();
    g_autoptr(turn_stages) stages = NULL;
    char text[STUN_ADDRESS_TEXT];

    (void)state;
    feed_lines(s, udp_call, 0, 6);
    feed_send(s, 150, OTHER, "binding request 77 user=b:a priority=9 mi");
    feed_lines(s, udp_call, 6, 8);
    feed_other(s, 60000);
    stages = stages_of(s);
    stun_address_format(&stages->peer->address, text, sizeof text);
    assert_string_equal(text, PEER);
    assert_int_equal(stages->at, 7);
}

static void encrypted_session_has_no_steps(void **state) {
    g_autoptr(scene) s = scene_new();
    g_autoptr(turn_stages) stages = NULL;

    (void)state;
    scene_connect(s, 0, CLIENT);
    feed_tcp(s, 20, CLIENT, SERVER, TURN_TCP_TLS);
    stages = stages_of(s);
    assert_int_equal(stages->kind, TURN_STAGES_NONE);
    assert_int_equal(stages->list->len, 0);
    assert_int_equal(stages->stop, TURN_STOP_NONE);
}

static void expect_pair(scene *s, const char *list, const char *stop) {
    const turn_model *model = scene_model(s);
    g_autoptr(turn_stages) stages = NULL;
    g_autofree char *found = NULL;
    g_autofree char *text = NULL;

    assert_int_equal(model->pairs->len, 1);
    stages = turn_stages_of_pair(model, g_ptr_array_index(model->pairs, 0));
    found = steps_text(stages);
    text = stop_text(stages);
    assert_string_equal(found, list);
    assert_string_equal(text, stop);
}

#define NEAR "10.1.1.10:50000"
#define FAR  "203.0.113.20:9000"

static void pair_over_tcp_reaches_every_step(void **state) {
    static const guint8 media[] = {0x80, 1, 2, 3, 4, 5, 6, 7, 8, 9};
    g_autoptr(scene) s = scene_new();

    (void)state;
    feed_framed(s, 0, NEAR, FAR, "binding request 1 user=b:a priority=1 controlling nominate mi");
    feed_framed(s, 10, FAR, NEAR, "binding success 1 mapped=" NEAR " mi");
    feed_framed(s, 20, FAR, NEAR, "binding request 2 user=a:b priority=1 controlled mi");
    feed_framed(s, 30, NEAR, FAR, "binding success 2 mapped=" FAR " mi");
    feed_framed_bytes(s, 40, NEAR, FAR, media, sizeof media);
    feed_framed_bytes(s, 50, FAR, NEAR, media, sizeof media);
    expect_pair(s, "check-sent=1 check-answered=2 peer-check-answered=4 nominated=2 data=6",
                "complete");
}

static void pair_over_udp_stops_where_nothing_comes_back(void **state) {
    g_autoptr(scene) s = scene_new();

    (void)state;
    feed_udp(s, 0, NEAR, FAR, "binding request 1 user=b:a priority=1 controlling mi");
    feed_other(s, 60000);
    expect_pair(s, "check-sent=1 check-answered! peer-check-answered- nominated- data-",
                "2/5 check-answered unanswered");
}

static void pair_at_a_peer_that_is_not_there_is_unreachable(void **state) {
    g_autoptr(scene) s = scene_new();

    (void)state;
    feed_udp(s, 0, NEAR, FAR, "binding request 1 user=b:a priority=1 controlling mi");
    feed_icmp(s, 10, TURN_TRANSPORT_UDP, NEAR, FAR, 3);
    expect_pair(s, "check-sent=1 check-answered! peer-check-answered- nominated- data-",
                "2/5 check-answered unreachable");
}

static void names_are_those_of_the_schema(void **state) {
    (void)state;
    assert_string_equal(turn_stage_kind_name(TURN_STAGES_TCP_RELAY), "tcp-relay");
    assert_string_equal(turn_stage_state_name(TURN_STAGE_PASSED), "not-in-capture");
    assert_null(turn_stop_name(TURN_STOP_NONE));
    assert_true(turn_stop_is_fault(TURN_STOP_ONE_WAY));
    assert_false(turn_stop_is_fault(TURN_STOP_RELEASED));
}

int main(void) {
    const struct CMUnitTest steps[] = {
        cmocka_unit_test(udp_call_reaches_every_step),
        cmocka_unit_test(tcp_call_reaches_every_step),
        cmocka_unit_test(steps_before_the_capture_are_not_in_it),
        cmocka_unit_test(authenticated_allocate_proves_the_challenge),
        cmocka_unit_test(refusal_alone_proves_the_request),
        cmocka_unit_test(data_without_checks_has_no_steps_for_them),
        cmocka_unit_test(server_without_credentials_has_no_steps_for_them),
        cmocka_unit_test(second_allocation_needs_no_second_challenge),
        cmocka_unit_test(refused_permission_is_got_round_by_connect),
        cmocka_unit_test(furthest_peer_is_followed),
        cmocka_unit_test(encrypted_session_has_no_steps),
        cmocka_unit_test(names_are_those_of_the_schema),
    };
    const struct CMUnitTest pairs[] = {
        cmocka_unit_test(pair_over_tcp_reaches_every_step),
        cmocka_unit_test(pair_over_udp_stops_where_nothing_comes_back),
        cmocka_unit_test(pair_at_a_peer_that_is_not_there_is_unreachable),
    };

    return cmocka_run_group_tests_name("stage_steps", steps, NULL, NULL) +
           cmocka_run_group_tests_name("stage_pairs", pairs, NULL, NULL);
}
