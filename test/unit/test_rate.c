/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "support/scene.h"
#include "turn/rate.h"

#define MS   G_GINT64_CONSTANT(1000000)
#define DAY  (86400000 * MS)
#define TO   TURN_RATE_TO_PEER
#define FROM TURN_RATE_FROM_PEER

static guint64 sum(const turn_rate *rate, turn_rate_way way) {
    guint64 all = 0;

    for (guint i = 0; i < TURN_RATE_BINS; i++) {
        all += rate->bytes[way][i];
    }
    return all;
}

static guint64 at(const turn_rate *rate, gint64 time, turn_rate_way way) {
    const gint64 index = turn_rate_index(rate, time);

    assert_true(index >= 0 && index < rate->count);
    return rate->bytes[way][index];
}

static void bytes_fall_into_the_bin_of_their_time(void **state) {
    turn_rate rate = {0};

    (void)state;
    turn_rate_add(&rate, 1000 * MS, TO, 100);
    turn_rate_add(&rate, 1009 * MS, TO, 20);
    turn_rate_add(&rate, 1010 * MS, TO, 3);
    turn_rate_add(&rate, 1035 * MS, FROM, 7);
    assert_int_equal(rate.width, 10 * MS);
    assert_int_equal(rate.count, 4);
    assert_int_equal(turn_rate_begin(&rate, 0), 1000 * MS);
    assert_int_equal(rate.bytes[TO][0], 120);
    assert_int_equal(rate.bytes[TO][1], 3);
    assert_int_equal(rate.bytes[TO][3], 0);
    assert_int_equal(rate.bytes[FROM][3], 7);
    assert_int_equal(rate.total[TO], 123);
    assert_int_equal(rate.total[FROM], 7);
}

/* 256 bins of 10 ms are 2560 ms: the packet after that makes them 20 ms wide. The first bin then
 * begins at 1000 ms still, and has what two had. */
static void the_width_doubles_when_the_bins_are_too_few(void **state) {
    turn_rate rate = {0};

    (void)state;
    turn_rate_add(&rate, 1000 * MS, TO, 1);
    turn_rate_add(&rate, 1010 * MS, TO, 2);
    turn_rate_add(&rate, 1020 * MS, TO, 4);
    turn_rate_add(&rate, 3559 * MS, TO, 8);
    assert_int_equal(rate.width, 10 * MS);
    assert_int_equal(rate.count, 256);
    turn_rate_add(&rate, 3560 * MS, TO, 16);
    assert_int_equal(rate.width, 20 * MS);
    assert_int_equal(turn_rate_begin(&rate, 0), 1000 * MS);
    assert_int_equal(rate.count, 129);
    assert_int_equal(rate.bytes[TO][0], 3);
    assert_int_equal(rate.bytes[TO][1], 4);
    assert_int_equal(rate.bytes[TO][127], 8);
    assert_int_equal(rate.bytes[TO][128], 16);
}

/* Bin 101 is the second half of the wide bin 50: its neighbour at 1020 ms is in another. */
static void a_wide_bin_begins_where_wide_bins_do(void **state) {
    turn_rate rate = {0};

    (void)state;
    turn_rate_add(&rate, 1010 * MS, TO, 1);
    turn_rate_add(&rate, 1020 * MS, TO, 2);
    turn_rate_add(&rate, 4000 * MS, TO, 4);
    assert_int_equal(rate.width, 20 * MS);
    assert_int_equal(turn_rate_begin(&rate, 0), 1000 * MS);
    assert_int_equal(rate.bytes[TO][0], 1);
    assert_int_equal(rate.bytes[TO][1], 2);
    assert_int_equal(rate.bytes[TO][150], 4);
}

static void an_earlier_time_moves_the_bins(void **state) {
    turn_rate rate = {0};

    (void)state;
    turn_rate_add(&rate, 1000 * MS, TO, 1);
    turn_rate_add(&rate, 1030 * MS, FROM, 2);
    turn_rate_add(&rate, 980 * MS, TO, 4);
    assert_int_equal(turn_rate_begin(&rate, 0), 980 * MS);
    assert_int_equal(rate.count, 6);
    assert_int_equal(rate.bytes[TO][0], 4);
    assert_int_equal(rate.bytes[TO][2], 1);
    assert_int_equal(rate.bytes[FROM][5], 2);
}

/* From 1970 to 2116 are 53459 days: bins of 2^31 times 10 ms are 248.6 days, of which 216 do; of
 * half of that it would take 431. */
static void a_damaged_clock_widens_and_loses_nothing(void **state) {
    turn_rate rate = {0};

    (void)state;
    turn_rate_add(&rate, 17300 * DAY, TO, 1000);
    turn_rate_add(&rate, 53459 * DAY, TO, 1);
    turn_rate_add(&rate, 17300 * DAY + 5 * MS, FROM, 10);
    turn_rate_add(&rate, 0, FROM, 5);
    assert_int_equal(rate.width, (10 * MS) << 31);
    assert_true(rate.count <= TURN_RATE_BINS);
    assert_int_equal(sum(&rate, TO), 1001);
    assert_int_equal(sum(&rate, FROM), 15);
    assert_int_equal(at(&rate, 17300 * DAY, TO), 1000);
    assert_int_equal(at(&rate, 0, FROM), 5);
}

static void all_of_time_fits(void **state) {
    turn_rate rate = {0};

    (void)state;
    turn_rate_add(&rate, 0, TO, 1);
    turn_rate_add(&rate, G_MAXINT64, TO, 2);
    turn_rate_add(&rate, G_MININT64, TO, 4);
    assert_int_equal(sum(&rate, TO), 7);
    assert_int_equal(at(&rate, G_MAXINT64, TO), 2);
    assert_int_equal(at(&rate, G_MININT64, TO), 4);
    assert_int_equal(turn_rate_begin(&rate, 0), G_MININT64);
}

static void before_1970_bins_begin_where_they_do_after(void **state) {
    turn_rate rate = {0};

    (void)state;
    turn_rate_add(&rate, -1 * MS, TO, 1);
    turn_rate_add(&rate, 1 * MS, TO, 2);
    assert_int_equal(turn_rate_begin(&rate, 0), -10 * MS);
    assert_int_equal(rate.bytes[TO][0], 1);
    assert_int_equal(rate.bytes[TO][1], 2);
}

/* What the tracker counts: the payload of media, each leg for itself, and no messages. */
static void the_tracker_counts_what_is_relayed(void **state) {
    g_autoptr(scene) s = scene_new();
    g_autofree turn_rates *rates = g_new0(turn_rates, 1);
    static const guint8 media[40] = {0x80, 96};
    const turn_rate *client = &rates->legs[TURN_RATE_CLIENT_LEG];
    const turn_rate *peer = &rates->legs[TURN_RATE_PEER_LEG];

    (void)state;
    turn_tracker_count_rates(s->tracker, rates);
    scene_allocate(s, 0);
    scene_checks(s, 100, PEER);
    feed_send_bytes(s, 1000, PEER, 100);
    feed_udp_bytes(s, 1001, RELAYED, PEER, media, sizeof media);
    feed_data_bytes(s, 3000, PEER, 50);
    assert_int_equal(client->total[TO], 100);
    assert_int_equal(client->total[FROM], 50);
    assert_int_equal(at(client, scene_time(1000), TO), 100);
    assert_int_equal(at(client, scene_time(3000), FROM), 50);
    assert_int_equal(peer->total[TO], 40);
    assert_int_equal(peer->total[FROM], 0);
    assert_int_equal(turn_rates_fuller(rates), TURN_RATE_CLIENT_LEG);
}

static void the_fuller_leg_is_told(void **state) {
    turn_rates rates = {0};

    (void)state;
    assert_int_equal(turn_rates_fuller(&rates), TURN_RATE_CLIENT_LEG);
    turn_rate_add(&rates.legs[TURN_RATE_PEER_LEG], 0, FROM, 2);
    turn_rate_add(&rates.legs[TURN_RATE_CLIENT_LEG], 0, TO, 1);
    assert_int_equal(turn_rates_fuller(&rates), TURN_RATE_PEER_LEG);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bytes_fall_into_the_bin_of_their_time),
        cmocka_unit_test(the_width_doubles_when_the_bins_are_too_few),
        cmocka_unit_test(a_wide_bin_begins_where_wide_bins_do),
        cmocka_unit_test(an_earlier_time_moves_the_bins),
        cmocka_unit_test(a_damaged_clock_widens_and_loses_nothing),
        cmocka_unit_test(all_of_time_fits),
        cmocka_unit_test(before_1970_bins_begin_where_they_do_after),
        cmocka_unit_test(the_tracker_counts_what_is_relayed),
        cmocka_unit_test(the_fuller_leg_is_told),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
