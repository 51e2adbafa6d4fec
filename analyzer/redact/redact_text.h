/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What text protocols are redacted with: which words say nothing of anybody, and what fills the
 * place of the others. */
#ifndef ANALYZER_REDACT_REDACT_TEXT_H
#define ANALYZER_REDACT_REDACT_TEXT_H

#include "analyzer/redact/stand_in.h"

/* Between words, unless a protocol says otherwise. */
#define REDACT_TEXT_SEPARATORS " /;,="

/* How many of the LENGTH bytes at TEXT stand in front of the first of SEPARATORS. */
gsize redact_text_word(const char *text, gsize length, const char *separators);

/* Whether the LENGTH bytes at TEXT may stay: a word of SIP or SDP that stands in a specification,
 * in any case, "-" or "*". */
gboolean redact_text_stays(const char *text, gsize length);

/* Whether they are a number up to MOST, without a zero in front. */
gboolean redact_text_number(const char *text, gsize length, guint64 most);

/* Whether the LENGTH bytes at TEXT are WORD, in any case. */
gboolean redact_text_is(const char *text, gsize length, const char *word);

/* The length of the line at TEXT without its end, and in END the length of that: 2 for CR LF, 1 for
 * LF, 0 where it has none. */
gsize redact_text_line(const char *text, gsize length, gsize *end);

/* In place: nothing but the length is left. */
void redact_text_fill(char *text, gsize length);

/* The same, but up to eight digits in front tell texts apart. */
void redact_text_mark(const stand_ins *names, char *text, gsize length);

#endif
