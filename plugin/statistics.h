/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What stands in the Statistics menu and behind tshark's -z: the report, and a table of sessions.
 */
#ifndef MSTUN_STATISTICS_H
#define MSTUN_STATISTICS_H

#include "plugin/mstun.h"

/* -z mstun,report, -z mstun,sessions and their menu entries. */
void mstun_statistics_register(void);

/* Counts a segment of SESSION, in the frame of PINFO. */
void mstun_statistics_tap(packet_info *pinfo, const turn_session *session);

#endif
