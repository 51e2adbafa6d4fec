/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "analyzer/html/ladder_lanes.h"
#include "analyzer/html/ladder_rows.h"
#include "support/scene.h"

#define MS G_GINT64_CONSTANT(1000000)

typedef struct climb {
    scene *s;
    turn_ladder_log *log;
    turn_ladder *ladder;
    GPtrArray *rows;
} climb;

static int setup(void **state) {
    climb *c = g_new0(climb, 1);

    c->s = scene_new();
    c->log = turn_ladder_log_new(c->s->tracker);
    *state = c;
    return 0;
}

static int teardown(void **state) {
    climb *c = *state;

    g_clear_pointer(&c->rows, g_ptr_array_unref);
    turn_ladder_free(c->ladder);
    turn_ladder_log_free(c->log);
    scene_free(c->s);
    g_free(c);
    return 0;
}

static const GPtrArray *rows_of(climb *c) {
    const turn_model *model = scene_model(c->s);

    c->ladder = turn_ladder_new(c->log, model, scene_judgement(c->s),
                                g_ptr_array_index(model->sessions, 0));
    c->rows = ladder_rows_new(c->ladder);
    return c->rows;
}

static const ladder_row *row_at(const GPtrArray *rows, guint index) {
    assert_true(index < rows->len);
    return g_ptr_array_index(rows, index);
}

/* A Refresh and its answer; ANSWER is "success" or "error=437" and the like. */
static void refresh(climb *c, gint64 ms, guint transaction, const char *answer) {
    g_autofree char *asked =
        g_strdup_printf("refresh request %u lifetime=600 " CREDENTIALS, transaction);
    g_autofree char *told = g_str_equal(answer, "success")
                                ? g_strdup_printf("refresh success %u lifetime=600 mi", transaction)
                                : g_strdup_printf("refresh error %u %s", transaction, answer);

    feed_udp(c->s, ms, CLIENT, SERVER, asked);
    feed_udp(c->s, ms + 10, SERVER, CLIENT, told);
}

/* The last packet of a session may be evidence, and so is none of those that are looked at. */
static void permission(climb *c, gint64 ms) {
    feed_udp(c->s, ms, CLIENT, SERVER, "permission request 99 peer=" PEER " " CREDENTIALS);
    feed_udp(c->s, ms + 10, SERVER, CLIENT, "permission success 99 mi");
}

static void transmissions_of_one_request_are_one_row(void **state) {
    climb *c = *state;
    const GPtrArray *rows;
    const ladder_row *row;

    feed_udp(c->s, 0, CLIENT, SERVER, "allocate request 1 transport=17");
    feed_udp(c->s, 500, CLIENT, SERVER, "allocate request 1 transport=17");
    feed_udp(c->s, 1500, CLIENT, SERVER, "allocate request 1 transport=17");
    feed_udp(c->s, 1510, SERVER, CLIENT, "allocate error 1 error=401 realm=example.org nonce=n1");
    feed_udp(c->s, 1600, CLIENT, SERVER, "allocate request 2 transport=17 " CREDENTIALS);
    feed_udp(c->s, 1610, SERVER, CLIENT,
             "allocate success 2 relayed=" RELAYED " mapped=" MAPPED " lifetime=600 mi");
    rows = rows_of(c);
    row = row_at(rows, 0);
    assert_int_equal(row->transmissions, 3);
    assert_int_equal(row->step->seen.frame, 1);
    assert_int_equal(row->last_sent - row->step->seen.time, 1500 * MS);
    assert_int_equal(row->outcome, LADDER_OUTCOME_REQUEST);
    assert_int_equal(row_at(rows, 1)->outcome, LADDER_OUTCOME_CHALLENGE);
    assert_int_equal(row_at(rows, 1)->transmissions, 1);
}

static void copies_are_counted_apart(void **state) {
    climb *c = *state;
    const ladder_row *row;

    scene_allocate(c->s, 0);
    feed_send(c->s, 100, PEER, "binding request 101 user=b:a priority=1 mi fingerprint");
    feed_send(c->s, 101, PEER, "binding request 101 user=b:a priority=1 mi legacy");
    row = row_at(rows_of(c), 4);
    assert_int_equal(row->transmissions, 1);
    assert_int_equal(row->copies, 1);
}

/* Six Refreshes, 20 s apart: the first stands for itself, the five after it are a run. */
static void the_same_exchange_again_and_again_is_a_run(void **state) {
    climb *c = *state;
    const GPtrArray *rows;
    const ladder_row *run;

    scene_allocate(c->s, 0);
    for (guint i = 0; i < 6; i++) {
        refresh(c, 20000 * (gint64)(i + 1), 10 + i, "success");
    }
    permission(c, 300000);
    rows = rows_of(c);
    assert_int_equal(row_at(rows, 4)->kind, LADDER_ROW_STEP);
    assert_int_equal(row_at(rows, 5)->kind, LADDER_ROW_STEP);
    run = row_at(rows, 6);
    assert_int_equal(run->kind, LADDER_ROW_RUN);
    assert_int_equal(run->count, 5);
    assert_int_equal(run->outcome, LADDER_OUTCOME_SUCCESS);
    assert_int_equal(run->every, 20000 * MS);
    assert_int_equal(run->step->seen.frame, 7);
    assert_int_equal(run->last->seen.frame, 16);
}

static void three_of_them_are_not(void **state) {
    climb *c = *state;
    const GPtrArray *rows;

    scene_allocate(c->s, 0);
    for (guint i = 0; i < 3; i++) {
        refresh(c, 20000 * (gint64)(i + 1), 10 + i, "success");
    }
    permission(c, 300000);
    rows = rows_of(c);
    for (guint i = 0; i < rows->len; i++) {
        assert_int_equal(row_at(rows, i)->kind, LADDER_ROW_STEP);
    }
}

/* Four, one that fails, four: no run goes across the failure. */
static void another_outcome_ends_a_run(void **state) {
    climb *c = *state;
    const GPtrArray *rows;
    guint runs = 0;
    guint errors = 0;

    scene_allocate(c->s, 0);
    for (guint i = 0; i < 9; i++) {
        refresh(c, 20000 * (gint64)(i + 1), 10 + i, i == 4 ? "error=500" : "success");
    }
    permission(c, 300000);
    rows = rows_of(c);
    for (guint i = 0; i < rows->len; i++) {
        const ladder_row *row = row_at(rows, i);

        if (row->kind == LADDER_ROW_RUN) {
            assert_int_equal(row->count, 3);
            runs++;
        } else {
            errors += row->outcome == LADDER_OUTCOME_ERROR ? 1 : 0;
        }
    }
    assert_int_equal(runs, 2);
    assert_int_equal(errors, 1);
}

/* Of nine Refreshes one is granted 30 s instead of 600 s: it stands between two runs. */
static void another_grant_ends_a_run(void **state) {
    climb *c = *state;
    const GPtrArray *rows;
    guint runs = 0;
    guint short_ones = 0;

    scene_allocate(c->s, 0);
    for (guint i = 0; i < 9; i++) {
        g_autofree char *asked =
            g_strdup_printf("refresh request %u lifetime=600 " CREDENTIALS, 10 + i);
        g_autofree char *told =
            g_strdup_printf("refresh success %u lifetime=%u mi", 10 + i, i == 4 ? 30u : 600u);

        feed_udp(c->s, 20000 * (gint64)(i + 1), CLIENT, SERVER, asked);
        feed_udp(c->s, 20000 * (gint64)(i + 1) + 10, SERVER, CLIENT, told);
    }
    permission(c, 300000);
    rows = rows_of(c);
    for (guint i = 0; i < rows->len; i++) {
        const ladder_row *row = row_at(rows, i);

        if (row->kind == LADDER_ROW_RUN) {
            assert_int_equal(row->count, 3);
            runs++;
        } else if (row->step->details->len == 1 &&
                   g_str_equal(g_ptr_array_index(row->step->details, 0), "lifetime 30 s")) {
            short_ones++;
        }
    }
    assert_int_equal(runs, 2);
    assert_int_equal(short_ones, 1);
}

/* Checks both ways at the same time are two runs, whatever lies between them. */
static void checks_of_each_direction_are_a_run(void **state) {
    climb *c = *state;
    const GPtrArray *rows;
    guint runs = 0;

    scene_allocate(c->s, 0);
    for (guint i = 0; i < 6; i++) {
        const gint64 ms = 1000 + 2500 * (gint64)i;
        g_autofree char *to = g_strdup_printf("binding request %u user=b:a priority=1 mi", 100 + i);
        g_autofree char *back =
            g_strdup_printf("binding success %u mapped=" RELAYED " mi", 100 + i);
        g_autofree char *from =
            g_strdup_printf("binding request %u user=a:b priority=1 mi", 200 + i);
        g_autofree char *there = g_strdup_printf("binding success %u mapped=" PEER " mi", 200 + i);

        feed_send(c->s, ms, PEER, to);
        feed_data(c->s, ms + 5, PEER, from);
        feed_data(c->s, ms + 10, PEER, back);
        feed_send(c->s, ms + 15, PEER, there);
    }
    rows = rows_of(c);
    for (guint i = 0; i < rows->len; i++) {
        const ladder_row *row = row_at(rows, i);

        if (row->kind == LADDER_ROW_RUN) {
            assert_int_equal(row->count, 5);
            assert_int_equal(row->every, 2500 * MS);
            assert_int_equal(row->outcome, LADDER_OUTCOME_SUCCESS);
            runs++;
        }
    }
    assert_int_equal(runs, 2);
    assert_int_equal(rows->len, 4 + 4 + 2);
}

static void what_is_evidence_is_in_no_run(void **state) {
    climb *c = *state;
    const GPtrArray *rows;
    guint marked = 0;

    scene_rejected(c->s, 0, "error=431");
    for (guint i = 0; i < 6; i++) {
        g_autofree char *asked =
            g_strdup_printf("allocate request %u transport=17 " CREDENTIALS, 10 + i);
        g_autofree char *told = g_strdup_printf("allocate error %u error=431", 10 + i);

        feed_udp(c->s, 1000 * (gint64)(i + 1), CLIENT, SERVER, asked);
        feed_udp(c->s, 1000 * (gint64)(i + 1) + 10, SERVER, CLIENT, told);
    }
    rows = rows_of(c);
    for (guint i = 0; i < rows->len; i++) {
        const ladder_row *row = row_at(rows, i);

        if (row->findings->len > 0) {
            assert_int_equal(row->kind, LADDER_ROW_STEP);
            marked++;
        }
    }
    assert_true(marked > 0);
}

static void media_is_one_row_for_each_direction(void **state) {
    climb *c = *state;
    const GPtrArray *rows;

    scene_allocate(c->s, 0);
    for (guint i = 0; i < 50; i++) {
        feed_send_bytes(c->s, 1000 + 20 * (gint64)i, PEER, 100);
        feed_data_bytes(c->s, 1010 + 20 * (gint64)i, PEER, 60);
    }
    rows = rows_of(c);
    assert_int_equal(rows->len, 6);
    assert_int_equal(row_at(rows, 4)->outcome, LADDER_OUTCOME_MEDIA);
    assert_int_equal(row_at(rows, 4)->step->packets, 50);
    assert_int_equal(row_at(rows, 4)->step->bytes, 5000);
    assert_int_equal(row_at(rows, 5)->step->bytes, 3000);
}

/* Nobody answers for 20 s after the last one. */
static void silence_is_told(void **state) {
    climb *c = *state;
    const ladder_row *row;

    scene_allocate(c->s, 0);
    feed_udp(c->s, 1000, CLIENT, SERVER, "permission request 5 peer=" PEER " " CREDENTIALS);
    feed_udp(c->s, 1500, CLIENT, SERVER, "permission request 5 peer=" PEER " " CREDENTIALS);
    feed_other(c->s, 21500);
    row = row_at(rows_of(c), 4);
    assert_int_equal(row->transmissions, 2);
    assert_int_equal(row->outcome, LADDER_OUTCOME_UNANSWERED);
}

/* The capture ends too soon, or the message need not be answered. */
static void silence_that_says_nothing_is_not(void **state) {
    climb *c = *state;
    const GPtrArray *rows;

    scene_allocate(c->s, 0);
    feed_udp(c->s, 1000, CLIENT, SERVER, "refresh request 5 lifetime=0 " CREDENTIALS);
    feed_udp(c->s, 1500, CLIENT, SERVER, "binding request 6");
    feed_udp(c->s, 18000, CLIENT, SERVER, "permission request 7 peer=" PEER " " CREDENTIALS);
    feed_other(c->s, 21500);
    rows = rows_of(c);
    for (guint i = 0; i < rows->len; i++) {
        assert_int_not_equal(row_at(rows, i)->outcome, LADDER_OUTCOME_UNANSWERED);
    }
}

/* No two of them alike: nothing folds, and those in the middle are left out and counted. */
static void too_many_rows_are_counted(void **state) {
    climb *c = *state;
    const GPtrArray *rows;
    guint left_out = 0;
    guint shown = 0;

    scene_allocate(c->s, 0);
    for (guint i = 0; i < 200; i++) {
        g_autofree char *asked = g_strdup_printf(
            "permission request %u peer=203.0.113.%u:0 " CREDENTIALS, 1000 + i, i % 250);
        g_autofree char *told = g_strdup_printf("permission success %u mi", 1000 + i);

        feed_udp(c->s, 1000 + 100 * (gint64)i, CLIENT, SERVER, asked);
        feed_udp(c->s, 1010 + 100 * (gint64)i, SERVER, CLIENT, told);
    }
    rows = rows_of(c);
    assert_true(rows->len <= LADDER_MAX_ROWS);
    for (guint i = 0; i < rows->len; i++) {
        const ladder_row *row = row_at(rows, i);

        left_out += row->kind == LADDER_ROW_LEFT_OUT ? row->count : 0;
        shown += row->kind == LADDER_ROW_STEP ? 1 : 0;
    }
    assert_true(left_out > 0);
    assert_int_equal(shown + left_out, c->ladder->steps->len);
}

/* The first of five stands for itself; 20, 24 and 16 s after one another the others are within a
 * fifth of 20 s. */
static void intervals_are_kept_with_the_run(void **state) {
    static const gint64 at[] = {0, 20000, 40000, 64000, 80000};
    climb *c = *state;
    const ladder_row *run;

    scene_allocate(c->s, 0);
    for (guint i = 0; i < G_N_ELEMENTS(at); i++) {
        refresh(c, 1000 + at[i], 10 + i, "success");
    }
    permission(c, 300000);
    run = row_at(rows_of(c), 6);
    assert_int_equal(run->count, 4);
    assert_int_equal(run->every, 20000 * MS);
    assert_int_equal(run->shortest, 16000 * MS);
    assert_int_equal(run->longest, 24000 * MS);
}

/* One id for two requests a minute apart, each with its own answer. */
static void an_id_that_comes_back_is_a_row_of_its_own(void **state) {
    climb *c = *state;
    const GPtrArray *rows;

    scene_allocate(c->s, 0);
    refresh(c, 1000, 10, "success");
    refresh(c, 61000, 10, "error=500");
    permission(c, 70000);
    rows = rows_of(c);
    assert_int_equal(rows->len, 4 + 2 + 2 + 2);
    assert_int_equal(row_at(rows, 4)->transmissions, 1);
    assert_int_equal(row_at(rows, 5)->outcome, LADDER_OUTCOME_SUCCESS);
    assert_int_equal(row_at(rows, 6)->transmissions, 1);
    assert_int_equal(row_at(rows, 6)->step->seen.frame, 7);
    assert_int_equal(row_at(rows, 7)->outcome, LADDER_OUTCOME_ERROR);
    assert_ptr_equal(row_at(rows, 5)->other, row_at(rows, 4));
    assert_ptr_equal(row_at(rows, 7)->other, row_at(rows, 6));
}

/* Sent at 1 and 1.5 s, answered at 1.6 s, and sent again at 3 s: the answer went astray. */
static void what_is_sent_after_the_answer_is_a_row_of_its_own(void **state) {
    climb *c = *state;
    const GPtrArray *rows;

    scene_allocate(c->s, 0);
    feed_udp(c->s, 1000, CLIENT, SERVER, "refresh request 8 lifetime=600 " CREDENTIALS);
    feed_udp(c->s, 1500, CLIENT, SERVER, "refresh request 8 lifetime=600 " CREDENTIALS);
    feed_udp(c->s, 1600, SERVER, CLIENT, "refresh success 8 lifetime=600 mi");
    feed_udp(c->s, 3000, CLIENT, SERVER, "refresh request 8 lifetime=600 " CREDENTIALS);
    feed_udp(c->s, 3100, SERVER, CLIENT, "refresh success 8 lifetime=600 mi");
    permission(c, 70000);
    rows = rows_of(c);
    assert_int_equal(rows->len, 4 + 4 + 2);
    assert_int_equal(row_at(rows, 4)->transmissions, 2);
    assert_int_equal(row_at(rows, 5)->transmissions, 1);
    assert_int_equal(row_at(rows, 6)->transmissions, 1);
    assert_int_equal(row_at(rows, 6)->step->seen.frame, 8);
    assert_int_equal(row_at(rows, 6)->step->repeat, TURN_REPEAT_RETRANSMISSION);
    assert_int_equal(row_at(rows, 7)->step->seen.frame, 9);
    assert_ptr_equal(row_at(rows, 7)->other, row_at(rows, 6));
}

/* Six peers: four have a lane, and the steps of the two others name theirs. */
static void peers_that_share_a_lane_are_named(void **state) {
    climb *c = *state;
    const turn_report found = {.join = NULL};
    ladder_lanes *lanes;

    scene_allocate(c->s, 0);
    for (guint i = 1; i <= 6; i++) {
        g_autofree char *peer = g_strdup_printf("203.0.113.%u:5000", i);

        feed_send_bytes(c->s, 1000 * (gint64)i, peer, 100);
    }
    rows_of(c);
    lanes = ladder_lanes_new(c->ladder, &found, 0);
    for (guint i = 0; i < 10; i++) {
        g_autofree char *peer = ladder_lane_peer(lanes, g_ptr_array_index(c->ladder->steps, i));

        if (i < 8) {
            assert_null(peer);
        } else {
            assert_string_equal(peer, i == 8 ? "peer 203.0.113.5:5000" : "peer 203.0.113.6:5000");
        }
    }
    ladder_lanes_free(lanes);
}

/* 300 permissions that differ, REFUSED of them spread evenly with "error=486". */
static void many_permissions(climb *c, guint refused) {
    for (guint i = 0; i < 300; i++) {
        const gboolean refuse = refused > 0 && i % (300 / refused) == 2;
        g_autofree char *asked = g_strdup_printf(
            "permission request %u peer=203.0.113.%u:%u " CREDENTIALS, 1000 + i, i % 250, i / 250);
        g_autofree char *told = g_strdup_printf("permission %s %u%s", refuse ? "error" : "success",
                                                1000 + i, refuse ? " error=486" : " mi");

        feed_udp(c->s, 1000 + 100 * (gint64)i, CLIENT, SERVER, asked);
        feed_udp(c->s, 1010 + 100 * (gint64)i, SERVER, CLIENT, told);
    }
}

static gboolean is_shown(const GPtrArray *rows, guint frame) {
    for (guint i = 0; i < rows->len; i++) {
        const ladder_row *row = row_at(rows, i);

        if (row->kind == LADDER_ROW_STEP && row->step->seen.frame == frame) {
            return TRUE;
        }
    }
    return FALSE;
}

/* An exchange of the middle, at 15 s, is the evidence; 60 errors lie around it. Frame 1 to 4 are
 * the allocation, so number i of the permissions is frames 5 + 2 i and 6 + 2 i. */
static void evidence_is_never_left_out(void **state) {
    climb *c = *state;
    const GPtrArray *rows;
    turn_finding finding = {.level = TURN_LEVEL_FAILED};
    const turn_ladder_mark mark = {.finding = &finding, .summary = "here"};
    turn_step *step;
    guint late = 0;
    guint errors = 0;
    guint hidden = 0;

    scene_allocate(c->s, 0);
    many_permissions(c, 60);
    rows_of(c);
    step = g_ptr_array_index(c->ladder->steps, 4 + 2 * 141 + 1);
    assert_int_equal(step->seen.frame, 6 + 2 * 141);
    g_array_append_val(step->marks, mark);
    g_ptr_array_unref(c->rows);
    c->rows = ladder_rows_new(c->ladder);
    rows = c->rows;
    assert_true(rows->len <= LADDER_MAX_ROWS);
    assert_true(is_shown(rows, 6 + 2 * 141));
    assert_true(is_shown(rows, 5 + 2 * 141));
    for (guint i = 0; i < rows->len; i++) {
        const ladder_row *row = row_at(rows, i);

        hidden += row->kind == LADDER_ROW_LEFT_OUT ? row->errors : 0;
        if (row->kind == LADDER_ROW_LEFT_OUT) {
            assert_true(row->count >= 2);
        } else if (row->outcome == LADDER_OUTCOME_ERROR) {
            assert_true(is_shown(rows, row->step->seen.frame - 1));
            late += row->step->seen.frame > 6 + 2 * 200 ? 1 : 0;
            errors++;
        }
    }
    assert_int_equal(errors + hidden, 60);
    assert_true(errors > 40);
    assert_true(late > 12);
}

/* Nobody answers number 150, and its 20 s are over. */
static void silence_is_never_left_out(void **state) {
    climb *c = *state;
    const GPtrArray *rows;

    scene_allocate(c->s, 0);
    many_permissions(c, 0);
    feed_udp(c->s, 32000, CLIENT, SERVER, "permission request 7 peer=" PEER " " CREDENTIALS);
    for (guint i = 0; i < 150; i++) {
        g_autofree char *asked =
            g_strdup_printf("permission request %u peer=198.51.100.%u:1 " CREDENTIALS, 5000 + i, i);
        g_autofree char *told = g_strdup_printf("permission success %u mi", 5000 + i);

        feed_udp(c->s, 33000 + 100 * (gint64)i, CLIENT, SERVER, asked);
        feed_udp(c->s, 33010 + 100 * (gint64)i, SERVER, CLIENT, told);
    }
    rows = rows_of(c);
    assert_true(rows->len <= LADDER_MAX_ROWS);
    assert_true(is_shown(rows, 4 + 600 + 1));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(transmissions_of_one_request_are_one_row, setup, teardown),
        cmocka_unit_test_setup_teardown(copies_are_counted_apart, setup, teardown),
        cmocka_unit_test_setup_teardown(the_same_exchange_again_and_again_is_a_run, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(three_of_them_are_not, setup, teardown),
        cmocka_unit_test_setup_teardown(another_outcome_ends_a_run, setup, teardown),
        cmocka_unit_test_setup_teardown(another_grant_ends_a_run, setup, teardown),
        cmocka_unit_test_setup_teardown(checks_of_each_direction_are_a_run, setup, teardown),
        cmocka_unit_test_setup_teardown(what_is_evidence_is_in_no_run, setup, teardown),
        cmocka_unit_test_setup_teardown(media_is_one_row_for_each_direction, setup, teardown),
        cmocka_unit_test_setup_teardown(silence_is_told, setup, teardown),
        cmocka_unit_test_setup_teardown(silence_that_says_nothing_is_not, setup, teardown),
        cmocka_unit_test_setup_teardown(too_many_rows_are_counted, setup, teardown),
        cmocka_unit_test_setup_teardown(intervals_are_kept_with_the_run, setup, teardown),
        cmocka_unit_test_setup_teardown(an_id_that_comes_back_is_a_row_of_its_own, setup, teardown),
        cmocka_unit_test_setup_teardown(what_is_sent_after_the_answer_is_a_row_of_its_own, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(peers_that_share_a_lane_are_named, setup, teardown),
        cmocka_unit_test_setup_teardown(evidence_is_never_left_out, setup, teardown),
        cmocka_unit_test_setup_teardown(silence_is_never_left_out, setup, teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
