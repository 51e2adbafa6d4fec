/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "analyzer/report_json.h"

#include "analyzer/json_join.h"
#include "analyzer/json_path.h"
#include "analyzer/json_session.h"
#include "analyzer/version.h"
#include "turn/next.h"

static void add_text(gpointer text, gpointer json) {
    g_autofree char *valid = g_utf8_make_valid(text, -1);

    json_builder_add_string_value(json, valid);
}

static void put_capture(JsonBuilder *json, const turn_report *self, guint index) {
    const turn_report_capture *capture = g_ptr_array_index(self->captures, index);
    g_autofree char *first =
        capture->packets > 0 ? turn_report_time(self, index, capture->first) : NULL;
    g_autofree char *last =
        capture->packets > 0 ? turn_report_time(self, index, capture->last) : NULL;

    json_builder_begin_object(json);
    json_put_string(json, "file", capture->file);
    json_put_string(json, "point", capture->point);
    json_put_string(json, "format", capture->format);
    json_begin_array(json, "link_types");
    if (capture->link_type != NULL) {
        json_builder_add_string_value(json, capture->link_type);
    }
    json_builder_end_array(json);
    json_put_number(json, "packets", capture->packets);
    json_put_number(json, "bytes", capture->bytes);
    json_put_string(json, "first", first);
    json_put_string(json, "last", last);
    json_put_number(json, "snap_length", capture->snap_length);
    json_put_number(json, "packets_cut", capture->packets_cut);
    json_put_number(json, "tcp_bytes_missing", capture->tcp_bytes_missing);
    json_begin_array(json, "warnings");
    g_ptr_array_foreach(capture->warnings, add_text, json);
    json_builder_end_array(json);
    json_builder_end_object(json);
}

static void put_lines(JsonBuilder *json, const char *name, const char *lines) {
    g_auto(GStrv) split = g_strsplit(lines, "\n", -1);

    json_begin_array(json, name);
    for (char **line = split; *line != NULL; line++) {
        json_builder_add_string_value(json, *line);
    }
    json_builder_end_array(json);
}

/* What limits the verdict, and what limits the captures that it was made from. */
static void put_unknowns(JsonBuilder *json, const turn_report *self) {
    json_begin_array(json, "unknowns");
    g_ptr_array_foreach(self->judgement->unknowns, add_text, json);
    for (guint i = 0; i < self->captures->len; i++) {
        const turn_report_capture *capture = g_ptr_array_index(self->captures, i);

        g_ptr_array_foreach(capture->warnings, add_text, json);
    }
    json_builder_end_array(json);
}

static void put_next_captures(JsonBuilder *json, const turn_report *self) {
    g_autoptr(GPtrArray) all = turn_next_captures(self->model, self->judgement);

    json_begin_array(json, "next_capture");
    for (guint i = 0; i < all->len; i++) {
        const turn_next *next = g_ptr_array_index(all, i);

        json_builder_begin_object(json);
        json_put_string(json, "where", next->where);
        json_put_string(json, "what", next->what);
        json_put_string(json, "filter", next->filter);
        json_put_string(json, "from", next->from);
        json_put_string(json, "until", next->until);
        json_builder_end_object(json);
    }
    json_builder_end_array(json);
}

static void put_verdict(JsonBuilder *json, const turn_report *self) {
    const turn_judgement *judgement = self->judgement;
    const turn_cause *cause = judgement->first != NULL ? judgement->first->cause : NULL;

    json_begin_object(json, "verdict");
    json_put_string(json, "level", turn_level_name(judgement->level));
    json_put_string(json, "cause", cause != NULL ? cause->identifier : NULL);
    json_put_string(json, "title", turn_report_title(self));
    json_put_string(json, "explanation", turn_report_explanation(self));
    if (cause != NULL) {
        put_lines(json, "remedies", cause->remedies);
        json_put_string(json, "next", cause->next);
    } else {
        json_begin_array(json, "remedies");
        json_builder_end_array(json);
        json_put_string(json, "next", NULL);
    }
    put_unknowns(json, self);
    put_next_captures(json, self);
    json_builder_end_object(json);
}

static void put_evidence(JsonBuilder *json, const turn_report *self,
                         const turn_evidence *evidence) {
    json_builder_begin_object(json);
    json_put_number(json, "capture", evidence->seen.capture);
    json_put_number(json, "frame", evidence->seen.frame);
    json_put_time(json, self, "time", &evidence->seen);
    json_put_string(json, "summary", evidence->summary);
    json_builder_end_object(json);
}

static void put_finding(JsonBuilder *json, const turn_report *self, const turn_finding *finding) {
    g_autofree char *filter = turn_report_filter(finding, turn_report_filter_capture(finding));

    json_builder_begin_object(json);
    json_put_string(json, "level", turn_level_name(finding->level));
    json_put_string(json, "cause", finding->cause->identifier);
    json_put_string(json, "title", finding->cause->title);
    json_put_number_or_null(json, "session", finding->session != NULL ? finding->session->id : 0,
                            finding->session != NULL);
    json_put_number_or_null(json, "code", finding->code, finding->code != 0);
    json_put_string(json, "reason", finding->reason);
    json_put_string(json, "detail", finding->detail);
    json_begin_array(json, "evidence");
    for (guint i = 0; i < finding->evidence->len; i++) {
        put_evidence(json, self, &g_array_index(finding->evidence, turn_evidence, i));
    }
    json_builder_end_array(json);
    json_put_string(json, "filter", filter);
    json_put_filters(json, self, finding);
    json_builder_end_object(json);
}
static void put_message(JsonBuilder *json, const turn_report *self,
                        const turn_report_message *message) {
    GString *id = g_string_new(NULL);
    g_autofree char *type = g_strdup_printf("0x%04x", message->type);

    /* With the cookie the id is the 96 bits behind it. */
    for (gsize i = message->has_cookie ? 4 : 0; i < sizeof message->transaction_id; i++) {
        g_string_append_printf(id, "%02x", message->transaction_id[i]);
    }
    json_builder_begin_object(json);
    json_put_number(json, "capture", message->seen.capture);
    json_put_number(json, "frame", message->seen.frame);
    json_put_time(json, self, "time", &message->seen);
    json_put_string(json, "type", type);
    json_put_string(json, "name", message->name);
    json_put_string(json, "transaction_id", id->str);
    json_begin_array(json, "attributes");
    for (guint i = 0; i < message->attributes->len; i++) {
        const turn_report_attribute *attribute =
            &g_array_index(message->attributes, turn_report_attribute, i);
        g_autofree char *code = g_strdup_printf("0x%04x", attribute->type);

        json_builder_begin_object(json);
        json_put_string(json, "type", code);
        json_put_number(json, "length", attribute->length);
        json_builder_end_object(json);
    }
    json_builder_end_array(json);
    json_builder_end_object(json);
    g_string_free(id, TRUE);
}

static void put_lists(JsonBuilder *json, const turn_report *self) {
    json_begin_array(json, "findings");
    for (guint i = 0; i < self->judgement->findings->len; i++) {
        put_finding(json, self, g_ptr_array_index(self->judgement->findings, i));
    }
    json_builder_end_array(json);
    json_begin_array(json, "sessions");
    for (guint i = 0; i < self->model->sessions->len; i++) {
        json_put_session(json, self, g_ptr_array_index(self->model->sessions, i));
    }
    json_builder_end_array(json);
    json_begin_array(json, "checks");
    for (guint i = 0; i < self->model->pairs->len; i++) {
        json_put_pair(json, self, g_ptr_array_index(self->model->pairs, i));
    }
    json_builder_end_array(json);
    if (self->messages == NULL) {
        return;
    }
    json_begin_array(json, "messages");
    for (guint i = 0; i < self->messages->len; i++) {
        put_message(json, self, g_ptr_array_index(self->messages, i));
    }
    json_builder_end_array(json);
}

char *report_json_write(const turn_report *self) {
    g_autoptr(JsonBuilder) json = json_builder_new();

    json_builder_begin_object(json);
    json_put_string(json, "schema", "turnpcap.report/1");
    json_put_string(json, "generator", "turnpcap " TURNPCAP_VERSION);
    if (self->redacted) {
        json_put_boolean(json, "redacted", TRUE);
    }
    json_begin_array(json, "captures");
    for (guint i = 0; i < self->captures->len; i++) {
        put_capture(json, self, i);
    }
    json_builder_end_array(json);
    put_verdict(json, self);
    json_put_join(json, self);
    put_lists(json, self);
    json_builder_end_object(json);
    return json_put_end(json);
}
