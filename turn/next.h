/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Which capture to take next, when the ones at hand leave the cause open: where, of what, and from
 * when to when. Silent when the cause is proven. */
#ifndef TURN_NEXT_H
#define TURN_NEXT_H

#include "turn/findings.h"

typedef struct turn_next {
    const char *where; /* "client"; static, as FROM and UNTIL */
    char *what;        /* a sentence: what to look for, or to do otherwise than before */
    char *filter;      /* for tcpdump */
    const char *from;  /* "before the call is placed" */
    const char *until; /* "10 seconds after it has failed" */
} turn_next;

void turn_next_free(turn_next *self);

/* Of turn_next, the most telling first; empty when no capture would tell more. Pure. Owned by the
 * caller: g_ptr_array_unref(). */
GPtrArray *turn_next_captures(const turn_model *model, const turn_judgement *judgement);

/* Whether the capture holds only what passes between relays and peers, and not the sessions of the
 * relays' clients: it was taken at the interface of the other side. */
gboolean turn_next_only_relay_side(const turn_model *model);

#endif
