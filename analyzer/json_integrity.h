/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What passwords prove, in JSON. Inside analyzer/ only. */
#ifndef ANALYZER_JSON_INTEGRITY_H
#define ANALYZER_JSON_INTEGRITY_H

#include "analyzer/json_put.h"

/* The member "integrity" of the object that is open; null when no signed message was looked at. */
void json_put_integrity(JsonBuilder *json, const turn_integrity *integrity);
/* The same, but no member instead of null. */
void json_put_integrity_if_any(JsonBuilder *json, const turn_integrity *integrity);

#endif
