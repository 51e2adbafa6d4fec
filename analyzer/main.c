/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "analyzer/command.h"
#include "analyzer/version.h"
#include "turn/report/printable.h"

#include <glib.h>
#include <locale.h>
#include <stdio.h>
#include <string.h>

static const struct {
    const char *name;
    int (*run)(int count, char **arguments);
    const char *usage;
} commands[] = {
    {"report", command_report,
     "report  [OPTION...] FILE...      what went wrong, the proof, what to do"},
    {"list", command_list, "list    [OPTION...] FILE...      one line a session, of many files"},
    {"show", command_show,
     "show    [OPTION...] FILE... -s N the ladder of session N, with frame numbers"},
    {"annotate", command_annotate,
     "annotate FILE... -o OUT          the capture, with the findings as packet comments"},
    {"extract", command_extract, "extract FILE... -s N -o OUT       the packets of session N"},
    {"explain", command_explain, "explain [CAUSE|CODE|ATTRIBUTE]  the long text about one of them"},
};

static void print_usage(FILE *to) {
    fputs("turnpcap says what went wrong with TURN in a packet capture.\n\nUsage:\n", to);
    for (gsize i = 0; i < G_N_ELEMENTS(commands); i++) {
        fprintf(to, "  turnpcap %s\n", commands[i].usage);
    }
    fputs("\n  turnpcap COMMAND --help          the options of a command\n"
          "  turnpcap --version\n",
          to);
}

int main(int argc, char **argv) {
    setlocale(LC_CTYPE, "");
    if (argc < 2) {
        print_usage(stderr);
        return COMMAND_UNUSABLE;
    }
    if (g_str_equal(argv[1], "--help") || g_str_equal(argv[1], "-h")) {
        print_usage(stdout);
        return 0;
    }
    if (g_str_equal(argv[1], "--version")) {
        puts("turnpcap " TURNPCAP_VERSION);
        return 0;
    }
    for (gsize i = 0; i < G_N_ELEMENTS(commands); i++) {
        if (g_str_equal(argv[1], commands[i].name)) {
            return commands[i].run(argc - 1, argv + 1);
        }
    }
    /* What stands behind it may be a password. */
    g_autofree char *name = g_strndup(argv[1], strcspn(argv[1], "="));
    g_autofree char *safe = turn_printable_text(name);

    fprintf(stderr, "turnpcap: there is no command \"%s\". Try: turnpcap --help\n", safe);
    return COMMAND_UNUSABLE;
}
