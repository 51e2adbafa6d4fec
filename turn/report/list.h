/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * One line a session: what many captures hold, for those who look for the one that matters. */
#ifndef TURN_REPORT_LIST_H
#define TURN_REPORT_LIST_H

#include "turn/report/report.h"
#include "turn/report/wrap.h"

typedef enum turn_list_column {
    TURN_LIST_FILE,
    TURN_LIST_SESSION,
    TURN_LIST_START,
    TURN_LIST_CLIENT,
    TURN_LIST_SERVER,
    TURN_LIST_TRANSPORT,
    TURN_LIST_RELAY,
    TURN_LIST_USER,
    TURN_LIST_ALLOCATE,
    TURN_LIST_PEERS,
    TURN_LIST_LEVEL,
    TURN_LIST_CAUSE,
    TURN_LIST_SECONDS,
    TURN_LIST_COLUMNS
} turn_list_column;

/* "file", "session", "start" and so on: as TSV and JSON name them. Static. */
const char *turn_list_column_name(turn_list_column column);

/* Values as the capture has them: writers make them harmless. NULL for what is not there. */
typedef struct turn_list_row {
    char *cells[TURN_LIST_COLUMNS];
} turn_list_row;

typedef struct turn_list {
    GPtrArray *rows; /* of turn_list_row */
    int status;      /* exit status of the worst report in it, as turn_report_exit_status() */
} turn_list;

turn_list *turn_list_new(void);
void turn_list_free(turn_list *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(turn_list, turn_list_free)

/* Adds a row for each session of REPORT, and one without a session for a finding that is about none
 * of them, or when there is no session at all. */
void turn_list_add(turn_list *self, const turn_report *report);

/* Aligned columns; those that matter least are left out where there is no room, and named below.
 * Owned by the caller. */
char *turn_list_write_text(const turn_list *self, const turn_text_style *style);
/* Every column, a tab between; the first line names them. Owned by the caller. */
char *turn_list_write_tsv(const turn_list *self);

#endif
