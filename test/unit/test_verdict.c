/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "support/scene.h"

#include <string.h>

#define CLIENT_2  "10.1.1.20:40000"
#define SERVER_2  "198.51.100.2:3478"
#define SAME_HOST "10.1.1.10:40002"

static int setup(void **state) {
    *state = scene_new();
    return 0;
}

static int teardown(void **state) {
    scene_free(*state);
    return 0;
}

/* Identifier and level of each finding, in their order. */
static char *findings_of(const turn_judgement *judgement) {
    GString *out = g_string_new(NULL);

    for (guint i = 0; i < judgement->findings->len; i++) {
        const turn_finding *finding = g_ptr_array_index(judgement->findings, i);

        g_string_append_printf(out, "%s%s %s", i > 0 ? ", " : "", finding->cause->identifier,
                               turn_level_name(finding->level));
    }
    return g_string_free(out, FALSE);
}

static void assert_findings(scene *s, const char *expected) {
    g_autofree char *found = findings_of(scene_judgement(s));

    assert_string_equal(found, expected);
}

/* Allocate without an answer, the last transmission 3500 ms after MS. */
static void silent_udp(scene *s, gint64 ms, const char *client) {
    feed_udp(s, ms, client, SERVER, "allocate request 1 transport=17");
    feed_udp(s, ms + 3500, client, SERVER, "allocate request 1 transport=17");
}

static void working(scene *s, gint64 ms, const char *client, const char *server) {
    static const guint8 send[] = {0x40, 0x01, 0x00, 0x02, 0x80, 0x01};

    feed_udp(s, ms, client, server, "allocate request 2 transport=17 " CREDENTIALS);
    feed_udp(s, ms + 10, server, client,
             "allocate success 2 relayed=198.51.100.2:24100 lifetime=600 mi");
    feed_udp_bytes(s, ms + 20, client, server, send, sizeof send);
    feed_udp_bytes(s, ms + 30, server, client, send, sizeof send);
}

static void judgement_of_working_sessions_is_healthy(void **state) {
    scene *s = *state;
    scene_allocate(s, 0);
    scene_checks(s, 100, PEER);

    assert_int_equal(scene_judgement(s)->level, TURN_LEVEL_HEALTHY);
    assert_null(scene_judgement(s)->first);
    assert_int_equal(scene_judgement(s)->findings->len, 0);
    assert_int_equal(scene_judgement(s)->unknowns->len, 0);
}

static void judgement_of_data_both_ways_is_healthy(void **state) {
    scene *s = *state;
    working(s, 0, CLIENT, SERVER);
    feed_other(s, 60000);

    assert_int_equal(scene_judgement(s)->level, TURN_LEVEL_HEALTHY);
}

static void order_is_worst_first(void **state) {
    scene *s = *state;
    feed_udp(s, 0, CLIENT, SERVER, "allocate request 1 transport=17");
    feed_udp(s, 4000, SERVER, CLIENT, "allocate error 1 error=300 alternate=" SERVER_2);
    feed_udp(s, 5000, CLIENT_2, SERVER, "allocate request 2 transport=17 " CREDENTIALS);
    feed_udp(s, 5010, SERVER, CLIENT_2, "allocate error 2 error=508");

    assert_findings(s, "capacity-exhausted failed, redirected degraded");
    assert_int_equal(scene_judgement(s)->level, TURN_LEVEL_FAILED);
    assert_string_equal(scene_judgement(s)->first->cause->identifier, "capacity-exhausted");
}

static void order_of_one_level_is_that_of_explanation(void **state) {
    scene *s = *state;
    scene_rejected(s, 0, "error=486");
    feed_udp(s, 50, CLIENT, SERVER, "allocate request 3 transport=17 " CREDENTIALS);
    feed_udp(s, 60, SERVER, CLIENT, "allocate error 3 error=431");

    assert_findings(s, "integrity-check-failed failed, quota-reached failed");
}

static void order_of_one_cause_is_that_of_sessions(void **state) {
    scene *s = *state;
    silent_udp(s, 0, CLIENT_2);
    silent_udp(s, 5000, CLIENT);
    const turn_finding *first = g_ptr_array_index(scene_judgement(s)->findings, 0);
    const turn_finding *second = g_ptr_array_index(scene_judgement(s)->findings, 1);

    assert_findings(s, "turn-server-silent failed, turn-server-silent failed");
    assert_int_equal(first->session->id, 1);
    assert_int_equal(second->session->id, 2);
}

static void order_of_a_repeated_judgement_is_the_same(void **state) {
    scene *s = *state;
    for (guint i = 0; i < 20; i++) {
        const gint64 start = (gint64)i * 1000;
        g_autofree char *client = g_strdup_printf("10.1.1.%u:40000", 100 - i);
        g_autofree char *answer = g_strdup_printf("allocate error 2 error=%u", 500 + i % 3);

        silent_udp(s, start, client);
        feed_udp(s, start, client, SERVER_2, "allocate request 2 " CREDENTIALS);
        feed_udp(s, start + 10, SERVER_2, client, answer);
    }
    g_autoptr(turn_judgement) again = turn_judge(scene_model(s));
    g_autofree char *first = findings_of(scene_judgement(s));
    g_autofree char *second = findings_of(again);

    assert_int_equal(again->findings->len, 40);
    assert_string_equal(first, second);
    for (guint i = 0; i < again->findings->len; i++) {
        const turn_finding *left = g_ptr_array_index(scene_judgement(s)->findings, i);
        const turn_finding *right = g_ptr_array_index(again->findings, i);

        assert_ptr_equal(left->session, right->session);
        assert_int_equal(left->evidence->len, right->evidence->len);
    }
}

static void failure_is_degraded_when_the_client_got_round_it(void **state) {
    scene *s = *state;
    silent_udp(s, 0, CLIENT);
    working(s, 33500, SAME_HOST, SERVER_2);

    assert_findings(s, "turn-server-silent degraded");
    assert_non_null(strstr(scene_judgement(s)->first->detail, "session 2, UDP to " SERVER_2));
}

static void failure_is_failed_when_the_next_try_came_later_than_30_s(void **state) {
    scene *s = *state;
    silent_udp(s, 0, CLIENT);
    working(s, 33501, SAME_HOST, SERVER_2);

    assert_findings(s, "turn-server-silent failed");
}

static void failure_is_failed_when_another_client_works(void **state) {
    scene *s = *state;
    silent_udp(s, 0, CLIENT);
    working(s, 4000, CLIENT_2, SERVER_2);

    assert_findings(s, "turn-server-silent failed");
}

static void failure_after_a_session_that_had_ended_is_failed(void **state) {
    scene *s = *state;
    working(s, 0, SAME_HOST, SERVER_2);
    silent_udp(s, 10000, CLIENT);

    assert_findings(s, "turn-server-silent failed");
}

static void unreachable_server_is_got_round_by_an_allocation(void **state) {
    scene *s = *state;
    silent_udp(s, 0, CLIENT);
    feed_udp(s, 4000, SAME_HOST, SERVER_2, "allocate request 2 transport=17 " CREDENTIALS);
    feed_udp(s, 4010, SERVER_2, SAME_HOST,
             "allocate success 2 relayed=198.51.100.2:24100 lifetime=600 mi");

    assert_findings(s, "turn-server-silent degraded, relay-unused inconclusive");
}

static void rejection_is_not_got_round_by_an_unused_allocation(void **state) {
    scene *s = *state;
    scene_rejected(s, 0, "error=486");
    feed_udp(s, 4000, SAME_HOST, SERVER_2, "allocate request 2 transport=17 " CREDENTIALS);
    feed_udp(s, 4010, SERVER_2, SAME_HOST,
             "allocate success 2 relayed=198.51.100.2:24100 lifetime=600 mi");

    assert_findings(s, "quota-reached failed, relay-unused inconclusive");
}

#define NAT_HOST "192.0.2.10:41000"
#define NAT_PORT "192.0.2.10:42000"

static void refused_as(scene *s, gint64 ms, const char *client, const char *user) {
    g_autofree char *ask = g_strdup_printf(
        "allocate request 8 transport=17 user=%s realm=example.org nonce=n1 mi", user);

    feed_udp(s, ms, client, SERVER, ask);
    feed_udp(s, ms + 10, SERVER, client, "allocate error 8 error=486");
}

/* Two users of one public address are two devices, as far as the server's side can tell. */
static void failure_behind_one_nat_is_failed_when_the_same_is_granted_there(void **state) {
    scene *s = *state;
    refused_as(s, 0, NAT_HOST, "alice");
    working(s, 4000, NAT_PORT, SERVER);

    assert_findings(s, "quota-reached failed");
}

static void failure_behind_one_nat_is_degraded_when_another_server_grants_it(void **state) {
    scene *s = *state;
    refused_as(s, 0, NAT_HOST, "alice");
    working(s, 4000, NAT_PORT, SERVER_2);

    assert_findings(s, "quota-reached degraded");
}

static void silence_behind_one_nat_is_failed_when_the_same_is_answered_there(void **state) {
    scene *s = *state;
    silent_udp(s, 0, NAT_HOST);
    working(s, 4000, NAT_PORT, SERVER);

    assert_findings(s, "turn-server-silent failed");
}

static void silence_of_one_device_is_degraded_when_it_is_answered_on_another_port(void **state) {
    scene *s = *state;
    silent_udp(s, 0, CLIENT);
    working(s, 4000, SAME_HOST, SERVER);

    assert_findings(s, "turn-server-silent degraded");
}

/* Nothing shows on which side of a NAT the capture was made. */
static void permission_refused_beside(scene *s, const char *user) {
    g_autofree char *bind = g_strdup_printf(
        "channel request 9 channel=0x4001 peer=" PEER " user=%s realm=r nonce=n1 mi", user);

    feed_udp(s, 0, CLIENT, SERVER, "allocate request 2 transport=17 " CREDENTIALS);
    feed_udp(s, 10, SERVER, CLIENT, "allocate success 2 relayed=" RELAYED " lifetime=600");
    feed_send(s, 100, PEER, "binding request 101 priority=1");
    feed_udp(s, 1000, CLIENT, SERVER, "permission request 3 peer=" PEER " " CREDENTIALS);
    feed_udp(s, 1010, SERVER, CLIENT, "permission error 3 error=403");
    feed_udp(s, 2000, SAME_HOST, SERVER, bind);
    feed_udp(s, 2010, SERVER, SAME_HOST, "channel success 9 mi");
    feed_udp_bytes(s, 2020, SAME_HOST, SERVER, "\x40\x01\x00\x02\x80\x01", 6);
    feed_udp_bytes(s, 2030, SERVER, SAME_HOST, "\x40\x01\x00\x02\x80\x01", 6);
    feed_other(s, 20000);
}

static void failure_is_failed_when_another_user_of_the_address_works(void **state) {
    permission_refused_beside(*state, "bob");

    assert_findings(*state, "permission-denied failed");
}

static void failure_is_degraded_when_the_same_user_of_the_address_works(void **state) {
    permission_refused_beside(*state, "alice");

    assert_findings(*state, "permission-denied degraded");
}

#define VPN         "10.8.0.2:51735"
#define IPV6_CLIENT "[2001:db8:1::23]:51734"
#define IPV6_SERVER "[2001:db8::40]:3478"

/* The first address asks at 0 and gets nothing; CLIENT asks MS later and is inside a NAT. */
static void silent_beside(scene *s, const char *client, const char *server, gint64 ms) {
    feed_udp(s, 0, client, server, "allocate request 1 transport=17");
    feed_udp(s, ms, CLIENT, SERVER, "allocate request 2 transport=17 " CREDENTIALS);
    feed_udp(s, ms + 10, SERVER, CLIENT,
             "allocate success 2 relayed=" RELAYED " mapped=" MAPPED " lifetime=600 mi");
    scene_checks(s, ms + 20, PEER);
    feed_udp(s, 3500, client, server, "allocate request 1 transport=17");
    feed_other(s, 20000);
}

static void silence_of_one_family_is_degraded_when_the_other_works(void **state) {
    silent_beside(*state, IPV6_CLIENT, IPV6_SERVER, 1000);

    assert_findings(*state, "turn-server-silent degraded");
    assert_non_null(
        strstr(scene_judgement(*state)->first->detail, "session 2, UDP " CLIENT " to " SERVER));
}

static void silence_of_one_family_is_failed_when_the_other_begins_later(void **state) {
    silent_beside(*state, IPV6_CLIENT, IPV6_SERVER, 1001);

    assert_findings(*state, "turn-server-silent failed");
}

static void silence_of_one_interface_is_degraded_when_another_works(void **state) {
    silent_beside(*state, VPN, SERVER, 10);

    assert_findings(*state, "turn-server-silent degraded");
}

static void silence_of_one_interface_is_failed_when_another_server_answers(void **state) {
    silent_beside(*state, VPN, SERVER_2, 10);

    assert_findings(*state, "turn-server-silent failed");
}

static void silence_is_failed_where_many_clients_are_seen(void **state) {
    scene *s = *state;

    for (guint i = 0; i < 3; i++) {
        g_autofree char *client = g_strdup_printf("10.1.2.%u:40000", i + 1);

        working(s, 0, client, SERVER_2);
    }
    silent_beside(s, VPN, SERVER, 10);
    assert_findings(s, "turn-server-silent failed");
}

/* A busy host has many calls at a time: SAME_HOST's session works with PEER. */
static void working_with(scene *s, gint64 ms, const char *peer) {
    g_autofree char *bind =
        g_strdup_printf("channel request 3 channel=0x4001 peer=%s " CREDENTIALS, peer);
    working(s, ms, SAME_HOST, SERVER_2);
    feed_udp(s, ms + 40, SAME_HOST, SERVER_2, bind);
    feed_udp(s, ms + 50, SERVER_2, SAME_HOST, "channel success 3 mi");
}

static void checks_in_vain(scene *s) {
    scene_allocate(s, 0);
    feed_send(s, 100, PEER, "binding request 101 user=b:a priority=1 mi");
    feed_other(s, 20000);
}

static void failure_is_failed_when_only_a_call_with_another_peer_works(void **state) {
    scene *s = *state;
    checks_in_vain(s);
    working_with(s, 5000, OTHER);

    assert_findings(s, "checks-unanswered failed");
}

static void failure_is_degraded_when_a_call_with_the_same_peer_works(void **state) {
    scene *s = *state;
    checks_in_vain(s);
    working_with(s, 5000, PEER);

    assert_findings(s, "checks-unanswered degraded");
}

/* The second file begins long after the first one ended: nobody saw what came between. */
static void silence_between_two_files_is_not_observed(void **state) {
    scene *s = *state;
    scene_allocate(s, 0);
    feed_send(s, 100, PEER, "binding request 101 user=b:a priority=1 mi");
    turn_tracker_time(s->tracker, 1, scene_time(1200000));

    assert_findings(s, "relay-unused inconclusive");
}

static void silence_over_rotated_files_is_observed(void **state) {
    scene *s = *state;
    scene_allocate(s, 0);
    feed_send(s, 100, PEER, "binding request 101 user=b:a priority=1 mi");
    turn_tracker_time(s->tracker, 1, scene_time(4000));
    turn_tracker_time(s->tracker, 1, scene_time(5100));

    assert_findings(s, "checks-unanswered failed");
}

/* What worked before on the same 5-tuple is no way round, even when a late copy is seen of it. */
static void failure_is_failed_when_only_the_allocation_before_worked(void **state) {
    scene *s = *state;
    scene_allocate(s, 0);
    scene_checks(s, 100, PEER);
    feed_udp(s, 1000, CLIENT, SERVER, "refresh request 3 lifetime=0 " CREDENTIALS);
    feed_udp(s, 1010, SERVER, CLIENT, "refresh success 3 lifetime=0 mi");
    feed_udp(s, 2000, CLIENT, SERVER, "allocate request 4 transport=17 " CREDENTIALS);
    feed_udp(s, 2010, SERVER, CLIENT, "allocate success 4 relayed=" RELAYED " lifetime=600 mi");
    feed_udp(s, 2040, SERVER, CLIENT, "refresh success 3 lifetime=0 mi");
    scene_checks(s, 2100, PEER);
    feed_udp(s, 5000, CLIENT, SERVER, "refresh request 5 lifetime=600 " CREDENTIALS);
    feed_udp(s, 8000, CLIENT, SERVER, "refresh request 5 lifetime=600 " CREDENTIALS);
    feed_other(s, 20000);

    assert_findings(s, "session-lost failed");
}

/* Another capture that was running at the time shows nothing of this client. */
static void silence_in_another_capture_is_not_observed(void **state) {
    scene *s = *state;
    turn_tracker_time(s->tracker, 1, scene_time(-20000));
    scene_allocate(s, 0);
    feed_send(s, 100, PEER, "binding request 101 user=b:a priority=1 mi");
    turn_tracker_time(s->tracker, 1, scene_time(20000));

    assert_findings(s, "relay-unused inconclusive");
}

static void inconclusive_beside_a_fault_of_the_session_is_dropped(void **state) {
    scene *s = *state;
    scene_rejected(s, 0, "error=431");

    assert_findings(s, "integrity-check-failed failed");
}

static void inconclusive_beside_a_working_session_is_dropped(void **state) {
    scene *s = *state;
    feed_udp(s, 0, SAME_HOST, SERVER_2, "allocate request 2 transport=17 " CREDENTIALS);
    feed_udp(s, 10, SERVER_2, SAME_HOST, "allocate success 2 lifetime=600 mi");
    working(s, 100, CLIENT, SERVER);

    assert_findings(s, "");
    assert_int_equal(scene_judgement(s)->level, TURN_LEVEL_HEALTHY);
}

static void inconclusive_after_a_working_session_had_ended_stays(void **state) {
    scene *s = *state;
    working(s, 0, CLIENT, SERVER);
    feed_udp(s, 1000, SAME_HOST, SERVER_2, "allocate request 2 transport=17 " CREDENTIALS);
    feed_udp(s, 1010, SERVER_2, SAME_HOST, "allocate success 2 lifetime=600 mi");
    feed_other(s, 6010);

    assert_findings(s, "relay-unused inconclusive");
}

static void allocation_at_the_end_of_the_capture_is_not_called_unused(void **state) {
    scene *s = *state;
    working(s, 0, CLIENT, SERVER);
    feed_udp(s, 1000, SAME_HOST, SERVER_2, "allocate request 2 transport=17 " CREDENTIALS);
    feed_udp(s, 1010, SERVER_2, SAME_HOST, "allocate success 2 lifetime=600 mi");
    feed_other(s, 6009);

    assert_findings(s, "");
}

static void inconclusive_alone_is_the_verdict(void **state) {
    scene *s = *state;
    scene_allocate(s, 0);

    assert_findings(s, "relay-unused inconclusive");
    assert_int_equal(scene_judgement(s)->level, TURN_LEVEL_INCONCLUSIVE);
}

static void pairs_unanswered_are_explained_by_a_session(void **state) {
    scene *s = *state;
    scene_allocate(s, 0);
    feed_send(s, 100, PEER, "binding request 101 user=b:a mi");
    feed_udp(s, 110, CLIENT, PEER, "binding request 102 user=b:a mi");
    feed_other(s, 10000);

    assert_findings(s, "checks-unanswered failed");
    assert_non_null(scene_judgement(s)->first->session);
}

static void pairs_of_one_ice_session_are_one_finding(void **state) {
    scene *s = *state;
    feed_udp(s, 0, CLIENT, PEER, "binding request 1 user=b:a mi");
    feed_udp(s, 10, CLIENT, OTHER, "binding request 2 user=b:a mi");
    feed_udp(s, 20, PEER, CLIENT, "binding request 3 user=a:b mi");
    feed_other(s, 10000);

    assert_findings(s, "checks-unanswered failed");
    expect_finding(s, "checks-unanswered", "failed", "1 3 2");
}

static void unknowns_name_sessions_that_began_earlier(void **state) {
    scene *s = *state;
    feed_udp(s, 0, CLIENT, SERVER, "refresh request 4 lifetime=600 " CREDENTIALS);
    feed_udp(s, 10, SERVER, CLIENT, "refresh success 4 lifetime=600 mi");
    scene_allocate(s, 100);
    const GPtrArray *unknowns = scene_judgement(s)->unknowns;

    /* The Allocate on the same 5-tuple shows the allocation after all. */
    assert_int_equal(unknowns->len, 0);
}

static void unknowns_count_sessions_that_began_earlier(void **state) {
    scene *s = *state;
    feed_udp(s, 0, CLIENT, SERVER, "refresh request 4 lifetime=600 " CREDENTIALS);
    feed_udp(s, 10, CLIENT_2, SERVER, "refresh request 4 lifetime=600 " CREDENTIALS);
    const GPtrArray *unknowns = scene_judgement(s)->unknowns;

    assert_int_equal(unknowns->len, 1);
    assert_true(g_str_has_prefix(g_ptr_array_index(unknowns, 0), "2 sessions began before"));
}

static void evidence_is_limited_and_names_each_frame_once(void **state) {
    g_autoptr(turn_finding) finding = turn_finding_new(turn_cause_lookup("quota-reached"));
    const turn_seen unseen = {.frame = 0};

    (void)state;
    turn_finding_add(finding, &unseen, "not seen");
    for (guint32 frame = 1; frame <= TURN_MAX_EVIDENCE + 3; frame++) {
        const turn_seen seen = {.frame = frame};

        turn_finding_add(finding, &seen, "frame %u", frame);
        turn_finding_add(finding, &seen, "again");
    }
    assert_int_equal(finding->evidence->len, TURN_MAX_EVIDENCE);
    assert_string_equal(g_array_index(finding->evidence, turn_evidence, 1).summary, "frame 2");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(judgement_of_working_sessions_is_healthy),
        TEST(judgement_of_data_both_ways_is_healthy),
        TEST(order_is_worst_first),
        TEST(order_of_one_level_is_that_of_explanation),
        TEST(order_of_one_cause_is_that_of_sessions),
        TEST(order_of_a_repeated_judgement_is_the_same),
        TEST(failure_is_degraded_when_the_client_got_round_it),
        TEST(failure_is_failed_when_the_next_try_came_later_than_30_s),
        TEST(failure_is_failed_when_another_client_works),
        TEST(failure_after_a_session_that_had_ended_is_failed),
        TEST(failure_behind_one_nat_is_failed_when_the_same_is_granted_there),
        TEST(failure_behind_one_nat_is_degraded_when_another_server_grants_it),
        TEST(silence_behind_one_nat_is_failed_when_the_same_is_answered_there),
        TEST(silence_of_one_device_is_degraded_when_it_is_answered_on_another_port),
        TEST(failure_is_failed_when_another_user_of_the_address_works),
        TEST(failure_is_degraded_when_the_same_user_of_the_address_works),
        TEST(silence_of_one_family_is_degraded_when_the_other_works),
        TEST(silence_of_one_family_is_failed_when_the_other_begins_later),
        TEST(silence_of_one_interface_is_degraded_when_another_works),
        TEST(silence_of_one_interface_is_failed_when_another_server_answers),
        TEST(silence_is_failed_where_many_clients_are_seen),
        TEST(unreachable_server_is_got_round_by_an_allocation),
        TEST(rejection_is_not_got_round_by_an_unused_allocation),
        TEST(failure_is_failed_when_only_a_call_with_another_peer_works),
        TEST(failure_is_degraded_when_a_call_with_the_same_peer_works),
        TEST(silence_between_two_files_is_not_observed),
        TEST(silence_over_rotated_files_is_observed),
        TEST(failure_is_failed_when_only_the_allocation_before_worked),
        TEST(silence_in_another_capture_is_not_observed),
        TEST(inconclusive_beside_a_fault_of_the_session_is_dropped),
        TEST(inconclusive_beside_a_working_session_is_dropped),
        TEST(inconclusive_after_a_working_session_had_ended_stays),
        TEST(allocation_at_the_end_of_the_capture_is_not_called_unused),
        TEST(inconclusive_alone_is_the_verdict),
        TEST(pairs_unanswered_are_explained_by_a_session),
        TEST(pairs_of_one_ice_session_are_one_finding),
        TEST(unknowns_name_sessions_that_began_earlier),
        TEST(unknowns_count_sessions_that_began_earlier),
        cmocka_unit_test(evidence_is_limited_and_names_each_frame_once),
    };
    return cmocka_run_group_tests_name("verdict", tests, NULL, NULL);
}
