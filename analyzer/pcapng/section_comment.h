/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The comment on a whole file: the verdict, in short lines of harmless text. */
#ifndef ANALYZER_PCAPNG_SECTION_COMMENT_H
#define ANALYZER_PCAPNG_SECTION_COMMENT_H

#include "turn/report/report.h"

/* Further findings and sessions are counted only. */
#define SECTION_COMMENT_MAX_LISTED 20u

/* Both are owned by the caller. Of an annotated capture. */
char *section_comment(const turn_report *found);
/* Of the packets of SESSION, which is one of FOUND's model, that were taken out of its captures. */
char *section_comment_extract(const turn_report *found, const turn_session *session);

#endif
