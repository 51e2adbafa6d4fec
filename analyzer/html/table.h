/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Tables that a screen reader can follow: caption, and headers with their scope. A wide one scrolls
 * by itself, and the page stays where it is. */
#ifndef ANALYZER_HTML_TABLE_H
#define ANALYZER_HTML_TABLE_H

#include <glib.h>

typedef struct html_column {
    const char *title;
    const char *names; /* classes of its header: "num" is set to the right; may be NULL */
} html_column;

/* Up to the first row of the body. CAPTION is the program's own words. */
void html_table(GString *out, const char *caption, const html_column *columns, gsize count);
void html_table_end(GString *out);
/* Ends the part of the body before it, and begins one that has TEXT for a header over all COLUMNS.
 */
void html_table_group(GString *out, const char *text, gsize columns);

/* A row with TEXT over all COLUMNS, about those before it. */
void html_row_note(GString *out, const char *text, gsize columns);

void html_row(GString *out, const char *names);
void html_row_end(GString *out);
/* The header of a row. */
void html_row_header(GString *out, const char *text);
void html_cell(GString *out, const char *names, const char *text);
/* A number, grouped by thousands. */
void html_cell_number(GString *out, guint64 number);
/* "frame 12" as a number; empty for frame 0, which is none. */
void html_cell_frame(GString *out, guint32 frame);

#endif
