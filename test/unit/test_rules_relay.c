/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "support/rule_case.h"

#define CHECK     "binding request 101 user=b:a priority=1 mi"
#define ICMP_PORT 3
#define ICMP_TIME 11
/* The server is behind static NAT: 198.51.100.1 is 192.168.245.61 on its outside interface. */
#define ON_WIRE   "192.168.245.61:24000"
#define CLIENT_2  "10.1.1.20:40000"
#define RELAYED_2 "198.51.100.1:24002"
#define ON_WIRE_2 "192.168.245.61:24002"

/* Three frames. */
static void arrives(scene *s, gint64 ms, const char *peer) {
    feed_tcp(s, ms, peer, RELAYED, TURN_TCP_SYN);
    feed_tcp(s, ms + 1, RELAYED, peer, TURN_TCP_SYN_ACK);
    feed_tcp(s, ms + 2, peer, RELAYED, TURN_TCP_ESTABLISHED);
}

static void arrives_and_is_turned_away(scene *s) {
    scene_allocate_tcp(s, 0);
    arrives(s, 1000, PEER);
    feed_tcp(s, 1005, RELAYED, PEER, TURN_TCP_FIN);
    feed_other(s, 3000);
}

static void arrives_and_is_reset(scene *s) {
    scene_allocate_tcp(s, 0);
    arrives(s, 1000, PEER);
    feed_tcp(s, 1005, RELAYED, PEER, TURN_TCP_RESET);
}

static void arrives_and_leaves(scene *s) {
    scene_allocate_tcp(s, 0);
    arrives(s, 1000, PEER);
    feed_tcp(s, 1005, PEER, RELAYED, TURN_TCP_FIN);
    feed_tcp(s, 1006, RELAYED, PEER, TURN_TCP_FIN);
}

static void arrives_and_resets(scene *s) {
    scene_allocate_tcp(s, 0);
    arrives(s, 1000, PEER);
    feed_tcp(s, 1005, PEER, RELAYED, TURN_TCP_RESET);
}

static void arrives_and_is_announced(scene *s) {
    scene_allocate_tcp(s, 0);
    arrives(s, 1000, PEER);
    feed_unit(s, 1003, SERVER, CLIENT, "attempt indication 8 connection=0x01020304 peer=" PEER);
    feed_tcp(s, 1500, RELAYED, PEER, TURN_TCP_FIN);
}

static void arrives_with_permission(scene *s) {
    scene_allocate_tcp(s, 0);
    feed_unit(s, 100, CLIENT, SERVER, "permission request 3 peer=" PEER " " CREDENTIALS);
    feed_unit(s, 110, SERVER, CLIENT, "permission success 3 mi");
    arrives(s, 1000, PEER);
    feed_tcp(s, 1005, RELAYED, PEER, TURN_TCP_FIN);
}

static void arrives_with_permission_for_another(scene *s) {
    scene_allocate_tcp(s, 0);
    feed_unit(s, 100, CLIENT, SERVER, "permission request 3 peer=" OTHER " " CREDENTIALS);
    feed_unit(s, 110, SERVER, CLIENT, "permission success 3 mi");
    arrives(s, 1000, PEER);
    feed_tcp(s, 1005, RELAYED, PEER, TURN_TCP_FIN);
}

static void arrives_and_is_closed_after_30_s(scene *s) {
    scene_allocate_tcp(s, 0);
    arrives(s, 1000, PEER);
    feed_tcp(s, 31000, RELAYED, PEER, TURN_TCP_FIN);
}

static void arrives_and_is_closed_with_the_allocation(scene *s) {
    scene_allocate_tcp(s, 0);
    arrives(s, 1000, PEER);
    feed_unit(s, 1003, CLIENT, SERVER, "refresh request 3 lifetime=0 " CREDENTIALS);
    feed_tcp(s, 1005, RELAYED, PEER, TURN_TCP_FIN);
}

static void arrives_while_the_control_connection_lacks_bytes(scene *s) {
    turn_packet packet;

    scene_allocate_tcp(s, 0);
    arrives(s, 1000, PEER);
    packet = scene_packet(s, 1003, TURN_TRANSPORT_TCP, SERVER, CLIENT);
    turn_tracker_gap(s->tracker, &packet, 100);
    feed_tcp(s, 1005, RELAYED, PEER, TURN_TCP_FIN);
}

/* The file with the client's side of the server ends before. */
static void arrives_when_the_other_interface_is_not_captured(scene *s) {
    turn_packet packet;

    scene_allocate_tcp(s, 0);
    packet = scene_packet(s, 0, TURN_TRANSPORT_TCP, PEER, RELAYED);
    packet.capture = 1;
    turn_tracker_time(s->tracker, 1, packet.time);
    feed_other(s, 60000);
    packet.time = scene_time(60001);
    turn_tracker_tcp(s->tracker, &packet, TURN_TCP_SYN);
    packet.flow = turn_flow_reversed(&packet.flow);
    turn_tracker_tcp(s->tracker, &packet, TURN_TCP_SYN_ACK);
    turn_tracker_tcp(s->tracker, &packet, TURN_TCP_FIN);
}

static void arrives_at_a_udp_relay(scene *s) {
    scene_allocate(s, 0);
    arrives(s, 1000, PEER);
    feed_tcp(s, 1005, RELAYED, PEER, TURN_TCP_FIN);
}

static void one_of_two_is_turned_away(scene *s) {
    arrives_and_is_turned_away(s);
    arrives(s, 4000, OTHER);
    feed_unit(s, 4003, SERVER, CLIENT, "attempt indication 8 connection=0x01020304 peer=" OTHER);
    scene_connect(s, 4100, DATA_END);
    feed_unit(s, 4120, DATA_END, SERVER, "bind request 9 connection=0x01020304 " CREDENTIALS);
    feed_unit(s, 4130, SERVER, DATA_END, "bind success 9 mi");
    feed_opaque(s, 4200, DATA_END, SERVER, 10);
    feed_opaque(s, 4210, SERVER, DATA_END, 10);
}

static void relay_answers_with_icmp(scene *s, guint8 type, gint64 end) {
    scene_allocate(s, 0);
    feed_send(s, 100, PEER, CHECK);
    feed_icmp(s, 200, TURN_TRANSPORT_UDP, PEER, RELAYED, type);
    feed_other(s, end);
}

static void relayed_address_unreachable(scene *s) {
    relay_answers_with_icmp(s, ICMP_PORT, 5200);
}

static void relayed_address_unreachable_just_before_the_end(scene *s) {
    relay_answers_with_icmp(s, ICMP_PORT, 5199);
}

static void relayed_address_too_far(scene *s) {
    relay_answers_with_icmp(s, ICMP_TIME, 60000);
}

static void relayed_address_unreachable_after_the_release(scene *s) {
    scene_allocate(s, 0);
    feed_udp(s, 100, CLIENT, SERVER, "refresh request 3 lifetime=0 " CREDENTIALS);
    feed_udp(s, 110, SERVER, CLIENT, "refresh success 3 lifetime=0 mi");
    feed_icmp(s, 200, TURN_TRANSPORT_UDP, PEER, RELAYED, ICMP_PORT);
    feed_other(s, 60000);
}

static void relayed_address_unreachable_after_it_expired(scene *s) {
    scene_allocate(s, 0);
    feed_icmp(s, 600030, TURN_TRANSPORT_UDP, PEER, RELAYED, ICMP_PORT);
    feed_other(s, 660000);
}

static void relayed_address_unreachable_for_one_and_reached_by_another(scene *s) {
    relayed_address_unreachable(s);
    scene_checks(s, 5300, OTHER);
}

static void relayed_address_unreachable_and_not_needed(scene *s) {
    relayed_address_unreachable(s);
    feed_udp(s, 5300, CLIENT, OTHER, "binding request 201 user=b:a priority=1 mi");
    feed_udp(s, 5310, OTHER, CLIENT, "binding success 201 mi");
    feed_udp(s, 5320, OTHER, CLIENT, "binding request 202 user=a:b priority=1 mi");
    feed_udp(s, 5330, CLIENT, OTHER, "binding success 202 mi");
}

static void relayed_address_of_somebody_else_unreachable(scene *s) {
    scene_allocate(s, 0);
    feed_icmp(s, 200, TURN_TRANSPORT_UDP, PEER, RELAYED_2, ICMP_PORT);
    feed_other(s, 60000);
}

/* Bound in frame 13. */
static void bound(scene *s) {
    scene_allocate_tcp(s, 0);
    feed_unit(s, 1000, SERVER, CLIENT, "attempt indication 8 connection=0x01020304 peer=" PEER);
    scene_connect(s, 1100, DATA_END);
    feed_unit(s, 1120, DATA_END, SERVER, "bind request 9 connection=0x01020304 " CREDENTIALS);
    feed_unit(s, 1130, SERVER, DATA_END, "bind success 9 mi");
}

static void bound_and_the_peer_silent(scene *s) {
    bound(s);
    feed_framed(s, 1200, DATA_END, SERVER, CHECK);
    feed_other(s, 11130);
}

static void bound_and_the_client_silent(scene *s) {
    bound(s);
    feed_framed(s, 1200, SERVER, DATA_END, CHECK);
    feed_other(s, 11130);
}

static void bound_and_both_silent(scene *s) {
    bound(s);
    feed_other(s, 31130);
}

static void bound_and_both_silent_for_29_s(scene *s) {
    bound(s);
    feed_other(s, 31129);
}

static void bound_and_one_silent_for_9_s(scene *s) {
    bound(s);
    feed_framed(s, 1200, DATA_END, SERVER, CHECK);
    feed_other(s, 11129);
}

/* A stream that needs no answer. */
static void bound_and_used_one_way(scene *s) {
    bound(s);
    for (guint i = 0; i < 10; i++) {
        feed_opaque(s, 1200 + 100 * i, DATA_END, SERVER, 1000);
    }
    feed_other(s, 60000);
}

static void bound_and_closed_at_once(scene *s) {
    bound(s);
    feed_framed(s, 1200, DATA_END, SERVER, CHECK);
    feed_tcp(s, 2000, DATA_END, SERVER, TURN_TCP_FIN);
    feed_other(s, 60000);
}

static void bound_and_in_use(scene *s) {
    bound(s);
    feed_opaque(s, 1200, DATA_END, SERVER, 10);
    feed_opaque(s, 1210, SERVER, DATA_END, 10);
    feed_other(s, 60000);
}

static void bound_with_bytes_missing(scene *s) {
    turn_packet packet;

    bound(s);
    feed_framed(s, 1200, DATA_END, SERVER, CHECK);
    packet = scene_packet(s, 1300, TURN_TRANSPORT_TCP, SERVER, DATA_END);
    turn_tracker_gap(s->tracker, &packet, 100);
    feed_other(s, 60000);
}

static void bound_and_not_needed(scene *s) {
    bound(s);
    feed_framed(s, 1200, DATA_END, SERVER, CHECK);
    feed_udp(s, 1300, CLIENT, OTHER, "binding request 201 user=b:a priority=1 mi");
    feed_udp(s, 1310, OTHER, CLIENT, "binding success 201 mi");
    feed_udp(s, 1320, OTHER, CLIENT, "binding request 202 user=a:b priority=1 mi");
    feed_udp(s, 1330, CLIENT, OTHER, "binding success 202 mi");
    feed_other(s, 60000);
}

/* Two clients of one server that check each other through its relays; frames 1 to 6, and 7 is what
 * another peer sends to the outside interface. */
static void two_relays(scene *s) {
    scene_allocate(s, 0);
    feed_udp(s, 50, CLIENT_2, SERVER, "allocate request 5 transport=17 " CREDENTIALS);
    feed_udp(s, 60, SERVER, CLIENT_2, "allocate success 5 relayed=" RELAYED_2 " lifetime=600 mi");
    feed_udp(s, 70, OTHER, "192.168.245.61:3478", "binding request 1 software=x");
}

static void not_reflected_until(scene *s, gint64 end) {
    two_relays(s);
    feed_send(s, 100, RELAYED_2, CHECK);
    feed_udp(s, 101, ON_WIRE, RELAYED_2, CHECK);
    feed_send(s, 600, RELAYED_2, CHECK);
    feed_udp(s, 601, ON_WIRE, RELAYED_2, CHECK);
    feed_other(s, end);
}

static void not_reflected(scene *s) {
    not_reflected_until(s, 5101);
}

static void not_reflected_for_less_than_5_s(scene *s) {
    not_reflected_until(s, 5100);
}

static void reflected_with_equal_hosts(scene *s) {
    two_relays(s);
    feed_send(s, 100, RELAYED_2, CHECK);
    feed_udp(s, 101, ON_WIRE, RELAYED_2, CHECK);
    feed_udp(s, 102, ON_WIRE, ON_WIRE_2, CHECK);
    feed_other(s, 5101);
}

static void reflected(scene *s) {
    two_relays(s);
    feed_send(s, 100, RELAYED_2, CHECK);
    feed_udp(s, 101, ON_WIRE, RELAYED_2, CHECK);
    feed_udp(s, 102, RELAYED, ON_WIRE_2, CHECK);
    feed_other(s, 60000);
}

static void nothing_comes_in_on_the_outside_interface(scene *s) {
    scene_allocate(s, 0);
    feed_udp(s, 50, CLIENT_2, SERVER, "allocate request 5 transport=17 " CREDENTIALS);
    feed_udp(s, 60, SERVER, CLIENT_2, "allocate success 5 relayed=" RELAYED_2 " lifetime=600 mi");
    feed_send(s, 100, RELAYED_2, CHECK);
    feed_udp(s, 101, ON_WIRE, RELAYED_2, CHECK);
    feed_other(s, 60000);
}

/* Without static NAT nothing has to go out. */
static void relay_to_relay_on_the_server_itself(scene *s) {
    two_relays(s);
    feed_send(s, 100, RELAYED_2, CHECK);
    feed_udp(s, 101, RELAYED, RELAYED_2, CHECK);
    feed_other(s, 60000);
}

static void peer_outside_does_not_answer(scene *s) {
    two_relays(s);
    feed_send(s, 100, PEER, CHECK);
    feed_udp(s, 101, ON_WIRE, PEER, CHECK);
    feed_other(s, 60000);
}

static void not_reflected_and_not_needed(scene *s) {
    not_reflected(s);
    scene_checks(s, 6000, OTHER);
}

static const rule_case cases[] = {
    HIT("peer-without-permission", arrives_and_is_turned_away, "failed", "8 9 11"),
    HIT("peer-without-permission", arrives_and_is_reset, "failed", "8 9 11"),
    HIT("peer-without-permission", arrives_with_permission_for_another, "failed", "10 11 13"),
    HIT("peer-without-permission", one_of_two_is_turned_away, "degraded", "8 9 11"),
    MISS("peer-without-permission", arrives_and_leaves),
    MISS("peer-without-permission", arrives_and_resets),
    MISS("peer-without-permission", arrives_and_is_announced),
    MISS("peer-without-permission", arrives_with_permission),
    MISS("peer-without-permission", arrives_and_is_closed_after_30_s),
    MISS("peer-without-permission", arrives_and_is_closed_with_the_allocation),
    MISS("peer-without-permission", arrives_while_the_control_connection_lacks_bytes),
    MISS("peer-without-permission", arrives_at_a_udp_relay),
    MISS("peer-without-permission", arrives_when_the_other_interface_is_not_captured),
    HIT("relay-address-unreachable", relayed_address_unreachable, "failed", "4 6"),
    MISS("relay-address-unreachable", relayed_address_unreachable_just_before_the_end),
    MISS("relay-address-unreachable", relayed_address_too_far),
    MISS("relay-address-unreachable", relayed_address_unreachable_after_the_release),
    MISS("relay-address-unreachable", relayed_address_unreachable_after_it_expired),
    MISS("relay-address-unreachable", relayed_address_unreachable_for_one_and_reached_by_another),
    MISS("relay-address-unreachable", relayed_address_unreachable_and_not_needed),
    MISS("relay-address-unreachable", relayed_address_of_somebody_else_unreachable),
    HIT("nat-reflection-missing", not_reflected, "failed", "9 11"),
    HIT("nat-reflection-missing", reflected_with_equal_hosts, "failed", "9 10"),
    MISS("nat-reflection-missing", not_reflected_for_less_than_5_s),
    MISS("nat-reflection-missing", reflected),
    MISS("nat-reflection-missing", nothing_comes_in_on_the_outside_interface),
    MISS("nat-reflection-missing", relay_to_relay_on_the_server_itself),
    MISS("nat-reflection-missing", peer_outside_does_not_answer),
    MISS("nat-reflection-missing", not_reflected_and_not_needed),
    HIT("bound-connection-silent", bound_and_the_peer_silent, "failed", "13 14"),
    HIT("bound-connection-silent", bound_and_the_client_silent, "failed", "13 14"),
    HIT("bound-connection-silent", bound_and_both_silent, "failed", "13"),
    MISS("bound-connection-silent", bound_and_both_silent_for_29_s),
    MISS("bound-connection-silent", bound_and_one_silent_for_9_s),
    MISS("bound-connection-silent", bound_and_used_one_way),
    MISS("bound-connection-silent", bound_and_closed_at_once),
    MISS("bound-connection-silent", bound_and_in_use),
    MISS("bound-connection-silent", bound_with_bytes_missing),
    MISS("bound-connection-silent", bound_and_not_needed),
};

static void family_relay_is_covered(void **state) {
    (void)state;
    rule_cases_cover(cases, G_N_ELEMENTS(cases), FAMILY_RELAY, FAMILY_PEER);
}

int main(void) {
    struct CMUnitTest tests[G_N_ELEMENTS(cases) + 1] = {cmocka_unit_test(family_relay_is_covered)};

    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        tests[i + 1] = (struct CMUnitTest){
            .name = cases[i].name, .test_func = rule_case_run, .initial_state = (void *)&cases[i]};
    }
    return cmocka_run_group_tests_name("rules_relay", tests, NULL, NULL);
}
