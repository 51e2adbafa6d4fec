/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The options of commands that read captures and judge them: the files and where they were taken,
 * TURN ports, and passwords. */
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
/* The passwords that are given; *CREDENTIALS is NULL when there are none, and owned by the caller.
 * Warns when others can read the files. */
gboolean input_options_passwords(const input_options *self, turn_credentials **credentials,
                                 GError **error);
/* Makes TRACKER ready for what the options say. CREDENTIALS may be NULL. */
void input_options_prepare(const input_options *self, turn_credentials *credentials,
                           turn_tracker *tracker);

#endif
