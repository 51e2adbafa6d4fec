/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Stands in front of Wireshark's UDP, TCP and ICMP dissectors, where every segment passes whatever
 * its ports: shows it to turn/ on the first pass, lets Wireshark dissect it as always, and sees to
 * it that what turn/ found is shown. */
#ifndef MSTUN_TRANSPORT_H
#define MSTUN_TRANSPORT_H

#include "plugin/frames.h"

/* Registers the dissectors of conversations, and the place in front of all others, which is taken
 * when the first capture is opened. */
void mstun_transport_hand_off(void);

/* The segment that is being dissected. */
typedef struct mstun_segment {
    turn_flow flow;
    tvbuff_t *payload;        /* of UDP or TCP */
    const mstun_frame *frame; /* NULL: nothing of concern in it */
    const mstun_frame *other; /* units of the other direction that it completed; NULL: none */
    gboolean shown;
    void *outer;          /* display.c's own */
    gboolean has_builtin; /* the built-in dissector has shown it already */
} mstun_segment;

/* The built-in dissector, which has just seen a ConnectionBind Success Response, gives the
 * connection up to "data" from the next frame on. Takes it over, unless it did otherwise. */
void mstun_transport_claim_bound(packet_info *pinfo);

#endif
