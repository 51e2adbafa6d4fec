/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * A session description (RFC 8866) as a packet carries it, without what names somebody: addresses,
 * host names, user names and ICE fragments have the stand-ins that they have elsewhere, what
 * redact_text.h knows and numbers
 * where the line has one stay, and all else is filled. */
#ifndef ANALYZER_REDACT_REDACT_SDP_H
#define ANALYZER_REDACT_REDACT_SDP_H

#include "analyzer/redact/stand_in.h"

/* Where in the LENGTH bytes at TEXT a description begins, which is at the start of a line; LENGTH
 * when none does. */
gsize redact_sdp_find(const char *text, gsize length);

/* In place. Stand-ins of addresses are longer or shorter than the originals, and what is filled
 * makes up for it; where that has no room, addresses are filled too. Lines that are of no
 * description, and a last one that has no end, are filled. */
void redact_sdp(stand_ins *names, char *text, gsize length);

#endif
