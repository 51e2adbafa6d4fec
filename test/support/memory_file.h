/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * A file in memory that a test has written, and bytes told as hex.h reads them. */
#ifndef TEST_SUPPORT_MEMORY_FILE_H
#define TEST_SUPPORT_MEMORY_FILE_H

#include <glib.h>
#include <stdio.h>

typedef struct memory_file {
    char *bytes; /* up to date after memory_file_end() */
    size_t length;
    FILE *stream;
} memory_file;

void memory_file_begin(memory_file *self);
void memory_file_end(memory_file *self);
void memory_file_clear(memory_file *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(memory_file, memory_file_clear)

/* That FILE has from AT on the bytes HEX, and nothing after them. */
void assert_bytes_from(const memory_file *file, gsize at, const char *hex);
/* Owned by the caller. */
GByteArray *bytes_of_hex(const char *hex);

#endif
