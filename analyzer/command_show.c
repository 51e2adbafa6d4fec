/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "analyzer/command.h"
#include "analyzer/input.h"
#include "analyzer/ladder_json.h"
#include "analyzer/output.h"
#include "turn/report/text_ladder.h"

typedef struct show_options {
    char *format;
    char *output;
    int session;
    char **turn_ports;
    char **files;
} show_options;

static void options_clear(show_options *options) {
    g_free(options->format);
    g_free(options->output);
    g_strfreev(options->turn_ports);
    g_strfreev(options->files);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(show_options, options_clear)

static gboolean parse_options(int count, char **arguments, show_options *options, GError **error) {
    const GOptionEntry entries[] = {
        {"session", 's', 0, G_OPTION_ARG_INT, &options->session,
         "the session to show, by its number in list, or in a report of one place", "NUMBER"},
        {"format", 'f', 0, G_OPTION_ARG_STRING, &options->format, "text (default) or json",
         "FORMAT"},
        {"output", 'o', 0, G_OPTION_ARG_FILENAME, &options->output,
         "write the ladder to FILE instead of standard output", "FILE"},
        {"turn-port", 0, 0, G_OPTION_ARG_STRING_ARRAY, &options->turn_ports,
         "a TURN server listens on PORT too; may be repeated (3478-3483 and 5349 are known)",
         "PORT"},
        {G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &options->files, NULL, "FILE..."},
        G_OPTION_ENTRY_NULL};

    return parse_command(
        count, arguments, "turnpcap show", entries,
        "The ladder of one session: every message between client, server and peer with\n"
        "its frame number, and the findings where their evidence stands. FILE is pcap or\n"
        "pcapng, also compressed, or - for standard input. Several files are the rotated\n"
        "files of one capture.\n\n"
        "Exit status: 0 when the session was shown, 2 when there is no such session, the\n"
        "command line is wrong or an input could not be read at all.",
        error);
}

static gboolean check_options(const show_options *options, GError **error) {
    if (options->files == NULL) {
        g_set_error_literal(error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                            "show needs a capture file. Try: turnpcap show --help");
        return FALSE;
    }
    if (options->format != NULL && !g_str_equal(options->format, "text") &&
        !g_str_equal(options->format, "json")) {
        g_set_error(error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                    "there is no format \"%s\": text or json", options->format);
        return FALSE;
    }
    return check_inputs((const char *const *)options->files, error) &&
           output_spares(options->output, (const char *const *)options->files, error) &&
           check_turn_ports(options->turn_ports, error);
}

static gboolean check_session(const turn_model *model, int number, GError **error) {
    const guint count = model->sessions->len;

    if (number >= 1 && (guint)number <= count) {
        return TRUE;
    }
    if (count == 0) {
        g_set_error_literal(error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                            "there is no TURN session in this capture");
    } else {
        g_set_error(error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                    "say which session with -s NUMBER: there %s %u (turnpcap list shows %s)",
                    count == 1 ? "is" : "are", count, count == 1 ? "it" : "them");
    }
    return FALSE;
}

static gboolean show_session(const show_options *options, const turn_ladder_log *log,
                             const turn_report *found, GError **error) {
    g_autoptr(turn_ladder) ladder = NULL;
    g_autofree char *text = NULL;

    if (!check_session(found->model, options->session, error)) {
        return FALSE;
    }
    ladder = turn_ladder_new(log, found->model, found->judgement,
                             g_ptr_array_index(found->model->sessions, options->session - 1));
    text = g_strcmp0(options->format, "json") == 0
               ? ladder_json_write(ladder, found)
               : turn_ladder_write_text(ladder, found, options->output == NULL && wants_colour());
    return output_write(text, options->output, error);
}

static gboolean conclude(const show_options *options, turn_tracker *tracker, reader *from,
                         turn_report *found, const turn_ladder_log *log) {
    g_autoptr(turn_judgement) judgement = judge_captures(tracker, from, found);
    g_autoptr(GError) error = NULL;

    if (!show_session(options, log, found, &error)) {
        complain(error->message);
        return FALSE;
    }
    return TRUE;
}

int command_show(int count, char **arguments) {
    g_auto(show_options) options = {0};
    g_autoptr(GError) error = NULL;
    g_autoptr(turn_tracker) tracker = turn_tracker_new();
    g_autoptr(turn_ladder_log) log = turn_ladder_log_new(tracker);
    g_autoptr(reader) into = reader_new(tracker);
    g_autoptr(turn_report) found = turn_report_new(NULL, NULL);
    g_autoptr(GPtrArray) captures = g_ptr_array_new_with_free_func((GDestroyNotify)capture_free);
    gboolean all_read;

    if (!parse_options(count, arguments, &options, &error) || !check_options(&options, &error)) {
        complain(error->message);
        return COMMAND_UNUSABLE;
    }
    add_turn_ports(options.turn_ports, tracker);
    all_read = open_files(options.files, into, found, captures);
    if (captures->len == 0) {
        return COMMAND_UNUSABLE;
    }
    read_captures(into, found, captures);
    return conclude(&options, tracker, into, found, log) && all_read ? 0 : COMMAND_UNUSABLE;
}
