/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "analyzer/command.h"
#include "analyzer/input.h"
#include "analyzer/output.h"
#include "analyzer/pcapng/second_reading.h"
#include "turn/report/words.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <string.h>

#define ALL_MAY 0777 /* as far as the user's mask lets them */

typedef struct annotate_options {
    char *output;
    input_options input;
} annotate_options;

static void options_clear(annotate_options *options) {
    g_free(options->output);
    input_options_clear(&options->input);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(annotate_options, options_clear)

static const command_help help = {
    .program = "turnpcap annotate",
    .required = "-o OUT",
    .summary = "Writes a capture once more as pcapng, with comments that any Wireshark shows: on\n"
               "each packet of a TURN session what it is, on evidence the finding, and on the\n"
               "file the verdict. Frame numbers stay what they are, and so do comments that are\n"
               "there, but for those of an earlier run, which begin with \"turnpcap: \". FILE is\n"
               "pcap or pcapng, also compressed; several are taken as by report. What was\n"
               "written is said on standard error.\n\n"
               "Exit status: 0 written, 2 when the command line is wrong, an input could not be\n"
               "read to its end, or OUT could not be written."};

static gboolean parse_options(int count, char **arguments, annotate_options *options,
                              GError **error) {
    const GOptionEntry own[] = {{"output", 'o', 0, G_OPTION_ARG_FILENAME, &options->output,
                                 "write OUT; of several FILEs, one each into folder OUT", "OUT"}};
    g_autoptr(GArray) entries = g_array_new(TRUE, TRUE, sizeof(GOptionEntry));

    /* What is said of frames stands in the copy: it has to fit that. */
    options->input.redaction.packets_only = TRUE;
    g_array_append_vals(entries, own, G_N_ELEMENTS(own));
    input_options_add(&options->input, entries);
    return parse_command(count, arguments, &help, entries, error);
}

/* "calls" for "/captures/calls.pcap.gz"; "eth0.pcap1" for a rotated file. */
static char *base_of(const char *file) {
    static const char *const endings[] = {".gz",  ".bz2", ".xz",  ".lzma", ".lz4",
                                          ".zst", ".Z",   ".cap", ".pcap", ".pcapng"};
    char *base = g_path_get_basename(file);

    for (gsize i = 0; i < G_N_ELEMENTS(endings); i++) {
        if (g_str_has_suffix(base, endings[i]) && strlen(base) > strlen(endings[i])) {
            base[strlen(base) - strlen(endings[i])] = '\0';
        }
    }
    return base;
}

/* A name in the folder that none of TAKEN has. */
static char *name_in(const char *folder, const char *file, GHashTable *taken) {
    g_autofree char *base = base_of(file);
    g_autofree char *name = g_strconcat(base, ".pcapng", NULL);

    for (guint i = 2; g_hash_table_contains(taken, name); i++) {
        g_free(name);
        name = g_strdup_printf("%s-%u.pcapng", base, i);
    }
    g_hash_table_add(taken, g_strdup(name));
    return g_build_filename(folder, name, NULL);
}

/* Where each of FILES goes, in their order; of char. */
static GPtrArray *outputs_of(const char *output, const char *const *files) {
    g_autoptr(GHashTable) taken = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    GPtrArray *outputs = g_ptr_array_new_with_free_func(g_free);

    if (files[1] == NULL && !g_file_test(output, G_FILE_TEST_IS_DIR)) {
        g_ptr_array_add(outputs, g_strdup(output));
        return outputs;
    }
    for (; *files != NULL; files++) {
        g_ptr_array_add(outputs, name_in(output, *files, taken));
    }
    return outputs;
}

/* OUT is the name of a file where a folder is needed: FILE was meant to be another word. */
static gboolean check_folder(const char *output, const char *const *files, GError **error) {
    g_autofree char *name = NULL;

    if (files[1] == NULL || g_file_test(output, G_FILE_TEST_IS_DIR) ||
        !(g_str_has_suffix(output, ".pcapng") || g_str_has_suffix(output, ".pcap"))) {
        return TRUE;
    }
    name = g_filename_display_name(output);
    g_set_error(error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                "%s is the name of a file: several captures go into a folder, -o FOLDER", name);
    return FALSE;
}

static gboolean check_outputs(const second_reading *self, const GPtrArray *outputs,
                              GError **error) {
    g_autofree const char **names = g_new0(const char *, (gsize)outputs->len + 1);

    for (guint i = 0; i < outputs->len; i++) {
        names[i] = g_ptr_array_index(outputs, i);
    }
    return second_reading_check(self, names, error);
}

static gboolean make_folder(const char *output, const char *const *files, GError **error) {
    if (files[1] == NULL || g_mkdir_with_parents(output, ALL_MAY) == 0) {
        return TRUE;
    }
    g_set_error(error, G_FILE_ERROR, (gint)g_file_error_from_errno(errno),
                "%s: the folder could not be made: %s", output, g_strerror(errno));
    return FALSE;
}

static void tell(const char *output, const annotated *result, const turn_report *found) {
    g_autofree char *name = g_filename_display_name(output);
    const turn_finding *first = found->judgement->first;
    g_autofree char *text = g_strdup_printf(
        "%s: %" G_GUINT64_FORMAT " packets, %" G_GUINT64_FORMAT " with comments; %s: %s%s%s%s",
        name, result->packets, result->commented, turn_words_level(found->judgement->level),
        turn_report_title(found), first != NULL ? " (" : "",
        first != NULL ? first->cause->identifier : "", first != NULL ? ")" : "");

    complain(text);
}

/* The output of the capture FILE. */
static const char *output_of(const char *file, const char *const *files, const GPtrArray *outputs) {
    for (guint i = 0; i < outputs->len; i++) {
        if (g_str_equal(files[i], file)) {
            return g_ptr_array_index(outputs, i);
        }
    }
    return NULL;
}

static gboolean write_one(const annotation *with, guint32 index, const char *output) {
    g_auto(annotated) result = {0};
    g_autoptr(GError) error = NULL;

    if (!annotate_capture(with, index, output, &result, &error)) {
        complain(error->message);
        return FALSE;
    }
    tell(output, &result, with->found);
    return second_reading_complain(output, &result);
}

static gboolean write_all(second_reading *self, const char *const *files,
                          const GPtrArray *outputs) {
    const annotation *with = second_reading_annotation(self);
    gboolean good = second_reading_has_all(self);

    for (guint32 i = 0; i < with->found->captures->len; i++) {
        good = write_one(with, i, output_of(with->paths[i], files, outputs)) && good;
    }
    return good;
}

static gboolean check_all(const second_reading *self, const char *output, const GPtrArray *outputs,
                          GError **error) {
    g_autofree const char **files = second_reading_files(self);

    return check_folder(output, files, error) && check_outputs(self, outputs, error);
}

/* Where the files of SELF go. Owned by the caller. */
static GPtrArray *outputs_named(const second_reading *self, const char *output) {
    g_auto(GStrv) names = second_reading_names(self);

    return outputs_of(output, (const char *const *)names);
}

/* FALSE after complaints. */
static gboolean annotate(second_reading *self, const char *output, const GPtrArray *outputs) {
    g_autofree const char **files = second_reading_files(self);
    g_autoptr(GError) error = NULL;

    if (!second_reading_judge(self)) {
        return FALSE;
    }
    if (!make_folder(output, files, &error)) {
        complain(error->message);
        return FALSE;
    }
    return write_all(self, files, outputs);
}

int command_annotate(int count, char **arguments) {
    g_auto(annotate_options) options = {0};
    g_autoptr(GError) error = NULL;
    g_autoptr(second_reading) self = NULL;
    g_autoptr(GPtrArray) outputs = NULL;

    if (parse_options(count, arguments, &options, &error) &&
        second_reading_output(options.output, "-o OUT.pcapng, or -o FOLDER for several files",
                              &error)) {
        self = second_reading_new(&options.input, "annotate", &error);
    }
    if (self != NULL) {
        outputs = outputs_named(self, options.output);
        if (check_all(self, options.output, outputs, &error)) {
            return annotate(self, options.output, outputs) ? 0 : COMMAND_UNUSABLE;
        }
    }
    complain(error->message);
    return COMMAND_UNUSABLE;
}
