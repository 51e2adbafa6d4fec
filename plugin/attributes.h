/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * One attribute as a subtree: type, length, what the registry knows of its value, and what is wrong
 * with it. */
#ifndef MSTUN_ATTRIBUTES_H
#define MSTUN_ATTRIBUTES_H

#include "plugin/view.h"

/* Registers what all attributes have in common, and the fields of each. */
void mstun_attributes_register(void);

/* Adds every attribute of the message, and says so when something is left that is none. STATUS is
 * what the parser said of the message. */
void mstun_attributes_show(const mstun_view *view, stun_status status);

#endif
