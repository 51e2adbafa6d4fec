/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The table of causes: what a report may conclude, how it is told, and the rule that detects it.
 * Rows stand in causes.def. */
#ifndef TURN_CAUSES_H
#define TURN_CAUSES_H

#include <glib.h>

typedef struct turn_scene turn_scene;
typedef struct turn_finding turn_finding;

/* Worst first. */
typedef enum turn_level {
    TURN_LEVEL_FAILED,
    TURN_LEVEL_DEGRADED,
    TURN_LEVEL_INCONCLUSIVE,
    TURN_LEVEL_HEALTHY
} turn_level;

/* "failed", "degraded", "inconclusive", "healthy". */
const char *turn_level_name(turn_level level);

/* Looks at one scene and answers whether the cause is there; only then FINDING is filled in. Pure:
 * the same scene gives the same answer. */
typedef gboolean (*turn_rule)(const turn_scene *scene, turn_finding *finding);

typedef struct turn_cause {
    const char *identifier; /* stable: scripts depend on it */
    turn_level level;
    turn_rule rule;
    const char *title;
    const char *explanation;
    const char *remedies; /* lines, most likely first */
    const char *next;     /* what to look at next */
} turn_cause;

/* In the order of explanation; COUNT may not be NULL. */
const turn_cause *turn_cause_table(gsize *count);
/* NULL when there is no such cause. */
const turn_cause *turn_cause_lookup(const char *identifier);

#endif
