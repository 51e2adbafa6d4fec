/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "support/build.h"
#include "turn/join/nat.h"

#define INSIDE  "10.1.1.10:40000"
#define OUTSIDE "192.0.2.10:41000"
#define SECOND  "192.0.2.10:41001"

static void learn(turn_nat *nat, gboolean of_server, const char *inside, const char *outside) {
    const stun_address in = address_of(inside);
    const stun_address out = address_of(outside);

    turn_nat_learn(nat, of_server, &in, &out);
}

static void expect_outside(const turn_nat *nat, gboolean of_server, const char *inside,
                           const char *outside) {
    const stun_address in = address_of(inside);
    const stun_address found = turn_nat_outside(nat, of_server, &in);
    char text[STUN_ADDRESS_TEXT];

    stun_address_format(&found, text, sizeof text);
    assert_string_equal(text, outside);
}

static void nat_translates_what_it_learned(void **state) {
    g_autoptr(turn_nat) nat = turn_nat_new();
    const stun_address outside = address_of(OUTSIDE);
    stun_address inside;
    char text[STUN_ADDRESS_TEXT];

    (void)state;
    learn(nat, FALSE, INSIDE, OUTSIDE);
    expect_outside(nat, FALSE, INSIDE, OUTSIDE);
    inside = turn_nat_inside(nat, FALSE, &outside);
    stun_address_format(&inside, text, sizeof text);
    assert_string_equal(text, INSIDE);
}

static void nat_knows_a_host_by_another_port(void **state) {
    g_autoptr(turn_nat) nat = turn_nat_new();

    (void)state;
    learn(nat, TRUE, "10.9.9.1:3478", "198.51.100.1:3478");
    expect_outside(nat, TRUE, "10.9.9.1:24010", "198.51.100.1:24010");
    expect_outside(nat, TRUE, "10.9.9.2:24010", "10.9.9.2:24010");
}

static void nat_keeps_client_and_server_apart(void **state) {
    g_autoptr(turn_nat) nat = turn_nat_new();

    (void)state;
    learn(nat, FALSE, INSIDE, OUTSIDE);
    expect_outside(nat, TRUE, INSIDE, INSIDE);
}

static void nat_learns_each_mapping_once(void **state) {
    g_autoptr(turn_nat) nat = turn_nat_new();

    (void)state;
    learn(nat, FALSE, INSIDE, OUTSIDE);
    learn(nat, FALSE, INSIDE, SECOND);
    learn(nat, FALSE, INSIDE, OUTSIDE);
    learn(nat, FALSE, INSIDE, SECOND);
    learn(nat, FALSE, INSIDE, INSIDE);
    assert_int_equal(turn_nat_mappings(nat)->len, 2);
}

static void nat_has_a_limit(void **state) {
    g_autoptr(turn_nat) nat = turn_nat_new();
    stun_address inside = address_of(INSIDE);
    const stun_address outside = address_of(OUTSIDE);

    (void)state;
    for (guint i = 0; i < TURN_NAT_MAX_MAPPINGS + 10; i++) {
        inside.port = (guint16)(i + 1);
        turn_nat_learn(nat, FALSE, &inside, &outside);
    }
    assert_int_equal(turn_nat_mappings(nat)->len, TURN_NAT_MAX_MAPPINGS);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nat_translates_what_it_learned),
        cmocka_unit_test(nat_knows_a_host_by_another_port),
        cmocka_unit_test(nat_keeps_client_and_server_apart),
        cmocka_unit_test(nat_learns_each_mapping_once),
        cmocka_unit_test(nat_has_a_limit),
    };
    return cmocka_run_group_tests_name("join_nat", tests, NULL, NULL);
}
