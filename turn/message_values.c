/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "turn/message_values.h"

gboolean message_has(const stun_message *message, guint16 type) {
    stun_attr attr;

    return stun_message_find(message, type, &attr);
}

gboolean message_address(const stun_message *message, guint16 type, stun_address *address) {
    stun_attr attr;

    return stun_message_find(message, type, &attr) && stun_value_address(message, &attr, address);
}

gboolean message_uint(const stun_message *message, guint16 type, guint32 *value) {
    stun_attr attr;

    return stun_message_find(message, type, &attr) && stun_value_uint(&attr, value);
}

char *message_text(const stun_message *message, guint16 type) {
    stun_attr attr;
    stun_text text;

    if (!stun_message_find(message, type, &attr)) {
        return NULL;
    }
    text = stun_value_text(&attr, message->dialect);
    return g_utf8_make_valid(text.bytes != NULL ? text.bytes : "",
                             (gssize)MIN(text.length, TURN_MAX_TEXT));
}

gboolean message_error(const stun_message *message, stun_error *error) {
    stun_attr attr;

    return stun_message_find(message, STUN_ATTR_ERROR_CODE, &attr) &&
           stun_value_error(&attr, error);
}

guint16 message_error_code(const stun_message *message) {
    stun_error error;

    return message_error(message, &error) ? error.code : 0;
}

char *message_realm(const stun_message *message) {
    return message_text(message, message->dialect == STUN_DIALECT_MS_TURN ? STUN_ATTR_MS_REALM
                                                                          : STUN_ATTR_REALM);
}

char *message_nonce(const stun_message *message) {
    return message_text(message, message->dialect == STUN_DIALECT_MS_TURN ? STUN_ATTR_MS_NONCE
                                                                          : STUN_ATTR_NONCE);
}

gboolean message_names_user(const stun_message *message) {
    return message_has(message, STUN_ATTR_USERNAME) || message_has(message, STUN_ATTR_USERHASH);
}

gboolean message_is_authenticated(const stun_message *message) {
    return message_names_user(message) &&
           (message_has(message, STUN_ATTR_MESSAGE_INTEGRITY) ||
            message_has(message, STUN_ATTR_MESSAGE_INTEGRITY_SHA256));
}
