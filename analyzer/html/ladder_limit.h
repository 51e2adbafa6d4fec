/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Which rows of a ladder are kept when there are too many: evidence before all, then what was lost
 * or not answered, then errors, then the beginning and the end. */
#ifndef ANALYZER_HTML_LADDER_LIMIT_H
#define ANALYZER_HTML_LADDER_LIMIT_H

#include <glib.h>

/* Takes the rows of ROWS (of ladder_row) that are kept, with one row for each stretch of those that
 * are left out; at most LADDER_MAX_ROWS. Owned by the caller. */
GPtrArray *ladder_limit(GPtrArray *rows);

#endif
