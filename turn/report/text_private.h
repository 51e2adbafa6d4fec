/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What the parts of the text report share. Inside turn/report/ only. */
#ifndef TURN_REPORT_TEXT_PRIVATE_H
#define TURN_REPORT_TEXT_PRIVATE_H

#include "turn/report/words.h"
#include "turn/report/wrap.h"

typedef struct text_writer {
    GString *out;
    const turn_report *report;
    gboolean colour;
} text_writer;

/* report_text.c */

void text_heading(text_writer *writer, const char *text);
/* TEXT after FIRST, wrapped; TEXT begins with the word for LEVEL, which is in its colour where the
 * terminal has colours. */
void text_level(GString *out, const turn_text_style *style, const char *first, turn_level level,
                const char *text);
/* TEXT in the colour of the level called NAME (turn_level_name()). */
void text_coloured(GString *out, const char *name, const char *text);

/* "client, " or "capture 2, "; nothing where there is only one. Owned by the caller. */
char *text_capture(const text_writer *writer, guint32 index);

/* text_ladder.c */

/* "-12.345678": seconds from one time to another. Owned by the caller. */
char *text_since(gint64 nanoseconds);

/* text_join.c */

/* What lies between two capture points; nothing with one. */
void text_join(text_writer *writer);

/* text_session.c */

void text_sessions(text_writer *writer);
/* What the passwords given prove of a session and of the checks in it. */
void text_integrity(text_writer *writer, const turn_session *session);
/* Checks outside of all sessions. */
void text_pairs(text_writer *writer);

/* text_stage.c */

/* How far the session got. */
void text_stages(text_writer *writer, const turn_session *session);

/* text_path.c */

/* One end of a path each: a peer of a session, and two ends outside of any. */
void text_peer(text_writer *writer, const turn_session *session, const turn_peer *peer);
void text_pair(text_writer *writer, const turn_pair *pair);

#endif
