/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "analyzer/command.h"
#include "analyzer/output.h"
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
    const char *what;
} commands[] = {
    {"report", command_report, "[OPTION...] FILE...", "what went wrong, with proof"},
    {"list", command_list, "[OPTION...] FILE...", "one line for each session"},
    {"show", command_show, "[OPTION...] FILE... -s N", "the ladder of session N"},
    {"annotate", command_annotate, "[OPTION...] FILE... -o OUT", "the capture with comments"},
    {"extract", command_extract, "[OPTION...] FILE... -s N -o OUT", "the packets of session N"},
    {"explain", command_explain, "[CAUSE|CODE|ATTRIBUTE]", "more about one of them"},
};

static void print_usage(FILE *to) {
    fputs("turnpcap says what went wrong with TURN in a packet capture.\n\nUsage:\n", to);
    for (gsize i = 0; i < G_N_ELEMENTS(commands); i++) {
        fprintf(to, "  turnpcap %-8s %-31s  %s\n", commands[i].name, commands[i].usage,
                commands[i].what);
    }
    fputs("\n  turnpcap COMMAND --help    the options of a command\n"
          "  turnpcap --version\n",
          to);
}

int main(int argc, char **argv) {
    setlocale(LC_CTYPE, "");
    output_check_at_exit();
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
