/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "support/rule_case.h"
#include "support/two_points.h"

#include <string.h>

#define CHECK        "binding request 20 user=b:a priority=1 mi fingerprint"
#define CHECK_ANSWER "binding success 20 mapped=192.0.2.10:41000 mi fingerprint"
#define CHECK_2      "binding request 21 user=b:a priority=1 mi fingerprint"
#define KEEP_ALIVE   "binding request 30"
#define ALLOCATE     "allocate request 5 transport=17"
#define RELEASE      "refresh request 6 lifetime=0 " CREDENTIALS

/* Ends that the server's point knows, and the client's does not. */
#define FAR_OTHER    "192.0.2.99:50505"
#define FAR_SAME_NAT "192.0.2.10:50505"

#define RELAY TRUE
#define PORT  FALSE

typedef struct join_case {
    const char *cause;
    const char *name;
    void (*play)(two_points *p);
    const char *level;    /* NULL: the cause must not be found */
    const char *evidence; /* "0.5 1.3": capture and frame, in their order */
} join_case;

/* Three transmissions over 3 s. */
static void sends_thrice(two_points *p, gint64 ms, gboolean relay, const char *text, fate what) {
    goes_up(p, ms, relay, text, what);
    goes_up(p, ms + 1000, relay, text, what);
    goes_up(p, ms + 3000, relay, text, what);
}

static void allocate_does_not_arrive(two_points *p) {
    both_run(p, 0);
    sends_thrice(p, 1000, PORT, ALLOCATE, IS_LOST);
    both_run(p, 20000);
}

static void allocate_does_not_arrive_where_the_capture_ends_before(two_points *p) {
    both_run(p, 0);
    feed_other(p->server, 1900);
    sends_thrice(p, 1000, PORT, ALLOCATE, IS_LOST);
    feed_other(p->client, 20000);
}

static void allocate_does_not_arrive_twice_of_three_times(two_points *p) {
    both_run(p, 0);
    goes_up(p, 1000, PORT, ALLOCATE, IS_LOST);
    goes_up(p, 1500, PORT, ALLOCATE, IS_LOST);
    goes_up(p, 2500, PORT, ALLOCATE, PASSES);
    goes_down(p, 2530, PORT, "allocate error 5 error=401 realm=example.org nonce=n1", PASSES);
    both_run(p, 20000);
}

static void allocate_goes_to_another_server(two_points *p) {
    both_run(p, 0);
    allocates(p, 500);
    feed_udp(p->client, 1000, NEAR_CLIENT, NEAR_OTHER, ALLOCATE);
    feed_udp(p->client, 1500, NEAR_CLIENT, NEAR_OTHER, ALLOCATE);
    feed_udp(p->client, 2500, NEAR_CLIENT, NEAR_OTHER, ALLOCATE);
    both_run(p, 20000);
}

static void allocate_does_not_arrive_by_clocks_that_differ(two_points *p) {
    p->ahead = 3600000;
    allocate_does_not_arrive(p);
}

/* Taken at another member of a cluster, or at the peer: the client is answered all the same. */
static void allocate_is_answered_by_what_the_capture_does_not_show(two_points *p) {
    both_run(p, 0);
    scene_challenge(p->client, 500);
    feed_udp(p->client, 1000, CLIENT, SERVER, ALLOCATE);
    feed_udp(p->client, 1500, CLIENT, SERVER, ALLOCATE);
    feed_udp(p->client, 2500, CLIENT, SERVER, ALLOCATE);
    both_run(p, 20000);
}

static void allocate_does_not_arrive_in_cut_packets(two_points *p) {
    p->cut = TRUE;
    allocate_does_not_arrive(p);
}

static void server_sees_another_address_of_its_own(two_points *p) {
    allocate_does_not_arrive(p);
    feed_udp(p->server, 2000, "10.7.7.7:40000", "10.8.8.1:3478", ALLOCATE);
    feed_other(p->server, 30000);
}

static void checks_do_not_arrive(two_points *p) {
    allocates(p, 0);
    sends_thrice(p, 1000, RELAY, CHECK, IS_LOST);
    both_run(p, 20000);
}

#define CHECK_3 "binding request 22 user=b:a priority=1 mi fingerprint"

static void three_checks_do_not_arrive(two_points *p) {
    allocates(p, 0);
    goes_up(p, 1000, RELAY, CHECK, IS_LOST);
    goes_up(p, 2500, RELAY, CHECK_2, IS_LOST);
    goes_up(p, 4000, RELAY, CHECK_3, IS_LOST);
    both_run(p, 20000);
}

static void two_checks_do_not_arrive(two_points *p) {
    allocates(p, 0);
    goes_up(p, 1000, RELAY, CHECK, IS_LOST);
    goes_up(p, 4000, RELAY, CHECK_2, IS_LOST);
    both_run(p, 20000);
}

static void three_checks_of_one_moment_do_not_arrive(two_points *p) {
    allocates(p, 0);
    goes_up(p, 1000, RELAY, CHECK, IS_LOST);
    goes_up(p, 1100, RELAY, CHECK_2, IS_LOST);
    goes_up(p, 3900, RELAY, CHECK_3, IS_LOST);
    both_run(p, 20000);
}

/* What is no STUN goes the same way, and comes to the server. */
static void data_goes_up(two_points *p, gint64 ms, gboolean relay) {
    static const guint8 media[] = {0x80, 0x60, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1};
    message data = channel_data(0x4000, media, sizeof media);
    const void *bytes = relay ? (const void *)media : data.bytes;
    const gsize length = relay ? sizeof media : data.length;

    feed_udp_bytes(p->client, ms, NEAR_CLIENT, relay ? NEAR_RELAY : NEAR_SERVER, bytes, length);
    feed_udp_bytes(p->server, ms + 20, FAR_CLIENT, relay ? FAR_RELAY : FAR_SERVER, bytes, length);
}

static void data_comes_down(two_points *p, gint64 ms) {
    static const guint8 media[] = {0x80, 0x60, 0, 2, 0, 0, 0, 1, 0, 0, 0, 2};

    feed_udp_bytes(p->server, ms, FAR_RELAY, FAR_CLIENT, media, sizeof media);
    feed_udp_bytes(p->client, ms + 20, NEAR_RELAY, NEAR_CLIENT, media, sizeof media);
}

static void checks_do_not_arrive_beside_data(two_points *p) {
    allocates(p, 0);
    goes_up(p, 200, RELAY, "binding request 25 user=b:a priority=1 mi", PASSES);
    sends_thrice(p, 1000, RELAY, CHECK, IS_LOST);
    data_goes_up(p, 4500, RELAY);
    both_run(p, 20000);
}

static void checks_do_not_arrive_after_data(two_points *p) {
    allocates(p, 0);
    goes_up(p, 200, RELAY, "binding request 25 user=b:a priority=1 mi", PASSES);
    data_goes_up(p, 500, RELAY);
    sends_thrice(p, 1000, RELAY, CHECK, IS_LOST);
    both_run(p, 20000);
}

#define PERMIT "permission request 7 peer=192.0.2.180:0 " CREDENTIALS

static void permissions_do_not_arrive(two_points *p, gboolean data_goes_on) {
    allocates(p, 0);
    goes_up(p, 200, PORT, "channel request 3 channel=0x4000 peer=192.0.2.180:50000 " CREDENTIALS,
            PASSES);
    goes_down(p, 230, PORT, "channel success 3 mi", PASSES);
    sends_thrice(p, 1000, PORT, PERMIT, IS_LOST);
    if (data_goes_on) {
        data_goes_up(p, 4500, PORT);
    }
    both_run(p, 20000);
}

static void permission_does_not_arrive(two_points *p) {
    permissions_do_not_arrive(p, FALSE);
}

static void permission_does_not_arrive_beside_data(two_points *p) {
    permissions_do_not_arrive(p, TRUE);
}

/* The client's capture is that of a far peer: the captures have nothing in common. The server gives
 * CMS a relayed address, on its own host. */
static void peer_asks(two_points *p, const char *relayed, gint64 ms) {
    g_autofree char *granted = g_strdup_printf(
        "allocate success 5 relayed=%s mapped=192.0.2.180:50000 lifetime=600 mi", relayed);

    both_run(p, 0);
    feed_udp(p->server, 100, "192.0.2.180:50000", "198.51.100.1:3478", ALLOCATE " " CREDENTIALS);
    feed_udp(p->server, 130, "198.51.100.1:3478", "192.0.2.180:50000", granted);
    sends_thrice(p, ms, RELAY, CHECK, IS_LOST);
    both_run(p, 20000);
}

static void checks_to_a_relay_of_the_server_do_not_arrive(two_points *p) {
    peer_asks(p, NEAR_RELAY, 1000);
}

static void checks_to_a_relay_do_not_arrive_behind_a_filter(two_points *p) {
    p->filtered = TRUE;
    peer_asks(p, NEAR_RELAY, 1000);
}

static void checks_to_another_relay_do_not_arrive(two_points *p) {
    peer_asks(p, "198.51.100.1:24012", 1000);
}

/* Its other interface is another capture's. */
static void checks_to_another_interface_do_not_arrive(two_points *p) {
    both_run(p, 0);
    feed_udp(p->server, 100, "192.0.2.180:50000", "10.9.9.2:3478", ALLOCATE " " CREDENTIALS);
    feed_udp(p->server, 130, "10.9.9.2:3478", "192.0.2.180:50000",
             "allocate success 5 relayed=198.51.100.1:24010 mapped=192.0.2.180:50000 lifetime=600 "
             "mi");
    sends_thrice(p, 1000, RELAY, CHECK, IS_LOST);
    both_run(p, 20000);
}

static void checks_to_a_relay_that_is_gone_do_not_arrive(two_points *p) {
    both_run(p, 0);
    feed_udp(p->server, 100, "192.0.2.180:50000", "198.51.100.1:3478", ALLOCATE " " CREDENTIALS);
    feed_udp(p->server, 130, "198.51.100.1:3478", "192.0.2.180:50000",
             "allocate success 5 relayed=198.51.100.1:24010 mapped=192.0.2.180:50000 lifetime=600 "
             "mi");
    feed_udp(p->server, 900, "192.0.2.180:50000", "198.51.100.1:3478", RELEASE);
    feed_udp(p->server, 930, "198.51.100.1:3478", "192.0.2.180:50000",
             "refresh success 6 lifetime=0 mi");
    sends_thrice(p, 1000, RELAY, CHECK, IS_LOST);
    both_run(p, 20000);
}

static void release_does_not_arrive(two_points *p) {
    allocates(p, 0);
    sends_thrice(p, 1000, PORT, RELEASE, IS_LOST);
    both_run(p, 20000);
}

static void answers_to_the_relay_do_not_arrive(two_points *p) {
    allocates(p, 0);
    for (gint64 ms = 1000; ms <= 4000; ms += 1000) {
        goes_down(p, ms, RELAY, CHECK, PASSES);
        goes_up(p, ms + 30, RELAY, CHECK_ANSWER, IS_LOST);
    }
    both_run(p, 20000);
}

static void one_check_does_not_arrive(two_points *p) {
    allocates(p, 0);
    goes_up(p, 1000, RELAY, CHECK, IS_LOST);
    both_run(p, 20000);
}

static void checks_arrive_later(two_points *p) {
    checks_do_not_arrive(p);
    goes_up(p, 21000, RELAY, CHECK_2, PASSES);
    both_run(p, 40000);
}

static void checks_do_not_arrive_behind_a_filter(two_points *p) {
    p->filtered = TRUE;
    checks_do_not_arrive(p);
}

/* The server's capture has what leaves the server only. */
static void checks_do_not_arrive_in_a_capture_of_one_direction(two_points *p) {
    goes_up(p, 0, PORT, ALLOCATE, IS_LOST);
    goes_down(p, 30, PORT, "allocate error 5 error=401 realm=example.org nonce=n1", PASSES);
    sends_thrice(p, 5000, RELAY, CHECK, IS_LOST);
    both_run(p, 20000);
}

static void checks_do_not_arrive_at_a_capture_that_ended(two_points *p) {
    allocates(p, 0);
    sends_thrice(p, 1000, RELAY, CHECK, IS_LOST);
    feed_other(p->client, 20000);
}

static void checks_are_answered(two_points *p) {
    allocates(p, 0);
    goes_up(p, 1000, RELAY, CHECK, PASSES);
    goes_down(p, 1030, RELAY, CHECK_ANSWER, PASSES);
    both_run(p, 20000);
}

static void answers_do_not_come_back(two_points *p) {
    allocates(p, 0);
    for (gint64 ms = 1000; ms <= 4000; ms += 1000) {
        goes_up(p, ms, RELAY, CHECK, PASSES);
        goes_down(p, ms + 30, RELAY, CHECK_ANSWER, IS_LOST);
    }
    both_run(p, 20000);
}

static void answers_do_not_come_back_beside_data(two_points *p) {
    allocates(p, 0);
    goes_up(p, 200, RELAY, "binding request 25 user=b:a priority=1 mi", PASSES);
    for (gint64 ms = 1000; ms <= 4000; ms += 1000) {
        goes_up(p, ms, RELAY, CHECK, PASSES);
        goes_down(p, ms + 30, RELAY, CHECK_ANSWER, IS_LOST);
    }
    data_comes_down(p, 5000);
    both_run(p, 20000);
}

static void requests_of_the_relay_do_not_come(two_points *p) {
    allocates(p, 0);
    for (gint64 ms = 1000; ms <= 4000; ms += 1000) {
        goes_down(p, ms, RELAY, CHECK, IS_LOST);
    }
    both_run(p, 20000);
}

static void requests_of_the_relay_come_later(two_points *p) {
    allocates(p, 0);
    for (gint64 ms = 1000; ms <= 4000; ms += 1000) {
        goes_down(p, ms, RELAY, CHECK, IS_LOST);
    }
    goes_down(p, 5000, RELAY, CHECK_2, PASSES);
    both_run(p, 20000);
}

static void requests_of_the_relay_leave_after_the_client_s_capture(two_points *p) {
    allocates(p, 0);
    feed_other(p->client, 1500);
    for (gint64 ms = 1000; ms <= 4000; ms += 1000) {
        goes_down(p, ms, RELAY, CHECK, IS_LOST);
    }
    feed_other(p->server, 20000);
}

/* Behind the same NAT: the checks may be for that one. */
static void requests_of_the_relay_do_not_come_where_another_asks(two_points *p) {
    allocates(p, 0);
    feed_other(p->client, 1);
    feed_udp(p->server, 1500, FAR_SAME_NAT, FAR_SERVER, "allocate request 9 transport=17");
    for (gint64 ms = 2000; ms <= 5000; ms += 1000) {
        goes_down(p, ms, RELAY, CHECK, IS_LOST);
    }
    both_run(p, 20000);
}

static void requests_of_the_relay_do_not_come_where_the_session_got_through(two_points *p) {
    requests_of_the_relay_do_not_come(p);
    feed_udp(p->client, 20100, "10.1.1.10:40002", PEER, CHECK_2);
    feed_udp(p->client, 20200, PEER, "10.1.1.10:40002", "binding success 21 mi");
    feed_udp(p->client, 20300, PEER, "10.1.1.10:40002", "binding request 22 user=a:b priority=1");
    feed_udp(p->client, 20310, "10.1.1.10:40002", PEER, "binding success 22 mi");
}

static void one_answer_does_not_come_back(two_points *p) {
    allocates(p, 0);
    goes_up(p, 1000, RELAY, CHECK, PASSES);
    goes_down(p, 1030, RELAY, CHECK_ANSWER, IS_LOST);
    goes_up(p, 1500, RELAY, CHECK, PASSES);
    goes_down(p, 1530, RELAY, CHECK_ANSWER, PASSES);
    both_run(p, 20000);
}

static void answers_leave_after_the_client_s_capture(two_points *p) {
    allocates(p, 0);
    feed_other(p->client, 1000);
    for (gint64 ms = 1000; ms <= 4000; ms += 1000) {
        goes_up(p, ms, RELAY, CHECK, PASSES);
        goes_down(p, ms + 30, RELAY, CHECK_ANSWER, IS_LOST);
    }
    feed_other(p->server, 20000);
}

static void answers_of_the_turn_port_do_not_come_back(two_points *p) {
    both_run(p, 0);
    for (gint64 ms = 1000; ms <= 4000; ms += 1000) {
        goes_up(p, ms, PORT, ALLOCATE, PASSES);
        goes_down(p, ms + 30, PORT, "allocate error 5 error=401 realm=example.org nonce=n1",
                  IS_LOST);
    }
    both_run(p, 20000);
}

static void checks_are_not_answered(two_points *p) {
    allocates(p, 0);
    sends_thrice(p, 1000, RELAY, CHECK, PASSES);
    both_run(p, 20000);
}

static void checks_are_not_answered_before_the_end(two_points *p) {
    allocates(p, 0);
    sends_thrice(p, 1000, RELAY, CHECK, PASSES);
    both_run(p, 4000);
}

static void keep_alives_are_not_answered(two_points *p) {
    allocates(p, 0);
    sends_thrice(p, 1000, PORT, KEEP_ALIVE, PASSES);
    both_run(p, 20000);
}

static void release_is_not_answered(two_points *p) {
    allocates(p, 0);
    sends_thrice(p, 1000, PORT, RELEASE, PASSES);
    both_run(p, 20000);
}

static void checks_are_not_answered_where_the_session_got_through(two_points *p) {
    allocates(p, 0);
    sends_thrice(p, 1000, RELAY, CHECK, PASSES);
    /* The same ICE session, on a path between other ports. */
    feed_udp(p->client, 1000, "10.1.1.10:40002", PEER, CHECK_2);
    feed_udp(p->client, 1100, PEER, "10.1.1.10:40002", "binding success 21 mi");
    feed_udp(p->client, 1200, PEER, "10.1.1.10:40002", "binding request 22 user=a:b priority=1");
    feed_udp(p->client, 1210, "10.1.1.10:40002", PEER, "binding success 22 mi");
    both_run(p, 20000);
}

static void checks_do_not_arrive_where_the_session_got_through(two_points *p) {
    allocates(p, 0);
    sends_thrice(p, 1000, RELAY, CHECK, IS_LOST);
    feed_udp(p->client, 3000, "10.1.1.10:40002", PEER, CHECK_2);
    feed_udp(p->client, 3100, PEER, "10.1.1.10:40002", "binding success 21 mi");
    feed_udp(p->client, 3200, PEER, "10.1.1.10:40002", "binding request 22 user=a:b priority=1");
    feed_udp(p->client, 3210, "10.1.1.10:40002", PEER, "binding success 22 mi");
    both_run(p, 20000);
}

static void allocate_is_not_answered(two_points *p) {
    allocates(p, 0);
    sends_thrice(p, 1000, PORT, ALLOCATE, PASSES);
    both_run(p, 20000);
}

static void connects_at(two_points *p, scene *s, gint64 ms, turn_tcp_event event) {
    const gboolean near = s == p->client;
    const char *client = near ? NEAR_CLIENT : FAR_CLIENT;
    const char *server = near ? NEAR_SERVER : FAR_SERVER;
    const gboolean back = event == TURN_TCP_SYN_ACK;

    feed_tcp(s, ms, back ? server : client, back ? client : server, event);
}

static void syn_does_not_arrive(two_points *p) {
    allocates(p, 0);
    for (gint64 ms = 1000; ms <= 4000; ms += 1000) {
        connects_at(p, p->client, ms, TURN_TCP_SYN);
    }
    both_run(p, 20000);
}

static void syn_does_not_arrive_at_a_capture_that_ended(two_points *p) {
    allocates(p, 0);
    for (gint64 ms = 1000; ms <= 4000; ms += 1000) {
        connects_at(p, p->client, ms, TURN_TCP_SYN);
    }
    feed_other(p->client, 20000);
}

static void syn_is_refused(two_points *p) {
    allocates(p, 0);
    connects_at(p, p->client, 1000, TURN_TCP_SYN);
    feed_tcp(p->client, 1010, NEAR_SERVER, NEAR_CLIENT, TURN_TCP_RESET);
    both_run(p, 20000);
}

static void syn_ack_does_not_come_back(two_points *p) {
    allocates(p, 0);
    for (gint64 ms = 1000; ms <= 4000; ms += 1000) {
        connects_at(p, p->client, ms, TURN_TCP_SYN);
        connects_at(p, p->server, ms + 20, TURN_TCP_SYN);
        connects_at(p, p->server, ms + 21, TURN_TCP_SYN_ACK);
    }
    both_run(p, 20000);
}

static void another_connects(two_points *p, gint64 ms, const char *other, gboolean completes) {
    feed_tcp(p->server, ms, other, FAR_SERVER, TURN_TCP_SYN);
    feed_tcp(p->server, ms + 1, FAR_SERVER, other, TURN_TCP_SYN_ACK);
    if (completes) {
        feed_tcp(p->server, ms + 20, other, FAR_SERVER, TURN_TCP_ESTABLISHED);
    }
}

static void syns_are_lost_while(two_points *p, gint64 ms, const char *other, gboolean completes) {
    allocates(p, 0);
    if (ms < 2000) {
        another_connects(p, ms, other, completes);
    }
    connects_at(p, p->client, 2000, TURN_TCP_SYN);
    if (ms >= 2000) {
        another_connects(p, ms, other, completes);
    }
    for (ms = 3000; ms <= 5000; ms += 1000) {
        connects_at(p, p->client, ms, TURN_TCP_SYN);
    }
    both_run(p, 20000);
}

static void syn_of_another_client_arrives(two_points *p) {
    syns_are_lost_while(p, 2020, FAR_OTHER, TRUE);
}

static void syn_from_the_same_nat_arrives_before(two_points *p) {
    syns_are_lost_while(p, 500, FAR_SAME_NAT, FALSE);
}

/* It may be the client's own, with another port that the NAT gave it. */
static void syn_from_the_same_nat_arrives_then(two_points *p) {
    syns_are_lost_while(p, 2020, FAR_SAME_NAT, FALSE);
}

static void syn_is_not_answered(two_points *p) {
    allocates(p, 0);
    for (gint64 ms = 1000; ms <= 4000; ms += 1000) {
        connects_at(p, p->client, ms, TURN_TCP_SYN);
        connects_at(p, p->server, ms + 20, TURN_TCP_SYN);
    }
    both_run(p, 20000);
}

static void allocate_is_not_answered_by_a_silent_host(two_points *p) {
    both_run(p, 0);
    sends_thrice(p, 1000, PORT, ALLOCATE, PASSES);
    both_run(p, 20000);
}

static void allocate_is_not_answered_by_a_host_that_sends(two_points *p) {
    stun_address host = address_of(FAR_SERVER);

    host.port = 0;
    g_hash_table_add(p->senders, g_memdup2(&host, sizeof host));
    allocate_is_not_answered_by_a_silent_host(p);
}

static void captures_of_different_hours(two_points *p) {
    p->ahead = 7200000;
    feed_udp(p->client, 0, NEAR_CLIENT, NEAR_SERVER, ALLOCATE);
    feed_udp(p->server, p->ahead, FAR_CLIENT, FAR_SERVER, "allocate request 7 transport=17");
}

static void captures_with_one_request_in_common(two_points *p) {
    goes_up(p, 0, PORT, ALLOCATE, PASSES);
    both_run(p, 20000);
}

#define JOIN_HIT(cause, play, level, evidence)                                                     \
    { cause, #play "_is_found", play, level, evidence }
#define JOIN_MISS(cause, play)                                                                     \
    { cause, #play "_is_not_found", play, NULL, NULL }

#define PORT_BLOCKED  "turn-port-blocked-inbound"
#define RANGE_BLOCKED "relay-range-blocked-inbound"
#define BACK_BLOCKED  "responses-blocked-outbound"
#define NO_ANSWER     "server-did-not-answer"
#define NO_OVERLAP    "captures-do-not-overlap"

static const join_case cases[] = {
    JOIN_HIT(PORT_BLOCKED, allocate_does_not_arrive, "failed", "0.2 0.4"),
    JOIN_HIT(PORT_BLOCKED, syn_does_not_arrive, "failed", "0.5 0.8 1.3"),
    JOIN_MISS(PORT_BLOCKED, syn_does_not_arrive_at_a_capture_that_ended),
    JOIN_HIT(PORT_BLOCKED, syn_of_another_client_arrives, "failed", "0.5 0.8 1.3"),
    JOIN_HIT(PORT_BLOCKED, syn_from_the_same_nat_arrives_before, "failed", "0.5 0.8 1.3"),
    JOIN_MISS(PORT_BLOCKED, syn_from_the_same_nat_arrives_then),
    JOIN_MISS(PORT_BLOCKED, syn_is_refused),
    JOIN_MISS(PORT_BLOCKED, syn_ack_does_not_come_back),
    JOIN_MISS(PORT_BLOCKED, allocate_does_not_arrive_where_the_capture_ends_before),
    JOIN_MISS(PORT_BLOCKED, allocate_does_not_arrive_twice_of_three_times),
    JOIN_MISS(PORT_BLOCKED, allocate_goes_to_another_server),
    JOIN_MISS(PORT_BLOCKED, allocate_does_not_arrive_by_clocks_that_differ),
    JOIN_MISS(PORT_BLOCKED, allocate_is_answered_by_what_the_capture_does_not_show),
    JOIN_MISS(PORT_BLOCKED, allocate_does_not_arrive_in_cut_packets),
    JOIN_MISS(PORT_BLOCKED, server_sees_another_address_of_its_own),
    JOIN_HIT(RANGE_BLOCKED, checks_do_not_arrive, "failed", "0.5 0.7 1.3"),
    JOIN_HIT(RANGE_BLOCKED, three_checks_do_not_arrive, "failed", "0.5 0.6 0.7 1.3"),
    JOIN_MISS(RANGE_BLOCKED, two_checks_do_not_arrive),
    JOIN_MISS(RANGE_BLOCKED, three_checks_of_one_moment_do_not_arrive),
    JOIN_HIT(RANGE_BLOCKED, checks_do_not_arrive_after_data, "failed", "0.7 0.9 1.5"),
    JOIN_MISS(RANGE_BLOCKED, checks_do_not_arrive_beside_data),
    JOIN_HIT(PORT_BLOCKED, permission_does_not_arrive, "failed", "0.7 0.9 1.5"),
    JOIN_MISS(PORT_BLOCKED, permission_does_not_arrive_beside_data),
    JOIN_HIT(RANGE_BLOCKED, checks_to_a_relay_of_the_server_do_not_arrive, "failed", "0.2 0.4"),
    JOIN_MISS(RANGE_BLOCKED, checks_to_a_relay_do_not_arrive_behind_a_filter),
    JOIN_MISS(RANGE_BLOCKED, checks_to_another_relay_do_not_arrive),
    JOIN_MISS(RANGE_BLOCKED, checks_to_another_interface_do_not_arrive),
    JOIN_MISS(RANGE_BLOCKED, checks_to_a_relay_that_is_gone_do_not_arrive),
    JOIN_MISS(NO_OVERLAP, checks_to_a_relay_of_the_server_do_not_arrive),
    JOIN_MISS(PORT_BLOCKED, release_does_not_arrive),
    JOIN_HIT(RANGE_BLOCKED, answers_to_the_relay_do_not_arrive, "failed", "1.5 0.6 1.8 0.12"),
    JOIN_HIT(RANGE_BLOCKED, checks_do_not_arrive_where_the_session_got_through, "degraded",
             "0.5 0.7 1.3"),
    JOIN_MISS(RANGE_BLOCKED, one_check_does_not_arrive),
    JOIN_MISS(RANGE_BLOCKED, checks_arrive_later),
    JOIN_MISS(RANGE_BLOCKED, checks_do_not_arrive_in_a_capture_of_one_direction),
    JOIN_MISS(RANGE_BLOCKED, checks_do_not_arrive_behind_a_filter),
    JOIN_MISS(RANGE_BLOCKED, checks_do_not_arrive_at_a_capture_that_ended),
    JOIN_MISS(RANGE_BLOCKED, checks_are_answered),
    JOIN_HIT(BACK_BLOCKED, answers_do_not_come_back, "failed", "0.5 1.6 0.8 1.12"),
    JOIN_HIT(BACK_BLOCKED, answers_of_the_turn_port_do_not_come_back, "failed", "0.2 1.3 0.5 1.9"),
    JOIN_HIT(BACK_BLOCKED, syn_ack_does_not_come_back, "failed", "0.5 1.6 0.8"),
    JOIN_MISS(BACK_BLOCKED, syn_of_another_client_arrives),
    JOIN_MISS(BACK_BLOCKED, syn_from_the_same_nat_arrives_before),
    JOIN_MISS(BACK_BLOCKED, syn_from_the_same_nat_arrives_then),
    JOIN_MISS(BACK_BLOCKED, syn_is_not_answered),
    JOIN_MISS(BACK_BLOCKED, answers_do_not_come_back_beside_data),
    JOIN_HIT(BACK_BLOCKED, requests_of_the_relay_do_not_come, "failed", "1.5 1.8"),
    JOIN_MISS(BACK_BLOCKED, requests_of_the_relay_come_later),
    JOIN_MISS(BACK_BLOCKED, requests_of_the_relay_leave_after_the_client_s_capture),
    JOIN_MISS(BACK_BLOCKED, requests_of_the_relay_do_not_come_where_another_asks),
    JOIN_MISS(BACK_BLOCKED, requests_of_the_relay_do_not_come_where_the_session_got_through),
    JOIN_MISS(BACK_BLOCKED, one_answer_does_not_come_back),
    JOIN_MISS(BACK_BLOCKED, answers_leave_after_the_client_s_capture),
    JOIN_MISS(BACK_BLOCKED, checks_are_answered),
    JOIN_HIT(NO_ANSWER, checks_are_not_answered, "failed", "0.5 1.5 1.7"),
    JOIN_HIT(NO_ANSWER, allocate_is_not_answered, "failed", "0.5 1.5 1.7"),
    JOIN_HIT(NO_ANSWER, syn_is_not_answered, "failed", "0.5 1.5 1.8"),
    JOIN_HIT(NO_ANSWER, allocate_is_not_answered_by_a_host_that_sends, "failed", "0.2 1.2 1.4"),
    JOIN_MISS(NO_ANSWER, allocate_is_not_answered_by_a_silent_host),
    JOIN_MISS(NO_ANSWER, syn_ack_does_not_come_back),
    JOIN_MISS(NO_ANSWER, checks_are_not_answered_before_the_end),
    JOIN_MISS(NO_ANSWER, keep_alives_are_not_answered),
    JOIN_MISS(NO_ANSWER, release_is_not_answered),
    JOIN_MISS(NO_ANSWER, checks_are_not_answered_where_the_session_got_through),
    JOIN_MISS(NO_ANSWER, answers_do_not_come_back),
    JOIN_HIT(NO_OVERLAP, captures_of_different_hours, "inconclusive", "0.1 1.1"),
    JOIN_MISS(NO_OVERLAP, captures_with_one_request_in_common),
    JOIN_MISS(NO_OVERLAP, checks_are_answered),
};

static char *evidence_of(const turn_finding *finding) {
    GString *out = g_string_new(NULL);

    for (guint i = 0; i < finding->evidence->len; i++) {
        const turn_seen *seen = &g_array_index(finding->evidence, turn_evidence, i).seen;

        g_string_append_printf(out, "%s%u.%u", i > 0 ? " " : "", seen->capture, seen->frame);
    }
    return g_string_free(out, FALSE);
}

static void join_case_run(void **state) {
    const join_case *c = *state;
    two_points *p = two_points_new();
    const turn_finding *finding;

    c->play(p);
    finding = two_points_finding(p, c->cause);
    if (c->level == NULL) {
        assert_null(finding);
    } else {
        g_autofree char *evidence = NULL;

        assert_non_null(finding);
        evidence = evidence_of(finding);
        assert_string_equal(turn_level_name(finding->level), c->level);
        assert_string_equal(evidence, c->evidence);
    }
    two_points_free(p);
}

/* The same 5-tuple at two times: the requests of the one are not those of the other. */
static void sessions_that_began_apart_are_two(void **state) {
    two_points *p = two_points_new();

    (void)state;
    p->ahead = 7200000;
    scene_allocate(p->client, 0);
    feed_udp(p->server, p->ahead, MAPPED, SERVER, "allocate request 7 transport=17 " CREDENTIALS);
    feed_udp(p->server, p->ahead + 10, SERVER, MAPPED,
             "allocate success 7 mapped=" MAPPED " relayed=" RELAYED " lifetime=600 mi");
    assert_int_equal(two_points_join(p)->sessions->len, 2);
    two_points_free(p);
}

static void sessions_of_which_one_point_saw_the_beginning_are_one(void **state) {
    two_points *p = two_points_new();

    (void)state;
    scene_allocate(p->client, 0);
    feed_udp(p->server, 50, MAPPED, SERVER, "refresh request 7 lifetime=600 " CREDENTIALS);
    assert_int_equal(two_points_join(p)->sessions->len, 1);
    two_points_free(p);
}

static void unknown_sessions_are_none_where_the_port_is_blocked(void **state) {
    two_points *p = two_points_new();
    const GPtrArray *unknowns;

    (void)state;
    both_run(p, 0);
    goes_up(p, 100, RELAY, CHECK, PASSES);
    goes_down(p, 130, RELAY, CHECK_ANSWER, PASSES);
    sends_thrice(p, 1000, PORT, ALLOCATE, IS_LOST);
    both_run(p, 20000);
    unknowns = two_points_judgement(p)->unknowns;
    assert_non_null(two_points_finding(p, PORT_BLOCKED));
    assert_int_equal(unknowns->len, 0);
    two_points_free(p);
}

static void sessions_that_are_not_captured_are_unknown(void **state) {
    two_points *p = two_points_new();
    const GPtrArray *unknowns;

    (void)state;
    goes_up(p, 100, RELAY, CHECK, PASSES);
    goes_down(p, 130, RELAY, CHECK_ANSWER, PASSES);
    both_run(p, 20000);
    unknowns = two_points_judgement(p)->unknowns;
    assert_int_equal(unknowns->len, 2);
    assert_non_null(strstr(g_ptr_array_index(unknowns, 1), "the sessions with the TURN server"));
    two_points_free(p);
}

static void expect_detail(two_points *p, const char *cause, const char *words) {
    const turn_finding *finding = two_points_finding(p, cause);

    assert_non_null(finding);
    assert_non_null(strstr(finding->detail, words));
    two_points_free(p);
}

static void detail_counts_what_the_server_s_capture_had_to_show(void **state) {
    two_points *p = two_points_new();

    (void)state;
    feed_other(p->client, 0);
    goes_up(p, 1000, PORT, ALLOCATE, IS_LOST);
    feed_other(p->server, 1500);
    goes_up(p, 2000, PORT, ALLOCATE, IS_LOST);
    goes_up(p, 4000, PORT, ALLOCATE, IS_LOST);
    goes_up(p, 8000, PORT, ALLOCATE, IS_LOST);
    both_run(p, 20000);
    expect_detail(p, PORT_BLOCKED,
                  "1 request left the client's side, sent 4 times, 3 of them while the server's "
                  "capture ran, and none came");
}

static void detail_counts_all_transmissions(void **state) {
    two_points *p = two_points_new();

    (void)state;
    three_checks_do_not_arrive(p);
    expect_detail(p, RANGE_BLOCKED,
                  "3 requests left the client's side, sent 3 times in all, and none came");
}

static void lost_requests_of_the_relay_are_told_once(void **state) {
    two_points *p = two_points_new();

    (void)state;
    requests_of_the_relay_do_not_come(p);
    assert_null(two_points_finding(p, "checks-unanswered"));
    expect_detail(p, BACK_BLOCKED,
                  "1 request of the relay left the server, sent 4 times, and none came");
}

static void family_join_is_covered(void **state) {
    rule_case plain[G_N_ELEMENTS(cases)];

    (void)state;
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        plain[i] = (rule_case){.cause = cases[i].cause, .level = cases[i].level};
    }
    rule_cases_cover(plain, G_N_ELEMENTS(plain), NULL, FAMILY_REACH);
}

int main(void) {
    enum { OTHERS = 8 };
    struct CMUnitTest tests[G_N_ELEMENTS(cases) + OTHERS] = {
        cmocka_unit_test(family_join_is_covered),
        cmocka_unit_test(sessions_that_began_apart_are_two),
        cmocka_unit_test(sessions_of_which_one_point_saw_the_beginning_are_one),
        cmocka_unit_test(unknown_sessions_are_none_where_the_port_is_blocked),
        cmocka_unit_test(sessions_that_are_not_captured_are_unknown),
        cmocka_unit_test(detail_counts_what_the_server_s_capture_had_to_show),
        cmocka_unit_test(lost_requests_of_the_relay_are_told_once),
        cmocka_unit_test(detail_counts_all_transmissions)};

    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        tests[i + OTHERS] = (struct CMUnitTest){
            .name = cases[i].name, .test_func = join_case_run, .initial_state = (void *)&cases[i]};
    }
    return cmocka_run_group_tests_name("rules_join", tests, NULL, NULL);
}
