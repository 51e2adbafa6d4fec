/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * STUN messages for tests, written as a line of text:
 *     "allocate request 2 transport=17 user=alice realm=example.org nonce=n1 mi"
 * Method, class and the number that the transaction id is made of, then attributes in wire order.
 * Attributes that a line cannot hold (text with blanks, messages in DATA) are added after it. */
#ifndef TEST_SUPPORT_BUILD_H
#define TEST_SUPPORT_BUILD_H

#include "stun/address.h"
#include <glib.h>

typedef struct message {
    guint8 bytes[2048];
    gsize length;
} message;

/* "10.0.0.1:5" or "[2001:db8::1]:5". */
stun_address address_of(const char *text);

/* TEXT as above. The methods: binding, allocate, refresh, send, data, permission, channel, connect,
 * bind and attempt (RFC 6062). The classes: request, indication, success, error. The attributes:
 *     user realm nonce software     text without blanks
 *     mapped relayed peer           an address, XORed
 *     alternate                     an address, plain
 *     lifetime transport channel connection priority
 *     error                         a code; the reason is "Reason CODE"
 *     candidate                     CANDIDATE-IDENTIFIER, which makes the dialect MS-ICE2
 *     controlling controlled        ICE-CONTROLLING, ICE-CONTROLLED
 *     nominate                      USE-CANDIDATE
 *     mi sha256 userhash            filler of the right length
 *     fingerprint legacy bad        a CRC that is right, right by the table of [MS-ICE2], wrong
 * Ends the program when TEXT has anything else: the test is wrong. */
message message_of(const char *text);

/* An [MS-TURN] message of TYPE, with its marker first and without padding. */
message message_ms(guint16 type, guint8 id);

/* Adds an attribute at the end, and its padding where the dialect has it. */
void message_add(message *to, guint16 type, const void *value, gsize length);
void message_add_text(message *to, guint16 type, const char *text);
void message_add_address(message *to, guint16 type, const char *address);
void message_add_error(message *to, guint code, const char *reason);

/* ChannelData as in a datagram, without padding; RFC 8656 section 12.4. */
message channel_data(guint16 number, const void *payload, gsize length);

#endif
