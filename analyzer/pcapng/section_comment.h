/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The comment on a whole file: the verdict, in short lines of harmless text. */
#ifndef ANALYZER_PCAPNG_SECTION_COMMENT_H
#define ANALYZER_PCAPNG_SECTION_COMMENT_H

#include "turn/report/report.h"

/* Further findings and sessions are counted only. */
#define SECTION_COMMENT_MAX_LISTED 20u

/* Owned by the caller. Of an annotated capture. */
char *section_comment(const turn_report *found);
/* Of the packets of SESSION, which is one of FOUND's model, that were taken out of its captures.
 * FINDINGS (of turn_finding) are those that it has to do with. */
char *section_comment_extract(const turn_report *found, const turn_session *session,
                              const GPtrArray *findings);

/* What the capture with number INDEX is called in comments: its file without folders, and where it
 * was taken if another file has the same name. As it came. Owned by the caller. */
char *section_comment_name(const turn_report *found, guint32 index);

#endif
