/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "analyzer/command.h"
#include "analyzer/points.h"
#include "analyzer/report_json.h"
#include "turn/report/printable.h"
#include "turn/report/report.h"

#include <errno.h>
#include <stdio.h>
#include <unistd.h>

typedef struct report_options {
    char *format;
    char *output;
    gboolean messages;
    char **turn_ports;
    char **at;
    char **files;
    GArray *ports; /* of guint16, what TURN_PORTS says */
} report_options;

static void options_clear(report_options *options) {
    g_free(options->format);
    g_free(options->output);
    g_strfreev(options->turn_ports);
    g_strfreev(options->at);
    g_strfreev(options->files);
    g_clear_pointer(&options->ports, g_array_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(report_options, options_clear)

static void complain(const char *message) {
    g_autofree char *safe = turn_printable_text(message);

    fprintf(stderr, "turnpcap: %s\n", safe);
}

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
        {"at", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &options->at,
         "FILE was captured at POINT, client (or a far peer) or server; may be repeated",
         "POINT=FILE"},
        {G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &options->files, NULL, "FILE..."},
        G_OPTION_ENTRY_NULL};
    g_autoptr(GOptionContext) context = g_option_context_new(NULL);
    g_auto(GStrv) own = g_new0(char *, (gsize)count + 1);

    for (int i = 0; i < count; i++) {
        own[i] = g_strdup(arguments[i]);
    }
    g_option_context_add_main_entries(context, entries, NULL);
    g_option_context_set_summary(
        context,
        "Says what went wrong with TURN in a capture, with frame numbers and remedies.\n"
        "FILE is pcap or pcapng, also compressed, or - for standard input. Several files\n"
        "are the rotated files of one capture. With --at client=FILE --at server=FILE two\n"
        "captures of the same time are compared; of two files without it the program sees\n"
        "by itself when one is the client's and the other the server's.\n\n"
        "Exit status: 0 healthy, 1 failed or degraded, 3 inconclusive, 2 when the command\n"
        "line is wrong or an input could not be read at all.");
    g_set_prgname("turnpcap report");
    return g_option_context_parse_strv(context, &own, error);
}

static gboolean check_options(report_options *options, GError **error) {
    if (options->format != NULL && !g_str_equal(options->format, "text") &&
        !g_str_equal(options->format, "json")) {
        g_set_error(error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                    "there is no format \"%s\": text or json", options->format);
        return FALSE;
    }
    options->ports = g_array_new(FALSE, FALSE, sizeof(guint16));
    for (char **port = options->turn_ports; port != NULL && *port != NULL; port++) {
        guint64 number;
        guint16 narrow;

        if (!g_ascii_string_to_unsigned(*port, 10, 1, G_MAXUINT16, &number, error)) {
            g_prefix_error(error, "--turn-port: ");
            return FALSE;
        }
        narrow = (guint16)number;
        g_array_append_val(options->ports, narrow);
    }
    return TRUE;
}

static void keep_message(gpointer data, const turn_packet *packet, const stun_message *message) {
    g_ptr_array_add(data, turn_report_message_new(packet, message));
}

/* What every tracker of the report needs. */
typedef struct preparation {
    const report_options *options;
    turn_report *found;
} preparation;

static void prepare(gpointer data, turn_tracker *tracker) {
    const preparation *from = data;

    for (guint i = 0; i < from->options->ports->len; i++) {
        turn_tracker_add_port(tracker, g_array_index(from->options->ports, guint16, i));
    }
    if (from->found->messages != NULL) {
        turn_tracker_observe(tracker, keep_message, from->found->messages);
    }
}

static gboolean wants_colour(void) {
    const char *no_colour = g_getenv("NO_COLOR");
    const char *terminal = g_getenv("TERM");

    return isatty(STDOUT_FILENO) && (no_colour == NULL || *no_colour == '\0') &&
           g_strcmp0(terminal, "dumb") != 0;
}

static gboolean write_report(const turn_report *found, const report_options *options,
                             GError **error) {
    const gboolean json = g_strcmp0(options->format, "json") == 0;
    g_autofree char *text =
        json ? report_json_write(found)
             : turn_report_write_text(found, options->output == NULL && wants_colour());
    const gboolean newline = !g_str_has_suffix(text, "\n");

    if (options->output != NULL) {
        g_autofree char *whole = g_strconcat(text, newline ? "\n" : "", NULL);

        return g_file_set_contents(options->output, whole, -1, error);
    }
    if (fputs(text, stdout) == EOF || (newline && putchar('\n') == EOF) || fflush(stdout) != 0) {
        g_set_error(error, G_FILE_ERROR, (gint)g_file_error_from_errno(errno),
                    "the report could not be written: %s", g_strerror(errno));
        return FALSE;
    }
    return TRUE;
}

int command_report(int count, char **arguments) {
    g_auto(report_options) options = {0};
    g_autoptr(GError) error = NULL;
    g_autoptr(turn_report) found = turn_report_new(NULL, NULL);
    preparation with = {.options = &options, .found = found};
    g_autoptr(points) from = points_new(prepare, complain, &with);
    gboolean all_read;

    if (!parse_options(count, arguments, &options, &error) || !check_options(&options, &error) ||
        !points_choose(from, options.at, options.files, &error)) {
        complain(error->message);
        return COMMAND_UNUSABLE;
    }
    if (options.messages) {
        found->messages = g_ptr_array_new_with_free_func((GDestroyNotify)turn_report_message_free);
    }
    all_read = points_read(from, found);
    if (found->captures->len == 0) {
        return COMMAND_UNUSABLE;
    }
    if (!write_report(found, &options, &error)) {
        complain(error->message);
        return COMMAND_UNUSABLE;
    }
    return all_read ? turn_report_exit_status(found) : COMMAND_UNUSABLE;
}
