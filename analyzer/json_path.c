/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "analyzer/json_path.h"

#include "analyzer/json_stage.h"

static void put_direction(JsonBuilder *json, const turn_report *self, const char *name,
                          const turn_direction *direction) {
    const gint64 mean = direction->rtt_count > 0 ? direction->rtt_sum / direction->rtt_count : -1;

    json_begin_object(json, name);
    json_put_number(json, "requests", direction->requests);
    json_put_number(json, "retransmissions", direction->retransmissions);
    json_put_number(json, "successes", direction->successes);
    json_put_number(json, "errors", direction->errors);
    json_put_number_or_null(json, "error_code", direction->error_code, direction->error_code != 0);
    json_put_rtt(json, direction->rtt);
    json_put_milliseconds(json, "rtt_ms_mean", mean);
    json_put_milliseconds(json, "rtt_ms_max",
                          direction->rtt_count > 0 ? direction->rtt_longest : -1);
    json_put_number(json, "keep_alives", direction->keep_alives);
    json_put_number(json, "indications", direction->indications);
    json_put_time(json, self, "first", &direction->first_request);
    json_put_time(json, self, "last", &direction->last_request);
    json_put_time(json, self, "first_answer", &direction->first_success);
    json_put_time(json, self, "last_answer", &direction->last_success);
    json_put_string(json, "role", turn_role_name(direction->role));
    json_put_string(json, "first_role", turn_role_name(direction->first_role));
    json_put_frame(json, "role_changed_frame", &direction->role_changed);
    json_put_number_or_null(json, "priority", direction->priority, direction->has_priority);
    json_put_frame(json, "use_candidate_frame", &direction->use_candidate);
    json_put_frame(json, "nominated_frame", &direction->nominated);
    json_builder_end_object(json);
}

void json_put_checks(JsonBuilder *json, const turn_report *self, const turn_path *path) {
    json_begin_object(json, "checks");
    put_direction(json, self, "to_peer", &path->to_peer);
    put_direction(json, self, "from_peer", &path->from_peer);
    json_builder_end_object(json);
}

static void put_span(JsonBuilder *json, const turn_report *self, const char *name,
                     const turn_direction *direction) {
    json_begin_object(json, name);
    json_put_number(json, "packets", direction->packets);
    json_put_number(json, "bytes", direction->bytes);
    json_put_time(json, self, "first", &direction->first_packet);
    json_put_time(json, self, "last", &direction->last_packet);
    json_builder_end_object(json);
}

void json_put_media(JsonBuilder *json, const turn_report *self, const turn_direction *to_peer,
                    const turn_direction *from_peer) {
    json_begin_object(json, "media");
    json_put_string(json, "ways", turn_ways_name(turn_data_ways(to_peer, from_peer)));
    put_span(json, self, "to_peer", to_peer);
    put_span(json, self, "from_peer", from_peer);
    json_builder_end_object(json);
}

void json_put_pair(JsonBuilder *json, const turn_report *self, const turn_pair *pair) {
    json_builder_begin_object(json);
    json_put_address(json, "a", &pair->a);
    json_put_address(json, "b", &pair->b);
    json_put_string(json, "transport", pair->transport == TURN_TRANSPORT_TCP ? "tcp" : "udp");
    json_put_string(json, "via", pair->at_server ? "server" : "direct");
    json_put_checks(json, self, &pair->path);
    json_put_media(json, self, &pair->path.to_peer, &pair->path.from_peer);
    json_put_pair_stages(json, self, pair);
    json_builder_end_object(json);
}
