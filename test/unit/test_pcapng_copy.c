/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "analyzer/pcapng/copy.h"
#include "support/memory_file.h"
#include <errno.h>
#include <string.h>

/* Comments that the packets of a test get: those of frame N are words of the text N. */
typedef struct plan {
    const char *texts[4]; /* by frame, from 1; NULL for none */
} plan;

static void planned(gpointer data, guint32 frame, GPtrArray *comments) {
    const plan *self = data;

    if (frame < G_N_ELEMENTS(self->texts) && self->texts[frame] != NULL) {
        g_ptr_array_add(comments, g_strdup(self->texts[frame]));
    }
}

static pcapng_copied copy_hex(const char *hex, const char *comment, plan comments,
                              memory_file *out) {
    g_autoptr(GByteArray) bytes = bytes_of_hex(hex);
    FILE *from = fmemopen(bytes->data, bytes->len, "rb");
    pcapng_copied copied;

    assert_non_null(from);
    memory_file_begin(out);
    assert_true(pcapng_copy(from, out->stream, comment, planned, &comments, &copied));
    memory_file_end(out);
    fclose(from);
    return copied;
}

#define SECTION_LE   "0a0d0d0a 1c000000 4d3c2b1a 01000000 ffffffff ffffffff 1c000000\n"
#define SECTION_BE   "0a0d0d0a 0000001c 1a2b3c4d 00010000 ffffffff ffffffff 0000001c\n"
#define INTERFACE_LE "01000000 14000000 01000000 00000400 14000000\n"
#define INTERFACE_BE "00000001 00000014 00010000 00040000 00000014\n"
/* 6 bytes of 6, at time 1. */
#define PACKET_BODY_LE "00000000 00000000 01000000 06000000 06000000 aabbccdd eeff0000\n"
#define PACKET_BODY_BE "00000000 00000000 00000001 00000006 00000006 aabbccdd eeff0000\n"
#define PACKET_LE      "06000000 28000000 " PACKET_BODY_LE "28000000\n"
#define NONE           ((plan){{NULL}})

/* Interface statistics, a custom block, a type that nobody knows. */
#define OTHER_BLOCKS                                                                               \
    "05000000 18000000 00000000 00000000 01000000 18000000\n"                                      \
    "ad0b0000 14000000 01020304 05060708 14000000\n"                                               \
    "cdab0000 0c000000 0c000000\n"

static void everything_stays_without_comments(void **state) {
    static const char file[] = SECTION_LE INTERFACE_LE PACKET_LE OTHER_BLOCKS;
    g_auto(memory_file) out = {0};
    const pcapng_copied copied = copy_hex(file, NULL, NONE, &out);

    (void)state;
    assert_bytes_from(&out, 0, file);
    assert_int_equal(copied.packets, 1);
    assert_int_equal(copied.commented, 0);
    assert_false(copied.placeless);
    assert_null(copied.wrong);
}

static void section_gets_a_comment_and_loses_its_length(void **state) {
    g_auto(memory_file) out = {0};

    (void)state;
    copy_hex("0a0d0d0a 28000000 4d3c2b1a 01000000 30000000 00000000\n"
             "04000100 78000000 00000000 28000000\n" INTERFACE_LE,
             "abc", NONE, &out);
    assert_bytes_from(&out, 0,
                      "0a0d0d0a 30000000 4d3c2b1a 01000000 ffffffff ffffffff\n"
                      "04000100 78000000 01000300 61626300 00000000 30000000\n" INTERFACE_LE);
}

static void only_the_first_section_gets_the_comment(void **state) {
    g_auto(memory_file) out = {0};

    (void)state;
    copy_hex(SECTION_LE SECTION_BE, "abcd", NONE, &out);
    assert_bytes_from(&out, 0,
                      "0a0d0d0a 28000000 4d3c2b1a 01000000 ffffffff ffffffff\n"
                      "01000400 61626364 00000000 28000000\n" SECTION_BE);
}

/* The first has no options, the second "mine", the third one that goes on behind the block. */
static void no_section_keeps_its_length(void **state) {
    static const char second[] = "01000400 6d696e65 00000000 28000000\n";
    static const char third[] = "01000900 6d696e65 00000000 28000000\n";
    g_auto(memory_file) out = {0};
    g_autofree char *file = g_strconcat(
        "0a0d0d0a 1c000000 4d3c2b1a 01000000 14000000 00000000 1c000000\n" INTERFACE_LE,
        "0a0d0d0a 28000000 4d3c2b1a 01000000 14000000 00000000\n", second, INTERFACE_LE,
        "0a0d0d0a 28000000 4d3c2b1a 01000000 14000000 00000000\n", third, INTERFACE_LE, NULL);
    g_autofree char *wanted = g_strconcat(
        SECTION_LE INTERFACE_LE "0a0d0d0a 28000000 4d3c2b1a 01000000 ffffffff ffffffff\n", second,
        INTERFACE_LE "0a0d0d0a 28000000 4d3c2b1a 01000000 ffffffff ffffffff\n", third, INTERFACE_LE,
        NULL);

    (void)state;
    copy_hex(file, NULL, NONE, &out);
    assert_bytes_from(&out, 0, wanted);
}

/* "turnpcap: x" goes, in both byte orders, and "turnpcap x" stays. */
static void every_section_loses_what_an_earlier_run_said(void **state) {
    g_auto(memory_file) out = {0};

    (void)state;
    copy_hex("0a0d0d0a 30000000 4d3c2b1a 01000000 ffffffff ffffffff\n"
             "01000b00 7475726e 70636170 3a207800 00000000 30000000\n"
             "0a0d0d0a 00000040 1a2b3c4d 00010000 ffffffff ffffffff\n"
             "0001000b 7475726e 70636170 3a207800\n"
             "0001000a 7475726e 70636170 20780000 00000000 00000040\n",
             "abcd", NONE, &out);
    assert_bytes_from(&out, 0,
                      "0a0d0d0a 28000000 4d3c2b1a 01000000 ffffffff ffffffff\n"
                      "01000400 61626364 00000000 28000000\n"
                      "0a0d0d0a 00000030 1a2b3c4d 00010000 ffffffff ffffffff\n"
                      "0001000a 7475726e 70636170 20780000 00000000 00000030\n");
}

static void section_with_damaged_options_leaves_the_comment_to_the_next(void **state) {
    static const char damaged[] = "0a0d0d0a 24000000 4d3c2b1a 01000000 ffffffff ffffffff\n"
                                  "01000900 61626364 24000000\n";
    g_auto(memory_file) alone = {0};
    g_auto(memory_file) out = {0};
    g_autofree char *both = g_strconcat(damaged, SECTION_LE, NULL);
    g_autofree char *wanted = g_strconcat(damaged,
                                          "0a0d0d0a 28000000 4d3c2b1a 01000000 ffffffff ffffffff\n"
                                          "01000400 61626364 00000000 28000000\n",
                                          NULL);

    (void)state;
    assert_true(copy_hex(damaged, "abcd", NONE, &alone).placeless);
    assert_bytes_from(&alone, 0, damaged);
    assert_false(copy_hex(both, "abcd", NONE, &out).placeless);
    assert_bytes_from(&out, 0, wanted);
}

static void what_cannot_be_written_is_told_with_its_reason(void **state) {
    g_autoptr(GByteArray) bytes = bytes_of_hex(SECTION_LE INTERFACE_LE);
    FILE *from = fmemopen(bytes->data, bytes->len, "rb");
    FILE *to = fopen("/dev/full", "wb");
    plan none = NONE;
    pcapng_copied copied;

    (void)state;
    assert_non_null(from);
    assert_non_null(to);
    setvbuf(to, NULL, _IONBF, 0);
    assert_false(pcapng_copy(from, to, NULL, planned, &none, &copied));
    assert_int_equal(copied.failure, ENOSPC);
    fclose(from);
    fclose(to);
}

/* Without options before, and with a comment and flags before the end mark. */
static void packet_comments_stand_behind_its_own_options(void **state) {
    const plan comments = {{NULL, "new", "more!"}};
    g_auto(memory_file) out = {0};
    const pcapng_copied copied = copy_hex(SECTION_LE INTERFACE_LE PACKET_LE
                                          "06000000 3c000000 " PACKET_BODY_LE
                                          "01000200 68690000 02000400 01000000 00000000 3c000000\n",
                                          NULL, comments, &out);

    (void)state;
    assert_int_equal(copied.packets, 2);
    assert_int_equal(copied.commented, 2);
    assert_bytes_from(&out, 48,
                      "06000000 34000000 " PACKET_BODY_LE "01000300 6e657700 00000000 34000000\n"
                      "06000000 48000000 " PACKET_BODY_LE "01000200 68690000 02000400 01000000\n"
                      "01000500 6d6f7265 21000000 00000000 48000000");
}

/* The end mark may be left out. */
static void options_may_end_with_the_block(void **state) {
    const plan comments = {{NULL, "new"}};
    g_auto(memory_file) out = {0};

    (void)state;
    copy_hex(SECTION_LE INTERFACE_LE "06000000 30000000 " PACKET_BODY_LE
                                     "01000200 68690000 30000000\n",
             NULL, comments, &out);
    assert_bytes_from(&out, 48,
                      "06000000 3c000000 " PACKET_BODY_LE
                      "01000200 68690000 01000300 6e657700 00000000 3c000000");
}

static void big_endian_section_gets_big_endian_comments(void **state) {
    const plan comments = {{NULL, "new"}};
    g_auto(memory_file) out = {0};

    (void)state;
    copy_hex(SECTION_BE INTERFACE_BE "00000006 00000028 " PACKET_BODY_BE "00000028\n", "abc",
             comments, &out);
    assert_bytes_from(&out, 0,
                      "0a0d0d0a 00000028 1a2b3c4d 00010000 ffffffff ffffffff\n"
                      "00010003 61626300 00000000 00000028\n" INTERFACE_BE
                      "00000006 00000034 " PACKET_BODY_BE "00010003 6e657700 00000000 00000034");
}

static void obsolete_packet_gets_a_comment_and_a_simple_one_none(void **state) {
    const plan comments = {{NULL, "new", "lost"}};
    g_auto(memory_file) out = {0};
    const pcapng_copied copied =
        copy_hex(SECTION_LE INTERFACE_LE "02000000 28000000 " PACKET_BODY_LE "28000000\n"
                                         "03000000 14000000 02000000 aabb0000 14000000\n",
                 NULL, comments, &out);

    (void)state;
    assert_int_equal(copied.packets, 2);
    assert_int_equal(copied.commented, 1);
    assert_int_equal(copied.simple, 1);
    assert_bytes_from(&out, 48,
                      "02000000 34000000 " PACKET_BODY_LE "01000300 6e657700 00000000 34000000\n"
                      "03000000 14000000 02000000 aabb0000 14000000");
}

/* An option that goes on behind the block: nobody can tell what it was. */
static void packet_with_damaged_options_stays_as_it_is(void **state) {
    static const char file[] = SECTION_LE INTERFACE_LE "06000000 30000000 " PACKET_BODY_LE
                                                       "01000900 68690000 30000000\n" PACKET_LE;
    const plan comments = {{NULL, "new"}};
    g_auto(memory_file) out = {0};
    const pcapng_copied copied = copy_hex(file, NULL, comments, &out);

    (void)state;
    assert_bytes_from(&out, 0, file);
    assert_int_equal(copied.damaged, 1);
    assert_int_equal(copied.commented, 0);
    assert_null(copied.wrong);
}

/* Everything before the damage is written; OFFSET is where the damaged block begins. */
static void assert_stops(const char *damaged, const char *wrong) {
    g_auto(memory_file) out = {0};
    g_autofree char *file = g_strconcat(SECTION_LE INTERFACE_LE, damaged, NULL);
    const pcapng_copied copied = copy_hex(file, NULL, NONE, &out);

    assert_bytes_from(&out, 0, SECTION_LE INTERFACE_LE);
    assert_string_equal(copied.wrong, wrong);
    assert_int_equal(copied.offset, 48);
    assert_int_equal(copied.packets, 0);
}

static void damage_ends_the_copy_before_its_block(void **state) {
    (void)state;
    assert_stops("06000000", "the file ends in the middle of a block");
    assert_stops("06000000 28000000 aabb", "the file ends in the middle of a block");
    assert_stops("06000000 08000000 28000000", "a block has an impossible length");
    assert_stops("06000000 0e000000 0e000000 0000", "a block has an impossible length");
    assert_stops("06000000 04000001 04000001", "a block has an impossible length");
    assert_stops("cdab0000 0c000000 10000000", "the two lengths of a block differ");
    assert_stops("06000000 10000000 00000000 10000000", "a packet is longer than its block");
    assert_stops("06000000 28000000 00000000 00000000 01000000 09000000 09000000 "
                 "aabbccdd eeff0000 28000000",
                 "a packet is longer than its block");
    assert_stops("0a0d0d0a 1c000000 44444444 01000000 ffffffff ffffffff 1c000000",
                 "a section has no byte order");
    assert_stops("0a0d0d0a 1c000000", "the file ends in the middle of a block");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(everything_stays_without_comments),
        cmocka_unit_test(section_gets_a_comment_and_loses_its_length),
        cmocka_unit_test(only_the_first_section_gets_the_comment),
        cmocka_unit_test(no_section_keeps_its_length),
        cmocka_unit_test(every_section_loses_what_an_earlier_run_said),
        cmocka_unit_test(section_with_damaged_options_leaves_the_comment_to_the_next),
        cmocka_unit_test(what_cannot_be_written_is_told_with_its_reason),
        cmocka_unit_test(packet_comments_stand_behind_its_own_options),
        cmocka_unit_test(options_may_end_with_the_block),
        cmocka_unit_test(big_endian_section_gets_big_endian_comments),
        cmocka_unit_test(obsolete_packet_gets_a_comment_and_a_simple_one_none),
        cmocka_unit_test(packet_with_damaged_options_stays_as_it_is),
        cmocka_unit_test(damage_ends_the_copy_before_its_block),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
