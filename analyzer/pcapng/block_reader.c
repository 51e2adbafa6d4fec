/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "analyzer/pcapng/block_reader.h"

#include <string.h>

#define PACKET_FIXED 28u /* of the block, the same of both kinds of packets that have options */
#define CAPTURED_AT  20u

void pcapng_reader_init(pcapng_reader *self, FILE *from) {
    *self = (pcapng_reader){.from = from, .bytes = g_byte_array_new()};
}

void pcapng_reader_clear(pcapng_reader *self) {
    g_clear_pointer(&self->bytes, g_byte_array_unref);
}

static gboolean fail(pcapng_reader *self, const char *wrong) {
    self->wrong = wrong;
    return FALSE;
}

/* COUNT more bytes of the block. */
static gboolean read_more(pcapng_reader *self, guint32 count) {
    const guint before = self->bytes->len;
    gsize got;

    g_byte_array_set_size(self->bytes, before + count);
    got = fread(self->bytes->data + before, 1, count, self->from);
    g_byte_array_set_size(self->bytes, before + (guint)got);
    return got == count;
}

/* Only a section header tells in which order its bytes are, and it stands behind the length. */
static gboolean read_order(pcapng_reader *self) {
    if (!read_more(self, 4)) {
        return fail(self, "the file ends in the middle of a block");
    }
    if (pcapng_read_u32(self->bytes->data + 8, TRUE) == PCAPNG_BYTE_ORDER_MAGIC) {
        self->big_endian = TRUE;
    } else if (pcapng_read_u32(self->bytes->data + 8, FALSE) == PCAPNG_BYTE_ORDER_MAGIC) {
        self->big_endian = FALSE;
    } else {
        return fail(self, "a section has no byte order");
    }
    return TRUE;
}

guint32 pcapng_reader_type(const pcapng_reader *self) {
    return pcapng_read_u32(self->bytes->data, self->big_endian);
}

gboolean pcapng_reader_has_options(const pcapng_reader *self) {
    const guint32 type = pcapng_reader_type(self);

    return type == PCAPNG_ENHANCED_PACKET || type == PCAPNG_PACKET;
}

gboolean pcapng_reader_is_packet(const pcapng_reader *self) {
    return pcapng_reader_has_options(self) || pcapng_reader_type(self) == PCAPNG_SIMPLE_PACKET;
}

static gboolean read_block(pcapng_reader *self) {
    guint32 length;

    if (!read_more(self, 8)) {
        return self->bytes->len == 0 ? FALSE : fail(self, "the file ends in the middle of a block");
    }
    if (pcapng_read_u32(self->bytes->data, FALSE) == PCAPNG_SECTION_HEADER && !read_order(self)) {
        return FALSE;
    }
    length = pcapng_read_u32(self->bytes->data + 4, self->big_endian);
    if (length < MAX(PCAPNG_FRAME, self->bytes->len) || length > PCAPNG_MAX_BLOCK ||
        length % 4 != 0) {
        return fail(self, "a block has an impossible length");
    }
    if (!read_more(self, length - self->bytes->len)) {
        return fail(self, "the file ends in the middle of a block");
    }
    if (pcapng_read_u32(self->bytes->data + length - 4, self->big_endian) != length) {
        return fail(self, "the two lengths of a block differ");
    }
    self->next += length;
    return TRUE;
}

static guint32 captured(const pcapng_reader *self) {
    return pcapng_read_u32(self->bytes->data + CAPTURED_AT, self->big_endian);
}

/* Whether the bytes of the packet lie within the block; what is behind one that does not cannot be
 * trusted. */
static gboolean packet_fits(const pcapng_reader *self) {
    return self->bytes->len >= PACKET_FIXED + 4 &&
           captured(self) <= self->bytes->len - PACKET_FIXED - 4;
}

gboolean pcapng_reader_next(pcapng_reader *self) {
    if (self->wrong != NULL) {
        return FALSE;
    }
    g_byte_array_set_size(self->bytes, 0);
    self->offset = self->next;
    if (!read_block(self)) {
        return FALSE;
    }
    if (pcapng_reader_has_options(self) && !packet_fits(self)) {
        return fail(self, "a packet is longer than its block");
    }
    return TRUE;
}

gsize pcapng_reader_packet_options(const pcapng_reader *self) {
    return PACKET_FIXED + pcapng_padded(captured(self));
}

pcapng_option pcapng_reader_option(const pcapng_reader *self, gsize at) {
    const guint8 *bytes = self->bytes->data + at;
    const guint16 length = pcapng_read_u16(bytes + 2, self->big_endian);

    return (pcapng_option){.code = pcapng_read_u16(bytes, self->big_endian),
                           .length = length,
                           .value = bytes + 4,
                           .size = 4 + pcapng_padded(length)};
}

gboolean pcapng_reader_options_end(const pcapng_reader *self, gsize start, gsize *end) {
    const gsize limit = self->bytes->len - 4;

    for (*end = start; limit - *end >= 4;) {
        const pcapng_option option = pcapng_reader_option(self, *end);

        if (option.code == PCAPNG_OPTION_END) {
            return TRUE;
        }
        if (option.size > limit - *end) {
            return FALSE;
        }
        *end += option.size;
    }
    return *end == limit;
}

gboolean pcapng_option_is_ours(const pcapng_option *self) {
    return self->code == PCAPNG_OPTION_COMMENT && self->length >= strlen(PCAPNG_OUR_COMMENT) &&
           memcmp(self->value, PCAPNG_OUR_COMMENT, strlen(PCAPNG_OUR_COMMENT)) == 0;
}
