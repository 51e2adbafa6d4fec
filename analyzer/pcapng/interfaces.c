/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "analyzer/pcapng/interfaces.h"

#include "analyzer/capture.h"
#include "analyzer/source.h"

#include <errno.h>

#define INTERFACE_OPTIONS 16u /* where they begin in an interface's block */
#define PACKET_INTERFACE  8u  /* where a packet's block has the number of its interface */

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

/* Owned by the caller. */
static char *name_of(const pcapng_reader *at) {
    gsize end;

    if (at->bytes->len < INTERFACE_OPTIONS + 4 ||
        !pcapng_reader_options_end(at, INTERFACE_OPTIONS, &end)) {
        return g_strdup("");
    }
    for (gsize option = INTERFACE_OPTIONS; option < end;) {
        const pcapng_option found = pcapng_reader_option(at, option);

        if (found.code == PCAPNG_INTERFACE_NAME) {
            return g_strndup((const char *)found.value, found.length);
        }
        option += found.size;
    }
    return g_strdup("");
}

GPtrArray *pcapng_interface_names_of(FILE *from) {
    GPtrArray *names = g_ptr_array_new_with_free_func(g_free);
    pcapng_reader at;

    pcapng_reader_init(&at, from);
    while (names->len < PCAPNG_MAX_INTERFACES && pcapng_reader_next(&at)) {
        if (pcapng_reader_type(&at) == PCAPNG_INTERFACE) {
            g_ptr_array_add(names, name_of(&at));
        }
    }
    pcapng_reader_clear(&at);
    if (names->len == 0) {
        g_ptr_array_add(names, g_strdup(""));
    }
    return names;
}

GPtrArray *pcapng_interface_names(const char *path, GError **error) {
    g_autoptr(source) bytes = source_open(path, error);
    GPtrArray *names;
    FILE *stream;

    if (bytes == NULL) {
        return NULL;
    }
    if (source_magic(bytes)->kind != MAGIC_PCAPNG) {
        names = g_ptr_array_new_with_free_func(g_free);
        g_ptr_array_add(names, g_strdup(""));
        return names;
    }
    stream = source_stream(bytes);
    if (stream == NULL) {
        g_set_error(error, CAPTURE_ERROR, CAPTURE_ERROR_OPEN, "%s: cannot be opened: %s.", path,
                    g_strerror(errno));
        return NULL;
    }
    names = pcapng_interface_names_of(stream);
    fclose(stream);
    return names;
}
