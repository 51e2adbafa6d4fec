/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "stun/cursor.h"

static const uint8_t sample[] = {0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07, 0x08,
                                 0x09, 0x0a, 0x0b, 0x0c, 0x0d, 0x0e, 0x0f};

static void cursor_integers_are_read_in_network_order(void **state) {
    (void)state;
    stun_cursor cursor = stun_cursor_over(sample, sizeof sample);
    assert_int_equal(stun_cursor_u8(&cursor), 0x01);
    assert_int_equal(stun_cursor_u16(&cursor), 0x0203);
    assert_int_equal(stun_cursor_u32(&cursor), 0x04050607);
    assert_true(stun_cursor_u64(&cursor) == UINT64_C(0x08090a0b0c0d0e0f));
    assert_false(cursor.bad);
    assert_int_equal(cursor.left, 0);
}

static void cursor_read_past_end_yields_zero_and_marks_bad(void **state) {
    (void)state;
    stun_cursor cursor = stun_cursor_over(sample, 3);
    assert_int_equal(stun_cursor_u32(&cursor), 0);
    assert_true(cursor.bad);
}

static void cursor_bad_mark_stays_though_smaller_read_would_fit(void **state) {
    (void)state;
    stun_cursor cursor = stun_cursor_over(sample, 3);
    stun_cursor_u64(&cursor);
    assert_int_equal(stun_cursor_u8(&cursor), 0);
    assert_int_equal(stun_cursor_u16(&cursor), 0);
    assert_null(stun_cursor_bytes(&cursor, 0));
    assert_true(cursor.bad);
}

static void cursor_bytes_are_borrowed_and_skipped(void **state) {
    (void)state;
    stun_cursor cursor = stun_cursor_over(sample, sizeof sample);
    assert_ptr_equal(stun_cursor_bytes(&cursor, 4), sample);
    assert_ptr_equal(stun_cursor_bytes(&cursor, 0), sample + 4);
    assert_int_equal(stun_cursor_u8(&cursor), 0x05);
    assert_null(stun_cursor_bytes(&cursor, 11));
    assert_true(cursor.bad);
}

static void cursor_empty_over_null_reads_nothing(void **state) {
    (void)state;
    stun_cursor cursor = stun_cursor_over(NULL, 0);
    stun_cursor child = stun_cursor_take(&cursor, 0);
    assert_false(cursor.bad);
    assert_false(child.bad);
    assert_int_equal(stun_cursor_u8(&child), 0);
    assert_true(child.bad);
    assert_false(cursor.bad);
}

static void cursor_child_sees_its_own_bytes_only(void **state) {
    (void)state;
    stun_cursor cursor = stun_cursor_over(sample, sizeof sample);
    stun_cursor child = stun_cursor_take(&cursor, 3);
    assert_int_equal(stun_cursor_u16(&child), 0x0102);
    assert_int_equal(stun_cursor_u16(&child), 0);
    assert_true(child.bad);
    assert_false(cursor.bad);
    assert_int_equal(stun_cursor_u8(&cursor), 0x04);
}

static void cursor_child_too_long_makes_both_bad(void **state) {
    (void)state;
    stun_cursor cursor = stun_cursor_over(sample, 3);
    stun_cursor child = stun_cursor_take(&cursor, 4);
    assert_true(cursor.bad);
    assert_true(child.bad);
    assert_int_equal(child.left, 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cursor_integers_are_read_in_network_order),
        cmocka_unit_test(cursor_read_past_end_yields_zero_and_marks_bad),
        cmocka_unit_test(cursor_bad_mark_stays_though_smaller_read_would_fit),
        cmocka_unit_test(cursor_bytes_are_borrowed_and_skipped),
        cmocka_unit_test(cursor_empty_over_null_reads_nothing),
        cmocka_unit_test(cursor_child_sees_its_own_bytes_only),
        cmocka_unit_test(cursor_child_too_long_makes_both_bad),
    };
    return cmocka_run_group_tests_name("cursor", tests, NULL, NULL);
}
