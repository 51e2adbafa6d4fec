/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Where what a command found goes: standard output or a file. */
#ifndef ANALYZER_OUTPUT_H
#define ANALYZER_OUTPUT_H

#include <glib.h>

/* TEXT, with a line feed at its end, to the file OUTPUT; NULL is standard output. */
gboolean output_write(const char *text, const char *output, GError **error);
/* FALSE when writing to OUTPUT (may be NULL) would overwrite one of INPUTS, a list that ends with
 * NULL. */
gboolean output_spares(const char *output, const char *const *inputs, GError **error);

/* Whether writing to both would leave one: they are the same file, or will be, by any name or link.
 * Devices take any number of texts. */
gboolean output_is_same(const char *one, const char *other);

/* Whether standard output is a file that nobody looks at meanwhile. */
gboolean output_is_redirected(void);

/* Columns of the terminal that standard output is; 80 when it is none. */
gsize output_width(void);

#endif
