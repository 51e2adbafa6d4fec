/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * How far a session or a pair got, as JSON: the members "stages" and "stopped_at" of the object
 * that is open. */
#ifndef ANALYZER_JSON_STAGE_H
#define ANALYZER_JSON_STAGE_H

#include "analyzer/json_put.h"

void json_put_session_stages(JsonBuilder *json, const turn_report *self,
                             const turn_session *session);
void json_put_pair_stages(JsonBuilder *json, const turn_report *self, const turn_pair *pair);

#endif
