/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "support/scene.h"
#include "turn/report/list.h"
#include "turn/report/wrap.h"

#include <string.h>

static int setup(void **state) {
    *state = scene_new();
    return 0;
}

static int teardown(void **state) {
    scene_free(*state);
    return 0;
}

static void add_scene(turn_list *list, scene *s, const char *file) {
    g_autoptr(turn_report) report = turn_report_new(scene_model(s), scene_judgement(s));

    g_ptr_array_add(report->captures, turn_report_capture_new(file));
    turn_list_add(list, report);
}

static const char *cell(const turn_list *list, guint row, turn_list_column column) {
    assert_in_range(row, 0, list->rows->len - 1);
    return ((const turn_list_row *)g_ptr_array_index(list->rows, row))->cells[column];
}

static void a_session_is_a_row(void **state) {
    g_autoptr(turn_list) list = turn_list_new();

    scene_allocate(*state, 0);
    scene_checks(*state, 1000, PEER);
    add_scene(list, *state, "a.pcap");
    assert_int_equal(list->rows->len, 1);
    assert_string_equal(cell(list, 0, TURN_LIST_FILE), "a.pcap");
    assert_string_equal(cell(list, 0, TURN_LIST_SESSION), "1");
    assert_string_equal(cell(list, 0, TURN_LIST_CLIENT), CLIENT);
    assert_string_equal(cell(list, 0, TURN_LIST_SERVER), SERVER);
    assert_string_equal(cell(list, 0, TURN_LIST_TRANSPORT), "udp");
    assert_string_equal(cell(list, 0, TURN_LIST_RELAY), "udp");
    assert_string_equal(cell(list, 0, TURN_LIST_USER), "alice");
    assert_string_equal(cell(list, 0, TURN_LIST_ALLOCATE), "success");
    assert_string_equal(cell(list, 0, TURN_LIST_PEERS), "1");
    assert_string_equal(cell(list, 0, TURN_LIST_LEVEL), "healthy");
    assert_null(cell(list, 0, TURN_LIST_CAUSE));
    assert_string_equal(cell(list, 0, TURN_LIST_SECONDS), "1.030");
    assert_int_equal(list->status, 0);
}

static void the_worst_finding_of_a_session_is_told(void **state) {
    g_autoptr(turn_list) list = turn_list_new();

    scene_rejected(*state, 0, "error=431");
    add_scene(list, *state, "a.pcap");
    assert_string_equal(cell(list, 0, TURN_LIST_LEVEL), "failed");
    assert_string_equal(cell(list, 0, TURN_LIST_CAUSE), "integrity-check-failed");
    assert_int_equal(list->status, 1);
}

static void a_capture_without_sessions_is_a_row(void **state) {
    g_autoptr(turn_list) list = turn_list_new();

    feed_other(*state, 0);
    add_scene(list, *state, "empty.pcap");
    assert_int_equal(list->rows->len, 1);
    assert_null(cell(list, 0, TURN_LIST_SESSION));
    assert_string_equal(cell(list, 0, TURN_LIST_CAUSE), "no-turn-traffic");
    assert_int_equal(list->status, 3);
}

static void a_fault_outside_of_sessions_is_a_row(void **state) {
    scene *s = *state;
    g_autoptr(turn_list) list = turn_list_new();

    scene_allocate(s, 0);
    scene_checks(s, 100, PEER);
    feed_udp(s, 200, CLIENT, OTHER, "binding request 201 user=c:d priority=1 mi");
    feed_other(s, 20000);
    add_scene(list, s, "a.pcap");
    assert_int_equal(list->rows->len, 2);
    assert_string_equal(cell(list, 0, TURN_LIST_LEVEL), "healthy");
    assert_null(cell(list, 1, TURN_LIST_SESSION));
    assert_string_equal(cell(list, 1, TURN_LIST_CAUSE), "checks-unanswered");
    assert_int_equal(list->status, 1);
}

static void the_exit_status_is_that_of_the_worst_capture(void **state) {
    g_autoptr(turn_list) list = turn_list_new();
    g_autoptr(scene) failed = scene_new();

    feed_other(*state, 0);
    scene_rejected(failed, 0, "error=431");
    add_scene(list, *state, "unknown.pcap");
    assert_int_equal(list->status, 3);
    add_scene(list, failed, "failed.pcap");
    assert_int_equal(list->status, 1);
}

/* USER in the only row. */
static turn_list *list_of_user(scene *s, const char *user) {
    turn_list *list = turn_list_new();
    message request = message_of("allocate request 1 transport=17");

    message_add_text(&request, STUN_ATTR_USERNAME, user);
    message_add_text(&request, STUN_ATTR_MESSAGE_INTEGRITY, "20 bytes of a keyed.");
    feed_udp_bytes(s, 0, CLIENT, SERVER, request.bytes, request.length);
    add_scene(list, s, "=a\t.pcap");
    return list;
}

static void names_act_in_no_spreadsheet(void **state) {
    g_autoptr(turn_list) list = list_of_user(*state, "=cmd|'/c calc'!A0\t@x\n\"");
    g_autofree char *tsv = turn_list_write_tsv(list);
    g_auto(GStrv) lines = g_strsplit(tsv, "\n", -1);
    g_auto(GStrv) cells = NULL;

    assert_int_equal(g_strv_length(lines), 3); /* the last one is empty */
    cells = g_strsplit(lines[1], "\t", -1);
    assert_int_equal(g_strv_length(cells), TURN_LIST_COLUMNS);
    assert_string_equal(cells[TURN_LIST_FILE], "\\u{3d}a\\u{9}.pcap");
    assert_string_equal(cells[TURN_LIST_USER], "\\u{3d}cmd|\\u{27}/c calc'!A0\\u{9}@x\\u{a}\"");
}

static void names_act_in_no_terminal(void **state) {
    g_autoptr(turn_list) list = list_of_user(*state, "\033[2J\nsecond");
    const turn_text_style wide = {.width = 200};
    g_autofree char *text = turn_list_write_text(list, &wide);
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);

    assert_null(strchr(text, '\033'));
    assert_int_equal(g_strv_length(lines), 3);
}

static void text_fits_its_width(void **state) {
    g_autoptr(turn_list) list = list_of_user(*state, "a-user-with-a-very-long-name-indeed");
    static const gsize widths[] = {60, 80, 100, 132, 250};

    for (gsize i = 0; i < G_N_ELEMENTS(widths); i++) {
        const turn_text_style style = {.width = widths[i]};
        g_autofree char *text = turn_list_write_text(list, &style);
        g_auto(GStrv) lines = g_strsplit(text, "\n", -1);

        assert_in_range(turn_wrap_columns(lines[0]), 0, widths[i]);
        assert_in_range(turn_wrap_columns(lines[1]), 0, widths[i]);
        assert_true((widths[i] == 250) == (strstr(text, "Not shown") == NULL));
    }
}

/* The table needs 68 columns; what is said below it does not. */
static void a_note_fits_a_narrow_terminal(void **state) {
    g_autoptr(turn_list) list = list_of_user(*state, "alice");
    const turn_text_style narrow = {.width = 40};
    g_autofree char *text = turn_list_write_text(list, &narrow);
    const char *note = strstr(text, "Not shown for want of room: ");
    g_auto(GStrv) lines = g_strsplit(note, "\n", -1);

    assert_int_equal(g_strv_length(lines), 5); /* the last one is empty */
    for (char **line = lines; *line != NULL; line++) {
        assert_in_range(turn_wrap_columns(*line), 0, 40);
    }
}

/* A long name of a file is cut before the client is left out, and gets back what room is left. */
static void a_client_outlives_the_name_of_its_file(void **state) {
    static const struct {
        gsize width;
        const char *file;
        const char *left_out; /* of the columns in the order of the table */
    } cases[] = {
        {68, "...vening.pcap", "start, server, transport, relay, user, allocate, peers, seconds"},
        {80, "...-evening.pcap", "server, transport, relay, user, allocate, peers, seconds"},
        {100, "...y-evening.pcap", "transport, relay, user, allocate, peers, seconds"},
        {119, "...vening.pcap", "relay, allocate, peers"},
        {118, "...day-evening.pcap", "transport, relay, allocate, peers"},
        {250, "a-capture-of-a-friday-evening.pcap", NULL},
    };
    g_autoptr(turn_list) list = turn_list_new();
    g_autoptr(scene) other = scene_new();

    scene_rejected(*state, 0, "error=431");
    add_scene(list, *state, "a-capture-of-a-friday-evening.pcap");
    scene_rejected(other, 0, "error=431");
    add_scene(list, other, "b.pcap");
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        const turn_text_style style = {.width = cases[i].width};
        g_autofree char *text = turn_list_write_text(list, &style);
        g_autofree char *flat = g_strdelimit(g_strdup(text), "\n", ' ');
        g_autofree char *note = g_strdup_printf("Not shown for want of room: %s.",
                                                cases[i].left_out != NULL ? cases[i].left_out : "");
        g_autofree char *row = g_strconcat("\n", cases[i].file, "  ", NULL);

        assert_non_null(strstr(text, "  " CLIENT "  "));
        assert_non_null(strstr(text, row));
        assert_int_equal(strstr(flat, note) != NULL, cases[i].left_out != NULL);
    }
}

static void only_the_level_is_in_colour(void **state) {
    g_autoptr(turn_list) list = list_of_user(*state, "\033[2J");
    const turn_text_style plain = {.width = 132};
    const turn_text_style coloured = {.width = 132, .colour = TRUE};
    g_autofree char *without = turn_list_write_text(list, &plain);
    g_autofree char *text = turn_list_write_text(list, &coloured);
    g_auto(GStrv) parts = g_strsplit(text, "\033", -1);
    g_autofree char *word = NULL;

    assert_int_equal(g_strv_length(parts), 3);
    assert_true(g_str_has_prefix(parts[1], "[1;3"));
    assert_true(g_str_has_prefix(parts[2], "[0m"));
    /* Colours take no room: without them the text is the same. */
    word = g_strconcat(parts[0], strchr(parts[1], 'm') + 1, parts[2] + 3, NULL);
    assert_string_equal(word, without);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, setup, teardown)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(a_session_is_a_row),
        TEST(the_worst_finding_of_a_session_is_told),
        TEST(a_capture_without_sessions_is_a_row),
        TEST(a_fault_outside_of_sessions_is_a_row),
        TEST(the_exit_status_is_that_of_the_worst_capture),
        TEST(names_act_in_no_spreadsheet),
        TEST(names_act_in_no_terminal),
        TEST(text_fits_its_width),
        TEST(a_note_fits_a_narrow_terminal),
        TEST(a_client_outlives_the_name_of_its_file),
        TEST(only_the_level_is_in_colour),
    };
    return cmocka_run_group_tests_name("list", tests, NULL, NULL);
}
