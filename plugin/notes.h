/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Makes the note on a message (mstun.h): whether its password fits, and which message it copies. */
#ifndef MSTUN_NOTES_H
#define MSTUN_NOTES_H

#include "plugin/mstun.h"

void mstun_notes_begin(void);
void mstun_notes_end(void);

/* The note on MESSAGE, whose place is still to come. Owned by the caller; g_free(). */
mstun_note *mstun_note_new(const turn_packet *packet, const stun_message *message);

/* Fills in what the tracker knows of FLOW, once it has dealt with the message. */
void mstun_note_place(mstun_note *note, const turn_flow *flow);

#endif
