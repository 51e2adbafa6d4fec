/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "analyzer/command.h"
#include "analyzer/input.h"
#include "analyzer/passwords.h"
#include "analyzer/points.h"
#include "analyzer/redact/redaction.h"
#include "analyzer/report_outputs.h"

#include <unistd.h>

typedef struct report_options {
    report_outputs outputs;
    redaction_options redaction;
    gboolean messages;
    char **turn_ports;
    char *user;
    char *realm;
    char **password_files;
    char **credentials;
    char **descriptions;
    char **at;
    char **files;
} report_options;

static void options_clear(report_options *options) {
    report_outputs_clear(&options->outputs);
    redaction_options_clear(&options->redaction);
    g_strfreev(options->turn_ports);
    g_free(options->user);
    g_free(options->realm);
    g_strfreev(options->password_files);
    g_strfreev(options->credentials);
    g_strfreev(options->descriptions);
    g_strfreev(options->at);
    g_strfreev(options->files);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(report_options, options_clear)

static gboolean parse_options(int count, char **arguments, report_options *options,
                              GError **error) {
    const GOptionEntry own[] = {
        {"messages", 0, 0, G_OPTION_ARG_NONE, &options->messages,
         "list every STUN message (json only)", NULL},
        TURN_PORT_OPTION(&options->turn_ports),
        {"user", 'u', 0, G_OPTION_ARG_STRING, &options->user,
         "check what user NAME signed; the password is asked for, or read from a file", "NAME"},
        {"realm", 0, 0, G_OPTION_ARG_STRING, &options->realm,
         "the realm of NAME; any, when it is left out", "REALM"},
        {"password-file", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &options->password_files,
         "the password of NAME is the first line of FILE; may be repeated", "FILE"},
        {"credentials", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &options->credentials,
         "users and passwords; entries: [any name], user =, realm =, password =", "FILE"},
        {"sdp", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &options->descriptions,
         "take passwords of ICE checks from a session description", "FILE"},
        {"at", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &options->at,
         "FILE was captured at POINT, client (or a far peer) or server; may be repeated",
         "POINT=FILE"},
        {G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &options->files, NULL, "FILE..."}};
    g_autoptr(GArray) entries = g_array_new(TRUE, TRUE, sizeof(GOptionEntry));

    report_outputs_add_options(&options->outputs, entries);
    redaction_add_options(&options->redaction, entries);
    g_array_append_vals(entries, own, G_N_ELEMENTS(own));
    return parse_command(
        count, arguments, "turnpcap report", (const GOptionEntry *)(gconstpointer)entries->data,
        "Says what went wrong with TURN in a capture, with frame numbers and remedies.\n"
        "FILE is pcap or pcapng, also compressed, or - for standard input. Several files\n"
        "are the rotated files of one capture. With --at client=FILE --at server=FILE two\n"
        "captures of the same time are compared; of two files without it the program sees\n"
        "by itself when one is the client's and the other the server's.\n\n"
        "Exit status: 0 healthy, 1 failed or degraded, 3 inconclusive, 2 when the command\n"
        "line is wrong or an input could not be read at all.",
        error);
}

static gboolean check_options(const report_options *options, const points *from, GError **error) {
    g_autofree const char **inputs = points_files(from);
    g_autofree const char **outputs = report_outputs_files(&options->outputs);

    return report_outputs_check(&options->outputs, inputs, error) &&
           redaction_check(&options->redaction, inputs, outputs, error) &&
           check_turn_ports(options->turn_ports, error);
}

static void warn_of_exposed(char **files) {
    for (char **file = files; file != NULL && *file != NULL; file++) {
        if (isatty(STDERR_FILENO) && passwords_is_exposed(*file)) {
            g_autofree char *name = g_filename_display_name(*file);
            g_autofree char *text = g_strdup_printf(
                "others on this machine can read the passwords in %s: chmod 600", name);

            complain(text);
        }
    }
}

static gboolean read_passwords(const report_options *options, turn_credentials **credentials,
                               GError **error) {
    const passwords_given given = {.user = options->user,
                                   .realm = options->realm,
                                   .password_files = options->password_files,
                                   .credentials = options->credentials,
                                   .descriptions = options->descriptions};

    warn_of_exposed(options->password_files);
    warn_of_exposed(options->credentials);
    return passwords_read(&given, credentials, error);
}

static void keep_message(gpointer data, const turn_packet *packet, const stun_message *message) {
    g_ptr_array_add(data, turn_report_message_new(packet, message));
}

/* What every tracker of the report needs. */
typedef struct preparation {
    const report_options *options;
    turn_credentials *credentials; /* NULL when none are given */
    turn_report *found;
    redaction *redacted; /* NULL: the report says what the captures hold */
} preparation;

static void prepare(gpointer data, turn_tracker *tracker) {
    const preparation *from = data;

    add_turn_ports(from->options->turn_ports, tracker);
    if (from->credentials != NULL) {
        turn_tracker_set_credentials(tracker, from->credentials);
    }
    if (from->found->messages != NULL) {
        turn_tracker_observe(tracker, keep_message, from->found->messages);
    }
}

static void learn_place(gpointer data, guint place, turn_tracker *tracker, reader *from) {
    const preparation *with = data;

    redaction_learn(with->redacted, place, tracker, from, with->credentials);
}

/* The first reading for --redact; it says nothing, since the second comes across the same. */
static gboolean learn(const preparation *with, GError **error) {
    g_autoptr(turn_report) found = turn_report_new(NULL, NULL);
    preparation first = {.options = with->options,
                         .credentials = with->credentials,
                         .found = found,
                         .redacted = with->redacted};
    const points_hooks hooks = {.begin = learn_place, .quiet = TRUE, .data = &first};
    g_autoptr(points) from = points_new(prepare, &first);

    points_set_hooks(from, &hooks);
    if (!points_choose(from, with->options->at, with->options->files, error)) {
        return FALSE;
    }
    points_read(from, found);
    return TRUE;
}

static void repeat_place(gpointer data, guint place, turn_tracker *tracker, reader *from) {
    const preparation *with = data;

    (void)from;
    redaction_repeat(with->redacted, place, tracker);
}

static capture *open_redacted(gpointer data, guint place, guint number, const char *path,
                              GError **error) {
    const preparation *with = data;

    return redaction_open(with->redacted, place, number, path, error);
}

/* Lets the report be read from redacted packets; what passwords prove is known by then. */
static gboolean redact(preparation *with, points *from, GError **error) {
    const points_hooks hooks = {.begin = repeat_place, .open = open_redacted, .data = with};

    if (with->redacted == NULL) {
        return TRUE;
    }
    if (!learn(with, error)) {
        return FALSE;
    }
    with->credentials = NULL;
    points_set_hooks(from, &hooks);
    return TRUE;
}

static gboolean finish_redaction(const preparation *with, GError **error) {
    g_autofree char *warning = NULL;

    if (with->redacted == NULL) {
        return TRUE;
    }
    warning = redaction_warning(with->redacted);
    if (warning != NULL) {
        complain(warning);
    }
    if (redaction_checked(with->redacted)) {
        turn_report_capture *first = g_ptr_array_index(with->found->captures, 0);

        g_ptr_array_add(first->warnings, g_strdup(REDACTION_CHECKED));
    }
    return redaction_write_table(with->redacted, &with->options->redaction, error);
}

int command_report(int count, char **arguments) {
    g_auto(report_options) options = {0};
    g_autoptr(GError) error = NULL;
    g_autoptr(turn_credentials) credentials = NULL;
    g_autoptr(turn_report) found = turn_report_new(NULL, NULL);
    preparation with = {.options = &options, .found = found};
    g_autoptr(points) from = points_new(prepare, &with);
    g_autoptr(redaction) redacted = NULL;
    gboolean all_read;

    if (!parse_options(count, arguments, &options, &error) ||
        !points_choose(from, options.at, options.files, &error) ||
        !check_options(&options, from, &error) || !read_passwords(&options, &credentials, &error)) {
        complain(error->message);
        return COMMAND_UNUSABLE;
    }
    redacted = redaction_new(&options.redaction, &error);
    with.credentials = credentials;
    with.redacted = redacted;
    if (error != NULL || !redact(&with, from, &error)) {
        complain(error->message);
        return COMMAND_UNUSABLE;
    }
    if (options.messages) {
        found->messages = g_ptr_array_new_with_free_func((GDestroyNotify)turn_report_message_free);
    }
    if (report_outputs_need_diagrams(&options.outputs)) {
        points_keep_diagrams(from);
    }
    all_read = points_read(from, found);
    if (found->captures->len == 0) {
        return COMMAND_UNUSABLE;
    }
    if (!finish_redaction(&with, &error) ||
        !report_outputs_write(&options.outputs, found, &error)) {
        complain(error->message);
        return COMMAND_UNUSABLE;
    }
    return all_read ? turn_report_exit_status(found) : COMMAND_UNUSABLE;
}
