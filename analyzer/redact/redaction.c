/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "analyzer/redact/redaction.h"

#include "analyzer/output.h"
#include "analyzer/redact/redact_key.h"
#include "analyzer/redact/redact_learn.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* The packets of one capture file. */
typedef struct filtered {
    redact_by by;
    const capture *from; /* borrowed */
    GByteArray *buffer;
} filtered;

typedef struct opened_file {
    char *name; /* stands for PATH; the key of the table */
    char *path;
    guint place;
    guint number;
} opened_file;

struct redaction {
    stand_ins *names;
    gboolean packets_only;
    gsize memory;
    redact_lesson *lessons[REDACTION_PLACES];
    GHashTable *opened; /* of names of captures: opened_file, owned */
    GPtrArray *filters; /* of filtered: capture files read their packets through them */
};

void redaction_options_clear(redaction_options *self) {
    g_clear_pointer(&self->key, g_free);
    g_clear_pointer(&self->table, g_free);
}

void redaction_add_options(redaction_options *self, GArray *entries) {
    const GOptionEntry own[] = {{"redact", 0, 0, G_OPTION_ARG_NONE, &self->redact,
                                 "stand-ins for addresses and names, payload blank", NULL},
                                {"redact-key", 0, 0, G_OPTION_ARG_FILENAME, &self->key,
                                 "the same FILE makes the same stand-ins", "FILE"},
                                {"redact-table", 0, 0, G_OPTION_ARG_FILENAME, &self->table,
                                 "what stands for what, to FILE; not to be sent along", "FILE"}};

    g_array_append_vals(entries, own, G_N_ELEMENTS(own));
}

static gboolean fail(GError **error, const char *message) {
    g_set_error_literal(error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, message);
    return FALSE;
}

static gboolean check_twice(const char *const *inputs, GError **error) {
    for (; *inputs != NULL; inputs++) {
        if (g_str_equal(*inputs, "-") || (g_file_test(*inputs, G_FILE_TEST_EXISTS) &&
                                          !g_file_test(*inputs, G_FILE_TEST_IS_REGULAR))) {
            return fail(error, "--redact reads a capture twice: write it to a file first, and give "
                               "that instead of standard input or a pipe");
        }
    }
    return TRUE;
}

static gboolean check_table(const redaction_options *self, const char *const *outputs,
                            GError **error) {
    for (; outputs != NULL && *outputs != NULL; outputs++) {
        if (output_is_same(*outputs, self->table)) {
            return fail(error, "--redact-table and an output are the same file: choose another "
                               "name");
        }
    }
    return TRUE;
}

gboolean redaction_check(const redaction_options *self, const char *const *inputs,
                         const char *const *outputs, GError **error) {
    if (!self->redact) {
        return (self->key == NULL && self->table == NULL) ||
               fail(error, "--redact-key and --redact-table need --redact");
    }
    if (inputs != NULL && !check_twice(inputs, error)) {
        return FALSE;
    }
    return self->table == NULL || check_table(self, outputs, error);
}

static void filtered_free(gpointer data) {
    filtered *self = data;

    g_byte_array_unref(self->buffer);
    g_free(self);
}

static void opened_free(gpointer data) {
    opened_file *self = data;

    g_free(self->name);
    g_free(self->path);
    g_free(self);
}

redaction *redaction_new(const redaction_options *options, GError **error) {
    guint8 key[REDACT_KEY_SIZE];
    redaction *self;

    if (!options->redact || !redact_key_read(options->key, key, error)) {
        return NULL;
    }
    self = g_new0(redaction, 1);
    self->names = stand_ins_new(key, sizeof key);
    self->packets_only = options->packets_only;
    self->memory = options->memory;
    self->opened = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, opened_free);
    self->filters = g_ptr_array_new_with_free_func(filtered_free);
    explicit_bzero(key, sizeof key);
    return self;
}

void redaction_free(redaction *self) {
    if (self == NULL) {
        return;
    }
    for (guint place = 0; place < REDACTION_PLACES; place++) {
        redact_lesson_free(self->lessons[place]);
    }
    g_ptr_array_unref(self->filters);
    g_hash_table_destroy(self->opened);
    stand_ins_free(self->names);
    g_free(self);
}

stand_ins *redaction_names(const redaction *self) {
    return self->names;
}

static redact_lesson *lesson_of(redaction *self, guint place) {
    if (self->lessons[place] == NULL) {
        self->lessons[place] = redact_lesson_new(self->names, self->memory);
    }
    return self->lessons[place];
}

void redaction_learn(redaction *self, guint place, turn_tracker *tracker, reader *from,
                     const turn_credentials *credentials) {
    g_return_if_fail(place < REDACTION_PLACES);
    g_clear_pointer(&self->lessons[place], redact_lesson_free);
    redact_lesson_learn(lesson_of(self, place), tracker, from, credentials);
}

void redaction_repeat(redaction *self, guint place, turn_tracker *tracker) {
    redact_lesson_repeat(lesson_of(self, place), tracker);
}

gboolean redaction_is_complete(const redaction *self, GError **error) {
    for (guint place = 0; place < REDACTION_PLACES; place++) {
        const redact_lesson *lesson = self->lessons[place];

        if (lesson != NULL && !redact_lesson_is_complete(lesson)) {
            g_set_error_literal(error, G_FILE_ERROR, G_FILE_ERROR_NOSPC,
                                "there is more in TCP streams or fragments than --redact can keep: "
                                "write one session into a file with turnpcap extract, or a "
                                "shorter time with editcap, and give that with --redact");
            return FALSE;
        }
    }
    return TRUE;
}

static void redact_record(gpointer data, capture_packet *packet) {
    filtered *self = data;
    redact_region frame;

    g_byte_array_set_size(self->buffer, 0);
    if (packet->captured == 0) {
        return;
    }
    g_byte_array_append(self->buffer, packet->bytes, packet->captured);
    frame = (redact_region){.before = packet->bytes,
                            .after = self->buffer->data,
                            .captured = packet->captured,
                            .reported = packet->reported};
    redact_packet(&self->by, capture_get_info(self->from)->link_type, frame, packet->time);
    packet->bytes = self->buffer->data;
}

char *redaction_file_name(guint number, const char *path) {
    static const char *const kinds[] = {".pcap", ".pcapng", ".cap", ".dmp"};
    static const char *const packings[] = {"", ".gz", ".bz2", ".xz", ".zst", ".lz4", ".lzma", ".Z"};
    g_autofree char *lower = g_ascii_strdown(path, -1);

    for (gsize i = 0; i < G_N_ELEMENTS(kinds); i++) {
        for (gsize j = 0; j < G_N_ELEMENTS(packings); j++) {
            g_autofree char *ending = g_strconcat(kinds[i], packings[j], NULL);

            if (g_str_has_suffix(lower, ending) || g_str_has_suffix(path, ending)) {
                return g_strdup_printf("capture-%u%s", number + 1, ending);
            }
        }
    }
    return g_strdup_printf("capture-%u", number + 1);
}

static void remember(redaction *self, guint place, guint number, const char *path) {
    opened_file *added = g_new0(opened_file, 1);

    added->name = redaction_file_name(number, path);
    added->path = g_strdup(path);
    added->place = place;
    added->number = number;
    g_hash_table_replace(self->opened, added->name, added);
}

capture *redaction_open(redaction *self, guint place, guint number, const char *path,
                        GError **error) {
    g_autofree char *name = redaction_file_name(number, path);
    source *bytes = source_open(path, error);
    capture *from = bytes != NULL ? capture_open_source(name, bytes, error) : NULL;
    filtered *by;

    if (from == NULL) {
        return NULL;
    }
    by = g_new0(filtered, 1);
    by->by = redact_lesson_by(lesson_of(self, place));
    by->from = from;
    by->buffer = g_byte_array_new();
    g_ptr_array_add(self->filters, by);
    if (self->packets_only) {
        capture_count_packets(from);
    }
    capture_set_filter(from, redact_record, by);
    remember(self, place, number, path);
    return from;
}

capture *redaction_reopen(redaction *self, const char *name, GError **error) {
    const opened_file *known = g_hash_table_lookup(self->opened, name);
    g_autofree char *path = NULL;

    g_return_val_if_fail(known != NULL, NULL);
    path = g_strdup(known->path); /* it is remembered anew */
    return redaction_open(self, known->place, known->number, path, error);
}

char *redaction_warning(const redaction *self) {
    const guint64 unnamed = stand_ins_not_remembered(self->names);

    return unnamed > 0 ? g_strdup("There are more addresses or names than can be told apart: some "
                                  "stand-ins may stand for two of them.")
                       : NULL;
}

static gboolean fail_table(const char *path, GError **error) {
    const int reason = errno;
    g_autofree char *name = g_filename_display_name(path);

    g_set_error(error, G_FILE_ERROR, g_file_error_from_errno(reason), "cannot write %s: %s", name,
                g_strerror(reason));
    return FALSE;
}

/* The file may be there and readable for everybody: its mode is set before anything is in it. A
 * device is for all programs. */
static gboolean make_private(int file) {
    struct stat status;

    return fstat(file, &status) == 0 && (!S_ISREG(status.st_mode) || fchmod(file, 0600) == 0);
}

gboolean redaction_write_table(const redaction *self, const redaction_options *options,
                               GError **error) {
    g_autofree char *table = NULL;
    gboolean written;
    gsize length;
    int file;

    if (options->table == NULL) {
        return TRUE;
    }
    file = open(options->table, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (file < 0) {
        return fail_table(options->table, error);
    }
    table = stand_ins_table(self->names);
    length = strlen(table);
    written = make_private(file);
    for (gsize at = 0; written && at < length;) {
        const gssize wrote = write(file, table + at, length - at);

        written = wrote > 0;
        at += written ? (gsize)wrote : 0;
    }
    if (close(file) != 0 || !written) {
        return fail_table(options->table, error);
    }
    return TRUE;
}
