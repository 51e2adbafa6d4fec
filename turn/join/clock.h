/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * By how much the clocks of two machines differ. What left one machine cannot have come to the
 * other before: each packet that both have seen is a bound, from above when it went to the server
 * and from below when it came from there. Knows numbers only. */
#ifndef TURN_JOIN_CLOCK_H
#define TURN_JOIN_CLOCK_H

#include <glib.h>

/* Bounds that are kept of each kind: more do not make the result better. */
#define TURN_CLOCK_MAX_BOUNDS 65536u

typedef enum turn_clock_state {
    TURN_CLOCK_UNKNOWN, /* no packet in common: the clocks are taken to be equal */
    TURN_CLOCK_AT_MOST, /* packets to the server only */
    TURN_CLOCK_AT_LEAST,
    TURN_CLOCK_KNOWN,
    TURN_CLOCK_UNSTEADY /* the bounds contradict each other: the offset changes */
} turn_clock_state;

typedef struct turn_clock {
    turn_clock_state state;
    gint64 offset;      /* to be added to a time of the client, nanoseconds */
    gint64 uncertainty; /* the true offset lies within this of OFFSET */
    guint bounds;       /* how many packets it was estimated from */
} turn_clock;

typedef struct turn_clock_bounds {
    GArray *upper; /* of gint64 */
    GArray *lower;
} turn_clock_bounds;

turn_clock_bounds *turn_clock_bounds_new(void);
void turn_clock_bounds_free(turn_clock_bounds *bounds);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(turn_clock_bounds, turn_clock_bounds_free)

/* A packet that left the client at CLIENT of its clock and was seen at the server at SERVER. */
void turn_clock_to_server(turn_clock_bounds *bounds, gint64 client, gint64 server);
/* The other way. */
void turn_clock_to_client(turn_clock_bounds *bounds, gint64 client, gint64 server);

/* The offset that most bounds agree with. */
turn_clock turn_clock_solve(const turn_clock_bounds *bounds);

#endif
