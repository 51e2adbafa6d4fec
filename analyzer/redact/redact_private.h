/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Messages carry payload and payload may be a message: DEPTH says how many this one stands in. */
#ifndef ANALYZER_REDACT_REDACT_PRIVATE_H
#define ANALYZER_REDACT_REDACT_PRIVATE_H

#include "analyzer/redact/redact_message.h"
#include "analyzer/redact/redact_payload.h"

gboolean redact_message_within(stand_ins *self, guint8 *bytes, gsize captured, gsize length,
                               guint depth);
void redact_payload_within(stand_ins *self, guint8 *bytes, gsize captured, gsize length,
                           guint depth);

#endif
