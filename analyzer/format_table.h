/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What --format takes: the forms of one command, in a table whose rows begin with their names. Help
 * and messages list them from there. */
#ifndef ANALYZER_FORMAT_TABLE_H
#define ANALYZER_FORMAT_TABLE_H

#include <glib.h>

typedef struct format_table {
    gconstpointer rows; /* each begins with a const char * */
    gsize count;
    gsize size; /* of a row */
} format_table;

/* Of an array. */
#define FORMAT_TABLE(array)                                                                        \
    { (array), G_N_ELEMENTS(array), sizeof((array)[0]) }

/* "text (default), tsv or json". Owned by the caller. */
char *format_table_help(const format_table *self);

/* The row called NAME; the first for NULL. NULL with an error when there is none. */
gconstpointer format_table_find(const format_table *self, const char *name, GError **error);

#endif
