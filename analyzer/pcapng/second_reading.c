/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "analyzer/pcapng/second_reading.h"

#include "analyzer/input.h"
#include "analyzer/output.h"
#include "analyzer/points.h"
#include "analyzer/redact/redact_reading.h"

#include <glib/gstdio.h>

struct second_reading {
    const input_options *options; /* borrowed */
    turn_credentials *credentials;
    redact_reading *redacted; /* NULL: what is written is what the captures hold */
    points *from;
    turn_report *found;
    gboolean has_all;
    places *where;
    comments *said;
    const char **names; /* of the captures, in the report */
    const char **paths; /* their files */
    annotation with;
};

static capture *reopen(gpointer data, guint32 index, GError **error) {
    const second_reading *self = data;

    return self->redacted != NULL ? redact_reading_reopen(self->redacted, self->names[index], error)
                                  : capture_open(self->paths[index], error);
}

static void prepare(gpointer data, turn_tracker *tracker) {
    const second_reading *self = data;

    /* Signatures fit what they are of before redaction only. */
    input_options_prepare(self->options, self->redacted == NULL ? self->credentials : NULL,
                          tracker);
}

static gboolean check_given(const input_options *options, const char *command, GError **error) {
    if (options->at != NULL || options->files != NULL) {
        return TRUE;
    }
    g_set_error(error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                "%s needs a capture file. Try: turnpcap %s --help", command, command);
    return FALSE;
}

/* What comes through a pipe is gone after the first time. */
static gboolean check_twice(const second_reading *self, const char *command, GError **error) {
    g_autofree const char **files = second_reading_files(self);

    for (const char **file = files; *file != NULL; file++) {
        if (g_str_equal(*file, "-") || (g_file_test(*file, G_FILE_TEST_EXISTS) &&
                                        !g_file_test(*file, G_FILE_TEST_IS_REGULAR))) {
            g_autofree char *name = g_filename_display_name(*file);

            g_set_error(error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                        "%s: %s reads a capture more than once: save it into a file first", name,
                        command);
            return FALSE;
        }
    }
    return TRUE;
}

/* A file that is given twice would be judged as two captures. */
static gboolean check_once(const second_reading *self, GError **error) {
    g_autofree const char **files = second_reading_files(self);
    g_autoptr(GHashTable) known = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);

    for (const char **file = files; *file != NULL; file++) {
        GStatBuf status;
        char *which;

        if (g_stat(*file, &status) != 0) {
            continue;
        }
        which = g_strdup_printf("%" G_GUINT64_FORMAT " %" G_GUINT64_FORMAT, (guint64)status.st_dev,
                                (guint64)status.st_ino);
        if (!g_hash_table_add(known, which)) {
            g_autofree char *name = g_filename_display_name(*file);

            g_set_error(error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                        "%s: the same capture is given twice", name);
            return FALSE;
        }
    }
    return TRUE;
}

second_reading *second_reading_new(const input_options *options, const char *command,
                                   GError **error) {
    g_autoptr(second_reading) self = g_new0(second_reading, 1);

    self->options = options;
    self->from = points_new(prepare, self);
    self->found = turn_report_new(NULL, NULL);
    points_keep_messages(self->from);
    if (!check_given(options, command, error) ||
        !points_choose(self->from, options->at, options->files, error) ||
        !check_twice(self, command, error) || !check_once(self, error) ||
        !check_turn_ports(options->turn_ports, error) ||
        !input_options_passwords(options, &self->credentials, error)) {
        return NULL;
    }
    return g_steal_pointer(&self);
}

void second_reading_free(second_reading *self) {
    if (self == NULL) {
        return;
    }
    g_free(self->names);
    g_free(self->paths);
    comments_free(self->said);
    places_free(self->where);
    turn_report_free(self->found);
    points_free(self->from);
    redact_reading_free(self->redacted);
    turn_credentials_free(self->credentials);
    g_free(self);
}

const char **second_reading_files(const second_reading *self) {
    return points_files(self->from);
}

GStrv second_reading_names(const second_reading *self) {
    g_autofree const char **files = second_reading_files(self);
    g_autoptr(GPtrArray) names = g_ptr_array_new();

    for (guint i = 0; files[i] != NULL; i++) {
        g_ptr_array_add(names, self->options->redaction.redact ? redaction_file_name(i, files[i])
                                                               : g_strdup(files[i]));
    }
    g_ptr_array_add(names, NULL);
    return (GStrv)g_ptr_array_free(g_steal_pointer(&names), FALSE);
}

gboolean second_reading_output(const char *output, const char *how, GError **error) {
    if (output == NULL) {
        g_set_error(error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, "say where to write: %s", how);
        return FALSE;
    }
    if (output_is_standard(output)) {
        g_set_error(error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                    "a capture is not written to standard output: %s", how);
        return FALSE;
    }
    return output_has_name(output, error);
}

gboolean second_reading_check(const second_reading *self, const char *const *outputs,
                              GError **error) {
    g_autofree const char **files = second_reading_files(self);

    return input_options_check(self->options, files, outputs, error);
}

static gboolean redact_first(second_reading *self, GError **error) {
    g_autoptr(GError) failure = NULL;

    self->redacted = redact_reading_new(self->options, self->credentials, &failure);
    if (failure != NULL) {
        g_propagate_error(error, g_steal_pointer(&failure));
        return FALSE;
    }
    if (self->redacted != NULL) {
        redact_reading_attach(self->redacted, self->from);
    }
    return TRUE;
}

/* The file that is called NAME in the report. */
static const char *path_of(const char *name, const char *const *names, const char *const *files) {
    guint i = 0;

    while (names[i + 1] != NULL && !g_str_equal(names[i], name)) {
        i++;
    }
    return files[i];
}

static void note_captures(second_reading *self) {
    const guint count = self->found->captures->len;
    g_autofree const char **files = second_reading_files(self);
    g_auto(GStrv) names = second_reading_names(self);

    self->names = g_new0(const char *, (gsize)count);
    self->paths = g_new0(const char *, (gsize)count);
    for (guint i = 0; i < count; i++) {
        self->names[i] = points_path(self->from, i);
        self->paths[i] = path_of(self->names[i], (const char *const *)names, files);
    }
}

static void add_messages(const second_reading *self, packet_words *words) {
    packet_words_add_log(words, points_messages(self->from, turn_point_text(TURN_POINT_CLIENT)));
    if (self->found->join != NULL) {
        packet_words_add_log(words,
                             points_messages(self->from, turn_point_text(TURN_POINT_SERVER)));
    }
    packet_words_sort(words);
}

static void prepare_annotation(second_reading *self) {
    packet_words *words = packet_words_new();
    const reopening again = {.open = reopen, .data = self};

    note_captures(self);
    add_messages(self, words);
    self->where = places_new(self->found, &again);
    self->said = comments_new(self->found, self->where, words);
    self->with = (annotation){.found = self->found,
                              .where = self->where,
                              .said = self->said,
                              .again = again,
                              .paths = self->paths,
                              .from_packets = self->redacted != NULL};
}

gboolean second_reading_judge(second_reading *self) {
    g_autoptr(GError) error = NULL;

    if (!redact_first(self, &error)) {
        complain(error->message);
        return FALSE;
    }
    self->has_all = points_read(self->from, self->found);
    if (self->found->captures->len == 0) {
        return FALSE; /* of each it was said why */
    }
    if (self->redacted != NULL && !redact_reading_finish(self->redacted, self->found, &error)) {
        complain(error->message);
        return FALSE;
    }
    prepare_annotation(self);
    return TRUE;
}

gboolean second_reading_has_all(const second_reading *self) {
    return self->has_all;
}

const annotation *second_reading_annotation(const second_reading *self) {
    return &self->with;
}

static void complain_of(const char *output, guint64 count, const char *what) {
    g_autofree char *name = g_filename_display_name(output);
    g_autofree char *text = NULL;

    if (count > 0) {
        text = g_strdup_printf("%s: %" G_GUINT64_FORMAT " packets %s", name, count, what);
        complain(text);
    }
}

static void complain_of_packets(const char *output, const annotated *result) {
    complain_of(output, result->simple,
                "got no comment: simple packet blocks of pcapng have no room for one");
    complain_of(output, result->damaged,
                "got no comment: the options that they have are damaged, or leave no room");
    complain_of(output, result->timeless,
                "have no time in the capture (simple packet blocks of pcapng): 1970 stands for it, "
                "and a comment says so");
    complain_of(output, result->bereft,
                "lost comments and options of their own, which are damaged");
    complain_of(output, result->shortened,
                "are shorter than in the capture, which has more of them than the snap length in "
                "its own header allows. Mend the header first: mergecap -F pcap -w NEW.pcap "
                "CAPTURE");
}

gboolean second_reading_complain(const char *output, const annotated *result) {
    if (result->placeless) {
        g_autofree char *name = g_filename_display_name(output);
        g_autofree char *text = g_strdup_printf(
            "%s: the verdict is not in the file: the options of its sections are damaged", name);

        complain(text);
    }
    if (result->wrong != NULL) {
        complain(result->wrong);
    }
    complain_of_packets(output, result);
    return !result->cut && result->shortened == 0;
}
