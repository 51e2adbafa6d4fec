/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What the parts of the Markdown report share. Inside analyzer/markdown/ and report_markdown.c
 * only. Blocks end with an empty line, so that any block may follow. */
#ifndef ANALYZER_MARKDOWN_WRITER_H
#define ANALYZER_MARKDOWN_WRITER_H

#include "turn/report/words.h"

/* A comment on GitHub ends at 65,536 characters; there has to be room for words around a report. */
#define MARKDOWN_MAX_CHARACTERS 60000u

typedef struct markdown_writer {
    GString *out;
    const turn_report *report;
} markdown_writer;

/* blocks.c: all text is escaped */

/* LEVEL from 1. */
void markdown_heading(markdown_writer *writer, guint level, const char *text);
void markdown_paragraph(markdown_writer *writer, const char *text);
/* A paragraph of our own words, in which no escape is due: "--format" is no code. */
void markdown_sentence(markdown_writer *writer, const char *words);
/* What is written, in characters. */
gsize markdown_length(const markdown_writer *writer);
/* Ends the report at a line within ROOM characters, and says so; nothing where all fits. */
void markdown_cut(markdown_writer *writer, gsize room);
/* "NAME: `code`"; an item of a list where FIRST is "- ". */
void markdown_code_line(markdown_writer *writer, const char *first, const char *name,
                        const char *code);
/* "- NAME: value", without NAME and colon where it is NULL. markdown_end() ends the list. */
void markdown_item(markdown_writer *writer, const char *name, const char *value);
/* The head of a table: the names of the columns with bars between; those of numbers begin with
 * '>'. */
void markdown_table(markdown_writer *writer, const char *columns);
/* One row of CELLS, a list that ends with NULL. */
void markdown_row(markdown_writer *writer, const char *const *cells);
/* Ends a list or a table. */
void markdown_end(markdown_writer *writer);

/* findings.c */
void markdown_verdict(markdown_writer *writer);

/* sessions.c: as many as fit into ROOM characters, those with findings first */
void markdown_sessions(markdown_writer *writer, gsize room);

/* stages.c: how far the session got */
void markdown_progress(markdown_writer *writer, const turn_stages *stages);
/* Each step up to where it stopped; nothing where it did not. */
void markdown_steps(markdown_writer *writer, const turn_stages *stages);

/* paths.c */
void markdown_peers(markdown_writer *writer, const turn_session *session);
/* Checks outside of all sessions. */
void markdown_pairs(markdown_writer *writer);

/* captures.c */
void markdown_captures(markdown_writer *writer);
/* What lies between two capture points; nothing with one. */
void markdown_join(markdown_writer *writer);

#endif
