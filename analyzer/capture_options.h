/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The options of commands that read the captures named and write one text about them. */
#ifndef ANALYZER_CAPTURE_OPTIONS_H
#define ANALYZER_CAPTURE_OPTIONS_H

#include "analyzer/format_table.h"

typedef struct capture_options {
    char *output;
    char **turn_ports;
    char **files;
    gconstpointer format; /* the row of the table; set by capture_options_check() */
    char *format_name;
    char *format_help;
    char *output_help;
} capture_options;

void capture_options_clear(capture_options *self);

/* Appends --format, --output, --turn-port and the files to ENTRIES (of GOptionEntry), which write
 * to SELF. WHAT is written: "list". */
void capture_options_add(capture_options *self, GArray *entries, const format_table *formats,
                         const char *what);

/* FALSE when COMMAND lacks a file, a value is wrong, or the output would overwrite a capture. */
gboolean capture_options_check(capture_options *self, const format_table *formats,
                               const char *command, GError **error);

#endif
