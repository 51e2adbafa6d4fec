/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "analyzer/packet.h"
#include "support/fake_tracker.h"
#include "support/packets.h"
#include "turn/tcp/streams.h"
#include <pcap/dlt.h>
#include <string.h>

enum { ALLOCATE = 0x0003, ALLOCATE_SUCCESS = 0x0103, BIND = 0x000B, BIND_SUCCESS = 0x010B };

typedef struct fixture {
    turn_tracker *tracker;
    turn_streams *streams;
    turn_mark mark;
    guint16 server_port;
    guint16 client_port;
} fixture;

static int setup(void **state) {
    fixture *self = g_new0(fixture, 1);

    self->tracker = turn_tracker_new();
    self->streams = turn_streams_new(self->tracker);
    self->server_port = 3478;
    self->client_port = 40000;
    self->mark.time = G_GINT64_CONSTANT(1000000000);
    *state = self;
    return 0;
}

static int teardown(void **state) {
    fixture *self = *state;

    turn_streams_free(self->streams);
    turn_tracker_free(self->tracker);
    g_free(self);
    return 0;
}

/* One TCP segment; the last CUT bytes are not captured. */
static void send_cut(fixture *self, gboolean to_client, tcp_fields fields, const bytes *payload,
                     gsize cut) {
    ends between = {
        .to_client = to_client, .client_port = self->client_port, .server_port = self->server_port};
    auto_bytes frame = make_tcp_frame(between, fields, payload);
    g_autofree guint8 *exact = g_memdup2(frame->data, frame->len - cut);
    packet decoded;

    self->mark.frame++;
    self->mark.time += 1000000;
    assert_int_equal(packet_decode(DLT_EN10MB, exact, frame->len - cut, frame->len, &decoded),
                     PACKET_TCP);
    decoded.segment.packet.capture = self->mark.capture;
    decoded.segment.packet.frame = self->mark.frame;
    decoded.segment.packet.time = self->mark.time;
    turn_streams_segment(self->streams, &decoded.segment);
}

static void to_server(fixture *self, guint8 flags, guint32 seq, guint32 ack, bytes *made) {
    auto_bytes payload = made != NULL ? made : g_byte_array_new();

    send_cut(self, FALSE, (tcp_fields){.flags = flags, .seq = seq, .ack = ack}, payload, 0);
}

static void to_client(fixture *self, guint8 flags, guint32 seq, guint32 ack, bytes *made) {
    auto_bytes payload = made != NULL ? made : g_byte_array_new();

    send_cut(self, TRUE, (tcp_fields){.flags = flags, .seq = seq, .ack = ack}, payload, 0);
}

/* Client bytes begin at 101, server bytes at 501. */
static void handshake(fixture *self) {
    to_server(self, TURN_SEGMENT_SYN, 100, 0, NULL);
    to_client(self, TURN_SEGMENT_SYN | TURN_SEGMENT_ACK, 500, 101, NULL);
    to_server(self, TURN_SEGMENT_ACK, 101, 501, NULL);
}

#define assert_log(self, text) assert_string_equal((self)->tracker->log->str, (text))

static const char handshake_log[] = "tcp 1 40000>3478 syn\n"
                                    "tcp 2 3478>40000 syn-ack\n"
                                    "tcp 3 40000>3478 established\n";

static void connection_life_is_reported(void **state) {
    fixture *self = *state;

    handshake(self);
    assert_log(self, handshake_log);
    fake_tracker_clear(self->tracker);
    to_server(self, TURN_SEGMENT_ACK, 101, 501, make_stun(ALLOCATE, 1, 0));
    to_client(self, TURN_SEGMENT_ACK, 501, 121, make_stun(ALLOCATE_SUCCESS, 1, 4));
    to_server(self, TURN_SEGMENT_ACK | TURN_SEGMENT_FIN, 121, 529, NULL);
    to_server(self, TURN_SEGMENT_ACK | TURN_SEGMENT_FIN, 121, 529, NULL);
    to_client(self, TURN_SEGMENT_RST, 529, 0, NULL);
    assert_log(self, "unit 4 40000>3478 turn stun 20/20 00030000\n"
                     "unit 5 3478>40000 turn stun 28/28 01030008\n"
                     "tcp 6 40000>3478 fin\n"
                     "tcp 8 3478>40000 reset\n");
    assert_true(self->tracker->identity != 0);
    assert_int_equal(turn_streams_missing(self->streams), 0);
}

static void connection_unanswered_or_refused_is_reported(void **state) {
    fixture *self = *state;

    to_server(self, TURN_SEGMENT_SYN, 100, 0, NULL);
    to_server(self, TURN_SEGMENT_SYN, 100, 0, NULL);
    to_client(self, TURN_SEGMENT_RST | TURN_SEGMENT_ACK, 0, 101, NULL);
    assert_log(self, "tcp 1 40000>3478 syn\ntcp 2 40000>3478 syn\ntcp 3 3478>40000 reset\n");
}

static void connection_reused_ports_begin_anew(void **state) {
    fixture *self = *state;

    handshake(self);
    to_server(self, TURN_SEGMENT_ACK, 101, 501, make_stun(ALLOCATE, 1, 0));
    fake_tracker_clear(self->tracker);
    to_server(self, TURN_SEGMENT_SYN, 70000, 0, NULL);
    to_client(self, TURN_SEGMENT_SYN | TURN_SEGMENT_ACK, 90000, 70001, NULL);
    to_server(self, TURN_SEGMENT_ACK, 70001, 90001, make_stun(ALLOCATE, 2, 0));
    assert_log(self, "tcp 5 40000>3478 syn\n"
                     "tcp 6 3478>40000 syn-ack\n"
                     "tcp 7 40000>3478 established\n"
                     "unit 7 40000>3478 turn stun 20/20 00030000\n");
    assert_int_equal(turn_streams_count(self->streams), 1);
}

static void connection_begun_before_the_capture_is_read(void **state) {
    fixture *self = *state;

    to_server(self, TURN_SEGMENT_ACK, 1000, 2000, bytes_hex("ffffffff"));
    to_client(self, TURN_SEGMENT_ACK, 2000, 1004, make_stun(ALLOCATE_SUCCESS, 1, 0));
    to_server(self, TURN_SEGMENT_ACK, 1004, 2020, make_stun(ALLOCATE, 2, 0));
    assert_log(self, "tcp 1 40000>3478 established\n"
                     "unit 2 3478>40000 turn stun 20/20 01030000\n"
                     "unit 3 40000>3478 turn stun 20/20 00030000\n");
}

static void connection_bind_with_data_in_one_segment_is_followed(void **state) {
    fixture *self = *state;
    auto_bytes check = make_stun(0x0001, 9, 8);
    bytes *answer = make_stun(BIND_SUCCESS, 1, 0);
    auto_bytes framed = make_framed(check);

    put(answer, framed);
    handshake(self);
    fake_tracker_clear(self->tracker);
    to_server(self, TURN_SEGMENT_ACK, 101, 501, make_stun(BIND, 1, 0));
    to_client(self, TURN_SEGMENT_ACK, 501, 121, answer);
    assert_log(self, "unit 4 40000>3478 turn stun 20/20 000b0000\n"
                     "unit 5 3478>40000 turn stun 20/20 010b0000\n"
                     "unit 5 3478>40000 rfc4571 packet 32/32 0001000c\n");
}

static void connection_lost_segment_is_a_gap(void **state) {
    fixture *self = *state;

    handshake(self);
    fake_tracker_clear(self->tracker);
    to_server(self, TURN_SEGMENT_ACK, 141, 501, make_stun(ALLOCATE, 2, 0));
    assert_log(self, "");
    to_client(self, TURN_SEGMENT_ACK, 501, 161, NULL);
    assert_log(self, "gap 5 40000>3478 40\nunit 4 40000>3478 turn stun 20/20 00030000\n");
    assert_int_equal(turn_streams_missing(self->streams), 40);
}

static void connection_cut_segments_stay_in_step(void **state) {
    fixture *self = *state;
    auto_bytes message = make_stun(ALLOCATE, 1, 36);

    handshake(self);
    fake_tracker_clear(self->tracker);
    send_cut(self, FALSE, (tcp_fields){.flags = TURN_SEGMENT_ACK, .seq = 101, .ack = 501}, message,
             30);
    send_cut(self, FALSE, (tcp_fields){.flags = TURN_SEGMENT_ACK, .seq = 161, .ack = 501}, message,
             40);
    assert_log(self, "unit 4 40000>3478 turn stun 30/60 00030028\ngap 4 40000>3478 30\n"
                     "unit 5 40000>3478 turn stun 20/60 00030028\ngap 5 40000>3478 40\n");
}

static void connection_waiting_bytes_come_out_at_the_end(void **state) {
    fixture *self = *state;

    handshake(self);
    fake_tracker_clear(self->tracker);
    to_server(self, TURN_SEGMENT_ACK, 141, 501, make_stun(ALLOCATE, 2, 0));
    turn_streams_finish(self->streams, &self->mark);
    assert_log(self, "gap 4 40000>3478 40\nunit 4 40000>3478 turn stun 20/20 00030000\n");
    assert_int_equal(turn_streams_memory(self->streams), 0);
}

static void connection_on_another_port_is_found_by_its_bytes(void **state) {
    fixture *self = *state;

    self->server_port = 443;
    to_server(self, TURN_SEGMENT_ACK, 1000, 2000, make_stun(ALLOCATE, 1, 0));
    to_client(self, TURN_SEGMENT_ACK, 2000, 1020, make_stun(ALLOCATE_SUCCESS, 1, 0));
    assert_log(self, "tcp 1 40000>443 established\n"
                     "unit 1 40000>443 turn stun 20/20 00030000\n"
                     "unit 2 443>40000 turn stun 20/20 01030000\n");
}

static void connection_on_another_port_in_single_bytes_is_found(void **state) {
    fixture *self = *state;
    auto_bytes message = make_stun(ALLOCATE, 1, 0);

    self->server_port = 443;
    handshake(self);
    assert_int_equal(turn_streams_count(self->streams), 0);
    for (guint32 i = 0; i < message->len; i++) {
        bytes *one = g_byte_array_append(g_byte_array_new(), message->data + i, 1);
        to_server(self, TURN_SEGMENT_ACK, 101 + i, 501, one);
    }
    assert_log(self, "tcp 4 40000>443 established\nunit 23 40000>443 turn stun 20/20 00030000\n");
}

static void connection_of_no_concern_leaves_no_trace(void **state) {
    fixture *self = *state;

    self->server_port = 443;
    handshake(self);
    to_server(self, TURN_SEGMENT_ACK, 101, 501, bytes_hex("16 0301 00fa 01 0000f6 0303"));
    to_client(self, TURN_SEGMENT_ACK, 501, 112, bytes_hex("16 0303 007a 02 000076 0303"));
    to_server(self, TURN_SEGMENT_ACK, 112, 512, bytes_text("\x01"));
    assert_int_equal(turn_streams_count(self->streams), 0);
    self->client_port = 40001;
    handshake(self);
    to_server(self, TURN_SEGMENT_ACK, 101, 501, bytes_text("\x01"));
    assert_int_equal(turn_streams_count(self->streams), 1);
    to_server(self, TURN_SEGMENT_ACK, 102, 501, bytes_text("\x01 is no message of any kind"));
    assert_int_equal(turn_streams_count(self->streams), 0);
    assert_int_equal(turn_streams_memory(self->streams), 0);
    assert_int_equal(self->tracker->units, 0);
}

static void connection_with_tls_keeps_nothing(void **state) {
    fixture *self = *state;

    handshake(self);
    fake_tracker_clear(self->tracker);
    to_server(self, TURN_SEGMENT_ACK, 101, 501, bytes_hex("16 0301 00fa 01 0000f6 0303"));
    to_server(self, TURN_SEGMENT_ACK, 9000, 501, bytes_hex("00 01 02 03"));
    to_client(self, TURN_SEGMENT_ACK, 501, 9004, bytes_hex("16 0303 007a 02 000076 0303"));
    assert_log(self, "tcp 4 40000>3478 tls\n");
    assert_int_equal(turn_streams_memory(self->streams), 0);
}

static void connections_are_limited_in_number(void **state) {
    fixture *self = *state;

    self->tracker->hide_frames = TRUE;
    for (guint i = 0; i < TURN_STREAMS_MAX + 1000; i++) {
        self->client_port = (guint16)(4000 + i);
        to_server(self, TURN_SEGMENT_SYN, 100, 0, NULL);
    }
    assert_int_equal(turn_streams_count(self->streams), TURN_STREAMS_MAX);
    assert_int_equal(turn_streams_dropped(self->streams), 1000);
}

static void connections_are_limited_in_memory(void **state) {
    fixture *self = *state;
    gsize most = 0;

    self->tracker->hide_frames = TRUE;
    for (guint i = 0; i < 400; i++) {
        self->client_port = (guint16)(4000 + i);
        to_server(self, TURN_SEGMENT_SYN, 100, 0, NULL);
        for (guint32 segment = 1; segment < 60; segment++) {
            to_server(self, TURN_SEGMENT_ACK, 101 + segment * 1400, 501, bytes_counting(1400, 0));
        }
        most = MAX(most, turn_streams_memory(self->streams));
        assert_true(turn_streams_memory(self->streams) <= TURN_STREAMS_MEMORY);
    }
    assert_true(most > TURN_STREAMS_MEMORY / 2);
    assert_true(turn_streams_dropped(self->streams) > 0);
}

static turn_streams_status look(const fixture *self, gboolean at_client) {
    static const guint8 client[4] = {10, 0, 0, 1};
    static const guint8 server[4] = {10, 0, 0, 2};
    const turn_flow flow = {.transport = TURN_TRANSPORT_TCP,
                            .source = stun_address_ipv4(client, self->client_port),
                            .destination = stun_address_ipv4(server, self->server_port)};
    const turn_flow back = turn_flow_reversed(&flow);

    return turn_streams_look(self->streams, at_client ? &back : &flow);
}

static void assert_look(const fixture *self, gboolean turn, gboolean up, gboolean down) {
    assert_int_equal(look(self, FALSE).turn, turn);
    assert_int_equal(look(self, TRUE).turn, turn);
    assert_int_equal(look(self, FALSE).waiting, up);
    assert_int_equal(look(self, TRUE).waiting, down);
}

static void look_tells_turn_and_what_waits_in_each_direction(void **state) {
    fixture *self = *state;
    auto_bytes message = make_stun(ALLOCATE, 1, 0);

    assert_look(self, FALSE, FALSE, FALSE);
    handshake(self);
    assert_look(self, FALSE, FALSE, FALSE);
    to_server(self, TURN_SEGMENT_ACK, 101, 501, make_stun(ALLOCATE, 1, 0));
    assert_look(self, TRUE, FALSE, FALSE);
    to_server(self, TURN_SEGMENT_ACK, 121, 501,
              g_byte_array_append(g_byte_array_new(), message->data, 10));
    assert_look(self, TRUE, TRUE, FALSE);
    to_server(self, TURN_SEGMENT_ACK, 131, 501,
              g_byte_array_append(g_byte_array_new(), message->data + 10, 10));
    assert_look(self, TRUE, FALSE, FALSE);
    to_client(self, TURN_SEGMENT_ACK, 521, 141, make_stun(ALLOCATE_SUCCESS, 1, 0));
    assert_look(self, TRUE, FALSE, TRUE);
    to_client(self, TURN_SEGMENT_ACK, 501, 141, make_stun(ALLOCATE_SUCCESS, 1, 0));
    assert_look(self, TRUE, FALSE, FALSE);
}

/* A peer that is turned away sends nothing. */
static void connection_to_a_relayed_address_is_followed(void **state) {
    fixture *self = *state;

    self->server_port = FAKE_RELAY_PORT;
    handshake(self);
    to_client(self, TURN_SEGMENT_ACK | TURN_SEGMENT_FIN, 501, 101, NULL);
    assert_log(self, "tcp 1 40000>24000 syn\n"
                     "tcp 2 24000>40000 syn-ack\n"
                     "tcp 3 40000>24000 established\n"
                     "tcp 4 24000>40000 fin\n");
}

/* That of a TCP relay to its peer, and to its end, whatever it carries. */
static void connection_of_a_relayed_address_is_followed(void **state) {
    fixture *self = *state;
    const guint8 text[] = "GET / HTTP/1.1, which is no STUN";

    self->client_port = FAKE_RELAY_PORT;
    self->server_port = 9000;
    handshake(self);
    to_server(self, TURN_SEGMENT_ACK, 101, 501,
              g_byte_array_append(g_byte_array_new(), text, sizeof text));
    to_client(self, TURN_SEGMENT_ACK, 501, 101 + sizeof text, NULL);
    to_client(self, TURN_SEGMENT_RST | TURN_SEGMENT_ACK, 501, 101 + sizeof text, NULL);
    assert_log(self, "tcp 1 24000>9000 syn\n"
                     "tcp 2 9000>24000 syn-ack\n"
                     "tcp 3 24000>9000 established\n"
                     "tcp 6 9000>24000 reset\n");
}

static void connection_to_another_port_is_not_followed(void **state) {
    fixture *self = *state;

    self->server_port = FAKE_RELAY_PORT + 1;
    handshake(self);
    assert_log(self, "");
}

static void segment_sent_again_is_reported(void **state) {
    fixture *self = *state;

    handshake(self);
    fake_tracker_clear(self->tracker);
    for (guint i = 0; i < 2; i++) {
        auto_bytes large = g_byte_array_set_size(g_byte_array_new(), 600);

        memset(large->data, 0xff, large->len);
        self->mark.time += G_GINT64_CONSTANT(1000000000);
        send_cut(self, FALSE, (tcp_fields){.flags = TURN_SEGMENT_ACK, .seq = 101, .ack = 501},
                 large, 600);
    }
    assert_non_null(strstr(self->tracker->log->str, "stuck 5 40000>3478 600*2\n"));
}

static void look_at_what_is_not_followed_tells_nothing(void **state) {
    fixture *self = *state;

    self->server_port = 8080;
    to_server(self, TURN_SEGMENT_ACK, 101, 501, bytes_text("GET / HTTP/1.1\r\n\r\n"));
    assert_look(self, FALSE, FALSE, FALSE);
    to_server(self, TURN_SEGMENT_ACK, 119, 501, make_stun(ALLOCATE, 1, 0));
    assert_look(self, TRUE, FALSE, FALSE);
    self->client_port++;
    assert_look(self, FALSE, FALSE, FALSE);
}

#define CONNECTION_TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void) {
    const struct CMUnitTest tests[] = {
        CONNECTION_TEST(connection_life_is_reported),
        CONNECTION_TEST(connection_unanswered_or_refused_is_reported),
        CONNECTION_TEST(connection_reused_ports_begin_anew),
        CONNECTION_TEST(connection_begun_before_the_capture_is_read),
        CONNECTION_TEST(connection_bind_with_data_in_one_segment_is_followed),
        CONNECTION_TEST(connection_lost_segment_is_a_gap),
        CONNECTION_TEST(connection_cut_segments_stay_in_step),
        CONNECTION_TEST(connection_waiting_bytes_come_out_at_the_end),
        CONNECTION_TEST(connection_on_another_port_is_found_by_its_bytes),
        CONNECTION_TEST(connection_on_another_port_in_single_bytes_is_found),
        CONNECTION_TEST(connection_of_no_concern_leaves_no_trace),
        CONNECTION_TEST(connection_with_tls_keeps_nothing),
        CONNECTION_TEST(connections_are_limited_in_number),
        CONNECTION_TEST(connections_are_limited_in_memory),
        CONNECTION_TEST(look_tells_turn_and_what_waits_in_each_direction),
        CONNECTION_TEST(look_at_what_is_not_followed_tells_nothing),
        CONNECTION_TEST(connection_to_a_relayed_address_is_followed),
        CONNECTION_TEST(connection_of_a_relayed_address_is_followed),
        CONNECTION_TEST(connection_to_another_port_is_not_followed),
        CONNECTION_TEST(segment_sent_again_is_reported),
    };

    return cmocka_run_group_tests_name("streams", tests, NULL, NULL);
}
