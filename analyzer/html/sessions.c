/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "analyzer/html/ladder_svg.h"
#include "analyzer/html/markup.h"
#include "analyzer/html/sections.h"

/* As many sessions, or pairs, are open even where nothing was found about them. */
#define FEW 3u

static void session_findings(html_page *page, const turn_session *session) {
    const GArray *own = g_hash_table_lookup(page->findings, session);

    if (own == NULL) {
        return;
    }
    markup_open(page->out, "ul", "session-findings");
    for (guint i = 0; i < own->len; i++) {
        const guint index = g_array_index(own, guint, i);
        const turn_finding *finding = g_ptr_array_index(page->report->judgement->findings, index);

        markup_open(page->out, "li", NULL);
        html_level(page->out, finding->level, "chip");
        markup_text(page->out, " ");
        markup_begin(page->out, "a", NULL);
        markup_attributef(page->out, "href", "#found-%u",
                          g_array_index(page->groups, guint, index));
        markup_end(page->out);
        markup_text(page->out, finding->cause->title);
        markup_close(page->out, "a");
        markup_close(page->out, "li");
    }
    markup_close(page->out, "ul");
}

static void summary(html_page *page, const turn_session *session, const turn_stages *stages) {
    g_autofree char *words = turn_words_session(session);
    g_autofree char *progress = stages->list->len > 0 ? turn_words_progress(stages) : NULL;

    markup_open(page->out, "summary", NULL);
    markup_element(page->out, "h3", NULL, words);
    if (progress != NULL) {
        markup_elementf(page->out, "span", "summary-note", "Stage: %s", progress);
    }
    markup_close(page->out, "summary");
}

/* Those with findings, as long as they are not many, and all where there are few. */
static gboolean is_open(html_page *page, const turn_session *session) {
    if (page->report->model->sessions->len <= FEW) {
        return TRUE;
    }
    return g_hash_table_contains(page->findings, session) && page->opened++ < HTML_OPEN_SESSIONS;
}

static gboolean has_room(html_page *page) {
    if (page->out->len < HTML_MAX_DRAWN) {
        return TRUE;
    }
    markup_element(page->out, "p", "hint",
                   "The page has no room for more diagrams; turnpcap show has this one.");
    return FALSE;
}

static void ladder(html_page *page, guint index) {
    markup_element(page->out, "h4", NULL, "Ladder");
    if (has_room(page)) {
        ladder_svg(page->out, page->report, index);
    }
}

static void one_session(html_page *page, guint index) {
    const turn_session *session = g_ptr_array_index(page->report->model->sessions, index);
    g_autoptr(turn_stages) stages = turn_stages_of_session(page->report->model, session);

    markup_begin(page->out, "details", "session");
    markup_attributef(page->out, "id", "session-%u", session->id);
    if (is_open(page, session)) {
        markup_attribute(page->out, "open", "");
    }
    markup_end(page->out);
    summary(page, session, stages);
    session_findings(page, session);
    html_session_facts(page, session);
    html_stages(page, stages);
    html_peers(page, session);
    ladder(page, index);
    markup_close(page->out, "details");
}

void html_sessions(html_page *page) {
    const GPtrArray *all = page->report->model->sessions;
    guint shown = 0;

    if (all->len == 0) {
        return;
    }
    html_section(page, "sessions", "Sessions");
    for (guint i = 0; i < all->len; i++) {
        if (g_hash_table_contains(page->shown, g_ptr_array_index(all, i))) {
            one_session(page, i);
            shown++;
        }
    }
    html_more(page, all->len - shown, "sessions");
    html_section_end(page);
}

static void pair_ladder(html_page *page, guint index) {
    const turn_pair *pair = g_ptr_array_index(page->report->model->pairs, index);
    g_autoptr(GString) drawn = g_string_new(NULL);
    g_autofree char *words = turn_words_pair(pair);

    ladder_svg_pair(drawn, page->report, index);
    if (drawn->len == 0) {
        return;
    }
    markup_begin(page->out, "details", "pair");
    if (page->report->model->pairs->len <= FEW) {
        markup_attribute(page->out, "open", "");
    }
    markup_end(page->out);
    markup_elementf(page->out, "summary", NULL, "Ladder: %s", words);
    if (has_room(page)) {
        g_string_append_len(page->out, drawn->str, (gssize)drawn->len);
    }
    markup_close(page->out, "details");
}

void html_pairs(html_page *page) {
    const guint all = page->report->model->pairs->len;
    const guint count = html_at_most(all, HTML_MAX_PAIRS);

    if (all == 0) {
        return;
    }
    html_section(page, "checks", TURN_HEADING_CHECKS);
    html_pair_table(page, count);
    html_more(page, all - count, "pairs");
    for (guint i = 0; i < count; i++) {
        pair_ladder(page, i);
    }
    html_section_end(page);
}
