/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "support/rule_case.h"

#define ALLOCATE     "allocate request 1 transport=17"
#define REFRESH      "refresh request 3 lifetime=600 " CREDENTIALS
#define RELEASE      "refresh request 3 lifetime=0 " CREDENTIALS
#define WITH_NONCE   "allocate request 2 transport=17 " CREDENTIALS
#define AT_A_MINUTE  60000
#define ICMP_CLOSED  3
#define ICMP_EXPIRED 11
#define ICMP_HOST    1
#define TIMES(...)   ((const gint64[]){__VA_ARGS__, -1})

/* The client sends the same again at each of these TIMES. */
static void ask_at(scene *s, const char *request, const gint64 *times) {
    for (; *times >= 0; times++) {
        feed_udp(s, *times, CLIENT, SERVER, request);
    }
}

static void syn_at(scene *s, const gint64 *times) {
    for (; *times >= 0; times++) {
        feed_tcp(s, *times, CLIENT, SERVER, TURN_TCP_SYN);
    }
}

static void allocate_over_3_s_without_answer(scene *s) {
    ask_at(s, ALLOCATE, TIMES(0, 500, 1500, 3000));
}

static void allocate_over_less_than_3_s_without_answer(scene *s) {
    ask_at(s, ALLOCATE, TIMES(0, 500, 2999));
    feed_other(s, 20000);
}

static void allocate_over_3_s_with_a_late_challenge(scene *s) {
    allocate_over_3_s_without_answer(s);
    feed_udp(s, 3600, SERVER, CLIENT, "allocate error 1 error=401 realm=example.org nonce=n1");
}

static void allocate_over_3_s_from_the_client_direction_only(scene *s) {
    ask_at(s, WITH_NONCE, TIMES(0, 500, 3500));
}

static void allocate_over_3_s_with_icmp(scene *s) {
    allocate_over_3_s_without_answer(s);
    feed_icmp(s, 3100, TURN_TRANSPORT_UDP, CLIENT, SERVER, ICMP_CLOSED);
}

static void allocate_with_icmp_unreachable(scene *s) {
    feed_udp(s, 0, CLIENT, SERVER, ALLOCATE);
    feed_icmp(s, 10, TURN_TRANSPORT_UDP, CLIENT, SERVER, ICMP_CLOSED);
}

/* What a router says of the way to the server. */
static void router_says(scene *s, gint64 ms, guint8 code) {
    const turn_packet packet = scene_packet(s, ms, TURN_TRANSPORT_UDP, SERVER, CLIENT);
    const turn_icmp_error error = {
        .version = 4, .type = ICMP_CLOSED, .code = code, .about = turn_flow_reversed(&packet.flow)};

    turn_tracker_icmp(s->tracker, &packet, &error);
}

static void allocate_with_host_unreachable(scene *s) {
    feed_udp(s, 0, CLIENT, SERVER, ALLOCATE);
    router_says(s, 10, ICMP_HOST);
    feed_other(s, 5010);
}

static void allocate_with_host_unreachable_at_the_end(scene *s) {
    feed_udp(s, 0, CLIENT, SERVER, ALLOCATE);
    router_says(s, 10, ICMP_HOST);
    feed_other(s, 5009);
}

static void allocate_with_icmp_time_exceeded(scene *s) {
    feed_udp(s, 0, CLIENT, SERVER, ALLOCATE);
    feed_icmp(s, 10, TURN_TRANSPORT_UDP, CLIENT, SERVER, ICMP_EXPIRED);
}

static void allocate_answered_before_icmp(scene *s) {
    scene_challenge(s, 0);
    feed_icmp(s, 20, TURN_TRANSPORT_UDP, CLIENT, SERVER, ICMP_CLOSED);
}

static void syn_with_reset(scene *s) {
    feed_tcp(s, 0, CLIENT, SERVER, TURN_TCP_SYN);
    feed_tcp(s, 10, SERVER, CLIENT, TURN_TCP_RESET);
}

static void syn_with_icmp(scene *s) {
    feed_tcp(s, 0, CLIENT, SERVER, TURN_TCP_SYN);
    feed_icmp(s, 10, TURN_TRANSPORT_TCP, CLIENT, SERVER, ICMP_CLOSED);
}

static void syn_with_icmp_about_the_other_direction(scene *s) {
    feed_tcp(s, 0, CLIENT, SERVER, TURN_TCP_SYN);
    feed_icmp(s, 10, TURN_TRANSPORT_TCP, SERVER, CLIENT, ICMP_CLOSED);
}

static void syn_with_reset_by_the_client(scene *s) {
    feed_tcp(s, 0, CLIENT, SERVER, TURN_TCP_SYN);
    feed_tcp(s, 10, CLIENT, SERVER, TURN_TCP_RESET);
}

static void syn_over_3_s_without_answer(scene *s) {
    syn_at(s, TIMES(0, 1000, 3000));
}

static void syn_answered_late(scene *s) {
    syn_at(s, TIMES(0, 1000));
    feed_tcp(s, 1050, SERVER, CLIENT, TURN_TCP_SYN_ACK);
    feed_tcp(s, 1060, CLIENT, SERVER, TURN_TCP_ESTABLISHED);
}

static void syn_answered_and_never_acknowledged(scene *s) {
    feed_tcp(s, 0, CLIENT, SERVER, TURN_TCP_SYN);
    feed_tcp(s, 1, SERVER, CLIENT, TURN_TCP_SYN_ACK);
    feed_tcp(s, 1000, CLIENT, SERVER, TURN_TCP_SYN);
    feed_other(s, 3001);
}

static void syn_answered_just_before_the_end(scene *s) {
    syn_at(s, TIMES(0, 1000));
    feed_tcp(s, 1050, SERVER, CLIENT, TURN_TCP_SYN_ACK);
}

static void syn_repeated_for_2_s_at_the_end(scene *s) {
    syn_at(s, TIMES(0, 2000));
}

static void syn_once_before_the_end(scene *s) {
    feed_tcp(s, 0, CLIENT, SERVER, TURN_TCP_SYN);
    feed_other(s, 500);
}

static void allocate_over_tcp(scene *s) {
    scene_connect(s, 0, CLIENT);
    feed_unit(s, 20, CLIENT, SERVER, "allocate request 1 transport=6");
}

static void allocate_then_fin_from_the_server(scene *s) {
    allocate_over_tcp(s);
    feed_tcp(s, 30, SERVER, CLIENT, TURN_TCP_FIN);
}

static void allocate_then_reset_from_the_server(scene *s) {
    allocate_over_tcp(s);
    feed_tcp(s, 30, SERVER, CLIENT, TURN_TCP_RESET);
}

static void allocate_then_fin_from_the_client_first(scene *s) {
    allocate_over_tcp(s);
    feed_tcp(s, 5000, CLIENT, SERVER, TURN_TCP_FIN);
    feed_tcp(s, 5010, SERVER, CLIENT, TURN_TCP_FIN);
}

static void allocate_rejected_then_fin_from_the_server(scene *s) {
    allocate_over_tcp(s);
    feed_unit(s, 30, SERVER, CLIENT, "allocate error 1 error=442");
    feed_tcp(s, 40, SERVER, CLIENT, TURN_TCP_FIN);
}

static void allocated_then_fin_from_the_server(scene *s) {
    scene_allocate_tcp(s, 0);
    feed_tcp(s, 30000, SERVER, CLIENT, TURN_TCP_FIN);
}

static void answered_with_437(scene *s, const char *request) {
    scene_allocate(s, 0);
    feed_udp(s, AT_A_MINUTE, CLIENT, SERVER, request);
    feed_udp(s, AT_A_MINUTE + 10, SERVER, CLIENT, "refresh error 3 error=437");
}

/* Sent twice; the capture goes on for MS from the first time. */
static void unanswered_for(scene *s, const char *request, gint64 ms) {
    scene_allocate(s, 0);
    ask_at(s, request, TIMES(AT_A_MINUTE, AT_A_MINUTE + 500));
    feed_other(s, AT_A_MINUTE + ms);
}

static void refresh_of_a_forgotten_allocation(scene *s) {
    answered_with_437(s, REFRESH);
}

static void refresh_unanswered_for_5_s(scene *s) {
    unanswered_for(s, REFRESH, 5000);
}

static void refresh_answered_by_icmp(scene *s) {
    scene_allocate(s, 0);
    feed_udp(s, AT_A_MINUTE, CLIENT, SERVER, REFRESH);
    feed_icmp(s, AT_A_MINUTE + 10, TURN_TRANSPORT_UDP, CLIENT, SERVER, ICMP_CLOSED);
}

static void refresh_with_host_unreachable(scene *s) {
    scene_allocate(s, 0);
    feed_udp(s, AT_A_MINUTE, CLIENT, SERVER, REFRESH);
    router_says(s, AT_A_MINUTE + 10, ICMP_HOST);
    feed_other(s, AT_A_MINUTE + 5010);
}

static void refresh_with_host_unreachable_at_the_end(scene *s) {
    scene_allocate(s, 0);
    feed_udp(s, AT_A_MINUTE, CLIENT, SERVER, REFRESH);
    router_says(s, AT_A_MINUTE + 10, ICMP_HOST);
    feed_other(s, AT_A_MINUTE + 5009);
}

static void refresh_unanswered_for_2_s_at_the_end(scene *s) {
    unanswered_for(s, REFRESH, 2000);
}

static void release_answered_with_437(scene *s) {
    answered_with_437(s, RELEASE);
}

static void release_unanswered(scene *s) {
    unanswered_for(s, RELEASE, 20000);
}

static void refresh_recovered_after_437(scene *s) {
    refresh_of_a_forgotten_allocation(s);
    feed_udp(s, AT_A_MINUTE + 20, CLIENT, SERVER, "refresh request 4 lifetime=600 " CREDENTIALS);
    feed_udp(s, AT_A_MINUTE + 30, SERVER, CLIENT, "refresh success 4 lifetime=600 mi");
}

static void released_then_fin_from_the_server(scene *s) {
    scene_allocate_tcp(s, 0);
    feed_unit(s, 5000, CLIENT, SERVER, RELEASE);
    feed_unit(s, 5010, SERVER, CLIENT, "refresh success 3 lifetime=0 mi");
    feed_tcp(s, 5020, SERVER, CLIENT, TURN_TCP_FIN);
}

static void closed_by_the_server_after_the_lifetime(scene *s) {
    scene_allocate_tcp(s, 0);
    feed_tcp(s, 601000, SERVER, CLIENT, TURN_TCP_FIN);
}

/* Only the server's side is in the capture: the client's FIN may have come first. */
static void closed_in_a_capture_of_the_server_alone(scene *s) {
    feed_tcp(s, 0, SERVER, CLIENT, TURN_TCP_SYN_ACK);
    feed_unit(s, 10, SERVER, CLIENT, "allocate success 2 relayed=" RELAYED " lifetime=600 mi");
    feed_tcp(s, 1000, SERVER, CLIENT, TURN_TCP_FIN);
}

static void refresh_sent_once_and_not_answered(scene *s) {
    scene_allocate(s, 0);
    feed_udp(s, 1000, CLIENT, SERVER, REFRESH);
    feed_other(s, 20000);
}

static void refresh_unanswered_in_an_incomplete_stream(scene *s) {
    scene_allocate_tcp(s, 0);
    feed_unit(s, 1000, CLIENT, SERVER, REFRESH);
    const turn_packet packet = scene_packet(s, 1010, TURN_TRANSPORT_TCP, SERVER, CLIENT);
    turn_tracker_gap(s->tracker, &packet, 36);
    feed_other(s, 20000);
}

static void refresh_unanswered_in_a_complete_stream(scene *s) {
    scene_allocate_tcp(s, 0);
    feed_unit(s, 1000, CLIENT, SERVER, REFRESH);
    feed_other(s, 20000);
}

static void answered_after_an_icmp_error(scene *s) {
    scene_allocate(s, 0);
    feed_icmp(s, 500, TURN_TRANSPORT_UDP, CLIENT, SERVER, ICMP_CLOSED);
    feed_udp(s, 1000, CLIENT, SERVER, REFRESH);
    feed_udp(s, 1010, SERVER, CLIENT, "refresh success 3 lifetime=600 mi");
}

static void release(scene *s, gint64 ms) {
    feed_udp(s, ms, CLIENT, SERVER, RELEASE);
    feed_udp(s, ms + 10, SERVER, CLIENT, "refresh success 3 lifetime=0 mi");
}

static void allocated_again_and_never_answered(scene *s) {
    scene_allocate(s, 0);
    scene_checks(s, 100, PEER);
    release(s, 1000);
    ask_at(s, "allocate request 4 transport=17", TIMES(2000, 5000));
}

static void allocated_again_with_the_known_nonce_and_never_answered(scene *s) {
    scene_allocate(s, 0);
    release(s, 1000);
    ask_at(s, "allocate request 4 transport=17 " CREDENTIALS, TIMES(2000, 5000));
}

static void allocated_again_after_a_release_without_an_answer(scene *s) {
    scene_allocate(s, 0);
    feed_udp(s, 1000, CLIENT, SERVER, RELEASE);
    ask_at(s, "allocate request 4 transport=17 " CREDENTIALS, TIMES(2000, 5000));
}

/* The second answer is about the allocation before: the one that is there now was not touched. */
static void release_answered_again_after_the_next_allocate(scene *s) {
    scene_allocate(s, 0);
    release(s, 1000);
    feed_udp(s, 2000, CLIENT, SERVER, "allocate request 4 transport=17 " CREDENTIALS);
    feed_udp(s, 2010, SERVER, CLIENT, "allocate success 4 relayed=" RELAYED " lifetime=600 mi");
    feed_udp(s, 2020, SERVER, CLIENT, "refresh error 3 error=437");
}

/* Checks and data both ways in frames 5 to 10; the server's last packet is frame 10. */
static void call_that_works(scene *s) {
    scene_allocate(s, 0);
    scene_checks(s, 100, PEER);
    feed_send_bytes(s, 200, PEER, 160);
    feed_data_bytes(s, 210, PEER, 160);
}

/* COUNT checks of consent in vain, 2.5 s apart, from frame 11 on. */
static void consent_in_vain(scene *s, gint64 ms, guint count) {
    for (guint i = 0; i < count; i++) {
        g_autofree char *check =
            g_strdup_printf("binding request %u user=b:a priority=1 mi", 500 + i);

        feed_send(s, ms + (gint64)2500 * i, PEER, check);
    }
}

static void call_that_dies_while_the_client_checks_on(scene *s) {
    call_that_works(s);
    consent_in_vain(s, 1000, 7);
}

static void call_that_dies_for_less_than_15_s(scene *s) {
    call_that_works(s);
    consent_in_vain(s, 1000, 6);
    feed_other(s, 60000);
}

/* The peer hung up, and the client followed. */
static void call_that_dies_and_is_released(scene *s) {
    call_that_dies_while_the_client_checks_on(s);
    feed_udp(s, 16500, CLIENT, SERVER, "refresh request 4 lifetime=0 " CREDENTIALS);
    feed_udp(s, 16510, SERVER, CLIENT, "refresh success 4 lifetime=0 mi");
}

static void call_that_moves_to_a_direct_path(scene *s) {
    call_that_dies_while_the_client_checks_on(s);
    feed_udp(s, 5000, CLIENT, "10.1.1.30:50000", "binding request 601 user=b:a priority=1 mi");
    feed_udp(s, 5010, "10.1.1.30:50000", CLIENT, "binding success 601 mi");
}

/* Muted or on hold, without RTCP. */
static void call_whose_peer_falls_silent(scene *s) {
    call_that_works(s);
    for (guint i = 0; i < 100; i++) {
        feed_send_bytes(s, 1000 + 1000 * i, PEER, 160);
    }
}

/* The peer's agent may not answer checks without USERNAME. */
static void call_with_keep_alives_in_vain(scene *s) {
    call_that_works(s);
    for (guint i = 0; i < 20; i++) {
        g_autofree char *check = g_strdup_printf("binding request %u", 500 + i);

        feed_send(s, 1000 + 2500 * i, PEER, check);
    }
}

static void call_that_never_worked_and_is_checked(scene *s) {
    scene_allocate(s, 0);
    consent_in_vain(s, 1000, 20);
}

static void call_with_one_more_packet_from_the_server(scene *s) {
    call_that_dies_while_the_client_checks_on(s);
    feed_udp(s, 17000, CLIENT, SERVER, "refresh request 4 lifetime=600 " CREDENTIALS);
    feed_udp(s, 17010, SERVER, CLIENT, "refresh success 4 lifetime=600 mi");
}

/* Frames 11 and 12 are the permission, then data from 13 on. */
static void data_after_a_permission(scene *s, const char *answer, guint count) {
    call_that_works(s);
    feed_udp(s, 1000, CLIENT, SERVER, "permission request 7 peer=" PEER " " CREDENTIALS);
    feed_udp(s, 1010, SERVER, CLIENT, answer);
    for (guint i = 0; i < count; i++) {
        feed_send_bytes(s, 1100 + 1000 * i, PEER, 160);
    }
}

static void data_in_vain_after_a_permission_was_not_renewed(scene *s) {
    data_after_a_permission(s, "permission error 7 error=403", 16);
}

static void data_for_less_than_15_s_after_a_permission_was_not_renewed(scene *s) {
    data_after_a_permission(s, "permission error 7 error=403", 15);
    feed_other(s, 60000);
}

static void data_in_vain_after_a_permission_was_renewed(scene *s) {
    data_after_a_permission(s, "permission success 7 mi", 16);
}

/* COUNT transmissions from frame 11 on, while data goes on both ways. */
static void permission_asked_in_vain(scene *s, guint count) {
    call_that_works(s);
    for (guint i = 0; i < count; i++) {
        feed_udp(s, 1000 + 1000 * i, CLIENT, SERVER,
                 "permission request 7 peer=" PEER " " CREDENTIALS);
    }
    feed_send_bytes(s, 70000, PEER, 160);
    feed_data_bytes(s, 70010, PEER, 160);
}

static void permission_asked_5_times_while_the_server_lives(scene *s) {
    permission_asked_in_vain(s, 5);
}

static void permission_asked_4_times_while_the_server_lives(scene *s) {
    permission_asked_in_vain(s, 4);
}

static void permission_asked_5_times_and_granted_to_the_next_request(scene *s) {
    permission_asked_in_vain(s, 5);
    feed_udp(s, 80000, CLIENT, SERVER, "permission request 8 peer=" PEER " " CREDENTIALS);
    feed_udp(s, 80010, SERVER, CLIENT, "permission success 8 mi");
}

static void keep_alives_to_the_server_5_times_in_vain(scene *s) {
    call_that_works(s);
    for (guint i = 0; i < 5; i++) {
        feed_udp(s, 1000 + 1000 * i, CLIENT, SERVER, "binding request 7");
    }
    feed_data_bytes(s, 70010, PEER, 160);
}

static const rule_case cases[] = {
    HIT("turn-server-silent", allocate_over_3_s_without_answer, "failed", "1 4"),
    MISS("turn-server-silent", allocate_over_less_than_3_s_without_answer),
    MISS("turn-server-silent", allocate_over_3_s_with_a_late_challenge),
    MISS("turn-server-silent", allocate_over_3_s_from_the_client_direction_only),
    MISS("turn-server-silent", allocate_over_3_s_with_icmp),
    HIT("turn-port-closed", allocate_with_icmp_unreachable, "failed", "1 2"),
    HIT("turn-server-silent", allocated_again_and_never_answered, "failed", "11 12"),
    HIT("turn-server-silent", allocated_again_with_the_known_nonce_and_never_answered, "failed",
        "7 8"),
    HIT("turn-server-silent", allocated_again_after_a_release_without_an_answer, "failed", "6 7"),
    MISS("session-lost", release_answered_again_after_the_next_allocate),
    HIT("turn-port-closed", syn_with_reset, "failed", "1 2"),
    HIT("turn-port-closed", syn_with_icmp, "failed", "1 2"),
    HIT("turn-port-closed", allocate_with_host_unreachable, "failed", "1 2"),
    MISS("turn-port-closed", allocate_with_host_unreachable_at_the_end),
    MISS("turn-port-closed", allocate_with_icmp_time_exceeded),
    MISS("turn-port-closed", allocate_answered_before_icmp),
    MISS("turn-port-closed", syn_with_icmp_about_the_other_direction),
    MISS("turn-port-closed", syn_with_reset_by_the_client),
    MISS("turn-port-closed", syn_over_3_s_without_answer),
    HIT("turn-tcp-unanswered", syn_over_3_s_without_answer, "failed", "1 3"),
    HIT("turn-tcp-unanswered", syn_answered_and_never_acknowledged, "failed", "1 2 3"),
    MISS("turn-tcp-unanswered", syn_answered_late),
    MISS("turn-tcp-unanswered", syn_answered_just_before_the_end),
    MISS("turn-tcp-unanswered", syn_repeated_for_2_s_at_the_end),
    MISS("turn-tcp-unanswered", syn_once_before_the_end),
    MISS("turn-tcp-unanswered", syn_with_reset),
    HIT("turn-connection-reset", allocate_then_fin_from_the_server, "failed", "4 5"),
    HIT("turn-connection-reset", allocate_then_reset_from_the_server, "failed", "4 5"),
    MISS("turn-connection-reset", allocate_then_fin_from_the_client_first),
    MISS("turn-connection-reset", allocate_rejected_then_fin_from_the_server),
    MISS("turn-connection-reset", allocated_then_fin_from_the_server),
    HIT("session-lost", refresh_of_a_forgotten_allocation, "failed", "4 5 6"),
    HIT("session-lost", refresh_unanswered_for_5_s, "failed", "4 5 6"),
    HIT("session-lost", refresh_answered_by_icmp, "failed", "4 6"),
    HIT("session-lost", refresh_with_host_unreachable, "failed", "4 6"),
    MISS("session-lost", refresh_with_host_unreachable_at_the_end),
    HIT("session-lost", allocated_then_fin_from_the_server, "failed", "7 8"),
    MISS("session-lost", refresh_unanswered_for_2_s_at_the_end),
    MISS("session-lost", refresh_sent_once_and_not_answered),
    HIT("session-lost", refresh_unanswered_in_a_complete_stream, "failed", "7 8"),
    MISS("session-lost", refresh_unanswered_in_an_incomplete_stream),
    MISS("session-lost", answered_after_an_icmp_error),
    MISS("session-lost", closed_by_the_server_after_the_lifetime),
    MISS("session-lost", closed_in_a_capture_of_the_server_alone),
    MISS("session-lost", release_answered_with_437),
    MISS("session-lost", release_unanswered),
    MISS("session-lost", refresh_recovered_after_437),
    MISS("session-lost", released_then_fin_from_the_server),
    HIT("session-lost", call_that_dies_while_the_client_checks_on, "degraded", "10 11 17"),
    MISS("session-lost", call_that_dies_for_less_than_15_s),
    MISS("session-lost", call_that_dies_and_is_released),
    MISS("session-lost", call_that_moves_to_a_direct_path),
    MISS("session-lost", call_whose_peer_falls_silent),
    MISS("session-lost", call_with_keep_alives_in_vain),
    MISS("session-lost", call_that_never_worked_and_is_checked),
    MISS("session-lost", call_with_one_more_packet_from_the_server),
    HIT("session-lost", data_in_vain_after_a_permission_was_not_renewed, "degraded", "12 13 28"),
    MISS("session-lost", data_for_less_than_15_s_after_a_permission_was_not_renewed),
    MISS("session-lost", data_in_vain_after_a_permission_was_renewed),
    HIT("session-lost", permission_asked_5_times_while_the_server_lives, "degraded", "11 15 17"),
    MISS("session-lost", permission_asked_4_times_while_the_server_lives),
    MISS("session-lost", permission_asked_5_times_and_granted_to_the_next_request),
    MISS("session-lost", keep_alives_to_the_server_5_times_in_vain),
};

static void family_reach_is_covered(void **state) {
    (void)state;
    rule_cases_cover(cases, G_N_ELEMENTS(cases), FAMILY_REACH, FAMILY_PASSWORD);
}

int main(void) {
    struct CMUnitTest tests[G_N_ELEMENTS(cases) + 1] = {cmocka_unit_test(family_reach_is_covered)};

    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        tests[i + 1] = (struct CMUnitTest){
            .name = cases[i].name, .test_func = rule_case_run, .initial_state = (void *)&cases[i]};
    }
    return cmocka_run_group_tests_name("rules_reach", tests, NULL, NULL);
}
