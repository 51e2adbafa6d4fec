/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "turn/join/clock.h"

/* A packet is under way for less than this. Nanoseconds. */
#define LONGEST_WAY G_GINT64_CONSTANT(1000000000)

turn_clock_bounds *turn_clock_bounds_new(void) {
    turn_clock_bounds *bounds = g_new0(turn_clock_bounds, 1);

    bounds->upper = g_array_new(FALSE, FALSE, sizeof(gint64));
    bounds->lower = g_array_new(FALSE, FALSE, sizeof(gint64));
    return bounds;
}

void turn_clock_bounds_free(turn_clock_bounds *bounds) {
    if (bounds == NULL) {
        return;
    }
    g_array_unref(bounds->upper);
    g_array_unref(bounds->lower);
    g_free(bounds);
}

static void add_bound(GArray *to, gint64 bound) {
    if (to->len < TURN_CLOCK_MAX_BOUNDS) {
        g_array_append_val(to, bound);
    }
}

void turn_clock_to_server(turn_clock_bounds *bounds, gint64 client, gint64 server) {
    add_bound(bounds->upper, server - client);
}

void turn_clock_to_client(turn_clock_bounds *bounds, gint64 client, gint64 server) {
    add_bound(bounds->lower, server - client);
}

static gint bound_order(gconstpointer a, gconstpointer b) {
    const gint64 left = *(const gint64 *)a;
    const gint64 right = *(const gint64 *)b;

    return left < right ? -1 : left > right;
}

static GArray *sorted(const GArray *values) {
    GArray *copy = g_array_sized_new(FALSE, FALSE, sizeof(gint64), values->len);

    g_array_append_vals(copy, values->data, values->len);
    g_array_sort(copy, bound_order);
    return copy;
}

static gint64 at(const GArray *values, guint index) {
    return g_array_index(values, gint64, index);
}

/* An interval that no bound cuts. */
typedef struct range {
    gint64 from;
    gint64 to;
} range;

/* Where most bounds hold: between a lower bound, and the next upper bound from there on. */
static range agreed(const GArray *lower, const GArray *upper) {
    range best = {.from = at(lower, 0), .to = at(upper, upper->len - 1)};
    guint passed = 0; /* upper bounds below the lower one */
    gint64 most = -1;

    for (guint i = 0; i < lower->len; i++) {
        gint64 holding;

        while (passed < upper->len && at(upper, passed) < at(lower, i)) {
            passed++;
        }
        holding = (gint64)i + 1 + (gint64)(upper->len - passed);
        if (holding >= most && passed < upper->len) {
            most = holding;
            best = (range){.from = at(lower, i), .to = at(upper, passed)};
        }
    }
    return best;
}

static turn_clock solve_both(const GArray *lower, const GArray *upper) {
    const range best = agreed(lower, upper);
    const gint64 lowest = at(upper, 0);
    const gint64 highest = at(lower, lower->len - 1);
    turn_clock clock = {.state = TURN_CLOCK_KNOWN,
                        .offset = best.from + (best.to - best.from) / 2,
                        .uncertainty = ABS(best.to - best.from) / 2 + 1,
                        .bounds = lower->len + upper->len};

    if (highest > lowest) {
        /* What contradicts it is taken to be as exact as what agrees. */
        const gint64 beyond = MAX(highest - clock.offset, clock.offset - lowest);

        clock.state = TURN_CLOCK_UNSTEADY;
        clock.uncertainty += MAX(beyond, 0);
    }
    return clock;
}

turn_clock turn_clock_solve(const turn_clock_bounds *bounds) {
    g_autoptr(GArray) lower = sorted(bounds->lower);
    g_autoptr(GArray) upper = sorted(bounds->upper);

    if (lower->len > 0 && upper->len > 0) {
        return solve_both(lower, upper);
    }
    if (upper->len > 0) {
        return (turn_clock){.state = TURN_CLOCK_AT_MOST,
                            .offset = at(upper, 0),
                            .uncertainty = LONGEST_WAY,
                            .bounds = upper->len};
    }
    if (lower->len > 0) {
        return (turn_clock){.state = TURN_CLOCK_AT_LEAST,
                            .offset = at(lower, lower->len - 1),
                            .uncertainty = LONGEST_WAY,
                            .bounds = lower->len};
    }
    return (turn_clock){.state = TURN_CLOCK_UNKNOWN};
}
