/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The ladder of a session as JSON: turnpcap.ladder/1. */
#ifndef ANALYZER_LADDER_JSON_H
#define ANALYZER_LADDER_JSON_H

#include "turn/ladder.h"
#include "turn/report/report.h"

/* Owned by the caller. */
char *ladder_json_write(const turn_ladder *self, const turn_report *report);

#endif
