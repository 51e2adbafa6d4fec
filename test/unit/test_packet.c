/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "analyzer/link.h"
#include "analyzer/packet.h"
#include "support/packets.h"
#include <pcap/dlt.h>
#include <string.h>

static const ends forth = {.to_client = FALSE, .client_port = 40000, .server_port = 3478};
static const ends back = {.to_client = TRUE, .client_port = 40000, .server_port = 3478};

static packet_kind decode(int link_type, const bytes *frame, packet *out) {
    return packet_decode(link_type, frame->data, frame->len, frame->len, out);
}

/* PREFIX in hexadecimal, then an IPv4 or IPv6 packet with "hello" over UDP. */
static void assert_link(int link_type, const char *prefix, gboolean ipv6) {
    auto_bytes frame = bytes_hex(prefix);
    auto_bytes hello = bytes_text("hello");
    auto_bytes udp = make_udp(forth, hello);
    auto_bytes ip = ipv6 ? make_ipv6(forth, 17, udp) : make_ipv4(forth, 17, NULL, udp);
    packet decoded = {.segment = {.checksum = 0}};

    put(frame, ip);
    assert_true(link_is_known(link_type));
    assert_int_equal(decode(link_type, frame, &decoded), PACKET_UDP);
    assert_int_equal(decoded.segment.packet.flow.source.port, 40000);
    assert_int_equal(decoded.segment.reported, 5);
    assert_int_equal(decoded.segment.captured, 5);
    assert_memory_equal(decoded.segment.bytes, "hello", 5);
}

static void link_each_type_leads_to_ip(void **state) {
    (void)state;
    assert_link(DLT_EN10MB, "020000000001 020000000002 0800", FALSE);
    assert_link(DLT_EN10MB, "020000000001 020000000002 86dd", TRUE);
    assert_link(DLT_LINUX_SLL, "0000 0001 0006 020000000002 0000 0800", FALSE);
    assert_link(DLT_LINUX_SLL, "0000 0001 0006 020000000002 0000 86dd", TRUE);
    assert_link(DLT_LINUX_SLL2, "0800 0000 00000002 0001 00 06 020000000002 0000", FALSE);
    assert_link(DLT_LINUX_SLL2, "86dd 0000 00000002 0001 00 06 020000000002 0000", TRUE);
    assert_link(DLT_RAW, "", FALSE);
    assert_link(DLT_RAW, "", TRUE);
    assert_link(DLT_IPV4, "", FALSE);
    assert_link(DLT_IPV6, "", TRUE);
    assert_link(DLT_NULL, "02000000", FALSE);
    assert_link(DLT_NULL, "00000002", FALSE);
    assert_link(DLT_NULL, "1e000000", TRUE);
    assert_link(DLT_NULL, "0000000a", TRUE);
    assert_link(DLT_LOOP, "00000002", FALSE);
    assert_link(DLT_LOOP, "00000018", TRUE);
}

static void link_vlan_tags_are_skipped(void **state) {
    (void)state;
    assert_link(DLT_EN10MB, "020000000001 020000000002 8100 0064 0800", FALSE);
    assert_link(DLT_EN10MB, "020000000001 020000000002 88a8 0064 8100 0065 0800", FALSE);
    assert_link(DLT_EN10MB, "020000000001 020000000002 9100 0064 8100 0065 86dd", TRUE);
    assert_link(DLT_EN10MB, "020000000001 020000000002 8100 0001 8100 0002 8100 0003 0800", FALSE);
    assert_link(DLT_LINUX_SLL, "0000 0001 0006 020000000002 0000 8100 0064 0800", FALSE);
}

static void link_other_contents_are_left_alone(void **state) {
    static const char *const frames[] = {
        "020000000001 020000000002 0806 0001", "020000000001 020000000002 0026 424203",
        "020000000001 020000000002 8100", "020000000001 020000000002", ""};
    packet decoded = {.segment = {.checksum = 0}};

    (void)state;
    for (gsize i = 0; i < G_N_ELEMENTS(frames); i++) {
        auto_bytes frame = bytes_hex(frames[i]);
        assert_int_equal(decode(DLT_EN10MB, frame, &decoded), PACKET_OTHER);
    }
    assert_false(link_is_known(DLT_IEEE802_11));
}

static void ipv4_options_are_skipped(void **state) {
    auto_bytes hello = bytes_text("hello");
    auto_bytes udp = make_udp(back, hello);
    auto_bytes options = bytes_hex("9404 0000 0101 0100");
    auto_bytes ip = make_ipv4(back, 17, options, udp);
    packet decoded = {.segment = {.checksum = 0}};
    turn_flow flow;

    (void)state;
    assert_int_equal(decode(DLT_RAW, ip, &decoded), PACKET_UDP);
    assert_memory_equal(decoded.segment.bytes, "hello", 5);
    flow = decoded.segment.packet.flow;
    assert_int_equal(flow.transport, TURN_TRANSPORT_UDP);
    assert_int_equal(flow.source.family, STUN_FAMILY_IPV4);
    assert_int_equal(flow.source.port, 3478);
    assert_int_equal(flow.source.bytes[3], 2);
    assert_int_equal(flow.destination.bytes[3], 1);
}

static void ipv6_extension_headers_are_skipped(void **state) {
    /* hop-by-hop, routing, destination options, authentication, a fragment that is whole */
    auto_bytes headers = bytes_hex("2b00 000000000000"
                                   "3c01 000000000000 0000000000000000"
                                   "3300 000000000000"
                                   "2c04 0000 00000001 00000002 000000000000000000000000"
                                   "1100 0000 00000007");
    auto_bytes hello = bytes_text("hello");
    auto_bytes udp = make_udp(forth, hello);
    auto_bytes ip = NULL;
    packet decoded = {.segment = {.checksum = 0}};
    turn_flow flow;

    (void)state;
    put(headers, udp);
    ip = make_ipv6(forth, 0, headers);
    assert_int_equal(decode(DLT_RAW, ip, &decoded), PACKET_UDP);
    assert_memory_equal(decoded.segment.bytes, "hello", 5);
    flow = decoded.segment.packet.flow;
    assert_int_equal(flow.source.family, STUN_FAMILY_IPV6);
    assert_int_equal(flow.source.bytes[15], 1);
    assert_int_equal(flow.destination.bytes[15], 2);
}

static void ip_padding_is_not_payload(void **state) {
    auto_bytes empty = g_byte_array_new();
    auto_bytes frame = make_tcp_frame(forth, (tcp_fields){.flags = TURN_SEGMENT_ACK}, empty);
    auto_bytes padding = bytes_hex("000000000000");
    packet decoded = {.segment = {.checksum = 0}};

    (void)state;
    put(frame, padding);
    assert_int_equal(decode(DLT_EN10MB, frame, &decoded), PACKET_TCP);
    assert_int_equal(decoded.segment.captured, 0);
    assert_int_equal(decoded.segment.reported, 0);
}

static void ip_length_zero_means_end_of_frame(void **state) {
    auto_bytes hello = bytes_text("hello");
    auto_bytes frame = make_tcp_frame(forth, (tcp_fields){.flags = TURN_SEGMENT_ACK}, hello);
    auto_bytes udp = make_udp(forth, hello);
    auto_bytes ipv6 = make_ipv6(forth, 17, udp);
    packet decoded = {.segment = {.checksum = 0}};

    (void)state;
    memset(frame->data + 16, 0, 2);
    assert_int_equal(packet_decode(DLT_EN10MB, frame->data, frame->len - 2, frame->len, &decoded),
                     PACKET_TCP);
    assert_int_equal(decoded.segment.captured, 3);
    assert_int_equal(decoded.segment.reported, 5);
    memset(ipv6->data + 4, 0, 2);
    assert_int_equal(decode(DLT_RAW, ipv6, &decoded), PACKET_UDP);
    assert_int_equal(decoded.segment.reported, 5);
}

static void tcp_fields_are_read(void **state) {
    auto_bytes hello = bytes_text("hello");
    auto_bytes frame = make_tcp_frame(
        back,
        (tcp_fields){.flags = TURN_SEGMENT_ACK | TURN_SEGMENT_FIN, .seq = 0xFFFFFFF0u, .ack = 77},
        hello);
    packet decoded = {.segment = {.checksum = 0}};

    (void)state;
    assert_int_equal(decode(DLT_EN10MB, frame, &decoded), PACKET_TCP);
    assert_int_equal(decoded.segment.seq, 0xFFFFFFF0u);
    assert_int_equal(decoded.segment.ack, 77);
    assert_int_equal(decoded.segment.flags, TURN_SEGMENT_ACK | TURN_SEGMENT_FIN);
    assert_int_equal(decoded.segment.packet.flow.source.port, 3478);
    assert_int_equal(decoded.segment.packet.flow.destination.port, 40000);
    assert_memory_equal(decoded.segment.bytes, "hello", 5);
}

/* Every length at which the snap length may cut a packet: never a byte too far, and what is
 * reported stays the same. */
static void assert_cut_sweep(int link_type, const bytes *frame, gsize payload) {
    packet decoded = {.segment = {.checksum = 0}};

    for (gsize length = 0; length <= frame->len; length++) {
        g_autofree guint8 *exact = g_memdup2(frame->data, length);
        packet_kind kind = packet_decode(link_type, exact, length, frame->len, &decoded);
        turn_icmp_error error = {.version = 0};

        if (kind == PACKET_UDP || kind == PACKET_TCP) {
            assert_int_equal(decoded.segment.reported, payload);
            assert_true(decoded.segment.captured <= payload);
            assert_true(decoded.segment.captured == 0 ||
                        decoded.segment.bytes + decoded.segment.captured <= exact + length);
            turn_segment_identity(&decoded.segment);
        } else if (kind == PACKET_ICMP_ERROR) {
            packet_icmp_error(&decoded, &error);
        }
        assert_int_equal(length == frame->len && kind == PACKET_OTHER, 0);
    }
}

static void packet_cut_anywhere_is_never_overread(void **state) {
    auto_bytes hello = bytes_text("hello");
    auto_bytes udp = make_udp(forth, hello);
    auto_bytes headers = bytes_hex("2b00 000000000000 1100 000000000000");
    auto_bytes udp_frame = make_udp_frame(forth, hello);
    auto_bytes tcp_frame = make_tcp_frame(forth, (tcp_fields){.flags = TURN_SEGMENT_ACK}, hello);
    auto_bytes ipv6 = NULL;
    auto_bytes unreachable = bytes_hex("0303 abcd 00000000");
    auto_bytes quoted = make_ipv4(forth, 17, NULL, udp);
    auto_bytes icmp = NULL;

    (void)state;
    put(headers, udp);
    ipv6 = make_ipv6(forth, 0, headers);
    put(unreachable, quoted);
    icmp = make_ipv4(back, 1, NULL, unreachable);
    assert_cut_sweep(DLT_EN10MB, udp_frame, 5);
    assert_cut_sweep(DLT_EN10MB, tcp_frame, 5);
    assert_cut_sweep(DLT_RAW, ipv6, 5);
    assert_cut_sweep(DLT_RAW, icmp, 0);
}

static void packet_lengths_that_contradict_are_refused(void **state) {
    static const char *const packets[] = {
        "4400 0028 0000 0000 4011 0000 0a000001 0a000002 9c400d96", /* header of 16 bytes */
        "4500 0010 0000 0000 4011 0000 0a000001 0a000002 9c400d96", /* total below the header */
        "4f00 0028 0000 0000 4011 0000 0a000001 0a000002 9c400d96", /* options beyond the end */
        "5500 0028 0000 0000 4011 0000 0a000001 0a000002 9c400d96", /* version 5 */
    };
    packet decoded = {.segment = {.checksum = 0}};

    (void)state;
    for (gsize i = 0; i < G_N_ELEMENTS(packets); i++) {
        auto_bytes frame = bytes_hex(packets[i]);
        assert_int_equal(decode(DLT_RAW, frame, &decoded), PACKET_OTHER);
    }
}

static void udp_length_that_does_not_fit_yields_to_ip(void **state) {
    auto_bytes hello = bytes_text("hello");
    auto_bytes frame = make_udp_frame(forth, hello);
    packet decoded = {.segment = {.checksum = 0}};

    (void)state;
    frame->data[14 + 20 + 4] = 0xFF;
    assert_int_equal(decode(DLT_EN10MB, frame, &decoded), PACKET_UDP);
    assert_int_equal(decoded.segment.reported, 5);
    frame->data[14 + 20 + 4] = 0;
    frame->data[14 + 20 + 5] = 10; /* shorter than IP: the rest is not payload */
    assert_int_equal(decode(DLT_EN10MB, frame, &decoded), PACKET_UDP);
    assert_int_equal(decoded.segment.reported, 2);
}

/* HEADER is type, code, checksum and the field behind it. Only the first 8 bytes of the inner
 * transport are quoted. */
static gboolean decode_icmp(const char *header, gboolean ipv6, guint8 inner, turn_icmp_error *out) {
    auto_bytes icmp = bytes_hex(header);
    auto_bytes hello = bytes_text("hello, hello, hello");
    auto_bytes transport =
        inner == 6 ? make_tcp(forth, (tcp_fields){.seq = 9}, hello) : make_udp(forth, hello);
    auto_bytes quoted =
        ipv6 ? make_ipv6(forth, inner, transport) : make_ipv4(forth, inner, NULL, transport);
    auto_bytes ip = NULL;
    packet decoded = {.segment = {.checksum = 0}};

    g_byte_array_set_size(quoted, (ipv6 ? 40 : 20) + 8);
    put(icmp, quoted);
    ip = ipv6 ? make_ipv6(back, 58, icmp) : make_ipv4(back, 1, NULL, icmp);
    return decode(DLT_RAW, ip, &decoded) == PACKET_ICMP_ERROR && packet_icmp_error(&decoded, out);
}

static void icmp_error_names_the_quoted_packet(void **state) {
    turn_icmp_error error = {.version = 0};

    (void)state;
    assert_true(decode_icmp("0303 abcd 00000000", FALSE, 17, &error));
    assert_int_equal(error.version, 4);
    assert_int_equal(error.type, 3);
    assert_int_equal(error.code, 3);
    assert_int_equal(error.about.transport, TURN_TRANSPORT_UDP);
    assert_int_equal(error.about.source.port, 40000);
    assert_int_equal(error.about.destination.port, 3478);
    assert_true(decode_icmp("0b00 abcd 00000000", FALSE, 6, &error));
    assert_int_equal(error.about.transport, TURN_TRANSPORT_TCP);
    assert_true(decode_icmp("0c00 abcd 00000000", FALSE, 17, &error));
    assert_true(decode_icmp("0104 abcd 00000000", TRUE, 17, &error));
    assert_int_equal(error.version, 6);
    assert_int_equal(error.code, 4);
    assert_true(decode_icmp("0200 abcd 00000500", TRUE, 17, &error));
    assert_true(decode_icmp("0300 abcd 00000000", TRUE, 6, &error));
    assert_true(decode_icmp("0400 abcd 00000000", TRUE, 17, &error));
}

static void icmp_that_is_no_error_is_left_alone(void **state) {
    turn_icmp_error error = {.version = 0};

    (void)state;
    assert_false(decode_icmp("0800 abcd 00000000", FALSE, 17, &error));
    assert_false(decode_icmp("0500 abcd 00000000", FALSE, 17, &error));
    assert_false(decode_icmp("8000 abcd 00000000", TRUE, 17, &error));
    assert_false(decode_icmp("0303 abcd 00000000", FALSE, 1, &error));
}

static guint64 identity_of(const bytes *frame) {
    packet decoded = {.segment = {.checksum = 0}};

    assert_int_not_equal(decode(DLT_EN10MB, frame, &decoded), PACKET_OTHER);
    return turn_segment_identity(&decoded.segment);
}

static void packets_without_an_ip_id_are_known_as_such(void **state) {
    (void)state;
    turn_segment segment = {.packet = {.flow = {.transport = TURN_TRANSPORT_UDP}}};
    turn_packet seen = {.frame = 1};

    turn_segment_identify(&segment, &seen);
    assert_true(seen.unnumbered);
    assert_true(seen.identity == turn_segment_identity(&segment));
    segment.ip_id = 7;
    turn_segment_identify(&segment, &seen);
    assert_false(seen.unnumbered);
}

static void identity_survives_routers_and_tells_packets_apart(void **state) {
    auto_bytes hello = bytes_text("hello");
    auto_bytes one =
        make_tcp_frame(forth, (tcp_fields){.flags = TURN_SEGMENT_ACK, .seq = 1}, hello);
    auto_bytes two =
        make_tcp_frame(forth, (tcp_fields){.flags = TURN_SEGMENT_ACK, .seq = 2}, hello);
    guint64 identity = identity_of(one);

    (void)state;
    assert_true(identity != 0);
    assert_true(identity != identity_of(two));
    one->data[0] = 0x66;       /* MAC */
    one->data[14 + 8] = 3;     /* TTL */
    one->data[14 + 11] = 0x77; /* header checksum */
    assert_true(identity == identity_of(one));
    one->data[14 + 5] ^= 1; /* IP id */
    assert_true(identity != identity_of(one));
    one->data[14 + 5] ^= 1;
    one->data[14 + 20 + 16] ^= 1; /* TCP checksum */
    assert_true(identity != identity_of(one));
}

/* What an offloading sender that leaves the IP id at 0 sends: the headers of all are the same. */
static guint64 identity_of_udp(gsize length, gsize changed) {
    auto_bytes payload = bytes_counting(length, 1);
    auto_bytes frame = NULL;

    if (changed < length) {
        payload->data[changed] ^= 1;
    }
    frame = make_udp_frame(forth, payload);
    memset(frame->data + 14 + 4, 0, 2);
    return identity_of(frame);
}

static void identity_tells_udp_apart_by_payload_alone(void **state) {
    static const struct {
        const char *name;
        gsize length;
        gsize changed;
    } rows[] = {
        {"first byte", 100, 0},
        {"transaction id", 100, 8},
        {"sequence number of RTP in a channel", 100, 7},
        {"last byte that counts", 100, 15},
        {"last byte of a short one", 13, 12},
        {"the only byte", 1, 0},
    };

    (void)state;
    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        guint64 one = identity_of_udp(rows[i].length, rows[i].length);

        if (one == identity_of_udp(rows[i].length, rows[i].changed)) {
            fail_msg("%s", rows[i].name);
        }
        assert_true(one == identity_of_udp(rows[i].length, rows[i].length));
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(link_each_type_leads_to_ip),
        cmocka_unit_test(link_vlan_tags_are_skipped),
        cmocka_unit_test(link_other_contents_are_left_alone),
        cmocka_unit_test(ipv4_options_are_skipped),
        cmocka_unit_test(ipv6_extension_headers_are_skipped),
        cmocka_unit_test(ip_padding_is_not_payload),
        cmocka_unit_test(ip_length_zero_means_end_of_frame),
        cmocka_unit_test(tcp_fields_are_read),
        cmocka_unit_test(packet_cut_anywhere_is_never_overread),
        cmocka_unit_test(packet_lengths_that_contradict_are_refused),
        cmocka_unit_test(udp_length_that_does_not_fit_yields_to_ip),
        cmocka_unit_test(icmp_error_names_the_quoted_packet),
        cmocka_unit_test(icmp_that_is_no_error_is_left_alone),
        cmocka_unit_test(packets_without_an_ip_id_are_known_as_such),
        cmocka_unit_test(identity_survives_routers_and_tells_packets_apart),
        cmocka_unit_test(identity_tells_udp_apart_by_payload_alone),
    };

    return cmocka_run_group_tests_name("packet", tests, NULL, NULL);
}
