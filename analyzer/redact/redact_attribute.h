/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The value of one attribute without what names somebody, in place: by the table in
 * redact_attribute.c, and blank what the table does not know. */
#ifndef ANALYZER_REDACT_REDACT_ATTRIBUTE_H
#define ANALYZER_REDACT_REDACT_ATTRIBUTE_H

#include "analyzer/redact/stand_in.h"
#include "stun/message.h"

/* Where an attribute stands. Nothing here is owned. */
typedef struct redact_place {
    stand_ins *stand_ins;
    const stun_message *message;
    guint depth; /* in how many messages this one stands */
} redact_place;

/* ATTR of the place's message, as it still is; VALUE is attr->value, to be written to. */
void redact_attribute(const redact_place *place, const stun_attr *attr, guint8 *value);

#endif
