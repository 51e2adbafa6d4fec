/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * From the files on a command line to what was found in them, for every command that reads
 * captures: opening, reading, and complaining on standard error. */
#ifndef ANALYZER_INPUT_H
#define ANALYZER_INPUT_H

#include "analyzer/reader.h"
#include "turn/report/report.h"

/* "turnpcap: MESSAGE" on standard error, made harmless. */
void complain(const char *message);

/* What --help says around the options. */
typedef struct command_help {
    const char *program;  /* "turnpcap extract" */
    const char *required; /* the options that it cannot do without, "-o OUT"; NULL */
    const char *summary;
} command_help;

/* Reads ARGUMENTS, of which the first is the name of the command, by ENTRIES (of GOptionEntry);
 * HELP is for --help, which ends the program. An option with one value is refused when it is given
 * twice. No message repeats what may be a password. ERROR may not be NULL. ENTRIES are changed. */
gboolean parse_command(int count, char **arguments, const command_help *help, GArray *entries,
                       GError **error);

/* FALSE when standard input is in FILES (a list that ends with NULL, or NULL) twice. */
gboolean check_inputs(const char *const *files, GError **error);

/* The entry of --turn-port, for a char ***. */
#define TURN_PORT_OPTION(into)                                                                     \
    {                                                                                              \
        "turn-port", 0, 0, G_OPTION_ARG_STRING_ARRAY, (into),                                      \
            "a TURN port beside 3478-3483 and 5349; repeatable", "PORT"                            \
    }

/* The values of --turn-port; PORTS may be NULL. Those that are no port are passed over when they
 * are added. */
gboolean check_turn_ports(char **ports, GError **error);
void add_turn_ports(char **ports, turn_tracker *tracker);

/* NULL with an error when the file cannot be opened, or not one packet of it can be read. */
capture *open_file(const char *file, GError **error);
/* What is known of a capture once it was read. */
void describe_capture(turn_report_capture *into, const capture_info *info);
void note_statistics(turn_report_capture *into, const reader_statistics *statistics);

/* Opens every file and adds it to CAPTURES (of capture, owned), to FOUND and to INTO, in the order
 * given. A file that cannot be read at all is complained about and left out: FALSE then. */
gboolean open_files(char **files, reader *into, turn_report *found, GPtrArray *captures);

/* Reads all CAPTURES to their ends, and describes them in FOUND. */
void read_captures(reader *into, turn_report *found, const GPtrArray *captures);

/* Ends the capture and fills in the rest of FOUND. Owned by the caller, who keeps it as long as
 * FOUND is used. */
turn_judgement *judge_captures(turn_tracker *tracker, reader *from, turn_report *found);

/* The session with NUMBER, as list and reports count them. NULL with an error that says which there
 * are. Borrowed from MODEL. */
const turn_session *choose_session(const turn_model *model, int number, GError **error);

/* Whether standard output is a terminal that wants colours. */
gboolean wants_colour(void);

#endif
