/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What must stay for other readers of a capture: the structure of ARP and neighbour discovery,
 * checksums over source routes, alerts of TLS. */
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

static int setup(void **state) {
    static const guint8 key[] = "a key for the tests of redacted headers";

    *state = stand_ins_new(key, sizeof key);
    return 0;
}

static int teardown(void **state) {
    stand_ins_free(*state);
    return 0;
}

/* The first CAPTURED bytes of FRAME, redacted, in a block of their own. */
static bytes *redacted_part(stand_ins *names, int link_type, const bytes *frame, gsize captured) {
    const redact_by by = {.names = names};
    g_autofree guint8 *before = g_memdup2(frame->data, MAX(captured, 1));
    bytes *after = g_byte_array_append(g_byte_array_new(), before, (guint)captured);

    redact_packet(
        &by, link_type,
        (redact_region){
            .before = before, .after = after->data, .captured = captured, .reported = frame->len},
        1);
    return after;
}

static bytes *redacted(stand_ins *names, int link_type, const bytes *frame) {
    return redacted_part(names, link_type, frame, frame->len);
}

static void assert_bytes(const bytes *in, gsize at, const char *expected) {
    auto_bytes wanted = bytes_hex(expected);

    assert_in_range(at + wanted->len, 0, in->len);
    assert_memory_equal(in->data + at, wanted->data, wanted->len);
}

static void assert_hardware(stand_ins *names, const bytes *in, gsize at, const char *original) {
    auto_bytes mac = bytes_hex(original);

    stand_ins_hardware(names, mac->data);
    assert_memory_equal(in->data + at, mac->data, 6);
}

static void assert_address(stand_ins *names, const bytes *in, gsize at, const char *original) {
    auto_bytes raw = bytes_hex(original);
    stun_address held =
        raw->len == 4 ? stun_address_ipv4(raw->data, 0) : stun_address_ipv6(raw->data, 0);

    stand_ins_address(names, &held);
    assert_memory_not_equal(held.bytes, raw->data, raw->len);
    assert_memory_equal(in->data + at, held.bytes, raw->len);
}

/* RFC 826: a request and its padding, of the sort that an Ethernet card adds. */
#define ARP                                                                                        \
    "0001 0800 06 04 0001 0250569A0002 0A000001 000000000000 0A000002"                             \
    "6E616D65"

static void assert_arp(stand_ins *names, const bytes *after, gsize at) {
    assert_bytes(after, at, "0001 0800 06 04 0001");
    assert_hardware(names, after, at + 8, "0250569A0002");
    assert_address(names, after, at + 14, "0A000001");
    assert_bytes(after, at + 18, "000000000000");
    assert_address(names, after, at + 24, "0A000002");
    assert_bytes(after, at + 28, "00000000");
}

static void test_arp(void **state) {
    auto_bytes plain = bytes_hex("FFFFFFFFFFFF 0250569A0002 0806" ARP);
    auto_bytes tagged = bytes_hex("FFFFFFFFFFFF 0250569A0002 8100 0064 0806" ARP);
    auto_bytes cooked = bytes_hex("0001 0001 0006 0250569A0002 0000 0806" ARP);
    auto_bytes cooked2 = bytes_hex("0806 0000 00000001 0001 01 06 0250569A0002 0000" ARP);
    auto_bytes after = redacted(*state, DLT_EN10MB, plain);
    auto_bytes after_tag = redacted(*state, DLT_EN10MB, tagged);
    auto_bytes after_sll = redacted(*state, DLT_LINUX_SLL, cooked);
    auto_bytes after_sll2 = redacted(*state, DLT_LINUX_SLL2, cooked2);

    assert_bytes(after, 0, "FFFFFFFFFFFF");
    assert_hardware(*state, after, 6, "0250569A0002");
    assert_arp(*state, after, 14);
    assert_arp(*state, after_tag, 18);
    assert_arp(*state, after_sll, 16);
    assert_arp(*state, after_sll2, 20);
}

/* The target's address is cut: what is there of it is no address. */
static void test_arp_that_is_cut(void **state) {
    auto_bytes frame = bytes_hex("FFFFFFFFFFFF 0250569A0002 0806" ARP);
    auto_bytes after = redacted_part(*state, DLT_EN10MB, frame, 14 + 26);

    assert_bytes(after, 14, "0001 0800 06 04 0001");
    assert_address(*state, after, 14 + 14, "0A000001");
    assert_bytes(after, 14 + 24, "0000");
}

/* Of other hardware, of other protocols, and where the lengths are others, nobody knows what is
 * where; a frame that is not ARP is blank at all. */
static void test_arp_of_something_else(void **state) {
    static const char *const heads[] = {"0020 0800 06 04 0001", "0001 0801 06 04 0001",
                                        "0001 0800 08 04 0001", "0001 0800 06 10 0001"};
    static const char blank[] = "00000000000000000000 00000000000000000000 00000000";
    auto_bytes lldp = bytes_hex("0180C200000E 0250569A0002 88CC" ARP);
    auto_bytes after_lldp = redacted(*state, DLT_EN10MB, lldp);

    for (gsize i = 0; i < G_N_ELEMENTS(heads); i++) {
        auto_bytes frame = bytes_hex("FFFFFFFFFFFF 0250569A0002 0806");
        auto_bytes head = bytes_hex(heads[i]);
        auto_bytes rest = bytes_hex("0250569A0002 0A000001 000000000000 0A000002 6E616D65");
        auto_bytes after = NULL;

        put(frame, head);
        put(frame, rest);
        after = redacted(*state, DLT_EN10MB, frame);
        assert_bytes(after, 14, heads[i]);
        assert_bytes(after, 22, blank);
    }
    assert_bytes(after_lldp, 14, "0000000000000000");
    assert_bytes(after_lldp, 22, blank);
}

/* The sum of RFC 1071 over LENGTH bytes, added to SUM. */
static guint32 sum_of(const guint8 *data, gsize length, guint32 sum) {
    for (gsize i = 0; i < length; i++) {
        sum += i % 2 == 0 ? (guint32)data[i] << 8 : data[i];
    }
    while (sum > 0xFFFF) {
        sum = (sum & 0xFFFF) + (sum >> 16);
    }
    return sum;
}

/* Of the payload behind HEADER bytes of IP, with the addresses of SIZE bytes at SOURCE and
 * DESTINATION; 0xFFFF when the checksum in it is good. */
static guint32 payload_sum(const bytes *ip, gsize header, guint8 protocol, gsize source,
                           gsize destination, gsize size) {
    const gsize length = ip->len - header;
    const guint32 addresses = sum_of(ip->data + source, size, (guint32)(protocol + length));

    return sum_of(ip->data + header, length, sum_of(ip->data + destination, size, addresses));
}

static void put_sum(bytes *ip, gsize at, guint32 sum) {
    ip->data[at] = (guint8)(~sum >> 8);
    ip->data[at + 1] = (guint8)~sum;
}

#define ND 40u /* where ICMPv6 begins */

/* Its checksum is good, and is still so when it is redacted. */
static bytes *redacted_nd(stand_ins *names, const char *message) {
    auto_bytes icmp = bytes_hex(message);
    auto_bytes ip = make_ipv6(forth, 58, icmp);
    bytes *after;

    put_sum(ip, ND + 2, payload_sum(ip, ND, 58, 8, 24, 16));
    after = redacted(names, DLT_RAW, ip);
    assert_int_equal(payload_sum(after, ND, 58, 8, 24, 16), 0xFFFF);
    return after;
}

#define HOST   "20010DB8000000010000000000000007"
#define SECOND "FE80000000000000025056FFFE9A0002"
#define MAC    "0250569A0002"

static void test_router_solicitation(void **state) {
    auto_bytes after = redacted_nd(*state, "85 00 0000 6E616D65 01 01" MAC);

    assert_bytes(after, ND + 4, "00000000 01 01");
    assert_hardware(*state, after, ND + 10, MAC);
}

/* Times, flags, the MTU and what is said of the prefix stay; the DNS server and unused bytes do
 * not. */
static void test_router_advertisement(void **state) {
    auto_bytes after = redacted_nd(*state, "86 00 0000 40 C0 0708 00007530 000003E8"
                                           "01 01" MAC "05 01 6E61 000005DC"
                                           "03 04 40 C0 00278D00 00093A80 6E616D65" HOST
                                           "19 03 0000 00000E10" HOST "7F 01 6E616D653132");

    assert_bytes(after, ND + 4, "40 C0 0708 00007530 000003E8 01 01");
    assert_hardware(*state, after, ND + 18, MAC);
    assert_bytes(after, ND + 24, "05 01 0000 000005DC 03 04 40 C0 00278D00 00093A80 00000000");
    assert_address(*state, after, ND + 48, HOST);
    assert_bytes(after, ND + 64, "19 03 0000 00000000 0000000000000000 0000000000000000");
    assert_bytes(after, ND + 88, "7F 01 000000000000");
}

static void test_neighbours(void **state) {
    auto_bytes asks = redacted_nd(*state, "87 00 0000 6E616D65" HOST "01 01" MAC);
    auto_bytes answers = redacted_nd(*state, "88 00 0000 60616D65" HOST "02 01" MAC);

    assert_bytes(asks, ND + 4, "00000000");
    assert_address(*state, asks, ND + 8, HOST);
    assert_bytes(asks, ND + 24, "01 01");
    assert_hardware(*state, asks, ND + 26, MAC);
    assert_bytes(answers, ND + 4, "60000000");
    assert_address(*state, answers, ND + 8, HOST);
    assert_bytes(answers, ND + 24, "02 01");
    assert_hardware(*state, answers, ND + 26, MAC);
}

/* With the packet that was redirected: its addresses, and nothing of what it carried. */
static void test_redirect(void **state) {
    auto_bytes after = redacted_nd(*state, "89 00 0000 00000000" SECOND HOST "04 07 6E616D656F66"
                                           "60000000 0008 3B 40" HOST HOST "6E616D656F662020");

    assert_address(*state, after, ND + 8, SECOND);
    assert_address(*state, after, ND + 24, HOST);
    assert_bytes(after, ND + 40, "04 07 000000000000 60000000 0008 3B 40");
    assert_address(*state, after, ND + 56, HOST);
    assert_address(*state, after, ND + 72, HOST);
    assert_bytes(after, ND + 88, "0000000000000000");
}

/* Longer addresses, as of InfiniBand; an option without a length, after which nobody knows where
 * the next one is; one that is longer than the message. */
static void test_other_neighbour_options(void **state) {
    auto_bytes longer = redacted_nd(*state, "85 00 0000 00000000 01 02" MAC "0102030405060708");
    auto_bytes none = redacted_nd(*state, "85 00 0000 00000000 01 00" MAC "01 01" MAC);
    auto_bytes behind = redacted_nd(*state, "85 00 0000 00000000 7F 08" MAC);

    assert_bytes(longer, ND + 8, "01 02 000000000000 0000000000000000");
    assert_bytes(none, ND + 8, "0000000000000000 0000000000000000");
    assert_bytes(behind, ND + 8, "7F 08 000000000000");
}

static void test_neighbours_that_are_cut(void **state) {
    auto_bytes icmp = bytes_hex("87 00 0000 6E616D65" HOST "01 01" MAC);
    auto_bytes ip = make_ipv6(forth, 58, icmp);
    auto_bytes in_target = redacted_part(*state, DLT_RAW, ip, ND + 20);
    auto_bytes in_option = redacted_part(*state, DLT_RAW, ip, ND + 30);

    assert_bytes(in_target, ND + 4, "00000000 000000000000000000000000");
    assert_address(*state, in_option, ND + 8, HOST);
    assert_bytes(in_option, ND + 24, "01 01 00000000");
}

/* RFC 791: the checksum of UDP counts the end of the route. Redacted there is no route. */
static void test_ipv4_source_route(void **state) {
    auto_bytes options = bytes_hex("83 0B 04 C0000201 C000024D 00");
    auto_bytes text = bytes_text("payload");
    auto_bytes udp = make_udp(forth, text);
    auto_bytes ip = make_ipv4(forth, 17, options, udp);
    auto_bytes done = make_ipv4(forth, 17, options, udp);
    auto_bytes after = NULL;
    auto_bytes after_done = NULL;

    memset(ip->data + 32 + 6, 0, 2);
    memset(done->data + 32 + 6, 0, 2);
    put_sum(ip, 32 + 6, payload_sum(ip, 32, 17, 12, 27, 4));
    after = redacted(*state, DLT_RAW, ip);
    assert_int_equal(payload_sum(after, 32, 17, 12, 16, 4), 0xFFFF);
    done->data[22] = 12; /* the pointer is behind the route: the packet is where it goes */
    put_sum(done, 32 + 6, payload_sum(done, 32, 17, 12, 16, 4));
    after_done = redacted(*state, DLT_RAW, done);
    assert_int_equal(payload_sum(after_done, 32, 17, 12, 16, 4), 0xFFFF);
}

/* RFC 8200: the same where segments are left. Type 0 has its end last, RFC 8754 first; where none
 * are left, it is the destination. */
static void test_ipv6_routes(void **state) {
    static const struct {
        const char *header;
        gsize end;
    } routes[] = {{"11 04 00 02 00000000", 64},
                  {"11 04 00 00 00000000", 24},
                  {"11 04 04 01 01000000", 48},
                  {"11 04 FD 02 00000000", 24}};

    for (gsize i = 0; i < G_N_ELEMENTS(routes); i++) {
        auto_bytes behind = bytes_hex(routes[i].header);
        auto_bytes hops = bytes_hex("20010DB8000000010000000000000007"
                                    "20010DB8000000020000000000000009");
        auto_bytes text = bytes_text("payload");
        auto_bytes udp = make_udp(forth, text);
        auto_bytes ip = NULL;
        auto_bytes after = NULL;

        put(behind, hops);
        put(behind, udp);
        ip = make_ipv6(forth, 43, behind);
        memset(ip->data + 80 + 6, 0, 2);
        put_sum(ip, 80 + 6, payload_sum(ip, 80, 17, 8, routes[i].end, 16));
        after = redacted(*state, DLT_RAW, ip);
        assert_memory_not_equal(after->data + routes[i].end, ip->data + routes[i].end, 16);
        assert_int_equal(payload_sum(after, 80, 17, 8, routes[i].end, 16), 0xFFFF);
    }
}

#define TCP_PAYLOAD 40u

static void assert_record(stand_ins *names, const char *record, const char *expected) {
    auto_bytes payload = bytes_hex(record);
    auto_bytes tcp = make_tcp(forth, (tcp_fields){.flags = 0x18, .seq = 1000, .ack = 7}, payload);
    auto_bytes ip = make_ipv4(forth, 6, NULL, tcp);
    auto_bytes after = redacted(names, DLT_RAW, ip);

    assert_bytes(after, TCP_PAYLOAD, expected);
}

/* Level and description; encrypted, an alert is longer, and by chance only of these levels. */
static void test_tls_alert(void **state) {
    assert_record(*state, "15 0303 0002 022A", "15 0303 0002 022A");
    assert_record(*state, "15 0301 0002 0100", "15 0301 0002 0100");
    assert_record(*state, "15 0303 0002 0378", "15 0303 0002 FFFF");
    assert_record(*state, "15 0303 001A 022A4142434445", "15 0303 001A FFFFFFFFFFFFFF");
    assert_record(*state, "17 0303 0002 022A", "17 0303 0002 FFFF");
    assert_record(*state, "15 0303 0002 02", "15 0303 0002 FF");
}

/* Each record of a segment begins where the one in front ends. */
static void test_tls_records(void **state) {
    assert_record(*state, "17 0303 0003 616263 15 0303 0002 0228 6E616D65",
                  "17 0303 0003 FFFFFF 15 0303 0002 0228 FFFFFFFF");
    assert_record(*state, "17 0303 0003 616263 15 03", "17 0303 0003 FFFFFF FFFF");
}

#define EACH(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void) {
    const struct CMUnitTest tests[] = {
        EACH(test_arp),
        EACH(test_arp_that_is_cut),
        EACH(test_arp_of_something_else),
        EACH(test_router_solicitation),
        EACH(test_router_advertisement),
        EACH(test_neighbours),
        EACH(test_redirect),
        EACH(test_other_neighbour_options),
        EACH(test_neighbours_that_are_cut),
        EACH(test_ipv4_source_route),
        EACH(test_ipv6_routes),
        EACH(test_tls_alert),
        EACH(test_tls_records),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
