/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "analyzer/pcapng/annotate_private.h"
#include "analyzer/pcapng/section_comment.h"
#include "analyzer/target.h"
#include "turn/report/printable.h"

#include <errno.h>

/* A capture, and its packet that comes next. */
typedef struct feed {
    capture *from;
    guint32 index;
    gboolean open;
    capture_packet next;
} feed;

typedef struct extraction {
    const annotation *with;
    guint number; /* of the session */
    GArray *feeds;
    pcapng_writer *writer;
    GPtrArray *texts;
    annotated *result;
} extraction;

static void advance(const extraction *self, feed *of) {
    const capture_result result = capture_next(of->from, &of->next, NULL);

    of->open = result == CAPTURE_PACKET;
    self->result->cut |= result == CAPTURE_FAILED;
}

static void clear_feed(gpointer data) {
    capture_free(((feed *)data)->from);
}

static gboolean open_all(extraction *self, GError **error) {
    const annotation *with = self->with;

    for (guint32 i = 0; i < with->found->captures->len; i++) {
        feed added = {.from = with->again.open(with->again.data, i, error), .index = i};

        if (added.from == NULL) {
            return FALSE;
        }
        advance(self, &added);
        g_array_append_val(self->feeds, added);
    }
    return TRUE;
}

/* The open feed whose packet is the earliest; NULL when all are read. *UNTIL is the time up to
 * which no other one need be looked at. */
static feed *earliest(const GArray *feeds, gint64 *until) {
    feed *first = NULL;

    *until = G_MAXINT64;
    for (guint i = 0; i < feeds->len; i++) {
        feed *at = &g_array_index(feeds, feed, i);

        if (!at->open) {
            continue;
        }
        if (first == NULL || at->next.time < first->next.time) {
            *until = first != NULL ? first->next.time : *until;
            first = at;
        } else {
            *until = MIN(*until, at->next.time);
        }
    }
    return first;
}

static const turn_report_capture *capture_of(const extraction *self, const feed *of) {
    return g_ptr_array_index(self->with->found->captures, of->index);
}

/* Without its folders, and harmless. Owned by the caller. */
static char *name_of(const extraction *self, const feed *of) {
    g_autofree char *base = g_path_get_basename(capture_of(self, of)->file);

    return turn_printable_text(base);
}

static gboolean write_interfaces(const extraction *self) {
    gboolean good = TRUE;

    for (guint i = 0; i < self->feeds->len && good; i++) {
        const feed *of = &g_array_index(self->feeds, feed, i);
        const turn_report_capture *told = capture_of(self, of);
        pcapng_interface interface = annotate_interface(capture_get_info(of->from));
        g_autofree char *name = name_of(self, of);
        g_autofree char *comment =
            told->point != NULL ? g_strdup_printf("captured at the %s", told->point) : NULL;

        interface.name = name;
        interface.comment = comment;
        good = pcapng_writer_interface(self->writer, &interface);
    }
    return good;
}

static gboolean is_wanted(const extraction *self, const placed *at) {
    for (guint i = 0; i < at->count; i++) {
        if (places_number(self->with->where, at->members[i].session) == self->number) {
            return TRUE;
        }
    }
    return FALSE;
}

static gboolean write_packet(const extraction *self, const feed *of, const placed *at) {
    const pcapng_packet written = annotate_packet(of->index, &of->next);
    g_autofree char *name = name_of(self, of);

    g_ptr_array_set_size(self->texts, 0);
    g_ptr_array_add(self->texts, g_strdup_printf("Frame %u of %s.", of->next.frame, name));
    comments_add(self->with->said, at, self->texts);
    self->result->packets++;
    self->result->commented++;
    return pcapng_writer_packet(self->writer, &written, self->texts);
}

static gboolean take_next(const extraction *self, feed *of) {
    placed at;
    gboolean good = TRUE;

    places_find(self->with->where, of->index, capture_get_info(of->from)->link_type, &of->next,
                &at);
    if (is_wanted(self, &at)) {
        good = write_packet(self, of, &at);
    }
    advance(self, of);
    return good;
}

static gboolean write_all(const extraction *self, const char *comment) {
    gboolean good = pcapng_writer_section(self->writer, comment) && write_interfaces(self);
    feed *current;
    gint64 until;

    while (good && (current = earliest(self->feeds, &until)) != NULL) {
        do {
            good = take_next(self, current);
        } while (good && current->open && current->next.time < until);
    }
    return good;
}

gboolean annotate_session(const annotation *with, const turn_session *session, const char *output,
                          annotated *result, GError **error) {
    extraction self = {.with = with, .number = session->id, .result = result};
    g_autoptr(GArray) feeds = g_array_new(FALSE, FALSE, sizeof(feed));
    g_autoptr(GPtrArray) texts = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(target) to = NULL;
    g_autoptr(pcapng_writer) writer = NULL;
    g_autofree char *comment = section_comment_extract(with->found, session);

    g_array_set_clear_func(feeds, clear_feed);
    self.feeds = feeds;
    self.texts = texts;
    if (!open_all(&self, error)) {
        return FALSE;
    }
    to = target_open(output, error);
    if (to == NULL) {
        return FALSE;
    }
    writer = pcapng_writer_new(target_stream(to));
    self.writer = writer;
    return write_all(&self, comment) ? target_finish(to, error)
                                     : target_not_written(output, errno, error);
}
