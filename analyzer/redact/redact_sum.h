/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The Internet checksum after some of the bytes that it covers were changed: updated by the
 * difference (RFC 1624), so that a good one stays good, a wrong one stays as wrong as it was, and
 * bytes that the capture does not hold go on counting. */
#ifndef ANALYZER_REDACT_REDACT_SUM_H
#define ANALYZER_REDACT_REDACT_SUM_H

#include <glib.h>

/* The difference between what was and what is; 0 to begin with. */
typedef guint64 redact_sum;

/* Adds the difference between the LENGTH bytes at BEFORE and at AFTER, of which the first one
 * stands at an even place of what the checksum covers. */
void redact_sum_add(redact_sum *self, const guint8 *before, const guint8 *after, gsize length);

/* Puts the difference into the checksum at FIELD. */
void redact_sum_apply(redact_sum self, guint8 *field);
/* The same for UDP, where 0 says that there is none: it stays, and no other becomes it. */
void redact_sum_apply_udp(redact_sum self, guint8 *field);

#endif
