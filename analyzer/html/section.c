/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "analyzer/html/markup.h"
#include "analyzer/html/sections.h"

void html_section(html_page *page, const char *id, const char *title) {
    markup_begin(page->out, "section", NULL);
    markup_attribute(page->out, "id", id);
    markup_attributef(page->out, "aria-labelledby", "%s-title", id);
    markup_end(page->out);
    markup_begin(page->out, "h2", NULL);
    markup_attributef(page->out, "id", "%s-title", id);
    markup_end(page->out);
    markup_text(page->out, title);
    markup_close(page->out, "h2");
    markup_open(page->contents, "li", NULL);
    markup_begin(page->contents, "a", NULL);
    markup_attributef(page->contents, "href", "#%s", id);
    markup_end(page->contents);
    markup_text(page->contents, title);
    markup_close(page->contents, "a");
    markup_close(page->contents, "li");
}

void html_section_end(html_page *page) {
    markup_close(page->out, "section");
}

/* A cross, an exclamation mark, a question mark and a tick, each in a shape of its own: they can be
 * told without their colours. */
static const struct {
    const char *outline;
    const char *sign;
} marks[] = {
    [TURN_LEVEL_FAILED] = {"M7 1h10l6 6v10l-6 6H7l-6-6V7z", "M8 8l8 8M16 8l-8 8"},
    [TURN_LEVEL_DEGRADED] = {"M12 1.5L23.5 22.5H.5z", "M12 9v6M12 18v1.2"},
    [TURN_LEVEL_INCONCLUSIVE] = {"M12 1a11 11 0 1 1 0 22a11 11 0 1 1 0-22z",
                                 "M8.5 9.5a3.5 3.5 0 1 1 5.2 3c-1.2.7-1.7 1.2-1.7 2.5M12 17.8v1"},
    [TURN_LEVEL_HEALTHY] = {"M12 1a11 11 0 1 1 0 22a11 11 0 1 1 0-22z", "M7 12.5l3.5 3.5L17 8.5"},
};

static void draw(GString *out, const char *names, const char *path) {
    markup_begin(out, "path", names);
    markup_attribute(out, "d", path);
    markup_end_empty(out);
}

void html_level(GString *out, turn_level level, const char *names) {
    g_autofree char *all = g_strdup_printf("%s is-%s", names, turn_level_name(level));

    markup_open(out, "span", all);
    markup_begin(out, "svg", "level-mark");
    markup_attribute(out, "viewBox", "0 0 24 24");
    markup_attribute(out, "aria-hidden", "true");
    markup_end(out);
    draw(out, "level-outline", marks[level].outline);
    draw(out, "level-sign", marks[level].sign);
    markup_close(out, "svg");
    markup_text(out, turn_words_level(level));
    markup_close(out, "span");
}

void html_session_name(html_page *page, const turn_session *session) {
    g_autofree char *words = turn_words_session(session);
    const gboolean is_shown = g_hash_table_contains(page->shown, session);

    if (is_shown) {
        markup_begin(page->out, "a", NULL);
        markup_attributef(page->out, "href", "#session-%u", session->id);
        markup_end(page->out);
    }
    markup_text(page->out, words);
    if (is_shown) {
        markup_close(page->out, "a");
    }
}

guint html_at_most(guint all, guint most) {
    return MIN(all, most);
}

void html_more(html_page *page, guint more, const char *something) {
    if (more > 0) {
        g_autofree char *line = turn_words_more(page->report, more, something, 0);

        markup_elementf(page->out, "p", "more", "%s", line);
    }
}
