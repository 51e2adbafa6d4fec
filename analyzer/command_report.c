/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "analyzer/command.h"
#include "analyzer/input.h"
#include "analyzer/input_options.h"
#include "analyzer/points.h"
#include "analyzer/redact/redact_reading.h"
#include "analyzer/report_outputs.h"

typedef struct report_options {
    report_outputs outputs;
    gboolean messages;
    input_options input;
} report_options;

static void options_clear(report_options *options) {
    report_outputs_clear(&options->outputs);
    input_options_clear(&options->input);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(report_options, options_clear)

static const command_help help = {
    .program = "turnpcap report",
    .summary = "Says what went wrong with TURN in a capture, with frame numbers and remedies.\n"
               "FILE is pcap or pcapng, also compressed, or - for standard input. Several files\n"
               "are the rotated files of one capture. With --at client=FILE --at server=FILE two\n"
               "captures of the same time are compared; of two files without it the program sees\n"
               "by itself when one is the client's and the other the server's.\n\n"
               "Exit status: 0 healthy, 1 failed or degraded, 3 inconclusive, 2 when the command\n"
               "line is wrong or an input could not be read at all."};

static gboolean parse_options(int count, char **arguments, report_options *options,
                              GError **error) {
    const GOptionEntry own[] = {{"messages", 0, 0, G_OPTION_ARG_NONE, &options->messages,
                                 "list every STUN message, in JSON", NULL}};
    g_autoptr(GArray) entries = g_array_new(TRUE, TRUE, sizeof(GOptionEntry));

    report_outputs_add_options(&options->outputs, entries);
    g_array_append_vals(entries, own, G_N_ELEMENTS(own));
    input_options_add(&options->input, entries);
    return parse_command(count, arguments, &help, entries, error);
}

static gboolean check_messages(const report_options *options, GError **error) {
    if (!options->messages || report_outputs_have_messages(&options->outputs)) {
        return TRUE;
    }
    g_set_error_literal(error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                        "--messages is for JSON: add --format json, or --json FILE");
    return FALSE;
}

static gboolean check_options(report_options *options, const points *from, GError **error) {
    g_autofree const char **inputs = points_files(from);
    g_autofree const char **outputs = NULL;

    if (!report_outputs_check(&options->outputs, error) || !check_messages(options, error)) {
        return FALSE;
    }
    outputs = report_outputs_files(&options->outputs);
    return input_options_check(&options->input, inputs, outputs, error);
}

static void keep_message(gpointer data, const turn_packet *packet, const stun_message *message) {
    g_ptr_array_add(data, turn_report_message_new(packet, message));
}

/* What every tracker of the report needs. */
typedef struct preparation {
    const report_options *options;
    turn_credentials *credentials; /* NULL when none are given, or proved all they can */
    turn_report *found;
} preparation;

static void prepare(gpointer data, turn_tracker *tracker) {
    const preparation *from = data;

    input_options_prepare(&from->options->input, from->credentials, tracker);
    if (from->found->messages != NULL) {
        turn_tracker_observe(tracker, keep_message, from->found->messages);
    }
}

/* Everything that can be wrong before the captures are read. */
static gboolean begin(report_options *options, points *from, turn_credentials **credentials,
                      GError **error) {
    return points_choose(from, options->input.at, options->input.files, error) &&
           check_options(options, from, error) &&
           input_options_passwords(&options->input, credentials, error);
}

/* What the captures are read for, beside the verdict. */
static void ask_for_more(const report_options *options, points *from, turn_report *found) {
    if (options->messages) {
        found->messages = g_ptr_array_new_with_free_func((GDestroyNotify)turn_report_message_free);
    }
    if (report_outputs_need_diagrams(&options->outputs)) {
        points_keep_diagrams(from);
    }
}

/* The exit status. */
static int report(report_options *options, GError **error) {
    g_autoptr(turn_credentials) credentials = NULL;
    g_autoptr(turn_report) found = turn_report_new(NULL, NULL);
    preparation with = {.options = options, .found = found};
    g_autoptr(points) from = points_new(prepare, &with);
    g_autoptr(redact_reading) redacted = NULL;
    gboolean all_read;

    if (!begin(options, from, &credentials, error)) {
        return COMMAND_UNUSABLE;
    }
    redacted = redact_reading_new(&options->input, credentials, error);
    if (redacted != NULL) {
        redact_reading_attach(redacted, from);
    } else if (*error != NULL) {
        return COMMAND_UNUSABLE;
    }
    with.credentials = redacted == NULL ? credentials : NULL;
    ask_for_more(options, from, found);
    all_read = points_read(from, found);
    if (found->captures->len == 0 ||
        (redacted != NULL && !redact_reading_finish(redacted, found, error)) ||
        !report_outputs_write(&options->outputs, found, error)) {
        return COMMAND_UNUSABLE;
    }
    return all_read ? turn_report_exit_status(found) : COMMAND_UNUSABLE;
}

int command_report(int count, char **arguments) {
    g_auto(report_options) options = {0};
    g_autoptr(GError) error = NULL;
    int status = COMMAND_UNUSABLE;

    if (parse_options(count, arguments, &options, &error)) {
        status = report(&options, &error);
    }
    if (error != NULL) {
        complain(error->message);
    }
    return status;
}
