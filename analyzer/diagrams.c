/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "analyzer/diagrams.h"

#include "turn/ladders.h"

void diagrams_source_begin(diagrams_source *self, turn_tracker *tracker) {
    self->log = turn_ladder_log_new(tracker);
    self->rates = g_new0(turn_rates, 1);
    turn_tracker_count_rates(tracker, self->rates);
}

void diagrams_source_clear(diagrams_source *self) {
    g_clear_pointer(&self->log, turn_ladder_log_free);
    g_clear_pointer(&self->rates, g_free);
}

static guint64 relayed_bytes(const turn_rates *rates) {
    const turn_rate *fuller = &rates->legs[turn_rates_fuller(rates)];

    return fuller->total[TURN_RATE_TO_PEER] + fuller->total[TURN_RATE_FROM_PEER];
}

void diagrams_make(diagrams_source *client, diagrams_source *server, turn_report *found) {
    const turn_ladder_log *const logs[] = {client->log, server->log};
    const gboolean at_server =
        found->join != NULL && relayed_bytes(server->rates) > relayed_bytes(client->rates);

    found->ladders = turn_ladders_of_sessions(found->model, found->judgement, found->join, logs);
    found->pair_ladders = turn_ladders_of_pairs(found->model, found->judgement, found->join, logs);
    found->rates_at = at_server ? TURN_POINT_SERVER : TURN_POINT_CLIENT;
    found->rates = g_steal_pointer(&(at_server ? server : client)->rates);
}
