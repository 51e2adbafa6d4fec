/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "analyzer/pcapng/own_options.h"
#include "support/memory_file.h"

#define SECTION_LE   "0a0d0d0a 1c000000 4d3c2b1a 01000000 ffffffff ffffffff 1c000000\n"
#define SECTION_BE   "0a0d0d0a 0000001c 1a2b3c4d 00010000 ffffffff ffffffff 0000001c\n"
#define INTERFACE_LE "01000000 14000000 01000000 00000400 14000000\n"
#define INTERFACE_BE "00000001 00000014 00010000 00040000 00000014\n"
/* 6 bytes of 6, at time 1. */
#define PACKET_BODY_LE "00000000 00000000 01000000 06000000 06000000 aabbccdd eeff0000\n"
#define PACKET_BODY_BE "00000000 00000000 00000001 00000006 00000006 aabbccdd eeff0000\n"
#define SIMPLE_LE      "03000000 14000000 02000000 aabb0000 14000000\n"
/* Of the systemd journal, and of a maker: Wireshark counts both as frames. */
#define JOURNAL_LE "09000000 10000000 613d310a 10000000\n"
#define CUSTOM_LE  "ad0b0000 14000000 d97e0000 05060708 14000000\n"

/* What is read; the bytes must live as long. */
typedef struct reading {
    GByteArray *bytes;
    FILE *stream;
    own_options *own;
    pcapng_block found;
} reading;

static void begin(reading *self, const char *hex) {
    self->bytes = bytes_of_hex(hex);
    self->stream = fmemopen(self->bytes->data, self->bytes->len, "rb");
    assert_non_null(self->stream);
    self->own = own_options_new(self->stream);
    pcapng_block_init(&self->found, FALSE);
}

static void reading_clear(reading *self) {
    own_options_free(self->own);
    pcapng_block_clear(&self->found);
    fclose(self->stream);
    g_byte_array_unref(self->bytes);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(reading, reading_clear)

#define NO_LIMIT PCAPNG_MAX_BLOCK

/* That the next packet has the options HEX. */
static void assert_next(reading *self, const char *hex) {
    g_autoptr(GByteArray) wanted = bytes_of_hex(hex);

    g_byte_array_set_size(self->found.bytes, 0);
    own_options_next(self->own);
    assert_true(own_options_add(self->own, &self->found, NO_LIMIT));
    assert_int_equal(self->found.bytes->len, wanted->len);
    if (wanted->len > 0) {
        assert_memory_equal(self->found.bytes->data, wanted->data, wanted->len);
    }
}

static void assert_next_is_lost(reading *self, gsize limit) {
    g_byte_array_set_size(self->found.bytes, 0);
    own_options_next(self->own);
    assert_false(own_options_add(self->own, &self->found, limit));
    assert_false(own_options_is_simple(self->own));
    assert_int_equal(self->found.bytes->len, 0);
}

/* Blocks that libpcap passes over are no packets. */
static void options_are_those_of_the_packet_in_turn(void **state) {
    g_auto(reading) self = {0};

    (void)state;
    begin(&self, SECTION_LE INTERFACE_LE JOURNAL_LE
          "06000000 30000000 " PACKET_BODY_LE "01000200 68690000 30000000\n" CUSTOM_LE
          "06000000 28000000 " PACKET_BODY_LE "28000000\n" SIMPLE_LE
          "02000000 38000000 " PACKET_BODY_LE "01000400 6d696e65 00000000 00000000 38000000\n");
    assert_next(&self, "01000200 68690000");
    assert_false(own_options_is_simple(self.own));
    assert_next(&self, "");
    assert_false(own_options_is_simple(self.own));
    assert_next(&self, "");
    assert_true(own_options_is_simple(self.own));
    assert_next(&self, "01000400 6d696e65");
    assert_false(own_options_is_simple(self.own));
    assert_next_is_lost(&self, NO_LIMIT);
}

/* A comment that is no UTF-8, one of an earlier run, text that is not to be copied, what nobody
 * knows. */
static void little_endian_options_stay_as_they_are(void **state) {
    g_auto(reading) self = {0};

    (void)state;
    begin(&self, SECTION_LE INTERFACE_LE "06000000 58000000 " PACKET_BODY_LE "01000200 fffe0000\n"
                                         "01000b00 7475726e 70636170 3a207800\n"
                                         "ac4b0500 d97e0000 61000000\n"
                                         "bc7a0300 01020300\n"
                                         "00000000 58000000\n");
    assert_next(&self, "01000200 fffe0000 bc7a0300 01020300");
}

/* Comment, flags, packet id, text of a maker; flags of two bytes, and what nobody knows, go. */
static void big_endian_options_change_their_numbers(void **state) {
    g_auto(reading) self = {0};

    (void)state;
    begin(&self, SECTION_BE INTERFACE_BE "00000006 00000064 " PACKET_BODY_BE "00010002 68690000\n"
                                         "00020004 01020304\n"
                                         "00050008 00000000 00000102\n"
                                         "0bac0005 00007ed9 61000000\n"
                                         "00020002 01020000\n"
                                         "7abc0003 01020300\n"
                                         "00000000 00000064\n");
    assert_next(&self, "01000200 68690000\n"
                       "02000400 04030201\n"
                       "05000800 02010000 00000000\n"
                       "ac0b0500 d97e0000 61000000");
}

static void damaged_and_long_options_are_told(void **state) {
    static const char packet[] = "06000000 30000000 " PACKET_BODY_LE "01000200 68690000 30000000\n";
    g_autofree char *file =
        g_strconcat(SECTION_LE INTERFACE_LE, packet, packet,
                    "06000000 30000000 " PACKET_BODY_LE "01000900 68690000 30000000\n", packet,
                    "06000000 28000000", NULL);
    g_auto(reading) self = {0};

    (void)state;
    begin(&self, file);
    assert_next(&self, "01000200 68690000");
    assert_next_is_lost(&self, 7);
    assert_next_is_lost(&self, NO_LIMIT);
    assert_next(&self, "01000200 68690000");
    assert_next_is_lost(&self, NO_LIMIT);
    assert_next_is_lost(&self, NO_LIMIT);
}

static void capture_that_is_no_pcapng_has_none(void **state) {
    pcapng_block found = {0};
    own_options *own = own_options_new(NULL);

    (void)state;
    pcapng_block_init(&found, FALSE);
    own_options_next(own);
    assert_true(own_options_add(own, &found, NO_LIMIT));
    assert_false(own_options_is_simple(own));
    assert_int_equal(found.bytes->len, 0);
    own_options_free(own);
    pcapng_block_clear(&found);
}

static void file_that_cannot_be_opened_is_an_error(void **state) {
    g_autoptr(GError) error = NULL;

    (void)state;
    assert_null(own_options_open("/no/such/file", &error));
    assert_non_null(error);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(options_are_those_of_the_packet_in_turn),
        cmocka_unit_test(little_endian_options_stay_as_they_are),
        cmocka_unit_test(big_endian_options_change_their_numbers),
        cmocka_unit_test(damaged_and_long_options_are_told),
        cmocka_unit_test(capture_that_is_no_pcapng_has_none),
        cmocka_unit_test(file_that_cannot_be_opened_is_an_error),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
