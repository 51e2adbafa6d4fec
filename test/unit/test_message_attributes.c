/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "support/hex.h"
#include "support/parsed.h"
#include "support/vectors.h"

#define COUNT(rows) (sizeof(rows) / sizeof((rows)[0]))

typedef struct expected_attr {
    uint16_t type;
    uint16_t offset;
    uint16_t length;
} expected_attr;

static void expect_walk(const stun_message *message, const expected_attr *expected, size_t count) {
    stun_attr attrs[PARSED_MAX_ATTRS];
    stun_status ended = STUN_MALFORMED;
    assert_int_equal(parsed_walk(message, attrs, &ended), count);
    assert_int_equal(ended, STUN_OK);
    for (size_t i = 0; i < count; i++) {
        assert_int_equal(attrs[i].type, expected[i].type);
        assert_int_equal(attrs[i].offset, expected[i].offset);
        assert_int_equal(attrs[i].length, expected[i].length);
        assert_int_equal(attrs[i].captured, expected[i].length);
        assert_ptr_equal(attrs[i].value, message->bytes + expected[i].offset + 4);
        assert_int_equal(attrs[i].status, STUN_OK);
        assert_int_equal(attrs[i].issues, 0);
        assert_non_null(attrs[i].info);
        assert_int_equal(attrs[i].info->code, expected[i].type);
    }
}

static void parse_rfc5769_request_yields_header_and_attributes(void **state) {
    (void)state;
    static const expected_attr expected[] = {{0x8022, 20, 16}, {0x0024, 40, 4},  {0x8029, 48, 8},
                                             {0x0006, 60, 9},  {0x0008, 76, 20}, {0x8028, 100, 4}};
    parsed f;
    parsed_read(&f, vector_rfc5769_request);
    assert_int_equal(f.status, STUN_OK);
    assert_ptr_equal(f.message.bytes, f.bytes);
    assert_int_equal(f.message.length, 108);
    assert_int_equal(f.message.captured, 108);
    assert_int_equal(f.message.type, 0x0001);
    assert_int_equal(f.message.method, STUN_METHOD_BINDING);
    assert_int_equal(f.message.cls, STUN_REQUEST);
    assert_int_equal(f.message.dialect, STUN_DIALECT_RFC5389);
    assert_true(f.message.has_cookie);
    assert_true(f.message.padded);
    assert_ptr_equal(stun_message_transaction_id(&f.message), f.bytes + 4);
    expect_walk(&f.message, expected, COUNT(expected));
}

static void parse_rfc8489_b1_yields_its_attributes(void **state) {
    (void)state;
    static const expected_attr expected[] = {
        {0x001e, 20, 32}, {0x0015, 56, 41}, {0x0014, 104, 11}, {0x001d, 120, 4}, {0x001c, 128, 32}};
    parsed f;
    parsed_read(&f, vector_rfc8489_b1);
    assert_int_equal(f.status, STUN_OK);
    assert_int_equal(f.message.length, 164);
    expect_walk(&f.message, expected, COUNT(expected));
}

static void parse_rfc8489_b1_as_printed_is_malformed(void **state) {
    (void)state;
    parsed f;
    parsed_read(&f, vector_rfc8489_b1_printed);
    assert_int_equal(f.length, 156);
    assert_int_equal(f.status, STUN_MALFORMED);
    assert_int_equal(f.message.length, 176);
    assert_int_equal(f.message.captured, 156);
    stun_attr attr;
    assert_true(stun_message_find(&f.message, STUN_ATTR_MESSAGE_INTEGRITY_SHA256, &attr));
    assert_int_equal(attr.offset, 120);
}

static void parse_ms_turn_unpadded_walk_yields_every_attribute(void **state) {
    (void)state;
    static const expected_attr expected[] = {{0x000f, 20, 4},  {0x8008, 28, 4},  {0x0006, 36, 4},
                                             {0x0014, 44, 11}, {0x0015, 59, 10}, {0x000d, 73, 4},
                                             {0x0008, 81, 20}};
    parsed f;
    parsed_read(&f, vector_ms_allocate);
    assert_int_equal(f.message.length, 105);
    expect_walk(&f.message, expected, COUNT(expected));
}

static void parse_ms_turn_padded_walk_yields_every_attribute(void **state) {
    (void)state;
    static const expected_attr expected[] = {{0x000f, 20, 4},  {0x8008, 28, 4},  {0x0006, 36, 4},
                                             {0x0014, 44, 11}, {0x0015, 60, 10}, {0x000d, 76, 4},
                                             {0x0008, 84, 20}};
    parsed f;
    parsed_read(&f, vector_ms_allocate_padded);
    assert_int_equal(f.message.length, 108);
    expect_walk(&f.message, expected, COUNT(expected));
}

static void parse_bare_message_with_cookie_is_ok(void **state) {
    (void)state;
    parsed f;
    parsed_read(&f, "0011 0000 2112a442 000000000000000000000000");
    assert_int_equal(f.status, STUN_OK);
    assert_int_equal(f.message.cls, STUN_INDICATION);
    stun_attr attrs[PARSED_MAX_ATTRS];
    stun_status ended = STUN_MALFORMED;
    assert_int_equal(parsed_walk(&f.message, attrs, &ended), 0);
    assert_int_equal(ended, STUN_OK);
}

static void iter_overrun_is_yielded_as_last_attribute(void **state) {
    (void)state;
    parsed f;
    parsed_read(&f, "0001 0010 2112a442 0102030405060708090a0b0c"
                    "8022 0002 61620000 # SOFTWARE\n"
                    "0006 0005 63646566 # USERNAME, one byte too long\n");
    stun_attr attrs[PARSED_MAX_ATTRS];
    stun_status ended = STUN_OK;
    assert_int_equal(f.status, STUN_OK);
    assert_int_equal(parsed_walk(&f.message, attrs, &ended), 2);
    assert_int_equal(ended, STUN_MALFORMED);
    assert_int_equal(attrs[0].issues, 0);
    assert_int_equal(attrs[1].status, STUN_MALFORMED);
    assert_int_equal(attrs[1].issues, STUN_ISSUE_OVERRUN);
    assert_int_equal(attrs[1].length, 5);
    assert_int_equal(attrs[1].captured, 4);
}

static void iter_overrun_in_cut_capture_is_still_malformed(void **state) {
    (void)state;
    parsed f;
    parsed_read(&f, "0001 0008 2112a442 0102030405060708090a0b0c 0006 ffff 63646566");
    stun_message message;
    stun_attr attrs[PARSED_MAX_ATTRS];
    stun_status ended = STUN_OK;
    assert_int_equal(stun_message_parse(f.bytes, 26, 28, &message), STUN_TRUNCATED);
    assert_int_equal(parsed_walk(&message, attrs, &ended), 1);
    assert_int_equal(attrs[0].status, STUN_MALFORMED);
    assert_int_equal(attrs[0].captured, 2);
    assert_int_equal(ended, STUN_MALFORMED);
}

static void iter_bytes_too_few_for_a_header_are_malformed(void **state) {
    (void)state;
    uint8_t bytes[32];
    size_t length = hex_bytes("0001 000a 2112a442 0102030405060708090a0b0c 8022 0004 61626364 0000",
                              bytes, sizeof bytes);
    stun_message message;
    stun_attr attrs[PARSED_MAX_ATTRS];
    stun_status ended = STUN_OK;
    stun_message_parse(bytes, length, length, &message);
    assert_int_equal(parsed_walk(&message, attrs, &ended), 1);
    assert_int_equal(ended, STUN_MALFORMED);
}

static void iter_missing_padding_at_the_end_is_malformed(void **state) {
    (void)state;
    uint8_t bytes[32];
    size_t length = hex_bytes("0001 0006 2112a442 0102030405060708090a0b0c 8022 0002 6162", bytes,
                              sizeof bytes);
    stun_message message;
    stun_attr attrs[PARSED_MAX_ATTRS];
    stun_status ended = STUN_OK;
    stun_message_parse(bytes, length, length, &message);
    assert_int_equal(parsed_walk(&message, attrs, &ended), 1);
    assert_int_equal(attrs[0].status, STUN_OK);
    assert_int_equal(ended, STUN_MALFORMED);
}

static void iter_length_out_of_bounds_is_flagged(void **state) {
    (void)state;
    parsed f;
    parsed_read(&f, "0003 0020 2112a442 0102030405060708090a0b0c"
                    "000d 0002 00010000 # LIFETIME\n"
                    "0019 0008 0600000000000000 # REQUESTED-TRANSPORT\n"
                    "001a 0000 # DONT-FRAGMENT\n"
                    "7abc 0004 00000000 # nobody's\n");
    stun_attr attrs[PARSED_MAX_ATTRS];
    stun_status ended = STUN_MALFORMED;
    assert_int_equal(parsed_walk(&f.message, attrs, &ended), 4);
    assert_int_equal(ended, STUN_OK);
    assert_int_equal(attrs[0].issues, STUN_ISSUE_TOO_SHORT);
    assert_int_equal(attrs[1].issues, STUN_ISSUE_TOO_LONG);
    assert_int_equal(attrs[2].issues, 0);
    assert_int_equal(attrs[3].issues, 0);
    assert_null(attrs[3].info);
}

static void iter_attributes_behind_integrity_are_flagged(void **state) {
    (void)state;
    static const unsigned expected[] = {
        0,
        0,
        STUN_ISSUE_AFTER_INTEGRITY,
        0,
        0,
        STUN_ISSUE_AFTER_INTEGRITY | STUN_ISSUE_AFTER_FINGERPRINT,
        STUN_ISSUE_AFTER_FINGERPRINT,
    };
    parsed f;
    parsed_read(&f, "0001 0050 2112a442 0102030405060708090a0b0c"
                    "8022 0004 61626364 # SOFTWARE\n"
                    "0008 0014 0000000000000000000000000000000000000000 # MESSAGE-INTEGRITY\n"
                    "0024 0004 00000001 # PRIORITY\n"
                    "001c 0010 00000000000000000000000000000000 # MESSAGE-INTEGRITY-SHA256\n"
                    "8028 0004 00000000 # FINGERPRINT\n"
                    "0025 0000 # USE-CANDIDATE\n"
                    "8028 0004 00000000 # FINGERPRINT\n");
    stun_attr attrs[PARSED_MAX_ATTRS] = {{.type = 0}};
    stun_status ended = STUN_MALFORMED;
    assert_int_equal(f.status, STUN_OK);
    assert_int_equal(parsed_walk(&f.message, attrs, &ended), COUNT(expected));
    for (size_t i = 0; i < COUNT(expected); i++) {
        assert_int_equal(attrs[i].issues, expected[i]);
    }
}

static void find_returns_first_of_its_type(void **state) {
    (void)state;
    parsed f;
    parsed_read(&f, "0108 0018 2112a442 0102030405060708090a0b0c"
                    "8022 0002 61620000 8022 0003 63646500 8022 0001 66000000");
    stun_attr attr = {.type = 77};
    assert_true(stun_message_find(&f.message, STUN_ATTR_SOFTWARE, &attr));
    assert_int_equal(attr.offset, 20);
    assert_int_equal(attr.length, 2);
    attr.type = 77;
    assert_false(stun_message_find(&f.message, STUN_ATTR_NONCE, &attr));
    assert_int_equal(attr.type, 77);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(parse_rfc5769_request_yields_header_and_attributes),
        cmocka_unit_test(parse_rfc8489_b1_yields_its_attributes),
        cmocka_unit_test(parse_rfc8489_b1_as_printed_is_malformed),
        cmocka_unit_test(parse_ms_turn_unpadded_walk_yields_every_attribute),
        cmocka_unit_test(parse_ms_turn_padded_walk_yields_every_attribute),
        cmocka_unit_test(parse_bare_message_with_cookie_is_ok),
        cmocka_unit_test(iter_overrun_is_yielded_as_last_attribute),
        cmocka_unit_test(iter_overrun_in_cut_capture_is_still_malformed),
        cmocka_unit_test(iter_bytes_too_few_for_a_header_are_malformed),
        cmocka_unit_test(iter_missing_padding_at_the_end_is_malformed),
        cmocka_unit_test(iter_length_out_of_bounds_is_flagged),
        cmocka_unit_test(iter_attributes_behind_integrity_are_flagged),
        cmocka_unit_test(find_returns_first_of_its_type),
    };
    return cmocka_run_group_tests_name("message_attributes", tests, NULL, NULL);
}
