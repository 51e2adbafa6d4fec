/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The protocol "turnconn": frames (RFC 4571) of a connection that a ConnectionBind has bound to a
 * peer's (RFC 6062), or that ICE uses directly (RFC 6544), and what they carry. */
#ifndef MSTUN_TURNCONN_H
#define MSTUN_TURNCONN_H

#include "plugin/frames.h"

/* Registers the protocol, unless this Wireshark has it. */
void mstun_turnconn_register(void);
void mstun_turnconn_hand_off(void);

/* Adds UNIT, whose bytes TVB holds, to TREE. */
void mstun_turnconn_show(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree,
                         const mstun_unit *unit);

#endif
