/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "support/addresses.h"
#include "support/scene.h"

static int setup(void **state) {
    *state = scene_new();
    return 0;
}

static int teardown(void **state) {
    scene_free(*state);
    return 0;
}

static void client_says(scene *s, gint64 ms, const char *text) {
    feed_udp(s, ms, CLIENT, SERVER, text);
}

static void server_says(scene *s, gint64 ms, const char *text) {
    feed_udp(s, ms, SERVER, CLIENT, text);
}

static const turn_rejection *only_rejection(const turn_session *session) {
    assert_int_equal(session->rejections->len, 1);
    return &g_array_index(session->rejections, turn_rejection, 0);
}

static void allocate_success_records_the_allocation(void **state) {
    scene *s = *state;
    scene_allocate(s, 0);
    const turn_session *session = scene_session(s);

    assert_address(&session->client, CLIENT);
    assert_address(&session->server, SERVER);
    assert_address(&session->mapped, MAPPED);
    assert_int_equal(session->relayed->len, 1);
    assert_address(&g_array_index(session->relayed, stun_address, 0), RELAYED);
    assert_string_equal(session->username, "alice");
    assert_string_equal(session->realm, "example.org");
    assert_string_equal(session->software, "Expressway");
    assert_int_equal(session->protocol, TURN_PROTOCOL_UDP);
    assert_int_equal(session->relay_protocol, 17);
    assert_int_equal(session->allocated.frame, 4);
    assert_int_equal(session->lifetime, 600);
    assert_true(session->expires == scene_time(600030));
    assert_int_equal(session->first.frame, 1);
    assert_int_equal(session->last.frame, 4);
    assert_int_equal(session->packets_from_client, 2);
    assert_int_equal(session->packets_from_server, 2);
}

static void allocate_success_counts_requests_and_rtt(void **state) {
    scene *s = *state;
    scene_allocate(s, 0);
    const turn_session *session = scene_session(s);
    const turn_exchange *allocate = &session->exchanges[TURN_METHOD_ALLOCATE];

    assert_int_equal(turn_session_allocate_outcome(session), TURN_OUTCOME_SUCCESS);
    assert_int_equal(allocate->requests, 2);
    assert_int_equal(allocate->transmissions, 2);
    assert_int_equal(allocate->successes, 1);
    assert_int_equal(allocate->errors, 1);
    assert_true(allocate->rtt == 10 * G_GINT64_CONSTANT(1000000));
    assert_int_equal(session->challenges, 1);
    assert_int_equal(session->challenge.frame, 2);
    assert_int_equal(session->rejections->len, 0);
    assert_int_equal(session->unanswered->len, 0);
}

static void allocate_challenged_only_is_challenged(void **state) {
    scene *s = *state;
    scene_challenge(s, 0);

    assert_int_equal(turn_session_allocate_outcome(scene_session(s)), TURN_OUTCOME_CHALLENGED);
    assert_string_equal(scene_session(s)->realm, "example.org");
    assert_string_equal(scene_session(s)->nonce, "n1");
    assert_null(scene_session(s)->username);
}

static void allocate_unanswered_keeps_its_transmissions(void **state) {
    scene *s = *state;
    client_says(s, 0, "allocate request 1 transport=17");
    client_says(s, 500, "allocate request 1 transport=17");
    client_says(s, 1500, "allocate request 1 transport=17");
    const turn_session *session = scene_session(s);

    assert_int_equal(turn_session_allocate_outcome(session), TURN_OUTCOME_UNANSWERED);
    assert_int_equal(session->unanswered->len, 1);
    const turn_unanswered *lost = &g_array_index(session->unanswered, turn_unanswered, 0);
    assert_int_equal(lost->method, STUN_METHOD_ALLOCATE);
    assert_int_equal(lost->transmissions, 3);
    assert_int_equal(lost->first.frame, 1);
    assert_int_equal(lost->last.frame, 3);
    assert_false(lost->release);
}

static void allocate_rejected_keeps_code_reason_and_frames(void **state) {
    scene *s = *state;
    scene_rejected(s, 0, "error=431");
    const turn_session *session = scene_session(s);
    const turn_rejection *rejection = only_rejection(session);

    assert_int_equal(turn_session_allocate_outcome(session), TURN_OUTCOME_REJECTED);
    assert_int_equal(rejection->method, STUN_METHOD_ALLOCATE);
    assert_int_equal(rejection->code, 431);
    assert_string_equal(rejection->reason, "Reason 431");
    assert_int_equal(rejection->request.frame, 3);
    assert_int_equal(rejection->response.frame, 4);
    assert_true(rejection->authenticated);
    assert_false(rejection->stale);
    assert_int_equal(session->challenges, 1);
}

static void allocate_rejected_after_retransmission_names_the_one_answered(void **state) {
    scene *s = *state;
    client_says(s, 0, "allocate request 2 " CREDENTIALS);
    client_says(s, 500, "allocate request 2 " CREDENTIALS);
    server_says(s, 510, "allocate error 2 error=431");

    assert_int_equal(only_rejection(scene_session(s))->request.frame, 2);
}

static void answer_repeated_is_counted_once(void **state) {
    scene *s = *state;
    client_says(s, 0, "allocate request 2 " CREDENTIALS);
    client_says(s, 500, "allocate request 2 " CREDENTIALS);
    server_says(s, 510, "allocate error 2 error=431");
    server_says(s, 610, "allocate error 2 error=431");

    assert_int_equal(only_rejection(scene_session(s))->response.frame, 3);
    assert_int_equal(scene_session(s)->exchanges[TURN_METHOD_ALLOCATE].errors, 1);
    assert_int_equal(scene_session(s)->packets_from_server, 2);
}

static void answer_without_its_request_is_noted(void **state) {
    scene *s = *state;
    server_says(s, 0, "allocate error 2 error=486");
    const turn_session *session = scene_session(s);

    assert_address(&session->client, CLIENT);
    assert_int_equal(only_rejection(session)->request.frame, 0);
    assert_int_equal(only_rejection(session)->code, 486);
}

static void unauthorized_with_an_old_nonce_is_a_challenge(void **state) {
    scene *s = *state;
    scene_challenge(s, 0);
    client_says(s, 20, "refresh request 2 user=alice realm=example.org nonce=n0 mi");
    server_says(s, 30, "refresh error 2 error=401 realm=example.org nonce=n2");

    assert_int_equal(scene_session(s)->rejections->len, 0);
    assert_int_equal(scene_session(s)->challenges, 2);
    assert_string_equal(scene_session(s)->nonce, "n2");
}

static void unauthorized_with_the_current_nonce_is_a_rejection(void **state) {
    scene *s = *state;
    scene_rejected(s, 0, "error=401 realm=example.org nonce=n2");

    assert_int_equal(only_rejection(scene_session(s))->code, 401);
    assert_int_equal(scene_session(s)->challenges, 1);
}

static void credentials_by_userhash_and_sha256_are_credentials(void **state) {
    scene *s = *state;
    scene_challenge(s, 0);
    client_says(s, 20, "allocate request 2 userhash realm=example.org nonce=n1 sha256");
    server_says(s, 30, "allocate error 2 error=401 realm=example.org nonce=n2");

    assert_true(only_rejection(scene_session(s))->authenticated);
    assert_int_equal(scene_session(s)->authenticated_requests, 1);
}

static void stale_nonces_are_counted_until_a_success(void **state) {
    scene *s = *state;
    scene_challenge(s, 0);
    client_says(s, 20, "allocate request 2 " CREDENTIALS);
    server_says(s, 30, "allocate error 2 error=438 nonce=n2 realm=example.org");
    client_says(s, 40, "allocate request 3 user=alice realm=example.org nonce=n2 mi");
    server_says(s, 50, "allocate error 3 error=438 nonce=n3 realm=example.org");

    assert_int_equal(scene_session(s)->nonce_refusals, 2);
    assert_int_equal(scene_session(s)->last_nonce_refusal.frame, 6);
    assert_int_equal(scene_session(s)->challenges, 3);
    assert_string_equal(scene_session(s)->nonce, "n3");
}

static void stale_nonces_before_a_success_count_no_more(void **state) {
    scene *s = *state;
    scene_challenge(s, 0);
    client_says(s, 20, "allocate request 2 " CREDENTIALS);
    server_says(s, 30, "allocate error 2 error=438 nonce=n2 realm=example.org");
    client_says(s, 40, "allocate request 3 user=alice realm=example.org nonce=n2 mi");
    server_says(s, 50, "allocate success 3 relayed=" RELAYED " lifetime=600 mi");

    assert_int_equal(scene_session(s)->nonce_refusals, 0);
}

static void refresh_success_extends_the_lifetime(void **state) {
    scene *s = *state;
    scene_allocate(s, 0);
    client_says(s, 300000, "refresh request 3 lifetime=900 " CREDENTIALS);
    server_says(s, 300010, "refresh success 3 lifetime=900 mi");
    const turn_session *session = scene_session(s);

    assert_int_equal(session->lifetime, 900);
    assert_true(session->expires == scene_time(1200010));
    assert_int_equal(session->exchanges[TURN_METHOD_REFRESH].successes, 1);
    assert_int_equal(session->released.frame, 0);
}

static void refresh_with_lifetime_0_releases(void **state) {
    scene *s = *state;
    scene_allocate(s, 0);
    client_says(s, 5000, "refresh request 3 lifetime=0 " CREDENTIALS);
    server_says(s, 5010, "refresh success 3 lifetime=0 mi");

    assert_int_equal(scene_session(s)->released.frame, 6);
    assert_int_equal(scene_session(s)->lifetime, 600);
    assert_true(scene_session(s)->expires == scene_time(5010));
}

static void refresh_with_lifetime_0_unanswered_is_marked_as_release(void **state) {
    scene *s = *state;
    scene_allocate(s, 0);
    client_says(s, 5000, "refresh request 3 lifetime=0 " CREDENTIALS);

    assert_int_equal(scene_session(s)->unanswered->len, 1);
    assert_true(g_array_index(scene_session(s)->unanswered, turn_unanswered, 0).release);
}

static void expiry_notes_the_first_packet_after_it(void **state) {
    scene *s = *state;
    scene_allocate(s, 0);
    feed_send_bytes(s, 600030, PEER, 10);
    assert_int_equal(s->frame, 5);
    feed_send_bytes(s, 600031, PEER, 10);
    feed_send_bytes(s, 600032, PEER, 10);

    assert_int_equal(scene_session(s)->first_after_expiry.frame, 6);
}

static void refresh_only_leaves_the_allocation_unseen(void **state) {
    scene *s = *state;
    client_says(s, 0, "refresh request 3 lifetime=600 " CREDENTIALS);
    server_says(s, 10, "refresh success 3 lifetime=600 mi");

    assert_int_equal(turn_session_allocate_outcome(scene_session(s)), TURN_OUTCOME_UNSEEN);
    assert_int_equal(scene_session(s)->lifetime, 600);
}

static void nonce_in_the_first_request_proves_an_unseen_answer(void **state) {
    scene *s = *state;
    client_says(s, 0, "allocate request 2 " CREDENTIALS);

    assert_true(scene_session(s)->answered_unseen);
}

static void nonce_after_a_challenge_proves_nothing(void **state) {
    scene *s = *state;
    scene_allocate(s, 0);

    assert_false(scene_session(s)->answered_unseen);
}

static void redirect_keeps_the_alternate_server(void **state) {
    scene *s = *state;
    scene_rejected(s, 0, "error=300 alternate=198.51.100.2:3478");

    assert_true(only_rejection(scene_session(s))->alternate);
    assert_address(&scene_session(s)->alternate_server, "198.51.100.2:3478");
}

static void fingerprints_are_counted_by_their_crc(void **state) {
    scene *s = *state;
    client_says(s, 0, "allocate request 1 transport=17 fingerprint");
    client_says(s, 500, "allocate request 1 transport=17 legacy");
    client_says(s, 1500, "allocate request 1 transport=17 bad");
    client_says(s, 3500, "allocate request 1 transport=17");

    assert_int_equal(scene_session(s)->fingerprints_good, 2);
    assert_int_equal(scene_session(s)->fingerprints_bad, 1);
}

static void binding_on_the_control_connection_is_counted_there(void **state) {
    scene *s = *state;
    scene_allocate(s, 0);
    client_says(s, 1000, "binding request 7");
    server_says(s, 1010, "binding success 7 mapped=" MAPPED);

    assert_int_equal(scene_session(s)->exchanges[TURN_METHOD_BINDING].successes, 1);
    assert_int_equal(scene_model(s)->pairs->len, 0);
}

static void sessions_are_numbered_by_their_first_frames(void **state) {
    scene *s = *state;
    feed_udp(s, 0, "10.1.1.20:40000", SERVER, "allocate request 1 transport=17");
    scene_allocate(s, 100);
    const GPtrArray *sessions = scene_model(s)->sessions;
    const turn_session *second = g_ptr_array_index(sessions, 1);

    assert_int_equal(sessions->len, 2);
    assert_int_equal(second->id, 2);
    assert_address(&second->client, CLIENT);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

static void allocate_after_a_release_begins_another_session(void **state) {
    scene *s = *state;
    scene_allocate(s, 0);
    feed_udp(s, 1000, CLIENT, SERVER, "refresh request 3 lifetime=0 " CREDENTIALS);
    feed_udp(s, 1010, SERVER, CLIENT, "refresh success 3 lifetime=0 mi");
    feed_udp(s, 2000, CLIENT, SERVER,
             "allocate request 4 transport=17 user=bob realm=example.org nonce=n1 mi");
    feed_udp(s, 2010, SERVER, CLIENT, "allocate error 4 error=431");
    const turn_model *model = scene_model(s);
    const turn_session *second = g_ptr_array_index(model->sessions, 1);
    const turn_rejection *rejection = &g_array_index(second->rejections, turn_rejection, 0);

    assert_int_equal(model->sessions->len, 2);
    assert_string_equal(second->username, "bob");
    assert_int_equal(second->first.frame, 7);
    assert_false(rejection->stale); /* the nonce goes on */
}

static void user_of_a_rejection_is_that_of_its_request(void **state) {
    scene *s = *state;
    scene_allocate(s, 0);
    feed_udp(s, 1000, CLIENT, SERVER,
             "permission request 3 peer=" PEER " user=bob realm=example.org nonce=n1 mi");
    feed_udp(s, 1010, SERVER, CLIENT, "permission error 3 error=441");
    const turn_session *session = scene_session(s);
    const turn_rejection *rejection = &g_array_index(session->rejections, turn_rejection, 0);

    assert_int_equal(rejection->user, 2);
    assert_string_equal(g_ptr_array_index(session->users, 1), "bob");
    assert_string_equal(session->username, "alice");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(allocate_after_a_release_begins_another_session),
        TEST(user_of_a_rejection_is_that_of_its_request),
        TEST(allocate_success_records_the_allocation),
        TEST(allocate_success_counts_requests_and_rtt),
        TEST(allocate_challenged_only_is_challenged),
        TEST(allocate_unanswered_keeps_its_transmissions),
        TEST(allocate_rejected_keeps_code_reason_and_frames),
        TEST(allocate_rejected_after_retransmission_names_the_one_answered),
        TEST(answer_repeated_is_counted_once),
        TEST(answer_without_its_request_is_noted),
        TEST(unauthorized_with_an_old_nonce_is_a_challenge),
        TEST(unauthorized_with_the_current_nonce_is_a_rejection),
        TEST(credentials_by_userhash_and_sha256_are_credentials),
        TEST(stale_nonces_are_counted_until_a_success),
        TEST(stale_nonces_before_a_success_count_no_more),
        TEST(refresh_success_extends_the_lifetime),
        TEST(refresh_with_lifetime_0_releases),
        TEST(refresh_with_lifetime_0_unanswered_is_marked_as_release),
        TEST(expiry_notes_the_first_packet_after_it),
        TEST(refresh_only_leaves_the_allocation_unseen),
        TEST(nonce_in_the_first_request_proves_an_unseen_answer),
        TEST(nonce_after_a_challenge_proves_nothing),
        TEST(redirect_keeps_the_alternate_server),
        TEST(fingerprints_are_counted_by_their_crc),
        TEST(binding_on_the_control_connection_is_counted_there),
        TEST(sessions_are_numbered_by_their_first_frames),
    };
    return cmocka_run_group_tests_name("tracker_session", tests, NULL, NULL);
}
