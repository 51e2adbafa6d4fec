/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "analyzer/redact/redact_runs.h"
#include <string.h>

static GByteArray *runs_of(const char *text, gsize length) {
    GByteArray *runs = g_byte_array_new();

    redact_runs_append(runs, (const guint8 *)text, length);
    return runs;
}

/* Each part of what was kept is what it was. */
static void assert_comes_back(const char *text, gsize length) {
    g_autoptr(GByteArray) runs = runs_of(text, length);

    for (gsize from = 0; from <= length; from++) {
        for (gsize to = from; to <= length; to++) {
            g_autofree char *out = g_strnfill(length + 1, '!');

            redact_runs_read(runs->data, runs->len, from, (guint8 *)out, to - from);
            assert_memory_equal(out, text + from, to - from);
            assert_int_equal(out[to - from], '!');
        }
    }
}

#define COMES_BACK(text) assert_comes_back(text, sizeof(text) - 1)

static void test_every_part_comes_back(void **state) {
    (void)state;
    COMES_BACK("");
    COMES_BACK("a");
    COMES_BACK("aaa");
    COMES_BACK("aaaa");
    COMES_BACK("abbbbbbbc");
    COMES_BACK("aaaaaaabbbbbbbb");
    COMES_BACK("abcaaabbbcdefffffg");
    COMES_BACK("\0\0\0\0\0\0\x80\x80\x80\x80\xFF");
}

/* What is behind the end is left alone. */
static void test_no_more_than_there_is(void **state) {
    g_autoptr(GByteArray) runs = runs_of("abcccccc", 8);
    char out[] = "........";

    (void)state;
    redact_runs_read(runs->data, runs->len, 6, (guint8 *)out, 8);
    assert_string_equal(out, "cc......");
    redact_runs_read(runs->data, runs->len, 9, (guint8 *)out, 8);
    assert_string_equal(out, "cc......");
}

/* Two lengths of a byte each, the three bytes in front, and the one of the run; of a run of 300 the
 * length has two bytes. */
static void test_runs_take_little(void **state) {
    g_autoptr(GByteArray) run = runs_of("abcddddd", 8);
    g_autofree char *blank = g_strnfill(300, '\xFF');
    g_autoptr(GByteArray) all = runs_of(blank, 300);

    (void)state;
    assert_int_equal(run->len, 6);
    assert_int_equal(all->len, 4);
    assert_comes_back(blank, 300);
}

/* One behind the other, as they were appended. */
static void test_several(void **state) {
    g_autoptr(GByteArray) runs = runs_of("abbbbb", 6);
    char out[] = "..........";

    (void)state;
    redact_runs_append(runs, (const guint8 *)"bbcd", 4);
    redact_runs_read(runs->data, runs->len, 0, (guint8 *)out, 10);
    assert_string_equal(out, "abbbbbbbcd");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_part_comes_back),
        cmocka_unit_test(test_no_more_than_there_is),
        cmocka_unit_test(test_runs_take_little),
        cmocka_unit_test(test_several),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
