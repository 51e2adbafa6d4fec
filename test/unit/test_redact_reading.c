/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "analyzer/redact/redact_reading.h"
#include <string.h>

/* TURN over TCP. */
static char tcp[] = TURNPCAP_SAMPLES "/ms-turn-tcp-443.pcap";
static char udp[] = TURNPCAP_SAMPLES "/udp-channeldata.pcap";

static redact_reading *reading_of(char *path, gsize memory, GError **error) {
    char *files[] = {path, NULL};
    const input_options options = {.files = files, .redaction = {.redact = TRUE, .memory = memory}};

    return redact_reading_new(&options, NULL, error);
}

/* Half a reading would make another verdict: there is none. */
static void test_more_than_can_be_kept_is_refused(void **state) {
    g_autoptr(GError) error = NULL;
    g_autoptr(redact_reading) self = reading_of(tcp, 1000, &error);

    (void)state;
    assert_null(self);
    assert_non_null(error);
    assert_non_null(strstr(error->message, "turnpcap extract"));
}

static void test_what_can_be_kept_is_read(void **state) {
    g_autoptr(GError) error = NULL;
    g_autoptr(redact_reading) self = reading_of(tcp, 0, &error);

    (void)state;
    assert_non_null(self);
    assert_null(error);
}

/* Datagrams are redacted one by one: nothing is kept of them. */
static void test_datagrams_need_no_memory(void **state) {
    g_autoptr(GError) error = NULL;
    g_autoptr(redact_reading) self = reading_of(udp, 1, &error);

    (void)state;
    assert_non_null(self);
    assert_null(error);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_more_than_can_be_kept_is_refused),
        cmocka_unit_test(test_what_can_be_kept_is_read),
        cmocka_unit_test(test_datagrams_need_no_memory),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
