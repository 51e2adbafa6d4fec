/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The long text about a cause, a STUN error code or an attribute, from the tables of stun/ and
 * turn/. */
#ifndef ANALYZER_EXPLAIN_H
#define ANALYZER_EXPLAIN_H

#include <glib.h>

/* TOPIC is a cause's identifier, an error code ("431"), or an attribute by name or code
 * ("XOR-PEER-ADDRESS", "0x0012"), in upper or lower case. NULL when there is nothing of that name.
 * Owned by the caller. */
char *explain_topic(const char *topic);

/* Every cause with its level and title, one a line. Owned by the caller. */
char *explain_list(void);

#endif
