/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "stun/address.h"
#include "support/hex.h"

#include <stdio.h>
#include <string.h>

#define COUNT(rows) (sizeof(rows) / sizeof((rows)[0]))

static stun_address ipv4(uint8_t a, uint8_t b, uint8_t c, uint8_t d, uint16_t port) {
    const uint8_t bytes[4] = {a, b, c, d};
    return stun_address_ipv4(bytes, port);
}

static stun_address ipv6(const char *hex, uint16_t port) {
    uint8_t bytes[16];
    assert_int_equal(hex_bytes(hex, bytes, sizeof bytes), 16);
    return stun_address_ipv6(bytes, port);
}

static void address_size_follows_family(void **state) {
    (void)state;
    stun_address none = {.family = STUN_FAMILY_NONE};
    stun_address four = ipv4(192, 0, 2, 1, 1);
    stun_address six = ipv6("20010db8000000000000000000000001", 1);
    assert_int_equal(stun_address_size(&none), 0);
    assert_int_equal(stun_address_size(&four), 4);
    assert_int_equal(stun_address_size(&six), 16);
}

static void address_ipv4_leaves_rest_of_bytes_zero(void **state) {
    (void)state;
    stun_address four = ipv4(192, 0, 2, 1, 3478);
    const uint8_t expected[16] = {192, 0, 2, 1};
    assert_memory_equal(four.bytes, expected, 16);
    assert_int_equal(four.port, 3478);
    assert_int_equal(four.family, STUN_FAMILY_IPV4);
}

static void address_format_writes_rfc5952_text(void **state) {
    (void)state;
    static const struct {
        const char *hex;
        const char *text;
    } rows[] = {
        {"00000000000000000000000000000000", "::"},
        {"00000000000000000000000000000001", "::1"},
        {"00010000000000000000000000000000", "1::"},
        {"20010db8000000000000000000000001", "2001:db8::1"},
        {"20010db8123456780011223344556677", "2001:db8:1234:5678:11:2233:4455:6677"},
        {"20010db8000000010000000000000001", "2001:db8:0:1::1"},
        {"20010db8000100000000000100000000", "2001:db8:1::1:0:0"},
        {"20010db8000000000001000000000001", "2001:db8::1:0:0:1"},
        {"20010db8000000010001000100010001", "2001:db8:0:1:1:1:1:1"},
        {"00000001000200030004000500060007", "0:1:2:3:4:5:6:7"},
        {"fe80000000000000abcd0ef0000000ab", "fe80::abcd:ef0:0:ab"},
        {"ffffffffffffffffffffffffffffffff", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"},
        {"00000000000000000000ffffc0000201", "::ffff:192.0.2.1"},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        char text[STUN_ADDRESS_TEXT];
        char whole[STUN_ADDRESS_TEXT];
        char expected[STUN_ADDRESS_TEXT + 8];
        stun_address address = ipv6(rows[i].hex, 65535);
        stun_address_format_host(&address, text, sizeof text);
        assert_string_equal(text, rows[i].text);
        stun_address_format(&address, whole, sizeof whole);
        snprintf(expected, sizeof expected, "[%s]:65535", rows[i].text);
        assert_string_equal(whole, expected);
    }
}

static void address_format_ipv4_writes_dotted_text(void **state) {
    (void)state;
    char text[STUN_ADDRESS_TEXT];
    stun_address address = ipv4(192, 0, 2, 255, 32853);
    stun_address_format(&address, text, sizeof text);
    assert_string_equal(text, "192.0.2.255:32853");
    stun_address_format_host(&address, text, sizeof text);
    assert_string_equal(text, "192.0.2.255");
}

static void address_format_none_writes_empty_text(void **state) {
    (void)state;
    char text[4] = "abc";
    stun_address none = {.family = STUN_FAMILY_NONE, .port = 7};
    stun_address_format(&none, text, sizeof text);
    assert_string_equal(text, "");
    memcpy(text, "abc", 4);
    stun_address_format_host(&none, text, sizeof text);
    assert_string_equal(text, "");
}

static void address_format_small_buffer_is_cut_and_terminated(void **state) {
    (void)state;
    char text[6] = "xxxxx";
    stun_address address = ipv4(192, 0, 2, 1, 1);
    stun_address_format(&address, text, sizeof text);
    assert_string_equal(text, "192.0");
    address = ipv6("20010db8000000000000000000000001", 1);
    stun_address_format(&address, text, sizeof text);
    assert_string_equal(text, "[2001");
}

static void address_equal_compares_family_bytes_and_port(void **state) {
    (void)state;
    stun_address a = ipv4(192, 0, 2, 1, 5);
    stun_address b = ipv4(192, 0, 2, 1, 6);
    stun_address c = ipv4(192, 0, 2, 2, 5);
    stun_address six = ipv6("c0000201000000000000000000000000", 5);
    assert_true(stun_address_equal(&a, &a));
    assert_false(stun_address_equal(&a, &b));
    assert_true(stun_address_same_host(&a, &b));
    assert_false(stun_address_same_host(&a, &c));
    assert_false(stun_address_same_host(&a, &six));
    assert_false(stun_address_equal(&a, &six));
}

static void address_compare_orders_family_then_bytes_then_port(void **state) {
    (void)state;
    const stun_address rows[] = {
        {.family = STUN_FAMILY_NONE},
        ipv4(10, 0, 0, 1, 65535),
        ipv4(192, 0, 2, 1, 0),
        ipv4(192, 0, 2, 1, 65535),
        ipv4(200, 0, 0, 0, 1),
        ipv6("00000000000000000000000000000001", 1),
        ipv6("20010db8000000000000000000000001", 1),
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        for (size_t k = 0; k < COUNT(rows); k++) {
            int order = stun_address_compare(&rows[i], &rows[k]);
            assert_int_equal((order > 0) - (order < 0), (i > k) - (i < k));
        }
    }
}

static void address_private_ranges_end_where_their_rfc_says(void **state) {
    (void)state;
    const struct {
        stun_address address;
        bool expected;
    } rows[] = {
        {ipv4(9, 255, 255, 255, 1), false},
        {ipv4(10, 0, 0, 0, 1), true},
        {ipv4(10, 255, 255, 255, 1), true},
        {ipv4(11, 0, 0, 0, 1), false},
        {ipv4(172, 15, 255, 255, 1), false},
        {ipv4(172, 16, 0, 0, 1), true},
        {ipv4(172, 31, 255, 255, 1), true},
        {ipv4(172, 32, 0, 0, 1), false},
        {ipv4(192, 167, 255, 255, 1), false},
        {ipv4(192, 168, 0, 1, 1), true},
        {ipv4(192, 169, 0, 0, 1), false},
        {ipv4(100, 63, 255, 255, 1), false},
        {ipv4(100, 64, 0, 0, 1), true},
        {ipv4(100, 127, 255, 255, 1), true},
        {ipv4(100, 128, 0, 0, 1), false},
        {ipv4(127, 0, 0, 1, 1), true},
        {ipv4(169, 254, 1, 1, 1), true},
        {ipv4(169, 255, 1, 1, 1), false},
        {ipv4(192, 0, 2, 1, 1), false},
        {ipv6("00000000000000000000000000000001", 1), true},
        {ipv6("00000000000000000000000000000002", 1), false},
        {ipv6("fe800000000000000000000000000001", 1), true},
        {ipv6("febf0000000000000000000000000001", 1), true},
        {ipv6("fec00000000000000000000000000001", 1), false},
        {ipv6("fc000000000000000000000000000001", 1), true},
        {ipv6("fdff0000000000000000000000000001", 1), true},
        {ipv6("fe000000000000000000000000000001", 1), false},
        {ipv6("0a000001000000000000000000000000", 1), false},
        {{.family = STUN_FAMILY_NONE}, false},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        char text[STUN_ADDRESS_TEXT];
        stun_address_format(&rows[i].address, text, sizeof text);
        if (stun_address_is_private(&rows[i].address) != rows[i].expected) {
            fail_msg("%s", text);
        }
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(address_size_follows_family),
        cmocka_unit_test(address_ipv4_leaves_rest_of_bytes_zero),
        cmocka_unit_test(address_format_writes_rfc5952_text),
        cmocka_unit_test(address_format_ipv4_writes_dotted_text),
        cmocka_unit_test(address_format_none_writes_empty_text),
        cmocka_unit_test(address_format_small_buffer_is_cut_and_terminated),
        cmocka_unit_test(address_equal_compares_family_bytes_and_port),
        cmocka_unit_test(address_compare_orders_family_then_bytes_then_port),
        cmocka_unit_test(address_private_ranges_end_where_their_rfc_says),
    };
    return cmocka_run_group_tests_name("address", tests, NULL, NULL);
}
