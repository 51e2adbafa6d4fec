/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "support/scene.h"

#include <string.h>

#define CHECK "binding request 20 user=b:a priority=1 mi fingerprint"

typedef struct noted {
    scene *s;
    turn_ledger *ledger;
} noted;

static int setup(void **state) {
    noted *n = g_new0(noted, 1);

    n->s = scene_new();
    n->ledger = turn_ledger_new();
    turn_tracker_observe(n->s->tracker, turn_ledger_note, n->ledger);
    *state = n;
    return 0;
}

static int teardown(void **state) {
    noted *n = *state;

    scene_free(n->s);
    turn_ledger_free(n->ledger);
    g_free(n);
    return 0;
}

static const turn_view *view_at(const noted *n, guint index) {
    return g_ptr_array_index(turn_ledger_views(n->ledger), index);
}

static void ledger_notes_request_and_answer(void **state) {
    noted *n = *state;
    const turn_view *view;

    scene_challenge(n->s, 0);
    assert_int_equal(turn_ledger_views(n->ledger)->len, 1);
    view = view_at(n, 0);
    assert_int_equal(view->method, STUN_METHOD_ALLOCATE);
    assert_int_equal(view->request.first.frame, 1);
    assert_int_equal(view->response.first.frame, 2);
    assert_int_equal(view->flow.source.port, 40000);
    assert_false(view->success);
    assert_false(view->check);
}

static void ledger_counts_transmissions_and_no_copies(void **state) {
    noted *n = *state;
    const turn_view *view;

    feed_udp(n->s, 0, CLIENT, SERVER, CHECK);
    feed_udp(n->s, 5, CLIENT, SERVER, CHECK);
    feed_udp(n->s, 500, CLIENT, SERVER, CHECK);
    feed_udp(n->s, 1500, CLIENT, SERVER, CHECK);
    view = view_at(n, 0);
    assert_int_equal(view->request.count, 3);
    assert_int_equal(view->request.first.frame, 1);
    assert_int_equal(view->request.last.frame, 4);
    assert_int_equal(view->request.times[2] - view->request.times[0], 1500000000);
    assert_true(view->check);
    assert_string_equal(view->ice, "a:b");
}

static void ledger_knows_an_answer_without_its_request(void **state) {
    noted *n = *state;
    const turn_view *view;

    feed_udp(n->s, 0, SERVER, CLIENT, "allocate success 2 lifetime=600 mi");
    view = view_at(n, 0);
    assert_int_equal(view->request.count, 0);
    assert_int_equal(view->response.count, 1);
    assert_true(view->success);
    assert_int_equal(view->flow.destination.port, 3478);
}

static void ledger_keeps_a_transaction_s_legs_apart(void **state) {
    noted *n = *state;
    const turn_view *view;

    scene_allocate(n->s, 0);
    feed_send(n->s, 100, PEER, CHECK);
    feed_udp(n->s, 101, RELAYED, PEER, CHECK);
    view = turn_ledger_find(n->ledger, view_at(n, turn_ledger_views(n->ledger)->len - 1)->id);
    assert_non_null(view);
    assert_int_equal(view->flow.destination.port, 3478);
    assert_non_null(view->next);
    assert_int_equal(view->next->flow.source.port, 24000);
    assert_null(view->next->next);
}

static void ledger_marks_a_release(void **state) {
    noted *n = *state;

    feed_udp(n->s, 0, CLIENT, SERVER, "refresh request 3 lifetime=0 " CREDENTIALS);
    feed_udp(n->s, 100, CLIENT, SERVER, "refresh request 4 lifetime=600 " CREDENTIALS);
    assert_true(view_at(n, 0)->release);
    assert_false(view_at(n, 1)->release);
}

static void ledger_that_is_full_says_since_when(void **state) {
    noted *n = *state;
    const turn_packet packet = scene_packet(n->s, 0, TURN_TRANSPORT_UDP, CLIENT, SERVER);
    message made = message_of("allocate request 1 transport=17");
    stun_message parsed;
    turn_packet later = packet;

    assert_int_equal(turn_ledger_full_since(n->ledger), G_MAXINT64);
    for (guint i = 0; i <= TURN_LEDGER_MAX_VIEWS; i++) {
        memcpy(made.bytes + 8, &i, sizeof i);
        later.time = packet.time + i;
        assert_int_not_equal(stun_message_parse(made.bytes, made.length, made.length, &parsed),
                             STUN_NOT_STUN);
        turn_ledger_note(n->ledger, &later, &parsed);
    }
    assert_int_equal(turn_ledger_views(n->ledger)->len, TURN_LEDGER_MAX_VIEWS);
    assert_int_equal(turn_ledger_full_since(n->ledger), packet.time + TURN_LEDGER_MAX_VIEWS);
}

static void ledger_limits_the_legs_of_one_transaction(void **state) {
    noted *n = *state;

    for (guint i = 0; i < TURN_LEDGER_MAX_CHAIN + 3; i++) {
        g_autofree char *from = g_strdup_printf("10.1.1.10:%u", 40000 + i);

        feed_udp(n->s, i, from, SERVER, CHECK);
    }
    assert_int_equal(turn_ledger_views(n->ledger)->len, TURN_LEDGER_MAX_CHAIN);
    assert_int_equal(turn_ledger_full_since(n->ledger), scene_time(TURN_LEDGER_MAX_CHAIN));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(ledger_notes_request_and_answer, setup, teardown),
        cmocka_unit_test_setup_teardown(ledger_counts_transmissions_and_no_copies, setup, teardown),
        cmocka_unit_test_setup_teardown(ledger_knows_an_answer_without_its_request, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(ledger_keeps_a_transaction_s_legs_apart, setup, teardown),
        cmocka_unit_test_setup_teardown(ledger_marks_a_release, setup, teardown),
        cmocka_unit_test_setup_teardown(ledger_that_is_full_says_since_when, setup, teardown),
        cmocka_unit_test_setup_teardown(ledger_limits_the_legs_of_one_transaction, setup, teardown),
    };
    return cmocka_run_group_tests_name("join_ledger", tests, NULL, NULL);
}
