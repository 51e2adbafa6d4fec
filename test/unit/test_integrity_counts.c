/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "turn/integrity.h"

static turn_signature verified(stun_integrity_text text, turn_key key, guint password,
                               guint passwords) {
    return (turn_signature){.integrity = STUN_INTEGRITY_VERIFIED,
                            .text = text,
                            .key = key,
                            .password = password,
                            .passwords = passwords};
}

static void each_class_and_outcome_has_its_count(void **state) {
    const turn_signature good = verified(STUN_TEXT_RFC, TURN_KEY_MD5, 2, 3);
    const turn_signature bad = {.integrity = STUN_INTEGRITY_FAILED, .password = 1, .passwords = 3};
    const turn_signature open = {.integrity = STUN_INTEGRITY_UNKNOWN};
    const turn_signature fits = {.integrity = STUN_INTEGRITY_UNKNOWN,
                                 .doubt = TURN_DOUBT_REALM,
                                 .realm_fit = TURN_REALM_OF_MESSAGE};
    turn_integrity counts = {.forms = 0};

    (void)state;
    turn_integrity_count(&counts, &good, STUN_REQUEST);
    turn_integrity_count(&counts, &bad, STUN_REQUEST);
    turn_integrity_count(&counts, &bad, STUN_REQUEST);
    turn_integrity_count(&counts, &good, STUN_SUCCESS);
    turn_integrity_count(&counts, &good, STUN_ERROR);
    turn_integrity_count(&counts, &bad, STUN_ERROR);
    turn_integrity_count(&counts, &good, STUN_INDICATION);
    turn_integrity_count(&counts, &bad, STUN_INDICATION);
    turn_integrity_count(&counts, &open, STUN_REQUEST);
    turn_integrity_count(&counts, &fits, STUN_REQUEST);
    assert_int_equal(counts.requests_verified, 1);
    assert_int_equal(counts.requests_failed, 2);
    assert_int_equal(counts.responses_verified, 2);
    assert_int_equal(counts.responses_failed, 1);
    assert_int_equal(counts.indications_verified, 1);
    assert_int_equal(counts.indications_failed, 1);
    assert_int_equal(counts.unchecked, 2);
    assert_int_equal(counts.other_realm, 1);
    assert_int_equal(counts.request_password, 2);
    assert_int_equal(counts.response_password, 2);
    assert_int_equal(counts.passwords, 3);
}

static void removed_signatures_have_a_count_of_their_own(void **state) {
    const turn_signature removed = {.integrity = STUN_INTEGRITY_UNKNOWN,
                                    .doubt = TURN_DOUBT_REMOVED};
    const turn_signature cut = {.integrity = STUN_INTEGRITY_UNKNOWN, .doubt = TURN_DOUBT_CUT};
    turn_integrity counts = {.forms = 0};
    turn_integrity sum = {.removed = 3};

    (void)state;
    turn_integrity_count(&counts, &removed, STUN_REQUEST);
    turn_integrity_count(&counts, &removed, STUN_ERROR);
    turn_integrity_count(&counts, &cut, STUN_REQUEST);
    assert_int_equal(counts.unchecked, 3);
    assert_int_equal(counts.removed, 2);
    assert_false(turn_integrity_checked(&counts));
    turn_integrity_add(&sum, &counts);
    assert_int_equal(sum.removed, 5);
}

static void unsigned_messages_do_not_count(void **state) {
    const turn_signature absent = {.integrity = STUN_INTEGRITY_ABSENT};
    turn_integrity counts = {.forms = 0};

    (void)state;
    turn_integrity_count(&counts, &absent, STUN_REQUEST);
    assert_false(turn_integrity_any(&counts));
    assert_false(turn_integrity_checked(&counts));
    assert_null(turn_integrity_forms(&counts));
}

static void what_cannot_be_checked_is_there_but_not_checked(void **state) {
    const turn_signature open = {.integrity = STUN_INTEGRITY_UNKNOWN};
    turn_integrity counts = {.forms = 0};

    (void)state;
    turn_integrity_count(&counts, &open, STUN_SUCCESS);
    assert_true(turn_integrity_any(&counts));
    assert_false(turn_integrity_checked(&counts));
}

static void forms_are_named_once_and_in_one_order(void **state) {
    const turn_signature ms = verified(STUN_TEXT_WIRE_PADDED, TURN_KEY_PASSWORD, 1, 1);
    const turn_signature rfc = verified(STUN_TEXT_RFC, TURN_KEY_SHA256, 1, 1);
    turn_integrity counts = {.forms = 0};
    g_autofree char *forms = NULL;

    (void)state;
    turn_integrity_count(&counts, &ms, STUN_REQUEST);
    turn_integrity_count(&counts, &rfc, STUN_REQUEST);
    turn_integrity_count(&counts, &rfc, STUN_SUCCESS);
    forms = turn_integrity_forms(&counts);
    assert_string_equal(forms, "RFC 8489, SHA-256 key; Microsoft legacy, short-term key");
}

static void counts_are_added_up(void **state) {
    turn_integrity sum = {.requests_verified = 1, .responses_failed = 2, .forms = 1};
    const turn_integrity more = {.requests_verified = 3,
                                 .requests_failed = 4,
                                 .responses_verified = 5,
                                 .responses_failed = 6,
                                 .indications_verified = 7,
                                 .indications_failed = 8,
                                 .unchecked = 9,
                                 .other_realm = 10,
                                 .forms = 2,
                                 .passwords = 2};

    (void)state;
    turn_integrity_add(&sum, &more);
    assert_int_equal(sum.requests_verified, 4);
    assert_int_equal(sum.requests_failed, 4);
    assert_int_equal(sum.responses_verified, 5);
    assert_int_equal(sum.responses_failed, 8);
    assert_int_equal(sum.indications_verified, 7);
    assert_int_equal(sum.indications_failed, 8);
    assert_int_equal(sum.unchecked, 9);
    assert_int_equal(sum.other_realm, 10);
    assert_int_equal(sum.forms, 3);
    assert_int_equal(sum.passwords, 2);
}

static void passwords_have_their_place_as_name(void **state) {
    static const struct {
        guint password;
        guint passwords;
        const char *name;
    } rows[] = {{1, 1, "the password given"},
                {1, 2, "the first password given"},
                {2, 2, "the second password given"},
                {10, 12, "the tenth password given"},
                {11, 12, "password 11 of those given"}};

    (void)state;
    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *name = turn_password_name(rows[i].password, rows[i].passwords);

        assert_string_equal(name, rows[i].name);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_class_and_outcome_has_its_count),
        cmocka_unit_test(removed_signatures_have_a_count_of_their_own),
        cmocka_unit_test(unsigned_messages_do_not_count),
        cmocka_unit_test(what_cannot_be_checked_is_there_but_not_checked),
        cmocka_unit_test(forms_are_named_once_and_in_one_order),
        cmocka_unit_test(counts_are_added_up),
        cmocka_unit_test(passwords_have_their_place_as_name),
    };

    return cmocka_run_group_tests_name("integrity_counts", tests, NULL, NULL);
}
