/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * A ladder as a figure of a page: hosts as lanes, one arrow a message, and the same once more as a
 * table for those who cannot see it. */
#ifndef ANALYZER_HTML_LADDER_SVG_H
#define ANALYZER_HTML_LADDER_SVG_H

#include "turn/report/report.h"

/* The ladder of a session of the model, by its index there. Says so where there is none. */
void ladder_svg(GString *out, const turn_report *found, guint session_index);
/* Of a pair outside sessions; nothing at all where there is none. */
void ladder_svg_pair(GString *out, const turn_report *found, guint pair_index);

#endif
