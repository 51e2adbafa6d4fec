/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "support/addresses.h"

void assert_address(const stun_address *address, const char *expected) {
    char text[STUN_ADDRESS_TEXT];

    stun_address_format(address, text, sizeof text);
    assert_string_equal(text, expected);
}
