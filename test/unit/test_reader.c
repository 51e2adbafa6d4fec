/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "analyzer/packet.h"
#include "analyzer/reader.h"
#include "support/fake_tracker.h"
#include "support/packets.h"
#include <string.h>

static const ends forth = {.to_client = FALSE, .client_port = 40000, .server_port = 3478};
static const ends back = {.to_client = TRUE, .client_port = 40000, .server_port = 3478};

typedef struct fixture {
    turn_tracker *tracker;
    reader *reader;
    bytes *file; /* being written */
    guint32 seconds;
} fixture;

static int setup(void **state) {
    fixture *self = g_new0(fixture, 1);

    self->tracker = turn_tracker_new();
    self->reader = reader_new(self->tracker);
    self->file = make_pcap(1);
    *state = self;
    return 0;
}

static int teardown(void **state) {
    fixture *self = *state;

    reader_free(self->reader);
    turn_tracker_free(self->tracker);
    g_byte_array_unref(self->file);
    g_free(self);
    return 0;
}

static gssize read_file(gpointer context, guint8 *buffer, gsize size) {
    bytes *file = context;
    gsize length = MIN(size, file->len);

    if (length > 0) {
        memcpy(buffer, file->data, length);
        g_byte_array_remove_range(file, 0, (guint)length);
    }
    return (gssize)length;
}

static void keep_failure(gpointer data, guint index, const GError *error) {
    GError **failure = data;

    (void)index;
    *failure = g_error_copy(error);
}

/* Reads the file that was written so far, and begins another one. */
static gboolean run(fixture *self, GError **error) {
    source *bytes_of = source_open_callback("calls.pcap", read_file, self->file, NULL, error);
    g_autoptr(capture) opened = capture_open_source("calls.pcap", bytes_of, error);
    GError *failure = NULL;

    reader_add(self->reader, opened);
    reader_run(self->reader, keep_failure, &failure);
    g_byte_array_unref(self->file);
    self->file = make_pcap(1);
    if (failure != NULL) {
        g_propagate_error(error, failure);
        return FALSE;
    }
    return TRUE;
}

/* FRAME is freed. */
static void record(fixture *self, bytes *frame) {
    put_record(self->file, ++self->seconds, 0, frame->len, frame);
    g_byte_array_unref(frame);
}

static void record_tcp(fixture *self, ends between, guint8 flags, guint32 seq, guint32 ack,
                       bytes *made) {
    auto_bytes payload = made;

    record(self,
           make_tcp_frame(between, (tcp_fields){.flags = flags, .seq = seq, .ack = ack}, payload));
}

static void record_ip(fixture *self, bytes *ip) {
    auto_bytes datagram = ip;

    record(self, make_ethernet(0, datagram));
}

#define assert_log(self, text) assert_string_equal((self)->tracker->log->str, (text))

static void reader_hands_on_each_kind_of_packet(void **state) {
    fixture *self = *state;
    auto_bytes hello = bytes_text("hello");
    auto_bytes udp = make_udp(forth, hello);
    auto_bytes icmp = bytes_hex("0303 abcd 00000000");
    auto_bytes quoted = make_ipv4(forth, 17, NULL, udp);

    put(icmp, quoted);
    record(self, make_udp_frame(forth, hello));
    record_tcp(self, forth, TURN_SEGMENT_SYN, 100, 0, NULL);
    record_ip(self, make_ipv4(back, 1, NULL, icmp));
    record_ip(self, make_ipv6(forth, 17, udp));
    assert_true(run(self, NULL));
    assert_log(self, "datagram 1 40000>3478 5/5 68656c6c\n"
                     "tcp 2 40000>3478 syn\n"
                     "icmp 3 v4 3/3 udp 40000>3478\n"
                     "datagram 4 40000>3478 5/5 68656c6c\n");
}

static void reader_puts_fragments_together(void **state) {
    fixture *self = *state;
    auto_bytes payload = bytes_counting(72, 1);
    auto_bytes udp = make_udp(forth, payload);
    auto_bytes first = g_byte_array_append(g_byte_array_new(), udp->data, 40);
    auto_bytes second = g_byte_array_append(g_byte_array_new(), udp->data + 40, 40);

    record_ip(self, make_ipv4_fragment(forth, 17, 9, 40, FALSE, second));
    record_ip(self, make_ipv4_fragment(forth, 17, 9, 0, TRUE, first));
    record_ip(self, make_ipv4_fragment(forth, 17, 10, 0, TRUE, first));
    assert_true(run(self, NULL));
    reader_finish(self->reader);
    assert_log(self, "datagram 2 40000>3478 72/72 01020304\n");
    assert_int_equal(reader_get_statistics(self->reader, 0)->fragments_lost, 1);
    assert_string_equal(reader_get_statistics(self->reader, 0)->warnings->pdata[0],
                        "1 IP datagram lacks fragments in the capture");
}

static void reader_goes_on_in_the_next_file(void **state) {
    fixture *self = *state;
    auto_bytes message = make_stun(0x0003, 1, 8);
    bytes *first = g_byte_array_append(g_byte_array_new(), message->data, 10);
    bytes *second = g_byte_array_append(g_byte_array_new(), message->data + 10, 22);

    record_tcp(self, forth, TURN_SEGMENT_SYN, 100, 0, NULL);
    record_tcp(self, forth, TURN_SEGMENT_ACK, 101, 501, first);
    assert_true(run(self, NULL));
    record_tcp(self, forth, TURN_SEGMENT_ACK, 111, 501, second);
    assert_true(run(self, NULL));
    reader_finish(self->reader);
    assert_log(self, "tcp 1 40000>3478 syn\n"
                     "tcp 2 40000>3478 established\n"
                     "unit 1 40000>3478 turn stun 32/32 0003000c\n");
    assert_int_equal(reader_get_statistics(self->reader, 1)->tcp_bytes_missing, 0);
}

static capture *open_written(bytes *file) {
    source *bytes_of = source_open_callback("calls.pcap", read_file, file, NULL, NULL);

    return capture_open_source("calls.pcap", bytes_of, NULL);
}

/* Two interfaces of one host: what came in on one went out on the other in between. */
static void reader_merges_captures_by_time(void **state) {
    fixture *self = *state;
    auto_bytes other = make_pcap(1);
    auto_bytes hello = bytes_text("hello");
    auto_bytes frame = make_udp_frame(forth, hello);
    auto_bytes answer = make_udp_frame(back, hello);

    put_record(self->file, 2, 0, frame->len, frame);
    put_record(self->file, 4, 0, frame->len, frame);
    put_record(self->file, 5, 0, frame->len, frame);
    put_record(other, 1, 0, answer->len, answer);
    put_record(other, 3, 0, answer->len, answer);
    g_autoptr(capture) first = open_written(self->file);
    g_autoptr(capture) second = open_written(other);
    GError *failure = NULL;

    reader_add(self->reader, first);
    reader_add(self->reader, second);
    reader_run(self->reader, keep_failure, &failure);
    assert_null(failure);
    assert_log(self, "datagram 1 3478>40000 5/5 68656c6c\n"
                     "datagram 1 40000>3478 5/5 68656c6c\n"
                     "datagram 2 3478>40000 5/5 68656c6c\n"
                     "datagram 2 40000>3478 5/5 68656c6c\n"
                     "datagram 3 40000>3478 5/5 68656c6c\n");
}

static void reader_counts_missing_bytes_where_they_are_missing(void **state) {
    fixture *self = *state;

    record_tcp(self, forth, TURN_SEGMENT_SYN, 100, 0, NULL);
    assert_true(run(self, NULL));
    record_tcp(self, forth, TURN_SEGMENT_ACK, 151, 501, make_stun(0x0003, 1, 0));
    record_tcp(self, back, TURN_SEGMENT_ACK, 501, 171, NULL);
    assert_true(run(self, NULL));
    reader_finish(self->reader);
    assert_int_equal(reader_get_statistics(self->reader, 0)->tcp_bytes_missing, 0);
    assert_int_equal(reader_get_statistics(self->reader, 1)->tcp_bytes_missing, 50);
}

static void reader_keeps_what_came_before_a_failure(void **state) {
    fixture *self = *state;
    auto_bytes hello = bytes_text("hello");
    g_autoptr(GError) error = NULL;

    record(self, make_udp_frame(forth, hello));
    record(self, make_udp_frame(forth, hello));
    g_byte_array_set_size(self->file, self->file->len - 1);
    assert_false(run(self, &error));
    assert_true(g_error_matches(error, CAPTURE_ERROR, CAPTURE_ERROR_CUT));
    assert_log(self, "datagram 1 40000>3478 5/5 68656c6c\n");
}

static void reader_warns_of_cut_packets(void **state) {
    fixture *self = *state;
    auto_bytes hello = bytes_text("hello");
    auto_bytes frame = make_udp_frame(forth, hello);

    g_byte_array_set_size(frame, frame->len - 3);
    put_record(self->file, 1, 0, frame->len + 3, frame);
    assert_true(run(self, NULL));
    assert_log(self, "datagram 1 40000>3478 2/5 6865\n");
    assert_string_equal(reader_get_statistics(self->reader, 0)->warnings->pdata[0],
                        "1 of 1 packets were cut by the snap length (262144 bytes): what lies "
                        "behind the cut is not in the capture. Capture whole packets (tcpdump "
                        "-s 0).");
}

#define READER_TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void) {
    const struct CMUnitTest tests[] = {
        READER_TEST(reader_hands_on_each_kind_of_packet),
        READER_TEST(reader_puts_fragments_together),
        READER_TEST(reader_goes_on_in_the_next_file),
        READER_TEST(reader_counts_missing_bytes_where_they_are_missing),
        READER_TEST(reader_merges_captures_by_time),
        READER_TEST(reader_keeps_what_came_before_a_failure),
        READER_TEST(reader_warns_of_cut_packets),
    };

    return cmocka_run_group_tests_name("reader", tests, NULL, NULL);
}
