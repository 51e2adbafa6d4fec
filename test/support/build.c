/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "support/build.h"

#include "stun/fingerprint.h"
#include "stun/message.h"

#include <arpa/inet.h>
#include <string.h>

#define FINGERPRINT_XOR 0x5354554eu

static const guint8 ms_marker[8] = {0x00, 0x0f, 0x00, 0x04, 0x72, 0xc6, 0x4b, 0xc6};

typedef enum value_kind {
    TEXT,
    NUMBER8,
    NUMBER16,
    NUMBER32,
    XOR,
    PLAIN,
    ERROR,
    FILLER,
    CRC
} value_kind;

typedef struct attribute {
    const char *word;
    guint16 type;
    value_kind kind;
    guint argument; /* FILLER: length; CRC: 0 right, 1 legacy, 2 wrong */
} attribute;

static const attribute attributes[] = {
    {"user", STUN_ATTR_USERNAME, TEXT, 0},
    {"realm", STUN_ATTR_REALM, TEXT, 0},
    {"nonce", STUN_ATTR_NONCE, TEXT, 0},
    {"software", STUN_ATTR_SOFTWARE, TEXT, 0},
    {"mapped", STUN_ATTR_XOR_MAPPED_ADDRESS, XOR, 0},
    {"relayed", STUN_ATTR_XOR_RELAYED_ADDRESS, XOR, 0},
    {"peer", STUN_ATTR_XOR_PEER_ADDRESS, XOR, 0},
    {"alternate", STUN_ATTR_ALTERNATE_SERVER, PLAIN, 0},
    {"lifetime", STUN_ATTR_LIFETIME, NUMBER32, 0},
    {"transport", STUN_ATTR_REQUESTED_TRANSPORT, NUMBER8, 0},
    {"channel", STUN_ATTR_CHANNEL_NUMBER, NUMBER16, 0},
    {"connection", STUN_ATTR_CONNECTION_ID, NUMBER32, 0},
    {"priority", STUN_ATTR_PRIORITY, NUMBER32, 0},
    {"error", STUN_ATTR_ERROR_CODE, ERROR, 0},
    {"candidate", STUN_ATTR_CANDIDATE_IDENTIFIER, TEXT, 0},
    {"controlling", STUN_ATTR_ICE_CONTROLLING, FILLER, 8},
    {"controlled", STUN_ATTR_ICE_CONTROLLED, FILLER, 8},
    {"nominate", STUN_ATTR_USE_CANDIDATE, FILLER, 0},
    {"mi", STUN_ATTR_MESSAGE_INTEGRITY, FILLER, 20},
    {"sha256", STUN_ATTR_MESSAGE_INTEGRITY_SHA256, FILLER, 32},
    {"userhash", STUN_ATTR_USERHASH, FILLER, 32},
    {"fingerprint", STUN_ATTR_FINGERPRINT, CRC, 0},
    {"legacy", STUN_ATTR_FINGERPRINT, CRC, 1},
    {"bad", STUN_ATTR_FINGERPRINT, CRC, 2},
};

static guint16 number_of(const char *word, const char *const *words, gsize count,
                         const guint16 *numbers) {
    for (gsize i = 0; i < count; i++) {
        if (g_str_equal(words[i], word)) {
            return numbers[i];
        }
    }
    g_error("build: \"%s\" is not known", word);
}

static guint16 method_of(const char *word) {
    static const char *const words[] = {"binding",    "allocate", "refresh", "send", "data",
                                        "permission", "channel",  "connect", "bind", "attempt"};
    static const guint16 numbers[] = {STUN_METHOD_BINDING,
                                      STUN_METHOD_ALLOCATE,
                                      STUN_METHOD_REFRESH,
                                      STUN_METHOD_SEND,
                                      STUN_METHOD_DATA,
                                      STUN_METHOD_CREATE_PERMISSION,
                                      STUN_METHOD_CHANNEL_BIND,
                                      STUN_METHOD_CONNECT,
                                      STUN_METHOD_CONNECTION_BIND,
                                      STUN_METHOD_CONNECTION_ATTEMPT};

    return number_of(word, words, G_N_ELEMENTS(words), numbers);
}

static stun_class class_of(const char *word) {
    static const char *const words[] = {"request", "indication", "success", "error"};
    static const guint16 numbers[] = {STUN_REQUEST, STUN_INDICATION, STUN_SUCCESS, STUN_ERROR};

    return (stun_class)number_of(word, words, G_N_ELEMENTS(words), numbers);
}

/* Ends the program: the test is wrong. */
static void require(gboolean condition, const char *text) {
    if (!condition) {
        g_error("build: \"%s\" does not fit", text);
    }
}

stun_address address_of(const char *text) {
    g_auto(GStrv) parts = g_regex_split_simple("^\\[?(.*?)\\]?:([0-9]+)$", text, 0, 0);
    const gboolean whole = g_strv_length(parts) == 4;
    guint8 bytes[16];
    guint16 port;

    require(whole, text);
    port = (guint16)g_ascii_strtoull(parts[2], NULL, 10);
    if (*text == '[') {
        require(inet_pton(AF_INET6, parts[1], bytes) == 1, text);
        return stun_address_ipv6(bytes, port);
    }
    require(inet_pton(AF_INET, parts[1], bytes) == 1, text);
    return stun_address_ipv4(bytes, port);
}

static void put_u16(guint8 *at, guint value) {
    at[0] = (guint8)(value >> 8);
    at[1] = (guint8)value;
}

static void put_u32(guint8 *at, guint32 value) {
    put_u16(at, value >> 16);
    put_u16(at + 2, value & 0xffff);
}

static void append(message *to, const void *bytes, gsize length) {
    require(to->length + length <= sizeof to->bytes, "message");
    if (length > 0) {
        memcpy(to->bytes + to->length, bytes, length);
    }
    to->length += length;
}

static gboolean is_ms(const message *of) {
    return of->length >= 28 && memcmp(of->bytes + 20, ms_marker, sizeof ms_marker) == 0;
}

void message_add(message *to, guint16 type, const void *value, gsize length) {
    static const guint8 zeros[3];
    guint8 header[4];

    put_u16(header, type);
    put_u16(header + 2, (guint)length);
    append(to, header, sizeof header);
    append(to, value, length);
    append(to, zeros, is_ms(to) ? 0 : (4 - length % 4) % 4);
    put_u16(to->bytes + 2, (guint)(to->length - STUN_HEADER_SIZE));
}

void message_add_text(message *to, guint16 type, const char *text) {
    message_add(to, type, text, strlen(text));
}

static void add_number(message *to, const attribute *which, const char *text) {
    const guint32 number = (guint32)g_ascii_strtoull(text, NULL, 0);
    guint8 value[4] = {0};

    if (which->kind == NUMBER8) {
        value[0] = (guint8)number;
    } else if (which->kind == NUMBER16) {
        put_u16(value, number);
    } else {
        put_u32(value, number);
    }
    message_add(to, which->type, value, sizeof value);
}

static void add_address(message *to, guint16 type, const char *text, gboolean masked) {
    const stun_address address = address_of(text);
    const gsize size = stun_address_size(&address);
    guint8 value[20] = {0, (guint8)address.family};

    put_u16(value + 2, address.port);
    memcpy(value + 4, address.bytes, size);
    for (gsize i = 0; masked && i < size; i++) {
        value[4 + i] ^= to->bytes[4 + i];
    }
    if (masked) {
        value[2] ^= to->bytes[4];
        value[3] ^= to->bytes[5];
    }
    message_add(to, type, value, 4 + size);
}

void message_add_address(message *to, guint16 type, const char *address) {
    add_address(to, type, address, FALSE);
}

void message_add_error(message *to, guint code, const char *reason) {
    const guint8 head[4] = {0, 0, (guint8)(code / 100), (guint8)(code % 100)};
    message value = {.length = 0};

    append(&value, head, sizeof head);
    append(&value, reason, strlen(reason));
    message_add(to, STUN_ATTR_ERROR_CODE, value.bytes, value.length);
}

/* The CRC covers the header with the length that includes it: add it first, then fill it in. */
static void add_fingerprint(message *to, guint form) {
    static const guint8 empty[4];
    const gsize covered = to->length;
    guint32 crc;

    message_add(to, STUN_ATTR_FINGERPRINT, empty, sizeof empty);
    crc = stun_crc32(to->bytes, covered, form == 1) ^ FINGERPRINT_XOR;
    put_u32(to->bytes + covered + 4, form == 2 ? ~crc : crc);
}

static void add_attribute(message *to, const attribute *which, const char *text) {
    static const guint8 filler[32] = {0x11, 0x22, 0x33, 0x44};

    switch (which->kind) {
    case TEXT:
        message_add_text(to, which->type, text);
        break;
    case XOR:
    case PLAIN:
        add_address(to, which->type, text, which->kind == XOR);
        break;
    case ERROR: {
        g_autofree char *reason = g_strdup_printf("Reason %s", text);

        message_add_error(to, (guint)g_ascii_strtoull(text, NULL, 10), reason);
        break;
    }
    case FILLER:
        message_add(to, which->type, filler, which->argument);
        break;
    case CRC:
        add_fingerprint(to, which->argument);
        break;
    default:
        add_number(to, which, text);
        break;
    }
}

static void add_word(message *to, const char *word) {
    g_auto(GStrv) parts = g_strsplit(word, "=", 2);

    for (gsize i = 0; i < G_N_ELEMENTS(attributes); i++) {
        if (g_str_equal(attributes[i].word, parts[0])) {
            add_attribute(to, &attributes[i], parts[1] != NULL ? parts[1] : "");
            return;
        }
    }
    g_error("build: there is no attribute \"%s\"", word);
}

message message_of(const char *text) {
    g_auto(GStrv) words = g_strsplit(text, " ", -1);
    message made = {.length = STUN_HEADER_SIZE};

    require(g_strv_length(words) >= 3, text);
    put_u16(made.bytes, stun_type_make(method_of(words[0]), class_of(words[1])));
    put_u32(made.bytes + 4, STUN_COOKIE);
    memset(made.bytes + 8, 0xa5, 8);
    put_u32(made.bytes + 16, (guint32)g_ascii_strtoull(words[2], NULL, 10));
    for (char **word = words + 3; *word != NULL; word++) {
        add_word(&made, *word);
    }
    return made;
}

message message_ms(guint16 type, guint8 id) {
    message made = {.length = STUN_HEADER_SIZE};

    put_u16(made.bytes, type);
    memset(made.bytes + 4, id, STUN_TRANSACTION_ID_SIZE);
    append(&made, ms_marker, sizeof ms_marker);
    put_u16(made.bytes + 2, sizeof ms_marker);
    return made;
}

message channel_data(guint16 number, const void *payload, gsize length) {
    message made = {.length = 4};

    put_u16(made.bytes, number);
    put_u16(made.bytes + 2, (guint)length);
    append(&made, payload, length);
    return made;
}
