/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "turn/ladders.h"

#include "turn/ladder_join.h"
#include "turn/ladder_private.h"

/* What all ladders of one report are made from. */
typedef struct workshop {
    const turn_model *model;
    const turn_judgement *judgement;
    turn_ladder_index *index; /* with one capture point */
    turn_ladder_join *join;   /* with two */
} workshop;

static workshop workshop_open(const turn_model *model, const turn_judgement *judgement,
                              const turn_join *join,
                              const turn_ladder_log *const logs[TURN_POINT_COUNT]) {
    workshop self = {.model = model, .judgement = judgement};

    if (join != NULL) {
        self.join = turn_ladder_join_new(join, logs);
    } else {
        self.index = turn_ladder_index_new(logs[TURN_POINT_CLIENT]);
    }
    return self;
}

static void workshop_close(workshop *self) {
    turn_ladder_join_free(self->join);
    turn_ladder_index_free(self->index);
}

static void ladder_free(gpointer ladder) {
    turn_ladder_free(ladder);
}

static turn_ladder *ladder_of_view(const workshop *in, turn_ladder *ladder, ladder_view *view) {
    ladder_add_messages(ladder, view);
    ladder_add_events(ladder, view);
    ladder_mark_unanswered(ladder, view);
    ladder_finish(ladder, in->judgement, NULL);
    g_array_unref(view->relayed);
    return ladder;
}

static turn_ladder *session_ladder(const workshop *in, const turn_session *session) {
    ladder_view view;

    if (in->join != NULL) {
        return turn_ladder_join_session(in->join, in->judgement, session);
    }
    view = ladder_view_of_session(in->index, in->model, session);
    return ladder_of_view(in, ladder_new(session, NULL), &view);
}

static turn_ladder *pair_ladder(const workshop *in, const turn_pair *pair) {
    ladder_view view;

    if (in->join != NULL) {
        return turn_ladder_join_pair(in->join, in->judgement, pair);
    }
    view = ladder_view_of_pair(in->index, in->model, pair);
    return ladder_of_view(in, ladder_new(NULL, pair), &view);
}

/* Which sessions */

typedef struct ranked {
    turn_level level;
    guint index;
} ranked;

static gint rank_order(gconstpointer a, gconstpointer b) {
    const ranked *left = a;
    const ranked *right = b;

    if (left->level != right->level) {
        return left->level < right->level ? -1 : 1;
    }
    return left->index < right->index ? -1 : left->index > right->index;
}

/* Of session to its worst level, plus one. */
static GHashTable *worst_levels(const turn_judgement *judgement) {
    GHashTable *worst = g_hash_table_new(NULL, NULL);

    for (guint i = judgement->findings->len; i > 0; i--) {
        const turn_finding *finding = g_ptr_array_index(judgement->findings, i - 1);
        const guint known = GPOINTER_TO_UINT(g_hash_table_lookup(worst, finding->session));
        const guint level = (guint)finding->level + 1;

        if (finding->session != NULL && (known == 0 || level < known)) {
            g_hash_table_insert(worst, (gpointer)finding->session, GUINT_TO_POINTER(level));
        }
    }
    return worst;
}

GArray *turn_sessions_worst_first(const turn_model *model, const turn_judgement *judgement) {
    GArray *order = g_array_new(FALSE, FALSE, sizeof(guint));
    g_autoptr(GArray) all = g_array_new(FALSE, FALSE, sizeof(ranked));
    g_autoptr(GHashTable) worst = worst_levels(judgement);

    for (guint i = 0; i < model->sessions->len; i++) {
        const guint level =
            GPOINTER_TO_UINT(g_hash_table_lookup(worst, g_ptr_array_index(model->sessions, i)));
        const ranked of = {.level = level > 0 ? (turn_level)(level - 1) : TURN_LEVEL_HEALTHY,
                           .index = i};

        g_array_append_val(all, of);
    }
    g_array_sort(all, rank_order);
    for (guint i = 0; i < all->len; i++) {
        g_array_append_val(order, g_array_index(all, ranked, i).index);
    }
    return order;
}

GPtrArray *turn_ladders_of_sessions(const turn_model *model, const turn_judgement *judgement,
                                    const turn_join *join,
                                    const turn_ladder_log *const logs[TURN_POINT_COUNT]) {
    GPtrArray *ladders = g_ptr_array_new_with_free_func(ladder_free);
    g_autoptr(GArray) order = turn_sessions_worst_first(model, judgement);
    workshop in = workshop_open(model, judgement, join, logs);

    g_ptr_array_set_size(ladders, (gint)model->sessions->len);
    for (guint i = 0; i < MIN(order->len, TURN_MAX_LADDERS); i++) {
        const guint at = g_array_index(order, guint, i);

        ladders->pdata[at] = session_ladder(&in, g_ptr_array_index(model->sessions, at));
    }
    workshop_close(&in);
    return ladders;
}

/* Which pairs */

static gint64 place_of(const turn_seen *seen) {
    return (gint64)seen->capture << 32 | seen->frame;
}

/* Set of gint64, owned: where findings about no session have their evidence. */
static GHashTable *loose_evidence(const turn_judgement *judgement) {
    GHashTable *places = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);

    for (guint i = 0; i < judgement->findings->len; i++) {
        const turn_finding *finding = g_ptr_array_index(judgement->findings, i);

        for (guint k = 0; finding->session == NULL && k < finding->evidence->len; k++) {
            const gint64 at = place_of(&g_array_index(finding->evidence, turn_evidence, k).seen);

            g_hash_table_add(places, g_memdup2(&at, sizeof at));
        }
    }
    return places;
}

/* Set of turn_flow, borrowed from the logs: where messages that are such evidence went. */
static GHashTable *flows_at(GHashTable *places,
                            const turn_ladder_log *const logs[TURN_POINT_COUNT]) {
    GHashTable *flows = g_hash_table_new(turn_flow_hash, turn_flow_equal);

    for (gint point = 0; point < TURN_POINT_COUNT; point++) {
        const guint count = logs[point] != NULL ? logs[point]->messages->len : 0;

        for (guint i = 0; i < count; i++) {
            turn_logged *logged = &g_array_index(logs[point]->messages, turn_logged, i);
            const turn_seen seen = turn_seen_at(&logged->packet);
            const gint64 at = place_of(&seen);

            if (g_hash_table_contains(places, &at)) {
                g_hash_table_add(flows, &logged->packet.flow);
            }
        }
    }
    return flows;
}

GPtrArray *turn_ladders_of_pairs(const turn_model *model, const turn_judgement *judgement,
                                 const turn_join *join,
                                 const turn_ladder_log *const logs[TURN_POINT_COUNT]) {
    GPtrArray *ladders = g_ptr_array_new_with_free_func(ladder_free);
    g_autoptr(GHashTable) places = loose_evidence(judgement);
    g_autoptr(GHashTable) flows = flows_at(places, logs);
    workshop in = workshop_open(model, judgement, join, logs);
    guint kept = 0;

    g_ptr_array_set_size(ladders, (gint)model->pairs->len);
    for (guint i = 0; i < model->pairs->len && kept < TURN_MAX_LADDERS; i++) {
        const turn_pair *pair = g_ptr_array_index(model->pairs, i);
        const turn_flow flow = {
            .transport = pair->transport, .source = pair->a, .destination = pair->b};

        if (g_hash_table_contains(flows, &flow)) {
            ladders->pdata[i] = pair_ladder(&in, pair);
            kept++;
        }
    }
    workshop_close(&in);
    return ladders;
}
