/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "analyzer/pcapng/annotate_private.h"
#include "analyzer/pcapng/section_comment.h"
#include "analyzer/target.h"
#include "turn/report/printable.h"

/* A capture, and its packet that comes next. */
typedef struct feed {
    capture *from;
    guint32 index;
    gboolean open;
    capture_packet next;
    own_options *own;        /* at the same packet */
    GPtrArray *interfaces;   /* of pcapng_described */
    guint32 first_interface; /* the number of the first one in what is written */
    char *name;              /* harmless */
} feed;

/* Of a block: what else stands in it, with the comments that turnpcap adds. */
#define ROOM_FOR_OURS ((COMMENTS_MAX + 3) * (PCAPNG_MAX_COMMENT + 4) + 64)

typedef struct extraction {
    const annotation *with;
    guint number; /* of the session */
    GArray *feeds;
    pcapng_writer *writer;
    GPtrArray *texts;
    pcapng_block options;
    annotated *result;
} extraction;

static void advance(const extraction *self, feed *of) {
    const capture_result result = capture_next(of->from, &of->next, NULL);

    of->open = result == CAPTURE_PACKET;
    self->result->cut |= result == CAPTURE_FAILED;
    if (of->open) {
        own_options_next(of->own);
    }
}

static void clear_feed(gpointer data) {
    feed *of = data;

    capture_free(of->from);
    own_options_free(of->own);
    g_clear_pointer(&of->interfaces, g_ptr_array_unref);
    g_free(of->name);
}

static gboolean open_feed(extraction *self, guint32 index, GError **error) {
    const annotation *with = self->with;
    g_autofree char *name = section_comment_name(with->found, index);
    const guint place = self->feeds->len;
    feed *of;

    g_array_set_size(self->feeds, place + 1);
    of = &g_array_index(self->feeds, feed, place);
    of->index = index;
    of->name = turn_printable_text(name);
    of->from = with->again.open(with->again.data, index, error);
    of->interfaces = of->from != NULL ? pcapng_interfaces(with->paths[index], error) : NULL;
    of->own = of->interfaces != NULL ? own_options_open(with->paths[index], error) : NULL;
    return of->own != NULL;
}

static gboolean open_all(extraction *self, GError **error) {
    for (guint32 i = 0; i < self->with->found->captures->len; i++) {
        if (!open_feed(self, i, error)) {
            return FALSE;
        }
        advance(self, &g_array_index(self->feeds, feed, i));
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

static gboolean write_interfaces(const extraction *self) {
    gboolean good = TRUE;
    guint32 next = 0;

    for (guint i = 0; i < self->feeds->len && good; i++) {
        feed *of = &g_array_index(self->feeds, feed, i);
        const turn_report_capture *told = capture_of(self, of);
        g_autofree char *comment =
            told->point != NULL ? g_strdup_printf("captured at the %s", told->point) : NULL;

        of->first_interface = next;
        next += of->interfaces->len;
        good = annotate_interfaces(self->with,
                                   &(annotate_origin){.from = of->from,
                                                      .interfaces = of->interfaces,
                                                      .file = of->name,
                                                      .comment = comment},
                                   self->writer);
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

/* Where it came from, and behind that what it has of its own. */
static void add_origin(extraction *self, const feed *of) {
    g_autofree char *text = g_strdup_printf("Frame %u of %s.", of->next.frame, of->name);
    const gsize others = pcapng_padded(of->next.captured) + ROOM_FOR_OURS;
    const gsize limit = others < PCAPNG_MAX_BLOCK ? PCAPNG_MAX_BLOCK - others : 0;

    g_byte_array_set_size(self->options.bytes, 0);
    pcapng_block_text(&self->options, PCAPNG_OPTION_COMMENT, text, PCAPNG_MAX_COMMENT);
    /* They might tell what a filter hides. */
    if (!self->with->from_packets && !own_options_add(of->own, &self->options, limit)) {
        self->result->bereft++;
    }
}

static gboolean write_packet(extraction *self, const feed *of, const placed *at) {
    pcapng_packet written =
        annotate_packet(of->own, of->interfaces, of->first_interface, &of->next);

    add_origin(self, of);
    written.options = self->options.bytes;
    g_ptr_array_set_size(self->texts, 0);
    comments_add(self->with->said, at, self->texts);
    annotate_time(of->own, self->texts, self->result);
    self->result->packets++;
    self->result->commented++;
    return pcapng_writer_packet(self->writer, &written, self->texts);
}

static gboolean take_next(extraction *self, feed *of) {
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

static gboolean write_all(extraction *self, const char *comment) {
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

static gboolean write_file(extraction *self, const char *comment, const char *output,
                           GError **error) {
    g_autoptr(target) to = target_open(output, error);
    g_autoptr(pcapng_writer) writer = to != NULL ? pcapng_writer_new(target_stream(to)) : NULL;

    if (to == NULL) {
        return FALSE;
    }
    self->writer = writer;
    return write_all(self, comment)
               ? target_finish(to, error)
               : target_not_written(output, pcapng_writer_failure(writer), error);
}

gboolean annotate_session(const annotation *with, const turn_session *session, const char *output,
                          annotated *result, GError **error) {
    g_autoptr(GArray) feeds = g_array_new(FALSE, TRUE, sizeof(feed));
    g_autoptr(GPtrArray) texts = g_ptr_array_new_with_free_func(g_free);
    extraction self = {
        .with = with, .number = session->id, .feeds = feeds, .texts = texts, .result = result};
    g_autoptr(GPtrArray) findings = findings_about(&self, error);
    g_autofree char *comment = NULL;
    gboolean good;

    g_array_set_clear_func(feeds, clear_feed);
    if (findings == NULL || !open_all(&self, error)) {
        return FALSE;
    }
    comment = section_comment_extract(with->found, session, findings);
    pcapng_block_init(&self.options, FALSE);
    good = write_file(&self, comment, output, error);
    pcapng_block_clear(&self.options);
    return good;
}
