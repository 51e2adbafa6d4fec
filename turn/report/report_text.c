/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "turn/report/printable.h"
#include "turn/report/report.h"
#include "turn/report/wrap.h"

#include <string.h>

/* A capture of a whole day has hundreds of sessions; the JSON report has them all. */
#define MAX_SESSIONS_SHOWN 40u
#define MAX_PAIRS_SHOWN    40u
#define MAX_GROUP_SHOWN    8u

/* Level in words, and in colour where the terminal has it: never in colour alone. */
static const struct {
    const char *word;
    const char *colour;
} marks[] = {
    [TURN_LEVEL_FAILED] = {"FAILED", "\033[1;31m"},
    [TURN_LEVEL_DEGRADED] = {"DEGRADED", "\033[1;33m"},
    [TURN_LEVEL_INCONCLUSIVE] = {"INCONCLUSIVE", "\033[1;36m"},
    [TURN_LEVEL_HEALTHY] = {"HEALTHY", "\033[1;32m"},
};

typedef struct text_writer {
    GString *out;
    const turn_report *report;
    gboolean colour;
} text_writer;

static void heading(text_writer *writer, const char *text) {
    g_string_append_printf(writer->out, "\n%s%s%s\n", writer->colour ? "\033[1m" : "", text,
                           writer->colour ? "\033[0m" : "");
}

static void level_line(text_writer *writer, turn_level level, const char *title) {
    g_autofree char *first = g_strdup_printf("%s: ", marks[level].word);
    GString *line = g_string_new(NULL);

    turn_wrap_append(line, first, title);
    if (writer->colour) {
        g_string_append_printf(writer->out, "%s%s\033[0m%s", marks[level].colour, marks[level].word,
                               line->str + strlen(marks[level].word));
    } else {
        g_string_append(writer->out, line->str);
    }
    g_string_free(line, TRUE);
}

/* Only the clock: the day stands with the capture. */
static char *clock_time(const text_writer *writer, const turn_seen *seen) {
    g_autofree char *full = turn_report_time(writer->report, seen->capture, seen->time);
    char *clock = strchr(full, 'T');

    if (clock == NULL) {
        return g_strdup(full);
    }
    clock[strlen(clock) - 1] = '\0';
    return g_strdup(clock + 1);
}

static void evidence_line(text_writer *writer, const turn_evidence *evidence) {
    g_autofree char *when = clock_time(writer, &evidence->seen);
    g_autofree char *capture = writer->report->captures->len > 1
                                   ? g_strdup_printf("capture %u, ", evidence->seen.capture + 1)
                                   : g_strdup("");
    g_autofree char *first =
        g_strdup_printf("  %sframe %-6u %s  ", capture, evidence->seen.frame, when);

    turn_wrap_append(writer->out, first, evidence->summary);
}

/* "session 3, 10.1.2.3:5 to 10.1.2.4:3478 over UDP". */
static char *session_line(const turn_session *session) {
    char client[STUN_ADDRESS_TEXT];
    char server[STUN_ADDRESS_TEXT];
    g_autofree char *protocol = g_ascii_strup(turn_protocol_name(session->protocol), -1);

    stun_address_format(&session->client, client, sizeof client);
    stun_address_format(&session->server, server, sizeof server);
    return g_strdup_printf("Session %u: %s to %s over %s", session->id, client, server, protocol);
}

static void one_finding(text_writer *writer, const turn_finding *finding) {
    g_autofree char *filter = turn_report_filter(finding, turn_report_filter_capture(finding));

    if (finding->session != NULL) {
        g_autofree char *line = session_line(finding->session);

        turn_wrap_append(writer->out, "  ", line);
    }
    if (finding->detail != NULL) {
        turn_wrap_append(writer->out, "  ", finding->detail);
    }
    for (guint i = 0; i < finding->evidence->len; i++) {
        evidence_line(writer, &g_array_index(finding->evidence, turn_evidence, i));
    }
    if (filter != NULL) {
        g_string_append_printf(writer->out, "  Wireshark filter: %s\n", filter);
    }
}

static gboolean same_group(const turn_finding *a, const turn_finding *b) {
    return a->cause == b->cause && a->level == b->level;
}

/* Findings of one cause and level from INDEX on, as one block; returns where the next one begins.
 */
static guint finding_group(text_writer *writer, guint index) {
    const GPtrArray *findings = writer->report->judgement->findings;
    const turn_finding *first = g_ptr_array_index(findings, index);
    guint end = index;

    while (end < findings->len && same_group(first, g_ptr_array_index(findings, end))) {
        if (end - index < MAX_GROUP_SHOWN) {
            if (end > index) {
                g_string_append_c(writer->out, '\n');
            }
            one_finding(writer, g_ptr_array_index(findings, end));
        }
        end++;
    }
    if (end - index > MAX_GROUP_SHOWN) {
        g_string_append_printf(writer->out, "\n  and %u more sessions with the same finding\n",
                               end - index - MAX_GROUP_SHOWN);
    }
    return end;
}

static void remedies(text_writer *writer, const turn_cause *cause) {
    g_auto(GStrv) lines = g_strsplit(cause->remedies, "\n", -1);

    heading(writer, "What to do");
    for (guint i = 0; lines[i] != NULL; i++) {
        g_autofree char *first = g_strdup_printf("  %u. ", i + 1);

        turn_wrap_append(writer->out, first, lines[i]);
    }
    heading(writer, "What to look at next");
    turn_wrap_append(writer->out, "  ", cause->next);
}

static void other_findings(text_writer *writer, guint index) {
    const GPtrArray *findings = writer->report->judgement->findings;

    if (index >= findings->len) {
        return;
    }
    heading(writer, "Also found");
    while (index < findings->len) {
        const turn_finding *finding = g_ptr_array_index(findings, index);

        level_line(writer, finding->level, finding->cause->title);
        turn_wrap_append(writer->out, "  ", finding->cause->explanation);
        g_string_append_printf(writer->out, "  More: turnpcap explain %s\n",
                               finding->cause->identifier);
        index = finding_group(writer, index);
        if (index < findings->len) {
            g_string_append_c(writer->out, '\n');
        }
    }
}

static void verdict(text_writer *writer) {
    const turn_judgement *judgement = writer->report->judgement;
    guint next = 0;

    level_line(writer, judgement->level, turn_report_title(writer->report));
    if (judgement->first != NULL) {
        g_string_append_printf(writer->out, "(%s)\n", judgement->first->cause->identifier);
    }
    g_string_append_c(writer->out, '\n');
    turn_wrap_append(writer->out, "", turn_report_explanation(writer->report));
    if (judgement->first == NULL) {
        return;
    }
    if (judgement->first->evidence->len > 0) {
        heading(writer, "Evidence");
    }
    next = finding_group(writer, 0);
    remedies(writer, judgement->first->cause);
    other_findings(writer, next);
}

static void unknowns(text_writer *writer) {
    const GPtrArray *lines = writer->report->judgement->unknowns;
    GString *found = g_string_new(NULL);

    for (guint i = 0; i < lines->len; i++) {
        turn_wrap_append(found, "  - ", g_ptr_array_index(lines, i));
    }
    for (guint i = 0; i < writer->report->captures->len; i++) {
        const turn_report_capture *capture = g_ptr_array_index(writer->report->captures, i);

        for (guint k = 0; k < capture->warnings->len; k++) {
            turn_wrap_append(found, "  - ", g_ptr_array_index(capture->warnings, k));
        }
    }
    if (found->len > 0) {
        heading(writer, "What this capture cannot tell");
        g_string_append(writer->out, found->str);
    }
    g_string_free(found, TRUE);
}

static void named(GString *line, const char *name, const char *value) {
    if (value != NULL && *value != '\0') {
        g_string_append_printf(line, "%s%s %s", line->len > 0 ? ", " : "", name, value);
    }
}

static void session_names(text_writer *writer, const turn_session *session) {
    GString *line = g_string_new(NULL);
    char text[STUN_ADDRESS_TEXT];

    named(line, "user", session->username);
    named(line, "realm", session->realm);
    named(line, "server software", session->software);
    stun_address_format(&session->mapped, text, sizeof text);
    named(line, "client seen as", text);
    for (guint i = 0; i < session->relayed->len; i++) {
        stun_address_format(&g_array_index(session->relayed, stun_address, i), text, sizeof text);
        named(line, "relayed address", text);
    }
    if (line->len > 0) {
        turn_wrap_append(writer->out, "     ", line->str);
    }
    g_string_free(line, TRUE);
}

static void session_allocate(text_writer *writer, const turn_session *session) {
    const turn_exchange *allocate = &session->exchanges[TURN_METHOD_ALLOCATE];
    const turn_outcome outcome = turn_session_allocate_outcome(session);
    GString *line = g_string_new(NULL);

    g_string_append_printf(line, "Allocate: %s",
                           outcome == TURN_OUTCOME_UNSEEN ? "not in this capture"
                                                          : turn_outcome_name(outcome));
    if (allocate->requests > 0) {
        g_string_append_printf(line, ", %u request%s", allocate->requests,
                               allocate->requests == 1 ? "" : "s");
    }
    if (allocate->transmissions > allocate->requests) {
        g_string_append_printf(line, " in %u transmissions", allocate->transmissions);
    }
    if (session->relay_protocol != 0) {
        g_string_append_printf(line, ", %s relay", session->relay_protocol == 6 ? "TCP" : "UDP");
    }
    if (session->lifetime >= 0) {
        g_string_append_printf(line, ", lifetime %" G_GINT64_FORMAT " s", session->lifetime);
    }
    if (allocate->rtt >= 0) {
        g_string_append_printf(line, ", answered in %.1f ms", (double)allocate->rtt / 1e6);
    }
    if (session->allocated.frame != 0) {
        g_string_append_printf(line, ", frame %u", session->allocated.frame);
    }
    turn_wrap_append(writer->out, "     ", line->str);
    g_string_free(line, TRUE);
}

static void checks_text(GString *line, const turn_path *path) {
    if (path->to_peer.requests + path->from_peer.requests > 0) {
        g_string_append_printf(line, ", checks answered %u/%u to peer, %u/%u from peer",
                               path->to_peer.successes, path->to_peer.requests,
                               path->from_peer.successes, path->from_peer.requests);
    }
}

static void session_peer(text_writer *writer, const turn_peer *peer) {
    const gboolean near = peer->path.to_peer.packets + peer->path.from_peer.packets > 0;
    const turn_direction *to = near ? &peer->path.to_peer : &peer->relay_to;
    const turn_direction *from = near ? &peer->path.from_peer : &peer->relay_from;
    GString *line = g_string_new(NULL);
    char text[STUN_ADDRESS_TEXT];

    stun_address_format(&peer->address, text, sizeof text);
    g_string_append_printf(line, "Peer %s by %s", *text != '\0' ? text : "(address not seen)",
                           turn_via_name(peer->via));
    checks_text(line, &peer->path);
    if (to->packets + from->packets > 0) {
        g_string_append_printf(
            line, ", data %" G_GUINT64_FORMAT " bytes to peer, %" G_GUINT64_FORMAT " from peer",
            to->bytes, from->bytes);
    }
    turn_wrap_append(writer->out, "     ", line->str);
    g_string_free(line, TRUE);
}

static void session_connection(text_writer *writer, const turn_connection *connection) {
    GString *line = g_string_new("Connection");

    if (connection->has_id) {
        g_string_append_printf(line, " 0x%08x", connection->id);
    }
    if (connection->attempt.frame != 0) {
        g_string_append_printf(line, ", %s in frame %u",
                               connection->initiated_by_peer ? "attempted by the peer"
                                                             : "asked for by the client",
                               connection->attempt.frame);
    }
    if (connection->bind.frame != 0) {
        g_string_append_printf(line, ", bind in frame %u", connection->bind.frame);
    }
    if (connection->outcome == TURN_OUTCOME_SUCCESS) {
        char text[STUN_ADDRESS_TEXT];

        stun_address_format(&connection->data_connection, text, sizeof text);
        g_string_append_printf(line, ", bound, data connection %s", text);
    } else if (connection->code != 0) {
        g_string_append_printf(line, ", refused with %u", connection->code);
    } else {
        g_string_append(line, ", not bound");
    }
    turn_wrap_append(writer->out, "     ", line->str);
    g_string_free(line, TRUE);
}

static void one_session(text_writer *writer, const turn_session *session) {
    g_autofree char *line = session_line(session);

    turn_wrap_append(writer->out, "  ", line);
    session_names(writer, session);
    if (session->protocol <= TURN_PROTOCOL_TCP) {
        session_allocate(writer, session);
    }
    for (guint i = 0; i < session->connections->len && i < MAX_PAIRS_SHOWN; i++) {
        session_connection(writer, g_ptr_array_index(session->connections, i));
    }
    for (guint i = 0; i < session->peers->len && i < MAX_PAIRS_SHOWN; i++) {
        session_peer(writer, g_ptr_array_index(session->peers, i));
    }
}

static void sessions(text_writer *writer) {
    const GPtrArray *all = writer->report->model->sessions;

    if (all->len == 0) {
        return;
    }
    heading(writer, "Sessions");
    for (guint i = 0; i < all->len && i < MAX_SESSIONS_SHOWN; i++) {
        one_session(writer, g_ptr_array_index(all, i));
    }
    if (all->len > MAX_SESSIONS_SHOWN) {
        g_string_append_printf(writer->out,
                               "  and %u more; turnpcap report --format json has all of them\n",
                               all->len - MAX_SESSIONS_SHOWN);
    }
}

static void pairs(text_writer *writer) {
    const GPtrArray *all = writer->report->model->pairs;

    if (all->len == 0) {
        return;
    }
    heading(writer, "Checks outside TURN sessions");
    for (guint i = 0; i < all->len && i < MAX_PAIRS_SHOWN; i++) {
        const turn_pair *pair = g_ptr_array_index(all, i);
        char a[STUN_ADDRESS_TEXT];
        char b[STUN_ADDRESS_TEXT];
        g_autofree char *line = NULL;

        stun_address_format(&pair->a, a, sizeof a);
        stun_address_format(&pair->b, b, sizeof b);
        line = g_strdup_printf("%s and %s over %s: answered %u/%u, and %u/%u the other way", a, b,
                               pair->transport == TURN_TRANSPORT_TCP ? "TCP" : "UDP",
                               pair->path.to_peer.successes, pair->path.to_peer.requests,
                               pair->path.from_peer.successes, pair->path.from_peer.requests);
        turn_wrap_append(writer->out, "  ", line);
    }
    if (all->len > MAX_PAIRS_SHOWN) {
        g_string_append_printf(writer->out,
                               "  and %u more; turnpcap report --format json has all of them\n",
                               all->len - MAX_PAIRS_SHOWN);
    }
}

static void one_capture(text_writer *writer, guint index, const char *number) {
    const turn_report_capture *capture = g_ptr_array_index(writer->report->captures, index);
    g_autofree char *line = NULL;

    if (capture->packets > 0) {
        g_autofree char *first = turn_report_time(writer->report, index, capture->first);
        g_autofree char *last = turn_report_time(writer->report, index, capture->last);

        line = g_strdup_printf("%s: %s, %s, %" G_GUINT64_FORMAT " packets, %s to %s", capture->file,
                               capture->format, capture->link_text, capture->packets, first, last);
    } else {
        line = g_strdup_printf("%s: no packets", capture->file);
    }
    turn_wrap_append(writer->out, number, line);
}

static void captures(text_writer *writer) {
    const GPtrArray *all = writer->report->captures;
    gboolean begun = FALSE;

    for (guint i = 0; i < all->len; i++) {
        const turn_report_capture *capture = g_ptr_array_index(all, i);
        g_autofree char *number = all->len > 1 ? g_strdup_printf("  %u. ", i + 1) : g_strdup("  ");

        if (capture->file == NULL) {
            continue;
        }
        if (!begun) {
            heading(writer, all->len > 1 ? "Captures" : "Capture");
            begun = TRUE;
        }
        one_capture(writer, i, number);
    }
}

char *turn_report_write_text(const turn_report *self, gboolean colour) {
    text_writer writer = {.out = g_string_new(NULL), .report = self, .colour = colour};

    verdict(&writer);
    unknowns(&writer);
    sessions(&writer);
    pairs(&writer);
    captures(&writer);
    return g_string_free(writer.out, FALSE);
}
