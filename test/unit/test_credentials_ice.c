/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "support/credential_case.h"
#include "support/signed.h"
#include "support/vectors.h"

#define OTHER_SERVER "198.51.100.2:3478"

static void ice_request_is_verified_with_the_receivers_password(void **state) {
    turn_credentials *credentials = *state;
    turn_signature signature;

    assert_true(turn_credentials_add_ice(credentials, "other", "a password of someone else"));
    assert_true(turn_credentials_add_ice(credentials, "evtj", VECTOR_ICE_PASSWORD));
    signature = check_hex(credentials, vector_rfc5769_request);
    expect_verified(signature, "evtj", 1);
    assert_int_equal(signature.text, STUN_TEXT_RFC);
    signature = check_hex(credentials, vector_ice2_legacy);
    expect_verified(signature, "evtj", 1);
    assert_int_equal(signature.text, STUN_TEXT_WIRE_PADDED);
}

static void ice_request_fails_with_a_wrong_password_of_its_fragment(void **state) {
    turn_credentials *credentials = *state;
    turn_signature signature;

    turn_credentials_add_ice(credentials, "evtj", "wrong");
    turn_credentials_add_ice(credentials, "evtj", "wrong too");
    signature = check_hex(credentials, vector_rfc5769_request);
    expect_integrity(signature, FAILED);
    assert_string_equal(signature.user, "evtj");
    assert_int_equal(signature.index, 0);
}

static void ice_request_to_another_fragment_is_unknown(void **state) {
    static const char *const fragments[] = {"h6vY", "evt", "evtjx", "evtj:", "EVTJ", "evtj:h6vYx"};
    turn_credentials *credentials = *state;
    turn_signature signature;

    for (gsize i = 0; i < G_N_ELEMENTS(fragments); i++) {
        turn_credentials_add_ice(credentials, fragments[i], VECTOR_ICE_PASSWORD);
    }
    signature = check_hex(credentials, vector_rfc5769_request);
    expect_integrity(signature, UNKNOWN);
    assert_null(signature.user);
}

static void ice_fragment_and_password_are_tried_decoded_too(void **state) {
    const message given = message_signed_short("binding request 1 user=YWJj:d", "\x01\x02\x03\xff");
    const message decoded =
        message_signed_short("binding request 1 user=abc:d", "\x01\x02\x03\xff");
    turn_credentials *credentials = *state;

    turn_credentials_add_ice(credentials, "YWJj", "AQID/w==");
    expect_verified(check_message(credentials, &given), "YWJj", 0);
    expect_verified(check_message(credentials, &decoded), "YWJj", 0);
}

static void short_term_user_needs_no_sender(void **state) {
    const message made = message_signed_short("binding request 1 user=ab", "secret");
    turn_credentials *credentials = *state;

    turn_credentials_add_ice(credentials, "ab", "secret");
    expect_verified(check_message(credentials, &made), "ab", 0);
}

static void ice_fragment_is_no_userhash(void **state) {
    message made = message_of("binding request 1");
    turn_credentials *credentials = *state;

    message_add_text(&made, STUN_ATTR_USERHASH, "ab:34567890123456789012345678901");
    message_sign_short(&made, "secret");
    turn_credentials_add_ice(credentials, "ab", "secret");
    expect_integrity(check_message(credentials, &made), UNKNOWN);
}

static void ice_credentials_sign_nothing_but_binding(void **state) {
    const message made = message_signed_short("allocate request 1 user=ab:c realm=r", "secret");
    turn_credentials *credentials = *state;

    turn_credentials_add_ice(credentials, "ab", "secret");
    expect_integrity(check_message(credentials, &made), UNKNOWN);
}

static void ice_response_is_verified_with_the_password_of_its_request(void **state) {
    const message request = message_of_hex(vector_rfc5769_request);
    const message response = message_of_hex(vector_rfc5769_ipv4);
    turn_credentials *credentials = *state;

    turn_credentials_add_ice(credentials, "h6vY", "the sender's own");
    turn_credentials_add_ice(credentials, "evtj", VECTOR_ICE_PASSWORD);
    check_between(credentials, &request, CLIENT, SERVER);
    expect_verified(check_between(credentials, &response, SERVER, CLIENT), "evtj", 1);
    expect_verified(check_hex(credentials, vector_rfc5769_ipv6), "evtj", 1);
}

static void ice_response_fails_only_where_its_request_was_seen(void **state) {
    const message request = message_of_hex(vector_rfc5769_request);
    const message response = message_of_hex(vector_rfc5769_ipv4);
    turn_credentials *credentials = *state;

    turn_credentials_add_ice(credentials, "evtj", "wrong");
    expect_integrity(check_between(credentials, &response, SERVER, CLIENT), UNKNOWN);
    check_between(credentials, &request, CLIENT, SERVER);
    expect_integrity(check_between(credentials, &response, SERVER, CLIENT), FAILED);
    expect_integrity(check_between(credentials, &response, OTHER_SERVER, CLIENT), UNKNOWN);
}

static void ice_response_to_an_unknown_fragment_is_unknown(void **state) {
    const message request = message_of_hex(vector_rfc5769_request);
    const message response = message_of_hex(vector_rfc5769_ipv4);
    turn_credentials *credentials = *state;

    turn_credentials_add_ice(credentials, "h6vY", VECTOR_ICE_PASSWORD);
    check_between(credentials, &request, CLIENT, SERVER);
    expect_integrity(check_between(credentials, &response, SERVER, CLIENT), UNKNOWN);
}

static void ice_credentials_are_added_once(void **state) {
    turn_credentials *credentials = *state;

    assert_true(turn_credentials_add_ice(credentials, "a", "p"));
    assert_false(turn_credentials_add_ice(credentials, "a", "p"));
    assert_true(turn_credentials_add_ice(credentials, "b", "p"));
    assert_true(turn_credentials_add_ice(credentials, "a", "q"));
    turn_credentials_add(credentials, "c", NULL, "p");
    assert_true(turn_credentials_add_ice(credentials, "c", "p"));
    assert_int_equal(turn_credentials_count(credentials), 5);
}

static void ice_credentials_of_a_fragment_have_a_limit(void **state) {
    turn_credentials *credentials = *state;

    for (guint i = 0; i < TURN_CREDENTIALS_PER_FRAGMENT; i++) {
        g_autofree char *password = g_strdup_printf("wrong %u", i);

        assert_true(turn_credentials_add_ice(credentials, "evtj", password));
    }
    assert_false(turn_credentials_add_ice(credentials, "evtj", VECTOR_ICE_PASSWORD));
    assert_true(turn_credentials_add_ice(credentials, "other", "other"));
    expect_integrity(check_hex(credentials, vector_rfc5769_request), FAILED);
}

static void ice_credentials_have_a_limit_that_users_do_not_count_in(void **state) {
    turn_credentials *credentials = *state;

    turn_credentials_add(credentials, "alice", NULL, "secret");
    for (guint i = 0; i < TURN_CREDENTIALS_MAX_ICE; i++) {
        g_autofree char *fragment = g_strdup_printf("f%u", i);

        assert_true(turn_credentials_add_ice(credentials, fragment, "p"));
    }
    assert_false(turn_credentials_add_ice(credentials, "another", "p"));
    turn_credentials_add(credentials, "bob", NULL, "secret");
    assert_int_equal(turn_credentials_count(credentials), TURN_CREDENTIALS_MAX_ICE + 2);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        with_credentials(ice_request_is_verified_with_the_receivers_password),
        with_credentials(ice_request_fails_with_a_wrong_password_of_its_fragment),
        with_credentials(ice_request_to_another_fragment_is_unknown),
        with_credentials(ice_fragment_and_password_are_tried_decoded_too),
        with_credentials(short_term_user_needs_no_sender),
        with_credentials(ice_fragment_is_no_userhash),
        with_credentials(ice_credentials_sign_nothing_but_binding),
        with_credentials(ice_response_is_verified_with_the_password_of_its_request),
        with_credentials(ice_response_fails_only_where_its_request_was_seen),
        with_credentials(ice_response_to_an_unknown_fragment_is_unknown),
        with_credentials(ice_credentials_are_added_once),
        with_credentials(ice_credentials_of_a_fragment_have_a_limit),
        with_credentials(ice_credentials_have_a_limit_that_users_do_not_count_in),
    };

    return cmocka_run_group_tests_name("credentials_ice", tests, NULL, NULL);
}
