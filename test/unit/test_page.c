/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "analyzer/html/page.h"
#include "analyzer/html/sections.h"
#include "support/scene.h"

#include <string.h>

/* More sessions than a page shows. */
#define MANY (HTML_MAX_SESSIONS + 30u)

/* The page about what the scene has fed, from its body on. */
static char *page_of(scene *s) {
    g_autoptr(turn_report) report = turn_report_new(scene_model(s), scene_judgement(s));
    g_autofree char *whole = NULL;
    const char *body;

    g_ptr_array_add(report->captures, turn_report_capture_new("a<b>.pcap"));
    whole = html_page_write(report, FALSE);
    body = strstr(whole, "<body>");
    assert_non_null(body);
    return g_strdup(body);
}

static guint count_of(const char *page, const char *part) {
    guint count = 0;

    assert_non_null(page);

    for (const char *at = strstr(page, part); at != NULL; at = strstr(at + 1, part)) {
        count++;
    }
    return count;
}

static void assert_order(const char *page, const char *const *parts, gsize count) {
    const char *at = page;

    for (gsize i = 0; i < count; i++) {
        const char *found = strstr(at, parts[i]);

        if (found == NULL) {
            fail_msg("\"%s\" is not on the page, or not where it belongs", parts[i]);
            return;
        }
        at = found;
    }
}

static void verdict_comes_first_and_says_what_to_do(void **state) {
    static const char *const parts[] = {
        "<p class=\"source\">a&lt;b&gt;.pcap</p>",
        "<main id=\"main\"><section class=\"verdict is-failed\"",
        "FAILED</span>",
        "<h1 id=\"verdict-title\">The server rejected the password (431 ",
        "<code>integrity-check-failed</code>",
        ">Evidence</h2>",
        "<a href=\"#session-1\">Session 1: 10.1.1.10:40000 to 198.51.100.1:3478 over UDP</a>",
        "<td class=\"num\">3</td>",
        "<td class=\"num\">4</td>",
        "<code class=\"copy\">frame.number in {3,4}</code>",
        ">What to do</h2>",
        ">What to look at next</h2>",
        ">Sessions</h2>",
        "<details class=\"session\" id=\"session-1\" open=\"\">",
        "<dd>rejected, 2 requests, UDP relay</dd>",
        "<tr class=\"step stopped\">",
        ">Capture</h2>",
        "</main>",
        ">How this report was made</h2>",
        "id=\"report-json\">",
    };
    g_autoptr(scene) s = scene_new();
    g_autofree char *page = NULL;

    (void)state;
    scene_rejected(s, 0, "error=431");
    page = page_of(s);
    assert_order(page, parts, G_N_ELEMENTS(parts));
}

static void healthy_page_has_no_evidence(void **state) {
    g_autoptr(scene) s = scene_new();
    g_autofree char *page = NULL;

    (void)state;
    scene_allocate(s, 0);
    scene_checks(s, 100, PEER);
    page = page_of(s);
    assert_non_null(strstr(page, "<section class=\"verdict is-healthy\""));
    assert_null(strstr(page, "Evidence"));
    assert_null(strstr(page, "What to do"));
    assert_null(strstr(page, "step stopped"));
}

/* A refused session behind so many others that it would not be reached. */
static void session_with_a_finding_is_shown_among_many(void **state) {
    g_autoptr(scene) s = scene_new();
    g_autofree char *page = NULL;
    g_autofree char *last = g_strdup_printf("<details class=\"session\" id=\"session-%u\"", MANY);

    (void)state;
    for (guint i = 1; i < MANY; i++) {
        g_autofree char *client = g_strdup_printf("10.1.2.10:%u", 20000 + i);

        feed_udp(s, i, client, SERVER, "allocate request 1 transport=17");
        feed_udp(s, i + 1, SERVER, client, "allocate error 1 error=401 realm=r nonce=n");
    }
    feed_udp(s, 2000, CLIENT, SERVER, "allocate request 2 transport=17 " CREDENTIALS);
    feed_udp(s, 2010, SERVER, CLIENT, "allocate error 2 error=431");
    page = page_of(s);
    assert_int_equal(count_of(page, "<details class=\"session\""), HTML_MAX_SESSIONS);
    assert_non_null(strstr(page, last));
    assert_int_equal(count_of(page, "open=\"\"><summary><h3>"), HTML_OPEN_SESSIONS);
    assert_non_null(strstr(page, "and 30 more sessions; turnpcap report --format json has all"));
}

static void relayed_addresses_of_both_families_are_one_fact(void **state) {
    g_autoptr(scene) s = scene_new();
    g_autofree char *page = NULL;

    (void)state;
    scene_challenge(s, 0);
    feed_udp(s, 20, CLIENT, SERVER, "allocate request 2 transport=17 " CREDENTIALS);
    feed_udp(s, 30, SERVER, CLIENT,
             "allocate success 2 relayed=" RELAYED " relayed=[2001:db8::1]:24002 lifetime=600");
    page = page_of(s);
    assert_int_equal(count_of(page, "<dt>Relayed address</dt>"), 1);
    assert_non_null(
        strstr(page, "<dd>198.51.100.1:24000</dd>\n<dd>[2001:db8::1]:24002</dd>\n</div>"));
}

int main(void) {
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(verdict_comes_first_and_says_what_to_do),
        cmocka_unit_test(healthy_page_has_no_evidence),
        cmocka_unit_test(relayed_addresses_of_both_families_are_one_fact),
        cmocka_unit_test(session_with_a_finding_is_shown_among_many),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
