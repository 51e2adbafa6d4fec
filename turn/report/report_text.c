/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "turn/report/shown.h"
#include "turn/report/text_private.h"
#include "turn/report/wrap.h"

#include <string.h>

/* Never in colour alone: a word stands with it. */
static const char *const colours[] = {
    [TURN_LEVEL_FAILED] = "\033[1;31m",
    [TURN_LEVEL_DEGRADED] = "\033[1;33m",
    [TURN_LEVEL_INCONCLUSIVE] = "\033[1;36m",
    [TURN_LEVEL_HEALTHY] = "\033[1;32m",
};

void text_heading(text_writer *writer, const char *text) {
    g_string_append_printf(writer->out, "\n%s%s%s\n", writer->colour ? "\033[1m" : "", text,
                           writer->colour ? "\033[0m" : "");
}

void text_coloured(GString *out, const char *name, const char *text) {
    for (gsize i = 0; i < G_N_ELEMENTS(colours); i++) {
        if (g_strcmp0(name, turn_level_name((turn_level)i)) == 0) {
            g_string_append_printf(out, "%s%s\033[0m", colours[i], text);
            return;
        }
    }
    g_string_append(out, text);
}

void text_level(GString *out, const turn_text_style *style, const char *first, turn_level level,
                const char *text) {
    g_autofree char *whole = g_strconcat(turn_words_level(level), text, NULL);
    g_autoptr(GString) line = g_string_new(NULL);

    turn_wrap_append_in(line, style->width, first, whole);
    if (style->colour) {
        g_string_insert(line, (gssize)(strlen(first) + strlen(turn_words_level(level))), "\033[0m");
        g_string_insert(line, (gssize)strlen(first), colours[level]);
    }
    g_string_append(out, line->str);
}

/* A line that goes on below its title. */
static void level_line(text_writer *writer, turn_level level, const char *title) {
    g_autofree char *first = g_strdup_printf("%s: ", turn_words_level(level));
    GString *line = g_string_new(NULL);

    turn_wrap_append(line, first, title);
    if (writer->colour) {
        g_string_append_printf(writer->out, "%s%s\033[0m%s", colours[level],
                               turn_words_level(level),
                               line->str + strlen(turn_words_level(level)));
    } else {
        g_string_append(writer->out, line->str);
    }
    g_string_free(line, TRUE);
}

char *text_capture(const text_writer *writer, guint32 index) {
    g_autofree char *name = turn_words_capture(writer->report, index);

    return name != NULL ? g_strconcat(name, ", ", NULL) : g_strdup("");
}

static void filters(text_writer *writer, const turn_finding *finding) {
    g_autoptr(GPtrArray) all = turn_words_filters(writer->report, finding);

    for (guint i = 0; i < all->len; i++) {
        const turn_words_filter *filter = g_ptr_array_index(all, i);

        g_string_append_printf(writer->out, "  Wireshark filter: %s%s%s\n",
                               filter->capture != NULL ? filter->capture : "",
                               filter->capture != NULL ? ", " : "", filter->filter);
    }
}

static void evidence_line(text_writer *writer, const turn_evidence *evidence) {
    g_autofree char *when = turn_words_clock(writer->report, &evidence->seen);
    g_autofree char *capture = text_capture(writer, evidence->seen.capture);
    g_autofree char *first =
        g_strdup_printf("  %sframe %-6u %s  ", capture, evidence->seen.frame, when);

    turn_wrap_append(writer->out, first, evidence->summary);
}

static void one_finding(text_writer *writer, const turn_finding *finding) {
    if (finding->session != NULL) {
        g_autofree char *line = turn_words_session(finding->session);

        turn_wrap_append(writer->out, "  ", line);
    }
    if (finding->detail != NULL) {
        turn_wrap_append(writer->out, "  ", finding->detail);
    }
    for (guint i = 0; i < finding->evidence->len; i++) {
        evidence_line(writer, &g_array_index(finding->evidence, turn_evidence, i));
    }
    filters(writer, finding);
}

/* Findings of one cause and level from INDEX on, as one block; returns where the next one begins.
 */
static guint finding_group(text_writer *writer, guint index) {
    const GPtrArray *findings = writer->report->judgement->findings;
    const guint end = turn_words_group_end(writer->report, index);

    for (guint i = index; i < end && i - index < TURN_SHOWN_FINDINGS; i++) {
        if (i > index) {
            g_string_append_c(writer->out, '\n');
        }
        one_finding(writer, g_ptr_array_index(findings, i));
    }
    if (end - index > TURN_SHOWN_FINDINGS) {
        g_string_append_printf(writer->out, "\n  and %u more sessions with the same finding\n",
                               end - index - TURN_SHOWN_FINDINGS);
    }
    return end;
}

static void remedies(text_writer *writer, const turn_cause *cause) {
    g_auto(GStrv) lines = g_strsplit(cause->remedies, "\n", -1);

    text_heading(writer, TURN_HEADING_REMEDIES);
    for (guint i = 0; lines[i] != NULL; i++) {
        g_autofree char *first = g_strdup_printf("  %u. ", i + 1);

        turn_wrap_append(writer->out, first, lines[i]);
    }
    text_heading(writer, TURN_HEADING_LOOK);
    turn_wrap_append(writer->out, "  ", cause->next);
}

static void next_captures(text_writer *writer) {
    g_autoptr(GPtrArray) all = turn_next_captures(writer->report->model, writer->report->judgement);

    if (all->len > 0) {
        text_heading(writer, TURN_HEADING_NEXT);
    }
    for (guint i = 0; i < all->len; i++) {
        const turn_next *next = g_ptr_array_index(all, i);
        g_autofree char *first = g_strdup_printf("  %u. ", i + 1);
        g_autofree char *line = turn_words_next(next);

        turn_wrap_append(writer->out, first, line);
        turn_wrap_append(writer->out, "     tcpdump filter: ", next->filter);
    }
}

static void other_findings(text_writer *writer, guint index) {
    const GPtrArray *findings = writer->report->judgement->findings;

    if (index >= findings->len) {
        return;
    }
    text_heading(writer, "Also found");
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
    if (writer->report->redacted) {
        g_string_append_c(writer->out, '\n');
        turn_wrap_append(writer->out, "", TURN_WORDS_REDACTED);
    }
    if (judgement->first == NULL) {
        return;
    }
    if (judgement->first->evidence->len > 0) {
        text_heading(writer, TURN_HEADING_EVIDENCE);
    }
    next = finding_group(writer, 0);
    remedies(writer, judgement->first->cause);
    next_captures(writer);
    other_findings(writer, next);
}

static void unknowns(text_writer *writer) {
    g_autoptr(GPtrArray) lines = turn_words_unknowns(writer->report);

    if (lines->len > 0) {
        text_heading(writer, TURN_HEADING_UNKNOWNS);
    }
    for (guint i = 0; i < lines->len; i++) {
        turn_wrap_append(writer->out, "  - ", g_ptr_array_index(lines, i));
    }
}

static void one_capture(text_writer *writer, guint index, const char *number) {
    const turn_report_capture *capture = g_ptr_array_index(writer->report->captures, index);
    g_autofree char *line = NULL;

    if (capture->packets > 0) {
        g_autofree char *first = turn_report_time(writer->report, index, capture->first);
        g_autofree char *last = turn_report_time(writer->report, index, capture->last);

        line = g_strdup_printf("%s%s%s: %s, %s, %" G_GUINT64_FORMAT " packets, %s to %s",
                               capture->point != NULL ? capture->point : "",
                               capture->point != NULL ? ", " : "", capture->file, capture->format,
                               capture->link_text, capture->packets, first, last);
    } else {
        line = g_strdup_printf("%s%s%s: no packets", capture->point != NULL ? capture->point : "",
                               capture->point != NULL ? ", " : "", capture->file);
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
            text_heading(writer, all->len > 1 ? "Captures" : "Capture");
            begun = TRUE;
        }
        one_capture(writer, i, number);
    }
}

char *turn_report_write_text(const turn_report *self, gboolean colour) {
    text_writer writer = {.out = g_string_new(NULL), .report = self, .colour = colour};

    verdict(&writer);
    unknowns(&writer);
    text_sessions(&writer);
    text_pairs(&writer);
    captures(&writer);
    text_join(&writer);
    return g_string_free(writer.out, FALSE);
}
