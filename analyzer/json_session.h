/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * A session as JSON. */
#ifndef ANALYZER_JSON_SESSION_H
#define ANALYZER_JSON_SESSION_H

#include "analyzer/json_put.h"

void json_put_session(JsonBuilder *json, const turn_report *self, const turn_session *session);

#endif
