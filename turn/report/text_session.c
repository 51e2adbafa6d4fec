/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "turn/report/text_private.h"
#include "turn/report/wrap.h"

/* A capture of a whole day has hundreds of sessions; the JSON report has them all. */
#define MAX_SESSIONS_SHOWN 40u
#define MAX_PAIRS_SHOWN    40u

char *text_session_line(const turn_session *session) {
    char client[STUN_ADDRESS_TEXT];
    char server[STUN_ADDRESS_TEXT];
    g_autofree char *protocol = g_ascii_strup(turn_protocol_name(session->protocol), -1);

    stun_address_format(&session->client, client, sizeof client);
    stun_address_format(&session->server, server, sizeof server);
    return g_strdup_printf("Session %u: %s to %s over %s", session->id, client, server, protocol);
}

static void named(GString *line, const char *name, const char *value) {
    if (value != NULL && *value != '\0') {
        g_string_append_printf(line, "%s%s %s", line->len > 0 ? ", " : "", name, value);
    }
}

/* Static NAT in front of the server, and NAT in front of the client. */
static void session_nat(GString *line, const turn_session *session) {
    char text[STUN_ADDRESS_TEXT];

    stun_address_format(&session->relay_local, text, sizeof text);
    named(line, "on the wire", text);
    if (turn_session_behind_nat(session)) {
        g_string_append(line, ", client behind NAT");
    }
}

/* Peers that are relayed addresses of the same server: the packets between the two never leave it,
 * or have to come back to it. */
static void session_relays(text_writer *writer, const turn_session *session) {
    for (guint i = 0; i < session->peers->len && i < MAX_PAIRS_SHOWN; i++) {
        const turn_peer *peer = g_ptr_array_index(session->peers, i);
        g_autofree char *line = NULL;
        char text[STUN_ADDRESS_TEXT];

        if (peer->relay == NULL) {
            continue;
        }
        stun_address_format(&peer->address, text, sizeof text);
        line = g_strdup_printf("Relay to relay: peer %s is the relayed address of session %u", text,
                               peer->relay->id);
        turn_wrap_append(writer->out, "     ", line);
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
    session_nat(line, session);
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
        g_autofree char *rtt = text_milliseconds(allocate->rtt);

        g_string_append_printf(line, ", answered in %s ms", rtt);
    }
    if (session->allocated.frame != 0) {
        g_string_append_printf(line, ", frame %u", session->allocated.frame);
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
    if (turn_connection_is_bound(connection)) {
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
    g_autofree char *line = text_session_line(session);

    turn_wrap_append(writer->out, "  ", line);
    session_names(writer, session);
    if (session->protocol <= TURN_PROTOCOL_TCP) {
        session_allocate(writer, session);
        text_stages(writer, session);
    }
    text_integrity(writer, session);
    for (guint i = 0; i < session->connections->len && i < MAX_PAIRS_SHOWN; i++) {
        session_connection(writer, g_ptr_array_index(session->connections, i));
    }
    for (guint i = 0; i < session->peers->len && i < MAX_PAIRS_SHOWN; i++) {
        text_peer(writer, session, g_ptr_array_index(session->peers, i));
    }
    session_relays(writer, session);
}

void text_sessions(text_writer *writer) {
    const GPtrArray *all = writer->report->model->sessions;

    if (all->len == 0) {
        return;
    }
    text_heading(writer, "Sessions");
    for (guint i = 0; i < all->len && i < MAX_SESSIONS_SHOWN; i++) {
        one_session(writer, g_ptr_array_index(all, i));
    }
    if (all->len > MAX_SESSIONS_SHOWN) {
        g_string_append_printf(writer->out,
                               "  and %u more; turnpcap report --format json has all of them\n",
                               all->len - MAX_SESSIONS_SHOWN);
    }
}

void text_pairs(text_writer *writer) {
    const GPtrArray *all = writer->report->model->pairs;

    if (all->len == 0) {
        return;
    }
    text_heading(writer, "Checks outside TURN sessions");
    for (guint i = 0; i < all->len && i < MAX_PAIRS_SHOWN; i++) {
        text_pair(writer, g_ptr_array_index(all, i));
    }
    if (all->len > MAX_PAIRS_SHOWN) {
        g_string_append_printf(writer->out,
                               "  and %u more; turnpcap report --format json has all of them\n",
                               all->len - MAX_PAIRS_SHOWN);
    }
}
