/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The options of list and show: captures, and one text about them in one of a few forms. */
#ifndef ANALYZER_TEXT_OPTIONS_H
#define ANALYZER_TEXT_OPTIONS_H

#include "analyzer/format_table.h"

typedef struct text_options {
    char *output;
    char **turn_ports;
    char **files;
    gconstpointer format; /* the row of the table; set by text_options_check() */
    char *format_name;
    char *format_help;
    char *output_help;
} text_options;

void text_options_clear(text_options *self);

/* Appends --format, --output, --turn-port and the files to ENTRIES (of GOptionEntry), which write
 * to SELF. WHAT is written: "list". */
void text_options_add(text_options *self, GArray *entries, const format_table *formats,
                      const char *what);

/* FALSE when COMMAND lacks a file, a value is wrong, or the output would overwrite a capture. */
gboolean text_options_check(text_options *self, const format_table *formats, const char *command,
                            GError **error);

#endif
