/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "turn/tcp/held.h"

#define MS G_GINT64_CONSTANT(1000000)

static turn_mark at(guint32 frame, gint64 ms) {
    return (turn_mark){.frame = frame, .time = ms * MS};
}

static gboolean sent(turn_held *held, guint32 frame, gint64 ms, guint32 seq, gsize length) {
    const turn_mark mark = at(frame, ms);

    return turn_held_sent(held, seq, length, &mark);
}

static gboolean acknowledged(turn_held *held, guint32 frame, gint64 ms, guint32 ack) {
    const turn_mark mark = at(frame, ms);

    return turn_held_acknowledged(held, ack, &mark);
}

static void segment_sent_again_is_counted(void **state) {
    turn_held held = {.seq = 0};

    (void)state;
    assert_false(sent(&held, 1, 0, 1000, 1400));
    assert_true(sent(&held, 2, 1000, 1000, 1400));
    assert_true(acknowledged(&held, 3, 1010, 1000));
    assert_true(sent(&held, 4, 3000, 1000, 1400));
    assert_int_equal(held.facts.transmissions, 3);
    assert_int_equal(held.facts.length, 1400);
    assert_int_equal(held.facts.first.frame, 1);
    assert_int_equal(held.facts.last.frame, 4);
    assert_int_equal(held.facts.last_alive.frame, 3);
}

static void copy_of_another_interface_is_not_counted(void **state) {
    turn_held held = {.seq = 0};

    (void)state;
    sent(&held, 1, 0, 1000, 1400);
    assert_false(sent(&held, 2, 100, 1000, 1400));
    assert_int_equal(held.facts.transmissions, 1);
}

static void acknowledged_segment_is_let_go(void **state) {
    turn_held held = {.seq = 0};

    (void)state;
    sent(&held, 1, 0, 1000, 1400);
    assert_false(acknowledged(&held, 2, 10, 1001));
    assert_int_equal(held.facts.transmissions, 0);
    sent(&held, 3, 20, 2400, 1400);
    sent(&held, 4, 1020, 2400, 1400);
    assert_true(acknowledged(&held, 5, 1030, 3800));
    assert_int_equal(held.facts.transmissions, 0);
}

static void sequence_numbers_wrap(void **state) {
    turn_held held = {.seq = 0};

    (void)state;
    sent(&held, 1, 0, 0xfffffff0u, 1400);
    sent(&held, 2, 1000, 0xfffffff0u, 1400);
    assert_true(acknowledged(&held, 3, 1010, 0x568u));
    assert_int_equal(held.facts.transmissions, 0);
}

static void small_segments_are_not_held(void **state) {
    turn_held held = {.seq = 0};

    (void)state;
    assert_false(sent(&held, 1, 0, 1000, TURN_HELD_LARGE - 1));
    assert_int_equal(held.facts.transmissions, 0);
}

static void later_segments_do_not_count(void **state) {
    turn_held held = {.seq = 0};

    (void)state;
    sent(&held, 1, 0, 1000, 1400);
    assert_false(sent(&held, 2, 1000, 2400, 1400));
    assert_int_equal(held.seq, 1000);
    assert_int_equal(held.facts.transmissions, 1);
}

static void smaller_pieces_begin_anew(void **state) {
    turn_held held = {.seq = 0};

    (void)state;
    sent(&held, 1, 0, 1000, 1400);
    sent(&held, 2, 1000, 1000, 1400);
    assert_true(sent(&held, 3, 2000, 1000, 500));
    assert_int_equal(held.facts.transmissions, 0);
}

static void answers_before_the_second_transmission_prove_nothing(void **state) {
    turn_held held = {.seq = 0};

    (void)state;
    sent(&held, 1, 0, 1000, 1400);
    assert_false(acknowledged(&held, 2, 10, 1000));
    assert_int_equal(held.facts.last_alive.frame, 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(segment_sent_again_is_counted),
        cmocka_unit_test(copy_of_another_interface_is_not_counted),
        cmocka_unit_test(acknowledged_segment_is_let_go),
        cmocka_unit_test(sequence_numbers_wrap),
        cmocka_unit_test(small_segments_are_not_held),
        cmocka_unit_test(later_segments_do_not_count),
        cmocka_unit_test(smaller_pieces_begin_anew),
        cmocka_unit_test(answers_before_the_second_transmission_prove_nothing),
    };
    return cmocka_run_group_tests_name("held", tests, NULL, NULL);
}
