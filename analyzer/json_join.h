/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What two capture points show together, as members of the report. */
#ifndef ANALYZER_JSON_JOIN_H
#define ANALYZER_JSON_JOIN_H

#include "analyzer/json_put.h"

/* The member "join" of the report; nothing with one point. */
void json_put_join(JsonBuilder *json, const turn_report *self);
/* "point" and "seen_at" of a session; nothing with one point. */
void json_put_seen_at(JsonBuilder *json, const turn_report *self, const turn_session *session);
/* "filters" of a finding; nothing with one point. */
void json_put_filters(JsonBuilder *json, const turn_report *self, const turn_finding *finding);

#endif
