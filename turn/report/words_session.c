/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "turn/report/words.h"

char *turn_words_session(const turn_session *session) {
    char client[STUN_ADDRESS_TEXT];
    char server[STUN_ADDRESS_TEXT];
    g_autofree char *protocol = g_ascii_strup(turn_protocol_name(session->protocol), -1);

    stun_address_format(&session->client, client, sizeof client);
    stun_address_format(&session->server, server, sizeof server);
    return g_strdup_printf("Session %u: %s to %s over %s", session->id, client, server, protocol);
}

static void fact_free(gpointer data) {
    turn_words_fact *fact = data;

    g_free(fact->value);
    g_free(fact);
}

/* A fact with an empty value is none. */
static void add_fact(GPtrArray *all, const char *name, const char *value) {
    turn_words_fact *fact;

    if (value == NULL || *value == '\0') {
        return;
    }
    fact = g_new0(turn_words_fact, 1);
    fact->name = name;
    fact->value = g_strdup(value);
    g_ptr_array_add(all, fact);
}

/* Static NAT in front of the server, and NAT in front of the client. */
static void add_nat(GPtrArray *all, const turn_session *session) {
    char text[STUN_ADDRESS_TEXT];

    stun_address_format(&session->relay_local, text, sizeof text);
    add_fact(all, "on the wire", text);
    if (turn_session_behind_nat(session)) {
        turn_words_fact *fact = g_new0(turn_words_fact, 1);

        fact->name = "client behind NAT";
        g_ptr_array_add(all, fact);
    }
}

GPtrArray *turn_words_session_facts(const turn_session *session) {
    GPtrArray *all = g_ptr_array_new_with_free_func(fact_free);
    char text[STUN_ADDRESS_TEXT];

    add_fact(all, "user", session->username);
    add_fact(all, "realm", session->realm);
    add_fact(all, "server software", session->software);
    stun_address_format(&session->mapped, text, sizeof text);
    add_fact(all, "client seen as", text);
    for (guint i = 0; i < session->relayed->len; i++) {
        stun_address_format(&g_array_index(session->relayed, stun_address, i), text, sizeof text);
        add_fact(all, "relayed address", text);
    }
    add_nat(all, session);
    return all;
}

char *turn_words_allocate(const turn_session *session) {
    const turn_exchange *allocate = &session->exchanges[TURN_METHOD_ALLOCATE];
    const turn_outcome outcome = turn_session_allocate_outcome(session);
    GString *line = g_string_new(outcome == TURN_OUTCOME_UNSEEN ? "not in this capture"
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
        g_autofree char *rtt = turn_words_milliseconds(allocate->rtt);

        g_string_append_printf(line, ", answered in %s ms", rtt);
    }
    if (session->allocated.frame != 0) {
        g_string_append_printf(line, ", frame %u", session->allocated.frame);
    }
    return g_string_free(line, FALSE);
}

char *turn_words_connection(const turn_connection *connection) {
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
    return g_string_free(line, FALSE);
}

char *turn_words_relay_to_relay(const turn_peer *peer) {
    char text[STUN_ADDRESS_TEXT];

    if (peer->relay == NULL) {
        return NULL;
    }
    stun_address_format(&peer->address, text, sizeof text);
    return g_strdup_printf("Relay to relay: peer %s is the relayed address of session %u", text,
                           peer->relay->id);
}
