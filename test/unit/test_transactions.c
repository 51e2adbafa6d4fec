/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "support/build.h"
#include "turn/transactions.h"

#define MS(value) ((value)*G_GINT64_CONSTANT(1000000))

typedef struct fixture {
    turn_transactions *table;
    guint lost;
    turn_transaction last_lost; /* a copy */
    guint32 frame;
} fixture;

static const char here[] = "the scope of one session";
static const char there[] = "the scope of another";

static void on_lost(gpointer data, const turn_transaction *transaction) {
    fixture *f = data;

    f->lost++;
    f->last_lost = *transaction;
}

static int setup(void **state) {
    fixture *f = g_new0(fixture, 1);

    f->table = turn_transactions_new(on_lost, f);
    *state = f;
    return 0;
}

static int teardown(void **state) {
    fixture *f = *state;

    turn_transactions_free(f->table);
    g_free(f);
    return 0;
}

static turn_packet packet_at(fixture *f, gint64 time, const char *from, const char *to) {
    return (turn_packet){
        .frame = ++f->frame,
        .time = time,
        .flow = {.source = address_of(from), .destination = address_of(to)},
    };
}

/* The Binding Request ID as it leaves the client at TIME. */
static turn_transaction *request(fixture *f, gconstpointer scope, gint64 time, guint id,
                                 gboolean *opened) {
    const turn_packet packet = packet_at(f, time, "10.0.0.1:1000", "10.0.0.2:2000");
    g_autofree char *text = g_strdup_printf("binding request %u", id);
    const message made = message_of(text);
    stun_message parsed;

    assert_int_equal(stun_message_parse(made.bytes, made.length, made.length, &parsed), STUN_OK);
    return turn_transactions_request(f->table, scope, &packet, &parsed, opened);
}

static turn_transaction *find(const fixture *f, gconstpointer scope, guint id) {
    g_autofree char *text = g_strdup_printf("binding success %u", id);
    const message made = message_of(text);
    stun_message parsed;

    assert_int_equal(stun_message_parse(made.bytes, made.length, made.length, &parsed), STUN_OK);
    return turn_transactions_find(f->table, scope, &parsed);
}

static void request_first_opens_a_transaction(void **state) {
    fixture *f = *state;
    gboolean opened = FALSE;
    const turn_transaction *transaction = request(f, here, MS(100), 1, &opened);

    assert_true(opened);
    assert_int_equal(transaction->transmissions, 1);
    assert_int_equal(transaction->method, STUN_METHOD_BINDING);
    assert_int_equal(transaction->first.frame, 1);
    assert_int_equal(transaction->last.frame, 1);
    assert_false(transaction->answered);
    assert_ptr_equal(find(f, here, 1), transaction);
}

static void request_again_counts_as_retransmission(void **state) {
    fixture *f = *state;
    gboolean opened = TRUE;
    const turn_transaction *transaction;

    request(f, here, MS(0), 1, &opened);
    request(f, here, MS(500), 1, &opened);
    transaction = request(f, here, MS(1500), 1, &opened);
    assert_false(opened);
    assert_int_equal(transaction->transmissions, 3);
    assert_int_equal(transaction->first.frame, 1);
    assert_int_equal(transaction->last.frame, 3);
    assert_true(transaction->last.time == MS(1500));
}

static void request_within_20_ms_is_a_copy(void **state) {
    fixture *f = *state;
    gboolean opened;
    const turn_transaction *transaction;

    request(f, here, MS(0), 1, &opened);
    transaction = request(f, here, MS(20), 1, &opened);
    assert_int_equal(transaction->transmissions, 1);
    assert_int_equal(transaction->last.frame, 1);
    transaction = request(f, here, MS(20) + 1, 1, &opened);
    assert_int_equal(transaction->transmissions, 2);
}

static void request_on_another_leg_is_no_retransmission(void **state) {
    fixture *f = *state;
    const turn_packet further = packet_at(f, MS(600), "10.0.0.2:24000", "10.0.0.3:3000");
    const message made = message_of("binding request 1");
    const turn_transaction *transaction;
    stun_message parsed;
    gboolean opened;

    stun_message_parse(made.bytes, made.length, made.length, &parsed);
    request(f, here, MS(0), 1, &opened);
    transaction = turn_transactions_request(f->table, here, &further, &parsed, &opened);
    assert_false(opened);
    assert_int_equal(transaction->transmissions, 1);
    assert_true(transaction->last.time == MS(0));
}

static void request_in_another_scope_is_another_transaction(void **state) {
    fixture *f = *state;
    gboolean opened = FALSE;

    request(f, here, MS(0), 1, &opened);
    request(f, there, MS(500), 1, &opened);
    assert_true(opened);
    assert_int_equal(find(f, here, 1)->transmissions, 1);
    assert_ptr_not_equal(find(f, here, 1), find(f, there, 1));
}

static void find_unknown_id_answers_null(void **state) {
    fixture *f = *state;
    gboolean opened;

    request(f, here, MS(0), 1, &opened);
    assert_null(find(f, here, 2));
    assert_null(find(f, there, 1));
}

static void rtt_of_a_request_that_was_sent_again_is_not_measured(void **state) {
    fixture *f = *state;
    const turn_packet answer = packet_at(f, MS(520), "10.0.0.2:2000", "10.0.0.1:1000");
    const turn_transaction *transaction;
    gboolean opened;

    request(f, here, MS(0), 1, &opened);
    transaction = request(f, here, MS(500), 1, &opened);
    assert_true(turn_transaction_rtt(transaction, &answer) == -1);
}

static void rtt_of_a_request_that_was_sent_once_is_measured(void **state) {
    fixture *f = *state;
    const turn_packet answer = packet_at(f, MS(520), "10.0.0.2:2000", "10.0.0.1:1000");
    const turn_transaction *transaction;
    gboolean opened;

    request(f, here, MS(0), 1, &opened);
    transaction = request(f, here, MS(15), 1, &opened); /* a copy */
    assert_true(turn_transaction_rtt(transaction, &answer) == MS(520));
}

static void rtt_on_another_leg_is_not_measured(void **state) {
    fixture *f = *state;
    const turn_packet answer = packet_at(f, MS(30), "10.0.0.3:3000", "10.0.0.2:24000");
    gboolean opened;

    assert_true(turn_transaction_rtt(request(f, here, MS(0), 1, &opened), &answer) == -1);
}

static void rtt_of_an_answer_before_its_request_is_not_measured(void **state) {
    fixture *f = *state;
    const turn_packet answer = packet_at(f, MS(90), "10.0.0.2:2000", "10.0.0.1:1000");
    gboolean opened;

    assert_true(turn_transaction_rtt(request(f, here, MS(100), 1, &opened), &answer) == -1);
}

static void expire_after_its_life_reports_the_lost(void **state) {
    fixture *f = *state;
    gboolean opened;

    request(f, here, MS(0), 1, &opened);
    request(f, here, MS(500), 1, &opened);
    turn_transactions_expire(f->table, TURN_TRANSACTION_LIFE);
    assert_int_equal(f->lost, 0);
    turn_transactions_expire(f->table, TURN_TRANSACTION_LIFE + 1);
    assert_int_equal(f->lost, 1);
    assert_int_equal(f->last_lost.transmissions, 2);
    assert_int_equal(f->last_lost.first.frame, 1);
    assert_int_equal(f->last_lost.last.frame, 2);
    assert_null(find(f, here, 1));
}

static void expire_answered_reports_nothing(void **state) {
    fixture *f = *state;
    gboolean opened;

    request(f, here, MS(0), 1, &opened)->answered = TRUE;
    turn_transactions_expire(f->table, TURN_TRANSACTION_LIFE + 1);
    assert_int_equal(f->lost, 0);
    assert_null(find(f, here, 1));
}

static void expire_keeps_what_is_younger(void **state) {
    fixture *f = *state;
    gboolean opened;

    request(f, here, MS(0), 1, &opened);
    request(f, here, MS(1000), 2, &opened);
    turn_transactions_expire(f->table, TURN_TRANSACTION_LIFE + MS(1));
    assert_int_equal(f->lost, 1);
    assert_non_null(find(f, here, 2));
}

static void expire_beyond_the_limit_reports_the_oldest(void **state) {
    fixture *f = *state;
    gboolean opened;

    for (guint id = 1; id <= TURN_TRANSACTIONS_MAX; id++) {
        request(f, here, MS(0), id, &opened);
    }
    turn_transactions_expire(f->table, MS(0));
    assert_int_equal(f->lost, 0);
    request(f, here, MS(0), TURN_TRANSACTIONS_MAX + 1, &opened);
    turn_transactions_expire(f->table, MS(0));
    assert_int_equal(f->lost, 1);
    assert_null(find(f, here, 1));
    assert_non_null(find(f, here, 2));
}

static void flush_reports_all_that_wait(void **state) {
    fixture *f = *state;
    gboolean opened;

    request(f, here, MS(0), 1, &opened);
    request(f, here, MS(1), 2, &opened)->answered = TRUE;
    request(f, here, MS(2), 3, &opened);
    turn_transactions_flush(f->table);
    assert_int_equal(f->lost, 2);
    assert_int_equal(f->last_lost.first.frame, 3);
    assert_null(find(f, here, 2));
}

static void free_reports_nothing(void **state) {
    fixture *f = *state;
    gboolean opened;

    request(f, here, MS(0), 1, &opened);
    g_clear_pointer(&f->table, turn_transactions_free);
    assert_int_equal(f->lost, 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(request_first_opens_a_transaction),
        TEST(request_again_counts_as_retransmission),
        TEST(request_within_20_ms_is_a_copy),
        TEST(request_on_another_leg_is_no_retransmission),
        TEST(request_in_another_scope_is_another_transaction),
        TEST(find_unknown_id_answers_null),
        TEST(rtt_of_a_request_that_was_sent_again_is_not_measured),
        TEST(rtt_of_a_request_that_was_sent_once_is_measured),
        TEST(rtt_on_another_leg_is_not_measured),
        TEST(rtt_of_an_answer_before_its_request_is_not_measured),
        TEST(expire_after_its_life_reports_the_lost),
        TEST(expire_answered_reports_nothing),
        TEST(expire_keeps_what_is_younger),
        TEST(expire_beyond_the_limit_reports_the_oldest),
        TEST(flush_reports_all_that_wait),
        TEST(free_reports_nothing),
    };
    return cmocka_run_group_tests_name("transactions", tests, NULL, NULL);
}
