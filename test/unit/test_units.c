/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "support/fake_tracker.h"
#include "support/packets.h"
#include "turn/tcp/units.h"
#include <string.h>

enum { CLIENT, SERVER };
enum {
    ALLOCATE = 0x0003,
    ALLOCATE_SUCCESS = 0x0103,
    BIND = 0x000B,
    BIND_SUCCESS = 0x010B,
    BIND_ERROR = 0x011B,
    BINDING = 0x0001
};

typedef struct fixture {
    turn_tracker *tracker;
    turn_units units;
    turn_mark mark;
} fixture;

static void start(fixture *self, gboolean turn_port) {
    static const guint8 client[4] = {10, 0, 0, 1};
    static const guint8 server[4] = {10, 0, 0, 2};
    turn_flow flow = {.transport = TURN_TRANSPORT_TCP,
                      .source = stun_address_ipv4(client, 40000),
                      .destination = stun_address_ipv4(server, 3478)};

    turn_units_clear(&self->units);
    turn_units_init(&self->units, self->tracker, &flow, turn_port);
    fake_tracker_clear(self->tracker);
    self->mark = (turn_mark){.time = 1};
}

static int setup(void **state) {
    fixture *self = g_new0(fixture, 1);

    self->tracker = turn_tracker_new();
    start(self, TRUE);
    *state = self;
    return 0;
}

static int teardown(void **state) {
    fixture *self = *state;

    turn_units_clear(&self->units);
    turn_tracker_free(self->tracker);
    g_free(self);
    return 0;
}

/* One segment; the copy lets a sanitizer see a read past its end. */
static void feed_bytes(fixture *self, guint side, const guint8 *data, gsize length) {
    g_autofree guint8 *exact = g_memdup2(data, length);

    self->mark.frame++;
    turn_units_bytes(&self->units, side, &self->mark, exact, length);
}

static void feed(fixture *self, guint side, const bytes *data) {
    feed_bytes(self, side, data->data, data->len);
}

/* MADE is freed. */
static void feed_made(fixture *self, guint side, bytes *made) {
    feed(self, side, made);
    g_byte_array_unref(made);
}

static void put_made(bytes *to, bytes *made) {
    put(to, made);
    g_byte_array_unref(made);
}

static void put_framed(bytes *to, bytes *made) {
    put_made(to, make_framed(made));
    g_byte_array_unref(made);
}

#define assert_log(self, text) assert_string_equal((self)->tracker->log->str, (text))

static void units_control_stream_is_cut(void **state) {
    fixture *self = *state;
    auto_bytes both = make_stun(ALLOCATE, 1, 8);
    auto_bytes data = bytes_text("media");

    put_made(both, make_stun(BINDING, 2, 0));
    put_made(both, make_channel_data(0x4001, data));
    feed(self, CLIENT, both);
    feed_made(self, SERVER, make_stun(ALLOCATE_SUCCESS, 1, 20));
    assert_log(self, "unit 1 40000>3478 turn stun 32/32 0003000c\n"
                     "unit 1 40000>3478 turn stun 20/20 00010000\n"
                     "unit 1 40000>3478 turn channel 5/5 6d656469\n"
                     "unit 2 3478>40000 turn stun 44/44 01030018\n");
    assert_int_equal(self->units.verdict, TURN_UNITS_TURN);
    assert_int_equal(turn_units_memory(&self->units), 0);
}

/* The control messages of a data connection, each direction in one piece, and what it carries. */
static void bound_streams(bytes *client, bytes *server) {
    put_made(client, make_stun(BIND, 1, 0));
    put_made(server, make_stun(BIND_ERROR, 1, 40));
    put_made(client, make_stun(BIND, 2, 60));
    put_made(server, make_stun(BIND_SUCCESS, 2, 0));
    put_framed(server, make_stun(BINDING, 3, 40));
    put_framed(client, make_stun(0x0101, 3, 8));
    put_framed(client, bytes_hex("16fefd 0000 000000000000 0004 01020304"));
    put_framed(server, bytes_hex("80e00001 00000001 00000002 aabbccdd"));
    put_framed(server, g_byte_array_new());
    put_framed(server, bytes_hex("81c80001 00000001"));
}

static const char bound_log[] = "unit 40000>3478 turn stun 20/20 000b0000\n"
                                "unit 3478>40000 turn stun 64/64 011b002c\n"
                                "unit 40000>3478 turn stun 84/84 000b0040\n"
                                "unit 3478>40000 turn stun 20/20 010b0000\n"
                                "unit 3478>40000 rfc4571 packet 64/64 0001002c\n"
                                "unit 3478>40000 rfc4571 packet 16/16 80e00001\n"
                                "unit 3478>40000 rfc4571 packet 0/0\n"
                                "unit 3478>40000 rfc4571 packet 8/8 81c80001\n"
                                "unit 40000>3478 rfc4571 packet 32/32 0101000c\n"
                                "unit 40000>3478 rfc4571 packet 17/17 16fefd00\n";

/* Both streams in segments of SIZE bytes, in the order in which they make sense. */
static void feed_conversation(fixture *self, const bytes *client, const bytes *server, gsize size) {
    static const struct {
        guint side;
        gsize until;
    } turns[] = {
        {CLIENT, 20}, {SERVER, 64}, {CLIENT, 104}, {SERVER, G_MAXSIZE}, {CLIENT, G_MAXSIZE}};
    gsize at[2] = {0, 0};

    for (gsize i = 0; i < G_N_ELEMENTS(turns); i++) {
        guint side = turns[i].side;
        const bytes *from = side == CLIENT ? client : server;
        gsize until = MIN(turns[i].until, from->len);

        while (at[side] < until) {
            gsize length = MIN(size, until - at[side]);
            feed_bytes(self, side, from->data + at[side], length);
            at[side] += length;
        }
    }
}

static void units_bound_connection_is_the_same_in_any_segments(void **state) {
    fixture *self = *state;
    auto_bytes client = g_byte_array_new();
    auto_bytes server = g_byte_array_new();

    bound_streams(client, server);
    self->tracker->hide_frames = TRUE;
    for (gsize size = 1; size < 200; size++) {
        start(self, TRUE);
        feed_conversation(self, client, server, size);
        assert_log(self, bound_log);
        assert_int_equal(turn_units_memory(&self->units), 0);
    }
}

static void units_split_once_anywhere_are_the_same(void **state) {
    fixture *self = *state;
    auto_bytes client = g_byte_array_new();
    auto_bytes server = g_byte_array_new();

    bound_streams(client, server);
    self->tracker->hide_frames = TRUE;
    for (gsize split = 65; split < server->len; split++) {
        start(self, TRUE);
        feed_bytes(self, CLIENT, client->data, 20);
        feed_bytes(self, SERVER, server->data, 64);
        feed_bytes(self, CLIENT, client->data + 20, 84);
        feed_bytes(self, SERVER, server->data + 64, split - 64);
        feed_bytes(self, SERVER, server->data + split, server->len - split);
        feed_bytes(self, CLIENT, client->data + 104, client->len - 104);
        assert_log(self, bound_log);
    }
}

static void units_frame_is_that_of_the_last_segment(void **state) {
    fixture *self = *state;
    auto_bytes message = make_stun(ALLOCATE, 1, 8);

    feed_bytes(self, CLIENT, message->data, 1);
    feed_bytes(self, CLIENT, message->data + 1, 30);
    feed_bytes(self, CLIENT, message->data + 31, 1);
    assert_log(self, "unit 3 40000>3478 turn stun 32/32 0003000c\n");
}

static void bind_everything(fixture *self) {
    feed_made(self, CLIENT, make_stun(BIND, 1, 0));
    feed_made(self, SERVER, make_stun(BIND_SUCCESS, 1, 0));
    fake_tracker_clear(self->tracker);
}

static void units_opaque_bytes_are_handed_over_as_they_come(void **state) {
    fixture *self = *state;

    bind_everything(self);
    feed_made(self, CLIENT, bytes_text("GET / HTTP/1.1\r\nHost: peer.example\r\n\r\n"));
    feed_made(self, SERVER, bytes_text("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"));
    feed_made(self, SERVER, bytes_text("x"));
    assert_log(self, "opaque 3 40000>3478 38/38 47455420\n"
                     "opaque 4 3478>40000 38/38 48545450\n"
                     "opaque 5 3478>40000 1/1 78\n");
}

static void units_opaque_undecided_bytes_are_handed_over_at_the_end(void **state) {
    fixture *self = *state;

    bind_everything(self);
    feed_made(self, CLIENT, bytes_text("GE"));
    assert_log(self, "");
    turn_units_finish(&self->units, CLIENT, &self->mark);
    assert_log(self, "opaque 3 40000>3478 2/2 4745\n");
}

static void units_framing_is_found_in_opaque_bytes(void **state) {
    fixture *self = *state;
    auto_bytes stream = bytes_text("an opaque beginning of many bytes");
    gsize opaque = stream->len;

    put_framed(stream, make_stun(BINDING, 3, 8));
    for (gsize split = 1; split < stream->len; split++) {
        start(self, TRUE);
        bind_everything(self);
        feed_bytes(self, CLIENT, stream->data, split);
        feed_bytes(self, CLIENT, stream->data + split, stream->len - split);
        assert_non_null(strstr(self->tracker->log->str, "rfc4571 packet 32/32 0001000c\n"));
        assert_true(self->tracker->unit_bytes >= opaque + 32);
        assert_true(self->tracker->unit_bytes < opaque + 32 + TURN_UNITS_TAIL);
    }
}

static void units_bind_that_was_not_captured_is_recognised(void **state) {
    fixture *self = *state;
    auto_bytes stream = bytes_hex("ffee");

    put_framed(stream, make_stun(BINDING, 3, 8));
    put_framed(stream, bytes_hex("80e00001 00000001 00000002 aabbccdd"));
    feed(self, CLIENT, stream);
    assert_log(self, "unit 1 40000>3478 rfc4571 packet 32/32 0001000c\n"
                     "unit 1 40000>3478 rfc4571 packet 16/16 80e00001\n");
    fake_tracker_clear(self->tracker);
    feed_made(self, SERVER, bytes_hex("0010 80e00001 00000001 00000002 aabbccdd"));
    feed_made(self, SERVER, bytes_hex("0002 aabb"));
    assert_log(self, "unit 2 3478>40000 rfc4571 packet 16/16 80e00001\n"
                     "unit 3 3478>40000 rfc4571 packet 2/2 aabb\n");
}

static void units_client_alone_is_enough_for_a_bind(void **state) {
    fixture *self = *state;

    feed_made(self, CLIENT, make_stun(BIND, 1, 0));
    feed_made(self, CLIENT, bytes_text("GET / HTTP/1.1\r\nHost: peer.example\r\n\r\n"));
    assert_log(self, "unit 1 40000>3478 turn stun 20/20 000b0000\n"
                     "opaque 2 40000>3478 38/38 47455420\n");
}

static void units_answer_before_request_still_binds(void **state) {
    fixture *self = *state;
    auto_bytes client = make_stun(BIND, 1, 0);

    put_framed(client, make_stun(BINDING, 3, 0));
    feed_made(self, SERVER, make_stun(BIND_SUCCESS, 1, 0));
    feed(self, CLIENT, client);
    assert_log(self, "unit 1 3478>40000 turn stun 20/20 010b0000\n"
                     "unit 2 40000>3478 turn stun 20/20 000b0000\n"
                     "unit 2 40000>3478 rfc4571 packet 20/20 00010000\n");
}

/* What follows is the peer's, and does not wait until it can be told from a STUN header. */
static void units_request_after_its_answer_ends_the_control_messages(void **state) {
    fixture *self = *state;
    auto_bytes client = make_stun(BIND, 1, 0);

    put_made(client, bytes_hex("00020000"));
    feed_made(self, SERVER, make_stun(BIND_SUCCESS, 1, 0));
    feed(self, CLIENT, client);
    assert_log(self, "unit 1 3478>40000 turn stun 20/20 010b0000\n"
                     "unit 2 40000>3478 turn stun 20/20 000b0000\n"
                     "opaque 2 40000>3478 4/4 00020000\n");
}

static void units_gap_is_followed_by_locking_on(void **state) {
    fixture *self = *state;
    auto_bytes rest = bytes_hex("00112233445566778899aabb");

    feed_made(self, CLIENT, make_stun(ALLOCATE, 1, 8));
    turn_units_gap(&self->units, CLIENT, &self->mark, 1000);
    put_made(rest, make_stun(ALLOCATE, 2, 4));
    feed(self, CLIENT, rest);
    assert_log(self, "unit 1 40000>3478 turn stun 32/32 0003000c\n"
                     "gap 1 40000>3478 1000\n"
                     "unit 2 40000>3478 turn stun 28/28 00030008\n");
    assert_int_equal(self->units.missing, 1000);
}

static void units_gap_within_a_unit_keeps_step(void **state) {
    fixture *self = *state;
    auto_bytes message = make_stun(ALLOCATE, 1, 36);
    auto_bytes data = bytes_text("media");

    feed_bytes(self, CLIENT, message->data, 30);
    turn_units_gap(&self->units, CLIENT, &self->mark, 20);
    feed_bytes(self, CLIENT, message->data + 50, 10);
    feed_made(self, CLIENT, make_channel_data(0x4001, data));
    assert_log(self, "unit 1 40000>3478 turn stun 30/60 00030028\n"
                     "gap 1 40000>3478 20\n"
                     "unit 3 40000>3478 turn channel 5/5 6d656469\n");
}

/* What is there of the answer is no part of what the peer sends. */
static void units_bind_answer_that_is_cut(void **state) {
    fixture *self = *state;
    auto_bytes answer = make_stun(BIND_SUCCESS, 1, 36);
    auto_bytes packet = make_stun(BINDING, 2, 0);

    feed_made(self, CLIENT, make_stun(BIND, 1, 0));
    feed_bytes(self, SERVER, answer->data, 24);
    turn_units_gap(&self->units, SERVER, &self->mark, answer->len - 24);
    feed_made(self, SERVER, make_framed(packet));
    assert_log(self, "unit 1 40000>3478 turn stun 20/20 000b0000\n"
                     "unit 2 3478>40000 turn stun 24/60 010b0028\n"
                     "gap 2 3478>40000 36\n"
                     "unit 3 3478>40000 rfc4571 packet 20/20 00010000\n");
}

static void units_cut_by_snap_length_stay_in_step(void **state) {
    fixture *self = *state;

    bind_everything(self);
    for (int i = 0; i < 3; i++) {
        feed_made(self, SERVER, bytes_hex("0100 80e00001 00000001 00000002 aabbccdd aabbccddeeff"));
        turn_units_gap(&self->units, SERVER, &self->mark, 256 - 22);
    }
    assert_log(self, "unit 3 3478>40000 rfc4571 packet 22/256 80e00001\ngap 3 3478>40000 234\n"
                     "unit 4 3478>40000 rfc4571 packet 22/256 80e00001\ngap 4 3478>40000 234\n"
                     "unit 5 3478>40000 rfc4571 packet 22/256 80e00001\ngap 5 3478>40000 234\n");
}

static void units_out_of_step_search_for_the_next_message(void **state) {
    fixture *self = *state;

    feed_made(self, CLIENT, make_stun(ALLOCATE, 1, 0));
    feed_made(self, CLIENT, bytes_text("\xFE\xFEnonsense on a control connection"));
    feed_made(self, CLIENT, make_stun(ALLOCATE, 2, 0));
    assert_log(self, "unit 1 40000>3478 turn stun 20/20 00030000\n"
                     "unit 3 40000>3478 turn stun 20/20 00030000\n");
}

static void units_tls_is_reported_once_and_ignored(void **state) {
    fixture *self = *state;
    auto_bytes hello = bytes_hex("16 0301 00fa 01 0000f6 0303");

    for (gsize i = 0; i < hello->len; i++) {
        feed_bytes(self, CLIENT, hello->data + i, 1);
    }
    feed_made(self, SERVER, bytes_hex("16 0303 007a 02 000076 0303"));
    feed_made(self, CLIENT, make_stun(ALLOCATE, 1, 0));
    assert_int_equal(self->units.verdict, TURN_UNITS_TLS);
    assert_non_null(strstr(self->tracker->log->str, " tls\n"));
    assert_int_equal(self->tracker->units, 0);
    assert_int_equal(turn_units_memory(&self->units), 0);
}

static void units_tls_is_found_where_the_capture_begins_within_a_record(void **state) {
    fixture *self = *state;

    feed_made(self, CLIENT, bytes_text("\xFE\xFEthe end of an encrypted record"));
    assert_int_equal(self->units.verdict, TURN_UNITS_UNDECIDED);
    feed_made(self, CLIENT, bytes_hex("17 0303 0020 00112233445566778899aabbccddeeff"));
    feed_made(self, CLIENT, bytes_hex("17 0303 0020 00112233445566778899aabbccddeeff"));
    assert_int_equal(self->units.verdict, TURN_UNITS_TLS);
    assert_log(self, "tcp 2 40000>3478 tls\n");
}

static void units_other_bytes_end_a_tentative_connection(void **state) {
    fixture *self = *state;

    start(self, FALSE);
    feed_made(self, CLIENT, bytes_text("\x01"));
    assert_int_equal(self->units.verdict, TURN_UNITS_UNDECIDED);
    feed_made(self, CLIENT, bytes_text("something else entirely"));
    assert_int_equal(self->units.verdict, TURN_UNITS_OTHER);
    assert_int_equal(turn_units_memory(&self->units), 0);
    assert_log(self, "");
}

static const char client_hello[] =
    "16 0301 002d 01 000029 0301 c1fcd5a3000102030405060708090a0b0c0d0e0f101112131415161718191a1b"
    "00 0002 0018 01 00";
static const char ms_allocate[] =
    "0200 0024 0003 0010 000102030405060708090a0b0c0d0e0f 000f0004 72c64bc6 00080004 00000001";

static void units_ms_turn_follows_the_pseudo_tls_hello(void **state) {
    fixture *self = *state;
    auto_bytes stream = bytes_hex(client_hello);

    assert_int_equal(stream->len, 50);
    put_made(stream, bytes_hex(ms_allocate));
    put_made(stream, bytes_hex("0300 0006 0004 80e00001"));
    self->tracker->hide_frames = TRUE;
    for (gsize split = 1; split < stream->len; split++) {
        start(self, TRUE);
        feed_bytes(self, CLIENT, stream->data, split);
        feed_bytes(self, CLIENT, stream->data + split, stream->len - split);
        assert_log(self, "unit 40000>3478 ms-turn pseudo-tls 50/50 16030100\n"
                         "unit 40000>3478 ms-turn control 36/36 00030010\n"
                         "unit 40000>3478 ms-turn ms-data 4/4 80e00001\n");
    }
}

/* MADE in segments of SIZE bytes; it is freed. */
static void feed_sliced(fixture *self, guint side, bytes *made, gsize size) {
    for (gsize at = 0; at < made->len; at += size) {
        feed_bytes(self, side, made->data + at, MIN(size, made->len - at));
    }
    g_byte_array_unref(made);
}

static void units_begin_in_the_segment_of_their_first_byte(void **state) {
    fixture *self = *state;
    auto_bytes data = bytes_text("media");
    auto_bytes several = make_stun(ALLOCATE, 2, 0);

    self->tracker->show_begin = TRUE;
    feed_made(self, CLIENT, make_stun(ALLOCATE, 1, 0));
    feed_sliced(self, CLIENT, make_stun(ALLOCATE, 1, 8), 12);
    put_made(several, make_channel_data(0x4001, data));
    put_made(several, make_channel_data(0x4001, data));
    feed(self, CLIENT, several);
    assert_log(self, "unit 1 40000>3478 turn stun 20/20 00030000 +0 from 1\n"
                     "unit 4 40000>3478 turn stun 32/32 0003000c +0 from 2\n"
                     "unit 5 40000>3478 turn stun 20/20 00030000 +0 from 5\n"
                     "unit 5 40000>3478 turn channel 5/5 6d656469 +4 from 5\n"
                     "unit 5 40000>3478 turn channel 5/5 6d656469 +4 from 5\n");
}

/* The end of one unit and the beginning of the next share a segment. */
static void units_begin_in_the_segment_that_ends_another(void **state) {
    fixture *self = *state;
    auto_bytes stream = make_stun(ALLOCATE, 1, 4);
    auto_bytes data = bytes_text("media");

    put_made(stream, make_channel_data(0x4001, data));
    put_made(stream, make_channel_data(0x4002, data));
    self->tracker->show_begin = TRUE;
    feed_bytes(self, CLIENT, stream->data, 10);
    feed_bytes(self, CLIENT, stream->data + 10, 20);
    feed_bytes(self, CLIENT, stream->data + 30, 11);
    feed_bytes(self, CLIENT, stream->data + 41, 11);
    assert_log(self, "unit 2 40000>3478 turn stun 28/28 00030008 +0 from 1\n"
                     "unit 3 40000>3478 turn channel 5/5 6d656469 +4 from 2\n"
                     "unit 4 40000>3478 turn channel 5/5 6d656469 +4 from 3\n");
}

static void units_headers_stand_in_front_of_their_bytes(void **state) {
    fixture *self = *state;
    auto_bytes packet = bytes_hex("80e00001 00000001 00000002 aabbccdd");

    bind_everything(self);
    self->tracker->show_begin = TRUE;
    feed_made(self, CLIENT, make_framed(packet));
    feed_sliced(self, CLIENT, make_framed(packet), 1);
    feed_made(self, SERVER, bytes_text("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"));
    assert_log(self, "unit 3 40000>3478 rfc4571 packet 16/16 80e00001 +2 from 3\n"
                     "unit 21 40000>3478 rfc4571 packet 16/16 80e00001 +2 from 4\n"
                     "opaque 22 3478>40000 38/38 48545450 +0 from 22\n");
    start(self, TRUE);
    feed_made(self, CLIENT, bytes_hex(client_hello));
    feed_sliced(self, CLIENT, bytes_hex(ms_allocate), 30);
    feed_made(self, CLIENT, bytes_hex("0300 0006 0004 80e00001"));
    assert_log(self, "unit 1 40000>3478 ms-turn pseudo-tls 50/50 16030100 +0 from 1\n"
                     "unit 3 40000>3478 ms-turn control 36/36 00030010 +4 from 2\n"
                     "unit 4 40000>3478 ms-turn ms-data 4/4 80e00001 +6 from 4\n");
}

/* The capture ends within the unit, and within its header. */
static void units_cut_short_have_the_header_that_is_there(void **state) {
    fixture *self = *state;
    auto_bytes data = bytes_counting(100, 0);
    auto_bytes unit = make_channel_data(0x4001, data);

    feed_made(self, CLIENT, make_stun(ALLOCATE, 1, 0));
    fake_tracker_clear(self->tracker);
    self->tracker->show_begin = TRUE;
    feed_bytes(self, CLIENT, unit->data, 10);
    turn_units_gap(&self->units, CLIENT, &self->mark, 94);
    assert_log(self, "unit 2 40000>3478 turn channel 6/100 00010203 +4 from 2\n"
                     "gap 2 40000>3478 94\n");
}

/* A late segment closes the hole before bytes that the capture shows earlier. */
static void units_begin_in_a_late_segment(void **state) {
    fixture *self = *state;
    auto_bytes message = make_stun(ALLOCATE, 1, 8);

    self->tracker->show_begin = TRUE;
    self->mark.frame = 7;
    turn_units_bytes(&self->units, CLIENT, &self->mark, message->data, 12);
    self->mark.frame = 5;
    turn_units_bytes(&self->units, CLIENT, &self->mark, message->data + 12, 20);
    assert_log(self, "unit 7 40000>3478 turn stun 32/32 0003000c +0 from 7\n");
}

/* Where a message is searched for, its beginning may be among what was searched in vain. */
static void units_found_again_begin_in_the_segment_of_their_first_byte(void **state) {
    fixture *self = *state;
    auto_bytes stream = bytes_text("\xFE\xFEnonsense on a control connection");
    gsize nonsense = stream->len;

    put_made(stream, make_stun(ALLOCATE, 2, 0));
    for (gsize split = 1; split < stream->len; split++) {
        g_autofree char *expected =
            g_strdup_printf("unit %d 40000>3478 turn stun 20/20 00030000 +0 from %d\n", 3,
                            split > nonsense ? 2 : 3);

        start(self, TRUE);
        feed_made(self, CLIENT, make_stun(ALLOCATE, 1, 0));
        fake_tracker_clear(self->tracker);
        self->tracker->show_begin = TRUE;
        feed_bytes(self, CLIENT, stream->data, split);
        feed_bytes(self, CLIENT, stream->data + split, stream->len - split);
        assert_log(self, expected);
    }
}

#define UNITS_TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void) {
    const struct CMUnitTest tests[] = {
        UNITS_TEST(units_control_stream_is_cut),
        UNITS_TEST(units_bound_connection_is_the_same_in_any_segments),
        UNITS_TEST(units_split_once_anywhere_are_the_same),
        UNITS_TEST(units_frame_is_that_of_the_last_segment),
        UNITS_TEST(units_opaque_bytes_are_handed_over_as_they_come),
        UNITS_TEST(units_opaque_undecided_bytes_are_handed_over_at_the_end),
        UNITS_TEST(units_framing_is_found_in_opaque_bytes),
        UNITS_TEST(units_bind_that_was_not_captured_is_recognised),
        UNITS_TEST(units_client_alone_is_enough_for_a_bind),
        UNITS_TEST(units_answer_before_request_still_binds),
        UNITS_TEST(units_request_after_its_answer_ends_the_control_messages),
        UNITS_TEST(units_gap_is_followed_by_locking_on),
        UNITS_TEST(units_gap_within_a_unit_keeps_step),
        UNITS_TEST(units_bind_answer_that_is_cut),
        UNITS_TEST(units_cut_by_snap_length_stay_in_step),
        UNITS_TEST(units_out_of_step_search_for_the_next_message),
        UNITS_TEST(units_tls_is_reported_once_and_ignored),
        UNITS_TEST(units_tls_is_found_where_the_capture_begins_within_a_record),
        UNITS_TEST(units_other_bytes_end_a_tentative_connection),
        UNITS_TEST(units_ms_turn_follows_the_pseudo_tls_hello),
        UNITS_TEST(units_begin_in_the_segment_of_their_first_byte),
        UNITS_TEST(units_begin_in_the_segment_that_ends_another),
        UNITS_TEST(units_headers_stand_in_front_of_their_bytes),
        UNITS_TEST(units_cut_short_have_the_header_that_is_there),
        UNITS_TEST(units_begin_in_a_late_segment),
        UNITS_TEST(units_found_again_begin_in_the_segment_of_their_first_byte),
    };

    return cmocka_run_group_tests_name("units", tests, NULL, NULL);
}
