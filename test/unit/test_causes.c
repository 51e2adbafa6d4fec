/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "turn/causes.h"

#include <string.h>

/* What each identifier was given out for. A row leaves this list never: scripts know it. */
static const struct {
    const char *identifier;
    turn_level level;
} given_out[] = {
    {"no-turn-traffic", TURN_LEVEL_INCONCLUSIVE},
    {"turn-server-silent", TURN_LEVEL_FAILED},
    {"turn-port-closed", TURN_LEVEL_FAILED},
    {"turn-tcp-unanswered", TURN_LEVEL_FAILED},
    {"turn-connection-reset", TURN_LEVEL_FAILED},
    {"session-lost", TURN_LEVEL_FAILED},
    {"turn-encrypted", TURN_LEVEL_INCONCLUSIVE},
    {"integrity-check-failed", TURN_LEVEL_FAILED},
    {"credentials-unauthorized", TURN_LEVEL_FAILED},
    {"credentials-missing", TURN_LEVEL_FAILED},
    {"nonce-loop", TURN_LEVEL_FAILED},
    {"allocation-mismatch", TURN_LEVEL_FAILED},
    {"wrong-credentials", TURN_LEVEL_FAILED},
    {"transport-unsupported", TURN_LEVEL_FAILED},
    {"quota-reached", TURN_LEVEL_FAILED},
    {"capacity-exhausted", TURN_LEVEL_FAILED},
    {"redirected", TURN_LEVEL_DEGRADED},
    {"request-rejected", TURN_LEVEL_FAILED},
    {"allocation-slow", TURN_LEVEL_DEGRADED},
    {"allocation-expired", TURN_LEVEL_FAILED},
    {"relay-address-private", TURN_LEVEL_DEGRADED},
    {"permission-denied", TURN_LEVEL_FAILED},
    {"peer-never-connected", TURN_LEVEL_FAILED},
    {"peer-connect-failed", TURN_LEVEL_FAILED},
    {"connection-bind-missing", TURN_LEVEL_FAILED},
    {"connection-bind-failed", TURN_LEVEL_FAILED},
    {"checks-unanswered", TURN_LEVEL_FAILED},
    {"checks-one-way", TURN_LEVEL_FAILED},
    {"peer-unreachable", TURN_LEVEL_FAILED},
    {"media-one-way", TURN_LEVEL_DEGRADED},
    {"one-direction-captured", TURN_LEVEL_INCONCLUSIVE},
    {"session-incomplete", TURN_LEVEL_INCONCLUSIVE},
    {"relay-unused", TURN_LEVEL_INCONCLUSIVE},
    {"client-password-differs", TURN_LEVEL_FAILED},
    {"server-password-differs", TURN_LEVEL_FAILED},
    {"media-absent", TURN_LEVEL_DEGRADED},
    {"large-packets-lost", TURN_LEVEL_DEGRADED},
    {"nat-reflection-missing", TURN_LEVEL_FAILED},
    {"role-conflict", TURN_LEVEL_DEGRADED},
    {"relay-address-unreachable", TURN_LEVEL_FAILED},
    {"peer-without-permission", TURN_LEVEL_FAILED},
    {"bound-connection-silent", TURN_LEVEL_FAILED},
    {"turn-port-blocked-inbound", TURN_LEVEL_FAILED},
    {"relay-range-blocked-inbound", TURN_LEVEL_FAILED},
    {"responses-blocked-outbound", TURN_LEVEL_FAILED},
    {"server-did-not-answer", TURN_LEVEL_FAILED},
    {"captures-do-not-overlap", TURN_LEVEL_INCONCLUSIVE},
};

static gboolean is_kebab_case(const char *text) {
    return g_regex_match_simple("^[a-z]+(-[a-z]+)*$", text, 0, 0);
}

static void identifiers_are_unique_and_in_kebab_case(void **state) {
    gsize count;
    const turn_cause *table = turn_cause_table(&count);

    (void)state;
    for (gsize i = 0; i < count; i++) {
        if (!is_kebab_case(table[i].identifier)) {
            fail_msg("\"%s\" is no identifier", table[i].identifier);
        }
        for (gsize k = 0; k < i; k++) {
            assert_string_not_equal(table[i].identifier, table[k].identifier);
        }
    }
}

static void identifiers_given_out_keep_their_level(void **state) {
    (void)state;
    for (gsize i = 0; i < G_N_ELEMENTS(given_out); i++) {
        const turn_cause *cause = turn_cause_lookup(given_out[i].identifier);

        if (cause == NULL) {
            fail_msg("%s is gone", given_out[i].identifier);
            return;
        }
        if (cause->level != given_out[i].level) {
            fail_msg("%s is %s", cause->identifier, turn_level_name(cause->level));
        }
    }
}

static gboolean is_expected(const turn_cause *cause) {
    for (gsize i = 0; i < G_N_ELEMENTS(given_out); i++) {
        if (g_str_equal(given_out[i].identifier, cause->identifier)) {
            return TRUE;
        }
    }
    return FALSE;
}

static void rows_are_given_out(void **state) {
    gsize count;
    const turn_cause *table = turn_cause_table(&count);

    (void)state;
    for (gsize i = 0; i < count; i++) {
        if (!is_expected(&table[i])) {
            fail_msg("%s (%s) is not in the list of identifiers", table[i].identifier,
                     turn_level_name(table[i].level));
        }
    }
}

/* A text of whole sentences. */
static void assert_text(const char *identifier, const char *text) {
    if (strlen(text) < 10 || strchr(".?!", text[strlen(text) - 1]) == NULL) {
        fail_msg("%s: \"%s\" is no sentence", identifier, text);
    }
}

static void rows_have_all_their_texts(void **state) {
    gsize count;
    const turn_cause *table = turn_cause_table(&count);

    (void)state;
    for (gsize i = 0; i < count; i++) {
        g_auto(GStrv) remedies = g_strsplit(table[i].remedies, "\n", -1);

        assert_non_null(table[i].rule);
        assert_true(strlen(table[i].title) >= 10);
        assert_text(table[i].identifier, table[i].explanation);
        assert_text(table[i].identifier, table[i].next);
        for (char **remedy = remedies; *remedy != NULL; remedy++) {
            assert_text(table[i].identifier, *remedy);
        }
        assert_non_null(remedies[0]);
    }
}

static void lookup_of_every_row_finds_it(void **state) {
    gsize count;
    const turn_cause *table = turn_cause_table(&count);

    (void)state;
    for (gsize i = 0; i < count; i++) {
        assert_ptr_equal(turn_cause_lookup(table[i].identifier), &table[i]);
    }
}

static void lookup_of_anything_else_answers_null(void **state) {
    (void)state;
    assert_null(turn_cause_lookup("quota"));
    assert_null(turn_cause_lookup("Quota-Reached"));
    assert_null(turn_cause_lookup(""));
}

static void levels_have_their_names(void **state) {
    (void)state;
    assert_string_equal(turn_level_name(TURN_LEVEL_FAILED), "failed");
    assert_string_equal(turn_level_name(TURN_LEVEL_DEGRADED), "degraded");
    assert_string_equal(turn_level_name(TURN_LEVEL_INCONCLUSIVE), "inconclusive");
    assert_string_equal(turn_level_name(TURN_LEVEL_HEALTHY), "healthy");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(identifiers_are_unique_and_in_kebab_case),
        cmocka_unit_test(identifiers_given_out_keep_their_level),
        cmocka_unit_test(rows_are_given_out),
        cmocka_unit_test(rows_have_all_their_texts),
        cmocka_unit_test(lookup_of_every_row_finds_it),
        cmocka_unit_test(lookup_of_anything_else_answers_null),
        cmocka_unit_test(levels_have_their_names),
    };
    return cmocka_run_group_tests_name("causes", tests, NULL, NULL);
}
