/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "analyzer/pcapng/annotate_private.h"

#include "analyzer/pcapng/copy.h"
#include "analyzer/pcapng/section_comment.h"
#include "analyzer/target.h"
#include "turn/report/printable.h"

#include <errno.h>

void annotated_clear(annotated *self) {
    g_clear_pointer(&self->wrong, g_free);
}

/* What a device is called tells something about the host. Owned by the caller; NULL for none. */
static char *interface_name(const annotation *with, const GPtrArray *interfaces, guint number,
                            const char *file) {
    const char *device = ((const pcapng_described *)g_ptr_array_index(interfaces, number))->name;
    g_autofree char *told = NULL;

    if (*device != 0 && !with->from_packets) {
        told = turn_printable_text(device);
    } else if (interfaces->len > 1) {
        told = g_strdup_printf("interface %u", number + 1);
    } else {
        return g_strdup(file);
    }
    return file != NULL ? g_strdup_printf("%s of %s", told, file) : g_steal_pointer(&told);
}

gboolean annotate_interfaces(const annotation *with, const annotate_origin *of, pcapng_writer *to) {
    const capture_info *info = capture_get_info(of->from);

    for (guint i = 0; i < of->interfaces->len; i++) {
        const pcapng_described *described = g_ptr_array_index(of->interfaces, i);
        g_autofree char *name = interface_name(with, of->interfaces, i, of->file);
        const pcapng_interface interface = {.link_type = info->link_type,
                                            .snap_length = info->snap_length,
                                            .nanoseconds = described->nanoseconds,
                                            .name = name,
                                            .comment = of->comment};

        if (!pcapng_writer_interface(to, &interface)) {
            return FALSE;
        }
    }
    return TRUE;
}

void annotate_time(const own_options *own, GPtrArray *texts, annotated *result) {
    if (own_options_is_simple(own)) {
        g_ptr_array_add(texts, g_strdup(PCAPNG_OUR_COMMENT
                                        "This packet has no time in the capture; 1970 stands for "
                                        "none."));
        result->timeless++;
    }
}

pcapng_packet annotate_packet(const own_options *own, const GPtrArray *interfaces, guint32 first,
                              const capture_packet *at) {
    const guint32 number = own_options_interface(own);

    /* The file may be another one by now. */
    return (pcapng_packet){.interface = number < interfaces->len ? first + number : first,
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

static gboolean write_all(const rereading *self, const GPtrArray *interfaces, own_options *own,
                          const char *comment, pcapng_writer *to) {
    g_autoptr(GPtrArray) texts = g_ptr_array_new_with_free_func(g_free);
    const annotate_origin origin = {.from = self->from, .interfaces = interfaces};
    capture_packet of;
    gboolean good =
        pcapng_writer_section(to, comment) && annotate_interfaces(self->with, &origin, to);

    while (good && next_packet(self, &of)) {
        pcapng_packet at;

        own_options_next(own);
        at = annotate_packet(own, interfaces, 0, &of);
        g_ptr_array_set_size(texts, 0);
        add_comments(self, &of, texts);
        annotate_time(own, texts, self->result);
        good = pcapng_writer_packet(to, &at, texts);
        self->result->packets++;
        self->result->commented += texts->len > 0 ? 1 : 0;
    }
    return good;
}

static gboolean write_packets(const rereading *self, const GPtrArray *interfaces, own_options *own,
                              const char *comment, const char *output, GError **error) {
    g_autoptr(target) to = target_open(output, error);
    g_autoptr(pcapng_writer) writer = to != NULL ? pcapng_writer_new(target_stream(to)) : NULL;

    if (to == NULL) {
        return FALSE;
    }
    return write_all(self, interfaces, own, comment, writer)
               ? target_finish(to, error)
               : target_not_written(output, pcapng_writer_failure(writer), error);
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
    result->placeless = copied->placeless;
    if (reason != NULL) {
        result->cut = TRUE;
        result->wrong = g_strdup_printf(
            "%s: copied up to byte %" G_GUINT64_FORMAT "%s: %s", name, copied->offset,
            source_compression(bytes) != NULL ? " of the decompressed data" : "", reason);
    }
}

static gboolean copy_stream(rereading *self, FILE *from, const char *comment, const char *output,
                            pcapng_copied *copied, GError **error) {
    g_autoptr(target) to = target_open(output, error);

    if (to == NULL) {
        return FALSE;
    }
    return pcapng_copy(from, target_stream(to), comment, comments_of_frame, self, copied)
               ? target_finish(to, error)
               : target_not_written(output, copied->failure, error);
}

static gboolean copy_blocks(rereading *self, source *bytes, const char *comment, const char *output,
                            GError **error) {
    const char *path = self->with->paths[self->index];
    FILE *stream = source_stream(bytes);
    pcapng_copied copied = {0};
    gboolean good;

    if (stream == NULL) {
        g_set_error(error, CAPTURE_ERROR, CAPTURE_ERROR_OPEN, "%s: cannot be opened: %s.", path,
                    g_strerror(errno));
        return FALSE;
    }
    good = copy_stream(self, stream, comment, output, &copied, error);
    note_end(self->result, path, bytes, &copied);
    fclose(stream);
    return good;
}

static gboolean write_capture(rereading *self, const char *output, GError **error) {
    const char *path = self->with->paths[self->index];
    g_autofree char *comment = section_comment(self->with->found);
    g_autoptr(source) bytes = source_open(path, error);
    g_autoptr(own_options) own = NULL;
    g_autoptr(GPtrArray) interfaces = NULL;

    if (bytes == NULL) {
        return FALSE;
    }
    if (source_magic(bytes)->kind == MAGIC_PCAPNG && !self->with->from_packets) {
        return copy_blocks(self, bytes, comment, output, error);
    }
    interfaces = pcapng_interfaces(path, error);
    own = interfaces != NULL ? own_options_open(path, error) : NULL;
    return own != NULL && write_packets(self, interfaces, own, comment, output, error);
}

gboolean annotate_capture(const annotation *with, guint32 index, const char *output,
                          annotated *result, GError **error) {
    g_autoptr(capture) from = with->again.open(with->again.data, index, error);
    rereading self = {.with = with, .index = index, .from = from, .result = result};

    if (from == NULL || !write_capture(&self, output, error)) {
        return FALSE;
    }
    result->shortened = annotate_shortened(with->paths[index], capture_get_info(from));
    return TRUE;
}
