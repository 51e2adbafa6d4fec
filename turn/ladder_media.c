/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "turn/ladder.h"

/* Of a moment there is no rate. Nanoseconds. */
#define RATE_AT_LEAST (100 * G_GINT64_CONSTANT(1000000))
/* Intervals that a rate is made from. */
#define INTERVALS_AT_LEAST 2u
/* With more pauses than one in so many intervals, packets come slowly. */
#define RARELY 4u

gboolean turn_step_pauses(const turn_step *step) {
    return step->pauses.count > 0 && step->packets > step->pauses.count * RARELY;
}

/* N packets last N - 1 intervals: what the last one brings takes no time, nor does what the last
 * before a pause brings. */
gboolean turn_step_rate(const turn_step *step, guint64 *bytes_per_second) {
    static const turn_pauses none = {0};
    const turn_pauses *pauses = turn_step_pauses(step) ? &step->pauses : &none;
    const gint64 time = step->last.time - step->seen.time - pauses->time;
    const guint64 bytes = step->bytes - step->last_bytes - pauses->bytes;

    if (step->packets < 1 + pauses->count + INTERVALS_AT_LEAST || time < RATE_AT_LEAST) {
        return FALSE;
    }
    *bytes_per_second = (guint64)((gdouble)bytes * 1e9 / (gdouble)time + 0.5);
    return TRUE;
}
