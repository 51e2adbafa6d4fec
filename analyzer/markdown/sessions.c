/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "analyzer/markdown/writer.h"
#include "turn/report/shown.h"

static void facts(markdown_writer *writer, const turn_session *session) {
    g_autoptr(GPtrArray) all = turn_words_session_facts(session);

    for (guint i = 0; i < all->len; i++) {
        const turn_words_fact *fact = g_ptr_array_index(all, i);

        markdown_item(writer, fact->value != NULL ? fact->name : NULL,
                      fact->value != NULL ? fact->value : fact->name);
    }
}

static void integrity(markdown_writer *writer, const char *name, const turn_integrity *of) {
    g_autofree char *words = turn_words_integrity(of);

    if (words != NULL) {
        markdown_item(writer, name, words);
    }
}

static void connections(markdown_writer *writer, const turn_session *session) {
    for (guint i = 0; i < session->connections->len && i < TURN_SHOWN_PAIRS; i++) {
        g_autofree char *line = turn_words_connection(g_ptr_array_index(session->connections, i));

        markdown_item(writer, NULL, line);
    }
    for (guint i = 0; i < session->peers->len && i < TURN_SHOWN_PAIRS; i++) {
        g_autofree char *line = turn_words_relay_to_relay(g_ptr_array_index(session->peers, i));

        if (line != NULL) {
            markdown_item(writer, NULL, line);
        }
    }
}

static void one_session(markdown_writer *writer, const turn_session *session) {
    const gboolean is_readable = session->protocol <= TURN_PROTOCOL_TCP;
    const turn_integrity checks = turn_words_checks_integrity(session);
    g_autoptr(turn_stages) stages = turn_stages_of_session(writer->report->model, session);
    g_autofree char *line = turn_words_session(session);

    markdown_heading(writer, 3, line);
    facts(writer, session);
    if (is_readable) {
        g_autofree char *allocate = turn_words_allocate(session);

        markdown_item(writer, "Allocate", allocate);
        markdown_progress(writer, stages);
    }
    integrity(writer, "Integrity", &session->integrity);
    integrity(writer, "Integrity of the checks", &checks);
    connections(writer, session);
    markdown_end(writer);
    if (is_readable) {
        markdown_steps(writer, stages);
    }
    markdown_peers(writer, session);
}

/* Those with findings, worst first, and the others behind them. Borrowed. */
static GPtrArray *by_weight(const turn_report *report) {
    const GPtrArray *findings = report->judgement->findings;
    g_autoptr(GHashTable) known = g_hash_table_new(NULL, NULL);
    GPtrArray *ordered = g_ptr_array_new();

    for (guint i = 0; i < findings->len; i++) {
        const turn_finding *finding = g_ptr_array_index(findings, i);

        if (finding->session != NULL && g_hash_table_add(known, (gpointer)finding->session)) {
            g_ptr_array_add(ordered, (gpointer)finding->session);
        }
    }
    for (guint i = 0; i < report->model->sessions->len; i++) {
        gpointer session = g_ptr_array_index(report->model->sessions, i);

        if (!g_hash_table_contains(known, session)) {
            g_ptr_array_add(ordered, session);
        }
    }
    return ordered;
}

/* What is said of each session, of char, by session; of those that ROOM is enough for. */
static GHashTable *within(const markdown_writer *writer, gsize room) {
    g_autoptr(GPtrArray) ordered = by_weight(writer->report);
    GHashTable *texts = g_hash_table_new_full(NULL, NULL, NULL, g_free);
    gsize used = 0;

    for (guint i = 0; i < ordered->len && i < TURN_SHOWN_SESSIONS; i++) {
        const turn_session *session = g_ptr_array_index(ordered, i);
        markdown_writer one = {.out = g_string_new(NULL), .report = writer->report};

        one_session(&one, session);
        used += markdown_length(&one);
        if (used > room) {
            g_string_free(one.out, TRUE);
            break;
        }
        g_hash_table_insert(texts, (gpointer)session, g_string_free(one.out, FALSE));
    }
    return texts;
}

static void left_out(markdown_writer *writer, guint kept, guint shown) {
    g_autofree char *more = turn_words_more(writer->report, kept - shown, NULL, kept);

    markdown_sentence(writer, more);
    if (shown < MIN(kept, TURN_SHOWN_SESSIONS)) {
        g_string_append_printf(writer->out,
                               "They are left out to keep the report below %u characters: first "
                               "those without findings.\n\n",
                               MARKDOWN_MAX_CHARACTERS);
    }
}

void markdown_sessions(markdown_writer *writer, gsize room) {
    const GPtrArray *all = writer->report->model->sessions;
    g_autoptr(GHashTable) texts = NULL;

    if (all->len == 0) {
        return;
    }
    texts = within(writer, room);
    markdown_heading(writer, 2, "Sessions");
    for (guint i = 0; i < all->len; i++) {
        const char *text = g_hash_table_lookup(texts, g_ptr_array_index(all, i));

        g_string_append(writer->out, text != NULL ? text : "");
    }
    if (all->len > g_hash_table_size(texts)) {
        left_out(writer, all->len, g_hash_table_size(texts));
    }
}
