/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "stun/codes.h"

#define COUNT(rows) (sizeof(rows) / sizeof((rows)[0]))

static void type_split_matches_types_of_the_rfcs(void **state) {
    (void)state;
    static const struct {
        uint16_t type;
        uint16_t method;
        stun_class cls;
    } rows[] = {
        {0x0001, STUN_METHOD_BINDING, STUN_REQUEST},
        {0x0011, STUN_METHOD_BINDING, STUN_INDICATION},
        {0x0101, STUN_METHOD_BINDING, STUN_SUCCESS},
        {0x0111, STUN_METHOD_BINDING, STUN_ERROR},
        {0x0113, STUN_METHOD_ALLOCATE, STUN_ERROR},
        {0x0016, STUN_METHOD_SEND, STUN_INDICATION},
        {0x0017, STUN_METHOD_DATA, STUN_INDICATION},
        {0x010a, STUN_METHOD_CONNECT, STUN_SUCCESS},
        {0x001c, STUN_METHOD_CONNECTION_ATTEMPT, STUN_INDICATION},
        {0x0200, STUN_METHOD_GOOG_PING, STUN_REQUEST},
        {0x0300, STUN_METHOD_GOOG_PING, STUN_SUCCESS},
        {0x3fff, 0xfff, STUN_ERROR},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        assert_int_equal(stun_type_method(rows[i].type), rows[i].method);
        assert_int_equal(stun_type_class(rows[i].type), rows[i].cls);
        assert_int_equal(stun_type_make(rows[i].method, rows[i].cls), rows[i].type);
    }
}

static void type_split_and_make_are_inverse_for_every_type(void **state) {
    (void)state;
    for (unsigned type = 0; type <= 0x3fff; type++) {
        uint16_t method = stun_type_method((uint16_t)type);
        assert_in_range(method, 0, 0xfff);
        assert_int_equal(stun_type_make(method, stun_type_class((uint16_t)type)), type);
    }
}

static void type_format_names_type_as_dialect_does(void **state) {
    (void)state;
    static const struct {
        uint16_t type;
        stun_dialect dialect;
        const char *text;
    } rows[] = {
        {0x0001, STUN_DIALECT_RFC3489, "Binding Request"},
        {0x0112, STUN_DIALECT_RFC3489, "Shared Secret Error Response"},
        {0x0113, STUN_DIALECT_RFC5389, "Allocate Error Response"},
        {0x0004, STUN_DIALECT_RFC5389, "Refresh Request"},
        {0x0004, STUN_DIALECT_MS_ICE2, "Refresh Request"},
        {0x0004, STUN_DIALECT_MS_TURN, "Send Request"},
        {0x0115, STUN_DIALECT_MS_TURN, "Data Indication"},
        {0x0115, STUN_DIALECT_RFC3489, "Data Indication"},
        {0x0115, STUN_DIALECT_RFC5389, "Method 0x005 Error Response"},
        {0x0006, STUN_DIALECT_MS_TURN, "Set Active Destination Request"},
        {0x0106, STUN_DIALECT_MS_TURN, "Set Active Destination Success Response"},
        {0x0116, STUN_DIALECT_MS_TURN, "Set Active Destination Error Response"},
        {0x0116, STUN_DIALECT_RFC5389, "Send Error Response"},
        {0x0103, STUN_DIALECT_MS_TURN, "Allocate Success Response"},
        {0x010b, STUN_DIALECT_RFC5389, "ConnectionBind Success Response"},
        {0x03d5, STUN_DIALECT_RFC5389, "Method 0x0e5 Error Response"},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        char text[64];
        stun_type_format(rows[i].type, rows[i].dialect, text, sizeof text);
        assert_string_equal(text, rows[i].text);
    }
}

static void type_split_ms_types_get_method_outside_of_wire(void **state) {
    (void)state;
    uint16_t method = 0;
    stun_class cls = STUN_REQUEST;
    stun_type_split(STUN_MS_SET_ACTIVE_DESTINATION_ERROR, STUN_DIALECT_MS_TURN, &method, &cls);
    assert_int_equal(method, STUN_METHOD_MS_SET_ACTIVE_DESTINATION);
    assert_true(method > 0xfff);
    assert_int_equal(cls, STUN_ERROR);
    stun_type_split(STUN_MS_DATA_INDICATION, STUN_DIALECT_MS_TURN, &method, &cls);
    assert_int_equal(method, STUN_METHOD_DATA);
    assert_int_equal(cls, STUN_INDICATION);
}

static void type_format_small_buffer_is_terminated(void **state) {
    (void)state;
    char text[5] = "xxxx";
    stun_type_format(0x0001, STUN_DIALECT_RFC5389, text, sizeof text);
    assert_string_equal(text, "Bind");
}

static void names_of_dialects_and_classes_are_those_of_the_header(void **state) {
    (void)state;
    assert_string_equal(stun_dialect_name(STUN_DIALECT_RFC3489), "RFC 3489");
    assert_string_equal(stun_dialect_name(STUN_DIALECT_RFC5389), "RFC 8489");
    assert_string_equal(stun_dialect_name(STUN_DIALECT_MS_TURN), "MS-TURN");
    assert_string_equal(stun_dialect_name(STUN_DIALECT_MS_ICE2), "MS-ICE2");
    assert_string_equal(stun_class_name(STUN_REQUEST), "Request");
    assert_string_equal(stun_class_name(STUN_INDICATION), "Indication");
    assert_string_equal(stun_class_name(STUN_SUCCESS), "Success Response");
    assert_string_equal(stun_class_name(STUN_ERROR), "Error Response");
}

static void method_name_unknown_is_null(void **state) {
    (void)state;
    assert_string_equal(stun_method_name(STUN_METHOD_CHANNEL_BIND), "ChannelBind");
    assert_null(stun_method_name(0x000));
    assert_null(stun_method_name(0x005));
    assert_null(stun_method_name(0x00d));
}

static void error_lookup_finds_codes_and_nothing_else(void **state) {
    (void)state;
    assert_string_equal(stun_error_lookup(401)->name, "Unauthenticated");
    assert_string_equal(stun_error_lookup(431)->name, "Integrity Check Failure");
    assert_string_equal(stun_error_lookup(446)->specification, "RFC 6062 section 6.3");
    assert_string_equal(stun_error_lookup(274)->name, "Disable Candidate");
    assert_null(stun_error_lookup(0));
    assert_null(stun_error_lookup(402));
    assert_null(stun_error_lookup(65535));
}

static void error_table_is_in_order_and_complete(void **state) {
    (void)state;
    size_t count = 0;
    const stun_error_info *rows = stun_error_table(&count);
    assert_true(count > 25);
    for (size_t i = 0; i < count; i++) {
        assert_true(i == 0 || rows[i - 1].code < rows[i].code);
        assert_true(rows[i].name[0] != '\0');
        assert_true(rows[i].specification[0] != '\0');
        assert_ptr_equal(stun_error_lookup(rows[i].code), &rows[i]);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(type_split_matches_types_of_the_rfcs),
        cmocka_unit_test(type_split_and_make_are_inverse_for_every_type),
        cmocka_unit_test(type_format_names_type_as_dialect_does),
        cmocka_unit_test(type_split_ms_types_get_method_outside_of_wire),
        cmocka_unit_test(type_format_small_buffer_is_terminated),
        cmocka_unit_test(names_of_dialects_and_classes_are_those_of_the_header),
        cmocka_unit_test(method_name_unknown_is_null),
        cmocka_unit_test(error_lookup_finds_codes_and_nothing_else),
        cmocka_unit_test(error_table_is_in_order_and_complete),
    };
    return cmocka_run_group_tests_name("codes", tests, NULL, NULL);
}
