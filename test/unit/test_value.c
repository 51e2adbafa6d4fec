/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "stun/value.h"
#include "support/hex.h"
#include "support/parsed.h"
#include "support/vectors.h"

#include <string.h>

#define COUNT(rows) (sizeof(rows) / sizeof((rows)[0]))

static void read_hex(parsed *f, const char *text) {
    parsed_read(f, text);
    assert_int_equal(f->status, STUN_OK);
}

/* A message of one attribute; its length fields are written here. */
static stun_attr only_attr(parsed *f, stun_dialect dialect, uint16_t type, const char *value) {
    memset(f, 0, sizeof *f);
    hex_bytes("0101 0000 2112a442 0102030405060708090a0b0c", f->bytes, 20);
    size_t length = hex_bytes(value, f->bytes + 24, sizeof f->bytes - 28);
    f->bytes[20] = (uint8_t)(type >> 8);
    f->bytes[21] = (uint8_t)(type & 0xff);
    f->bytes[22] = (uint8_t)(length >> 8);
    f->bytes[23] = (uint8_t)(length & 0xff);
    f->length = 24 + ((length + 3) & ~(size_t)3);
    f->bytes[3] = (uint8_t)(f->length - 20);
    assert_int_equal(stun_message_parse(f->bytes, f->length, f->length, &f->message), STUN_OK);
    f->message.dialect = dialect;
    stun_attr_iter iter = stun_attr_iter_over(&f->message);
    stun_attr attr;
    assert_true(stun_attr_iter_next(&iter, &attr));
    return attr;
}

static void expect_address(const parsed *f, uint16_t type, const char *expected) {
    stun_attr attr;
    stun_address address;
    char text[STUN_ADDRESS_TEXT];
    assert_true(stun_message_find(&f->message, type, &attr));
    assert_true(stun_value_address(&f->message, &attr, &address));
    stun_address_format(&address, text, sizeof text);
    assert_string_equal(text, expected);
}

static void address_of_rfc5769_vectors_is_unmasked(void **state) {
    (void)state;
    parsed f;
    read_hex(&f, vector_rfc5769_ipv4);
    expect_address(&f, STUN_ATTR_XOR_MAPPED_ADDRESS, "192.0.2.1:32853");
    read_hex(&f, vector_rfc5769_ipv6);
    expect_address(&f, STUN_ATTR_XOR_MAPPED_ADDRESS,
                   "[2001:db8:1234:5678:11:2233:4455:6677]:32853");
}

static void address_in_ms_turn_is_unmasked_with_the_whole_id(void **state) {
    (void)state;
    parsed f;
    read_hex(&f, vector_ms_response);
    expect_address(&f, STUN_ATTR_MAPPED_ADDRESS, "192.0.2.15:3000");
    expect_address(&f, STUN_ATTR_MS_XOR_MAPPED_ADDRESS, "198.51.100.7:50001");
}

static void address_remote_in_ms_turn_is_plain(void **state) {
    (void)state;
    parsed f;
    read_hex(&f, vector_ms_data);
    expect_address(&f, STUN_ATTR_REMOTE_ADDRESS, "192.0.2.9:50000");
}

static void address_in_rfc3489_is_plain(void **state) {
    (void)state;
    parsed f;
    read_hex(&f, vector_classic_response);
    expect_address(&f, STUN_ATTR_MAPPED_ADDRESS, "203.0.113.5:4096");
    expect_address(&f, STUN_ATTR_SOURCE_ADDRESS, "192.0.2.1:3478");
    expect_address(&f, STUN_ATTR_CHANGED_ADDRESS, "192.0.2.2:3479");
}

static void address_unusable_value_is_refused(void **state) {
    (void)state;
    static const struct {
        const char *name;
        uint16_t type;
        const char *value;
    } rows[] = {
        {"family 0", STUN_ATTR_MAPPED_ADDRESS, "00 00 1000 c0000201"},
        {"family 3", STUN_ATTR_MAPPED_ADDRESS, "00 03 1000 c0000201"},
        {"IPv4 cut", STUN_ATTR_MAPPED_ADDRESS, "00 01 1000 c00002"},
        {"IPv6 of the size of IPv4", STUN_ATTR_XOR_MAPPED_ADDRESS, "00 02 1000 c0000201"},
        {"empty", STUN_ATTR_MAPPED_ADDRESS, ""},
        {"no address", STUN_ATTR_SOFTWARE, "00 01 1000 c0000201"},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        parsed f;
        stun_attr attr = only_attr(&f, STUN_DIALECT_RFC5389, rows[i].type, rows[i].value);
        stun_address address = {.port = 9};
        if (stun_value_address(&f.message, &attr, &address) || address.port != 9) {
            fail_msg("%s", rows[i].name);
        }
    }
}

static void uint_reads_the_number_of_its_kind(void **state) {
    (void)state;
    static const struct {
        const char *value;
        uint32_t expected;
        uint16_t type;
    } rows[] = {
        {"80", 0x80, STUN_ATTR_EVEN_PORT},
        {"0d96 0000", 3478, STUN_ATTR_RESPONSE_PORT},
        {"00000258", 600, STUN_ATTR_LIFETIME},
        {"fe0001ff", 0xfe0001ffu, STUN_ATTR_PRIORITY},
        {"4001 0000", 0x4001, STUN_ATTR_CHANNEL_NUMBER},
        {"06000000", 6, STUN_ATTR_REQUESTED_TRANSPORT},
        {"02ffffff", 2, STUN_ATTR_REQUESTED_ADDRESS_FAMILY},
        {"e57a3bcf", 0xe57a3bcfu, STUN_ATTR_FINGERPRINT},
        {"00c0ffee", 0x00c0ffeeu, STUN_ATTR_CONNECTION_ID},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        parsed f;
        stun_attr attr = only_attr(&f, STUN_DIALECT_RFC5389, rows[i].type, rows[i].value);
        uint32_t number = 0;
        assert_true(stun_value_uint(&attr, &number));
        assert_int_equal(number, rows[i].expected);
    }
}

static void uint_short_or_other_value_is_refused(void **state) {
    (void)state;
    static const struct {
        uint16_t type;
        const char *value;
    } rows[] = {
        {STUN_ATTR_LIFETIME, "000258"},  {STUN_ATTR_EVEN_PORT, ""},
        {STUN_ATTR_RESPONSE_PORT, "0d"}, {STUN_ATTR_USE_CANDIDATE, ""},
        {STUN_ATTR_DATA, "00000001"},    {0x7abc, "00000001"},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        parsed f;
        stun_attr attr = only_attr(&f, STUN_DIALECT_RFC5389, rows[i].type, rows[i].value);
        uint32_t number = 7;
        assert_false(stun_value_uint(&attr, &number));
        assert_int_equal(number, 7);
    }
}

static void u64_reads_tie_breaker(void **state) {
    (void)state;
    parsed f;
    stun_attr attr;
    uint64_t number = 0;
    read_hex(&f, vector_rfc5769_request);
    assert_true(stun_message_find(&f.message, STUN_ATTR_ICE_CONTROLLED, &attr));
    assert_true(stun_value_u64(&attr, &number));
    assert_true(number == UINT64_C(0x932ff9b151263b36));
    attr = only_attr(&f, STUN_DIALECT_RFC5389, STUN_ATTR_ICE_CONTROLLED, "01020304050607");
    assert_false(stun_value_u64(&attr, &number));
    attr = only_attr(&f, STUN_DIALECT_RFC5389, STUN_ATTR_RESERVATION_TOKEN, "0102030405060708");
    assert_false(stun_value_u64(&attr, &number));
    assert_true(number == UINT64_C(0x932ff9b151263b36));
}

static void error_masks_reserved_bits_of_class(void **state) {
    (void)state;
    static const struct {
        const char *value;
        uint16_t code;
        const char *reason;
    } rows[] = {
        {"0000 04 01 556e61757468", 401, "Unauth"},
        {"0000 03 00", 300, ""},
        {"ffff fc 26", 438, ""},
        {"0000 06 00 78", 600, "x"},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        parsed f;
        stun_error error;
        stun_attr attr = only_attr(&f, STUN_DIALECT_RFC5389, STUN_ATTR_ERROR_CODE, rows[i].value);
        assert_true(stun_value_error(&attr, &error));
        assert_int_equal(error.code, rows[i].code);
        assert_int_equal(error.reason_length, strlen(rows[i].reason));
        assert_memory_equal(error.reason, rows[i].reason, error.reason_length);
    }
}

static void error_short_value_is_refused(void **state) {
    (void)state;
    parsed f;
    stun_error error = {.code = 1};
    stun_attr attr = only_attr(&f, STUN_DIALECT_RFC5389, STUN_ATTR_ERROR_CODE, "000004");
    assert_false(stun_value_error(&attr, &error));
    attr = only_attr(&f, STUN_DIALECT_RFC5389, STUN_ATTR_DATA, "00000401");
    assert_false(stun_value_error(&attr, &error));
    assert_int_equal(error.code, 1);
}

static void error_cut_reason_is_given_as_far_as_captured(void **state) {
    (void)state;
    parsed f;
    stun_error error;
    stun_message message;
    stun_attr attr;
    only_attr(&f, STUN_DIALECT_RFC5389, STUN_ATTR_ERROR_CODE, "00000401 556e61757468");
    assert_int_equal(stun_message_parse(f.bytes, 30, f.length, &message), STUN_TRUNCATED);
    assert_true(stun_message_find(&message, STUN_ATTR_ERROR_CODE, &attr));
    assert_true(stun_value_error(&attr, &error));
    assert_int_equal(error.code, 401);
    assert_int_equal(error.reason_length, 2);
}

static void address_error_gives_family_and_code(void **state) {
    (void)state;
    parsed f;
    stun_error error;
    uint8_t family = 0;
    stun_attr attr =
        only_attr(&f, STUN_DIALECT_RFC5389, STUN_ATTR_ADDRESS_ERROR_CODE, "02 00 04 28 6e6f");
    assert_true(stun_value_address_error(&attr, &family, &error));
    assert_int_equal(family, 2);
    assert_int_equal(error.code, 440);
    assert_int_equal(error.reason_length, 2);
    attr = only_attr(&f, STUN_DIALECT_RFC5389, STUN_ATTR_ADDRESS_ERROR_CODE, "01 00 04");
    assert_false(stun_value_address_error(&attr, &family, &error));
    assert_int_equal(family, 2);
}

static void icmp_reads_type_and_code_behind_reserved_bytes(void **state) {
    (void)state;
    parsed f;
    stun_icmp icmp = {.type = 99};
    stun_attr attr = only_attr(&f, STUN_DIALECT_RFC5389, STUN_ATTR_ICMP, "0000 03 04 000005dc");
    assert_true(stun_value_icmp(&attr, &icmp));
    assert_int_equal(icmp.type, 3);
    assert_int_equal(icmp.code, 4);
    assert_int_equal(icmp.data, 1500);
    attr = only_attr(&f, STUN_DIALECT_RFC5389, STUN_ATTR_ICMP, "0000 05 04 0000dc");
    assert_false(stun_value_icmp(&attr, &icmp));
    assert_int_equal(icmp.type, 3);
}

static void listed_type_ends_at_the_last_whole_one(void **state) {
    (void)state;
    parsed f;
    uint16_t type = 0;
    stun_attr attr =
        only_attr(&f, STUN_DIALECT_RFC5389, STUN_ATTR_UNKNOWN_ATTRIBUTES, "001a 8070 00");
    assert_true(stun_value_listed_type(&attr, 0, &type));
    assert_int_equal(type, 0x001a);
    assert_true(stun_value_listed_type(&attr, 1, &type));
    assert_int_equal(type, 0x8070);
    assert_false(stun_value_listed_type(&attr, 2, &type));
    assert_false(stun_value_listed_type(&attr, SIZE_MAX, &type));
    assert_false(stun_value_listed_type(&attr, SIZE_MAX / 2 + 1, &type));
    assert_int_equal(type, 0x8070);
}

static void expect_text(stun_dialect dialect, uint16_t type, const char *value, const char *text) {
    parsed f;
    stun_attr attr = only_attr(&f, dialect, type, value);
    stun_text read = stun_value_text(&attr, dialect);
    assert_int_equal(read.length, strlen(text));
    assert_memory_equal(read.bytes, text, read.length);
}

static void text_drops_zeros_and_in_ms_turn_quotes(void **state) {
    (void)state;
    expect_text(STUN_DIALECT_RFC5389, STUN_ATTR_SOFTWARE, "6162", "ab");
    expect_text(STUN_DIALECT_RFC5389, STUN_ATTR_CANDIDATE_IDENTIFIER, "31000000", "1");
    expect_text(STUN_DIALECT_RFC5389, STUN_ATTR_SOFTWARE, "", "");
    expect_text(STUN_DIALECT_RFC5389, STUN_ATTR_SOFTWARE, "0000", "");
    expect_text(STUN_DIALECT_RFC5389, STUN_ATTR_REALM, "226122", "\"a\"");
    expect_text(STUN_DIALECT_MS_TURN, STUN_ATTR_MS_REALM, "226122", "a");
    expect_text(STUN_DIALECT_MS_TURN, STUN_ATTR_MS_NONCE, "22612200", "a");
    expect_text(STUN_DIALECT_MS_TURN, STUN_ATTR_MS_REALM, "22", "");
    expect_text(STUN_DIALECT_MS_TURN, STUN_ATTR_MS_REALM, "2222", "");
    expect_text(STUN_DIALECT_MS_TURN, STUN_ATTR_SOFTWARE, "226122", "\"a\"");
}

static void text_keeps_a_zero_inside(void **state) {
    (void)state;
    parsed f;
    stun_attr attr = only_attr(&f, STUN_DIALECT_RFC5389, STUN_ATTR_SOFTWARE, "61006200");
    stun_text text = stun_value_text(&attr, STUN_DIALECT_RFC5389);
    assert_int_equal(text.length, 3);
    assert_memory_equal(text.bytes, "a\0b", 3);
}

static void algorithms_are_walked_with_their_padding(void **state) {
    (void)state;
    parsed f;
    stun_algorithm entry;
    size_t offset = 0;
    stun_attr attr = only_attr(&f, STUN_DIALECT_RFC5389, STUN_ATTR_PASSWORD_ALGORITHMS,
                               "0002 0000 # SHA-256\n"
                               "00ff 0003 616263 00 # with parameters\n"
                               "0001 0000 # MD5\n");
    assert_true(stun_value_next_algorithm(&attr, &offset, &entry));
    assert_int_equal(entry.number, 2);
    assert_int_equal(entry.parameters_length, 0);
    assert_true(stun_value_next_algorithm(&attr, &offset, &entry));
    assert_int_equal(entry.number, 0xff);
    assert_int_equal(entry.parameters_length, 3);
    assert_memory_equal(entry.parameters, "abc", 3);
    assert_true(stun_value_next_algorithm(&attr, &offset, &entry));
    assert_int_equal(entry.number, 1);
    assert_false(stun_value_next_algorithm(&attr, &offset, &entry));
    assert_int_equal(entry.number, 1);
}

static void algorithm_that_does_not_fit_ends_the_list(void **state) {
    (void)state;
    parsed f;
    stun_algorithm entry = {.number = 9};
    size_t offset = 0;
    stun_attr attr =
        only_attr(&f, STUN_DIALECT_RFC5389, STUN_ATTR_PASSWORD_ALGORITHMS, "0002 0005 61626364");
    assert_false(stun_value_next_algorithm(&attr, &offset, &entry));
    attr = only_attr(&f, STUN_DIALECT_RFC5389, STUN_ATTR_PASSWORD_ALGORITHM, "0002 00");
    assert_false(stun_value_next_algorithm(&attr, &offset, &entry));
    attr = only_attr(&f, STUN_DIALECT_RFC5389, STUN_ATTR_DATA, "0002 0000");
    assert_false(stun_value_next_algorithm(&attr, &offset, &entry));
    assert_int_equal(entry.number, 9);
    assert_int_equal(offset, 0);
}

static void algorithm_without_padding_at_the_end_is_the_last(void **state) {
    (void)state;
    parsed f;
    stun_algorithm entry;
    size_t offset = 0;
    stun_attr attr =
        only_attr(&f, STUN_DIALECT_RFC5389, STUN_ATTR_PASSWORD_ALGORITHM, "0007 0001 61");
    assert_true(stun_value_next_algorithm(&attr, &offset, &entry));
    assert_int_equal(entry.number, 7);
    assert_false(stun_value_next_algorithm(&attr, &offset, &entry));
}

static void ms_sequence_reads_id_and_number(void **state) {
    (void)state;
    parsed f;
    stun_attr attr;
    stun_ms_sequence sequence;
    read_hex(&f, vector_ms_response);
    assert_true(stun_message_find(&f.message, STUN_ATTR_MS_SEQUENCE_NUMBER, &attr));
    assert_true(stun_value_ms_sequence(&attr, &sequence));
    assert_ptr_equal(sequence.connection_id, attr.value);
    assert_int_equal(sequence.number, 7);
    attr.captured = 23;
    sequence.number = 1;
    assert_false(stun_value_ms_sequence(&attr, &sequence));
    assert_int_equal(sequence.number, 1);
}

static void ms_quality_reads_stream_and_quality(void **state) {
    (void)state;
    parsed f;
    stun_ms_quality quality;
    stun_attr attr = only_attr(&f, STUN_DIALECT_MS_TURN, STUN_ATTR_MS_SERVICE_QUALITY, "0004 0001");
    assert_true(stun_value_ms_quality(&attr, &quality));
    assert_int_equal(quality.stream, 4);
    assert_int_equal(quality.quality, 1);
    attr = only_attr(&f, STUN_DIALECT_MS_TURN, STUN_ATTR_MS_SERVICE_QUALITY, "000200");
    assert_false(stun_value_ms_quality(&attr, &quality));
    assert_int_equal(quality.stream, 4);
}

static void ms_bandwidth_takes_the_larger_of_each_pair_as_maximum(void **state) {
    (void)state;
    parsed f;
    stun_ms_bandwidth amount;
    stun_attr attr = only_attr(&f, STUN_DIALECT_MS_TURN, STUN_ATTR_BANDWIDTH_RESERVATION_AMOUNT,
                               "00000064 00000032 000000c8 00000014");
    assert_true(stun_value_ms_bandwidth(&attr, &amount));
    assert_int_equal(amount.max_send, 100);
    assert_int_equal(amount.min_send, 50);
    assert_int_equal(amount.max_receive, 200);
    assert_int_equal(amount.min_receive, 20);
    assert_false(amount.swapped);
    attr = only_attr(&f, STUN_DIALECT_MS_TURN, STUN_ATTR_BANDWIDTH_RESERVATION_AMOUNT,
                     "00000032 00000064 00000014 000000c8");
    assert_true(stun_value_ms_bandwidth(&attr, &amount));
    assert_int_equal(amount.max_send, 100);
    assert_int_equal(amount.min_send, 50);
    assert_int_equal(amount.max_receive, 200);
    assert_int_equal(amount.min_receive, 20);
    assert_true(amount.swapped);
    attr = only_attr(&f, STUN_DIALECT_MS_TURN, STUN_ATTR_BANDWIDTH_RESERVATION_AMOUNT,
                     "00000064 00000064 00000014 000000c8");
    assert_true(stun_value_ms_bandwidth(&attr, &amount));
    assert_true(amount.swapped);
    attr = only_attr(&f, STUN_DIALECT_MS_TURN, STUN_ATTR_BANDWIDTH_RESERVATION_AMOUNT,
                     "00000064 00000064 00000014 00000014");
    assert_true(stun_value_ms_bandwidth(&attr, &amount));
    assert_false(amount.swapped);
    attr = only_attr(&f, STUN_DIALECT_MS_TURN, STUN_ATTR_BANDWIDTH_RESERVATION_AMOUNT, "00000001");
    assert_false(stun_value_ms_bandwidth(&attr, &amount));
    assert_int_equal(amount.max_send, 100);
}

static void ms_site_response_has_failover_in_two_of_four(void **state) {
    (void)state;
    static const struct {
        const char *value;
        uint16_t type;
        bool valid;
        bool pstn;
    } rows[] = {
        {"c0000000 00000064 000000c8", STUN_ATTR_REMOTE_SITE_RESPONSE, true, true},
        {"c0000000 00000064 000000c8", STUN_ATTR_REMOTE_RELAY_SITE_RESPONSE, true, false},
        {"80000000 00000064 000000c8", STUN_ATTR_REMOTE_SITE_RESPONSE, true, false},
        {"40000000 00000064 000000c8", STUN_ATTR_LOCAL_SITE_RESPONSE, false, true},
        {"3fffffff 00000064 000000c8", STUN_ATTR_LOCAL_RELAY_SITE_RESPONSE, false, false},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        parsed f;
        stun_ms_site_response response;
        stun_attr attr = only_attr(&f, STUN_DIALECT_MS_TURN, rows[i].type, rows[i].value);
        assert_true(stun_value_ms_site_response(&attr, &response));
        assert_int_equal(response.valid, rows[i].valid);
        assert_int_equal(response.pstn_failover, rows[i].pstn);
        assert_int_equal(response.max_send, 100);
        assert_int_equal(response.max_receive, 200);
        attr.captured = 11;
        assert_false(stun_value_ms_site_response(&attr, &response));
    }
}

static void ms_location_reads_three_bytes(void **state) {
    (void)state;
    parsed f;
    stun_ms_location location;
    stun_attr attr = only_attr(&f, STUN_DIALECT_MS_TURN, STUN_ATTR_LOCATION_PROFILE, "01 02 01 00");
    assert_true(stun_value_ms_location(&attr, &location));
    assert_int_equal(location.peer, 1);
    assert_int_equal(location.self, 2);
    assert_int_equal(location.federation, 1);
    attr = only_attr(&f, STUN_DIALECT_MS_TURN, STUN_ATTR_LOCATION_PROFILE, "0303");
    assert_false(stun_value_ms_location(&attr, &location));
    assert_int_equal(location.peer, 1);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(address_of_rfc5769_vectors_is_unmasked),
        cmocka_unit_test(address_in_ms_turn_is_unmasked_with_the_whole_id),
        cmocka_unit_test(address_remote_in_ms_turn_is_plain),
        cmocka_unit_test(address_in_rfc3489_is_plain),
        cmocka_unit_test(address_unusable_value_is_refused),
        cmocka_unit_test(uint_reads_the_number_of_its_kind),
        cmocka_unit_test(uint_short_or_other_value_is_refused),
        cmocka_unit_test(u64_reads_tie_breaker),
        cmocka_unit_test(error_masks_reserved_bits_of_class),
        cmocka_unit_test(error_short_value_is_refused),
        cmocka_unit_test(error_cut_reason_is_given_as_far_as_captured),
        cmocka_unit_test(address_error_gives_family_and_code),
        cmocka_unit_test(icmp_reads_type_and_code_behind_reserved_bytes),
        cmocka_unit_test(listed_type_ends_at_the_last_whole_one),
        cmocka_unit_test(text_drops_zeros_and_in_ms_turn_quotes),
        cmocka_unit_test(text_keeps_a_zero_inside),
        cmocka_unit_test(algorithms_are_walked_with_their_padding),
        cmocka_unit_test(algorithm_that_does_not_fit_ends_the_list),
        cmocka_unit_test(algorithm_without_padding_at_the_end_is_the_last),
        cmocka_unit_test(ms_sequence_reads_id_and_number),
        cmocka_unit_test(ms_quality_reads_stream_and_quality),
        cmocka_unit_test(ms_bandwidth_takes_the_larger_of_each_pair_as_maximum),
        cmocka_unit_test(ms_site_response_has_failover_in_two_of_four),
        cmocka_unit_test(ms_location_reads_three_bytes),
    };
    return cmocka_run_group_tests_name("value", tests, NULL, NULL);
}
