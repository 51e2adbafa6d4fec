/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The value of the first attribute of a type, for those who need no more of a message. What the
 * values mean is for the caller. */
#ifndef TURN_MESSAGE_VALUES_H
#define TURN_MESSAGE_VALUES_H

#include "stun/value.h"
#include <glib.h>

/* USERNAME may have 509 bytes and REALM, NONCE, SOFTWARE and reasons 763 (RFC 8489 section 14);
 * what is longer is cut. Bytes. */
#define TURN_MAX_TEXT 763u

gboolean message_has(const stun_message *message, guint16 type);
/* FALSE, and the value is not touched, when there is no such attribute or it holds no such value.
 */
gboolean message_address(const stun_message *message, guint16 type, stun_address *address);
gboolean message_uint(const stun_message *message, guint16 type, guint32 *value);
/* A text of a message, which may have any bytes, or none (NULL): UTF-8, with the replacement
 * character for what is not; without the padding that some servers count as a part of it, and cut
 * to TURN_MAX_TEXT. Owned by the caller. */
char *message_text_of(const char *bytes, gsize length);
/* The same of an attribute; NULL when there is no such attribute. Owned by the caller. */
char *message_text(const stun_message *message, guint16 type);
/* Of ERROR-CODE; FALSE when there is none. The reason is borrowed from the message. */
gboolean message_error(const stun_message *message, stun_error *error);
/* 0 when there is no ERROR-CODE. */
guint16 message_error_code(const stun_message *message);
char *message_realm(const stun_message *message);
char *message_nonce(const stun_message *message);
/* USERNAME or USERHASH. */
gboolean message_names_user(const stun_message *message);
/* A user and a MESSAGE-INTEGRITY of either kind. */
gboolean message_is_authenticated(const stun_message *message);
/* A Binding Request without any mark of ICE asks a STUN server for an address and is no check
 * between peers; RFC 8445 section 7.1. */
gboolean message_is_check(const stun_message *message);
/* The two user fragments of USERNAME in a fixed order: both directions of an ICE session have the
 * same text. *BY_SECOND (may be NULL) is set when the sender's is the second. NULL without
 * USERNAME, or when it was cut. Owned by the caller. */
char *message_ice_session(const stun_message *message, gboolean *by_second);

#endif
