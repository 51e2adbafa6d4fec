/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Where what a command found goes: standard output or a file. */
#ifndef ANALYZER_OUTPUT_H
#define ANALYZER_OUTPUT_H

#include <glib.h>

/* TEXT, with a line feed at its end, to the file OUTPUT; NULL is standard output. */
gboolean output_write(const char *text, const char *output, GError **error);
/* To be called first: when the program ends and not all of standard output could be written, it
 * says so and ends with COMMAND_UNUSABLE. */
void output_check_at_exit(void);

/* Stands for standard output; no file has this name. */
#define OUTPUT_STANDARD "-"
/* Whether OUTPUT (may be NULL) is that. */
gboolean output_is_standard(const char *output);
/* FALSE when OUTPUT (may be NULL) is empty. */
gboolean output_has_name(const char *output, GError **error);

/* A file that is read. */
typedef struct output_input {
    const char *path; /* "-" is standard input */
    const char *what; /* "the capture itself" */
} output_input;
#define OUTPUT_INPUT_CAPTURE "the capture itself"
/* FALSE when writing to OUTPUT (may be NULL: nothing is written) would overwrite one of INPUTS,
 * which end with one without a path. */
gboolean output_spares(const char *output, const output_input *inputs, GError **error);

/* Whether writing to both would leave one, or mix them: they are the same file, pipe or terminal,
 * or will be, by any name or link. /dev/null takes any number of texts. */
gboolean output_is_same(const char *one, const char *other);

/* Whether standard output is a file that nobody looks at meanwhile. */
gboolean output_is_redirected(void);

/* Columns of the terminal that standard output is; 80 when it is none. */
gsize output_width(void);

#endif
