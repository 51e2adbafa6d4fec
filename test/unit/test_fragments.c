/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "analyzer/fragments.h"
#include "analyzer/packet.h"
#include "support/packets.h"
#include <pcap/dlt.h>
#include <string.h>

#define SECOND G_GINT64_CONSTANT(1000000000)

static const ends forth = {.to_client = FALSE, .client_port = 40000, .server_port = 3478};

/* A datagram of 8 + 92 bytes in pieces of 40, 40 and 20. */
static const struct {
    guint offset;
    guint length;
} parts[] = {{0, 40}, {40, 40}, {80, 20}};

static int setup(void **state) {
    *state = fragments_new();
    return 0;
}

static int teardown(void **state) {
    fragments_free(*state);
    return 0;
}

static bytes *slice(const bytes *whole, guint offset, guint length) {
    return g_byte_array_append(g_byte_array_new(), whole->data + offset, length);
}

typedef struct part {
    gboolean ipv6;
    guint offset;
    guint length;
    guint cut; /* bytes at its end that are not captured */
    guint seconds;
} part;

/* Adds a part of WHOLE. TRUE, and OUT is decoded, when that completes it. */
static gboolean add(fragments *table, const bytes *whole, part added, packet *out) {
    auto_bytes payload = slice(whole, added.offset, added.length);
    gboolean more = added.offset + added.length < whole->len;
    auto_bytes behind = make_ipv6_fragment(17, 7, added.offset, more, payload);
    auto_bytes ip = added.ipv6 ? make_ipv6(forth, 44, behind)
                               : make_ipv4_fragment(forth, 17, 7, added.offset, more, payload);
    g_autofree guint8 *exact = g_memdup2(ip->data, ip->len - added.cut);
    ip_datagram complete;

    memset(out, 0, sizeof *out);
    assert_int_equal(packet_decode(DLT_RAW, exact, ip->len - added.cut, ip->len, out),
                     PACKET_FRAGMENT);
    if (!fragments_add(table, &out->ip, (1 + added.seconds) * SECOND, &complete)) {
        return FALSE;
    }
    out->ip = complete;
    assert_int_equal(packet_decode_datagram(out), PACKET_UDP);
    return TRUE;
}

static void assert_order(fragments *table, gboolean ipv6, const guint order[3]) {
    auto_bytes payload = bytes_counting(92, 1);
    auto_bytes whole = make_udp(forth, payload);
    packet out = {.segment = {.checksum = 0}};

    for (guint i = 0; i < 3; i++) {
        part added = {
            .ipv6 = ipv6, .offset = parts[order[i]].offset, .length = parts[order[i]].length};

        assert_int_equal(add(table, whole, added, &out), i == 2);
    }
    assert_int_equal(out.segment.captured, 92);
    assert_int_equal(out.segment.reported, 92);
    assert_int_equal(out.segment.packet.flow.source.port, 40000);
    assert_memory_equal(out.segment.bytes, payload->data, 92);
    assert_int_equal(fragments_memory(table), 0);
    assert_int_equal(fragments_lost(table), 0);
}

static void fragments_in_any_order_make_the_datagram(void **state) {
    static const guint orders[][3] = {{0, 1, 2}, {0, 2, 1}, {1, 0, 2},
                                      {1, 2, 0}, {2, 0, 1}, {2, 1, 0}};

    for (gsize i = 0; i < G_N_ELEMENTS(orders); i++) {
        assert_order(*state, FALSE, orders[i]);
        assert_order(*state, TRUE, orders[i]);
    }
}

static void fragments_doubled_count_once(void **state) {
    auto_bytes payload = bytes_counting(92, 1);
    auto_bytes whole = make_udp(forth, payload);
    packet out = {.segment = {.checksum = 0}};

    assert_false(add(*state, whole, (part){.offset = 0, .length = 40}, &out));
    assert_false(add(*state, whole, (part){.offset = 0, .length = 40}, &out));
    assert_false(add(*state, whole, (part){.offset = 80, .length = 20}, &out));
    assert_false(add(*state, whole, (part){.offset = 80, .length = 20}, &out));
    assert_true(add(*state, whole, (part){.offset = 40, .length = 40}, &out));
    assert_memory_equal(out.segment.bytes, payload->data, 92);
}

static void fragments_that_overlap_keep_the_first_bytes(void **state) {
    auto_bytes payload = bytes_counting(92, 1);
    auto_bytes whole = make_udp(forth, payload);
    auto_bytes other = make_udp(forth, payload);
    packet out = {.segment = {.checksum = 0}};

    memset(other->data + 8, 0xEE, 92);
    assert_false(add(*state, whole, (part){.offset = 40, .length = 16}, &out));
    assert_false(add(*state, whole, (part){.offset = 80, .length = 20}, &out));
    assert_true(add(*state, other, (part){.offset = 0, .length = 88}, &out));
    assert_int_equal(out.segment.bytes[31], 0xEE);
    assert_memory_equal(out.segment.bytes + 32, payload->data + 32, 16);
    assert_int_equal(out.segment.bytes[48], 0xEE);
    assert_int_equal(out.segment.bytes[71], 0xEE);
    assert_memory_equal(out.segment.bytes + 72, payload->data + 72, 20);
}

static void fragments_cut_by_snap_length_end_the_captured_bytes(void **state) {
    auto_bytes payload = bytes_counting(92, 1);
    auto_bytes whole = make_udp(forth, payload);
    packet out = {.segment = {.checksum = 0}};

    assert_false(add(*state, whole, (part){.ipv6 = TRUE, .offset = 80, .length = 20}, &out));
    assert_false(add(*state, whole, (part){.ipv6 = TRUE, .offset = 0, .length = 40}, &out));
    assert_true(
        add(*state, whole, (part){.ipv6 = TRUE, .offset = 40, .length = 40, .cut = 30}, &out));
    assert_int_equal(out.segment.reported, 92);
    assert_int_equal(out.segment.captured, 42);
    assert_memory_equal(out.segment.bytes, payload->data, 42);
}

static void fragments_too_old_are_given_up(void **state) {
    auto_bytes payload = bytes_counting(92, 1);
    auto_bytes whole = make_udp(forth, payload);
    packet out = {.segment = {.checksum = 0}};

    assert_false(add(*state, whole, (part){.offset = 0, .length = 40}, &out));
    assert_false(add(*state, whole, (part){.offset = 40, .length = 40, .seconds = 31}, &out));
    assert_int_equal(fragments_lost(*state), 2);
    assert_false(add(*state, whole, (part){.offset = 80, .length = 20, .seconds = 32}, &out));
    assert_int_equal(fragments_lost(*state), 2);
}

static void fragments_of_different_ids_and_versions_stay_apart(void **state) {
    auto_bytes payload = bytes_counting(92, 1);
    auto_bytes whole = make_udp(forth, payload);
    packet out = {.segment = {.checksum = 0}};

    assert_false(add(*state, whole, (part){.offset = 0, .length = 40}, &out));
    assert_false(add(*state, whole, (part){.ipv6 = TRUE, .offset = 40, .length = 40}, &out));
    assert_false(add(*state, whole, (part){.offset = 80, .length = 20}, &out));
    assert_int_equal(fragments_lost(*state), 2);
}

static ip_datagram hostile(guint32 id, guint32 offset, const guint8 *payload, gsize length) {
    static const guint8 addresses[8] = {10, 0, 0, 1, 10, 0, 0, 2};

    return (ip_datagram){.version = 4,
                         .protocol = 17,
                         .fragment = TRUE,
                         .more = TRUE,
                         .offset = offset,
                         .id = id,
                         .addresses = addresses,
                         .payload = payload,
                         .captured = length,
                         .reported = length};
}

static void fragments_memory_stays_below_its_limit(void **state) {
    auto_bytes payload = bytes_counting(1400, 0);
    ip_datagram whole;

    for (guint32 id = 0; id < 20000; id++) {
        ip_datagram fragment = hostile(id, 0, payload->data, payload->len);

        assert_false(fragments_add(*state, &fragment, SECOND, &whole));
        assert_true(fragments_memory(*state) <= FRAGMENTS_MEMORY);
    }
    assert_int_equal(fragments_lost(*state), 20000);
    for (guint32 at = 0; at < 8000; at++) {
        ip_datagram fragment = hostile(1, at * 16 % 60000, payload->data, 8);

        assert_false(fragments_add(*state, &fragment, SECOND, &whole));
    }
}

static void fragments_beyond_the_largest_datagram_are_refused(void **state) {
    auto_bytes payload = bytes_counting(1400, 0);
    ip_datagram fragment = hostile(1, 65528, payload->data, 1400);
    ip_datagram odd = hostile(1, 8, payload->data, 13);
    ip_datagram whole;

    assert_false(fragments_add(*state, &fragment, SECOND, &whole));
    assert_false(fragments_add(*state, &odd, SECOND, &whole));
    assert_int_equal(fragments_memory(*state), 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(fragments_in_any_order_make_the_datagram, setup, teardown),
        cmocka_unit_test_setup_teardown(fragments_doubled_count_once, setup, teardown),
        cmocka_unit_test_setup_teardown(fragments_that_overlap_keep_the_first_bytes, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(fragments_cut_by_snap_length_end_the_captured_bytes, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(fragments_too_old_are_given_up, setup, teardown),
        cmocka_unit_test_setup_teardown(fragments_of_different_ids_and_versions_stay_apart, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(fragments_memory_stays_below_its_limit, setup, teardown),
        cmocka_unit_test_setup_teardown(fragments_beyond_the_largest_datagram_are_refused, setup,
                                        teardown),
    };

    return cmocka_run_group_tests_name("fragments", tests, NULL, NULL);
}
