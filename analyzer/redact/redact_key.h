/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Where the key of the stand-ins comes from. */
#ifndef ANALYZER_REDACT_REDACT_KEY_H
#define ANALYZER_REDACT_REDACT_KEY_H

#include <glib.h>

#define REDACT_KEY_SIZE 32u
/* What a file of a key must and may hold, without the line end behind it. Bytes. */
#define REDACT_KEY_FILE_MIN 16u
#define REDACT_KEY_FILE_MAX 65536u

/* How many different bytes it must have; with fewer, "00000000000000000000" would be one. */
#define REDACT_KEY_DISTINCT_MIN 8u
/* A key that is shorter or has fewer different bytes is stretched, so that trying words takes as
 * many rounds for each: who knows one pair of address and stand-in could try millions a second. A
 * key of 32 random bytes has at least so many different ones. */
#define REDACT_KEY_STRONG_SIZE     32u
#define REDACT_KEY_STRONG_DISTINCT 24u
#define REDACT_KEY_ROUNDS          100000u

/* The key made from what is in FILE, which may be a pipe; for NULL, one that the system drew at
 * random, so that no two runs agree. FALSE with an error that names the file, and says nothing of
 * what is in it. */
gboolean redact_key_read(const char *file, guint8 key[REDACT_KEY_SIZE], GError **error);

#endif
