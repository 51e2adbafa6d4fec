/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The attributes of a message that tell its story, in words. */
#ifndef TURN_LADDER_DETAILS_H
#define TURN_LADDER_DETAILS_H

#include "stun/message.h"
#include <glib.h>

/* More attributes than a message has a use for are not told. */
#define TURN_LADDER_MAX_DETAILS 16u

/* "user \"alice\"", "lifetime 600 s" and so on, in the order of the message: of char, to be freed
 * with g_ptr_array_unref(). Text is UTF-8 as the capture has it. */
GPtrArray *turn_ladder_details(const stun_message *message);

#endif
