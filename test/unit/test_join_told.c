/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "support/join_case.h"

/* The same 5-tuple at two times: the requests of the one are not those of the other. */
static void sessions_that_began_apart_are_two(void **state) {
    two_points *p = two_points_new();

    (void)state;
    p->ahead = 7200000;
    scene_allocate(p->client, 0);
    feed_udp(p->server, p->ahead, MAPPED, SERVER, "allocate request 7 transport=17 " CREDENTIALS);
    feed_udp(p->server, p->ahead + 10, SERVER, MAPPED,
             "allocate success 7 mapped=" MAPPED " relayed=" RELAYED " lifetime=600 mi");
    assert_int_equal(two_points_join(p)->sessions->len, 2);
    two_points_free(p);
}

static void sessions_of_which_one_point_saw_the_beginning_are_one(void **state) {
    two_points *p = two_points_new();

    (void)state;
    scene_allocate(p->client, 0);
    feed_udp(p->server, 50, MAPPED, SERVER, "refresh request 7 lifetime=600 " CREDENTIALS);
    assert_int_equal(two_points_join(p)->sessions->len, 1);
    two_points_free(p);
}

static void unknown_sessions_are_none_where_the_port_is_blocked(void **state) {
    two_points *p = two_points_new();
    const GPtrArray *unknowns;

    (void)state;
    both_run(p, 0);
    goes_up(p, 100, RELAY, CHECK, PASSES);
    goes_down(p, 130, RELAY, CHECK_ANSWER, PASSES);
    sends_thrice(p, 1000, PORT, ALLOCATE, IS_LOST);
    both_run(p, 20000);
    unknowns = two_points_judgement(p)->unknowns;
    assert_non_null(two_points_finding(p, PORT_BLOCKED));
    assert_int_equal(unknowns->len, 0);
    two_points_free(p);
}

static void sessions_that_are_not_captured_are_unknown(void **state) {
    two_points *p = two_points_new();
    const GPtrArray *unknowns;

    (void)state;
    goes_up(p, 100, RELAY, CHECK, PASSES);
    goes_down(p, 130, RELAY, CHECK_ANSWER, PASSES);
    both_run(p, 20000);
    unknowns = two_points_judgement(p)->unknowns;
    assert_int_equal(unknowns->len, 2);
    assert_non_null(strstr(g_ptr_array_index(unknowns, 1), "the sessions with the TURN server"));
    two_points_free(p);
}

static void expect_detail(two_points *p, const char *cause, const char *words) {
    const turn_finding *finding = two_points_finding(p, cause);

    assert_non_null(finding);
    assert_non_null(strstr(finding->detail, words));
    two_points_free(p);
}

static void detail_counts_what_the_server_s_capture_had_to_show(void **state) {
    two_points *p = two_points_new();

    (void)state;
    feed_other(p->client, 0);
    goes_up(p, 1000, PORT, ALLOCATE, IS_LOST);
    feed_other(p->server, 1500);
    goes_up(p, 2000, PORT, ALLOCATE, IS_LOST);
    goes_up(p, 4000, PORT, ALLOCATE, IS_LOST);
    goes_up(p, 8000, PORT, ALLOCATE, IS_LOST);
    both_run(p, 20000);
    expect_detail(p, PORT_BLOCKED,
                  "1 request left the client's side, sent 4 times, 3 of them while the server's "
                  "capture ran, and none came");
}

static void detail_counts_all_transmissions(void **state) {
    two_points *p = two_points_new();

    (void)state;
    three_checks_do_not_arrive(p);
    expect_detail(p, RANGE_BLOCKED,
                  "3 requests left the client's side, sent 3 times in all, and none came");
}

static void lost_requests_of_the_relay_are_told_once(void **state) {
    two_points *p = two_points_new();

    (void)state;
    requests_of_the_relay_do_not_come(p);
    assert_null(two_points_finding(p, "checks-unanswered"));
    expect_detail(p, BACK_BLOCKED,
                  "1 request of the relay left the server, sent 4 times, and none came");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sessions_that_began_apart_are_two),
        cmocka_unit_test(sessions_of_which_one_point_saw_the_beginning_are_one),
        cmocka_unit_test(unknown_sessions_are_none_where_the_port_is_blocked),
        cmocka_unit_test(sessions_that_are_not_captured_are_unknown),
        cmocka_unit_test(detail_counts_what_the_server_s_capture_had_to_show),
        cmocka_unit_test(detail_counts_all_transmissions),
        cmocka_unit_test(lost_requests_of_the_relay_are_told_once),
    };

    return cmocka_run_group_tests_name("join_told", tests, NULL, NULL);
}
