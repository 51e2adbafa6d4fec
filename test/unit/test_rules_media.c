/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "support/dtls.h"
#include "support/rule_case.h"

#define CHECK  "binding request 101 user=b:a priority=1 mi"
#define CERT   1100 /* bytes of a flight with a certificate */
#define HELLO  150
#define DIRECT "10.1.1.30:50000"

static void check_refused(scene *s, gint64 ms, guint id) {
    g_autofree char *ask = g_strdup_printf("binding request %u user=b:a priority=1 mi", id);
    g_autofree char *answer = g_strdup_printf("binding error %u error=487 mi", id);

    feed_send(s, ms, PEER, ask);
    feed_data(s, ms + 10, PEER, answer);
}

static void check_accepted(scene *s, gint64 ms, guint id) {
    g_autofree char *ask = g_strdup_printf("binding request %u user=b:a priority=1 mi", id);
    g_autofree char *answer = g_strdup_printf("binding success %u mi", id);

    feed_send(s, ms, PEER, ask);
    feed_data(s, ms + 10, PEER, answer);
}

static void role_refused_again_and_again(scene *s) {
    scene_allocate(s, 0);
    check_refused(s, 100, 101);
    check_refused(s, 200, 102);
    check_refused(s, 300, 103);
    feed_other(s, 5310);
}

static void role_refused_once(scene *s) {
    scene_allocate(s, 0);
    check_refused(s, 100, 101);
    feed_other(s, 60000);
}

static void role_refused_once_and_repaired(scene *s) {
    scene_allocate(s, 0);
    check_refused(s, 100, 101);
    check_accepted(s, 200, 102);
    feed_other(s, 60000);
}

static void role_repaired_after_two(scene *s) {
    scene_allocate(s, 0);
    check_refused(s, 100, 101);
    check_refused(s, 200, 102);
    check_accepted(s, 300, 103);
    feed_other(s, 60000);
}

/* Both were on their way before the first was refused. */
static void role_refused_to_two_checks_at_a_time(scene *s) {
    scene_allocate(s, 0);
    feed_send(s, 100, PEER, CHECK);
    feed_send(s, 105, PEER, "binding request 102 user=b:a priority=1 mi");
    feed_data(s, 110, PEER, "binding error 101 error=487 mi");
    feed_data(s, 115, PEER, "binding error 102 error=487 mi");
    feed_other(s, 60000);
}

static void role_refused_just_before_the_end(scene *s) {
    scene_allocate(s, 0);
    check_refused(s, 100, 101);
    check_refused(s, 200, 102);
    feed_other(s, 5209);
}

static void role_refused_while_another_path_works(scene *s) {
    role_refused_again_and_again(s);
    scene_checks(s, 6000, OTHER);
}

static void checks_refused_with_400(scene *s) {
    scene_allocate(s, 0);
    for (guint i = 0; i < 3; i++) {
        g_autofree char *ask = g_strdup_printf("binding request %u user=b:a mi", 101 + i);
        g_autofree char *answer = g_strdup_printf("binding error %u error=400 mi", 101 + i);

        feed_send(s, 100 + 100 * i, PEER, ask);
        feed_data(s, 110 + 100 * i, PEER, answer);
    }
    feed_other(s, 60000);
}

static void role_of_a_pair_refused_again_and_again(scene *s) {
    feed_udp(s, 0, CLIENT, PEER, CHECK);
    feed_udp(s, 10, PEER, CLIENT, "binding error 101 error=487 mi");
    feed_udp(s, 100, CLIENT, PEER, "binding request 102 user=b:a priority=1 mi");
    feed_udp(s, 110, PEER, CLIENT, "binding error 102 error=487 mi");
    feed_other(s, 5110);
}

/* Checks of frames 5 to 8, then a hello of the peer and a flight that does not get through. */
static void flight_repeated(scene *s, guint count, gint64 every) {
    scene_allocate(s, 0);
    scene_checks(s, 100, PEER);
    for (guint i = 0; i < count; i++) {
        feed_data_dtls(s, 200 + every * i, PEER, 0, HELLO);
        feed_send_dtls(s, 210 + every * i, PEER, 0, CERT);
    }
}

static void flight_with_certificate_repeated(scene *s) {
    flight_repeated(s, 4, 1700);
}

static void flight_repeated_for_less_than_5_s(scene *s) {
    flight_repeated(s, 4, 1600);
}

static void flight_repeated_and_answered(scene *s) {
    flight_repeated(s, 4, 1700);
    feed_data_dtls(s, 6000, PEER, 1, HELLO);
}

/* The other side may have nothing to say to it. */
static void flight_repeated_to_a_silent_peer(scene *s) {
    scene_allocate(s, 0);
    scene_checks(s, 100, PEER);
    for (guint i = 0; i < 6; i++) {
        feed_send_dtls(s, 210 + 2000 * i, PEER, 0, CERT);
    }
}

static void small_flight_repeated(scene *s) {
    scene_allocate(s, 0);
    scene_checks(s, 100, PEER);
    for (guint i = 0; i < 6; i++) {
        feed_data_dtls(s, 200 + 2000 * i, PEER, 0, HELLO);
        feed_send_dtls(s, 210 + 2000 * i, PEER, 0, 400);
    }
}

static void flight_repeated_without_checks(scene *s) {
    scene_allocate(s, 0);
    for (guint i = 0; i < 6; i++) {
        feed_data_dtls(s, 200 + 2000 * i, PEER, 0, HELLO);
        feed_send_dtls(s, 210 + 2000 * i, PEER, 0, CERT);
    }
}

static void flight_repeated_while_another_path_is_used(scene *s) {
    flight_repeated(s, 4, 1700);
    feed_udp(s, 7000, CLIENT, DIRECT, "binding request 201 user=b:a priority=1 mi");
    feed_udp(s, 7010, DIRECT, CLIENT, "binding success 201 mi");
    feed_dtls(s, 7020, DIRECT, CLIENT, 1, HELLO);
}

static void leg(scene *s, gint64 ms, const char *from, const char *to, gsize length) {
    const guint8 bytes[1500] = {0x80};

    assert_true(length <= sizeof bytes);
    feed_udp_bytes(s, ms, from, to, bytes, length);
}

/* One small packet through the relay (frames 5 and 6), then COUNT times a large one that does not
 * come out and a small one that does. */
static void large_ones_do_not_come_out(scene *s, guint count, gint64 every) {
    scene_allocate(s, 0);
    feed_send_bytes(s, 100, PEER, 160);
    leg(s, 101, RELAYED, PEER, 160);
    for (guint i = 0; i < count; i++) {
        feed_send_bytes(s, 200 + every * i, PEER, 1200);
        feed_send_bytes(s, 210 + every * i, PEER, 160);
        leg(s, 211 + every * i, RELAYED, PEER, 160);
    }
}

static void ten_large_packets_do_not_come_out_of_the_relay(scene *s) {
    large_ones_do_not_come_out(s, 10, 112);
}

static void nine_large_packets_do_not_come_out_of_the_relay(scene *s) {
    large_ones_do_not_come_out(s, 9, 200);
}

static void ten_large_packets_in_less_than_a_second(scene *s) {
    large_ones_do_not_come_out(s, 10, 111);
}

static void ten_large_packets_and_one_that_comes_out(scene *s) {
    large_ones_do_not_come_out(s, 10, 200);
    leg(s, 5000, RELAYED, PEER, 1200);
}

static void large_packets_that_come_out(scene *s) {
    scene_allocate(s, 0);
    for (guint i = 0; i < 30; i++) {
        feed_send_bytes(s, 200 + 100 * i, PEER, i % 2 == 0 ? 160 : 1200);
        leg(s, 201 + 100 * i, RELAYED, PEER, i % 2 == 0 ? 160 : 1200);
    }
}

/* Then the capture lacks the relay leg, or the peer is reached no more. */
static void relay_leg_that_ends_with_the_large_ones(scene *s) {
    scene_allocate(s, 0);
    feed_send_bytes(s, 100, PEER, 160);
    leg(s, 101, RELAYED, PEER, 160);
    for (guint i = 0; i < 20; i++) {
        feed_send_bytes(s, 200 + 200 * i, PEER, 1200);
    }
}

static void too_big(scene *s, gint64 ms) {
    const turn_packet packet = scene_packet(s, ms, TURN_TRANSPORT_UDP, SERVER, CLIENT);
    const turn_icmp_error error = {
        .version = 4, .type = 3, .code = 4, .mtu = 1300, .about = turn_flow_reversed(&packet.flow)};

    turn_tracker_icmp(s->tracker, &packet, &error);
}

static void packets_too_big_for_2_s(scene *s) {
    scene_allocate(s, 0);
    too_big(s, 100);
    too_big(s, 1100);
    too_big(s, 2100);
}

static void packets_too_big_for_less_than_2_s(scene *s) {
    scene_allocate(s, 0);
    too_big(s, 100);
    too_big(s, 1100);
    too_big(s, 2099);
}

/* What was learned is forgotten after a while, and learned again. */
static void packets_too_big_every_10_minutes(scene *s) {
    scene_allocate(s, 0);
    for (guint i = 0; i < 6; i++) {
        too_big(s, 100 + 600000 * i);
        too_big(s, 110 + 600000 * i);
    }
}

/* A window of packets was on its way: the sender then knows. */
static void packets_too_big_in_one_burst(scene *s) {
    scene_allocate(s, 0);
    for (guint i = 0; i < 10; i++) {
        too_big(s, 100 + i);
    }
    feed_other(s, 60000);
}

static void packet_too_big_once(scene *s) {
    scene_allocate(s, 0);
    too_big(s, 100);
    feed_other(s, 60000);
}

static void segment_stuck(scene *s, guint transmissions, gint64 last, gboolean alive) {
    turn_packet packet;
    turn_stuck stuck = {.transmissions = transmissions, .length = 1400};

    scene_allocate_tcp(s, 0);
    packet = scene_packet(s, 100, TURN_TRANSPORT_TCP, CLIENT, SERVER);
    stuck.first = turn_seen_at(&packet);
    packet = scene_packet(s, last, TURN_TRANSPORT_TCP, CLIENT, SERVER);
    stuck.last = turn_seen_at(&packet);
    if (alive) {
        const turn_packet other = scene_packet(s, last + 10, TURN_TRANSPORT_TCP, SERVER, CLIENT);

        stuck.last_alive = turn_seen_at(&other);
    }
    turn_tracker_tcp_stuck(s->tracker, &packet, &stuck);
}

static void segment_sent_four_times_in_5_s(scene *s) {
    segment_stuck(s, 4, 5100, TRUE);
}

static void segment_sent_three_times(scene *s) {
    segment_stuck(s, 3, 5100, TRUE);
}

static void segment_sent_four_times_in_4_s(scene *s) {
    segment_stuck(s, 4, 4100, TRUE);
}

/* The whole connection is lost, not the large segment. */
static void segment_sent_to_nobody(scene *s) {
    segment_stuck(s, 4, 5100, FALSE);
}

static void nominated_at(scene *s, gint64 ms, guint id) {
    g_autofree char *ask =
        g_strdup_printf("binding request %u user=b:a priority=1 nominate mi", id);
    g_autofree char *answer = g_strdup_printf("binding success %u mi", id);

    feed_send(s, ms, PEER, ask);
    feed_data(s, ms + 10, PEER, answer);
}

/* Checks, nomination in frame 10 and once more with every check until END. */
static void nominated_until(scene *s, gint64 end) {
    scene_allocate(s, 0);
    scene_checks(s, 100, PEER);
    nominated_at(s, 200, 103);
    for (gint64 ms = 5000; ms + 10 <= end; ms += 5000) {
        nominated_at(s, ms, (guint)(200 + ms / 5000));
    }
    nominated_at(s, end - 10, 300);
}

static void path_nominated_and_not_used(scene *s) {
    nominated_until(s, 15210);
}

static void path_nominated_just_before_the_end(scene *s) {
    nominated_until(s, 15209);
}

/* Nominated once, and checked to the end. */
static void nominated_once(scene *s) {
    scene_allocate(s, 0);
    scene_checks(s, 100, PEER);
    nominated_at(s, 200, 103);
    for (gint64 ms = 5000; ms <= 20000; ms += 5000) {
        check_accepted(s, ms, (guint)(200 + ms / 5000));
    }
}

/* The capture shows what the client tries directly: it would show its data. Frame 19 is the check
 * of the direct path, before the last packet of the session. */
static void path_nominated_once_where_direct_paths_are_seen(scene *s) {
    nominated_once(s);
    feed_udp(s, 20100, CLIENT, DIRECT, "binding request 401 user=b:a priority=1 mi");
}

/* At the server: the agents may have changed to a direct path, and keep this one for need. */
static void path_nominated_once_at_the_server(scene *s) {
    nominated_once(s);
}

static void path_that_nobody_nominated(scene *s) {
    scene_allocate(s, 0);
    scene_checks(s, 100, PEER);
    for (gint64 ms = 5000; ms < 60000; ms += 5000) {
        check_accepted(s, ms, (guint)(200 + ms / 5000));
    }
}

static void path_nominated_and_used(scene *s) {
    nominated_until(s, 20000);
    feed_data_bytes(s, 20100, PEER, 60);
}

static void path_nominated_while_another_peer_is_used(scene *s) {
    nominated_until(s, 20000);
    feed_data_bytes(s, 20100, OTHER, 60);
}

static void path_nominated_while_a_direct_one_is_used(scene *s) {
    nominated_until(s, 20000);
    feed_udp(s, 20100, CLIENT, DIRECT, "binding request 401 user=b:a priority=1 mi");
    leg(s, 20110, CLIENT, DIRECT, 60);
}

/* Video without RTCP of its own beside audio: another ICE session of the same two ends. */
static void path_nominated_while_the_hosts_talk_elsewhere(scene *s) {
    nominated_until(s, 20000);
    feed_udp(s, 20100, "10.1.1.10:40010", "203.0.113.9:50010", "binding request 401 user=d:c mi");
    leg(s, 20110, "10.1.1.10:40010", "203.0.113.9:50010", 60);
}

static void path_nominated_and_released(scene *s) {
    scene_allocate(s, 0);
    scene_checks(s, 100, PEER);
    feed_send(s, 200, PEER, "binding request 103 user=b:a priority=1 nominate mi");
    feed_data(s, 210, PEER, "binding success 103 mi");
    feed_udp(s, 10000, CLIENT, SERVER, "refresh request 4 lifetime=0 " CREDENTIALS);
    feed_udp(s, 10010, SERVER, CLIENT, "refresh success 4 lifetime=0 mi");
    feed_other(s, 60000);
}

static void path_nominated_and_left(scene *s) {
    scene_allocate(s, 0);
    scene_checks(s, 100, PEER);
    feed_send(s, 200, PEER, "binding request 103 user=b:a priority=1 nominate mi");
    feed_data(s, 210, PEER, "binding success 103 mi");
    feed_other(s, 60000);
}

static void path_nominated_and_used_for_dtls_only(scene *s) {
    nominated_until(s, 20000);
    feed_dtls_handshake(s, 300, PEER);
    nominated_at(s, 20100, 301);
}

static void path_nominated_and_used_for_a_data_channel(scene *s) {
    path_nominated_and_used_for_dtls_only(s);
    feed_data_record(s, 20200, PEER, 23, 60);
}

/* Checks, nominations and more checks of a call whose allocation the capture does not show: there
 * may have been media before it. */
static void path_nominated_in_a_capture_that_began_late(scene *s) {
    scene_checks(s, 100, PEER);
    for (guint i = 0; i < 12; i++) {
        nominated_at(s, 200 + 2500 * i, 200 + i);
    }
}

static const rule_case cases[] = {
    HIT("role-conflict", role_refused_again_and_again, "degraded", "6 10"),
    HIT("role-conflict", role_of_a_pair_refused_again_and_again, "degraded", "2 4"),
    MISS("role-conflict", role_refused_once),
    MISS("role-conflict", role_refused_once_and_repaired),
    MISS("role-conflict", role_repaired_after_two),
    MISS("role-conflict", role_refused_to_two_checks_at_a_time),
    MISS("role-conflict", role_refused_just_before_the_end),
    MISS("role-conflict", role_refused_while_another_path_works),
    MISS("role-conflict", checks_refused_with_400),
    HIT("large-packets-lost", flight_with_certificate_repeated, "degraded", "10 16 15"),
    MISS("large-packets-lost", flight_repeated_for_less_than_5_s),
    MISS("large-packets-lost", flight_repeated_and_answered),
    MISS("large-packets-lost", flight_repeated_to_a_silent_peer),
    MISS("large-packets-lost", small_flight_repeated),
    MISS("large-packets-lost", flight_repeated_without_checks),
    MISS("large-packets-lost", flight_repeated_while_another_path_is_used),
    HIT("large-packets-lost", ten_large_packets_do_not_come_out_of_the_relay, "degraded",
        "7 34 36"),
    MISS("large-packets-lost", nine_large_packets_do_not_come_out_of_the_relay),
    MISS("large-packets-lost", ten_large_packets_in_less_than_a_second),
    MISS("large-packets-lost", ten_large_packets_and_one_that_comes_out),
    MISS("large-packets-lost", large_packets_that_come_out),
    MISS("large-packets-lost", relay_leg_that_ends_with_the_large_ones),
    HIT("large-packets-lost", packets_too_big_for_2_s, "degraded", "5 7"),
    MISS("large-packets-lost", packets_too_big_for_less_than_2_s),
    MISS("large-packets-lost", packets_too_big_every_10_minutes),
    MISS("large-packets-lost", packets_too_big_in_one_burst),
    MISS("large-packets-lost", packet_too_big_once),
    HIT("large-packets-lost", segment_sent_four_times_in_5_s, "degraded", "8 9 10"),
    MISS("large-packets-lost", segment_sent_three_times),
    MISS("large-packets-lost", segment_sent_four_times_in_4_s),
    MISS("large-packets-lost", segment_sent_to_nobody),
    HIT("media-absent", path_nominated_and_not_used, "degraded", "10 18"),
    HIT("media-absent", path_nominated_once_where_direct_paths_are_seen, "degraded", "10 18"),
    MISS("media-absent", path_nominated_once_at_the_server),
    MISS("media-absent", path_nominated_just_before_the_end),
    MISS("media-absent", path_that_nobody_nominated),
    MISS("media-absent", path_nominated_and_used),
    MISS("media-absent", path_nominated_while_another_peer_is_used),
    MISS("media-absent", path_nominated_while_a_direct_one_is_used),
    MISS("media-absent", path_nominated_while_the_hosts_talk_elsewhere),
    MISS("media-absent", path_nominated_and_released),
    MISS("media-absent", path_nominated_and_left),
    MISS("media-absent", path_nominated_in_a_capture_that_began_late),
    HIT("media-absent", path_nominated_and_used_for_dtls_only, "degraded", "10 24"),
    MISS("media-absent", path_nominated_and_used_for_a_data_channel),
};

static void family_media_is_covered(void **state) {
    (void)state;
    rule_cases_cover(cases, G_N_ELEMENTS(cases), FAMILY_MEDIA, FAMILY_UNKNOWN);
}

int main(void) {
    struct CMUnitTest tests[G_N_ELEMENTS(cases) + 1] = {cmocka_unit_test(family_media_is_covered)};

    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        tests[i + 1] = (struct CMUnitTest){
            .name = cases[i].name, .test_func = rule_case_run, .initial_state = (void *)&cases[i]};
    }
    return cmocka_run_group_tests_name("rules_media", tests, NULL, NULL);
}
