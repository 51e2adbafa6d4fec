/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "analyzer/redact/redact_reading.h"

#include "analyzer/input.h"

#define CHECKED                                                                                    \
    "MESSAGE-INTEGRITY was checked before redaction: of the redacted messages it cannot be "       \
    "checked any more."

struct redact_reading {
    const input_options *options;  /* borrowed */
    turn_credentials *credentials; /* borrowed */
    redaction *by;
};

static void prepare(gpointer data, turn_tracker *tracker) {
    const redact_reading *self = data;

    input_options_prepare(self->options, self->credentials, tracker);
}

static void learn_place(gpointer data, guint place, turn_tracker *tracker, reader *from) {
    const redact_reading *self = data;

    redaction_learn(self->by, place, tracker, from, self->credentials);
}

/* With the frame numbers of the second reading. */
static capture *open_first(gpointer data, guint place, guint number, const char *path,
                           GError **error) {
    const redact_reading *self = data;
    g_autoptr(capture) from = capture_open(path, error);

    (void)place;
    (void)number;
    if (from == NULL) {
        return NULL;
    }
    if (self->options->redaction.packets_only) {
        capture_count_packets(from);
    }
    return capture_probe(from, error) ? g_steal_pointer(&from) : NULL;
}

/* Nothing is said of what is wrong with a file: the second reading comes across the same. */
static gboolean learn(redact_reading *self, GError **error) {
    const points_hooks hooks = {
        .begin = learn_place, .open = open_first, .quiet = TRUE, .data = self};
    g_autoptr(turn_report) found = turn_report_new(NULL, NULL);
    g_autoptr(points) from = points_new(prepare, self);

    points_set_hooks(from, &hooks);
    if (!points_choose(from, self->options->at, self->options->files, error)) {
        return FALSE;
    }
    points_read(from, found);
    return redaction_is_complete(self->by, error);
}

redact_reading *redact_reading_new(const input_options *options, turn_credentials *credentials,
                                   GError **error) {
    redaction *by = redaction_new(&options->redaction, error);
    g_autoptr(redact_reading) self = NULL;

    if (by == NULL) {
        return NULL;
    }
    self = g_new0(redact_reading, 1);
    self->options = options;
    self->credentials = credentials;
    self->by = by;
    return learn(self, error) ? g_steal_pointer(&self) : NULL;
}

void redact_reading_free(redact_reading *self) {
    if (self != NULL) {
        redaction_free(self->by);
        g_free(self);
    }
}

static void repeat_place(gpointer data, guint place, turn_tracker *tracker, reader *from) {
    const redact_reading *self = data;

    (void)from;
    redaction_repeat(self->by, place, tracker);
}

static capture *open_redacted(gpointer data, guint place, guint number, const char *path,
                              GError **error) {
    const redact_reading *self = data;
    g_autoptr(capture) from = redaction_open(self->by, place, number, path, error);

    return from != NULL && capture_probe(from, error) ? g_steal_pointer(&from) : NULL;
}

void redact_reading_attach(redact_reading *self, points *from) {
    const points_hooks hooks = {
        .begin = repeat_place, .open = open_redacted, .called = redaction_file_name, .data = self};

    points_set_hooks(from, &hooks);
}

gboolean redact_reading_finish(const redact_reading *self, turn_report *found, GError **error) {
    g_autofree char *warning = redaction_warning(self->by);

    if (warning != NULL) {
        complain(warning);
    }
    found->redacted = TRUE;
    if (self->credentials != NULL && found->captures->len > 0) {
        turn_report_capture *first = g_ptr_array_index(found->captures, 0);

        g_ptr_array_add(first->warnings, g_strdup(CHECKED));
    }
    return redaction_write_table(self->by, &self->options->redaction, error);
}

capture *redact_reading_reopen(const redact_reading *self, const char *name, GError **error) {
    return redaction_reopen(self->by, name, error);
}
