/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "analyzer/input_options.h"

#include "analyzer/input.h"
#include "analyzer/passwords.h"

#include <unistd.h>

void input_options_clear(input_options *self) {
    g_strfreev(self->turn_ports);
    g_free(self->user);
    g_free(self->realm);
    g_strfreev(self->password_files);
    g_strfreev(self->credentials);
    g_strfreev(self->descriptions);
    g_strfreev(self->at);
    g_strfreev(self->files);
    redaction_options_clear(&self->redaction);
}

void input_options_add(input_options *self, GArray *entries) {
    const GOptionEntry own[] = {
        TURN_PORT_OPTION(&self->turn_ports),
        {"user", 'u', 0, G_OPTION_ARG_STRING, &self->user,
         "check what user NAME signed; the password is asked for, or read from a file", "NAME"},
        {"realm", 0, 0, G_OPTION_ARG_STRING, &self->realm,
         "the realm of NAME; any, when it is left out", "REALM"},
        {"password-file", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &self->password_files,
         "the password of NAME is the first line of FILE; may be repeated", "FILE"},
        {"credentials", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &self->credentials,
         "users and passwords; entries: [any name], user =, realm =, password =", "FILE"},
        {"sdp", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &self->descriptions,
         "take passwords of ICE checks from a session description", "FILE"},
        {"at", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &self->at,
         "FILE was captured at POINT, client (or a far peer) or server; may be repeated",
         "POINT=FILE"},
        {G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &self->files, NULL, "FILE..."}};

    g_array_append_vals(entries, own, G_N_ELEMENTS(own));
    redaction_add_options(&self->redaction, entries);
}

static void warn_of_exposed(char **files) {
    for (char **file = files; file != NULL && *file != NULL; file++) {
        if (isatty(STDERR_FILENO) && passwords_is_exposed(*file)) {
            g_autofree char *name = g_filename_display_name(*file);
            g_autofree char *text = g_strdup_printf(
                "others on this machine can read the passwords in %s: chmod 600", name);

            complain(text);
        }
    }
}

gboolean input_options_passwords(const input_options *self, turn_credentials **credentials,
                                 GError **error) {
    const passwords_given given = {.user = self->user,
                                   .realm = self->realm,
                                   .password_files = self->password_files,
                                   .credentials = self->credentials,
                                   .descriptions = self->descriptions};

    warn_of_exposed(self->password_files);
    warn_of_exposed(self->credentials);
    return passwords_read(&given, credentials, error);
}

void input_options_prepare(const input_options *self, turn_credentials *credentials,
                           turn_tracker *tracker) {
    add_turn_ports(self->turn_ports, tracker);
    if (credentials != NULL) {
        turn_tracker_set_credentials(tracker, credentials);
    }
}
