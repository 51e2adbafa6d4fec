/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What commands that write captures have in common: captures that are read and judged, and all that
 * is needed to go through them once more. */
#ifndef ANALYZER_PCAPNG_SECOND_READING_H
#define ANALYZER_PCAPNG_SECOND_READING_H

#include "analyzer/input_options.h"
#include "analyzer/pcapng/annotate.h"

typedef struct second_reading second_reading;

/* Chooses the files that OPTIONS name, which must outlive the result; nothing is read yet. COMMAND
 * is for messages, static. NULL when they cannot be read twice, or an option is wrong. */
second_reading *second_reading_new(const input_options *options, const char *command,
                                   GError **error);
void second_reading_free(second_reading *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(second_reading, second_reading_free)

/* The files that were chosen, a list that ends with NULL. Owned by the caller, but not the names in
 * it. */
const char **second_reading_files(const second_reading *self);

/* What the report calls them: the same, but with --redact. Owned by the caller. */
GStrv second_reading_names(const second_reading *self);
/* FALSE when the command line does not name what is written: HOW says how it would. */
gboolean second_reading_output(const char *output, const char *how, GError **error);
/* FALSE when the options are wrong with these files and OUTPUTS, a list that ends with NULL. */
gboolean second_reading_check(const second_reading *self, const char *const *outputs,
                              GError **error);

/* Reads and judges them. FALSE, after complaints, when none could be read. */
gboolean second_reading_judge(second_reading *self);
/* Whether all of them could be opened. */
gboolean second_reading_has_all(const second_reading *self);
/* For annotate.h; borrowed. */
const annotation *second_reading_annotation(const second_reading *self);

/* Complains about what RESULT lacks. FALSE when a capture could not be read to its end. */
gboolean second_reading_complain(const char *output, const annotated *result);

#endif
