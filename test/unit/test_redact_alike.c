/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "analyzer/redact/redact_message.h"
#include "stun/fingerprint.h"
#include "stun/value.h"
#include "support/build.h"
#include "support/hex.h"
#include "support/random.h"
#include "support/vectors.h"

#include <string.h>

static const guint8 key[] = "a key of at least 16 bytes";

static int setup(void **state) {
    *state = stand_ins_new(key, sizeof key);
    return 0;
}

static int teardown(void **state) {
    stand_ins_free(*state);
    return 0;
}

static const char *const vectors[] = {
    vector_rfc5769_request,
    vector_rfc5769_ipv4,
    vector_rfc5769_ipv6,
    vector_rfc5769_long_term,
    vector_rfc8489_b1,
    vector_rfc8489_b1_printed,
    vector_ice2_standard,
    vector_ice2_legacy,
    vector_text_rfc,
    vector_text_wire_length,
    vector_text_padded,
    vector_text_wire_padded,
    vector_ms_allocate,
    vector_ms_allocate_sha256,
    vector_ms_allocate_padded,
    vector_ms_response,
    vector_ms_data,
    vector_classic_request,
    vector_classic_response,
    vector_sha256_16,
    vector_sha256_20,
    vector_sha256_28,
    vector_both_hmacs,
};

static gboolean is_good(stun_fingerprint of) {
    return of == STUN_FINGERPRINT_GOOD || of == STUN_FINGERPRINT_LEGACY;
}

/* PASSWORD is blanked, whatever it is. */
static gboolean is_text(const stun_attr *attr) {
    return attr->type == STUN_ATTR_USERNAME ||
           (attr->info != NULL && attr->info->kind == STUN_KIND_TEXT &&
            attr->type != STUN_ATTR_PASSWORD);
}

/* What the tracker goes by is the same before and after. */
static void assert_read_alike(const stun_message *before, const stun_message *after) {
    stun_attr_iter left = stun_attr_iter_over(before);
    stun_attr_iter right = stun_attr_iter_over(after);
    const stun_fingerprint was = stun_fingerprint_check(before);
    const stun_fingerprint is = stun_fingerprint_check(after);
    stun_attr one;
    stun_attr two;

    assert_int_equal(before->dialect, after->dialect);
    assert_int_equal(before->padded, after->padded);
    assert_int_equal(before->captured, after->captured);
    while (stun_attr_iter_next(&left, &one)) {
        stun_address address;

        assert_true(stun_attr_iter_next(&right, &two));
        assert_int_equal(one.type, two.type);
        assert_int_equal(one.length, two.length);
        assert_int_equal(one.captured, two.captured);
        assert_int_equal(stun_value_address(before, &one, &address),
                         stun_value_address(after, &two, &address));
        if (is_text(&one)) {
            assert_int_equal(stun_value_text(&one, before->dialect).length,
                             stun_value_text(&two, after->dialect).length);
        }
    }
    assert_false(stun_attr_iter_next(&right, &two));
    assert_int_equal(left.status, right.status);
    assert_true(was == is || (is_good(was) && is_good(is)));
}

static void assert_same_for_the_same_key(const uint8_t *original, gsize captured, gsize length,
                                         const uint8_t *expected) {
    g_autoptr(stand_ins) same = stand_ins_new(key, sizeof key);
    uint8_t *again = hex_exact(original, captured);

    redact_message(same, again, captured, length);
    assert_memory_equal(again, expected, captured);
    free(again);
}

static void check_bytes(stand_ins *by, const guint8 *original, gsize captured, gsize length) {
    uint8_t *bytes = hex_exact(original, captured);
    stun_message before;
    stun_message after;
    const stun_status status = stun_message_parse(original, captured, length, &before);
    const gboolean done = redact_message(by, bytes, captured, length);

    assert_int_equal(done, status != STUN_NOT_STUN);
    if (done) {
        assert_int_equal(stun_message_parse(bytes, captured, length, &after), status);
        assert_read_alike(&before, &after);
    } else {
        assert_memory_equal(bytes, original, captured);
    }
    free(bytes);
}

static void vectors_of_the_specifications_are_read_alike(void **state) {
    stand_ins *by = *state;

    for (gsize i = 0; i < G_N_ELEMENTS(vectors); i++) {
        g_autoptr(stand_ins) fresh = stand_ins_new(key, sizeof key);
        g_autoptr(stand_ins) another = stand_ins_new(key + 1, sizeof key - 1);
        guint8 original[512];
        guint8 one[512];
        guint8 two[512];
        const gsize length = hex_bytes(vectors[i], original, sizeof original);

        memcpy(one, original, length);
        memcpy(two, original, length);
        check_bytes(by, original, length, length);
        assert_true(redact_message(fresh, one, length, length));
        assert_true(redact_message(another, two, length, length));
        assert_same_for_the_same_key(original, length, length, one);
        if (length > STUN_HEADER_SIZE + 8) {
            assert_memory_not_equal(one, two, length);
        }
    }
}

/* How many messages are changed at random; a run with sanitizers takes more. */
#ifndef MUTATIONS
#define MUTATIONS 5000
#endif

static void messages_changed_at_random_are_read_alike(void **state) {
    stand_ins *by = *state;
    uint32_t seed = 362436069u;
    guint messages = 0;

    for (guint i = 0; i < MUTATIONS; i++) {
        guint8 bytes[512];
        gsize length = hex_bytes(vectors[next_random(&seed) % G_N_ELEMENTS(vectors)], bytes,
                                 sizeof bytes - 32);
        const guint changes = next_random(&seed) % 6;
        stun_message read;
        gsize captured;

        for (guint change = 0; change < changes; change++) {
            bytes[next_random(&seed) % length] = (guint8)(next_random(&seed) >> 7);
        }
        for (guint more = next_random(&seed) % 8; more < 4; more++) {
            bytes[length++] = (guint8)next_random(&seed);
        }
        captured = next_random(&seed) % 3 == 0 ? next_random(&seed) % (length + 1) : length;
        messages += stun_message_parse(bytes, captured, length, &read) != STUN_NOT_STUN;
        check_bytes(by, bytes, captured, length);
    }
    assert_true(messages > MUTATIONS / 2);
}

/* An MS-TURN message whose sender pads, and leaves anything in the padding. */
static gsize padded_ms(uint32_t *seed, guint8 *bytes) {
    static const guint16 types[] = {0x0001, 0x0006, 0x0008, 0x000d, 0x0013,
                                    0x0014, 0x8008, 0x8022, 0x8070, 0xbeef};
    message made = message_ms(0x0103, 0x33);
    const guint count = 1 + next_random(seed) % 5;

    for (guint i = 0; i < count; i++) {
        const gsize length = next_random(seed) % 9;
        guint8 value[12];

        for (gsize at = 0; at < sizeof value; at++) {
            value[at] = (guint8)(next_random(seed) % 3 == 0 ? next_random(seed) >> 5 : 0);
        }
        message_add(&made, types[next_random(seed) % G_N_ELEMENTS(types)], value, length);
        memcpy(made.bytes + made.length, value + length, (4 - length % 4) % 4);
        made.length += (4 - length % 4) % 4;
        made.bytes[3] = (guint8)(made.length - STUN_HEADER_SIZE);
    }
    memcpy(bytes, made.bytes, made.length);
    return made.length;
}

/* What is blanked may make the bytes end where they should when they are read without padding:
 * other padding is tried then. It helps in all but one of thousands of such messages. */
static void padding_is_still_seen_as_such(void **state) {
    stand_ins *by = *state;
    uint32_t seed = 777u;
    guint padded = 0;
    guint lost = 0;

    for (guint i = 0; i < MUTATIONS; i++) {
        guint8 bytes[256];
        const gsize length = padded_ms(&seed, bytes);
        stun_message read;

        assert_int_equal(stun_message_parse(bytes, length, length, &read), STUN_OK);
        if (read.padded) {
            padded++;
            assert_true(redact_message(by, bytes, length, length));
            assert_int_equal(stun_message_parse(bytes, length, length, &read), STUN_OK);
            lost += !read.padded;
        }
    }
    assert_true(padded > MUTATIONS / 4);
    assert_true(lost <= padded / 3000);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void) {
    const struct CMUnitTest tests[] = {
        CASE(vectors_of_the_specifications_are_read_alike),
        CASE(messages_changed_at_random_are_read_alike),
        CASE(padding_is_still_seen_as_such),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
