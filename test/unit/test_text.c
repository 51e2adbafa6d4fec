/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "analyzer/explain.h"
#include "turn/report/printable.h"
#include "turn/report/words.h"
#include "turn/report/wrap.h"

#include <string.h>

static void printable_text_shows_active_characters_as_numbers(void **state) {
    static const struct {
        const char *name;
        const char *text;
        const char *expected;
    } rows[] = {
        {"plain", "alice@example.org", "alice@example.org"},
        {"letters", "J\xc3\xbcrgen \xe6\x97\xa5", "J\xc3\xbcrgen \xe6\x97\xa5"},
        {"emoji", "\xf0\x9f\x98\x80", "\xf0\x9f\x98\x80"},
        {"ESC", "a\x1b[31m", "a\\u{1b}[31m"},
        {"line feed and tab", "a\n\tb", "a\\u{a}\\u{9}b"},
        {"DEL", "a\x7f", "a\\u{7f}"},
        {"C1 CSI", "a\xc2\x9b", "a\\u{9b}"},
        {"right-to-left override", "a\xe2\x80\xae\xe2\x80\xac", "a\\u{202e}\\u{202c}"},
        {"line separator", "a\xe2\x80\xa8", "a\\u{2028}"},
        {"zero width space", "a\xe2\x80\x8b", "a\\u{200b}"},
        {"private use", "a\xee\x80\x80", "a\\u{e000}"},
        {"private use, astral", "a\xf3\xb0\x80\x80", "a\\u{f0000}"},
        {"tag, astral", "a\xf3\xa0\x80\x81", "a\\u{e0001}"},
        {"blanks of other widths", "a\xc2\xa0\xe2\x80\xaf\xe2\x80\x83\xe3\x80\x80 b",
         "a\\u{a0}\\u{202f}\\u{2003}\\u{3000} b"},
        {"Hangul fillers", "\xe3\x85\xa4\xe1\x85\x9f\xe1\x85\xa0\xef\xbe\xa0",
         "\\u{3164}\\u{115f}\\u{1160}\\u{ffa0}"},
        {"Hangul", "\xed\x95\x9c\xe1\x85\xa1", "\xed\x95\x9c\xe1\x85\xa1"},
        {"Braille blank", "\xe2\xa0\x80\xe2\xa0\x81", "\\u{2800}\xe2\xa0\x81"},
        {"variation selectors", "\xef\xb8\x80\xef\xb8\x8f\xf3\xa0\x84\x80\xf3\xa0\x87\xaf",
         "\\u{fe00}\\u{fe0f}\\u{e0100}\\u{e01ef}"},
        {"Mongolian and Khmer, unseen", "\xe1\xa0\x8b\xe1\x9e\xb4", "\\u{180b}\\u{17b4}"},
        {"grapheme joiner", "a\xcd\x8f", "a\\u{34f}"},
        {"accents", "e\xcc\x81\xcc\x82 o\xcc\x81", "e\xcc\x81\xcc\x82 o\xcc\x81"},
        {"a stack of accents", "e\xcc\x81\xcc\x82\xcc\x83\xe2\x83\x9dx\xcc\x81",
         "e\xcc\x81\xcc\x82\\u{303}\\u{20dd}x\xcc\x81"},
        {"Hebrew with points", "\xd7\xa9\xd6\xbc\xd7\x81\xd7\x9c",
         "\xd7\xa9\xd6\xbc\xd7\x81\xd7\x9c"},
        {"Devanagari", "\xe0\xa4\x95\xe0\xa5\x8d\xe0\xa4\xb7\xe0\xa4\xbf\xe0\xa4\x82",
         "\xe0\xa4\x95\xe0\xa5\x8d\xe0\xa4\xb7\xe0\xa4\xbf\xe0\xa4\x82"},
        {"unassigned", "\xef\xbf\xb0\xf0\x90\x80\x8c", "\\u{fff0}\\u{1000c}"},
        {"not UTF-8",
         "a\xff"
         "b",
         "a\xef\xbf\xbd"
         "b"},
        {"UTF-8 cut", "a\xe6\x97", "a\xef\xbf\xbd\xef\xbf\xbd"},
        {"nothing", NULL, ""},
    };

    (void)state;
    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *shown = turn_printable_text(rows[i].text);

        if (!g_str_equal(shown, rows[i].expected)) {
            fail_msg("%s: \"%s\"", rows[i].name, shown);
        }
    }
}

static void printable_cells_begin_no_formula(void **state) {
    static const struct {
        const char *text;
        const char *expected;
    } rows[] = {
        {"alice", "alice"},
        {"a=b+c-d@e", "a=b+c-d@e"},
        {"=1+1", "\\u{3d}1+1"},
        {"+1", "\\u{2b}1"},
        {"-1", "\\u{2d}1"},
        {"@x", "\\u{40}x"},
        {"  =1", "  \\u{3d}1"},
        {"a,=1;@b|-c", "a,\\u{3d}1;\\u{40}b|\\u{2d}c"},
        {"\xef\xbc\x9d"
         "1",
         "\\u{ff1d}1"},
        {"realm \"x\" 'y'", "realm \"x\" 'y'"},
        {"\"x\"", "\\u{22}x\""},
        {"'x'", "\\u{27}x'"},
        {" \"a\",\"b\";'c", " \\u{22}a\",\\u{22}b\";\\u{27}c"},
        {"a\tb\r\n", "a\\u{9}b\\u{d}\\u{a}"},
        {NULL, ""},
    };

    (void)state;
    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *cell = turn_printable_cell(rows[i].text);

        assert_string_equal(cell, rows[i].expected);
    }
}

static void printable_json_escapes_what_a_generator_leaves(void **state) {
    static const struct {
        const char *name;
        const char *json;
        const char *expected;
    } rows[] = {
        {"layout", "{\n  \"a\" : 1\n}", "{\n  \"a\" : 1\n}"},
        {"emoji", "\"\xf0\x9f\x98\x80\"", "\"\xf0\x9f\x98\x80\""},
        {"C1 CSI", "\"\xc2\x9b\"", "\"\\u009b\""},
        {"DEL", "\"\x7f\"", "\"\\u007f\""},
        {"right-to-left override", "\"\xe2\x80\xae\xe2\x80\xac\"", "\"\\u202e\\u202c\""},
        {"paragraph separator", "\"\xe2\x80\xa9\"", "\"\\u2029\""},
        {"private use", "\"\xee\x80\x80\"", "\"\\ue000\""},
        {"private use, astral", "\"\xf3\xb0\x80\x80\"", "\"\\udb80\\udc00\""},
        {"tag, astral", "\"\xf3\xa0\x80\x81\"", "\"\\udb40\\udc01\""},
        {"blank of no break", "\" \xc2\xa0\"", "\" \\u00a0\""},
        {"a stack of accents", "\"e\xcc\x81\xcc\x81\xcc\x81\"", "\"e\xcc\x81\xcc\x81\\u0301\""},
    };

    (void)state;
    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *escaped = turn_printable_json(rows[i].json);

        if (!g_str_equal(escaped, rows[i].expected)) {
            fail_msg("%s: %s", rows[i].name, escaped);
        }
    }
}

static void assert_wrapped(const char *first, const char *text, const char *expected) {
    g_autoptr(GString) out = g_string_new(NULL);

    turn_wrap_append(out, first, text);
    assert_string_equal(out->str, expected);
}

#define TEN   "123456789 "
#define FORTY TEN TEN TEN TEN

static void wrap_fills_80_columns(void **state) {
    (void)state;
    assert_wrapped("", FORTY TEN TEN TEN "1234567890", FORTY TEN TEN TEN "1234567890\n");
    assert_wrapped("", FORTY TEN TEN TEN "12345678901", FORTY TEN TEN "123456789\n12345678901\n");
}

static void wrap_indents_the_lines_after_the_first(void **state) {
    (void)state;
    assert_wrapped("  1. ", FORTY TEN TEN "123456789 12345",
                   "  1. " FORTY TEN TEN "123456789 12345\n");
    assert_wrapped("  1. ", FORTY TEN TEN "123456789 123456",
                   "  1. " FORTY TEN TEN "123456789\n     123456\n");
}

#define MARK "\xcc\x81" /* an accent on the character before it */

static void wrap_breaks_a_word_that_is_wider_than_a_line(void **state) {
    static const struct {
        const char *name;
        guint letters; /* in front of END, without a blank */
        guint first;   /* letters of the first line */
        const char *end;
        const char *expected;
    } rows[] = {
        {"fits", 78, 78, "", "\n"},
        {"letters", 90, 78, " b", "\n  wwwwwwwwwwww b\n"},
        {"escape that fits", 72, 72, "\x1bz", "\\u{1b}\n  z\n"},
        {"escape that does not", 73, 73, "\x1bz", "\n  \\u{1b}z\n"},
        {"wide character", 77, 77, "\xe6\x97\xa5", "\n  \xe6\x97\xa5\n"},
        {"mark", 77, 77, "e" MARK "e", "e" MARK "\n  e\n"},
        {"text that looks like an escape", 76, 76, "\\u{1", "\\u\n  {1\n"},
    };

    (void)state;
    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *letters = g_strnfill(rows[i].letters, 'w');
        g_autofree char *text = g_strconcat(letters, rows[i].end, NULL);
        g_autofree char *expected =
            g_strdup_printf("- %.*s%s", (int)rows[i].first, letters, rows[i].expected);
        g_autoptr(GString) out = g_string_new(NULL);

        turn_wrap_append(out, "- ", text);
        if (!g_str_equal(out->str, expected)) {
            fail_msg("%s: \"%s\"", rows[i].name, out->str);
        }
    }
}

static void wrap_begins_a_wide_word_on_a_line_of_its_own(void **state) {
    g_autofree char *word = g_strnfill(90, 'w');
    g_autofree char *text = g_strdup_printf("a %s b", word);
    g_autofree char *expected = g_strdup_printf("a\n%.80s\nwwwwwwwwww b\n", word);

    (void)state;
    assert_wrapped("", text, expected);
}

static void wrap_counts_wide_characters_twice(void **state) {
    g_autoptr(GString) wide = g_string_new(NULL);

    (void)state;
    for (guint i = 0; i < 39; i++) {
        g_string_append(wide, "\xe6\x97\xa5");
    }
    g_autofree char *fits = g_strdup_printf("%s a", wide->str);
    g_autofree char *fits_as = g_strdup_printf("%s a\n", wide->str);
    g_autofree char *breaks = g_strdup_printf("%s ab", wide->str);
    g_autofree char *breaks_as = g_strdup_printf("%s\nab\n", wide->str);

    assert_wrapped("", fits, fits_as);
    assert_wrapped("", breaks, breaks_as);
}

/* The text begins in column 41, as that of a ladder. */
static void wrap_breaks_an_address_at_a_colon(void **state) {
    static const struct {
        const char *text;
        const char *expected;
    } rows[] = {
        {"peer [2001:db8:aaaa:bbbb:cccc:dddd:eeee:3]:50002",
         "peer\n[2001:db8:aaaa:bbbb:cccc:dddd:eeee:3]:\n50002\n"},
        {"[2001:db8:1234:5678:9abc:def0:1234:5678]:54321, lifetime",
         "[2001:db8:1234:5678:9abc:def0:1234:\n5678]:54321, lifetime\n"},
        {"[2001:db8:aaaa:bbbb:cccc:dddd:1:2]:500", "[2001:db8:aaaa:bbbb:cccc:dddd:1:2]:500\n"},
        /* Too near to the beginning. */
        {"a:123456789012345678901234567890123456789",
         "a:1234567890123456789012345678901234567\n89\n"},
    };
    g_autofree char *blanks = g_strnfill(41, ' ');

    (void)state;
    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(GString) out = g_string_new(NULL);

        turn_wrap_append(out, blanks, rows[i].text);
        g_string_replace(out, blanks, "", 0);
        assert_string_equal(out->str, rows[i].expected);
    }
}

static void wrap_fills_a_narrow_terminal(void **state) {
    static const struct {
        gsize width;
        const char *first;
        const char *text;
        const char *expected;
    } rows[] = {
        {40, "", FORTY "123456789", TEN TEN TEN "123456789\n123456789\n"},
        {39, "", TEN TEN TEN "123456789", TEN TEN TEN "123456789\n"},
        {40, "  1. ", "12345678901234567890123456789012345678",
         "  1. 12345678901234567890123456789012345\n     678\n"},
        /* A column that is narrower is of no use. */
        {1, "- ", "1234567890123456789012345678901", "- 123456789012345678901234567890\n  1\n"},
    };

    (void)state;
    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(GString) out = g_string_new(NULL);

        turn_wrap_append_in(out, rows[i].width, rows[i].first, rows[i].text);
        assert_string_equal(out->str, rows[i].expected);
    }
}

static void wrap_makes_its_text_harmless(void **state) {
    (void)state;
    assert_wrapped("- ",
                   "a\x1b"
                   "b",
                   "- a\\u{1b}b\n");
    assert_wrapped("- ", "a\nb", "- a\\u{a}b\n");
}

static void assert_words(char *words, const char *expected) {
    assert_string_equal(words, expected);
    g_free(words);
}

static void units_are_rounded_to_the_nearest(void **state) {
    (void)state;
    assert_words(turn_words_bytes(1), "1 byte");
    assert_words(turn_words_bytes(999), "999 bytes");
    assert_words(turn_words_bytes(7000), "7 kB");
    assert_words(turn_words_bytes(8798), "8.8 kB");
    assert_words(turn_words_bytes(999949), "999.9 kB");
    assert_words(turn_words_bytes(999950), "1 MB");
    assert_words(turn_words_rate(999), "999 B/s");
    assert_words(turn_words_rate(48040), "48 kB/s");
    assert_words(turn_words_rate(48050), "48.1 kB/s");
    assert_words(turn_words_tenths(9779999000), "9.8");
    assert_words(turn_words_tenths(-49999999), "0.0");
    assert_words(turn_words_tenths(-50000000), "-0.1");
    assert_words(turn_words_seconds(-499999), "0.000");
}

static void assert_explained(const char *topic, const char *beginning, const char *part) {
    g_autofree char *text = explain_topic(topic);

    if (text == NULL || !g_str_has_prefix(text, beginning) || strstr(text, part) == NULL) {
        fail_msg("%s: %s", topic, text != NULL ? text : "nothing");
    }
}

static void explain_of_a_cause_gives_level_and_remedies(void **state) {
    (void)state;
    assert_explained("quota-reached", "quota-reached (failed)\n\nAllocation quota reached (486)\n",
                     "\nWhat to do\n  1. Look at the relays in use");
    assert_explained("REDIRECTED", "redirected (degraded)\n", "\nWhat to look at next\n");
}

static void explain_of_a_code_gives_its_cause(void **state) {
    (void)state;
    assert_explained("431", "431 Integrity Check Failure, RFC 3489 section 11.2.9\n",
                     "\nintegrity-check-failed (failed)\n");
    assert_explained("500", "500 Server Error, ", "\nrequest-rejected (failed)\n");
}

static void explain_of_an_attribute_by_name_takes_any_case(void **state) {
    (void)state;
    assert_explained("LIFETIME", "0x000d LIFETIME\n", "a 32-bit number, 4 bytes\n");
    assert_explained("lifetime", "0x000d LIFETIME\n", "required: a server that does not know it");
    assert_explained("Software", "0x8022 SOFTWARE\n", "optional: who does not know it ignores it");
}

static void explain_of_an_attribute_by_code_gives_every_dialect(void **state) {
    (void)state;
    assert_explained("0x0012", "0x0012 REMOTE-ADDRESS\n", "\n0x0012 XOR-PEER-ADDRESS\n");
    assert_explained("0X12", "0x0012 REMOTE-ADDRESS\n", "specification: RFC 8656 section 18.3\n");
}

static void explain_of_the_unknown_is_null(void **state) {
    static const char *const topics[] = {"",       "nothing", "999",  "1000",
                                         "0x7fff", "0x",      "43 1", "0x10000"};

    (void)state;
    for (gsize i = 0; i < G_N_ELEMENTS(topics); i++) {
        g_autofree char *text = explain_topic(topics[i]);

        if (text != NULL) {
            fail_msg("\"%s\" is explained", topics[i]);
        }
    }
}

static void explain_list_has_a_line_for_each_cause(void **state) {
    g_autofree char *list = explain_list();

    (void)state;
    assert_true(g_str_has_prefix(list, "turn-port-blocked-inbound    failed        The client's"));
    assert_non_null(strstr(list, "\nno-turn-traffic              inconclusive  "));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(printable_text_shows_active_characters_as_numbers),
        cmocka_unit_test(printable_cells_begin_no_formula),
        cmocka_unit_test(printable_json_escapes_what_a_generator_leaves),
        cmocka_unit_test(wrap_fills_80_columns),
        cmocka_unit_test(wrap_breaks_an_address_at_a_colon),
        cmocka_unit_test(wrap_fills_a_narrow_terminal),
        cmocka_unit_test(wrap_indents_the_lines_after_the_first),
        cmocka_unit_test(wrap_breaks_a_word_that_is_wider_than_a_line),
        cmocka_unit_test(wrap_begins_a_wide_word_on_a_line_of_its_own),
        cmocka_unit_test(wrap_counts_wide_characters_twice),
        cmocka_unit_test(wrap_makes_its_text_harmless),
        cmocka_unit_test(units_are_rounded_to_the_nearest),
        cmocka_unit_test(explain_of_a_cause_gives_level_and_remedies),
        cmocka_unit_test(explain_of_a_code_gives_its_cause),
        cmocka_unit_test(explain_of_an_attribute_by_name_takes_any_case),
        cmocka_unit_test(explain_of_an_attribute_by_code_gives_every_dialect),
        cmocka_unit_test(explain_of_the_unknown_is_null),
        cmocka_unit_test(explain_list_has_a_line_for_each_cause),
    };
    return cmocka_run_group_tests_name("text", tests, NULL, NULL);
}
