/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "support/join_case.h"
#include "turn/ladder_join.h"
#include "turn/ladders.h"

#define REFRESH_8 "refresh request 8 lifetime=600 " CREDENTIALS
#define REFRESH_9 "refresh request 9 lifetime=600 " CREDENTIALS

/* What both points saw, and the ladders that are made of it. */
typedef struct climb {
    two_points *p;
    turn_ladder_log *logs[TURN_POINT_COUNT];
    turn_ladder_join *of;
    turn_ladder *ladder;
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

    turn_ladder_free(c->ladder);
    turn_ladder_join_free(c->of);
    for (gint point = 0; point < TURN_POINT_COUNT; point++) {
        turn_ladder_log_free(c->logs[point]);
    }
    two_points_free(c->p);
    g_free(c);
    return 0;
}

static const turn_ladder_join *join_of(climb *c) {
    const turn_ladder_log *const logs[] = {c->logs[0], c->logs[1]};

    c->of = turn_ladder_join_new(two_points_join(c->p), logs);
    return c->of;
}

static const turn_ladder *first_session(climb *c) {
    const turn_ladder_join *of = join_of(c);

    c->ladder =
        turn_ladder_join_session(of, two_points_judgement(c->p),
                                 g_ptr_array_index(two_points_join(c->p)->model.sessions, 0));
    return c->ladder;
}

static const turn_ladder *first_pair(climb *c) {
    const turn_ladder_join *of = join_of(c);

    assert_true(two_points_join(c->p)->model.pairs->len > 0);
    c->ladder = turn_ladder_join_pair(of, two_points_judgement(c->p),
                                      g_ptr_array_index(two_points_join(c->p)->model.pairs, 0));
    return c->ladder;
}

static const turn_step *step_of(const turn_ladder *ladder, guint index) {
    assert_true(index < ladder->steps->len);
    return g_ptr_array_index(ladder->steps, index);
}

static guint count_of(const turn_ladder *ladder, turn_fate is) {
    guint count = 0;

    for (guint i = 0; i < ladder->steps->len; i++) {
        count += step_of(ladder, i)->fate == is ? 1 : 0;
    }
    return count;
}

/* Four messages that both saw are four steps, on the clock of the client: the server's is an hour
 * ahead, and the offset is known to the way of 20 ms. */
static void what_both_saw_is_one_step(void **state) {
    climb *c = *state;
    const turn_ladder *ladder;

    c->p->ahead = 3600000;
    allocates(c->p, 0);
    both_run(c->p, 20000);
    ladder = first_session(c);
    assert_int_equal(ladder->steps->len, 4);
    assert_int_equal(count_of(ladder, TURN_FATE_ARRIVED), 4);
    assert_string_equal(step_of(ladder, 0)->name, "Allocate Request");
    assert_int_equal(step_of(ladder, 0)->point, TURN_POINT_CLIENT);
    assert_int_equal(step_of(ladder, 0)->seen.frame, 1);
    assert_int_equal(step_of(ladder, 0)->there.frame, 1);
    assert_int_equal(step_of(ladder, 1)->point, TURN_POINT_CLIENT);
    assert_int_equal(step_of(ladder, 1)->seen.time, scene_time(50));
    assert_int_equal(step_of(ladder, 1)->seen.capture, 0);
    assert_int_equal(step_of(ladder, 1)->there.time, scene_time(30));
    assert_int_equal(step_of(ladder, 1)->there.capture, 1);
}

/* The server's capture goes on and has none of them: each of the transmissions was lost. */
static void requests_that_do_not_arrive_are_lost(void **state) {
    climb *c = *state;
    const turn_ladder *ladder;

    allocates(c->p, 0);
    sends_thrice(c->p, 1000, RELAY, CHECK, IS_LOST);
    both_run(c->p, 20000);
    ladder = first_pair(c);
    assert_int_equal(ladder->steps->len, 3);
    assert_int_equal(count_of(ladder, TURN_FATE_LOST), 3);
    assert_int_equal(step_of(ladder, 0)->from, TURN_LANE_CLIENT);
    assert_int_equal(step_of(ladder, 0)->to, TURN_LANE_PEER);
    assert_int_equal(step_of(ladder, 0)->there.frame, 0);
    assert_int_equal(step_of(ladder, 0)->lost_on->kind, TURN_LEG_RELAY);
}

/* Whether they arrived cannot be seen where the server's capture had ended. */
static void nothing_is_lost_after_the_other_capture(void **state) {
    climb *c = *state;

    allocates(c->p, 0);
    sends_thrice(c->p, 1000, RELAY, CHECK, IS_LOST);
    feed_other(c->p->client, 20000);
    assert_int_equal(count_of(first_pair(c), TURN_FATE_LOST), 0);
}

/* A filter of TURN's port hides the relay's: nothing is proved. */
static void nothing_is_lost_that_a_filter_hides(void **state) {
    climb *c = *state;

    c->p->filtered = TRUE;
    allocates(c->p, 0);
    sends_thrice(c->p, 1000, RELAY, CHECK, IS_LOST);
    both_run(c->p, 20000);
    assert_int_equal(count_of(first_pair(c), TURN_FATE_LOST), 0);
}

/* The requests come, and the answers do not come back. */
static void answers_that_do_not_come_back_are_lost(void **state) {
    climb *c = *state;
    const turn_ladder *ladder;

    allocates(c->p, 0);
    sends_thrice(c->p, 1000, RELAY, CHECK, PASSES);
    for (gint64 ms = 1050; ms <= 4050; ms += 1500) {
        goes_down(c->p, ms, RELAY, CHECK_ANSWER, IS_LOST);
    }
    both_run(c->p, 20000);
    ladder = first_pair(c);
    assert_int_equal(count_of(ladder, TURN_FATE_ARRIVED), 3);
    assert_int_equal(count_of(ladder, TURN_FATE_LOST), 3);
    for (guint i = 0; i < ladder->steps->len; i++) {
        const turn_step *step = step_of(ladder, i);

        assert_int_equal(step->fate,
                         step->cls == STUN_REQUEST ? TURN_FATE_ARRIVED : TURN_FATE_LOST);
    }
}

/* Three Refreshes of 1 s do not come; that of 10 s does: the first three were lost all the same. */
static void requests_are_lost_though_later_ones_arrive(void **state) {
    climb *c = *state;
    const turn_ladder *ladder;

    allocates(c->p, 0);
    sends_thrice(c->p, 1000, PORT, REFRESH_8, IS_LOST);
    goes_up(c->p, 10000, PORT, REFRESH_9, PASSES);
    goes_down(c->p, 10030, PORT, "refresh success 9 lifetime=600 mi", PASSES);
    both_run(c->p, 20000);
    ladder = first_session(c);
    assert_int_equal(ladder->steps->len, 9);
    for (guint i = 4; i < 7; i++) {
        assert_int_equal(step_of(ladder, i)->fate, TURN_FATE_LOST);
        assert_int_equal(step_of(ladder, i)->lost_on->kind, TURN_LEG_CONTROL);
    }
    assert_int_equal(step_of(ladder, 7)->fate, TURN_FATE_ARRIVED);
    assert_int_equal(count_of(ladder, TURN_FATE_UNANSWERED), 0);
}

/* The server answers each of the three, and nothing of that comes to the client. */
static void answers_are_lost_though_later_ones_arrive(void **state) {
    climb *c = *state;
    const turn_ladder *ladder;

    allocates(c->p, 0);
    for (gint64 ms = 1000; ms <= 2000; ms += 500) {
        goes_up(c->p, ms, PORT, REFRESH_8, PASSES);
        goes_down(c->p, ms + 30, PORT, "refresh success 8 lifetime=600 mi", IS_LOST);
    }
    goes_up(c->p, 10000, PORT, REFRESH_9, PASSES);
    goes_down(c->p, 10030, PORT, "refresh success 9 lifetime=600 mi", PASSES);
    both_run(c->p, 20000);
    ladder = first_session(c);
    assert_int_equal(ladder->steps->len, 12);
    for (guint i = 4; i < 10; i++) {
        const turn_step *step = step_of(ladder, i);

        assert_int_equal(step->fate,
                         step->cls == STUN_REQUEST ? TURN_FATE_ARRIVED : TURN_FATE_LOST);
    }
}

/* What the server's capture lacks and the client had an answer to was not lost. */
static void answered_requests_are_not_lost(void **state) {
    climb *c = *state;

    allocates(c->p, 0);
    goes_up(c->p, 1000, PORT, REFRESH_8, IS_LOST);
    feed_udp(c->p->client, 1050, NEAR_SERVER, NEAR_CLIENT, "refresh success 8 lifetime=600 mi");
    goes_up(c->p, 10000, PORT, REFRESH_9, PASSES);
    goes_down(c->p, 10030, PORT, "refresh success 9 lifetime=600 mi", PASSES);
    both_run(c->p, 20000);
    assert_int_equal(count_of(first_session(c), TURN_FATE_LOST), 0);
}

/* The first of two transmissions is in one capture only, and the second came: that the first one
 * was dropped by the network is not proved. */
static void one_of_several_transmissions_is_not_called_lost(void **state) {
    climb *c = *state;
    const turn_ladder *ladder;

    allocates(c->p, 0);
    goes_up(c->p, 1000, PORT, "refresh request 8 lifetime=600 " CREDENTIALS, IS_LOST);
    goes_up(c->p, 1500, PORT, "refresh request 8 lifetime=600 " CREDENTIALS, PASSES);
    goes_down(c->p, 1530, PORT, "refresh success 8 lifetime=600 mi", PASSES);
    both_run(c->p, 20000);
    ladder = first_session(c);
    assert_int_equal(ladder->steps->len, 7);
    assert_int_equal(step_of(ladder, 4)->fate, TURN_FATE_UNKNOWN);
    assert_int_equal(step_of(ladder, 4)->seen.time, scene_time(1000));
    assert_int_equal(step_of(ladder, 5)->fate, TURN_FATE_ARRIVED);
    assert_int_equal(step_of(ladder, 5)->seen.time, scene_time(1500));
    assert_int_equal(count_of(ladder, TURN_FATE_LOST), 0);
}

/* They come to the server, and it never answers. */
static void requests_without_answer_arrive_unanswered(void **state) {
    climb *c = *state;
    const turn_ladder *ladder;

    allocates(c->p, 0);
    sends_thrice(c->p, 1000, RELAY, CHECK, PASSES);
    both_run(c->p, 20000);
    ladder = first_pair(c);
    assert_int_equal(ladder->steps->len, 3);
    assert_int_equal(count_of(ladder, TURN_FATE_UNANSWERED), 3);
    assert_true(step_of(ladder, 0)->there.frame != 0);
}

/* At both points, the server's 20 ms later when it goes there; ends as the point knows them. */
static void connects(two_points *p, gint64 ms, const char *near, const char *far) {
    feed_tcp(p->client, ms, near, NEAR_SERVER, TURN_TCP_SYN);
    feed_tcp(p->server, ms + 20, far, FAR_SERVER, TURN_TCP_SYN);
    feed_tcp(p->server, ms + 21, FAR_SERVER, far, TURN_TCP_SYN_ACK);
    feed_tcp(p->client, ms + 41, NEAR_SERVER, near, TURN_TCP_SYN_ACK);
    feed_tcp(p->client, ms + 42, near, NEAR_SERVER, TURN_TCP_ESTABLISHED);
    feed_tcp(p->server, ms + 62, far, FAR_SERVER, TURN_TCP_ESTABLISHED);
}

static void asks(two_points *p, gint64 ms, const char *near, const char *far, const char *text) {
    feed_unit(p->client, ms, near, NEAR_SERVER, text);
    feed_unit(p->server, ms + 20, far, FAR_SERVER, text);
}

static void answers(two_points *p, gint64 ms, const char *near, const char *far, const char *text) {
    feed_unit(p->server, ms, FAR_SERVER, far, text);
    feed_unit(p->client, ms + 20, NEAR_SERVER, near, text);
}

/* Both close: FIN of the client, RST of the server. */
static void disconnects(two_points *p, gint64 ms, const char *near, const char *far) {
    feed_tcp(p->client, ms, near, NEAR_SERVER, TURN_TCP_FIN);
    feed_tcp(p->server, ms + 20, far, FAR_SERVER, TURN_TCP_FIN);
    feed_tcp(p->server, ms + 21, FAR_SERVER, far, TURN_TCP_RESET);
    feed_tcp(p->client, ms + 41, NEAR_SERVER, near, TURN_TCP_RESET);
}

#define NEAR_DATA  "10.1.1.10:40001"
#define FAR_DATA   "192.0.2.10:41001"
#define NEAR_DATA2 "10.1.1.10:40002"
#define FAR_DATA2  "192.0.2.10:41002"

static void binds(two_points *p, gint64 ms, const char *near, const char *far, guint transaction,
                  guint connection) {
    g_autofree char *attempt = g_strdup_printf("attempt indication %u peer=" PEER " connection=%u",
                                               transaction + 100, connection);
    g_autofree char *asked =
        g_strdup_printf("bind request %u connection=%u " CREDENTIALS, transaction, connection);
    g_autofree char *told = g_strdup_printf("bind success %u mi", transaction);

    answers(p, ms, NEAR_CLIENT, FAR_CLIENT, attempt);
    connects(p, ms + 50, near, far);
    asks(p, ms + 150, near, far, asked);
    answers(p, ms + 200, near, far, told);
}

/* A TCP relay with two data connections. */
static void relays_tcp(two_points *p) {
    connects(p, 0, NEAR_CLIENT, FAR_CLIENT);
    asks(p, 100, NEAR_CLIENT, FAR_CLIENT, "allocate request 1 transport=6");
    answers(p, 130, NEAR_CLIENT, FAR_CLIENT,
            "allocate error 1 error=401 realm=example.org nonce=n1");
    asks(p, 160, NEAR_CLIENT, FAR_CLIENT, "allocate request 2 transport=6 " CREDENTIALS);
    answers(p, 190, NEAR_CLIENT, FAR_CLIENT,
            "allocate success 2 relayed=198.51.100.1:24002 mapped=192.0.2.10:41000 lifetime=600 "
            "mi");
    binds(p, 1000, NEAR_DATA, FAR_DATA, 10, 1);
    binds(p, 2000, NEAR_DATA2, FAR_DATA2, 11, 2);
    disconnects(p, 3000, NEAR_DATA, FAR_DATA);
    disconnects(p, 4000, NEAR_DATA2, FAR_DATA2);
    disconnects(p, 5000, NEAR_CLIENT, FAR_CLIENT);
    both_run(p, 20000);
}

/* Three connections of four events each, and both points saw all of them. */
static void events_of_each_connection_are_told(void **state) {
    climb *c = *state;
    const turn_ladder *ladder;
    guint events = 0;

    relays_tcp(c->p);
    ladder = first_session(c);
    for (guint i = 0; i < ladder->steps->len; i++) {
        const turn_step *step = step_of(ladder, i);

        if (step->kind == TURN_STEP_TCP) {
            assert_int_equal(step->point, TURN_POINT_CLIENT);
            assert_int_equal(step->seen.capture, 0);
            assert_int_equal(step->there.capture, 1);
            assert_true(step->there.frame != 0);
            assert_int_equal(step->fate, TURN_FATE_ARRIVED);
            assert_int_equal(ABS(step->seen.time - step->there.time), 20 * 1000000);
            events++;
        }
    }
    assert_int_equal(events, 3 * 4);
}

/* Only pairs that are evidence have a ladder. */
static void pairs_without_findings_have_none(void **state) {
    climb *c = *state;
    const turn_ladder_log *const logs[] = {c->logs[0], c->logs[1]};
    const turn_join *join;
    g_autoptr(GPtrArray) ladders = NULL;

    allocates(c->p, 0);
    goes_up(c->p, 1000, RELAY, CHECK, PASSES);
    goes_down(c->p, 1050, RELAY, CHECK_ANSWER, PASSES);
    both_run(c->p, 20000);
    join = two_points_join(c->p);
    ladders = turn_ladders_of_pairs(&join->model, two_points_judgement(c->p), join, logs);
    assert_int_equal(ladders->len, join->model.pairs->len);
    assert_true(ladders->len > 0);
    assert_null(g_ptr_array_index(ladders, 0));
}

static void pairs_that_are_evidence_have_one(void **state) {
    climb *c = *state;
    const turn_ladder_log *const logs[] = {c->logs[0], c->logs[1]};
    const turn_join *join;
    g_autoptr(GPtrArray) ladders = NULL;

    three_checks_do_not_arrive(c->p);
    join = two_points_join(c->p);
    ladders = turn_ladders_of_pairs(&join->model, two_points_judgement(c->p), join, logs);
    assert_int_equal(ladders->len, 1);
    assert_non_null(g_ptr_array_index(ladders, 0));
    assert_true(step_of(g_ptr_array_index(ladders, 0), 0)->marks->len > 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(what_both_saw_is_one_step, setup, teardown),
        cmocka_unit_test_setup_teardown(requests_that_do_not_arrive_are_lost, setup, teardown),
        cmocka_unit_test_setup_teardown(nothing_is_lost_after_the_other_capture, setup, teardown),
        cmocka_unit_test_setup_teardown(nothing_is_lost_that_a_filter_hides, setup, teardown),
        cmocka_unit_test_setup_teardown(answers_that_do_not_come_back_are_lost, setup, teardown),
        cmocka_unit_test_setup_teardown(requests_are_lost_though_later_ones_arrive, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(answers_are_lost_though_later_ones_arrive, setup, teardown),
        cmocka_unit_test_setup_teardown(answered_requests_are_not_lost, setup, teardown),
        cmocka_unit_test_setup_teardown(one_of_several_transmissions_is_not_called_lost, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(requests_without_answer_arrive_unanswered, setup, teardown),
        cmocka_unit_test_setup_teardown(events_of_each_connection_are_told, setup, teardown),
        cmocka_unit_test_setup_teardown(pairs_without_findings_have_none, setup, teardown),
        cmocka_unit_test_setup_teardown(pairs_that_are_evidence_have_one, setup, teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
