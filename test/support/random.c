/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "support/random.h"

/* Marsaglia's xorshift of 32 bits. */
uint32_t next_random(uint32_t *seed) {
    *seed ^= *seed << 13;
    *seed ^= *seed >> 17;
    *seed ^= *seed << 5;
    return *seed;
}
