/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Outputs that name nobody: captures are read twice. What the first reading learns lets the second
 * rewrite each packet as it comes out of its file, so that everything that reads a redacted capture
 * sees stand-ins only. */
#ifndef ANALYZER_REDACT_REDACTION_H
#define ANALYZER_REDACT_REDACTION_H

#include "analyzer/reader.h"
#include "analyzer/redact/stand_in.h"

/* What is asked for; all zero is no redaction. */
typedef struct redaction_options {
    gboolean redact;
    char *key;
    char *table;
    gboolean packets_only; /* what is written has no other blocks, and its own numbers of frames are
                              wanted: not on the command line, but the command's own */
    gsize memory;          /* as for redact_lesson_new(); no option sets it */
} redaction_options;

void redaction_options_clear(redaction_options *self);
/* Appends --redact, --redact-key and --redact-table to ENTRIES (of GOptionEntry). */
void redaction_add_options(redaction_options *self, GArray *entries);
/* FALSE when INPUTS or OUTPUTS, lists that end with NULL (or NULL), cannot be used with them:
 * captures are read twice, and the table is no other output. */
gboolean redaction_check(const redaction_options *self, const char *const *inputs,
                         const char *const *outputs, GError **error);

typedef struct redaction redaction;

/* NULL without an error when SELF asks for none. */
redaction *redaction_new(const redaction_options *options, GError **error);
void redaction_free(redaction *self); /* NULL is allowed */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(redaction, redaction_free)

stand_ins *redaction_names(const redaction *self);

/* First reading: captures of PLACE, 0 or 1, are read by FROM and TRACKER, which has CREDENTIALS (or
 * NULL). What was learned of the place before is forgotten. */
#define REDACTION_PLACES 2u
void redaction_learn(redaction *self, guint place, turn_tracker *tracker, reader *from,
                     const turn_credentials *credentials);

/* Second reading: the file PATH, the NUMBER-th of the captures from 0, which is one of PLACE; it is
 * known by a name that says no more than that. As capture_open(). */
capture *redaction_open(redaction *self, guint place, guint number, const char *path,
                        GError **error);
/* The capture with such a NAME once more, as it was opened last. */
capture *redaction_reopen(redaction *self, const char *name, GError **error);
/* TRACKER, which reads captures of PLACE, is told what passwords proved in the first reading. */
void redaction_repeat(redaction *self, guint place, turn_tracker *tracker);
/* FALSE when the first reading came across more than may be kept: there must be no second then. */
gboolean redaction_is_complete(const redaction *self, GError **error);
/* "capture-1.pcapng.gz": number, and ending where it is a usual one. Owned by the caller. */
char *redaction_file_name(guint number, const char *path);

/* What the user should know, in a sentence; NULL when there is nothing. Owned by the caller. */
char *redaction_warning(const redaction *self);

/* Writes the table back, where OPTIONS ask for it: readable for its owner only. */
gboolean redaction_write_table(const redaction *self, const redaction_options *options,
                               GError **error);

#endif
