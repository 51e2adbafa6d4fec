/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * A report as JSON, for programs. */
#ifndef ANALYZER_REPORT_JSON_H
#define ANALYZER_REPORT_JSON_H

#include "turn/report/report.h"

/* One object, version 1 of the schema in report.schema.json. Owned by the caller. */
char *report_json_write(const turn_report *self);

#endif
