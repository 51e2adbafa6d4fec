/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "stun/codes.h"

#include <stdio.h>

#define ROWS(table) (sizeof(table) / sizeof((table)[0]))

const char *stun_dialect_name(stun_dialect dialect) {
    static const char *const names[] = {
        [STUN_DIALECT_RFC3489] = "RFC 3489",
        [STUN_DIALECT_RFC5389] = "RFC 8489",
        [STUN_DIALECT_MS_TURN] = "MS-TURN",
        [STUN_DIALECT_MS_ICE2] = "MS-ICE2",
    };
    _Static_assert(ROWS(names) == STUN_DIALECT_COUNT, "every dialect has a name");
    return (size_t)dialect < ROWS(names) ? names[dialect] : "";
}

const char *stun_class_name(stun_class cls) {
    static const char *const names[] = {
        [STUN_REQUEST] = "Request",
        [STUN_INDICATION] = "Indication",
        [STUN_SUCCESS] = "Success Response",
        [STUN_ERROR] = "Error Response",
    };
    return (size_t)cls < ROWS(names) ? names[cls] : "";
}

uint16_t stun_type_method(uint16_t type) {
    return (uint16_t)((type & 0x000fu) | (type & 0x00e0u) >> 1 | (type & 0x3e00u) >> 2);
}

stun_class stun_type_class(uint16_t type) {
    return (stun_class)((type >> 4 & 1u) | (type >> 7 & 2u));
}

uint16_t stun_type_make(uint16_t method, stun_class cls) {
    unsigned low = method & 0x000fu;
    unsigned middle = (method & 0x0070u) << 1;
    unsigned high = (method & 0x0f80u) << 2;
    return (uint16_t)(low | middle | high | ((unsigned)cls & 1u) << 4 | ((unsigned)cls & 2u) << 7);
}

typedef struct ms_type {
    uint16_t type;
    uint16_t method;
    stun_class cls;
} ms_type;

/* The types whose method and class bits mean something else before RFC 5389. */
static const ms_type ms_types[] = {
    {STUN_MS_SEND_REQUEST, STUN_METHOD_SEND, STUN_REQUEST},
    {STUN_MS_DATA_INDICATION, STUN_METHOD_DATA, STUN_INDICATION},
    {STUN_MS_SET_ACTIVE_DESTINATION_REQUEST, STUN_METHOD_MS_SET_ACTIVE_DESTINATION, STUN_REQUEST},
    {STUN_MS_SET_ACTIVE_DESTINATION_SUCCESS, STUN_METHOD_MS_SET_ACTIVE_DESTINATION, STUN_SUCCESS},
    {STUN_MS_SET_ACTIVE_DESTINATION_ERROR, STUN_METHOD_MS_SET_ACTIVE_DESTINATION, STUN_ERROR},
};

void stun_type_split(uint16_t type, stun_dialect dialect, uint16_t *method, stun_class *cls) {
    if (dialect == STUN_DIALECT_MS_TURN || dialect == STUN_DIALECT_RFC3489) {
        for (size_t i = 0; i < ROWS(ms_types); i++) {
            if (ms_types[i].type == type) {
                *method = ms_types[i].method;
                *cls = ms_types[i].cls;
                return;
            }
        }
    }
    *method = stun_type_method(type);
    *cls = stun_type_class(type);
}

typedef struct method_info {
    uint16_t method;
    const char *name;
} method_info;

static const method_info methods[] = {
#define STUN_METHOD(ident, value, name) {(value), (name)},
#include "stun/methods.def"
#undef STUN_METHOD
};

const char *stun_method_name(uint16_t method) {
    for (size_t i = 0; i < ROWS(methods); i++) {
        if (methods[i].method == method) {
            return methods[i].name;
        }
    }
    return NULL;
}

void stun_type_format(uint16_t type, stun_dialect dialect, char *out, size_t size) {
    uint16_t method = 0;
    stun_class cls = STUN_REQUEST;
    stun_type_split(type, dialect, &method, &cls);
    const char *name = stun_method_name(method);
    if (name != NULL) {
        snprintf(out, size, "%s %s", name, stun_class_name(cls));
    } else {
        snprintf(out, size, "Method 0x%03x %s", method, stun_class_name(cls));
    }
}

static const stun_error_info errors[] = {
#define STUN_ERROR_CODE(code, name, specification) {(code), (name), (specification)},
#include "stun/errors.def"
#undef STUN_ERROR_CODE
};

const stun_error_info *stun_error_lookup(uint16_t code) {
    for (size_t i = 0; i < ROWS(errors); i++) {
        if (errors[i].code == code) {
            return &errors[i];
        }
    }
    return NULL;
}

const stun_error_info *stun_error_table(size_t *count) {
    *count = ROWS(errors);
    return errors;
}
