/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "support/credential_case.h"
#include "support/signed.h"
#include "support/vectors.h"

#include <string.h>

#define LONG_TERM_USER                                                                             \
    "\xe3\x83\x9e\xe3\x83\x88\xe3\x83\xaa\xe3\x83\x83\xe3\x82\xaf\xe3\x82\xb9" /* RFC 5769 2.4 */

/* Frames 1 and 2 of samples/s1-webrtc-431.pcap: each side signs with a password of its own. */
static const char s1_request[] =
    "0003 0078 # type, length 120\n"
    "2112a44261266812c924ab4879e8d618 # cookie, transaction id\n"
    "0019 0004 # REQUESTED-TRANSPORT\n"
    "  11000000\n"
    "0006 0008 # USERNAME\n"
    "  7475726e75736572\n"
    "0014 0008 # REALM\n"
    "  7475726e75736572\n"
    "0015 003c # NONCE\n"
    "  3730356462666266363531636237366237386437373938333662323736353866\n"
    "  61613932613762633731666263623632376637323164616165376365\n"
    "0008 0014 # MESSAGE-INTEGRITY\n"
    "  ac47d7d51586cc14820ceb7e2aaf105cd147dcb8\n";

static const char s1_error[] =
    "0113 00c8 # type, length 200\n"
    "2112a44261266812c924ab4879e8d618 # cookie, transaction id\n"
    "0009 001b # ERROR-CODE\n"
    "  0000041f496e7465677269747920436865636b204661696c75726500\n"
    "0006 0008 # USERNAME\n"
    "  7475726e75736572\n"
    "0015 003c # NONCE\n"
    "  3730356462666266363531636237366237386437373938333662323736353866\n"
    "  61613932613762633731666263623632376637323164616165376365\n"
    "0014 0008 # REALM\n"
    "  7475726e75736572\n"
    "0019 0004 # REQUESTED-TRANSPORT\n"
    "  11000000\n"
    "0020 0008 # XOR-MAPPED-ADDRESS\n"
    "  0001f5238d02f03e\n"
    "8022 001d # SOFTWARE\n"
    "  54414e4442455247205455524e20736572766572202873616d706c6529000000\n"
    "0008 0014 # MESSAGE-INTEGRITY\n"
    "  14d351d24b1d97f28645ab674e2bb8ebe3c7b4b5\n";

static void long_term_request_is_verified_with_or_without_a_realm_given(void **state) {
    turn_credentials *credentials = *state;
    turn_credentials *any = turn_credentials_new();

    turn_credentials_add(credentials, "alice", "example.org", "TheMatrIX");
    turn_credentials_add(credentials, LONG_TERM_USER, "example.com", "TheMatrIX");
    turn_credentials_add(credentials, LONG_TERM_USER, "example.org", "TheMatrIX");
    expect_verified(check_hex(credentials, vector_rfc5769_long_term), LONG_TERM_USER, 2);
    turn_credentials_add(any, LONG_TERM_USER, NULL, "wrong");
    turn_credentials_add(any, LONG_TERM_USER, "", "TheMatrIX");
    expect_verified(check_hex(any, vector_rfc5769_long_term), LONG_TERM_USER, 1);
    turn_credentials_free(any);
}

static void long_term_request_fails_with_wrong_passwords_only(void **state) {
    turn_credentials *credentials = *state;
    turn_credentials *wrong = turn_credentials_new();
    turn_signature signature;

    turn_credentials_add(credentials, "alice", NULL, "TheMatrIX");
    turn_credentials_add(credentials, LONG_TERM_USER, "example.com", "TheMatrIX");
    expect_integrity(check_hex(credentials, vector_rfc5769_long_term), UNKNOWN);
    turn_credentials_add(wrong, LONG_TERM_USER, "example.com", "wrong too");
    turn_credentials_add(wrong, LONG_TERM_USER, "example.org", "TheMatrix");
    signature = check_hex(wrong, vector_rfc5769_long_term);
    expect_integrity(signature, FAILED);
    assert_string_equal(signature.user, LONG_TERM_USER);
    assert_int_equal(signature.index, 1);
    assert_int_equal(signature.password, 2);
    assert_int_equal(signature.passwords, 2);
    turn_credentials_free(wrong);
}

/* The password is right, and the realm that it was added for is not; or the other way round, the
 * key was made with that realm. */
static void password_for_another_realm_is_named_but_proves_nothing(void **state) {
    const message other =
        message_signed_long("refresh request 7 user=alice realm=r", "alice:q:secret");
    turn_credentials *credentials = *state;
    turn_signature signature;

    turn_credentials_add(credentials, LONG_TERM_USER, "example.org", "wrong");
    turn_credentials_add(credentials, LONG_TERM_USER, "example.net", "wrong");
    turn_credentials_add(credentials, LONG_TERM_USER, "example.com", "TheMatrIX");
    signature = check_hex(credentials, vector_rfc5769_long_term);
    expect_integrity(signature, UNKNOWN);
    assert_int_equal(signature.doubt, TURN_DOUBT_REALM);
    assert_int_equal(signature.realm_fit, TURN_REALM_OF_MESSAGE);
    assert_int_equal(signature.password, 3);
    assert_int_equal(signature.passwords, 3);
    assert_string_equal(signature.realm, "example.com");
    turn_credentials_add(credentials, "alice", "q", "secret");
    signature = check_message(credentials, &other);
    expect_integrity(signature, UNKNOWN);
    assert_int_equal(signature.realm_fit, TURN_REALM_AS_ADDED);
    assert_int_equal(signature.password, 1);
}

static void doubts_say_why_nothing_is_proved(void **state) {
    message made = message_signed_long("refresh request 7 user=alice realm=r", "alice:r:secret");
    turn_credentials *credentials = *state;
    stun_message view;

    turn_credentials_add_ice(credentials, "evtj", "secret");
    assert_int_equal(check_message(credentials, &made).doubt, TURN_DOUBT_SIGNER);
    turn_credentials_add(credentials, "bob", NULL, "secret");
    assert_int_equal(check_message(credentials, &made).doubt, TURN_DOUBT_NO_PASSWORD);
    turn_credentials_add(credentials, "alice", "q", "other");
    assert_int_equal(check_message(credentials, &made).doubt, TURN_DOUBT_REALM);
    assert_int_equal(check_message(credentials, &made).realm_fit, TURN_REALM_FITS_NOT);
    turn_credentials_add(credentials, "alice", NULL, "wrong");
    assert_int_equal(check_message(credentials, &made).doubt, TURN_DOUBT_NONE);
    assert_int_equal(stun_message_parse(made.bytes, made.length - 1, made.length, &view),
                     STUN_TRUNCATED);
    assert_int_equal(turn_credentials_check(credentials, &view, &(turn_signer_context){0}).doubt,
                     TURN_DOUBT_CUT);
}

/* The last 20 or 32 bytes of a message that is signed last. */
static void zero_signature(message *of, gsize size) {
    memset(of->bytes + of->length - size, 0, size);
}

static void removed_signature_proves_nothing(void **state) {
    message made = message_signed_long("refresh request 7 user=alice realm=r", "alice:r:secret");
    turn_credentials *credentials = *state;
    turn_signature signature;

    turn_credentials_add(credentials, "alice", NULL, "secret");
    expect_integrity(check_message(credentials, &made), VERIFIED);
    zero_signature(&made, 20);
    signature = check_message(credentials, &made);
    expect_integrity(signature, UNKNOWN);
    assert_int_equal(signature.doubt, TURN_DOUBT_REMOVED);
    assert_null(signature.user);
    made.bytes[made.length - 1] = 1;
    signature = check_message(credentials, &made);
    expect_integrity(signature, FAILED);
    assert_int_equal(signature.doubt, TURN_DOUBT_NONE);
}

/* Of two the one that is left decides, whichever it is. */
static void signature_that_is_left_decides(void **state) {
    static const guint8 zeros[32];
    message made = message_signed_long("refresh request 7 user=alice realm=r", "alice:r:secret");
    turn_credentials *credentials = *state;
    turn_signature signature;

    turn_credentials_add(credentials, "alice", NULL, "secret");
    message_add(&made, STUN_ATTR_MESSAGE_INTEGRITY_SHA256, zeros, sizeof zeros);
    expect_integrity(check_message(credentials, &made), VERIFIED);
    memset(made.bytes + made.length - 36 - 20, 0, 20);
    signature = check_message(credentials, &made);
    expect_integrity(signature, UNKNOWN);
    assert_int_equal(signature.doubt, TURN_DOUBT_REMOVED);
    made.bytes[made.length - 32] = 0x80;
    expect_integrity(check_message(credentials, &made), FAILED);
}

static void key_that_fitted_is_named(void **state) {
    turn_credentials *credentials = *state;

    turn_credentials_add(credentials, LONG_TERM_USER, NULL, "TheMatrIX");
    turn_credentials_add_ice(credentials, "evtj", VECTOR_ICE_PASSWORD);
    assert_int_equal(check_hex(credentials, vector_rfc5769_long_term).key, TURN_KEY_MD5);
    assert_int_equal(check_hex(credentials, vector_rfc8489_b1).key, TURN_KEY_SHA256);
    assert_int_equal(check_hex(credentials, vector_rfc5769_request).key, TURN_KEY_PASSWORD);
    assert_int_equal(turn_credentials_count_users(credentials), 1);
}

static void user_has_a_limit_of_passwords(void **state) {
    turn_credentials *credentials = *state;

    for (guint i = 0; i < TURN_CREDENTIALS_PER_USER; i++) {
        assert_true(turn_credentials_add(credentials, "alice", NULL, "one of many"));
    }
    assert_false(turn_credentials_add(credentials, "alice", NULL, "one too many"));
    assert_true(turn_credentials_add(credentials, "bob", NULL, "the first"));
    assert_int_equal(turn_credentials_count(credentials), TURN_CREDENTIALS_PER_USER + 1);
}

static void long_term_user_may_have_a_colon(void **state) {
    const message made =
        message_signed_long("allocate request 1 user=99:alice realm=r", "99:alice:r:secret");
    turn_credentials *credentials = *state;

    turn_credentials_add(credentials, "99:alice", NULL, "secret");
    expect_verified(check_message(credentials, &made), "99:alice", 0);
}

static void userhash_is_compared_with_every_user(void **state) {
    turn_credentials *credentials = *state;

    turn_credentials_add(credentials, "alice", NULL, "TheMatrIX");
    expect_integrity(check_hex(credentials, vector_rfc8489_b1), UNKNOWN);
    turn_credentials_add(credentials, LONG_TERM_USER, NULL, "wrong");
    expect_integrity(check_hex(credentials, vector_rfc8489_b1), FAILED);
    turn_credentials_add(credentials, LONG_TERM_USER, NULL, "TheMatrIX");
    expect_verified(check_hex(credentials, vector_rfc8489_b1), LONG_TERM_USER, 2);
}

static void response_to_a_userhash_is_verified(void **state) {
    const message request = message_of_hex(vector_rfc8489_b1);
    message response = message_of_hex("0101 0000 2112a442 78ad3433c6ad72c029da412e");
    turn_credentials *credentials = *state;

    message_sign_long(&response, G_CHECKSUM_SHA256, LONG_TERM_USER ":example.org:TheMatrIX", 40,
                      FALSE);
    turn_credentials_add(credentials, "alice", NULL, "wrong");
    turn_credentials_add(credentials, LONG_TERM_USER, NULL, "wrong");
    check_between(credentials, &request, CLIENT, SERVER);
    expect_integrity(check_between(credentials, &response, SERVER, CLIENT), FAILED);
    turn_credentials_add(credentials, LONG_TERM_USER, NULL, "TheMatrIX");
    expect_verified(check_between(credentials, &response, SERVER, CLIENT), LONG_TERM_USER, 2);
}

static void each_side_of_a_431_is_verified_with_its_own_password(void **state) {
    turn_credentials *credentials = *state;

    turn_credentials_add(credentials, "turnuser", NULL, "s1-password-of-the-client");
    expect_verified(check_hex(credentials, s1_request), "turnuser", 0);
    expect_integrity(check_hex(credentials, s1_error), FAILED);
    turn_credentials_add(credentials, "turnuser", NULL, "s1-password-of-the-server");
    expect_verified(check_hex(credentials, s1_request), "turnuser", 0);
    expect_verified(check_hex(credentials, s1_error), "turnuser", 1);
}

static void rfc_users_are_not_taken_for_base64(void **state) {
    const message decoded =
        message_signed_long("allocate request 1 user=alice realm=r", "alice:r:secret");
    const message given =
        message_signed_long("allocate request 2 user=YWxpY2U= realm=r", "YWxpY2U=:r:c2VjcmV0");
    turn_credentials *credentials = *state;

    turn_credentials_add(credentials, "YWxpY2U=", "r", "c2VjcmV0");
    expect_integrity(check_message(credentials, &decoded), UNKNOWN);
    expect_verified(check_message(credentials, &given), "YWxpY2U=", 0);
}

static void long_term_response_has_user_and_realm_of_its_request(void **state) {
    const message request =
        message_signed_long("allocate request 5 user=alice realm=r", "alice:r:of the client");
    const message success = message_signed_long("allocate success 5", "alice:r:of the server");
    const message other = message_signed_long("allocate success 6", "alice:r:of the client");
    turn_credentials *credentials = *state;

    turn_credentials_add(credentials, "alice", NULL, "of the client");
    check_between(credentials, &request, CLIENT, SERVER);
    expect_integrity(check_between(credentials, &success, SERVER, CLIENT), FAILED);
    expect_integrity(check_between(credentials, &other, SERVER, CLIENT), UNKNOWN);
    turn_credentials_add(credentials, "alice", NULL, "of the server");
    expect_verified(check_between(credentials, &success, SERVER, CLIENT), "alice", 1);
}

static void session_names_user_and_realm_last(void **state) {
    const message success = message_signed_long("allocate success 5", "alice:r:secret");
    const message named =
        message_signed_long("allocate error 6 user=alice realm=r", "alice:r:secret");
    const turn_signer_context alice = {.user = "alice", .realm = "r"};
    const turn_signer_context bob = {.user = "bob", .realm = "s"};
    turn_credentials *credentials = *state;

    turn_credentials_add(credentials, "alice", NULL, "wrong");
    expect_integrity(check_in(credentials, &success, &alice), UNKNOWN);
    expect_integrity(check_in(credentials, &named, &alice), FAILED);
    turn_credentials_add(credentials, "alice", NULL, "secret");
    expect_verified(check_in(credentials, &success, &alice), "alice", 1);
    expect_integrity(check_in(credentials, &success, &bob), UNKNOWN);
    expect_verified(check_in(credentials, &named, &bob), "alice", 1);
}

/* Alice's session may be over, and the 5-tuple somebody else's. */
static void nothing_fails_for_a_user_that_only_the_session_names(void **state) {
    static const char *const texts[] = {"allocate success 6", "allocate error 6",
                                        "allocate request 6", "send indication 6",
                                        "allocate error 6 realm=r"};
    const turn_flow flow = {.source = address_of(SERVER), .destination = address_of(CLIENT)};
    const turn_signer_context alice = {.flow = &flow, .user = "alice", .realm = "r"};
    turn_credentials *credentials = *state;

    turn_credentials_add(credentials, "alice", NULL, "secret");
    for (gsize i = 0; i < G_N_ELEMENTS(texts); i++) {
        const message of_bob = message_signed_long(texts[i], "bob:r:secret");
        const message of_alice = message_signed_long(texts[i], "alice:r:secret");

        expect_integrity(check_in(credentials, &of_bob, &alice), UNKNOWN);
        expect_verified(check_in(credentials, &of_alice, &alice), "alice", 0);
    }
}

/* Realm or none: the user is the message's own or its request's. */
static void realm_of_the_session_does_not_keep_from_failing(void **state) {
    const message ms = message_signed_ms("lync", 4, "lync:rtcmedia:other", 19);
    const message request =
        message_signed_long("refresh request 7 user=lync", "lync:rtcmedia:secret");
    const message success = message_signed_long("refresh success 7", "lync:rtcmedia:other");
    const turn_flow flow = {.source = address_of(CLIENT), .destination = address_of(SERVER)};
    const turn_signer_context session = {.flow = &flow, .user = "lync", .realm = "rtcmedia"};
    turn_credentials *credentials = *state;

    turn_credentials_add(credentials, "lync", NULL, "secret");
    expect_integrity(check_in(credentials, &ms, &session), FAILED);
    expect_verified(check_in(credentials, &request, &session), "lync", 0);
    expect_integrity(check_in(credentials, &success, &session), FAILED);
}

static void key_of_sha256_is_tried_on_message_integrity(void **state) {
    message made = message_of("allocate request 1 user=alice realm=r");
    turn_credentials *credentials = *state;

    message_sign_long(&made, G_CHECKSUM_SHA256, "alice:r:secret", 14, FALSE);
    turn_credentials_add(credentials, "alice", NULL, "secret");
    expect_verified(check_message(credentials, &made), "alice", 0);
}

static void texts_given_are_copied(void **state) {
    char user[] = "turnuser";
    char realm[] = "turnuser";
    char password[] = "s1-password-of-the-client";
    turn_credentials *credentials = *state;

    turn_credentials_add(credentials, user, realm, password);
    memset(user, 'x', 8);
    memset(realm, 'x', 8);
    memset(password, 'x', 8);
    expect_verified(check_hex(credentials, s1_request), "turnuser", 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        with_credentials(long_term_request_is_verified_with_or_without_a_realm_given),
        with_credentials(long_term_request_fails_with_wrong_passwords_only),
        with_credentials(password_for_another_realm_is_named_but_proves_nothing),
        with_credentials(doubts_say_why_nothing_is_proved),
        with_credentials(removed_signature_proves_nothing),
        with_credentials(signature_that_is_left_decides),
        with_credentials(key_that_fitted_is_named),
        with_credentials(user_has_a_limit_of_passwords),
        with_credentials(long_term_user_may_have_a_colon),
        with_credentials(userhash_is_compared_with_every_user),
        with_credentials(response_to_a_userhash_is_verified),
        with_credentials(each_side_of_a_431_is_verified_with_its_own_password),
        with_credentials(rfc_users_are_not_taken_for_base64),
        with_credentials(long_term_response_has_user_and_realm_of_its_request),
        with_credentials(session_names_user_and_realm_last),
        with_credentials(nothing_fails_for_a_user_that_only_the_session_names),
        with_credentials(realm_of_the_session_does_not_keep_from_failing),
        with_credentials(key_of_sha256_is_tried_on_message_integrity),
        with_credentials(texts_given_are_copied),
    };

    return cmocka_run_group_tests_name("credentials_long_term", tests, NULL, NULL);
}
