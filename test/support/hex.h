/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Bytes written as text, so that a test can say what each line of a message is. */
#ifndef TEST_SUPPORT_HEX_H
#define TEST_SUPPORT_HEX_H

#include <stddef.h>
#include <stdint.h>

/* Reads pairs of hex digits to OUT and returns how many bytes they make. White space may stand
 * between digits; '#' starts a comment that goes on to the end of the line. Ends the program on any
 * other character, on half a byte and when there are more than SIZE bytes: the test is wrong. */
size_t hex_bytes(const char *text, uint8_t *out, size_t size);

/* A copy in a block of its own of exactly LENGTH bytes, so that a sanitizer sees a read past them.
 * To be released with free(). */
uint8_t *hex_exact(const uint8_t *bytes, size_t length);

#endif
