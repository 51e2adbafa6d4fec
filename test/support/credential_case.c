/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "support/credential_case.h"
#include "support/hex.h"

int credentials_setup(void **state) {
    *state = turn_credentials_new();
    return 0;
}

int credentials_teardown(void **state) {
    turn_credentials_free(*state);
    return 0;
}

message message_of_hex(const char *text) {
    message made = {.length = 0};

    made.length = hex_bytes(text, made.bytes, sizeof made.bytes);
    return made;
}

turn_signature check_in(turn_credentials *credentials, const message *made,
                        const turn_signer_context *context) {
    stun_message view;

    assert_int_not_equal(stun_message_parse(made->bytes, made->length, made->length, &view),
                         STUN_NOT_STUN);
    return turn_credentials_check(credentials, &view, context);
}

turn_signature check_between(turn_credentials *credentials, const message *made, const char *from,
                             const char *to) {
    const turn_flow flow = {.source = address_of(from), .destination = address_of(to)};
    const turn_signer_context context = {.flow = &flow};

    return check_in(credentials, made, &context);
}

turn_signature check_message(turn_credentials *credentials, const message *made) {
    return check_between(credentials, made, CLIENT, SERVER);
}

turn_signature check_hex(turn_credentials *credentials, const char *text) {
    const message made = message_of_hex(text);

    return check_message(credentials, &made);
}

void expect_verified(turn_signature signature, const char *user, guint index) {
    assert_int_equal(signature.integrity, STUN_INTEGRITY_VERIFIED);
    assert_string_equal(signature.user, user);
    assert_int_equal(signature.index, index);
}
