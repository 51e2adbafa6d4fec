/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "analyzer/input_options.h"

#include "analyzer/input.h"
#include "analyzer/output.h"
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
         "check what NAME signed; the password is asked for", "NAME"},
        {"realm", 0, 0, G_OPTION_ARG_STRING, &self->realm,
         "the realm of NAME; any, when it is left out", "REALM"},
        {"password-file", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &self->password_files,
         "the password of NAME, in its first line; repeatable", "FILE"},
        {"credentials", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &self->credentials,
         "users and passwords (user =, realm =, password =)", "FILE"},
        {"sdp", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &self->descriptions,
         "passwords of ICE checks, from a session description", "FILE"},
        {"at", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &self->at,
         "FILE was captured at client or server; repeatable", "POINT=FILE"},
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

static void add_input(GArray *inputs, const char *path, const char *what) {
    const output_input added = {.path = path, .what = what};

    g_array_append_val(inputs, added);
}

static void add_inputs(GArray *inputs, const char *const *paths, const char *what) {
    for (; paths != NULL && *paths != NULL; paths++) {
        add_input(inputs, *paths, what);
    }
}

/* All that is read, of output_input; the last has no path. */
static GArray *all_inputs(const input_options *self, const char *const *captures) {
    GArray *inputs = g_array_new(TRUE, TRUE, sizeof(output_input));

    add_inputs(inputs, captures, OUTPUT_INPUT_CAPTURE);
    add_inputs(inputs, (const char *const *)self->password_files, "the password file");
    add_inputs(inputs, (const char *const *)self->credentials, "the file of credentials");
    add_inputs(inputs, (const char *const *)self->descriptions, "the session description");
    if (self->redaction.key != NULL) {
        add_input(inputs, self->redaction.key, "the key of the stand-ins");
    }
    return inputs;
}

static gboolean check_table(const char *table, GError **error) {
    if (output_is_standard(table)) {
        g_set_error_literal(error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                            "--redact-table -: the table is for you alone: give it a file");
        return FALSE;
    }
    return output_has_name(table, error);
}

gboolean input_options_check(const input_options *self, const char *const *captures,
                             const char *const *outputs, GError **error) {
    g_autoptr(GArray) all = all_inputs(self, captures);
    const output_input *inputs = (const output_input *)(gconstpointer)all->data;

    for (const char *const *output = outputs; *output != NULL; output++) {
        if (!output_spares(*output, inputs, error)) {
            return FALSE;
        }
    }
    return check_table(self->redaction.table, error) &&
           output_spares(self->redaction.table, inputs, error) &&
           redaction_check(&self->redaction, captures, outputs, error) &&
           check_turn_ports(self->turn_ports, error);
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
