/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What the parts of the plugin share: its two protocols, and what was found out about one STUN
 * message when its frame was dissected for the first time. */
#ifndef MSTUN_H
#define MSTUN_H

#include "plugin/ws_compat.h"

#include "stun/integrity.h"
#include "turn/tracker.h"

/* "mstun": the tree of a STUN message and what is concluded from it. */
extern int proto_mstun;
/* "turnconn": a frame of a bound connection (RFC 6062) or of ICE over TCP (RFC 6544). */
extern int proto_turnconn;

/* What one message led to. The pointers are the tracker's (state.h) and live until the capture is
 * closed; what they point to is complete once the whole capture has been dissected. */
typedef struct mstun_note {
    turn_place place;                  /* what the message's 5-tuple belongs to */
    const turn_connection *connection; /* of its CONNECTION-ID, or that it came through; NULL */
    gboolean has_connection_id;
    guint32 connection_id;
    guint32 copy_of;                    /* frame of the same message with the other CRC; 0: none */
    stun_integrity integrity;           /* UNKNOWN also where no password was at hand */
    stun_integrity_text integrity_text; /* VERIFIED: the form that fitted */
    const char *integrity_user;         /* VERIFIED: whose password; file scope */
} mstun_note;

#endif
