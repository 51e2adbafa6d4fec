/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "analyzer/pcapng/annotate_private.h"

#include "analyzer/pcapng/copy.h"
#include "analyzer/pcapng/section_comment.h"
#include "analyzer/target.h"

#include <errno.h>

void annotated_clear(annotated *self) {
    g_clear_pointer(&self->wrong, g_free);
}

/* What a report says of the capture's resolution is what it says of the copy. */
pcapng_interface annotate_interface(const capture_info *info) {
    return (pcapng_interface){.link_type = info->link_type,
                              .snap_length = info->snap_length,
                              .nanoseconds = g_strrstr(info->format, "nanosecond") != NULL};
}

pcapng_packet annotate_packet(guint32 interface, const capture_packet *at) {
    return (pcapng_packet){.interface = interface,
                           .time = at->time,
                           .bytes = at->bytes,
                           .captured = at->captured,
                           .reported = at->reported};
}

/* A capture that is read a second time. */
typedef struct rereading {
    const annotation *with;
    guint32 index;
    capture *from;
    annotated *result;
} rereading;

static void add_comments(const rereading *self, const capture_packet *of, GPtrArray *texts) {
    placed at;

    places_find(self->with->where, self->index, capture_get_info(self->from)->link_type, of, &at);
    comments_add(self->with->said, &at, texts);
}

static gboolean next_packet(const rereading *self, capture_packet *of) {
    const capture_result result = capture_next(self->from, of, NULL);

    self->result->cut |= result == CAPTURE_FAILED;
    return result == CAPTURE_PACKET;
}

static gboolean write_packets(const rereading *self, const char *comment, FILE *to) {
    const pcapng_interface interface = annotate_interface(capture_get_info(self->from));
    g_autoptr(pcapng_writer) writer = pcapng_writer_new(to);
    g_autoptr(GPtrArray) texts = g_ptr_array_new_with_free_func(g_free);
    capture_packet of;
    gboolean good =
        pcapng_writer_section(writer, comment) && pcapng_writer_interface(writer, &interface);

    while (good && next_packet(self, &of)) {
        const pcapng_packet at = annotate_packet(0, &of);

        g_ptr_array_set_size(texts, 0);
        add_comments(self, &of, texts);
        good = pcapng_writer_packet(writer, &at, texts);
        self->result->packets++;
        self->result->commented += texts->len > 0 ? 1 : 0;
    }
    return good;
}

/* libpcap reads the same packets, in step with the blocks; where it stops, comments do. */
static void comments_of_frame(gpointer data, guint32 frame, GPtrArray *texts) {
    const rereading *self = data;
    capture_packet of;

    if (next_packet(self, &of) && capture_get_info(self->from)->packets == frame) {
        add_comments(self, &of, texts);
    }
}

/* What the first reading cannot have said: how much of the file the copy has. */
static void note_end(annotated *result, const char *name, source *bytes,
                     const pcapng_copied *copied) {
    const char *reason = source_failure(bytes) != NULL ? source_failure(bytes) : copied->wrong;

    result->packets = copied->packets;
    result->commented = copied->commented;
    result->simple = copied->simple;
    result->damaged = copied->damaged;
    if (reason != NULL) {
        result->cut = TRUE;
        result->wrong = g_strdup_printf(
            "%s: copied up to byte %" G_GUINT64_FORMAT "%s: %s", name, copied->offset,
            source_compression(bytes) != NULL ? " of the decompressed data" : "", reason);
    }
}

static gboolean copy_blocks(rereading *self, source *bytes, const char *name, const char *comment,
                            FILE *to) {
    FILE *stream = source_stream(bytes);
    pcapng_copied copied;
    gboolean good;

    if (stream == NULL) {
        return FALSE;
    }
    good = pcapng_copy(stream, to, comment, comments_of_frame, self, &copied);
    note_end(self->result, name, bytes, &copied);
    fclose(stream);
    return good;
}

/* The bytes of a pcapng file; *BYTES is NULL when packets alone are to be written. */
static gboolean open_blocks(const annotation *with, const char *path, source **bytes,
                            GError **error) {
    *bytes = NULL;
    if (with->from_packets) {
        return TRUE;
    }
    *bytes = source_open(path, error);
    if (*bytes == NULL) {
        return FALSE;
    }
    if (source_magic(*bytes)->kind != MAGIC_PCAPNG) {
        g_clear_pointer(bytes, source_free);
    }
    return TRUE;
}

gboolean annotate_capture(const annotation *with, guint32 index, const char *output,
                          annotated *result, GError **error) {
    const char *path = with->paths[index];
    g_autoptr(capture) from = with->again.open(with->again.data, index, error);
    rereading self = {.with = with, .index = index, .from = from, .result = result};
    g_autoptr(source) bytes = NULL;
    g_autoptr(target) to = NULL;
    g_autofree char *comment = section_comment(with->found);
    gboolean good;

    if (from == NULL || !open_blocks(with, path, &bytes, error)) {
        return FALSE;
    }
    to = target_open(output, error);
    if (to == NULL) {
        return FALSE;
    }
    good = bytes != NULL ? copy_blocks(&self, bytes, path, comment, target_stream(to))
                         : write_packets(&self, comment, target_stream(to));
    result->shortened = annotate_shortened(path, capture_get_info(from));
    return good ? target_finish(to, error) : target_not_written(output, errno, error);
}
