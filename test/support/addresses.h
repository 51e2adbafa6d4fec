/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Addresses as what a test expects. */
#ifndef TEST_SUPPORT_ADDRESSES_H
#define TEST_SUPPORT_ADDRESSES_H

#include "stun/address.h"

/* EXPECTED as stun_address_format() writes it: "10.0.0.1:5". */
void assert_address(const stun_address *address, const char *expected);

#endif
