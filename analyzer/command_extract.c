/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "analyzer/command.h"
#include "analyzer/input.h"
#include "analyzer/output.h"
#include "analyzer/pcapng/second_reading.h"

typedef struct extract_options {
    char *output;
    int session;
    input_options input;
} extract_options;

static void options_clear(extract_options *options) {
    g_free(options->output);
    input_options_clear(&options->input);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(extract_options, options_clear)

static const command_help help = {
    .program = "turnpcap extract",
    .required = "-s NUMBER -o OUT",
    .summary = "Writes the packets of one session as pcapng: its control connection, its data\n"
               "connections, what went between its relayed address and peers, and ICMP errors\n"
               "about them. Comments say what each packet is and which frame of which FILE it\n"
               "was; its own comments and options and the name of its interface stay, unless\n"
               "--redact is given, but other blocks do not. FILE is pcap or pcapng, also\n"
               "compressed; several are taken as by report. What was written is said on\n"
               "standard error.\n\n"
               "Exit status: 0 written, 2 when the command line is wrong, an input could not be\n"
               "read to its end, or OUT could not be written."};

static gboolean parse_options(int count, char **arguments, extract_options *options,
                              GError **error) {
    const GOptionEntry own[] = {
        {"session", 's', 0, G_OPTION_ARG_INT, &options->session,
         "the number of the session, as in list and report", "NUMBER"},
        {"output", 'o', 0, G_OPTION_ARG_FILENAME, &options->output, "write OUT", "OUT"}};
    g_autoptr(GArray) entries = g_array_new(TRUE, TRUE, sizeof(GOptionEntry));

    g_array_append_vals(entries, own, G_N_ELEMENTS(own));
    input_options_add(&options->input, entries);
    return parse_command(count, arguments, &help, entries, error);
}

static gboolean check_output(const extract_options *options, const second_reading *self,
                             GError **error) {
    const char *outputs[] = {options->output, NULL};

    if (g_file_test(options->output, G_FILE_TEST_IS_DIR)) {
        g_autofree char *name = g_filename_display_name(options->output);

        g_set_error(error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                    "%s is a folder: say which file to write, -o %s%sOUT.pcapng", name, name,
                    g_str_has_suffix(name, G_DIR_SEPARATOR_S) ? "" : G_DIR_SEPARATOR_S);
        return FALSE;
    }
    return second_reading_check(self, outputs, error);
}

static void tell(const char *output, const annotated *result, const turn_session *session) {
    g_autofree char *name = g_filename_display_name(output);
    g_autofree char *text = g_strdup_printf("%s: %" G_GUINT64_FORMAT " packets of session %u", name,
                                            result->packets, session->id);

    complain(text);
}

/* FALSE after complaints. */
static gboolean extract(second_reading *self, const extract_options *options) {
    g_autoptr(GError) error = NULL;
    g_auto(annotated) result = {0};
    const annotation *with;
    const turn_session *session;

    if (!second_reading_judge(self)) {
        return FALSE;
    }
    with = second_reading_annotation(self);
    session = choose_session(with->found->model, options->session, &error);
    if (session == NULL || !annotate_session(with, session, options->output, &result, &error)) {
        complain(error->message);
        return FALSE;
    }
    tell(options->output, &result, session);
    return second_reading_complain(options->output, &result) && second_reading_has_all(self);
}

int command_extract(int count, char **arguments) {
    g_auto(extract_options) options = {0};
    g_autoptr(GError) error = NULL;
    g_autoptr(second_reading) self = NULL;

    if (parse_options(count, arguments, &options, &error) &&
        second_reading_output(options.output, "-o OUT.pcapng", &error)) {
        self = second_reading_new(&options.input, "extract", &error);
    }
    if (self != NULL && check_output(&options, self, &error)) {
        return extract(self, &options) ? 0 : COMMAND_UNUSABLE;
    }
    complain(error->message);
    return COMMAND_UNUSABLE;
}
