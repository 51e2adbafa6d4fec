/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "stun/cursor.h"

stun_cursor stun_cursor_over(const uint8_t *bytes, size_t length) {
    return (stun_cursor){.at = bytes, .left = length, .bad = false};
}

const uint8_t *stun_cursor_bytes(stun_cursor *cursor, size_t length) {
    if (cursor->bad || length > cursor->left) {
        cursor->bad = true;
        cursor->left = 0;
        return NULL;
    }
    const uint8_t *bytes = cursor->at;
    if (length > 0) { /* an empty cursor may hold NULL, which must not be added to */
        cursor->at += length;
        cursor->left -= length;
    }
    return bytes;
}

static uint64_t read_number(stun_cursor *cursor, size_t size) {
    const uint8_t *bytes = stun_cursor_bytes(cursor, size);
    uint64_t number = 0;
    for (size_t i = 0; bytes != NULL && i < size; i++) {
        number = number << 8 | bytes[i];
    }
    return number;
}

uint8_t stun_cursor_u8(stun_cursor *cursor) {
    return (uint8_t)read_number(cursor, 1);
}

uint16_t stun_cursor_u16(stun_cursor *cursor) {
    return (uint16_t)read_number(cursor, 2);
}

uint32_t stun_cursor_u32(stun_cursor *cursor) {
    return (uint32_t)read_number(cursor, 4);
}

uint64_t stun_cursor_u64(stun_cursor *cursor) {
    return read_number(cursor, 8);
}

stun_cursor stun_cursor_take(stun_cursor *cursor, size_t length) {
    const uint8_t *bytes = stun_cursor_bytes(cursor, length);
    stun_cursor child = stun_cursor_over(bytes, cursor->bad ? 0 : length);
    child.bad = cursor->bad;
    return child;
}
