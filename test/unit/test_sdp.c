/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "support/build.h"
#include "support/hex.h"
#include "turn/sdp.h"

#include <stdlib.h>
#include <string.h>

static int setup(void **state) {
    *state = turn_credentials_new();
    return 0;
}

static int teardown(void **state) {
    turn_credentials_free(*state);
    return 0;
}

/* From a block of its own, so that a sanitizer sees a read past its end. */
static guint read_cut(turn_credentials *credentials, const char *text, gsize captured) {
    uint8_t *bytes = hex_exact((const uint8_t *)text, captured);
    const guint added = turn_sdp_read(credentials, (const char *)bytes, captured, strlen(text));

    free(bytes);
    return added;
}

static guint read_all(turn_credentials *credentials, const char *text) {
    return read_cut(credentials, text, strlen(text));
}

/* Whether a check to FRAGMENT that is signed with PASSWORD is verified. */
static gboolean knows(turn_credentials *credentials, const char *fragment, const char *password) {
    g_autofree char *user = g_strconcat(fragment, ":peer", NULL);
    message made = message_of("binding request 1");
    guint8 digest[20] = {0};
    gsize size = sizeof digest;
    GHmac *hmac = g_hmac_new(G_CHECKSUM_SHA1, (const guchar *)password, strlen(password));
    gsize covered;
    stun_message view;

    message_add_text(&made, STUN_ATTR_USERNAME, user);
    covered = made.length;
    message_add(&made, STUN_ATTR_MESSAGE_INTEGRITY, digest, sizeof digest);
    g_hmac_update(hmac, made.bytes, (gssize)covered);
    g_hmac_get_digest(hmac, made.bytes + covered + 4, &size);
    g_hmac_unref(hmac);
    assert_int_equal(stun_message_parse(made.bytes, made.length, made.length, &view), STUN_OK);
    return turn_credentials_check(credentials, &view, &(turn_signer_context){0}).integrity ==
           STUN_INTEGRITY_VERIFIED;
}

static void session_gives_its_media_what_they_do_not_say(void **state) {
    assert_int_equal(read_all(*state, "v=0\r\n"
                                      "o=- 1 1 IN IP4 192.0.2.1\r\n"
                                      "a=ice-pwd:passwordOfTheSession00\r\n"
                                      "a=ice-ufrag:sess\r\n"
                                      "m=audio 50000 RTP/AVP 0\r\n"
                                      "m=video 50002 RTP/AVP 96\r\n"
                                      "a=ice-ufrag:vide\r\n"
                                      "m=application 50004 TCP/BFCP *\r\n"
                                      "a=ice-ufrag:bfcp\r\n"
                                      "a=ice-pwd:passwordOfTheFloor0000\r\n"),
                     3);
    assert_true(knows(*state, "sess", "passwordOfTheSession00"));
    assert_true(knows(*state, "vide", "passwordOfTheSession00"));
    assert_true(knows(*state, "bfcp", "passwordOfTheFloor0000"));
    assert_false(knows(*state, "bfcp", "passwordOfTheSession00"));
}

static void media_take_nothing_from_each_other(void **state) {
    assert_int_equal(read_all(*state, "v=0\n"
                                      "m=audio 50000 RTP/AVP 0\n"
                                      "a=ice-ufrag:audi\n"
                                      "a=ice-pwd:passwordOfTheAudio0000\n"
                                      "m=video 50002 RTP/AVP 96\n"
                                      "a=ice-ufrag:vide\n"
                                      "m=video 50002 RTP/AVP 96\n"
                                      "a=ice-pwd:passwordOfNobody000000\n"),
                     1);
    assert_true(knows(*state, "audi", "passwordOfTheAudio0000"));
}

static void last_line_needs_no_end(void **state) {
    assert_int_equal(read_all(*state, "a=ice-ufrag:abcd\na=ice-pwd:secret"), 1);
    assert_true(knows(*state, "abcd", "secret"));
}

static void repeated_description_adds_nothing(void **state) {
    static const char text[] = "a=ice-ufrag:abcd\na=ice-pwd:secret\nm=audio 1\nm=video 2\n";

    assert_int_equal(read_all(*state, text), 1);
    assert_int_equal(read_all(*state, text), 0);
    assert_int_equal(turn_credentials_count(*state), 1);
}

static void cut_line_says_nothing(void **state) {
    static const char text[] = "a=ice-ufrag:abcd\na=ice-pwd:secret\n";

    for (gsize cut = 0; cut < sizeof text - 2; cut++) {
        assert_int_equal(read_cut(*state, text, cut), 0);
    }
    assert_int_equal(read_cut(*state, text, sizeof text - 1), 1);
}

static void cut_medium_takes_nothing_from_the_session(void **state) {
    static const char text[] = "a=ice-ufrag:sess\na=ice-pwd:session\n"
                               "m=audio 1\na=ice-ufrag:audi\na=ice-pwd:audio\n";

    assert_int_equal(read_cut(*state, text, strlen(text) - 3), 1);
    assert_true(knows(*state, "sess", "session"));
    assert_false(knows(*state, "audi", "session"));
    assert_int_equal(read_all(*state, text), 1);
    assert_true(knows(*state, "audi", "audio"));
}

static void values_have_no_blanks_and_an_end(void **state) {
    static const char *const texts[] = {
        "a=ice-ufrag:ab cd\na=ice-pwd:secret\n",
        "a=ice-ufrag:abcd\na=ice-pwd:sec\tret\n",
        "a=ice-ufrag:abcd\na=ice-pwd:sec\x01t\n",
        "a=ice-ufrag:abcd\na=ice-pwd:sec\xc3\xa4t\n",
        "a=ice-ufrag:\na=ice-pwd:secret\n",
        "a=ice-ufrag:abcd\na=ice-pwd:\r\n",
        " a=ice-ufrag:abcd\na=ice-pwd:secret\n",
        "a=ice-ufrag\na=ice-pwd:secret\n",
        "b=ice-ufrag:abcd\na=ice-pwd:secret\n",
        "a=ice-ufra",
        "\n\n\r\n",
        "",
    };

    for (gsize i = 0; i < G_N_ELEMENTS(texts); i++) {
        assert_int_equal(read_all(*state, texts[i]), 0);
    }
    assert_int_equal(read_all(*state, "a=ice-ufrag:abcd \r\na=ice-pwd:secret= \r\n"), 1);
    assert_true(knows(*state, "abcd", "secret="));
}

static void zero_byte_ends_no_value(void **state) {
    static const char text[] = "a=ice-ufrag:abcd\na=ice-pwd:sec\0ret\n";

    assert_int_equal(turn_sdp_read(*state, text, sizeof text - 1, sizeof text - 1), 0);
}

static void longest_value_is_256_bytes(void **state) {
    g_autofree char *value = g_strnfill(TURN_SDP_MAX_VALUE, 'x');
    g_autofree char *fits = g_strdup_printf("a=ice-ufrag:%s\na=ice-pwd:%s\n", value, value);
    g_autofree char *long_fragment =
        g_strdup_printf("a=ice-ufrag:%sx\na=ice-pwd:%s\n", value, value);
    g_autofree char *long_password =
        g_strdup_printf("a=ice-ufrag:%s\na=ice-pwd:%sx\n", value, value);

    assert_int_equal(read_all(*state, long_fragment), 0);
    assert_int_equal(read_all(*state, long_password), 0);
    assert_int_equal(read_all(*state, fits), 1);
    assert_true(knows(*state, value, value));
}

#define with_credentials(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void) {
    const struct CMUnitTest tests[] = {
        with_credentials(session_gives_its_media_what_they_do_not_say),
        with_credentials(media_take_nothing_from_each_other),
        with_credentials(last_line_needs_no_end),
        with_credentials(repeated_description_adds_nothing),
        with_credentials(cut_line_says_nothing),
        with_credentials(cut_medium_takes_nothing_from_the_session),
        with_credentials(values_have_no_blanks_and_an_end),
        with_credentials(zero_byte_ends_no_value),
        with_credentials(longest_value_is_256_bytes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
