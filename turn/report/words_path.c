/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "turn/report/words.h"

#include <string.h>

const turn_words_ends turn_words_peer_ends = {"client", "peer", "to peer", "from peer"};
const turn_words_ends turn_words_pair_ends = {"the first", "the second", "to the second",
                                              "to the first"};

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

char *turn_words_peer(const turn_session *session, const turn_peer *peer) {
    GString *line = g_string_new(NULL);
    char text[STUN_ADDRESS_TEXT];

    stun_address_format(&peer->address, text, sizeof text);
    g_string_append_printf(line, "Peer %s", *text != '\0' ? text : "(address not seen)");
    append_way(line, session, peer);
    return g_string_free(line, FALSE);
}

char *turn_words_pair(const turn_pair *pair) {
    char a[STUN_ADDRESS_TEXT];
    char b[STUN_ADDRESS_TEXT];

    stun_address_format(&pair->a, a, sizeof a);
    stun_address_format(&pair->b, b, sizeof b);
    return g_strdup_printf("%s and %s over %s, %s", a, b,
                           pair->transport == TURN_TRANSPORT_TCP ? "TCP" : "UDP",
                           pair->at_server ? "one of them at a TURN server" : "directly");
}

char *turn_words_rtt(const turn_direction *direction) {
    g_autofree char *shortest = NULL;
    g_autofree char *longest = NULL;
    g_autofree char *mean = NULL;

    if (direction->rtt_count == 0) {
        return NULL;
    }
    shortest = turn_words_milliseconds(direction->rtt);
    longest = turn_words_milliseconds(direction->rtt_longest);
    if (g_str_equal(shortest, longest)) {
        return g_strdup_printf("%s ms", shortest);
    }
    mean = turn_words_milliseconds(direction->rtt_sum / direction->rtt_count);
    return g_strdup_printf("%s to %s ms, mean %s", shortest, longest, mean);
}

guint turn_words_keep_alives(const turn_path *path) {
    return path->to_peer.keep_alives + path->to_peer.indications + path->from_peer.keep_alives +
           path->from_peer.indications;
}

static gboolean is_out_of_order(const turn_report *report) {
    for (guint i = 0; i < report->captures->len; i++) {
        if (((const turn_report_capture *)g_ptr_array_index(report->captures, i))->out_of_order) {
            return TRUE;
        }
    }
    return FALSE;
}

gboolean turn_words_may_compare_legs(const turn_report *report) {
    for (guint i = 0; i < report->captures->len; i++) {
        if (((const turn_report_capture *)g_ptr_array_index(report->captures, i))->shuffled) {
            return FALSE;
        }
    }
    return report->join == NULL;
}

#define DAY (86400 * G_GINT64_CONSTANT(1000000000))

/* To the millisecond: the frames tell more. */
static char *short_time(const turn_report *report, const turn_seen *seen, gboolean with_date) {
    g_autofree char *time = turn_report_time(report, seen->capture, seen->time);
    char *clock = strchr(time, 'T');
    char *point = strchr(time, '.');

    if (point != NULL && strlen(point) > 4) {
        point[4] = '\0';
    }
    if (clock == NULL) {
        return g_steal_pointer(&time);
    }
    *clock = ' ';
    return g_strdup(with_date ? time : clock + 1);
}

/* NULL where the order of the packets is not that of their times. */
static char *span_text(const turn_report *report, const turn_seen *first, const turn_seen *last) {
    const gboolean days = first->time / DAY != last->time / DAY;
    g_autofree char *begin = short_time(report, first, days);
    g_autofree char *end = short_time(report, last, days);

    if (is_out_of_order(report) || last->time < first->time) {
        return NULL;
    }
    if (first->frame == last->frame && first->capture == last->capture) {
        return g_steal_pointer(&begin);
    }
    return g_strdup_printf("%s to %s", begin, end);
}

static const turn_seen *earliest(const turn_seen *a, const turn_seen *b) {
    return a->frame == 0 || (b->frame != 0 && turn_seen_after(a, b)) ? b : a;
}

static const turn_seen *latest(const turn_seen *a, const turn_seen *b) {
    return a->frame == 0 || (b->frame != 0 && turn_seen_after(b, a)) ? b : a;
}

char *turn_words_checks_span(const turn_report *report, const turn_path *path) {
    const turn_direction *to = &path->to_peer;
    const turn_direction *from = &path->from_peer;

    return span_text(report, earliest(&to->first_request, &from->first_request),
                     latest(latest(&to->last_request, &from->last_request),
                            latest(&to->last_success, &from->last_success)));
}

/* Data, as one end of the leg sends and receives it. */
typedef struct counted {
    const char *end;
    const turn_direction *to;
    const turn_direction *from;
} counted;

static counted counted_of_peer(const turn_peer *peer) {
    const turn_direction *to = turn_peer_data(peer, TRUE);

    return (counted){.end = to == &peer->path.to_peer ? "the client" : "the relay",
                     .to = to,
                     .from = turn_peer_data(peer, FALSE)};
}

static counted counted_of_pair(const turn_pair *pair) {
    return (counted){
        .end = turn_words_pair_ends.near, .to = &pair->path.to_peer, .from = &pair->path.from_peer};
}

static char *data_span(const turn_report *report, const counted *data) {
    return span_text(report, earliest(&data->to->first_packet, &data->from->first_packet),
                     latest(&data->to->last_packet, &data->from->last_packet));
}

static char *with_span(const turn_report *report, const counted *data, const char *text) {
    g_autofree char *span = data_span(report, data);

    return span != NULL ? g_strdup_printf("%s, %s", text, span) : g_strdup(text);
}

/* That there is nothing the other way may lie with the capture. */
static char *data_text(const turn_report *report, const counted *data) {
    g_autofree char *text = NULL;

    switch (turn_data_ways(data->to, data->from)) {
    case TURN_WAYS_NONE:
        return NULL;
    case TURN_WAYS_BOTH:
        text = g_strdup_printf("data both ways: %s sent %" G_GUINT64_FORMAT
                               " bytes and received %" G_GUINT64_FORMAT,
                               data->end, data->to->bytes, data->from->bytes);
        break;
    case TURN_WAYS_TO_PEER:
        text = g_strdup_printf("data one way: %s sent %" G_GUINT64_FORMAT
                               " bytes, and the capture has none to it",
                               data->end, data->to->bytes);
        break;
    case TURN_WAYS_FROM_PEER:
        text = g_strdup_printf("data one way: %s received %" G_GUINT64_FORMAT
                               " bytes, and the capture has none from it",
                               data->end, data->from->bytes);
        break;
    }
    return with_span(report, data, text);
}

static char *data_ways_text(const turn_report *report, const counted *data) {
    g_autofree char *text = NULL;

    switch (turn_data_ways(data->to, data->from)) {
    case TURN_WAYS_NONE:
        return NULL;
    case TURN_WAYS_BOTH:
        text = g_strdup_printf("data both ways, as %s sent and received it", data->end);
        break;
    case TURN_WAYS_TO_PEER:
        text =
            g_strdup_printf("data one way: %s sent it, and the capture has none to it", data->end);
        break;
    case TURN_WAYS_FROM_PEER:
        text = g_strdup_printf("data one way: %s received it, and the capture has none from it",
                               data->end);
        break;
    }
    return with_span(report, data, text);
}

char *turn_words_peer_data(const turn_report *report, const turn_peer *peer) {
    const counted data = counted_of_peer(peer);

    return data_text(report, &data);
}

char *turn_words_pair_data(const turn_report *report, const turn_pair *pair) {
    const counted data = counted_of_pair(pair);

    return data_text(report, &data);
}

char *turn_words_peer_data_ways(const turn_report *report, const turn_peer *peer) {
    const counted data = counted_of_peer(peer);

    return data_ways_text(report, &data);
}

char *turn_words_pair_data_ways(const turn_report *report, const turn_pair *pair) {
    const counted data = counted_of_pair(pair);

    return data_ways_text(report, &data);
}

/* ENTERED and LEFT are the two legs of one direction. */
static void append_passed(GString *line, const turn_direction *entered, const turn_direction *left,
                          const char *what) {
    if (left->packets == 0 || left->packets >= entered->packets ||
        left->first_packet.capture != entered->first_packet.capture) {
        return;
    }
    g_string_append_printf(line,
                           "%s%" G_GUINT64_FORMAT " of the %" G_GUINT64_FORMAT
                           " packets %s, the last in frame %u",
                           line->len > 0 ? ", and " : "the capture shows ", left->packets,
                           entered->packets, what, left->last_packet.frame);
}

char *turn_words_passed(const turn_report *report, const turn_peer *peer) {
    GString *line = g_string_new(NULL);

    if (turn_words_may_compare_legs(report)) {
        append_passed(line, &peer->path.to_peer, &peer->relay_to, "to the peer leave the relay");
        append_passed(line, &peer->relay_from, &peer->path.from_peer,
                      "from the peer go on to the client");
    }
    return g_string_free(line, line->len == 0);
}

static void append_role(GString *line, const char *who, const turn_direction *direction) {
    if (direction->role == TURN_ROLE_NONE) {
        return;
    }
    g_string_append_printf(line, "%s%s %s", line->len > 0 ? "; " : "", who,
                           turn_role_name(direction->first_role));
    if (direction->role_changed.frame != 0) {
        g_string_append_printf(line, ", from frame %u on %s", direction->role_changed.frame,
                               direction->role == direction->first_role
                                   ? "now and then the other"
                                   : turn_role_name(direction->role));
    }
}

/* The far side has the other role, unless it says something else itself. */
char *turn_words_roles(const turn_path *path, const turn_words_ends *ends) {
    GString *line = g_string_new(NULL);
    const turn_direction *to = &path->to_peer;
    const turn_direction *from = &path->from_peer;
    const gboolean plain = to->role != TURN_ROLE_NONE && from->role != TURN_ROLE_NONE &&
                           to->role != from->role && to->role_changed.frame == 0 &&
                           from->role_changed.frame == 0;

    append_role(line, ends->near, to);
    if (!plain) {
        append_role(line, ends->far, from);
    }
    return g_string_free(line, FALSE);
}

char *turn_words_nomination(const turn_path *path, const turn_words_ends *ends) {
    GString *line = g_string_new(NULL);
    const turn_direction *const by[] = {&path->to_peer, &path->from_peer};
    const char *const who[] = {ends->near, ends->far};
    const char *begin = "nominated";

    for (gsize i = 0; i < G_N_ELEMENTS(by); i++) {
        if (by[i]->use_candidate.frame == 0) {
            continue;
        }
        g_string_append_printf(line, "%s by %s in frame %u%s", begin, who[i],
                               by[i]->use_candidate.frame,
                               by[i]->nominated.frame == 0 ? " (not answered)" : "");
        begin = ",";
    }
    return g_string_free(line, FALSE);
}
