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
    if (*part != '\0') {
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
        g_string_append_printf(line, ", %s", span);
    }
    if (keep_alives > 0) {
        g_string_append_printf(line, "; %u keep-alive%s", keep_alives, keep_alives == 1 ? "" : "s");
    }
}

static void append_data(const text_writer *writer, GString *line, const turn_direction *to,
                        const turn_direction *from, const turn_words_ends *ends) {
    const turn_ways ways = turn_data_ways(to, from);
    g_autofree char *span = NULL;

    if (ways == TURN_WAYS_NONE) {
        return;
    }
    span = turn_words_data_span(writer->report, to, from);
    g_string_append_printf(
        line, "; data %s, %" G_GUINT64_FORMAT " bytes %s, %" G_GUINT64_FORMAT " %s, %s",
        ways == TURN_WAYS_BOTH ? "both ways" : "one way", to->bytes, ends->to, from->bytes,
        ends->from, span);
}

static void append_path(const text_writer *writer, GString *line, const turn_path *path,
                        const turn_direction *data_to, const turn_direction *data_from,
                        const turn_words_ends *ends) {
    g_autofree char *roles = turn_words_roles(path, ends);
    g_autofree char *nomination = turn_words_nomination(path, ends);

    append_checks(writer, line, path, ends);
    append_part(line, roles);
    append_part(line, nomination);
    append_data(writer, line, data_to, data_from, ends);
}

void text_peer(text_writer *writer, const turn_session *session, const turn_peer *peer) {
    g_autofree char *words = turn_words_peer(session, peer);
    g_autoptr(GString) line = g_string_new(words);

    append_path(writer, line, &peer->path, turn_peer_data(peer, TRUE), turn_peer_data(peer, FALSE),
                &turn_words_peer_ends);
    turn_wrap_append(writer->out, "     ", line->str);
}

void text_pair(text_writer *writer, const turn_pair *pair) {
    g_autofree char *words = turn_words_pair(pair);
    g_autoptr(GString) line = g_string_new(words);

    append_path(writer, line, &pair->path, &pair->path.to_peer, &pair->path.from_peer,
                &turn_words_pair_ends);
    turn_wrap_append(writer->out, "  ", line->str);
}
