/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "turn/ladder_details.h"

#include "turn/message_values.h"

typedef enum detail_kind {
    DETAIL_TEXT,
    DETAIL_ADDRESS,
    DETAIL_SECONDS,
    DETAIL_HEX16,
    DETAIL_HEX32,
    DETAIL_TRANSPORT,
    DETAIL_FLAG,
    DETAIL_MS_RELAYED
} detail_kind;

static const struct {
    guint16 type;
    detail_kind kind;
    const char *words;
} details[] = {
    {STUN_ATTR_USERNAME, DETAIL_TEXT, "user"},
    {STUN_ATTR_REALM, DETAIL_TEXT, "realm"},
    {STUN_ATTR_REQUESTED_TRANSPORT, DETAIL_TRANSPORT, "relay"},
    {STUN_ATTR_LIFETIME, DETAIL_SECONDS, "lifetime"},
    {STUN_ATTR_XOR_RELAYED_ADDRESS, DETAIL_ADDRESS, "relayed address"},
    {STUN_ATTR_MAPPED_ADDRESS, DETAIL_MS_RELAYED, "relayed address"},
    {STUN_ATTR_XOR_MAPPED_ADDRESS, DETAIL_ADDRESS, "mapped address"},
    {STUN_ATTR_MS_XOR_MAPPED_ADDRESS, DETAIL_ADDRESS, "mapped address"},
    {STUN_ATTR_XOR_PEER_ADDRESS, DETAIL_ADDRESS, "peer"},
    {STUN_ATTR_DESTINATION_ADDRESS, DETAIL_ADDRESS, "peer"},
    {STUN_ATTR_ALTERNATE_SERVER, DETAIL_ADDRESS, "try"},
    {STUN_ATTR_MS_ALTERNATE_SERVER, DETAIL_ADDRESS, "try"},
    {STUN_ATTR_CHANNEL_NUMBER, DETAIL_HEX16, "channel"},
    {STUN_ATTR_CONNECTION_ID, DETAIL_HEX32, "CONNECTION-ID"},
    {STUN_ATTR_ICE_CONTROLLING, DETAIL_FLAG, "controlling"},
    {STUN_ATTR_ICE_CONTROLLED, DETAIL_FLAG, "controlled"},
    {STUN_ATTR_USE_CANDIDATE, DETAIL_FLAG, "USE-CANDIDATE"},
};

static char *text_detail(const stun_message *message, const stun_attr *attr, const char *words) {
    const stun_text value = stun_value_text(attr, message->dialect);
    g_autofree char *valid = message_text_of(value.bytes, value.length);

    return g_strdup_printf("%s \"%s\"", words, valid);
}

static char *address_detail(const stun_message *message, const stun_attr *attr, const char *words) {
    stun_address address;
    char text[STUN_ADDRESS_TEXT];

    if (!stun_value_address(message, attr, &address)) {
        return NULL;
    }
    stun_address_format(&address, text, sizeof text);
    return g_strdup_printf("%s %s", words, text);
}

static char *number_detail(const stun_attr *attr, detail_kind kind, const char *words) {
    guint32 value;

    if (!stun_value_uint(attr, &value)) {
        return NULL;
    }
    switch (kind) {
    case DETAIL_SECONDS:
        return g_strdup_printf("%s %u s", words, value);
    case DETAIL_HEX16:
        return g_strdup_printf("%s 0x%04x", words, value);
    case DETAIL_HEX32:
        return g_strdup_printf("%s 0x%08x", words, value);
    default:
        return value == 6    ? g_strdup_printf("TCP %s", words)
               : value == 17 ? g_strdup_printf("UDP %s", words)
                             : g_strdup_printf("%s over IP protocol %u", words, value);
    }
}

/* NULL when there is nothing to tell. */
static char *detail(const stun_message *message, const stun_attr *attr, gsize index) {
    const char *words = details[index].words;

    switch (details[index].kind) {
    case DETAIL_TEXT:
        return text_detail(message, attr, words);
    case DETAIL_ADDRESS:
        return address_detail(message, attr, words);
    case DETAIL_MS_RELAYED:
        /* Elsewhere it is the older form of XOR-MAPPED-ADDRESS. */
        return address_detail(message, attr,
                              message->dialect == STUN_DIALECT_MS_TURN ? words : "mapped address");
    case DETAIL_FLAG:
        return g_strdup(words);
    default:
        return number_detail(attr, details[index].kind, words);
    }
}

/* [MS-TURN] has the codes of REALM and NONCE the other way round, and user names of bytes. */
static guint16 meaning(const stun_message *message, const stun_attr *attr) {
    if (message->dialect != STUN_DIALECT_MS_TURN) {
        return attr->type;
    }
    switch (attr->type) {
    case STUN_ATTR_MS_REALM:
        return STUN_ATTR_REALM;
    case STUN_ATTR_MS_NONCE:
        return STUN_ATTR_NONCE;
    case STUN_ATTR_MS_USERNAME:
        return 0;
    default:
        return attr->type;
    }
}

GPtrArray *turn_ladder_details(const stun_message *message) {
    GPtrArray *found = g_ptr_array_new_with_free_func(g_free);
    stun_attr_iter iter = stun_attr_iter_over(message);
    stun_attr attr;

    while (found->len < TURN_LADDER_MAX_DETAILS && stun_attr_iter_next(&iter, &attr)) {
        const guint16 type = meaning(message, &attr);

        for (gsize i = 0; i < G_N_ELEMENTS(details); i++) {
            char *words = details[i].type == type ? detail(message, &attr, i) : NULL;

            if (words != NULL) {
                g_ptr_array_add(found, words);
            }
        }
    }
    return found;
}
