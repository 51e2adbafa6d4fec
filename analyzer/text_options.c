/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "analyzer/text_options.h"

#include "analyzer/input.h"
#include "analyzer/output.h"

void text_options_clear(text_options *self) {
    g_clear_pointer(&self->output, g_free);
    g_clear_pointer(&self->turn_ports, g_strfreev);
    g_clear_pointer(&self->files, g_strfreev);
    g_clear_pointer(&self->format_name, g_free);
    g_clear_pointer(&self->format_help, g_free);
    g_clear_pointer(&self->output_help, g_free);
}

void text_options_add(text_options *self, GArray *entries, const format_table *formats,
                      const char *what) {
    self->format_help = format_table_help(formats);
    self->output_help = g_strdup_printf("write the %s to FILE; - is standard output", what);
    {
        const GOptionEntry own[] = {
            {"format", 'f', 0, G_OPTION_ARG_STRING, &self->format_name, self->format_help,
             "FORMAT"},
            {"output", 'o', 0, G_OPTION_ARG_FILENAME, &self->output, self->output_help, "FILE"},
            TURN_PORT_OPTION(&self->turn_ports),
            {G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &self->files, NULL, "FILE..."}};

        g_array_append_vals(entries, own, G_N_ELEMENTS(own));
    }
}

static gboolean spares_captures(const text_options *self, GError **error) {
    g_autoptr(GArray) inputs = g_array_new(TRUE, TRUE, sizeof(output_input));

    for (gsize i = 0; self->files[i] != NULL; i++) {
        const output_input each = {.path = self->files[i], .what = OUTPUT_INPUT_CAPTURE};

        g_array_append_val(inputs, each);
    }
    return output_spares(self->output != NULL ? self->output : OUTPUT_STANDARD,
                         (const output_input *)(gconstpointer)inputs->data, error);
}

static gboolean check_output(text_options *self, GError **error) {
    if (output_is_standard(self->output)) {
        g_clear_pointer(&self->output, g_free);
    }
    return output_has_name(self->output, error) && spares_captures(self, error);
}

gboolean text_options_check(text_options *self, const format_table *formats, const char *command,
                            GError **error) {
    if (self->files == NULL) {
        g_set_error(error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                    "%s needs a capture file. Try: turnpcap %s --help", command, command);
        return FALSE;
    }
    self->format = format_table_find(formats, self->format_name, error);
    return self->format != NULL && check_inputs((const char *const *)self->files, error) &&
           check_output(self, error) && check_turn_ports(self->turn_ports, error);
}
