/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * How much of a large capture a report to be read shows; the JSON report has all of it. */
#ifndef TURN_REPORT_SHOWN_H
#define TURN_REPORT_SHOWN_H

/* Findings of one cause and level. */
#define TURN_SHOWN_FINDINGS 8u
/* A capture of a whole day has hundreds of sessions. */
#define TURN_SHOWN_SESSIONS 40u
/* Of one session, or outside of all. */
#define TURN_SHOWN_PAIRS 40u

#endif
