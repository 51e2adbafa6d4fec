/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * One STUN message in the course of being shown: what its bytes say and where its items go. */
#ifndef MSTUN_VIEW_H
#define MSTUN_VIEW_H

#include "plugin/mstun.h"

typedef struct mstun_view {
    tvbuff_t *tvb; /* offsets in it are those of MESSAGE */
    packet_info *pinfo;
    proto_tree *tree; /* of the message; NULL when nobody looks */
    proto_item *item; /* the tree's own line */
    const stun_message *message;
    const mstun_note *note; /* NULL when nothing was noted */
} mstun_view;

#endif
