/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * A file that appears under its name when it is complete, and not before. */
#ifndef ANALYZER_TARGET_H
#define ANALYZER_TARGET_H

#include <glib.h>
#include <stdio.h>

typedef struct target target;

/* What is there under PATH stays until target_finish(), and hands its permissions on. What is no
 * regular file (a pipe, a link) is written to at once. NULL with an error of G_FILE_ERROR. */
target *target_open(const char *path, GError **error);
/* Borrowed. */
FILE *target_stream(const target *self);
/* Gives the file its name. */
gboolean target_finish(target *self, GError **error);
/* Leaves nothing behind of a file that was not finished. */
void target_free(target *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(target, target_free)

/* That PATH could not be written, because of NUMBER of errno. Returns FALSE. */
gboolean target_not_written(const char *path, int number, GError **error);

#endif
