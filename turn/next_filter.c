/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "turn/next_filter.h"

/* Relay ranges: of an Expressway from X8.1 on, and the one that RFC 8656 section 7.2 advises, which
 * holds that of an Expressway upgraded from an older version (60000 to 61799). */
static const struct {
    guint16 first;
    guint16 last;
} ranges[] = {{TURN_RELAY_FIRST, TURN_RELAY_LAST}, {49152, 65535}};

/* The first range is the default; FALSE when PORT is in none. */
static gboolean find_range(guint16 port, gsize *index) {
    for (gsize i = 0; i < G_N_ELEMENTS(ranges); i++) {
        if (port >= ranges[i].first && port <= ranges[i].last) {
            *index = i;
            return TRUE;
        }
    }
    return FALSE;
}

static void append_relay(GString *out, const turn_session *session) {
    const char *protocol = session == NULL || session->relay_protocol != 6 ? "udp" : "tcp";
    const guint16 port = session != NULL && session->relayed->len > 0
                             ? g_array_index(session->relayed, stun_address, 0).port
                             : 0;
    gsize index = 0;

    if (port == 0 || find_range(port, &index)) {
        g_string_append_printf(out, "%s portrange %u-%u", protocol, ranges[index].first,
                               ranges[index].last);
    } else {
        g_string_append_printf(out, "%s port %u", protocol, port);
    }
}

static void append_port(GString *out, const turn_session *session) {
    g_string_append_printf(out, "port %u", session != NULL ? (guint)session->server.port : 3478u);
}

static void append_host(GString *out, const stun_address *address) {
    char text[STUN_ADDRESS_TEXT];

    stun_address_format_host(address, text, sizeof text);
    g_string_append_printf(out, "host %s and ", text);
}

/* Whether the server sees the client by the address that it has here. */
static gboolean is_translated(const turn_session *session) {
    if (session->mapped.family != STUN_FAMILY_NONE) {
        return !stun_address_same_host(&session->mapped, &session->client);
    }
    return stun_address_is_private(&session->client) && !stun_address_is_private(&session->server);
}

/* What passes between client and server. */
static void append_control(GString *out, turn_scope scope, const turn_session *session) {
    switch (scope) {
    case TURN_SCOPE_CONTROL_AT_CLIENT:
        if (session != NULL) {
            append_host(out, &session->server);
        }
        append_port(out, session);
        break;
    case TURN_SCOPE_CONTROL_AT_SERVER:
        if (session != NULL && !is_translated(session)) {
            append_host(out, &session->client);
        }
        append_port(out, session);
        break;
    case TURN_SCOPE_CONTROL_HERE:
        if (session != NULL) {
            append_host(out, &session->client);
        }
        append_port(out, session);
        break;
    case TURN_SCOPE_CONTROL_CLEAR:
        g_string_append(out, "udp port 3478");
        break;
    case TURN_SCOPE_SIZES:
        g_string_append(out, "udp or icmp or icmp6 or ");
        append_port(out, session);
        break;
    case TURN_SCOPE_MEDIA:
        g_string_append(out, "udp or ");
        append_port(out, session);
        break;
    default:
        break;
    }
}

/* What passes between relay and peers, at least. */
static void append_relayed(GString *out, turn_scope scope, const turn_session *session) {
    switch (scope) {
    case TURN_SCOPE_RELAY:
        append_relay(out, session);
        break;
    case TURN_SCOPE_RELAY_ERRORS:
        append_relay(out, session);
        g_string_append(out, " or icmp or icmp6");
        break;
    case TURN_SCOPE_ALL:
        append_port(out, session);
        g_string_append(out, " or ");
        append_relay(out, session);
        break;
    case TURN_SCOPE_RELAY_SIZES:
        if (session != NULL && session->relay_protocol == 6) {
            append_relay(out, session);
        } else {
            g_string_append(out, "udp");
        }
        g_string_append(out, " or icmp or icmp6");
        break;
    default:
        break;
    }
}

char *turn_next_filter(turn_scope scope, const turn_session *session) {
    GString *out = g_string_new(NULL);

    append_control(out, scope, session);
    append_relayed(out, scope, session);
    return g_string_free(out, FALSE);
}
