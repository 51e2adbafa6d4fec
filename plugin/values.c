/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "plugin/values_private.h"

#include <epan/strutil.h>
#include <epan/to_str.h>

#define HEADER      4u  /* type and length of an attribute */
#define HEX_LIMIT   16u /* bytes on the attribute's line */
#define NAMES_LIMIT 8u  /* elements of a list there */

int mstun_value_place(const mstun_value *value, size_t at) {
    return (int)(value->attr->offset + HEADER + at);
}

int mstun_value_field(const mstun_value *value, size_t part) {
    return mstun_field(value->attr->info, part);
}

/* A value of any length is one only when all of it is there. */
static bool is_whole(const stun_attr *attr) {
    return attr->captured == attr->length && (attr->issues & STUN_ISSUE_TOO_SHORT) == 0;
}

const char *mstun_printable(const mstun_view *view, const char *bytes, size_t length) {
    const void *text = bytes; /* its type is not the same in all versions */

    return length == 0 ? "" : format_text(view->pinfo->pool, text, length);
}

const char *mstun_error_text(const mstun_view *view, const stun_error *error) {
    const stun_error_info *known = stun_error_lookup(error->code);
    size_t length = error->reason_length;

    /* Some senders count the padding into the length. */
    while (length > 0 && error->reason[length - 1] == '\0') {
        length--;
    }
    const char *reason = mstun_printable(view, error->reason, length);

    if (known == NULL || g_ascii_strcasecmp(known->name, reason) == 0) {
        return wmem_strdup_printf(view->pinfo->pool, "%u %s", error->code, reason);
    }
    return wmem_strdup_printf(view->pinfo->pool, "%u (%s)%s%s", error->code, known->name,
                              length > 0 ? " " : "", reason);
}

void mstun_value_number(const mstun_value *value, size_t part, size_t at, size_t size,
                        uint32_t number, const char *label) {
    const value_string *strings = mstun_field_strings(value->attr->info, part);
    const char *meaning = strings != NULL ? try_val_to_str(number, strings) : NULL;

    proto_tree_add_uint(value->tree, mstun_value_field(value, part), value->view->tvb,
                        mstun_value_place(value, at), (int)size, number);
    if (label == NULL) {
        return;
    }
    if (meaning != NULL) {
        proto_item_append_text(value->item, "%s%s", label, meaning);
    } else {
        proto_item_append_text(value->item, "%s%u", label, number);
    }
}

void mstun_value_bytes(const mstun_value *value, size_t part, size_t at, size_t size) {
    proto_tree_add_item(value->tree, mstun_value_field(value, part), value->view->tvb,
                        mstun_value_place(value, at), (int)size, ENC_NA);
}

static bool show_bytes(const mstun_value *value) {
    const stun_attr *attr = value->attr;

    if (!is_whole(attr)) {
        return false;
    }
    mstun_value_bytes(value, 0, 0, attr->length);
    if (attr->length == 0 || attr->length > HEX_LIMIT || attr->type == STUN_ATTR_DATA) {
        proto_item_append_text(value->item, ": %u bytes", attr->length);
    } else {
        proto_item_append_text(
            value->item, ": %s",
            bytes_to_str_maxlen(value->view->pinfo->pool, attr->value, attr->length, 0));
    }
    return true;
}

static const char *hash_of(const stun_attr *attr) {
    if (attr->type == STUN_ATTR_MESSAGE_INTEGRITY_SHA256 || attr->length == 32) {
        return "HMAC-SHA256, ";
    }
    return attr->length == 20 ? "HMAC-SHA1, " : "";
}

static bool show_hmac(const mstun_value *value) {
    const stun_attr *attr = value->attr;

    if (!is_whole(attr)) {
        return false;
    }
    mstun_value_bytes(value, 0, 0, attr->length);
    proto_item_append_text(value->item, ": %s%u bytes", hash_of(attr), attr->length);
    return true;
}

static bool show_text(const mstun_value *value) {
    const stun_attr *attr = value->attr;
    const stun_text text = stun_value_text(attr, value->view->message->dialect);

    if (!is_whole(attr)) {
        return false;
    }
    proto_tree_add_item(
        value->tree, mstun_value_field(value, 0), value->view->tvb,
        mstun_value_place(
            value, text.length > 0 ? (size_t)((const uint8_t *)text.bytes - attr->value) : 0),
        (int)text.length, ENC_UTF_8 | ENC_NA);
    proto_item_append_text(value->item, ": %s",
                           mstun_printable(value->view, text.bytes, text.length));
    return true;
}

static bool show_flag(const mstun_value *value) {
    proto_tree_add_item(value->tree, mstun_value_field(value, 0), value->view->tvb,
                        (int)value->attr->offset, HEADER, ENC_NA);
    return true;
}

/* Bytes that the number of KIND takes. */
static size_t number_size(stun_kind kind) {
    switch (kind) {
    case STUN_KIND_U32:
    case STUN_KIND_FINGERPRINT:
        return 4;
    case STUN_KIND_U16:
    case STUN_KIND_CHANNEL:
        return 2;
    default:
        return 1;
    }
}

static bool show_number(const mstun_value *value) {
    const stun_attr_info *info = value->attr->info;
    const value_string *strings = mstun_field_strings(info, 0);
    const char *unit = mstun_field_unit(info);
    const size_t size = number_size(info->kind);
    uint32_t number = 0;

    if (!stun_value_uint(value->attr, &number)) {
        return false;
    }
    const char *meaning = strings != NULL ? try_val_to_str(number, strings) : NULL;

    mstun_value_number(value, 0, 0, size, number, NULL);
    if (mstun_field_is_hex(info)) {
        proto_item_append_text(value->item, ": 0x%0*x", (int)size * 2, number);
    } else {
        proto_item_append_text(value->item, ": %u", number);
    }
    if (meaning != NULL) {
        proto_item_append_text(value->item, " (%s)", meaning);
    } else if (unit != NULL) {
        proto_item_append_text(value->item, " %s", unit);
    }
    return true;
}

static bool show_u64(const mstun_value *value) {
    uint64_t number = 0;

    if (!stun_value_u64(value->attr, &number)) {
        return false;
    }
    proto_tree_add_uint64(value->tree, mstun_value_field(value, 0), value->view->tvb,
                          mstun_value_place(value, 0), 8, number);
    proto_item_append_text(value->item, ": 0x%016" PRIx64, number);
    return true;
}

/* [MS-TURN] 2.2.2.1: the server's MAPPED-ADDRESS is not where it saw the client. */
static bool is_ms_relayed(const mstun_value *value) {
    const stun_message *message = value->view->message;

    return message->dialect == STUN_DIALECT_MS_TURN && message->cls == STUN_SUCCESS &&
           message->method == STUN_METHOD_ALLOCATE &&
           (value->attr->type == STUN_ATTR_MAPPED_ADDRESS ||
            value->attr->type == STUN_ATTR_MS_ALTERNATE_MAPPED_ADDRESS);
}

static bool show_address(const mstun_value *value) {
    tvbuff_t *tvb = value->view->tvb;
    char text[STUN_ADDRESS_TEXT];
    stun_address address;

    if (!stun_value_address(value->view->message, value->attr, &address)) {
        return false;
    }
    mstun_value_number(value, MSTUN_ADDRESS_FAMILY, 1, 1, address.family, NULL);
    mstun_value_number(value, MSTUN_ADDRESS_PORT, 2, 2, address.port, NULL);
    if (address.family == STUN_FAMILY_IPV4) {
        ws_in4_addr host;

        memcpy(&host, address.bytes, sizeof host);
        proto_tree_add_ipv4(value->tree, mstun_value_field(value, MSTUN_ADDRESS_IP), tvb,
                            mstun_value_place(value, 4), 4, host);
    } else {
        ws_in6_addr host;

        memcpy(&host, address.bytes, sizeof host);
        proto_tree_add_ipv6(value->tree, mstun_value_field(value, MSTUN_ADDRESS_IP6), tvb,
                            mstun_value_place(value, 4), 16, &host);
    }
    stun_address_format(&address, text, sizeof text);
    proto_item_append_text(value->item, ": %s%s", text,
                           is_ms_relayed(value) ? " (the relayed address)" : "");
    return true;
}

/* What the two error kinds share, from byte 2 on. */
static void add_error(const mstun_value *value, const stun_error *error) {
    const stun_error_info *known = stun_error_lookup(error->code);

    proto_tree_add_uint_format_value(value->tree, mstun_value_field(value, MSTUN_ERROR_CODE),
                                     value->view->tvb, mstun_value_place(value, 2), 2, error->code,
                                     known != NULL ? "%u (%s)" : "%u%s", error->code,
                                     known != NULL ? known->name : "");
    if (is_whole(value->attr)) {
        proto_tree_add_item(value->tree, mstun_value_field(value, MSTUN_ERROR_REASON),
                            value->view->tvb, mstun_value_place(value, 4),
                            (int)error->reason_length, ENC_UTF_8 | ENC_NA);
    }
    proto_item_append_text(value->item, ": %s", mstun_error_text(value->view, error));
}

static bool show_error(const mstun_value *value) {
    stun_error error;

    if (!stun_value_error(value->attr, &error)) {
        return false;
    }
    add_error(value, &error);
    return true;
}

static bool show_address_error(const mstun_value *value) {
    stun_error error;
    uint8_t family = 0;

    if (!stun_value_address_error(value->attr, &family, &error)) {
        return false;
    }
    proto_tree_add_uint(value->tree, mstun_value_field(value, MSTUN_ERROR_FAMILY), value->view->tvb,
                        mstun_value_place(value, 0), 1, family);
    add_error(value, &error);
    return true;
}

static bool show_type_list(const mstun_value *value) {
    uint16_t type = 0;

    for (size_t i = 0; stun_value_listed_type(value->attr, i, &type); i++) {
        const stun_attr_info *info = stun_attr_lookup(type, value->view->message->dialect);
        const char *name = info != NULL ? info->name : "unknown";

        proto_tree_add_uint_format_value(value->tree, mstun_value_field(value, 0), value->view->tvb,
                                         mstun_value_place(value, i * 2), 2, type, "%s (0x%04x)",
                                         name, type);
        if (i < NAMES_LIMIT) {
            proto_item_append_text(value->item, "%s%s (0x%04x)", i == 0 ? ": " : ", ", name, type);
        }
    }
    return is_whole(value->attr);
}

static bool show_algorithms(const mstun_value *value) {
    stun_algorithm algorithm;
    size_t offset = 0;
    size_t start = 0;
    unsigned count = 0;

    while (stun_value_next_algorithm(value->attr, &offset, &algorithm)) {
        const bool named = count++ < NAMES_LIMIT;
        const char *separator = start == 0 ? ": " : ", ";

        mstun_value_number(value, MSTUN_ALGORITHM_NUMBER, start, 2, algorithm.number,
                           named ? separator : NULL);
        if (algorithm.parameters_length > 0) {
            mstun_value_bytes(value, MSTUN_ALGORITHM_PARAMETERS, start + HEADER,
                              algorithm.parameters_length);
        }
        start = offset;
    }
    return start >= value->attr->length;
}

static bool show_icmp(const mstun_value *value) {
    stun_icmp icmp;

    if (!stun_value_icmp(value->attr, &icmp)) {
        return false;
    }
    mstun_value_number(value, MSTUN_ICMP_TYPE, 2, 1, icmp.type, ": type ");
    mstun_value_number(value, MSTUN_ICMP_CODE, 3, 1, icmp.code, ", code ");
    mstun_value_number(value, MSTUN_ICMP_DATA, 4, 4, icmp.data, NULL);
    return true;
}

bool mstun_value_show(const mstun_value *value) {
    static bool (*const show[])(const mstun_value *) = {
        [STUN_KIND_BYTES] = show_bytes,
        [STUN_KIND_TEXT] = show_text,
        [STUN_KIND_FLAG] = show_flag,
        [STUN_KIND_U8] = show_number,
        [STUN_KIND_U16] = show_number,
        [STUN_KIND_U32] = show_number,
        [STUN_KIND_U64] = show_u64,
        [STUN_KIND_ADDRESS] = show_address,
        [STUN_KIND_XOR_ADDRESS] = show_address,
        [STUN_KIND_ERROR] = show_error,
        [STUN_KIND_ADDRESS_ERROR] = show_address_error,
        [STUN_KIND_TYPE_LIST] = show_type_list,
        [STUN_KIND_ALGORITHM] = show_algorithms,
        [STUN_KIND_ALGORITHMS] = show_algorithms,
        [STUN_KIND_HMAC] = show_hmac,
        [STUN_KIND_FINGERPRINT] = show_number,
        [STUN_KIND_CHANNEL] = show_number,
        [STUN_KIND_TRANSPORT] = show_number,
        [STUN_KIND_FAMILY] = show_number,
        [STUN_KIND_ICMP] = show_icmp,
        [STUN_KIND_MS_SEQUENCE] = mstun_show_ms_sequence,
        [STUN_KIND_MS_QUALITY] = mstun_show_ms_quality,
        [STUN_KIND_MS_BANDWIDTH] = mstun_show_ms_bandwidth,
        [STUN_KIND_MS_SITE_RESPONSE] = mstun_show_ms_site_response,
        [STUN_KIND_MS_LOCATION] = mstun_show_ms_location,
    };
    _Static_assert(sizeof show / sizeof show[0] == STUN_KIND_COUNT, "every kind can be shown");

    return show[value->attr->info->kind](value);
}
