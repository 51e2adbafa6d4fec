/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "analyzer/ladder_json.h"

#include "analyzer/json_put.h"
#include "analyzer/version.h"

/* Seconds with microseconds behind the point, as everywhere. */
static void put_seconds(JsonBuilder *json, const char *name, gint64 nanoseconds) {
    const gint64 microseconds = nanoseconds / 1000;

    json_builder_set_member_name(json, name);
    json_builder_add_double_value(json, (double)microseconds / 1e6);
}

static void put_marks(JsonBuilder *json, const turn_step *step) {
    json_begin_array(json, "findings");
    for (guint i = 0; i < step->marks->len; i++) {
        const turn_ladder_mark *mark = &g_array_index(step->marks, turn_ladder_mark, i);

        json_builder_begin_object(json);
        json_put_string(json, "level", turn_level_name(mark->finding->level));
        json_put_string(json, "cause", mark->finding->cause->identifier);
        json_put_string(json, "summary", mark->summary);
        json_builder_end_object(json);
    }
    json_builder_end_array(json);
}

static void put_media(JsonBuilder *json, const turn_step *step) {
    const gboolean media = step->kind == TURN_STEP_MEDIA;

    json_put_number_or_null(json, "packets", (gint64)step->packets, media);
    json_put_number_or_null(json, "bytes", (gint64)step->bytes, media);
    json_put_number_or_null(json, "last_frame", step->last.frame, media);
    if (media) {
        put_seconds(json, "seconds", MAX(step->last.time - step->seen.time, 0));
    } else {
        json_put_string(json, "seconds", NULL);
    }
}

static void put_step(JsonBuilder *json, const turn_report *report, const turn_step *step,
                     gint64 begin) {
    const gboolean moves = step->from != step->to;

    json_builder_begin_object(json);
    json_put_string(json, "kind", turn_step_kind_name(step->kind));
    json_put_number(json, "capture", step->seen.capture);
    json_put_number(json, "frame", step->seen.frame);
    json_put_time(json, report, "time", &step->seen);
    put_seconds(json, "since", step->seen.time - begin);
    json_put_string(json, "from", moves ? turn_lane_name(step->from) : NULL);
    json_put_string(json, "to", moves ? turn_lane_name(step->to) : NULL);
    json_put_string(json, "name", step->name);
    json_put_number_or_null(json, "code", step->code, step->code != 0);
    json_put_string(json, "reason", step->reason);
    json_put_address(json, "peer", &step->peer);
    json_begin_array(json, "details");
    for (guint i = 0; i < step->details->len; i++) {
        json_builder_add_string_value(json, g_ptr_array_index(step->details, i));
    }
    json_builder_end_array(json);
    json_put_string(json, "repeat",
                    step->repeat != TURN_REPEAT_NONE ? turn_repeat_name(step->repeat) : NULL);
    put_media(json, step);
    json_put_string(json, "outcome",
                    step->fate == TURN_FATE_UNANSWERED ? turn_fate_name(step->fate) : NULL);
    put_marks(json, step);
    json_builder_end_object(json);
}

char *ladder_json_write(const turn_ladder *self, const turn_report *report) {
    g_autoptr(JsonBuilder) json = json_builder_new();

    json_builder_begin_object(json);
    json_put_string(json, "schema", "turnpcap.ladder/1");
    json_put_string(json, "generator", "turnpcap " TURNPCAP_VERSION);
    json_put_number(json, "session", self->session->id);
    json_put_address(json, "client", &self->session->client);
    json_put_address(json, "server", &self->session->server);
    json_put_string(json, "transport", turn_protocol_name(self->session->protocol));
    json_put_number(json, "messages_dropped", self->dropped);
    json_begin_array(json, "steps");
    for (guint i = 0; i < self->steps->len; i++) {
        put_step(json, report, g_ptr_array_index(self->steps, i), self->begin);
    }
    json_builder_end_array(json);
    json_builder_end_object(json);
    return json_put_end(json);
}
