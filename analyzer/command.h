/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The commands of turnpcap: each takes its own arguments and answers with the exit status. */
#ifndef ANALYZER_COMMAND_H
#define ANALYZER_COMMAND_H

/* The command line is wrong, or an input could not be read at all. */
#define COMMAND_UNUSABLE 2

/* ARGUMENTS[0] is the name of the command. */
int command_report(int count, char **arguments);
int command_list(int count, char **arguments);
int command_show(int count, char **arguments);
int command_extract(int count, char **arguments);
int command_annotate(int count, char **arguments);
int command_explain(int count, char **arguments);

#endif
