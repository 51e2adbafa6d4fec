/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "stun/registry.h"

#include <string.h>

static const stun_attr_info *table(size_t *count) {
    const stun_attr_info *rows = stun_attr_table(count);
    assert_true(*count > 80);
    return rows;
}

static void registry_rows_are_strictly_increasing(void **state) {
    (void)state;
    size_t count = 0;
    const stun_attr_info *rows = table(&count);
    for (size_t i = 1; i < count; i++) {
        uint32_t before = (uint32_t)rows[i - 1].code << 8 | rows[i - 1].dialects;
        uint32_t after = (uint32_t)rows[i].code << 8 | rows[i].dialects;
        if (before >= after) {
            fail_msg("0x%04x %s", rows[i].code, rows[i].name);
        }
    }
}

static void registry_rows_hold_valid_values(void **state) {
    (void)state;
    size_t count = 0;
    const stun_attr_info *rows = table(&count);
    for (size_t i = 0; i < count; i++) {
        if (rows[i].min_length > rows[i].max_length || (unsigned)rows[i].kind >= STUN_KIND_COUNT ||
            rows[i].dialects == 0 || rows[i].dialects > STUN_IN_ALL || rows[i].name[0] == '\0' ||
            rows[i].specification[0] == '\0') {
            fail_msg("0x%04x %s", rows[i].code, rows[i].name);
        }
    }
}

static bool clash(const stun_attr_info *a, const stun_attr_info *b) {
    bool is_shared = (a->dialects & b->dialects) != 0;
    return is_shared && (strcmp(a->name, b->name) == 0 || a->code == b->code);
}

static void registry_names_and_codes_are_unique_in_each_dialect(void **state) {
    (void)state;
    size_t count = 0;
    size_t clashes = 0;
    const stun_attr_info *rows = table(&count);
    for (size_t i = 0; i < count; i++) {
        for (size_t k = i + 1; k < count; k++) {
            clashes += clash(&rows[i], &rows[k]) ? 1 : 0;
        }
    }
    assert_int_equal(clashes, 0);
}

/* Bytes that the fixed part of each layout needs; a smaller minimum would let a short one pass. */
static void registry_minimum_holds_the_fixed_part_of_the_kind(void **state) {
    (void)state;
    static const uint16_t needed[STUN_KIND_COUNT] = {
        [STUN_KIND_U8] = 1,          [STUN_KIND_U16] = 2,
        [STUN_KIND_U32] = 4,         [STUN_KIND_U64] = 8,
        [STUN_KIND_ADDRESS] = 8,     [STUN_KIND_XOR_ADDRESS] = 8,
        [STUN_KIND_ERROR] = 4,       [STUN_KIND_ADDRESS_ERROR] = 4,
        [STUN_KIND_TYPE_LIST] = 2,   [STUN_KIND_ALGORITHM] = 4,
        [STUN_KIND_ALGORITHMS] = 4,  [STUN_KIND_HMAC] = 16,
        [STUN_KIND_FINGERPRINT] = 4, [STUN_KIND_CHANNEL] = 4,
        [STUN_KIND_TRANSPORT] = 4,   [STUN_KIND_FAMILY] = 4,
        [STUN_KIND_ICMP] = 8,        [STUN_KIND_MS_SEQUENCE] = 24,
        [STUN_KIND_MS_QUALITY] = 4,  [STUN_KIND_MS_BANDWIDTH] = 16,
        [STUN_KIND_MS_LOCATION] = 4, [STUN_KIND_MS_SITE_RESPONSE] = 12,
    };
    size_t count = 0;
    const stun_attr_info *rows = table(&count);
    for (size_t i = 0; i < count; i++) {
        bool flag_has_value = rows[i].kind == STUN_KIND_FLAG && rows[i].max_length != 0;
        if (rows[i].min_length < needed[rows[i].kind] || flag_has_value) {
            fail_msg("0x%04x %s", rows[i].code, rows[i].name);
        }
    }
}

static void registry_lookup_finds_every_row_in_its_dialects_only(void **state) {
    (void)state;
    size_t count = 0;
    const stun_attr_info *rows = table(&count);
    for (size_t i = 0; i < count; i++) {
        for (unsigned dialect = 0; dialect < STUN_DIALECT_COUNT; dialect++) {
            const stun_attr_info *found = stun_attr_lookup(rows[i].code, (stun_dialect)dialect);
            bool is_in = (rows[i].dialects & 1u << dialect) != 0;
            assert_true(is_in ? found == &rows[i] : found != &rows[i]);
        }
    }
}

static void registry_lookup_unknown_code_is_null(void **state) {
    (void)state;
    static const uint16_t codes[] = {0x0000, 0x001f, 0x002b, 0x24df,
                                     0x7fff, 0x8006, 0x8036, 0xffff};
    for (size_t i = 0; i < sizeof codes / sizeof codes[0]; i++) {
        for (unsigned dialect = 0; dialect < STUN_DIALECT_COUNT; dialect++) {
            assert_null(stun_attr_lookup(codes[i], (stun_dialect)dialect));
        }
    }
}

static void registry_lookup_swaps_realm_and_nonce_in_ms_turn(void **state) {
    (void)state;
    assert_string_equal(stun_attr_lookup(0x0014, STUN_DIALECT_RFC5389)->name, "REALM");
    assert_string_equal(stun_attr_lookup(0x0015, STUN_DIALECT_RFC5389)->name, "NONCE");
    assert_string_equal(stun_attr_lookup(0x0014, STUN_DIALECT_MS_TURN)->name, "NONCE");
    assert_string_equal(stun_attr_lookup(0x0015, STUN_DIALECT_MS_TURN)->name, "REALM");
}

static void registry_lookup_0012_is_plain_in_ms_turn_and_xored_elsewhere(void **state) {
    (void)state;
    const stun_attr_info *ms = stun_attr_lookup(0x0012, STUN_DIALECT_MS_TURN);
    const stun_attr_info *rfc = stun_attr_lookup(0x0012, STUN_DIALECT_RFC5389);
    assert_string_equal(ms->name, "REMOTE-ADDRESS");
    assert_int_equal(ms->kind, STUN_KIND_ADDRESS);
    assert_string_equal(rfc->name, "XOR-PEER-ADDRESS");
    assert_int_equal(rfc->kind, STUN_KIND_XOR_ADDRESS);
    assert_ptr_equal(stun_attr_lookup(0x0012, STUN_DIALECT_MS_ICE2), rfc);
}

static void registry_long_hmac_is_for_ms_turn_only(void **state) {
    (void)state;
    assert_int_equal(stun_attr_lookup(0x0008, STUN_DIALECT_MS_TURN)->max_length, 32);
    assert_int_equal(stun_attr_lookup(0x0008, STUN_DIALECT_RFC5389)->max_length, 20);
    assert_int_equal(stun_attr_lookup(0x0008, STUN_DIALECT_MS_ICE2)->max_length, 20);
}

static void registry_required_range_ends_below_8000(void **state) {
    (void)state;
    assert_true(stun_attr_is_required(0x0000));
    assert_true(stun_attr_is_required(0x7fff));
    assert_false(stun_attr_is_required(0x8000));
    assert_false(stun_attr_is_required(0xffff));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(registry_rows_are_strictly_increasing),
        cmocka_unit_test(registry_rows_hold_valid_values),
        cmocka_unit_test(registry_names_and_codes_are_unique_in_each_dialect),
        cmocka_unit_test(registry_minimum_holds_the_fixed_part_of_the_kind),
        cmocka_unit_test(registry_lookup_finds_every_row_in_its_dialects_only),
        cmocka_unit_test(registry_lookup_unknown_code_is_null),
        cmocka_unit_test(registry_lookup_swaps_realm_and_nonce_in_ms_turn),
        cmocka_unit_test(registry_lookup_0012_is_plain_in_ms_turn_and_xored_elsewhere),
        cmocka_unit_test(registry_long_hmac_is_for_ms_turn_only),
        cmocka_unit_test(registry_required_range_ends_below_8000),
    };
    return cmocka_run_group_tests_name("registry", tests, NULL, NULL);
}
