/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The value of an attribute as fields, and in a few words on the attribute's line. */
#ifndef MSTUN_VALUES_H
#define MSTUN_VALUES_H

#include "plugin/view.h"

#include "stun/value.h"

typedef struct mstun_value {
    const mstun_view *view;
    const stun_attr *attr; /* with a row in the registry */
    proto_tree *tree;      /* of the attribute */
    proto_item *item;      /* the attribute's line */
} mstun_value;

/* Adds the fields of VALUE. False, and nothing is added, when its bytes do not hold one: too short
 * for it, or cut. */
bool mstun_value_show(const mstun_value *value);

/* Bytes of the message as text that can be printed; in the packet's memory. */
const char *mstun_printable(const mstun_view *view, const char *bytes, size_t length);
/* "401 (Unauthenticated)" and the reason, where it says something else. */
const char *mstun_error_text(const mstun_view *view, const stun_error *error);

#endif
