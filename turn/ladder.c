/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "turn/ladder_private.h"

const char *turn_lane_name(turn_lane lane) {
    static const char *const names[] = {
        [TURN_LANE_CLIENT] = "client", [TURN_LANE_SERVER] = "server", [TURN_LANE_PEER] = "peer"};
    return names[lane];
}

const char *turn_step_kind_name(turn_step_kind kind) {
    static const char *const names[] = {[TURN_STEP_MESSAGE] = "message",
                                        [TURN_STEP_TCP] = "tcp",
                                        [TURN_STEP_ICMP] = "icmp",
                                        [TURN_STEP_MEDIA] = "media",
                                        [TURN_STEP_NOTE] = "note"};
    return names[kind];
}

const char *turn_repeat_name(turn_repeat repeat) {
    static const char *const names[] = {[TURN_REPEAT_NONE] = "",
                                        [TURN_REPEAT_RETRANSMISSION] = "retransmission",
                                        [TURN_REPEAT_COPY] = "second copy",
                                        [TURN_REPEAT_CAPTURED_TWICE] =
                                            "the same packet captured again"};
    return names[repeat];
}

const char *turn_fate_name(turn_fate fate) {
    static const char *const names[] = {[TURN_FATE_UNKNOWN] = "unknown",
                                        [TURN_FATE_ARRIVED] = "arrived",
                                        [TURN_FATE_LOST] = "lost",
                                        [TURN_FATE_UNANSWERED] = "unanswered"};
    return names[fate];
}

void ladder_step_free(gpointer data) {
    turn_step *step = data;

    g_free(step->name);
    g_free(step->reason);
    g_ptr_array_unref(step->details);
    g_array_unref(step->marks);
    g_free(step);
}

turn_step *ladder_add_step(turn_ladder *self, turn_step_kind kind, const turn_seen *seen,
                           char *name) {
    turn_step *step = g_new0(turn_step, 1);

    step->kind = kind;
    step->seen = *seen;
    step->name = name;
    step->details = g_ptr_array_new_with_free_func(g_free);
    step->marks = g_array_new(FALSE, FALSE, sizeof(turn_ladder_mark));
    g_ptr_array_add(self->steps, step);
    return step;
}

void ladder_set_lanes(turn_step *step, turn_lane from, turn_lane to, gboolean forward) {
    step->from = forward ? from : to;
    step->to = forward ? to : from;
}

/* Findings */

static gint64 place_of(const turn_seen *seen) {
    return (gint64)seen->capture << 32 | seen->frame;
}

static void note_place(GHashTable *places, const turn_seen *seen, turn_step *step) {
    const gint64 at = place_of(seen);

    if (seen->frame != 0 && !g_hash_table_contains(places, &at)) {
        g_hash_table_insert(places, g_memdup2(&at, sizeof at), step);
    }
}

/* The first step of each frame. */
static GHashTable *steps_by_place(const turn_ladder *self) {
    GHashTable *places = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);

    for (guint i = 0; i < self->steps->len; i++) {
        turn_step *step = g_ptr_array_index(self->steps, i);

        note_place(places, &step->seen, step);
        note_place(places, &step->there, step);
    }
    return places;
}

/* Findings of two capture points may name no session where they are about the way to it. */
static gboolean concerns(const turn_ladder *self, const turn_finding *finding,
                         const turn_join *join) {
    return finding->session == self->session || (finding->session == NULL && join != NULL);
}

/* Of what names no session only what is in the ladder already: it may be about anything. */
static void add_marks(turn_ladder *self, const turn_judgement *judgement, const turn_join *join) {
    g_autoptr(GHashTable) places = steps_by_place(self);

    for (guint i = 0; i < judgement->findings->len; i++) {
        const turn_finding *finding = g_ptr_array_index(judgement->findings, i);

        for (guint k = 0; concerns(self, finding, join) && k < finding->evidence->len; k++) {
            const turn_evidence *evidence = &g_array_index(finding->evidence, turn_evidence, k);
            const turn_ladder_mark mark = {.finding = finding, .summary = evidence->summary};
            const gint64 at = place_of(&evidence->seen);
            turn_step *step = g_hash_table_lookup(places, &at);

            if (step == NULL && finding->session == NULL) {
                continue;
            }
            if (step == NULL) {
                step = ladder_add_step(self, TURN_STEP_NOTE, &evidence->seen,
                                       g_strdup("Evidence of a finding"));
                step->seen.time -= turn_join_ahead(join, evidence->seen.capture);
            }
            g_array_append_val(step->marks, mark);
        }
    }
}

static gint frame_order(gconstpointer a, gconstpointer b) {
    const turn_seen *left = &(*(turn_step *const *)a)->seen;
    const turn_seen *right = &(*(turn_step *const *)b)->seen;

    if (left->capture != right->capture) {
        return left->capture < right->capture ? -1 : 1;
    }
    if (left->frame != right->frame) {
        return left->frame < right->frame ? -1 : 1;
    }
    return 0;
}

static gint time_order(gconstpointer a, gconstpointer b) {
    const turn_seen *left = &(*(turn_step *const *)a)->seen;
    const turn_seen *right = &(*(turn_step *const *)b)->seen;

    if (left->time != right->time) {
        return left->time < right->time ? -1 : 1;
    }
    return frame_order(a, b);
}

static gboolean several_captures(const turn_ladder *self) {
    const turn_step *first = self->steps->len > 0 ? g_ptr_array_index(self->steps, 0) : NULL;

    for (guint i = 1; i < self->steps->len; i++) {
        const turn_step *step = g_ptr_array_index(self->steps, i);

        if (step->seen.capture != first->seen.capture) {
            return TRUE;
        }
    }
    return FALSE;
}

/* By frame within one capture, since clocks are set back at times, and by time between several. */
static void sort_steps(turn_ladder *self) {
    g_ptr_array_sort(self->steps, several_captures(self) ? time_order : frame_order);
}

/* The steps are by frame, and the clock may have been set back. */
static void set_begin(turn_ladder *self) {
    self->begin = self->session != NULL ? self->session->first.time : self->pair->first.time;
    for (guint i = 0; i < self->steps->len; i++) {
        const gint64 time = ((const turn_step *)g_ptr_array_index(self->steps, i))->seen.time;

        self->begin = i > 0 ? MIN(self->begin, time) : time;
    }
}

turn_ladder *ladder_new(const turn_session *session, const turn_pair *pair) {
    turn_ladder *self = g_new0(turn_ladder, 1);

    self->session = session;
    self->pair = pair;
    self->steps = g_ptr_array_new_with_free_func(ladder_step_free);
    return self;
}

void ladder_finish(turn_ladder *self, const turn_judgement *judgement, const turn_join *join) {
    add_marks(self, judgement, join);
    sort_steps(self);
    set_begin(self);
}

turn_ladder *turn_ladder_new(const turn_ladder_log *log, const turn_model *model,
                             const turn_judgement *judgement, const turn_session *session) {
    g_autoptr(turn_ladder_index) index = turn_ladder_index_new(log);
    const ladder_view view = ladder_view_of_session(index, model, session);
    turn_ladder *self = ladder_new(session, NULL);

    ladder_add_messages(self, &view);
    ladder_add_events(self, &view);
    ladder_mark_unanswered(self, &view);
    ladder_finish(self, judgement, NULL);
    g_array_unref(view.relayed);
    return self;
}

void turn_ladder_free(turn_ladder *self) {
    if (self == NULL) {
        return;
    }
    g_ptr_array_unref(self->steps);
    g_free(self);
}
