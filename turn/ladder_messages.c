/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "turn/hash.h"
#include "turn/ladder_details.h"
#include "turn/ladder_private.h"
#include "turn/message_values.h"
#include "turn/rules.h"

#include <string.h>

/* Closer together than any retransmission timer (RFC 8489 section 6.2.1 starts at 500 ms).
 * Nanoseconds. */
#define COPY_WITHIN (20 * G_GINT64_CONSTANT(1000000))
/* Whoever is to answer, and the way back, had time enough. Nanoseconds. */
#define ANSWER_WITHIN (5 * G_GINT64_CONSTANT(1000000000))

static gboolean is_between(const turn_flow *flow, const stun_address *from, const stun_address *to,
                           gboolean *forward) {
    *forward =
        stun_address_equal(&flow->source, from) && stun_address_equal(&flow->destination, to);
    return *forward ||
           (stun_address_equal(&flow->source, to) && stun_address_equal(&flow->destination, from));
}

static turn_transport transport_of(const turn_session *session) {
    return session->protocol == TURN_PROTOCOL_UDP || session->protocol == TURN_PROTOCOL_DTLS
               ? TURN_TRANSPORT_UDP
               : TURN_TRANSPORT_TCP;
}

static gboolean is_on_control(const turn_session *session, const turn_flow *flow,
                              gboolean *forward) {
    return transport_of(session) == flow->transport &&
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

static gboolean has_address(const GArray *addresses, const stun_address *address) {
    for (guint i = 0; i < addresses->len; i++) {
        if (stun_address_equal(&g_array_index(addresses, stun_address, i), address)) {
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
                has_address(session->relayed, &g_array_index(other->relayed, stun_address, k))) {
                end = MIN(end, other->allocated.time);
            }
        }
    }
    return end;
}

ladder_view ladder_view_of_session(const turn_ladder_index *index, const turn_model *model,
                                   const turn_session *session) {
    ladder_view view = {.index = index, .model = model, .session = session};

    view.relayed = g_array_copy(session->relayed);
    view.relay_from = session->allocated.time;
    view.relay_to = end_of_relay(model, session);
    return view;
}

ladder_view ladder_view_of_pair(const turn_ladder_index *index, const turn_model *model,
                                const turn_pair *pair) {
    return (ladder_view){
        .index = index,
        .model = model,
        .pair = pair,
        .relayed = g_array_new(FALSE, FALSE, sizeof(stun_address)),
        .flow = {.transport = pair->transport, .source = pair->a, .destination = pair->b}};
}

static gboolean place_on_session(const turn_session *session, const turn_logged *logged,
                                 turn_step *step) {
    const turn_flow *flow = &logged->packet.flow;
    const turn_seen seen = turn_seen_at(&logged->packet);
    gboolean forward;

    if (turn_seen_after(&session->first, &seen) || turn_seen_after(&seen, &session->last) ||
        (!is_on_control(session, flow, &forward) &&
         !is_on_data_connection(session, flow, &forward))) {
        return FALSE;
    }
    if (logged->carried.peer != NULL) {
        ladder_set_lanes(step, TURN_LANE_CLIENT, TURN_LANE_PEER, logged->carried.to_peer);
    } else {
        ladder_set_lanes(step, TURN_LANE_CLIENT, TURN_LANE_SERVER, forward);
    }
    return TRUE;
}

/* Where the message went; FALSE when it is not of the view's session or pair. */
static gboolean place(const ladder_view *view, const turn_logged *logged, turn_step *step) {
    const turn_flow *flow = &logged->packet.flow;
    gboolean forward;

    if (view->flow.source.family != STUN_FAMILY_NONE) {
        ladder_set_lanes(step, TURN_LANE_CLIENT, TURN_LANE_PEER,
                         stun_address_equal(&flow->source, &view->flow.source));
        return TRUE;
    }
    if (view->session != NULL && place_on_session(view->session, logged, step)) {
        return TRUE;
    }
    if (logged->packet.time < view->relay_from || logged->packet.time >= view->relay_to) {
        return FALSE;
    }
    forward = has_address(view->relayed, &flow->source);
    ladder_set_lanes(step, TURN_LANE_SERVER, TURN_LANE_PEER, forward);
    return forward || has_address(view->relayed, &flow->destination);
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
        step->reason = message_text_of(error.reason, error.reason_length);
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
    if (before == NULL || ABS(now->time - before->time) > TURN_REPEAT_WITHIN) {
        repeat = TURN_REPEAT_NONE;
    } else if (ABS(now->time - before->time) < COPY_WITHIN) {
        repeat = now->identity != 0 && now->identity == before->identity
                     ? TURN_REPEAT_CAPTURED_TWICE
                     : TURN_REPEAT_COPY;
    }
    g_hash_table_replace(sent, now, now);
    return repeat;
}

/* A keep-alive without credentials is answered or not, as the server likes, and a release may be
 * answered by closing. */
static gboolean must_be_answered(const stun_message *message) {
    guint32 lifetime = 0;

    if (message->cls != STUN_REQUEST) {
        return FALSE;
    }
    return message->method == STUN_METHOD_BINDING
               ? message_is_check(message)
               : !message_uint(message, STUN_ATTR_LIFETIME, &lifetime) || lifetime != 0;
}

/* The capture shows what comes to the sender or, where a server never says anything, a client that
 * asks again for want of an answer. */
static gboolean waits(const ladder_view *view, const turn_logged *logged) {
    const turn_session *session = view->session;
    const turn_exchange *allocate =
        session != NULL ? &session->exchanges[TURN_METHOD_ALLOCATE] : NULL;

    return turn_model_receives(view->model, &logged->packet.flow.source) ||
           (session != NULL && session->packets_from_server == 0 &&
            allocate->transmissions > allocate->requests);
}

/* Whether the capture must have an answer if one came. */
static gboolean expects_answer(const ladder_view *view, const turn_logged *logged) {
    const turn_flow *flow = &logged->packet.flow;
    const turn_session *session = view->session;

    return must_be_answered(&logged->message) && waits(view, logged) &&
           (session == NULL ? flow->transport == TURN_TRANSPORT_UDP
                            : session->bytes_missing == 0 && session->relayed_cut == 0 &&
                                  !turn_one_direction_only(session));
}

static void add_message(turn_ladder *self, const ladder_view *view, const turn_logged *logged,
                        const turn_step *placed, turn_repeat repeat) {
    const turn_seen seen = {.capture = logged->packet.capture,
                            .frame = logged->packet.frame,
                            .time = logged->packet.time + view->shift};
    char name[64];
    turn_step *step;

    stun_message_format_type(&logged->message, name, sizeof name);
    step = ladder_add_step(self, TURN_STEP_MESSAGE, &seen, g_strdup(name));
    step->from = placed->from;
    step->to = placed->to;
    step->point = view->point;
    step->cls = logged->message.cls;
    step->method = logged->message.method;
    memcpy(step->transaction, stun_message_transaction_id(&logged->message),
           sizeof step->transaction);
    g_ptr_array_unref(step->details);
    step->details = turn_ladder_details(&logged->message);
    set_peer(logged, step);
    add_error(&logged->message, step);
    step->repeat = repeat;
    step->expects_answer = expects_answer(view, logged);
}

static gint place_order(gconstpointer a, gconstpointer b) {
    const guint left = *(const guint *)a;
    const guint right = *(const guint *)b;

    return left < right ? -1 : left > right;
}

/* Places in the log of what may belong to the view, in their order; some are there twice. */
static GArray *candidates(const ladder_view *view) {
    GArray *found = g_array_new(FALSE, FALSE, sizeof(guint));
    const turn_session *session = view->session;

    if (view->flow.source.family != STUN_FAMILY_NONE) {
        turn_ladder_index_on_flow(view->index, &view->flow, found);
    }
    if (session != NULL) {
        turn_flow flow = {.transport = transport_of(session),
                          .source = session->client,
                          .destination = session->server};

        turn_ladder_index_on_flow(view->index, &flow, found);
        flow.transport = TURN_TRANSPORT_TCP;
        for (guint i = 0; i < session->connections->len; i++) {
            const turn_connection *connection = g_ptr_array_index(session->connections, i);

            flow.source = connection->data_connection;
            turn_ladder_index_on_flow(view->index, &flow, found);
        }
    }
    for (guint i = 0; i < view->relayed->len; i++) {
        turn_ladder_index_at(view->index, &g_array_index(view->relayed, stun_address, i), found);
    }
    g_array_sort(found, place_order);
    return found;
}

void ladder_add_messages(turn_ladder *self, const ladder_view *view) {
    const turn_ladder_log *log = turn_ladder_index_log(view->index);
    g_autoptr(GHashTable) sent =
        g_hash_table_new_full(transmission_hash, transmission_equal, NULL, g_free);
    g_autoptr(GArray) places = candidates(view);

    self->dropped += log->dropped;
    for (guint i = 0; i < places->len; i++) {
        const guint at = g_array_index(places, guint, i);
        const turn_logged *logged = &g_array_index(log->messages, turn_logged, at);
        turn_step placed = {.kind = TURN_STEP_MESSAGE};

        if ((i == 0 || at != g_array_index(places, guint, i - 1)) && place(view, logged, &placed)) {
            add_message(self, view, logged, &placed, repeat_of(sent, logged));
        }
    }
}

/* Silence */

/* Steps of one transaction; from where to where does not matter: what answers a request may have
 * been seen on one leg only. */
static guint transaction_hash(gconstpointer step) {
    return turn_hash_bytes(((const turn_step *)step)->transaction, STUN_TRANSACTION_ID_SIZE);
}

static gboolean transaction_equal(gconstpointer a, gconstpointer b) {
    return memcmp(((const turn_step *)a)->transaction, ((const turn_step *)b)->transaction,
                  STUN_TRANSACTION_ID_SIZE) == 0;
}

/* How long the capture went on after something in it; what was found is kept, since many ask about
 * the same stretch of it. */
typedef struct watched_until {
    turn_seen from;
    gint64 end;
} watched_until;

static gint64 end_after(const turn_model *model, const turn_seen *seen, watched_until *known) {
    if (known->from.frame == 0 || known->from.capture != seen->capture ||
        seen->time < known->from.time || seen->time > known->end) {
        known->from = *seen;
        known->end = turn_model_end(model, seen);
    }
    return known->end;
}

void ladder_mark_unanswered(turn_ladder *self, const ladder_view *views) {
    watched_until known[TURN_POINT_COUNT] = {0};
    g_autoptr(GHashTable) answered = g_hash_table_new(transaction_hash, transaction_equal);

    if (self->dropped > 0) {
        return;
    }
    for (guint i = 0; i < self->steps->len; i++) {
        turn_step *step = g_ptr_array_index(self->steps, i);

        if (step->kind == TURN_STEP_MESSAGE &&
            (step->cls == STUN_SUCCESS || step->cls == STUN_ERROR)) {
            g_hash_table_add(answered, step);
        }
    }
    for (guint i = 0; i < self->steps->len; i++) {
        turn_step *step = g_ptr_array_index(self->steps, i);
        const ladder_view *view = &views[step->point];
        turn_seen seen = step->seen;

        if (!step->expects_answer || step->fate == TURN_FATE_LOST ||
            g_hash_table_contains(answered, step)) {
            continue;
        }
        seen.time -= view->shift;
        if (end_after(view->model, &seen, &known[step->point]) - seen.time >= ANSWER_WITHIN) {
            step->fate = TURN_FATE_UNANSWERED;
        }
    }
}
