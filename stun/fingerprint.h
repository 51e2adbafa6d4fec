/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * FINGERPRINT: the CRC-32 over a message, in the standard form and in the one that Microsoft
 * endpoints send beside it. */
#ifndef STUN_FINGERPRINT_H
#define STUN_FINGERPRINT_H

#include "stun/message.h"

typedef enum stun_fingerprint {
    STUN_FINGERPRINT_ABSENT,
    STUN_FINGERPRINT_GOOD,
    STUN_FINGERPRINT_LEGACY, /* good by [MS-ICE2] 3.1.4.8.2's table, not by the standard one */
    STUN_FINGERPRINT_BAD,
    STUN_FINGERPRINT_UNKNOWN /* the capture does not hold all bytes that it covers */
} stun_fingerprint;

/* CRC-32 of RFC 8489 section 14.7 before the XOR: polynomial 0xEDB88320, start and end inverted.
 * LEGACY uses entry 0x5A = 0x08BBE8EA as [MS-ICE2] senders do. */
uint32_t stun_crc32(const uint8_t *bytes, size_t length, bool legacy);

/* Checks the first FINGERPRINT of MESSAGE; RFC 8489 section 14.7. */
stun_fingerprint stun_fingerprint_check(const stun_message *message);

#endif
