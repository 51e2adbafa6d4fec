/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "analyzer/redact/redact_packet.h"
#include "support/packets.h"
#include <pcap/dlt.h>
#include <string.h>

static const ends forth = {.to_client = FALSE, .client_port = 40000, .server_port = 3478};

static const guint8 client[4] = {10, 0, 0, 1};
static const guint8 server[4] = {10, 0, 0, 2};

typedef struct fixture {
    redact_by by;
    redact_streams *streams;
    guint8 client[4]; /* their stand-ins */
    guint8 server[4];
} fixture;

static void stand_in_of(stand_ins *names, const guint8 address[4], guint8 to[4]) {
    stun_address held = stun_address_ipv4(address, 0);

    stand_ins_address(names, &held);
    memcpy(to, held.bytes, 4);
}

static int setup(void **state) {
    static const guint8 key[] = "a key for the tests of redacted packets";
    fixture *self = g_new0(fixture, 1);

    self->streams = redact_streams_new(REDACT_STREAMS_MEMORY);
    self->by = (redact_by){.names = stand_ins_new(key, sizeof key),
                           .streams = self->streams,
                           .wholes = redact_wholes_new(REDACT_WHOLES_MEMORY)};
    stand_in_of(self->by.names, client, self->client);
    stand_in_of(self->by.names, server, self->server);
    *state = self;
    return 0;
}

static int teardown(void **state) {
    fixture *self = *state;

    stand_ins_free(self->by.names);
    redact_streams_free(self->streams);
    redact_wholes_free(self->by.wholes);
    g_free(self);
    return 0;
}

/* The first CAPTURED bytes of FRAME, redacted, in a block of their own. */
static bytes *redacted(fixture *self, int link_type, const bytes *frame, gsize captured) {
    g_autofree guint8 *before = g_memdup2(frame->data, MAX(captured, 1));
    bytes *after = g_byte_array_append(g_byte_array_new(), before, (guint)captured);

    redact_packet(
        &self->by, link_type,
        (redact_region){
            .before = before, .after = after->data, .captured = captured, .reported = frame->len},
        1);
    return after;
}

static bytes *all_redacted(fixture *self, int link_type, const bytes *frame) {
    return redacted(self, link_type, frame, frame->len);
}

/* The sum of RFC 1071 over LENGTH bytes, added to SUM; 0xFFFF in the end when a checksum is good.
 */
static guint32 sum_of(const guint8 *data, gsize length, guint32 sum) {
    for (gsize i = 0; i < length; i++) {
        sum += i % 2 == 0 ? (guint32)data[i] << 8 : data[i];
    }
    while (sum > 0xFFFF) {
        sum = (sum & 0xFFFF) + (sum >> 16);
    }
    return sum;
}

/* What covers the payload of the IP packet at IP: pseudo header (with addresses of SIZE bytes at
 * ADDRESSES) and the LENGTH bytes at DATA. */
static guint32 transport_sum(const guint8 *addresses, gsize size, guint8 protocol,
                             const guint8 *data, gsize length) {
    return sum_of(data, length, sum_of(addresses, 2 * size, (guint32)(protocol + length)));
}

static void put_field(guint8 *field, guint32 sum) {
    field[0] = (guint8)(~sum >> 8);
    field[1] = (guint8)~sum;
}

/* Makes the checksums of an IPv4 packet without options good; FIELD is the offset in its payload.
 */
static void sign(bytes *ip, gsize field) {
    const gsize length = ip->len - 20;

    put_field(ip->data + 10, sum_of(ip->data, 20, 0));
    memset(ip->data + 20 + field, 0, 2);
    put_field(ip->data + 20 + field,
              transport_sum(ip->data + 12, 4, ip->data[9], ip->data + 20, length));
}

static void assert_good(const guint8 *ip, gsize length) {
    assert_int_equal(sum_of(ip, 20, 0), 0xFFFF);
    assert_int_equal(transport_sum(ip + 12, 4, ip[9], ip + 20, length - 20), 0xFFFF);
}

static bytes *signed_udp(void) {
    auto_bytes text = bytes_text("REGISTER sip:somebody@example.org SIP/2.0");
    auto_bytes udp = make_udp(forth, text);
    bytes *ip = make_ipv4(forth, 17, NULL, udp);

    sign(ip, 6);
    return ip;
}

static void test_udp(void **state) {
    fixture *self = *state;
    auto_bytes ip = signed_udp();
    auto_bytes after = all_redacted(self, DLT_RAW, ip);

    assert_memory_equal(after->data, ip->data, 10);
    assert_memory_equal(after->data + 12, self->client, 4);
    assert_memory_equal(after->data + 16, self->server, 4);
    assert_memory_equal(after->data + 20, ip->data + 20, 6); /* ports and length */
    assert_null(g_strstr_len((const char *)after->data + 28, -1, "sip"));
    assert_memory_not_equal(after->data + 28, ip->data + 28, 16);
    assert_good(after->data, after->len);
}

/* A sender that leaves checksums to its network card: as wrong as it was. */
static void test_wrong_checksum_stays_wrong(void **state) {
    auto_bytes ip = signed_udp();
    auto_bytes after = NULL;

    ip->data[27] ^= 1; /* the lowest bit of the checksum */
    assert_int_not_equal(transport_sum(ip->data + 12, 4, 17, ip->data + 20, ip->len - 20), 0xFFFF);
    after = all_redacted(*state, DLT_RAW, ip);
    assert_int_equal(transport_sum(after->data + 12, 4, 17, after->data + 20, after->len - 20),
                     transport_sum(ip->data + 12, 4, 17, ip->data + 20, ip->len - 20));
}

static void test_udp_without_checksum(void **state) {
    auto_bytes ip = signed_udp();
    auto_bytes after = NULL;

    memset(ip->data + 26, 0, 2);
    after = all_redacted(*state, DLT_RAW, ip);
    assert_int_equal(after->data[26] << 8 | after->data[27], 0);
}

/* What the capture does not hold is taken for what it was: with it behind, the sum is good. */
static void test_cut_packet(void **state) {
    auto_bytes ip = signed_udp();
    const gsize captured = 40;
    auto_bytes after = redacted(*state, DLT_RAW, ip, captured);

    assert_int_equal(after->len, captured);
    g_byte_array_append(after, ip->data + captured, ip->len - (guint)captured);
    assert_good(after->data, after->len);
}

static void test_cut_within_ip_is_blank(void **state) {
    static const guint8 blank[19] = {0};
    auto_bytes ip = signed_udp();
    auto_bytes after = redacted(*state, DLT_RAW, ip, sizeof blank);

    assert_memory_equal(after->data, blank, sizeof blank);
}

/* Every length that a capture may cut a packet to, in a block of that size for the sanitizer. */
static void test_any_length(void **state) {
    auto_bytes ip = signed_udp();
    auto_bytes ethernet = make_ethernet(0, ip);

    for (gsize captured = 0; captured <= ethernet->len; captured++) {
        auto_bytes after = redacted(*state, DLT_EN10MB, ethernet, captured);

        assert_int_equal(after->len, captured);
        if (captured >= 14 + 20) {
            assert_memory_not_equal(after->data + 26, client, 4);
        }
    }
}

static void test_ethernet(void **state) {
    auto_bytes ip = signed_udp();
    auto_bytes frame = bytes_hex("0250569A0001 0250569A0002 8100 0064 0800");
    auto_bytes after = NULL;

    put(frame, ip);
    put_u32(frame, 0xDEADBEEF); /* padding or a check sequence, behind the end of IP */
    after = all_redacted(*state, DLT_EN10MB, frame);
    assert_memory_not_equal(after->data, frame->data, 6);
    assert_memory_not_equal(after->data + 6, frame->data + 6, 6);
    assert_int_equal(after->data[0] & 1, 0);
    assert_memory_equal(after->data + 12, frame->data + 12, 6); /* the tag */
    assert_good(after->data + 18, ip->len);
    assert_memory_equal(after->data + after->len - 4, "\0\0\0\0", 4);
}

/* Only a destination may be a group that all know; an IP group's is that of the stand-in, of
 * 234.1.2.3 as of a group that stays. */
static void test_hardware_groups(void **state) {
    static const char *const frames[] = {
        "0180C2000000 0141434D4545 1234",
        "0180C2434D45 0180C2000000 1234",
        "01005E7F0102 FFFFFFFFFFFF 0800 45000014 00000000 40FF0000 0A000001 EFFF0102",
        "01005E010203 0250569A0002 0800 45000014 00000000 40FF0000 0A000001 EA010203",
    };
    static const gboolean destination_stays[] = {TRUE, FALSE, TRUE, FALSE};

    for (gsize i = 0; i < G_N_ELEMENTS(frames); i++) {
        auto_bytes frame = bytes_hex(frames[i]);
        auto_bytes after = all_redacted(*state, DLT_EN10MB, frame);

        assert_int_equal(memcmp(after->data, frame->data, 6) == 0, destination_stays[i]);
        assert_memory_not_equal(after->data + 7, frame->data + 7, 5);
        assert_int_equal(after->data[6] & 1, frame->data[6] & 1);
        if (i == 3) {
            assert_memory_equal(after->data, "\x01\x00\x5E", 3);
            assert_int_equal(after->data[3], after->data[31] & 0x7F);
            assert_memory_equal(after->data + 4, after->data + 32, 2);
            assert_int_equal(after->data[30], 234);
        }
    }
}

static void test_cooked(void **state) {
    auto_bytes ip = signed_udp();
    auto_bytes first = bytes_hex("0000 0001 0006 0250569A0002 BEEF 0800");
    auto_bytes second = bytes_hex("0800 0000 00000002 0304 00 08 0102030405060708");
    auto_bytes one = NULL;
    auto_bytes two = NULL;

    put(first, ip);
    put(second, ip);
    one = all_redacted(*state, DLT_LINUX_SLL, first);
    two = all_redacted(*state, DLT_LINUX_SLL2, second);
    assert_memory_equal(one->data, first->data, 6);
    assert_memory_not_equal(one->data + 6, first->data + 6, 6);
    assert_memory_equal(one->data + 12, "\0\0", 2);
    assert_good(one->data + 16, ip->len);
    assert_memory_equal(two->data, second->data, 12);
    assert_memory_equal(two->data + 12, "\0\0\0\0\0\0\0\0", 8);
    assert_good(two->data + 20, ip->len);
}

/* Record route with an address, and router alert: only the latter stays. */
static void test_ipv4_options(void **state) {
    auto_bytes options = bytes_hex("07 07 04 0A000001 01 94040000");
    auto_bytes text = bytes_text("payload");
    auto_bytes udp = make_udp(forth, text);
    auto_bytes ip = make_ipv4(forth, 17, options, udp);
    auto_bytes wanted = bytes_hex("01010101010101 01 94040000");
    auto_bytes after = NULL;

    put_field(ip->data + 10, sum_of(ip->data, 32, 0));
    after = all_redacted(*state, DLT_RAW, ip);
    assert_memory_equal(after->data + 20, wanted->data, wanted->len);
    assert_int_equal(sum_of(after->data, 32, 0), 0xFFFF);
}

/* Neither its length nor its value are those of the specification. */
static void test_router_alert_with_a_text(void **state) {
    static const char *const given[] = {"9408 736563726574", "9404 4142 01010101"};
    static const char *const wanted[] = {"0101010101010101", "01010101 01010101"};

    for (gsize i = 0; i < G_N_ELEMENTS(given); i++) {
        auto_bytes options = bytes_hex(given[i]);
        auto_bytes expected = bytes_hex(wanted[i]);
        auto_bytes text = bytes_text("payload");
        auto_bytes ip = make_ipv4(forth, 47, options, text);
        auto_bytes after = all_redacted(*state, DLT_RAW, ip);

        assert_memory_equal(after->data + 20, expected->data, 8);
    }
}

/* What begins as a group does may be anything in a routing header. */
static void test_ipv6_routing(void **state) {
    auto_bytes routing = bytes_hex("3B 04 00 02 6E616D65 20010DB8000000000000000000000007"
                                   "FF026E616D65206F6620736F6D65626F");
    auto_bytes ip = make_ipv6(forth, 43, routing);
    auto_bytes after = all_redacted(*state, DLT_RAW, ip);

    assert_memory_equal(after->data + 40, "\x3B\x04\x00\x02\0\0\0\0", 8);
    assert_memory_not_equal(after->data + 48 + 4, ip->data + 48 + 4, 12);
    for (guint i = 0; i < 13; i++) {
        assert_memory_not_equal(after->data + 65 + i, ip->data + 65 + i, 3);
    }
}

/* Hop-by-hop options with a text in them, then UDP. */
static void test_ipv6_extension(void **state) {
    auto_bytes behind = bytes_hex("11 01 1E0C 6E616D65206F6620736F 0000");
    auto_bytes text = bytes_text("payload");
    auto_bytes udp = make_udp(forth, text);
    auto_bytes wanted = bytes_hex("11 01 010C 000000000000000000000000");
    auto_bytes ip = NULL;
    auto_bytes after = NULL;

    put(behind, udp);
    ip = make_ipv6(forth, 0, behind);
    memset(ip->data + 40 + 16 + 6, 0, 2);
    put_field(ip->data + 40 + 16 + 6,
              transport_sum(ip->data + 8, 16, 17, ip->data + 56, ip->len - 56));
    after = all_redacted(*state, DLT_RAW, ip);
    assert_memory_not_equal(after->data + 8, ip->data + 8, 16);
    assert_memory_not_equal(after->data + 24, ip->data + 24, 16);
    assert_memory_equal(after->data + 40, wanted->data, wanted->len);
    assert_int_equal(transport_sum(after->data + 8, 16, 17, after->data + 56, after->len - 56),
                     0xFFFF);
}

static bytes *signed_tcp(guint8 flags, guint32 seq, const bytes *payload) {
    auto_bytes tcp = make_tcp(forth, (tcp_fields){.flags = flags, .seq = seq, .ack = 7}, payload);
    bytes *ip = make_ipv4(forth, 6, NULL, tcp);

    sign(ip, 16);
    return ip;
}

static void test_tcp_is_blank_but_for_what_is_known(void **state) {
    fixture *self = *state;
    const turn_flow flow = {.transport = TURN_TRANSPORT_TCP,
                            .source = stun_address_ipv4(client, 40000),
                            .destination = stun_address_ipv4(server, 3478)};
    auto_bytes text = bytes_text("GET /name HTTP/1.1");
    auto_bytes ip = signed_tcp(0x18, 1000, text);
    auto_bytes after = NULL;

    redact_streams_learn(self->streams, &flow, 1004, 1, (const guint8 *)"abcd", 4);
    after = all_redacted(self, DLT_RAW, ip);
    assert_memory_equal(after->data + 20, ip->data + 20, 16); /* up to the checksum */
    assert_memory_equal(after->data + 40,
                        "\xFF\xFF\xFF\xFF"
                        "abcd"
                        "\xFF\xFF",
                        10);
    assert_good(after->data, after->len);
}

/* Signalling that begins in a segment, at its start or behind the end of a head. */
static void test_signalling_in_tcp(void **state) {
    static const char *const heads[] = {"BYE sip:alice SIP/2.0\r\nl: 18\r\n\r\n",
                                        "the end of a head\r\n\r\n"};

    for (gsize i = 0; i < G_N_ELEMENTS(heads); i++) {
        const gsize head = 40 + strlen(heads[i]);
        g_autofree char *both = g_strconcat(heads[i], "v=0\r\no=name\r\nt=0 0\r\n", NULL);
        auto_bytes text = bytes_text(both);
        auto_bytes ip = signed_tcp(0x18, 1000, text);
        auto_bytes after = all_redacted(*state, DLT_RAW, ip);

        assert_int_equal(after->len, ip->len);
        assert_memory_equal(after->data + 40,
                            i == 0 ? "BYE sip:" : "\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF", 8);
        assert_memory_not_equal(after->data + 48, ip->data + 48, 5);
        assert_memory_equal(after->data + head, "v=0\r\no=", 7);
        assert_good(after->data, after->len);
    }
}

/* What is known of a stream goes before what it looks like. */
static void test_known_bytes_under_signalling(void **state) {
    fixture *self = *state;
    const turn_flow flow = {.transport = TURN_TRANSPORT_TCP,
                            .source = stun_address_ipv4(client, 40000),
                            .destination = stun_address_ipv4(server, 3478)};
    auto_bytes text = bytes_text("SIP/2.0 200 fine\r\n\r\n");
    auto_bytes ip = signed_tcp(0x18, 1000, text);
    auto_bytes after = NULL;

    redact_streams_learn(self->streams, &flow, 1004, 1, (const guint8 *)"abcd", 4);
    after = all_redacted(self, DLT_RAW, ip);
    assert_memory_equal(after->data + 40, "SIP/abcd200 ", 12);
}

/* The payload of a SYN begins one number behind its own. */
static void test_data_in_a_syn(void **state) {
    fixture *self = *state;
    const turn_flow flow = {.transport = TURN_TRANSPORT_TCP,
                            .source = stun_address_ipv4(client, 40000),
                            .destination = stun_address_ipv4(server, 3478)};
    auto_bytes text = bytes_text("text");
    auto_bytes ip = signed_tcp(0x02, 1000, text);
    auto_bytes after = NULL;

    redact_streams_learn(self->streams, &flow, 1001, 1, (const guint8 *)"abcd", 4);
    after = all_redacted(self, DLT_RAW, ip);
    assert_memory_equal(after->data + 40, "abcd", 4);
}

static void test_tls_header_stays(void **state) {
    auto_bytes record = bytes_hex("17 0303 0008 0102030405060708");
    auto_bytes ip = signed_tcp(0x18, 1000, record);
    auto_bytes after = all_redacted(*state, DLT_RAW, ip);
    auto_bytes wanted = bytes_hex("17 0303 0008 FFFFFFFFFFFFFFFF");

    assert_memory_equal(after->data + 40, wanted->data, wanted->len);
    assert_good(after->data, after->len);
}

/* Window scale and time stamps stay; an option of a vendor does not. */
static void test_tcp_options(void **state) {
    auto_bytes tcp = make_tcp(forth, (tcp_fields){.flags = 0x02, .seq = 1}, NULL);
    auto_bytes options = bytes_hex("020405B4 030307 01 080A0000000100000002 FD060A000001");
    auto_bytes wanted = bytes_hex("020405B4 030307 01 080A0000000100000002 010101010101");
    auto_bytes ip = NULL;
    auto_bytes after = NULL;

    put(tcp, options);
    tcp->data[12] = (20 + 24) / 4 << 4;
    ip = make_ipv4(forth, 6, NULL, tcp);
    sign(ip, 16);
    after = all_redacted(*state, DLT_RAW, ip);
    assert_memory_equal(after->data + 40, wanted->data, wanted->len);
    assert_good(after->data, after->len);
}

/* Of another length they are none of those that stay. */
static void test_tcp_options_with_a_text(void **state) {
    static const char *const given[] = {"0208 414243444546", "0308 414243444546",
                                        "0408 414243444546", "0508 414243444546",
                                        "0808 414243444546", "0502 0302 0402 0202"};
    static const char *const wanted[] = {"0101010101010101", "0101010101010101",
                                         "0101010101010101", "0101010101010101",
                                         "0101010101010101", "0101 0101 0402 0101"};

    for (gsize i = 0; i < G_N_ELEMENTS(given); i++) {
        auto_bytes tcp = make_tcp(forth, (tcp_fields){.flags = 0x02, .seq = 1}, NULL);
        auto_bytes options = bytes_hex(given[i]);
        auto_bytes expected = bytes_hex(wanted[i]);
        auto_bytes ip = NULL;
        auto_bytes after = NULL;

        put(tcp, options);
        tcp->data[12] = (20 + 8) / 4 << 4;
        ip = make_ipv4(forth, 6, NULL, tcp);
        after = all_redacted(*state, DLT_RAW, ip);
        assert_memory_equal(after->data + 40, expected->data, 8);
    }
}

/* Port unreachable about the packet of signed_udp(), which is quoted as far as routers do. */
static bytes *unreachable(const bytes *quoted, gsize length) {
    auto_bytes icmp = bytes_hex("03 03 0000 00000000");
    bytes *ip;

    g_byte_array_append(icmp, quoted->data, (guint)length);
    ip = make_ipv4((ends){.to_client = TRUE, .client_port = 40000, .server_port = 3478}, 1, NULL,
                   icmp);
    put_field(ip->data + 10, sum_of(ip->data, 20, 0));
    put_field(ip->data + 22, sum_of(ip->data + 20, ip->len - 20, 0));
    return ip;
}

static void test_icmp_quote(void **state) {
    fixture *self = *state;
    auto_bytes quoted = signed_udp();
    auto_bytes alone = all_redacted(self, DLT_RAW, quoted);
    auto_bytes ip = unreachable(quoted, quoted->len);
    auto_bytes after = all_redacted(self, DLT_RAW, ip);

    assert_memory_equal(after->data + 12, self->server, 4);
    assert_memory_equal(after->data + 16, self->client, 4);
    assert_memory_equal(after->data + 20, ip->data + 20, 2);
    assert_memory_equal(after->data + 28, alone->data, alone->len);
    assert_int_equal(sum_of(after->data, 20, 0), 0xFFFF);
    assert_int_equal(sum_of(after->data + 20, after->len - 20, 0), 0xFFFF);
}

/* Eight bytes of TCP are all that a router has to quote: ports and the sequence number. */
static void test_short_icmp_quote(void **state) {
    fixture *self = *state;
    auto_bytes text = bytes_text("text");
    auto_bytes quoted = signed_tcp(0x18, 1000, text);
    auto_bytes ip = unreachable(quoted, 28);
    auto_bytes after = all_redacted(self, DLT_RAW, ip);

    assert_memory_equal(after->data + 28 + 12, self->client, 4);
    assert_memory_equal(after->data + 28 + 20, quoted->data + 20, 8);
    assert_int_equal(sum_of(after->data + 28, 20, 0), 0xFFFF);
    assert_int_equal(sum_of(after->data + 20, after->len - 20, 0), 0xFFFF);
}

/* Code 3 uses none of bytes 4 to 7, and code 4 those of the MTU. */
static void test_unused_bytes_of_icmp(void **state) {
    auto_bytes quoted = signed_udp();
    auto_bytes ip = unreachable(quoted, 28);
    auto_bytes after = NULL;
    auto_bytes too_big = NULL;

    memcpy(ip->data + 24, "A\0ME", 4);
    memset(ip->data + 22, 0, 2);
    put_field(ip->data + 22, sum_of(ip->data + 20, ip->len - 20, 0));
    after = all_redacted(*state, DLT_RAW, ip);
    assert_memory_equal(after->data + 24, "\0\0\0\0", 4);
    assert_int_equal(sum_of(after->data + 20, after->len - 20, 0), 0xFFFF);
    ip->data[21] = 4;
    too_big = all_redacted(*state, DLT_RAW, ip);
    assert_memory_equal(too_big->data + 24, "\0\0ME", 4);
}

static void test_icmp_redirect(void **state) {
    fixture *self = *state;
    auto_bytes quoted = signed_udp();
    auto_bytes ip = unreachable(quoted, 28);
    auto_bytes after = NULL;

    ip->data[20] = 5;
    memcpy(ip->data + 24, server, 4);
    memset(ip->data + 22, 0, 2);
    put_field(ip->data + 22, sum_of(ip->data + 20, ip->len - 20, 0));
    after = all_redacted(self, DLT_RAW, ip);
    assert_memory_equal(after->data + 24, self->server, 4);
    assert_memory_equal(after->data + 28 + 12, self->client, 4);
    assert_int_equal(sum_of(after->data + 20, after->len - 20, 0), 0xFFFF);
}

static void test_other_icmp_is_blank(void **state) {
    auto_bytes icmp = bytes_hex("08 00 0000 0007 0001 6E616D65206F66");
    auto_bytes ip = make_ipv4(forth, 1, NULL, icmp);
    auto_bytes after = NULL;

    put_field(ip->data + 22, sum_of(ip->data + 20, ip->len - 20, 0));
    after = all_redacted(*state, DLT_RAW, ip);
    assert_memory_equal(after->data + 24, ip->data + 24, 4); /* which echo */
    assert_memory_equal(after->data + 28, "\0\0\0\0\0\0\0", 7);
    assert_int_equal(sum_of(after->data + 20, after->len - 20, 0), 0xFFFF);
}

static void test_other_protocol_is_blank(void **state) {
    auto_bytes text = bytes_text("any protocol");
    auto_bytes ip = make_ipv4(forth, 47, NULL, text);
    auto_bytes after = all_redacted(*state, DLT_RAW, ip);
    static const guint8 blank[12] = {0};

    assert_memory_equal(after->data + 20, blank, sizeof blank);
}

static bytes *fragment_of(const bytes *udp, guint from, guint to) {
    auto_bytes part = g_byte_array_append(g_byte_array_new(), udp->data + from, to - from);

    return make_ipv4_fragment(forth, 17, 99, from, to < udp->len, part);
}

/* A datagram that is redacted as a whole, and cut at the same place again. */
static void test_fragments(void **state) {
    fixture *self = *state;
    auto_bytes whole = signed_udp();
    auto_bytes udp = g_byte_array_append(g_byte_array_new(), whole->data + 20, whole->len - 20);
    auto_bytes one = fragment_of(udp, 0, 24);
    auto_bytes two = fragment_of(udp, 24, udp->len);
    auto_bytes wanted = all_redacted(self, DLT_RAW, whole);
    ip_datagram seen = {.version = 4,
                        .protocol = 17,
                        .id = 99,
                        .addresses = whole->data + 12,
                        .payload = udp->data,
                        .captured = udp->len,
                        .reported = udp->len};
    auto_bytes second = NULL;
    auto_bytes first = NULL;

    redact_wholes_learn(self->by.wholes, &seen, 2);
    second = all_redacted(self, DLT_RAW, two);
    first = all_redacted(self, DLT_RAW, one);
    assert_memory_equal(first->data + 12, self->client, 4);
    assert_memory_equal(first->data + 20, wanted->data + 20, 24);
    assert_memory_equal(second->data + 20, wanted->data + 44, udp->len - 24);
}

/* Ports and length are all that is left of a datagram that is never whole. */
static void test_fragment_that_is_alone(void **state) {
    fixture *self = *state;
    auto_bytes whole = signed_udp();
    auto_bytes udp = g_byte_array_append(g_byte_array_new(), whole->data + 20, whole->len - 20);
    auto_bytes one = fragment_of(udp, 0, 24);
    auto_bytes two = fragment_of(udp, 24, 40);
    auto_bytes first = all_redacted(self, DLT_RAW, one);
    auto_bytes second = all_redacted(self, DLT_RAW, two);
    static const guint8 blank[16] = {0};

    assert_memory_equal(first->data + 12, self->client, 4);
    assert_memory_equal(first->data + 20, one->data + 20, 6);
    assert_memory_equal(first->data + 28, blank, sizeof blank);
    assert_memory_equal(second->data + 20, blank, sizeof blank);
}

static void test_fragment_that_has_no_header(void **state) {
    static const guint8 blank[20] = {0};
    static const guint8 protocols[] = {6, 17, 132};

    for (gsize i = 0; i < G_N_ELEMENTS(protocols); i++) {
        auto_bytes text = bytes_text("A text of 24 characters.");
        auto_bytes ip = make_ipv4_fragment(forth, protocols[i], 99, 0, TRUE, text);
        auto_bytes after = NULL;

        memset(ip->data + 20 + 4, 0, protocols[i] == 17 ? 2 : 0); /* no length of UDP */
        after = all_redacted(*state, DLT_RAW, ip);
        assert_memory_equal(after->data + 20, protocols[i] == 132 ? "\0\0\0\0" : "A te", 4);
        assert_memory_equal(after->data + 24, blank, sizeof blank);
    }
}

static void test_fragment_of_tcp_that_is_alone(void **state) {
    auto_bytes text = bytes_text("GET /name HTTP/1.1 and more");
    auto_bytes ip = signed_tcp(0x18, 1000, text);
    auto_bytes after = NULL;
    static const guint8 blank[27] = {0};

    ip->data[6] |= 0x20; /* more fragments */
    after = all_redacted(*state, DLT_RAW, ip);
    assert_memory_equal(after->data + 20, ip->data + 20, 16);
    assert_memory_equal(after->data + 40, blank, sizeof blank);
}

/* Two datagrams of 60 bytes are more than 200 with what is kept beside each. */
static void test_limit_of_fragments(void **state) {
    static const guint8 payload[60] = {0};
    static const guint8 both[8] = {10, 0, 0, 1, 10, 0, 0, 2};
    g_autoptr(redact_wholes) little = redact_wholes_new(200);
    const ip_datagram seen = {.version = 4,
                              .protocol = 17,
                              .addresses = both,
                              .payload = payload,
                              .captured = sizeof payload,
                              .reported = sizeof payload};

    (void)state;
    redact_wholes_learn(little, &seen, 1);
    assert_false(redact_wholes_is_full(little));
    redact_wholes_learn(little, &seen, 2);
    assert_true(redact_wholes_is_full(little));
}

#define EACH(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void) {
    const struct CMUnitTest tests[] = {
        EACH(test_udp),
        EACH(test_wrong_checksum_stays_wrong),
        EACH(test_udp_without_checksum),
        EACH(test_cut_packet),
        EACH(test_cut_within_ip_is_blank),
        EACH(test_any_length),
        EACH(test_ethernet),
        EACH(test_cooked),
        EACH(test_hardware_groups),
        EACH(test_ipv4_options),
        EACH(test_router_alert_with_a_text),
        EACH(test_ipv6_extension),
        EACH(test_ipv6_routing),
        EACH(test_tcp_is_blank_but_for_what_is_known),
        EACH(test_signalling_in_tcp),
        EACH(test_known_bytes_under_signalling),
        EACH(test_data_in_a_syn),
        EACH(test_tls_header_stays),
        EACH(test_tcp_options),
        EACH(test_tcp_options_with_a_text),
        EACH(test_icmp_quote),
        EACH(test_short_icmp_quote),
        EACH(test_unused_bytes_of_icmp),
        EACH(test_icmp_redirect),
        EACH(test_other_icmp_is_blank),
        EACH(test_other_protocol_is_blank),
        EACH(test_fragments),
        EACH(test_fragment_that_is_alone),
        EACH(test_fragment_that_has_no_header),
        EACH(test_fragment_of_tcp_that_is_alone),
        EACH(test_limit_of_fragments),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
