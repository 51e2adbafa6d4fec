/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The ladder of a session as a table, for a spreadsheet and for scripts. */
#ifndef TURN_REPORT_LADDER_TSV_H
#define TURN_REPORT_LADDER_TSV_H

#include "turn/ladder.h"
#include "turn/report/report.h"

/* One step a row, a tab between two columns, the first line names them. REPORT is of the capture
 * that LADDER was made from. Owned by the caller. */
char *turn_ladder_write_tsv(const turn_ladder *ladder, const turn_report *report);

#endif
