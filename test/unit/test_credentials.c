/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "support/build.h"
#include "support/hex.h"
#include "support/vectors.h"
#include "turn/credentials.h"
#include "turn/hmac.h"

#include <string.h>

#define CLIENT "10.1.1.10:40000"
#define SERVER "198.51.100.1:3478"
#define OTHER  "198.51.100.2:3478"

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

static int setup(void **state) {
    *state = turn_credentials_new();
    return 0;
}

static int teardown(void **state) {
    turn_credentials_free(*state);
    return 0;
}

static message from_hex(const char *text) {
    message made = {.length = 0};

    made.length = hex_bytes(text, made.bytes, sizeof made.bytes);
    return made;
}

static turn_signature check_in(turn_credentials *credentials, const message *made,
                               const turn_signer_context *context) {
    stun_message view;

    assert_int_not_equal(stun_message_parse(made->bytes, made->length, made->length, &view),
                         STUN_NOT_STUN);
    return turn_credentials_check(credentials, &view, context);
}

static turn_signature check_between(turn_credentials *credentials, const message *made,
                                    const char *from, const char *to) {
    const turn_flow flow = {.source = address_of(from), .destination = address_of(to)};
    const turn_signer_context context = {.flow = &flow};

    return check_in(credentials, made, &context);
}

static turn_signature check(turn_credentials *credentials, const message *made) {
    return check_between(credentials, made, CLIENT, SERVER);
}

static turn_signature check_hex(turn_credentials *credentials, const char *text) {
    const message made = from_hex(text);

    return check(credentials, &made);
}

/* Adds the attribute of TYPE at the end of TO, made with HASH; the text ends with zeros to a
 * multiple of 64 when it is PADDED. Shares nothing with what is tested. */
static void sign(message *to, guint16 type, GChecksumType hash, const guint8 *key, gsize key_length,
                 gboolean padded) {
    guint8 text[2048] = {0};
    guint8 digest[STUN_HASH_MAX] = {0};
    gsize size = sizeof digest;
    const gsize covered = to->length;
    GHmac *hmac = g_hmac_new(hash, key, key_length);

    message_add(to, type, digest, hash == G_CHECKSUM_SHA1 ? 20 : 32);
    memcpy(text, to->bytes, covered);
    g_hmac_update(hmac, text, (gssize)(padded ? (covered + 63) / 64 * 64 : covered));
    g_hmac_get_digest(hmac, digest, &size);
    g_hmac_unref(hmac);
    memcpy(to->bytes + covered + 4, digest, size);
}

static void sign_short(message *to, const char *password) {
    sign(to, STUN_ATTR_MESSAGE_INTEGRITY, G_CHECKSUM_SHA1, (const guint8 *)password,
         strlen(password), FALSE);
}

/* With the key HASH(TEXT), TEXT being user, realm and password. */
static void sign_long(message *to, GChecksumType hash, const char *text, gsize length,
                      gboolean padded) {
    guint8 key[STUN_HASH_MAX];
    gsize size = sizeof key;
    GChecksum *checksum = g_checksum_new(hash);

    g_checksum_update(checksum, (const guchar *)text, (gssize)length);
    g_checksum_get_digest(checksum, key, &size);
    g_checksum_free(checksum);
    sign(to, STUN_ATTR_MESSAGE_INTEGRITY, G_CHECKSUM_SHA1, key, size, padded);
}

/* A message (build.h) that is signed with MD5 of TEXT. */
static message signed_long(const char *text, const char *key) {
    message made = message_of(text);

    sign_long(&made, G_CHECKSUM_MD5, key, strlen(key), FALSE);
    return made;
}

static message signed_short(const char *text, const char *password) {
    message made = message_of(text);

    sign_short(&made, password);
    return made;
}

#define expect(signature, of) assert_int_equal((signature).integrity, STUN_INTEGRITY_##of)

static void expect_verified(turn_signature signature, const char *user, guint index) {
    assert_int_equal(signature.integrity, STUN_INTEGRITY_VERIFIED);
    assert_string_equal(signature.user, user);
    assert_int_equal(signature.index, index);
}

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
    expect(signature, FAILED);
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
    expect(signature, UNKNOWN);
    assert_null(signature.user);
}

static void ice_fragment_and_password_are_tried_decoded_too(void **state) {
    const message given = signed_short("binding request 1 user=YWJj:d", "\x01\x02\x03\xff");
    const message decoded = signed_short("binding request 1 user=abc:d", "\x01\x02\x03\xff");
    turn_credentials *credentials = *state;

    turn_credentials_add_ice(credentials, "YWJj", "AQID/w==");
    expect_verified(check(credentials, &given), "YWJj", 0);
    expect_verified(check(credentials, &decoded), "YWJj", 0);
}

static void short_term_user_needs_no_sender(void **state) {
    const message made = signed_short("binding request 1 user=ab", "secret");
    turn_credentials *credentials = *state;

    turn_credentials_add_ice(credentials, "ab", "secret");
    expect_verified(check(credentials, &made), "ab", 0);
}

static void ice_fragment_is_no_userhash(void **state) {
    message made = message_of("binding request 1");
    turn_credentials *credentials = *state;

    message_add_text(&made, STUN_ATTR_USERHASH, "ab:34567890123456789012345678901");
    sign_short(&made, "secret");
    turn_credentials_add_ice(credentials, "ab", "secret");
    expect(check(credentials, &made), UNKNOWN);
}

static void ice_credentials_sign_nothing_but_binding(void **state) {
    const message made = signed_short("allocate request 1 user=ab:c realm=r", "secret");
    turn_credentials *credentials = *state;

    turn_credentials_add_ice(credentials, "ab", "secret");
    expect(check(credentials, &made), UNKNOWN);
}

static void ice_response_is_verified_with_the_password_of_its_request(void **state) {
    const message request = from_hex(vector_rfc5769_request);
    const message response = from_hex(vector_rfc5769_ipv4);
    turn_credentials *credentials = *state;

    turn_credentials_add_ice(credentials, "h6vY", "the sender's own");
    turn_credentials_add_ice(credentials, "evtj", VECTOR_ICE_PASSWORD);
    check_between(credentials, &request, CLIENT, SERVER);
    expect_verified(check_between(credentials, &response, SERVER, CLIENT), "evtj", 1);
    expect_verified(check_hex(credentials, vector_rfc5769_ipv6), "evtj", 1);
}

static void ice_response_fails_only_where_its_request_was_seen(void **state) {
    const message request = from_hex(vector_rfc5769_request);
    const message response = from_hex(vector_rfc5769_ipv4);
    turn_credentials *credentials = *state;

    turn_credentials_add_ice(credentials, "evtj", "wrong");
    expect(check_between(credentials, &response, SERVER, CLIENT), UNKNOWN);
    check_between(credentials, &request, CLIENT, SERVER);
    expect(check_between(credentials, &response, SERVER, CLIENT), FAILED);
    expect(check_between(credentials, &response, OTHER, CLIENT), UNKNOWN);
}

static void ice_response_to_an_unknown_fragment_is_unknown(void **state) {
    const message request = from_hex(vector_rfc5769_request);
    const message response = from_hex(vector_rfc5769_ipv4);
    turn_credentials *credentials = *state;

    turn_credentials_add_ice(credentials, "h6vY", VECTOR_ICE_PASSWORD);
    check_between(credentials, &request, CLIENT, SERVER);
    expect(check_between(credentials, &response, SERVER, CLIENT), UNKNOWN);
}

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
    expect(check_hex(credentials, vector_rfc5769_long_term), UNKNOWN);
    turn_credentials_add(wrong, LONG_TERM_USER, "example.com", "wrong too");
    turn_credentials_add(wrong, LONG_TERM_USER, "example.org", "TheMatrix");
    signature = check_hex(wrong, vector_rfc5769_long_term);
    expect(signature, FAILED);
    assert_string_equal(signature.user, LONG_TERM_USER);
    assert_int_equal(signature.index, 1);
    assert_int_equal(signature.password, 2);
    assert_int_equal(signature.passwords, 2);
    turn_credentials_free(wrong);
}

/* The password is right, and the realm that it was added for is not; or the other way round, the
 * key was made with that realm. */
static void password_for_another_realm_is_named_but_proves_nothing(void **state) {
    const message other = signed_long("refresh request 7 user=alice realm=r", "alice:q:secret");
    turn_credentials *credentials = *state;
    turn_signature signature;

    turn_credentials_add(credentials, LONG_TERM_USER, "example.org", "wrong");
    turn_credentials_add(credentials, LONG_TERM_USER, "example.net", "wrong");
    turn_credentials_add(credentials, LONG_TERM_USER, "example.com", "TheMatrIX");
    signature = check_hex(credentials, vector_rfc5769_long_term);
    expect(signature, UNKNOWN);
    assert_int_equal(signature.doubt, TURN_DOUBT_REALM);
    assert_int_equal(signature.realm_fit, TURN_REALM_OF_MESSAGE);
    assert_int_equal(signature.password, 3);
    assert_int_equal(signature.passwords, 3);
    assert_string_equal(signature.realm, "example.com");
    turn_credentials_add(credentials, "alice", "q", "secret");
    signature = check(credentials, &other);
    expect(signature, UNKNOWN);
    assert_int_equal(signature.realm_fit, TURN_REALM_AS_ADDED);
    assert_int_equal(signature.password, 1);
}

static void doubts_say_why_nothing_is_proved(void **state) {
    message made = signed_long("refresh request 7 user=alice realm=r", "alice:r:secret");
    turn_credentials *credentials = *state;
    stun_message view;

    turn_credentials_add_ice(credentials, "evtj", "secret");
    assert_int_equal(check(credentials, &made).doubt, TURN_DOUBT_SIGNER);
    turn_credentials_add(credentials, "bob", NULL, "secret");
    assert_int_equal(check(credentials, &made).doubt, TURN_DOUBT_NO_PASSWORD);
    turn_credentials_add(credentials, "alice", "q", "other");
    assert_int_equal(check(credentials, &made).doubt, TURN_DOUBT_REALM);
    assert_int_equal(check(credentials, &made).realm_fit, TURN_REALM_FITS_NOT);
    turn_credentials_add(credentials, "alice", NULL, "wrong");
    assert_int_equal(check(credentials, &made).doubt, TURN_DOUBT_NONE);
    assert_int_equal(stun_message_parse(made.bytes, made.length - 1, made.length, &view),
                     STUN_TRUNCATED);
    assert_int_equal(turn_credentials_check(credentials, &view, &(turn_signer_context){0}).doubt,
                     TURN_DOUBT_CUT);
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

static void long_term_user_may_have_a_colon(void **state) {
    const message made =
        signed_long("allocate request 1 user=99:alice realm=r", "99:alice:r:secret");
    turn_credentials *credentials = *state;

    turn_credentials_add(credentials, "99:alice", NULL, "secret");
    expect_verified(check(credentials, &made), "99:alice", 0);
}

static void userhash_is_compared_with_every_user(void **state) {
    turn_credentials *credentials = *state;

    turn_credentials_add(credentials, "alice", NULL, "TheMatrIX");
    expect(check_hex(credentials, vector_rfc8489_b1), UNKNOWN);
    turn_credentials_add(credentials, LONG_TERM_USER, NULL, "wrong");
    expect(check_hex(credentials, vector_rfc8489_b1), FAILED);
    turn_credentials_add(credentials, LONG_TERM_USER, NULL, "TheMatrIX");
    expect_verified(check_hex(credentials, vector_rfc8489_b1), LONG_TERM_USER, 2);
}

static void response_to_a_userhash_is_verified(void **state) {
    const message request = from_hex(vector_rfc8489_b1);
    message response = from_hex("0101 0000 2112a442 78ad3433c6ad72c029da412e");
    turn_credentials *credentials = *state;

    sign_long(&response, G_CHECKSUM_SHA256, LONG_TERM_USER ":example.org:TheMatrIX", 40, FALSE);
    turn_credentials_add(credentials, "alice", NULL, "wrong");
    turn_credentials_add(credentials, LONG_TERM_USER, NULL, "wrong");
    check_between(credentials, &request, CLIENT, SERVER);
    expect(check_between(credentials, &response, SERVER, CLIENT), FAILED);
    turn_credentials_add(credentials, LONG_TERM_USER, NULL, "TheMatrIX");
    expect_verified(check_between(credentials, &response, SERVER, CLIENT), LONG_TERM_USER, 2);
}

static void each_side_of_a_431_is_verified_with_its_own_password(void **state) {
    turn_credentials *credentials = *state;

    turn_credentials_add(credentials, "turnuser", NULL, "s1-password-of-the-client");
    expect_verified(check_hex(credentials, s1_request), "turnuser", 0);
    expect(check_hex(credentials, s1_error), FAILED);
    turn_credentials_add(credentials, "turnuser", NULL, "s1-password-of-the-server");
    expect_verified(check_hex(credentials, s1_request), "turnuser", 0);
    expect_verified(check_hex(credentials, s1_error), "turnuser", 1);
}

static void ms_turn_is_verified_in_its_padded_forms(void **state) {
    static const char *const vectors[] = {vector_ms_allocate, vector_ms_allocate_sha256,
                                          vector_ms_allocate_padded};
    turn_credentials *credentials = *state;

    turn_credentials_add(credentials, "lync", NULL, "wrong");
    for (gsize i = 0; i < G_N_ELEMENTS(vectors); i++) {
        expect(check_hex(credentials, vectors[i]), FAILED);
    }
    turn_credentials_add(credentials, "lync", "rtcmedia", "secret");
    for (gsize i = 0; i < G_N_ELEMENTS(vectors); i++) {
        const turn_signature signature = check_hex(credentials, vectors[i]);

        expect_verified(signature, "lync", 1);
        assert_int_equal(signature.text, STUN_TEXT_WIRE_PADDED);
    }
}

/* A Send Request of [MS-TURN] 2.2.1 with USERNAME and without REALM. */
static message ms_send(gconstpointer user, gsize user_length, const char *key, gsize key_length) {
    message made = message_ms(0x0004, 7);

    message_add(&made, STUN_ATTR_USERNAME, user, user_length);
    sign_long(&made, G_CHECKSUM_MD5, key, key_length, TRUE);
    return made;
}

static void ms_turn_realm_comes_from_the_session_or_the_credential(void **state) {
    const message made = ms_send("lync", 4, "lync:rtcmedia:secret", 20);
    const turn_signer_context session = {.user = "someone else", .realm = "rtcmedia"};
    turn_credentials *credentials = *state;
    turn_credentials *named = turn_credentials_new();

    turn_credentials_add(credentials, "lync", NULL, "secret");
    expect(check(credentials, &made), UNKNOWN);
    expect_verified(check_in(credentials, &made, &session), "lync", 0);
    turn_credentials_add(named, "lync", "rtcmedia", "secret");
    expect_verified(check(named, &made), "lync", 0);
    turn_credentials_free(named);
}

static void ms_turn_user_and_password_may_be_base64(void **state) {
    /* AAH+/w== and gIGC, whose bytes are 00 01 fe ff and 80 81 82 */
    static const char key[] = "\x00\x01\xfe\xff:rtcmedia:\x80\x81\x82";
    const message binary = ms_send("\x00\x01\xfe\xff", 4, key, 17);
    const message text = ms_send("AAH+/w==", 8, "AAH+/w==:rtcmedia:gIGC", 22);
    const message mixed = ms_send("\x00\x01\xfe\xff", 4, "AAH+/w==:rtcmedia:gIGC", 22);
    const message other = ms_send("AAH+/w==", 8, "AAH+/w==:rtcmedia:\x80\x81\x82", 21);
    turn_credentials *credentials = *state;

    turn_credentials_add(credentials, "AAH+/w=", "rtcmedia", "gIGC");
    turn_credentials_add(credentials, "AAH-/w==", "rtcmedia", "gIGC");
    turn_credentials_add(credentials, "AAH+/w==", "rtcmedia", "gIGC");
    expect_verified(check(credentials, &binary), "AAH+/w==", 2);
    expect_verified(check(credentials, &text), "AAH+/w==", 2);
    expect_verified(check(credentials, &mixed), "AAH+/w==", 2);
    expect_verified(check(credentials, &other), "AAH+/w==", 2);
}

static void ms_turn_base64_has_whole_groups(void **state) {
    /* The bytes of 0000 */
    const message made = ms_send("\xd3M4", 3, "\xd3M4:rtcmedia:secret", 19);
    turn_credentials *credentials = *state;

    turn_credentials_add(credentials, "00000", "rtcmedia", "secret");
    expect(check(credentials, &made), UNKNOWN);
    turn_credentials_add(credentials, "0000", "rtcmedia", "secret");
    expect_verified(check(credentials, &made), "0000", 1);
}

static void ms_turn_zeros_behind_binary_texts_do_not_count(void **state) {
    /* AQAA and gIEA, whose bytes are 01 00 00 and 80 81 00 */
    const message made = ms_send("\x01\x00\x00", 3, "\x01:rtcmedia:\x80\x81", 13);
    turn_credentials *credentials = *state;

    turn_credentials_add(credentials, "AQAA", "rtcmedia", "gIEA");
    expect_verified(check(credentials, &made), "AQAA", 0);
}

static void rfc_users_are_not_taken_for_base64(void **state) {
    const message decoded = signed_long("allocate request 1 user=alice realm=r", "alice:r:secret");
    const message given =
        signed_long("allocate request 2 user=YWxpY2U= realm=r", "YWxpY2U=:r:c2VjcmV0");
    turn_credentials *credentials = *state;

    turn_credentials_add(credentials, "YWxpY2U=", "r", "c2VjcmV0");
    expect(check(credentials, &decoded), UNKNOWN);
    expect_verified(check(credentials, &given), "YWxpY2U=", 0);
}

static void long_term_response_has_user_and_realm_of_its_request(void **state) {
    const message request =
        signed_long("allocate request 5 user=alice realm=r", "alice:r:of the client");
    const message success = signed_long("allocate success 5", "alice:r:of the server");
    const message other = signed_long("allocate success 6", "alice:r:of the client");
    turn_credentials *credentials = *state;

    turn_credentials_add(credentials, "alice", NULL, "of the client");
    check_between(credentials, &request, CLIENT, SERVER);
    expect(check_between(credentials, &success, SERVER, CLIENT), FAILED);
    expect(check_between(credentials, &other, SERVER, CLIENT), UNKNOWN);
    turn_credentials_add(credentials, "alice", NULL, "of the server");
    expect_verified(check_between(credentials, &success, SERVER, CLIENT), "alice", 1);
}

static void session_names_user_and_realm_last(void **state) {
    const message success = signed_long("allocate success 5", "alice:r:secret");
    const message named = signed_long("allocate error 6 user=alice realm=r", "alice:r:secret");
    const turn_signer_context alice = {.user = "alice", .realm = "r"};
    const turn_signer_context bob = {.user = "bob", .realm = "s"};
    turn_credentials *credentials = *state;

    turn_credentials_add(credentials, "alice", NULL, "wrong");
    expect(check_in(credentials, &success, &alice), UNKNOWN);
    expect(check_in(credentials, &named, &alice), FAILED);
    turn_credentials_add(credentials, "alice", NULL, "secret");
    expect_verified(check_in(credentials, &success, &alice), "alice", 1);
    expect(check_in(credentials, &success, &bob), UNKNOWN);
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
        const message of_bob = signed_long(texts[i], "bob:r:secret");
        const message of_alice = signed_long(texts[i], "alice:r:secret");

        expect(check_in(credentials, &of_bob, &alice), UNKNOWN);
        expect_verified(check_in(credentials, &of_alice, &alice), "alice", 0);
    }
}

/* Realm or none: the user is the message's own or its request's. */
static void realm_of_the_session_does_not_keep_from_failing(void **state) {
    const message ms = ms_send("lync", 4, "lync:rtcmedia:other", 19);
    const message request = signed_long("refresh request 7 user=lync", "lync:rtcmedia:secret");
    const message success = signed_long("refresh success 7", "lync:rtcmedia:other");
    const turn_flow flow = {.source = address_of(CLIENT), .destination = address_of(SERVER)};
    const turn_signer_context session = {.flow = &flow, .user = "lync", .realm = "rtcmedia"};
    turn_credentials *credentials = *state;

    turn_credentials_add(credentials, "lync", NULL, "secret");
    expect(check_in(credentials, &ms, &session), FAILED);
    expect_verified(check_in(credentials, &request, &session), "lync", 0);
    expect(check_in(credentials, &success, &session), FAILED);
}

static void key_of_sha256_is_tried_on_message_integrity(void **state) {
    message made = message_of("allocate request 1 user=alice realm=r");
    turn_credentials *credentials = *state;

    sign_long(&made, G_CHECKSUM_SHA256, "alice:r:secret", 14, FALSE);
    turn_credentials_add(credentials, "alice", NULL, "secret");
    expect_verified(check(credentials, &made), "alice", 0);
}

static void sha256_decides_where_a_message_has_both(void **state) {
    message made = from_hex(vector_both_hmacs);
    turn_credentials *credentials = *state;
    stun_message view;
    stun_attr attr;

    turn_credentials_add_ice(credentials, "evtj", VECTOR_ICE_PASSWORD);
    expect_verified(check(credentials, &made), "evtj", 0);
    made.bytes[made.length - 1] ^= 1;
    expect(check(credentials, &made), FAILED);
    assert_int_equal(stun_message_parse(made.bytes, made.length - 1, made.length, &view),
                     STUN_TRUNCATED);
    assert_true(stun_message_find(&view, STUN_ATTR_MESSAGE_INTEGRITY_SHA256, &attr));
    expect_verified(turn_credentials_check(credentials, &view, &(turn_signer_context){0}), "evtj",
                    0);
}

static void unsigned_message_is_absent(void **state) {
    const message made = message_of("binding request 1 user=evtj:h6vY");
    turn_credentials *credentials = *state;

    expect(check(credentials, &made), ABSENT);
    turn_credentials_add_ice(credentials, "evtj", VECTOR_ICE_PASSWORD);
    expect(check(credentials, &made), ABSENT);
}

static void without_credentials_nothing_is_known(void **state) {
    expect(check_hex(*state, vector_rfc5769_request), UNKNOWN);
    expect(check_hex(*state, vector_ms_allocate), UNKNOWN);
    assert_int_equal(turn_credentials_count(*state), 0);
}

static void cut_message_is_unknown(void **state) {
    const message made = from_hex(vector_rfc5769_request);
    turn_credentials *credentials = *state;

    turn_credentials_add_ice(credentials, "evtj", "wrong");
    for (gsize cut = STUN_HEADER_SIZE; cut < 100; cut++) {
        g_autofree guint8 *bytes = g_memdup2(made.bytes, cut);
        stun_message view;

        assert_int_equal(stun_message_parse(bytes, cut, made.length, &view), STUN_TRUNCATED);
        expect(turn_credentials_check(credentials, &view, &(turn_signer_context){0}), UNKNOWN);
    }
}

static void message_of_nobody_is_tried_with_a_few(void **state) {
    const message made = from_hex(vector_rfc5769_ipv4);
    turn_credentials *credentials = *state;

    turn_credentials_add(credentials, "alice", NULL, "has no realm: is not tried");
    for (guint i = 1; i < TURN_CREDENTIALS_GUESSES; i++) {
        g_autofree char *password = g_strdup_printf("wrong %u", i);

        turn_credentials_add(credentials, "alice", "r", password);
    }
    turn_credentials_add_ice(credentials, "evtj", VECTOR_ICE_PASSWORD);
    expect_verified(check(credentials, &made), "evtj", TURN_CREDENTIALS_GUESSES);
}

static void message_of_nobody_is_not_tried_with_all(void **state) {
    const message made = from_hex(vector_rfc5769_ipv4);
    turn_credentials *credentials = *state;

    for (guint i = 0; i < TURN_CREDENTIALS_GUESSES; i++) {
        turn_credentials_add(credentials, "alice", "r", "wrong");
    }
    turn_credentials_add_ice(credentials, "evtj", VECTOR_ICE_PASSWORD);
    expect(check(credentials, &made), UNKNOWN);
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
    expect(check_hex(credentials, vector_rfc5769_request), FAILED);
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

static void nothing_is_freed_of_nothing(void **state) {
    (void)state;
    turn_credentials_free(NULL);
}

static void wiped_bytes_are_zero(void **state) {
    char secret[] = "secret";

    (void)state;
    turn_wipe(secret, 5);
    assert_memory_equal(secret, "\0\0\0\0\0t", 7);
}

/* RFC 1321 section A.5, RFC 6234 section 8.5: "abc", here in two pieces. */
static void digest_is_that_of_the_joined_pieces(void **state) {
    static const struct {
        stun_hash hash;
        const char *digest;
    } rows[] = {
        {STUN_HASH_MD5, "900150983cd24fb0d6963f7d28e17f72"},
        {STUN_HASH_SHA1, "a9993e364706816aba3e25717850c26c9cd0d89d"},
        {STUN_HASH_SHA256, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
    };
    static const stun_span spans[] = {{(const uint8_t *)"a", 1}, {(const uint8_t *)"bc", 2}};

    (void)state;
    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        guint8 expected[STUN_HASH_MAX];
        guint8 digest[STUN_HASH_MAX];
        const gsize length = hex_bytes(rows[i].digest, expected, sizeof expected);

        assert_int_equal(turn_digest(rows[i].hash, spans, G_N_ELEMENTS(spans), digest), length);
        assert_memory_equal(digest, expected, length);
    }
}

#define with_credentials(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

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
        with_credentials(long_term_request_is_verified_with_or_without_a_realm_given),
        with_credentials(long_term_request_fails_with_wrong_passwords_only),
        with_credentials(password_for_another_realm_is_named_but_proves_nothing),
        with_credentials(doubts_say_why_nothing_is_proved),
        with_credentials(key_that_fitted_is_named),
        with_credentials(long_term_user_may_have_a_colon),
        with_credentials(userhash_is_compared_with_every_user),
        with_credentials(response_to_a_userhash_is_verified),
        with_credentials(each_side_of_a_431_is_verified_with_its_own_password),
        with_credentials(ms_turn_is_verified_in_its_padded_forms),
        with_credentials(ms_turn_realm_comes_from_the_session_or_the_credential),
        with_credentials(ms_turn_user_and_password_may_be_base64),
        with_credentials(ms_turn_base64_has_whole_groups),
        with_credentials(ms_turn_zeros_behind_binary_texts_do_not_count),
        with_credentials(rfc_users_are_not_taken_for_base64),
        with_credentials(long_term_response_has_user_and_realm_of_its_request),
        with_credentials(session_names_user_and_realm_last),
        with_credentials(nothing_fails_for_a_user_that_only_the_session_names),
        with_credentials(realm_of_the_session_does_not_keep_from_failing),
        with_credentials(key_of_sha256_is_tried_on_message_integrity),
        with_credentials(sha256_decides_where_a_message_has_both),
        with_credentials(unsigned_message_is_absent),
        with_credentials(without_credentials_nothing_is_known),
        with_credentials(cut_message_is_unknown),
        with_credentials(message_of_nobody_is_tried_with_a_few),
        with_credentials(message_of_nobody_is_not_tried_with_all),
        with_credentials(ice_credentials_are_added_once),
        with_credentials(ice_credentials_of_a_fragment_have_a_limit),
        with_credentials(ice_credentials_have_a_limit_that_users_do_not_count_in),
        with_credentials(texts_given_are_copied),
        cmocka_unit_test(nothing_is_freed_of_nothing),
        cmocka_unit_test(wiped_bytes_are_zero),
        cmocka_unit_test(digest_is_that_of_the_joined_pieces),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
