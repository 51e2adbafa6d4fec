/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The causes of turn/causes.def as expert infos on the frames that are their evidence. */
#ifndef MSTUN_FINDINGS_H
#define MSTUN_FINDINGS_H

#include "plugin/mstun.h"
#include "turn/findings.h"

void mstun_findings_register(void);

/* A capture has been judged, and is closed. */
void mstun_findings_begin(const turn_judgement *judgement);
void mstun_findings_end(void);

/* Whether anything was concluded from the frame of PINFO. */
gboolean mstun_findings_concern(const packet_info *pinfo);

/* Adds what was concluded from the frame of PINFO to TREE, once the capture has been judged. TVB is
 * any tvb of the frame. */
void mstun_findings_show(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree);

#endif
