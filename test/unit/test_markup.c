/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "analyzer/html/embedded.h"
#include "analyzer/html/markup.h"
#include "analyzer/html/style.h"
#include "analyzer/html/table.h"

#include <string.h>

/* Asserts what was written, and ends it. */
static void assert_written(GString *out, const char *expected) {
    assert_string_equal(out->str, expected);
    g_string_free(out, TRUE);
}

static void text_is_only_text(void **state) {
    static const struct {
        const char *text;
        const char *expected;
    } rows[] = {
        {"alice", "alice"},
        {"<script>alert(1)</script>", "&lt;script&gt;alert(1)&lt;/script&gt;"},
        {"a & b &lt; c", "a &amp; b &amp;lt; c"},
        {"\"x\" onload='y'", "&quot;x&quot; onload=&#39;y&#39;"},
        {"J\xc3\xbcrgen \xe6\x97\xa5", "J\xc3\xbcrgen \xe6\x97\xa5"},
        {"\x1b[31m", "\\u{1b}[31m"},
        {"user\xe2\x80\xae\xe2\x80\xacgnp.exe", "user\\u{202e}\\u{202c}gnp.exe"},
        {"a\xe2\x80\xa8"
         "b\nc\xc2\x9b",
         "a\\u{2028}b\\u{a}c\\u{9b}"},
        {"a\xff<", "a\xef\xbf\xbd&lt;"},
        {"", ""},
        {NULL, ""},
    };

    (void)state;
    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        GString *out = g_string_new(NULL);

        markup_text(out, rows[i].text);
        assert_written(out, rows[i].expected);
    }
}

static void formatted_text_is_escaped_behind_the_format(void **state) {
    GString *out = g_string_new(NULL);

    (void)state;
    markup_textf(out, "%s and %u", "<b>", 7u);
    markup_elementf(out, "td", "num", "%s%%n", "&");
    assert_written(out, "&lt;b&gt; and 7<td class=\"num\">&amp;%n</td>");
}

static void blocks_end_their_line(void **state) {
    GString *out = g_string_new(NULL);

    (void)state;
    markup_element(out, "p", NULL, "a");
    markup_element(out, "code", "copy", "b");
    markup_element(out, "th", NULL, NULL);
    assert_written(out, "<p>a</p>\n<code class=\"copy\">b</code><th></th>");
}

static void attributes_keep_what_cannot_end_them(void **state) {
    static const struct {
        const char *value;
        const char *expected;
    } rows[] = {
        {"M0 0l8.5-8,2Z", "M0 0l8.5-8,2Z"},
        {"data:a/b;base64,aB+/0=", "data:a/b;base64,aB+/0="},
        {"#session-3", "#session-3"},
        {"\" onload=\"x", "_ onload=_x"},
        {"a>b<c&d'e`f", "a_b_c_d_e_f"},
        {"\n\t\x7f", "___"},
        {"\xc3\xbc", "__"},
    };

    (void)state;
    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        GString *out = g_string_new(NULL);
        g_autofree char *expected = g_strdup_printf(" d=\"%s\"", rows[i].expected);

        markup_attribute(out, "d", rows[i].value);
        assert_written(out, expected);
    }
}

static void names_cannot_end_what_they_name(void **state) {
    GString *out = g_string_new(NULL);

    (void)state;
    markup_open(out, "p><b", "x\"y");
    markup_close(out, "p><b");
    assert_written(out, "<p__b class=\"x_y\"></p__b>");
}

static void numbers_are_the_same_in_every_locale(void **state) {
    GString *out = g_string_new(NULL);

    (void)state;
    markup_begin(out, "rect", NULL);
    markup_number(out, "x", -12);
    markup_number(out, "y", G_GINT64_CONSTANT(9000000000));
    markup_tenths(out, "width", 125);
    markup_tenths(out, "height", -5);
    markup_end_empty(out);
    assert_written(out, "<rect x=\"-12\" y=\"9000000000\" width=\"12.5\" height=\"-0.5\"/>");
}

static void tables_tell_what_heads_what(void **state) {
    static const html_column columns[] = {{"Frame", "num"}, {"What", NULL}};
    GString *out = g_string_new(NULL);

    (void)state;
    html_table(out, "Steps", columns, G_N_ELEMENTS(columns));
    html_table_group(out, "<first>", G_N_ELEMENTS(columns));
    html_row(out, NULL);
    html_row_header(out, "a");
    html_cell_number(out, 1234567);
    html_row_end(out);
    html_table_group(out, "second", G_N_ELEMENTS(columns));
    html_row(out, "last");
    html_cell_frame(out, 0);
    html_cell_frame(out, 12);
    html_row_end(out);
    html_row_note(out, "a & b", G_N_ELEMENTS(columns));
    html_table_end(out);
    assert_written(
        out,
        "<div class=\"scroll\" role=\"region\" aria-label=\"Steps\" tabindex=\"0\">"
        "<table><caption>Steps</caption>\n<thead><tr>"
        "<th class=\"num\" scope=\"col\">Frame</th><th scope=\"col\">What</th></tr>\n"
        "</thead>\n<tbody>"
        "<tr class=\"group\"><th scope=\"rowgroup\" colspan=\"2\"><span "
        "class=\"stays\">&lt;first&gt;</span></th></tr>\n"
        "<tr><th scope=\"row\">a</th><td class=\"num\">1,234,567</td></tr>\n"
        "</tbody>\n<tbody>"
        "<tr class=\"group\"><th scope=\"rowgroup\" colspan=\"2\"><span "
        "class=\"stays\">second</span></th></tr>\n"
        "<tr class=\"last\"><td class=\"num\"></td><td class=\"num\">12</td></tr>\n"
        "<tr class=\"notes\"><td colspan=\"2\"><span class=\"stays\">a &amp; b</span></td></tr>\n"
        "</tbody>\n</table>\n</div>\n");
}

static void embedded_json_ends_no_element(void **state) {
    static const struct {
        const char *name;
        const char *json;
        const char *expected;
    } rows[] = {
        {"markup", "{\"a\":\"</script><!--&\"}",
         "{\"a\":\"\\u003c/script\\u003e\\u003c!--\\u0026\"}"},
        {"separators", "[\"\xe2\x80\xa8\xe2\x80\xa9\xc3\xbc\"]", "[\"\\u2028\\u2029\xc3\xbc\"]"},
        {"layout", "{\n  \"a\" : [\n    1,\n    null\n  ]\n}\n", "{\"a\":[1,null]}"},
        {"blanks in text", "[ \"a  b\" , \" \" ]", "[\"a  b\",\" \"]"},
        {"quotes in text", "[ \"a\\\" : \\\\\" , 1 ]", "[\"a\\\" : \\\\\",1]"},
    };

    (void)state;
    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *data = html_embedded_data(rows[i].json);

        if (!g_str_equal(data, rows[i].expected)) {
            fail_msg("%s: %s", rows[i].name, data);
        }
    }
}

static void saved_json_is_the_file_itself(void **state) {
    GString *out = g_string_new(NULL);

    (void)state;
    html_embedded_link(out, "{\"a\":\"<\xc3\xbf\"}\n");
    assert_written(out, "<a download=\"turnpcap-report.json\" "
                        "href=\"data:application/json;base64,eyJhIjoiPMO/In0K\">"
                        "Save the JSON report</a>");
}

/* A digest of the style in the page's policy must be that of what stands in the page. */
static void style_is_whole_and_trimmed(void **state) {
    const gsize length = strlen(html_style);

    (void)state;
    assert_true(g_str_has_prefix(html_style, "/* SPDX-License-Identifier: GPL-2.0-or-later\n"));
    assert_int_equal(html_style[length - 1], '}');
    assert_null(strstr(html_style, "</"));
    assert_non_null(strstr(html_style, ".verdict {"));
}

int main(void) {
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(text_is_only_text),
        cmocka_unit_test(formatted_text_is_escaped_behind_the_format),
        cmocka_unit_test(blocks_end_their_line),
        cmocka_unit_test(attributes_keep_what_cannot_end_them),
        cmocka_unit_test(names_cannot_end_what_they_name),
        cmocka_unit_test(numbers_are_the_same_in_every_locale),
        cmocka_unit_test(tables_tell_what_heads_what),
        cmocka_unit_test(embedded_json_ends_no_element),
        cmocka_unit_test(saved_json_is_the_file_itself),
        cmocka_unit_test(style_is_whole_and_trimmed),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
