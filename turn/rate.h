/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Bytes over time in a fixed number of bins of equal width. Where they are too few for the time
 * that they have to cover, the width doubles: memory does not grow with the capture. Knows numbers
 * only. */
#ifndef TURN_RATE_H
#define TURN_RATE_H

#include <glib.h>

#define TURN_RATE_BINS 256u
/* What the width of a bin begins with, nanoseconds. */
#define TURN_RATE_WIDTH (10 * G_GINT64_CONSTANT(1000000))

typedef enum turn_rate_way { TURN_RATE_TO_PEER, TURN_RATE_FROM_PEER, TURN_RATE_WAYS } turn_rate_way;

/* All zero is empty. */
typedef struct turn_rate {
    gint64 width; /* of a bin, nanoseconds; 0 when there is none */
    gint64 first; /* number of the first bin: it begins at FIRST * WIDTH */
    guint count;  /* of bins that are used */
    guint64 bytes[TURN_RATE_WAYS][TURN_RATE_BINS];
    guint64 total[TURN_RATE_WAYS];
} turn_rate;

/* Times need not be in order. */
void turn_rate_add(turn_rate *rate, gint64 time, turn_rate_way way, guint64 bytes);

/* The time when the bin of this index begins, and the index of the bin that TIME is in, which may
 * be none of them. */
gint64 turn_rate_begin(const turn_rate *rate, guint index);
gint64 turn_rate_index(const turn_rate *rate, gint64 time);

/* Of what a tracker has seen: on the legs between clients and servers, and between servers and
 * peers. What passes both is in both. */
typedef enum turn_rate_leg {
    TURN_RATE_CLIENT_LEG,
    TURN_RATE_PEER_LEG,
    TURN_RATE_LEGS
} turn_rate_leg;

typedef struct turn_rates {
    turn_rate legs[TURN_RATE_LEGS];
} turn_rates;

/* The leg that more was seen on; the client's, when both have the same. */
turn_rate_leg turn_rates_fuller(const turn_rates *rates);

#endif
