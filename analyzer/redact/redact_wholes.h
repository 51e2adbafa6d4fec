/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * IP datagrams that were sent in fragments: kept whole in a first reading, redacted once, and cut
 * up again over their fragments in a second. Does not know what is in them. */
#ifndef ANALYZER_REDACT_REDACT_WHOLES_H
#define ANALYZER_REDACT_REDACT_WHOLES_H

#include "analyzer/ip.h"
#include "analyzer/redact/redact_region.h"

/* Bytes that may be kept in all, structures included. */
#define REDACT_WHOLES_MEMORY ((gsize)256 << 20)

typedef struct redact_wholes redact_wholes;

/* Keeps LIMIT bytes at most. */
redact_wholes *redact_wholes_new(gsize limit);
void redact_wholes_free(redact_wholes *self); /* NULL is allowed */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(redact_wholes, redact_wholes_free)

/* A datagram that was complete at TIME. It is copied. */
void redact_wholes_learn(redact_wholes *self, const ip_datagram *whole, gint64 time);

/* Redacts the payload of WHOLE, CAPTURED bytes at PAYLOAD, which it has in common with BYTES. */
typedef void (*redact_whole)(gpointer data, const ip_datagram *whole, guint8 *bytes, gint64 time);

/* Lays the redacted bytes over PAYLOAD, that of the fragment; REDACT is called with DATA where they
 * are not redacted yet. FALSE when the datagram of the fragment is not known. */
gboolean redact_wholes_lay(redact_wholes *self, const ip_datagram *fragment, gint64 time,
                           redact_whole redact, gpointer data, redact_region payload);

/* Whether the limit was reached: what came afterwards is not known. */
gboolean redact_wholes_is_full(const redact_wholes *self);

#endif
