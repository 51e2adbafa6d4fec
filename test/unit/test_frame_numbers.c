/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "analyzer/frame_numbers.h"
#include "analyzer/pcapng/block.h"

#define SECTION   PCAPNG_SECTION_HEADER
#define INTERFACE PCAPNG_INTERFACE
#define PACKET    PCAPNG_ENHANCED_PACKET
#define CUSTOM    0x00000BADu
#define PRIVATE   0x40000BADu
#define NETFLIX   10949u

static void append_number(GByteArray *to, guint32 number, gboolean big) {
    const guint32 written = big ? GUINT32_TO_BE(number) : GUINT32_TO_LE(number);

    g_byte_array_append(to, (const guint8 *)&written, 4);
}

/* A block of 20 bytes whose body is FIRST and a zero. */
static void append_block(GByteArray *to, guint32 type, guint32 first, gboolean big) {
    append_number(to, type, big);
    append_number(to, 20, big);
    append_number(to, first, big);
    append_number(to, 0, big);
    append_number(to, 20, big);
}

static void append_section(GByteArray *to, gboolean big) {
    append_block(to, SECTION, 0x1A2B3C4Du, big);
    append_block(to, INTERFACE, 1, big);
}

/* Reads FILE in pieces of STEP bytes. */
static frame_numbers *read_in_steps(const GByteArray *file, gsize step) {
    frame_numbers *self = frame_numbers_new();

    for (gsize at = 0; at < file->len; at += step) {
        frame_numbers_read(self, file->data + at, MIN(step, file->len - at));
    }
    return self;
}

static void assert_numbers(const GByteArray *file, guint32 first, guint32 second) {
    for (gsize step = 1; step <= file->len; step++) {
        frame_numbers *self = read_in_steps(file, step);

        assert_int_equal(frame_numbers_take(self), first);
        assert_int_equal(frame_numbers_take(self), second);
        assert_int_equal(frame_numbers_take(self), 0);
        frame_numbers_free(self);
    }
}

/* As the test annotate.frames holds against tshark 4.0.17; KIND is little-endian in each. Where
 * tshark reads no further than a block, of the same maker with other kinds, nothing is asserted. */
static const struct {
    guint32 type;
    guint32 maker;
    guint32 kind;
    gboolean is_frame;
} others[] = {{9, 0, 0, TRUE},
              {0x204, 0, 0, TRUE},
              {0x216, 0, 0, TRUE},
              {0x221, 0, 0, TRUE},
              {CUSTOM, 42, 0, TRUE},
              {PRIVATE, 42, 0, TRUE},
              {CUSTOM, NETFLIX, 1, TRUE},
              {CUSTOM, NETFLIX, 2, TRUE},
              {PRIVATE, NETFLIX, 1, TRUE},
              {PRIVATE, NETFLIX, 2, TRUE},
              {4, 0, 0, FALSE},
              {5, 0, 0, FALSE},
              {7, 0, 0, FALSE},
              {10, 0, 0, FALSE},
              {0x201, 0, 0, FALSE},
              {0x208, 0, 0, FALSE},
              {0x222, 0, 0, FALSE},
              {0x223, 0, 0, FALSE},
              {0x80000123, 0, 0, FALSE},
              {INTERFACE, 1, 0, FALSE},
              {0x55, 0, 0, FALSE}};

static void frames_are_those_of_wireshark(void **state) {
    (void)state;
    for (gsize i = 0; i < G_N_ELEMENTS(others) * 2; i++) {
        g_autoptr(GByteArray) file = g_byte_array_new();
        const gboolean big = i % 2 == 1;

        append_section(file, big);
        append_block(file, PACKET, 0, big);
        append_number(file, others[i / 2].type, big);
        append_number(file, 20, big);
        append_number(file, others[i / 2].maker, big);
        append_number(file, others[i / 2].kind, FALSE);
        append_number(file, 20, big);
        append_block(file, PACKET, 0, big);
        assert_numbers(file, 1, others[i / 2].is_frame ? 3 : 2);
    }
}

static void all_kinds_of_packets_have_numbers(void **state) {
    const guint32 kinds[] = {PCAPNG_PACKET, PCAPNG_SIMPLE_PACKET, PCAPNG_ENHANCED_PACKET};

    (void)state;
    for (gsize i = 0; i < G_N_ELEMENTS(kinds) * 2; i++) {
        g_autoptr(GByteArray) file = g_byte_array_new();
        const gboolean big = i % 2 == 1;

        append_section(file, big);
        append_block(file, kinds[i / 2], 0, big);
        append_block(file, CUSTOM, 1, big);
        append_block(file, kinds[i / 2], 0, big);
        assert_numbers(file, 1, 3);
    }
}

/* 16 bytes: no room for what tells whether it is a frame. */
static void custom_block_without_a_body_is_read(void **state) {
    g_autoptr(GByteArray) file = g_byte_array_new();

    (void)state;
    append_section(file, FALSE);
    append_block(file, PACKET, 0, FALSE);
    append_number(file, CUSTOM, FALSE);
    append_number(file, 16, FALSE);
    append_number(file, 42, FALSE);
    append_number(file, 16, FALSE);
    append_block(file, PACKET, 0, FALSE);
    assert_numbers(file, 1, 3);
}

static void sections_of_two_byte_orders_are_told(void **state) {
    (void)state;
    for (gint second = 0; second < 2; second++) {
        g_autoptr(GByteArray) file = g_byte_array_new();
        frame_numbers *self;

        append_section(file, FALSE);
        append_block(file, PACKET, 0, FALSE);
        append_section(file, second == 1);
        append_block(file, CUSTOM, 42, second == 1);
        append_block(file, PACKET, 0, second == 1);
        assert_numbers(file, 1, 3);
        self = read_in_steps(file, 7);
        assert_int_equal(frame_numbers_are_mixed(self), second == 1);
        frame_numbers_free(self);
    }
}

/* A length that no block can have: nothing behind it is a block. */
static void what_is_no_block_ends_the_count(void **state) {
    g_autoptr(GByteArray) file = g_byte_array_new();

    (void)state;
    append_section(file, FALSE);
    append_block(file, PACKET, 0, FALSE);
    append_number(file, PACKET, FALSE);
    append_number(file, 8, FALSE);
    append_number(file, 0, FALSE);
    append_block(file, PACKET, 0, FALSE);
    assert_numbers(file, 1, 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(frames_are_those_of_wireshark),
        cmocka_unit_test(all_kinds_of_packets_have_numbers),
        cmocka_unit_test(custom_block_without_a_body_is_read),
        cmocka_unit_test(sections_of_two_byte_orders_are_told),
        cmocka_unit_test(what_is_no_block_ends_the_count),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
