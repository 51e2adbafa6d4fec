/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "analyzer/frame_numbers.h"

#include "analyzer/pcapng/block.h"

#include <string.h>

#define HEADER 12u /* type, length, and what tells byte order or maker */
/* This maker's blocks are frames or not by a number of their own behind that, which is
 * little-endian in every section. */
#define NETFLIX        10949u
#define NETFLIX_HEADER 16u
#define NETFLIX_EVENT  1u
#define NETFLIX_SKIPS  2u

struct frame_numbers {
    guint8 header[NETFLIX_HEADER];
    gsize have;   /* bytes of HEADER */
    gsize want;   /* the same, before it says what the block is */
    guint32 skip; /* bytes up to the next block */
    gboolean big_endian;
    gboolean mixed; /* not all sections are */
    gboolean has_section;
    gboolean lost; /* these are no blocks */
    guint32 count;
    GArray *waiting; /* of guint32 */
    guint taken;     /* of those in WAITING */
};

frame_numbers *frame_numbers_new(void) {
    frame_numbers *self = g_new0(frame_numbers, 1);

    self->want = HEADER;
    self->waiting = g_array_new(FALSE, FALSE, sizeof(guint32));
    return self;
}

void frame_numbers_free(frame_numbers *self) {
    if (self != NULL) {
        g_array_unref(self->waiting);
        g_free(self);
    }
}

static guint32 number_at(const frame_numbers *self, gsize offset) {
    return pcapng_read_u32(self->header + offset, self->big_endian);
}

static gboolean is_custom(guint32 type) {
    return type == PCAPNG_CUSTOM || type == PCAPNG_CUSTOM_NO_COPY;
}

static gboolean is_packet(guint32 type) {
    return type == PCAPNG_PACKET || type == PCAPNG_SIMPLE_PACKET || type == PCAPNG_ENHANCED_PACKET;
}

/* Shorter ones are none of its blocks: there Wireshark reads no further. */
static gboolean is_of_netflix(const frame_numbers *self) {
    return is_custom(number_at(self, 0)) && number_at(self, 8) == NETFLIX &&
           number_at(self, 4) >= NETFLIX_HEADER;
}

static gboolean is_other_frame(const frame_numbers *self, guint32 type) {
    static const guint32 frames[] = {PCAPNG_JOURNAL, PCAPNG_SYSDIG_EVENT, PCAPNG_SYSDIG_EVENT_V2,
                                     PCAPNG_SYSDIG_EVENT_V2_LARGE};

    if (is_of_netflix(self)) {
        const guint32 kind = pcapng_read_u32(self->header + HEADER, FALSE);

        return kind == NETFLIX_EVENT || kind == NETFLIX_SKIPS;
    }
    for (gsize i = 0; i < G_N_ELEMENTS(frames); i++) {
        if (type == frames[i]) {
            return TRUE;
        }
    }
    return is_custom(type);
}

static void note_section(frame_numbers *self) {
    gboolean big_endian;

    if (number_at(self, 0) != PCAPNG_SECTION_HEADER) { /* the same in both byte orders */
        return;
    }
    big_endian = pcapng_read_u32(self->header + 8, TRUE) == PCAPNG_BYTE_ORDER_MAGIC;
    self->mixed |= self->has_section && big_endian != self->big_endian;
    self->has_section = TRUE;
    self->big_endian = big_endian;
}

static void begin_block(frame_numbers *self) {
    const guint32 type = number_at(self, 0);

    self->skip = number_at(self, 4) - (guint32)self->have;
    self->have = 0;
    self->want = HEADER;
    if (is_packet(type)) {
        self->count++;
        g_array_append_val(self->waiting, self->count);
    } else if (is_other_frame(self, type)) {
        self->count++;
    }
}

/* As much of a header is there as was wanted. */
static void read_header(frame_numbers *self) {
    if (self->have == HEADER) {
        note_section(self);
        if (number_at(self, 4) < PCAPNG_FRAME) {
            self->lost = TRUE;
            return;
        }
        if (is_of_netflix(self)) {
            self->want = NETFLIX_HEADER;
            return;
        }
    }
    begin_block(self);
}

void frame_numbers_read(frame_numbers *self, const guint8 *bytes, gsize length) {
    while (length > 0 && !self->lost) {
        const gsize step =
            self->skip > 0 ? MIN(self->skip, length) : MIN(self->want - self->have, length);

        if (self->skip > 0) {
            self->skip -= (guint32)step;
        } else {
            memcpy(self->header + self->have, bytes, step);
            self->have += step;
        }
        bytes += step;
        length -= step;
        if (self->have == self->want) {
            read_header(self);
        }
    }
}

gboolean frame_numbers_are_mixed(const frame_numbers *self) {
    return self->mixed;
}

guint32 frame_numbers_take(frame_numbers *self) {
    guint32 number;

    if (self->taken >= self->waiting->len) {
        return 0;
    }
    number = g_array_index(self->waiting, guint32, self->taken);
    self->taken++;
    if (self->taken == self->waiting->len) {
        self->taken = 0;
        g_array_set_size(self->waiting, 0);
    }
    return number;
}
