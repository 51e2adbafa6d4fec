/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "support/credential_case.h"
#include "support/signed.h"
#include "support/vectors.h"

static void ms_turn_is_verified_in_its_padded_forms(void **state) {
    static const char *const vectors[] = {vector_ms_allocate, vector_ms_allocate_sha256,
                                          vector_ms_allocate_padded};
    turn_credentials *credentials = *state;

    turn_credentials_add(credentials, "lync", NULL, "wrong");
    for (gsize i = 0; i < G_N_ELEMENTS(vectors); i++) {
        expect_integrity(check_hex(credentials, vectors[i]), FAILED);
    }
    turn_credentials_add(credentials, "lync", "rtcmedia", "secret");
    for (gsize i = 0; i < G_N_ELEMENTS(vectors); i++) {
        const turn_signature signature = check_hex(credentials, vectors[i]);

        expect_verified(signature, "lync", 1);
        assert_int_equal(signature.text, STUN_TEXT_WIRE_PADDED);
    }
}

static void ms_turn_realm_comes_from_the_session_or_the_credential(void **state) {
    const message made = message_signed_ms("lync", 4, "lync:rtcmedia:secret", 20);
    const turn_signer_context session = {.user = "someone else", .realm = "rtcmedia"};
    turn_credentials *credentials = *state;
    turn_credentials *named = turn_credentials_new();

    turn_credentials_add(credentials, "lync", NULL, "secret");
    expect_integrity(check_message(credentials, &made), UNKNOWN);
    expect_verified(check_in(credentials, &made, &session), "lync", 0);
    turn_credentials_add(named, "lync", "rtcmedia", "secret");
    expect_verified(check_message(named, &made), "lync", 0);
    turn_credentials_free(named);
}

static void ms_turn_user_and_password_may_be_base64(void **state) {
    /* AAH+/w== and gIGC, whose bytes are 00 01 fe ff and 80 81 82 */
    static const char key[] = "\x00\x01\xfe\xff:rtcmedia:\x80\x81\x82";
    const message binary = message_signed_ms("\x00\x01\xfe\xff", 4, key, 17);
    const message text = message_signed_ms("AAH+/w==", 8, "AAH+/w==:rtcmedia:gIGC", 22);
    const message mixed = message_signed_ms("\x00\x01\xfe\xff", 4, "AAH+/w==:rtcmedia:gIGC", 22);
    const message other = message_signed_ms("AAH+/w==", 8, "AAH+/w==:rtcmedia:\x80\x81\x82", 21);
    turn_credentials *credentials = *state;

    turn_credentials_add(credentials, "AAH+/w=", "rtcmedia", "gIGC");
    turn_credentials_add(credentials, "AAH-/w==", "rtcmedia", "gIGC");
    turn_credentials_add(credentials, "AAH+/w==", "rtcmedia", "gIGC");
    expect_verified(check_message(credentials, &binary), "AAH+/w==", 2);
    expect_verified(check_message(credentials, &text), "AAH+/w==", 2);
    expect_verified(check_message(credentials, &mixed), "AAH+/w==", 2);
    expect_verified(check_message(credentials, &other), "AAH+/w==", 2);
}

static void ms_turn_base64_has_whole_groups(void **state) {
    /* The bytes of 0000 */
    const message made = message_signed_ms("\xd3M4", 3, "\xd3M4:rtcmedia:secret", 19);
    turn_credentials *credentials = *state;

    turn_credentials_add(credentials, "00000", "rtcmedia", "secret");
    expect_integrity(check_message(credentials, &made), UNKNOWN);
    turn_credentials_add(credentials, "0000", "rtcmedia", "secret");
    expect_verified(check_message(credentials, &made), "0000", 1);
}

static void ms_turn_zeros_behind_binary_texts_do_not_count(void **state) {
    /* AQAA and gIEA, whose bytes are 01 00 00 and 80 81 00 */
    const message made = message_signed_ms("\x01\x00\x00", 3, "\x01:rtcmedia:\x80\x81", 13);
    turn_credentials *credentials = *state;

    turn_credentials_add(credentials, "AQAA", "rtcmedia", "gIEA");
    expect_verified(check_message(credentials, &made), "AQAA", 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        with_credentials(ms_turn_is_verified_in_its_padded_forms),
        with_credentials(ms_turn_realm_comes_from_the_session_or_the_credential),
        with_credentials(ms_turn_user_and_password_may_be_base64),
        with_credentials(ms_turn_base64_has_whole_groups),
        with_credentials(ms_turn_zeros_behind_binary_texts_do_not_count),
    };

    return cmocka_run_group_tests_name("credentials_ms", tests, NULL, NULL);
}
