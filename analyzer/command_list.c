/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "analyzer/command.h"
#include "analyzer/input.h"
#include "analyzer/list_json.h"
#include "analyzer/output.h"
#include "analyzer/text_options.h"

typedef struct list_options {
    text_options of;
    gboolean together;
} list_options;

static void options_clear(list_options *options) {
    text_options_clear(&options->of);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(list_options, options_clear)

static char *write_tsv(const turn_list *list, const turn_text_style *style) {
    (void)style;
    return turn_list_write_tsv(list);
}

static char *write_json(const turn_list *list, const turn_text_style *style) {
    (void)style;
    return list_json_write(list);
}

typedef struct list_format {
    /* cppcheck-suppress unusedStructMember ; read through format_table.h */
    const char *name;
    char *(*write)(const turn_list *list, const turn_text_style *style);
} list_format;

static const list_format rows[] = {
    {"text", turn_list_write_text},
    {"tsv", write_tsv},
    {"json", write_json},
};
G_STATIC_ASSERT(G_STRUCT_OFFSET(list_format, name) == 0);
static const format_table formats = FORMAT_TABLE(rows);

static const command_help help = {
    .program = "turnpcap list",
    .summary = "One line a session, to find the one that matters among many. Each FILE is a\n"
               "capture of its own, pcap or pcapng, also compressed, or - for standard input.\n"
               "The number is the one for: turnpcap show FILE -s NUMBER.\n\n"
               "Exit status: 0 healthy, 1 failed or degraded, 3 inconclusive, whichever is the\n"
               "worst of all files; 2 when the command line is wrong, or a file could not be\n"
               "read at all."};

static gboolean parse_options(int count, char **arguments, list_options *options, GError **error) {
    const GOptionEntry own = {"together",
                              0,
                              0,
                              G_OPTION_ARG_NONE,
                              &options->together,
                              "the files are rotated files of one capture",
                              NULL};
    g_autoptr(GArray) entries = g_array_new(TRUE, TRUE, sizeof(GOptionEntry));

    text_options_add(&options->of, entries, &formats, "list");
    g_array_append_val(entries, own);
    return parse_command(count, arguments, &help, entries, error);
}

static void conclude(turn_list *list, turn_tracker *tracker, reader *from, turn_report *found) {
    g_autoptr(turn_judgement) judgement = judge_captures(tracker, from, found);

    turn_list_add(list, found);
}

/* Adds what is in FILES, which are one capture. FALSE when a file could not be read at all. */
static gboolean list_capture(turn_list *list, const list_options *options, char **files) {
    g_autoptr(turn_tracker) tracker = turn_tracker_new();
    g_autoptr(reader) into = reader_new(tracker);
    g_autoptr(turn_report) found = turn_report_new(NULL, NULL);
    g_autoptr(GPtrArray) captures = g_ptr_array_new_with_free_func((GDestroyNotify)capture_free);
    gboolean all_read;

    add_turn_ports(options->of.turn_ports, tracker);
    all_read = open_files(files, into, found, captures);
    if (captures->len > 0) {
        read_captures(into, found, captures);
        conclude(list, tracker, into, found);
    }
    return all_read;
}

static gboolean list_files(turn_list *list, const list_options *options) {
    gboolean all_read = TRUE;

    if (options->together) {
        return list_capture(list, options, options->of.files);
    }
    for (char **file = options->of.files; *file != NULL; file++) {
        char *alone[] = {*file, NULL};

        all_read &= list_capture(list, options, alone);
    }
    return all_read;
}

static gboolean write_list(const turn_list *list, const list_options *options, GError **error) {
    const gboolean is_screen = options->of.output == NULL;
    const turn_text_style style = {.width = is_screen ? output_width() : TURN_WRAP_WIDTH,
                                   .colour = is_screen && wants_colour()};
    const list_format *format = options->of.format;
    g_autofree char *text = format->write(list, &style);

    return output_write(text, options->of.output, error);
}

int command_list(int count, char **arguments) {
    g_auto(list_options) options = {0};
    g_autoptr(turn_list) list = turn_list_new();
    g_autoptr(GError) error = NULL;
    gboolean all_read;

    if (!parse_options(count, arguments, &options, &error) ||
        !text_options_check(&options.of, &formats, "list", &error)) {
        complain(error->message);
        return COMMAND_UNUSABLE;
    }
    all_read = list_files(list, &options);
    if (list->rows->len == 0) {
        return COMMAND_UNUSABLE;
    }
    if (!write_list(list, &options, &error)) {
        complain(error->message);
        return COMMAND_UNUSABLE;
    }
    return all_read ? list->status : COMMAND_UNUSABLE;
}
