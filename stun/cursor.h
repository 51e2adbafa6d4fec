/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * A bounded reader over borrowed bytes. It knows how many bytes are left and nothing of STUN.
 * A read past the end yields zero and marks the cursor bad; the mark stays, so a group of reads is
 * tested once, after the last one. */
#ifndef STUN_CURSOR_H
#define STUN_CURSOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct stun_cursor {
    const uint8_t *at; /* borrowed from whoever owns the message */
    size_t left;
    bool bad;
} stun_cursor;

stun_cursor stun_cursor_over(const uint8_t *bytes, size_t length);

/* Integers are read in network order and returned in host order. */
uint8_t stun_cursor_u8(stun_cursor *cursor);
uint16_t stun_cursor_u16(stun_cursor *cursor);
uint32_t stun_cursor_u32(stun_cursor *cursor);
uint64_t stun_cursor_u64(stun_cursor *cursor);

/* The next LENGTH bytes, borrowed; NULL, and the cursor is bad, when there are fewer. */
const uint8_t *stun_cursor_bytes(stun_cursor *cursor, size_t length);

/* A child that sees the next LENGTH bytes only. The parent moves on by LENGTH whatever the child
 * reads; when there are fewer, both are bad and the child is empty. */
stun_cursor stun_cursor_take(stun_cursor *cursor, size_t length);

#endif
