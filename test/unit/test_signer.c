/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "support/build.h"
#include "turn/signer.h"

#include <string.h>

#define CLIENT "10.1.1.10:40000"
#define SERVER "198.51.100.1:3478"
#define OTHER  "198.51.100.2:3478"

static const turn_signer_context nothing = {0};
static const turn_signer_context session = {.user = "alice", .realm = "r"};

static int setup(void **state) {
    *state = turn_signers_new();
    return 0;
}

static int teardown(void **state) {
    turn_signers_free(*state);
    return 0;
}

/* Who signed the message that BYTES, all that was captured of LENGTH, begin with. */
static turn_signer find_cut(turn_signers *signers, const guint8 *bytes, gsize captured,
                            gsize length, const turn_signer_context *context) {
    static stun_message view;

    assert_int_not_equal(stun_message_parse(bytes, captured, length, &view), STUN_NOT_STUN);
    return turn_signers_find(signers, &view, context);
}

static turn_signer find_whole(turn_signers *signers, const message *made,
                              const turn_signer_context *context) {
    return find_cut(signers, made->bytes, made->length, made->length, context);
}

/* The user and the realm of MADE, as in "alice r"; "-" where it is not known. To be freed. */
static char *find(turn_signers *signers, const message *made, const turn_signer_context *context) {
    const turn_signer signer = find_whole(signers, made, context);
    g_autofree char *user = g_strndup(signer.user.bytes, signer.user.length);
    g_autofree char *realm = g_strndup(signer.realm.bytes, signer.realm.length);

    assert_true((user == NULL) == (signer.user.length == 0));
    assert_true((realm == NULL) == (signer.realm.length == 0));
    return g_strdup_printf("%s %s", user != NULL ? user : "-", realm != NULL ? realm : "-");
}

static void expect_message(turn_signers *signers, const message *made,
                           const turn_signer_context *context, const char *expected) {
    g_autofree char *found = find(signers, made, context);

    assert_string_equal(found, expected);
}

static turn_flow flow_between(const char *from, const char *to) {
    return (turn_flow){.source = address_of(from), .destination = address_of(to)};
}

/* The message TEXT (build.h), between two ends or with this CONTEXT. */
static void expect_in(turn_signers *signers, const char *text, const turn_signer_context *context,
                      const char *expected) {
    const message made = message_of(text);

    expect_message(signers, &made, context, expected);
}

static void expect_between(turn_signers *signers, const char *text, const char *from,
                           const char *to, const char *expected) {
    const turn_flow flow = flow_between(from, to);
    const turn_signer_context context = {.flow = &flow};

    expect_in(signers, text, &context, expected);
}

static void expect_from_client(turn_signers *signers, const char *text, const char *expected) {
    expect_between(signers, text, CLIENT, SERVER, expected);
}

static void expect_from_server(turn_signers *signers, const char *text, const char *expected) {
    expect_between(signers, text, SERVER, CLIENT, expected);
}

static void message_says_itself_who_signed_it(void **state) {
    expect_in(*state, "allocate request 1 user=bob realm=s", &session, "bob s");
    expect_in(*state, "allocate error 1 user=bob realm=s", &session, "bob s");
    expect_in(*state, "binding request 1 user=a:b", &nothing, "a:b -");
    expect_in(*state, "binding request 1", &nothing, "- -");
}

static void session_says_what_the_message_does_not(void **state) {
    expect_in(*state, "allocate success 1", &session, "alice r");
    expect_in(*state, "allocate request 1 user=bob", &session, "bob r");
    expect_in(*state, "send indication 1", &session, "alice r");
}

static void session_is_not_asked_about_binding(void **state) {
    expect_in(*state, "binding success 1", &session, "- -");
    expect_in(*state, "binding request 1 user=a:b", &session, "a:b -");
}

static gboolean is_assumed(turn_signers *signers, const char *text,
                           const turn_signer_context *context) {
    const message made = message_of(text);

    return find_whole(signers, &made, context).assumed;
}

static void user_is_assumed_where_only_the_session_names_it(void **state) {
    const turn_flow flow = flow_between(CLIENT, SERVER);
    const turn_signer_context in_session = {.flow = &flow, .user = "alice", .realm = "r"};
    const turn_signer_context of_realm = {.flow = &flow, .realm = "r"};

    assert_true(is_assumed(*state, "refresh success 1", &in_session));
    assert_true(is_assumed(*state, "refresh error 1 realm=r", &in_session));
    assert_true(is_assumed(*state, "refresh request 1", &in_session));
    assert_true(is_assumed(*state, "send indication 1", &in_session));
    assert_false(is_assumed(*state, "refresh request 2 user=bob", &in_session));
    assert_false(is_assumed(*state, "refresh success 2", &in_session));
    assert_false(is_assumed(*state, "refresh request 3 userhash", &in_session));
    assert_false(is_assumed(*state, "refresh success 3", &in_session));
    assert_false(is_assumed(*state, "refresh success 4", &of_realm));
    assert_false(is_assumed(*state, "binding success 5", &in_session));
}

static void userhash_is_a_user_unless_there_is_a_name(void **state) {
    const char hash[] = "0123456789012345678901234567890"; /* 32 bytes, the last of them zero */
    message made = message_of("allocate request 1");
    turn_signer signer;

    message_add(&made, STUN_ATTR_USERHASH, hash, 32);
    signer = find_whole(*state, &made, &session);
    assert_true(signer.hashed);
    assert_int_equal(signer.user.length, 32);
    assert_memory_equal(signer.user.bytes, hash, 32);
    message_add_text(&made, STUN_ATTR_USERNAME, "bob");
    signer = find_whole(*state, &made, &session);
    assert_false(signer.hashed);
    expect_message(*state, &made, &session, "bob r");
}

static void response_to_a_userhash_is_signed_by_it(void **state) {
    const turn_flow flow = flow_between(CLIENT, SERVER);
    const turn_signer_context context = {.flow = &flow, .user = "alice"};
    const message request = message_of("allocate request 1 userhash realm=r");
    const message response = message_of("allocate success 1");
    turn_signer signer;

    find_whole(*state, &request, &context);
    signer = find_whole(*state, &response, &context);
    assert_true(signer.hashed);
    assert_int_equal(signer.user.length, 32);
    assert_memory_equal(signer.realm.bytes, "r", signer.realm.length);
}

static void ms_turn_texts_are_trimmed(void **state) {
    message made = message_ms(0x0003, 7);

    message_add(&made, STUN_ATTR_USERNAME, "bob\0\0", 5);
    message_add_text(&made, STUN_ATTR_MS_REALM, "\"rtcmedia\"");
    message_add_text(&made, STUN_ATTR_MS_NONCE, "\"nonce\"");
    expect_message(*state, &made, &nothing, "bob rtcmedia");
}

static void empty_texts_say_nothing(void **state) {
    message made = message_of("allocate request 1");

    message_add(&made, STUN_ATTR_USERNAME, "\0\0", 2);
    message_add(&made, STUN_ATTR_REALM, "", 0);
    expect_message(*state, &made, &nothing, "- -");
    expect_message(*state, &made, &session, "alice r");
}

static void cut_user_says_nothing(void **state) {
    static const char *const texts[] = {"allocate request 1 user=alice",
                                        "allocate request 1 userhash"};

    for (gsize i = 0; i < G_N_ELEMENTS(texts); i++) {
        const message made = message_of(texts[i]);
        const gsize end = i == 0 ? STUN_HEADER_SIZE + 4 + 5 : made.length;

        for (gsize cut = STUN_HEADER_SIZE; cut <= end; cut++) {
            g_autofree guint8 *bytes = g_memdup2(made.bytes, cut);
            const turn_signer signer = find_cut(*state, bytes, cut, made.length, &nothing);

            assert_true((signer.user.bytes != NULL) == (cut == end));
        }
    }
}

static void response_is_signed_by_the_user_of_its_request(void **state) {
    expect_from_client(*state, "allocate request 5 user=alice realm=r", "alice r");
    expect_from_server(*state, "allocate success 5", "alice r");
    expect_from_server(*state, "allocate error 5", "alice r");
    expect_from_server(*state, "allocate error 5 user=bob", "bob r");
    expect_from_server(*state, "allocate error 5 realm=s", "alice s");
    expect_from_server(*state, "allocate success 6", "- -");
    expect_between(*state, "allocate success 5", OTHER, CLIENT, "- -");
    expect_in(*state, "allocate success 5", &nothing, "- -");
}

static void request_stands_before_the_session(void **state) {
    const turn_flow flow = flow_between(CLIENT, SERVER);
    const turn_signer_context in_session = {.flow = &flow, .user = "alice", .realm = "r"};

    expect_in(*state, "refresh request 1 user=bob realm=s", &in_session, "bob s");
    expect_in(*state, "refresh success 1", &in_session, "bob s");
    expect_in(*state, "refresh request 2 user=bob", &in_session, "bob r");
    expect_from_server(*state, "refresh success 2", "bob r");
    expect_in(*state, "refresh request 3", &in_session, "alice r");
    expect_from_server(*state, "refresh success 3", "- -");
}

static void only_requests_lend_their_user_and_only_to_responses(void **state) {
    expect_from_client(*state, "send indication 5 user=alice", "alice -");
    expect_from_server(*state, "allocate success 5", "- -");
    expect_from_server(*state, "allocate error 5 user=alice", "alice -");
    expect_from_server(*state, "allocate success 5", "- -");
    expect_from_client(*state, "allocate request 5 user=alice", "alice -");
    expect_from_client(*state, "allocate request 5", "- -");
    expect_from_server(*state, "allocate success 5", "alice -");
}

static void ask(turn_signers *signers, guint id) {
    g_autofree char *text = g_strdup_printf("allocate request %u user=alice realm=r", id);

    expect_from_client(signers, text, "alice r");
}

static void expect_answer(turn_signers *signers, guint id, const char *expected) {
    g_autofree char *text = g_strdup_printf("allocate success %u", id);

    expect_from_server(signers, text, expected);
}

static void oldest_request_leaves_when_there_are_too_many(void **state) {
    for (guint id = 1; id <= TURN_SIGNERS_MAX; id++) {
        ask(*state, id);
    }
    ask(*state, 1);
    expect_answer(*state, 1, "alice r");
    ask(*state, TURN_SIGNERS_MAX + 1);
    expect_answer(*state, 1, "- -");
    expect_answer(*state, 2, "alice r");
    expect_answer(*state, TURN_SIGNERS_MAX + 1, "alice r");
}

/* A request of a user whose name has LENGTH bytes. */
static void ask_long(turn_signers *signers, guint id, gsize length) {
    const turn_flow flow = flow_between(CLIENT, SERVER);
    const turn_signer_context context = {.flow = &flow};
    g_autofree char *text = g_strdup_printf("allocate request %u", id);
    g_autofree char *user = g_strnfill(length, 'u');
    message made = message_of(text);

    message_add_text(&made, STUN_ATTR_USERNAME, user);
    find_whole(signers, &made, &context);
}

static void oldest_request_leaves_when_texts_are_too_long(void **state) {
    gsize left = TURN_SIGNERS_BYTES - 2 * strlen("alicer");
    guint id = 2;

    ask(*state, 1);
    ask(*state, 2);
    for (; left > 0; left -= MIN(left, 1024)) {
        ask_long(*state, ++id, MIN(left, 1024));
    }
    expect_answer(*state, 1, "alice r");
    ask_long(*state, ++id, strlen("alicer"));
    expect_answer(*state, 1, "- -");
    expect_answer(*state, 2, "alice r");
    ask_long(*state, ++id, 1);
    expect_answer(*state, 2, "- -");
}

static void nothing_is_freed_of_nothing(void **state) {
    (void)state;
    turn_signers_free(NULL);
}

#define with_signers(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void) {
    const struct CMUnitTest tests[] = {
        with_signers(message_says_itself_who_signed_it),
        with_signers(session_says_what_the_message_does_not),
        with_signers(session_is_not_asked_about_binding),
        with_signers(user_is_assumed_where_only_the_session_names_it),
        with_signers(userhash_is_a_user_unless_there_is_a_name),
        with_signers(response_to_a_userhash_is_signed_by_it),
        with_signers(ms_turn_texts_are_trimmed),
        with_signers(empty_texts_say_nothing),
        with_signers(cut_user_says_nothing),
        with_signers(response_is_signed_by_the_user_of_its_request),
        with_signers(request_stands_before_the_session),
        with_signers(only_requests_lend_their_user_and_only_to_responses),
        with_signers(oldest_request_leaves_when_there_are_too_many),
        with_signers(oldest_request_leaves_when_texts_are_too_long),
        cmocka_unit_test(nothing_is_freed_of_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
