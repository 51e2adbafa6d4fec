/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "turn/join/ledger.h"

#include "turn/hash.h"
#include "turn/message_values.h"

#include <string.h>

/* Far below the 500 ms of the first retransmission, RFC 8489 section 6.2.1. */
#define COPY_WITHIN (20 * G_GINT64_CONSTANT(1000000))

struct turn_ledger {
    GPtrArray *views;  /* of turn_view, owned */
    GHashTable *by_id; /* of the id of a turn_view: the first of its chain, borrowed */
    GHashTable *ice;   /* set of char, owned */
    gint64 full_since;
};

static guint id_hash(gconstpointer id) {
    return turn_hash_bytes(id, STUN_TRANSACTION_ID_SIZE);
}

static gboolean id_equal(gconstpointer a, gconstpointer b) {
    return memcmp(a, b, STUN_TRANSACTION_ID_SIZE) == 0;
}

turn_ledger *turn_ledger_new(void) {
    turn_ledger *ledger = g_new0(turn_ledger, 1);

    ledger->views = g_ptr_array_new_with_free_func(g_free);
    ledger->by_id = g_hash_table_new(id_hash, id_equal);
    ledger->ice = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    ledger->full_since = G_MAXINT64;
    return ledger;
}

void turn_ledger_free(turn_ledger *ledger) {
    if (ledger == NULL) {
        return;
    }
    g_hash_table_destroy(ledger->ice);
    g_hash_table_destroy(ledger->by_id);
    g_ptr_array_unref(ledger->views);
    g_free(ledger);
}

const GPtrArray *turn_ledger_views(const turn_ledger *ledger) {
    return ledger->views;
}

const turn_view *turn_ledger_find(const turn_ledger *ledger,
                                  const guint8 id[STUN_TRANSACTION_ID_SIZE]) {
    return g_hash_table_lookup(ledger->by_id, id);
}

gint64 turn_ledger_full_since(const turn_ledger *ledger) {
    return ledger->full_since;
}

static turn_view *view_new(turn_ledger *ledger, const turn_packet *packet, const turn_flow *flow,
                           const stun_message *message, guint chain) {
    turn_view *view;
    turn_view *first;

    if (ledger->views->len >= TURN_LEDGER_MAX_VIEWS || chain >= TURN_LEDGER_MAX_CHAIN) {
        ledger->full_since = MIN(ledger->full_since, packet->time);
        return NULL;
    }
    view = g_new0(turn_view, 1);
    memcpy(view->id, stun_message_transaction_id(message), sizeof view->id);
    view->flow = *flow;
    view->method = message->method;
    g_ptr_array_add(ledger->views, view);
    first = g_hash_table_lookup(ledger->by_id, view->id);
    if (first == NULL) {
        g_hash_table_insert(ledger->by_id, view->id, view);
        return view;
    }
    view->next = first->next;
    first->next = view;
    return view;
}

/* The view with exactly this direction: between two relays one id may go both ways. */
static turn_view *view_of(turn_ledger *ledger, const turn_packet *packet, const turn_flow *flow,
                          const stun_message *message) {
    turn_view *view = g_hash_table_lookup(ledger->by_id, stun_message_transaction_id(message));
    guint chain = 0;

    for (; view != NULL; view = view->next) {
        if (view->flow.transport == flow->transport &&
            stun_address_equal(&view->flow.source, &flow->source) &&
            stun_address_equal(&view->flow.destination, &flow->destination)) {
            return view;
        }
        chain++;
    }
    return view_new(ledger, packet, flow, message, chain);
}

static void sighted(turn_sighting *sighting, const turn_packet *packet) {
    const gboolean copy =
        sighting->count > 0 && ABS(packet->time - sighting->last.time) < COPY_WITHIN;

    if (sighting->count == 0) {
        sighting->first = turn_seen_at(packet);
    }
    if (copy) {
        return;
    }
    sighting->last = turn_seen_at(packet);
    if (sighting->count < TURN_VIEW_TIMES) {
        sighting->times[sighting->count] = packet->time;
    }
    sighting->count++;
}

static const char *ice_of(turn_ledger *ledger, const stun_message *message) {
    g_autofree char *ice = message_ice_session(message, NULL);
    gpointer known = NULL;

    if (ice == NULL || g_hash_table_lookup_extended(ledger->ice, ice, &known, NULL)) {
        return known;
    }
    if (g_hash_table_size(ledger->ice) >= TURN_LEDGER_MAX_ICE) {
        return NULL;
    }
    known = g_steal_pointer(&ice);
    g_hash_table_add(ledger->ice, known);
    return known;
}

static void request_facts(turn_ledger *ledger, turn_view *view, const stun_message *message) {
    guint32 lifetime;

    view->release = message_uint(message, STUN_ATTR_LIFETIME, &lifetime) && lifetime == 0;
    view->check = message->method == STUN_METHOD_BINDING && message_is_check(message);
    if (view->check) {
        view->ice = ice_of(ledger, message);
    }
}

void turn_ledger_note(gpointer data, const turn_packet *packet, const stun_message *message) {
    turn_ledger *ledger = data;
    turn_flow flow = packet->flow;
    turn_view *view;

    if (message->cls == STUN_INDICATION) {
        return;
    }
    if (message->cls != STUN_REQUEST) {
        flow = turn_flow_reversed(&packet->flow);
    }
    view = view_of(ledger, packet, &flow, message);
    if (view == NULL) {
        return;
    }
    if (message->cls == STUN_REQUEST) {
        if (view->request.count == 0) {
            request_facts(ledger, view, message);
        }
        sighted(&view->request, packet);
    } else {
        view->success |= message->cls == STUN_SUCCESS;
        sighted(&view->response, packet);
    }
}
