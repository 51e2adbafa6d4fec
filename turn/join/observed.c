/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "turn/join/observed.h"

/* Rotated files follow each other within this time. Nanoseconds. */
#define NEXT_FILE_WITHIN (5 * G_GINT64_CONSTANT(1000000000))

typedef struct piece {
    gint64 from;
    gint64 to;
} piece;

struct turn_observed {
    GArray *pieces; /* of piece, in the order of time, apart from each other */
};

static gint piece_order(gconstpointer a, gconstpointer b) {
    const piece *left = a;
    const piece *right = b;

    return left->from < right->from ? -1 : left->from > right->from;
}

turn_observed *turn_observed_new(const turn_model *model, gint64 full_since) {
    turn_observed *observed = g_new0(turn_observed, 1);
    g_autoptr(GArray) all = g_array_new(FALSE, FALSE, sizeof(piece));

    observed->pieces = g_array_new(FALSE, FALSE, sizeof(piece));
    for (guint i = 0; i < model->spans->len; i++) {
        const turn_span *span = &g_array_index(model->spans, turn_span, i);
        const piece added = {.from = span->from, .to = MIN(span->to, full_since)};

        if (added.from <= added.to) {
            g_array_append_val(all, added);
        }
    }
    g_array_sort(all, piece_order);
    for (guint i = 0; i < all->len; i++) {
        const piece *next = &g_array_index(all, piece, i);
        piece *last = observed->pieces->len > 0
                          ? &g_array_index(observed->pieces, piece, observed->pieces->len - 1)
                          : NULL;

        if (last != NULL && next->from - last->to <= NEXT_FILE_WITHIN) {
            last->to = MAX(last->to, next->to);
        } else {
            g_array_append_val(observed->pieces, *next);
        }
    }
    return observed;
}

void turn_observed_free(turn_observed *observed) {
    if (observed != NULL) {
        g_array_unref(observed->pieces);
        g_free(observed);
    }
}

/* The last piece that begins by TIME; NULL when none does. */
static const piece *begun_by(const turn_observed *observed, gint64 time) {
    guint from = 0;
    guint to = observed->pieces->len;

    while (from < to) {
        const guint middle = from + (to - from) / 2;

        if (g_array_index(observed->pieces, piece, middle).from <= time) {
            from = middle + 1;
        } else {
            to = middle;
        }
    }
    return from > 0 ? &g_array_index(observed->pieces, piece, from - 1) : NULL;
}

gboolean turn_observed_all(const turn_observed *observed, gint64 from, gint64 to) {
    const piece *at = begun_by(observed, from);

    return at != NULL && to <= at->to;
}

gboolean turn_observed_any(const turn_observed *observed, gint64 from, gint64 to) {
    const piece *at = begun_by(observed, to);

    return at != NULL && from <= at->to;
}

gboolean turn_observed_range(const turn_observed *observed, gint64 *from, gint64 *to) {
    const guint count = observed->pieces->len;

    if (count == 0) {
        return FALSE;
    }
    *from = g_array_index(observed->pieces, piece, 0).from;
    *to = g_array_index(observed->pieces, piece, count - 1).to;
    return TRUE;
}
