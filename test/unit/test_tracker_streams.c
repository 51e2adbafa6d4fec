/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What observers of streams are told: where a unit lies in the stream, what is left of one, and
 * when another connection begins. And what is proved of messages, when that comes from elsewhere.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "turn/tcp/streams.h"
#include "turn/tracker.h"
#include <string.h>

/* A Binding Request with FINGERPRINT's place taken by 4 bytes of SOFTWARE: 28 bytes. */
static const guint8 message[28] = {0x00, 0x01, 0x00, 0x08, 0x21, 0x12, 0xA4, 0x42, 1,  2,
                                   3,    4,    5,    6,    7,    8,    9,    10,   11, 12,
                                   0x80, 0x22, 0x00, 0x04, 't',  'e',  's',  't'};

typedef struct fixture {
    turn_tracker *tracker;
    turn_streams *streams;
    GString *log;
    guint32 frame;
} fixture;

static void note_unit(gpointer data, const turn_packet *packet, const turn_unit *unit) {
    fixture *self = data;

    assert_memory_equal(unit->whole, message, unit->whole_captured);
    g_string_append_printf(self->log, "unit %u+%zu in %u; ", unit->seq, unit->whole_captured,
                           packet->frame);
}

static void note_rest(gpointer data, const turn_packet *packet, const turn_unit *unit) {
    fixture *self = data;

    (void)packet;
    g_string_append_printf(self->log, "rest %u+%zu; ", unit->seq, unit->whole_captured);
}

static void note_anew(gpointer data, const turn_packet *packet) {
    fixture *self = data;

    g_string_append_printf(self->log, "anew in %u; ", packet->frame);
}

static int setup(void **state) {
    fixture *self = g_new0(fixture, 1);
    const turn_stream_observer observer = {.rest = note_rest, .anew = note_anew, .data = self};

    self->tracker = turn_tracker_new();
    self->streams = turn_streams_new(self->tracker);
    self->log = g_string_new(NULL);
    turn_tracker_observe_units(self->tracker, note_unit, self);
    turn_tracker_observe_streams(self->tracker, &observer);
    *state = self;
    return 0;
}

static int teardown(void **state) {
    fixture *self = *state;

    turn_streams_free(self->streams);
    turn_tracker_free(self->tracker);
    g_string_free(self->log, TRUE);
    g_free(self);
    return 0;
}

/* LENGTH bytes of the message from OFFSET on, as the client's segment at SEQ. */
static void send(fixture *self, guint8 flags, guint32 seq, gsize offset, gsize length) {
    const guint8 client[4] = {10, 0, 0, 1};
    const guint8 server[4] = {10, 0, 0, 2};
    turn_segment segment = {.flags = flags,
                            .seq = seq,
                            .bytes = message + offset,
                            .captured = length,
                            .reported = length};

    segment.packet = (turn_packet){.frame = ++self->frame,
                                   .time = self->frame,
                                   .flow = {.transport = TURN_TRANSPORT_TCP,
                                            .source = stun_address_ipv4(client, 40000),
                                            .destination = stun_address_ipv4(server, 3478)}};
    turn_streams_segment(self->streams, &segment);
}

static void test_unit_across_segments(void **state) {
    fixture *self = *state;

    send(self, TURN_SEGMENT_SYN, 999, 0, 0);
    send(self, TURN_SEGMENT_ACK, 1000, 0, 10);
    send(self, TURN_SEGMENT_ACK, 1020, 20, 8);
    send(self, TURN_SEGMENT_ACK, 1010, 10, 10);
    send(self, TURN_SEGMENT_ACK, 1028, 0, 28);
    assert_string_equal(self->log->str, "anew in 1; unit 1000+28 in 4; unit 1028+28 in 5; ");
}

static void test_sequence_numbers_wrap(void **state) {
    fixture *self = *state;

    send(self, TURN_SEGMENT_SYN, 0xFFFFFFF0u - 1, 0, 0);
    send(self, TURN_SEGMENT_ACK, 0xFFFFFFF0u, 0, 12);
    send(self, TURN_SEGMENT_ACK, 0xFFFFFFFCu, 12, 16);
    send(self, TURN_SEGMENT_ACK, 12, 0, 28);
    assert_string_equal(self->log->str, "anew in 1; unit 4294967280+28 in 3; unit 12+28 in 4; ");
}

static void test_rest_at_the_end(void **state) {
    fixture *self = *state;
    const turn_mark last = {.frame = 9, .time = 9};

    send(self, TURN_SEGMENT_SYN, 999, 0, 0);
    send(self, TURN_SEGMENT_ACK, 1000, 0, 28);
    send(self, TURN_SEGMENT_ACK, 1028, 0, 22);
    turn_streams_finish(self->streams, &last);
    assert_string_equal(self->log->str, "anew in 1; unit 1000+28 in 2; rest 1028+22; ");
}

static void test_another_connection(void **state) {
    fixture *self = *state;

    send(self, TURN_SEGMENT_SYN, 999, 0, 0);
    send(self, TURN_SEGMENT_SYN, 999, 0, 0);
    send(self, TURN_SEGMENT_ACK, 1000, 0, 28);
    send(self, TURN_SEGMENT_SYN, 4999, 0, 0);
    send(self, TURN_SEGMENT_ACK, 5000, 0, 28);
    assert_string_equal(self->log->str,
                        "anew in 1; unit 1000+28 in 3; anew in 4; unit 5000+28 in 5; ");
}

static turn_signature verified(gpointer data, const turn_packet *packet, const stun_message *of) {
    guint *calls = data;

    (void)of;
    (*calls)++;
    return (turn_signature){.integrity = packet->frame == 1 ? STUN_INTEGRITY_VERIFIED
                                                            : STUN_INTEGRITY_UNKNOWN};
}

static void note_signature(gpointer data, const turn_packet *packet, const stun_message *of) {
    fixture *self = data;

    (void)of;
    g_string_append_printf(self->log, "%u %d; ", packet->frame,
                           turn_tracker_signature(self->tracker)->integrity ==
                               STUN_INTEGRITY_VERIFIED);
}

static void test_signatures_from_elsewhere(void **state) {
    fixture *self = *state;
    guint calls = 0;

    turn_tracker_set_signatures(self->tracker, verified, &calls, 3);
    turn_tracker_observe(self->tracker, note_signature, self);
    turn_tracker_observe_units(self->tracker, NULL, NULL);
    g_string_truncate(self->log, 0);
    send(self, TURN_SEGMENT_ACK, 1000, 0, 28);
    send(self, TURN_SEGMENT_ACK, 1028, 0, 28);
    assert_string_equal(self->log->str, "anew in 1; 1 1; 2 0; ");
    assert_int_equal(calls, 2);
    assert_int_equal(turn_tracker_finish(self->tracker)->passwords, 3);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_unit_across_segments, setup, teardown),
        cmocka_unit_test_setup_teardown(test_sequence_numbers_wrap, setup, teardown),
        cmocka_unit_test_setup_teardown(test_rest_at_the_end, setup, teardown),
        cmocka_unit_test_setup_teardown(test_another_connection, setup, teardown),
        cmocka_unit_test_setup_teardown(test_signatures_from_elsewhere, setup, teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
