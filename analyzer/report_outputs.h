/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Where a report goes, and in which forms: one to standard output or --output, and any number of
 * files beside it. */
#ifndef ANALYZER_REPORT_OUTPUTS_H
#define ANALYZER_REPORT_OUTPUTS_H

#include "analyzer/report_formats.h"

/* What the command line says; all zero is text to standard output. */
typedef struct report_outputs {
    char *format;
    char *output;
    char *files[REPORT_FORMATS_MAX]; /* by the row of the form; NULL where it is not asked for */
    char *format_help;
} report_outputs;

void report_outputs_clear(report_outputs *self);

/* Appends --format, --output and an option for each form to ENTRIES (of GOptionEntry), which write
 * to SELF. */
void report_outputs_add_options(report_outputs *self, GArray *entries);

/* FALSE when there is no such form, or two go to one file. */
gboolean report_outputs_check(report_outputs *self, GError **error);
/* Whether any of the forms has the list of messages. */
gboolean report_outputs_have_messages(const report_outputs *self);

/* Whether any of the forms draws. */
gboolean report_outputs_need_diagrams(const report_outputs *self);
/* All that is written, OUTPUT_STANDARD or files, a list that ends with NULL. Owned by the caller,
 * but not the names in it. */
const char **report_outputs_files(const report_outputs *self);

/* Writes the report in all forms that were asked for; what cannot be written keeps none of the
 * others from it. Where standard output does not have the text, the verdict is said on standard
 * error: who looks there should not have to open a file. */
gboolean report_outputs_write(const report_outputs *self, const turn_report *found, GError **error);

#endif
