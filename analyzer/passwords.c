/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "analyzer/passwords.h"

#include "analyzer/credentials_file.h"
#include "analyzer/secret.h"
#include "turn/sdp.h"

#include <string.h>
#include <sys/stat.h>

static gboolean refuse(GError **error, const char *text) {
    g_set_error_literal(error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, text);
    return FALSE;
}

static gboolean refuse_file(GError **error, const char *file, const char *text) {
    g_autofree char *name = g_filename_display_name(file);

    g_set_error(error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, "%s: %s", name, text);
    return FALSE;
}

static secret *first_line(const secret *of) {
    const char *text = secret_text(of);
    secret *line = g_strndup(text, strcspn(text, "\n"));

    if (g_str_has_suffix(line, "\r")) {
        line[strlen(line) - 1] = '\0';
    }
    return line;
}

static gboolean add_password_file(turn_credentials *to, const passwords_given *given,
                                  const char *file, GError **error) {
    g_autoptr(secret) text = NULL;
    g_autoptr(secret) password = NULL;

    if (g_str_equal(file, "-")) {
        return refuse(error, "--password-file needs a file; leave it out to be asked");
    }
    text = secret_read(file, PASSWORDS_MAX_PASSWORD, error);
    if (text == NULL) {
        return FALSE;
    }
    password = first_line(text);
    if (*password == '\0') {
        return refuse_file(error, file, "the first line is empty: the password belongs there");
    }
    return turn_credentials_add(to, given->user, given->realm, password) ||
           refuse_file(error, file, "one user may have 16 passwords at most: leave some out");
}

static gboolean add_asked(turn_credentials *to, const passwords_given *given, GError **error) {
    g_autofree char *question = g_strdup_printf("Password of %s: ", given->user);
    g_autoptr(secret) password = secret_ask(question, error);

    if (password == NULL) {
        return FALSE;
    }
    return turn_credentials_add(to, given->user, given->realm, password);
}

static gboolean add_user(turn_credentials *to, const passwords_given *given, GError **error) {
    if (given->user == NULL) {
        return given->realm == NULL && given->password_files == NULL
                   ? TRUE
                   : refuse(error, "--realm and --password-file need --user NAME");
    }
    if (*given->user == '\0') {
        return refuse(error, "--user needs a name");
    }
    if (given->password_files == NULL) {
        return add_asked(to, given, error);
    }
    for (char **file = given->password_files; *file != NULL; file++) {
        if (!add_password_file(to, given, *file, error)) {
            return FALSE;
        }
    }
    return TRUE;
}

static gboolean add_description(turn_credentials *to, const char *file, GError **error) {
    g_autoptr(secret) text = secret_read(file, PASSWORDS_MAX_SDP, error);
    const char *from;

    if (text == NULL) {
        return FALSE;
    }
    from = secret_text(text);
    return turn_sdp_read(to, from, strlen(from), strlen(from)) > 0 ||
           refuse_file(error, file, "no a=ice-ufrag with a=ice-pwd in it");
}

static gboolean add_all(turn_credentials *to, const passwords_given *given, GError **error) {
    gboolean is_good = add_user(to, given, error);

    for (char **file = given->credentials; is_good && file != NULL && *file != NULL; file++) {
        is_good = credentials_file_read(*file, to, error);
    }
    for (char **file = given->descriptions; is_good && file != NULL && *file != NULL; file++) {
        is_good = add_description(to, *file, error);
    }
    return is_good;
}

gboolean passwords_read(const passwords_given *given, turn_credentials **credentials,
                        GError **error) {
    g_autoptr(turn_credentials) read = turn_credentials_new();

    *credentials = NULL;
    if (!add_all(read, given, error)) {
        return FALSE;
    }
    if (turn_credentials_count(read) > 0) {
        *credentials = g_steal_pointer(&read);
    }
    return TRUE;
}

gboolean passwords_is_exposed(const char *file) {
    struct stat status;

    return stat(file, &status) == 0 && S_ISREG(status.st_mode) &&
           (status.st_mode & (S_IRGRP | S_IROTH)) != 0;
}
