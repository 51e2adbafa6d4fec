/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "analyzer/html/page.h"

#include "analyzer/html/embedded.h"
#include "analyzer/html/markup.h"
#include "analyzer/html/sections.h"
#include "analyzer/html/style.h"
#include "analyzer/html/timeline_svg.h"
#include "analyzer/report_json.h"
#include "analyzer/version.h"

#include <string.h>

/* "'sha256-...'", by which a policy lets TEXT alone stand in an element. */
static char *digest_of(const char *text) {
    g_autoptr(GChecksum) checksum = g_checksum_new(G_CHECKSUM_SHA256);
    guint8 digest[32];
    gsize length = sizeof digest;
    g_autofree char *base64 = NULL;

    g_checksum_update(checksum, (const guchar *)text, (gssize)strlen(text));
    g_checksum_get_digest(checksum, digest, &length);
    base64 = g_base64_encode(digest, length);
    return g_strdup_printf("'sha256-%s'", base64);
}

/* Nothing is loaded and nothing runs. The style is allowed as it is, and so is the JSON: that is no
 * script, but not every program that reads a policy knows. */
static void policy(const html_page *page) {
    g_autofree char *style = digest_of(html_style);
    g_autofree char *data = page->data != NULL ? digest_of(page->data) : g_strdup("'none'");

    g_string_append_printf(page->out,
                           "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src "
                           "'none'; style-src %s; script-src %s; base-uri 'none'; form-action "
                           "'none'\">\n",
                           style, data);
}

static void head(html_page *page) {
    g_string_append(page->out, "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n"
                               "<meta charset=\"utf-8\">\n");
    policy(page);
    g_string_append(page->out,
                    "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
                    "<meta name=\"color-scheme\" content=\"light dark\">\n"
                    "<meta name=\"referrer\" content=\"no-referrer\">\n"
                    "<meta name=\"generator\" content=\"turnpcap " TURNPCAP_VERSION "\">\n");
    markup_elementf(page->out, "title", NULL, "%s: %s - turnpcap",
                    turn_words_level(page->report->judgement->level),
                    turn_report_title(page->report));
    g_string_append_printf(page->out, "<style>%s</style>\n</head>\n", html_style);
}

/* What was read, in one line: all files' names stand with the captures. */
static void source(const html_page *page, GString *out) {
    const GPtrArray *captures = page->report->captures;
    const turn_report_capture *first = captures->len > 0 ? g_ptr_array_index(captures, 0) : NULL;

    if (first == NULL || first->file == NULL) {
        return;
    }
    markup_open(out, "p", "source");
    markup_text(out, first->file);
    if (captures->len > 1) {
        markup_textf(out, " and %u more", captures->len - 1);
    }
    markup_close(out, "p");
}

static void banner(const html_page *page, GString *out) {
    markup_begin(out, "a", "skip");
    markup_attribute(out, "href", "#main");
    markup_end(out);
    markup_text(out, "Skip to the verdict");
    markup_close(out, "a");
    markup_open(out, "header", "banner");
    markup_element(out, "p", "brand", "TURN report");
    source(page, out);
    markup_close(out, "header");
    markup_begin(out, "nav", "contents");
    markup_attribute(out, "aria-label", "On this page");
    markup_end(out);
    markup_open(out, "ul", NULL);
    g_string_append_len(out, page->contents->str, (gssize)page->contents->len);
    markup_close(out, "ul");
    markup_close(out, "nav");
}

static void add_finding(html_page *page, guint index) {
    const turn_finding *finding = g_ptr_array_index(page->report->judgement->findings, index);
    GArray *own;

    if (finding->session == NULL) {
        return;
    }
    own = g_hash_table_lookup(page->findings, finding->session);
    if (own == NULL) {
        own = g_array_new(FALSE, FALSE, sizeof(guint));
        g_hash_table_insert(page->findings, (gpointer)finding->session, own);
    }
    g_array_append_val(own, index);
}

static void find_groups(html_page *page) {
    const guint count = page->report->judgement->findings->len;
    guint begin = 0;

    while (begin < count) {
        const guint end = turn_words_group_end(page->report, begin);

        for (guint i = begin; i < end; i++) {
            g_array_append_val(page->groups, begin);
            add_finding(page, i);
        }
        begin = end;
    }
}

static void choose(html_page *page, const turn_session *session) {
    if (session != NULL && g_hash_table_size(page->shown) < HTML_MAX_SESSIONS) {
        g_hash_table_add(page->shown, (gpointer)session);
    }
}

/* Findings stand worst first; sessions without any follow as they come. */
static void choose_sessions(html_page *page) {
    const GPtrArray *findings = page->report->judgement->findings;
    const GPtrArray *sessions = page->report->model->sessions;

    for (guint i = 0; i < findings->len; i++) {
        choose(page, ((const turn_finding *)g_ptr_array_index(findings, i))->session);
    }
    for (guint i = 0; i < sessions->len; i++) {
        choose(page, g_ptr_array_index(sessions, i));
    }
}

static void time_line(html_page *page) {
    g_autoptr(GString) drawn = g_string_new(NULL);

    timeline_svg(drawn, page->report);
    if (drawn->len > 0) {
        html_section(page, "time-line", "Time line");
        g_string_append_len(page->out, drawn->str, (gssize)drawn->len);
        html_section_end(page);
    }
}

/* The sections of the page, in their order. */
static void sections(html_page *page) {
    html_verdict(page);
    html_evidence(page);
    time_line(page);
    html_remedies(page);
    html_unknowns(page);
    html_next_captures(page);
    html_other_findings(page);
    html_join(page);
    html_sessions(page);
    html_pairs(page);
    html_captures(page);
}

/* The contents stand in front of the sections, and are known behind them. */
static void body(html_page *page) {
    GString *out = page->out;

    page->out = g_string_new(NULL);
    sections(page);
    markup_open(out, "body", NULL);
    banner(page, out);
    markup_begin(out, "main", NULL);
    markup_attribute(out, "id", "main");
    markup_end(out);
    g_string_append_len(out, page->out->str, (gssize)page->out->len);
    g_string_free(page->out, TRUE);
    page->out = out;
    markup_close(out, "main");
    html_colophon(page);
    markup_close(out, "body");
}

/* The file as --json writes it, byte for byte. */
static char *json_of(const turn_report *report) {
    g_autofree char *json = report_json_write(report);

    return g_strconcat(json, g_str_has_suffix(json, "\n") ? "" : "\n", NULL);
}

char *html_page_write(const turn_report *report, gboolean colour) {
    html_page page = {.out = g_string_new(NULL),
                      .contents = g_string_new(NULL),
                      .report = report,
                      .groups = g_array_new(FALSE, FALSE, sizeof(guint)),
                      .findings =
                          g_hash_table_new_full(NULL, NULL, NULL, (GDestroyNotify)g_array_unref),
                      .shown = g_hash_table_new(NULL, NULL)};

    (void)colour;
    page.json = json_of(report);
    page.data = strlen(page.json) <= HTML_MAX_JSON ? html_embedded_data(page.json) : NULL;
    find_groups(&page);
    choose_sessions(&page);
    head(&page);
    body(&page);
    g_string_append(page.out, "\n</html>\n");
    g_string_free(page.contents, TRUE);
    g_array_unref(page.groups);
    g_hash_table_unref(page.findings);
    g_hash_table_unref(page.shown);
    g_free(page.json);
    g_free(page.data);
    return g_string_free(page.out, FALSE);
}
