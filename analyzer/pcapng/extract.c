/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "analyzer/pcapng/annotate_private.h"
#include "analyzer/pcapng/copy.h"
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
    GHashTable *notes; /* comments that the capture has itself: GPtrArray of char by frame */
} feed;

/* Packets of one capture whose own comments are kept. */
#define MAX_NOTED 65536u

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
    feed *of = data;

    capture_free(of->from);
    g_hash_table_destroy(of->notes);
}

static void note_comments(gpointer data, guint32 frame, const GPtrArray *texts) {
    GHashTable *notes = data;
    GPtrArray *kept;

    if (g_hash_table_size(notes) >= MAX_NOTED) {
        return;
    }
    kept = g_ptr_array_new_with_free_func(g_free);
    for (guint i = 0; i < MIN(texts->len, PCAPNG_MAX_COMMENTS); i++) {
        g_ptr_array_add(kept, g_strdup(g_ptr_array_index(texts, i)));
    }
    g_hash_table_insert(notes, GUINT_TO_POINTER(frame), kept);
}

/* The comments of a pcapng file; libpcap does not read them. None where they might tell what a
 * filter hides. */
static GHashTable *read_notes(const annotation *with, guint32 index) {
    GHashTable *notes = g_hash_table_new_full(NULL, NULL, NULL, (GDestroyNotify)g_ptr_array_unref);
    g_autoptr(source) bytes = with->from_packets ? NULL : source_open(with->paths[index], NULL);
    FILE *stream =
        bytes != NULL && source_magic(bytes)->kind == MAGIC_PCAPNG ? source_stream(bytes) : NULL;

    if (stream != NULL) {
        pcapng_read_comments(stream, note_comments, notes);
        fclose(stream);
    }
    return notes;
}

static gboolean open_all(extraction *self, GError **error) {
    const annotation *with = self->with;

    for (guint32 i = 0; i < with->found->captures->len; i++) {
        feed added = {.from = with->again.open(with->again.data, i, error), .index = i};

        if (added.from == NULL) {
            return FALSE;
        }
        added.notes = read_notes(with, i);
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

/* Harmless. Owned by the caller. */
static char *name_of(const extraction *self, const feed *of) {
    g_autofree char *name = section_comment_name(self->with->found, of->index);

    return turn_printable_text(name);
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
    const GPtrArray *notes = g_hash_table_lookup(of->notes, GUINT_TO_POINTER(of->next.frame));
    g_autofree char *name = name_of(self, of);

    g_ptr_array_set_size(self->texts, 0);
    g_ptr_array_add(self->texts, g_strdup_printf("Frame %u of %s.", of->next.frame, name));
    for (guint i = 0; notes != NULL && i < notes->len; i++) {
        g_ptr_array_add(self->texts, g_strdup(g_ptr_array_index(notes, i)));
    }
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

static void note_shortened(const extraction *self) {
    for (guint i = 0; i < self->feeds->len; i++) {
        const feed *of = &g_array_index(self->feeds, feed, i);

        self->result->shortened +=
            annotate_shortened(self->with->paths[of->index], capture_get_info(of->from));
    }
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
    note_shortened(self);
    return good;
}

/* Adds what the packets of the session in the capture with number INDEX are evidence of to ABOUT.
 */
static gboolean note_findings(const extraction *self, guint32 index, GHashTable *about,
                              GError **error) {
    const annotation *with = self->with;
    g_autoptr(capture) from = with->again.open(with->again.data, index, error);
    capture_packet of;

    while (from != NULL && capture_next(from, &of, NULL) == CAPTURE_PACKET) {
        const turn_seen seen = {.capture = index, .frame = of.frame, .time = of.time};
        placed at;

        if (comments_findings(with->said, &seen, NULL)) {
            places_find(with->where, index, capture_get_info(from)->link_type, &of, &at);
            if (is_wanted(self, &at)) {
                comments_findings(with->said, &seen, about);
            }
        }
    }
    return from != NULL;
}

static gboolean is_without_session(const turn_judgement *judgement) {
    for (guint i = 0; i < judgement->findings->len; i++) {
        if (((const turn_finding *)g_ptr_array_index(judgement->findings, i))->session == NULL) {
            return TRUE;
        }
    }
    return FALSE;
}

/* The findings about the session, in their order: those that name it, and those that name none and
 * have evidence in it, for which the captures are gone through once more. NULL with an error. */
static GPtrArray *findings_about(const extraction *self, GError **error) {
    const turn_judgement *judgement = self->with->found->judgement;
    g_autoptr(GHashTable) about = g_hash_table_new(NULL, NULL);
    GPtrArray *all;

    if (is_without_session(judgement)) {
        for (guint32 i = 0; i < self->with->found->captures->len; i++) {
            if (!note_findings(self, i, about, error)) {
                return NULL;
            }
        }
    }
    all = g_ptr_array_new();
    for (guint i = 0; i < judgement->findings->len; i++) {
        turn_finding *of = g_ptr_array_index(judgement->findings, i);

        if (of->session != NULL ? places_number(self->with->where, of->session) == self->number
                                : g_hash_table_contains(about, of)) {
            g_ptr_array_add(all, of);
        }
    }
    return all;
}

gboolean annotate_session(const annotation *with, const turn_session *session, const char *output,
                          annotated *result, GError **error) {
    extraction self = {.with = with, .number = session->id, .result = result};
    g_autoptr(GArray) feeds = g_array_new(FALSE, FALSE, sizeof(feed));
    g_autoptr(GPtrArray) texts = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(target) to = NULL;
    g_autoptr(pcapng_writer) writer = NULL;
    g_autoptr(GPtrArray) findings = findings_about(&self, error);
    g_autofree char *comment = NULL;

    g_array_set_clear_func(feeds, clear_feed);
    self.feeds = feeds;
    self.texts = texts;
    if (findings == NULL || !open_all(&self, error)) {
        return FALSE;
    }
    comment = section_comment_extract(with->found, session, findings);
    to = target_open(output, error);
    if (to == NULL) {
        return FALSE;
    }
    writer = pcapng_writer_new(target_stream(to));
    self.writer = writer;
    return write_all(&self, comment) ? target_finish(to, error)
                                     : target_not_written(output, errno, error);
}
