/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The ladder of a session as text: arrows between client, server and peer, in eighty columns or
 * more. */
#ifndef TURN_REPORT_TEXT_LADDER_H
#define TURN_REPORT_TEXT_LADDER_H

#include "turn/ladder.h"
#include "turn/report/report.h"
#include "turn/report/wrap.h"

/* REPORT is of the capture that LADDER was made from. Owned by the caller. */
char *turn_ladder_write_text(const turn_ladder *ladder, const turn_report *report,
                             const turn_text_style *style);

#endif
