/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Bytes of which many are like the one in front, in fewer of them: again and again some bytes as
 * they are, and behind them one that comes so many times. Redacted bytes are like that: what is
 * blank takes hardly any room. */
#ifndef ANALYZER_REDACT_REDACT_RUNS_H
#define ANALYZER_REDACT_REDACT_RUNS_H

#include <glib.h>

/* Appends what stands for the LENGTH bytes to RUNS. */
void redact_runs_append(GByteArray *runs, const guint8 *bytes, gsize length);

/* Of what the SIZE bytes at RUNS stand for, those from OFFSET on, LENGTH or up to the end. */
void redact_runs_read(const guint8 *runs, gsize size, gsize offset, guint8 *out, gsize length);

#endif
