/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "support/hex.h"
#include "turn/hmac.h"

#include <glib.h>

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

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(wiped_bytes_are_zero),
        cmocka_unit_test(digest_is_that_of_the_joined_pieces),
    };

    return cmocka_run_group_tests_name("hmac", tests, NULL, NULL);
}
