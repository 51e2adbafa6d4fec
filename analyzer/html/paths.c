/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "analyzer/html/markup.h"
#include "analyzer/html/sections.h"
#include "analyzer/html/table.h"

static const html_column columns[] = {
    {"Direction", NULL},   {"Checks", "num"},    {"Answered", "num"},     {"Refused", "num"},
    {"Sent again", "num"}, {"Round trip", NULL}, {"Data packets", "num"}, {"Data bytes", "num"}};

/* Keep-alives need no answer, and are told apart. */
static void direction_row(html_page *page, const char *name, const turn_direction *checks,
                          const turn_direction *data) {
    g_autofree char *rtt = turn_words_rtt(checks);

    html_row(page->out, NULL);
    html_row_header(page->out, name);
    html_cell_number(page->out, checks->requests - checks->keep_alives);
    html_cell_number(page->out, checks->successes - checks->keep_alive_successes);
    html_cell_number(page->out, checks->errors);
    html_cell_number(page->out, checks->retransmissions);
    html_cell(page->out, NULL, rtt);
    html_cell_number(page->out, data->packets);
    html_cell_number(page->out, data->bytes);
    html_row_end(page->out);
}

static void append_part(GString *line, const char *name, const char *part) {
    if (part != NULL && *part != '\0') {
        g_string_append_printf(line, "%s%s%s", line->len > 0 ? "; " : "", name, part);
    }
}

static void append_keep_alives(GString *line, const turn_path *path) {
    const guint count = turn_words_keep_alives(path);

    if (count > 0) {
        g_autofree char *words = g_strdup_printf("%u keep-alive%s", count, count == 1 ? "" : "s");

        append_part(line, "", words);
    }
}

/* What is told of data below the two directions; any of it may be NULL. */
typedef struct path_notes {
    const char *data;
    const char *passed;
    const char *more;
} path_notes;

/* What is about both directions, below them. */
static void notes_row(html_page *page, const turn_path *path, const turn_words_ends *ends,
                      const path_notes *notes) {
    const gboolean has_checks = path->to_peer.requests + path->from_peer.requests > 0;
    g_autofree char *span = has_checks ? turn_words_checks_span(page->report, path) : NULL;
    g_autofree char *roles = turn_words_roles(path, ends);
    g_autofree char *nomination = turn_words_nomination(path, ends);
    g_autoptr(GString) line = g_string_new(NULL);

    append_part(line, "checks ", span);
    append_keep_alives(line, path);
    append_part(line, "", roles);
    append_part(line, "", nomination);
    append_part(line, "", notes->data);
    append_part(line, "", notes->passed);
    append_part(line, "", notes->more);
    if (line->len == 0) {
        return;
    }
    *line->str = g_ascii_toupper(*line->str);
    html_row_note(page->out, line->str, G_N_ELEMENTS(columns));
}

static void one_path(html_page *page, const turn_path *path, const turn_direction *to,
                     const turn_direction *from, const turn_words_ends *ends,
                     const path_notes *notes) {
    direction_row(page, ends->to, &path->to_peer, to);
    direction_row(page, ends->from, &path->from_peer, from);
    notes_row(page, path, ends, notes);
}

void html_peers(html_page *page, const turn_session *session) {
    const guint count = html_at_most(session->peers->len, HTML_MAX_RECORDS);

    if (count == 0) {
        return;
    }
    markup_element(page->out, "h4", NULL, "Peers");
    html_table(page->out, "Checks and data in both directions", columns, G_N_ELEMENTS(columns));
    for (guint i = 0; i < count; i++) {
        const turn_peer *peer = g_ptr_array_index(session->peers, i);
        g_autofree char *name = turn_words_peer(session, peer);
        g_autofree char *relay = turn_words_relay_to_relay(peer);
        g_autofree char *data = turn_words_peer_data_ways(page->report, peer);
        g_autofree char *passed = turn_words_passed(page->report, peer);
        const path_notes notes = {.data = data, .passed = passed, .more = relay};

        html_table_group(page->out, name, G_N_ELEMENTS(columns));
        one_path(page, &peer->path, turn_peer_data(peer, TRUE), turn_peer_data(peer, FALSE),
                 &turn_words_peer_ends, &notes);
    }
    html_table_end(page->out);
    html_more(page, session->peers->len - count, "peers");
}

void html_pair_table(html_page *page, guint count) {
    html_table(page->out, "Checks and data in both directions", columns, G_N_ELEMENTS(columns));
    for (guint i = 0; i < count; i++) {
        const turn_pair *pair = g_ptr_array_index(page->report->model->pairs, i);
        g_autoptr(turn_stages) stages = turn_stages_of_pair(page->report->model, pair);
        g_autofree char *name = turn_words_pair(pair);
        g_autofree char *progress = stages->list->len > 0 ? turn_words_progress(stages) : NULL;
        g_autofree char *data = turn_words_pair_data_ways(page->report, pair);
        const path_notes notes = {.data = data, .more = progress};

        html_table_group(page->out, name, G_N_ELEMENTS(columns));
        one_path(page, &pair->path, &pair->path.to_peer, &pair->path.from_peer,
                 &turn_words_pair_ends, &notes);
    }
    html_table_end(page->out);
}
