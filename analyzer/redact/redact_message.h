/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * A STUN message without what names somebody, in place: each attribute by the table in
 * redact_attribute.c, and blank what the table does not know. Types, lengths, transaction ids and
 * numbers stay; MESSAGE-INTEGRITY becomes all zeros, which turn_credentials_check() knows as
 * removed; FINGERPRINT is as good or bad as it was. How stun_message_parse() reads it stays too,
 * except, once in thousands of them, for MS-TURN messages that are padded against the
 * specification, where other bytes make another reading fit. */
#ifndef ANALYZER_REDACT_REDACT_MESSAGE_H
#define ANALYZER_REDACT_REDACT_MESSAGE_H

#include "analyzer/redact/stand_in.h"

/* BYTES as for stun_message_parse(): CAPTURED of them are there, LENGTH were on the wire; what
 * stands behind the message's own end is blanked. FALSE, and nothing is changed, when this is no
 * message. What DATA carries is redacted as by redact_payload(). */
gboolean redact_message(stand_ins *self, guint8 *bytes, gsize captured, gsize length);

#endif
