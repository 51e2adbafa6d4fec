/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "analyzer/pcapng/block.h"

#include <string.h>

void pcapng_block_init(pcapng_block *self, gboolean big_endian) {
    self->bytes = g_byte_array_new();
    self->big_endian = big_endian;
}

void pcapng_block_clear(pcapng_block *self) {
    g_clear_pointer(&self->bytes, g_byte_array_unref);
}

void pcapng_block_bytes(pcapng_block *self, const void *bytes, gsize length) {
    if (length > 0) {
        g_byte_array_append(self->bytes, bytes, (guint)length);
    }
}

/* The lowest WIDTH bytes of VALUE. */
static void put_number(pcapng_block *self, guint64 value, guint width) {
    guint8 bytes[8];

    for (guint i = 0; i < width; i++) {
        const guint shift = 8 * (self->big_endian ? width - 1 - i : i);

        bytes[i] = (guint8)(value >> shift & 0xff);
    }
    pcapng_block_bytes(self, bytes, width);
}

void pcapng_block_u16(pcapng_block *self, guint16 value) {
    put_number(self, value, 2);
}

void pcapng_block_u32(pcapng_block *self, guint32 value) {
    put_number(self, value, 4);
}

void pcapng_block_u64(pcapng_block *self, guint64 value) {
    put_number(self, value, 8);
}

void pcapng_block_begin(pcapng_block *self, guint32 type) {
    g_byte_array_set_size(self->bytes, 0);
    pcapng_block_u32(self, type);
    pcapng_block_u32(self, 0);
}

void pcapng_block_padded(pcapng_block *self, const void *bytes, gsize length) {
    static const guint8 padding[3] = {0};

    pcapng_block_bytes(self, bytes, length);
    pcapng_block_bytes(self, padding, pcapng_padded(length) - length);
}

void pcapng_block_option(pcapng_block *self, guint16 code, const void *value, gsize length) {
    pcapng_block_u16(self, code);
    pcapng_block_u16(self, (guint16)length);
    pcapng_block_padded(self, value, length);
}

void pcapng_block_text(pcapng_block *self, guint16 code, const char *text, gsize limit) {
    static const char rest[] = "...";
    const gsize length = strlen(text);
    const char *end;
    g_autofree char *cut = NULL;

    if (length == 0) {
        return;
    }
    if (length <= limit) {
        pcapng_block_option(self, code, text, length);
        return;
    }
    end = g_utf8_find_prev_char(text, text + limit - strlen(rest) + 1);
    cut = g_strdup_printf("%.*s%s", (int)(end - text), text, rest);
    pcapng_block_option(self, code, cut, strlen(cut));
}

void pcapng_block_end_options(pcapng_block *self) {
    pcapng_block_u32(self, PCAPNG_OPTION_END);
}

void pcapng_block_end(pcapng_block *self) {
    const guint32 total = self->bytes->len + 4;

    pcapng_block_u32(self, total);
    memcpy(self->bytes->data + 4, self->bytes->data + self->bytes->len - 4, 4);
}

guint16 pcapng_read_u16(const guint8 *bytes, gboolean big_endian) {
    const guint high = bytes[big_endian ? 0 : 1];
    const guint low = bytes[big_endian ? 1 : 0];

    return (guint16)(high << 8 | low);
}

guint32 pcapng_read_u32(const guint8 *bytes, gboolean big_endian) {
    const guint32 first = pcapng_read_u16(bytes, big_endian);
    const guint32 second = pcapng_read_u16(bytes + 2, big_endian);

    return big_endian ? first << 16 | second : second << 16 | first;
}
