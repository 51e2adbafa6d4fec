/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "turn/message_values.h"

#include <string.h>

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

char *message_text_of(const char *bytes, gsize length) {
    gsize kept = MIN(length, TURN_MAX_TEXT);

    while (kept > 0 && bytes[kept - 1] == '\0') {
        kept--;
    }
    return g_utf8_make_valid(kept > 0 ? bytes : "", (gssize)kept);
}

char *message_text(const stun_message *message, guint16 type) {
    stun_attr attr;
    stun_text text;

    if (!stun_message_find(message, type, &attr)) {
        return NULL;
    }
    text = stun_value_text(&attr, message->dialect);
    return message_text_of(text.bytes, text.length);
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

/* "a:b" and "b:a" are the two directions of one ICE session (RFC 8445 section 7.2.2): put the
 * fragments in one order. */
static char *ice_session(const char *username) {
    const char *colon = strchr(username, ':');
    g_autofree char *first = NULL;

    if (colon == NULL) {
        return g_strdup(username);
    }
    first = g_strndup(username, (gsize)(colon - username));
    return strcmp(first, colon + 1) <= 0 ? g_strdup(username)
                                         : g_strconcat(colon + 1, ":", first, NULL);
}

char *message_ice_session(const stun_message *message, gboolean *by_second) {
    char *ice;
    g_autofree char *username = NULL;
    stun_attr attr;

    /* A part of the name would make an ICE session of its own. */
    if (!stun_message_find(message, STUN_ATTR_USERNAME, &attr) || attr.captured < attr.length) {
        return NULL;
    }
    username = message_text(message, STUN_ATTR_USERNAME);
    if (username == NULL || *username == '\0') {
        return NULL;
    }
    ice = ice_session(username);
    if (by_second != NULL) {
        /* The receiver's comes first in USERNAME. */
        *by_second = g_str_equal(ice, username);
    }
    return ice;
}

gboolean message_is_check(const stun_message *message) {
    static const guint16 marks[] = {STUN_ATTR_USERNAME, STUN_ATTR_PRIORITY,
                                    STUN_ATTR_ICE_CONTROLLED, STUN_ATTR_ICE_CONTROLLING};

    for (gsize i = 0; i < G_N_ELEMENTS(marks); i++) {
        if (message_has(message, marks[i])) {
            return TRUE;
        }
    }
    return FALSE;
}
