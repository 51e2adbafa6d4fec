/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What report, annotate and extract read: captures and where they were taken, TURN ports,
 * passwords, and the key of redaction. No output may be any of these files. */
#ifndef ANALYZER_INPUT_OPTIONS_H
#define ANALYZER_INPUT_OPTIONS_H

#include "analyzer/redact/redaction.h"
#include "turn/tracker.h"

typedef struct input_options {
    char **turn_ports;
    char *user;
    char *realm;
    char **password_files;
    char **credentials;
    char **descriptions;
    char **at;
    char **files;
    redaction_options redaction;
} input_options;

void input_options_clear(input_options *self);
/* Appends the GOptionEntry of each to ENTRIES; SELF must stay where it is until they are read. */
void input_options_add(input_options *self, GArray *entries);
/* FALSE when an option is wrong with CAPTURES and OUTPUTS, lists that end with NULL: above all when
 * an output, or the table of stand-ins, would overwrite anything that is read. */
gboolean input_options_check(const input_options *self, const char *const *captures,
                             const char *const *outputs, GError **error);
/* The passwords that are given; *CREDENTIALS is NULL when there are none, and owned by the caller.
 * Warns when others can read the files. */
gboolean input_options_passwords(const input_options *self, turn_credentials **credentials,
                                 GError **error);
/* Makes TRACKER ready for what the options say. CREDENTIALS may be NULL. */
void input_options_prepare(const input_options *self, turn_credentials *credentials,
                           turn_tracker *tracker);

#endif
