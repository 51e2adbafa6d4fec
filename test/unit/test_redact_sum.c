/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "analyzer/redact/redact_sum.h"

static redact_sum difference(const char *before, const char *after, gsize length) {
    redact_sum sum = 0;

    redact_sum_add(&sum, (const guint8 *)before, (const guint8 *)after, length);
    return sum;
}

/* The example of RFC 1624 section 4. */
static void test_example_of_the_rfc(void **state) {
    const redact_sum sum = difference("\x55\x55", "\x32\x85", 2);
    guint8 field[2] = {0xDD, 0x2F};

    (void)state;
    redact_sum_apply(sum, field);
    assert_int_equal(field[0] << 8 | field[1], 0x0000);
}

static void test_udp_has_no_zero(void **state) {
    const redact_sum sum = difference("\x55\x55", "\x32\x85", 2);
    guint8 field[2] = {0xDD, 0x2F};

    (void)state;
    redact_sum_apply_udp(sum, field);
    assert_int_equal(field[0] << 8 | field[1], 0xFFFF);
}

static void test_udp_without_a_checksum_stays_so(void **state) {
    guint8 field[2] = {0, 0};

    (void)state;
    redact_sum_apply_udp(difference("\x55\x55", "\x32\x85", 2), field);
    assert_int_equal(field[0] << 8 | field[1], 0);
}

/* 0xFFFF and 0 are the same sum, and yet nothing must change where nothing was changed. */
static void test_no_difference_changes_nothing(void **state) {
    guint8 high[2] = {0xFF, 0xFF};
    guint8 low[2] = {0, 0};

    (void)state;
    redact_sum_apply(difference("abcd", "abcd", 4), high);
    redact_sum_apply(difference("abcd", "abcd", 4), low);
    assert_int_equal(high[0] << 8 | high[1], 0xFFFF);
    assert_int_equal(low[0] << 8 | low[1], 0);
}

/* Words 0102 and 03(00): sum 0402, checksum FBFD. Words 0102 and FF(00): sum 1 0002, folded 0003,
 * checksum FFFC. */
static void test_odd_byte_is_the_upper_half(void **state) {
    guint8 field[2] = {0xFB, 0xFD};

    (void)state;
    redact_sum_apply(difference("\x01\x02\x03", "\x01\x02\xFF", 3), field);
    assert_int_equal(field[0] << 8 | field[1], 0xFFFC);
}

/* The same two words with a checksum that is one too high: it stays one too high. */
static void test_wrong_stays_as_wrong(void **state) {
    guint8 field[2] = {0xFB, 0xFE};

    (void)state;
    redact_sum_apply(difference("\x01\x02\x03", "\x01\x02\xFF", 3), field);
    assert_int_equal(field[0] << 8 | field[1], 0xFFFD);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_example_of_the_rfc),
        cmocka_unit_test(test_udp_has_no_zero),
        cmocka_unit_test(test_udp_without_a_checksum_stays_so),
        cmocka_unit_test(test_no_difference_changes_nothing),
        cmocka_unit_test(test_odd_byte_is_the_upper_half),
        cmocka_unit_test(test_wrong_stays_as_wrong),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
