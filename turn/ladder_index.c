/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "turn/ladder_index.h"

#include "turn/hash.h"

struct turn_ladder_index {
    const turn_ladder_log *log;
    GHashTable *flows;     /* of turn_flow: GArray of guint; keys are the log's own */
    GHashTable *addresses; /* of stun_address: the same */
};

static void add(GHashTable *table, gconstpointer key, guint place) {
    GArray *list = g_hash_table_lookup(table, key);

    if (list == NULL) {
        list = g_array_new(FALSE, FALSE, sizeof(guint));
        g_hash_table_insert(table, (gpointer)key, list);
    }
    g_array_append_val(list, place);
}

turn_ladder_index *turn_ladder_index_new(const turn_ladder_log *log) {
    turn_ladder_index *self = g_new0(turn_ladder_index, 1);
    const GDestroyNotify free_list = (GDestroyNotify)g_array_unref;

    self->log = log;
    self->flows = g_hash_table_new_full(turn_flow_hash, turn_flow_equal, NULL, free_list);
    self->addresses = g_hash_table_new_full(turn_hash_address, turn_address_equal, NULL, free_list);
    for (guint i = 0; i < log->messages->len; i++) {
        const turn_flow *flow = &g_array_index(log->messages, turn_logged, i).packet.flow;

        add(self->flows, flow, i);
        add(self->addresses, &flow->source, i);
        add(self->addresses, &flow->destination, i);
    }
    return self;
}

void turn_ladder_index_free(turn_ladder_index *self) {
    if (self == NULL) {
        return;
    }
    g_hash_table_destroy(self->flows);
    g_hash_table_destroy(self->addresses);
    g_free(self);
}

const turn_ladder_log *turn_ladder_index_log(const turn_ladder_index *self) {
    return self->log;
}

static void append(GHashTable *table, gconstpointer key, GArray *found) {
    const GArray *list = g_hash_table_lookup(table, key);

    if (list != NULL) {
        g_array_append_vals(found, list->data, list->len);
    }
}

void turn_ladder_index_on_flow(const turn_ladder_index *self, const turn_flow *flow,
                               GArray *found) {
    append(self->flows, flow, found);
}

void turn_ladder_index_at(const turn_ladder_index *self, const stun_address *address,
                          GArray *found) {
    append(self->addresses, address, found);
}
