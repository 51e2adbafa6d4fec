/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What stands around packets: ChannelData, multiplexed TURN, the TCP header and the TLS-like hellos
 * of [MS-TURN], and segments that hold only a part. */
#ifndef MSTUN_SHELL_H
#define MSTUN_SHELL_H

#include "plugin/frames.h"

void mstun_shell_register(void);

/* The header of ChannelData (RFC 8656 section 12.4) or of multiplexed TURN ([MS-TURN] 2.2.3), of
 * which TVB is the whole unit. */
void mstun_shell_tunnel(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree,
                        const stun_frame *frame, const turn_place *place);

/* The TCP header of [MS-TURN] in front of a message, HEADER bytes. */
void mstun_shell_ms_control(tvbuff_t *tvb, proto_tree *tree, gint header);

/* The same in front of end-to-end data; HEADER counts a second length (RFC 4571) where there is
 * one. */
void mstun_shell_ms_data(tvbuff_t *tvb, proto_tree *tree, const turn_place *place, gint header);

/* One of the hellos with which MS-TURN begins on TCP port 443; [MS-TURN] 2.1. */
void mstun_shell_pseudo_tls(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree);

/* A segment that ends within a unit. BEHIND says that other units stand before it. */
void mstun_shell_pending(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree,
                         const mstun_pending *pending, gboolean behind);

#endif
