/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "support/rule_case.h"
#include "support/signing.h"

#include <string.h>

/* Keys: the password that the tracker is given, another one that it is given in some cases, and one
 * that it never is. */
#define GIVEN   "alice:example.org:given"
#define SECOND  "alice:example.org:second"
#define UNKNOWN "alice:example.org:unknown"

#define ALICE    "user=alice realm=example.org nonce=n1"
#define BOB      "user=bob realm=example.org nonce=n1"
#define ALLOCATE "allocate request 2 transport=17 " ALICE
#define GRANTED  "relayed=" RELAYED " lifetime=600"

static void client_signs(scene *s, gint64 ms, const char *text, const char *key) {
    feed_signed(s, ms, CLIENT, SERVER, text, key);
}

static void server_signs(scene *s, gint64 ms, const char *text, const char *key) {
    feed_signed(s, ms, SERVER, CLIENT, text, key);
}

static void give(scene *s) {
    scene_give(s, "alice", NULL, "given");
}

static void give_two(scene *s) {
    give(s);
    scene_give(s, "alice", NULL, "second");
}

/* Frames 3 and 4: a request signed with CLIENT_KEY, and CODE, signed with SERVER_KEY or not. */
static void refuse(scene *s, const char *client_key, const char *code, const char *server_key) {
    g_autofree char *answer = g_strdup_printf("allocate error 2 error=%s", code);

    scene_challenge(s, 0);
    client_signs(s, 20, ALLOCATE, client_key);
    server_signs(s, 30, answer, server_key);
}

/* Frames 5 and 6. */
static void grant_later(scene *s, const char *key) {
    client_signs(s, 60, "allocate request 3 transport=17 " ALICE, key);
    server_signs(s, 70, "allocate success 3 " GRANTED, key);
}

static void server_has_the_given(scene *s) {
    give(s);
    refuse(s, UNKNOWN, "431", GIVEN);
}

static void neither_has_the_given(scene *s) {
    give(s);
    refuse(s, UNKNOWN, "431", UNKNOWN);
}

static void neither_of_two_fits_an_unsigned_401(scene *s) {
    give_two(s);
    refuse(s, UNKNOWN, "401", NULL);
}

static void client_corrects_itself(scene *s) {
    give(s);
    refuse(s, UNKNOWN, "431", NULL);
    grant_later(s, GIVEN);
}

static void other_credentials_prove_it_with_441(scene *s) {
    give(s);
    grant_later(s, GIVEN);
    client_signs(s, 100, "permission request 4 peer=" PEER " " ALICE, UNKNOWN);
    server_signs(s, 110, "permission error 4 error=441", GIVEN);
}

static void no_password_of_this_user(scene *s) {
    scene_give(s, "bob", NULL, "given");
    refuse(s, UNKNOWN, "431", GIVEN);
}

static void no_passwords_at_all(scene *s) {
    refuse(s, UNKNOWN, "431", GIVEN);
}

static void server_grants_what_does_not_fit(scene *s) {
    give(s);
    grant_later(s, UNKNOWN);
    client_signs(s, 100, "refresh request 4 lifetime=600 " ALICE, UNKNOWN);
    server_signs(s, 110, "refresh error 4 error=401", NULL);
}

static void server_grants_it_to_another_client(scene *s) {
    give(s);
    refuse(s, UNKNOWN, "431", NULL);
    feed_signed(s, 60, "10.1.1.77:40000", SERVER, ALLOCATE, UNKNOWN);
    feed_signed(s, 70, SERVER, "10.1.1.77:40000", "allocate success 2 " GRANTED, UNKNOWN);
}

static void quota_is_reached(scene *s) {
    give(s);
    refuse(s, UNKNOWN, "486", GIVEN);
}

static void user_is_not_known(scene *s) {
    give(s);
    refuse(s, UNKNOWN, "436", NULL);
}

static void other_credentials_are_unsigned(scene *s) {
    give(s);
    refuse(s, UNKNOWN, "441", NULL);
}

static void old_nonce_is_challenged(scene *s) {
    give(s);
    scene_challenge(s, 0);
    client_signs(s, 20, "allocate request 2 user=alice realm=example.org nonce=n0", UNKNOWN);
    server_signs(s, 30, "allocate error 2 error=401 realm=example.org nonce=n2", NULL);
}

/* The user is the session's at most. */
static void request_names_no_user(scene *s) {
    give(s);
    scene_challenge(s, 0);
    client_signs(s, 20, "allocate request 2 realm=example.org nonce=n1", UNKNOWN);
    server_signs(s, 30, "allocate error 2 error=431", GIVEN);
}

static void assumed_user_has_the_given(scene *s) {
    give(s);
    client_signs(s, 0, "refresh request 3 lifetime=600 " ALICE, GIVEN);
    client_signs(s, 100, "refresh request 4 lifetime=600 realm=example.org nonce=n1", GIVEN);
    server_signs(s, 110, "refresh error 4 error=431", NULL);
}

static void request_is_cut(scene *s) {
    const message made = message_signed_long(ALLOCATE, UNKNOWN);
    turn_packet packet;

    give(s);
    scene_challenge(s, 0);
    packet = scene_packet(s, 20, TURN_TRANSPORT_UDP, CLIENT, SERVER);
    turn_tracker_datagram(s->tracker, &packet, made.bytes, made.length - 1, made.length);
    server_signs(s, 30, "allocate error 2 error=431", GIVEN);
}

static void password_is_for_another_realm(scene *s) {
    scene_give(s, "alice", "elsewhere", "given");
    refuse(s, UNKNOWN, "431", UNKNOWN);
}

static void client_has_the_given(scene *s) {
    give(s);
    refuse(s, GIVEN, "431", NULL);
}

static void client_has_the_given_and_server_another(scene *s) {
    give(s);
    refuse(s, GIVEN, "431", UNKNOWN);
}

static void client_has_the_first_and_server_the_second(scene *s) {
    give_two(s);
    refuse(s, GIVEN, "431", SECOND);
}

static void client_has_the_given_and_gets_401(scene *s) {
    give(s);
    refuse(s, GIVEN, "401", NULL);
}

static void client_takes_the_servers_password(scene *s) {
    give_two(s);
    refuse(s, GIVEN, "431", SECOND);
    grant_later(s, SECOND);
}

/* The refusal proves that the server had another one at that time. */
static void server_is_corrected(scene *s) {
    give(s);
    refuse(s, GIVEN, "431", UNKNOWN);
    grant_later(s, GIVEN);
}

static void other_credentials_of_two(scene *s) {
    give_two(s);
    refuse(s, GIVEN, "441", SECOND);
}

static void client_uses_the_password_for_another_realm(scene *s) {
    scene_give(s, "alice", "elsewhere", "given");
    refuse(s, GIVEN, "431", NULL);
}

static void server_makes_its_key_with_another_realm(scene *s) {
    scene_give(s, "alice", "example.org", "given");
    scene_give(s, "alice", "elsewhere", "given");
    refuse(s, GIVEN, "431", "alice:elsewhere:given");
}

static void refused_connection_bind(scene *s) {
    const message request = message_signed_long("bind request 4 connection=7 " ALICE, GIVEN);
    const message refusal = message_signed_long("bind error 4 error=431", UNKNOWN);
    const turn_unit unit = {.framing = STUN_FRAMING_TURN, .kind = STUN_FRAME_STUN};
    turn_unit now = unit;
    turn_packet packet;

    give(s);
    packet = scene_packet(s, 0, TURN_TRANSPORT_TCP, DATA_END, SERVER);
    now.bytes = request.bytes;
    now.captured = now.length = request.length;
    turn_tracker_unit(s->tracker, &packet, &now);
    packet = scene_packet(s, 10, TURN_TRANSPORT_TCP, SERVER, DATA_END);
    now.bytes = refusal.bytes;
    now.captured = now.length = refusal.length;
    turn_tracker_unit(s->tracker, &packet, &now);
}

static void both_have_the_given(scene *s) {
    give(s);
    refuse(s, GIVEN, "431", GIVEN);
}

static void refused_and_granted_with_the_given(scene *s) {
    give(s);
    refuse(s, GIVEN, "401", NULL);
    grant_later(s, GIVEN);
}

static void refused_and_granted_with_the_given_for_another_realm(scene *s) {
    scene_give(s, "alice", "elsewhere", "given");
    refuse(s, GIVEN, "401", NULL);
    grant_later(s, GIVEN);
}

static void quota_with_the_given(scene *s) {
    give(s);
    refuse(s, GIVEN, "486", UNKNOWN);
}

static void other_credentials_with_the_given(scene *s) {
    give(s);
    refuse(s, GIVEN, "441", NULL);
}

/* Alice's client has another password, and the server has another one for Bob. */
static void two_users(scene *s) {
    give(s);
    scene_give(s, "bob", NULL, "bobs");
    refuse(s, UNKNOWN, "431", GIVEN);
    client_signs(s, 60, "allocate request 3 transport=17 " BOB, "bob:example.org:bobs");
    server_signs(s, 70, "allocate error 3 error=431", "bob:example.org:x");
}

#define CLIENT_DIFFERS "client-password-differs"
#define SERVER_DIFFERS "server-password-differs"

static const rule_case cases[] = {
    HIT(CLIENT_DIFFERS, server_has_the_given, "failed", "3 4"),
    HIT(CLIENT_DIFFERS, neither_has_the_given, "failed", "3 4"),
    HIT(CLIENT_DIFFERS, neither_of_two_fits_an_unsigned_401, "failed", "3 4"),
    HIT(CLIENT_DIFFERS, client_corrects_itself, "degraded", "3 4"),
    HIT(CLIENT_DIFFERS, other_credentials_prove_it_with_441, "failed", "3 4"),
    HIT(CLIENT_DIFFERS, two_users, "failed", "3 4"),
    MISS(CLIENT_DIFFERS, no_password_of_this_user),
    MISS(CLIENT_DIFFERS, no_passwords_at_all),
    MISS(CLIENT_DIFFERS, server_grants_what_does_not_fit),
    MISS(CLIENT_DIFFERS, server_grants_it_to_another_client),
    MISS(CLIENT_DIFFERS, quota_is_reached),
    MISS(CLIENT_DIFFERS, user_is_not_known),
    MISS(CLIENT_DIFFERS, other_credentials_are_unsigned),
    MISS(CLIENT_DIFFERS, old_nonce_is_challenged),
    MISS(CLIENT_DIFFERS, request_names_no_user),
    MISS(CLIENT_DIFFERS, request_is_cut),
    MISS(CLIENT_DIFFERS, password_is_for_another_realm),
    MISS(CLIENT_DIFFERS, client_has_the_given),
    MISS(CLIENT_DIFFERS, client_has_the_first_and_server_the_second),
    MISS(CLIENT_DIFFERS, both_have_the_given),
    HIT(SERVER_DIFFERS, client_has_the_given, "failed", "3 4"),
    HIT(SERVER_DIFFERS, client_has_the_given_and_server_another, "failed", "3 4"),
    HIT(SERVER_DIFFERS, client_has_the_first_and_server_the_second, "failed", "3 4"),
    HIT(SERVER_DIFFERS, client_has_the_given_and_gets_401, "failed", "3 4"),
    HIT(SERVER_DIFFERS, client_takes_the_servers_password, "degraded", "3 4"),
    HIT(SERVER_DIFFERS, server_is_corrected, "degraded", "3 4"),
    HIT(SERVER_DIFFERS, other_credentials_of_two, "failed", "3 4"),
    HIT(SERVER_DIFFERS, client_uses_the_password_for_another_realm, "failed", "3 4"),
    HIT(SERVER_DIFFERS, server_makes_its_key_with_another_realm, "failed", "3 4"),
    HIT(SERVER_DIFFERS, refused_connection_bind, "failed", "1 2"),
    HIT(SERVER_DIFFERS, two_users, "failed", "5 6"),
    MISS(SERVER_DIFFERS, both_have_the_given),
    MISS(SERVER_DIFFERS, assumed_user_has_the_given),
    MISS(SERVER_DIFFERS, refused_and_granted_with_the_given),
    MISS(SERVER_DIFFERS, refused_and_granted_with_the_given_for_another_realm),
    MISS(SERVER_DIFFERS, quota_with_the_given),
    MISS(SERVER_DIFFERS, other_credentials_with_the_given),
    MISS(SERVER_DIFFERS, server_has_the_given),
    MISS(SERVER_DIFFERS, no_passwords_at_all),
    MISS(SERVER_DIFFERS, request_is_cut),
};

static void family_password_is_covered(void **state) {
    (void)state;
    rule_cases_cover(cases, G_N_ELEMENTS(cases), FAMILY_PASSWORD, FAMILY_AUTH);
}

/* What the finding says of who has what. */
static void details_name_the_sides(void **state) {
    static const struct {
        void (*play)(scene *s);
        const char *cause;
        const char *detail;
    } rows[] = {
        {server_has_the_given, CLIENT_DIFFERS,
         "The client signs as user \"alice\" with another password than the one given. The server "
         "has the password given: its refusal is signed with it."},
        {neither_has_the_given, CLIENT_DIFFERS,
         "What was given is the password of neither side: it is probably the given one that is "
         "wrong. The client signs as user \"alice\" with another password than the one given, and "
         "so does the server."},
        {neither_of_two_fits_an_unsigned_401, CLIENT_DIFFERS,
         "The client signs as user \"alice\" with none of the 2 passwords given. The refusal is "
         "not signed: which password the server has is not in the capture."},
        {client_has_the_given_and_server_another, SERVER_DIFFERS,
         "The client has the password given for user \"alice\". The server has another one: its "
         "refusal is signed with a password that was not given."},
        {client_has_the_first_and_server_the_second, SERVER_DIFFERS,
         "The client has the first password given for user \"alice\". The server has the second "
         "password given: its refusal is signed with it."},
        {client_uses_the_password_for_another_realm, SERVER_DIFFERS,
         "The client has the password given for user \"alice\". The refusal is not signed: which "
         "password the server has is not in the capture. The password was given for realm "
         "\"elsewhere\", and the messages name \"example.org\": if the server keeps the user under "
         "the realm given, that alone makes the difference."},
        {two_users, SERVER_DIFFERS,
         "The client has the password given for user \"bob\". The server has another one: its "
         "refusal is signed with a password that was not given."},
    };

    (void)state;
    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(scene) s = scene_new();

        rows[i].play(s);
        assert_non_null(scene_finding(s, rows[i].cause));
        assert_string_equal(scene_finding(s, rows[i].cause)->detail, rows[i].detail);
    }
}

static void realm_alone_is_named_as_the_difference(void **state) {
    g_autoptr(scene) s = scene_new();
    const char *detail;

    (void)state;
    scene_give(s, "alice", "elsewhere", "given");
    refuse(s, GIVEN, "431", "alice:elsewhere:given");
    detail = scene_finding(s, SERVER_DIFFERS)->detail;
    assert_string_equal(detail, "The client has the password given for user \"alice\". The server "
                                "has it too, but its key is made with realm \"elsewhere\" and the "
                                "client's with \"example.org\": only the realm differs.");
}

static void both_users_of_one_cause_are_told_apart(void **state) {
    g_autoptr(scene) s = scene_new();

    (void)state;
    give(s);
    scene_give(s, "bob", NULL, "bobs");
    refuse(s, UNKNOWN, "431", NULL);
    client_signs(s, 60, "allocate request 3 transport=17 " BOB, "bob:example.org:x");
    server_signs(s, 70, "allocate error 3 error=431", "bob:example.org:bobs");
    expect_finding(s, CLIENT_DIFFERS, "failed", "3 4 5 6");
    assert_string_equal(
        scene_finding(s, CLIENT_DIFFERS)->detail,
        "The client signs as user \"alice\" with another password than the one given. The refusal "
        "is not signed: which password the server has is not in the capture. The client signs as "
        "user \"bob\" with another password than the one given. The server has the password given: "
        "its refusal is signed with it.");
}

static void password_decides_the_verdict_and_the_refusal_stays(void **state) {
    g_autoptr(scene) s = scene_new();

    (void)state;
    client_has_the_given(s);
    assert_string_equal(scene_judgement(s)->first->cause->identifier, SERVER_DIFFERS);
    assert_int_equal(scene_judgement(s)->first->code, 431);
    expect_finding(s, "integrity-check-failed", "failed", "3 4");
}

static void unsigned_refusal_stays_where_the_passwords_are_the_same(void **state) {
    g_autoptr(scene) s = scene_new();

    (void)state;
    both_have_the_given(s);
    assert_string_equal(scene_judgement(s)->first->cause->identifier, "integrity-check-failed");
}

static void unknowns_say_why_nothing_is_proved(void **state) {
    static const struct {
        void (*play)(scene *s);
        const char *line; /* NULL: there is none */
        const char *next; /* what another part says of the same */
    } rows[] = {
        {no_password_of_this_user,
         "The server refused requests of user \"alice\", and no password "
         "was given for this user. (Session 1.)",
         NULL},
        {password_is_for_another_realm,
         "The password for user \"alice\" was given for realm \"elsewhere\", and does not fit the "
         "requests, which name \"example.org\": give it for that realm, or for any. (Session 1.)",
         NULL},
        {request_is_cut,
         "The refused requests of user \"alice\" were cut by the capture: which password they are "
         "signed with cannot be checked. Capture whole packets. (Session 1.)",
         "1 STUN message was cut short by the capture: what stood in the rest is not known."},
        {both_have_the_given,
         "Client and server both have the password given for user \"alice\": request and refusal "
         "are signed with it. Something else is wrong, such as a device that rewrites packets on "
         "the way. (Session 1.)",
         NULL},
        {refused_and_granted_with_the_given,
         "The server refused requests of user \"alice\" that are signed with the password given, "
         "and granted others that are signed with it: the password is not, or not always, the "
         "reason. (Session 1.)",
         NULL},
        {server_grants_what_does_not_fit,
         "The password given for user \"alice\" is not the one that client and server use: the "
         "server granted requests that are signed with another one. (Session 1.)",
         NULL},
        {no_passwords_at_all, NULL, NULL},
        {client_has_the_given, NULL, NULL},
    };

    (void)state;
    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(scene) s = scene_new();
        const GPtrArray *unknowns;

        rows[i].play(s);
        unknowns = scene_judgement(s)->unknowns;
        assert_int_equal(unknowns->len, (rows[i].line != NULL) + (rows[i].next != NULL));
        if (rows[i].line != NULL) {
            assert_string_equal(g_ptr_array_index(unknowns, 0), rows[i].line);
        }
        if (rows[i].next != NULL) {
            assert_string_equal(g_ptr_array_index(unknowns, 1), rows[i].next);
        }
    }
}

static void unknowns_of_many_sessions_are_one_line(void **state) {
    g_autoptr(scene) s = scene_new();

    (void)state;
    scene_give(s, "bob", NULL, "given");
    for (guint i = 0; i < 3; i++) {
        g_autofree char *client = g_strdup_printf("10.1.1.%u:40000", i + 1);

        feed_signed(s, i, client, SERVER, ALLOCATE, GIVEN);
        feed_signed(s, i + 10, SERVER, client, "allocate error 2 error=431", NULL);
        feed_signed(s, i + 20, client, SERVER, "allocate request 3 " ALICE, GIVEN);
        feed_signed(s, i + 30, SERVER, client, "allocate error 3 error=431", NULL);
    }
    assert_int_equal(scene_judgement(s)->unknowns->len, 1);
    assert_string_equal(g_ptr_array_index(scene_judgement(s)->unknowns, 0),
                        "The server refused requests of user \"alice\", and no password was given "
                        "for this user. (Session 1 and 2 more.)");
}

static void passwords_given_in_vain_are_an_unknown(void **state) {
    g_autoptr(scene) s = scene_new();

    (void)state;
    scene_give(s, "bob", NULL, "given");
    grant_later(s, GIVEN);
    assert_int_equal(scene_judgement(s)->unknowns->len, 1);
    assert_string_equal(g_ptr_array_index(scene_judgement(s)->unknowns, 0),
                        "No message could be checked with what was given: none is signed by these "
                        "users for these realms.");
}

/* TEXT, signed with KEY, with all bytes of its MESSAGE-INTEGRITY zero but the last, which is LAST.
 */
static void feed_removed(scene *s, gint64 ms, const char *from, const char *to, const char *text,
                         guint8 last) {
    message made = message_signed_long(text, GIVEN);

    memset(made.bytes + made.length - 20, 0, 20);
    made.bytes[made.length - 1] = last;
    feed_udp_bytes(s, ms, from, to, made.bytes, made.length);
}

static void refuse_removed(scene *s, guint8 last) {
    give(s);
    scene_challenge(s, 0);
    feed_removed(s, 20, CLIENT, SERVER, ALLOCATE, last);
    feed_removed(s, 30, SERVER, CLIENT, "allocate error 2 error=431", last);
}

static void signatures_that_were_removed_are_an_unknown(void **state) {
    g_autoptr(scene) s = scene_new();

    (void)state;
    refuse_removed(s, 0);
    assert_null(scene_finding(s, "client-password-differs"));
    assert_null(scene_finding(s, "server-password-differs"));
    assert_int_equal(scene_judgement(s)->unknowns->len, 1);
    assert_string_equal(g_ptr_array_index(scene_judgement(s)->unknowns, 0),
                        "MESSAGE-INTEGRITY was removed from this capture, so passwords cannot be "
                        "checked: check them with the capture as it was. (Session 1.)");
}

static void signatures_of_zeros_but_one_bit_are_none_of_the_given(void **state) {
    g_autoptr(scene) s = scene_new();

    (void)state;
    refuse_removed(s, 1);
    assert_non_null(scene_finding(s, "client-password-differs"));
    assert_int_equal(scene_judgement(s)->unknowns->len, 0);
}

static void way_round_does_not_hide_who_has_what(void **state) {
    g_autoptr(scene) s = scene_new();
    const turn_finding *finding;

    (void)state;
    give(s);
    refuse(s, UNKNOWN, "431", GIVEN);
    feed_signed(s, 60, "10.1.1.10:40002", SERVER, ALLOCATE, GIVEN);
    feed_signed(s, 70, SERVER, "10.1.1.10:40002", "allocate success 2 " GRANTED, GIVEN);
    feed_signed(s, 80, "10.1.1.10:40002", SERVER,
                "channel request 5 channel=16384 peer=" PEER " " ALICE, GIVEN);
    feed_signed(s, 90, SERVER, "10.1.1.10:40002", "channel success 5", GIVEN);
    for (guint i = 0; i < 2; i++) {
        const message data = channel_data(0x4000, "\x80xxxxxxxxxxx", 12);

        feed_udp_bytes(s, 100 + i, i == 0 ? "10.1.1.10:40002" : SERVER,
                       i == 0 ? SERVER : "10.1.1.10:40002", data.bytes, data.length);
    }
    finding = scene_finding(s, CLIENT_DIFFERS);
    assert_non_null(finding);
    assert_int_equal(finding->level, TURN_LEVEL_DEGRADED);
    assert_non_null(strstr(finding->detail, "The server has the password given"));
    assert_non_null(strstr(finding->detail, "The same client got round it: session 2"));
}

int main(void) {
    const struct CMUnitTest others[] = {
        cmocka_unit_test(family_password_is_covered),
        cmocka_unit_test(details_name_the_sides),
        cmocka_unit_test(realm_alone_is_named_as_the_difference),
        cmocka_unit_test(both_users_of_one_cause_are_told_apart),
        cmocka_unit_test(password_decides_the_verdict_and_the_refusal_stays),
        cmocka_unit_test(unsigned_refusal_stays_where_the_passwords_are_the_same),
        cmocka_unit_test(unknowns_say_why_nothing_is_proved),
        cmocka_unit_test(unknowns_of_many_sessions_are_one_line),
        cmocka_unit_test(passwords_given_in_vain_are_an_unknown),
        cmocka_unit_test(signatures_that_were_removed_are_an_unknown),
        cmocka_unit_test(signatures_of_zeros_but_one_bit_are_none_of_the_given),
        cmocka_unit_test(way_round_does_not_hide_who_has_what),
    };
    struct CMUnitTest tests[G_N_ELEMENTS(cases) + G_N_ELEMENTS(others)];

    memcpy(tests, others, sizeof others);
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        tests[G_N_ELEMENTS(others) + i] = (struct CMUnitTest){
            .name = cases[i].name, .test_func = rule_case_run, .initial_state = (void *)&cases[i]};
    }
    return cmocka_run_group_tests_name("rules_password", tests, NULL, NULL);
}
