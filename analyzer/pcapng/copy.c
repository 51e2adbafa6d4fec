/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "analyzer/pcapng/copy.h"

#include "analyzer/pcapng/block_reader.h"

#include <errno.h>
#include <string.h>

#define SECTION_FIXED     24u /* of the block: frame in front, byte order, version, length */
#define SECTION_LENGTH_AT 16u
#define SECTION_LENGTH    8u

typedef struct copier {
    pcapng_reader read;
    FILE *to;
    const char *comment; /* of the section; NULL when there is none, or once it was written */
    pcapng_comments comments;
    gpointer data;
    pcapng_copied *copied;
    pcapng_block made; /* what becomes of the block at hand */
    GPtrArray *texts;
} copier;

static void clear(copier *self) {
    pcapng_reader_clear(&self->read);
    g_ptr_array_unref(self->texts);
    pcapng_block_clear(&self->made);
}

static gboolean write_bytes(const copier *self, const GByteArray *bytes) {
    if (fwrite(bytes->data, 1, bytes->len, self->to) == bytes->len) {
        return TRUE;
    }
    self->copied->failure = errno;
    return FALSE;
}

static gboolean has_ours(const copier *self, gsize start, gsize end) {
    for (gsize at = start; at < end;) {
        const pcapng_option option = pcapng_reader_option(&self->read, at);

        if (pcapng_option_is_ours(&option)) {
            return TRUE;
        }
        at += option.size;
    }
    return FALSE;
}

/* The block with TEXTS behind its options, which lie from START to END and of which those of an
 * earlier run are left out; each text has at most LIMIT bytes. FALSE when it grows too long. */
static gboolean add_comments(copier *self, gsize start, gsize end, gsize limit) {
    const guint8 *bytes = self->read.bytes->data;

    self->made.big_endian = self->read.big_endian;
    pcapng_block_begin(&self->made, pcapng_reader_type(&self->read));
    pcapng_block_bytes(&self->made, bytes + 8, start - 8);
    for (gsize at = start; at < end;) {
        const pcapng_option option = pcapng_reader_option(&self->read, at);

        if (!pcapng_option_is_ours(&option)) {
            pcapng_block_bytes(&self->made, bytes + at, option.size);
        }
        at += option.size;
    }
    for (guint i = 0; i < self->texts->len; i++) {
        pcapng_block_text(&self->made, PCAPNG_OPTION_COMMENT, g_ptr_array_index(self->texts, i),
                          limit);
    }
    pcapng_block_end_options(&self->made);
    pcapng_block_end(&self->made);
    return self->made.bytes->len <= PCAPNG_MAX_BLOCK;
}

static gboolean copy_section(copier *self) {
    GByteArray *bytes = self->read.bytes;
    gsize end;

    if (bytes->len < SECTION_FIXED + 4) {
        return write_bytes(self, bytes);
    }
    /* Packets of any section may grow, also of one whose options are not to be touched. */
    memset(bytes->data + SECTION_LENGTH_AT, 0xff, SECTION_LENGTH);
    if (!pcapng_reader_options_end(&self->read, SECTION_FIXED, &end) ||
        (self->comment == NULL && !has_ours(self, SECTION_FIXED, end))) {
        return write_bytes(self, bytes);
    }
    g_ptr_array_set_size(self->texts, 0);
    if (self->comment != NULL) {
        g_ptr_array_add(self->texts, g_strdup(self->comment));
    }
    if (!add_comments(self, SECTION_FIXED, end, PCAPNG_MAX_SECTION_COMMENT)) {
        return write_bytes(self, bytes);
    }
    self->comment = NULL;
    return write_bytes(self, self->made.bytes);
}

static gboolean copy_packet(copier *self) {
    const gsize start = pcapng_reader_packet_options(&self->read);
    gboolean sound;
    gsize end;

    g_ptr_array_set_size(self->texts, 0);
    self->comments(self->data, (guint32)++self->copied->packets, self->texts);
    sound = pcapng_reader_options_end(&self->read, start, &end);
    if (self->texts->len == 0 && (!sound || !has_ours(self, start, end))) {
        return write_bytes(self, self->read.bytes);
    }
    if (!sound || !add_comments(self, start, end, PCAPNG_MAX_COMMENT)) {
        self->copied->damaged++;
        return write_bytes(self, self->read.bytes);
    }
    self->copied->commented += self->texts->len > 0 ? 1 : 0;
    return write_bytes(self, self->made.bytes);
}

static gboolean copy_simple_packet(copier *self) {
    g_ptr_array_set_size(self->texts, 0);
    self->comments(self->data, (guint32)++self->copied->packets, self->texts);
    self->copied->simple += self->texts->len > 0 ? 1 : 0;
    return write_bytes(self, self->read.bytes);
}

static gboolean copy_block(copier *self) {
    switch (pcapng_reader_type(&self->read)) {
    case PCAPNG_SECTION_HEADER:
        return copy_section(self);
    case PCAPNG_ENHANCED_PACKET:
    case PCAPNG_PACKET:
        return copy_packet(self);
    case PCAPNG_SIMPLE_PACKET:
        return copy_simple_packet(self);
    default:
        return write_bytes(self, self->read.bytes);
    }
}

gboolean pcapng_copy(FILE *from, FILE *to, const char *comment, pcapng_comments comments,
                     gpointer data, pcapng_copied *copied) {
    copier self = {.to = to,
                   .comment = comment,
                   .comments = comments,
                   .data = data,
                   .copied = copied,
                   .texts = g_ptr_array_new_with_free_func(g_free)};
    gboolean good = TRUE;

    memset(copied, 0, sizeof *copied);
    pcapng_reader_init(&self.read, from);
    pcapng_block_init(&self.made, FALSE);
    while (good && pcapng_reader_next(&self.read)) {
        good = copy_block(&self);
    }
    copied->offset = self.read.offset;
    copied->wrong = self.read.wrong;
    copied->placeless = self.comment != NULL;
    clear(&self);
    return good;
}
