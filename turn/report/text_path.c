/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "turn/report/text_private.h"
#include "turn/report/wrap.h"

#include <string.h>

/* What the two ends of a path are called. */
typedef struct path_words {
    const char *near;
    const char *far;
    const char *to;   /* "to peer" */
    const char *from; /* "from peer" */
} path_words;

static void append_rtt(GString *line, const turn_direction *direction) {
    g_autofree char *shortest = NULL;
    g_autofree char *longest = NULL;
    g_autofree char *mean = NULL;

    if (direction->rtt_count == 0) {
        return;
    }
    shortest = text_milliseconds(direction->rtt);
    longest = text_milliseconds(direction->rtt_longest);
    if (g_str_equal(shortest, longest)) {
        g_string_append_printf(line, " (%s ms)", shortest);
        return;
    }
    mean = text_milliseconds(direction->rtt_sum / direction->rtt_count);
    g_string_append_printf(line, " (%s to %s ms, mean %s)", shortest, longest, mean);
}

/* To the millisecond: the frames tell more. */
static char *short_clock(const text_writer *writer, const turn_seen *seen) {
    g_autofree char *clock = text_clock(writer, seen);
    char *point = strchr(clock, '.');

    if (point != NULL && strlen(point) > 4) {
        point[4] = '\0';
    }
    return g_steal_pointer(&clock);
}

static void append_span(text_writer *writer, GString *line, const turn_seen *first,
                        const turn_seen *last) {
    g_autofree char *begin = short_clock(writer, first);
    g_autofree char *end = short_clock(writer, last);

    if (first->frame == last->frame && first->capture == last->capture) {
        g_string_append_printf(line, ", %s", begin);
    } else {
        g_string_append_printf(line, ", %s to %s", begin, end);
    }
}

static const turn_seen *earliest(const turn_seen *a, const turn_seen *b) {
    return a->frame == 0 || (b->frame != 0 && turn_seen_after(a, b)) ? b : a;
}

static const turn_seen *latest(const turn_seen *a, const turn_seen *b) {
    return a->frame == 0 || (b->frame != 0 && turn_seen_after(b, a)) ? b : a;
}

static void append_checks(text_writer *writer, GString *line, const turn_path *path,
                          const path_words *words) {
    const turn_direction *to = &path->to_peer;
    const turn_direction *from = &path->from_peer;
    const guint keep_alives =
        to->keep_alives + to->indications + from->keep_alives + from->indications;

    if (to->requests + from->requests > 0) {
        g_string_append_printf(line, "; checks answered %u/%u %s",
                               to->successes - to->keep_alive_successes,
                               to->requests - to->keep_alives, words->to);
        append_rtt(line, to);
        g_string_append_printf(line, ", %u/%u %s", from->successes - from->keep_alive_successes,
                               from->requests - from->keep_alives, words->from);
        append_rtt(line, from);
        append_span(writer, line, earliest(&to->first_request, &from->first_request),
                    latest(latest(&to->last_request, &from->last_request),
                           latest(&to->last_success, &from->last_success)));
    }
    if (keep_alives > 0) {
        g_string_append_printf(line, "; %u keep-alive%s", keep_alives, keep_alives == 1 ? "" : "s");
    }
}

static void append_role(GString *line, const char *who, const turn_direction *direction) {
    if (direction->role == TURN_ROLE_NONE) {
        return;
    }
    g_string_append_printf(line, "; %s %s", who, turn_role_name(direction->first_role));
    if (direction->role_changed.frame != 0) {
        g_string_append_printf(line, ", from frame %u on %s", direction->role_changed.frame,
                               direction->role == direction->first_role
                                   ? "now and then the other"
                                   : turn_role_name(direction->role));
    }
}

/* The far side has the other role, unless it says something else itself. */
static void append_roles(GString *line, const turn_path *path, const path_words *words) {
    const turn_direction *to = &path->to_peer;
    const turn_direction *from = &path->from_peer;
    const gboolean plain = to->role != TURN_ROLE_NONE && from->role != TURN_ROLE_NONE &&
                           to->role != from->role && to->role_changed.frame == 0 &&
                           from->role_changed.frame == 0;

    append_role(line, words->near, to);
    if (!plain) {
        append_role(line, words->far, from);
    }
}

static void append_nomination(GString *line, const turn_path *path, const path_words *words) {
    const turn_direction *const by[] = {&path->to_peer, &path->from_peer};
    const char *const who[] = {words->near, words->far};
    const char *begin = "; nominated";

    for (gsize i = 0; i < G_N_ELEMENTS(by); i++) {
        if (by[i]->use_candidate.frame == 0) {
            continue;
        }
        g_string_append_printf(line, "%s by %s in frame %u%s", begin, who[i],
                               by[i]->use_candidate.frame,
                               by[i]->nominated.frame == 0 ? " (not answered)" : "");
        begin = ",";
    }
}

static void append_data(text_writer *writer, GString *line, const turn_direction *to,
                        const turn_direction *from, const path_words *words) {
    const turn_ways ways = turn_data_ways(to, from);

    if (ways == TURN_WAYS_NONE) {
        return;
    }
    g_string_append_printf(line,
                           "; data %s, %" G_GUINT64_FORMAT " bytes %s, %" G_GUINT64_FORMAT " %s",
                           ways == TURN_WAYS_BOTH ? "both ways" : "one way", to->bytes, words->to,
                           from->bytes, words->from);
    append_span(writer, line, earliest(&to->first_packet, &from->first_packet),
                latest(&to->last_packet, &from->last_packet));
}

static void append_path(text_writer *writer, GString *line, const turn_path *path,
                        const turn_direction *data_to, const turn_direction *data_from,
                        const path_words *words) {
    append_checks(writer, line, path, words);
    append_roles(line, path, words);
    append_nomination(line, path, words);
    append_data(writer, line, data_to, data_from, words);
}

static gboolean is_bound(const turn_session *session, const turn_peer *peer) {
    for (guint i = 0; i < session->connections->len; i++) {
        const turn_connection *connection = g_ptr_array_index(session->connections, i);

        if (connection->peer == peer && turn_connection_is_bound(connection)) {
            return TRUE;
        }
    }
    return FALSE;
}

/* Where the peer really is: what stands between it and the client. */
static void append_way(GString *line, const turn_session *session, const turn_peer *peer) {
    switch (peer->via) {
    case TURN_VIA_CHANNEL:
        for (guint i = 0; i < session->channels->len; i++) {
            const turn_channel *channel = &g_array_index(session->channels, turn_channel, i);

            if (channel->peer == peer) {
                g_string_append_printf(line, " through channel 0x%04x", channel->number);
                return;
            }
        }
        g_string_append(line, " through a channel");
        break;
    case TURN_VIA_CONNECTION:
        g_string_append(line, is_bound(session, peer) ? " through the bound connection"
                                                      : " through a connection that was not bound");
        break;
    case TURN_VIA_INDICATION:
        g_string_append(line, " through the relay, by Send and Data");
        break;
    default:
        g_string_append(line, " through the relay");
        break;
    }
}

void text_peer(text_writer *writer, const turn_session *session, const turn_peer *peer) {
    static const path_words words = {"client", "peer", "to peer", "from peer"};
    g_autoptr(GString) line = g_string_new(NULL);
    char text[STUN_ADDRESS_TEXT];

    stun_address_format(&peer->address, text, sizeof text);
    g_string_append_printf(line, "Peer %s", *text != '\0' ? text : "(address not seen)");
    append_way(line, session, peer);
    append_path(writer, line, &peer->path, turn_peer_data(peer, TRUE), turn_peer_data(peer, FALSE),
                &words);
    turn_wrap_append(writer->out, "     ", line->str);
}

void text_pair(text_writer *writer, const turn_pair *pair) {
    static const path_words words = {"the first", "the second", "to the second", "to the first"};
    g_autoptr(GString) line = g_string_new(NULL);
    char a[STUN_ADDRESS_TEXT];
    char b[STUN_ADDRESS_TEXT];

    stun_address_format(&pair->a, a, sizeof a);
    stun_address_format(&pair->b, b, sizeof b);
    g_string_append_printf(line, "%s and %s over %s, %s", a, b,
                           pair->transport == TURN_TRANSPORT_TCP ? "TCP" : "UDP",
                           pair->at_server ? "one of them at a TURN server" : "directly");
    append_path(writer, line, &pair->path, &pair->path.to_peer, &pair->path.from_peer, &words);
    turn_wrap_append(writer->out, "  ", line->str);
}
