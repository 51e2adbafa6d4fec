/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "analyzer/markdown/escape.h"
#include "analyzer/markdown/writer.h"
#include "turn/report/shown.h"

static void level_heading(markdown_writer *writer, guint depth, turn_level level,
                          const char *title) {
    g_autofree char *line = g_strconcat(turn_words_level(level), ": ", title, NULL);

    markdown_heading(writer, depth, line);
}

static void evidence(markdown_writer *writer, const turn_finding *finding) {
    const gboolean several = writer->report->captures->len > 1;

    if (finding->evidence->len == 0) {
        return;
    }
    markdown_table(writer, several ? "Capture|>Frame|Time|What" : ">Frame|Time|What");
    for (guint i = 0; i < finding->evidence->len; i++) {
        const turn_evidence *each = &g_array_index(finding->evidence, turn_evidence, i);
        g_autofree char *capture = turn_words_capture(writer->report, each->seen.capture);
        g_autofree char *frame = g_strdup_printf("%u", each->seen.frame);
        g_autofree char *clock = turn_words_clock(writer->report, &each->seen);

        if (several) {
            markdown_row(writer, (const char *const[]){capture, frame, clock, each->summary, NULL});
        } else {
            markdown_row(writer, (const char *const[]){frame, clock, each->summary, NULL});
        }
    }
    markdown_end(writer);
}

static void filters(markdown_writer *writer, const turn_finding *finding) {
    g_autoptr(GPtrArray) all = turn_words_filters(writer->report, finding);

    for (guint i = 0; i < all->len; i++) {
        const turn_words_filter *filter = g_ptr_array_index(all, i);
        g_autofree char *name = filter->capture != NULL
                                    ? g_strdup_printf("Wireshark filter, %s", filter->capture)
                                    : g_strdup("Wireshark filter");

        markdown_code_line(writer, "", name, filter->filter);
        markdown_end(writer);
    }
}

static void one_finding(markdown_writer *writer, const turn_finding *finding) {
    if (finding->session != NULL) {
        g_autofree char *line = turn_words_session(finding->session);

        g_string_append(writer->out, "**");
        markdown_append_text(writer->out, line);
        g_string_append(writer->out, "**\n\n");
    }
    if (finding->detail != NULL) {
        markdown_paragraph(writer, finding->detail);
    }
    evidence(writer, finding);
    filters(writer, finding);
}

/* Findings of one cause and level from INDEX on, as one block; returns where the next one begins.
 */
static guint finding_group(markdown_writer *writer, guint index) {
    const guint end = turn_words_group_end(writer->report, index);

    for (guint i = index; i < end && i - index < TURN_SHOWN_FINDINGS; i++) {
        one_finding(writer, g_ptr_array_index(writer->report->judgement->findings, i));
    }
    if (end - index > TURN_SHOWN_FINDINGS) {
        g_string_append_printf(writer->out, "and %u more sessions with the same finding\n\n",
                               end - index - TURN_SHOWN_FINDINGS);
    }
    return end;
}

static void remedies(markdown_writer *writer, const turn_cause *cause) {
    g_auto(GStrv) lines = g_strsplit(cause->remedies, "\n", -1);

    markdown_heading(writer, 2, TURN_HEADING_REMEDIES);
    for (guint i = 0; lines[i] != NULL; i++) {
        g_string_append_printf(writer->out, "%u. ", i + 1);
        markdown_append_text(writer->out, lines[i]);
        markdown_end(writer);
    }
    markdown_end(writer);
    markdown_heading(writer, 2, TURN_HEADING_LOOK);
    markdown_paragraph(writer, cause->next);
}

static void next_captures(markdown_writer *writer) {
    g_autoptr(GPtrArray) all = turn_next_captures(writer->report->model, writer->report->judgement);

    if (all->len == 0) {
        return;
    }
    markdown_heading(writer, 2, TURN_HEADING_NEXT);
    for (guint i = 0; i < all->len; i++) {
        const turn_next *next = g_ptr_array_index(all, i);
        g_autofree char *line = turn_words_next(next);

        g_string_append_printf(writer->out, "%u. ", i + 1);
        markdown_append_text(writer->out, line);
        markdown_end(writer);
        markdown_code_line(writer, "   - ", "tcpdump filter", next->filter);
    }
    markdown_end(writer);
}

static void other_findings(markdown_writer *writer, guint index) {
    const GPtrArray *findings = writer->report->judgement->findings;

    if (index < findings->len) {
        markdown_heading(writer, 2, "Also found");
    }
    while (index < findings->len) {
        const turn_finding *finding = g_ptr_array_index(findings, index);
        g_autofree char *command =
            g_strconcat("turnpcap explain ", finding->cause->identifier, NULL);

        level_heading(writer, 3, finding->level, finding->cause->title);
        markdown_paragraph(writer, finding->cause->explanation);
        markdown_code_line(writer, "", "More", command);
        markdown_end(writer);
        index = finding_group(writer, index);
    }
}

static void unknowns(markdown_writer *writer) {
    g_autoptr(GPtrArray) lines = turn_words_unknowns(writer->report);

    if (lines->len == 0) {
        return;
    }
    markdown_heading(writer, 2, TURN_HEADING_UNKNOWNS);
    for (guint i = 0; i < lines->len; i++) {
        markdown_item(writer, NULL, g_ptr_array_index(lines, i));
    }
    markdown_end(writer);
}

static void cause(markdown_writer *writer) {
    const turn_finding *first = writer->report->judgement->first;
    guint next;

    if (first->evidence->len > 0) {
        markdown_heading(writer, 2, TURN_HEADING_EVIDENCE);
    }
    next = finding_group(writer, 0);
    remedies(writer, first->cause);
    next_captures(writer);
    other_findings(writer, next);
}

void markdown_verdict(markdown_writer *writer) {
    const turn_judgement *judgement = writer->report->judgement;

    level_heading(writer, 1, judgement->level, turn_report_title(writer->report));
    if (judgement->first != NULL) {
        markdown_code_line(writer, "", "Cause", judgement->first->cause->identifier);
        markdown_end(writer);
    }
    markdown_paragraph(writer, turn_report_explanation(writer->report));
    if (writer->report->redacted) {
        markdown_paragraph(writer, TURN_WORDS_REDACTED);
    }
    if (judgement->first != NULL) {
        cause(writer);
    }
    unknowns(writer);
}
