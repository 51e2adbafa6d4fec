/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "turn/ladder.h"

#include "turn/hash.h"
#include "turn/ladder_details.h"
#include "turn/ladder_private.h"
#include "turn/message_values.h"

#include <string.h>

/* Closer together than any retransmission timer (RFC 8489 section 6.2.1 starts at 500 ms).
 * Nanoseconds. */
#define COPY_WITHIN (20 * G_GINT64_CONSTANT(1000000))

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

static void step_free(gpointer data) {
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

/* Messages */

static gboolean is_between(const turn_flow *flow, const stun_address *from, const stun_address *to,
                           gboolean *forward) {
    *forward =
        stun_address_equal(&flow->source, from) && stun_address_equal(&flow->destination, to);
    return *forward ||
           (stun_address_equal(&flow->source, to) && stun_address_equal(&flow->destination, from));
}

static gboolean is_on_control(const turn_session *session, const turn_flow *flow,
                              gboolean *forward) {
    const gboolean udp =
        session->protocol == TURN_PROTOCOL_UDP || session->protocol == TURN_PROTOCOL_DTLS;

    return udp == (flow->transport == TURN_TRANSPORT_UDP) &&
           is_between(flow, &session->client, &session->server, forward);
}

static gboolean is_on_data_connection(const turn_session *session, const turn_flow *flow,
                                      gboolean *forward) {
    if (flow->transport != TURN_TRANSPORT_TCP) {
        return FALSE;
    }
    for (guint i = 0; i < session->connections->len; i++) {
        const turn_connection *connection = g_ptr_array_index(session->connections, i);

        if (is_between(flow, &connection->data_connection, &session->server, forward)) {
            return TRUE;
        }
    }
    return FALSE;
}

static gboolean is_relayed(const turn_session *session, const stun_address *address) {
    for (guint i = 0; i < session->relayed->len; i++) {
        if (stun_address_equal(&g_array_index(session->relayed, stun_address, i), address)) {
            return TRUE;
        }
    }
    return FALSE;
}

/* When the relayed addresses of SESSION go to somebody else; the end of time when never. */
static gint64 end_of_relay(const turn_model *model, const turn_session *session) {
    gint64 end = G_MAXINT64;

    for (guint i = 0; i < model->sessions->len; i++) {
        const turn_session *other = g_ptr_array_index(model->sessions, i);

        for (guint k = 0; other != session && k < other->relayed->len; k++) {
            if (other->allocated.time > session->allocated.time &&
                is_relayed(session, &g_array_index(other->relayed, stun_address, k))) {
                end = MIN(end, other->allocated.time);
            }
        }
    }
    return end;
}

/* Where the message went in the session; FALSE when it is not of this session. */
static gboolean place(const turn_session *session, gint64 relay_end, const turn_logged *logged,
                      turn_step *step) {
    const turn_flow *flow = &logged->packet.flow;
    const turn_seen seen = turn_seen_at(&logged->packet);
    gboolean forward;

    if (!turn_seen_after(&session->first, &seen) && !turn_seen_after(&seen, &session->last) &&
        (is_on_control(session, flow, &forward) ||
         is_on_data_connection(session, flow, &forward))) {
        if (logged->carried.peer != NULL) {
            ladder_set_lanes(step, TURN_LANE_CLIENT, TURN_LANE_PEER, logged->carried.to_peer);
        } else {
            ladder_set_lanes(step, TURN_LANE_CLIENT, TURN_LANE_SERVER, forward);
        }
        return TRUE;
    }
    if (seen.time < session->allocated.time || seen.time >= relay_end ||
        session->relayed->len == 0) {
        return FALSE;
    }
    forward = is_relayed(session, &flow->source);
    ladder_set_lanes(step, TURN_LANE_SERVER, TURN_LANE_PEER, forward);
    return forward || is_relayed(session, &flow->destination);
}

/* How it went between client and peer, or between which ends it was seen beyond the relay. */
static void set_peer(const turn_logged *logged, turn_step *step) {
    const turn_carried *carried = &logged->carried;

    if (carried->peer != NULL) {
        step->peer = carried->peer->address;
    } else if (step->from == TURN_LANE_PEER) {
        step->peer = logged->packet.flow.source;
    } else if (step->to == TURN_LANE_PEER) {
        step->peer = logged->packet.flow.destination;
    }
    if (carried->channel != 0) {
        g_ptr_array_add(step->details, g_strdup_printf("in channel 0x%04x", carried->channel));
    }
}

static void add_error(const stun_message *message, turn_step *step) {
    stun_error error;

    if (message->cls == STUN_ERROR && message_error(message, &error)) {
        step->code = error.code;
        step->reason = g_utf8_make_valid(error.reason, (gssize)error.reason_length);
    }
}

/* Repetitions */

typedef struct transmission {
    guint8 id[STUN_TRANSACTION_ID_SIZE];
    guint16 type;
    turn_flow flow;
    const turn_peer *peer;
    guint64 identity;
    gint64 time;
} transmission;

static guint transmission_hash(gconstpointer key) {
    const transmission *of = key;

    return turn_hash_bytes(of->id, sizeof of->id);
}

static gboolean transmission_equal(gconstpointer a, gconstpointer b) {
    const transmission *left = a;
    const transmission *right = b;

    return memcmp(left->id, right->id, sizeof left->id) == 0 && left->type == right->type &&
           left->peer == right->peer && left->flow.transport == right->flow.transport &&
           stun_address_equal(&left->flow.source, &right->flow.source) &&
           stun_address_equal(&left->flow.destination, &right->flow.destination);
}

static turn_repeat repeat_of(GHashTable *sent, const turn_logged *logged) {
    transmission *now = g_new0(transmission, 1);
    const transmission *before;
    turn_repeat repeat = TURN_REPEAT_RETRANSMISSION;

    memcpy(now->id, stun_message_transaction_id(&logged->message), sizeof now->id);
    now->type = logged->message.type;
    now->flow = logged->packet.flow;
    now->peer = logged->carried.peer;
    now->identity = logged->packet.identity;
    now->time = logged->packet.time;
    before = g_hash_table_lookup(sent, now);
    if (before == NULL) {
        repeat = TURN_REPEAT_NONE;
    } else if (ABS(now->time - before->time) < COPY_WITHIN) {
        repeat = now->identity != 0 && now->identity == before->identity
                     ? TURN_REPEAT_CAPTURED_TWICE
                     : TURN_REPEAT_COPY;
    }
    g_hash_table_replace(sent, now, now);
    return repeat;
}

static void add_messages(turn_ladder *self, const turn_ladder_log *log, const turn_model *model) {
    g_autoptr(GHashTable) sent =
        g_hash_table_new_full(transmission_hash, transmission_equal, NULL, g_free);
    const gint64 relay_end = end_of_relay(model, self->session);

    for (guint i = 0; i < log->messages->len; i++) {
        const turn_logged *logged = &g_array_index(log->messages, turn_logged, i);
        const turn_seen seen = turn_seen_at(&logged->packet);
        turn_step placed = {.kind = TURN_STEP_MESSAGE};
        char name[64];
        turn_step *step;

        if (!place(self->session, relay_end, logged, &placed)) {
            continue;
        }
        stun_message_format_type(&logged->message, name, sizeof name);
        step = ladder_add_step(self, TURN_STEP_MESSAGE, &seen, g_strdup(name));
        step->from = placed.from;
        step->to = placed.to;
        g_ptr_array_unref(step->details);
        step->details = turn_ladder_details(&logged->message);
        set_peer(logged, step);
        add_error(&logged->message, step);
        step->repeat = repeat_of(sent, logged);
    }
}

/* Findings */

static gboolean same_place(const turn_seen *a, const turn_seen *b) {
    return a->frame == b->frame && a->capture == b->capture;
}

static turn_step *step_at(turn_ladder *self, const turn_seen *seen, guint count) {
    for (guint i = 0; i < count; i++) {
        turn_step *step = g_ptr_array_index(self->steps, i);

        if (same_place(&step->seen, seen)) {
            return step;
        }
    }
    return NULL;
}

static void add_marks(turn_ladder *self, const turn_judgement *judgement) {
    const guint steps = self->steps->len;

    for (guint i = 0; i < judgement->findings->len; i++) {
        const turn_finding *finding = g_ptr_array_index(judgement->findings, i);

        for (guint k = 0; finding->session == self->session && k < finding->evidence->len; k++) {
            const turn_evidence *evidence = &g_array_index(finding->evidence, turn_evidence, k);
            const turn_ladder_mark mark = {.finding = finding, .summary = evidence->summary};
            turn_step *step = step_at(self, &evidence->seen, steps);

            if (step == NULL) {
                step = ladder_add_step(self, TURN_STEP_NOTE, &evidence->seen,
                                       g_strdup("Evidence of a finding"));
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

turn_ladder *turn_ladder_new(const turn_ladder_log *log, const turn_model *model,
                             const turn_judgement *judgement, const turn_session *session) {
    turn_ladder *self = g_new0(turn_ladder, 1);

    self->session = session;
    self->steps = g_ptr_array_new_with_free_func(step_free);
    self->dropped = log->dropped;
    add_messages(self, log, model);
    ladder_add_events(self);
    add_marks(self, judgement);
    sort_steps(self);
    return self;
}

void turn_ladder_free(turn_ladder *self) {
    if (self == NULL) {
        return;
    }
    g_ptr_array_unref(self->steps);
    g_free(self);
}
