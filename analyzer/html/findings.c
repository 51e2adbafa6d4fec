/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "analyzer/html/markup.h"
#include "analyzer/html/sections.h"
#include "analyzer/html/table.h"

static void evidence_table(html_page *page, const turn_finding *finding) {
    static const html_column all[] = {
        {"Capture", NULL}, {"Frame", "num"}, {"Time", NULL}, {"What", NULL}};
    const gsize skipped = page->report->captures->len > 1 ? 0 : 1;

    markup_open(page->out, "div", "evidence");
    html_table(page->out, "Frames that prove it", all + skipped, G_N_ELEMENTS(all) - skipped);
    for (guint i = 0; i < finding->evidence->len; i++) {
        const turn_evidence *evidence = &g_array_index(finding->evidence, turn_evidence, i);
        g_autofree char *capture = turn_words_capture(page->report, evidence->seen.capture);
        g_autofree char *when = turn_words_clock(page->report, &evidence->seen);

        html_row(page->out, NULL);
        if (skipped == 0) {
            html_cell(page->out, "capture", capture);
        }
        html_cell_frame(page->out, evidence->seen.frame);
        html_cell(page->out, "time", when);
        html_cell(page->out, "what", evidence->summary);
        html_row_end(page->out);
    }
    html_table_end(page->out);
    markup_close(page->out, "div");
}

static void filters(html_page *page, const turn_finding *finding) {
    g_autoptr(GPtrArray) all = turn_words_filters(page->report, finding);

    for (guint i = 0; i < all->len; i++) {
        const turn_words_filter *filter = g_ptr_array_index(all, i);

        markup_open(page->out, "p", "filter");
        markup_open(page->out, "span", "filter-name");
        markup_textf(page->out, "Wireshark filter%s%s%s:", filter->capture != NULL ? " (" : "",
                     filter->capture != NULL ? filter->capture : "",
                     filter->capture != NULL ? ")" : "");
        markup_close(page->out, "span");
        markup_text(page->out, " ");
        markup_element(page->out, "code", "copy", filter->filter);
        markup_close(page->out, "p");
    }
}

static void one_finding(html_page *page, const turn_finding *finding) {
    markup_open(page->out, "div", "finding");
    if (finding->session != NULL) {
        markup_open(page->out, "p", "of-session");
        html_session_name(page, finding->session);
        markup_close(page->out, "p");
    }
    if (finding->detail != NULL) {
        markup_element(page->out, "p", NULL, finding->detail);
    }
    if (finding->evidence->len > 0) {
        evidence_table(page, finding);
    }
    filters(page, finding);
    markup_close(page->out, "div");
}

static void some_findings(html_page *page, guint begin, guint end) {
    for (guint i = begin; i < end; i++) {
        one_finding(page, g_ptr_array_index(page->report->judgement->findings, i));
    }
}

/* Returns where the next group begins. */
static guint group(html_page *page, guint begin) {
    const guint end = turn_words_group_end(page->report, begin);
    const guint open = MIN(end, begin + HTML_OPEN_GROUP);
    const guint shown = MIN(end, begin + HTML_MAX_GROUP);

    some_findings(page, begin, open);
    if (shown > open) {
        markup_open(page->out, "details", "folded");
        markup_elementf(page->out, "summary", NULL, "%u more with the same finding", shown - open);
        some_findings(page, open, shown);
        markup_close(page->out, "details");
    }
    html_more(page, end - shown, "sessions with the same finding");
    return end;
}

void html_evidence(html_page *page) {
    if (page->report->judgement->first == NULL) {
        return;
    }
    html_section(page, "found-0", TURN_HEADING_EVIDENCE);
    group(page, 0);
    html_section_end(page);
}

static void remedies(html_page *page, const turn_cause *cause) {
    g_auto(GStrv) lines = g_strsplit(cause->remedies, "\n", -1);

    markup_open(page->out, "details", NULL);
    markup_element(page->out, "summary", NULL, "What to do about it");
    markup_open(page->out, "ol", NULL);
    for (guint i = 0; lines[i] != NULL; i++) {
        markup_element(page->out, "li", NULL, lines[i]);
    }
    markup_close(page->out, "ol");
    markup_element(page->out, "p", NULL, cause->next);
    markup_close(page->out, "details");
}

static guint other_group(html_page *page, guint begin) {
    const turn_finding *finding = g_ptr_array_index(page->report->judgement->findings, begin);
    guint end;

    markup_begin(page->out, "article", "other");
    markup_attributef(page->out, "id", "found-%u", begin);
    markup_end(page->out);
    markup_open(page->out, "h3", NULL);
    html_level(page->out, finding->level, "chip");
    markup_text(page->out, " ");
    markup_text(page->out, finding->cause->title);
    markup_close(page->out, "h3");
    markup_element(page->out, "p", NULL, finding->cause->explanation);
    end = group(page, begin);
    remedies(page, finding->cause);
    markup_open(page->out, "p", "cause");
    markup_text(page->out, "More: ");
    markup_elementf(page->out, "code", NULL, "turnpcap explain %s", finding->cause->identifier);
    markup_close(page->out, "p");
    markup_close(page->out, "article");
    return end;
}

void html_other_findings(html_page *page) {
    const GPtrArray *findings = page->report->judgement->findings;
    guint next;

    if (page->report->judgement->first == NULL) {
        return;
    }
    next = turn_words_group_end(page->report, 0);
    if (next >= findings->len) {
        return;
    }
    html_section(page, "others", "Also found");
    while (next < findings->len) {
        next = other_group(page, next);
    }
    html_section_end(page);
}
