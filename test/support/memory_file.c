/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "support/hex.h"
#include "support/memory_file.h"
#include <stdlib.h>

#define MAX_BYTES 4096u

void memory_file_begin(memory_file *self) {
    self->stream = open_memstream(&self->bytes, &self->length);
    assert_non_null(self->stream);
}

void memory_file_end(memory_file *self) {
    if (self->stream != NULL) {
        fclose(g_steal_pointer(&self->stream));
    }
}

void memory_file_clear(memory_file *self) {
    memory_file_end(self);
    free(self->bytes);
}

GByteArray *bytes_of_hex(const char *hex) {
    guint8 bytes[MAX_BYTES];
    const gsize length = hex_bytes(hex, bytes, sizeof bytes);

    return g_byte_array_append(g_byte_array_new(), bytes, (guint)length);
}

void assert_bytes_from(const memory_file *file, gsize at, const char *hex) {
    g_autoptr(GByteArray) wanted = bytes_of_hex(hex);

    assert_int_equal(file->length, at + wanted->len);
    assert_memory_equal(file->bytes + at, wanted->data, wanted->len);
}
