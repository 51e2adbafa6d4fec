/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The list of sessions as JSON: turnpcap.list/1. */
#ifndef ANALYZER_LIST_JSON_H
#define ANALYZER_LIST_JSON_H

#include "turn/report/list.h"

/* Owned by the caller. */
char *list_json_write(const turn_list *self);

#endif
