/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * A unit of a TCP stream without what names somebody, such that turn/tcp/ cuts the stream at the
 * same places again. */
#ifndef ANALYZER_REDACT_REDACT_UNIT_H
#define ANALYZER_REDACT_REDACT_UNIT_H

#include "analyzer/redact/stand_in.h"
#include "turn/tracker.h"

/* UNIT as observers are shown it; a copy of its UNIT->whole_captured bytes is at BYTES, and is
 * rewritten. */
void redact_unit(stand_ins *names, const turn_unit *unit, guint8 *bytes);

/* The same for what turn_tracker_rest() shows. */
void redact_rest(stand_ins *names, const turn_unit *rest, guint8 *bytes);

#endif
