/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "analyzer/html/markup.h"
#include "analyzer/html/sections.h"
#include "analyzer/html/table.h"

static void fact_begin(html_page *page, const char *name) {
    g_autofree char *title = g_strdup(name);

    *title = g_ascii_toupper(*title);
    markup_open(page->out, "div", NULL);
    markup_element(page->out, "dt", NULL, title);
}

static void fact_end(html_page *page) {
    markup_close(page->out, "div");
}

static void fact(html_page *page, const char *name, const char *value) {
    fact_begin(page, name);
    markup_element(page->out, "dd", NULL, value);
    fact_end(page);
}

/* What has several values, as relayed addresses of both families, is named once. */
static void names(html_page *page, const turn_session *session) {
    g_autoptr(GPtrArray) facts = turn_words_session_facts(session);
    const char *before = NULL;

    for (guint i = 0; i < facts->len; i++) {
        const turn_words_fact *one = g_ptr_array_index(facts, i);

        if (g_strcmp0(one->name, before) != 0) {
            if (before != NULL) {
                fact_end(page);
            }
            fact_begin(page, one->name);
        }
        markup_element(page->out, "dd", NULL, one->value != NULL ? one->value : "yes");
        before = one->name;
    }
    if (before != NULL) {
        fact_end(page);
    }
}

static void refreshes(html_page *page, const turn_session *session) {
    const turn_exchange *refresh = &session->exchanges[TURN_METHOD_REFRESH];
    g_autofree char *words = NULL;

    if (refresh->requests > 0) {
        words = g_strdup_printf("%u request%s, %u answered with success", refresh->requests,
                                refresh->requests == 1 ? "" : "s", refresh->successes);
        fact(page, "refresh", words);
    }
}

static void integrity(html_page *page, const turn_session *session) {
    const turn_integrity checks = turn_words_checks_integrity(session);
    g_autofree char *own = turn_words_integrity(&session->integrity);
    g_autofree char *of_checks = turn_words_integrity(&checks);

    if (own != NULL) {
        fact(page, "integrity", own);
    }
    if (of_checks != NULL) {
        fact(page, "integrity of the checks", of_checks);
    }
}

static void fingerprints(html_page *page, const turn_session *session) {
    g_autofree char *words = NULL;

    if (session->fingerprints_good + session->fingerprints_bad > 0) {
        words = g_strdup_printf("%u good, %u bad", session->fingerprints_good,
                                session->fingerprints_bad);
        fact(page, "fingerprints", words);
    }
}

/* "success", "rejected with 403". */
static char *outcome_words(turn_outcome outcome, guint code) {
    return code != 0 ? g_strdup_printf("%s with %u", turn_outcome_name(outcome), code)
                     : g_strdup(turn_outcome_name(outcome));
}

static void permissions(html_page *page, const turn_session *session) {
    static const html_column columns[] = {{"Peer", NULL}, {"Outcome", NULL}, {"Frame", "num"}};
    const guint count = html_at_most(session->permissions->len, HTML_MAX_RECORDS);

    if (count == 0) {
        return;
    }
    markup_element(page->out, "h4", NULL, "Permissions");
    html_table(page->out, "Permissions", columns, G_N_ELEMENTS(columns));
    for (guint i = 0; i < count; i++) {
        const turn_permission *permission =
            &g_array_index(session->permissions, turn_permission, i);
        g_autofree char *outcome = outcome_words(permission->outcome, permission->code);
        char host[STUN_ADDRESS_TEXT];

        stun_address_format_host(&permission->peer, host, sizeof host);
        html_row(page->out, NULL);
        html_row_header(page->out, host);
        html_cell(page->out, NULL, outcome);
        html_cell_frame(page->out, permission->request.frame);
        html_row_end(page->out);
    }
    html_table_end(page->out);
    html_more(page, session->permissions->len - count, "permissions");
}

static void channel_row(html_page *page, const turn_channel *channel) {
    g_autofree char *number = g_strdup_printf("0x%04x", channel->number);
    g_autofree char *outcome = outcome_words(channel->outcome, channel->code);
    char peer[STUN_ADDRESS_TEXT] = "";

    if (channel->peer != NULL) {
        stun_address_format(&channel->peer->address, peer, sizeof peer);
    }
    html_row(page->out, NULL);
    html_row_header(page->out, number);
    html_cell(page->out, NULL, peer);
    html_cell(page->out, NULL, outcome);
    html_cell_frame(page->out, channel->request.frame);
    html_cell_number(page->out, channel->bytes_to_peer);
    html_cell_number(page->out, channel->bytes_from_peer);
    html_row_end(page->out);
}

static void channels(html_page *page, const turn_session *session) {
    static const html_column columns[] = {{"Channel", NULL},        {"Peer", NULL},
                                          {"Outcome", NULL},        {"Frame", "num"},
                                          {"Bytes to peer", "num"}, {"Bytes from peer", "num"}};
    const guint count = html_at_most(session->channels->len, HTML_MAX_RECORDS);

    if (count == 0) {
        return;
    }
    markup_element(page->out, "h4", NULL, "Channels");
    html_table(page->out, "Channels", columns, G_N_ELEMENTS(columns));
    for (guint i = 0; i < count; i++) {
        channel_row(page, &g_array_index(session->channels, turn_channel, i));
    }
    html_table_end(page->out);
    html_more(page, session->channels->len - count, "channels");
}

static void connections(html_page *page, const turn_session *session) {
    const guint count = html_at_most(session->connections->len, HTML_MAX_RECORDS);

    if (count == 0) {
        return;
    }
    markup_element(page->out, "h4", NULL, "TCP connections through the relay");
    markup_open(page->out, "ul", NULL);
    for (guint i = 0; i < count; i++) {
        g_autofree char *words = turn_words_connection(g_ptr_array_index(session->connections, i));

        markup_element(page->out, "li", NULL, words);
    }
    markup_close(page->out, "ul");
    html_more(page, session->connections->len - count, "connections");
}

void html_session_facts(html_page *page, const turn_session *session) {
    const gboolean is_readable = session->protocol <= TURN_PROTOCOL_TCP;
    g_autofree char *allocate = is_readable ? turn_words_allocate(session) : NULL;

    markup_open(page->out, "dl", "facts");
    if (allocate != NULL) {
        fact(page, "allocate", allocate);
    }
    names(page, session);
    refreshes(page, session);
    integrity(page, session);
    fingerprints(page, session);
    markup_close(page->out, "dl");
    permissions(page, session);
    channels(page, session);
    connections(page, session);
}
