/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Which address of one capture point is which at the other: learned from packets that both saw.
 * Inside is what a host's own side sees, outside what the other side sees. */
#ifndef TURN_JOIN_NAT_H
#define TURN_JOIN_NAT_H

#include "turn/session.h"

/* Address and port pairs. Further ones are not learned. */
#define TURN_NAT_MAX_MAPPINGS 1024u

typedef struct turn_mapping {
    gboolean of_server; /* the server's NAT (static NAT), else the client's */
    stun_address inside;
    stun_address outside;
} turn_mapping;

typedef struct turn_nat turn_nat;

turn_nat *turn_nat_new(void);
void turn_nat_free(turn_nat *nat);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(turn_nat, turn_nat_free)

/* Equal addresses are no mapping and are passed over, as is what is known. */
void turn_nat_learn(turn_nat *nat, gboolean of_server, const stun_address *inside,
                    const stun_address *outside);

/* Of turn_mapping, in the order in which they were learned. Borrowed. */
const GArray *turn_nat_mappings(const turn_nat *nat);

/* The other side's name for ADDRESS: the mapping of address and port, else of its host with the
 * same port, else ADDRESS itself. */
stun_address turn_nat_outside(const turn_nat *nat, gboolean of_server, const stun_address *address);
stun_address turn_nat_inside(const turn_nat *nat, gboolean of_server, const stun_address *address);

#endif
