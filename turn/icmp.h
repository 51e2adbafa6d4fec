/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What an ICMP error says, who said it, and both in words. */
#ifndef TURN_ICMP_H
#define TURN_ICMP_H

#include "stun/address.h"

#include <glib.h>

typedef struct turn_icmp {
    guint8 version; /* 4 or 6 */
    guint8 type;
    guint8 code;
    stun_address sender; /* of the error; its port is 0 */
} turn_icmp;

/* "port unreachable": static. */
const char *turn_icmp_words(guint8 version, guint8 type, guint8 code);
/* "ICMP port unreachable (type 3, code 3)". Owned by the caller. */
char *turn_icmp_name(const turn_icmp *error);
/* The same with " from 10.1.2.3" behind it, who sent the error. Owned by the caller. */
char *turn_icmp_text(const turn_icmp *error);

/* That the destination cannot be reached at all. */
gboolean turn_icmp_is_unreachable(const turn_icmp *error);
/* Of those: nothing listens on the port. */
gboolean turn_icmp_is_port_closed(const turn_icmp *error);
/* Of those: a filter forbids it. */
gboolean turn_icmp_is_prohibited(const turn_icmp *error);
/* Of those: a route is missing, or nobody answers to the address. */
gboolean turn_icmp_is_no_way(const turn_icmp *error);

/* Whose packets an error is about, and for whom they were: "the client" to "the server". */
typedef struct turn_icmp_ends {
    const char *from_name;
    const char *to_name;
    const stun_address *from;
    const stun_address *to;
} turn_icmp_ends;

/* One sentence on who sent the error and what it means; NULL when its name says it all. Owned by
 * the caller. */
char *turn_icmp_told(const turn_icmp *error, const turn_icmp_ends *ends);

#endif
