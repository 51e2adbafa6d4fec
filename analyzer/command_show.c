/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "analyzer/command.h"
#include "analyzer/input.h"
#include "analyzer/ladder_json.h"
#include "analyzer/output.h"
#include "analyzer/text_options.h"
#include "turn/report/ladder_tsv.h"
#include "turn/report/text_ladder.h"
#include "turn/report/wrap.h"

typedef struct show_options {
    text_options of;
    int session;
} show_options;

static void options_clear(show_options *options) {
    text_options_clear(&options->of);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(show_options, options_clear)

static char *write_tsv(const turn_ladder *ladder, const turn_report *found,
                       const turn_text_style *style) {
    (void)style;
    return turn_ladder_write_tsv(ladder, found);
}

static char *write_json(const turn_ladder *ladder, const turn_report *found,
                        const turn_text_style *style) {
    (void)style;
    return ladder_json_write(ladder, found);
}

typedef struct show_format {
    /* cppcheck-suppress unusedStructMember ; read through format_table.h */
    const char *name;
    char *(*write)(const turn_ladder *ladder, const turn_report *found,
                   const turn_text_style *style);
} show_format;

static const show_format rows[] = {
    {"text", turn_ladder_write_text},
    {"tsv", write_tsv},
    {"json", write_json},
};
G_STATIC_ASSERT(G_STRUCT_OFFSET(show_format, name) == 0);
static const format_table formats = FORMAT_TABLE(rows);

static const command_help help = {
    .program = "turnpcap show",
    .required = "-s NUMBER",
    .summary = "The ladder of one session: every message between client, server and peer with\n"
               "its frame number, and the findings where their evidence stands. FILE is pcap or\n"
               "pcapng, also compressed, or - for standard input. Several files are the rotated\n"
               "files of one capture.\n\n"
               "Exit status: 0 when the session was shown, 2 when there is no such session, the\n"
               "command line is wrong or an input could not be read at all."};

static gboolean parse_options(int count, char **arguments, show_options *options, GError **error) {
    const GOptionEntry own = {"session",
                              's',
                              0,
                              G_OPTION_ARG_INT,
                              &options->session,
                              "its number in list, or in a report of one place",
                              "NUMBER"};
    g_autoptr(GArray) entries = g_array_new(TRUE, TRUE, sizeof(GOptionEntry));

    g_array_append_val(entries, own);
    text_options_add(&options->of, entries, &formats, "ladder");
    return parse_command(count, arguments, &help, entries, error);
}

static gboolean show_session(const show_options *options, const turn_ladder_log *log,
                             const turn_report *found, GError **error) {
    const gboolean is_screen = options->of.output == NULL;
    const turn_text_style style = {.width = is_screen ? output_width() : TURN_WRAP_WIDTH,
                                   .colour = is_screen && wants_colour()};
    const show_format *format = options->of.format;
    const turn_session *session = choose_session(found->model, options->session, error);
    g_autoptr(turn_ladder) ladder = NULL;
    g_autofree char *text = NULL;

    if (session == NULL) {
        return FALSE;
    }
    ladder = turn_ladder_new(log, found->model, found->judgement, session);
    text = format->write(ladder, found, &style);
    return output_write(text, options->of.output, error);
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

    if (!parse_options(count, arguments, &options, &error) ||
        !text_options_check(&options.of, &formats, "show", &error)) {
        complain(error->message);
        return COMMAND_UNUSABLE;
    }
    add_turn_ports(options.of.turn_ports, tracker);
    all_read = open_files(options.of.files, into, found, captures);
    if (captures->len == 0) {
        return COMMAND_UNUSABLE;
    }
    read_captures(into, found, captures);
    return conclude(&options, tracker, into, found, log) && all_read ? 0 : COMMAND_UNUSABLE;
}
