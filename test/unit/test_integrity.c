/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "stun/integrity.h"
#include "support/hex.h"
#include "support/vectors.h"

#include <glib.h>
#include <stdlib.h>
#include <string.h>

#define COUNT(rows) (sizeof(rows) / sizeof((rows)[0]))

typedef struct fixture {
    uint8_t bytes[512];
    size_t length;
    stun_message message;
    stun_attr attr;
} fixture;

static void read_hex(fixture *f, const char *text, uint16_t type) {
    memset(f, 0, sizeof *f);
    f->length = hex_bytes(text, f->bytes, sizeof f->bytes);
    stun_status status = stun_message_parse(f->bytes, f->length, f->length, &f->message);
    assert_true(status == STUN_OK || status == STUN_MALFORMED);
    assert_true(stun_message_find(&f->message, type, &f->attr));
}

static void glib_hmac(stun_hash hash, const uint8_t *key, size_t key_length, const stun_span *spans,
                      size_t count, uint8_t out[STUN_HASH_MAX]) {
    static const GChecksumType types[] = {[STUN_HASH_MD5] = G_CHECKSUM_MD5,
                                          [STUN_HASH_SHA1] = G_CHECKSUM_SHA1,
                                          [STUN_HASH_SHA256] = G_CHECKSUM_SHA256};
    GHmac *hmac = g_hmac_new(types[hash], key, key_length);
    for (size_t i = 0; i < count; i++) {
        g_hmac_update(hmac, spans[i].bytes, (gssize)spans[i].length);
    }
    gsize size = STUN_HASH_MAX;
    g_hmac_get_digest(hmac, out, &size);
    g_hmac_unref(hmac);
}

static stun_integrity check(const fixture *f, const uint8_t *key, size_t key_length,
                            stun_integrity_text *matched) {
    return stun_integrity_check(&f->message, &f->attr, key, key_length, glib_hmac, matched);
}

static stun_integrity check_password(const fixture *f, const char *password,
                                     stun_integrity_text *matched) {
    return check(f, (const uint8_t *)password, strlen(password), matched);
}

static stun_integrity check_key(const fixture *f, const char *hex, stun_integrity_text *matched) {
    uint8_t key[64];
    size_t length = hex_bytes(hex, key, sizeof key);
    return check(f, key, length, matched);
}

static void integrity_of_rfc5769_short_term_vectors_is_verified(void **state) {
    (void)state;
    static const char *const vectors[] = {vector_rfc5769_request, vector_rfc5769_ipv4,
                                          vector_rfc5769_ipv6};
    for (size_t i = 0; i < COUNT(vectors); i++) {
        fixture f;
        stun_integrity_text matched = STUN_TEXT_COUNT;
        read_hex(&f, vectors[i], STUN_ATTR_MESSAGE_INTEGRITY);
        assert_int_equal(check_password(&f, VECTOR_ICE_PASSWORD, &matched),
                         STUN_INTEGRITY_VERIFIED);
        assert_int_equal(matched, STUN_TEXT_RFC);
    }
}

static void integrity_of_rfc5769_long_term_vector_is_verified(void **state) {
    (void)state;
    fixture f;
    stun_integrity_text matched = STUN_TEXT_COUNT;
    read_hex(&f, vector_rfc5769_long_term, STUN_ATTR_MESSAGE_INTEGRITY);
    assert_int_equal(check_key(&f, vector_rfc5769_key, &matched), STUN_INTEGRITY_VERIFIED);
    assert_int_equal(matched, STUN_TEXT_RFC);
}

static void integrity_of_rfc8489_b1_is_verified_with_sha256_key(void **state) {
    (void)state;
    fixture f;
    stun_integrity_text matched = STUN_TEXT_COUNT;
    read_hex(&f, vector_rfc8489_b1, STUN_ATTR_MESSAGE_INTEGRITY_SHA256);
    assert_int_equal(check_key(&f, vector_rfc8489_key, &matched), STUN_INTEGRITY_VERIFIED);
    assert_int_equal(matched, STUN_TEXT_RFC);
    assert_int_equal(check_key(&f, vector_rfc5769_key, &matched), STUN_INTEGRITY_FAILED);
}

/* Its HMAC was made with the wrong length field, so only the text that keeps it fits. */
static void integrity_of_rfc8489_b1_as_printed_fits_no_correct_text(void **state) {
    (void)state;
    fixture f;
    stun_integrity_text matched = STUN_TEXT_COUNT;
    read_hex(&f, vector_rfc8489_b1_printed, STUN_ATTR_MESSAGE_INTEGRITY_SHA256);
    assert_int_equal(check_key(&f, vector_rfc8489_key, &matched), STUN_INTEGRITY_VERIFIED);
    assert_int_equal(matched, STUN_TEXT_WIRE_LENGTH);
    assert_int_equal(check_key(&f, vector_rfc5769_key, NULL), STUN_INTEGRITY_FAILED);
}

static void integrity_of_truncated_sha256_is_verified(void **state) {
    (void)state;
    static const char *const vectors[] = {vector_sha256_16, vector_sha256_20, vector_sha256_28};
    for (size_t i = 0; i < COUNT(vectors); i++) {
        fixture f;
        stun_integrity_text matched = STUN_TEXT_COUNT;
        read_hex(&f, vectors[i], STUN_ATTR_MESSAGE_INTEGRITY_SHA256);
        assert_int_equal(check_password(&f, VECTOR_ICE_PASSWORD, &matched),
                         STUN_INTEGRITY_VERIFIED);
        assert_int_equal(matched, STUN_TEXT_RFC);
        assert_int_equal(check_password(&f, "other", &matched), STUN_INTEGRITY_FAILED);
    }
}

static void integrity_of_both_kinds_in_one_message_is_verified(void **state) {
    (void)state;
    fixture f;
    read_hex(&f, vector_both_hmacs, STUN_ATTR_MESSAGE_INTEGRITY);
    assert_int_equal(check_password(&f, VECTOR_ICE_PASSWORD, NULL), STUN_INTEGRITY_VERIFIED);
    read_hex(&f, vector_both_hmacs, STUN_ATTR_MESSAGE_INTEGRITY_SHA256);
    assert_int_equal(check_password(&f, VECTOR_ICE_PASSWORD, NULL), STUN_INTEGRITY_VERIFIED);
}

static void integrity_each_text_is_told_from_the_others(void **state) {
    (void)state;
    static const struct {
        const char *hex;
        stun_integrity_text text;
    } rows[] = {
        {vector_text_rfc, STUN_TEXT_RFC},
        {vector_text_wire_length, STUN_TEXT_WIRE_LENGTH},
        {vector_text_padded, STUN_TEXT_PADDED},
        {vector_text_wire_padded, STUN_TEXT_WIRE_PADDED},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        fixture f;
        stun_integrity_text matched = STUN_TEXT_COUNT;
        read_hex(&f, rows[i].hex, STUN_ATTR_MESSAGE_INTEGRITY);
        assert_int_equal(check_password(&f, VECTOR_ICE_PASSWORD, &matched),
                         STUN_INTEGRITY_VERIFIED);
        assert_int_equal(matched, rows[i].text);
    }
}

static void integrity_of_ms_ice2_check_is_verified_as_legacy(void **state) {
    (void)state;
    static const char *const vectors[] = {vector_ice2_standard, vector_ice2_legacy};
    for (size_t i = 0; i < COUNT(vectors); i++) {
        fixture f;
        stun_integrity_text matched = STUN_TEXT_COUNT;
        read_hex(&f, vectors[i], STUN_ATTR_MESSAGE_INTEGRITY);
        assert_int_equal(check_password(&f, VECTOR_ICE_PASSWORD, &matched),
                         STUN_INTEGRITY_VERIFIED);
        assert_int_equal(matched, STUN_TEXT_WIRE_PADDED);
    }
}

static void integrity_of_ms_turn_is_verified_with_sha1_and_sha256(void **state) {
    (void)state;
    static const char *const vectors[] = {vector_ms_allocate, vector_ms_allocate_sha256,
                                          vector_ms_allocate_padded};
    for (size_t i = 0; i < COUNT(vectors); i++) {
        fixture f;
        stun_integrity_text matched = STUN_TEXT_COUNT;
        read_hex(&f, vectors[i], STUN_ATTR_MESSAGE_INTEGRITY);
        assert_int_equal(check_key(&f, vector_ms_key, &matched), STUN_INTEGRITY_VERIFIED);
        assert_int_equal(matched, STUN_TEXT_WIRE_PADDED);
        assert_int_equal(check_key(&f, vector_rfc5769_key, NULL), STUN_INTEGRITY_FAILED);
    }
}

static void integrity_with_wrong_key_fails_and_leaves_matched(void **state) {
    (void)state;
    static const char *const keys[] = {"VOkJxbRl1RmTxUk/WvJxBT", "VOkJxbRl1RmTxUk/WvJxB", "x", ""};
    fixture f;
    read_hex(&f, vector_rfc5769_request, STUN_ATTR_MESSAGE_INTEGRITY);
    for (size_t i = 0; i < COUNT(keys); i++) {
        stun_integrity_text matched = STUN_TEXT_COUNT;
        assert_int_equal(check_password(&f, keys[i], &matched), STUN_INTEGRITY_FAILED);
        assert_int_equal(matched, STUN_TEXT_COUNT);
    }
}

static void integrity_with_any_covered_byte_changed_fails(void **state) {
    (void)state;
    fixture f;
    read_hex(&f, vector_rfc5769_request, STUN_ATTR_MESSAGE_INTEGRITY);
    for (size_t i = 0; i < f.attr.offset + 24; i++) {
        bool is_header_of_hmac = i >= f.attr.offset && i < f.attr.offset + 4;
        bool is_length = i == 2 || i == 3;
        if (is_header_of_hmac || is_length) {
            continue; /* the length is not covered as sent but as rewritten */
        }
        f.bytes[i] ^= 1;
        assert_int_equal(check_password(&f, VECTOR_ICE_PASSWORD, NULL), STUN_INTEGRITY_FAILED);
        f.bytes[i] ^= 1;
    }
    assert_int_equal(check_password(&f, VECTOR_ICE_PASSWORD, NULL), STUN_INTEGRITY_VERIFIED);
}

static void integrity_of_missing_attribute_is_absent(void **state) {
    (void)state;
    fixture f;
    read_hex(&f, vector_rfc5769_request, STUN_ATTR_MESSAGE_INTEGRITY);
    assert_int_equal(stun_integrity_check(&f.message, NULL, f.bytes, 1, glib_hmac, NULL),
                     STUN_INTEGRITY_ABSENT);
}

static void integrity_of_length_without_hash_is_unknown(void **state) {
    (void)state;
    static const struct {
        uint16_t type;
        uint16_t length;
    } rows[] = {
        {STUN_ATTR_MESSAGE_INTEGRITY, 0},
        {STUN_ATTR_MESSAGE_INTEGRITY, 16},
        {STUN_ATTR_MESSAGE_INTEGRITY, 32},
        {STUN_ATTR_MESSAGE_INTEGRITY_SHA256, 12},
        {STUN_ATTR_MESSAGE_INTEGRITY_SHA256, 18},
        {STUN_ATTR_MESSAGE_INTEGRITY_SHA256, 36},
        {STUN_ATTR_USERNAME, 20},
    };
    fixture f;
    read_hex(&f, vector_rfc5769_request, STUN_ATTR_SOFTWARE);
    for (size_t i = 0; i < COUNT(rows); i++) {
        f.attr.type = rows[i].type;
        f.attr.length = rows[i].length;
        f.attr.captured = rows[i].length;
        assert_int_equal(check_password(&f, VECTOR_ICE_PASSWORD, NULL), STUN_INTEGRITY_UNKNOWN);
    }
}

static void integrity_of_cut_hmac_is_unknown(void **state) {
    (void)state;
    fixture f;
    read_hex(&f, vector_rfc5769_request, STUN_ATTR_MESSAGE_INTEGRITY);
    for (size_t cut = 80; cut < 100; cut++) {
        stun_message message;
        stun_attr attr;
        assert_int_equal(stun_message_parse(f.bytes, cut, f.length, &message), STUN_TRUNCATED);
        assert_true(stun_message_find(&message, STUN_ATTR_MESSAGE_INTEGRITY, &attr));
        assert_int_equal(stun_integrity_check(&message, &attr, f.bytes, 4, glib_hmac, NULL),
                         STUN_INTEGRITY_UNKNOWN);
    }
}

static void integrity_of_hmac_behind_a_cut_fingerprint_is_verified(void **state) {
    (void)state;
    fixture f;
    read_hex(&f, vector_rfc5769_request, STUN_ATTR_MESSAGE_INTEGRITY);
    uint8_t *bytes = hex_exact(f.bytes, 100);
    stun_message message;
    stun_attr attr;
    assert_int_equal(stun_message_parse(bytes, 100, f.length, &message), STUN_TRUNCATED);
    assert_true(stun_message_find(&message, STUN_ATTR_MESSAGE_INTEGRITY, &attr));
    assert_int_equal(stun_integrity_check(&message, &attr, (const uint8_t *)VECTOR_ICE_PASSWORD,
                                          strlen(VECTOR_ICE_PASSWORD), glib_hmac, NULL),
                     STUN_INTEGRITY_VERIFIED);
    free(bytes);
}

/* Joins the pieces; the message of RFC 5769 section 2.1 has its HMAC at 76 and is 108 bytes long.
 */
static size_t join(const fixture *f, stun_integrity_text text, uint8_t *out) {
    stun_integrity_input input;
    size_t length = 0;
    assert_true(stun_integrity_text_make(&f->message, &f->attr, text, &input));
    for (size_t i = 0; i < input.count; i++) {
        memcpy(out + length, input.spans[i].bytes, input.spans[i].length);
        length += input.spans[i].length;
    }
    return length;
}

static void text_has_length_and_padding_of_its_form(void **state) {
    (void)state;
    static const struct {
        stun_integrity_text text;
        unsigned length;
        uint8_t length_field;
    } rows[] = {
        {STUN_TEXT_RFC, 76, 80},
        {STUN_TEXT_WIRE_LENGTH, 76, 88},
        {STUN_TEXT_PADDED, 128, 80},
        {STUN_TEXT_WIRE_PADDED, 128, 88},
    };
    fixture f;
    read_hex(&f, vector_rfc5769_request, STUN_ATTR_MESSAGE_INTEGRITY);
    for (size_t i = 0; i < COUNT(rows); i++) {
        uint8_t text[256];
        memset(text, 0xee, sizeof text);
        assert_int_equal(join(&f, rows[i].text, text), rows[i].length);
        assert_int_equal(text[2], 0);
        assert_int_equal(text[3], rows[i].length_field);
        assert_memory_equal(text + 4, f.bytes + 4, 72);
        for (size_t k = 76; k < rows[i].length; k++) {
            assert_int_equal(text[k], 0);
        }
    }
}

static void text_that_ends_at_a_block_gets_no_padding(void **state) {
    (void)state;
    fixture f;
    uint8_t text[256];
    read_hex(&f,
             "0001 0044 2112a442 0102030405060708090a0b0c"
             "8022 0028 0000000000000000000000000000000000000000"
             "          0000000000000000000000000000000000000000"
             "0008 0014 0000000000000000000000000000000000000000",
             STUN_ATTR_MESSAGE_INTEGRITY);
    assert_int_equal(f.attr.offset, 64);
    assert_int_equal(join(&f, STUN_TEXT_WIRE_PADDED, text), 64);
}

static void text_of_long_message_rewrites_both_bytes_of_the_length(void **state) {
    (void)state;
    fixture f;
    uint8_t text[512];
    memset(&f, 0, sizeof f);
    hex_bytes("0001 01c8 2112a442 0102030405060708090a0b0c 8022 01a4", f.bytes, 24);
    hex_bytes("0008 0014", f.bytes + 444, 4);
    hex_bytes("8028 0004 00000000", f.bytes + 468, 8);
    assert_int_equal(stun_message_parse(f.bytes, 476, 476, &f.message), STUN_OK);
    assert_true(stun_message_find(&f.message, STUN_ATTR_MESSAGE_INTEGRITY, &f.attr));
    assert_int_equal(join(&f, STUN_TEXT_RFC, text), 444);
    assert_int_equal(text[2], 0x01);
    assert_int_equal(text[3], 0xc0);
}

static void text_of_first_attribute_is_the_header_alone(void **state) {
    (void)state;
    fixture f;
    uint8_t text[64];
    read_hex(&f,
             "0001 0018 2112a442 0102030405060708090a0b0c"
             "0008 0014 0000000000000000000000000000000000000000",
             STUN_ATTR_MESSAGE_INTEGRITY);
    assert_int_equal(join(&f, STUN_TEXT_RFC, text), 20);
    assert_memory_equal(text, f.bytes, 20);
}

static void text_beyond_the_capture_is_refused(void **state) {
    (void)state;
    fixture f;
    stun_integrity_input input;
    read_hex(&f, vector_rfc5769_request, STUN_ATTR_MESSAGE_INTEGRITY);
    f.message.captured = 75;
    assert_false(stun_integrity_text_make(&f.message, &f.attr, STUN_TEXT_RFC, &input));
    f.message.captured = 76;
    assert_true(stun_integrity_text_make(&f.message, &f.attr, STUN_TEXT_RFC, &input));
    f.attr.offset = 19;
    assert_false(stun_integrity_text_make(&f.message, &f.attr, STUN_TEXT_RFC, &input));
}

static void text_names_are_distinct(void **state) {
    (void)state;
    for (unsigned i = 0; i < STUN_TEXT_COUNT; i++) {
        for (unsigned k = 0; k < i; k++) {
            assert_string_not_equal(stun_integrity_text_name((stun_integrity_text)i),
                                    stun_integrity_text_name((stun_integrity_text)k));
        }
    }
    assert_string_equal(stun_integrity_text_name(STUN_TEXT_RFC), "RFC 8489");
    assert_string_equal(stun_integrity_text_name(STUN_TEXT_COUNT), "");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(integrity_of_rfc5769_short_term_vectors_is_verified),
        cmocka_unit_test(integrity_of_rfc5769_long_term_vector_is_verified),
        cmocka_unit_test(integrity_of_rfc8489_b1_is_verified_with_sha256_key),
        cmocka_unit_test(integrity_of_rfc8489_b1_as_printed_fits_no_correct_text),
        cmocka_unit_test(integrity_of_truncated_sha256_is_verified),
        cmocka_unit_test(integrity_of_both_kinds_in_one_message_is_verified),
        cmocka_unit_test(integrity_each_text_is_told_from_the_others),
        cmocka_unit_test(integrity_of_ms_ice2_check_is_verified_as_legacy),
        cmocka_unit_test(integrity_of_ms_turn_is_verified_with_sha1_and_sha256),
        cmocka_unit_test(integrity_with_wrong_key_fails_and_leaves_matched),
        cmocka_unit_test(integrity_with_any_covered_byte_changed_fails),
        cmocka_unit_test(integrity_of_missing_attribute_is_absent),
        cmocka_unit_test(integrity_of_length_without_hash_is_unknown),
        cmocka_unit_test(integrity_of_cut_hmac_is_unknown),
        cmocka_unit_test(integrity_of_hmac_behind_a_cut_fingerprint_is_verified),
        cmocka_unit_test(text_has_length_and_padding_of_its_form),
        cmocka_unit_test(text_that_ends_at_a_block_gets_no_padding),
        cmocka_unit_test(text_of_long_message_rewrites_both_bytes_of_the_length),
        cmocka_unit_test(text_of_first_attribute_is_the_header_alone),
        cmocka_unit_test(text_beyond_the_capture_is_refused),
        cmocka_unit_test(text_names_are_distinct),
    };
    return cmocka_run_group_tests_name("integrity", tests, NULL, NULL);
}
