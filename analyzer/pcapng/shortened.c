/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "analyzer/pcapng/annotate_private.h"
#include "analyzer/pcapng/block.h"

/* draft-ietf-opsawg-pcap: where the header of a record has the length of the bytes that follow. */
#define CAPTURED_AT    8u
#define LARGEST_HEADER 24u

static gboolean skip(FILE *from, gsize count) {
    guint8 bytes[4096];

    while (count > 0) {
        const gsize got = fread(bytes, 1, MIN(count, sizeof bytes), from);

        if (got == 0) {
            return FALSE;
        }
        count -= got;
    }
    return TRUE;
}

static guint64 count_records(FILE *from, const magic *kind, guint32 limit) {
    guint8 header[LARGEST_HEADER];
    guint64 count = 0;
    gboolean big_endian;

    if (kind->file_header != LARGEST_HEADER || kind->record_header > LARGEST_HEADER ||
        fread(header, 1, kind->file_header, from) != kind->file_header) {
        return 0;
    }
    /* 0xa1..., whatever follows. */
    big_endian = header[0] == 0xa1;
    while (fread(header, 1, kind->record_header, from) == kind->record_header) {
        const guint32 captured = pcapng_read_u32(header + CAPTURED_AT, big_endian);

        if (captured > PCAPNG_MAX_BLOCK || !skip(from, captured)) {
            break;
        }
        count += captured > limit ? 1 : 0;
    }
    return count;
}

guint64 annotate_shortened(const char *path, const capture_info *info) {
    g_autoptr(source) bytes = info->packets_cut > 0 ? source_open(path, NULL) : NULL;
    const magic *kind = bytes != NULL ? source_magic(bytes) : NULL;
    guint64 count = 0;

    if (kind != NULL && kind->kind == MAGIC_PCAP && kind->record_header > 0) {
        FILE *from = source_stream(bytes);

        if (from != NULL) {
            count = count_records(from, kind, info->snap_length);
            fclose(from);
        }
    }
    return count;
}
