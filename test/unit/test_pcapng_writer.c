/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "analyzer/pcapng/block.h"
#include "analyzer/pcapng/writer.h"
#include "analyzer/version.h"
#include "support/memory_file.h"
#include <errno.h>
#include <pcap/dlt.h>
#include <string.h>

static void section_has_the_comment_and_no_length(void **state) {
    const gsize application = strlen("turnpcap " TURNPCAP_VERSION);
    g_auto(memory_file) out = {0};
    g_autoptr(pcapng_writer) writer = NULL;
    g_autoptr(GByteArray) wanted = bytes_of_hex("0a0d0d0a 40000000          # type, 64 bytes\n"
                                                "4d3c2b1a 01000000          # version 1.0\n"
                                                "ffffffff ffffffff          # no length\n"
                                                "01000500 68656c6c 6f000000 # comment, padded\n");

    (void)state;
    memory_file_begin(&out);
    writer = pcapng_writer_new(out.stream);
    assert_true(pcapng_writer_section(writer, "hello"));
    memory_file_end(&out);
    /* With a user application of up to 16 bytes. */
    assert_in_range(application, 13, 16);
    assert_int_equal(out.length, 0x40);
    assert_memory_equal(out.bytes, wanted->data, wanted->len);
    assert_memory_equal(out.bytes + 40, "turnpcap ", 9);
    assert_memory_equal(out.bytes + 56, "\0\0\0\0\x40\0\0\0", 8);
}

static void interface_has_the_link_type_of_files(void **state) {
    const pcapng_interface interface = {
        .link_type = DLT_RAW, .snap_length = 0x40000, .nanoseconds = TRUE, .name = "eth0"};
    g_auto(memory_file) out = {0};
    g_autoptr(pcapng_writer) writer = NULL;

    (void)state;
    memory_file_begin(&out);
    writer = pcapng_writer_new(out.stream);
    assert_true(pcapng_writer_interface(writer, &interface));
    memory_file_end(&out);
    assert_bytes_from(&out, 0,
                      "01000000 28000000 # type, 40 bytes\n"
                      "65000000 00000400 # LINKTYPE_RAW is 101, DLT_RAW is not; snap length\n"
                      "02000400 65746830 # if_name\n"
                      "09000100 09000000 # if_tsresol\n"
                      "00000000 28000000");
}

static const guint8 five[] = {1, 2, 3, 4, 5};

/* 2017-05-20 19:52:48.704889123 UTC; 0x54ff9fb838579 microseconds. */
#define MOMENT G_GINT64_CONSTANT(1495309968704889123)

static void write_packet(memory_file *out, gboolean nanoseconds, gint64 time,
                         const GPtrArray *comments) {
    const pcapng_interface interface = {.link_type = DLT_EN10MB, .nanoseconds = nanoseconds};
    const pcapng_packet packet = {
        .time = time, .bytes = five, .captured = sizeof five, .reported = 80};
    g_autoptr(pcapng_writer) writer = NULL;

    memory_file_begin(out);
    writer = pcapng_writer_new(out->stream);
    assert_true(pcapng_writer_interface(writer, &interface));
    assert_true(pcapng_writer_packet(writer, &packet, comments));
    memory_file_end(out);
}

#define INTERFACE_SIZE 32u

static void packet_has_its_time_lengths_and_comments(void **state) {
    g_autoptr(GPtrArray) comments = g_ptr_array_new();
    g_auto(memory_file) out = {0};

    (void)state;
    g_ptr_array_add(comments, (gpointer) "a");
    g_ptr_array_add(comments, (gpointer) "bcde");
    write_packet(&out, FALSE, MOMENT - 123, comments);
    assert_bytes_from(&out, INTERFACE_SIZE,
                      "06000000 3c000000 00000000 # type, 60 bytes, interface 0\n"
                      "f94f0500 798583fb          # time, high half first\n"
                      "05000000 50000000          # 5 bytes of 80\n"
                      "01020304 05000000          # padded\n"
                      "01000100 61000000          # comments\n"
                      "01000400 62636465\n"
                      "00000000 3c000000");
}

/* 0x14c0687e79c16123 nanoseconds. */
static void packet_without_comments_has_no_options(void **state) {
    g_auto(memory_file) out = {0};

    (void)state;
    write_packet(&out, TRUE, MOMENT, NULL);
    assert_bytes_from(&out, INTERFACE_SIZE,
                      "06000000 28000000 00000000 # type, 40 bytes, interface 0\n"
                      "7e68c014 2361c179\n"
                      "05000000 50000000\n"
                      "01020304 05000000 28000000");
}

/* Interfaces are described before any packet: nothing is written between packets. */
static void packet_of_any_time_is_one_block(void **state) {
    g_auto(memory_file) out = {0};

    (void)state;
    write_packet(&out, FALSE, MOMENT, NULL);
    assert_bytes_from(&out, INTERFACE_SIZE,
                      "06000000 28000000 00000000 # type, 40 bytes, interface 0\n"
                      "f94f0500 798583fb          # cut to microseconds\n"
                      "05000000 50000000\n"
                      "01020304 05000000 28000000");
}

/* Two interfaces, of which the second is of nanoseconds; flags, and a comment behind them. */
static void packet_has_the_options_that_it_brings_along(void **state) {
    const pcapng_interface first = {.link_type = DLT_EN10MB};
    const pcapng_interface second = {.link_type = DLT_EN10MB, .nanoseconds = TRUE};
    g_autoptr(GByteArray) options = bytes_of_hex("02000400 01000000");
    g_autoptr(GPtrArray) comments = g_ptr_array_new();
    const pcapng_packet packet = {.interface = 1,
                                  .time = MOMENT,
                                  .bytes = five,
                                  .captured = sizeof five,
                                  .reported = 80,
                                  .options = options};
    g_auto(memory_file) out = {0};
    g_autoptr(pcapng_writer) writer = NULL;

    (void)state;
    g_ptr_array_add(comments, (gpointer) "a");
    memory_file_begin(&out);
    writer = pcapng_writer_new(out.stream);
    assert_true(pcapng_writer_interface(writer, &first));
    assert_true(pcapng_writer_interface(writer, &second));
    assert_true(pcapng_writer_packet(writer, &packet, comments));
    memory_file_end(&out);
    assert_bytes_from(&out, (gsize)2 * INTERFACE_SIZE,
                      "06000000 3c000000 01000000 # type, 60 bytes, interface 1\n"
                      "7e68c014 2361c179\n"
                      "05000000 50000000\n"
                      "01020304 05000000\n"
                      "02000400 01000000 01000100 61000000\n"
                      "00000000 3c000000");
}

static void what_cannot_be_written_is_told_with_its_reason(void **state) {
    FILE *full = fopen("/dev/full", "wb");
    g_autoptr(pcapng_writer) writer = NULL;

    (void)state;
    assert_non_null(full);
    setvbuf(full, NULL, _IONBF, 0);
    writer = pcapng_writer_new(full);
    assert_false(pcapng_writer_section(writer, NULL));
    assert_int_equal(pcapng_writer_failure(writer), ENOSPC);
    fclose(full);
}

/* Three bytes to a character, of which the limit leaves the last one no room. */
static void long_text_is_cut_between_characters(void **state) {
    g_auto(pcapng_block) block = {0};
    g_autofree char *text = NULL;
    g_autoptr(GString) euros = g_string_new(NULL);

    (void)state;
    for (guint i = 0; i < 5; i++) {
        g_string_append(euros, "\u20ac");
    }
    pcapng_block_init(&block, FALSE);
    pcapng_block_begin(&block, PCAPNG_ENHANCED_PACKET);
    pcapng_block_text(&block, PCAPNG_OPTION_COMMENT, euros->str, 14);
    text = g_strndup((const char *)block.bytes->data + 12, block.bytes->len - 12);
    /* 14 less the 3 points leave room for 11 bytes: 3 characters. */
    assert_string_equal(text, "\u20ac\u20ac\u20ac...");
    assert_int_equal(pcapng_read_u16(block.bytes->data + 10, FALSE), 12);
}

static void text_at_the_limit_is_whole(void **state) {
    g_auto(pcapng_block) block = {0};

    (void)state;
    pcapng_block_init(&block, TRUE);
    pcapng_block_begin(&block, PCAPNG_ENHANCED_PACKET);
    pcapng_block_text(&block, PCAPNG_OPTION_COMMENT, "0123456789", 10);
    assert_int_equal(block.bytes->len, 8 + 4 + 12);
    assert_memory_equal(block.bytes->data + 8,
                        "\0\1\0\x0a"
                        "0123456789\0\0",
                        16);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(section_has_the_comment_and_no_length),
        cmocka_unit_test(interface_has_the_link_type_of_files),
        cmocka_unit_test(packet_has_its_time_lengths_and_comments),
        cmocka_unit_test(packet_without_comments_has_no_options),
        cmocka_unit_test(packet_of_any_time_is_one_block),
        cmocka_unit_test(packet_has_the_options_that_it_brings_along),
        cmocka_unit_test(what_cannot_be_written_is_told_with_its_reason),
        cmocka_unit_test(long_text_is_cut_between_characters),
        cmocka_unit_test(text_at_the_limit_is_whole),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
