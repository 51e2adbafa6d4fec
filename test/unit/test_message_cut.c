/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "support/hex.h"
#include "support/parsed.h"
#include "support/random.h"
#include "support/vectors.h"

#include <stdlib.h>

#define COUNT(rows) (sizeof(rows) / sizeof((rows)[0]))

/* Every cut of every message: what is there is yielded, and what is missing is the capture's fault
 * when the wire had it and the sender's when it had not. */
static void expect_cut(const parsed *whole, size_t cut, size_t reported, stun_status expected) {
    stun_attr full[PARSED_MAX_ATTRS];
    stun_attr seen[PARSED_MAX_ATTRS];
    stun_status ended = STUN_OK;
    size_t full_count = parsed_walk(&whole->message, full, &ended);
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
    size_t count = parsed_walk(&message, seen, &ended);
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
        parsed f;
        parsed_read(&f, vectors[i]);
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
        parsed f;
        parsed_read(&f, vectors[i]);
        for (size_t cut = 0; cut <= f.length; cut++) {
            stun_status expected = cut == f.length ? STUN_OK : STUN_TRUNCATED;
            expect_cut(&f, cut, f.length, cut >= 24 ? expected : STUN_NOT_STUN);
            expect_cut(&f, cut, cut, cut == f.length ? STUN_OK : STUN_NOT_STUN);
        }
    }
}

static void parse_cut_padded_ms_turn_is_seen_as_padded(void **state) {
    (void)state;
    parsed f;
    parsed_read(&f, vector_ms_allocate_padded);
    /* From the header of the attribute behind the first padding on. */
    for (size_t cut = 64; cut <= f.length; cut++) {
        expect_cut(&f, cut, f.length, cut == f.length ? STUN_OK : STUN_TRUNCATED);
    }
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
        cmocka_unit_test(parse_cut_at_every_length_is_truncated_or_malformed),
        cmocka_unit_test(parse_cut_without_cookie_needs_an_attribute),
        cmocka_unit_test(parse_cut_padded_ms_turn_is_seen_as_padded),
        cmocka_unit_test(parse_random_bytes_stays_inside_the_capture),
        cmocka_unit_test(parse_random_bytes_without_cookie_are_not_stun),
    };
    return cmocka_run_group_tests_name("message_cut", tests, NULL, NULL);
}
