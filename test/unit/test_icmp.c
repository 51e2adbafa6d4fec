/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "support/addresses.h"
#include "support/scene.h"
#include "turn/icmp.h"

#include <string.h>

#define ROUTER "172.16.0.1:0"

static int setup(void **state) {
    *state = scene_new();
    return 0;
}

static int teardown(void **state) {
    scene_free(*state);
    return 0;
}

/* RFC 792, RFC 1812 section 5.2.7.1 and RFC 4443 section 3.1. */
static void each_code_has_its_words(void **state) {
    static const struct {
        const char *words;
        guint8 version;
        guint8 type;
        guint8 code;
        gboolean unreachable;
        gboolean closed;
        gboolean prohibited;
    } rows[] = {
        {"network unreachable", 4, 3, 0, TRUE, FALSE, FALSE},
        {"host unreachable", 4, 3, 1, TRUE, FALSE, FALSE},
        {"port unreachable", 4, 3, 3, TRUE, TRUE, FALSE},
        {"packet too large for the way", 4, 3, 4, TRUE, FALSE, FALSE},
        {"network administratively prohibited", 4, 3, 9, TRUE, FALSE, TRUE},
        {"host administratively prohibited", 4, 3, 10, TRUE, FALSE, TRUE},
        {"administratively prohibited", 4, 3, 13, TRUE, FALSE, TRUE},
        {"destination unreachable", 4, 3, 99, TRUE, FALSE, FALSE},
        {"error", 4, 1, 3, FALSE, FALSE, FALSE},
        {"time to live exceeded", 4, 11, 0, FALSE, FALSE, FALSE},
        {"administratively prohibited", 6, 1, 1, TRUE, FALSE, TRUE},
        {"address unreachable", 6, 1, 3, TRUE, FALSE, FALSE},
        {"port unreachable", 6, 1, 4, TRUE, TRUE, FALSE},
        {"source address refused by a filter", 6, 1, 5, TRUE, FALSE, TRUE},
        {"error", 6, 3, 3, FALSE, FALSE, FALSE},
        {"hop limit exceeded", 6, 3, 0, FALSE, FALSE, FALSE},
    };

    (void)state;
    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        const turn_icmp icmp = {
            .version = rows[i].version, .type = rows[i].type, .code = rows[i].code};

        assert_string_equal(turn_icmp_words(icmp.version, icmp.type, icmp.code), rows[i].words);
        assert_int_equal(turn_icmp_is_unreachable(&icmp), rows[i].unreachable);
        assert_int_equal(turn_icmp_is_port_closed(&icmp), rows[i].closed);
        assert_int_equal(turn_icmp_is_prohibited(&icmp), rows[i].prohibited);
    }
}

static void text_names_the_sender_where_it_is_known(void **state) {
    turn_icmp icmp = {.version = 4, .type = 3, .code = 13, .sender = address_of(ROUTER)};
    g_autofree char *known = turn_icmp_text(&icmp);
    g_autofree char *unknown = NULL;

    (void)state;
    assert_string_equal(known,
                        "ICMP administratively prohibited (type 3, code 13) from 172.16.0.1");
    icmp.sender = (stun_address){.family = STUN_FAMILY_NONE};
    unknown = turn_icmp_text(&icmp);
    assert_string_equal(unknown, "ICMP administratively prohibited (type 3, code 13)");
}

/* RFC 792, RFC 1812 section 5.2.7.1 and RFC 4443 section 3.1: only a filter says prohibited. */
static void the_meaning_goes_by_code_and_sender(void **state) {
#define NO_WAY    " says that there is no way to the server: a route is missing, or the host is down."
#define FILTER    " refused it: a filter there forbids it."
#define PLACE     " answered in place of the server: a firewall there may refuse it."
#define AT_ROUTER "172.16.0.1, which is not the server's address,"
#define AT_CLIENT "10.0.0.1, the client itself,"
#define AT_SERVER "10.0.0.2, the server itself or what has its address,"
    static const struct {
        guint8 version;
        guint8 type;
        guint8 code;
        const char *sender;
        const char *told;
    } rows[] = {
        {4, 3, 0, ROUTER, AT_ROUTER NO_WAY},
        {4, 3, 1, ROUTER, AT_ROUTER NO_WAY},
        {4, 3, 1, "10.0.0.1:0", AT_CLIENT NO_WAY},
        {4, 3, 1, "10.0.0.2:0", AT_SERVER NO_WAY},
        {4, 3, 3, "10.0.0.2:0", NULL},
        {4, 3, 3, ROUTER, AT_ROUTER PLACE},
        {4, 3, 9, ROUTER, AT_ROUTER FILTER},
        {4, 3, 10, "10.0.0.1:0", AT_CLIENT FILTER},
        {4, 3, 13, "10.0.0.2:0", AT_SERVER FILTER},
        {4, 11, 1, ROUTER, NULL},
        {4, 12, 0, ROUTER, NULL},
        {6, 1, 0, ROUTER, AT_ROUTER NO_WAY},
        {6, 1, 1, ROUTER, AT_ROUTER FILTER},
        {6, 1, 3, ROUTER, AT_ROUTER NO_WAY},
        {6, 1, 4, "10.0.0.2:0", NULL},
        {6, 1, 5, ROUTER, AT_ROUTER FILTER},
        {4, 11, 0, ROUTER,
         AT_ROUTER " dropped the packet because it had passed too many routers: the routes to the "
                   "server may go in a circle."},
    };
    const stun_address client = address_of("10.0.0.1:40000");
    const stun_address server = address_of("10.0.0.2:3478");
    const turn_icmp_ends ends = {"the client", "the server", &client, &server};

    (void)state;
    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        const turn_icmp icmp = {.version = rows[i].version,
                                .type = rows[i].type,
                                .code = rows[i].code,
                                .sender = address_of(rows[i].sender)};
        g_autofree char *told = turn_icmp_told(&icmp, &ends);

        if (rows[i].told == NULL) {
            assert_null(told);
        } else {
            assert_non_null(told);
            assert_string_equal(told, rows[i].told);
        }
    }
}

static void says_type(scene *s, gint64 ms, const char *sender, guint8 type, guint8 code,
                      turn_transport transport) {
    const turn_packet packet = scene_packet(s, ms, TURN_TRANSPORT_UDP, sender, CLIENT);
    const turn_icmp_error error = {.version = 4,
                                   .type = type,
                                   .code = code,
                                   .about = {.transport = transport,
                                             .source = address_of(CLIENT),
                                             .destination = address_of(SERVER)}};

    turn_tracker_icmp(s->tracker, &packet, &error);
}

static void says(scene *s, gint64 ms, const char *sender, guint8 code, turn_transport transport) {
    says_type(s, ms, sender, 3, code, transport);
}

static const turn_finding *finding_of(scene *s, const char *cause) {
    const GPtrArray *findings = scene_judgement(s)->findings;

    for (guint i = 0; i < findings->len; i++) {
        const turn_finding *finding = g_ptr_array_index(findings, i);

        if (g_str_equal(finding->cause->identifier, cause)) {
            return finding;
        }
    }
    fail_msg("%s was not found", cause);
    return NULL;
}

static void expect_evidence(const turn_finding *finding, guint index, const char *summary) {
    assert_true(index < finding->evidence->len);
    assert_string_equal(g_array_index(finding->evidence, turn_evidence, index).summary, summary);
}

static void expect_when(const turn_finding *finding, gint64 ms) {
    turn_seen when = {.frame = 0};

    assert_true(turn_finding_when(finding, &when));
    assert_true(when.time == scene_time(ms));
}

static void refusal_of_a_router_says_so(void **state) {
    scene *s = *state;
    const turn_finding *finding;

    feed_udp(s, 0, CLIENT, SERVER, "allocate request 1 transport=17");
    says(s, 3000, ROUTER, 13, TURN_TRANSPORT_UDP);
    feed_other(s, 60000);
    finding = finding_of(s, "turn-port-closed");
    expect_evidence(finding, 1,
                    "ICMP administratively prohibited (type 3, code 13) from 172.16.0.1 about it");
    assert_string_equal(finding->detail, "172.16.0.1, which is not the server's address, refused "
                                         "it: a filter there forbids it.");
    expect_when(finding, 3000);
}

static void refusal_of_the_server_needs_no_more_words(void **state) {
    scene *s = *state;
    const turn_finding *finding;

    feed_udp(s, 0, CLIENT, SERVER, "allocate request 1 transport=17");
    says(s, 10, SERVER, 3, TURN_TRANSPORT_UDP);
    finding = finding_of(s, "turn-port-closed");
    assert_non_null(strstr(g_array_index(finding->evidence, turn_evidence, 1).summary,
                           "ICMP port unreachable (type 3, code 3) from "));
    assert_null(finding->detail);
}

static void refusal_of_a_syn_names_its_sender_too(void **state) {
    scene *s = *state;

    feed_tcp(s, 0, CLIENT, SERVER, TURN_TCP_SYN);
    says(s, 10, ROUTER, 10, TURN_TRANSPORT_TCP);
    expect_evidence(finding_of(s, "turn-port-closed"), 1,
                    "answered with ICMP host administratively prohibited (type 3, code 10) from "
                    "172.16.0.1");
}

static void asks_for_3_s(scene *s) {
    feed_udp(s, 0, CLIENT, SERVER, "allocate request 1 transport=17");
    feed_udp(s, 500, CLIENT, SERVER, "allocate request 1 transport=17");
    feed_udp(s, 3500, CLIENT, SERVER, "allocate request 1 transport=17");
}

/* The first of both is no refusal. */
static void an_error_that_says_unreachable_counts_before_others(void **state) {
    scene *s = *state;
    const turn_finding *finding;

    feed_udp(s, 0, CLIENT, SERVER, "allocate request 1 transport=17");
    says_type(s, 10, ROUTER, 11, 0, TURN_TRANSPORT_UDP);
    feed_udp(s, 500, CLIENT, SERVER, "allocate request 1 transport=17");
    says(s, 510, SERVER, 3, TURN_TRANSPORT_UDP);
    says_type(s, 520, ROUTER, 11, 0, TURN_TRANSPORT_UDP);
    finding = finding_of(s, "turn-port-closed");
    expect_when(finding, 510);
}

static void an_error_that_is_no_refusal_does_not_hide_silence(void **state) {
    scene *s = *state;
    const turn_finding *finding;

    asks_for_3_s(s);
    says_type(s, 3600, ROUTER, 11, 0, TURN_TRANSPORT_UDP);
    feed_other(s, 60000);
    finding = finding_of(s, "turn-server-silent");
    expect_evidence(finding, 1,
                    "ICMP time to live exceeded (type 11, code 0) from 172.16.0.1, which is no "
                    "refusal");
}

static void a_packet_too_large_is_told_with_the_silence(void **state) {
    scene *s = *state;
    const turn_finding *finding;

    asks_for_3_s(s);
    says(s, 3600, ROUTER, 4, TURN_TRANSPORT_UDP);
    feed_other(s, 60000);
    finding = finding_of(s, "turn-server-silent");
    expect_evidence(finding, 1, "ICMP: a packet is too large for the way, which is no refusal");
}

static void unanswered_syns_stay_so_with_such_an_error(void **state) {
    scene *s = *state;
    const turn_finding *finding;

    feed_tcp(s, 0, CLIENT, SERVER, TURN_TCP_SYN);
    says_type(s, 10, ROUTER, 11, 0, TURN_TRANSPORT_TCP);
    feed_tcp(s, 1000, CLIENT, SERVER, TURN_TCP_SYN);
    feed_other(s, 60000);
    finding = finding_of(s, "turn-tcp-unanswered");
    expect_evidence(finding, 1,
                    "ICMP time to live exceeded (type 11, code 0) from 172.16.0.1, which is no "
                    "refusal");
}

/* When it broke, not when it began. */

static void lost_session_broke_at_the_answer(void **state) {
    scene *s = *state;

    scene_allocate(s, 0);
    feed_udp(s, 60000, CLIENT, SERVER, "refresh request 9 lifetime=600 " CREDENTIALS);
    feed_udp(s, 60010, SERVER, CLIENT, "refresh error 9 error=437");
    expect_when(finding_of(s, "session-lost"), 60010);
}

static void unanswered_session_broke_at_the_request(void **state) {
    scene *s = *state;

    scene_allocate(s, 0);
    feed_udp(s, 60000, CLIENT, SERVER, "refresh request 9 lifetime=600 " CREDENTIALS);
    feed_udp(s, 60500, CLIENT, SERVER, "refresh request 9 lifetime=600 " CREDENTIALS);
    feed_other(s, 70000);
    expect_when(finding_of(s, "session-lost"), 60000);
}

/* Granted at 30 ms for 600 s; the client goes on later. */
static void allocation_broke_when_it_expired(void **state) {
    scene *s = *state;

    scene_allocate(s, 0);
    for (gint64 ms = 1000; ms < 620000; ms += 20000) {
        feed_send_bytes(s, ms, PEER, 100);
    }
    feed_other(s, 640000);
    expect_when(finding_of(s, "allocation-expired"), 600030);
}

static void refused_request_broke_at_the_refusal(void **state) {
    scene *s = *state;

    scene_rejected(s, 0, "error=486");
    assert_int_equal(finding_of(s, "quota-reached")->broke.frame, 4);
}

/* Silence begins with what was not answered. */
static void silence_broke_at_the_first_evidence(void **state) {
    scene *s = *state;

    feed_udp(s, 0, CLIENT, SERVER, "allocate request 1 transport=17");
    feed_udp(s, 500, CLIENT, SERVER, "allocate request 1 transport=17");
    feed_udp(s, 3500, CLIENT, SERVER, "allocate request 1 transport=17");
    feed_other(s, 60000);
    expect_when(finding_of(s, "turn-server-silent"), 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(each_code_has_its_words),
        TEST(text_names_the_sender_where_it_is_known),
        TEST(refusal_of_a_router_says_so),
        TEST(refusal_of_the_server_needs_no_more_words),
        TEST(refusal_of_a_syn_names_its_sender_too),
        TEST(the_meaning_goes_by_code_and_sender),
        TEST(an_error_that_says_unreachable_counts_before_others),
        TEST(an_error_that_is_no_refusal_does_not_hide_silence),
        TEST(a_packet_too_large_is_told_with_the_silence),
        TEST(unanswered_syns_stay_so_with_such_an_error),
        TEST(lost_session_broke_at_the_answer),
        TEST(unanswered_session_broke_at_the_request),
        TEST(allocation_broke_when_it_expired),
        TEST(refused_request_broke_at_the_refusal),
        TEST(silence_broke_at_the_first_evidence),
    };

    return cmocka_run_group_tests_name("icmp", tests, NULL, NULL);
}
