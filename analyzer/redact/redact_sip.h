/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * A SIP message (RFC 3261) as a packet carries it, without what names somebody: method, status code
 * and the names of known headers stay, Call-ID becomes another, of the body a session description
 * keeps what redact_sdp.h says, and all else is filled. */
#ifndef ANALYZER_REDACT_REDACT_SIP_H
#define ANALYZER_REDACT_REDACT_SIP_H

#include "analyzer/redact/stand_in.h"

/* One message or several, in place; the first four bytes stay. FALSE, and nothing is changed, when
 * no message begins here. What stands behind the last one, and what cannot be read, is filled. */
gboolean redact_sip(stand_ins *names, char *text, gsize length);

#endif
