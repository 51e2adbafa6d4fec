/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "support/build.h"
#include "turn/hash.h"
#include "turn/packet.h"

#include <string.h>

#define KEYS 10000u

/* The hash of the language Python is the same function: PYTHONHASHSEED=0 makes its key 0. */
static void keyed_is_siphash_1_3(void **state) {
    static const guint64 key[2];
    static const struct {
        const char *bytes;
        guint64 hash;
    } rows[] = {
        {"a", G_GUINT64_CONSTANT(0x407448d2b89b1813)},
        {"1234567", G_GUINT64_CONSTANT(0xa33d651594fdae81)},
        {"12345678", G_GUINT64_CONSTANT(0x3489982430560a87)},
    };

    (void)state;
    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        assert_true(turn_hash_keyed(key, rows[i].bytes, strlen(rows[i].bytes)) == rows[i].hash);
    }
}

static void keyed_depends_on_both_halves_of_the_key(void **state) {
    static const guint64 keys[][2] = {{0, 0}, {1, 0}, {0, 1}};
    guint64 plain = turn_hash_keyed(keys[0], "key", 3);

    (void)state;
    assert_true(plain != turn_hash_keyed(keys[1], "key", 3));
    assert_true(plain != turn_hash_keyed(keys[2], "key", 3));
}

/* 12 bytes in pairs whose h * 33 + byte is the same for all. */
static void colliding_id(guint number, guint8 id[12]) {
    for (guint i = 0; i < 12; i += 2) {
        guint step = number % 7;

        number /= 7;
        id[i] = (guint8)(0x10 + step);
        id[i + 1] = (guint8)(0xf0 - 33 * step);
    }
}

static guint distinct_hashes(guint (*hash_of)(guint number)) {
    g_autoptr(GHashTable) seen = g_hash_table_new(NULL, NULL);

    for (guint i = 0; i < KEYS; i++) {
        g_hash_table_add(seen, GUINT_TO_POINTER(hash_of(i)));
    }
    return g_hash_table_size(seen);
}

static guint hash_of_id(guint number) {
    guint8 id[12];

    colliding_id(number, id);
    return turn_hash_bytes(id, sizeof id);
}

static turn_flow flow_between(guint number) {
    turn_flow flow = {.transport = TURN_TRANSPORT_UDP,
                      .source = address_of("10.0.0.1:1000"),
                      .destination = address_of("10.0.0.2:2000")};

    flow.source.port = (guint16)(1000 + number % 100);
    flow.destination.port = (guint16)(2000 - number % 100);
    flow.destination.bytes[3] = (guint8)(number / 100);
    return flow;
}

static guint hash_of_flow(guint number) {
    const turn_flow flow = flow_between(number);

    return turn_flow_hash(&flow);
}

/* Of 10000 values in 32 bits, chance lets a pair meet in one run of a hundred, and five pairs in
 * one of 10^11. */
static void chosen_keys_do_not_meet(void **state) {
    (void)state;
    assert_true(distinct_hashes(hash_of_id) > KEYS - 5);
    assert_true(distinct_hashes(hash_of_flow) > KEYS - 5);
}

static void flow_hash_is_that_of_the_other_direction(void **state) {
    const turn_flow forth = flow_between(42);
    const turn_flow back = turn_flow_reversed(&forth);

    (void)state;
    assert_int_equal(turn_flow_hash(&forth), turn_flow_hash(&back));
}

static void address_hash_sees_no_more_than_equality(void **state) {
    stun_address one = address_of("192.0.2.1:5");
    stun_address other = address_of("192.0.2.1:5");

    (void)state;
    memset(other.bytes + 4, 0xAA, 12);
    assert_true(stun_address_equal(&one, &other));
    assert_int_equal(turn_hash_address(&one), turn_hash_address(&other));
    other.port = 6;
    assert_int_not_equal(turn_hash_address(&one), turn_hash_address(&other));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keyed_is_siphash_1_3),
        cmocka_unit_test(keyed_depends_on_both_halves_of_the_key),
        cmocka_unit_test(chosen_keys_do_not_meet),
        cmocka_unit_test(flow_hash_is_that_of_the_other_direction),
        cmocka_unit_test(address_hash_sees_no_more_than_equality),
    };
    return cmocka_run_group_tests_name("hash", tests, NULL, NULL);
}
