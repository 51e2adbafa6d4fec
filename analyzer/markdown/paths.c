/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "analyzer/markdown/writer.h"
#include "turn/report/shown.h"

/* What the rows of one path say of it: two directions, and both together. */
typedef struct path_rows {
    const char *name;
    const turn_path *path;
    const turn_direction *data_to;
    const turn_direction *data_from;
    const turn_words_ends *ends;
    const char *data; /* in words; NULL where there was none */
    const char *passed;
} path_rows;

static void append_part(GString *line, const char *part) {
    if (part != NULL && *part != '\0') {
        g_string_append_printf(line, "%s%s", line->len > 0 ? "; " : "", part);
    }
}

static void append_checks(markdown_writer *writer, GString *line, const turn_path *path) {
    const guint keep_alives = turn_words_keep_alives(path);

    if (path->to_peer.requests + path->from_peer.requests > 0) {
        g_autofree char *span = turn_words_checks_span(writer->report, path);
        g_autofree char *checks = span != NULL ? g_strconcat("checks ", span, NULL) : NULL;

        append_part(line, checks);
    }
    if (keep_alives > 0) {
        g_autofree char *words =
            g_strdup_printf("%u keep-alive%s", keep_alives, keep_alives == 1 ? "" : "s");

        append_part(line, words);
    }
}

static char *both_directions(markdown_writer *writer, const path_rows *rows) {
    GString *line = g_string_new(NULL);
    g_autofree char *roles = turn_words_roles(rows->path, rows->ends);
    g_autofree char *nomination = turn_words_nomination(rows->path, rows->ends);

    append_checks(writer, line, rows->path);
    append_part(line, roles);
    append_part(line, nomination);
    append_part(line, rows->data);
    append_part(line, rows->passed);
    return g_string_free(line, FALSE);
}

static void one_direction(markdown_writer *writer, const char *name, const char *way,
                          const turn_direction *checks, const turn_direction *data,
                          const char *notes) {
    g_autofree char *answered =
        g_strdup_printf("%u/%u", checks->successes - checks->keep_alive_successes,
                        checks->requests - checks->keep_alives);
    g_autofree char *rtt = turn_words_rtt(checks);
    g_autofree char *bytes = g_strdup_printf("%" G_GUINT64_FORMAT, data->bytes);

    markdown_row(writer, (const char *const[]){name, way, answered, rtt != NULL ? rtt : "", bytes,
                                               notes, NULL});
}

static void one_path(markdown_writer *writer, const path_rows *rows) {
    g_autofree char *notes = both_directions(writer, rows);

    one_direction(writer, rows->name, rows->ends->to, &rows->path->to_peer, rows->data_to, notes);
    one_direction(writer, "", rows->ends->from, &rows->path->from_peer, rows->data_from, "");
}

static void begin(markdown_writer *writer, const char *first) {
    g_autofree char *columns =
        g_strconcat(first, "|Direction|>Checks answered|Round trip|>Bytes of data|Notes", NULL);

    markdown_table(writer, columns);
}

void markdown_peers(markdown_writer *writer, const turn_session *session) {
    if (session->peers->len == 0) {
        return;
    }
    begin(writer, "Peer");
    for (guint i = 0; i < session->peers->len && i < TURN_SHOWN_PAIRS; i++) {
        const turn_peer *peer = g_ptr_array_index(session->peers, i);
        g_autofree char *name = turn_words_peer(session, peer);
        g_autofree char *data = turn_words_peer_data_ways(writer->report, peer);
        g_autofree char *passed = turn_words_passed(writer->report, peer);
        const path_rows rows = {.name = name,
                                .path = &peer->path,
                                .data_to = turn_peer_data(peer, TRUE),
                                .data_from = turn_peer_data(peer, FALSE),
                                .ends = &turn_words_peer_ends,
                                .data = data,
                                .passed = passed};

        one_path(writer, &rows);
    }
    markdown_end(writer);
}

void markdown_pairs(markdown_writer *writer) {
    const GPtrArray *all = writer->report->model->pairs;

    if (all->len == 0) {
        return;
    }
    markdown_heading(writer, 2, TURN_HEADING_CHECKS);
    begin(writer, "Between");
    for (guint i = 0; i < all->len && i < TURN_SHOWN_PAIRS; i++) {
        const turn_pair *pair = g_ptr_array_index(all, i);
        g_autofree char *name = turn_words_pair(pair);
        g_autofree char *data = turn_words_pair_data_ways(writer->report, pair);
        const path_rows rows = {.name = name,
                                .path = &pair->path,
                                .data_to = &pair->path.to_peer,
                                .data_from = &pair->path.from_peer,
                                .ends = &turn_words_pair_ends,
                                .data = data};

        one_path(writer, &rows);
    }
    markdown_end(writer);
    if (all->len > TURN_SHOWN_PAIRS) {
        g_autofree char *more =
            turn_words_more(writer->report, all->len - TURN_SHOWN_PAIRS, NULL, all->len);

        markdown_sentence(writer, more);
    }
}
