/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "support/rule_case.h"

#define ID      "connection=0x01020304"
#define ROUTER  "172.16.0.1:0"
#define BIND    "bind request 9 " ID " " CREDENTIALS
#define CONNECT "connect request 3 peer=" PEER " " CREDENTIALS

static void permission_refused_for(scene *s, const char *peer, const char *id) {
    g_autofree char *ask = g_strdup_printf("permission request %s peer=%s " CREDENTIALS, id, peer);
    g_autofree char *answer = g_strdup_printf("permission error %s error=403", id);

    feed_udp(s, 100, CLIENT, SERVER, ask);
    feed_udp(s, 110, SERVER, CLIENT, answer);
}

static void permission_refused_just_before_the_end(scene *s) {
    scene_allocate(s, 0);
    permission_refused_for(s, PEER, "3");
    feed_other(s, 5099);
}

static void permission_refused(scene *s) {
    permission_refused_just_before_the_end(s);
    feed_other(s, 5100);
}

/* Checks both ways without the relay, between CLIENT and OTHER. */
static void direct_pair_works(scene *s, gint64 ms) {
    feed_udp(s, ms, CLIENT, OTHER, "binding request 201 user=d:c priority=1 mi");
    feed_udp(s, ms + 10, OTHER, CLIENT, "binding success 201 mapped=" MAPPED " mi");
    feed_udp(s, ms + 20, OTHER, CLIENT, "binding request 202 user=c:d priority=1 mi");
    feed_udp(s, ms + 30, CLIENT, OTHER, "binding success 202 mapped=" OTHER " mi");
}

static void permission_refused_while_a_direct_pair_works(scene *s) {
    scene_allocate(s, 0);
    permission_refused_for(s, PEER, "3");
    direct_pair_works(s, 1000);
    feed_other(s, 6100);
}

static void permission_refused_long_before_a_direct_pair_works(scene *s) {
    permission_refused(s);
    direct_pair_works(s, 30111);
}

static void permission_refused_while_another_is_granted_in_vain(scene *s) {
    scene_allocate(s, 0);
    permission_refused_for(s, PEER, "3");
    feed_udp(s, 200, CLIENT, SERVER, "permission request 4 peer=" OTHER " " CREDENTIALS);
    feed_udp(s, 210, SERVER, CLIENT, "permission success 4 mi");
}

static void permission_refused_while_another_peer_works(scene *s) {
    scene_allocate(s, 0);
    permission_refused_for(s, OTHER, "3");
    scene_checks(s, 200, PEER);
}

static void permission_refused_and_then_granted(scene *s) {
    permission_refused(s);
    feed_udp(s, 200, CLIENT, SERVER, "permission request 4 peer=" PEER " " CREDENTIALS);
    feed_udp(s, 210, SERVER, CLIENT, "permission success 4 mi");
}

static void tcp_relay_without_any_connection(scene *s) {
    scene_allocate_tcp(s, 0);
    feed_unit(s, 100, CLIENT, SERVER, "permission request 3 peer=" PEER " " CREDENTIALS);
    feed_unit(s, 110, SERVER, CLIENT, "permission success 3 mi");
    feed_other(s, 30050);
}

static void lose_bytes(scene *s, gint64 ms) {
    const turn_packet packet = scene_packet(s, ms, TURN_TRANSPORT_TCP, SERVER, CLIENT);

    turn_tracker_gap(s->tracker, &packet, 36);
}

/* The ConnectionAttempt may be in what the capture lacks. */
static void tcp_relay_without_any_connection_while_a_direct_pair_works(scene *s) {
    direct_pair_works(s, 0);
    tcp_relay_without_any_connection(s);
}

static void tcp_relay_without_any_connection_while_a_udp_relay_works(scene *s) {
    static const guint8 data[] = {0x40, 0x01, 0x00, 0x02, 0x80, 0x01};

    feed_udp_bytes(s, 0, "10.1.1.10:40009", SERVER, data, sizeof data);
    feed_udp_bytes(s, 5, SERVER, "10.1.1.10:40009", data, sizeof data);
    tcp_relay_without_any_connection(s);
    feed_udp_bytes(s, 31000, "10.1.1.10:40009", SERVER, data, sizeof data);
}

static void tcp_relay_without_any_connection_in_an_incomplete_stream(scene *s) {
    scene_allocate_tcp(s, 0);
    lose_bytes(s, 1000);
    feed_other(s, 60000);
}

static void tcp_relay_open_for_29_s_at_the_end(scene *s) {
    scene_allocate_tcp(s, 0);
    feed_other(s, 29000);
}

static void tcp_relay_released_after_6_s(scene *s) {
    scene_allocate_tcp(s, 0);
    feed_unit(s, 6040, CLIENT, SERVER, "refresh request 3 lifetime=0 " CREDENTIALS);
    feed_unit(s, 6050, SERVER, CLIENT, "refresh success 3 lifetime=0 mi");
}

static void tcp_relay_released_after_2_s(scene *s) {
    scene_allocate_tcp(s, 0);
    feed_unit(s, 2040, CLIENT, SERVER, "refresh request 3 lifetime=0 " CREDENTIALS);
    feed_unit(s, 2050, SERVER, CLIENT, "refresh success 3 lifetime=0 mi");
    feed_other(s, 60000);
}

static void tcp_relay_closed_by_the_client_after_2_s(scene *s) {
    scene_allocate_tcp(s, 0);
    feed_tcp(s, 2050, CLIENT, SERVER, TURN_TCP_FIN);
    feed_other(s, 60000);
}

static void tcp_relay_that_takes_a_connection(scene *s) {
    scene_allocate_tcp(s, 0);
    feed_tcp(s, 1000, PEER, RELAYED, TURN_TCP_SYN);
    feed_tcp(s, 1001, RELAYED, PEER, TURN_TCP_SYN_ACK);
    feed_tcp(s, 1005, RELAYED, PEER, TURN_TCP_FIN);
    feed_other(s, 40000);
}

static void tcp_relay_that_does_not_answer_a_syn(scene *s) {
    scene_allocate_tcp(s, 0);
    feed_tcp(s, 1000, PEER, RELAYED, TURN_TCP_SYN);
    feed_unit(s, 40000, CLIENT, SERVER, "refresh request 9 lifetime=0 " CREDENTIALS);
    feed_unit(s, 40010, SERVER, CLIENT, "refresh success 9 lifetime=0 mi");
}

static void tcp_relay_just_before_the_end(scene *s) {
    scene_allocate_tcp(s, 0);
    feed_other(s, 5049);
}

static void udp_relay_without_any_peer(scene *s) {
    scene_allocate(s, 0);
    feed_other(s, 60000);
}

static void attempt(scene *s) {
    scene_allocate_tcp(s, 0);
    feed_unit(s, 1000, SERVER, CLIENT, "attempt indication 8 " ID " peer=" PEER);
}

static void attempt_not_bound_for_30_s(scene *s) {
    attempt(s);
    feed_other(s, 31000);
}

static void attempt_not_bound_for_29_s_at_the_end(scene *s) {
    attempt(s);
    feed_other(s, 30999);
}

static void connect_failed(scene *s) {
    scene_allocate_tcp(s, 0);
    feed_unit(s, 1000, CLIENT, SERVER, CONNECT);
    feed_unit(s, 31000, SERVER, CLIENT, "connect error 3 error=447");
}

/* The capture shows the relay's SYN, and what comes back for it. */
static void connect_refused_by_the_peer(scene *s) {
    scene_allocate_tcp(s, 0);
    feed_unit(s, 1000, CLIENT, SERVER, CONNECT);
    feed_tcp(s, 1010, RELAYED, PEER, TURN_TCP_SYN);
    feed_tcp(s, 1030, PEER, RELAYED, TURN_TCP_RESET);
    feed_unit(s, 1040, SERVER, CLIENT, "connect error 3 error=447");
}

static void icmp_about_the_syn_to_the_peer(scene *s, guint8 code) {
    const turn_packet packet = scene_packet(s, 1030, TURN_TRANSPORT_TCP, ROUTER, RELAYED);
    const turn_icmp_error error = {.version = 4,
                                   .type = 3,
                                   .code = code,
                                   .about = {.transport = TURN_TRANSPORT_TCP,
                                             .source = address_of(RELAYED),
                                             .destination = address_of(PEER)}};

    turn_tracker_icmp(s->tracker, &packet, &error);
}

static void connect_refused_on_the_way(scene *s) {
    scene_allocate_tcp(s, 0);
    feed_unit(s, 1000, CLIENT, SERVER, CONNECT);
    feed_tcp(s, 1010, RELAYED, PEER, TURN_TCP_SYN);
    icmp_about_the_syn_to_the_peer(s, 13);
    feed_unit(s, 1040, SERVER, CLIENT, "connect error 3 error=447");
}

static void connect_without_a_way(scene *s) {
    scene_allocate_tcp(s, 0);
    feed_unit(s, 1000, CLIENT, SERVER, CONNECT);
    feed_tcp(s, 1010, RELAYED, PEER, TURN_TCP_SYN);
    icmp_about_the_syn_to_the_peer(s, 1);
    feed_unit(s, 1040, SERVER, CLIENT, "connect error 3 error=447");
}

static void connect_with_two_syns_in_vain(scene *s) {
    scene_allocate_tcp(s, 0);
    feed_unit(s, 1000, CLIENT, SERVER, CONNECT);
    feed_tcp(s, 1010, RELAYED, PEER, TURN_TCP_SYN);
    feed_tcp(s, 2010, RELAYED, PEER, TURN_TCP_SYN);
    feed_unit(s, 31000, SERVER, CLIENT, "connect error 3 error=447");
}

/* To another peer, and before that to this one: neither is of this Connect. */
static void connect_failed_beside_other_attempts(scene *s) {
    scene_allocate_tcp(s, 0);
    feed_tcp(s, 500, RELAYED, PEER, TURN_TCP_SYN);
    feed_tcp(s, 510, PEER, RELAYED, TURN_TCP_RESET);
    feed_unit(s, 1000, CLIENT, SERVER, CONNECT);
    feed_tcp(s, 1010, RELAYED, OTHER, TURN_TCP_SYN);
    feed_unit(s, 31000, SERVER, CLIENT, "connect error 3 error=447");
}

static void connect_repeated_while_the_first_completes(scene *s) {
    scene_allocate_tcp(s, 0);
    feed_unit(s, 1000, CLIENT, SERVER, CONNECT);
    feed_unit(s, 1500, CLIENT, SERVER, "connect request 4 peer=" PEER " " CREDENTIALS);
    feed_unit(s, 1510, SERVER, CLIENT, "connect error 4 error=446");
    feed_unit(s, 1600, SERVER, CLIENT, "connect success 3 " ID " mi");
}

static void connect_forbidden(scene *s) {
    scene_allocate_tcp(s, 0);
    feed_unit(s, 1000, CLIENT, SERVER, CONNECT);
    feed_unit(s, 1010, SERVER, CLIENT, "connect error 3 error=403");
    feed_other(s, 6000);
}

static void attempt_of(scene *s, gint64 ms, const char *peer, const char *id) {
    g_autofree char *text = g_strdup_printf("attempt indication 8 peer=%s connection=%s", peer, id);

    feed_unit(s, ms, SERVER, CLIENT, text);
}

/* One of two peers is bound and carries data, the other is left waiting. */
static void one_attempt_of_two_bound(scene *s, const char *other) {
    scene_allocate_tcp(s, 0);
    attempt_of(s, 1000, PEER, "0x00000001");
    attempt_of(s, 1010, other, "0x00000002");
    scene_connect(s, 1100, DATA_END);
    feed_unit(s, 1120, DATA_END, SERVER, "bind request 9 connection=0x00000001 " CREDENTIALS);
    feed_unit(s, 1130, SERVER, DATA_END, "bind success 9 mi");
    feed_opaque(s, 1200, DATA_END, SERVER, 10);
    feed_opaque(s, 1210, SERVER, DATA_END, 10);
    feed_other(s, 40000);
}

static void attempt_not_bound_in_an_incomplete_stream(scene *s) {
    attempt(s);
    lose_bytes(s, 2000);
    feed_other(s, 60000);
}

static void bind_unanswered_in_an_incomplete_stream(scene *s) {
    attempt(s);
    scene_connect(s, 1100, DATA_END);
    feed_unit(s, 1120, DATA_END, SERVER, BIND);
    lose_bytes(s, 1130);
    feed_other(s, 60000);
}

static void attempt_of_another_peer_not_bound(scene *s) {
    one_attempt_of_two_bound(s, OTHER);
}

static void attempt_of_the_same_host_not_bound(scene *s) {
    one_attempt_of_two_bound(s, "203.0.113.9:50001");
}

static void bind_answered(scene *s, const char *answer) {
    attempt(s);
    scene_connect(s, 1100, DATA_END);
    feed_unit(s, 1120, DATA_END, SERVER, BIND);
    feed_unit(s, 1130, SERVER, DATA_END, answer);
    feed_other(s, 40000);
}

static void bind_refused_with_400(scene *s) {
    bind_answered(s, "bind error 9 error=400");
}

static void bind_successful(scene *s) {
    bind_answered(s, "bind success 9 mi");
}

static void bind_challenged_then_successful(scene *s) {
    attempt(s);
    scene_connect(s, 1100, DATA_END);
    feed_unit(s, 1120, DATA_END, SERVER, "bind request 9 " ID);
    feed_unit(s, 1130, SERVER, DATA_END, "bind error 9 error=401 realm=example.org nonce=n2");
    feed_unit(s, 1140, DATA_END, SERVER,
              "bind request 10 " ID " user=alice realm=example.org nonce=n2 mi");
    feed_unit(s, 1150, SERVER, DATA_END, "bind success 10 mi");
    feed_other(s, 40000);
}

static void bind_pending(scene *s, gint64 until) {
    attempt(s);
    scene_connect(s, 1100, DATA_END);
    feed_unit(s, 1120, DATA_END, SERVER, BIND);
    feed_other(s, until);
}

static void bind_unanswered_for_5_s(scene *s) {
    bind_pending(s, 6120);
}

static void bind_unanswered_for_3_s_at_the_end(scene *s) {
    bind_pending(s, 4120);
}

static void data_connection_unanswered(scene *s) {
    attempt(s);
    feed_tcp(s, 1100, DATA_END, SERVER, TURN_TCP_SYN);
    feed_tcp(s, 2100, DATA_END, SERVER, TURN_TCP_SYN);
}

static void data_connection_just_begun(scene *s) {
    attempt(s);
    feed_tcp(s, 1100, DATA_END, SERVER, TURN_TCP_SYN);
}

static void connect_failed_gives_the_code(void **state) {
    g_autoptr(scene) s = scene_new();

    (void)state;
    connect_failed(s);
    assert_int_equal(scene_finding(s, "peer-connect-failed")->code, 447);
}

static void a_refusal_by_the_peer_is_told(void **state) {
    g_autoptr(scene) s = scene_new();

    (void)state;
    connect_refused_by_the_peer(s);
    assert_string_equal(scene_finding(s, "peer-connect-failed")->detail,
                        "The peer refused the connection: it answered the SYN of the relay with a "
                        "RST.");
}

static void an_icmp_error_about_the_syn_is_told(void **state) {
    g_autoptr(scene) filtered = scene_new();
    g_autoptr(scene) lost = scene_new();

    (void)state;
    connect_refused_on_the_way(filtered);
    assert_string_equal(scene_finding(filtered, "peer-connect-failed")->detail,
                        "172.16.0.1, which is not the peer's address, refused it: a filter there "
                        "forbids it.");
    connect_without_a_way(lost);
    assert_string_equal(scene_finding(lost, "peer-connect-failed")->detail,
                        "172.16.0.1, which is not the peer's address, says that there is no way "
                        "to the peer: a route is missing, or the host is down.");
}

static void silence_is_not_told_as_a_refusal(void **state) {
    g_autoptr(scene) s = scene_new();

    (void)state;
    connect_with_two_syns_in_vain(s);
    assert_null(scene_finding(s, "peer-connect-failed")->detail);
}

static const rule_case cases[] = {
    HIT("permission-denied", permission_refused, "failed", "5 6"),
    MISS("permission-denied", permission_refused_just_before_the_end),
    MISS("permission-denied", permission_refused_while_a_direct_pair_works),
    HIT("permission-denied", permission_refused_long_before_a_direct_pair_works, "failed", "5 6"),
    MISS("permission-denied", permission_refused_while_another_is_granted_in_vain),
    HIT("permission-denied", connect_forbidden, "failed", "8 9"),
    MISS("permission-denied", permission_refused_while_another_peer_works),
    MISS("permission-denied", permission_refused_and_then_granted),
    HIT("peer-never-connected", tcp_relay_without_any_connection, "failed", "7 9"),
    HIT("peer-never-connected", tcp_relay_released_after_6_s, "failed", "7 9"),
    HIT("peer-never-connected", tcp_relay_without_any_connection_while_a_direct_pair_works,
        "degraded", "11 13"),
    HIT("peer-never-connected", tcp_relay_without_any_connection_while_a_udp_relay_works,
        "degraded", "9 11"),
    MISS("peer-never-connected", tcp_relay_without_any_connection_in_an_incomplete_stream),
    MISS("peer-never-connected", tcp_relay_open_for_29_s_at_the_end),
    MISS("peer-never-connected", tcp_relay_released_after_2_s),
    MISS("peer-never-connected", tcp_relay_closed_by_the_client_after_2_s),
    MISS("peer-never-connected", tcp_relay_just_before_the_end),
    MISS("peer-never-connected", tcp_relay_that_takes_a_connection),
    HIT("peer-never-connected", tcp_relay_that_does_not_answer_a_syn, "failed", "7 10"),
    MISS("peer-never-connected", udp_relay_without_any_peer),
    MISS("peer-never-connected", attempt_not_bound_for_30_s),
    HIT("peer-connect-failed", connect_failed, "failed", "8 9"),
    HIT("peer-connect-failed", connect_refused_by_the_peer, "failed", "8 9 10 11"),
    HIT("peer-connect-failed", connect_refused_on_the_way, "failed", "8 9 10 11"),
    HIT("peer-connect-failed", connect_without_a_way, "failed", "8 9 10 11"),
    HIT("peer-connect-failed", connect_with_two_syns_in_vain, "failed", "8 9 10 11"),
    HIT("peer-connect-failed", connect_failed_beside_other_attempts, "failed", "10 12"),
    MISS("peer-connect-failed", connect_repeated_while_the_first_completes),
    MISS("peer-connect-failed", connect_forbidden),
    HIT("connection-bind-missing", attempt_not_bound_for_30_s, "failed", "8"),
    HIT("connection-bind-missing", attempt_of_another_peer_not_bound, "degraded", "9"),
    MISS("connection-bind-missing", attempt_of_the_same_host_not_bound),
    MISS("connection-bind-missing", attempt_not_bound_in_an_incomplete_stream),
    MISS("connection-bind-failed", bind_unanswered_in_an_incomplete_stream),
    MISS("connection-bind-missing", attempt_not_bound_for_29_s_at_the_end),
    MISS("connection-bind-missing", bind_successful),
    MISS("connection-bind-missing", bind_refused_with_400),
    HIT("connection-bind-failed", bind_refused_with_400, "failed", "8 12 13"),
    HIT("connection-bind-failed", bind_unanswered_for_5_s, "failed", "8 12 9"),
    HIT("connection-bind-failed", data_connection_unanswered, "failed", "8 9 10"),
    MISS("connection-bind-failed", bind_challenged_then_successful),
    MISS("connection-bind-failed", bind_unanswered_for_3_s_at_the_end),
    MISS("connection-bind-failed", data_connection_just_begun),
};

static void family_is_covered(void **state) {
    (void)state;
    rule_cases_cover(cases, G_N_ELEMENTS(cases), FAMILY_PEER, FAMILY_CHECKS);
}

int main(void) {
    struct CMUnitTest tests[G_N_ELEMENTS(cases) + 4] = {
        cmocka_unit_test(family_is_covered), cmocka_unit_test(connect_failed_gives_the_code),
        cmocka_unit_test(an_icmp_error_about_the_syn_is_told),
        cmocka_unit_test(a_refusal_by_the_peer_is_told),
        cmocka_unit_test(silence_is_not_told_as_a_refusal)};

    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        tests[i + 4] = (struct CMUnitTest){
            .name = cases[i].name, .test_func = rule_case_run, .initial_state = (void *)&cases[i]};
    }
    return cmocka_run_group_tests_name("rules_connection", tests, NULL, NULL);
}
