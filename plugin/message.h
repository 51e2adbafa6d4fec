/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The mstun tree of one STUN message: header, attributes, and the judgement. */
#ifndef MSTUN_MESSAGE_H
#define MSTUN_MESSAGE_H

#include "plugin/mstun.h"

/* Registers the fields, subtrees and expert infos of messages with PROTO_MSTUN. */
void mstun_message_register(void);

/* Adds the tree of the message that TVB begins with to TREE, and mends the Info column where the
 * built-in dissector cannot read the dialect. NOTE may be NULL. Throws nothing: what was cut or
 * does not fit is said in the tree. Returns the bytes of TVB that the message takes, 0 when it is
 * none. */
guint mstun_message_show(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree,
                         const mstun_note *note);

#endif
