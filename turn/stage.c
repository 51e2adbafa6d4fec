/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "turn/stage_private.h"

const char *turn_stage_kind_name(turn_stage_kind kind) {
    static const char *const names[] = {[TURN_STAGES_NONE] = "none",
                                        [TURN_STAGES_ATTEMPT] = "attempt",
                                        [TURN_STAGES_UDP_RELAY] = "udp-relay",
                                        [TURN_STAGES_TCP_RELAY] = "tcp-relay",
                                        [TURN_STAGES_ICE] = "ice"};
    return names[kind];
}

const char *turn_stage_state_name(turn_stage_state state) {
    static const char *const names[] = {[TURN_STAGE_REACHED] = "reached",
                                        [TURN_STAGE_PASSED] = "not-in-capture",
                                        [TURN_STAGE_FAILED] = "failed",
                                        [TURN_STAGE_OPEN] = "not-reached"};
    return names[state];
}

static const struct {
    const char *name;
    gboolean fault;
} stops[] = {
    [TURN_STOP_NONE] = {NULL, FALSE},
    [TURN_STOP_REFUSED] = {"refused", TRUE},
    [TURN_STOP_UNANSWERED] = {"unanswered", TRUE},
    [TURN_STOP_CLOSED] = {"closed", TRUE},
    [TURN_STOP_UNREACHABLE] = {"unreachable", TRUE},
    [TURN_STOP_ONE_WAY] = {"one-way", TRUE},
    [TURN_STOP_RELEASED] = {"released", FALSE},
    [TURN_STOP_NOT_TRIED] = {"not-tried", FALSE},
    [TURN_STOP_CAPTURE_ENDS] = {"capture-ends", FALSE},
    [TURN_STOP_ONE_DIRECTION] = {"one-direction", FALSE},
    [TURN_STOP_BYTES_MISSING] = {"bytes-missing", FALSE},
};

const char *turn_stop_name(turn_stop stop) {
    return stops[stop].name;
}

gboolean turn_stop_is_fault(turn_stop stop) {
    return stops[stop].fault;
}

static turn_stages *stages_new(turn_stage_kind kind) {
    turn_stages *stages = g_new0(turn_stages, 1);

    stages->kind = kind;
    stages->list = g_array_new(FALSE, FALSE, sizeof(turn_stage));
    stages->wait = -1;
    stages->relay_after = -1;
    return stages;
}

void turn_stages_free(turn_stages *stages) {
    if (stages == NULL) {
        return;
    }
    g_array_unref(stages->list);
    g_free(stages);
}

/* The latest step before END that the capture shows; END when there is none. */
static guint step_before(const turn_stages *stages, guint end) {
    for (guint i = end; i > 0; i--) {
        if (g_array_index(stages->list, turn_stage, i - 1).state == TURN_STAGE_REACHED) {
            return i - 1;
        }
    }
    return end;
}

/* Asks the step what kept it from being reached; the answer is in STAGES. */
static void ask(const stage_walk *walk, turn_stages *stages, const stage_step *step, guint index) {
    static const turn_seen nowhere = {.frame = 0};

    stages->after = step_before(stages, index);
    stages->from = stages->after < index
                       ? g_array_index(stages->list, turn_stage, stages->after).seen
                       : walk->from;
    stages->seen = nowhere;
    stages->code = 0;
    stages->reason = NULL;
    step->stop(walk, stages);
}

static void add_steps(const stage_walk *walk, turn_stages *stages, GPtrArray *steps) {
    const stage_step *step;

    for (guint i = 0; (step = stage_step_at(stages->kind, i)) != NULL; i++) {
        turn_stage stage = {.id = step->id, .title = step->title, .state = TURN_STAGE_OPEN};

        if (step->applies != NULL && !step->applies(walk)) {
            continue;
        }
        stage.seen = step->seen(walk);
        if (stage.seen.frame != 0) {
            stage.state = TURN_STAGE_REACHED;
        } else if (step->proved != NULL && step->proved(walk)) {
            stage.state = TURN_STAGE_PASSED;
        }
        g_array_append_val(stages->list, stage);
        g_ptr_array_add(steps, (gpointer)step);
    }
}

/* What lies before a step that was reached was passed, and where it is no must, it may have been
 * tried in vain and got round. */
static void find_passed(const stage_walk *walk, turn_stages *stages, const GPtrArray *steps) {
    gboolean later = FALSE;

    for (guint i = stages->list->len; i > 0; i--) {
        turn_stage *stage = &g_array_index(stages->list, turn_stage, i - 1);
        const stage_step *step = g_ptr_array_index(steps, i - 1);

        if (stage->state == TURN_STAGE_PASSED && !step->strict) {
            ask(walk, stages, step, i - 1);
            if (stages->stop == TURN_STOP_REFUSED || stages->stop == TURN_STOP_UNANSWERED) {
                stage->state = TURN_STAGE_FAILED;
            }
        } else if (stage->state == TURN_STAGE_OPEN && step->strict && later) {
            stage->state = TURN_STAGE_PASSED;
        }
        later |= stage->state <= TURN_STAGE_PASSED;
    }
}

/* The step at which it stopped; the number of steps when it did not. */
static guint stop_index(const turn_stages *stages) {
    const guint count = stages->list->len;

    if (count == 0 ||
        g_array_index(stages->list, turn_stage, count - 1).state <= TURN_STAGE_PASSED) {
        return count;
    }
    for (guint i = 0; i < count; i++) {
        if (g_array_index(stages->list, turn_stage, i).state == TURN_STAGE_OPEN) {
            return i;
        }
    }
    return count;
}

static void walk_steps(const stage_walk *walk, turn_stages *stages) {
    g_autoptr(GPtrArray) steps = g_ptr_array_new();
    turn_stage *stage;

    add_steps(walk, stages, steps);
    find_passed(walk, stages, steps);
    stages->stop = TURN_STOP_NONE;
    stages->at = stop_index(stages);
    if (stages->at == stages->list->len) {
        return;
    }
    ask(walk, stages, g_ptr_array_index(steps, stages->at), stages->at);
    stage = &g_array_index(stages->list, turn_stage, stages->at);
    stage->state = turn_stop_is_fault(stages->stop) ? TURN_STAGE_FAILED : TURN_STAGE_OPEN;
    if (stages->from.frame != 0) {
        const gint64 end = stages->seen.frame != 0 ? stages->seen.time
                                                   : turn_model_end(walk->model, &stages->from);

        stages->wait = MAX(end - stages->from.time, 0);
    }
}

static turn_stage_kind kind_of(const turn_session *session) {
    if (session->protocol > TURN_PROTOCOL_TCP) {
        return TURN_STAGES_NONE;
    }
    if (session->relay_protocol == 6 || session->connections->len > 0) {
        return TURN_STAGES_TCP_RELAY;
    }
    if (session->relay_protocol != 0 || session->protocol == TURN_PROTOCOL_UDP ||
        session->ms_turn || session->peers->len > 0 || session->allocated.frame != 0) {
        return TURN_STAGES_UDP_RELAY;
    }
    return TURN_STAGES_ATTEMPT;
}

static void walk_peer(stage_walk *walk, turn_stages *stages, const turn_peer *peer) {
    stages->peer = peer;
    walk->path = &peer->path;
    walk->data_to = turn_peer_data(peer, TRUE);
    walk->data_from = turn_peer_data(peer, FALSE);
}

static void choose_peer(stage_walk *walk, turn_stages *stages) {
    const GPtrArray *peers = walk->session->peers;
    guint best = 0;

    for (guint i = 0; i < peers->len; i++) {
        const turn_peer *peer = g_ptr_array_index(peers, i);
        const guint score =
            stage_score(&peer->path, turn_peer_data(peer, TRUE), turn_peer_data(peer, FALSE));

        if (i == 0 || score > best) {
            best = score;
            walk_peer(walk, stages, peer);
        }
    }
}

static void choose_connection(stage_walk *walk, turn_stages *stages) {
    const GPtrArray *connections = walk->session->connections;
    guint best = 0;

    for (guint i = 0; i < connections->len; i++) {
        const turn_connection *connection = g_ptr_array_index(connections, i);
        const guint score = stage_connection_score(connection);

        if (i == 0 || score > best) {
            best = score;
            walk->connection = connection;
        }
    }
    if (walk->connection != NULL && walk->connection->peer != NULL) {
        walk_peer(walk, stages, walk->connection->peer);
    }
}

static gboolean stops_before_relay(const turn_stages *stages) {
    for (guint i = stages->at; i < stages->list->len; i++) {
        if (g_str_equal(g_array_index(stages->list, turn_stage, i).id, STAGE_ALLOCATED)) {
            return TRUE;
        }
    }
    return FALSE;
}

/* The client goes on with another server; RFC 8489 section 14.8. */
#define TRY_ALTERNATE 300

/* Whether the client had to wait too long for a relay. */
static void note_patience(const turn_model *model, const turn_session *session,
                          turn_stages *stages) {
    const turn_exchange *allocate = &session->exchanges[TURN_METHOD_ALLOCATE];
    const gboolean asked =
        allocate->requests > 0 || (session->tcp != NULL && session->tcp->first_syn.frame != 0);
    gint64 end;

    if (stages->kind == TURN_STAGES_NONE || !asked) {
        return;
    }
    if (session->allocated.frame != 0) {
        turn_stages_time(stages, &session->allocated, &stages->relay_after);
        stages->out_of_patience = stages->relay_after > TURN_ALLOCATE_PATIENCE;
        return;
    }
    end = turn_model_end(model, &stages->start);
    stages->out_of_patience =
        turn_stop_is_fault(stages->stop) && stages->code != TRY_ALTERNATE &&
        stops_before_relay(stages) &&
        (stages->stop == TURN_STOP_REFUSED || end - stages->start.time > TURN_ALLOCATE_PATIENCE);
}

gboolean turn_stages_time(const turn_stages *stages, const turn_seen *seen, gint64 *after) {
    const gint64 time = seen->time - stages->start.time;

    /* Two interfaces may swap neighbours. */
    if (seen->capture == stages->start.capture &&
        (seen->frame < stages->start.frame ? time >= TURN_SECOND : time <= -TURN_SECOND)) {
        return FALSE;
    }
    *after = MAX(time, 0);
    return TRUE;
}

gboolean turn_stages_patience(const turn_stages *stages, turn_seen *when) {
    if (!stages->out_of_patience) {
        return FALSE;
    }
    *when = stages->start;
    when->time += TURN_ALLOCATE_PATIENCE;
    return TRUE;
}

turn_stages *turn_stages_of_session(const turn_model *model, const turn_session *session) {
    turn_stages *stages = stages_new(kind_of(session));
    stage_walk walk = {.model = model, .session = session, .from = session->first};

    if (stages->kind == TURN_STAGES_TCP_RELAY) {
        choose_connection(&walk, stages);
    } else if (stages->kind == TURN_STAGES_UDP_RELAY) {
        choose_peer(&walk, stages);
    }
    stages->start = session->first;
    if (session->tcp != NULL && session->tcp->first_syn.frame != 0 &&
        turn_seen_after(&session->first, &session->tcp->first_syn)) {
        stages->start = session->tcp->first_syn;
    }
    walk_steps(&walk, stages);
    note_patience(model, session, stages);
    return stages;
}

turn_stages *turn_stages_of_pair(const turn_model *model, const turn_pair *pair) {
    turn_stages *stages = stages_new(TURN_STAGES_ICE);
    const stage_walk walk = {.model = model,
                             .path = &pair->path,
                             .data_to = &pair->path.to_peer,
                             .data_from = &pair->path.from_peer,
                             .from = pair->first};

    stages->start = pair->first;
    walk_steps(&walk, stages);
    return stages;
}
