/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "support/two_points.h"

#define CHECK        "binding request 20 user=b:a priority=1 mi fingerprint"
#define CHECK_ANSWER "binding success 20 mapped=192.0.2.10:41000 mi fingerprint"
#define BACK         "binding request 21 user=a:b priority=1 mi fingerprint"
#define BACK_ANSWER  "binding success 21 mapped=198.51.100.1:24010 mi fingerprint"

static int setup(void **state) {
    *state = two_points_new();
    return 0;
}

static int teardown(void **state) {
    two_points_free(*state);
    return 0;
}

static const turn_leg *leg_of(two_points *p, turn_leg_kind kind) {
    const GPtrArray *legs = two_points_join(p)->legs;

    for (guint i = 0; i < legs->len; i++) {
        const turn_leg *leg = g_ptr_array_index(legs, i);

        if (leg->kind == kind) {
            return leg;
        }
    }
    fail_msg("no leg of kind %s", turn_leg_kind_name(kind));
    return NULL;
}

static void expect_tally(const turn_tally *tally, guint sent, guint got_there, guint were_lost) {
    assert_int_equal(tally->sent, sent);
    assert_int_equal(tally->arrived, got_there);
    assert_int_equal(tally->lost, were_lost);
}

static void legs_count_both_directions(void **state) {
    two_points *p = *state;
    const turn_leg *leg;
    g_autofree char *ports = NULL;

    allocates(p, 0);
    goes_up(p, 1000, TRUE, CHECK, PASSES);
    goes_down(p, 1030, TRUE, CHECK_ANSWER, PASSES);
    goes_down(p, 1100, TRUE, BACK, PASSES);
    goes_up(p, 1130, TRUE, BACK_ANSWER, PASSES);
    both_run(p, 20000);
    leg = leg_of(p, TURN_LEG_RELAY);
    expect_tally(&leg->requests[TURN_TO_SERVER], 1, 1, 0);
    expect_tally(&leg->responses[TURN_TO_CLIENT], 1, 1, 0);
    expect_tally(&leg->requests[TURN_TO_CLIENT], 1, 1, 0);
    expect_tally(&leg->responses[TURN_TO_SERVER], 1, 1, 0);
    expect_tally(&leg->answers, 1, 1, 0);
    ports = turn_leg_ports(leg);
    assert_string_equal(ports, "24000-29999");
    leg = leg_of(p, TURN_LEG_CONTROL);
    expect_tally(&leg->requests[TURN_TO_SERVER], 2, 2, 0);
    expect_tally(&leg->responses[TURN_TO_CLIENT], 2, 2, 0);
}

static void legs_leave_out_what_the_other_capture_could_not_show(void **state) {
    two_points *p = *state;
    const turn_leg *leg;

    allocates(p, 0);
    goes_up(p, 1000, TRUE, CHECK, IS_LOST);
    feed_other(p->server, 1900);
    feed_other(p->client, 20000);
    leg = leg_of(p, TURN_LEG_RELAY);
    expect_tally(&leg->requests[TURN_TO_SERVER], 0, 0, 0);
}

static void legs_forget_losses_before_something_came_through(void **state) {
    two_points *p = *state;
    const turn_leg *leg;

    allocates(p, 0);
    goes_up(p, 1000, TRUE, CHECK, IS_LOST);
    goes_up(p, 1500, TRUE, CHECK, IS_LOST);
    goes_up(p, 2500, TRUE, CHECK, IS_LOST);
    goes_up(p, 5000, TRUE, "binding request 25 user=b:a priority=1 mi", PASSES);
    both_run(p, 20000);
    leg = leg_of(p, TURN_LEG_RELAY);
    expect_tally(&leg->requests[TURN_TO_SERVER], 2, 1, 0);
    assert_false(turn_tally_is_blocked(&leg->requests[TURN_TO_SERVER]));
}

static void legs_name_where_the_relay_passed_a_check_on_to(void **state) {
    two_points *p = *state;
    const turn_leg *leg;
    char text[STUN_ADDRESS_TEXT];

    allocates(p, 0);
    feed_udp(p->server, 500, "172.16.85.180:40000", "172.16.85.168:3478",
             "allocate request 8 transport=17");
    for (gint64 ms = 1000; ms <= 3000; ms += 1000) {
        message inner = message_of(CHECK);
        message data = channel_data(0x4000, inner.bytes, inner.length);

        goes_up(p, ms, TRUE, CHECK, PASSES);
        feed_udp_bytes(p->server, ms + 21, "172.16.85.168:3478", "172.16.85.180:40000", data.bytes,
                       data.length);
    }
    both_run(p, 20000);
    leg = leg_of(p, TURN_LEG_RELAY);
    expect_tally(&leg->answers, 1, 0, 1);
    assert_int_equal(leg->passed_on, 1);
    stun_address_format(&leg->passed_to, text, sizeof text);
    assert_string_equal(text, "172.16.85.180:40000");
}

/* The server's capture is of its other interface, where CMS has its allocation. */
#define CMS     "172.16.85.180:50000"
#define INSIDE  "172.16.85.168:3478"
#define GRANTED "198.51.100.1:24010"

static void cms_allocates(two_points *p) {
    both_run(p, 0);
    feed_udp(p->server, 100, CMS, INSIDE, "allocate request 5 transport=17 " CREDENTIALS);
    feed_udp(p->server, 130, INSIDE, CMS,
             "allocate success 5 relayed=" GRANTED " mapped=" CMS " lifetime=600 mi");
}

static void cms_sends(two_points *p, gint64 ms, const char *text, gboolean to_client) {
    message inner = message_of(text);
    message data = channel_data(0x4000, inner.bytes, inner.length);

    feed_udp_bytes(p->server, ms, to_client ? CMS : INSIDE, to_client ? INSIDE : CMS, data.bytes,
                   data.length);
}

static void legs_take_the_direction_of_what_the_relay_passes_on_from_the_client(void **state) {
    two_points *p = *state;
    const turn_leg *leg;
    g_autofree char *ports = NULL;

    cms_allocates(p);
    cms_sends(p, 1000, BACK, TRUE);
    feed_udp(p->client, 1020, NEAR_RELAY, NEAR_CLIENT, BACK);
    feed_udp(p->client, 1022, NEAR_CLIENT, NEAR_RELAY, BACK_ANSWER);
    both_run(p, 20000);
    leg = leg_of(p, TURN_LEG_RELAY);
    ports = turn_leg_ports(leg);
    assert_int_equal(leg->low_port, 24010);
    assert_int_equal(leg->high_port, 24010);
    assert_string_equal(ports, "24000-29999");
    expect_tally(&leg->requests[TURN_TO_SERVER], 0, 0, 0);
    expect_tally(&leg->requests[TURN_TO_CLIENT], 1, 1, 0);
    expect_tally(&leg->responses[TURN_TO_SERVER], 1, 0, 0);
}

static void legs_count_answers_of_what_the_relay_passes_on(void **state) {
    two_points *p = *state;
    const turn_leg *leg;

    cms_allocates(p);
    feed_udp(p->client, 1000, NEAR_CLIENT, NEAR_RELAY, CHECK);
    cms_sends(p, 1020, CHECK, FALSE);
    cms_sends(p, 1022, CHECK_ANSWER, TRUE);
    feed_udp(p->client, 1050, NEAR_RELAY, NEAR_CLIENT, CHECK_ANSWER);
    both_run(p, 20000);
    leg = leg_of(p, TURN_LEG_RELAY);
    expect_tally(&leg->requests[TURN_TO_SERVER], 1, 1, 0);
    expect_tally(&leg->responses[TURN_TO_CLIENT], 1, 1, 0);
}

static void opens(scene *s, gint64 ms, const char *client, const char *server) {
    feed_tcp(s, ms, client, server, TURN_TCP_SYN);
    feed_tcp(s, ms + 1, server, client, TURN_TCP_SYN_ACK);
    feed_tcp(s, ms + 2, client, server, TURN_TCP_ESTABLISHED);
}

static const turn_leg *leg_of_tcp(two_points *p) {
    const GPtrArray *legs = two_points_join(p)->legs;

    for (guint i = 0; i < legs->len; i++) {
        const turn_leg *leg = g_ptr_array_index(legs, i);

        if (leg->transport == TURN_TRANSPORT_TCP) {
            return leg;
        }
    }
    fail_msg("no leg over TCP");
    return NULL;
}

static void legs_count_connections_that_both_show(void **state) {
    two_points *p = *state;
    const turn_leg *leg;

    allocates(p, 0);
    opens(p->client, 1000, NEAR_CLIENT, NEAR_SERVER);
    opens(p->server, 1000, FAR_CLIENT, FAR_SERVER);
    both_run(p, 20000);
    leg = leg_of_tcp(p);
    expect_tally(&leg->requests[TURN_TO_SERVER], 1, 1, 0);
    expect_tally(&leg->responses[TURN_TO_CLIENT], 1, 1, 0);
    assert_false(leg->blind);
}

static void legs_do_not_count_connections_that_one_shows(void **state) {
    two_points *p = *state;
    const turn_leg *leg;

    allocates(p, 0);
    opens(p->client, 1000, NEAR_CLIENT, NEAR_SERVER);
    both_run(p, 20000);
    leg = leg_of_tcp(p);
    expect_tally(&leg->requests[TURN_TO_SERVER], 0, 0, 0);
    expect_tally(&leg->responses[TURN_TO_CLIENT], 0, 0, 0);
    assert_true(leg->blind);
}

static void join_learns_clock_and_nat(void **state) {
    two_points *p = *state;
    const turn_join *join;

    p->ahead = 3600000;
    allocates(p, 0);
    both_run(p, 1000);
    join = two_points_join(p);
    assert_int_equal(join->clock.state, TURN_CLOCK_KNOWN);
    assert_int_equal(join->clock.offset, G_GINT64_CONSTANT(3600000) * 1000000);
    assert_int_equal(join->clock.uncertainty, 20000001);
    assert_int_equal(join->overlap, TURN_OVERLAP_TRANSACTIONS);
    assert_int_equal(turn_nat_mappings(join->matches->nat)->len, 2);
}

static void join_shows_a_session_once(void **state) {
    two_points *p = *state;
    const turn_join *join;
    const turn_joined_session *joined;

    allocates(p, 0);
    both_run(p, 1000);
    join = two_points_join(p);
    assert_int_equal(join->model.sessions->len, 1);
    joined = turn_join_session(join, g_ptr_array_index(join->model.sessions, 0));
    assert_int_equal(joined->shown_from, TURN_POINT_CLIENT);
    assert_non_null(joined->at[TURN_POINT_CLIENT]);
    assert_non_null(joined->at[TURN_POINT_SERVER]);
    assert_ptr_equal(turn_join_session(join, joined->at[TURN_POINT_SERVER]), joined);
}

static void join_tells_who_is_nearer_to_the_client(void **state) {
    two_points *p = *state;

    allocates(p, 0);
    scene_model(p->client);
    scene_model(p->server);
    assert_int_equal(turn_matches_nearer(p->ledgers[0], p->ledgers[1]), TURN_NEARER_FIRST);
    assert_int_equal(turn_matches_nearer(p->ledgers[1], p->ledgers[0]), TURN_NEARER_SECOND);
    assert_int_equal(turn_matches_nearer(p->ledgers[0], p->ledgers[0]), TURN_NEARER_UNKNOWN);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(legs_count_both_directions, setup, teardown),
        cmocka_unit_test_setup_teardown(legs_leave_out_what_the_other_capture_could_not_show, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(legs_forget_losses_before_something_came_through, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(legs_name_where_the_relay_passed_a_check_on_to, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(
            legs_take_the_direction_of_what_the_relay_passes_on_from_the_client, setup, teardown),
        cmocka_unit_test_setup_teardown(legs_count_answers_of_what_the_relay_passes_on, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(legs_count_connections_that_both_show, setup, teardown),
        cmocka_unit_test_setup_teardown(legs_do_not_count_connections_that_one_shows, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(join_learns_clock_and_nat, setup, teardown),
        cmocka_unit_test_setup_teardown(join_shows_a_session_once, setup, teardown),
        cmocka_unit_test_setup_teardown(join_tells_who_is_nearer_to_the_client, setup, teardown),
    };
    return cmocka_run_group_tests_name("join_legs", tests, NULL, NULL);
}
