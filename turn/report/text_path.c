/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "turn/report/text_private.h"
#include "turn/report/wrap.h"

static void append_rtt(GString *line, const turn_direction *direction) {
    g_autofree char *rtt = turn_words_rtt(direction);

    if (rtt != NULL) {
        g_string_append_printf(line, " (%s)", rtt);
    }
}

static void append_part(GString *line, const char *part) {
    if (part != NULL && *part != '\0') {
        g_string_append_printf(line, "; %s", part);
    }
}

static void append_checks(const text_writer *writer, GString *line, const turn_path *path,
                          const turn_words_ends *ends) {
    const turn_direction *to = &path->to_peer;
    const turn_direction *from = &path->from_peer;
    const guint keep_alives = turn_words_keep_alives(path);

    if (to->requests + from->requests > 0) {
        g_autofree char *span = turn_words_checks_span(writer->report, path);

        g_string_append_printf(line, "; checks answered %u/%u %s",
                               to->successes - to->keep_alive_successes,
                               to->requests - to->keep_alives, ends->to);
        append_rtt(line, to);
        g_string_append_printf(line, ", %u/%u %s", from->successes - from->keep_alive_successes,
                               from->requests - from->keep_alives, ends->from);
        append_rtt(line, from);
        if (span != NULL) {
            g_string_append_printf(line, ", %s", span);
        }
    }
    if (keep_alives > 0) {
        g_string_append_printf(line, "; %u keep-alive%s", keep_alives, keep_alives == 1 ? "" : "s");
    }
}

static void append_path(const text_writer *writer, GString *line, const turn_path *path,
                        const turn_words_ends *ends) {
    g_autofree char *roles = turn_words_roles(path, ends);
    g_autofree char *nomination = turn_words_nomination(path, ends);

    append_checks(writer, line, path, ends);
    append_part(line, roles);
    append_part(line, nomination);
}

void text_peer(text_writer *writer, const turn_session *session, const turn_peer *peer) {
    g_autofree char *words = turn_words_peer(session, peer);
    g_autofree char *data = turn_words_peer_data(writer->report, peer);
    g_autofree char *passed = turn_words_passed(writer->report, peer);
    g_autoptr(GString) line = g_string_new(words);

    append_path(writer, line, &peer->path, &turn_words_peer_ends);
    append_part(line, data);
    append_part(line, passed);
    turn_wrap_append(writer->out, "     ", line->str);
}

void text_pair(text_writer *writer, const turn_pair *pair) {
    g_autofree char *words = turn_words_pair(pair);
    g_autofree char *data = turn_words_pair_data(writer->report, pair);
    g_autoptr(GString) line = g_string_new(words);

    append_path(writer, line, &pair->path, &turn_words_pair_ends);
    append_part(line, data);
    turn_wrap_append(writer->out, "  ", line->str);
}
