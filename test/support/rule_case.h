/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The rules of causes.def as cases: a capture that a rule finds something in, and captures that
 * come close and must not be found. A family of causes is tested in one file; the families follow
 * each other in the table and cover it. */
#ifndef TEST_SUPPORT_RULE_CASE_H
#define TEST_SUPPORT_RULE_CASE_H

#include "support/scene.h"

typedef struct rule_case {
    const char *cause;
    const char *name;
    void (*play)(scene *s);
    const char *level;    /* NULL: the cause must not be found */
    const char *evidence; /* frames, in their order */
} rule_case;

#define HIT(cause, play, level, evidence)                                                          \
    { cause, #play "_is_found", play, level, evidence }
#define MISS(cause, play)                                                                          \
    { cause, #play "_is_not_found", play, NULL, NULL }

/* First causes of the families after the first one. */
#define FAMILY_REACH    "turn-server-silent"
#define FAMILY_PASSWORD "client-password-differs"
#define FAMILY_AUTH     "integrity-check-failed"
#define FAMILY_RELAY    "peer-without-permission"
#define FAMILY_PEER     "permission-denied"
#define FAMILY_CHECKS   "peer-unreachable"
#define FAMILY_MEDIA    "role-conflict"
#define FAMILY_UNKNOWN  "one-direction-captured"

/* A CMocka test whose initial state is a rule_case. */
void rule_case_run(void **state);

/* Asserts that each cause from FROM (NULL: the first) up to and without TO (NULL: the end) has a
 * case that is found and one that is not, and that no other cause has any. */
void rule_cases_cover(const rule_case *cases, gsize count, const char *from, const char *to);

#endif
