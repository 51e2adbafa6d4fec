/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "support/hex.h"
#include "support/parsed.h"

#include <string.h>

void parsed_read(parsed *f, const char *text) {
    memset(f, 0, sizeof *f);
    f->length = hex_bytes(text, f->bytes, sizeof f->bytes);
    f->status = stun_message_parse(f->bytes, f->length, f->length, &f->message);
}

size_t parsed_walk(const stun_message *message, stun_attr *attrs, stun_status *ended) {
    stun_attr_iter iter = stun_attr_iter_over(message);
    stun_attr attr;
    size_t count = 0;
    while (stun_attr_iter_next(&iter, &attr)) {
        assert_true(count < PARSED_MAX_ATTRS);
        attrs[count++] = attr;
    }
    *ended = iter.status;
    assert_false(stun_attr_iter_next(&iter, &attr));
    return count;
}
