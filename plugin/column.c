/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "plugin/column.h"

#include "plugin/values.h"

#define TEXT_LIMIT 256u /* of the column; nobody reads on */

/* The built-in dissector prints the five reserved bits as a part of the class. */
static bool has_reserved_bits(const stun_message *message) {
    stun_attr attr;

    return stun_message_find(message, STUN_ATTR_ERROR_CODE, &attr) && attr.captured >= 4 &&
           (attr.value[2] & 0xf8u) != 0;
}

/* In MS-TURN it names types, REALM and NONCE wrongly and loses step where nothing is padded; for
 * messages without the cookie it leaves out the error code. */
static bool needs_mending(const stun_message *message) {
    switch (message->dialect) {
    case STUN_DIALECT_MS_TURN:
        return true;
    case STUN_DIALECT_RFC3489:
        return message->cls == STUN_ERROR;
    default:
        return has_reserved_bits(message);
    }
}

static void append_text(const mstun_view *view, const stun_attr *attr, wmem_strbuf_t *info) {
    const stun_text text = stun_value_text(attr, view->message->dialect);
    const char *printable = mstun_printable(view, text.bytes, text.length);

    if (g_strcmp0(attr->info->name, "USERNAME") == 0) {
        wmem_strbuf_append_printf(info, " user: %s", printable);
    } else if (g_strcmp0(attr->info->name, "REALM") == 0) {
        wmem_strbuf_append_printf(info, " realm: %s", printable);
    } else if (g_strcmp0(attr->info->name, "NONCE") == 0) {
        wmem_strbuf_append(info, " with nonce");
    }
}

static void append_attribute(const mstun_view *view, const stun_attr *attr, wmem_strbuf_t *info) {
    char text[STUN_ADDRESS_TEXT];
    stun_address address;
    stun_error error;

    if (attr->info->kind == STUN_KIND_TEXT) {
        append_text(view, attr, info);
    } else if (stun_value_address(view->message, attr, &address)) {
        stun_address_format(&address, text, sizeof text);
        wmem_strbuf_append_printf(info, " %s: %s", attr->info->name, text);
    } else if (stun_value_error(attr, &error)) {
        wmem_strbuf_append_printf(info, " error-code: %s", mstun_error_text(view, &error));
    }
}

void mstun_column_mend(const mstun_view *view) {
    column_info *columns = view->pinfo->cinfo;
    const stun_message *message = view->message;
    stun_attr_iter iter = stun_attr_iter_over(message);
    stun_attr attr;
    char type[64];

    if (!needs_mending(message)) {
        return;
    }
    stun_message_format_type(message, type, sizeof type);
    wmem_strbuf_t *info = wmem_strbuf_new(view->pinfo->pool, type);

    while (wmem_strbuf_get_len(info) < TEXT_LIMIT && stun_attr_iter_next(&iter, &attr)) {
        if (attr.info != NULL) {
            append_attribute(view, &attr, info);
        }
    }
    col_add_str(columns, COL_INFO, wmem_strbuf_get_str(info));
    if (message->dialect == STUN_DIALECT_MS_TURN) {
        col_set_str(columns, COL_PROTOCOL, "MS-TURN");
    }
}
