/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The items that say what a message, a tunnel or a frame belongs to: session, peer, connection. */
#ifndef MSTUN_PLACE_H
#define MSTUN_PLACE_H

#include "plugin/mstun.h"

void mstun_place_register(void);

/* Adds the items, all of them generated, to TREE. */
void mstun_place_show(tvbuff_t *tvb, proto_tree *tree, const turn_place *place);

/* Says in the Info column who is at the far side, where PLACE knows. */
void mstun_place_column(packet_info *pinfo, const turn_place *place);

/* PLACE of a control connection, with the peer that CHANNEL leads to. */
turn_place mstun_place_of_channel(const turn_place *place, guint16 channel);

#endif
