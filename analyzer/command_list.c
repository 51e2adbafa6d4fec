/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "analyzer/command.h"
#include "analyzer/input.h"
#include "analyzer/list_json.h"
#include "analyzer/output.h"

typedef struct list_options {
    char *format;
    char *output;
    gboolean together;
    char **turn_ports;
    char **files;
} list_options;

static void options_clear(list_options *options) {
    g_free(options->format);
    g_free(options->output);
    g_strfreev(options->turn_ports);
    g_strfreev(options->files);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(list_options, options_clear)

static gboolean parse_options(int count, char **arguments, list_options *options, GError **error) {
    const GOptionEntry entries[] = {
        {"format", 'f', 0, G_OPTION_ARG_STRING, &options->format, "text (default), tsv or json",
         "FORMAT"},
        {"output", 'o', 0, G_OPTION_ARG_FILENAME, &options->output,
         "write the list to FILE instead of standard output", "FILE"},
        {"together", 0, 0, G_OPTION_ARG_NONE, &options->together,
         "the files are the rotated files of one capture, taken at one place", NULL},
        {"turn-port", 0, 0, G_OPTION_ARG_STRING_ARRAY, &options->turn_ports,
         "a TURN server listens on PORT too; may be repeated (3478-3483 and 5349 are known)",
         "PORT"},
        {G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &options->files, NULL, "FILE..."},
        G_OPTION_ENTRY_NULL};

    return parse_command(
        count, arguments, "turnpcap list", entries,
        "One line a session, to find the one that matters among many. Each FILE is a\n"
        "capture of its own, pcap or pcapng, also compressed, or - for standard input.\n"
        "The number is the one for: turnpcap show FILE -s NUMBER.\n\n"
        "Exit status: 0 healthy, 1 failed or degraded, 3 inconclusive, whichever is the\n"
        "worst of all files; 2 when the command line is wrong, or a file could not be\n"
        "read at all.",
        error);
}

static gboolean check_options(const list_options *options, GError **error) {
    static const char *const formats[] = {"text", "tsv", "json", NULL};

    if (options->files == NULL) {
        g_set_error_literal(error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                            "list needs a capture file. Try: turnpcap list --help");
        return FALSE;
    }
    if (options->format != NULL && !g_strv_contains(formats, options->format)) {
        g_set_error(error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                    "there is no format \"%s\": text, tsv or json", options->format);
        return FALSE;
    }
    return check_inputs((const char *const *)options->files, error) &&
           output_spares(options->output, (const char *const *)options->files, error) &&
           check_turn_ports(options->turn_ports, error);
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

    add_turn_ports(options->turn_ports, tracker);
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
        return list_capture(list, options, options->files);
    }
    for (char **file = options->files; *file != NULL; file++) {
        char *alone[] = {*file, NULL};

        all_read &= list_capture(list, options, alone);
    }
    return all_read;
}

static char *write_list(const turn_list *list, const list_options *options) {
    if (g_strcmp0(options->format, "tsv") == 0) {
        return turn_list_write_tsv(list);
    }
    if (g_strcmp0(options->format, "json") == 0) {
        return list_json_write(list);
    }
    return turn_list_write_text(list, options->output == NULL ? output_width() : TURN_LIST_WIDTH);
}

int command_list(int count, char **arguments) {
    g_auto(list_options) options = {0};
    g_autoptr(turn_list) list = turn_list_new();
    g_autoptr(GError) error = NULL;
    g_autofree char *text = NULL;
    gboolean all_read;

    if (!parse_options(count, arguments, &options, &error) || !check_options(&options, &error)) {
        complain(error->message);
        return COMMAND_UNUSABLE;
    }
    all_read = list_files(list, &options);
    if (list->rows->len == 0) {
        return COMMAND_UNUSABLE;
    }
    text = write_list(list, &options);
    if (!output_write(text, options.output, &error)) {
        complain(error->message);
        return COMMAND_UNUSABLE;
    }
    return all_read ? list->status : COMMAND_UNUSABLE;
}
