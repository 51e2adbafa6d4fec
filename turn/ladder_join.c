/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "turn/ladder_join.h"

#include "turn/hash.h"
#include "turn/ladder_losses.h"
#include "turn/ladder_private.h"

#include <string.h>

struct turn_ladder_join {
    const turn_join *join;
    turn_ladder_index *indexes[TURN_POINT_COUNT];
    ladder_losses *losses;
};

/* Messages of both points */

/* The transmissions of one message on one leg, as both points saw them: of turn_step, in the order
 * of time. */
typedef struct sightings {
    const turn_step *first; /* the key */
    GPtrArray *at[TURN_POINT_COUNT];
} sightings;

static guint sightings_hash(gconstpointer key) {
    return turn_hash_bytes(((const sightings *)key)->first->transaction, STUN_TRANSACTION_ID_SIZE);
}

static gboolean sightings_equal(gconstpointer a, gconstpointer b) {
    const turn_step *left = ((const sightings *)a)->first;
    const turn_step *right = ((const sightings *)b)->first;

    return left->cls == right->cls && left->method == right->method && left->from == right->from &&
           left->to == right->to &&
           memcmp(left->transaction, right->transaction, STUN_TRANSACTION_ID_SIZE) == 0;
}

static void sightings_free(gpointer data) {
    sightings *of = data;

    for (gint point = 0; point < TURN_POINT_COUNT; point++) {
        g_ptr_array_unref(of->at[point]);
    }
    g_free(of);
}

static void note_sighting(GHashTable *all, GPtrArray *order, turn_step *step) {
    const sightings key = {.first = step};
    sightings *of = g_hash_table_lookup(all, &key);

    if (of == NULL) {
        of = g_new0(sightings, 1);
        of->first = step;
        for (gint point = 0; point < TURN_POINT_COUNT; point++) {
            of->at[point] = g_ptr_array_new();
        }
        g_hash_table_add(all, of);
        g_ptr_array_add(order, of);
    }
    g_ptr_array_add(of->at[step->point], step);
}

turn_point_name turn_step_sender(const turn_step *step) {
    const turn_lane near = step->from == TURN_LANE_SERVER || step->to == TURN_LANE_SERVER
                               ? (step->from == TURN_LANE_SERVER ? step->to : step->from)
                               : TURN_LANE_CLIENT;

    return step->from == near ? TURN_POINT_CLIENT : TURN_POINT_SERVER;
}

static gint64 apart(const GPtrArray *steps, guint index, const turn_step *from) {
    return ABS(((const turn_step *)g_ptr_array_index(steps, index))->seen.time - from->seen.time);
}

/* Each sighting of the receiver is that of the transmission nearest in time. One that came is a
 * step no more: it is taken out of the ladder by MERGED. */
static void merge(const turn_clock *clock, const sightings *of, GHashTable *merged) {
    const turn_point_name sender = turn_step_sender(of->first);
    const GPtrArray *sent = of->at[sender];
    const GPtrArray *came = of->at[ladder_other_point(sender)];
    guint next = 0;

    for (guint i = 0; i < came->len && next < sent->len; i++) {
        turn_step *there = g_ptr_array_index(came, i);
        guint best = next;
        turn_step *here;

        while (best + 1 < sent->len && apart(sent, best + 1, there) <= apart(sent, best, there)) {
            best++;
        }
        if (sent->len == came->len) {
            best = i;
        } else if (apart(sent, best, there) > TURN_WAY_PATIENCE + clock->uncertainty) {
            continue;
        }
        here = g_ptr_array_index(sent, best);
        here->there = there->seen;
        here->fate = TURN_FATE_ARRIVED;
        here->expects_answer |= there->expects_answer;
        g_hash_table_add(merged, there);
        next = best + 1;
    }
}

/* Events */

/* By the server's names. What belongs to a session has STUN on it, of which both points learned the
 * NAT's port. */
static stun_address client_end(const turn_join *join, const turn_step *step) {
    return step->point == TURN_POINT_CLIENT
               ? turn_nat_outside(join->matches->nat, FALSE, &step->end)
               : step->end;
}

static gboolean same_end(const turn_join *join, const turn_step *a, const turn_step *b) {
    const stun_address left = client_end(join, a);
    const stun_address right = client_end(join, b);

    return stun_address_equal(&left, &right);
}

static gboolean same_event(const turn_join *join, const turn_step *a, const turn_step *b) {
    if (a->kind != b->kind || !stun_address_equal(&a->peer, &b->peer) ||
        !g_str_equal(a->name, b->name)) {
        return FALSE;
    }
    if (a->kind == TURN_STEP_MEDIA) {
        return TRUE; /* the name tells the leg, and one point may not know of the other one */
    }
    if (a->from != b->from || a->to != b->to) {
        return FALSE;
    }
    return a->kind != TURN_STEP_TCP ||
           (a->point != b->point && a->there.frame == 0 && same_end(join, a, b));
}

/* What is no message is told once, as the point saw it that is shown. EVENTS are its own. */
static gboolean is_told(const turn_join *join, const GPtrArray *events, const turn_step *step) {
    for (guint i = 0; i < events->len; i++) {
        turn_step *told = g_ptr_array_index(events, i);

        if (!same_event(join, told, step)) {
            continue;
        }
        if (step->kind == TURN_STEP_TCP) {
            told->there = step->seen;
            told->fate = TURN_FATE_ARRIVED;
        }
        return TRUE;
    }
    return FALSE;
}

static void drop(turn_ladder *ladder, GHashTable *merged) {
    GPtrArray *kept = g_ptr_array_new_with_free_func(ladder_step_free);

    for (guint i = 0; i < ladder->steps->len; i++) {
        turn_step *step = g_ptr_array_index(ladder->steps, i);

        if (g_hash_table_contains(merged, step)) {
            ladder_step_free(step);
        } else {
            g_ptr_array_add(kept, step);
        }
    }
    g_ptr_array_set_free_func(ladder->steps, NULL);
    g_ptr_array_unref(ladder->steps);
    ladder->steps = kept;
}

static void merge_points(const turn_ladder_join *self, turn_ladder *ladder) {
    g_autoptr(GHashTable) all =
        g_hash_table_new_full(sightings_hash, sightings_equal, NULL, sightings_free);
    g_autoptr(GHashTable) merged = g_hash_table_new(NULL, NULL);
    g_autoptr(GPtrArray) order = g_ptr_array_new();
    g_autoptr(GPtrArray) events = g_ptr_array_new();

    for (guint i = 0; i < ladder->steps->len; i++) {
        turn_step *step = g_ptr_array_index(ladder->steps, i);

        if (step->kind == TURN_STEP_MESSAGE) {
            note_sighting(all, order, step);
        } else if (is_told(self->join, events, step)) {
            g_hash_table_add(merged, step);
        } else if (events->len < TURN_LADDER_MAX_EVENTS) {
            g_ptr_array_add(events, step);
        }
    }
    for (guint i = 0; i < order->len; i++) {
        merge(&self->join->clock, g_ptr_array_index(order, i), merged);
    }
    drop(ladder, merged);
}

/* Views */

static gint64 shift_of(const turn_ladder_join *self, turn_point_name point) {
    return point == TURN_POINT_CLIENT ? 0 : -self->join->clock.offset;
}

/* ADDRESS of the server's side, as POINT calls what the other point calls so. */
static stun_address server_name(const turn_ladder_join *self, turn_point_name point,
                                const stun_address *address) {
    const turn_nat *nat = self->join->matches->nat;

    return point == TURN_POINT_CLIENT ? turn_nat_outside(nat, TRUE, address)
                                      : turn_nat_inside(nat, TRUE, address);
}

static stun_address client_name(const turn_ladder_join *self, turn_point_name point,
                                const stun_address *address) {
    const turn_nat *nat = self->join->matches->nat;

    return point == TURN_POINT_CLIENT ? turn_nat_inside(nat, FALSE, address)
                                      : turn_nat_outside(nat, FALSE, address);
}

/* The relay's addresses have two names behind static NAT, and either may be on the wire. */
static void add_other_names(const turn_ladder_join *self, ladder_view *view) {
    const guint count = view->relayed->len;

    for (guint i = 0; i < count; i++) {
        const stun_address name =
            server_name(self, view->point, &g_array_index(view->relayed, stun_address, i));

        if (!stun_address_equal(&name, &g_array_index(view->relayed, stun_address, i))) {
            g_array_append_val(view->relayed, name);
        }
    }
}

/* As POINT knows it or, where it saw only what is behind the relay, as the other one does. */
static ladder_view view_of_session(const turn_ladder_join *self, const turn_joined_session *joined,
                                   turn_point_name point) {
    const turn_point_name known = joined->at[point] != NULL ? point : ladder_other_point(point);
    ladder_view view = ladder_view_of_session(self->indexes[point], self->join->points[known].model,
                                              joined->at[known]);
    const gint64 between = shift_of(self, known) - shift_of(self, point);

    view.model = self->join->points[point].model;
    view.point = point;
    view.shift = shift_of(self, point);
    add_other_names(self, &view);
    if (known != point) {
        view.session = NULL;
        view.relay_from += between;
        view.relay_to = view.relay_to == G_MAXINT64 ? G_MAXINT64 : view.relay_to + between;
    }
    return view;
}

/* Peers have the names that the server's point knows: the client's point may be at one. */
static void name_peers(const turn_ladder_join *self, turn_ladder *ladder) {
    for (guint i = 0; i < ladder->steps->len; i++) {
        turn_step *step = g_ptr_array_index(ladder->steps, i);

        if (step->point == TURN_POINT_CLIENT && step->from != TURN_LANE_CLIENT &&
            step->to != TURN_LANE_CLIENT) {
            step->peer = client_name(self, TURN_POINT_SERVER, &step->peer);
        }
    }
}

/* Times are of the client's clock: where its point saw a message, that is when it was there. */
static void tell_as_client(turn_ladder *ladder) {
    for (guint i = 0; i < ladder->steps->len; i++) {
        turn_step *step = g_ptr_array_index(ladder->steps, i);
        const turn_seen seen = step->seen;

        if (step->point == TURN_POINT_SERVER && step->there.frame != 0) {
            step->seen = step->there;
            step->there = seen;
            step->point = TURN_POINT_CLIENT;
        }
    }
}

static void conclude(const turn_ladder_join *self, turn_ladder *ladder, ladder_view *views,
                     const turn_judgement *judgement) {
    merge_points(self, ladder);
    ladder_losses_mark(self->losses, ladder, views);
    ladder_mark_unanswered(ladder, views);
    tell_as_client(ladder);
    ladder_finish(ladder, judgement, self->join);
    for (gint point = 0; point < TURN_POINT_COUNT; point++) {
        g_array_unref(views[point].relayed);
    }
}

turn_ladder *turn_ladder_join_session(const turn_ladder_join *self, const turn_judgement *judgement,
                                      const turn_session *session) {
    const turn_joined_session *joined = turn_join_session(self->join, session);
    turn_ladder *ladder = ladder_new(session, NULL);
    ladder_view views[TURN_POINT_COUNT];

    for (gint point = 0; point < TURN_POINT_COUNT; point++) {
        views[point] = view_of_session(self, joined, (turn_point_name)point);
        ladder_add_messages(ladder, &views[point]);
    }
    ladder_add_events(ladder, &views[joined->shown_from]);
    ladder_add_events(ladder, &views[ladder_other_point(joined->shown_from)]);
    name_peers(self, ladder);
    conclude(self, ladder, views, judgement);
    return ladder;
}

static gboolean has_pair(const turn_model *model, const turn_pair *pair) {
    return g_ptr_array_find(model->pairs, pair, NULL);
}

turn_ladder *turn_ladder_join_pair(const turn_ladder_join *self, const turn_judgement *judgement,
                                   const turn_pair *pair) {
    const turn_point_name known = has_pair(self->join->points[TURN_POINT_CLIENT].model, pair)
                                      ? TURN_POINT_CLIENT
                                      : TURN_POINT_SERVER;
    turn_ladder *ladder = ladder_new(NULL, pair);
    ladder_view views[TURN_POINT_COUNT];

    for (gint point = 0; point < TURN_POINT_COUNT; point++) {
        ladder_view *view = &views[point];

        *view = ladder_view_of_pair(self->indexes[point], self->join->points[point].model, pair);
        view->point = (turn_point_name)point;
        view->shift = shift_of(self, view->point);
        if (view->point != known) {
            view->pair = NULL;
            view->flow.source = server_name(self, view->point, &pair->a);
            view->flow.source = client_name(self, view->point, &view->flow.source);
            view->flow.destination = server_name(self, view->point, &pair->b);
            view->flow.destination = client_name(self, view->point, &view->flow.destination);
        }
        ladder_add_messages(ladder, view);
    }
    ladder_add_events(ladder, &views[known]);
    conclude(self, ladder, views, judgement);
    return ladder;
}

turn_ladder_join *turn_ladder_join_new(const turn_join *join,
                                       const turn_ladder_log *const logs[TURN_POINT_COUNT]) {
    turn_ladder_join *self = g_new0(turn_ladder_join, 1);

    self->join = join;
    self->losses = ladder_losses_new(join);
    for (gint point = 0; point < TURN_POINT_COUNT; point++) {
        self->indexes[point] = turn_ladder_index_new(logs[point]);
    }
    return self;
}

void turn_ladder_join_free(turn_ladder_join *self) {
    if (self == NULL) {
        return;
    }
    for (gint point = 0; point < TURN_POINT_COUNT; point++) {
        turn_ladder_index_free(self->indexes[point]);
    }
    ladder_losses_free(self->losses);
    g_free(self);
}
