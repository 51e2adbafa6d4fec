/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * When a capture point was captured: pieces of time without a pause, put together from the spans of
 * its files. */
#ifndef TURN_JOIN_OBSERVED_H
#define TURN_JOIN_OBSERVED_H

#include "turn/session.h"

typedef struct turn_observed turn_observed;

/* What comes after FULL_SINCE was not noted. */
turn_observed *turn_observed_new(const turn_model *model, gint64 full_since);
void turn_observed_free(turn_observed *observed);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(turn_observed, turn_observed_free)

/* Whether the capture ran from FROM to TO without a pause. */
gboolean turn_observed_all(const turn_observed *observed, gint64 from, gint64 to);
/* Whether it ran at any moment of that. */
gboolean turn_observed_any(const turn_observed *observed, gint64 from, gint64 to);

/* Beginning and end of all; FALSE without any packet. */
gboolean turn_observed_range(const turn_observed *observed, gint64 *from, gint64 *to);

#endif
