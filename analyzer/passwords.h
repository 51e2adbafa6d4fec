/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Where the program's passwords come from: files of a single password, a question at the terminal,
 * files of credentials (credentials_file.h) and session descriptions. None is ever taken from the
 * command line, and no error repeats what a file holds. */
#ifndef ANALYZER_PASSWORDS_H
#define ANALYZER_PASSWORDS_H

#include "turn/credentials.h"

/* Bytes of a file of a single password, which stands in the first line, and of a description. */
#define PASSWORDS_MAX_PASSWORD 4096u
#define PASSWORDS_MAX_SDP      (1u << 20)

/* As the options say; NULL where there is none. Borrowed. */
typedef struct passwords_given {
    const char *user;
    const char *realm;
    char **password_files; /* of USER, who is asked for where there is none */
    char **credentials;
    char **descriptions; /* SDP */
} passwords_given;

/* Reads all of GIVEN; *CREDENTIALS is NULL when it names nothing, else owned by the caller. FALSE
 * with an error that says which file, which line and what to do. */
gboolean passwords_read(const passwords_given *given, turn_credentials **credentials,
                        GError **error);

/* Whether users of this machine other than its owner may read FILE. */
gboolean passwords_is_exposed(const char *file);

#endif
