/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "analyzer/json_stage.h"

static void put_stage(JsonBuilder *json, const turn_report *self, const turn_stages *stages,
                      guint index) {
    const turn_stage *stage = &g_array_index(stages->list, turn_stage, index);
    const gint64 after = stage->seen.time - stages->start.time;

    json_builder_begin_object(json);
    json_put_number(json, "step", index + 1);
    json_put_string(json, "id", stage->id);
    json_put_string(json, "title", stage->title);
    json_put_string(json, "state", turn_stage_state_name(stage->state));
    json_put_frame(json, "frame", &stage->seen);
    json_put_time(json, self, "time", &stage->seen);
    json_put_milliseconds(json, "after_ms", stage->seen.frame != 0 ? MAX(after, 0) : -1);
    json_builder_end_object(json);
}

static void put_stop(JsonBuilder *json, const turn_report *self, const turn_stages *stages) {
    const turn_stage *stage;
    g_autofree char *text = turn_report_stop(stages);

    if (text == NULL) {
        json_put_string(json, "stopped_at", NULL);
        return;
    }
    stage = &g_array_index(stages->list, turn_stage, stages->at);
    json_begin_object(json, "stopped_at");
    json_put_number(json, "step", stages->at + 1);
    json_put_number(json, "of", stages->list->len);
    json_put_string(json, "id", stage->id);
    json_put_string(json, "why", turn_stop_name(stages->stop));
    json_put_number_or_null(json, "code", stages->code, stages->code != 0);
    json_put_string(json, "reason", stages->reason);
    json_put_frame(json, "frame", &stages->seen);
    json_put_time(json, self, "time", &stages->seen);
    json_put_frame(json, "since_frame", &stages->from);
    json_put_milliseconds(json, "wait_ms", stages->wait);
    json_put_string(json, "text", text);
    json_builder_end_object(json);
}

static void put_stages(JsonBuilder *json, const turn_report *self, const turn_stages *stages) {
    json_begin_array(json, "stages");
    for (guint i = 0; i < stages->list->len; i++) {
        put_stage(json, self, stages, i);
    }
    json_builder_end_array(json);
    put_stop(json, self, stages);
}

void json_put_session_stages(JsonBuilder *json, const turn_report *self,
                             const turn_session *session) {
    g_autoptr(turn_stages) stages = turn_stages_of_session(self->model, session);
    turn_seen gives_up = {.frame = 0};

    turn_stages_patience(stages, &gives_up);
    json_put_string(json, "kind", turn_stage_kind_name(stages->kind));
    put_stages(json, self, stages);
    json_put_milliseconds(json, "relay_after_ms", stages->relay_after);
    json_put_time(json, self, "cms_gives_up", &gives_up);
}

void json_put_pair_stages(JsonBuilder *json, const turn_report *self, const turn_pair *pair) {
    g_autoptr(turn_stages) stages = turn_stages_of_pair(self->model, pair);

    put_stages(json, self, stages);
}
