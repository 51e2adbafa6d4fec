/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "analyzer/input.h"

#include "turn/report/printable.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

void complain(const char *message) {
    g_autofree char *safe = turn_printable_text(message);

    fprintf(stderr, "turnpcap: %s\n", safe);
}

gboolean parse_command(int count, char **arguments, const char *program,
                       const GOptionEntry *entries, const char *summary, GError **error) {
    g_autoptr(GOptionContext) context = g_option_context_new(NULL);
    g_auto(GStrv) own = g_new0(char *, (gsize)count + 1);

    for (int i = 0; i < count; i++) {
        own[i] = g_strdup(arguments[i]);
    }
    g_option_context_add_main_entries(context, entries, NULL);
    g_option_context_set_summary(context, summary);
    g_set_prgname(program);
    return g_option_context_parse_strv(context, &own, error);
}

gboolean add_turn_ports(char **ports, turn_tracker *tracker, GError **error) {
    for (char **port = ports; port != NULL && *port != NULL; port++) {
        guint64 number;

        if (!g_ascii_string_to_unsigned(*port, 10, 1, G_MAXUINT16, &number, error)) {
            g_prefix_error(error, "--turn-port: ");
            return FALSE;
        }
        turn_tracker_add_port(tracker, (guint16)number);
    }
    return TRUE;
}

static void describe(turn_report_capture *into, const capture_info *info) {
    into->format = g_strdup(info->format);
    into->link_type = g_strdup(info->link_name);
    into->link_text = g_strdup(info->link_text);
    into->nanoseconds = strstr(info->format, "nanosecond") != NULL;
    into->packets = info->packets;
    into->bytes = info->bytes;
    into->first = info->first;
    into->last = info->last;
    into->snap_length = info->snap_length;
    into->packets_cut = info->packets_cut;
}

/* NULL with an error when the file cannot be opened, or not one packet of it can be read. */
static capture *open_file(const char *file, GError **error) {
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

static void add_statistics(const reader *from, turn_report *found) {
    for (guint i = 0; i < found->captures->len; i++) {
        const reader_statistics *statistics = reader_get_statistics(from, i);
        turn_report_capture *of = g_ptr_array_index(found->captures, i);

        of->tcp_bytes_missing = statistics->tcp_bytes_missing;
        for (guint k = 0; k < statistics->warnings->len; k++) {
            g_ptr_array_add(of->warnings, g_strdup(g_ptr_array_index(statistics->warnings, k)));
        }
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
        describe(g_ptr_array_index(found->captures, i),
                 capture_get_info(g_ptr_array_index(captures, i)));
    }
}

turn_judgement *judge_captures(turn_tracker *tracker, reader *from, turn_report *found) {
    turn_judgement *judgement;

    reader_finish(from);
    found->model = turn_tracker_finish(tracker);
    judgement = turn_judge(found->model);
    found->judgement = judgement;
    add_statistics(from, found);
    return judgement;
}
