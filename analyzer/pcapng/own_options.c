/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "analyzer/pcapng/own_options.h"

#include "analyzer/capture.h"
#include "analyzer/pcapng/interfaces.h"
#include "analyzer/source.h"

#include <errno.h>

/* draft-ietf-opsawg-pcapng, sections 3.5 and 4.3: options of packets, and how many bytes in front
 * of their value are a number in the byte order of the section. Not the verdict (7), of which the
 * first byte says whether there is such a number behind it. */
static const struct known {
    guint16 code;
    guint8 number;
    gboolean stays_behind; /* is not to be copied */
} known_options[] = {{PCAPNG_OPTION_COMMENT, 0, FALSE},
                     {2, 4, FALSE},    /* flags */
                     {3, 0, FALSE},    /* hash */
                     {4, 8, FALSE},    /* packets dropped before it */
                     {5, 8, FALSE},    /* packet id */
                     {6, 4, FALSE},    /* queue */
                     {2988, 4, FALSE}, /* text of a maker, who has the number */
                     {2989, 4, FALSE}, /* bytes of one */
                     {19372, 4, TRUE}, /* the same, not to be copied */
                     {19373, 4, TRUE}};

struct own_options {
    source *bytes; /* NULL of a stream that is borrowed */
    FILE *stream;  /* NULL when the capture is no pcapng */
    pcapng_reader read;
    pcapng_interface_count interfaces;
    gboolean lost; /* there is no packet at hand */
    gsize start;   /* of the options of the packet at hand */
    gsize end;
    gboolean sound;
};

own_options *own_options_new(FILE *from) {
    own_options *self = g_new0(own_options, 1);

    self->stream = from;
    pcapng_reader_init(&self->read, from);
    return self;
}

own_options *own_options_open(const char *path, GError **error) {
    g_autoptr(source) bytes = source_open(path, error);
    own_options *self;
    FILE *stream = NULL;

    if (bytes == NULL) {
        return NULL;
    }
    if (source_magic(bytes)->kind == MAGIC_PCAPNG) {
        stream = source_stream(bytes);
        if (stream == NULL) {
            g_set_error(error, CAPTURE_ERROR, CAPTURE_ERROR_OPEN, "%s: cannot be opened: %s.", path,
                        g_strerror(errno));
            return NULL;
        }
    }
    self = own_options_new(stream);
    self->bytes = g_steal_pointer(&bytes);
    return self;
}

void own_options_free(own_options *self) {
    if (self == NULL) {
        return;
    }
    if (self->bytes != NULL && self->stream != NULL) {
        fclose(self->stream);
    }
    source_free(self->bytes);
    pcapng_reader_clear(&self->read);
    g_free(self);
}

void own_options_next(own_options *self) {
    if (self->stream == NULL) {
        return;
    }
    while (!(self->lost = !pcapng_reader_next(&self->read)) &&
           !pcapng_reader_is_packet(&self->read)) {
        pcapng_interface_count_block(&self->interfaces, &self->read);
    }
    if (!self->lost && pcapng_reader_has_options(&self->read)) {
        self->start = pcapng_reader_packet_options(&self->read);
        self->sound = pcapng_reader_options_end(&self->read, self->start, &self->end);
    }
}

gboolean own_options_is_simple(const own_options *self) {
    return self->stream != NULL && !self->lost && !pcapng_reader_has_options(&self->read);
}

guint32 own_options_interface(const own_options *self) {
    return self->stream != NULL && !self->lost
               ? pcapng_interface_count_packet(&self->interfaces, &self->read)
               : 0;
}

static const struct known *known_option(guint16 code) {
    for (gsize i = 0; i < G_N_ELEMENTS(known_options); i++) {
        if (known_options[i].code == code) {
            return &known_options[i];
        }
    }
    return NULL;
}

/* OPTION with its number, if it has one, the other way round. */
static void add_swapped(pcapng_block *to, const pcapng_option *option, guint8 number) {
    guint8 swapped[8];

    for (guint8 i = 0; i < number; i++) {
        swapped[i] = option->value[number - 1 - i];
    }
    pcapng_block_u16(to, option->code);
    pcapng_block_u16(to, option->length);
    pcapng_block_bytes(to, swapped, number);
    pcapng_block_padded(to, option->value + number, (gsize)option->length - number);
}

static void add_option(const own_options *self, const pcapng_option *option, pcapng_block *to) {
    const struct known *known = known_option(option->code);

    if (pcapng_option_is_ours(option) || (known != NULL && known->stays_behind)) {
        return;
    }
    if (!self->read.big_endian) {
        pcapng_block_option(to, option->code, option->value, option->length);
    } else if (known != NULL && option->length >= known->number) {
        add_swapped(to, option, known->number);
    }
}

gboolean own_options_add(const own_options *self, pcapng_block *to, gsize limit) {
    if (self->stream == NULL || own_options_is_simple(self)) {
        return TRUE;
    }
    if (self->lost || !self->sound || self->end - self->start > limit) {
        return FALSE;
    }
    for (gsize at = self->start; at < self->end;) {
        const pcapng_option option = pcapng_reader_option(&self->read, at);

        add_option(self, &option, to);
        at += option.size;
    }
    return TRUE;
}
