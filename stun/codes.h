/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Numbers of the STUN header and of ERROR-CODE, and their names in each dialect. Tables only. */
#ifndef STUN_CODES_H
#define STUN_CODES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Which rules a message follows. It is read off the message, never configured. */
typedef enum stun_dialect {
    STUN_DIALECT_RFC3489, /* no cookie: a transaction id of 128 bits */
    STUN_DIALECT_RFC5389, /* RFC 5389 and RFC 8489, and TURN on top of them */
    STUN_DIALECT_MS_TURN, /* [MS-TURN]: the MAGIC-COOKIE attribute stands first */
    STUN_DIALECT_MS_ICE2, /* [MS-ICE2] legacy checks: cookie, but the older integrity rules */
    STUN_DIALECT_COUNT
} stun_dialect;

/* "RFC 3489", "RFC 8489", "MS-TURN", "MS-ICE2". */
const char *stun_dialect_name(stun_dialect dialect);

/* RFC 8489 section 5. */
typedef enum stun_class {
    STUN_REQUEST = 0,
    STUN_INDICATION = 1,
    STUN_SUCCESS = 2,
    STUN_ERROR = 3
} stun_class;

/* "Request", "Indication", "Success Response", "Error Response". */
const char *stun_class_name(stun_class cls);

/* STUN_METHOD_NAME = number: RFC 8489 section 18.2, RFC 8656 section 17 and RFC 6062 section 6.1.
 * The method of [MS-TURN] that has no number of its own is out of the range of the wire. */
enum {
#define STUN_METHOD(ident, value, name) STUN_METHOD_##ident = (value),
#include "stun/methods.def"
#undef STUN_METHOD
};

/* Message types of [MS-TURN] 2.2.1 whose class bits RFC 8489 would read otherwise. */
enum {
    STUN_MS_SEND_REQUEST = 0x0004,
    STUN_MS_DATA_INDICATION = 0x0115,
    STUN_MS_SET_ACTIVE_DESTINATION_REQUEST = 0x0006,
    STUN_MS_SET_ACTIVE_DESTINATION_SUCCESS = 0x0106,
    STUN_MS_SET_ACTIVE_DESTINATION_ERROR = 0x0116
};

/* Splits the 14 bits of a message type; RFC 8489 figure 3. */
uint16_t stun_type_method(uint16_t type);
stun_class stun_type_class(uint16_t type);
uint16_t stun_type_make(uint16_t method, stun_class cls);

/* Method and class of TYPE as DIALECT reads it: before RFC 5389 some types had no such bits. */
void stun_type_split(uint16_t type, stun_dialect dialect, uint16_t *method, stun_class *cls);

/* The method alone, "Allocate", or NULL when no specification names it. */
const char *stun_method_name(uint16_t method);
/* The whole type as the dialect names it, "Allocate Error Response". Writes "Method 0x0f5 Request"
 * for a method without a name. Always terminated. */
void stun_type_format(uint16_t type, stun_dialect dialect, char *out, size_t size);

typedef struct stun_error_info {
    uint16_t code;
    const char *name;          /* as the newest specification prints it */
    const char *specification; /* "RFC 8489 section 14.8" */
} stun_error_info;

/* NULL when no specification names the code. */
const stun_error_info *stun_error_lookup(uint16_t code);
/* Every known error code, in order; COUNT may not be NULL. */
const stun_error_info *stun_error_table(size_t *count);

#endif
