/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "stun/message.h"
#include "support/hex.h"
#include "support/vectors.h"

#include <stdlib.h>
#include <string.h>

#define COUNT(rows) (sizeof(rows) / sizeof((rows)[0]))
#define MAX_ATTRS   16

typedef struct fixture {
    uint8_t bytes[512];
    size_t length;
    stun_message message;
    stun_status status;
} fixture;

static void read_hex(fixture *f, const char *text) {
    memset(f, 0, sizeof *f);
    f->length = hex_bytes(text, f->bytes, sizeof f->bytes);
    f->status = stun_message_parse(f->bytes, f->length, f->length, &f->message);
}

/* Collects what the walk yields; returns how many there are. */
static size_t walk(const stun_message *message, stun_attr *attrs, stun_status *ended) {
    stun_attr_iter iter = stun_attr_iter_over(message);
    stun_attr attr;
    size_t count = 0;
    while (stun_attr_iter_next(&iter, &attr)) {
        assert_true(count < MAX_ATTRS);
        attrs[count++] = attr;
    }
    *ended = iter.status;
    assert_false(stun_attr_iter_next(&iter, &attr));
    return count;
}

typedef struct expected_attr {
    uint16_t type;
    uint16_t offset;
    uint16_t length;
} expected_attr;

static void expect_walk(const stun_message *message, const expected_attr *expected, size_t count) {
    stun_attr attrs[MAX_ATTRS];
    stun_status ended = STUN_MALFORMED;
    assert_int_equal(walk(message, attrs, &ended), count);
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
    fixture f;
    read_hex(&f, vector_rfc5769_request);
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
    fixture f;
    read_hex(&f, vector_rfc8489_b1);
    assert_int_equal(f.status, STUN_OK);
    assert_int_equal(f.message.length, 164);
    expect_walk(&f.message, expected, COUNT(expected));
}

static void parse_rfc8489_b1_as_printed_is_malformed(void **state) {
    (void)state;
    fixture f;
    read_hex(&f, vector_rfc8489_b1_printed);
    assert_int_equal(f.length, 156);
    assert_int_equal(f.status, STUN_MALFORMED);
    assert_int_equal(f.message.length, 176);
    assert_int_equal(f.message.captured, 156);
    stun_attr attr;
    assert_true(stun_message_find(&f.message, STUN_ATTR_MESSAGE_INTEGRITY_SHA256, &attr));
    assert_int_equal(attr.offset, 120);
}

static void parse_responses_yield_class_and_length(void **state) {
    (void)state;
    fixture f;
    read_hex(&f, vector_rfc5769_ipv4);
    assert_int_equal(f.status, STUN_OK);
    assert_int_equal(f.message.length, 80);
    assert_int_equal(f.message.cls, STUN_SUCCESS);
    read_hex(&f, vector_rfc5769_ipv6);
    assert_int_equal(f.status, STUN_OK);
    assert_int_equal(f.message.length, 92);
    read_hex(&f, vector_rfc5769_long_term);
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
        fixture f;
        char name[64];
        read_hex(&f, rows[i].hex);
        assert_int_equal(f.status, STUN_OK);
        assert_int_equal(f.message.dialect, rows[i].dialect);
        assert_int_equal(f.message.has_cookie, rows[i].cookie);
        assert_int_equal(f.message.padded, rows[i].padded);
        stun_message_format_type(&f.message, name, sizeof name);
        assert_string_equal(name, rows[i].name);
    }
}

static void parse_ms_turn_unpadded_walk_yields_every_attribute(void **state) {
    (void)state;
    static const expected_attr expected[] = {{0x000f, 20, 4},  {0x8008, 28, 4},  {0x0006, 36, 4},
                                             {0x0014, 44, 11}, {0x0015, 59, 10}, {0x000d, 73, 4},
                                             {0x0008, 81, 20}};
    fixture f;
    read_hex(&f, vector_ms_allocate);
    assert_int_equal(f.message.length, 105);
    expect_walk(&f.message, expected, COUNT(expected));
}

static void parse_ms_turn_padded_walk_yields_every_attribute(void **state) {
    (void)state;
    static const expected_attr expected[] = {{0x000f, 20, 4},  {0x8008, 28, 4},  {0x0006, 36, 4},
                                             {0x0014, 44, 11}, {0x0015, 60, 10}, {0x000d, 76, 4},
                                             {0x0008, 84, 20}};
    fixture f;
    read_hex(&f, vector_ms_allocate_padded);
    assert_int_equal(f.message.length, 108);
    expect_walk(&f.message, expected, COUNT(expected));
}

static void parse_ms_turn_odd_length_is_ok(void **state) {
    (void)state;
    fixture f;
    read_hex(&f, vector_ms_data);
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
        fixture f;
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
    fixture f;
    read_hex(&f, vector_rfc5769_ipv4);
    stun_message message;
    assert_int_equal(stun_message_parse(f.bytes, f.length + 7, f.length + 7, &message), STUN_OK);
    assert_int_equal(message.length, f.length);
    assert_int_equal(message.captured, f.length);
}

/* Every cut of every message: what is there is yielded, and what is missing is the capture's fault
 * when the wire had it and the sender's when it had not. */
static void expect_cut(const fixture *whole, size_t cut, size_t reported, stun_status expected) {
    stun_attr full[MAX_ATTRS];
    stun_attr seen[MAX_ATTRS];
    stun_status ended = STUN_OK;
    size_t full_count = walk(&whole->message, full, &ended);
    uint8_t *bytes = hex_exact(whole->bytes, cut);
    stun_message message = {.length = 12345};

    stun_status status = stun_message_parse(bytes, cut, reported, &message);
    if (status != expected) {
        fail_msg("cut %zu of %zu: %d, not %d", cut, whole->length, (int)status, (int)expected);
    }
    if (status == STUN_NOT_STUN) {
        assert_int_equal(message.length, 12345);
        free(bytes);
        return;
    }
    assert_int_equal(message.length, whole->length);
    assert_int_equal(message.captured, cut);
    size_t count = walk(&message, seen, &ended);
    size_t expected_count = 0;
    bool all = true;
    for (size_t i = 0; i < full_count && full[i].offset + 4 <= cut; i++) {
        size_t left = cut - full[i].offset - 4;
        bool is_whole = left >= full[i].length;
        assert_true(i < count);
        assert_int_equal(seen[i].type, full[i].type);
        assert_int_equal(seen[i].length, full[i].length);
        assert_int_equal(seen[i].captured, is_whole ? full[i].length : left);
        assert_int_equal(seen[i].status, is_whole ? STUN_OK : STUN_TRUNCATED);
        all = all && is_whole;
        expected_count++;
    }
    assert_int_equal(count, expected_count);
    all = all && expected_count == full_count;
    assert_int_equal(ended, all ? STUN_OK : STUN_TRUNCATED);
    free(bytes);
}

static void parse_cut_at_every_length_is_truncated_or_malformed(void **state) {
    (void)state;
    static const char *const vectors[] = {
        vector_rfc5769_request, vector_rfc5769_ipv4,  vector_rfc5769_ipv6, vector_rfc5769_long_term,
        vector_rfc8489_b1,      vector_ice2_standard, vector_ice2_legacy,  vector_text_wire_length,
    };
    for (size_t i = 0; i < COUNT(vectors); i++) {
        fixture f;
        read_hex(&f, vectors[i]);
        for (size_t cut = 0; cut <= f.length; cut++) {
            bool has_header = cut >= 20;
            bool is_whole = cut == f.length;
            stun_status by_capture = is_whole ? STUN_OK : STUN_TRUNCATED;
            stun_status by_sender = is_whole ? STUN_OK : STUN_MALFORMED;
            expect_cut(&f, cut, f.length, has_header ? by_capture : STUN_NOT_STUN);
            expect_cut(&f, cut, cut, has_header ? by_sender : STUN_NOT_STUN);
        }
    }
}

static void parse_cut_without_cookie_needs_an_attribute(void **state) {
    (void)state;
    static const char *const vectors[] = {vector_ms_allocate, vector_ms_response,
                                          vector_classic_request, vector_classic_response};
    for (size_t i = 0; i < COUNT(vectors); i++) {
        fixture f;
        read_hex(&f, vectors[i]);
        for (size_t cut = 0; cut <= f.length; cut++) {
            stun_status expected = cut == f.length ? STUN_OK : STUN_TRUNCATED;
            expect_cut(&f, cut, f.length, cut >= 24 ? expected : STUN_NOT_STUN);
            expect_cut(&f, cut, cut, cut == f.length ? STUN_OK : STUN_NOT_STUN);
        }
    }
}

static void parse_cut_padded_ms_turn_is_seen_as_padded(void **state) {
    (void)state;
    fixture f;
    read_hex(&f, vector_ms_allocate_padded);
    /* From the header of the attribute behind the first padding on. */
    for (size_t cut = 64; cut <= f.length; cut++) {
        expect_cut(&f, cut, f.length, cut == f.length ? STUN_OK : STUN_TRUNCATED);
    }
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
        fixture f;
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
    fixture f;
    read_hex(&f, "0001 0000 a1a2a3a4 0102030405060708090a0b0c");
    assert_int_equal(f.status, STUN_OK);
    assert_int_equal(f.message.dialect, STUN_DIALECT_RFC3489);
    read_hex(&f, "0101 0000 a1a20000 010203040506000000000000"); /* 8 of 16 bytes zero */
    assert_int_equal(f.status, STUN_OK);
    read_hex(&f, "0101 0000 a1a20000 010203040500000000000000"); /* 9 */
    assert_int_equal(f.status, STUN_NOT_STUN);
    read_hex(&f, "0101 0000 00a20000 a10203040500000000000000"); /* 9, the first of them first */
    assert_int_equal(f.status, STUN_NOT_STUN);
}

static void parse_marker_behind_the_message_is_not_ms_turn(void **state) {
    (void)state;
    fixture f;
    read_hex(&f, "0001 0000 2112a442 0102030405060708090a0b0c 000f 0004 72c64bc6");
    assert_int_equal(f.status, STUN_OK);
    assert_int_equal(f.message.dialect, STUN_DIALECT_RFC5389);
    assert_int_equal(f.message.captured, 20);
    read_hex(&f, "0001 0004 2112a442 0102030405060708090a0b0c 000f 0004 72c64bc6");
    assert_int_equal(f.message.dialect, STUN_DIALECT_RFC5389);
}

static void parse_bare_message_with_cookie_is_ok(void **state) {
    (void)state;
    fixture f;
    read_hex(&f, "0011 0000 2112a442 000000000000000000000000");
    assert_int_equal(f.status, STUN_OK);
    assert_int_equal(f.message.cls, STUN_INDICATION);
    stun_attr attrs[MAX_ATTRS];
    stun_status ended = STUN_MALFORMED;
    assert_int_equal(walk(&f.message, attrs, &ended), 0);
    assert_int_equal(ended, STUN_OK);
}

static void iter_overrun_is_yielded_as_last_attribute(void **state) {
    (void)state;
    fixture f;
    read_hex(&f, "0001 0010 2112a442 0102030405060708090a0b0c"
                 "8022 0002 61620000 # SOFTWARE\n"
                 "0006 0005 63646566 # USERNAME, one byte too long\n");
    stun_attr attrs[MAX_ATTRS];
    stun_status ended = STUN_OK;
    assert_int_equal(f.status, STUN_OK);
    assert_int_equal(walk(&f.message, attrs, &ended), 2);
    assert_int_equal(ended, STUN_MALFORMED);
    assert_int_equal(attrs[0].issues, 0);
    assert_int_equal(attrs[1].status, STUN_MALFORMED);
    assert_int_equal(attrs[1].issues, STUN_ISSUE_OVERRUN);
    assert_int_equal(attrs[1].length, 5);
    assert_int_equal(attrs[1].captured, 4);
}

static void iter_overrun_in_cut_capture_is_still_malformed(void **state) {
    (void)state;
    fixture f;
    read_hex(&f, "0001 0008 2112a442 0102030405060708090a0b0c 0006 ffff 63646566");
    stun_message message;
    stun_attr attrs[MAX_ATTRS];
    stun_status ended = STUN_OK;
    assert_int_equal(stun_message_parse(f.bytes, 26, 28, &message), STUN_TRUNCATED);
    assert_int_equal(walk(&message, attrs, &ended), 1);
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
    stun_attr attrs[MAX_ATTRS];
    stun_status ended = STUN_OK;
    stun_message_parse(bytes, length, length, &message);
    assert_int_equal(walk(&message, attrs, &ended), 1);
    assert_int_equal(ended, STUN_MALFORMED);
}

static void iter_missing_padding_at_the_end_is_malformed(void **state) {
    (void)state;
    uint8_t bytes[32];
    size_t length = hex_bytes("0001 0006 2112a442 0102030405060708090a0b0c 8022 0002 6162", bytes,
                              sizeof bytes);
    stun_message message;
    stun_attr attrs[MAX_ATTRS];
    stun_status ended = STUN_OK;
    stun_message_parse(bytes, length, length, &message);
    assert_int_equal(walk(&message, attrs, &ended), 1);
    assert_int_equal(attrs[0].status, STUN_OK);
    assert_int_equal(ended, STUN_MALFORMED);
}

static void iter_length_out_of_bounds_is_flagged(void **state) {
    (void)state;
    fixture f;
    read_hex(&f, "0003 0020 2112a442 0102030405060708090a0b0c"
                 "000d 0002 00010000 # LIFETIME\n"
                 "0019 0008 0600000000000000 # REQUESTED-TRANSPORT\n"
                 "001a 0000 # DONT-FRAGMENT\n"
                 "7abc 0004 00000000 # nobody's\n");
    stun_attr attrs[MAX_ATTRS];
    stun_status ended = STUN_MALFORMED;
    assert_int_equal(walk(&f.message, attrs, &ended), 4);
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
    fixture f;
    read_hex(&f, "0001 0050 2112a442 0102030405060708090a0b0c"
                 "8022 0004 61626364 # SOFTWARE\n"
                 "0008 0014 0000000000000000000000000000000000000000 # MESSAGE-INTEGRITY\n"
                 "0024 0004 00000001 # PRIORITY\n"
                 "001c 0010 00000000000000000000000000000000 # MESSAGE-INTEGRITY-SHA256\n"
                 "8028 0004 00000000 # FINGERPRINT\n"
                 "0025 0000 # USE-CANDIDATE\n"
                 "8028 0004 00000000 # FINGERPRINT\n");
    stun_attr attrs[MAX_ATTRS] = {{.type = 0}};
    stun_status ended = STUN_MALFORMED;
    assert_int_equal(f.status, STUN_OK);
    assert_int_equal(walk(&f.message, attrs, &ended), COUNT(expected));
    for (size_t i = 0; i < COUNT(expected); i++) {
        assert_int_equal(attrs[i].issues, expected[i]);
    }
}

static void find_returns_first_of_its_type(void **state) {
    (void)state;
    fixture f;
    read_hex(&f, "0108 0018 2112a442 0102030405060708090a0b0c"
                 "8022 0002 61620000 8022 0003 63646500 8022 0001 66000000");
    stun_attr attr = {.type = 77};
    assert_true(stun_message_find(&f.message, STUN_ATTR_SOFTWARE, &attr));
    assert_int_equal(attr.offset, 20);
    assert_int_equal(attr.length, 2);
    attr.type = 77;
    assert_false(stun_message_find(&f.message, STUN_ATTR_NONCE, &attr));
    assert_int_equal(attr.type, 77);
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

static uint32_t next_random(uint32_t *seed) {
    *seed ^= *seed << 13;
    *seed ^= *seed >> 17;
    *seed ^= *seed << 5;
    return *seed;
}

/* Random bytes behind a plausible header: the walk must end, stay inside and agree with itself. */
static void expect_sane_walk(const stun_message *message) {
    stun_attr_iter iter = stun_attr_iter_over(message);
    stun_attr attr;
    size_t behind = STUN_HEADER_SIZE;
    uint32_t sum = 0;
    while (stun_attr_iter_next(&iter, &attr)) {
        assert_true(attr.offset >= behind);
        assert_true(attr.captured <= attr.length);
        assert_true(attr.offset + 4 + attr.captured <= message->captured);
        for (size_t i = 0; i < attr.captured; i++) {
            sum += attr.value[i];
        }
        behind = attr.offset + 4 + attr.captured;
    }
    assert_true(sum < UINT32_MAX);
    assert_true(behind <= message->captured || message->captured == STUN_HEADER_SIZE);
}

static void parse_random_bytes_stays_inside_the_capture(void **state) {
    (void)state;
    uint32_t seed = 2463534242u;
    for (int round = 0; round < 20000; round++) {
        uint8_t buffer[160];
        size_t length = next_random(&seed) % sizeof buffer;
        for (size_t i = 0; i < length; i++) {
            buffer[i] = (uint8_t)next_random(&seed);
        }
        uint32_t shape = next_random(&seed);
        if (length >= 28 && (shape & 1u) != 0) {
            hex_bytes("0001 00 40 2112a442", buffer, 8);
            buffer[3] = (uint8_t)(length - 20 + (shape >> 8) % 3);
        }
        if (length >= 28 && (shape & 2u) != 0) {
            hex_bytes("000f 0004 72c64bc6", buffer + 20, 8);
        }
        if (length >= 36 && (shape & 4u) != 0) { /* lengths that nearly fit */
            hex_bytes("0006 00", buffer + 28, 3);
            buffer[31] = (uint8_t)(length - 32 + (shape >> 12) % 3);
        }
        uint8_t *bytes = hex_exact(buffer, length);
        stun_message message;
        size_t reported = length + (shape >> 16) % 8;
        if (stun_message_parse(bytes, length, reported, &message) != STUN_NOT_STUN) {
            expect_sane_walk(&message);
        }
        free(bytes);
    }
}

static void parse_random_bytes_without_cookie_are_not_stun(void **state) {
    (void)state;
    uint32_t seed = 88172645u;
    for (int round = 0; round < 200000; round++) {
        uint8_t bytes[64];
        size_t length = 20 + next_random(&seed) % 45;
        for (size_t i = 0; i < length; i++) {
            bytes[i] = (uint8_t)next_random(&seed);
        }
        bytes[0] = 0;
        bytes[1] = 1;
        bytes[2] = 0;
        bytes[3] = (uint8_t)(length - 20);
        stun_message message;
        stun_status status = stun_message_parse(bytes, length, length, &message);
        assert_true(status == STUN_NOT_STUN || length == 20);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(parse_rfc5769_request_yields_header_and_attributes),
        cmocka_unit_test(parse_rfc8489_b1_yields_its_attributes),
        cmocka_unit_test(parse_rfc8489_b1_as_printed_is_malformed),
        cmocka_unit_test(parse_responses_yield_class_and_length),
        cmocka_unit_test(parse_detects_dialect_of_every_vector),
        cmocka_unit_test(parse_ms_turn_unpadded_walk_yields_every_attribute),
        cmocka_unit_test(parse_ms_turn_padded_walk_yields_every_attribute),
        cmocka_unit_test(parse_ms_turn_odd_length_is_ok),
        cmocka_unit_test(parse_ice2_version_decides_dialect),
        cmocka_unit_test(parse_bytes_behind_the_message_are_left_over),
        cmocka_unit_test(parse_cut_at_every_length_is_truncated_or_malformed),
        cmocka_unit_test(parse_cut_without_cookie_needs_an_attribute),
        cmocka_unit_test(parse_cut_padded_ms_turn_is_seen_as_padded),
        cmocka_unit_test(parse_odd_length_with_cookie_is_malformed),
        cmocka_unit_test(parse_rejects_what_is_not_stun),
        cmocka_unit_test(parse_bare_binding_without_cookie_needs_a_random_id),
        cmocka_unit_test(parse_marker_behind_the_message_is_not_ms_turn),
        cmocka_unit_test(parse_bare_message_with_cookie_is_ok),
        cmocka_unit_test(iter_overrun_is_yielded_as_last_attribute),
        cmocka_unit_test(iter_overrun_in_cut_capture_is_still_malformed),
        cmocka_unit_test(iter_bytes_too_few_for_a_header_are_malformed),
        cmocka_unit_test(iter_missing_padding_at_the_end_is_malformed),
        cmocka_unit_test(iter_length_out_of_bounds_is_flagged),
        cmocka_unit_test(iter_attributes_behind_integrity_are_flagged),
        cmocka_unit_test(find_returns_first_of_its_type),
        cmocka_unit_test(probe_accepts_beginnings_of_messages_only),
        cmocka_unit_test(parse_random_bytes_stays_inside_the_capture),
        cmocka_unit_test(parse_random_bytes_without_cookie_are_not_stun),
    };
    return cmocka_run_group_tests_name("message", tests, NULL, NULL);
}
