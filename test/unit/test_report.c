/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "analyzer/command.h"
#include "analyzer/report_json.h"
#include "support/scene.h"
#include "turn/report/report.h"

#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

/* Recolours, rings, clears (C1 CSI), turns the reading direction. */
#define HOSTILE                                                                                    \
    "ev\x1b[31mil\a\xc2\x9b"                                                                       \
    "2J\xe2\x80\xae\xe2\x80\xac\x7f"
#define HOSTILE_SHOWN   "ev\\u{1b}[31mil\\u{7}\\u{9b}2J\\u{202e}\\u{202c}\\u{7f}"
#define HOSTILE_IN_JSON "ev\\u001b[31mil\\u0007\\u009b2J\\u202e\\u202c\\u007f"

static const turn_judgement healthy = {.level = TURN_LEVEL_HEALTHY};

static turn_report *report_of_one_capture(gboolean nanoseconds) {
    turn_report *made = turn_report_new(NULL, &healthy);
    turn_report_capture *first = turn_report_capture_new("first.pcap");

    first->nanoseconds = nanoseconds;
    g_ptr_array_add(made->captures, first);
    return made;
}

static void assert_time(gboolean nanoseconds, gint64 time, const char *expected) {
    g_autoptr(turn_report) r = report_of_one_capture(nanoseconds);
    g_autofree char *text = turn_report_time(r, 0, time);

    assert_string_equal(text, expected);
}

static void time_in_microseconds_has_six_digits(void **state) {
    (void)state;
    assert_time(FALSE, 0, "1970-01-01T00:00:00.000000Z");
    assert_time(FALSE, G_GINT64_CONSTANT(1600000000123456789), "2020-09-13T12:26:40.123456Z");
}

static void time_in_nanoseconds_has_nine_digits(void **state) {
    (void)state;
    assert_time(TRUE, G_GINT64_CONSTANT(1600000000000000007), "2020-09-13T12:26:40.000000007Z");
}

static void time_before_1970_keeps_its_fraction_positive(void **state) {
    (void)state;
    assert_time(TRUE, -1, "1969-12-31T23:59:59.999999999Z");
    assert_time(FALSE, -G_GINT64_CONSTANT(1500000000), "1969-12-31T23:59:58.500000Z");
    assert_time(FALSE, -G_GINT64_CONSTANT(2000000000), "1969-12-31T23:59:58.000000Z");
}

static void time_of_an_unknown_capture_is_in_microseconds(void **state) {
    g_autoptr(turn_report) r = report_of_one_capture(TRUE);
    g_autofree char *text = turn_report_time(r, 7, 5);

    (void)state;
    assert_string_equal(text, "1970-01-01T00:00:00.000000Z");
}

static turn_finding *finding_in_two_captures(void) {
    static const turn_seen seen[] = {
        {.capture = 1, .frame = 7}, {.capture = 0, .frame = 3}, {.capture = 1, .frame = 5}};
    turn_finding *finding = turn_finding_new(turn_cause_lookup("quota-reached"));

    for (gsize i = 0; i < G_N_ELEMENTS(seen); i++) {
        turn_finding_add(finding, &seen[i], "evidence");
    }
    return finding;
}

static void filter_holds_the_frames_of_one_capture(void **state) {
    g_autoptr(turn_finding) finding = finding_in_two_captures();
    g_autofree char *first = turn_report_filter(finding, 0);
    g_autofree char *second = turn_report_filter(finding, 1);

    (void)state;
    assert_string_equal(first, "frame.number in {3}");
    assert_string_equal(second, "frame.number in {7,5}");
    assert_null(turn_report_filter(finding, 2));
    assert_int_equal(turn_report_filter_capture(finding), 1);
}

static void filter_without_evidence_is_null(void **state) {
    g_autoptr(turn_finding) finding = turn_finding_new(turn_cause_lookup("no-turn-traffic"));

    (void)state;
    assert_null(turn_report_filter(finding, 0));
    assert_int_equal(turn_report_filter_capture(finding), 0);
}

static void exit_status_follows_the_verdict(void **state) {
    static const struct {
        turn_level level;
        int status;
    } expected[] = {{TURN_LEVEL_HEALTHY, 0},
                    {TURN_LEVEL_FAILED, 1},
                    {TURN_LEVEL_DEGRADED, 1},
                    {TURN_LEVEL_INCONCLUSIVE, 3}};

    (void)state;
    for (gsize i = 0; i < G_N_ELEMENTS(expected); i++) {
        const turn_judgement judgement = {.level = expected[i].level};
        g_autoptr(turn_report) r = turn_report_new(NULL, &judgement);

        assert_int_equal(turn_report_exit_status(r), expected[i].status);
    }
}

static void text_without_captures_leaves_their_section_out(void **state) {
    g_autoptr(scene) s = scene_new();
    g_autoptr(turn_report) r = NULL;
    g_autofree char *text = NULL;
    g_autofree char *time = NULL;

    (void)state;
    scene_rejected(s, 0, "error=486");
    r = turn_report_new(scene_model(s), scene_judgement(s));
    text = turn_report_write_text(r, FALSE);
    time = turn_report_time(r, 0, scene_time(0) + 123456789);
    assert_string_equal(time, "2020-09-13T12:26:40.123456Z");
    assert_null(strstr(text, "Capture"));
    assert_non_null(strstr(text, "\nSessions\n"));
    assert_non_null(strstr(text, "  frame 4      12:26:40.030000  "));
    assert_null(strstr(text, "capture 1, "));
}

static void text_of_a_capture_without_a_name_has_its_warnings_only(void **state) {
    g_autoptr(scene) s = scene_new();
    g_autoptr(turn_report) r = NULL;
    g_autofree char *text = NULL;
    turn_report_capture *unnamed = turn_report_capture_new(NULL);

    (void)state;
    scene_rejected(s, 0, "error=486");
    r = turn_report_new(scene_model(s), scene_judgement(s));
    g_ptr_array_add(r->captures, unnamed);
    turn_report_warn(unnamed->warnings, TURN_REPORT_BYTES_MISSING, 468);
    turn_report_warn(unnamed->warnings, TURN_REPORT_CONNECTIONS_DROPPED, 0);
    turn_report_warn(unnamed->warnings, TURN_REPORT_OUT_OF_ORDER, 1);
    text = turn_report_write_text(r, FALSE);
    assert_null(strstr(text, "Capture\n"));
    assert_non_null(strstr(text, "  - 468 bytes of TCP connections are not in the capture\n"));
    assert_non_null(strstr(text, "  - 1 packet is out of order by more than a second\n"));
    assert_null(strstr(text, "given up"));
}

/* Both reports of a session whose texts, and of a file whose name, are HOSTILE. */
typedef struct hostile_reports {
    scene *s;
    char *text;
    char *json;
} hostile_reports;

static void feed_hostile_request(scene *s) {
    message made = message_of("allocate request 2");

    message_add_text(&made, STUN_ATTR_USERNAME, HOSTILE);
    message_add_text(&made, STUN_ATTR_REALM, HOSTILE);
    message_add_text(&made, STUN_ATTR_NONCE, "n1");
    message_add_text(&made, STUN_ATTR_MESSAGE_INTEGRITY, "20 bytes of a keyed.");
    feed_udp_bytes(s, 20, CLIENT, SERVER, made.bytes, made.length);
}

static void feed_hostile_answer(scene *s) {
    message made = message_of("allocate error 2");

    message_add_error(&made, 431, HOSTILE);
    message_add_text(&made, STUN_ATTR_SOFTWARE, HOSTILE);
    feed_udp_bytes(s, 30, SERVER, CLIENT, made.bytes, made.length);
}

static int setup_hostile(void **state) {
    hostile_reports *h = g_new0(hostile_reports, 1);
    g_autoptr(turn_report) r = NULL;
    turn_report_capture *capture;

    h->s = scene_new();
    feed_udp(h->s, 0, CLIENT, SERVER, "allocate request 1 transport=17");
    feed_udp(h->s, 10, SERVER, CLIENT, "allocate error 1 error=401 nonce=n1");
    feed_hostile_request(h->s);
    feed_hostile_answer(h->s);
    r = turn_report_new(scene_model(h->s), scene_judgement(h->s));
    capture = turn_report_capture_new(HOSTILE ".pcap");
    capture->format = g_strdup("pcap, microseconds");
    capture->link_type = g_strdup("EN10MB");
    capture->packets = 4;
    g_ptr_array_add(capture->warnings, g_strdup(HOSTILE));
    g_ptr_array_add(r->captures, capture);
    h->text = turn_report_write_text(r, FALSE);
    h->json = report_json_write(r);
    *state = h;
    return 0;
}

static int teardown_hostile(void **state) {
    hostile_reports *h = *state;

    scene_free(h->s);
    g_free(h->text);
    g_free(h->json);
    g_free(h);
    return 0;
}

/* Nothing that acts in a terminal, but line feeds. */
static void assert_harmless(const char *text) {
    assert_true(g_utf8_validate(text, -1, NULL));
    for (const char *at = text; *at != '\0'; at = g_utf8_next_char(at)) {
        const gunichar character = g_utf8_get_char(at);

        if (character != '\n' &&
            (character < 0x20 || (character >= 0x7f && character < 0xa0) || character == 0x202e)) {
            fail_msg("U+%04X at byte %d", character, (int)(at - text));
        }
    }
}

static guint occurrences(const char *text, const char *part) {
    guint count = 0;

    for (const char *at = strstr(text, part); at != NULL; at = strstr(at + 1, part)) {
        count++;
    }
    return count;
}

/* TEXT with the lines of each paragraph put together. */
static char *unwrapped(const char *text) {
    g_autoptr(GRegex) indent = g_regex_new("\\n +", 0, 0, NULL);

    return g_regex_replace_literal(indent, text, -1, 0, "", 0, NULL);
}

static void hostile_texts_are_harmless_in_the_text_report(void **state) {
    const hostile_reports *h = *state;
    g_autofree char *text = unwrapped(h->text);

    assert_harmless(h->text);
    /* The user in the request's summary, the reason in the answer's and in the session's stage;
     * then user, realm and software of the session, the warning and the file. */
    assert_int_equal(occurrences(text, "\"" HOSTILE_SHOWN "\""), 3);
    assert_int_equal(occurrences(text, HOSTILE_SHOWN), 8);
    assert_non_null(strstr(text, HOSTILE_SHOWN ".pcap"));
}

static void hostile_texts_are_harmless_in_the_json_report(void **state) {
    const hostile_reports *h = *state;

    assert_harmless(h->json);
    assert_non_null(strstr(h->json, "\"file\" : \"" HOSTILE_IN_JSON ".pcap\""));
    assert_non_null(strstr(h->json, "\"username\" : \"" HOSTILE_IN_JSON "\""));
    assert_non_null(strstr(h->json, "\"realm\" : \"" HOSTILE_IN_JSON "\""));
    assert_non_null(strstr(h->json, "\"software\" : \"" HOSTILE_IN_JSON "\""));
    /* In the finding, in the session's list of errors and where it stopped. */
    assert_int_equal(occurrences(h->json, "\"reason\" : \"" HOSTILE_IN_JSON "\""), 3);
}

static void hostile_texts_keep_lines_within_80_columns(void **state) {
    const hostile_reports *h = *state;
    g_auto(GStrv) lines = g_strsplit(h->text, "\n", -1);

    for (char **line = lines; *line != NULL; line++) {
        /* A filter is copied as a whole. */
        if (strlen(*line) > 80 && !g_str_has_prefix(g_strchug(*line), "Wireshark filter: ")) {
            fail_msg("\"%s\" is wider", *line);
        }
    }
}

static void text_report_keeps_a_filter_on_one_line(void **state) {
    g_autoptr(turn_finding) finding = turn_finding_new(turn_cause_lookup("quota-reached"));
    g_autoptr(GPtrArray) findings = g_ptr_array_new();
    g_autoptr(GPtrArray) unknowns = g_ptr_array_new();
    GString *line = g_string_new("  Wireshark filter: frame.number in {");
    g_autofree char *filter = NULL;
    g_autofree char *text = NULL;
    g_autoptr(scene) s = scene_new();

    (void)state;
    for (guint i = 0; i < TURN_MAX_EVIDENCE; i++) {
        const turn_seen far = {.frame = 4000000000u + i};

        turn_finding_add(finding, &far, "evidence");
        g_string_append_printf(line, "%s%u", i > 0 ? "," : "", far.frame);
    }
    filter = g_string_free(g_string_append(line, "}\n"), FALSE);
    g_ptr_array_add(findings, finding);
    const turn_judgement judgement = {
        .level = TURN_LEVEL_FAILED, .first = finding, .findings = findings, .unknowns = unknowns};
    g_autoptr(turn_report) r = turn_report_new(scene_model(s), &judgement);

    text = turn_report_write_text(r, FALSE);
    assert_non_null(strstr(text, filter));
}

/* What was said of the capture limits the verdict as well. */
static void json_report_counts_warnings_of_captures_as_unknown(void **state) {
    g_autoptr(scene) s = scene_new();
    g_autoptr(turn_report) r = NULL;
    g_autofree char *json = NULL;
    const char *unknowns;

    (void)state;
    scene_allocate(s, 0);
    r = turn_report_new(scene_model(s), scene_judgement(s));
    for (guint i = 0; i < 2; i++) {
        turn_report_capture *capture = turn_report_capture_new("x.pcap");

        g_ptr_array_add(capture->warnings, g_strdup_printf("\xff ends early %u", i));
        g_ptr_array_add(r->captures, capture);
    }
    json = report_json_write(r);
    assert_true(g_utf8_validate(json, -1, NULL));
    assert_int_equal(occurrences(json, "ends early 0\""), 2);
    assert_int_equal(occurrences(json, "ends early 1\""), 2);
    unknowns = strstr(json, "\"unknowns\"");
    assert_non_null(unknowns);
    assert_true(strstr(unknowns, "ends early 0\"") < strchr(unknowns, ']'));
    assert_true(strstr(unknowns, "ends early 1\"") < strchr(unknowns, ']'));
}

static void text_report_begins_with_the_verdict(void **state) {
    g_autoptr(scene) s = scene_new();
    g_autoptr(turn_report) r = NULL;
    g_autofree char *plain = NULL;
    g_autofree char *coloured = NULL;

    (void)state;
    scene_rejected(s, 0, "error=486");
    r = turn_report_new(scene_model(s), scene_judgement(s));
    g_ptr_array_add(r->captures, turn_report_capture_new("x.pcap"));
    plain = turn_report_write_text(r, FALSE);
    coloured = turn_report_write_text(r, TRUE);
    assert_true(g_str_has_prefix(plain, "FAILED: Allocation quota reached (486)\n"
                                        "(quota-reached)\n"));
    assert_null(strchr(plain, '\x1b'));
    assert_true(g_str_has_prefix(coloured, "\x1b[1;31mFAILED\x1b[0m: Allocation quota"));
    assert_non_null(strstr(plain, "Wireshark filter: frame.number in {3,4}\n"));
}

/* The sessions of two captures may have the same frame numbers. */
static void steps_name_their_capture_within_80_columns(void **state) {
    g_autoptr(scene) s = scene_new();
    g_autoptr(turn_report) r = NULL;
    g_autofree char *text = NULL;

    (void)state;
    scene_rejected(s, 0, "error=486");
    r = turn_report_new(scene_model(s), scene_judgement(s));
    g_ptr_array_add(r->captures, turn_report_capture_new("x.pcap"));
    g_ptr_array_add(r->captures, turn_report_capture_new("y.pcap"));
    text = turn_report_write_text(r, FALSE);
    assert_non_null(strstr(
        text, "\n        1. Allocate Request           capture 1, frame 1         0.000 s\n"));
}

static void text_report_without_findings_is_healthy(void **state) {
    g_autoptr(scene) s = scene_new();
    g_autoptr(turn_report) r = NULL;
    g_autofree char *text = NULL;

    (void)state;
    scene_allocate(s, 0);
    scene_checks(s, 100, PEER);
    r = turn_report_new(scene_model(s), scene_judgement(s));
    text = turn_report_write_text(r, FALSE);
    assert_true(g_str_has_prefix(text, "HEALTHY: TURN works in this capture\n"));
    assert_int_equal(turn_report_exit_status(r), 0);
}

#define PCAP_HEADER "\xd4\xc3\xb2\xa1\x02\0\x04\0\0\0\0\0\0\0\0\0\0\0\x04\0\x01\0\0\0"
#define PCAP_RECORD "\x01\0\0\0\0\0\0\0\x01\0\0\0\x01\0\0\0\xff"
#define PCAP_CUT    "\x01\0\0\0\0\0\0\0\x02\0\0\0\x02\0\0\0\xff"

typedef struct file_content {
    const char *bytes;
    gsize length;
} file_content;

#define CONTENT(literal)                                                                           \
    { literal, sizeof(literal) - 1 }
static const file_content no_packets = CONTENT(PCAP_HEADER);
static const file_content one_packet = CONTENT(PCAP_HEADER PCAP_RECORD);
static const file_content unreadable = CONTENT(PCAP_HEADER PCAP_CUT);
static const file_content cut_later = CONTENT(PCAP_HEADER PCAP_RECORD PCAP_CUT);

static char *temporary(const file_content *content) {
    char *path = NULL;
    int fd = g_file_open_tmp("report-XXXXXX", &path, NULL);

    assert_true(fd >= 0);
    close(fd);
    assert_true(g_file_set_contents(path, content->bytes, (gssize)content->length, NULL));
    return path;
}

/* The JSON report over one or two files; "" when none was written. */
static int run_report(const file_content *const files[2], char **json) {
    static const file_content nothing = CONTENT("");
    g_autofree char *output = temporary(&nothing);
    g_autofree char *first = temporary(files[0]);
    g_autofree char *second = files[1] != NULL ? temporary(files[1]) : NULL;
    const char *const given[] = {"report", "-f", "json", "-o", output, first, second, NULL};
    g_auto(GStrv) arguments = g_strdupv((char **)given);
    int status = command_report((int)g_strv_length(arguments), arguments);

    assert_true(g_file_get_contents(output, json, NULL, NULL));
    g_unlink(output);
    g_unlink(first);
    if (second != NULL) {
        g_unlink(second);
    }
    return status;
}

static void report_of_files_without_a_readable_packet_is_unusable(void **state) {
    static const struct {
        const char *name;
        const file_content *files[2];
        int status;
        guint captures; /* in the turn_report */
    } rows[] = {
        {"no packets", {&no_packets}, 3, 1},
        {"cut later", {&cut_later}, 3, 1},
        {"unreadable", {&unreadable}, 2, 0},
        {"both unreadable", {&unreadable, &unreadable}, 2, 0},
        {"the first unreadable", {&unreadable, &one_packet}, 2, 1},
        {"the second unreadable", {&one_packet, &unreadable}, 2, 1},
    };

    (void)state;
    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *json = NULL;
        const int status = run_report(rows[i].files, &json);

        if (status != rows[i].status || occurrences(json, "\"file\" :") != rows[i].captures) {
            fail_msg("%s: status %d, %s", rows[i].name, status, json);
        }
    }
}

#define HOSTILE_TEST(name) cmocka_unit_test_setup_teardown(name, setup_hostile, teardown_hostile)

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(time_in_microseconds_has_six_digits),
        cmocka_unit_test(time_in_nanoseconds_has_nine_digits),
        cmocka_unit_test(time_before_1970_keeps_its_fraction_positive),
        cmocka_unit_test(time_of_an_unknown_capture_is_in_microseconds),
        cmocka_unit_test(filter_holds_the_frames_of_one_capture),
        cmocka_unit_test(filter_without_evidence_is_null),
        cmocka_unit_test(text_without_captures_leaves_their_section_out),
        cmocka_unit_test(text_of_a_capture_without_a_name_has_its_warnings_only),
        cmocka_unit_test(exit_status_follows_the_verdict),
        HOSTILE_TEST(hostile_texts_are_harmless_in_the_text_report),
        HOSTILE_TEST(hostile_texts_are_harmless_in_the_json_report),
        HOSTILE_TEST(hostile_texts_keep_lines_within_80_columns),
        cmocka_unit_test(text_report_keeps_a_filter_on_one_line),
        cmocka_unit_test(json_report_counts_warnings_of_captures_as_unknown),
        cmocka_unit_test(text_report_begins_with_the_verdict),
        cmocka_unit_test(steps_name_their_capture_within_80_columns),
        cmocka_unit_test(text_report_without_findings_is_healthy),
        cmocka_unit_test(report_of_files_without_a_readable_packet_is_unusable),
    };
    return cmocka_run_group_tests_name("report", tests, NULL, NULL);
}
