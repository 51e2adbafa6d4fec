/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * --redact for commands that read captures: the first reading, and what lets points.h do the
 * second. */
#ifndef ANALYZER_REDACT_REDACT_READING_H
#define ANALYZER_REDACT_REDACT_READING_H

#include "analyzer/input_options.h"
#include "analyzer/points.h"

typedef struct redact_reading redact_reading;

/* Reads what OPTIONS name for the first time; both are borrowed. NULL without an error when they do
 * not ask for redaction. CREDENTIALS may be NULL; the trackers of the second reading must have
 * none. */
redact_reading *redact_reading_new(const input_options *options, turn_credentials *credentials,
                                   GError **error);
void redact_reading_free(redact_reading *self); /* NULL is allowed */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(redact_reading, redact_reading_free)

/* Lets FROM read redacted packets; SELF must outlive that. */
void redact_reading_attach(redact_reading *self, points *from);

/* Once FROM was read into FOUND: says what the reader and the user should know, and writes the
 * table where it is asked for. */
gboolean redact_reading_finish(const redact_reading *self, turn_report *found, GError **error);

/* A capture once more, redacted, by the NAME that it had when FROM read it. */
capture *redact_reading_reopen(const redact_reading *self, const char *name, GError **error);

#endif
