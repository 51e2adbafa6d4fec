/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "turn/ladder.h"

/* Of a moment there is no rate. Nanoseconds. */
#define RATE_AT_LEAST (100 * G_GINT64_CONSTANT(1000000))
/* Intervals that a rate is made from. */
#define INTERVALS_AT_LEAST 2u
/* With more pauses than one in so many intervals, packets come slowly. */
#define RARELY 4u

/* A pause is told beside slow packets where it is so many times as long as their intervals. */
#define STANDS_OUT 10

/* Against the mean of all other intervals. */
static gboolean stands_out(const turn_step *step) {
    const gint64 rest = step->last.time - step->seen.time - step->pauses.longest;

    return step->packets > 2 + INTERVALS_AT_LEAST &&
           step->pauses.longest / STANDS_OUT >= rest / (gint64)(step->packets - 2);
}

turn_pauses turn_step_pauses(const turn_step *step) {
    const turn_pauses *all = &step->pauses;

    if (all->count == 0 || step->packets > all->count * RARELY) {
        return *all;
    }
    if (!stands_out(step)) {
        return (turn_pauses){.count = 0};
    }
    return (turn_pauses){.count = 1,
                         .time = all->longest,
                         .bytes = all->longest_bytes,
                         .longest = all->longest,
                         .longest_bytes = all->longest_bytes,
                         .before = all->before};
}

/* N packets last N - 1 intervals: what the last one brings takes no time, nor does what the last
 * before a pause brings. */
gboolean turn_step_rate(const turn_step *step, guint64 *bytes_per_second) {
    const turn_pauses pauses = turn_step_pauses(step);
    const gint64 time = step->last.time - step->seen.time - pauses.time;
    const guint64 bytes = step->bytes - step->last_bytes - pauses.bytes;

    if (step->packets < 1 + pauses.count + INTERVALS_AT_LEAST || time < RATE_AT_LEAST) {
        return FALSE;
    }
    *bytes_per_second = (guint64)((gdouble)bytes * 1e9 / (gdouble)time + 0.5);
    return TRUE;
}
