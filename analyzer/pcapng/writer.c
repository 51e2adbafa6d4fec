/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "analyzer/pcapng/writer.h"

#include "analyzer/pcapng/block.h"
#include "analyzer/version.h"

#include <pcap/dlt.h>

#define VERSION_MAJOR        1u
#define VERSION_MINOR        0u
#define LENGTH_UNKNOWN       G_MAXUINT64
#define RESOLUTION_NANO      9u
#define RESOLUTION_MICRO     6u
#define NANOSECONDS_IN_MICRO 1000

#define NONE G_MAXUINT32

/* An interface as the caller knows it. */
typedef struct declared {
    pcapng_interface what; /* its texts are owned */
    guint32 number;        /* in the file */
    guint32 finer;         /* the one beside it for times that microseconds do not hold, or NONE */
} declared;

struct pcapng_writer {
    FILE *to;
    GArray *interfaces; /* of declared */
    guint32 count;      /* interfaces in the file */
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

static void declared_clear(gpointer data) {
    declared *self = data;

    g_free((gpointer)self->what.name);
    g_free((gpointer)self->what.comment);
}

pcapng_writer *pcapng_writer_new(FILE *to) {
    pcapng_writer *self = g_new0(pcapng_writer, 1);

    self->to = to;
    self->interfaces = g_array_new(FALSE, FALSE, sizeof(declared));
    g_array_set_clear_func(self->interfaces, declared_clear);
    pcapng_block_init(&self->block, FALSE);
    return self;
}

void pcapng_writer_free(pcapng_writer *self) {
    if (self == NULL) {
        return;
    }
    g_array_unref(self->interfaces);
    pcapng_block_clear(&self->block);
    g_free(self);
}

static gboolean write_block(pcapng_writer *self) {
    pcapng_block_end(&self->block);
    return fwrite(self->block.bytes->data, 1, self->block.bytes->len, self->to) ==
           self->block.bytes->len;
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

static gboolean write_interface(pcapng_writer *self, const pcapng_interface *interface,
                                guint8 resolution) {
    pcapng_block *block = &self->block;

    self->count++;
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

gboolean pcapng_writer_interface(pcapng_writer *self, const pcapng_interface *interface) {
    const guint index = self->interfaces->len;
    declared *added;

    g_array_set_size(self->interfaces, index + 1);
    added = &g_array_index(self->interfaces, declared, index);
    *added = (declared){.what = *interface, .number = self->count, .finer = NONE};
    added->what.name = g_strdup(interface->name);
    added->what.comment = g_strdup(interface->comment);
    return write_interface(self, interface,
                           interface->nanoseconds ? RESOLUTION_NANO : RESOLUTION_MICRO);
}

/* A pcapng that is read may have a resolution for each interface, of which one is told. */
static gboolean needs_finer(const declared *on, const pcapng_packet *packet) {
    return !on->what.nanoseconds && packet->time % NANOSECONDS_IN_MICRO != 0;
}

static gboolean make_finer(pcapng_writer *self, declared *on) {
    if (on->finer != NONE) {
        return TRUE;
    }
    on->finer = self->count;
    return write_interface(self, &on->what, RESOLUTION_NANO);
}

gboolean pcapng_writer_packet(pcapng_writer *self, const pcapng_packet *packet,
                              const GPtrArray *comments) {
    pcapng_block *block = &self->block;
    declared *on = &g_array_index(self->interfaces, declared, packet->interface);
    const gboolean finer = needs_finer(on, packet);
    const guint64 time =
        (guint64)(finer || on->what.nanoseconds ? packet->time
                                                : packet->time / NANOSECONDS_IN_MICRO);

    if (finer && !make_finer(self, on)) {
        return FALSE;
    }
    pcapng_block_begin(block, PCAPNG_ENHANCED_PACKET);
    pcapng_block_u32(block, finer ? on->finer : on->number);
    pcapng_block_u32(block, (guint32)(time >> 32));
    pcapng_block_u32(block, (guint32)(time & G_MAXUINT32));
    pcapng_block_u32(block, packet->captured);
    pcapng_block_u32(block, packet->reported);
    pcapng_block_padded(block, packet->bytes, packet->captured);
    if (comments != NULL && comments->len > 0) {
        for (guint i = 0; i < MIN(comments->len, PCAPNG_MAX_COMMENTS); i++) {
            pcapng_block_text(block, PCAPNG_OPTION_COMMENT, g_ptr_array_index(comments, i),
                              PCAPNG_MAX_COMMENT);
        }
        pcapng_block_end_options(block);
    }
    return write_block(self);
}
