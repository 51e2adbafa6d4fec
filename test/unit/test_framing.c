/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "stun/framing.h"
#include "support/hex.h"
#include "support/random.h"
#include "support/vectors.h"

#include <stdlib.h>
#include <string.h>

#define COUNT(rows) (sizeof(rows) / sizeof((rows)[0]))
#define STUN_20     "0001 0000 2112a442 0102030405060708090a0b0c "
#define MS_28       "0003 0008 a1a2a3a4 0102030405060708090a0b0c 000f 0004 72c64bc6 "
#define CLIENT_HELLO                                                                               \
    "16 0301 002d 01 000029 0301 "                                                                 \
    "c1fcd5a36d93dd7e0102030405060708090a0b0c0d0e0f101112131415161718 00 0002 0018 01 00 "
#define SERVER_HELLO                                                                               \
    "16 0301 004e 02 000046 0301 "                                                                 \
    "b1fcd5a36d93dd7e0102030405060708090a0b0c0d0e0f101112131415161718 20 "                         \
    "a1a2a3a4a5a6a7a8a9aaabacadaeafb0b1b2b3b4b5b6b7b8b9babbbcbdbebfc0 0018 00 0e 000000 "

typedef struct bytes {
    uint8_t at[2048];
    size_t length;
} bytes;

static bytes from_hex(const char *text) {
    bytes out;
    memset(&out, 0, sizeof out);
    out.length = hex_bytes(text, out.at, sizeof out.at);
    return out;
}

static void next_reads_each_unit_of_its_framing(void **state) {
    (void)state;
    static const struct {
        const char *hex;
        stun_framing framing;
        stun_frame_kind kind;
        size_t payload, payload_length, total;
    } rows[] = {
        {STUN_20, STUN_FRAMING_TURN, STUN_FRAME_STUN, 0, 20, 20},
        {"4001 0004 61626364", STUN_FRAMING_TURN, STUN_FRAME_CHANNEL_DATA, 4, 4, 8},
        {"4001 0005 6162636465 000000", STUN_FRAMING_TURN, STUN_FRAME_CHANNEL_DATA, 4, 5, 12},
        {"4fff 0000", STUN_FRAMING_TURN, STUN_FRAME_CHANNEL_DATA, 4, 0, 4},
        {"7ffe 0001 61 000000", STUN_FRAMING_TURN, STUN_FRAME_CHANNEL_DATA, 4, 1, 8},
        {"ff10 000a 0102030405060708 6162", STUN_FRAMING_TURN, STUN_FRAME_MULTIPLEXED, 12, 2, 14},
        {"0014 " STUN_20, STUN_FRAMING_RFC4571, STUN_FRAME_PACKET, 2, 20, 22},
        {"0000", STUN_FRAMING_RFC4571, STUN_FRAME_PACKET, 2, 0, 2},
        {"0003 808080", STUN_FRAMING_RFC4571, STUN_FRAME_PACKET, 2, 3, 5},
        {"0200 001c " MS_28, STUN_FRAMING_MS_TURN, STUN_FRAME_MS_CONTROL, 4, 28, 32},
        {"0300 0004 80808080", STUN_FRAMING_MS_TURN, STUN_FRAME_MS_DATA, 4, 4, 8},
        {"0300 0004 0002 8080", STUN_FRAMING_MS_TURN, STUN_FRAME_MS_DATA, 6, 2, 8},
        {"0300 0002 0000", STUN_FRAMING_MS_TURN, STUN_FRAME_MS_DATA, 6, 0, 6},
        {"0300 0001 00", STUN_FRAMING_MS_TURN, STUN_FRAME_MS_DATA, 4, 1, 5},
        {"0300 0000", STUN_FRAMING_MS_TURN, STUN_FRAME_MS_DATA, 4, 0, 4},
        {"ff10 0008 0102030405060708", STUN_FRAMING_MS_TURN, STUN_FRAME_MULTIPLEXED, 12, 0, 12},
        {CLIENT_HELLO, STUN_FRAMING_MS_TURN, STUN_FRAME_PSEUDO_TLS, 0, 50, 50},
        {SERVER_HELLO, STUN_FRAMING_MS_TURN, STUN_FRAME_PSEUDO_TLS, 0, 83, 83},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        bytes in = from_hex(rows[i].hex);
        stun_frame frame;
        if (stun_frame_next(rows[i].framing, in.at, in.length, &frame) != STUN_OK ||
            frame.kind != rows[i].kind || frame.payload != rows[i].payload ||
            frame.payload_length != rows[i].payload_length || frame.total != rows[i].total) {
            fail_msg("row %zu: payload %zu + %zu, total %zu", i, frame.payload,
                     frame.payload_length, frame.total);
        }
    }
}

static void next_gives_channel_and_session_id(void **state) {
    (void)state;
    stun_frame frame;
    bytes in = from_hex("4abc 0000");
    assert_int_equal(stun_frame_next(STUN_FRAMING_TURN, in.at, in.length, &frame), STUN_OK);
    assert_int_equal(frame.channel, 0x4abc);
    in = from_hex("ff10 0008 0102030405060708");
    assert_int_equal(stun_frame_next(STUN_FRAMING_TURN, in.at, in.length, &frame), STUN_OK);
    assert_memory_equal(frame.session_id, in.at + 4, 8);
}

static void next_out_of_step_is_malformed(void **state) {
    (void)state;
    static const struct {
        const char *hex;
        stun_framing framing;
    } rows[] = {
        {"80", STUN_FRAMING_TURN},
        {"c0", STUN_FRAMING_TURN},
        {"7fff 0000", STUN_FRAMING_TURN},
        {"0001 0001", STUN_FRAMING_TURN},
        {"0001 0000 22", STUN_FRAMING_TURN},
        {"0001 0000 2112a443", STUN_FRAMING_TURN},
        {"ff11", STUN_FRAMING_TURN},
        {"ff10 0007", STUN_FRAMING_TURN},
        {"01", STUN_FRAMING_MS_TURN},
        {"04", STUN_FRAMING_MS_TURN},
        {"0201", STUN_FRAMING_MS_TURN},
        {"0301", STUN_FRAMING_MS_TURN},
        {"0200 001c 4003", STUN_FRAMING_MS_TURN},
        {"0200 001c 0003 0009", STUN_FRAMING_MS_TURN},
        {"0200 001c 0003 0008 a1a2a3a4 0102030405060708090a0b0c 000d", STUN_FRAMING_MS_TURN},
        {"17", STUN_FRAMING_MS_TURN},
        {"16 0303", STUN_FRAMING_MS_TURN},
        {"16 0301 0200", STUN_FRAMING_MS_TURN},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        bytes in = from_hex(rows[i].hex);
        stun_frame frame;
        if (stun_frame_next(rows[i].framing, in.at, in.length, &frame) != STUN_MALFORMED) {
            fail_msg("%s", rows[i].hex);
        }
    }
}

/* The total can be told from KNOWN bytes on. */
static void expect_more(stun_framing framing, const bytes *in, size_t length, size_t known) {
    uint8_t *exact = hex_exact(in->at, length);
    stun_frame frame;
    assert_int_equal(stun_frame_next(framing, exact, length, &frame), STUN_TRUNCATED);
    assert_int_equal(frame.total, length >= known ? in->length : 0);
    free(exact);
}

static void next_of_every_shorter_stream_asks_for_more(void **state) {
    (void)state;
    static const struct {
        const char *hex;
        stun_framing framing;
        unsigned known;
    } rows[] = {
        {STUN_20, STUN_FRAMING_TURN, 4},
        {"4001 0005 6162636465 000000", STUN_FRAMING_TURN, 4},
        {"ff10 000a 0102030405060708 6162", STUN_FRAMING_TURN, 4},
        {"0014 " STUN_20, STUN_FRAMING_RFC4571, 2},
        {"0200 001c " MS_28, STUN_FRAMING_MS_TURN, 4},
        {"0300 0004 0002 8080", STUN_FRAMING_MS_TURN, 4},
        {CLIENT_HELLO, STUN_FRAMING_MS_TURN, 11},
        {SERVER_HELLO, STUN_FRAMING_MS_TURN, 11},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        bytes in = from_hex(rows[i].hex);
        for (size_t length = 0; length < in.length; length++) {
            expect_more(rows[i].framing, &in, length, rows[i].known);
        }
        stun_frame frame;
        assert_int_equal(stun_frame_next(rows[i].framing, in.at, in.length, &frame), STUN_OK);
    }
}

typedef struct seen {
    stun_frame_kind kinds[8];
    size_t offsets[8];
    size_t count;
} seen;

/* Reads a stream of which ever more arrives, STEP bytes at a time. */
static seen read_stream(stun_framing framing, const bytes *in, size_t step) {
    seen out = {.count = 0};
    size_t at = 0;
    for (size_t arrived = 0; arrived <= in->length; arrived += step) {
        stun_frame frame;
        while (stun_frame_next(framing, in->at + at, arrived - at, &frame) == STUN_OK) {
            assert_true(out.count < COUNT(out.kinds));
            out.kinds[out.count] = frame.kind;
            out.offsets[out.count++] = at;
            at += frame.total;
        }
    }
    assert_int_equal(at, in->length);
    return out;
}

static void expect_stream(stun_framing framing, const char *hex, const stun_frame_kind *kinds,
                          const size_t *offsets, size_t count) {
    bytes in = from_hex(hex);
    for (size_t step = 1; step <= in.length; step++) {
        if (in.length % step != 0) {
            continue;
        }
        seen out = read_stream(framing, &in, step);
        assert_int_equal(out.count, count);
        for (size_t i = 0; i < count; i++) {
            assert_int_equal(out.kinds[i], kinds[i]);
            assert_int_equal(out.offsets[i], offsets[i]);
        }
    }
}

static void next_one_byte_at_a_time_finds_the_same_units(void **state) {
    (void)state;
    static const stun_frame_kind turn[] = {STUN_FRAME_STUN, STUN_FRAME_CHANNEL_DATA,
                                           STUN_FRAME_STUN, STUN_FRAME_MULTIPLEXED};
    static const size_t turn_at[] = {0, 20, 28, 48};
    expect_stream(STUN_FRAMING_TURN,
                  STUN_20 "4001 0001 61 000000" STUN_20 "ff10 000a 0102030405060708 6162", turn,
                  turn_at, 4);
    static const stun_frame_kind packet[] = {STUN_FRAME_PACKET, STUN_FRAME_PACKET,
                                             STUN_FRAME_PACKET};
    static const size_t packet_at[] = {0, 22, 24};
    expect_stream(STUN_FRAMING_RFC4571, "0014" STUN_20 "0000 0003 808081", packet, packet_at, 3);
    static const stun_frame_kind ms[] = {STUN_FRAME_PSEUDO_TLS, STUN_FRAME_PSEUDO_TLS,
                                         STUN_FRAME_MS_CONTROL, STUN_FRAME_MS_DATA};
    static const size_t ms_at[] = {0, 50, 133, 165};
    expect_stream(STUN_FRAMING_MS_TURN,
                  CLIENT_HELLO SERVER_HELLO "0200 001c" MS_28 "0300 0003 808080", ms, ms_at, 4);
}

static void next_of_whole_vectors_matches_their_length(void **state) {
    (void)state;
    static const char *const vectors[] = {vector_rfc5769_request, vector_rfc5769_ipv4,
                                          vector_rfc5769_ipv6, vector_rfc5769_long_term,
                                          vector_rfc8489_b1};
    for (size_t i = 0; i < COUNT(vectors); i++) {
        bytes in = from_hex(vectors[i]);
        stun_frame frame;
        assert_int_equal(stun_frame_next(STUN_FRAMING_TURN, in.at, in.length, &frame), STUN_OK);
        assert_int_equal(frame.total, in.length);
    }
}

static void datagram_reads_channel_data_and_multiplexed(void **state) {
    (void)state;
    static const struct {
        const char *hex;
        size_t reported;
        stun_status status;
        size_t payload_length;
    } rows[] = {
        {"4001 0005 6162636465", 9, STUN_OK, 5},
        {"4001 0005 6162636465 000000", 12, STUN_OK, 5},
        {"4001 0005 6162636465 00", 10, STUN_NOT_STUN, 0},
        {"4001 0005 61626364", 8, STUN_NOT_STUN, 0},
        {"4001 0005 6162", 9, STUN_TRUNCATED, 5},
        {"4000 0000", 4, STUN_OK, 0},
        {"4001 00", 4, STUN_NOT_STUN, 0},
        {"8001 0000", 4, STUN_NOT_STUN, 0},
        {STUN_20, 20, STUN_NOT_STUN, 0},
        {"ff10 000a 0102030405060708 6162", 14, STUN_OK, 2},
        {"ff10 000a 01020304", 14, STUN_TRUNCATED, 2},
        {"ff10 000a 0102030405060708 616263", 15, STUN_NOT_STUN, 0},
        {"ff10 0007 01020304050607", 11, STUN_NOT_STUN, 0},
        {"ff11 000a 0102030405060708 6162", 14, STUN_NOT_STUN, 0},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        bytes in = from_hex(rows[i].hex);
        uint8_t *exact = hex_exact(in.at, in.length);
        stun_frame frame = {.payload_length = 0, .total = 999};
        stun_status status = stun_frame_datagram(exact, in.length, rows[i].reported, &frame);
        size_t total = rows[i].status == STUN_NOT_STUN ? 999 : rows[i].reported;
        if (status != rows[i].status || frame.payload_length != rows[i].payload_length ||
            frame.total != total) {
            fail_msg("%s of %zu: %d, %zu", rows[i].hex, rows[i].reported, (int)status, frame.total);
        }
        free(exact);
    }
}

static void guess_needs_stun_to_decide(void **state) {
    (void)state;
    static const struct {
        const char *hex;
        stun_guess guess;
        stun_framing framing;
    } rows[] = {
        {STUN_20, STUN_GUESS_FRAMING, STUN_FRAMING_TURN},
        {"0014" STUN_20, STUN_GUESS_FRAMING, STUN_FRAMING_RFC4571},
        {"0200 001c" MS_28, STUN_GUESS_FRAMING, STUN_FRAMING_MS_TURN},
        {CLIENT_HELLO, STUN_GUESS_PSEUDO_TLS, 0},
        {SERVER_HELLO, STUN_GUESS_PSEUDO_TLS, 0},
        {"", STUN_GUESS_MORE, 0},
        {"0001 0000", STUN_GUESS_MORE, 0},
        {"0014 0001 0000", STUN_GUESS_MORE, 0},
        {"16 0301", STUN_GUESS_MORE, 0},
        {"0015" STUN_20, STUN_GUESS_NO, 0},
        {"0200 001d" MS_28, STUN_GUESS_NO, 0},
        {"4001 0004 61626364", STUN_GUESS_NO, 0},
        {"16 0303 0200 01 0001fc 0303", STUN_GUESS_NO, 0},
        {"474554202f20485454502f312e310d0a", STUN_GUESS_NO, 0},
        {"0300 0013 0ee0 0000 0000 0001 0008 0003 000000", STUN_GUESS_NO, 0},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        bytes in = from_hex(rows[i].hex);
        stun_framing framing = STUN_FRAMING_TURN;
        stun_guess guess = stun_framing_guess(in.at, in.length, &framing);
        if (guess != rows[i].guess || (guess == STUN_GUESS_FRAMING && framing != rows[i].framing)) {
            fail_msg("%s: %d", rows[i].hex, (int)guess);
        }
    }
}

static stun_guess guess_beginning(const bytes *in, size_t length) {
    uint8_t *exact = hex_exact(in->at, length);
    stun_framing framing = STUN_FRAMING_TURN;
    stun_guess guess = stun_framing_guess(exact, length, &framing);
    free(exact);
    return guess;
}

static void guess_of_every_beginning_asks_for_more_until_it_is_sure(void **state) {
    (void)state;
    static const struct {
        const char *hex;
        size_t needed;
        stun_guess guess;
    } rows[] = {
        {STUN_20, 8, STUN_GUESS_FRAMING},
        {"0014" STUN_20, 10, STUN_GUESS_FRAMING},
        {"0200 001c" MS_28, 32, STUN_GUESS_FRAMING},
        {CLIENT_HELLO, 11, STUN_GUESS_PSEUDO_TLS},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        bytes in = from_hex(rows[i].hex);
        for (size_t length = 0; length <= in.length; length++) {
            stun_guess expected = length < rows[i].needed ? STUN_GUESS_MORE : rows[i].guess;
            assert_int_equal(guess_beginning(&in, length), expected);
        }
    }
}

static void find_skips_to_the_first_unit_with_stun(void **state) {
    (void)state;
    static const struct {
        const char *hex;
        stun_framing framing;
        size_t offset;
    } rows[] = {
        {STUN_20, STUN_FRAMING_TURN, 0},
        {"ff00aa 2112a442 " STUN_20, STUN_FRAMING_TURN, 7},
        {"8080 0014" STUN_20, STUN_FRAMING_RFC4571, 2},
        {"8080 0015" STUN_20, STUN_FRAMING_RFC4571, 24},
        {"0300 0002 8080 0200 001c" MS_28, STUN_FRAMING_MS_TURN, 6},
        {STUN_20, STUN_FRAMING_MS_TURN, 20},
        {"0001 0000 2112a4", STUN_FRAMING_TURN, 7},
        {"", STUN_FRAMING_TURN, 0},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        bytes in = from_hex(rows[i].hex);
        uint8_t *exact = hex_exact(in.at, in.length);
        assert_int_equal(stun_framing_find(rows[i].framing, exact, in.length), rows[i].offset);
        free(exact);
    }
}

static void expect_hello_byte(bytes *in, size_t at, bool is_random) {
    size_t length = 0;
    in->at[at] ^= 0x80;
    assert_int_equal(stun_pseudo_tls(in->at, in->length, &length), is_random);
    assert_int_equal(length, is_random ? in->length : 0);
    in->at[at] ^= 0x80;
}

static void pseudo_tls_ignores_random_bytes_and_nothing_else(void **state) {
    (void)state;
    bytes client = from_hex(CLIENT_HELLO);
    bytes server = from_hex(SERVER_HELLO);
    assert_int_equal(client.length, 50);
    assert_int_equal(server.length, 83);
    for (size_t at = 0; at < client.length; at++) {
        expect_hello_byte(&client, at, at >= 11 && at < 43);
    }
    for (size_t at = 0; at < server.length; at++) {
        expect_hello_byte(&server, at, (at >= 11 && at < 43) || (at >= 44 && at < 76));
    }
}

static void pseudo_tls_cut_is_known_by_its_first_eleven_bytes(void **state) {
    (void)state;
    bytes in = from_hex(SERVER_HELLO);
    for (size_t cut = 0; cut <= in.length; cut++) {
        uint8_t *exact = hex_exact(in.at, cut);
        size_t length = 0;
        assert_int_equal(stun_pseudo_tls(exact, cut, &length), cut >= 11);
        assert_int_equal(length, cut >= 11 ? 83 : 0);
        free(exact);
    }
}

static void random_bytes_never_yield_a_frame_beyond_them(void **state) {
    (void)state;
    static const uint8_t firsts[] = {0x00, 0x01, 0x02, 0x03, 0x16, 0x40, 0xff};
    uint32_t seed = 2463534242u;
    for (int round = 0; round < 20000; round++) {
        uint8_t buffer[96];
        size_t length = next_random(&seed) % sizeof buffer;
        for (size_t i = 0; i < length; i++) {
            buffer[i] = (uint8_t)next_random(&seed);
        }
        if (length >= 4) {
            buffer[0] = firsts[next_random(&seed) % COUNT(firsts)];
            buffer[1] = buffer[0] == 0xff ? 0x10 : 0;
            buffer[2] = 0;
            buffer[3] = (uint8_t)(next_random(&seed) % 100);
        }
        uint8_t *exact = hex_exact(buffer, length);
        for (unsigned framing = 0; framing <= STUN_FRAMING_MS_TURN; framing++) {
            stun_frame frame;
            stun_status status = stun_frame_next((stun_framing)framing, exact, length, &frame);
            assert_true(status != STUN_OK || (frame.total > 0 && frame.total <= length &&
                                              frame.payload + frame.payload_length <= frame.total));
            assert_true(status != STUN_TRUNCATED || frame.total == 0 || frame.total > length);
            assert_true(stun_framing_find((stun_framing)framing, exact, length) <= length);
        }
        stun_framing guessed = STUN_FRAMING_TURN;
        stun_frame frame;
        stun_guess guess = stun_framing_guess(exact, length, &guessed);
        assert_true(guess == STUN_GUESS_NO || guess == STUN_GUESS_MORE || length >= 8);
        assert_true(stun_frame_datagram(exact, length, length, &frame) != STUN_TRUNCATED);
        free(exact);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(next_reads_each_unit_of_its_framing),
        cmocka_unit_test(next_gives_channel_and_session_id),
        cmocka_unit_test(next_out_of_step_is_malformed),
        cmocka_unit_test(next_of_every_shorter_stream_asks_for_more),
        cmocka_unit_test(next_one_byte_at_a_time_finds_the_same_units),
        cmocka_unit_test(next_of_whole_vectors_matches_their_length),
        cmocka_unit_test(datagram_reads_channel_data_and_multiplexed),
        cmocka_unit_test(guess_needs_stun_to_decide),
        cmocka_unit_test(guess_of_every_beginning_asks_for_more_until_it_is_sure),
        cmocka_unit_test(find_skips_to_the_first_unit_with_stun),
        cmocka_unit_test(pseudo_tls_ignores_random_bytes_and_nothing_else),
        cmocka_unit_test(pseudo_tls_cut_is_known_by_its_first_eleven_bytes),
        cmocka_unit_test(random_bytes_never_yield_a_frame_beyond_them),
    };
    return cmocka_run_group_tests_name("framing", tests, NULL, NULL);
}
