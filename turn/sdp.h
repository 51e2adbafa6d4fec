/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The passwords of ICE agents, which their signalling tells each other in the clear. */
#ifndef TURN_SDP_H
#define TURN_SDP_H

#include "turn/credentials.h"

/* Longer values are no user fragments and passwords, RFC 8839 section 5.4. Shorter ones than stand
 * there are taken, and other characters: Microsoft's agents have such. */
#define TURN_SDP_MAX_VALUE 256u

/* Adds what a=ice-ufrag and a=ice-pwd of the session description TEXT say to CREDENTIALS: for the
 * session and for each of its media, which take from the session what they do not say themselves.
 * CAPTURED bytes of REPORTED are there; a line that was cut says nothing. Lines end with LF or
 * CRLF. Returns how many credentials are new. RFC 8839 section 5.4, RFC 8866 section 5. */
guint turn_sdp_read(turn_credentials *credentials, const char *text, gsize captured,
                    gsize reported);

#endif
