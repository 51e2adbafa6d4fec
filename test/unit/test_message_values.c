/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "turn/message_values.h"

#include <string.h>

static void padding_is_no_part_of_a_text(void **state) {
    const struct {
        const char *bytes;
        gsize length;
        const char *text;
    } rows[] = {
        {"Stale nonce", 11, "Stale nonce"},
        {"Stale nonce\0", 12, "Stale nonce"},
        {"Failure\0\0\0\0", 11, "Failure"},
        {"\0\0\0", 3, ""},
        {"", 0, ""},
        {NULL, 0, ""},
        /* What is no text, and what stands within one, is shown. */
        {"one\0two", 7, "one\xef\xbf\xbdtwo"},
        {"one\xff", 4, "one\xef\xbf\xbd"},
        {"one ", 4, "one "},
    };

    (void)state;
    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *text = message_text_of(rows[i].bytes, rows[i].length);

        assert_string_equal(text, rows[i].text);
    }
}

static void long_text_is_cut(void **state) {
    char bytes[TURN_MAX_TEXT + 2];
    g_autofree char *text = NULL;

    (void)state;
    memset(bytes, 'a', sizeof bytes);
    text = message_text_of(bytes, sizeof bytes);
    assert_int_equal(strlen(text), TURN_MAX_TEXT);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(padding_is_no_part_of_a_text),
        cmocka_unit_test(long_text_is_cut),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
