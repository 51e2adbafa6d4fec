/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What the parts of the text report share. Inside turn/report/ only. */
#ifndef TURN_REPORT_TEXT_PRIVATE_H
#define TURN_REPORT_TEXT_PRIVATE_H

#include "turn/report/report.h"

typedef struct text_writer {
    GString *out;
    const turn_report *report;
    gboolean colour;
} text_writer;

/* report_text.c */

void text_heading(text_writer *writer, const char *text);

/* text_join.c */

/* What lies between two capture points; nothing with one. */
void text_join(text_writer *writer);

/* text_session.c */

/* "Session 3: 10.1.2.3:5 to 10.1.2.4:3478 over UDP". Owned by the caller. */
char *text_session_line(const turn_session *session);
void text_sessions(text_writer *writer);
/* Checks outside of all sessions. */
void text_pairs(text_writer *writer);

#endif
