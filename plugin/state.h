/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The capture that is open, as turn/ sees it: filled while Wireshark dissects every packet for the
 * first time, complete and judged when that is over. */
#ifndef MSTUN_STATE_H
#define MSTUN_STATE_H

#include "plugin/mstun.h"
#include "turn/findings.h"
#include "turn/tcp/streams.h"

/* Has the state made anew for each capture, and concluded behind its last packet. PREFERENCES are
 * those of mstun. */
void mstun_state_register(module_t *preferences);

/* Whether packets are still taken in: from the opening of a capture to its conclusion. */
gboolean mstun_state_is_open(void);

/* Both belong to the capture; NULL when none is open. */
turn_tracker *mstun_state_tracker(void);
turn_streams *mstun_state_streams(void);

/* Ends the first pass, where Wireshark does not (tshark without -2). MARK is the last packet's. A
 * second call does nothing. */
void mstun_state_conclude(void);

/* A packet is dissected that has been taken in before. When Wireshark dissects a capture anew,
 * after a change of preferences, it does not say when the last packet has been taken in: the
 * capture is judged when it ends as the one did that was judged last. */
void mstun_state_revisit(void);
/* The packet that was dissected last. */
void mstun_state_mark(const turn_packet *packet);

/* Whether times in the capture are finer than microseconds. */
gboolean mstun_state_has_nanoseconds(void);

/* NULL before the conclusion. */
const turn_model *mstun_state_model(void);
const turn_judgement *mstun_state_judgement(void);

#endif
