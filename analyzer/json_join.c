/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "analyzer/json_join.h"

static const char *clock_state(turn_clock_state state) {
    static const char *const names[] = {[TURN_CLOCK_UNKNOWN] = "unknown",
                                        [TURN_CLOCK_AT_MOST] = "at-most",
                                        [TURN_CLOCK_AT_LEAST] = "at-least",
                                        [TURN_CLOCK_KNOWN] = "known",
                                        [TURN_CLOCK_UNSTEADY] = "unsteady"};
    return names[state];
}

/* Seconds with nine decimals, as a number: a double has room for them up to 100 days. */
static void put_seconds(JsonBuilder *json, const char *name, gint64 nanoseconds, gboolean known) {
    json_builder_set_member_name(json, name);
    if (known) {
        json_builder_add_double_value(json, (double)nanoseconds / 1e9);
    } else {
        json_builder_add_null_value(json);
    }
}

static void put_mappings(JsonBuilder *json, const turn_join *join) {
    const GArray *all = turn_nat_mappings(join->matches->nat);

    json_begin_array(json, "nat");
    for (guint i = 0; i < all->len; i++) {
        const turn_mapping *mapping = &g_array_index(all, turn_mapping, i);

        json_builder_begin_object(json);
        json_put_string(json, "point", mapping->of_server ? "server" : "client");
        json_put_address(json, "inside", &mapping->inside);
        json_put_address(json, "outside", &mapping->outside);
        json_builder_end_object(json);
    }
    json_builder_end_array(json);
}

static void put_leg(JsonBuilder *json, const turn_leg *leg, turn_way way) {
    const turn_tally *requests = &leg->requests[way];
    const turn_tally *responses =
        &leg->responses[way == TURN_TO_SERVER ? TURN_TO_CLIENT : TURN_TO_SERVER];
    g_autofree char *ports = turn_leg_ports(leg);

    if (requests->sent == 0) {
        return;
    }
    json_builder_begin_object(json);
    json_put_string(json, "kind", turn_leg_kind_name(leg->kind));
    json_put_string(json, "transport", leg->transport == TURN_TRANSPORT_TCP ? "tcp" : "udp");
    json_put_string(json, "ports", ports);
    json_put_number(json, "lowest_port", leg->low_port);
    json_put_number(json, "highest_port", leg->high_port);
    json_put_string(json, "asked_by", way == TURN_TO_SERVER ? "client" : "server");
    json_put_number(json, "requests_sent", requests->sent);
    json_put_number(json, "requests_arrived", requests->arrived);
    json_put_number(json, "answers_sent", responses->sent);
    json_put_number(json, "answers_arrived", responses->arrived);
    json_builder_end_object(json);
}

void json_put_join(JsonBuilder *json, const turn_report *self) {
    const turn_join *join = self->join;

    if (join == NULL) {
        return;
    }
    json_begin_object(json, "join");
    json_put_string(json, "note", self->points_note);
    json_put_string(json, "clock", clock_state(join->clock.state));
    put_seconds(json, "clock_offset_s", join->clock.offset,
                join->clock.state != TURN_CLOCK_UNKNOWN);
    put_seconds(json, "uncertainty_s", join->clock.uncertainty,
                join->clock.state == TURN_CLOCK_KNOWN || join->clock.state == TURN_CLOCK_UNSTEADY);
    put_mappings(json, join);
    json_begin_array(json, "legs");
    for (guint i = 0; i < join->legs->len; i++) {
        for (gint way = 0; way < TURN_WAYS; way++) {
            put_leg(json, g_ptr_array_index(join->legs, i), (turn_way)way);
        }
    }
    json_builder_end_array(json);
    json_builder_end_object(json);
}

void json_put_seen_at(JsonBuilder *json, const turn_report *self, const turn_session *session) {
    const turn_joined_session *joined =
        self->join != NULL ? turn_join_session(self->join, session) : NULL;

    if (joined == NULL) {
        return;
    }
    json_put_string(json, "point", turn_point_text(joined->shown_from));
    json_begin_array(json, "seen_at");
    for (gint point = 0; point < TURN_POINT_COUNT; point++) {
        const turn_session *seen = joined->at[point];

        if (seen == NULL) {
            continue;
        }
        json_builder_begin_object(json);
        json_put_string(json, "point", turn_point_text((turn_point_name)point));
        json_put_address(json, "client", &seen->client);
        json_put_address(json, "server", &seen->server);
        json_put_number(json, "capture", seen->first.capture);
        json_put_frame(json, "first_frame", &seen->first);
        json_put_frame(json, "last_frame", &seen->last);
        json_builder_end_object(json);
    }
    json_builder_end_array(json);
}

void json_put_filters(JsonBuilder *json, const turn_report *self, const turn_finding *finding) {
    if (self->join == NULL) {
        return;
    }
    json_begin_array(json, "filters");
    for (guint32 i = 0; i < self->captures->len; i++) {
        g_autofree char *filter = turn_report_filter(finding, i);

        if (filter != NULL) {
            json_builder_begin_object(json);
            json_put_number(json, "capture", i);
            json_put_string(json, "filter", filter);
            json_builder_end_object(json);
        }
    }
    json_builder_end_array(json);
}
