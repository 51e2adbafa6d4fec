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

#define COUNT(rows) (sizeof(rows) / sizeof((rows)[0]))

static const struct {
    const char *name;
    const char *hex;
    size_t reported; /* 0: as many as there are */
    stun_payload expected;
} rows[] = {
    {"request", vector_rfc5769_request, 0, STUN_PAYLOAD_STUN},
    {"MS-TURN", vector_ms_allocate, 0, STUN_PAYLOAD_STUN},
    {"RFC 3489", vector_classic_request, 0, STUN_PAYLOAD_STUN},
    {"malformed with cookie", vector_rfc8489_b1_printed, 0, STUN_PAYLOAD_STUN},
    {"8 bytes captured", "0001 0058 2112a442", 108, STUN_PAYLOAD_STUN},
    {"TPKT", "0300 0013 0ee0 0000 0000 0001 0008 0003 000000", 0, STUN_PAYLOAD_OTHER},
    {"zeros", "00000000000000000000000000000000000000000000", 0, STUN_PAYLOAD_OTHER},
    {"ZRTP", "1000 0001 5a525450 01020304", 0, STUN_PAYLOAD_ZRTP},
    {"ZRTP, 8 bytes captured", "1000 0001 5a525450", 40, STUN_PAYLOAD_ZRTP},
    {"DTLS 1.2, header captured", "16 fefd 0000 000000000000 0005", 18, STUN_PAYLOAD_DTLS},
    {"DTLS of no version", "16 fefc 0000 000000000000 0001 01", 0, STUN_PAYLOAD_OTHER},
    {"no DTLS", "16 fdfd 0000 000000000000 0001 01", 0, STUN_PAYLOAD_OTHER},
    {"DTLS, connection id type", "19 fefd 0000 000000000000 0001 01", 0, STUN_PAYLOAD_DTLS},
    {"DTLS 1.3, header captured", "2c 0001 0003", 8, STUN_PAYLOAD_DTLS},
    {"TLS 1.3, header captured", "17 0304 4800", 400, STUN_PAYLOAD_TLS},
    {"TLS, longest record and one", "17 0304 4801", 400, STUN_PAYLOAD_OTHER},
    {"RTP, two sources", "8260 0001 00000001 00000002 00000003 00000004", 0, STUN_PAYLOAD_RTP},
    {"RTP, extension captured", "9060 0001 00000001 00000002 bede0001", 20, STUN_PAYLOAD_RTP},
    {"RTP, extension beyond", "9060 0001 00000001 00000002 bede0002", 20, STUN_PAYLOAD_OTHER},
    {"RTCP, first type", "80c0 0001 00000001", 0, STUN_PAYLOAD_RTCP},
    {"RTCP, last type", "80df 0001 00000001", 0, STUN_PAYLOAD_RTCP},
    {"RTP behind the types of RTCP", "80e0 0009 00000001 00000002", 0, STUN_PAYLOAD_RTP},
    {"QUIC draft", "c3 ff00001d 04 01", 20, STUN_PAYLOAD_QUIC},
    {"QUIC, longest id", "c3 00000001 14 01", 27, STUN_PAYLOAD_QUIC},
    {"QUIC, id beyond", "c3 00000001 14 01", 26, STUN_PAYLOAD_OTHER},
    {"not ZRTP", "1000 0001 5a525451 01020304", 0, STUN_PAYLOAD_OTHER},
    {"DTLS 1.0", "16 feff 0000 000000000000 0002 0102", 0, STUN_PAYLOAD_DTLS},
    {"DTLS 1.2", "17 fefd 0001 000000000001 0001 01", 0, STUN_PAYLOAD_DTLS},
    {"DTLS, two records", "14 fefd 0000 000000000000 0001 01 16", 0, STUN_PAYLOAD_DTLS},
    {"DTLS, record too long", "16 fefd 0000 000000000000 0002 01", 0, STUN_PAYLOAD_OTHER},
    {"DTLS, cut", "16 fefd 0000 000000000000 00c8 0102", 213, STUN_PAYLOAD_DTLS},
    {"DTLS 1.3", "2c 0001 0003 010203", 0, STUN_PAYLOAD_DTLS},
    {"DTLS 1.3, short number", "27 01 0003 010203", 0, STUN_PAYLOAD_DTLS},
    {"DTLS 1.3, record too long", "2c 0001 0004 010203", 0, STUN_PAYLOAD_OTHER},
    {"TLS", "16 0303 0200 01", 0, STUN_PAYLOAD_TLS},
    {"TLS, record too long", "16 0303 5000 01", 0, STUN_PAYLOAD_OTHER},
    {"no record type", "1f 0303 0200 01", 0, STUN_PAYLOAD_OTHER},
    {"other version", "16 0503 0200 01", 0, STUN_PAYLOAD_OTHER},
    {"ChannelData", "4001 0002 8080", 0, STUN_PAYLOAD_CHANNEL_DATA},
    {"ChannelData, cut", "4001 0020 8080", 36, STUN_PAYLOAD_CHANNEL_DATA},
    {"ChannelData, wrong length", "4001 0009 8080", 0, STUN_PAYLOAD_OTHER},
    {"text", "474554202f20485454502f312e310d0a", 0, STUN_PAYLOAD_OTHER},
    {"channel beyond RFC 7983", "5001 0002 8080", 0, STUN_PAYLOAD_OTHER},
    {"RTP", "8060 0001 00000001 00000002", 0, STUN_PAYLOAD_RTP},
    {"RTP with marker", "80e0 0001 00000001 00000002 61", 0, STUN_PAYLOAD_RTP},
    {"RTP, too short", "8060 0001 00000001 000000", 0, STUN_PAYLOAD_OTHER},
    {"RTP, sources missing", "8160 0001 00000001 00000002", 0, STUN_PAYLOAD_OTHER},
    {"RTP, extension", "9060 0001 00000001 00000002 bede0001 00000000", 0, STUN_PAYLOAD_RTP},
    {"RTP, extension missing", "9060 0001 00000001 00000002 bede0001 000000", 0,
     STUN_PAYLOAD_OTHER},
    {"RTCP sender report", "80c8 0001 00000001", 0, STUN_PAYLOAD_RTCP},
    {"RTCP, too long", "80c8 0002 00000001", 0, STUN_PAYLOAD_OTHER},
    {"RTCP, compound", "81c9 0001 00000001 81ca 0001 00000001", 0, STUN_PAYLOAD_RTCP},
    {"RTCP, cut", "80c8 0006", 28, STUN_PAYLOAD_RTCP},
    {"QUIC 1", "c3 00000001 04 01020304 00", 0, STUN_PAYLOAD_QUIC},
    {"QUIC 2", "d3 6b3343cf 04 01020304 00", 0, STUN_PAYLOAD_QUIC},
    {"QUIC, long id", "c3 00000001 15 01020304 00", 0, STUN_PAYLOAD_OTHER},
    {"QUIC, other version", "c3 00000002 04 01020304 00", 0, STUN_PAYLOAD_OTHER},
    {"multiplexed TURN", "ff10 000a 0102030405060708 6162", 0, STUN_PAYLOAD_MULTIPLEXED},
    {"multiplexed TURN, wrong length", "ff10 000b 0102030405060708 6162", 0, STUN_PAYLOAD_OTHER},
    {"nothing captured", "", 5, STUN_PAYLOAD_OTHER},
    {"empty", "", 0, STUN_PAYLOAD_EMPTY},
};

static void classify_tells_protocols_by_first_bytes_and_second_check(void **state) {
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        uint8_t buffer[256];
        size_t length = hex_bytes(rows[i].hex, buffer, sizeof buffer);
        uint8_t *exact = hex_exact(buffer, length);
        size_t reported = rows[i].reported != 0 ? rows[i].reported : length;
        stun_payload got = stun_payload_classify(exact, length, reported);
        if (got != rows[i].expected) {
            fail_msg("%s: %d", rows[i].name, (int)got);
        }
        free(exact);
    }
}

/* Everything a class needs must be in the capture: one byte of each kind says nothing. */
static void classify_single_byte_is_other(void **state) {
    (void)state;
    for (unsigned byte = 0; byte < 256; byte++) {
        uint8_t one = (uint8_t)byte;
        assert_int_equal(stun_payload_classify(&one, 1, 1200), STUN_PAYLOAD_OTHER);
    }
}

static void classify_random_bytes_stays_inside_the_capture(void **state) {
    (void)state;
    uint32_t seed = 2463534242u;
    for (int round = 0; round < 50000; round++) {
        uint8_t buffer[64];
        size_t length = 0;
        for (size_t i = 0; i < sizeof buffer; i++) {
            buffer[i] = (uint8_t)next_random(&seed);
            length = 1 + seed % (sizeof buffer - 1);
        }
        uint8_t *exact = hex_exact(buffer, length);
        stun_payload got = stun_payload_classify(exact, length, length + (seed >> 20) % 64);
        assert_true(got != STUN_PAYLOAD_EMPTY && got <= STUN_PAYLOAD_OTHER);
        free(exact);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(classify_tells_protocols_by_first_bytes_and_second_check),
        cmocka_unit_test(classify_single_byte_is_other),
        cmocka_unit_test(classify_random_bytes_stays_inside_the_capture),
    };
    return cmocka_run_group_tests_name("payload", tests, NULL, NULL);
}
