/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "analyzer/html/ladder_limit.h"

#include "analyzer/html/ladder_rows.h"

/* How it began and how it ended is shown in any case, and more of both where there is room. */
#define BEGIN_LEAST 20u
#define END_LEAST   10u
#define END_MOST    40u

typedef struct selection {
    const GPtrArray *rows;
    GHashTable *places; /* of ladder_row to its index, plus one */
    GByteArray *kept;   /* of gboolean, by index */
    guint room;         /* rows that may be added, those of gaps counted */
} selection;

static const ladder_row *row_at(const selection *self, guint index) {
    return g_ptr_array_index(self->rows, index);
}

/* Rows that the ladder grows by with this one: a gap is divided, or made shorter, or filled. */
static guint cost_of(const selection *self, guint index) {
    const gboolean before = index == 0 || self->kept->data[index - 1];
    const gboolean after = index + 1 == self->rows->len || self->kept->data[index + 1];

    return self->kept->data[index] ? 0 : 2u - (before ? 1 : 0) - (after ? 1 : 0);
}

static guint keep(selection *self, guint index, GArray *added) {
    const guint cost = cost_of(self, index);

    if (!self->kept->data[index]) {
        self->kept->data[index] = TRUE;
        g_array_append_val(added, index);
    }
    return cost;
}

/* An answer without its request, or the other way round, is half of what happened. */
static guint keep_exchange(selection *self, guint index, GArray *added) {
    const ladder_row *other = row_at(self, index)->other;
    const guint at = other != NULL ? GPOINTER_TO_UINT(g_hash_table_lookup(self->places, other)) : 0;

    return keep(self, index, added) + (at > 0 ? keep(self, at - 1, added) : 0);
}

typedef guint (*keeper)(selection *self, guint index, GArray *added);

/* COUNT of WANTED, evenly over them, if there is room. */
static gboolean keep_some(selection *self, const GArray *wanted, guint count, keeper keep_one) {
    g_autoptr(GArray) added = g_array_new(FALSE, FALSE, sizeof(guint));
    guint cost = 0;

    for (guint i = 0; i < count; i++) {
        const guint of = count > 1 ? (guint)((guint64)i * (wanted->len - 1) / (count - 1)) : 0;

        cost += keep_one(self, g_array_index(wanted, guint, of), added);
    }
    if (cost <= self->room) {
        self->room -= cost;
        return TRUE;
    }
    for (guint i = 0; i < added->len; i++) {
        self->kept->data[g_array_index(added, guint, i)] = FALSE;
    }
    return FALSE;
}

static gboolean is_evidence(const ladder_row *row) {
    return row->findings->len > 0;
}

static gboolean is_silent(const ladder_row *row) {
    return row->outcome == LADDER_OUTCOME_LOST || row->outcome == LADDER_OUTCOME_UNANSWERED;
}

static gboolean is_error(const ladder_row *row) {
    return row->outcome == LADDER_OUTCOME_ERROR || row->outcome == LADDER_OUTCOME_FAILURE;
}

static GArray *those(const selection *self, gboolean (*is_wanted)(const ladder_row *row)) {
    GArray *wanted = g_array_new(FALSE, FALSE, sizeof(guint));

    for (guint i = 0; i < self->rows->len; i++) {
        if (!self->kept->data[i] && is_wanted(row_at(self, i))) {
            g_array_append_val(wanted, i);
        }
    }
    return wanted;
}

/* As many as there is room for, each with what belongs to it. */
static void keep_most(selection *self, const GArray *wanted) {
    for (guint count = MIN(wanted->len, self->room); count > 0; count--) {
        if (keep_some(self, wanted, count, keep_exchange)) {
            return;
        }
    }
}

static void keep_those(selection *self, gboolean (*is_wanted)(const ladder_row *row)) {
    g_autoptr(GArray) wanted = those(self, is_wanted);

    keep_most(self, wanted);
}

/* All of it, though it be without what belongs to it. */
static void keep_evidence(selection *self) {
    g_autoptr(GArray) wanted = those(self, is_evidence);

    if (!keep_some(self, wanted, wanted->len, keep_exchange) &&
        !keep_some(self, wanted, wanted->len, keep)) {
        keep_most(self, wanted);
    }
}

static void keep_ends(selection *self) {
    g_autoptr(GArray) added = g_array_new(FALSE, FALSE, sizeof(guint));
    const guint end = self->rows->len - END_MOST;

    for (guint i = self->rows->len; i-- > end && cost_of(self, i) <= self->room;) {
        self->room -= keep(self, i, added);
    }
    for (guint i = 0; i < end && cost_of(self, i) <= self->room; i++) {
        self->room -= keep(self, i, added);
    }
}

/* Those at both ends, and one row for the gap between them. */
static selection selection_new(const GPtrArray *rows) {
    selection self = {.rows = rows,
                      .places = g_hash_table_new(NULL, NULL),
                      .kept = g_byte_array_new(),
                      .room = LADDER_MAX_ROWS - BEGIN_LEAST - END_LEAST - 1};

    g_byte_array_set_size(self.kept, rows->len);
    for (guint i = 0; i < rows->len; i++) {
        self.kept->data[i] = i < BEGIN_LEAST || i >= rows->len - END_LEAST;
        g_hash_table_insert(self.places, g_ptr_array_index(rows, i), GUINT_TO_POINTER(i + 1));
    }
    return self;
}

/* A gap of one row takes as much room as the row itself. */
static gboolean is_shown(const GByteArray *kept, guint index) {
    return kept->data[index] || (kept->data[index - 1] && kept->data[index + 1]);
}

static void leave_out(ladder_row *gap, const ladder_row *row) {
    gap->count++;
    gap->errors += is_error(row) ? 1 : 0;
    gap->silent += is_silent(row) ? 1 : 0;
    gap->last = row->last;
}

static GPtrArray *with_gaps(GPtrArray *rows, const GByteArray *kept) {
    GPtrArray *result = g_ptr_array_new_with_free_func(ladder_row_free);
    ladder_row *gap = NULL;

    for (guint i = 0; i < rows->len; i++) {
        ladder_row *row = g_ptr_array_index(rows, i);

        row->other = NULL;
        if (is_shown(kept, i)) {
            gap = NULL;
            g_ptr_array_add(result, g_steal_pointer(&rows->pdata[i]));
            continue;
        }
        if (gap == NULL) {
            gap = ladder_row_new(LADDER_ROW_LEFT_OUT, row->step);
            g_ptr_array_add(result, gap);
        }
        leave_out(gap, row);
    }
    return result;
}

GPtrArray *ladder_limit(GPtrArray *rows) {
    GPtrArray *result;
    selection self;

    if (rows->len <= LADDER_MAX_ROWS) {
        return g_ptr_array_ref(rows);
    }
    self = selection_new(rows);
    keep_evidence(&self);
    keep_those(&self, is_silent);
    keep_those(&self, is_error);
    keep_ends(&self);
    result = with_gaps(rows, self.kept);
    g_hash_table_unref(self.places);
    g_byte_array_unref(self.kept);
    return result;
}
