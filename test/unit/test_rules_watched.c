/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What a capture could have missed is no fault: near misses of rules that judge by absence, each
 * beside a scene that differs in what was captured alone and is found. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "support/rule_case.h"

#include <string.h>

#define CHECK "binding request 101 user=b:a priority=1 mi"

/* In another file: the capture paused between, or a file is missing. */
static void feed_file(scene *s, guint32 capture, gint64 ms, const char *from, const char *to,
                      const char *text) {
    message made = message_of(text);
    turn_packet packet = scene_packet(s, ms, TURN_TRANSPORT_UDP, from, to);

    packet.capture = capture;
    turn_tracker_datagram(s->tracker, &packet, made.bytes, made.length, made.length);
}

/* The first CAPTURED bytes of MADE. */
static void feed_cut(scene *s, gint64 ms, const char *from, const char *to, const message *made,
                     gsize captured) {
    const turn_packet packet = scene_packet(s, ms, TURN_TRANSPORT_UDP, from, to);

    turn_tracker_datagram(s->tracker, &packet, made->bytes, captured, made->length);
}

static void lose_bytes(scene *s, gint64 ms) {
    const turn_packet packet = scene_packet(s, ms, TURN_TRANSPORT_TCP, SERVER, CLIENT);

    turn_tracker_gap(s->tracker, &packet, 100);
}

/* turn-server-silent */

static void allocates_of_which_none_is_repeated(scene *s) {
    feed_udp(s, 0, CLIENT, SERVER, "allocate request 1 transport=17");
    feed_udp(s, 10000, CLIENT, SERVER, "allocate request 2 transport=17");
    feed_udp(s, 20000, CLIENT, SERVER, "allocate request 3 transport=17");
}

static void allocates_of_which_none_is_repeated_by_a_client_that_hears(scene *s) {
    feed_udp(s, 0, "198.51.100.9:3478", CLIENT, "binding success 9 mapped=" MAPPED);
    allocates_of_which_none_is_repeated(s);
}

static void allocates_before_and_after_a_missing_file(scene *s) {
    feed_udp(s, 0, CLIENT, SERVER, "allocate request 1 transport=17");
    feed_udp(s, 500, CLIENT, SERVER, "allocate request 1 transport=17");
    feed_file(s, 1, 90000, CLIENT, SERVER, "allocate request 2 transport=17");
}

/* turn-connection-reset */

static void challenge_over_tcp(scene *s) {
    scene_connect(s, 0, CLIENT);
    feed_unit(s, 20, CLIENT, SERVER, "allocate request 1 transport=6");
    feed_unit(s, 30, SERVER, CLIENT, "allocate error 1 error=401 realm=example.org nonce=n1");
}

static void probe_over_tcp_closed_by_the_server(scene *s) {
    challenge_over_tcp(s);
    feed_tcp(s, 30000, SERVER, CLIENT, TURN_TCP_FIN);
}

static void challenge_over_tcp_closed_at_once(scene *s) {
    challenge_over_tcp(s);
    feed_tcp(s, 100, SERVER, CLIENT, TURN_TCP_FIN);
}

static void answer_missing_before_the_server_closes(scene *s) {
    challenge_over_tcp(s);
    feed_unit(s, 40, CLIENT, SERVER, "allocate request 2 transport=6 " CREDENTIALS);
    lose_bytes(s, 50);
    feed_tcp(s, 60, SERVER, CLIENT, TURN_TCP_FIN);
}

/* session-lost */

static void request_then_fin_of_the_client(scene *s) {
    scene_allocate_tcp(s, 0);
    feed_unit(s, 1000, CLIENT, SERVER, "permission request 3 peer=" PEER " " CREDENTIALS);
    feed_tcp(s, 1100, CLIENT, SERVER, TURN_TCP_FIN);
    feed_other(s, 20000);
}

static void request_then_fin_of_the_client_much_later(scene *s) {
    scene_allocate_tcp(s, 0);
    feed_unit(s, 1000, CLIENT, SERVER, "permission request 3 peer=" PEER " " CREDENTIALS);
    feed_tcp(s, 9000, CLIENT, SERVER, TURN_TCP_FIN);
    feed_other(s, 20000);
}

static void fin_of_the_server_behind_missing_bytes(scene *s) {
    scene_allocate_tcp(s, 0);
    lose_bytes(s, 1000);
    feed_tcp(s, 1100, SERVER, CLIENT, TURN_TCP_FIN);
}

static void refresh_that_may_release(scene *s) {
    const message refresh = message_of("refresh request 3 " CREDENTIALS " lifetime=0");

    scene_allocate(s, 0);
    feed_cut(s, 1000, CLIENT, SERVER, &refresh, refresh.length - 8);
    feed_cut(s, 1500, CLIENT, SERVER, &refresh, refresh.length - 8);
    feed_other(s, 20000);
}

static void refresh_that_is_cut_behind_its_lifetime(scene *s) {
    const message refresh = message_of("refresh request 3 lifetime=600 " CREDENTIALS);

    scene_allocate(s, 0);
    feed_cut(s, 1000, CLIENT, SERVER, &refresh, refresh.length - 8);
    feed_cut(s, 1500, CLIENT, SERVER, &refresh, refresh.length - 8);
    feed_other(s, 20000);
}

/* credentials-missing */

static void challenges(scene *s, gsize cut) {
    scene_challenge(s, 0);
    for (guint i = 0; i < 3; i++) {
        g_autofree char *text =
            g_strdup_printf("allocate request %u transport=17 user=alice", i + 2);
        const message request = message_of(text);

        feed_cut(s, (gint64)i * 100 + 100, CLIENT, SERVER, &request, request.length - cut);
    }
}

static void requests_after_a_challenge_that_are_whole(scene *s) {
    challenges(s, 0);
}

static void requests_after_a_challenge_that_are_cut(scene *s) {
    challenges(s, 4);
}

/* nonce-loop */

static void refused_nonces(scene *s, guint32 capture, gint64 ms) {
    scene_challenge(s, 0);
    feed_file(s, 0, 20, CLIENT, SERVER, "allocate request 2 transport=17 " CREDENTIALS);
    feed_file(s, 0, 30, SERVER, CLIENT, "allocate error 2 error=438 nonce=n2");
    feed_file(s, capture, ms, CLIENT, SERVER,
              "allocate request 3 transport=17 user=alice realm=example.org nonce=n2 mi");
    feed_file(s, capture, ms + 10, SERVER, CLIENT, "allocate error 3 error=438 nonce=n3");
    feed_file(s, capture, ms + 20, CLIENT, SERVER,
              "allocate request 4 transport=17 user=alice realm=example.org nonce=n3 mi");
    feed_file(s, capture, ms + 30, SERVER, CLIENT, "allocate error 4 error=438 nonce=n4");
    feed_file(s, capture, ms + 40, CLIENT, SERVER,
              "allocate request 5 transport=17 user=alice realm=example.org nonce=n4 mi");
    feed_file(s, capture, ms + 50, SERVER, CLIENT, "allocate error 5 error=438 nonce=n5");
}

static void nonces_refused_in_one_file(scene *s) {
    refused_nonces(s, 0, 100);
}

static void nonces_refused_before_and_after_a_missing_file(scene *s) {
    refused_nonces(s, 1, 90000);
}

/* allocation-expired */

static void use_later(scene *s) {
    feed_file(s, 1, 700000, CLIENT, SERVER, "permission request 3 peer=" PEER " " CREDENTIALS);
    turn_tracker_time(s->tracker, 1, scene_time(720000));
}

static void used_in_a_later_file(scene *s) {
    scene_allocate(s, 0);
    use_later(s);
}

static void used_in_the_next_file(scene *s) {
    scene_allocate(s, 0);
    feed_other(s, 698000);
    use_later(s);
}

/* allocation-slow */

static void probe_and_then_a_quick_allocation(scene *s) {
    scene_challenge(s, 0);
    feed_udp(s, 10000, CLIENT, SERVER, "allocate request 2 transport=17");
    feed_udp(s, 10010, SERVER, CLIENT, "allocate error 2 error=401 realm=example.org nonce=n2");
    feed_udp(s, 10020, CLIENT, SERVER,
             "allocate request 3 transport=17 user=alice realm=example.org nonce=n2 mi");
    feed_udp(s, 10030, SERVER, CLIENT, "allocate success 3 relayed=" RELAYED " lifetime=600 mi");
}

static void probe_and_then_a_slow_allocation(scene *s) {
    scene_challenge(s, 0);
    feed_udp(s, 10000, CLIENT, SERVER, "allocate request 2 transport=17");
    feed_udp(s, 10010, SERVER, CLIENT, "allocate error 2 error=401 realm=example.org nonce=n2");
    feed_udp(s, 10020, CLIENT, SERVER,
             "allocate request 3 transport=17 user=alice realm=example.org nonce=n2 mi");
    feed_udp(s, 13500, SERVER, CLIENT, "allocate success 3 relayed=" RELAYED " lifetime=600 mi");
}

/* Checks and data in relayed packets that are cut */

/* The answers are carried behind an attribute that the requests do not have. */
static void feed_cut_answer(scene *s, gsize captured) {
    const message answer = message_of("binding success 101 mapped=" RELAYED " mi");
    message data = message_of("data indication 50 software=abcdefghijklmnopqrst peer=" PEER);

    message_add(&data, STUN_ATTR_DATA, answer.bytes, answer.length);
    feed_cut(s, 110, SERVER, CLIENT, &data, captured);
}

static void check_whose_answer_is_cut(scene *s) {
    scene_allocate(s, 0);
    feed_send(s, 100, PEER, CHECK);
    feed_cut_answer(s, 64); /* within the message in DATA */
    feed_other(s, 20000);
}

static void check_whose_answer_is_cut_before_it_begins(scene *s) {
    scene_allocate(s, 0);
    feed_send(s, 100, PEER, CHECK);
    feed_cut_answer(s, 44); /* within SOFTWARE */
    feed_other(s, 20000);
}

static void check_without_an_answer(scene *s) {
    scene_allocate(s, 0);
    feed_send(s, 100, PEER, CHECK);
    feed_other(s, 20000);
}

/* peer-never-connected */

static void allocate_tcp_relay(scene *s) {
    scene_challenge(s, 0);
    feed_udp(s, 20, CLIENT, SERVER, "allocate request 2 transport=6 " CREDENTIALS);
    feed_udp(s, 30, SERVER, CLIENT, "allocate success 2 relayed=" RELAYED " lifetime=600 mi");
}

static void release_tcp_relay(scene *s, guint32 capture) {
    allocate_tcp_relay(s);
    feed_file(s, capture, 60000, CLIENT, SERVER, "refresh request 3 lifetime=0 " CREDENTIALS);
    feed_file(s, capture, 60010, SERVER, CLIENT, "refresh success 3 lifetime=0 mi");
}

static void tcp_relay_released_in_the_same_file(scene *s) {
    release_tcp_relay(s, 0);
}

static void tcp_relay_released_after_a_missing_file(scene *s) {
    release_tcp_relay(s, 1);
}

/* checks-one-way, media-one-way and peer-connect-failed */

static void bind_connection(scene *s) {
    scene_allocate_tcp(s, 0);
    feed_unit(s, 100, SERVER, CLIENT, "attempt indication 3 peer=" PEER " connection=0x01020304");
    feed_unit(s, 120, DATA_END, SERVER, "bind request 4 connection=0x01020304 " CREDENTIALS);
    feed_unit(s, 130, SERVER, DATA_END, "bind success 4 mi");
}

static void check_of_one_side_over_tcp(scene *s) {
    bind_connection(s);
    feed_framed(s, 140, DATA_END, SERVER, CHECK);
    feed_framed(s, 150, SERVER, DATA_END, "binding success 101 mapped=" RELAYED " mi");
    feed_framed(s, 160, SERVER, DATA_END, "binding request 102 user=a:b priority=1 mi");
    feed_other(s, 20000);
}

static void check_of_one_side_over_tcp_with_bytes_missing(scene *s) {
    check_of_one_side_over_tcp(s);
    lose_bytes(s, 20010);
}

static void data_of_one_side_over_tcp(scene *s) {
    static const guint8 media[40] = {0x80};

    bind_connection(s);
    for (gint64 i = 0; i < 12; i++) {
        feed_framed_bytes(s, 200 + i * 100, DATA_END, SERVER, media, sizeof media);
    }
    feed_other(s, 20000);
}

static void data_of_one_side_over_tcp_with_bytes_missing(scene *s) {
    data_of_one_side_over_tcp(s);
    lose_bytes(s, 20010);
}

static void connect_failed(scene *s) {
    scene_allocate_tcp(s, 0);
    feed_unit(s, 100, CLIENT, SERVER, "connect request 3 peer=" PEER " " CREDENTIALS);
    feed_unit(s, 110, SERVER, CLIENT, "connect error 3 error=447");
}

static void connect_failed_with_bytes_missing(scene *s) {
    connect_failed(s);
    lose_bytes(s, 120);
}

/* permission-denied */

static void permission_refused_over_tcp(scene *s, gboolean complete) {
    scene_allocate_tcp(s, 0);
    feed_unit(s, 100, CLIENT, SERVER, "permission request 3 peer=" PEER " " CREDENTIALS);
    feed_unit(s, 110, SERVER, CLIENT, "permission error 3 error=403");
    if (!complete) {
        lose_bytes(s, 120);
    }
    feed_other(s, 6000);
}

static void permission_refused_and_all_seen(scene *s) {
    permission_refused_over_tcp(s, TRUE);
}

static void permission_refused_and_another_answer_missing(scene *s) {
    permission_refused_over_tcp(s, FALSE);
}

static const rule_case cases[] = {
    MISS("turn-server-silent", allocates_of_which_none_is_repeated),
    HIT("turn-server-silent", allocates_of_which_none_is_repeated_by_a_client_that_hears, "failed",
        "2 4"),
    MISS("turn-server-silent", allocates_before_and_after_a_missing_file),
    MISS("turn-connection-reset", probe_over_tcp_closed_by_the_server),
    HIT("turn-connection-reset", challenge_over_tcp_closed_at_once, "failed", "4 6"),
    MISS("turn-connection-reset", answer_missing_before_the_server_closes),
    MISS("session-lost", request_then_fin_of_the_client),
    HIT("session-lost", request_then_fin_of_the_client_much_later, "failed", "7 8"),
    MISS("session-lost", fin_of_the_server_behind_missing_bytes),
    MISS("session-lost", refresh_that_may_release),
    HIT("session-lost", refresh_that_is_cut_behind_its_lifetime, "failed", "4 5 6"),
    HIT("credentials-missing", requests_after_a_challenge_that_are_whole, "failed", "2 5"),
    MISS("credentials-missing", requests_after_a_challenge_that_are_cut),
    HIT("nonce-loop", nonces_refused_in_one_file, "failed", "4 10"),
    MISS("nonce-loop", nonces_refused_before_and_after_a_missing_file),
    MISS("allocation-expired", used_in_a_later_file),
    HIT("allocation-expired", used_in_the_next_file, "failed", "4 6"),
    MISS("allocation-slow", probe_and_then_a_quick_allocation),
    HIT("allocation-slow", probe_and_then_a_slow_allocation, "degraded", "3 6"),
    MISS("checks-unanswered", check_whose_answer_is_cut),
    MISS("checks-unanswered", check_whose_answer_is_cut_before_it_begins),
    HIT("checks-unanswered", check_without_an_answer, "failed", "5"),
    HIT("peer-never-connected", tcp_relay_released_in_the_same_file, "failed", "4 6"),
    MISS("peer-never-connected", tcp_relay_released_after_a_missing_file),
    HIT("checks-one-way", check_of_one_side_over_tcp, "failed", "12 13"),
    MISS("checks-one-way", check_of_one_side_over_tcp_with_bytes_missing),
    HIT("media-one-way", data_of_one_side_over_tcp, "degraded", "11 22"),
    MISS("media-one-way", data_of_one_side_over_tcp_with_bytes_missing),
    HIT("peer-connect-failed", connect_failed, "failed", "8 9"),
    MISS("peer-connect-failed", connect_failed_with_bytes_missing),
    HIT("permission-denied", permission_refused_and_all_seen, "failed", "8 9"),
    MISS("permission-denied", permission_refused_and_another_answer_missing),
};

int main(void) {
    struct CMUnitTest tests[G_N_ELEMENTS(cases)];

    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        tests[i] = (struct CMUnitTest){
            .name = cases[i].name, .test_func = rule_case_run, .initial_state = (void *)&cases[i]};
    }
    return cmocka_run_group_tests_name("rules_watched", tests, NULL, NULL);
}
