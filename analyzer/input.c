/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "analyzer/input.h"

#include "analyzer/command.h"
#include "analyzer/option_values.h"
#include "analyzer/output.h"
#include "turn/report/printable.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

void complain(const char *message) {
    g_autofree char *safe = turn_printable_text(message);

    fprintf(stderr, "turnpcap: %s\n", safe);
}

/* Not even to say that there is no such option: the message would repeat the password. */
static gboolean check_no_password(int count, char **arguments, GError **error) {
    for (int i = 0; i < count && !g_str_equal(arguments[i], "--"); i++) {
        if (g_str_equal(arguments[i], "--password") ||
            g_str_has_prefix(arguments[i], "--password=")) {
            g_set_error_literal(error, G_OPTION_ERROR, G_OPTION_ERROR_UNKNOWN_OPTION,
                                "a password on the command line is seen by others: use "
                                "turnpcap report with --password-file FILE, or --user alone to be "
                                "asked");
            return FALSE;
        }
    }
    return TRUE;
}

/* The value of a mistyped option may be a password. */
static void hide_value(GError *wrong) {
    char *equals = strchr(wrong->message, '=');

    if (wrong->code == G_OPTION_ERROR_UNKNOWN_OPTION && equals != NULL) {
        *equals = '\0';
    }
}

static gboolean wants_help(int count, char **arguments) {
    for (int i = 1; i < count && !g_str_equal(arguments[i], "--"); i++) {
        if (g_str_equal(arguments[i], "--help") || g_str_equal(arguments[i], "-h")) {
            return TRUE;
        }
    }
    return FALSE;
}

/* GLib would not say that it could not be written. */
static void print_help(GOptionContext *context) {
    g_autofree char *text = g_option_context_get_help(context, TRUE, NULL);
    g_autoptr(GError) error = NULL;

    if (!output_write(text, NULL, &error)) {
        complain(error->message);
        exit(COMMAND_UNUSABLE);
    }
    exit(0);
}

gboolean parse_command(int count, char **arguments, const command_help *help, GArray *entries,
                       GError **error) {
    g_autoptr(GError) wrong = NULL;
    g_autoptr(GOptionContext) context = g_option_context_new(help->required);
    g_autoptr(option_values) values = option_values_new(entries);
    g_auto(GStrv) own = NULL;

    if (!check_no_password(count, arguments, error)) {
        return FALSE;
    }
    own = g_new0(char *, (gsize)count + 1);
    for (int i = 0; i < count; i++) {
        own[i] = g_strdup(arguments[i]);
    }
    g_option_context_add_main_entries(context, (const GOptionEntry *)(gconstpointer)entries->data,
                                      NULL);
    g_option_context_set_summary(context, help->summary);
    g_set_prgname(help->program);
    if (wants_help(count, arguments)) {
        print_help(context);
    }
    if (g_option_context_parse_strv(context, &own, &wrong)) {
        return option_values_take(values, error);
    }
    hide_value(wrong);
    g_propagate_error(error, g_steal_pointer(&wrong));
    return FALSE;
}

gboolean check_inputs(const char *const *files, GError **error) {
    gboolean has_standard_input = FALSE;

    for (const char *const *file = files; file != NULL && *file != NULL; file++) {
        if (g_str_equal(*file, "-") && has_standard_input) {
            g_set_error_literal(error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                                "- is given twice: standard input can be read only once");
            return FALSE;
        }
        has_standard_input |= g_str_equal(*file, "-");
    }
    return TRUE;
}

static gboolean read_port(const char *text, guint64 *port) {
    return g_ascii_string_to_unsigned(text, 10, 1, G_MAXUINT16, port, NULL);
}

gboolean check_turn_ports(char **ports, GError **error) {
    guint64 number;

    for (char **port = ports; port != NULL && *port != NULL; port++) {
        if (!read_port(*port, &number)) {
            g_set_error_literal(error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                                "--turn-port needs a number from 1 to 65535");
            return FALSE;
        }
    }
    return TRUE;
}

void add_turn_ports(char **ports, turn_tracker *tracker) {
    guint64 number;

    for (char **port = ports; port != NULL && *port != NULL; port++) {
        if (read_port(*port, &number)) {
            turn_tracker_add_port(tracker, (guint16)number);
        }
    }
}

void describe_capture(turn_report_capture *into, const capture_info *info) {
    into->format = g_strdup(info->format);
    into->link_type = g_strdup(info->link_name);
    into->link_text = g_strdup(info->link_text);
    into->nanoseconds = info->nanoseconds;
    into->packets = info->packets;
    into->bytes = info->bytes;
    into->first = info->first;
    into->last = info->last;
    into->snap_length = info->snap_length;
    into->packets_cut = info->packets_cut;
}

capture *open_file(const char *file, GError **error) {
    g_autoptr(capture) from = capture_open(file, error);

    if (from == NULL || !capture_probe(from, error)) {
        return NULL;
    }
    return g_steal_pointer(&from);
}

gboolean open_files(char **files, reader *into, turn_report *found, GPtrArray *captures) {
    gboolean all = TRUE;

    for (char **file = files; *file != NULL; file++) {
        g_autoptr(GError) error = NULL;
        capture *from = open_file(*file, &error);

        if (from == NULL) {
            complain(error->message);
            all = FALSE;
            continue;
        }
        g_ptr_array_add(captures, from);
        g_ptr_array_add(found->captures, turn_report_capture_new(*file));
        reader_add(into, from);
    }
    return all;
}

static void note_failure(gpointer data, guint index, const GError *error) {
    const turn_report *found = data;
    turn_report_capture *of = g_ptr_array_index(found->captures, index);

    complain(error->message);
    g_ptr_array_add(of->warnings, g_strdup(error->message));
}

void note_statistics(turn_report_capture *into, const reader_statistics *statistics) {
    into->tcp_bytes_missing = statistics->tcp_bytes_missing;
    into->out_of_order = statistics->time_steps_back > 0;
    into->shuffled = statistics->shuffled;
    into->fragments = statistics->fragments;
    for (guint i = 0; i < statistics->warnings->len; i++) {
        g_ptr_array_add(into->warnings, g_strdup(g_ptr_array_index(statistics->warnings, i)));
    }
}

gboolean wants_colour(void) {
    const char *no_colour = g_getenv("NO_COLOR");
    const char *terminal = g_getenv("TERM");

    return isatty(STDOUT_FILENO) && (no_colour == NULL || *no_colour == '\0') &&
           g_strcmp0(terminal, "dumb") != 0;
}

void read_captures(reader *into, turn_report *found, const GPtrArray *captures) {
    reader_run(into, note_failure, found);
    for (guint i = 0; i < captures->len; i++) {
        describe_capture(g_ptr_array_index(found->captures, i),
                         capture_get_info(g_ptr_array_index(captures, i)));
    }
}

turn_judgement *judge_captures(turn_tracker *tracker, reader *from, turn_report *found) {
    turn_judgement *judgement;

    reader_finish(from);
    found->model = turn_tracker_finish(tracker);
    judgement = turn_judge(found->model);
    found->judgement = judgement;
    for (guint i = 0; i < found->captures->len; i++) {
        note_statistics(g_ptr_array_index(found->captures, i), reader_get_statistics(from, i));
    }
    return judgement;
}

const turn_session *choose_session(const turn_model *model, int number, GError **error) {
    const guint count = model->sessions->len;

    if (number >= 1 && (guint)number <= count) {
        return g_ptr_array_index(model->sessions, number - 1);
    }
    if (count == 0) {
        g_set_error_literal(error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                            "there is no TURN session in this capture");
    } else {
        g_set_error(error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                    "say which session with -s NUMBER: there %s %u (turnpcap list shows %s)",
                    count == 1 ? "is" : "are", count, count == 1 ? "it" : "them");
    }
    return NULL;
}
