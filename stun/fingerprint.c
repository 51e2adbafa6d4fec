/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "stun/fingerprint.h"

#include "stun/cursor.h"

#define FINGERPRINT_XOR 0x5354554Eu
#define LEGACY_INDEX    0x5Au
#define LEGACY_ENTRY    0x08BBE8EAu

/* The CRC is linear, so the entry for a byte is the XOR of those for its two halves. */
static const uint32_t low_nibble[16] = {
    0x00000000, 0x77073096, 0xEE0E612C, 0x990951BA, 0x076DC419, 0x706AF48F, 0xE963A535, 0x9E6495A3,
    0x0EDB8832, 0x79DCB8A4, 0xE0D5E91E, 0x97D2D988, 0x09B64C2B, 0x7EB17CBD, 0xE7B82D07, 0x90BF1D91};
static const uint32_t high_nibble[16] = {
    0x00000000, 0x1DB71064, 0x3B6E20C8, 0x26D930AC, 0x76DC4190, 0x6B6B51F4, 0x4DB26158, 0x5005713C,
    0xEDB88320, 0xF00F9344, 0xD6D6A3E8, 0xCB61B38C, 0x9B64C2B0, 0x86D3D2D4, 0xA00AE278, 0xBDBDF21C};

static uint32_t table_entry(uint8_t index, bool legacy) {
    if (legacy && index == LEGACY_INDEX) {
        return LEGACY_ENTRY;
    }
    return low_nibble[index & 15u] ^ high_nibble[index >> 4];
}

uint32_t stun_crc32(const uint8_t *bytes, size_t length, bool legacy) {
    uint32_t crc = 0xFFFFFFFFu;
    for (size_t i = 0; i < length; i++) {
        crc = crc >> 8 ^ table_entry((uint8_t)(crc ^ bytes[i]), legacy);
    }
    return ~crc;
}

static bool find_fingerprint(const stun_message *message, stun_attr *attr, stun_status *ended) {
    stun_attr_iter iter = stun_attr_iter_over(message);
    while (stun_attr_iter_next(&iter, attr)) {
        if (attr->type == STUN_ATTR_FINGERPRINT) {
            return true;
        }
    }
    *ended = iter.status;
    return false;
}

stun_fingerprint stun_fingerprint_check(const stun_message *message) {
    stun_attr attr;
    stun_status ended = STUN_OK;
    if (!find_fingerprint(message, &attr, &ended)) {
        return ended == STUN_TRUNCATED ? STUN_FINGERPRINT_UNKNOWN : STUN_FINGERPRINT_ABSENT;
    }
    if (attr.status == STUN_TRUNCATED) {
        return STUN_FINGERPRINT_UNKNOWN;
    }
    if (attr.status != STUN_OK || attr.length != 4) {
        return STUN_FINGERPRINT_BAD;
    }
    stun_cursor cursor = stun_cursor_over(attr.value, attr.captured);
    uint32_t crc = stun_cursor_u32(&cursor) ^ FINGERPRINT_XOR;
    if (crc == stun_crc32(message->bytes, attr.offset, false)) {
        return STUN_FINGERPRINT_GOOD;
    }
    if (crc == stun_crc32(message->bytes, attr.offset, true)) {
        return STUN_FINGERPRINT_LEGACY;
    }
    return STUN_FINGERPRINT_BAD;
}
