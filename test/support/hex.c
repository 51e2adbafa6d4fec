/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "support/hex.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static unsigned digit_value(char digit) {
    static const char digits[] = "0123456789abcdef";
    const char *found = strchr(digits, tolower((unsigned char)digit));
    if (digit == '\0' || found == NULL) {
        fprintf(stderr, "hex_bytes: '%c' is no hex digit\n", digit);
        abort();
    }
    return (unsigned)(found - digits);
}

size_t hex_bytes(const char *text, uint8_t *out, size_t size) {
    size_t digits = 0;
    for (const char *at = text; *at != '\0'; at++) {
        if (*at == '#') {
            at += strcspn(at, "\n");
            at -= *at == '\0' ? 1 : 0;
            continue;
        }
        if (isspace((unsigned char)*at)) {
            continue;
        }
        if (digits / 2 >= size) {
            fprintf(stderr, "hex_bytes: more than %zu bytes\n", size);
            abort();
        }
        unsigned value = digit_value(*at);
        out[digits / 2] =
            (uint8_t)(digits % 2 == 0 ? value << 4 : (unsigned)out[digits / 2] | value);
        digits++;
    }
    if (digits % 2 != 0) {
        fprintf(stderr, "hex_bytes: half a byte at the end\n");
        abort();
    }
    return digits / 2;
}

uint8_t *hex_exact(const uint8_t *bytes, size_t length) {
    uint8_t *copy = malloc(length > 0 ? length : 1);
    if (copy == NULL) {
        abort();
    }
    if (length > 0) {
        memcpy(copy, bytes, length);
    }
    return copy;
}
