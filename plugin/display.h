/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Puts what a segment holds on the screen: the built-in dissector's tree of each message, mstun's
 * behind it, and what they carry inside with the dissector that it belongs to. */
#ifndef MSTUN_DISPLAY_H
#define MSTUN_DISPLAY_H

#include "plugin/transport.h"

void mstun_display_register(void);
void mstun_display_hand_off(void);

/* SEGMENT is going to be dissected, by whomever: what its messages carry is left to the plugin. */
void mstun_display_expect(mstun_segment *segment, packet_info *pinfo);

/* SEGMENT has been dissected. */
void mstun_display_forget(const mstun_segment *segment, packet_info *pinfo);

/* Adds everything in SEGMENT to TREE. Throws nothing. */
void mstun_display_segment(mstun_segment *segment, packet_info *pinfo, proto_tree *tree);

/* Adds the packet in TVB, which came out of a tunnel, a bound connection or a message, to TREE by
 * the dissector that its first bytes call for. TRUE unless that was data. */
gboolean mstun_display_packet(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree);
/* The same for bytes of which nothing is known. */
void mstun_display_data(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree);

#endif
