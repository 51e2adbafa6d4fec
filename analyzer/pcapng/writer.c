/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "analyzer/pcapng/writer.h"

#include "analyzer/pcapng/block.h"
#include "analyzer/version.h"

#include <errno.h>
#include <pcap/dlt.h>

#define VERSION_MAJOR        1u
#define VERSION_MINOR        0u
#define LENGTH_UNKNOWN       G_MAXUINT64
#define RESOLUTION_NANO      9u
#define RESOLUTION_MICRO     6u
#define NANOSECONDS_IN_MICRO 1000

struct pcapng_writer {
    FILE *to;
    GArray *nanoseconds; /* of gboolean, by interface */
    int failure;
    pcapng_block block;
};

/* Numbers that differ between systems have one of their own in files. The others are the same. */
static const struct {
    int dlt;
    guint16 in_files;
} link_types[] = {{DLT_RAW, 101}, {DLT_LOOP, 108}};

static guint16 link_type_in_files(int dlt) {
    for (gsize i = 0; i < G_N_ELEMENTS(link_types); i++) {
        if (link_types[i].dlt == dlt) {
            return link_types[i].in_files;
        }
    }
    return (guint16)dlt;
}

pcapng_writer *pcapng_writer_new(FILE *to) {
    pcapng_writer *self = g_new0(pcapng_writer, 1);

    self->to = to;
    self->nanoseconds = g_array_new(FALSE, FALSE, sizeof(gboolean));
    pcapng_block_init(&self->block, FALSE);
    return self;
}

void pcapng_writer_free(pcapng_writer *self) {
    if (self == NULL) {
        return;
    }
    g_array_unref(self->nanoseconds);
    pcapng_block_clear(&self->block);
    g_free(self);
}

static gboolean write_block(pcapng_writer *self) {
    pcapng_block_end(&self->block);
    if (fwrite(self->block.bytes->data, 1, self->block.bytes->len, self->to) ==
        self->block.bytes->len) {
        return TRUE;
    }
    self->failure = errno;
    return FALSE;
}

int pcapng_writer_failure(const pcapng_writer *self) {
    return self->failure;
}

gboolean pcapng_writer_section(pcapng_writer *self, const char *comment) {
    pcapng_block *block = &self->block;

    pcapng_block_begin(block, PCAPNG_SECTION_HEADER);
    pcapng_block_u32(block, PCAPNG_BYTE_ORDER_MAGIC);
    pcapng_block_u16(block, VERSION_MAJOR);
    pcapng_block_u16(block, VERSION_MINOR);
    pcapng_block_u64(block, LENGTH_UNKNOWN);
    if (comment != NULL) {
        pcapng_block_text(block, PCAPNG_OPTION_COMMENT, comment, PCAPNG_MAX_SECTION_COMMENT);
    }
    pcapng_block_text(block, PCAPNG_SECTION_USERAPPL, "turnpcap " TURNPCAP_VERSION,
                      PCAPNG_MAX_COMMENT);
    pcapng_block_end_options(block);
    return write_block(self);
}

gboolean pcapng_writer_interface(pcapng_writer *self, const pcapng_interface *interface) {
    const guint8 resolution = interface->nanoseconds ? RESOLUTION_NANO : RESOLUTION_MICRO;
    pcapng_block *block = &self->block;

    g_array_append_val(self->nanoseconds, interface->nanoseconds);
    pcapng_block_begin(block, PCAPNG_INTERFACE);
    pcapng_block_u16(block, link_type_in_files(interface->link_type));
    pcapng_block_u16(block, 0);
    pcapng_block_u32(block, interface->snap_length);
    if (interface->comment != NULL) {
        pcapng_block_text(block, PCAPNG_OPTION_COMMENT, interface->comment, PCAPNG_MAX_COMMENT);
    }
    if (interface->name != NULL) {
        pcapng_block_text(block, PCAPNG_INTERFACE_NAME, interface->name, PCAPNG_MAX_COMMENT);
    }
    pcapng_block_option(block, PCAPNG_INTERFACE_RESOLUTION, &resolution, sizeof resolution);
    pcapng_block_end_options(block);
    return write_block(self);
}

static void add_options(pcapng_block *block, const GByteArray *options, const GPtrArray *comments) {
    const guint before = block->bytes->len;

    if (options != NULL) {
        pcapng_block_bytes(block, options->data, options->len);
    }
    for (guint i = 0; comments != NULL && i < comments->len; i++) {
        pcapng_block_text(block, PCAPNG_OPTION_COMMENT, g_ptr_array_index(comments, i),
                          PCAPNG_MAX_COMMENT);
    }
    if (block->bytes->len > before) {
        pcapng_block_end_options(block);
    }
}

gboolean pcapng_writer_packet(pcapng_writer *self, const pcapng_packet *packet,
                              const GPtrArray *comments) {
    pcapng_block *block = &self->block;
    const gboolean nanoseconds = g_array_index(self->nanoseconds, gboolean, packet->interface);
    const guint64 time =
        (guint64)(nanoseconds ? packet->time : packet->time / NANOSECONDS_IN_MICRO);

    pcapng_block_begin(block, PCAPNG_ENHANCED_PACKET);
    pcapng_block_u32(block, packet->interface);
    pcapng_block_u32(block, (guint32)(time >> 32));
    pcapng_block_u32(block, (guint32)(time & G_MAXUINT32));
    pcapng_block_u32(block, packet->captured);
    pcapng_block_u32(block, packet->reported);
    pcapng_block_padded(block, packet->bytes, packet->captured);
    add_options(block, packet->options, comments);
    return write_block(self);
}
