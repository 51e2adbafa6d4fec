/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "analyzer/command.h"
#include "analyzer/input.h"
#include "analyzer/output.h"
#include "analyzer/report_json.h"

typedef struct report_options {
    char *format;
    char *output;
    gboolean messages;
    char **turn_ports;
    char **files;
} report_options;

static void options_clear(report_options *options) {
    g_free(options->format);
    g_free(options->output);
    g_strfreev(options->turn_ports);
    g_strfreev(options->files);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(report_options, options_clear)

static gboolean parse_options(int count, char **arguments, report_options *options,
                              GError **error) {
    const GOptionEntry entries[] = {
        {"format", 'f', 0, G_OPTION_ARG_STRING, &options->format, "text (default) or json",
         "FORMAT"},
        {"output", 'o', 0, G_OPTION_ARG_FILENAME, &options->output,
         "write the report to FILE instead of standard output", "FILE"},
        {"messages", 0, 0, G_OPTION_ARG_NONE, &options->messages,
         "list every STUN message (json only)", NULL},
        {"turn-port", 0, 0, G_OPTION_ARG_STRING_ARRAY, &options->turn_ports,
         "a TURN server listens on PORT too; may be repeated (3478-3483 and 5349 are known)",
         "PORT"},
        {G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &options->files, NULL, "FILE..."},
        G_OPTION_ENTRY_NULL};

    return parse_command(
        count, arguments, "turnpcap report", entries,
        "Says what went wrong with TURN in a capture, with frame numbers and remedies.\n"
        "FILE is pcap or pcapng, also compressed, or - for standard input. Several files\n"
        "are the rotated files of one capture.\n\n"
        "Exit status: 0 healthy, 1 failed or degraded, 3 inconclusive, 2 when the command\n"
        "line is wrong or an input could not be read at all.",
        error);
}

static gboolean check_options(const report_options *options, turn_tracker *tracker,
                              GError **error) {
    if (options->files == NULL) {
        g_set_error_literal(error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                            "report needs a capture file. Try: turnpcap report --help");
        return FALSE;
    }
    if (options->format != NULL && !g_str_equal(options->format, "text") &&
        !g_str_equal(options->format, "json")) {
        g_set_error(error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                    "there is no format \"%s\": text or json", options->format);
        return FALSE;
    }
    return add_turn_ports(options->turn_ports, tracker, error);
}

static void keep_message(gpointer data, const turn_packet *packet, const stun_message *message) {
    g_ptr_array_add(data, turn_report_message_new(packet, message));
}

static gboolean write_report(const turn_report *found, const report_options *options,
                             GError **error) {
    const gboolean json = g_strcmp0(options->format, "json") == 0;
    g_autofree char *text =
        json ? report_json_write(found)
             : turn_report_write_text(found, options->output == NULL && wants_colour());

    return output_write(text, options->output, error);
}

static int conclude(const report_options *options, turn_tracker *tracker, reader *from,
                    turn_report *found, gboolean all_read) {
    g_autoptr(turn_judgement) judgement = judge_captures(tracker, from, found);
    g_autoptr(GError) error = NULL;

    if (!write_report(found, options, &error)) {
        complain(error->message);
        return COMMAND_UNUSABLE;
    }
    return all_read ? turn_report_exit_status(found) : COMMAND_UNUSABLE;
}

int command_report(int count, char **arguments) {
    g_auto(report_options) options = {0};
    g_autoptr(GError) error = NULL;
    g_autoptr(turn_tracker) tracker = turn_tracker_new();
    g_autoptr(reader) into = reader_new(tracker);
    g_autoptr(turn_report) found = turn_report_new(NULL, NULL);
    g_autoptr(GPtrArray) captures = g_ptr_array_new_with_free_func((GDestroyNotify)capture_free);
    gboolean all_read;

    if (!parse_options(count, arguments, &options, &error) ||
        !check_options(&options, tracker, &error)) {
        complain(error->message);
        return COMMAND_UNUSABLE;
    }
    if (options.messages) {
        found->messages = g_ptr_array_new_with_free_func((GDestroyNotify)turn_report_message_free);
        turn_tracker_observe(tracker, keep_message, found->messages);
    }
    all_read = open_files(options.files, into, found, captures);
    if (found->captures->len == 0) {
        return COMMAND_UNUSABLE;
    }
    read_captures(into, found, captures);
    return conclude(&options, tracker, into, found, all_read);
}
