/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "analyzer/report_outputs.h"

#include "analyzer/input.h"
#include "analyzer/output.h"
#include "turn/report/words.h"

void report_outputs_clear(report_outputs *self) {
    g_clear_pointer(&self->format, g_free);
    g_clear_pointer(&self->output, g_free);
    g_clear_pointer(&self->format_help, g_free);
    for (gsize i = 0; i < G_N_ELEMENTS(self->files); i++) {
        g_clear_pointer(&self->files[i], g_free);
    }
}

void report_outputs_add_options(report_outputs *self, GArray *entries) {
    char *help = self->format_help = format_table_help(report_format_names());
    const GOptionEntry own[] = {
        {"format", 'f', 0, G_OPTION_ARG_STRING, &self->format, help, "FORMAT"},
        {"output", 'o', 0, G_OPTION_ARG_FILENAME, &self->output,
         "write the report to FILE; - is standard output", "FILE"}};
    gsize count;
    const report_format *formats = report_format_table(&count);

    g_array_append_vals(entries, own, G_N_ELEMENTS(own));
    for (gsize i = 0; i < count; i++) {
        const GOptionEntry added = {
            formats[i].name, 0, 0, G_OPTION_ARG_FILENAME, &self->files[i], formats[i].help, "FILE"};

        g_array_append_val(entries, added);
    }
}

/* All that is written, as a list that ends with NULL. The caller frees the list alone. */
static GPtrArray *written(const report_outputs *self) {
    GPtrArray *all = g_ptr_array_new();

    g_ptr_array_add(all, self->output != NULL ? self->output : (gpointer)OUTPUT_STANDARD);
    for (gsize i = 0; i < G_N_ELEMENTS(self->files); i++) {
        if (self->files[i] != NULL) {
            g_ptr_array_add(all, self->files[i]);
        }
    }
    g_ptr_array_add(all, NULL);
    return all;
}

const char **report_outputs_files(const report_outputs *self) {
    GPtrArray *all = written(self);

    return (const char **)g_ptr_array_free(all, FALSE);
}

static gboolean check_distinct(const GPtrArray *all, GError **error) {
    for (guint i = 0; i + 1 < all->len; i++) {
        for (guint j = 0; j < i; j++) {
            if (output_is_same(g_ptr_array_index(all, i), g_ptr_array_index(all, j))) {
                g_autofree char *name = g_filename_display_name(g_ptr_array_index(all, i));

                g_set_error(error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                            "%s is to be written twice: give each form a file of its own", name);
                return FALSE;
            }
        }
    }
    return TRUE;
}

/* Standard output has one form; the others are for files. */
static gboolean check_files(const report_outputs *self, GError **error) {
    gsize count;
    const report_format *formats = report_format_table(&count);

    for (gsize i = 0; i < count; i++) {
        if (output_is_standard(self->files[i])) {
            g_set_error(error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                        "--%s -: for standard output use --format %s", formats[i].name,
                        formats[i].name);
            return FALSE;
        }
        if (!output_has_name(self->files[i], error)) {
            return FALSE;
        }
    }
    return output_has_name(self->output, error);
}

gboolean report_outputs_check(report_outputs *self, GError **error) {
    g_autoptr(GPtrArray) all = NULL;

    if (output_is_standard(self->output)) {
        g_clear_pointer(&self->output, g_free);
    }
    all = written(self);
    return format_table_find(report_format_names(), self->format, error) != NULL &&
           check_files(self, error) && check_distinct(all, error);
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

gboolean report_outputs_have_messages(const report_outputs *self) {
    gsize count;
    const report_format *formats = report_format_table(&count);
    gboolean any = report_format_lookup(self->format)->has_messages;

    for (gsize i = 0; i < count; i++) {
        any |= self->files[i] != NULL && formats[i].has_messages;
    }
    return any;
}

/* What became of the files. */
typedef struct writing {
    GString *written;
    GString *failed;
} writing;

static void write_one(const writing *into, const char *text, const char *output) {
    g_autoptr(GError) error = NULL;

    if (!output_write(text, output, &error)) {
        g_string_append_printf(into->failed, "%s%s", into->failed->len > 0 ? "; " : "",
                               error->message);
    } else if (output != NULL) {
        g_autofree char *name = g_filename_display_name(output);

        g_string_append_printf(into->written, "%s%s",
                               into->written->len > 0 ? ", " : "; written to ", name);
    }
}

/* Whether the text is seen: a report that goes to a file, a script or a log tells nobody why the
 * command failed. What reads from a pipe is left in peace. */
static gboolean is_shown(const report_outputs *self) {
    const report_format *text = report_format_lookup(NULL);

    return self->output == NULL &&
           (report_format_lookup(self->format) == text || !output_is_redirected());
}

static void say_verdict(const turn_report *found, const char *written) {
    const turn_finding *first = found->judgement->first;
    g_autofree char *line = g_strdup_printf(
        "%s: %s%s%s%s%s", turn_words_level(found->judgement->level), turn_report_title(found),
        first != NULL ? " (" : "", first != NULL ? first->cause->identifier : "",
        first != NULL ? ")" : "", written);

    complain(line);
}

gboolean report_outputs_write(const report_outputs *self, const turn_report *found,
                              GError **error) {
    gsize count;
    const report_format *formats = report_format_table(&count);
    g_autofree char *text =
        report_format_lookup(self->format)->write(found, self->output == NULL && wants_colour());
    g_autoptr(GString) written = g_string_new(NULL);
    g_autoptr(GString) failed = g_string_new(NULL);
    const writing into = {written, failed};

    for (gsize i = 0; i < count; i++) {
        if (self->files[i] != NULL) {
            g_autofree char *other = formats[i].write(found, FALSE);

            write_one(&into, other, self->files[i]);
        }
    }
    write_one(&into, text, self->output);
    if (!is_shown(self)) {
        say_verdict(found, written->str);
    }
    if (failed->len > 0) {
        g_set_error_literal(error, G_FILE_ERROR, G_FILE_ERROR_FAILED, failed->str);
        return FALSE;
    }
    return TRUE;
}
