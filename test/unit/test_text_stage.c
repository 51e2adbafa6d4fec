/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "support/call.h"
#include "turn/report/report.h"

#include <string.h>

static int setup(void **state) {
    *state = scene_new();
    return 0;
}

static int teardown(void **state) {
    scene_free(*state);
    return 0;
}

static void expect_sentence(scene *s, const char *expected) {
    g_autoptr(turn_stages) stages = stages_of(s);
    g_autofree char *sentence = turn_report_stop(stages);

    assert_string_equal(sentence, expected);
}

static void refusal_has_code_reason_and_time(void **state) {
    scene *s = *state;

    scene_rejected(s, 0, "error=486");
    expect_sentence(s,
                    "stopped at step 4 of 10 (relay allocated): refused with 486 \"Reason 486\", "
                    "10.0 ms after step 3 (Allocate with credentials)");
}

static void refusal_of_a_later_request_names_its_frame(void **state) {
    scene *s = *state;

    scene_rejected(s, 0, "error=486");
    feed_udp(s, 1000, CLIENT, SERVER, "allocate request 3 transport=17 " CREDENTIALS);
    feed_udp(s, 1025, SERVER, CLIENT, "allocate error 3 error=508");
    expect_sentence(s,
                    "stopped at step 4 of 10 (relay allocated): refused with 508 \"Reason 508\", "
                    "25.0 ms after frame 5");
}

static void silence_says_how_long_it_lasted(void **state) {
    scene *s = *state;

    feed_lines(s, udp_call, 0, 7);
    feed_other(s, 60200);
    expect_sentence(s, "stopped at step 7 of 10 (answer of the peer): no answer in the 60.000 s "
                       "after step 6 (check to the peer)");
}

static void end_of_capture_is_called_that(void **state) {
    scene *s = *state;

    feed_lines(s, udp_call, 0, 3);
    feed_other(s, 520);
    expect_sentence(s, "stopped at step 4 of 10 (relay allocated): the capture ends 0.500 s after "
                       "step 3 (Allocate with credentials)");
}

static void nothing_more_is_no_answer_missing(void **state) {
    scene *s = *state;

    feed_lines(s, udp_call, 0, 4);
    feed_other(s, 9030);
    expect_sentence(s, "stopped at step 5 of 10 (permission for the peer): no further step in "
                       "the 9.000 s after step 4 (relay allocated)");
}

static void one_way_says_which(void **state) {
    scene *s = *state;

    feed_lines(s, udp_call, 0, 11);
    feed_other(s, 60000);
    expect_sentence(s, "stopped at step 10 of 10 (data both ways): data went to the peer only");
}

static void closed_connection_says_when(void **state) {
    scene *s = *state;

    feed_lines(s, tcp_call, 0, 4);
    feed_tcp(s, 28, SERVER, CLIENT, TURN_TCP_RESET);
    expect_sentence(s, "stopped at step 3 of 14 (challenge by the server): the connection was "
                       "closed 8.0 ms after step 2 (Allocate Request)");
}

static void icmp_says_when(void **state) {
    scene *s = *state;

    feed_lines(s, udp_call, 0, 1);
    feed_icmp(s, 2, TURN_TRANSPORT_UDP, CLIENT, SERVER, 3);
    expect_sentence(s,
                    "stopped at step 2 of 10 (challenge by the server): ICMP says that it cannot "
                    "be reached, 2.0 ms after step 1 (Allocate Request)");
}

static void complete_call_has_no_sentence(void **state) {
    scene *s = *state;
    g_autoptr(turn_stages) stages = NULL;

    feed_lines(s, udp_call, 0, UDP_CALL_LINES);
    stages = stages_of(s);
    assert_null(turn_report_stop(stages));
}

static char *report_of(scene *s) {
    g_autoptr(turn_report) report = turn_report_new(scene_model(s), scene_judgement(s));

    return turn_report_write_text(report, FALSE);
}

/* As it is printed. */
static void expect_lines(scene *s, const char *part) {
    g_autofree char *text = report_of(s);

    assert_non_null(strstr(text, part));
}

/* With the lines of the report put together. */
static void expect_in_report(scene *s, const char *part) {
    g_autoptr(GRegex) breaks = g_regex_new("\\n +", 0, 0, NULL);
    g_autofree char *text = report_of(s);
    g_autofree char *joined = g_regex_replace_literal(breaks, text, -1, 0, " ", 0, NULL);

    if (strstr(joined, part) == NULL) {
        fail_msg("\"%s\" is not in:\n%s", part, joined);
    }
}

static void expect_not_in_report(scene *s, const char *part) {
    g_autofree char *text = report_of(s);

    assert_null(strstr(text, part));
}

static void complete_call_is_one_line(void **state) {
    scene *s = *state;

    feed_lines(s, udp_call, 0, UDP_CALL_LINES);
    expect_in_report(s, "Stage: all 10 steps, relay after 0.030 s, first check answered after "
                        "0.210 s, data both ways after 0.320 s Peer");
    expect_not_in_report(s, " 1. Allocate Request");
    expect_not_in_report(s, "CMS: it waits");
}

static void steps_that_the_capture_lacks_are_counted(void **state) {
    scene *s = *state;

    feed_lines(s, udp_call, 4, UDP_CALL_LINES);
    expect_in_report(s, "Stage: all 10 steps, 4 of them not in this capture, first check");
}

static void stopped_call_lists_its_steps(void **state) {
    scene *s = *state;

    scene_rejected(s, 0, "error=486");
    expect_lines(s, "\n        1. Allocate Request           frame 1      12:26:40.000000 "
                    "   0.000 s"
                    "\n        2. challenge by the server    frame 2      12:26:40.010000 "
                    "   0.010 s"
                    "\n        3. Allocate with credentials  frame 3      12:26:40.020000 "
                    "   0.020 s"
                    "\n     x  4. relay allocated            frame 4      12:26:40.030000 "
                    "   0.030 s");
    expect_in_report(s, "If the client is CMS: it waits about 3 s for a relay candidate, until "
                        "12:26:43.000000 here");
}

static void spare_allocation_lists_no_steps(void **state) {
    scene *s = *state;

    scene_allocate(s, 0);
    feed_other(s, 60000);
    expect_in_report(
        s, "Stage: stopped at step 5 of 10 (permission for the peer): no further step in the ");
    expect_not_in_report(s, " 1. Allocate Request");
}

static void peer_has_checks_roles_nomination_and_data(void **state) {
    scene *s = *state;

    feed_lines(s, udp_call, 0, UDP_CALL_LINES);
    expect_in_report(s, "Peer " PEER " through the relay, by Send and Data; checks answered 1/1 to "
                        "peer (10.0 ms), 1/1 from peer (10.0 ms), 12:26:40.200 to 12:26:40.230; "
                        "client controlling; nominated by client in frame 7; data both ways: the "
                        "client sent 100 bytes and received 80, 12:26:40.300 to 12:26:40.320");
    expect_not_in_report(s, "leave the relay");
}

/* Of 3 packets of the client the relay sends one on, and of 2 of the peer both. */
static void what_the_relay_sends_on_is_told_apart(void **state) {
    scene *s = *state;

    scene_allocate(s, 0);
    feed_send_bytes(s, 1000, PEER, 100);
    feed_udp_bytes(s, 1001, RELAYED, PEER, "\x80 media", 7);
    feed_send_bytes(s, 2000, PEER, 100);
    feed_send_bytes(s, 3000, PEER, 100);
    feed_udp_bytes(s, 3500, PEER, RELAYED, "\x80 media", 7);
    feed_data_bytes(s, 3501, PEER, 7);
    feed_udp_bytes(s, 3600, PEER, RELAYED, "\x80 media", 7);
    feed_data_bytes(s, 3601, PEER, 7);
    expect_in_report(s, "; data both ways: the client sent 300 bytes and received 14, 12:26:41.000 "
                        "to 12:26:43.601; the capture shows 1 of the 3 packets to the peer leave "
                        "the relay, the last in frame 6");
    expect_not_in_report(s, "go on to the client");
}

/* One of two checks of the client came back through the relay. */
static void answered_checks_are_told_of_a_relay_without_a_call(void **state) {
    scene *s = *state;

    scene_allocate(s, 0);
    feed_send(s, 100, PEER, "binding request 5 user=b:a mi");
    feed_data(s, 110, PEER, "binding success 5 mi");
    feed_send(s, 200, PEER, "binding request 6 user=b:a mi");
    feed_other(s, 300);
    expect_in_report(s, "no call is seen to go through it");
    expect_in_report(s, "Checks went through: " PEER " answered 1 of the client's 2. Answered "
                        "checks of the peer, and data both ways, are not in this capture.");
}

/* The file has the packets in the reverse order of their times. */
static void times_that_go_backwards_are_no_durations(void **state) {
    scene *s = *state;

    feed_udp(s, 60000, CLIENT, SERVER, "allocate request 1 transport=17");
    feed_udp(s, 50000, SERVER, CLIENT, "allocate error 1 error=401 realm=example.org nonce=n1");
    feed_udp(s, 40000, CLIENT, SERVER, "allocate request 2 transport=17 " CREDENTIALS);
    feed_udp(s, 30000, SERVER, CLIENT, "allocate success 2 relayed=" RELAYED " lifetime=600");
    feed_send_bytes(s, 20000, PEER, 100);
    feed_data_bytes(s, 10000, PEER, 80);
    assert_int_equal(scene_session(s)->earliest, scene_time(10000));
    assert_int_equal(scene_session(s)->latest, scene_time(60000));
    expect_in_report(s, "received 80");
    expect_not_in_report(s, "received 80, ");
    expect_not_in_report(s, "after ");
    expect_not_in_report(s, "CMS: it waits");
}

/* Only the leg behind the relay is captured. */
static void data_behind_the_relay_is_counted_at_the_relay(void **state) {
    scene *s = *state;

    scene_allocate(s, 0);
    feed_udp_bytes(s, 1001, RELAYED, PEER, "\x80 media", 7);
    expect_in_report(
        s, "; data one way: the relay sent 7 bytes, and the capture has none to it, 12:26:41.001");
    expect_not_in_report(s, "leave the relay");
}

static void peer_of_a_connection_is_named_by_it(void **state) {
    scene *s = *state;

    feed_lines(s, tcp_call, 0, TCP_CALL_LINES);
    expect_in_report(s, "Peer " PEER " through the bound connection; checks answered 1/1");
}

static void peer_without_a_bind_is_not_bound(void **state) {
    scene *s = *state;

    feed_lines(s, tcp_call, 0, 8);
    expect_in_report(s, "Peer " PEER " through a connection that was not bound");
}

static void peer_of_a_channel_is_named_by_it(void **state) {
    scene *s = *state;

    scene_allocate(s, 0);
    feed_udp(s, 100, CLIENT, SERVER, "channel request 3 channel=0x4001 peer=" PEER " " CREDENTIALS);
    feed_udp(s, 110, SERVER, CLIENT, "channel success 3 mi");
    expect_in_report(s, "Peer " PEER " through channel 0x4001");
}

#define NEAR "10.1.1.10:50000"
#define FAR  "203.0.113.20:9000"

static void pair_outside_sessions_is_direct(void **state) {
    scene *s = *state;

    feed_udp(s, 0, NEAR, FAR, "binding request 1 user=b:a controlling nominate");
    feed_udp(s, 500, NEAR, FAR, "binding request 1 user=b:a controlling nominate");
    feed_udp(s, 600, NEAR, FAR, "binding indication 2");
    expect_in_report(s, NEAR " and " FAR " over UDP, directly; checks answered 0/1 to the second, "
                             "0/0 to the first, 12:26:40.000 to 12:26:40.500; 1 keep-alive; the "
                             "first controlling; nominated by the first in frame 1 (not answered)");
}

static void pair_at_a_server_is_not_called_direct(void **state) {
    scene *s = *state;

    scene_allocate(s, 0);
    feed_udp(s, 100, NEAR, "198.51.100.1:24555", "binding request 1 user=b:a");
    expect_in_report(s, NEAR " and 198.51.100.1:24555 over UDP, one of them at a TURN server; ");
}

static void change_of_role_is_told(void **state) {
    scene *s = *state;

    feed_udp(s, 0, NEAR, FAR, "binding request 1 user=b:a controlling");
    feed_udp(s, 10, FAR, NEAR, "binding error 1 error=487");
    feed_udp(s, 20, NEAR, FAR, "binding request 2 user=b:a controlled");
    expect_in_report(s, "; the first controlling, from frame 3 on controlled");
}

#define REPORT_TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void) {
    const struct CMUnitTest sentences[] = {
        REPORT_TEST(refusal_has_code_reason_and_time),
        REPORT_TEST(refusal_of_a_later_request_names_its_frame),
        REPORT_TEST(silence_says_how_long_it_lasted),
        REPORT_TEST(end_of_capture_is_called_that),
        REPORT_TEST(nothing_more_is_no_answer_missing),
        REPORT_TEST(one_way_says_which),
        REPORT_TEST(closed_connection_says_when),
        REPORT_TEST(icmp_says_when),
        REPORT_TEST(complete_call_has_no_sentence),
    };
    const struct CMUnitTest stages[] = {
        REPORT_TEST(complete_call_is_one_line),
        REPORT_TEST(steps_that_the_capture_lacks_are_counted),
        REPORT_TEST(stopped_call_lists_its_steps),
        REPORT_TEST(spare_allocation_lists_no_steps),
    };
    const struct CMUnitTest paths[] = {
        REPORT_TEST(peer_has_checks_roles_nomination_and_data),
        REPORT_TEST(what_the_relay_sends_on_is_told_apart),
        REPORT_TEST(times_that_go_backwards_are_no_durations),
        REPORT_TEST(answered_checks_are_told_of_a_relay_without_a_call),
        REPORT_TEST(data_behind_the_relay_is_counted_at_the_relay),
        REPORT_TEST(peer_of_a_connection_is_named_by_it),
        REPORT_TEST(peer_without_a_bind_is_not_bound),
        REPORT_TEST(peer_of_a_channel_is_named_by_it),
        REPORT_TEST(pair_outside_sessions_is_direct),
        REPORT_TEST(pair_at_a_server_is_not_called_direct),
        REPORT_TEST(change_of_role_is_told),
    };

    return cmocka_run_group_tests_name("text_stop", sentences, NULL, NULL) +
           cmocka_run_group_tests_name("text_stage", stages, NULL, NULL) +
           cmocka_run_group_tests_name("text_path", paths, NULL, NULL);
}
