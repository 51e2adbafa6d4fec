/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "support/scene.h"
#include "turn/membership.h"

#define CLIENT_2  "10.1.1.20:40000"
#define RELAYED_2 "198.51.100.1:24002"
#define ON_WIRE   "192.168.245.61:24000"
#define CHECK     "binding request 101 user=b:a priority=1 mi"
#define RELEASE   "refresh request 7 lifetime=0 " CREDENTIALS

static int setup(void **state) {
    *state = scene_new();
    return 0;
}

static int teardown(void **state) {
    scene_free(*state);
    return 0;
}

/* Where a packet belongs; its members are those of the model of the scene. */
typedef struct found {
    turn_member members[TURN_MAX_MEMBERS];
    guint count;
} found;

static found find(scene *s, turn_transport transport, const char *from, const char *to,
                  guint32 frame) {
    g_autoptr(turn_memberships) all = turn_memberships_new(scene_model(s));
    const turn_flow flow = {
        .transport = transport, .source = address_of(from), .destination = address_of(to)};
    const turn_seen seen = {.frame = frame};
    found result;

    result.count = turn_memberships_find(all, &flow, &seen, FALSE, result.members);
    return result;
}

static void assert_nothing(scene *s, turn_transport transport, const char *from, const char *to,
                           guint32 frame) {
    assert_int_equal(find(s, transport, from, to, frame).count, 0);
}

static turn_member only(const found *of) {
    assert_int_equal(of->count, 1);
    return of->members[0];
}

static turn_member find_only(scene *s, turn_transport transport, const char *from, const char *to,
                             guint32 frame) {
    const found result = find(s, transport, from, to, frame);

    return only(&result);
}

static void assert_peer(const turn_member *member, const char *address) {
    const stun_address wanted = address_of(address);

    assert_non_null(member->peer);
    assert_true(stun_address_equal(&member->peer->address, &wanted));
}

static void control_datagrams_are_of_the_session(void **state) {
    scene *s = *state;
    turn_member member;

    feed_other(s, 0);
    scene_allocate(s, 10);
    member = find_only(s, TURN_TRANSPORT_UDP, CLIENT, SERVER, 2);
    assert_ptr_equal(member.session, scene_session(s));
    assert_int_equal(member.part, TURN_PART_CONTROL);
    assert_true(member.outward);
    assert_false(find_only(s, TURN_TRANSPORT_UDP, SERVER, CLIENT, 900).outward);
    /* Before the session, over TCP, and of another port. */
    assert_nothing(s, TURN_TRANSPORT_UDP, CLIENT, SERVER, 1);
    assert_nothing(s, TURN_TRANSPORT_TCP, CLIENT, SERVER, 2);
    assert_nothing(s, TURN_TRANSPORT_UDP, "10.1.1.10:40002", SERVER, 2);
}

/* The answer in frame 2 has an earlier time than the request before it. */
static void clock_that_was_set_back_takes_nothing_away(void **state) {
    scene *s = *state;
    const turn_session *session;

    feed_udp(s, 5000, CLIENT, SERVER, "allocate request 1 transport=17");
    feed_udp(s, 1000, SERVER, CLIENT, "allocate error 1 error=401 realm=r nonce=n");
    assert_int_equal(find(s, TURN_TRANSPORT_UDP, CLIENT, SERVER, 1).count, 1);
    assert_int_equal(find(s, TURN_TRANSPORT_UDP, SERVER, CLIENT, 2).count, 1);
    session = scene_session(s);
    assert_int_equal(session->first.frame, 1);
    assert_int_equal(session->last.frame, 2);
    assert_int_equal(session->earliest, scene_time(1000));
    assert_int_equal(session->latest, scene_time(5000));
}

static void sessions_on_one_flow_are_told_by_frame(void **state) {
    scene *s = *state;
    guint32 second;

    scene_allocate(s, 0);
    feed_udp(s, 100, CLIENT, SERVER, RELEASE);
    feed_udp(s, 110, SERVER, CLIENT, "refresh success 7 lifetime=0 mi");
    second = feed_udp(s, 200, CLIENT, SERVER, "allocate request 9 transport=17 " CREDENTIALS);
    feed_udp(s, 210, SERVER, CLIENT,
             "allocate success 9 relayed=" RELAYED_2 " mapped=" MAPPED " lifetime=600 mi");
    assert_int_equal(scene_model(s)->sessions->len, 2);
    assert_int_equal(find_only(s, TURN_TRANSPORT_UDP, CLIENT, SERVER, second - 1).session->id, 1);
    assert_int_equal(find_only(s, TURN_TRANSPORT_UDP, CLIENT, SERVER, second).session->id, 2);
}

static void connections_belong_from_their_syn_on(void **state) {
    scene *s = *state;
    guint32 syn;
    turn_member member;

    scene_allocate_tcp(s, 0);
    feed_unit(s, 1000, SERVER, CLIENT, "attempt indication 8 connection=0x01020304 peer=" PEER);
    syn = s->frame + 1;
    scene_connect(s, 1100, DATA_END);
    feed_unit(s, 1120, DATA_END, SERVER, "bind request 9 connection=0x01020304 " CREDENTIALS);
    feed_unit(s, 1130, SERVER, DATA_END, "bind success 9 mi");

    member = find_only(s, TURN_TRANSPORT_TCP, DATA_END, SERVER, syn);
    assert_int_equal(member.part, TURN_PART_DATA);
    assert_true(member.outward);
    assert_non_null(member.connection);
    assert_peer(&member, PEER);
    assert_nothing(s, TURN_TRANSPORT_TCP, DATA_END, SERVER, syn - 1);
    /* The control connection begins with the first frame. */
    member = find_only(s, TURN_TRANSPORT_TCP, SERVER, CLIENT, 1);
    assert_int_equal(member.part, TURN_PART_CONTROL);
    assert_false(member.outward);
}

static void connection_without_a_syn_belongs_from_the_beginning(void **state) {
    scene *s = *state;

    feed_other(s, 0);
    feed_other(s, 1);
    feed_unit(s, 20, CLIENT, SERVER, "allocate request 1 transport=6");
    assert_int_equal(scene_session(s)->first.frame, s->frame);
    assert_int_equal(find(s, TURN_TRANSPORT_TCP, CLIENT, SERVER, 1).count, 1);
}

static void second_allocation_of_a_connection_does_not_take_the_first(void **state) {
    scene *s = *state;
    guint32 second;

    scene_allocate_tcp(s, 0);
    feed_unit(s, 100, CLIENT, SERVER, RELEASE);
    feed_unit(s, 110, SERVER, CLIENT, "refresh success 7 lifetime=0 mi");
    second = feed_unit(s, 200, CLIENT, SERVER, "allocate request 9 transport=6 " CREDENTIALS);
    assert_int_equal(scene_model(s)->sessions->len, 2);
    assert_int_equal(find_only(s, TURN_TRANSPORT_TCP, CLIENT, SERVER, 1).session->id, 1);
    assert_int_equal(find_only(s, TURN_TRANSPORT_TCP, CLIENT, SERVER, second - 1).session->id, 1);
    assert_int_equal(find_only(s, TURN_TRANSPORT_TCP, CLIENT, SERVER, second).session->id, 2);
}

static void relayed_address_belongs_from_its_allocation_on(void **state) {
    scene *s = *state;
    turn_member member;

    scene_allocate(s, 0);
    feed_udp(s, 110, PEER, RELAYED, CHECK);
    member = find_only(s, TURN_TRANSPORT_UDP, PEER, RELAYED, 5);
    assert_int_equal(member.part, TURN_PART_RELAY);
    assert_false(member.outward);
    assert_peer(&member, PEER);
    assert_true(find_only(s, TURN_TRANSPORT_UDP, RELAYED, PEER, 5).outward);
    /* A host that is no peer of it, all the same. */
    assert_null(find_only(s, TURN_TRANSPORT_UDP, OTHER, RELAYED, 5).peer);
    /* Before the answer, which is frame 4, and by TCP to a relay of UDP. */
    assert_nothing(s, TURN_TRANSPORT_UDP, PEER, RELAYED, 3);
    assert_nothing(s, TURN_TRANSPORT_TCP, PEER, RELAYED, 5);
}

static void relayed_address_goes_to_its_next_holder(void **state) {
    scene *s = *state;

    scene_allocate(s, 0);
    feed_udp(s, 100, CLIENT, SERVER, RELEASE);
    feed_udp(s, 110, SERVER, CLIENT, "refresh success 7 lifetime=0 mi");
    feed_udp(s, 200, CLIENT_2, SERVER, "allocate request 5 transport=17 " CREDENTIALS);
    feed_udp(s, 210, SERVER, CLIENT_2,
             "allocate success 5 relayed=" RELAYED " mapped=" CLIENT_2 " lifetime=600 mi");
    assert_int_equal(find_only(s, TURN_TRANSPORT_UDP, PEER, RELAYED, 7).session->id, 1);
    assert_int_equal(find_only(s, TURN_TRANSPORT_UDP, PEER, RELAYED, 8).session->id, 2);
}

static void static_nat_has_two_names_for_a_relayed_address(void **state) {
    scene *s = *state;
    turn_member member;

    scene_allocate(s, 0);
    feed_send(s, 100, PEER, CHECK);
    feed_udp(s, 101, ON_WIRE, PEER, CHECK);
    member = find_only(s, TURN_TRANSPORT_UDP, ON_WIRE, PEER, 6);
    assert_ptr_equal(member.session, scene_session(s));
    assert_true(member.outward);
    assert_peer(&member, PEER);
    assert_int_equal(find(s, TURN_TRANSPORT_UDP, PEER, RELAYED, 6).count, 1);
}

static void packet_between_two_relays_is_of_both_sessions(void **state) {
    scene *s = *state;
    found both;

    scene_allocate(s, 0);
    feed_udp(s, 100, CLIENT_2, SERVER, "allocate request 5 transport=17 " CREDENTIALS);
    feed_udp(s, 110, SERVER, CLIENT_2,
             "allocate success 5 relayed=" RELAYED_2 " mapped=" CLIENT_2 " lifetime=600 mi");
    feed_udp(s, 120, RELAYED, RELAYED_2, CHECK);
    both = find(s, TURN_TRANSPORT_UDP, RELAYED, RELAYED_2, 7);
    assert_int_equal(both.count, 2);
    assert_int_equal(both.members[0].session->id, 1);
    assert_true(both.members[0].outward);
    assert_peer(&both.members[0], RELAYED_2);
    assert_int_equal(both.members[1].session->id, 2);
    assert_false(both.members[1].outward);
    assert_peer(&both.members[1], RELAYED);
}

static void later_connection_on_the_ports_is_another(void **state) {
    scene *s = *state;
    guint32 last;

    scene_allocate_tcp(s, 0);
    feed_tcp(s, 100, CLIENT, SERVER, TURN_TCP_FIN);
    last = feed_tcp(s, 110, SERVER, CLIENT, TURN_TCP_FIN);
    scene_connect(s, 3600000, CLIENT);
    /* Up to the acknowledgement of the last FIN; not from the SYN on. */
    assert_int_equal(find(s, TURN_TRANSPORT_TCP, CLIENT, SERVER, last).count, 1);
    assert_nothing(s, TURN_TRANSPORT_TCP, CLIENT, SERVER, last + 1);
    assert_nothing(s, TURN_TRANSPORT_TCP, SERVER, CLIENT, last + 3);
}

static void later_connection_does_not_go_on_with_a_data_connection(void **state) {
    scene *s = *state;
    guint32 last;

    scene_allocate_tcp(s, 0);
    feed_unit(s, 1000, SERVER, CLIENT, "attempt indication 8 connection=0x01020304 peer=" PEER);
    scene_connect(s, 1100, DATA_END);
    feed_unit(s, 1120, DATA_END, SERVER, "bind request 9 connection=0x01020304 " CREDENTIALS);
    last = feed_unit(s, 1130, SERVER, DATA_END, "bind success 9 mi");
    scene_connect(s, 2000, DATA_END);
    assert_int_equal(find(s, TURN_TRANSPORT_TCP, DATA_END, SERVER, last).count, 1);
    assert_nothing(s, TURN_TRANSPORT_TCP, DATA_END, SERVER, last + 1);
}

static void closed_connection_before_a_missing_syn_is_another(void **state) {
    scene *s = *state;
    guint32 fin;

    scene_connect(s, 0, CLIENT);
    fin = feed_tcp(s, 20, CLIENT, SERVER, TURN_TCP_FIN);
    feed_other(s, 60000);
    feed_unit(s, 60010, CLIENT, SERVER, "allocate request 1 transport=6");
    assert_int_equal(scene_session(s)->first.frame, fin + 2);
    assert_nothing(s, TURN_TRANSPORT_TCP, CLIENT, SERVER, 1);
    assert_nothing(s, TURN_TRANSPORT_TCP, CLIENT, SERVER, fin);
    /* What is between may be its SYN-ACK. */
    assert_int_equal(find(s, TURN_TRANSPORT_TCP, SERVER, CLIENT, fin + 1).count, 1);
}

static void syn_ack_begins_a_connection_too(void **state) {
    scene *s = *state;
    guint32 answer;

    feed_other(s, 0);
    answer = feed_tcp(s, 10, SERVER, CLIENT, TURN_TCP_SYN_ACK);
    feed_tcp(s, 11, CLIENT, SERVER, TURN_TCP_ESTABLISHED);
    feed_unit(s, 20, CLIENT, SERVER, "allocate request 1 transport=6");
    assert_int_equal(find(s, TURN_TRANSPORT_TCP, SERVER, CLIENT, answer).count, 1);
    assert_nothing(s, TURN_TRANSPORT_TCP, CLIENT, SERVER, answer - 1);
}

static guint count_of(scene *s, const char *from, const char *to, gint64 ms, gboolean is_message) {
    g_autoptr(turn_memberships) all = turn_memberships_new(scene_model(s));
    const turn_flow flow = {
        .transport = TURN_TRANSPORT_UDP, .source = address_of(from), .destination = address_of(to)};
    const turn_seen seen = {.frame = s->frame + 1, .time = scene_time(ms)};
    turn_member members[TURN_MAX_MEMBERS];

    return turn_memberships_find(all, &flow, &seen, is_message, members);
}

static guint count_at(scene *s, const char *from, const char *to, gint64 ms) {
    return count_of(s, from, to, ms, FALSE);
}

static void allocation_that_expired_holds_nothing_for_long(void **state) {
    scene *s = *state;

    scene_allocate(s, 0);
    /* In place until 600.030. */
    assert_int_equal(count_at(s, CLIENT, SERVER, 600031), 1);
    assert_int_equal(count_at(s, PEER, RELAYED, 600031), 1);
    assert_int_equal(count_at(s, CLIENT, SERVER, 720029), 1);
    assert_int_equal(count_at(s, PEER, RELAYED, 720029), 1);
    assert_int_equal(count_at(s, CLIENT, SERVER, 720031), 0);
    assert_int_equal(count_at(s, SERVER, CLIENT, 720031), 0);
    assert_int_equal(count_at(s, PEER, RELAYED, 720031), 0);
}

static void allocation_that_was_released_holds_nothing_for_long(void **state) {
    scene *s = *state;

    scene_allocate(s, 0);
    feed_udp(s, 1000, CLIENT, SERVER, RELEASE);
    feed_udp(s, 1010, SERVER, CLIENT, "refresh success 7 lifetime=0 mi");
    assert_int_equal(count_at(s, CLIENT, SERVER, 121009), 1);
    assert_int_equal(count_at(s, PEER, RELAYED, 121009), 1);
    assert_int_equal(count_at(s, CLIENT, SERVER, 121011), 0);
    assert_int_equal(count_at(s, PEER, RELAYED, 121011), 0);
}

/* Whatever an earlier session is told later on, and nothing else that goes there then. */
static void late_message_belongs_alone(void **state) {
    scene *s = *state;

    scene_allocate(s, 0);
    feed_udp(s, 3600000, CLIENT, SERVER, "refresh request 7 lifetime=600 " CREDENTIALS);
    feed_udp(s, 3600010, SERVER, CLIENT, "refresh error 7 error=437");
    assert_int_equal(scene_model(s)->sessions->len, 1);
    assert_int_equal(count_of(s, CLIENT, SERVER, 3600000, TRUE), 1);
    assert_int_equal(count_of(s, SERVER, CLIENT, 3600010, TRUE), 1);
    assert_int_equal(count_at(s, CLIENT, SERVER, 3600011), 0);
    /* The relayed address may be of anyone. */
    assert_int_equal(count_of(s, PEER, RELAYED, 3600011, TRUE), 0);
}

static void feed_channel_data(scene *s, gint64 ms, gboolean from_client) {
    static const char data[] = {0x40, 0, 0, 4, 'd', 'a', 't', 'a'};

    feed_udp_bytes(s, ms, from_client ? CLIENT : SERVER, from_client ? SERVER : CLIENT, data,
                   sizeof data);
}

/* In place until 600.030; a client that sends on without a pause of two minutes. */
static void use_that_goes_on_after_expiry_belongs(void **state) {
    scene *s = *state;

    scene_allocate(s, 0);
    for (gint64 ms = 590000; ms < 1000000; ms += 100000) {
        feed_channel_data(s, ms, TRUE);
    }
    assert_int_equal(count_at(s, CLIENT, SERVER, 1109999), 1);
    assert_int_equal(count_at(s, CLIENT, SERVER, 1110001), 0);
    assert_int_equal(count_at(s, PEER, RELAYED, 720031), 0);
}

static void use_after_a_pause_does_not_belong(void **state) {
    scene *s = *state;

    scene_allocate(s, 0);
    feed_udp(s, 1000, CLIENT, SERVER, RELEASE);
    feed_udp(s, 1010, SERVER, CLIENT, "refresh success 7 lifetime=0 mi");
    feed_channel_data(s, 3601000, TRUE);
    feed_channel_data(s, 3601100, TRUE);
    assert_int_equal(scene_model(s)->sessions->len, 1);
    assert_int_equal(count_at(s, CLIENT, SERVER, 121009), 1);
    assert_int_equal(count_at(s, CLIENT, SERVER, 3600000), 0);
    assert_int_equal(count_at(s, CLIENT, SERVER, 3601000), 0);
    assert_int_equal(count_at(s, PEER, RELAYED, 3601000), 0);
}

/* The server lets data through long after the time that was granted last: the capture lacks what
 * renewed it. */
static void allocation_that_is_there_after_its_time_has_no_end(void **state) {
    scene *s = *state;

    scene_allocate(s, 0);
    feed_channel_data(s, 3600000, FALSE);
    assert_int_equal(count_at(s, CLIENT, SERVER, 2000000), 1);
    assert_int_equal(count_at(s, PEER, RELAYED, 86400000), 1);
}

/* The server is only a little late, and that is all. */
static void allocation_that_ends_late_has_an_end(void **state) {
    scene *s = *state;

    scene_allocate(s, 0);
    feed_channel_data(s, 610000, FALSE);
    assert_int_equal(count_at(s, CLIENT, SERVER, 729999), 1);
    assert_int_equal(count_at(s, CLIENT, SERVER, 730001), 0);
    assert_int_equal(count_at(s, PEER, RELAYED, 720031), 0);
}

static void renewed_allocation_stays(void **state) {
    scene *s = *state;

    scene_allocate(s, 0);
    feed_udp(s, 590000, CLIENT, SERVER, "refresh request 7 lifetime=600 " CREDENTIALS);
    feed_udp(s, 590010, SERVER, CLIENT, "refresh success 7 lifetime=600 mi");
    assert_int_equal(count_at(s, CLIENT, SERVER, 1310009), 1);
    assert_int_equal(count_at(s, PEER, RELAYED, 1310009), 1);
    assert_int_equal(count_at(s, CLIENT, SERVER, 1310011), 0);
}

static void session_without_an_allocation_ends_with_its_last_message(void **state) {
    scene *s = *state;

    /* Its last message is 10 ms in. */
    scene_challenge(s, 0);
    assert_int_equal(count_at(s, CLIENT, SERVER, 120009), 1);
    assert_int_equal(count_at(s, CLIENT, SERVER, 120011), 0);
    assert_int_equal(count_of(s, CLIENT, SERVER, 86400000, TRUE), 1);
}

static void allocation_from_before_the_capture_has_no_end(void **state) {
    scene *s = *state;

    feed_udp(s, 0, CLIENT, SERVER, "permission request 1 peer=" PEER " " CREDENTIALS);
    feed_udp(s, 10, SERVER, CLIENT, "permission success 1 mi");
    assert_int_equal(count_at(s, CLIENT, SERVER, 86400000), 1);
}

/* Answers that the capture lacks: what the client does proves that it got its allocation. */
static void allocation_that_was_answered_unseen_has_no_end(void **state) {
    scene *s = *state;

    feed_udp(s, 0, CLIENT, SERVER, "allocate request 1 transport=17 " CREDENTIALS);
    feed_udp(s, 10, CLIENT, SERVER, "permission request 2 peer=" PEER " " CREDENTIALS);
    assert_true(scene_session(s)->answered_unseen);
    assert_int_equal(count_at(s, CLIENT, SERVER, 86400000), 1);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(control_datagrams_are_of_the_session),
        TEST(clock_that_was_set_back_takes_nothing_away),
        TEST(sessions_on_one_flow_are_told_by_frame),
        TEST(connections_belong_from_their_syn_on),
        TEST(connection_without_a_syn_belongs_from_the_beginning),
        TEST(second_allocation_of_a_connection_does_not_take_the_first),
        TEST(relayed_address_belongs_from_its_allocation_on),
        TEST(relayed_address_goes_to_its_next_holder),
        TEST(static_nat_has_two_names_for_a_relayed_address),
        TEST(packet_between_two_relays_is_of_both_sessions),
        TEST(later_connection_on_the_ports_is_another),
        TEST(later_connection_does_not_go_on_with_a_data_connection),
        TEST(closed_connection_before_a_missing_syn_is_another),
        TEST(syn_ack_begins_a_connection_too),
        TEST(allocation_that_expired_holds_nothing_for_long),
        TEST(allocation_that_was_released_holds_nothing_for_long),
        TEST(late_message_belongs_alone),
        TEST(use_that_goes_on_after_expiry_belongs),
        TEST(use_after_a_pause_does_not_belong),
        TEST(allocation_that_is_there_after_its_time_has_no_end),
        TEST(allocation_that_ends_late_has_an_end),
        TEST(renewed_allocation_stays),
        TEST(session_without_an_allocation_ends_with_its_last_message),
        TEST(allocation_from_before_the_capture_has_no_end),
        TEST(allocation_that_was_answered_unseen_has_no_end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
