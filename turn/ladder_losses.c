/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "turn/ladder_losses.h"

#include "turn/hash.h"
#include "turn/join/observed.h"

#include <string.h>

struct ladder_losses {
    const turn_join *join;
    turn_observed *observed[TURN_POINT_COUNT];
    GHashTable *messages; /* of lost_message, owned */
};

/* All transmissions of a request, or of its answer, of which at least some were lost. */
typedef struct lost_message {
    guint8 id[STUN_TRANSACTION_ID_SIZE];
    guint32 frame; /* of what has no id, in CAPTURE */
    guint32 capture;
    gboolean response;
    const turn_loss *loss;
    const turn_leg *leg;
} lost_message;

static guint lost_hash(gconstpointer key) {
    const lost_message *lost = key;

    return turn_hash_bytes(lost->id, sizeof lost->id) ^ lost->frame;
}

static gboolean lost_equal(gconstpointer a, gconstpointer b) {
    const lost_message *left = a;
    const lost_message *right = b;

    return left->response == right->response && left->frame == right->frame &&
           left->capture == right->capture && memcmp(left->id, right->id, sizeof left->id) == 0;
}

static void note_losses(ladder_losses *self, const turn_leg *leg, const GArray *losses,
                        gboolean response) {
    for (guint i = 0; i < losses->len; i++) {
        const turn_loss *loss = &g_array_index(losses, turn_loss, i);
        lost_message *lost = g_new0(lost_message, 1);

        if (loss->view != NULL) {
            memcpy(lost->id, loss->view->id, sizeof lost->id);
        } else {
            lost->frame = loss->first.frame;
            lost->capture = loss->first.capture;
        }
        lost->response = response;
        lost->loss = loss;
        lost->leg = leg;
        g_hash_table_add(self->messages, lost);
    }
}

static void note_tally(ladder_losses *self, const turn_leg *leg, const turn_tally *tally,
                       gboolean response) {
    note_losses(self, leg, tally->overcome, response);
    note_losses(self, leg, tally->losses, response);
}

/* A message is on several legs where the relay passes it on. */
static gboolean is_on_leg(const turn_ladder *ladder, const turn_leg *leg, const turn_step *step) {
    const gboolean beyond = step->from != TURN_LANE_CLIENT && step->to != TURN_LANE_CLIENT;

    return ladder->session == NULL || beyond == (leg->kind == TURN_LEG_RELAY);
}

/* The other point was running when what left at TIME of the clock of POINT came there. */
static gboolean is_due(const ladder_losses *self, turn_point_name point, gint64 time) {
    const turn_clock *clock = &self->join->clock;
    const turn_point_name other = ladder_other_point(point);
    const gint64 there = time + (other == TURN_POINT_SERVER ? clock->offset : -clock->offset);

    return turn_observed_all(self->observed[other], there - clock->uncertainty,
                             there + clock->uncertainty + TURN_WAY_PATIENCE);
}

static const lost_message *lost_of(const ladder_losses *self, const turn_step *step) {
    lost_message key = {.response = step->kind == TURN_STEP_MESSAGE && step->cls != STUN_REQUEST};

    if (step->kind == TURN_STEP_TCP) {
        const lost_message *request;

        key.frame = step->seen.frame;
        key.capture = step->seen.capture;
        request = g_hash_table_lookup(self->messages, &key);
        key.response = TRUE;
        return request != NULL ? request : g_hash_table_lookup(self->messages, &key);
    }
    memcpy(key.id, step->transaction, sizeof key.id);
    return g_hash_table_lookup(self->messages, &key);
}

/* Whether one more transmission is proved to be lost; copies of a packet are the same one. */
static gboolean take_loss(GHashTable *taken, const lost_message *lost, const turn_step *step) {
    const guint count = GPOINTER_TO_UINT(g_hash_table_lookup(taken, lost));

    if (step->repeat == TURN_REPEAT_COPY || step->repeat == TURN_REPEAT_CAPTURED_TWICE) {
        return count > 0;
    }
    if (step->kind == TURN_STEP_MESSAGE && count >= lost->loss->transmissions) {
        return FALSE;
    }
    g_hash_table_insert(taken, (gpointer)lost, GUINT_TO_POINTER(count + 1));
    return TRUE;
}

void ladder_losses_mark(const ladder_losses *self, turn_ladder *ladder, const ladder_view *views) {
    g_autoptr(GHashTable) taken = g_hash_table_new(NULL, NULL);

    for (guint i = 0; i < ladder->steps->len; i++) {
        turn_step *step = g_ptr_array_index(ladder->steps, i);
        const gint64 time = step->seen.time - views[step->point].shift;
        const lost_message *lost;

        if (step->fate != TURN_FATE_UNKNOWN ||
            (step->kind != TURN_STEP_MESSAGE && step->kind != TURN_STEP_TCP)) {
            continue;
        }
        lost = lost_of(self, step);
        if (lost == NULL || !is_on_leg(ladder, lost->leg, step) || time < lost->loss->first.time ||
            time > lost->loss->last.time ||
            (lost->loss->transmissions < lost->loss->sent && !is_due(self, step->point, time)) ||
            !take_loss(taken, lost, step)) {
            continue;
        }
        step->fate = TURN_FATE_LOST;
        step->lost_on = lost->leg;
    }
}

ladder_losses *ladder_losses_new(const turn_join *join) {
    ladder_losses *self = g_new0(ladder_losses, 1);

    self->join = join;
    self->messages = g_hash_table_new_full(lost_hash, lost_equal, g_free, NULL);
    for (gint point = 0; point < TURN_POINT_COUNT; point++) {
        const turn_point *at = &join->points[point];

        self->observed[point] = turn_observed_new(at->model, turn_ledger_full_since(at->ledger));
    }
    for (guint i = 0; i < join->legs->len; i++) {
        const turn_leg *leg = g_ptr_array_index(join->legs, i);

        for (gint way = 0; way < TURN_WAYS; way++) {
            note_tally(self, leg, &leg->requests[way], FALSE);
            note_tally(self, leg, &leg->responses[way], TRUE);
        }
    }
    return self;
}

void ladder_losses_free(ladder_losses *self) {
    if (self == NULL) {
        return;
    }
    for (gint point = 0; point < TURN_POINT_COUNT; point++) {
        turn_observed_free(self->observed[point]);
    }
    g_hash_table_destroy(self->messages);
    g_free(self);
}
