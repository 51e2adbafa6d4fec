/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Numbers that look random and are the same on each run and machine. */
#ifndef TEST_SUPPORT_RANDOM_H
#define TEST_SUPPORT_RANDOM_H

#include <stdint.h>

/* The number behind SEED, which is the next seed; not 0 as long as the first seed is not. */
uint32_t next_random(uint32_t *seed);

#endif
