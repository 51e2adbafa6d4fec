/* SPDX-License-Identifier: GPL-2.0-or-later
 * What stands in Markdown as it is, and what as code. */
#include "analyzer/markdown/escape.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

typedef struct escape_case {
    const char *text;
    const char *markdown;
} escape_case;

static void check(const escape_case *cases, gsize count, void (*append)(GString *, const char *)) {
    for (gsize i = 0; i < count; i++) {
        g_autoptr(GString) out = g_string_new(NULL);

        append(out, cases[i].text);
        assert_string_equal(out->str, cases[i].markdown);
    }
}

static void sentences_stay_as_they_are(void **state) {
    static const escape_case cases[] = {
        {"", ""},
        {"Allocate Error Response, 431 \"Integrity Check Failure\"",
         "Allocate Error Response, 431 \"Integrity Check Failure\""},
        {"Session 1: 10.0.0.1:40000 to 10.0.0.2:3478 over UDP",
         "Session 1: 10.0.0.1:40000 to 10.0.0.2:3478 over UDP"},
        {"from 09:00:00.020 to 09:00:01.5, e.g. here.",
         "from 09:00:00.020 to 09:00:01.5, e.g. here."},
        {"2.5 s", "2.5 s"},
        {"\"quoted\" (and more)", "\"quoted\" (and more)"},
        {"Configuration > Traversal", "Configuration > Traversal"},
        {"f\xc3\xbcr M\xc3\xbcller \xe6\xbc\xa2", "f\xc3\xbcr M\xc3\xbcller \xe6\xbc\xa2"},
        {"the face of 123456 cafes", "the face of 123456 cafes"},
        {"from X8.11, at 2024-03-05T09:00:00.905000Z",
         "from X8.11, at 2024-03-05T09:00:00.905000Z"},
        {"and/or don't 1/2, MS-TURN over IPv4 (UDP) on 2024-03-05; i.e. 24000-29999?",
         "and/or don't 1/2, MS-TURN over IPv4 (UDP) on 2024-03-05; i.e. 24000-29999?"},
    };

    (void)state;
    check(cases, G_N_ELEMENTS(cases), markdown_append_text);
}

static void words_that_act_are_code(void **state) {
    static const escape_case cases[] = {
        {"user <b> x", "user `<b>` x"},
        {"a **b** c", "a `**b**` c"},
        {"snake_case", "`snake_case`"},
        {"see @user", "see `@user`"},
        {"see me@example", "see `me@example`"},
        {"see #1 or GH-1", "see `#1` or `GH-1`"},
        {"a1b2c3d", "`a1b2c3d`"},
        {"at 1234567", "at `1234567`"},
        {"http://x", "`http://x`"},
        {"see <a>, <b>: c", "see `<a>, <b>`: c"},
        {"&#", "`&#`"},
        {"*:", "`*`:"},
        {"::", "`::`"},
        {"mailto:x", "`mailto:x`"},
        {"x www.example y", "x `www.example` y"},
        {"example.org", "`example.org`"},
        {"a :smile: :100: 1:100:1 b", "a `:smile: :100: 1:100:1` b"},
        {"[x](y)", "`[x](y)`"},
        {"&lt;", "`&lt;`"},
        {"$x$ {y} ~z", "`$x$ {y} ~z`"},
        {"two <words> <next> end", "two `<words> <next>` end"},
        {"esc\033[31m", "`esc\\u{1b}[31m`"},
        {"line\nline", "`line\\u{a}line`"},
    };

    (void)state;
    check(cases, G_N_ELEMENTS(cases), markdown_append_text);
}

/* Each stands alone, as a user name does, and is code from end to end. */
/* "com" behind a character that some take for a dot. In two parts, since c is a digit of hex. */
static const char one_dot[] = "a\xe2\x80\xa4"
                              "com";
static const char full_width_stop[] = "a\xef\xbc\x8e"
                                      "com";
static const char ideographic_stop[] = "a\xe3\x80\x82"
                                       "com";

static void references_of_ticket_systems_are_code(void **state) {
    static const char *const words[] = {
        /* GitHub and other renderers: links without a scheme, and with one */
        "www.1", "www.1.2.3", "www.1a", "www.x", "WWW.1", "wWw.X", "www.-a", "www.1_2", "(www.1)",
        "\"www.1\"", "www", "x/www.1", "Xwww.1", "X8.x", "2024-03-05T09:00:00.de", "1www.1",
        "e.g.de", "a.-b.de", "x.y", "1a.2", "a.1", "example.com", "a@b", "mailto:a", "xmpp:a",
        "ftp://x", "tel:123", "data:1:2", "https:/x",
        /* issues, commits and what GitLab has marks for */
        "ABC-123", "AB2-12", "CVE-2020-1", "s1-2", "0123456", "deadbeef",
        "da39a3ee5e6b4b0d3255bfef95601890afd80709", "T123", "r12", "#1", "!1", "~label",
        "%milestone", "&epic", "$snippet", "*iteration", "[vulnerability:1]", "^alert#1",
        /* Jira */
        "[~user]", "{macro}", "!image!", "h1.", "bq.", "(x)", "(on)", "(c)", "??cite??", "-gone-",
        "--", "---", "+new+", ":-)", ";)",
        /* letters and points that are not what they look like */
        "\xd9\xa1", one_dot, full_width_stop, ideographic_stop,
        /* a quotation that is not ours */
        "a\"b", "()"};

    (void)state;
    for (gsize i = 0; i < G_N_ELEMENTS(words); i++) {
        g_autofree char *expected = g_strconcat("`", words[i], "`", NULL);
        g_autoptr(GString) out = g_string_new(NULL);

        markdown_append_text(out, words[i]);
        /* A stop or colon at the end stands behind the code. */
        if (g_str_has_suffix(words[i], ".")) {
            g_free(expected);
            expected = g_strdup_printf("`%.*s`.", (int)(strlen(words[i]) - 1), words[i]);
        }
        assert_string_equal(out->str, expected);
    }
}

static void nothing_begins_a_block(void **state) {
    static const escape_case cases[] = {
        {"- item", "`-` item"},       {"1. item", "`1`. item"}, {"2) item", "`2)` item"},
        {"> quote", "`>` quote"},     {"--- x", "`---` x"},     {"/close", "`/close`"},
        {"x - y 1. z", "x - y 1. z"},
    };

    (void)state;
    check(cases, G_N_ELEMENTS(cases), markdown_append_text);
}

static void nothing_ends_code_or_a_cell(void **state) {
    static const escape_case cases[] = {
        {"a`b", "`a`&#96;`b`"},     {"```", "&#96;&#96;&#96;"},     {"a|b|", "`a`&#124;`b`&#124;"},
        {"end\\", "`end`&#92;"},    {"a\\|b", "`a`&#92;&#124;`b`"}, {"\\", "&#92;"},
        {"in\\side", "`in\\side`"},
    };

    (void)state;
    check(cases, G_N_ELEMENTS(cases), markdown_append_text);
    check(cases, G_N_ELEMENTS(cases), markdown_append_code);
}

static void blanks_are_kept(void **state) {
    static const escape_case cases[] = {
        {" a", "` a`"}, {"a  b", "`a  b`"}, {"hard break  ", "`hard break  `"}, {" ", "` `"}};

    (void)state;
    check(cases, G_N_ELEMENTS(cases), markdown_append_text);
}

static void all_of_a_code_is_code(void **state) {
    static const escape_case cases[] = {{"frame.number in {1,2}", "`frame.number in {1,2}`"},
                                        {"plain", "`plain`"},
                                        {"", ""},
                                        {"\xff", "`\xef\xbf\xbd`"}};

    (void)state;
    check(cases, G_N_ELEMENTS(cases), markdown_append_code);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sentences_stay_as_they_are),
        cmocka_unit_test(words_that_act_are_code),
        cmocka_unit_test(references_of_ticket_systems_are_code),
        cmocka_unit_test(nothing_begins_a_block),
        cmocka_unit_test(nothing_ends_code_or_a_cell),
        cmocka_unit_test(blanks_are_kept),
        cmocka_unit_test(all_of_a_code_is_code),
    };
    return cmocka_run_group_tests_name("markdown_escape", tests, NULL, NULL);
}
