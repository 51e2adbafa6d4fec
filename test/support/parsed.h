/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * A message that is written as hex digits (hex.h), and what the parser made of it. */
#ifndef TEST_SUPPORT_PARSED_H
#define TEST_SUPPORT_PARSED_H

#include "stun/message.h"

#define PARSED_MAX_ATTRS 16

typedef struct parsed {
    uint8_t bytes[512];
    size_t length;
    stun_message message; /* points into bytes */
    stun_status status;
} parsed;

void parsed_read(parsed *f, const char *text);

/* Collects what the walk over the attributes yields, and returns how many there are; the test fails
 * when there are more than PARSED_MAX_ATTRS. */
size_t parsed_walk(const stun_message *message, stun_attr *attrs, stun_status *ended);

#endif
