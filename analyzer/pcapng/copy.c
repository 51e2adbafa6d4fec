/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "analyzer/pcapng/copy.h"

#include "analyzer/pcapng/block.h"
#include "analyzer/pcapng/writer.h"

#include <string.h>

#define SECTION_FIXED     24u /* of the block: frame in front, byte order, version, length */
#define PACKET_FIXED      28u /* the same of both kinds of packets that have options */
#define CAPTURED_AT       20u
#define SECTION_LENGTH_AT 16u

typedef struct copier {
    FILE *from;
    FILE *to;
    const char *comment; /* of the section; NULL when there is none, or once it was written */
    pcapng_comments comments;
    gpointer data;
    pcapng_copied *copied;
    guint64 next;      /* offset of the block that comes next */
    GByteArray *read;  /* the block at hand */
    pcapng_block made; /* what becomes of it; its byte order is that of the section */
    GPtrArray *texts;
} copier;

static void init(copier *self) {
    self->read = g_byte_array_new();
    self->texts = g_ptr_array_new_with_free_func(g_free);
    pcapng_block_init(&self->made, FALSE);
}

static void clear(copier *self) {
    g_byte_array_unref(self->read);
    g_ptr_array_unref(self->texts);
    pcapng_block_clear(&self->made);
}

static gboolean fail(copier *self, const char *wrong) {
    self->copied->wrong = wrong;
    return FALSE;
}

/* COUNT more bytes of the block. */
static gboolean read_more(copier *self, guint32 count) {
    const guint before = self->read->len;
    gsize got;

    g_byte_array_set_size(self->read, before + count);
    got = fread(self->read->data + before, 1, count, self->from);
    g_byte_array_set_size(self->read, before + (guint)got);
    return got == count;
}

/* Only a section header tells in which order its bytes are, and it stands behind the length. */
static gboolean read_order(copier *self) {
    if (!read_more(self, 4)) {
        return fail(self, "the file ends in the middle of a block");
    }
    if (pcapng_read_u32(self->read->data + 8, TRUE) == PCAPNG_BYTE_ORDER_MAGIC) {
        self->made.big_endian = TRUE;
    } else if (pcapng_read_u32(self->read->data + 8, FALSE) == PCAPNG_BYTE_ORDER_MAGIC) {
        self->made.big_endian = FALSE;
    } else {
        return fail(self, "a section has no byte order");
    }
    return TRUE;
}

static guint32 block_type(const copier *self) {
    return pcapng_read_u32(self->read->data, self->made.big_endian);
}

/* The next block as a whole; FALSE at the end, and when it is damaged. */
static gboolean read_block(copier *self) {
    guint32 length;

    g_byte_array_set_size(self->read, 0);
    self->copied->offset = self->next;
    if (!read_more(self, 8)) {
        return self->read->len == 0 ? FALSE : fail(self, "the file ends in the middle of a block");
    }
    if (pcapng_read_u32(self->read->data, FALSE) == PCAPNG_SECTION_HEADER && !read_order(self)) {
        return FALSE;
    }
    length = pcapng_read_u32(self->read->data + 4, self->made.big_endian);
    if (length < MAX(PCAPNG_FRAME, self->read->len) || length > PCAPNG_MAX_BLOCK ||
        length % 4 != 0) {
        return fail(self, "a block has an impossible length");
    }
    if (!read_more(self, length - self->read->len)) {
        return fail(self, "the file ends in the middle of a block");
    }
    if (pcapng_read_u32(self->read->data + length - 4, self->made.big_endian) != length) {
        return fail(self, "the two lengths of a block differ");
    }
    self->next += length;
    return TRUE;
}

static gboolean write_bytes(const copier *self, const GByteArray *bytes) {
    return fwrite(bytes->data, 1, bytes->len, self->to) == bytes->len;
}

/* Where options that begin at START end: at their end mark, or with the block. FALSE when one of
 * them goes on behind the block. */
static gboolean options_end(const copier *self, gsize start, gsize *end) {
    const gsize limit = self->read->len - 4;

    for (*end = start; limit - *end >= 4;) {
        const guint8 *option = self->read->data + *end;
        const gsize length = pcapng_read_u16(option + 2, self->made.big_endian);

        if (pcapng_read_u16(option, self->made.big_endian) == PCAPNG_OPTION_END) {
            return TRUE;
        }
        if (4 + pcapng_padded(length) > limit - *end) {
            return FALSE;
        }
        *end += 4 + pcapng_padded(length);
    }
    return *end == limit;
}

/* Whether the option at BYTES is a comment of an earlier run. */
static gboolean is_ours(const copier *self, const guint8 *bytes) {
    const gsize length = pcapng_read_u16(bytes + 2, self->made.big_endian);

    return pcapng_read_u16(bytes, self->made.big_endian) == PCAPNG_OPTION_COMMENT &&
           length >= strlen(PCAPNG_OUR_COMMENT) &&
           memcmp(bytes + 4, PCAPNG_OUR_COMMENT, strlen(PCAPNG_OUR_COMMENT)) == 0;
}

static gsize option_size(const copier *self, gsize at) {
    return 4 + pcapng_padded(pcapng_read_u16(self->read->data + at + 2, self->made.big_endian));
}

static gboolean has_ours(const copier *self, gsize start, gsize end) {
    for (gsize at = start; at < end; at += option_size(self, at)) {
        if (is_ours(self, self->read->data + at)) {
            return TRUE;
        }
    }
    return FALSE;
}

/* The block with TEXTS behind its options, which lie from START to END and of which those of an
 * earlier run are left out; each text has at most LIMIT bytes. FALSE when it grows too long. */
static gboolean add_comments(copier *self, gsize start, gsize end, gsize limit) {
    const guint8 *bytes = self->read->data;

    pcapng_block_begin(&self->made, block_type(self));
    pcapng_block_bytes(&self->made, bytes + 8, start - 8);
    for (gsize at = start; at < end; at += option_size(self, at)) {
        if (!is_ours(self, bytes + at)) {
            pcapng_block_bytes(&self->made, bytes + at, option_size(self, at));
        }
    }
    for (guint i = 0; i < MIN(self->texts->len, PCAPNG_MAX_COMMENTS); i++) {
        pcapng_block_text(&self->made, PCAPNG_OPTION_COMMENT, g_ptr_array_index(self->texts, i),
                          limit);
    }
    pcapng_block_end_options(&self->made);
    pcapng_block_end(&self->made);
    return self->made.bytes->len <= PCAPNG_MAX_BLOCK;
}

static gboolean copy_section(copier *self) {
    gsize end;

    if (self->comment == NULL || self->read->len < SECTION_FIXED + 4 ||
        !options_end(self, SECTION_FIXED, &end)) {
        return write_bytes(self, self->read);
    }
    g_ptr_array_set_size(self->texts, 0);
    g_ptr_array_add(self->texts, g_strdup(self->comment));
    self->comment = NULL;
    if (!add_comments(self, SECTION_FIXED, end, PCAPNG_MAX_SECTION_COMMENT)) {
        return write_bytes(self, self->read);
    }
    memset(self->made.bytes->data + SECTION_LENGTH_AT, 0xff, 8);
    return write_bytes(self, self->made.bytes);
}

static gboolean copy_packet(copier *self) {
    const gsize captured = pcapng_read_u32(self->read->data + CAPTURED_AT, self->made.big_endian);
    const gsize start = PACKET_FIXED + pcapng_padded(captured);
    gboolean sound;
    gsize end;

    g_ptr_array_set_size(self->texts, 0);
    self->comments(self->data, (guint32)++self->copied->packets, self->texts);
    sound = options_end(self, start, &end);
    if (self->texts->len == 0 && (!sound || !has_ours(self, start, end))) {
        return write_bytes(self, self->read);
    }
    if (!sound || !add_comments(self, start, end, PCAPNG_MAX_COMMENT)) {
        self->copied->damaged++;
        return write_bytes(self, self->read);
    }
    self->copied->commented += self->texts->len > 0 ? 1 : 0;
    return write_bytes(self, self->made.bytes);
}

static gboolean copy_simple_packet(copier *self) {
    g_ptr_array_set_size(self->texts, 0);
    self->comments(self->data, (guint32)++self->copied->packets, self->texts);
    self->copied->simple += self->texts->len > 0 ? 1 : 0;
    return write_bytes(self, self->read);
}

/* Whether the bytes of the packet lie within the block; what is behind one that does not cannot be
 * trusted. */
static gboolean packet_fits(const copier *self) {
    guint32 captured;

    if (self->read->len < PACKET_FIXED + 4) {
        return FALSE;
    }
    captured = pcapng_read_u32(self->read->data + CAPTURED_AT, self->made.big_endian);
    return captured <= self->read->len - PACKET_FIXED - 4;
}

static gboolean copy_block(copier *self) {
    switch (block_type(self)) {
    case PCAPNG_SECTION_HEADER:
        return copy_section(self);
    case PCAPNG_ENHANCED_PACKET:
    case PCAPNG_PACKET:
        return copy_packet(self);
    case PCAPNG_SIMPLE_PACKET:
        return copy_simple_packet(self);
    default:
        return write_bytes(self, self->read);
    }
}

static gboolean is_damaged(copier *self) {
    const guint32 type = block_type(self);

    if ((type == PCAPNG_ENHANCED_PACKET || type == PCAPNG_PACKET) && !packet_fits(self)) {
        return !fail(self, "a packet is longer than its block");
    }
    return FALSE;
}

static void collect_comments(copier *self) {
    const gsize captured = pcapng_read_u32(self->read->data + CAPTURED_AT, self->made.big_endian);
    const gsize start = PACKET_FIXED + pcapng_padded(captured);
    gsize end;

    if (!options_end(self, start, &end)) {
        return;
    }
    for (gsize at = start; at < end; at += option_size(self, at)) {
        const guint8 *option = self->read->data + at;

        if (pcapng_read_u16(option, self->made.big_endian) == PCAPNG_OPTION_COMMENT &&
            !is_ours(self, option)) {
            g_ptr_array_add(self->texts,
                            g_utf8_make_valid((const char *)option + 4,
                                              pcapng_read_u16(option + 2, self->made.big_endian)));
        }
    }
}

void pcapng_read_comments(FILE *from, pcapng_commented commented, gpointer data) {
    pcapng_copied copied = {0};
    copier self = {.from = from, .copied = &copied};

    init(&self);
    while (read_block(&self) && !is_damaged(&self)) {
        const guint32 type = block_type(&self);

        g_ptr_array_set_size(self.texts, 0);
        if (type == PCAPNG_ENHANCED_PACKET || type == PCAPNG_PACKET) {
            collect_comments(&self);
        }
        if (type == PCAPNG_SIMPLE_PACKET || type == PCAPNG_ENHANCED_PACKET ||
            type == PCAPNG_PACKET) {
            copied.packets++;
        }
        if (self.texts->len > 0) {
            commented(data, (guint32)copied.packets, self.texts);
        }
    }
    clear(&self);
}

gboolean pcapng_copy(FILE *from, FILE *to, const char *comment, pcapng_comments comments,
                     gpointer data, pcapng_copied *copied) {
    copier self = {.from = from,
                   .to = to,
                   .comment = comment,
                   .comments = comments,
                   .data = data,
                   .copied = copied};
    gboolean good = TRUE;

    memset(copied, 0, sizeof *copied);
    init(&self);
    while (good && read_block(&self) && !is_damaged(&self)) {
        good = copy_block(&self);
    }
    clear(&self);
    return good;
}
