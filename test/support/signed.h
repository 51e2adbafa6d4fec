/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Messages (build.h) whose MESSAGE-INTEGRITY is right for a password. Shares nothing with the code
 * that checks it. */
#ifndef TEST_SUPPORT_SIGNED_H
#define TEST_SUPPORT_SIGNED_H

#include "support/build.h"

/* Adds MESSAGE-INTEGRITY with SHA-1 at the end of TO: of the password as it is, or of the key
 * HASH(TEXT), TEXT being user, realm and password, and what is signed ending with zeros to a
 * multiple of 64 when it is PADDED. */
void message_sign_short(message *to, const char *password);
void message_sign_long(message *to, GChecksumType hash, const char *text, gsize length,
                       gboolean padded);

/* The message TEXT, signed with PASSWORD or with MD5 of KEY. */
message message_signed_short(const char *text, const char *password);
message message_signed_long(const char *text, const char *key);

/* A Send Request of [MS-TURN] 2.2.1 with USERNAME and without REALM. */
message message_signed_ms(gconstpointer user, gsize user_length, const char *key, gsize key_length);

#endif
