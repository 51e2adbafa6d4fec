/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What the kinds of values are shown with, and the kinds that only Microsoft endpoints send. */
#ifndef MSTUN_VALUES_PRIVATE_H
#define MSTUN_VALUES_PRIVATE_H

#include "plugin/fields.h"
#include "plugin/values.h"

/* Where byte AT of the value is in the tvb. */
int mstun_value_place(const mstun_value *value, size_t at);
/* The field of PART (fields.h). */
int mstun_value_field(const mstun_value *value, size_t part);
/* A number of SIZE bytes at byte AT, and on the attribute's line too when LABEL, which stands in
 * front of it there, is not NULL. */
void mstun_value_number(const mstun_value *value, size_t part, size_t at, size_t size,
                        uint32_t number, const char *label);
void mstun_value_bytes(const mstun_value *value, size_t part, size_t at, size_t size);

/* As mstun_value_show(), for the kinds STUN_KIND_MS_... */
bool mstun_show_ms_sequence(const mstun_value *value);
bool mstun_show_ms_quality(const mstun_value *value);
bool mstun_show_ms_bandwidth(const mstun_value *value);
bool mstun_show_ms_site_response(const mstun_value *value);
bool mstun_show_ms_location(const mstun_value *value);

#endif
