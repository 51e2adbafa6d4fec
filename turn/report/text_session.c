/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "turn/report/shown.h"
#include "turn/report/text_private.h"
#include "turn/report/wrap.h"

static void session_relays(text_writer *writer, const turn_session *session) {
    for (guint i = 0; i < session->peers->len && i < TURN_SHOWN_PAIRS; i++) {
        g_autofree char *line = turn_words_relay_to_relay(g_ptr_array_index(session->peers, i));

        if (line != NULL) {
            turn_wrap_append(writer->out, "     ", line);
        }
    }
}

static void session_names(text_writer *writer, const turn_session *session) {
    g_autoptr(GPtrArray) facts = turn_words_session_facts(session);
    g_autoptr(GString) line = g_string_new(NULL);

    for (guint i = 0; i < facts->len; i++) {
        const turn_words_fact *fact = g_ptr_array_index(facts, i);

        g_string_append_printf(line, "%s%s%s%s", line->len > 0 ? ", " : "", fact->name,
                               fact->value != NULL ? " " : "",
                               fact->value != NULL ? fact->value : "");
    }
    if (line->len > 0) {
        turn_wrap_append(writer->out, "     ", line->str);
    }
}

static void session_allocate(text_writer *writer, const turn_session *session) {
    g_autofree char *words = turn_words_allocate(session);
    g_autofree char *line = g_strconcat("Allocate: ", words, NULL);

    turn_wrap_append(writer->out, "     ", line);
}

static void session_connection(text_writer *writer, const turn_connection *connection) {
    g_autofree char *line = turn_words_connection(connection);

    turn_wrap_append(writer->out, "     ", line);
}

static void one_session(text_writer *writer, const turn_session *session) {
    g_autofree char *line = turn_words_session(session);

    turn_wrap_append(writer->out, "  ", line);
    session_names(writer, session);
    if (session->protocol <= TURN_PROTOCOL_TCP) {
        session_allocate(writer, session);
        text_stages(writer, session);
    }
    text_integrity(writer, session);
    for (guint i = 0; i < session->connections->len && i < TURN_SHOWN_PAIRS; i++) {
        session_connection(writer, g_ptr_array_index(session->connections, i));
    }
    for (guint i = 0; i < session->peers->len && i < TURN_SHOWN_PAIRS; i++) {
        text_peer(writer, session, g_ptr_array_index(session->peers, i));
    }
    session_relays(writer, session);
}

static void more(text_writer *writer, guint kept, guint shown) {
    g_autofree char *line = turn_words_more(writer->report, kept - shown, NULL, kept);

    turn_wrap_append(writer->out, "  ", line);
}

void text_sessions(text_writer *writer) {
    const GPtrArray *all = writer->report->model->sessions;

    if (all->len == 0) {
        return;
    }
    text_heading(writer, "Sessions");
    for (guint i = 0; i < all->len && i < TURN_SHOWN_SESSIONS; i++) {
        one_session(writer, g_ptr_array_index(all, i));
    }
    if (all->len > TURN_SHOWN_SESSIONS) {
        more(writer, all->len, TURN_SHOWN_SESSIONS);
    }
}

void text_pairs(text_writer *writer) {
    const GPtrArray *all = writer->report->model->pairs;

    if (all->len == 0) {
        return;
    }
    text_heading(writer, TURN_HEADING_CHECKS);
    for (guint i = 0; i < all->len && i < TURN_SHOWN_PAIRS; i++) {
        text_pair(writer, g_ptr_array_index(all, i));
    }
    if (all->len > TURN_SHOWN_PAIRS) {
        more(writer, all->len, TURN_SHOWN_PAIRS);
    }
}
