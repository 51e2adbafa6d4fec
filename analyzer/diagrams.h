/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What diagrams are drawn from: kept while a capture point is read, and made into ladders and rates
 * of the report when all is judged. */
#ifndef ANALYZER_DIAGRAMS_H
#define ANALYZER_DIAGRAMS_H

#include "turn/ladder_log.h"
#include "turn/report/report.h"

/* Of one capture point; all zero is empty. */
typedef struct diagrams_source {
    turn_ladder_log *log;
    turn_rates *rates;
} diagrams_source;

/* Before anything is read. TRACKER must live as long. */
void diagrams_source_begin(diagrams_source *self, turn_tracker *tracker);
void diagrams_source_clear(diagrams_source *self);

/* Fills in what FOUND, which is judged, has for diagrams; SERVER is empty with one capture point.
 */
void diagrams_make(diagrams_source *client, diagrams_source *server, turn_report *found);

#endif
