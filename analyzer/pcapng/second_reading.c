/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "analyzer/pcapng/second_reading.h"

#include "analyzer/input.h"
#include "analyzer/points.h"

struct second_reading {
    const input_options *options; /* borrowed */
    turn_credentials *credentials;
    points *from;
    turn_report *found;
    gboolean has_all;
    places *where;
    comments *said;
    const char **paths;
    annotation with;
};

static capture *reopen(gpointer data, guint32 index, GError **error) {
    const second_reading *self = data;

    return capture_open(self->paths[index], error);
}

static void prepare(gpointer data, turn_tracker *tracker) {
    const second_reading *self = data;

    input_options_prepare(self->options, self->credentials, tracker);
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
                        "%s: %s reads a capture twice: save it into a file first", name, command);
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
        !check_twice(self, command, error) || !check_turn_ports(options->turn_ports, error) ||
        !input_options_passwords(options, &self->credentials, error)) {
        return NULL;
    }
    return g_steal_pointer(&self);
}

void second_reading_free(second_reading *self) {
    if (self == NULL) {
        return;
    }
    g_free(self->paths);
    comments_free(self->said);
    places_free(self->where);
    turn_report_free(self->found);
    points_free(self->from);
    turn_credentials_free(self->credentials);
    g_free(self);
}

const char **second_reading_files(const second_reading *self) {
    return points_files(self->from);
}

gboolean second_reading_judge(second_reading *self) {
    packet_words *words;

    self->has_all = points_read(self->from, self->found);
    if (self->found->captures->len == 0) {
        return FALSE;
    }
    self->with.found = self->found;
    self->paths = g_new0(const char *, (gsize)self->found->captures->len);
    for (guint i = 0; i < self->found->captures->len; i++) {
        self->paths[i] = points_path(self->from, i);
    }
    self->with.paths = self->paths;
    self->with.again = (reopening){.open = reopen, .data = self};
    self->where = places_new(self->found, &self->with.again);
    words = packet_words_new();
    packet_words_add_log(words, points_messages(self->from, turn_point_text(TURN_POINT_CLIENT)));
    if (self->found->join != NULL) {
        packet_words_add_log(words,
                             points_messages(self->from, turn_point_text(TURN_POINT_SERVER)));
    }
    packet_words_sort(words);
    self->said = comments_new(self->found, self->where, words);
    self->with.where = self->where;
    self->with.said = self->said;
    return TRUE;
}

gboolean second_reading_has_all(const second_reading *self) {
    return self->has_all;
}

const annotation *second_reading_annotation(const second_reading *self) {
    return &self->with;
}

static void complain_of_packets(const char *output, guint64 count, const char *why) {
    g_autofree char *name = g_filename_display_name(output);
    g_autofree char *text = NULL;

    if (count > 0) {
        text = g_strdup_printf("%s: %" G_GUINT64_FORMAT " packets got no comment: %s", name, count,
                               why);
        complain(text);
    }
}

gboolean second_reading_complain(const char *output, const annotated *result) {
    complain_of_packets(output, result->simple,
                        "simple packet blocks of pcapng have no room for one");
    complain_of_packets(output, result->damaged, "the options that they have are damaged");
    if (result->wrong != NULL) {
        complain(result->wrong);
    }
    return !result->cut;
}
