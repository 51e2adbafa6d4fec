/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The forms that a report can be written in: one table, from which --format and an option for each
 * form (--json FILE) follow. */
#ifndef ANALYZER_REPORT_FORMATS_H
#define ANALYZER_REPORT_FORMATS_H

#include "analyzer/format_table.h"
#include "turn/report/report.h"

typedef struct report_format {
    const char *name; /* as --format takes it, and the option that writes a file of it */
    const char *help; /* of that option */
    /* COLOUR says whether it goes to a terminal that wants colours. Owned by the caller. */
    char *(*write)(const turn_report *found, gboolean colour);
    gboolean needs_diagrams; /* turn_report.ladders and the rest of what is drawn */
    gboolean has_messages;   /* turn_report.messages */
} report_format;

#define REPORT_FORMATS_MAX 8u

/* The first is the one that is written when none is named. COUNT may not be NULL; it is never more
 * than REPORT_FORMATS_MAX. */
const report_format *report_format_table(gsize *count);
/* The same for help and messages. */
const format_table *report_format_names(void);
/* NULL when there is no such form; the first for NULL. */
const report_format *report_format_lookup(const char *name);

#endif
