/* SPDX-License-Identifier: GPL-2.0-or-later
 * How long a report as Markdown gets, and what is left out of a long one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "analyzer/report_markdown.h"
#include "support/scene.h"
#include "turn/report/words.h"

#include <string.h>

/* Without room for words around it: comments on GitHub end at 65,536. */
#define MOST_CHARACTERS 60000

static int setup(void **state) {
    *state = scene_new();
    return 0;
}

static int teardown(void **state) {
    scene_free(*state);
    return 0;
}

/* Sessions without a finding whose user has a name of LENGTH bars, each of which takes six
 * characters, from 10.1.2.10:20001 on. */
static void add_sessions(scene *s, guint count, guint length) {
    g_autofree char *user = g_strnfill(length, '|');

    for (guint i = 1; i <= count; i++) {
        g_autofree char *client = g_strdup_printf("10.1.2.10:%u", 20000 + i);
        message request = message_of("allocate request 1 transport=17");

        message_add_text(&request, STUN_ATTR_USERNAME, user);
        message_add_text(&request, STUN_ATTR_MESSAGE_INTEGRITY, "20 bytes of a keyed.");
        feed_udp_bytes(s, i, client, SERVER, request.bytes, request.length);
        feed_udp(s, i + 1, SERVER, client, "allocate success 1 relayed=" RELAYED " lifetime=600");
    }
}

static void add_refused(scene *s, gint64 at) {
    feed_udp(s, at, CLIENT, SERVER, "allocate request 2 transport=17 " CREDENTIALS);
    feed_udp(s, at + 10, SERVER, CLIENT, "allocate error 2 error=431");
}

static char *markdown_of(scene *s, guint captures) {
    g_autoptr(turn_report) report = turn_report_new(scene_model(s), scene_judgement(s));

    for (guint i = 0; i < captures; i++) {
        g_autofree char *file = g_strdup_printf("capture%03u-%0200u.pcap", i, i);

        g_ptr_array_add(report->captures, turn_report_capture_new(file));
    }
    return report_markdown_write(report, FALSE);
}

static guint sessions_in(const char *text) {
    guint count = 0;

    for (const char *at = strstr(text, "\n### Session "); at != NULL;
         at = strstr(at + 1, "\n### Session ")) {
        count++;
    }
    return count;
}

static void all_sessions_are_told_where_there_is_room(void **state) {
    g_autofree char *text = NULL;

    add_sessions(*state, 39, 40);
    add_refused(*state, 2000);
    text = markdown_of(*state, 1);
    assert_int_equal(sessions_in(text), 40);
    assert_null(strstr(text, " more; "));
    assert_null(strstr(text, "left out"));
}

static void a_session_with_a_finding_is_told_among_many(void **state) {
    g_autofree char *text = NULL;

    add_sessions(*state, 59, 10);
    add_refused(*state, 2000);
    text = markdown_of(*state, 1);
    assert_int_equal(sessions_in(text), 40);
    assert_non_null(strstr(text, "\n### Session 60: "));
    assert_non_null(strstr(text, "\n### Session 39: "));
    assert_null(strstr(text, "\n### Session 40: "));
    assert_non_null(strstr(text, "\nand 20 more; turnpcap report --format json has all of them\n"));
    assert_null(strstr(text, "left out"));
}

static void sessions_without_findings_are_left_out_of_a_long_report(void **state) {
    g_autofree char *text = NULL;
    guint shown;
    g_autofree char *more = NULL;

    add_sessions(*state, 39, 300);
    add_refused(*state, 2000);
    text = markdown_of(*state, 1);
    shown = sessions_in(text);
    assert_in_range(g_utf8_strlen(text, -1), 50000, MOST_CHARACTERS);
    assert_in_range(shown, 20, 33);
    assert_non_null(strstr(text, "\n### Session 40: "));
    more = g_strdup_printf("\nand %u more; turnpcap report", 40 - shown);
    assert_non_null(strstr(text, more));
    assert_non_null(strstr(text, "left out to keep the report below 60000 characters"));
    assert_non_null(strstr(text, "\n## Capture\n"));
}

static void many_captures_leave_room_for_sessions(void **state) {
    g_autofree char *text = NULL;

    add_sessions(*state, 30, 40);
    text = markdown_of(*state, 500);
    assert_in_range(g_utf8_strlen(text, -1), 25000, MOST_CHARACTERS);
    assert_int_equal(sessions_in(text), 30);
    assert_non_null(strstr(text, "`capture000-"));
    assert_null(strstr(text, "`capture100-"));
    assert_true(g_str_has_suffix(text, "The rest is left out, to keep the report below 60000 "
                                       "characters; turnpcap report --format json has more.\n"));
}

static void what_is_kept_is_said_to_be_all_only_where_it_is(void **state) {
    turn_model model = {.limit_reached = FALSE};
    const turn_report report = {.model = &model};
    g_autofree char *all = turn_words_more(&report, 3, "peers", 43);
    g_autofree char *kept = NULL;
    g_autofree char *unnumbered = NULL;

    (void)state;
    assert_string_equal(all, "and 3 more peers; turnpcap report --format json has all of them");
    model.limit_reached = TRUE;
    kept = turn_words_more(&report, 4056, NULL, 4096);
    assert_string_equal(kept, "and 4056 more, of those that turnpcap keeps; turnpcap report "
                              "--format json has all 4096 that are kept");
    unnumbered = turn_words_more(&report, 3, "peers", 0);
    assert_string_equal(unnumbered, "and 3 more peers, of those that turnpcap keeps; turnpcap "
                                    "report --format json has those that are kept");
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, setup, teardown)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(all_sessions_are_told_where_there_is_room),
        TEST(a_session_with_a_finding_is_told_among_many),
        TEST(sessions_without_findings_are_left_out_of_a_long_report),
        TEST(many_captures_leave_room_for_sessions),
        TEST(what_is_kept_is_said_to_be_all_only_where_it_is),
    };
    return cmocka_run_group_tests_name("markdown_report", tests, NULL, NULL);
}
