/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "support/credential_case.h"
#include "support/vectors.h"

static void sha256_decides_where_a_message_has_both(void **state) {
    message made = message_of_hex(vector_both_hmacs);
    turn_credentials *credentials = *state;
    stun_message view;
    stun_attr attr;

    turn_credentials_add_ice(credentials, "evtj", VECTOR_ICE_PASSWORD);
    expect_verified(check_message(credentials, &made), "evtj", 0);
    made.bytes[made.length - 1] ^= 1;
    expect_integrity(check_message(credentials, &made), FAILED);
    assert_int_equal(stun_message_parse(made.bytes, made.length - 1, made.length, &view),
                     STUN_TRUNCATED);
    assert_true(stun_message_find(&view, STUN_ATTR_MESSAGE_INTEGRITY_SHA256, &attr));
    expect_verified(turn_credentials_check(credentials, &view, &(turn_signer_context){0}), "evtj",
                    0);
}

static void unsigned_message_is_absent(void **state) {
    const message made = message_of("binding request 1 user=evtj:h6vY");
    turn_credentials *credentials = *state;

    expect_integrity(check_message(credentials, &made), ABSENT);
    turn_credentials_add_ice(credentials, "evtj", VECTOR_ICE_PASSWORD);
    expect_integrity(check_message(credentials, &made), ABSENT);
}

static void without_credentials_nothing_is_known(void **state) {
    expect_integrity(check_hex(*state, vector_rfc5769_request), UNKNOWN);
    expect_integrity(check_hex(*state, vector_ms_allocate), UNKNOWN);
    assert_int_equal(turn_credentials_count(*state), 0);
}

static void cut_message_is_unknown(void **state) {
    const message made = message_of_hex(vector_rfc5769_request);
    turn_credentials *credentials = *state;

    turn_credentials_add_ice(credentials, "evtj", "wrong");
    for (gsize cut = STUN_HEADER_SIZE; cut < 100; cut++) {
        g_autofree guint8 *bytes = g_memdup2(made.bytes, cut);
        stun_message view;

        assert_int_equal(stun_message_parse(bytes, cut, made.length, &view), STUN_TRUNCATED);
        expect_integrity(turn_credentials_check(credentials, &view, &(turn_signer_context){0}),
                         UNKNOWN);
    }
}

static void message_of_nobody_is_tried_with_a_few(void **state) {
    const message made = message_of_hex(vector_rfc5769_ipv4);
    turn_credentials *credentials = *state;

    turn_credentials_add(credentials, "alice", NULL, "has no realm: is not tried");
    for (guint i = 1; i < TURN_CREDENTIALS_GUESSES; i++) {
        g_autofree char *password = g_strdup_printf("wrong %u", i);

        turn_credentials_add(credentials, "alice", "r", password);
    }
    turn_credentials_add_ice(credentials, "evtj", VECTOR_ICE_PASSWORD);
    expect_verified(check_message(credentials, &made), "evtj", TURN_CREDENTIALS_GUESSES);
}

static void message_of_nobody_is_not_tried_with_all(void **state) {
    const message made = message_of_hex(vector_rfc5769_ipv4);
    turn_credentials *credentials = *state;

    for (guint i = 0; i < TURN_CREDENTIALS_GUESSES; i++) {
        turn_credentials_add(credentials, "alice", "r", "wrong");
    }
    turn_credentials_add_ice(credentials, "evtj", VECTOR_ICE_PASSWORD);
    expect_integrity(check_message(credentials, &made), UNKNOWN);
}

static void nothing_is_freed_of_nothing(void **state) {
    (void)state;
    turn_credentials_free(NULL);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        with_credentials(sha256_decides_where_a_message_has_both),
        with_credentials(unsigned_message_is_absent),
        with_credentials(without_credentials_nothing_is_known),
        with_credentials(cut_message_is_unknown),
        with_credentials(message_of_nobody_is_tried_with_a_few),
        with_credentials(message_of_nobody_is_not_tried_with_all),
        cmocka_unit_test(nothing_is_freed_of_nothing),
    };

    return cmocka_run_group_tests_name("credentials", tests, NULL, NULL);
}
