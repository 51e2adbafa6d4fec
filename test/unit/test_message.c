/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "support/hex.h"
#include "support/parsed.h"
#include "support/vectors.h"

#include <string.h>

#define COUNT(rows) (sizeof(rows) / sizeof((rows)[0]))

static void parse_responses_yield_class_and_length(void **state) {
    (void)state;
    parsed f;
    parsed_read(&f, vector_rfc5769_ipv4);
    assert_int_equal(f.status, STUN_OK);
    assert_int_equal(f.message.length, 80);
    assert_int_equal(f.message.cls, STUN_SUCCESS);
    parsed_read(&f, vector_rfc5769_ipv6);
    assert_int_equal(f.status, STUN_OK);
    assert_int_equal(f.message.length, 92);
    parsed_read(&f, vector_rfc5769_long_term);
    assert_int_equal(f.status, STUN_OK);
    assert_int_equal(f.message.length, 116);
}

static void parse_detects_dialect_of_every_vector(void **state) {
    (void)state;
    static const struct {
        const char *hex;
        stun_dialect dialect;
        bool cookie;
        bool padded;
        const char *name;
    } rows[] = {
        {vector_rfc5769_request, STUN_DIALECT_RFC5389, true, true, "Binding Request"},
        {vector_rfc5769_ipv4, STUN_DIALECT_RFC5389, true, true, "Binding Success Response"},
        {vector_ice2_standard, STUN_DIALECT_MS_ICE2, true, true, "Binding Request"},
        {vector_ice2_legacy, STUN_DIALECT_MS_ICE2, true, true, "Binding Request"},
        {vector_ms_allocate, STUN_DIALECT_MS_TURN, false, false, "Allocate Request"},
        {vector_ms_allocate_sha256, STUN_DIALECT_MS_TURN, true, false, "Allocate Request"},
        {vector_ms_allocate_padded, STUN_DIALECT_MS_TURN, false, true, "Allocate Request"},
        {vector_ms_response, STUN_DIALECT_MS_TURN, false, false, "Allocate Success Response"},
        {vector_ms_data, STUN_DIALECT_MS_TURN, true, false, "Data Indication"},
        {vector_classic_request, STUN_DIALECT_RFC3489, false, true, "Binding Request"},
        {vector_classic_response, STUN_DIALECT_RFC3489, false, true, "Binding Success Response"},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        parsed f;
        char name[64];
        parsed_read(&f, rows[i].hex);
        assert_int_equal(f.status, STUN_OK);
        assert_int_equal(f.message.dialect, rows[i].dialect);
        assert_int_equal(f.message.has_cookie, rows[i].cookie);
        assert_int_equal(f.message.padded, rows[i].padded);
        stun_message_format_type(&f.message, name, sizeof name);
        assert_string_equal(name, rows[i].name);
    }
}

static void parse_ms_turn_odd_length_is_ok(void **state) {
    (void)state;
    parsed f;
    parsed_read(&f, vector_ms_data);
    assert_int_equal(f.message.length, 49);
    assert_int_equal(f.status, STUN_OK);
    assert_int_equal(f.message.method, STUN_METHOD_DATA);
    assert_int_equal(f.message.cls, STUN_INDICATION);
}

static void parse_ice2_version_decides_dialect(void **state) {
    (void)state;
    static const struct {
        const char *attributes;
        stun_dialect dialect;
    } rows[] = {
        {"8070 0004 00000001", STUN_DIALECT_MS_ICE2},
        {"8070 0004 00000002", STUN_DIALECT_MS_ICE2},
        {"8070 0004 00000003", STUN_DIALECT_RFC5389},
        {"8054 0004 31000000", STUN_DIALECT_MS_ICE2},
        {"8054 0004 31000000 8070 0004 00000003", STUN_DIALECT_RFC5389},
        {"8054 0004 31000000 8070 0004 00000002", STUN_DIALECT_MS_ICE2},
        {"8022 0004 31000000", STUN_DIALECT_RFC5389},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        parsed f;
        memset(&f, 0, sizeof f);
        f.length = 20 + hex_bytes(rows[i].attributes, f.bytes + 20, sizeof f.bytes - 20);
        hex_bytes("0001 0000 2112a442 0102030405060708090a0b0c", f.bytes, 20);
        f.bytes[3] = (uint8_t)(f.length - 20);
        f.status = stun_message_parse(f.bytes, f.length, f.length, &f.message);
        assert_int_equal(f.status, STUN_OK);
        assert_int_equal(f.message.dialect, rows[i].dialect);
    }
}

static void parse_bytes_behind_the_message_are_left_over(void **state) {
    (void)state;
    parsed f;
    parsed_read(&f, vector_rfc5769_ipv4);
    stun_message message;
    assert_int_equal(stun_message_parse(f.bytes, f.length + 7, f.length + 7, &message), STUN_OK);
    assert_int_equal(message.length, f.length);
    assert_int_equal(message.captured, f.length);
}

static void parse_odd_length_with_cookie_is_malformed(void **state) {
    (void)state;
    uint8_t bytes[32];
    size_t length = hex_bytes("0001 0006 2112a442 0102030405060708090a0b0c 8022 0002 6162", bytes,
                              sizeof bytes);
    stun_message message;
    assert_int_equal(stun_message_parse(bytes, length, length, &message), STUN_MALFORMED);
    assert_int_equal(message.length, 26);
}

static void parse_rejects_what_is_not_stun(void **state) {
    (void)state;
    static const struct {
        const char *name;
        const char *hex;
    } rows[] = {
        {"empty", ""},
        {"first reserved bit", "8001 0000 2112a442 0102030405060708090a0b0c"},
        {"second reserved bit", "4001 0000 2112a442 0102030405060708090a0b0c"},
        {"header cut on the wire", "0001 0000 2112a442 0102030405060708090a0b"},
        {"all zero", "0000 0000 00000000 000000000000000000000000"},
        {"zero id", "0001 0000 00000000 000000000000000000000000"},
        {"query for a name in DNS", "0001 0000 00010000 000000000161026465000001 0001"},
        {"small numbers", "0001 0000 00000001 000000020000000300000004"},
        {"no attributes in an Allocate", "0003 0000 a1a2a3a4 0102030405060708090a0b0c"},
        {"unknown type", "0005 0000 a1a2a3a4 0102030405060708090a0b0c"},
        {"length too small", "0001 0000 a1a2a3a4 0102030405060708090a0b0c 0003 0004 00000000"},
        {"length too large", "0001 000c a1a2a3a4 0102030405060708090a0b0c 0003 0004 00000000"},
        {"unknown attribute", "0001 0008 a1a2a3a4 0102030405060708090a0b0c 0fff 0004 00000000"},
        {"RFC 8489 attribute", "0001 0008 a1a2a3a4 0102030405060708090a0b0c 0024 0004 00000000"},
        {"length of attribute", "0001 0008 a1a2a3a4 0102030405060708090a0b0c 0001 0004 00000000"},
        {"overrun", "0001 0008 a1a2a3a4 0102030405060708090a0b0c 0006 0005 61626364"},
        {"bytes left over", "0001 0004 a1a2a3a4 0102030405060708090a0b0c 0013 0000 0000"},
        {"MS-TURN of an unknown type",
         "0008 0008 a1a2a3a4 0102030405060708090a0b0c 000f 0004 72c64bc6"},
        {"MS-TURN that does not end at an attribute",
         "0003 000a a1a2a3a4 0102030405060708090a0b0c 000f 0004 72c64bc6 0000"},
        {"another magic cookie",
         "0003 0009 a1a2a3a4 0102030405060708090a0b0c 000f 0004 72c64bc7 00"},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        parsed f;
        memset(&f, 0, sizeof f);
        f.length = hex_bytes(rows[i].hex, f.bytes, sizeof f.bytes);
        f.message.length = 4711;
        f.status = stun_message_parse(f.bytes, f.length, f.length, &f.message);
        if (f.status != STUN_NOT_STUN || f.message.length != 4711) {
            fail_msg("%s", rows[i].name);
        }
    }
}

static void parse_bare_binding_without_cookie_needs_a_random_id(void **state) {
    (void)state;
    parsed f;
    parsed_read(&f, "0001 0000 a1a2a3a4 0102030405060708090a0b0c");
    assert_int_equal(f.status, STUN_OK);
    assert_int_equal(f.message.dialect, STUN_DIALECT_RFC3489);
    parsed_read(&f, "0101 0000 a1a20000 010203040506000000000000"); /* 8 of 16 bytes zero */
    assert_int_equal(f.status, STUN_OK);
    parsed_read(&f, "0101 0000 a1a20000 010203040500000000000000"); /* 9 */
    assert_int_equal(f.status, STUN_NOT_STUN);
    parsed_read(&f, "0101 0000 00a20000 a10203040500000000000000"); /* 9, the first of them first */
    assert_int_equal(f.status, STUN_NOT_STUN);
}

static void parse_marker_behind_the_message_is_not_ms_turn(void **state) {
    (void)state;
    parsed f;
    parsed_read(&f, "0001 0000 2112a442 0102030405060708090a0b0c 000f 0004 72c64bc6");
    assert_int_equal(f.status, STUN_OK);
    assert_int_equal(f.message.dialect, STUN_DIALECT_RFC5389);
    assert_int_equal(f.message.captured, 20);
    parsed_read(&f, "0001 0004 2112a442 0102030405060708090a0b0c 000f 0004 72c64bc6");
    assert_int_equal(f.message.dialect, STUN_DIALECT_RFC5389);
}

static void probe_accepts_beginnings_of_messages_only(void **state) {
    (void)state;
    static const struct {
        const char *hex;
        size_t reported;
        bool expected;
    } rows[] = {
        {"0001 0000 2112a442", 20, true},
        {vector_rfc5769_request, 108, true},
        {"0001 0058 2112a442", 108, true},
        {"0001 0058 2112a442", 60, true},  /* for the parser to call malformed */
        {"0001 0000 2112a442", 19, false}, /* no room for a header */
        {"0001 0000 2112a4", 20, false},   /* too few to tell */
        {"0001 0000 2112a443", 20, false}, /* another cookie */
        {"4001 0000 2112a442", 20, false}, /* ChannelData */
        {"8001 0000 2112a442", 20, false}, /* RTP */
        {"0115 001d 2112a442", 49, true},  /* may be MS-TURN */
        {"0115 001d 2112a442 0102030405060708090a0b0c 0012 0008 0001c350", 49, false},
        {"0115 001d 2112a442 0102030405060708090a0b0c 000f 0004 72c64bc6", 49, true},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        uint8_t bytes[128];
        size_t length = hex_bytes(rows[i].hex, bytes, sizeof bytes);
        if (stun_message_probe(bytes, length, rows[i].reported) != rows[i].expected) {
            fail_msg("%s", rows[i].hex);
        }
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(parse_responses_yield_class_and_length),
        cmocka_unit_test(parse_detects_dialect_of_every_vector),
        cmocka_unit_test(parse_ms_turn_odd_length_is_ok),
        cmocka_unit_test(parse_ice2_version_decides_dialect),
        cmocka_unit_test(parse_bytes_behind_the_message_are_left_over),
        cmocka_unit_test(parse_odd_length_with_cookie_is_malformed),
        cmocka_unit_test(parse_rejects_what_is_not_stun),
        cmocka_unit_test(parse_bare_binding_without_cookie_needs_a_random_id),
        cmocka_unit_test(parse_marker_behind_the_message_is_not_ms_turn),
        cmocka_unit_test(probe_accepts_beginnings_of_messages_only),
    };
    return cmocka_run_group_tests_name("message", tests, NULL, NULL);
}
