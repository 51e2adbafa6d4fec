/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The tcpdump filters of captures to be taken next. Inside turn/ only. */
#ifndef TURN_NEXT_FILTER_H
#define TURN_NEXT_FILTER_H

#include "turn/session.h"

/* The relay range of an Expressway from X8.1 on. */
#define TURN_RELAY_FIRST 24000u
#define TURN_RELAY_LAST  29999u

/* What the filter lets through. */
typedef enum turn_scope {
    TURN_SCOPE_CONTROL_AT_CLIENT, /* the session with the TURN server */
    TURN_SCOPE_CONTROL_AT_SERVER,
    TURN_SCOPE_CONTROL_HERE,
    TURN_SCOPE_CONTROL_CLEAR, /* the same over UDP, without TLS */
    TURN_SCOPE_RELAY,         /* what passes between relay and peers */
    TURN_SCOPE_RELAY_ERRORS,  /* the same, and ICMP */
    TURN_SCOPE_ALL,           /* both */
    TURN_SCOPE_SIZES,         /* both, with ICMP and the fragments, which have no ports */
    TURN_SCOPE_RELAY_SIZES,   /* the same of what passes between relay and peers */
    TURN_SCOPE_MEDIA          /* whatever may be media, wherever it goes */
} turn_scope;

/* SESSION may be NULL: for any session then. Owned by the caller. */
char *turn_next_filter(turn_scope scope, const turn_session *session);

#endif
