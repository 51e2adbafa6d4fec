/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "analyzer/frame_numbers.h"

#include "turn/bytes.h"

#include <string.h>

#define BLOCK_HEADER   12u /* type, length, and what tells byte order or maker */
#define SECTION        0x0A0D0D0Au
#define BIG_ENDIAN_IS  0x1A2B3C4Du
#define CUSTOM         0x00000BADu
#define CUSTOM_NO_COPY 0x40000BADu

/* Wireshark takes some of this maker's blocks for marks in the file, and none for a frame that has
 * a number of its own. */
#define MAKER_WITHOUT_FRAMES 10949u

struct frame_numbers {
    guint8 header[BLOCK_HEADER];
    gsize have;   /* bytes of HEADER */
    guint32 skip; /* bytes up to the next block */
    gboolean swapped;
    gboolean mixed; /* not all sections are */
    gboolean has_section;
    gboolean lost; /* these are no blocks */
    guint32 count;
    GArray *waiting; /* of guint32 */
    guint taken;     /* of those in WAITING */
};

frame_numbers *frame_numbers_new(void) {
    frame_numbers *self = g_new0(frame_numbers, 1);

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
    const guint32 number = bytes_u32(self->header + offset);

    return self->swapped ? GUINT32_SWAP_LE_BE(number) : number;
}

static gboolean is_packet(guint32 type) {
    return type == 2 || type == 3 || type == 6; /* obsolete, simple, enhanced */
}

static gboolean is_other_frame(const frame_numbers *self, guint32 type) {
    return type == 9 || /* systemd journal */
           ((type == CUSTOM || type == CUSTOM_NO_COPY) &&
            number_at(self, 8) != MAKER_WITHOUT_FRAMES);
}

static void begin_block(frame_numbers *self) {
    guint32 type;
    guint32 length;

    if (bytes_u32(self->header) == SECTION) {
        const gboolean swapped = bytes_u32(self->header + 8) != BIG_ENDIAN_IS;

        self->mixed |= self->has_section && swapped != self->swapped;
        self->has_section = TRUE;
        self->swapped = swapped;
    }
    type = number_at(self, 0);
    length = number_at(self, 4);
    if (length < BLOCK_HEADER) {
        self->lost = TRUE;
        return;
    }
    self->skip = length - BLOCK_HEADER;
    if (is_packet(type)) {
        self->count++;
        g_array_append_val(self->waiting, self->count);
    } else if (is_other_frame(self, type)) {
        self->count++;
    }
}

void frame_numbers_read(frame_numbers *self, const guint8 *bytes, gsize length) {
    while (length > 0 && !self->lost) {
        const gsize step =
            self->skip > 0 ? MIN(self->skip, length) : MIN(BLOCK_HEADER - self->have, length);

        if (self->skip > 0) {
            self->skip -= (guint32)step;
        } else {
            memcpy(self->header + self->have, bytes, step);
            self->have += step;
        }
        bytes += step;
        length -= step;
        if (self->have == BLOCK_HEADER) {
            self->have = 0;
            begin_block(self);
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
