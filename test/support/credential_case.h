/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What tests of turn_credentials share: each starts with none, checks messages, and says what it
 * expects of them. A file that includes this includes cmocka.h first. */
#ifndef TEST_SUPPORT_CREDENTIAL_CASE_H
#define TEST_SUPPORT_CREDENTIAL_CASE_H

#include "support/build.h"
#include "turn/credentials.h"

#define CLIENT "10.1.1.10:40000"
#define SERVER "198.51.100.1:3478"

/* A CMocka test whose state is a turn_credentials without any. */
#define with_credentials(test)                                                                     \
    cmocka_unit_test_setup_teardown(test, credentials_setup, credentials_teardown)
int credentials_setup(void **state);
int credentials_teardown(void **state);

/* Of hex digits (hex.h). */
message message_of_hex(const char *text);

/* What the credentials say of MADE; without a context it goes from CLIENT to SERVER. */
turn_signature check_in(turn_credentials *credentials, const message *made,
                        const turn_signer_context *context);
turn_signature check_between(turn_credentials *credentials, const message *made, const char *from,
                             const char *to);
turn_signature check_message(turn_credentials *credentials, const message *made);
turn_signature check_hex(turn_credentials *credentials, const char *text);

#define expect_integrity(signature, of) assert_int_equal((signature).integrity, STUN_INTEGRITY_##of)
void expect_verified(turn_signature signature, const char *user, guint index);

#endif
