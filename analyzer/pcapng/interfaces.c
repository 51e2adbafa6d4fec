/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "analyzer/pcapng/interfaces.h"

#include "analyzer/capture.h"
#include "analyzer/source.h"

#include <errno.h>

#define INTERFACE_OPTIONS 16u /* where they begin in an interface's block */
/* A power of two, which has the highest bit set, is taken for a finer one. */
#define RESOLUTION_MICRO 6u
#define PACKET_INTERFACE 8u /* where a packet's block has the number of its interface */

void pcapng_interface_count_block(pcapng_interface_count *self, const pcapng_reader *at) {
    switch (pcapng_reader_type(at)) {
    case PCAPNG_SECTION_HEADER:
        self->before += self->here;
        self->here = 0;
        break;
    case PCAPNG_INTERFACE:
        self->here++;
        break;
    default:
        break;
    }
}

/* draft-ietf-opsawg-pcapng, sections 4.3 and 4.4 and appendix A: only simple packets have none, and
 * that of obsolete ones is shorter. */
static guint32 number_of(const pcapng_reader *at) {
    const guint8 *number = at->bytes->data + PACKET_INTERFACE;

    switch (pcapng_reader_type(at)) {
    case PCAPNG_ENHANCED_PACKET:
        return pcapng_read_u32(number, at->big_endian);
    case PCAPNG_PACKET:
        return pcapng_read_u16(number, at->big_endian);
    default:
        return 0;
    }
}

guint32 pcapng_interface_count_packet(const pcapng_interface_count *self, const pcapng_reader *at) {
    const guint32 number = number_of(at);

    if (number >= self->here || number >= PCAPNG_MAX_INTERFACES ||
        self->before + number >= PCAPNG_MAX_INTERFACES) {
        return 0;
    }
    return self->before + number;
}

static pcapng_described *described_new(gboolean nanoseconds) {
    pcapng_described *self = g_new0(pcapng_described, 1);

    self->name = g_strdup("");
    self->nanoseconds = nanoseconds;
    return self;
}

static void described_free(gpointer data) {
    pcapng_described *self = data;

    g_free(self->name);
    g_free(self);
}

static void take_option(pcapng_described *self, const pcapng_option *option) {
    if (option->code == PCAPNG_INTERFACE_NAME) {
        g_free(self->name);
        self->name = g_strndup((const char *)option->value, option->length);
    } else if (option->code == PCAPNG_INTERFACE_RESOLUTION && option->length >= 1) {
        self->nanoseconds = *option->value > RESOLUTION_MICRO;
    }
}

static pcapng_described *describe(const pcapng_reader *at) {
    pcapng_described *self = described_new(FALSE);
    gsize end;

    if (at->bytes->len < INTERFACE_OPTIONS + 4 ||
        !pcapng_reader_options_end(at, INTERFACE_OPTIONS, &end)) {
        return self;
    }
    for (gsize next = INTERFACE_OPTIONS; next < end;) {
        const pcapng_option option = pcapng_reader_option(at, next);

        take_option(self, &option);
        next += option.size;
    }
    return self;
}

GPtrArray *pcapng_interfaces_of(FILE *from) {
    GPtrArray *all = g_ptr_array_new_with_free_func(described_free);
    pcapng_reader at;

    pcapng_reader_init(&at, from);
    while (all->len < PCAPNG_MAX_INTERFACES && pcapng_reader_next(&at)) {
        if (pcapng_reader_type(&at) == PCAPNG_INTERFACE) {
            g_ptr_array_add(all, describe(&at));
        }
    }
    pcapng_reader_clear(&at);
    if (all->len == 0) {
        g_ptr_array_add(all, described_new(FALSE));
    }
    return all;
}

GPtrArray *pcapng_interfaces(const char *path, GError **error) {
    g_autoptr(source) bytes = source_open(path, error);
    GPtrArray *all;
    FILE *stream;

    if (bytes == NULL) {
        return NULL;
    }
    if (source_magic(bytes)->kind != MAGIC_PCAPNG) {
        all = g_ptr_array_new_with_free_func(described_free);
        g_ptr_array_add(all, described_new(source_magic(bytes)->nanoseconds));
        return all;
    }
    stream = source_stream(bytes);
    if (stream == NULL) {
        g_set_error(error, CAPTURE_ERROR, CAPTURE_ERROR_OPEN, "%s: cannot be opened: %s.", path,
                    g_strerror(errno));
        return NULL;
    }
    all = pcapng_interfaces_of(stream);
    fclose(stream);
    return all;
}
