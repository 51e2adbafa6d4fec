/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "turn/join/clock.h"

#define MS     G_GINT64_CONSTANT(1000000)
#define SECOND (1000 * MS)

/* An exchange of which both machines saw both packets: each way takes WAY. */
static void exchange(turn_clock_bounds *bounds, gint64 asked, gint64 offset, gint64 way) {
    turn_clock_to_server(bounds, asked, asked + way + offset);
    turn_clock_to_client(bounds, asked + 2 * way + MS, asked + way + MS + offset);
}

static void clock_of_one_exchange_lies_in_the_middle(void **state) {
    g_autoptr(turn_clock_bounds) bounds = turn_clock_bounds_new();
    turn_clock clock;

    (void)state;
    exchange(bounds, 10 * SECOND, 3600 * SECOND, 4 * MS);
    clock = turn_clock_solve(bounds);
    assert_int_equal(clock.state, TURN_CLOCK_KNOWN);
    assert_int_equal(clock.offset, 3600 * SECOND);
    assert_int_equal(clock.uncertainty, 4 * MS + 1);
    assert_int_equal(clock.bounds, 2);
}

static void clock_of_several_exchanges_is_narrower(void **state) {
    g_autoptr(turn_clock_bounds) bounds = turn_clock_bounds_new();
    turn_clock clock;

    (void)state;
    exchange(bounds, 10 * SECOND, -7 * SECOND, 40 * MS);
    exchange(bounds, 20 * SECOND, -7 * SECOND, 3 * MS);
    exchange(bounds, 30 * SECOND, -7 * SECOND, 90 * MS);
    clock = turn_clock_solve(bounds);
    assert_int_equal(clock.state, TURN_CLOCK_KNOWN);
    assert_int_equal(clock.offset, -7 * SECOND);
    assert_int_equal(clock.uncertainty, 3 * MS + 1);
}

static void clock_with_unequal_ways_stays_within_its_uncertainty(void **state) {
    g_autoptr(turn_clock_bounds) bounds = turn_clock_bounds_new();
    turn_clock clock;

    (void)state;
    turn_clock_to_server(bounds, 0, 350 * MS + 2 * MS);
    turn_clock_to_client(bounds, 40 * MS, 350 * MS + 10 * MS);
    clock = turn_clock_solve(bounds);
    /* At most 352 ms, at least 320 ms. */
    assert_int_equal(clock.offset, 336 * MS);
    assert_int_equal(clock.uncertainty, 16 * MS + 1);
}

static void clock_with_packets_one_way_is_a_bound(void **state) {
    g_autoptr(turn_clock_bounds) to = turn_clock_bounds_new();
    g_autoptr(turn_clock_bounds) from = turn_clock_bounds_new();
    turn_clock clock;

    (void)state;
    turn_clock_to_server(to, 0, 30 * MS);
    turn_clock_to_server(to, SECOND, SECOND + 20 * MS);
    clock = turn_clock_solve(to);
    assert_int_equal(clock.state, TURN_CLOCK_AT_MOST);
    assert_int_equal(clock.offset, 20 * MS);
    turn_clock_to_client(from, 30 * MS, 0);
    turn_clock_to_client(from, SECOND + 20 * MS, SECOND);
    clock = turn_clock_solve(from);
    assert_int_equal(clock.state, TURN_CLOCK_AT_LEAST);
    assert_int_equal(clock.offset, -20 * MS);
}

static void clock_that_drifts_is_unsteady_and_covers_all(void **state) {
    g_autoptr(turn_clock_bounds) bounds = turn_clock_bounds_new();
    turn_clock clock;

    (void)state;
    for (gint64 i = 0; i <= 10; i++) {
        exchange(bounds, i * SECOND, i * 100 * MS, 5 * MS);
    }
    clock = turn_clock_solve(bounds);
    assert_int_equal(clock.state, TURN_CLOCK_UNSTEADY);
    assert_true(clock.offset - clock.uncertainty <= 0);
    assert_true(clock.offset + clock.uncertainty >= SECOND);
}

static void clock_that_was_set_once_keeps_to_most_exchanges(void **state) {
    g_autoptr(turn_clock_bounds) bounds = turn_clock_bounds_new();
    turn_clock clock;

    (void)state;
    for (gint64 i = 0; i < 9; i++) {
        exchange(bounds, i * SECOND, 2 * SECOND, 5 * MS);
    }
    exchange(bounds, 9 * SECOND, 4 * SECOND, 5 * MS);
    clock = turn_clock_solve(bounds);
    assert_int_equal(clock.state, TURN_CLOCK_UNSTEADY);
    assert_int_equal(clock.offset, 2 * SECOND);
    assert_int_equal(clock.uncertainty, 2 * SECOND + 1);
}

static void clock_without_packets_is_unknown(void **state) {
    g_autoptr(turn_clock_bounds) bounds = turn_clock_bounds_new();
    const turn_clock clock = turn_clock_solve(bounds);

    (void)state;
    assert_int_equal(clock.state, TURN_CLOCK_UNKNOWN);
    assert_int_equal(clock.offset, 0);
    assert_int_equal(clock.uncertainty, 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(clock_of_one_exchange_lies_in_the_middle),
        cmocka_unit_test(clock_of_several_exchanges_is_narrower),
        cmocka_unit_test(clock_with_unequal_ways_stays_within_its_uncertainty),
        cmocka_unit_test(clock_with_packets_one_way_is_a_bound),
        cmocka_unit_test(clock_that_drifts_is_unsteady_and_covers_all),
        cmocka_unit_test(clock_that_was_set_once_keeps_to_most_exchanges),
        cmocka_unit_test(clock_without_packets_is_unknown),
    };
    return cmocka_run_group_tests_name("join_clock", tests, NULL, NULL);
}
