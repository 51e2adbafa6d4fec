/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What went between two ends, as JSON: Binding checks and data. */
#ifndef ANALYZER_JSON_PATH_H
#define ANALYZER_JSON_PATH_H

#include "analyzer/json_put.h"

/* The member "checks" of the object that is open. */
void json_put_checks(JsonBuilder *json, const turn_report *self, const turn_path *path);
/* The member "media". */
void json_put_media(JsonBuilder *json, const turn_report *self, const turn_direction *to_peer,
                    const turn_direction *from_peer);
/* An object: two ends outside any session. */
void json_put_pair(JsonBuilder *json, const turn_report *self, const turn_pair *pair);

#endif
