/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What the parts of the JSON writer share: members of the object that is open, in the forms that
 * report.schema.json gives them. A value that the capture does not show is null. */
#ifndef ANALYZER_JSON_PUT_H
#define ANALYZER_JSON_PUT_H

#include "turn/report/report.h"

#include <json-glib/json-glib.h>

/* VALUE may be NULL, and hold bytes that are not UTF-8. */
void json_put_string(JsonBuilder *json, const char *name, const char *value);
void json_put_number(JsonBuilder *json, const char *name, guint64 value);
/* Null for what the capture does not show. */
void json_put_number_or_null(JsonBuilder *json, const char *name, gint64 value, gboolean shown);
/* Milliseconds with microseconds behind the point; null when negative: not measured. */
void json_put_milliseconds(JsonBuilder *json, const char *name, gint64 nanoseconds);
/* The same, as "rtt_ms". */
void json_put_rtt(JsonBuilder *json, gint64 nanoseconds);
void json_put_boolean(JsonBuilder *json, const char *name, gboolean value);
void json_put_address(JsonBuilder *json, const char *name, const stun_address *address);
void json_put_frame(JsonBuilder *json, const char *name, const turn_seen *seen);
/* An object of who said what and when; null when SEEN is frame 0. */
void json_put_icmp(JsonBuilder *json, const turn_report *self, const char *name,
                   const turn_seen *seen, const turn_icmp *icmp);
void json_put_time(JsonBuilder *json, const turn_report *self, const char *name,
                   const turn_seen *seen);
void json_begin_array(JsonBuilder *json, const char *name);
void json_begin_object(JsonBuilder *json, const char *name);
/* All that the builder holds, as text that acts in no terminal. Owned by the caller. */
char *json_put_end(JsonBuilder *json);

#endif
