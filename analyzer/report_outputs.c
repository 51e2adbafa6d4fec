/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "analyzer/report_outputs.h"

#include "analyzer/input.h"
#include "analyzer/output.h"

void report_outputs_clear(report_outputs *self) {
    g_clear_pointer(&self->format, g_free);
    g_clear_pointer(&self->output, g_free);
    for (gsize i = 0; i < G_N_ELEMENTS(self->files); i++) {
        g_clear_pointer(&self->files[i], g_free);
    }
}

void report_outputs_add_options(report_outputs *self, GArray *entries) {
    const GOptionEntry own[] = {{"format", 'f', 0, G_OPTION_ARG_STRING, &self->format,
                                 "text (default), json or html", "FORMAT"},
                                {"output", 'o', 0, G_OPTION_ARG_FILENAME, &self->output,
                                 "write the report to FILE instead of standard output", "FILE"}};
    gsize count;
    const report_format *formats = report_format_table(&count);

    g_array_append_vals(entries, own, G_N_ELEMENTS(own));
    for (gsize i = 0; i < count; i++) {
        const GOptionEntry added = {
            formats[i].name, 0, 0, G_OPTION_ARG_FILENAME, &self->files[i], formats[i].help, "FILE"};

        g_array_append_val(entries, added);
    }
}

static gboolean check_format(const report_outputs *self, GError **error) {
    if (report_format_lookup(self->format) != NULL) {
        return TRUE;
    }
    g_set_error(error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                "there is no format \"%s\": text, json or html", self->format);
    return FALSE;
}

/* Each file that is written, as a list that ends with NULL. The caller frees the list alone. */
static GPtrArray *written(const report_outputs *self) {
    GPtrArray *all = g_ptr_array_new();

    if (self->output != NULL) {
        g_ptr_array_add(all, self->output);
    }
    for (gsize i = 0; i < G_N_ELEMENTS(self->files); i++) {
        if (self->files[i] != NULL) {
            g_ptr_array_add(all, self->files[i]);
        }
    }
    g_ptr_array_add(all, NULL);
    return all;
}

static gboolean check_distinct(const GPtrArray *all, GError **error) {
    for (guint i = 0; i + 1 < all->len; i++) {
        for (guint j = 0; j < i; j++) {
            if (g_str_equal(g_ptr_array_index(all, i), g_ptr_array_index(all, j))) {
                g_autofree char *name = g_filename_display_name(g_ptr_array_index(all, i));

                g_set_error(error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                            "%s is to be written twice: give each form a file of its own", name);
                return FALSE;
            }
        }
    }
    return TRUE;
}

gboolean report_outputs_check(const report_outputs *self, const char *const *inputs,
                              GError **error) {
    g_autoptr(GPtrArray) all = written(self);

    if (!check_format(self, error) || !check_distinct(all, error)) {
        return FALSE;
    }
    for (guint i = 0; i + 1 < all->len; i++) {
        if (!output_spares(g_ptr_array_index(all, i), inputs, error)) {
            return FALSE;
        }
    }
    return TRUE;
}

gboolean report_outputs_need_diagrams(const report_outputs *self) {
    gsize count;
    const report_format *formats = report_format_table(&count);
    gboolean needed = report_format_lookup(self->format)->needs_diagrams;

    for (gsize i = 0; i < count; i++) {
        needed |= self->files[i] != NULL && formats[i].needs_diagrams;
    }
    return needed;
}

gboolean report_outputs_write(const report_outputs *self, const turn_report *found,
                              GError **error) {
    gsize count;
    const report_format *formats = report_format_table(&count);
    g_autofree char *text =
        report_format_lookup(self->format)->write(found, self->output == NULL && wants_colour());

    for (gsize i = 0; i < count; i++) {
        if (self->files[i] != NULL) {
            g_autofree char *other = formats[i].write(found, FALSE);

            if (!output_write(other, self->files[i], error)) {
                return FALSE;
            }
        }
    }
    return output_write(text, self->output, error);
}
