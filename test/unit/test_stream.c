/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "turn/tcp/stream.h"
#include <string.h>

#define SECOND G_GINT64_CONSTANT(1000000000)

/* What came out: the bytes as they are, gaps as "[5]". */
typedef struct fixture {
    turn_stream stream;
    turn_stream_sink sink;
    GString *out;
    turn_mark mark; /* of the next segment */
    guint32 last_frame;
} fixture;

static void take_bytes(gpointer data, const turn_mark *mark, const guint8 *bytes, gsize length) {
    fixture *self = data;

    g_string_append_len(self->out, (const char *)bytes, (gssize)length);
    self->last_frame = mark->frame;
}

static void take_gap(gpointer data, const turn_mark *mark, gsize length) {
    fixture *self = data;

    g_string_append_printf(self->out, "[%zu]", length);
    self->last_frame = mark->frame;
}

static int setup(void **state) {
    fixture *self = g_new0(fixture, 1);

    self->out = g_string_new(NULL);
    self->mark.time = SECOND;
    self->sink = (turn_stream_sink){.bytes = take_bytes, .gap = take_gap, .data = self};
    *state = self;
    return 0;
}

static int teardown(void **state) {
    fixture *self = *state;

    turn_stream_clear(&self->stream);
    g_string_free(self->out, TRUE);
    g_free(self);
    return 0;
}

/* TEXT at SEQ, with CUT more bytes that the snap length took away. */
static void add_cut(fixture *self, guint32 seq, const char *text, gsize cut) {
    gsize length = strlen(text);
    g_autofree guint8 *exact = g_memdup2(text, length);
    turn_stream_part segment = {
        .seq = seq, .bytes = exact, .captured = length, .reported = length + cut};

    self->mark.frame++;
    self->mark.time += SECOND / 1000;
    segment.mark = self->mark;
    turn_stream_add(&self->stream, &segment, &self->sink);
}

static void add(fixture *self, guint32 seq, const char *text) {
    add_cut(self, seq, text, 0);
}

static void acknowledge(fixture *self, guint32 ack) {
    self->mark.frame++;
    turn_stream_acknowledge(&self->stream, ack, &self->mark, &self->sink);
}

static void stream_in_order_passes_through(void **state) {
    fixture *self = *state;

    turn_stream_begin(&self->stream, 1000);
    add(self, 1000, "abc");
    add(self, 1003, "def");
    assert_string_equal(self->out->str, "abcdef");
    assert_int_equal(self->stream.pending.memory, 0);
}

static void stream_out_of_order_waits(void **state) {
    fixture *self = *state;

    turn_stream_begin(&self->stream, 1000);
    add(self, 1006, "ghi");
    add(self, 1003, "def");
    assert_string_equal(self->out->str, "");
    add(self, 1000, "abc");
    assert_string_equal(self->out->str, "abcdefghi");
    assert_int_equal(self->stream.pending.memory, 0);
}

static void stream_every_order_of_four_segments_gives_the_same(void **state) {
    fixture *self = *state;
    static const char *const texts[] = {"ab", "cde", "f", "ghij"};
    static const guint32 at[] = {0, 2, 5, 6};

    for (guint order = 0; order < 256; order++) {
        guint picks[] = {order & 3, order >> 2 & 3, order >> 4 & 3, order >> 6 & 3};
        guint seen = 1u << picks[0] | 1u << picks[1] | 1u << picks[2] | 1u << picks[3];

        if (seen != 15) {
            continue;
        }
        g_string_truncate(self->out, 0);
        turn_stream_begin(&self->stream, 0xFFFFFFFCu);
        for (guint i = 0; i < 4; i++) {
            add(self, 0xFFFFFFFCu + at[picks[i]], texts[picks[i]]);
        }
        assert_string_equal(self->out->str, "abcdefghij");
    }
}

static void stream_retransmission_and_keep_alive_are_dropped(void **state) {
    fixture *self = *state;

    turn_stream_begin(&self->stream, 1000);
    add(self, 1000, "abc");
    add(self, 1000, "abc");
    add(self, 1002, "X");
    add(self, 999, "XXXX");
    add(self, 1003, "d");
    assert_string_equal(self->out->str, "abcd");
}

static void stream_overlap_keeps_what_came_first(void **state) {
    fixture *self = *state;

    turn_stream_begin(&self->stream, 1000);
    add(self, 1004, "efg");
    add(self, 1009, "jk");
    add(self, 1002, "CDEFGHIJKL");
    add(self, 1000, "abXXX");
    assert_string_equal(self->out->str, "abCDefgHIjkL");
}

static void stream_sequence_numbers_wrap(void **state) {
    fixture *self = *state;

    turn_stream_begin(&self->stream, 0xFFFFFFFEu);
    add(self, 0xFFFFFFFEu, "abcd");
    add(self, 4, "ghi");
    add(self, 2, "ef");
    assert_string_equal(self->out->str, "abcdefghi");
    assert_true(turn_stream_expects(&self->stream, 7));
}

static void stream_begins_in_the_middle(void **state) {
    fixture *self = *state;

    add(self, 5000, "abc");
    assert_string_equal(self->out->str, "abc");
    add(self, 4990, "old");
    add(self, 5003, "def");
    assert_string_equal(self->out->str, "abcdef");
}

static void stream_begins_where_the_receiver_waits(void **state) {
    fixture *self = *state;

    acknowledge(self, 700);
    add(self, 690, "0123456789abc");
    assert_string_equal(self->out->str, "abc");
}

static void stream_hole_that_was_acknowledged_is_a_gap(void **state) {
    fixture *self = *state;

    turn_stream_begin(&self->stream, 1000);
    add(self, 1000, "abc");
    add(self, 1010, "klm");
    assert_string_equal(self->out->str, "abc");
    acknowledge(self, 1003);
    assert_string_equal(self->out->str, "abc");
    acknowledge(self, 1013);
    assert_string_equal(self->out->str, "abc[7]klm");
    assert_int_equal(self->last_frame, 2); /* the segment's own, not the acknowledgement's */
}

static void stream_acknowledgement_before_the_data_is_no_gap(void **state) {
    fixture *self = *state;

    turn_stream_begin(&self->stream, 1000);
    acknowledge(self, 1003);
    add(self, 1000, "abc");
    assert_string_equal(self->out->str, "abc");
}

static void stream_acknowledged_hole_without_more_data_is_a_gap_after_a_while(void **state) {
    fixture *self = *state;

    turn_stream_begin(&self->stream, 1000);
    acknowledge(self, 1100);
    self->mark.time += SECOND / 2;
    acknowledge(self, 1100);
    assert_string_equal(self->out->str, "");
    self->mark.time += SECOND;
    acknowledge(self, 1100);
    assert_string_equal(self->out->str, "[100]");
    add(self, 1100, "abc");
    assert_string_equal(self->out->str, "[100]abc");
}

static void stream_pending_bytes_are_limited(void **state) {
    fixture *self = *state;
    g_autofree char *block = g_strnfill(1000, 'x');

    turn_stream_begin(&self->stream, 0);
    for (guint32 i = 1; i < 1000; i++) {
        add(self, i * 1000, block);
        assert_true(self->stream.pending.memory <= TURN_STREAM_PENDING_LIMIT);
    }
    assert_memory_equal(self->out->str, "[1000]x", 7);
    assert_int_equal(self->stream.pending.memory, 0);
}

static void stream_many_small_holes_stay_within_the_limit(void **state) {
    fixture *self = *state;

    turn_stream_begin(&self->stream, 0);
    for (guint32 i = 20000; i > 0; i--) {
        add(self, i * 2, "x");
        assert_true(self->stream.pending.memory <= TURN_STREAM_PENDING_LIMIT);
    }
}

static void stream_flush_hands_out_what_waits(void **state) {
    fixture *self = *state;

    turn_stream_begin(&self->stream, 1000);
    add(self, 1002, "c");
    add(self, 1005, "f");
    acknowledge(self, 1000);
    turn_stream_flush(&self->stream, &self->mark, &self->sink);
    assert_string_equal(self->out->str, "[2]c[2]f");
}

static void stream_flush_reports_an_acknowledged_tail(void **state) {
    fixture *self = *state;

    turn_stream_begin(&self->stream, 1000);
    add(self, 1000, "abc");
    acknowledge(self, 1050);
    turn_stream_flush(&self->stream, &self->mark, &self->sink);
    assert_string_equal(self->out->str, "abc[47]");
}

static void stream_fin_is_not_a_missing_byte(void **state) {
    fixture *self = *state;

    turn_stream_begin(&self->stream, 1000);
    add(self, 1000, "abc");
    turn_stream_fin(&self->stream, 1003);
    assert_true(self->stream.ended);
    acknowledge(self, 1004);
    turn_stream_flush(&self->stream, &self->mark, &self->sink);
    assert_string_equal(self->out->str, "abc");
    add(self, 1003, "junk");
    assert_string_equal(self->out->str, "abc");
}

/* The byte may be a FIN that is not in the capture. */
static void stream_single_byte_behind_all_others_is_not_missing(void **state) {
    static const struct {
        guint32 acknowledged;
        const char *expected;
    } rows[] = {{1003, "abc"}, {1004, "abc"}, {1005, "abc[2]"}};
    fixture *self = *state;

    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_string_truncate(self->out, 0);
        turn_stream_begin(&self->stream, 1000);
        add(self, 1000, "abc");
        acknowledge(self, rows[i].acknowledged);
        self->mark.time += 2 * TURN_STREAM_HOLE_TIME;
        acknowledge(self, rows[i].acknowledged);
        assert_string_equal(self->out->str, rows[i].expected);
        turn_stream_flush(&self->stream, &self->mark, &self->sink);
        assert_string_equal(self->out->str, rows[i].expected);
    }
}

static void stream_cut_segment_leaves_a_gap(void **state) {
    fixture *self = *state;

    turn_stream_begin(&self->stream, 1000);
    add_cut(self, 1000, "abc", 7);
    add(self, 1010, "klm");
    add_cut(self, 1020, "uvw", 7);
    add(self, 1013, "nopqrst");
    assert_string_equal(self->out->str, "abc[7]klmnopqrstuvw[7]");
}

static void stream_far_behind_is_another_connection(void **state) {
    fixture *self = *state;

    turn_stream_begin(&self->stream, 0x80000000u);
    add(self, 0x80000000u, "abc");
    add(self, 0x10000000u, "def");
    add(self, 0x10000003u, "ghi");
    assert_string_equal(self->out->str, "abc[0]defghi");
}

#define STREAM_TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void) {
    const struct CMUnitTest tests[] = {
        STREAM_TEST(stream_in_order_passes_through),
        STREAM_TEST(stream_out_of_order_waits),
        STREAM_TEST(stream_every_order_of_four_segments_gives_the_same),
        STREAM_TEST(stream_retransmission_and_keep_alive_are_dropped),
        STREAM_TEST(stream_overlap_keeps_what_came_first),
        STREAM_TEST(stream_sequence_numbers_wrap),
        STREAM_TEST(stream_begins_in_the_middle),
        STREAM_TEST(stream_begins_where_the_receiver_waits),
        STREAM_TEST(stream_hole_that_was_acknowledged_is_a_gap),
        STREAM_TEST(stream_acknowledgement_before_the_data_is_no_gap),
        STREAM_TEST(stream_acknowledged_hole_without_more_data_is_a_gap_after_a_while),
        STREAM_TEST(stream_pending_bytes_are_limited),
        STREAM_TEST(stream_many_small_holes_stay_within_the_limit),
        STREAM_TEST(stream_flush_hands_out_what_waits),
        STREAM_TEST(stream_flush_reports_an_acknowledged_tail),
        STREAM_TEST(stream_fin_is_not_a_missing_byte),
        STREAM_TEST(stream_single_byte_behind_all_others_is_not_missing),
        STREAM_TEST(stream_cut_segment_leaves_a_gap),
        STREAM_TEST(stream_far_behind_is_another_connection),
    };

    return cmocka_run_group_tests_name("stream", tests, NULL, NULL);
}
