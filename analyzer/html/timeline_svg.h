/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The time line of all captures as a figure of a page: when each was captured, the sessions with
 * what was found in them, and what was relayed. With two capture points by the client's clock. */
#ifndef ANALYZER_HTML_TIMELINE_SVG_H
#define ANALYZER_HTML_TIMELINE_SVG_H

#include "turn/report/report.h"

/* Rows of each kind; further ones are counted. */
#define TIMELINE_MAX_SESSIONS 24u
#define TIMELINE_MAX_CAPTURES 6u

/* Nothing where no packet was captured. */
void timeline_svg(GString *out, const turn_report *found);

#endif
