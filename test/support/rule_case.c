/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "support/rule_case.h"

void rule_case_run(void **state) {
    const rule_case *c = *state;
    g_autoptr(scene) s = scene_new();

    c->play(s);
    if (c->level != NULL) {
        expect_finding(s, c->cause, c->level, c->evidence);
    } else {
        expect_no_finding(s, c->cause);
    }
}

static guint count_of(const rule_case *cases, gsize count, const char *cause, gboolean found) {
    guint cases_found = 0;

    for (gsize i = 0; i < count; i++) {
        cases_found += g_str_equal(cases[i].cause, cause) && (cases[i].level != NULL) == found;
    }
    return cases_found;
}

void rule_cases_cover(const rule_case *cases, gsize count, const char *from, const char *to) {
    gsize rows;
    const turn_cause *table = turn_cause_table(&rows);
    gboolean inside = from == NULL;
    gboolean reached_end = to == NULL;
    gsize covered = 0;

    for (gsize i = 0; i < rows; i++) {
        const char *cause = table[i].identifier;
        const guint hits = count_of(cases, count, cause, TRUE);
        const guint misses = count_of(cases, count, cause, FALSE);

        inside = (inside || g_strcmp0(cause, from) == 0) && g_strcmp0(cause, to) != 0;
        reached_end = reached_end || g_strcmp0(cause, to) == 0;
        if (inside && (hits == 0 || misses == 0)) {
            fail_msg("%s has %u cases that are found and %u that are not", cause, hits, misses);
        }
        covered += inside ? hits + misses : 0;
    }
    assert_true(reached_end);
    assert_int_equal(covered, count);
}
