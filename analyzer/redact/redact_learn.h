/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What the first reading of captures must know before the second rewrites their packets: what
 * stands in TCP streams and in fragments, which lies across packets, and what passwords proved of
 * messages, which nobody can find out any more afterwards. */
#ifndef ANALYZER_REDACT_REDACT_LEARN_H
#define ANALYZER_REDACT_REDACT_LEARN_H

#include "analyzer/reader.h"
#include "analyzer/redact/redact_packet.h"

/* Signed messages of which it is kept what was proved; of those behind them nothing is said. */
#define REDACT_MAX_SIGNATURES 1000000u

/* What was learned of the captures of one place. */
typedef struct redact_lesson redact_lesson;

/* NAMES is borrowed. MEMORY bytes are kept of streams at most, and as many of fragments; 0 for as
 * many as their headers say. */
redact_lesson *redact_lesson_new(stand_ins *names, gsize memory);
void redact_lesson_free(redact_lesson *self); /* NULL is allowed */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(redact_lesson, redact_lesson_free)

/* First reading: learns what TRACKER and READER come across. CREDENTIALS are those of the tracker,
 * or NULL. */
void redact_lesson_learn(redact_lesson *self, turn_tracker *tracker, reader *from,
                         const turn_credentials *credentials);

/* What packets are redacted by. Borrowed. */
redact_by redact_lesson_by(const redact_lesson *self);

/* Second reading: TRACKER, which is shown the redacted packets of the same captures, is told what
 * was proved of each message. Nothing, unless passwords were given. */
void redact_lesson_repeat(redact_lesson *self, turn_tracker *tracker);

/* FALSE when there was more than may be kept: what was learned cannot be used then, since missing
 * bytes could make another verdict. */
gboolean redact_lesson_is_complete(const redact_lesson *self);

#endif
