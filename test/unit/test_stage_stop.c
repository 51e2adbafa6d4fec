/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "support/call.h"

#include "stun/message.h"

typedef struct stop_case {
    guint lines; /* after so many the call goes no further */
    const char *stop;
} stop_case;

static void expect_stops(const call_line *lines, const stop_case *cases, gsize count) {
    for (gsize i = 0; i < count; i++) {
        g_autoptr(scene) s = scene_new();

        feed_lines(s, lines, 0, cases[i].lines);
        feed_other(s, 60000);
        expect_stop(s, cases[i].stop);
    }
}

static void udp_call_stops_at_each_step(void **state) {
    static const stop_case cases[] = {
        {1, "2/10 challenged unanswered"},
        {2, "3/10 credentials-sent not-tried"},
        {3, "4/10 allocated unanswered"},
        {4, "5/10 permission not-tried"},
        {5, "5/10 permission unanswered"},
        {6, "6/10 check-sent not-tried"},
        {7, "7/10 check-answered unanswered"},
        {8, "8/10 peer-check-answered not-tried"},
        {9, "8/10 peer-check-answered unanswered"},
        {10, "10/10 data not-tried"},
        {11, "10/10 data one-way"},
        {12, "complete"},
    };

    (void)state;
    expect_stops(udp_call, cases, G_N_ELEMENTS(cases));
}

static void tcp_call_stops_at_each_step(void **state) {
    static const stop_case cases[] = {
        {1, "1/5 connected unanswered"},
        {4, "3/14 challenged unanswered"},
        {5, "4/14 credentials-sent not-tried"},
        {6, "5/14 allocated unanswered"},
        {7, "6/14 peer-connected not-tried"},
        {8, "7/14 data-connection not-tried"},
        {9, "7/14 data-connection unanswered"},
        {12, "9/14 bound unanswered"},
        {13, "10/14 check-sent not-tried"},
        {14, "11/14 check-answered unanswered"},
        {15, "12/14 peer-check-answered not-tried"},
        {16, "12/14 peer-check-answered unanswered"},
        {17, "14/14 data not-tried"},
        {18, "14/14 data one-way"},
        {19, "complete"},
    };

    (void)state;
    expect_stops(tcp_call, cases, G_N_ELEMENTS(cases));
}

/* Wherever the capture ends, it is too early to call anything a fault. */
static void expect_capture_ends(const call_line *lines, guint end) {
    g_autoptr(scene) s = scene_new();

    feed_lines(s, lines, 0, end);
    for (guint i = 0; i < scene_model(s)->sessions->len; i++) {
        g_autoptr(turn_stages) stages = stages_of(s);

        assert_int_equal(stages->stop, TURN_STOP_CAPTURE_ENDS);
    }
}

static void capture_that_ends_shows_no_fault(void **state) {
    (void)state;
    for (guint end = 1; end < UDP_CALL_LINES; end++) {
        expect_capture_ends(udp_call, end);
    }
    for (guint end = 1; end < TCP_CALL_LINES; end++) {
        expect_capture_ends(tcp_call, end);
    }
}

/* Wherever it begins, what leads to data was there. */
static void expect_complete_from(const call_line *lines, guint begin, guint count) {
    g_autoptr(scene) s = scene_new();
    g_autoptr(turn_stages) stages = NULL;

    feed_lines(s, lines, begin, count);
    feed_other(s, 60000);
    stages = stages_of(s);
    assert_int_equal(stages->stop, TURN_STOP_NONE);
    for (guint i = 0; i < stages->list->len; i++) {
        assert_true(g_array_index(stages->list, turn_stage, i).state <= TURN_STAGE_PASSED);
    }
}

static void capture_that_begins_late_shows_no_fault(void **state) {
    (void)state;
    for (guint begin = 0; begin + 2 <= UDP_CALL_LINES; begin++) {
        expect_complete_from(udp_call, begin, UDP_CALL_LINES);
    }
    for (guint begin = 0; begin + 2 <= TCP_CALL_LINES; begin++) {
        expect_complete_from(tcp_call, begin, TCP_CALL_LINES);
    }
}

static void expect_refusal(scene *s, const char *stop, guint code, guint from, guint frame,
                           gint64 wait_ms) {
    g_autoptr(turn_stages) stages = stages_of(s);
    g_autofree char *text = stop_text(stages);

    assert_string_equal(text, stop);
    assert_int_equal(stages->code, code);
    assert_int_equal(stages->from.frame, from);
    assert_int_equal(stages->seen.frame, frame);
    assert_int_equal(stages->wait, wait_ms * 1000000);
}

static void refused_allocate_has_code_reason_and_wait(void **state) {
    g_autoptr(scene) s = scene_new();
    g_autoptr(turn_stages) stages = NULL;

    (void)state;
    scene_rejected(s, 0, "error=486");
    expect_refusal(s, "4/10 allocated refused", 486, 3, 4, 10);
    stages = stages_of(s);
    assert_string_equal(stages->reason, "Reason 486");
    assert_int_equal(stages->after, 2);
}

static void last_refusal_with_its_request_counts(void **state) {
    g_autoptr(scene) s = scene_new();

    (void)state;
    scene_rejected(s, 0, "error=486");
    feed_udp(s, 1000, CLIENT, SERVER, "allocate request 3 transport=17 " CREDENTIALS);
    feed_udp(s, 1025, SERVER, CLIENT, "allocate error 3 error=508");
    feed_udp(s, 9000, SERVER, CLIENT, "allocate error 4 error=500");
    expect_refusal(s, "4/10 allocated refused", 508, 5, 6, 25);
}

static void nonce_loop_is_a_refusal(void **state) {
    g_autoptr(scene) s = scene_new();

    (void)state;
    scene_challenge(s, 0);
    for (guint i = 1; i <= 3; i++) {
        g_autofree char *request = g_strdup_printf(
            "allocate request %u transport=17 user=alice realm=example.org nonce=n%u mi", i + 1, i);
        g_autofree char *answer =
            g_strdup_printf("allocate error %u error=438 nonce=n%u", i + 1, i + 1);

        feed_udp(s, (gint64)20 * i, CLIENT, SERVER, request);
        feed_udp(s, (gint64)20 * i + 10, SERVER, CLIENT, answer);
    }
    expect_refusal(s, "4/10 allocated refused", 438, 3, 8, 50);
}

static void refused_permission_stops_there(void **state) {
    g_autoptr(scene) s = scene_new();

    (void)state;
    feed_lines(s, udp_call, 0, 5);
    feed_udp(s, 115, SERVER, CLIENT, "permission error 3 error=403");
    expect_refusal(s, "5/10 permission refused", 403, 5, 6, 15);
}

/* The server drops it without a word. */
static void check_without_permission_stops_at_permission(void **state) {
    g_autoptr(scene) s = scene_new();

    (void)state;
    feed_lines(s, udp_call, 0, 4);
    feed_lines(s, udp_call, 6, 7);
    feed_other(s, 60000);
    expect_steps(s, "allocate-sent=1 challenged=2 credentials-sent=3 allocated=4 permission- "
                    "check-sent=5 check-answered- peer-check-answered- nominated- data-");
    expect_stop(s, "5/10 permission not-tried");
}

static void check_refused_by_the_peer_stops_there(void **state) {
    g_autoptr(scene) s = scene_new();

    (void)state;
    feed_lines(s, udp_call, 0, 7);
    feed_data(s, 215, PEER, "binding error 101 error=401");
    feed_other(s, 60000);
    expect_stop(s, "7/10 check-answered refused");
}

static void keep_alive_of_the_peer_is_no_unanswered_check(void **state) {
    g_autoptr(scene) s = scene_new();

    (void)state;
    feed_lines(s, udp_call, 0, 8);
    feed_data(s, 500, PEER, "binding request 109");
    feed_other(s, 60000);
    expect_stop(s, "8/10 peer-check-answered not-tried");
}

static void released_allocation_was_not_wanted(void **state) {
    g_autoptr(scene) s = scene_new();

    (void)state;
    scene_allocate(s, 0);
    feed_udp(s, 100, CLIENT, SERVER, "refresh request 3 lifetime=0 " CREDENTIALS);
    feed_udp(s, 110, SERVER, CLIENT, "refresh success 3 lifetime=0 mi");
    feed_other(s, 60000);
    expect_refusal(s, "5/10 permission released", 0, 4, 5, 70);
}

static void reset_by_the_server_closes(void **state) {
    g_autoptr(scene) s = scene_new();

    (void)state;
    feed_lines(s, tcp_call, 0, 4);
    feed_tcp(s, 28, SERVER, CLIENT, TURN_TCP_RESET);
    feed_other(s, 60000);
    expect_refusal(s, "3/14 challenged closed", 0, 4, 5, 8);
}

static void reset_by_the_client_after_allocation_releases(void **state) {
    g_autoptr(scene) s = scene_new();

    (void)state;
    feed_lines(s, tcp_call, 0, 7);
    feed_tcp(s, 90, CLIENT, SERVER, TURN_TCP_RESET);
    feed_other(s, 60000);
    expect_refusal(s, "6/14 peer-connected released", 0, 7, 8, 40);
}

static void closed_port_is_unreachable(void **state) {
    g_autoptr(scene) s = scene_new();

    (void)state;
    feed_lines(s, udp_call, 0, 1);
    feed_icmp(s, 2, TURN_TRANSPORT_UDP, CLIENT, SERVER, 3);
    expect_refusal(s, "2/10 challenged unreachable", 0, 1, 2, 2);
}

static void reset_of_the_syn_closes(void **state) {
    g_autoptr(scene) s = scene_new();

    (void)state;
    feed_lines(s, tcp_call, 0, 1);
    feed_tcp(s, 3, SERVER, CLIENT, TURN_TCP_RESET);
    expect_refusal(s, "1/5 connected closed", 0, 1, 2, 3);
}

static void missing_bytes_may_hold_the_step(void **state) {
    g_autoptr(scene) s = scene_new();
    turn_packet packet;

    (void)state;
    feed_lines(s, tcp_call, 0, 7);
    packet = scene_packet(s, 60, TURN_TRANSPORT_TCP, SERVER, CLIENT);
    turn_tracker_gap(s->tracker, &packet, 200);
    feed_other(s, 60000);
    expect_stop(s, "6/14 peer-connected bytes-missing");
}

/* The code of the error is not in the capture. */
static void cut_answer_is_no_silence(void **state) {
    g_autoptr(scene) s = scene_new();
    const message whole = message_of("allocate error 2 error=486");
    turn_packet packet;

    (void)state;
    feed_lines(s, udp_call, 0, 3);
    packet = scene_packet(s, 30, TURN_TRANSPORT_UDP, SERVER, CLIENT);
    turn_tracker_datagram(s->tracker, &packet, whole.bytes, STUN_HEADER_SIZE, whole.length);
    feed_other(s, 60000);
    expect_stop(s, "4/10 allocated bytes-missing");
}

static void expect_one_direction(gboolean from_client, const char *stop) {
    g_autoptr(scene) s = scene_new();

    for (guint i = 0; i < UDP_CALL_LINES; i++) {
        const gboolean out = udp_call[i].kind == UDP_OUT || udp_call[i].kind == SEND ||
                             udp_call[i].kind == SEND_BYTES;

        if (out == from_client) {
            feed_lines(s, udp_call, i, i + 1);
        }
    }
    feed_other(s, 60000);
    expect_stop(s, stop);
}

static void one_direction_cannot_tell(void **state) {
    (void)state;
    expect_one_direction(TRUE, "7/10 check-answered one-direction");
    expect_one_direction(FALSE, "6/10 check-sent one-direction");
}

static void refused_connect_has_its_code(void **state) {
    g_autoptr(scene) s = scene_new();

    (void)state;
    feed_lines(s, tcp_call, 0, 7);
    feed_unit(s, 100, CLIENT, SERVER, "connect request 3 peer=" PEER " " CREDENTIALS);
    feed_unit(s, 900, SERVER, CLIENT, "connect error 3 error=447");
    expect_refusal(s, "6/14 peer-connected refused", 447, 8, 9, 800);
}

static void refused_bind_has_its_code(void **state) {
    g_autoptr(scene) s = scene_new();

    (void)state;
    feed_lines(s, tcp_call, 0, 12);
    feed_unit(s, 345, SERVER, DATA_END, "bind error 4 error=400");
    expect_refusal(s, "9/14 bound refused", 400, 12, 13, 15);
}

static void expect_patience(scene *s, gint64 ms) {
    g_autoptr(turn_stages) stages = stages_of(s);
    turn_seen when = {.frame = 0};

    if (ms < 0) {
        assert_false(turn_stages_patience(stages, &when));
        return;
    }
    assert_true(turn_stages_patience(stages, &when));
    assert_int_equal(when.time, scene_time(ms));
}

static void patience_ends_three_seconds_after_the_first_packet(void **state) {
    g_autoptr(scene) refused = scene_new();
    g_autoptr(scene) silent = scene_new();
    g_autoptr(scene) syn = scene_new();

    (void)state;
    scene_rejected(refused, 500, "error=431");
    expect_patience(refused, 3500);
    feed_lines(silent, udp_call, 0, 1);
    feed_other(silent, 10000);
    expect_patience(silent, 3000);
    feed_lines(syn, tcp_call, 0, 1);
    feed_other(syn, 10000);
    expect_patience(syn, 3000);
}

static void slow_relay_is_past_patience(void **state) {
    g_autoptr(scene) slow = scene_new();
    g_autoptr(scene) quick = scene_new();
    g_autoptr(turn_stages) stages = NULL;

    (void)state;
    scene_challenge(slow, 0);
    feed_udp(slow, 20, CLIENT, SERVER, "allocate request 2 transport=17 " CREDENTIALS);
    feed_udp(slow, 3001, SERVER, CLIENT, "allocate success 2 relayed=" RELAYED " lifetime=600");
    expect_patience(slow, 3000);
    stages = stages_of(slow);
    assert_int_equal(stages->relay_after, G_GINT64_CONSTANT(3001) * 1000000);
    scene_challenge(quick, 0);
    feed_udp(quick, 20, CLIENT, SERVER, "allocate request 2 transport=17 " CREDENTIALS);
    feed_udp(quick, 3000, SERVER, CLIENT, "allocate success 2 relayed=" RELAYED " lifetime=600");
    expect_patience(quick, -1);
}

static void patience_is_not_spoken_of_where_nothing_is_known(void **state) {
    g_autoptr(scene) probe = scene_new();
    g_autoptr(scene) ends = scene_new();
    g_autoptr(scene) redirected = scene_new();
    g_autoptr(scene) late = scene_new();

    (void)state;
    feed_lines(probe, udp_call, 0, 2); /* content with the challenge */
    feed_other(probe, 60000);
    expect_patience(probe, -1);
    feed_lines(ends, udp_call, 0, 1);
    feed_other(ends, 2000);
    expect_patience(ends, -1);
    scene_rejected(redirected, 0, "error=300 alternate=198.51.100.2:3478");
    expect_patience(redirected, -1);
    feed_lines(late, udp_call, 4, 6);
    feed_other(late, 60000);
    expect_patience(late, -1);
}

int main(void) {
    const struct CMUnitTest stops[] = {
        cmocka_unit_test(udp_call_stops_at_each_step),
        cmocka_unit_test(tcp_call_stops_at_each_step),
        cmocka_unit_test(capture_that_ends_shows_no_fault),
        cmocka_unit_test(capture_that_begins_late_shows_no_fault),
        cmocka_unit_test(one_direction_cannot_tell),
        cmocka_unit_test(missing_bytes_may_hold_the_step),
        cmocka_unit_test(cut_answer_is_no_silence),
        cmocka_unit_test(refused_allocate_has_code_reason_and_wait),
        cmocka_unit_test(last_refusal_with_its_request_counts),
        cmocka_unit_test(nonce_loop_is_a_refusal),
        cmocka_unit_test(refused_permission_stops_there),
        cmocka_unit_test(check_without_permission_stops_at_permission),
        cmocka_unit_test(check_refused_by_the_peer_stops_there),
        cmocka_unit_test(keep_alive_of_the_peer_is_no_unanswered_check),
        cmocka_unit_test(released_allocation_was_not_wanted),
        cmocka_unit_test(reset_by_the_server_closes),
        cmocka_unit_test(reset_by_the_client_after_allocation_releases),
        cmocka_unit_test(closed_port_is_unreachable),
        cmocka_unit_test(reset_of_the_syn_closes),
        cmocka_unit_test(refused_connect_has_its_code),
        cmocka_unit_test(refused_bind_has_its_code),
    };
    const struct CMUnitTest patience[] = {
        cmocka_unit_test(patience_ends_three_seconds_after_the_first_packet),
        cmocka_unit_test(slow_relay_is_past_patience),
        cmocka_unit_test(patience_is_not_spoken_of_where_nothing_is_known),
    };

    return cmocka_run_group_tests_name("stage_stops", stops, NULL, NULL) +
           cmocka_run_group_tests_name("stage_patience", patience, NULL, NULL);
}
