/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "analyzer/html/markup.h"
#include "analyzer/html/sections.h"

void html_verdict(html_page *page) {
    const turn_judgement *judgement = page->report->judgement;
    g_autofree char *names = g_strdup_printf("verdict is-%s", turn_level_name(judgement->level));

    markup_begin(page->out, "section", names);
    markup_attribute(page->out, "id", "verdict");
    markup_attribute(page->out, "aria-labelledby", "verdict-title");
    markup_end(page->out);
    markup_open(page->out, "p", "word");
    html_level(page->out, judgement->level, "level");
    markup_close(page->out, "p");
    markup_begin(page->out, "h1", NULL);
    markup_attribute(page->out, "id", "verdict-title");
    markup_end(page->out);
    markup_text(page->out, turn_report_title(page->report));
    markup_close(page->out, "h1");
    markup_element(page->out, "p", "lead", turn_report_explanation(page->report));
    if (page->report->redacted) {
        markup_element(page->out, "p", NULL, TURN_WORDS_REDACTED);
    }
    if (judgement->first != NULL) {
        markup_open(page->out, "p", "cause");
        markup_text(page->out, "Cause: ");
        markup_element(page->out, "code", NULL, judgement->first->cause->identifier);
        markup_close(page->out, "p");
    }
    markup_close(page->out, "section");
}

void html_remedies(html_page *page) {
    const turn_finding *first = page->report->judgement->first;
    g_auto(GStrv) lines = NULL;

    if (first == NULL) {
        return;
    }
    lines = g_strsplit(first->cause->remedies, "\n", -1);
    html_section(page, "remedies", TURN_HEADING_REMEDIES);
    markup_open(page->out, "ol", "remedies");
    for (guint i = 0; lines[i] != NULL; i++) {
        markup_element(page->out, "li", NULL, lines[i]);
    }
    markup_close(page->out, "ol");
    html_section_end(page);
    html_section(page, "look", TURN_HEADING_LOOK);
    markup_element(page->out, "p", NULL, first->cause->next);
    html_section_end(page);
}

void html_unknowns(html_page *page) {
    g_autoptr(GPtrArray) lines = turn_words_unknowns(page->report);

    if (lines->len == 0) {
        return;
    }
    html_section(page, "unknowns", TURN_HEADING_UNKNOWNS);
    markup_open(page->out, "ul", NULL);
    for (guint i = 0; i < lines->len; i++) {
        markup_element(page->out, "li", NULL, g_ptr_array_index(lines, i));
    }
    markup_close(page->out, "ul");
    html_section_end(page);
}

void html_next_captures(html_page *page) {
    g_autoptr(GPtrArray) all = NULL;

    if (page->report->judgement->first == NULL) {
        return;
    }
    all = turn_next_captures(page->report->model, page->report->judgement);
    if (all->len == 0) {
        return;
    }
    html_section(page, "captures-next", TURN_HEADING_NEXT);
    markup_open(page->out, "ol", NULL);
    for (guint i = 0; i < all->len; i++) {
        const turn_next *next = g_ptr_array_index(all, i);
        g_autofree char *words = turn_words_next(next);

        markup_open(page->out, "li", NULL);
        markup_element(page->out, "p", NULL, words);
        markup_open(page->out, "p", "filter");
        markup_element(page->out, "span", "filter-name", "tcpdump filter:");
        markup_text(page->out, " ");
        markup_element(page->out, "code", "copy", next->filter);
        markup_close(page->out, "p");
        markup_close(page->out, "li");
    }
    markup_close(page->out, "ol");
    html_section_end(page);
}
