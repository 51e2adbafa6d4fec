/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "analyzer/html/ladder_rows.h"
#include "support/join_case.h"
#include "turn/ladder_join.h"

/* What both points saw, and the rows that are made of it. */
typedef struct climb {
    two_points *p;
    turn_ladder_log *logs[TURN_POINT_COUNT];
    turn_ladder_join *of;
    turn_ladder *ladder;
    GPtrArray *rows;
} climb;

static int setup(void **state) {
    climb *c = g_new0(climb, 1);

    c->p = two_points_new();
    c->logs[TURN_POINT_CLIENT] = turn_ladder_log_new(c->p->client->tracker);
    c->logs[TURN_POINT_SERVER] = turn_ladder_log_new(c->p->server->tracker);
    *state = c;
    return 0;
}

static int teardown(void **state) {
    climb *c = *state;

    g_clear_pointer(&c->rows, g_ptr_array_unref);
    turn_ladder_free(c->ladder);
    turn_ladder_join_free(c->of);
    for (gint point = 0; point < TURN_POINT_COUNT; point++) {
        turn_ladder_log_free(c->logs[point]);
    }
    two_points_free(c->p);
    g_free(c);
    return 0;
}

static const GPtrArray *rows_of(climb *c) {
    const turn_ladder_log *const logs[] = {c->logs[0], c->logs[1]};
    const turn_join *join = two_points_join(c->p);

    c->of = turn_ladder_join_new(join, logs);
    c->ladder = turn_ladder_join_session(c->of, two_points_judgement(c->p),
                                         g_ptr_array_index(join->model.sessions, 0));
    c->rows = ladder_rows_new(c->ladder);
    return c->rows;
}

static const ladder_row *row_at(const GPtrArray *rows, guint index) {
    assert_true(index < rows->len);
    return g_ptr_array_index(rows, index);
}

/* A Refresh of which the answer of the server is in both captures, or not in the client's. */
static void refresh(climb *c, gint64 ms, guint transaction, fate of_answer) {
    g_autofree char *asked =
        g_strdup_printf("refresh request %u lifetime=600 " CREDENTIALS, transaction);
    g_autofree char *told = g_strdup_printf("refresh success %u lifetime=600 mi", transaction);

    goes_up(c->p, ms, PORT, asked, PASSES);
    goes_down(c->p, ms + 30, PORT, told, of_answer);
}

/* The last packets of a session may be evidence, and so are none of those that are looked at. */
static void ends_well(climb *c) {
    refresh(c, 100000, 99, PASSES);
    both_run(c->p, 120000);
}

/* Asked four times, answered four times, and none of that came back: one request and one answer. */
static void a_request_is_sent_again_while_its_answers_are_lost(void **state) {
    climb *c = *state;
    const GPtrArray *rows;
    const ladder_row *row;

    allocates(c->p, 0);
    for (gint64 ms = 1000; ms <= 2500; ms += 500) {
        refresh(c, ms, 8, IS_LOST);
    }
    ends_well(c);
    rows = rows_of(c);
    assert_int_equal(rows->len, 4 + 2 + 2);
    row = row_at(rows, 4);
    assert_int_equal(row->transmissions, 4);
    assert_int_equal(row->lost, 0);
    assert_int_equal(row->outcome, LADDER_OUTCOME_REQUEST);
    row = row_at(rows, 5);
    assert_int_equal(row->step->cls, STUN_SUCCESS);
    assert_int_equal(row->transmissions, 4);
    assert_int_equal(row->lost, 4);
    assert_int_equal(row->outcome, LADDER_OUTCOME_LOST);
}

/* The server answers twice, and the client had the second answer. */
static void an_answer_that_came_late_ends_the_request(void **state) {
    climb *c = *state;
    const GPtrArray *rows;

    allocates(c->p, 0);
    refresh(c, 1000, 8, IS_LOST);
    refresh(c, 1500, 8, PASSES);
    ends_well(c);
    rows = rows_of(c);
    assert_int_equal(rows->len, 4 + 2 + 2);
    assert_int_equal(row_at(rows, 4)->transmissions, 2);
    assert_int_equal(row_at(rows, 5)->transmissions, 2);
    assert_int_equal(row_at(rows, 5)->outcome, LADDER_OUTCOME_SUCCESS);
}

/* Five Refreshes in a row of which no answer came, among fifteen that were answered: the five are
 * in no run. */
static void lost_answers_are_in_no_run(void **state) {
    climb *c = *state;
    const GPtrArray *rows;
    guint folded = 0;
    guint lost = 0;

    allocates(c->p, 0);
    for (guint i = 0; i < 20; i++) {
        refresh(c, 1000 + 4000 * (gint64)i, 10 + i, i >= 8 && i < 13 ? IS_LOST : PASSES);
    }
    ends_well(c);
    rows = rows_of(c);
    for (guint i = 0; i < rows->len; i++) {
        const ladder_row *row = row_at(rows, i);

        if (row->kind == LADDER_ROW_RUN) {
            assert_int_equal(row->outcome, LADDER_OUTCOME_SUCCESS);
            assert_int_equal(row->lost, 0);
            folded += row->count;
        } else if (row->outcome == LADDER_OUTCOME_LOST) {
            assert_int_equal(row->step->cls, STUN_SUCCESS);
            lost++;
        }
    }
    assert_int_equal(lost, 5);
    /* Of the eight before, and the seven after and the one that ends it, the first stands alone. */
    assert_int_equal(folded, 7 + 6);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_request_is_sent_again_while_its_answers_are_lost, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(an_answer_that_came_late_ends_the_request, setup, teardown),
        cmocka_unit_test_setup_teardown(lost_answers_are_in_no_run, setup, teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
