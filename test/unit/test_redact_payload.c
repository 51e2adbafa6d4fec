/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "analyzer/redact/redact_payload.h"
#include "stun/framing.h"
#include "support/build.h"
#include "support/hex.h"
#include "support/random.h"
#include "support/vectors.h"
#include "turn/segment.h"

#include <string.h>

static const guint8 key[] = "a key of at least 16 bytes";

static int setup(void **state) {
    *state = stand_ins_new(key, sizeof key);
    return 0;
}

static int teardown(void **state) {
    stand_ins_free(*state);
    return 0;
}

/* What turn/ tells a payload by. */
typedef struct look {
    stun_status message;
    stun_status unit;
    stun_frame frame;
    stun_payload payload;
    gboolean pseudo_tls;
} look;

static look look_at(const guint8 *bytes, gsize captured, gsize length) {
    look at = {.message = STUN_NOT_STUN};
    stun_message read;
    size_t hello = 0;

    at.message = stun_message_parse(bytes, captured, length, &read);
    at.unit = stun_frame_datagram(bytes, captured, length, &at.frame);
    at.payload = stun_payload_classify(bytes, captured, length);
    at.pseudo_tls = stun_pseudo_tls(bytes, captured, &hello);
    return at;
}

static void assert_looks_alike(const look *before, const look *after) {
    assert_int_equal(before->message, after->message);
    assert_int_equal(before->unit, after->unit);
    assert_int_equal(before->payload, after->payload);
    assert_int_equal(before->pseudo_tls, after->pseudo_tls);
    assert_int_equal(before->frame.kind, after->frame.kind);
    assert_int_equal(before->frame.channel, after->frame.channel);
    assert_int_equal(before->frame.payload, after->frame.payload);
    assert_int_equal(before->frame.payload_length, after->frame.payload_length);
    assert_int_equal(before->frame.total, after->frame.total);
}

/* Whether the two high bits of the first byte are zero: payload_may_be_message(). */
static gboolean may_be_stun(const guint8 *bytes) {
    return (bytes[0] & 0xc0u) == 0;
}

/* What became of it, which the caller frees. */
static uint8_t *redact(stand_ins *by, const guint8 *original, gsize captured, gsize length) {
    uint8_t *bytes = hex_exact(original, captured);
    const look before = look_at(original, captured, length);
    look after;

    redact_payload(by, bytes, captured, length);
    after = look_at(bytes, captured, length);
    assert_looks_alike(&before, &after);
    assert_true(captured == 0 || may_be_stun(original) == may_be_stun(bytes));
    return bytes;
}

#define RTP_SECRET                                                                                 \
    "\x80\x60\x12\x34\x00\x01\x02\x03"                                                             \
    "ssrc"                                                                                         \
    "spoken words"
#define RTCP_SECRET                                                                                \
    "\x81\xca\x00\x05"                                                                             \
    "ssrc"                                                                                         \
    "\x01\x0e"                                                                                     \
    "user@host.name"
#define DTLS_HELLO                                                                                 \
    "\x16\xfe\xfd\x00\x00\x00\x00\x00\x00\x00\x00\x00\x14"                                         \
    "\x01\x00\x00\x08\x00\x00\x00\x00\x00\x00\x00\x08"                                             \
    "server-n"
#define DTLS_TEXT                                                                                  \
    "\x16\xfe\xfd\x00\x00\x00\x00\x00\x00\x00\x00\x00\x18"                                         \
    "twelve bytes, and more.."
#define DTLS_LENGTHS                                                                               \
    "\x16\xfe\xfd\x00\x00\x00\x00\x00\x00\x00\x00\x00\x14"                                         \
    "\x01\x00\x00\x08\x41\x42\x00\x00\x00\x00\x00\x08"                                             \
    "server-n"
#define DTLS_DATA                                                                                  \
    "\x17\xfe\xfd\x00\x01\x00\x00\x00\x00\x00\x07\x00\x08"                                         \
    "eightbyt"
#define ZRTP_HELLO                                                                                 \
    "\x10\x00\x00\x01ZRTP"                                                                         \
    "client-of-alice"
#define QUIC_FIRST                                                                                 \
    "\xc3\x00\x00\x00\x01\x04"                                                                     \
    "ids, and the rest"
#define TLS_RECORD                                                                                 \
    "\x17\x03\x03\x00\x10"                                                                         \
    "sixteen bytes..."

#define LITERAL(text) (const guint8 *)(text), sizeof(text) - 1

/* The first KEPT bytes stay, then comes what tells one payload from another, within the first 16,
 * and the rest is zeros. */
static void headers_stay_and_the_rest_goes(void **state) {
    static const struct {
        const guint8 *bytes;
        gsize length;
        gsize kept;
        gboolean marked;
    } cases[] = {
        {LITERAL(DTLS_HELLO), 25, FALSE}, {LITERAL(DTLS_DATA), 13, TRUE},
        {LITERAL(DTLS_TEXT), 13, TRUE},   {LITERAL(DTLS_LENGTHS), 13, TRUE},
        {LITERAL(ZRTP_HELLO), 8, TRUE},   {LITERAL(QUIC_FIRST), 6, TRUE},
        {LITERAL(TLS_RECORD), 5, TRUE},
    };

    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        uint8_t *after = redact(*state, cases[i].bytes, cases[i].length, cases[i].length);
        const gsize marked = cases[i].marked ? MIN(cases[i].kept + 8, 16) : cases[i].kept;

        assert_memory_equal(after, cases[i].bytes, cases[i].kept);
        for (gsize at = cases[i].kept; at < cases[i].length; at++) {
            assert_true(at < marked ? (after[at] & 0x80u) != 0 : after[at] == 0);
        }
        free(after);
    }
}

/* A stream of media keeps its numbers and gets another source, the same in both protocols. */
static void sources_of_media_stay_told_apart(void **state) {
    static const guint8 zeros[16];
    uint8_t *rtp = redact(*state, LITERAL(RTP_SECRET), sizeof RTP_SECRET - 1);
    uint8_t *rtcp = redact(*state, LITERAL(RTCP_SECRET), sizeof RTCP_SECRET - 1);

    assert_memory_equal(rtp, RTP_SECRET, 8);
    assert_memory_not_equal(rtp + 8, "ssrc", 4);
    assert_memory_equal(rtp + 12, zeros, 12);
    assert_memory_equal(rtcp, RTCP_SECRET, 4);
    assert_memory_equal(rtcp + 4, rtp + 8, 4);
    assert_memory_equal(rtcp + 8, zeros, 16);
    free(rtp);
    free(rtcp);
}

static void text_leaves_nothing(void **state) {
    static const char *const texts[] = {"INVITE sip:alice@example.org SIP/2.0",
                                        "GET /secret HTTP/1.1",
                                        "\x01\x02 binary and alice",
                                        "a",
                                        "ab",
                                        "\r\n\r\n",
                                        "\x0f",
                                        "Postgres"};

    for (gsize i = 0; i < G_N_ELEMENTS(texts); i++) {
        const gsize length = strlen(texts[i]);
        uint8_t *after = redact(*state, (const guint8 *)texts[i], length, length);

        assert_int_equal(after[0], (texts[i][0] & 0xc0) == 0 ? 0x0f : 0x7f);
        for (gsize at = 1; at < length; at++) {
            const gboolean marked =
                length < 16 ? at >= 2 && at < 10 : at == 2 || at == 3 || (at >= 12 && at < 16);

            assert_true(at == 1  ? after[at] == 0xff
                        : marked ? (after[at] & 0x80u) != 0
                                 : after[at] == 0);
        }
        free(after);
    }
}

/* On a port of DNS the blank bytes are a header, RFC 1035 section 4.1.1: an answer without an error
 * to a standard query, and nothing behind it. */
static void blank_bytes_are_a_dns_header(void **state) {
    static const char query[] = "\x12\x34\x01\0\0\x01\0\0\0\0\0\0\4acme\3com\0\0\x01\0\x01";
    static const guint8 none[8] = {0};

    for (guint i = 0; i < 256; i++) {
        uint8_t given[sizeof query - 1];
        uint8_t *after;

        memcpy(given, query, sizeof given);
        given[1] = (uint8_t)i;
        after = redact(*state, given, sizeof given, sizeof given);
        assert_int_equal(after[2] & 0xF8u, 0x80);
        assert_int_equal(after[3] & 0x8Fu, 0x80);
        assert_memory_equal(after + 4, none, 8);
        free(after);
    }
}

/* A description behind what tells payloads apart stays readable, in signalling and without it; one
 * within that does not. */
static void descriptions_stay_readable(void **state) {
    static const struct {
        const char *head;
        gboolean readable;
    } cases[] = {{"BYE sip:alice@example.org SIP/2.0\r\n\r\n", TRUE},
                 {"sixteen or more\r\n", TRUE},
                 {"no sixteen\r\n", FALSE},
                 {"", FALSE}};

    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        const gsize head = strlen(cases[i].head);
        g_autofree char *text = g_strconcat(cases[i].head, "v=0\r\no=- 1\r\ns=alice\r\n", NULL);
        const gsize length = strlen(text);

        for (gsize captured = 1; captured <= length; captured++) {
            uint8_t *after = redact(*state, (const guint8 *)text, captured, length);

            assert_true(captured < length || (memcmp(after + head, "v=0\r\no=- 0\r\ns=xxxxx\r\n",
                                                     21) == 0) == cases[i].readable);
            free(after);
        }
    }
}

static void channel_data_carries_what_is_redacted(void **state) {
    static const guint8 media[] = RTP_SECRET;
    const message check = message_of("binding request 8 user=evtj:h6vY fingerprint");
    const message carried[] = {channel_data(0x4000, media, sizeof media - 1),
                               channel_data(0x4001, check.bytes, check.length)};
    stun_message read;

    for (gsize i = 0; i < G_N_ELEMENTS(carried); i++) {
        uint8_t *after = redact(*state, carried[i].bytes, carried[i].length, carried[i].length);

        assert_memory_equal(after, carried[i].bytes, 4);
        if (i == 0) {
            assert_memory_equal(after + 4, media, 8);
            assert_memory_not_equal(after + 16, media + 12, 12);
        } else {
            assert_int_equal(stun_message_parse(after + 4, check.length, check.length, &read),
                             STUN_OK);
            assert_memory_not_equal(after + 4, check.bytes, check.length);
        }
        free(after);
    }
}

/* A datagram may have padding, which belongs to nothing. */
static void padding_of_channel_data_is_blank(void **state) {
    message padded = channel_data(0x4000, RTP_SECRET, 21);
    uint8_t *after;

    memcpy(padded.bytes + padded.length, "pad", 3);
    after = redact(*state, padded.bytes, padded.length + 3, padded.length + 3);
    assert_memory_equal(after + padded.length, "\0\0\0", 3);
    free(after);
}

/* The session of multiplexed TURN is the server's: another number, the same for the same. */
static void multiplexed_session_gets_a_stand_in(void **state) {
    static const guint8 unit[] = "\xff\x10\x00\x18"
                                 "sessions" RTP_SECRET;
    const gsize length = 4 + 0x18;
    uint8_t *one = redact(*state, unit, length, length);
    uint8_t *two = redact(*state, unit, length, length);

    assert_memory_equal(one, unit, 4);
    assert_memory_not_equal(one + 4, "sessions", 8);
    assert_memory_equal(one, two, length);
    assert_memory_equal(one + 12, RTP_SECRET, 8);
    free(one);
    free(two);
}

/* Its random bytes go, what it is known by stays; a record that only begins like it goes. */
static void pseudo_tls_stays_one(void **state) {
    guint8 hello[50];
    uint8_t *after;

    hex_bytes("160301002d01000029 0301", hello, sizeof hello);
    memset(hello + 11, 'r', 32);
    hex_bytes("00 0002001801 00", hello + 43, 7);
    assert_true(look_at(hello, sizeof hello, sizeof hello).pseudo_tls);
    after = redact(*state, hello, sizeof hello, sizeof hello);
    assert_memory_equal(after, hello, 11);
    assert_int_equal(after[11], 0);
    assert_int_equal(after[42], 0);
    assert_memory_equal(after + 43, hello + 43, 7);
    free(after);
    hello[48] = 2;
    after = redact(*state, hello, sizeof hello, sizeof hello);
    assert_memory_equal(after, hello, 5);
    assert_memory_not_equal(after + 5, hello + 5, 6);
    free(after);
}

/* turn_segment_identity() tells copies from packets of their own. */
static guint64 identity_of(const guint8 *bytes, gsize length) {
    const turn_segment segment = {.packet = {.flow = {.transport = TURN_TRANSPORT_UDP,
                                                      .source = address_of("10.0.0.1:1"),
                                                      .destination = address_of("10.0.0.2:2")}},
                                  .bytes = bytes,
                                  .captured = length,
                                  .reported = length};

    return turn_segment_identity(&segment);
}

static void different_payloads_stay_different(void **state) {
    uint32_t seed = 521288629u;

    for (guint i = 0; i < 2000; i++) {
        guint8 one[32] = {0x55};
        guint8 two[32];
        uint8_t *after_one;
        uint8_t *after_two;
        uint8_t *again;

        for (gsize at = 1; at < sizeof one; at++) {
            one[at] = (guint8)(next_random(&seed) >> 9);
        }
        memcpy(two, one, sizeof two);
        two[1 + next_random(&seed) % 15] ^= (guint8)(1u << next_random(&seed) % 8);
        after_one = redact(*state, one, sizeof one, sizeof one);
        after_two = redact(*state, two, sizeof two, sizeof two);
        again = redact(*state, one, sizeof one, sizeof one);
        assert_true(identity_of(after_one, sizeof one) != identity_of(after_two, sizeof two));
        assert_true(identity_of(after_one, sizeof one) == identity_of(again, sizeof one));
        free(after_one);
        free(after_two);
        free(again);
    }
}

static void opaque_bytes_begin_no_framing(void **state) {
    guint8 bytes[64] = RTP_SECRET;
    stun_framing framing;

    (void)state;
    redact_opaque(bytes, sizeof bytes);
    for (gsize length = 3; length <= sizeof bytes; length++) {
        assert_int_equal(stun_framing_guess(bytes, length, &framing), STUN_GUESS_NO);
    }
    redact_opaque(NULL, 0);
}

/* How many payloads are made up; a run with sanitizers takes more. */
#ifndef PAYLOADS
#define PAYLOADS 20000
#endif

static const struct {
    const guint8 *bytes;
    gsize length;
} templates[] = {
    {LITERAL(RTP_SECRET)},
    {LITERAL(RTCP_SECRET)},
    {LITERAL(DTLS_HELLO)},
    {LITERAL(DTLS_DATA)},
    {LITERAL(ZRTP_HELLO)},
    {LITERAL(QUIC_FIRST)},
    {LITERAL(TLS_RECORD)},
    {LITERAL("\x40\x00\x00\x08"
             "the data")},
    {LITERAL("\x90\x60\x12\x34....ssrc\xbe\xde\x00\x01"
             "extension and words")},
    {LITERAL("\xff\x10\x00\x0c"
             "sessionsdata")},
    {LITERAL("\x2c\x00\x01\x00\x04"
             "dtls13")},
    {LITERAL("\x00\x01\x00\x00\x21\x12\xa4\x42"
             "transaction ")},
    {LITERAL("\x00\x01\x00\x00"
             "RFC 3489 binding")},
};

/* Whatever comes, and wherever it was cut, is taken for the same thing afterwards. */
static void random_payloads_look_alike(void **state) {
    uint32_t seed = 123456789u;
    guint seen[STUN_PAYLOAD_OTHER + 1] = {0};

    for (guint i = 0; i < PAYLOADS; i++) {
        guint8 bytes[96];
        const guint which = next_random(&seed) % (2 * G_N_ELEMENTS(templates));
        gsize length = 1 + next_random(&seed) % sizeof bytes;
        gsize captured;

        for (gsize at = 0; at < sizeof bytes; at++) {
            bytes[at] = (guint8)(next_random(&seed) >> 13);
        }
        if (which < G_N_ELEMENTS(templates)) {
            length = templates[which].length;
            memcpy(bytes, templates[which].bytes, length);
            bytes[next_random(&seed) % length] = (guint8)next_random(&seed);
        }
        captured = next_random(&seed) % 3 == 0 ? next_random(&seed) % (length + 1) : length;
        seen[stun_payload_classify(bytes, captured, length)]++;
        free(redact(*state, bytes, captured, length));
    }
    for (guint i = 0; i <= STUN_PAYLOAD_OTHER; i++) {
        assert_true(seen[i] > 0 || i == STUN_PAYLOAD_EMPTY);
    }
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void) {
    const struct CMUnitTest tests[] = {
        CASE(headers_stay_and_the_rest_goes),
        CASE(sources_of_media_stay_told_apart),
        CASE(text_leaves_nothing),
        CASE(blank_bytes_are_a_dns_header),
        CASE(descriptions_stay_readable),
        CASE(channel_data_carries_what_is_redacted),
        CASE(padding_of_channel_data_is_blank),
        CASE(multiplexed_session_gets_a_stand_in),
        CASE(pseudo_tls_stays_one),
        CASE(different_payloads_stay_different),
        CASE(opaque_bytes_begin_no_framing),
        CASE(random_payloads_look_alike),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
