/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "analyzer/redact/redact_streams.h"
#include <string.h>

static turn_flow flow_of(guint16 port) {
    const guint8 client[4] = {10, 0, 0, 1};
    const guint8 server[4] = {10, 0, 0, 2};

    return (turn_flow){.transport = TURN_TRANSPORT_TCP,
                       .source = stun_address_ipv4(client, port),
                       .destination = stun_address_ipv4(server, 3478)};
}

static int setup(void **state) {
    *state = redact_streams_new(REDACT_STREAMS_MEMORY);
    return 0;
}

static int teardown(void **state) {
    redact_streams_free(*state);
    return 0;
}

static void learn(redact_streams *self, guint32 seq, gint64 time, const char *text) {
    const turn_flow flow = flow_of(40000);

    redact_streams_learn(self, &flow, seq, time, (const guint8 *)text, strlen(text));
}

/* What a segment of LENGTH blank bytes at SEQ becomes. */
static void assert_laid(const redact_streams *self, guint32 seq, gint64 time,
                        const char *expected) {
    const turn_flow flow = flow_of(40000);
    const gsize length = strlen(expected);
    g_autofree char *bytes = g_strnfill(length, '.');

    redact_streams_lay(self, &flow, seq, time, (guint8 *)bytes, length);
    assert_string_equal(bytes, expected);
}

static void test_segments_in_other_pieces(void **state) {
    learn(*state, 1000, 1, "ABCDEFGH");
    learn(*state, 1008, 2, "ijkl");
    assert_laid(*state, 1000, 1, "ABCDEFGHijkl");
    assert_laid(*state, 1006, 1, "GHij");
    assert_laid(*state, 998, 1, "..AB");
    assert_laid(*state, 1010, 3, "kl...");
    assert_laid(*state, 1012, 3, "...");
}

static void test_what_lies_between_stays_blank(void **state) {
    learn(*state, 1000, 1, "AB");
    learn(*state, 1004, 1, "EF");
    assert_laid(*state, 999, 1, ".AB..EF.");
}

static void test_later_bytes_win(void **state) {
    learn(*state, 1000, 1, "abcdef");
    learn(*state, 1004, 1, "WXYZ");
    assert_laid(*state, 1000, 1, "abcdWXYZ.");
}

/* Most of a unit of media is blank: it is not kept, and comes back all the same. */
static void test_a_run_of_fill_comes_back(void **state) {
    learn(*state, 1000, 1, "AB\xFF\xFF\xFF\xFF");
    learn(*state, 1006, 1, "C");
    assert_laid(*state, 1001, 1,
                "B\xFF\xFF\xFF\xFF"
                "C.");
}

static void test_sequence_numbers_wrap(void **state) {
    learn(*state, 0xFFFFFFFCu, 1, "ABCDEFGH");
    learn(*state, 4, 2, "ijkl");
    assert_laid(*state, 0xFFFFFFFAu, 1, "..ABCDEFGHijkl");
    assert_laid(*state, 0xFFFFFFFFu, 1, "DEFGHij");
    assert_laid(*state, 0, 1, "EFGHijkl.");
}

/* 6 GB in steps that sequence numbers can tell: the numbers come again, at another time. */
static void test_numbers_that_come_again(void **state) {
    const guint32 step = 1u << 30;

    for (guint i = 0; i <= 6; i++) {
        const char text[] = {(char)('A' + i), '\0'};

        learn(*state, step * i, 100 * (gint64)i, text);
    }
    assert_laid(*state, 0, 0, "A.");
    assert_laid(*state, 0, 400, "E.");
    assert_laid(*state, 0, 450, "E.");
    assert_laid(*state, step, 100, "B.");
    assert_laid(*state, step, 500, "F.");
}

static void test_connections_one_after_the_other(void **state) {
    const turn_flow flow = flow_of(40000);
    const turn_flow back = turn_flow_reversed(&flow);

    redact_streams_anew(*state, &flow, 1);
    learn(*state, 1000, 2, "first");
    redact_streams_anew(*state, &flow, 10);
    learn(*state, 1000, 11, "again");
    redact_streams_anew(*state, &back, 20);
    learn(*state, 5000, 21, "third");
    assert_laid(*state, 1000, 2, "first.");
    assert_laid(*state, 1000, 9, "first.");
    assert_laid(*state, 1000, 10, "again.");
    assert_laid(*state, 5000, 20, "third.");
    assert_laid(*state, 5000, 11, "......");
}

/* Bytes that come before what was shown already, in a connection whose SYN nobody saw. */
static void test_step_back(void **state) {
    learn(*state, 100000, 1, "ABCD");
    learn(*state, 1000, 5, "EFGH");
    assert_laid(*state, 100000, 4, "ABCD.");
    assert_laid(*state, 1000, 5, "EFGH.");
}

static void test_both_directions_are_apart(void **state) {
    const turn_flow flow = flow_of(40000);
    const turn_flow back = turn_flow_reversed(&flow);
    guint8 bytes[] = "....";

    learn(*state, 1000, 1, "ABCD");
    redact_streams_lay(*state, &back, 1000, 1, bytes, 4);
    assert_string_equal((const char *)bytes, "....");
}

/* Bytes that come anew where a stretch was learned: what was before is gone, what comes next goes
 * behind them. */
static void test_step_into_a_stretch(void **state) {
    learn(*state, 1000, 1, "abcd");
    learn(*state, 1004, 1, "efgh");
    learn(*state, 1002, 1, "XY");
    learn(*state, 1004, 1, "Z");
    assert_laid(*state, 999, 1, ".abXYZ..");
}

#define UNIT 24u

/* ChannelData with the header of RTP and eight blank bytes, as media with small packets has it. */
static void learn_media(redact_streams *self, guint count) {
    const turn_flow flow = flow_of(40000);
    guint8 unit[UNIT] = {0x40, 0, 0, 20, 0x80, 0x60, 0, 0, 0, 0, 0, 0, 0x11, 0x22, 0x33, 0x44};

    for (guint i = 0; i < count; i++) {
        unit[6] = (guint8)(i >> 8);
        unit[7] = unit[11] = (guint8)i;
        redact_streams_learn(self, &flow, i * UNIT, i, unit, UNIT);
    }
}

/* 1,000 units have 24,000 bytes, of which 8 of 24 are blank: fewer are kept than there are,
 * structures included. */
static void test_media_takes_little(void **state) {
    g_autoptr(redact_streams) enough = redact_streams_new(21000);

    (void)state;
    learn_media(enough, 1000);
    assert_false(redact_streams_is_full(enough));
    assert_laid(enough, 999 * UNIT + 4, 999, "\x80\x60\x03\xE7");
}

/* The first thing that has no room is the last that is looked at. */
static void test_limit(void **state) {
    g_autoptr(redact_streams) little = redact_streams_new(10000);

    (void)state;
    learn_media(little, 100);
    assert_false(redact_streams_is_full(little));
    learn_media(little, 1000);
    assert_true(redact_streams_is_full(little));
}

/* Many ends are as many structures. */
static void test_limit_of_directions(void **state) {
    g_autoptr(redact_streams) little = redact_streams_new(10000);

    (void)state;
    for (guint16 port = 1; port < 1000; port++) {
        const turn_flow flow = flow_of(port);

        redact_streams_learn(little, &flow, 0, 1, (const guint8 *)"a", 1);
    }
    assert_true(redact_streams_is_full(little));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_segments_in_other_pieces, setup, teardown),
        cmocka_unit_test_setup_teardown(test_what_lies_between_stays_blank, setup, teardown),
        cmocka_unit_test_setup_teardown(test_later_bytes_win, setup, teardown),
        cmocka_unit_test_setup_teardown(test_a_run_of_fill_comes_back, setup, teardown),
        cmocka_unit_test_setup_teardown(test_sequence_numbers_wrap, setup, teardown),
        cmocka_unit_test_setup_teardown(test_numbers_that_come_again, setup, teardown),
        cmocka_unit_test_setup_teardown(test_connections_one_after_the_other, setup, teardown),
        cmocka_unit_test_setup_teardown(test_step_back, setup, teardown),
        cmocka_unit_test_setup_teardown(test_both_directions_are_apart, setup, teardown),
        cmocka_unit_test_setup_teardown(test_step_into_a_stretch, setup, teardown),
        cmocka_unit_test(test_media_takes_little),
        cmocka_unit_test(test_limit),
        cmocka_unit_test(test_limit_of_directions),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
