/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "support/hex.h"
#include "support/signing.h"
#include "support/vectors.h"

#include <stdlib.h>
#include <string.h>

#define GIVEN   "alice:example.org:given"
#define WANTING "user=alice realm=example.org nonce=n1"

static void client_signs(scene *s, gint64 ms, const char *text, const char *key) {
    feed_signed(s, ms, CLIENT, SERVER, text, key);
}

static void server_signs(scene *s, gint64 ms, const char *text, const char *key) {
    feed_signed(s, ms, SERVER, CLIENT, text, key);
}

/* Five signed requests, one of them twice, and three signed responses. */
static void play_session(scene *s, const char *client, const char *server) {
    scene_challenge(s, 0);
    client_signs(s, 20, "allocate request 2 transport=17 " WANTING, client);
    server_signs(s, 30, "allocate success 2 relayed=" RELAYED " lifetime=600", server);
    client_signs(s, 40, "permission request 3 peer=" PEER " " WANTING, client);
    client_signs(s, 540, "permission request 3 peer=" PEER " " WANTING, client);
    server_signs(s, 550, "permission success 3", server);
    client_signs(s, 600, "refresh request 4 lifetime=600 " WANTING, client);
    server_signs(s, 610, "refresh success 4 lifetime=600", server);
    client_signs(s, 700, "refresh request 5 lifetime=0 " WANTING, client);
}

static void messages_of_a_session_are_counted(void **state) {
    g_autoptr(scene) s = scene_new();
    const turn_integrity *counts;
    g_autofree char *forms = NULL;

    (void)state;
    scene_give(s, "alice", NULL, "given");
    play_session(s, GIVEN, GIVEN);
    counts = &scene_session(s)->integrity;
    assert_int_equal(counts->requests_verified, 5);
    assert_int_equal(counts->requests_failed, 0);
    assert_int_equal(counts->responses_verified, 3);
    assert_int_equal(counts->responses_failed, 0);
    assert_int_equal(counts->unchecked, 0);
    assert_int_equal(counts->request_password, 1);
    assert_int_equal(counts->response_password, 1);
    forms = turn_integrity_forms(counts);
    assert_string_equal(forms, "RFC 8489, MD5 key");
    assert_int_equal(scene_session(s)->misfits, 0);
    assert_int_equal(scene_model(s)->passwords, 1);
}

static void another_password_fails(void **state) {
    g_autoptr(scene) s = scene_new();
    const turn_session *session;

    (void)state;
    scene_give(s, "alice", NULL, "given");
    play_session(s, "alice:example.org:other", "alice:example.org:other");
    session = scene_session(s);
    assert_int_equal(session->integrity.requests_failed, 5);
    assert_int_equal(session->integrity.responses_failed, 3);
    assert_int_equal(session->integrity.requests_verified, 0);
    assert_null(turn_integrity_forms(&session->integrity));
    assert_int_equal(session->misfits, 1u << 1); /* the first user */
}

static void each_side_may_have_a_password_of_its_own(void **state) {
    g_autoptr(scene) s = scene_new();
    const turn_integrity *counts;

    (void)state;
    scene_give(s, "alice", NULL, "given");
    scene_give(s, "bob", NULL, "given");
    scene_give(s, "alice", NULL, "other");
    play_session(s, "alice:example.org:other", GIVEN);
    counts = &scene_session(s)->integrity;
    assert_int_equal(counts->requests_verified, 5);
    assert_int_equal(counts->responses_verified, 3);
    assert_int_equal(counts->request_password, 2);
    assert_int_equal(counts->response_password, 1);
    assert_int_equal(counts->passwords, 2);
}

static void nothing_is_counted_without_passwords(void **state) {
    g_autoptr(scene) s = scene_new();

    (void)state;
    play_session(s, GIVEN, GIVEN);
    assert_false(turn_integrity_any(&scene_session(s)->integrity));
    assert_int_equal(scene_model(s)->passwords, 0);
    assert_null(scene_model(s)->granted);
}

static void messages_of_others_are_not_checked(void **state) {
    g_autoptr(scene) s = scene_new();

    (void)state;
    scene_give(s, "bob", NULL, "given");
    play_session(s, GIVEN, GIVEN);
    assert_int_equal(scene_session(s)->integrity.unchecked, 8);
    assert_false(turn_integrity_checked(&scene_session(s)->integrity));
}

static void password_for_another_realm_is_seen_to_fit(void **state) {
    g_autoptr(scene) s = scene_new();

    (void)state;
    scene_give(s, "alice", "elsewhere", "given");
    play_session(s, GIVEN, GIVEN);
    assert_int_equal(scene_session(s)->integrity.unchecked, 8);
    assert_int_equal(scene_session(s)->integrity.other_realm, 8);
}

static void packet_that_is_seen_twice_counts_once(void **state) {
    g_autoptr(scene) s = scene_new();

    (void)state;
    scene_give(s, "alice", NULL, "given");
    s->identity = 77;
    client_signs(s, 0, "allocate request 2 transport=17 " WANTING, GIVEN);
    client_signs(s, 1, "allocate request 2 transport=17 " WANTING, GIVEN);
    assert_int_equal(scene_session(s)->integrity.requests_verified, 1);
}

static void feed_unit_bytes(scene *s, gint64 ms, const char *from, const char *to,
                            const message *made) {
    const turn_packet packet = scene_packet(s, ms, TURN_TRANSPORT_TCP, from, to);
    const turn_unit unit = {.framing = STUN_FRAMING_TURN,
                            .kind = STUN_FRAME_STUN,
                            .bytes = made->bytes,
                            .captured = made->length,
                            .length = made->length};

    turn_tracker_unit(s->tracker, &packet, &unit);
}

/* The data connection's messages and the server's indication count for the session. */
static void data_connection_counts_for_its_session(void **state) {
    const message request = message_signed_long("allocate request 2 transport=6 " WANTING, GIVEN);
    const message success =
        message_signed_long("allocate success 2 relayed=" RELAYED " lifetime=600", GIVEN);
    const message attempt =
        message_signed_long("attempt indication 3 connection=7 peer=" PEER, GIVEN);
    const message bind = message_signed_long("bind request 4 connection=7 " WANTING, GIVEN);
    const message bound = message_signed_long("bind success 4", GIVEN);
    g_autoptr(scene) s = scene_new();
    const turn_integrity *counts;

    (void)state;
    scene_give(s, "alice", "example.org", "given");
    feed_unit_bytes(s, 0, CLIENT, SERVER, &request);
    feed_unit_bytes(s, 10, SERVER, CLIENT, &success);
    feed_unit_bytes(s, 20, SERVER, CLIENT, &attempt);
    feed_unit_bytes(s, 30, DATA_END, SERVER, &bind);
    feed_unit_bytes(s, 40, SERVER, DATA_END, &bound);
    counts = &scene_session(s)->integrity;
    assert_int_equal(counts->requests_verified, 2);
    assert_int_equal(counts->responses_verified, 2);
    assert_int_equal(counts->indications_verified, 1);
}

static void granted_bind_of_another_password_is_a_misfit(void **state) {
    const message bind =
        message_signed_long("bind request 4 connection=7 " WANTING, "alice:example.org:other");
    const message bound = message_signed_long("bind success 4", "alice:example.org:other");
    g_autoptr(scene) s = scene_new();

    (void)state;
    scene_give(s, "alice", NULL, "given");
    feed_unit_bytes(s, 30, DATA_END, SERVER, &bind);
    feed_unit_bytes(s, 40, SERVER, DATA_END, &bound);
    assert_int_equal(scene_session(s)->misfits, 1u << 1);
    assert_int_equal(scene_session(s)->integrity.requests_failed, 1);
    assert_int_equal(scene_session(s)->integrity.responses_failed, 1);
}

/* The request came before the capture: the response names nobody. */
static void response_is_checked_for_the_sessions_user(void **state) {
    g_autoptr(scene) s = scene_new();

    (void)state;
    scene_give(s, "alice", NULL, "given");
    scene_give(s, "bob", NULL, "bobs");
    client_signs(s, 0, "refresh request 4 lifetime=600 " WANTING, GIVEN);
    server_signs(s, 10, "permission success 3", GIVEN);
    server_signs(s, 20, "permission success 5", "bob:example.org:bobs");
    assert_int_equal(scene_session(s)->integrity.responses_verified, 1);
    assert_int_equal(scene_session(s)->integrity.responses_failed, 0);
    assert_int_equal(scene_session(s)->integrity.unchecked, 1);
}

static void checks_count_for_their_path(void **state) {
    const message request =
        message_signed_short("binding request 9 user=far:near priority=1", "ice");
    const message success = message_signed_short("binding success 9 mapped=" MAPPED, "ice");
    g_autoptr(scene) s = scene_new();
    const turn_pair *pair;
    g_autofree char *forms = NULL;

    (void)state;
    scene_give_ice(s, "far", "ice");
    feed_udp_bytes(s, 0, CLIENT, PEER, request.bytes, request.length);
    feed_udp_bytes(s, 10, PEER, CLIENT, success.bytes, success.length);
    assert_int_equal(scene_model(s)->pairs->len, 1);
    pair = g_ptr_array_index(scene_model(s)->pairs, 0);
    assert_int_equal(pair->path.integrity.requests_verified, 1);
    assert_int_equal(pair->path.integrity.responses_verified, 1);
    forms = turn_integrity_forms(&pair->path.integrity);
    assert_string_equal(forms, "RFC 8489, short-term key");
    assert_int_equal(scene_model(s)->passwords, 0);
}

/* RFC 5769 section 2.1, with a peer of a session. */
static void checks_through_the_relay_count_for_the_peer(void **state) {
    message whole = message_of("send indication 5 peer=" PEER);
    guint8 inner[256];
    const gsize length = hex_bytes(vector_rfc5769_request, inner, sizeof inner);
    g_autoptr(scene) s = scene_new();
    const turn_session *session;
    const turn_peer *peer;

    (void)state;
    scene_give_ice(s, "evtj", VECTOR_ICE_PASSWORD);
    scene_give(s, "alice", NULL, "given");
    play_session(s, GIVEN, GIVEN);
    message_add(&whole, STUN_ATTR_DATA, inner, length);
    feed_udp_bytes(s, 800, CLIENT, SERVER, whole.bytes, whole.length);
    session = scene_session(s);
    assert_int_equal(session->peers->len, 1);
    peer = g_ptr_array_index(session->peers, 0);
    assert_int_equal(peer->path.integrity.requests_verified, 1);
    assert_int_equal(session->integrity.requests_verified, 5);
}

typedef struct witness {
    const turn_tracker *tracker;
    GString *seen; /* a letter for each message */
} witness;

static void observe(gpointer data, const turn_packet *packet, const stun_message *view) {
    static const char letters[] = {[STUN_INTEGRITY_ABSENT] = '-',
                                   [STUN_INTEGRITY_VERIFIED] = 'v',
                                   [STUN_INTEGRITY_FAILED] = 'f',
                                   [STUN_INTEGRITY_UNKNOWN] = '?'};
    const witness *of = data;

    (void)packet;
    (void)view;
    g_string_append_c(of->seen, letters[turn_tracker_signature(of->tracker)->integrity]);
}

static void observer_sees_the_signature_of_its_message(void **state) {
    g_autoptr(scene) s = scene_new();
    g_autoptr(GString) seen = g_string_new(NULL);
    witness of = {.tracker = s->tracker, .seen = seen};

    (void)state;
    scene_give(s, "alice", NULL, "given");
    turn_tracker_observe(s->tracker, observe, &of);
    play_session(s, GIVEN, "alice:example.org:other");
    assert_string_equal(seen->str, "--vfvvfvfv");
}

static void refusals_carry_both_signatures(void **state) {
    g_autoptr(scene) s = scene_new();
    const turn_rejection *rejection;

    (void)state;
    scene_give(s, "alice", NULL, "given");
    scene_challenge(s, 0);
    client_signs(s, 20, "allocate request 2 transport=17 " WANTING, GIVEN);
    server_signs(s, 30, "allocate error 2 error=431", "alice:example.org:other");
    assert_int_equal(scene_session(s)->rejections->len, 1);
    rejection = &g_array_index(scene_session(s)->rejections, turn_rejection, 0);
    assert_int_equal(rejection->request_signature.integrity, STUN_INTEGRITY_VERIFIED);
    assert_int_equal(rejection->response_signature.integrity, STUN_INTEGRITY_FAILED);
}

static void what_a_server_granted_is_known_by_host_and_password(void **state) {
    const stun_address same_host = address_of("198.51.100.1:9");
    const stun_address other_host = address_of("198.51.100.2:3478");
    const turn_signature first = {.integrity = STUN_INTEGRITY_VERIFIED, .index = 0};
    const turn_signature second = {.integrity = STUN_INTEGRITY_VERIFIED, .index = 1};
    const turn_signature failed = {.integrity = STUN_INTEGRITY_FAILED, .user = "alice"};
    g_autoptr(scene) s = scene_new();

    (void)state;
    scene_give(s, "alice", NULL, "given");
    scene_give(s, "alice", NULL, "more");
    play_session(s, GIVEN, GIVEN);
    assert_true(turn_model_granted(scene_model(s), &same_host, &first));
    assert_false(turn_model_granted(scene_model(s), &other_host, &first));
    assert_false(turn_model_granted(scene_model(s), &same_host, &second));
    assert_false(turn_model_granted(scene_model(s), &same_host, &failed));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(messages_of_a_session_are_counted),
        cmocka_unit_test(another_password_fails),
        cmocka_unit_test(each_side_may_have_a_password_of_its_own),
        cmocka_unit_test(nothing_is_counted_without_passwords),
        cmocka_unit_test(messages_of_others_are_not_checked),
        cmocka_unit_test(password_for_another_realm_is_seen_to_fit),
        cmocka_unit_test(packet_that_is_seen_twice_counts_once),
        cmocka_unit_test(data_connection_counts_for_its_session),
        cmocka_unit_test(granted_bind_of_another_password_is_a_misfit),
        cmocka_unit_test(response_is_checked_for_the_sessions_user),
        cmocka_unit_test(checks_count_for_their_path),
        cmocka_unit_test(checks_through_the_relay_count_for_the_peer),
        cmocka_unit_test(observer_sees_the_signature_of_its_message),
        cmocka_unit_test(refusals_carry_both_signatures),
        cmocka_unit_test(what_a_server_granted_is_known_by_host_and_password),
    };

    return cmocka_run_group_tests_name("tracker_integrity", tests, NULL, NULL);
}
