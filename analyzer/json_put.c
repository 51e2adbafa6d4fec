/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "analyzer/json_put.h"

#include "turn/report/printable.h"

void json_put_string(JsonBuilder *json, const char *name, const char *value) {
    json_builder_set_member_name(json, name);
    if (value == NULL) {
        json_builder_add_null_value(json);
        return;
    }
    g_autofree char *valid = g_utf8_make_valid(value, -1);

    json_builder_add_string_value(json, valid);
}

void json_put_number(JsonBuilder *json, const char *name, guint64 value) {
    json_builder_set_member_name(json, name);
    json_builder_add_int_value(json, (gint64)value);
}

/* Null for what the capture does not show. */
void json_put_number_or_null(JsonBuilder *json, const char *name, gint64 value, gboolean shown) {
    json_builder_set_member_name(json, name);
    if (shown) {
        json_builder_add_int_value(json, value);
    } else {
        json_builder_add_null_value(json);
    }
}

void json_put_milliseconds(JsonBuilder *json, const char *name, gint64 nanoseconds) {
    json_builder_set_member_name(json, name);
    if (nanoseconds < 0) {
        json_builder_add_null_value(json);
    } else {
        const gint64 microseconds = nanoseconds / 1000;

        json_builder_add_double_value(json, (double)microseconds / 1000.0);
    }
}

void json_put_rtt(JsonBuilder *json, gint64 nanoseconds) {
    json_put_milliseconds(json, "rtt_ms", nanoseconds);
}

void json_put_boolean(JsonBuilder *json, const char *name, gboolean value) {
    json_builder_set_member_name(json, name);
    json_builder_add_boolean_value(json, value);
}

void json_put_address(JsonBuilder *json, const char *name, const stun_address *address) {
    char text[STUN_ADDRESS_TEXT];

    stun_address_format(address, text, sizeof text);
    json_put_string(json, name, *text != '\0' ? text : NULL);
}

void json_put_frame(JsonBuilder *json, const char *name, const turn_seen *seen) {
    json_put_number_or_null(json, name, seen->frame, seen->frame != 0);
}

void json_put_time(JsonBuilder *json, const turn_report *self, const char *name,
                   const turn_seen *seen) {
    g_autofree char *text =
        seen->frame != 0 ? turn_report_time(self, seen->capture, seen->time) : NULL;

    json_put_string(json, name, text);
}

void json_begin_array(JsonBuilder *json, const char *name) {
    json_builder_set_member_name(json, name);
    json_builder_begin_array(json);
}

void json_begin_object(JsonBuilder *json, const char *name) {
    json_builder_set_member_name(json, name);
    json_builder_begin_object(json);
}

char *json_put_end(JsonBuilder *json) {
    g_autoptr(JsonGenerator) generator = json_generator_new();
    g_autoptr(JsonNode) root = json_builder_get_root(json);
    g_autofree char *text = NULL;

    json_generator_set_pretty(generator, TRUE);
    json_generator_set_indent(generator, 2);
    json_generator_set_root(generator, root);
    text = json_generator_to_data(generator, NULL);
    return turn_printable_json(text);
}

void json_put_icmp(JsonBuilder *json, const turn_report *self, const char *name,
                   const turn_seen *seen, const turn_icmp *icmp) {
    char sender[STUN_ADDRESS_TEXT];

    if (seen->frame == 0) {
        json_put_string(json, name, NULL);
        return;
    }
    stun_address_format_host(&icmp->sender, sender, sizeof sender);
    json_begin_object(json, name);
    json_put_number(json, "capture", seen->capture);
    json_put_frame(json, "frame", seen);
    json_put_time(json, self, "time", seen);
    json_put_string(json, "sender", *sender != '\0' ? sender : NULL);
    json_put_number(json, "version", icmp->version);
    json_put_number(json, "type", icmp->type);
    json_put_number(json, "code", icmp->code);
    json_put_string(json, "meaning", turn_icmp_words(icmp->version, icmp->type, icmp->code));
    json_builder_end_object(json);
}
