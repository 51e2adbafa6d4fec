/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "stun/fingerprint.h"
#include "support/hex.h"
#include "support/parsed.h"
#include "support/random.h"
#include "support/vectors.h"

#include <stdlib.h>
#include <zlib.h>

#define COUNT(rows) (sizeof(rows) / sizeof((rows)[0]))

static stun_fingerprint check_hex(parsed *f, const char *text) {
    parsed_read(f, text);
    assert_true(f->status == STUN_OK || f->status == STUN_MALFORMED);
    return stun_fingerprint_check(&f->message);
}

static void crc32_known_texts_match(void **state) {
    (void)state;
    assert_int_equal(stun_crc32((const uint8_t *)"", 0, false), 0);
    assert_int_equal(stun_crc32(NULL, 0, false), 0);
    assert_int_equal(stun_crc32((const uint8_t *)"123456789", 9, false), 0xcbf43926u);
}

static void crc32_of_every_byte_matches_zlib(void **state) {
    (void)state;
    for (unsigned byte = 0; byte < 256; byte++) {
        uint8_t bytes[1] = {(uint8_t)byte};
        assert_int_equal(stun_crc32(bytes, 1, false), crc32(0, bytes, 1));
    }
}

static void crc32_of_random_bytes_matches_zlib(void **state) {
    (void)state;
    uint32_t seed = 2463534242u;
    uint8_t bytes[1500];
    for (int round = 0; round < 2000; round++) {
        size_t length = next_random(&seed) % sizeof bytes;
        for (size_t i = 0; i < length; i++) {
            bytes[i] = (uint8_t)(next_random(&seed) >> 11);
        }
        assert_int_equal(stun_crc32(bytes, length, false), crc32(0, bytes, (uInt)length));
    }
}

/* The first byte picks the entry, index 0xFF ^ byte; only 0xA5 meets 0x5A. */
static void crc32_legacy_differs_at_one_entry_only(void **state) {
    (void)state;
    for (unsigned byte = 0; byte < 256; byte++) {
        uint8_t bytes[1] = {(uint8_t)byte};
        uint32_t difference = stun_crc32(bytes, 1, false) ^ stun_crc32(bytes, 1, true);
        assert_int_equal(difference, byte == 0xa5 ? 0x8bbeb8eau ^ 0x08bbe8eau : 0);
    }
}

static void fingerprint_of_rfc5769_vectors_is_good(void **state) {
    (void)state;
    parsed f;
    assert_int_equal(check_hex(&f, vector_rfc5769_request), STUN_FINGERPRINT_GOOD);
    assert_int_equal(check_hex(&f, vector_rfc5769_ipv4), STUN_FINGERPRINT_GOOD);
    assert_int_equal(check_hex(&f, vector_rfc5769_ipv6), STUN_FINGERPRINT_GOOD);
}

static void fingerprint_missing_is_absent(void **state) {
    (void)state;
    parsed f;
    assert_int_equal(check_hex(&f, vector_rfc5769_long_term), STUN_FINGERPRINT_ABSENT);
    assert_int_equal(check_hex(&f, vector_rfc8489_b1), STUN_FINGERPRINT_ABSENT);
    assert_int_equal(check_hex(&f, vector_classic_request), STUN_FINGERPRINT_ABSENT);
}

static void fingerprint_of_ms_ice2_copies_is_good_and_legacy(void **state) {
    (void)state;
    parsed f;
    assert_int_equal(check_hex(&f, vector_ice2_standard), STUN_FINGERPRINT_GOOD);
    assert_int_equal(check_hex(&f, vector_ice2_legacy), STUN_FINGERPRINT_LEGACY);
}

static void fingerprint_with_any_covered_byte_changed_is_bad(void **state) {
    (void)state;
    /* The transaction id and each value, of which no byte changes how the message is read. */
    static const struct {
        size_t first, last;
    } covered[] = {{8, 19}, {24, 39}, {44, 47}, {52, 59}, {64, 75}, {80, 99}, {104, 107}};
    parsed f;
    check_hex(&f, vector_rfc5769_request);
    for (size_t i = 0; i < COUNT(covered); i++) {
        for (size_t at = covered[i].first; at <= covered[i].last; at++) {
            f.bytes[at] ^= 0x10;
            assert_int_equal(stun_fingerprint_check(&f.message), STUN_FINGERPRINT_BAD);
            f.bytes[at] ^= 0x10;
        }
    }
    assert_int_equal(stun_fingerprint_check(&f.message), STUN_FINGERPRINT_GOOD);
}

static void fingerprint_wrong_crc_is_bad(void **state) {
    (void)state;
    parsed f;
    check_hex(&f, vector_rfc5769_ipv4);
    f.bytes[79] ^= 1;
    assert_int_equal(stun_fingerprint_check(&f.message), STUN_FINGERPRINT_BAD);
}

static void fingerprint_of_wrong_size_is_bad(void **state) {
    (void)state;
    parsed f;
    assert_int_equal(
        check_hex(&f, "0001 0008 2112a442 0102030405060708090a0b0c 8028 0002 00000000"),
        STUN_FINGERPRINT_BAD);
    assert_int_equal(
        check_hex(&f, "0001 0008 2112a442 0102030405060708090a0b0c 8028 0005 00000000"),
        STUN_FINGERPRINT_BAD);
}

static void fingerprint_too_long_is_bad_though_its_crc_fits(void **state) {
    (void)state;
    parsed f;
    check_hex(&f, "0001 000c 2112a442 0102030405060708090a0b0c 8028 0008 00000000 00000000");
    uint32_t crc = (uint32_t)crc32(0, f.bytes, 20) ^ 0x5354554eu;
    for (size_t i = 0; i < 4; i++) {
        f.bytes[24 + i] = (uint8_t)(crc >> (24 - 8 * i) & 0xff);
    }
    assert_int_equal(stun_fingerprint_check(&f.message), STUN_FINGERPRINT_BAD);
}

static void fingerprint_of_cut_capture_is_unknown(void **state) {
    (void)state;
    parsed f;
    check_hex(&f, vector_rfc5769_request);
    for (size_t cut = 20; cut < f.length; cut++) {
        uint8_t *bytes = hex_exact(f.bytes, cut);
        stun_message message;
        assert_int_equal(stun_message_parse(bytes, cut, f.length, &message), STUN_TRUNCATED);
        assert_int_equal(stun_fingerprint_check(&message), STUN_FINGERPRINT_UNKNOWN);
        free(bytes);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(crc32_known_texts_match),
        cmocka_unit_test(crc32_of_every_byte_matches_zlib),
        cmocka_unit_test(crc32_of_random_bytes_matches_zlib),
        cmocka_unit_test(crc32_legacy_differs_at_one_entry_only),
        cmocka_unit_test(fingerprint_of_rfc5769_vectors_is_good),
        cmocka_unit_test(fingerprint_missing_is_absent),
        cmocka_unit_test(fingerprint_of_ms_ice2_copies_is_good_and_legacy),
        cmocka_unit_test(fingerprint_with_any_covered_byte_changed_is_bad),
        cmocka_unit_test(fingerprint_wrong_crc_is_bad),
        cmocka_unit_test(fingerprint_of_wrong_size_is_bad),
        cmocka_unit_test(fingerprint_too_long_is_bad_though_its_crc_fits),
        cmocka_unit_test(fingerprint_of_cut_capture_is_unknown),
    };
    return cmocka_run_group_tests_name("fingerprint", tests, NULL, NULL);
}
