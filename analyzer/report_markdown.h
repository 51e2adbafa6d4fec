/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * A report as Markdown, for tickets: CommonMark with the tables of GitHub, readable as it is too.
 */
#ifndef ANALYZER_REPORT_MARKDOWN_H
#define ANALYZER_REPORT_MARKDOWN_H

#include "turn/report/report.h"

/* Owned by the caller. */
char *report_markdown_write(const turn_report *self, gboolean colour);

#endif
