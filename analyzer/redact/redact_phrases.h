/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Reasons of errors that are nobody's: those of specifications, and those that servers give to
 * everybody. */
#ifndef ANALYZER_REDACT_REDACT_PHRASES_H
#define ANALYZER_REDACT_REDACT_PHRASES_H

#include <glib.h>

/* Whether the LENGTH bytes at TEXT, without what they are padded with, are one of them, in any case
 * of letters. */
gboolean redact_phrase_is_known(const guint8 *text, gsize length);

#endif
