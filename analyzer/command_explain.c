/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "analyzer/command.h"
#include "analyzer/explain.h"
#include "analyzer/input.h"
#include "analyzer/output.h"
#include "turn/report/printable.h"

#include <stdio.h>

static const char usage[] =
    "Usage: turnpcap explain [CAUSE|CODE|ATTRIBUTE]\n\n"
    "  CAUSE      as it stands in a report, for example integrity-check-failed\n"
    "  CODE       of a STUN error, for example 431\n"
    "  ATTRIBUTE  by name or code, for example XOR-PEER-ADDRESS or 0x0012\n\n"
    "Without an argument it lists the causes.\n";

static int say(const char *text) {
    g_autoptr(GError) error = NULL;

    if (!output_write(text, NULL, &error)) {
        complain(error->message);
        return COMMAND_UNUSABLE;
    }
    return 0;
}

int command_explain(int count, char **arguments) {
    g_autofree char *text = NULL;

    if (count > 2) {
        fputs(usage, stderr);
        return COMMAND_UNUSABLE;
    }
    if (count == 2 && (g_str_equal(arguments[1], "--help") || g_str_equal(arguments[1], "-h"))) {
        return say(usage);
    }
    text = count == 2 ? explain_topic(arguments[1]) : explain_list();
    if (text == NULL) {
        g_autofree char *topic = turn_printable_text(arguments[1]);

        fprintf(stderr,
                "turnpcap explain: nothing is called \"%s\". \"turnpcap explain\" lists the "
                "causes.\n",
                topic);
        return COMMAND_UNUSABLE;
    }
    return say(text);
}
