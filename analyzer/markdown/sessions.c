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

void markdown_sessions(markdown_writer *writer) {
    const GPtrArray *all = writer->report->model->sessions;

    if (all->len == 0) {
        return;
    }
    markdown_heading(writer, 2, "Sessions");
    for (guint i = 0; i < all->len && i < TURN_SHOWN_SESSIONS; i++) {
        one_session(writer, g_ptr_array_index(all, i));
    }
    if (all->len > TURN_SHOWN_SESSIONS) {
        g_string_append_printf(writer->out,
                               "and %u more; turnpcap report --format json has all of them\n\n",
                               all->len - TURN_SHOWN_SESSIONS);
    }
}
