/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "stun/value.h"

#include "stun/cursor.h"

#include <string.h>

static stun_cursor over_value(const stun_attr *attr) {
    return stun_cursor_over(attr->value, attr->captured);
}

static bool is_kind(const stun_attr *attr, stun_kind kind) {
    return attr->info != NULL && attr->info->kind == kind;
}

/* Bytes 4 to 19 of the message are the mask in every dialect: what RFC 8489 calls the cookie stands
 * where [MS-TURN] has the first 4 bytes of its transaction id. */
static void unmask(const stun_message *message, stun_address *address) {
    const uint8_t *mask = stun_message_transaction_id(message);
    size_t size = stun_address_size(address);
    address->port ^= (uint16_t)(mask[0] << 8 | mask[1]);
    for (size_t i = 0; i < size; i++) {
        address->bytes[i] ^= mask[i];
    }
}

bool stun_value_address(const stun_message *message, const stun_attr *attr, stun_address *out) {
    bool masked = is_kind(attr, STUN_KIND_XOR_ADDRESS);
    if (!masked && !is_kind(attr, STUN_KIND_ADDRESS)) {
        return false;
    }
    stun_cursor cursor = over_value(attr);
    stun_cursor_u8(&cursor);
    uint8_t family = stun_cursor_u8(&cursor);
    stun_address address = {.family = STUN_FAMILY_NONE, .port = stun_cursor_u16(&cursor)};
    if (family != STUN_FAMILY_IPV4 && family != STUN_FAMILY_IPV6) {
        return false;
    }
    address.family = (stun_family)family;
    size_t size = stun_address_size(&address);
    const uint8_t *bytes = stun_cursor_bytes(&cursor, size);
    if (bytes == NULL) {
        return false;
    }
    memcpy(address.bytes, bytes, size);
    if (masked) {
        unmask(message, &address);
    }
    *out = address;
    return true;
}

/* Bytes of the number that a value of this kind begins with; 0 when it does not. */
static size_t number_size(stun_kind kind) {
    static const uint8_t sizes[STUN_KIND_COUNT] = {
        [STUN_KIND_U8] = 1,        [STUN_KIND_U16] = 2,    [STUN_KIND_U32] = 4,
        [STUN_KIND_CHANNEL] = 2,   [STUN_KIND_FAMILY] = 1, [STUN_KIND_FINGERPRINT] = 4,
        [STUN_KIND_TRANSPORT] = 1,
    };
    return sizes[kind];
}

bool stun_value_uint(const stun_attr *attr, uint32_t *out) {
    size_t size = attr->info != NULL ? number_size(attr->info->kind) : 0;
    stun_cursor cursor = over_value(attr);
    const uint8_t *bytes = stun_cursor_bytes(&cursor, size);
    if (size == 0 || bytes == NULL) {
        return false;
    }
    uint32_t number = 0;
    for (size_t i = 0; i < size; i++) {
        number = number << 8 | bytes[i];
    }
    *out = number;
    return true;
}

bool stun_value_u64(const stun_attr *attr, uint64_t *out) {
    stun_cursor cursor = over_value(attr);
    uint64_t number = stun_cursor_u64(&cursor);
    if (cursor.bad || !is_kind(attr, STUN_KIND_U64)) {
        return false;
    }
    *out = number;
    return true;
}

/* What ERROR-CODE and ADDRESS-ERROR-CODE share: class, number and reason, from byte 2 on. */
static bool read_error(stun_cursor *cursor, stun_error *out) {
    unsigned cls = stun_cursor_u8(cursor) & 7u;
    unsigned number = stun_cursor_u8(cursor);
    size_t length = cursor->left;
    const uint8_t *reason = stun_cursor_bytes(cursor, length);
    if (cursor->bad) {
        return false;
    }
    out->code = (uint16_t)(cls * 100 + number);
    out->reason = (const char *)reason;
    out->reason_length = length;
    return true;
}

bool stun_value_error(const stun_attr *attr, stun_error *out) {
    stun_cursor cursor = over_value(attr);
    stun_cursor_u16(&cursor);
    return is_kind(attr, STUN_KIND_ERROR) && read_error(&cursor, out);
}

bool stun_value_address_error(const stun_attr *attr, uint8_t *family, stun_error *out) {
    stun_cursor cursor = over_value(attr);
    uint8_t first = stun_cursor_u8(&cursor);
    stun_cursor_u8(&cursor);
    if (!is_kind(attr, STUN_KIND_ADDRESS_ERROR) || !read_error(&cursor, out)) {
        return false;
    }
    *family = first;
    return true;
}

bool stun_value_icmp(const stun_attr *attr, stun_icmp *out) {
    stun_cursor cursor = over_value(attr);
    stun_cursor_u16(&cursor);
    stun_icmp icmp = {.type = stun_cursor_u8(&cursor)};
    icmp.code = stun_cursor_u8(&cursor);
    icmp.data = stun_cursor_u32(&cursor);
    if (cursor.bad || !is_kind(attr, STUN_KIND_ICMP)) {
        return false;
    }
    *out = icmp;
    return true;
}

bool stun_value_listed_type(const stun_attr *attr, size_t index, uint16_t *out) {
    if (!is_kind(attr, STUN_KIND_TYPE_LIST) || index >= attr->captured / 2) {
        return false;
    }
    stun_cursor cursor = over_value(attr);
    stun_cursor_take(&cursor, index * 2);
    *out = stun_cursor_u16(&cursor);
    return true;
}

static bool is_quoted(const stun_attr *attr, stun_dialect dialect) {
    return dialect == STUN_DIALECT_MS_TURN &&
           (attr->type == STUN_ATTR_MS_REALM || attr->type == STUN_ATTR_MS_NONCE);
}

stun_text stun_value_text(const stun_attr *attr, stun_dialect dialect) {
    stun_text text = {.bytes = (const char *)attr->value, .length = attr->captured};
    while (text.length > 0 && text.bytes[text.length - 1] == '\0') {
        text.length--;
    }
    if (!is_quoted(attr, dialect)) {
        return text;
    }
    if (text.length > 0 && text.bytes[0] == '"') {
        text.bytes++;
        text.length--;
    }
    if (text.length > 0 && text.bytes[text.length - 1] == '"') {
        text.length--;
    }
    return text;
}

bool stun_value_next_algorithm(const stun_attr *attr, size_t *offset, stun_algorithm *out) {
    if (!is_kind(attr, STUN_KIND_ALGORITHM) && !is_kind(attr, STUN_KIND_ALGORITHMS)) {
        return false;
    }
    stun_cursor cursor = over_value(attr);
    stun_cursor_take(&cursor, *offset);
    uint16_t number = stun_cursor_u16(&cursor);
    size_t length = stun_cursor_u16(&cursor);
    const uint8_t *parameters = stun_cursor_bytes(&cursor, length);
    if (cursor.bad) {
        return false;
    }
    *out = (stun_algorithm){number, parameters, length};
    *offset += 4 + ((length + 3) & ~(size_t)3);
    return true;
}

bool stun_value_ms_sequence(const stun_attr *attr, stun_ms_sequence *out) {
    stun_cursor cursor = over_value(attr);
    stun_ms_sequence sequence = {.connection_id = stun_cursor_bytes(&cursor, 20)};
    sequence.number = stun_cursor_u32(&cursor);
    if (cursor.bad || !is_kind(attr, STUN_KIND_MS_SEQUENCE)) {
        return false;
    }
    *out = sequence;
    return true;
}

bool stun_value_ms_quality(const stun_attr *attr, stun_ms_quality *out) {
    stun_cursor cursor = over_value(attr);
    stun_ms_quality quality = {.stream = stun_cursor_u16(&cursor)};
    quality.quality = stun_cursor_u16(&cursor);
    if (cursor.bad || !is_kind(attr, STUN_KIND_MS_QUALITY)) {
        return false;
    }
    *out = quality;
    return true;
}

/* Reads two amounts in either order; true when the smaller one stood first. */
static bool read_range(stun_cursor *cursor, uint32_t *min, uint32_t *max) {
    uint32_t first = stun_cursor_u32(cursor);
    uint32_t second = stun_cursor_u32(cursor);
    bool swapped = first < second;
    *min = swapped ? first : second;
    *max = swapped ? second : first;
    return swapped;
}

bool stun_value_ms_bandwidth(const stun_attr *attr, stun_ms_bandwidth *out) {
    stun_cursor cursor = over_value(attr);
    stun_ms_bandwidth amount;
    bool send = read_range(&cursor, &amount.min_send, &amount.max_send);
    bool receive = read_range(&cursor, &amount.min_receive, &amount.max_receive);
    amount.swapped = send || receive;
    if (cursor.bad || !is_kind(attr, STUN_KIND_MS_BANDWIDTH)) {
        return false;
    }
    *out = amount;
    return true;
}

bool stun_value_ms_site_response(const stun_attr *attr, stun_ms_site_response *out) {
    bool has_pstn =
        attr->type == STUN_ATTR_REMOTE_SITE_RESPONSE || attr->type == STUN_ATTR_LOCAL_SITE_RESPONSE;
    stun_cursor cursor = over_value(attr);
    uint32_t flags = stun_cursor_u32(&cursor);
    stun_ms_site_response response = {.valid = (flags & 0x80000000u) != 0};
    response.pstn_failover = has_pstn && (flags & 0x40000000u) != 0;
    response.max_send = stun_cursor_u32(&cursor);
    response.max_receive = stun_cursor_u32(&cursor);
    if (cursor.bad || !is_kind(attr, STUN_KIND_MS_SITE_RESPONSE)) {
        return false;
    }
    *out = response;
    return true;
}

bool stun_value_ms_location(const stun_attr *attr, stun_ms_location *out) {
    stun_cursor cursor = over_value(attr);
    stun_ms_location location = {.peer = stun_cursor_u8(&cursor)};
    location.self = stun_cursor_u8(&cursor);
    location.federation = stun_cursor_u8(&cursor);
    if (cursor.bad || !is_kind(attr, STUN_KIND_MS_LOCATION)) {
        return false;
    }
    *out = location;
    return true;
}
