/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "analyzer/capture.h"
#include "support/packets.h"
#include <archive.h>
#include <archive_entry.h>
#include <glib/gstdio.h>
#include <pcap/dlt.h>
#include <string.h>
#include <unistd.h>

#define SECOND G_GINT64_CONSTANT(1000000000)

static const ends forth = {.to_client = FALSE, .client_port = 40000, .server_port = 3478};

typedef struct memory {
    const bytes *content;
    gsize at;
} memory;

static gssize memory_read(gpointer context, guint8 *buffer, gsize size) {
    memory *self = context;
    gsize length = MIN(size, self->content->len - self->at);

    if (length > 0) {
        memcpy(buffer, self->content->data + self->at, length);
        self->at += length;
    }
    return (gssize)length;
}

static gssize memory_fail(gpointer context, guint8 *buffer, gsize size) {
    gssize got = memory_read(context, buffer, MIN(size, 5000));

    return got > 0 ? got : -1;
}

static capture *open_with(const bytes *content, source_read read, GError **error) {
    memory *context = g_new0(memory, 1);
    source *made;

    context->content = content;
    made = source_open_callback("calls.pcap", read, context, g_free, error);
    return made != NULL ? capture_open_source("calls.pcap", made, error) : NULL;
}

static capture *open_bytes(const bytes *content, GError **error) {
    return open_with(content, memory_read, error);
}

/* Frames 1 to COUNT of 5, 6, 7 ... payload bytes. */
static bytes *pcap_with(guint count) {
    bytes *file = make_pcap(1);

    for (guint i = 0; i < count; i++) {
        auto_bytes payload = bytes_counting(5 + i, 0);
        auto_bytes frame = make_udp_frame(forth, payload);

        put_record(file, 1000 + i, 250000, frame->len + (i == 1 ? 10 : 0), frame);
    }
    return file;
}

static guint read_all(capture *from, GError **error) {
    capture_packet packet;
    guint count = 0;

    while (capture_next(from, &packet, error) == CAPTURE_PACKET) {
        count++;
        assert_int_equal(packet.frame, capture_get_info(from)->packets);
    }
    assert_int_equal(capture_next(from, &packet, NULL), CAPTURE_END);
    return count;
}

static void capture_pcap_yields_its_packets(void **state) {
    auto_bytes file = pcap_with(3);
    g_autoptr(GError) error = NULL;
    g_autoptr(capture) opened = open_bytes(file, &error);
    const capture_info *info = capture_get_info(opened);
    capture_packet packet;

    (void)state;
    assert_non_null(opened);
    assert_int_equal(capture_next(opened, &packet, &error), CAPTURE_PACKET);
    assert_int_equal(capture_offset(opened), 24);
    assert_true(packet.time == 1000 * SECOND + SECOND / 4);
    assert_int_equal(packet.captured, 14 + 20 + 8 + 5);
    assert_int_equal(capture_next(opened, &packet, &error), CAPTURE_PACKET);
    assert_int_equal(capture_offset(opened), 24 + 16 + 47);
    assert_int_equal(packet.reported, packet.captured + 10);
    assert_int_equal(capture_next(opened, &packet, &error), CAPTURE_PACKET);
    assert_int_equal(capture_next(opened, &packet, &error), CAPTURE_END);
    assert_string_equal(info->format, "pcap, microseconds");
    assert_string_equal(info->link_name, "EN10MB");
    assert_null(info->compression);
    assert_int_equal(info->link_type, DLT_EN10MB);
    assert_int_equal(info->snap_length, 262144);
    assert_int_equal(info->packets, 3);
    assert_int_equal(info->packets_cut, 1);
    assert_int_equal(info->bytes, 47 + 48 + 10 + 49);
    assert_true(info->first == 1000 * SECOND + SECOND / 4);
    assert_true(info->last == 1002 * SECOND + SECOND / 4);
}

static void capture_pcap_variants_are_told_apart(void **state) {
    static const struct {
        guint32 magic;
        const char *format;
        gint64 time;
    } variants[] = {{0xA1B2C3D4u, "pcap, microseconds", SECOND + 7000},
                    {0xA1B23C4Du, "pcap, nanoseconds", SECOND + 7}};

    (void)state;
    for (gsize i = 0; i < G_N_ELEMENTS(variants); i++) {
        auto_bytes file = g_byte_array_new();
        g_autoptr(capture) opened = NULL;
        capture_packet packet;

        put_u32(file, variants[i].magic); /* big-endian, unlike the builder's files */
        put_u32(file, 0x00020004u);
        put_u32(file, 0);
        put_u32(file, 0);
        put_u32(file, 65535);
        put_u32(file, 101); /* LINKTYPE_RAW */
        put_u32(file, 1);
        put_u32(file, 7);
        put_u32(file, 4);
        put_u32(file, 4);
        put_u32(file, 0x45000004u);
        opened = open_bytes(file, NULL);
        assert_non_null(opened);
        assert_string_equal(capture_get_info(opened)->format, variants[i].format);
        assert_int_equal(capture_get_info(opened)->nanoseconds, i == 1);
        assert_int_equal(capture_get_info(opened)->link_type, DLT_RAW);
        assert_int_equal(capture_next(opened, &packet, NULL), CAPTURE_PACKET);
        assert_true(packet.time == variants[i].time);
    }
}

static void capture_pcapng_is_read_at_its_resolution(void **state) {
    static const struct {
        guint8 resolution;
        const char *format;
        gint64 time;
    } variants[] = {{0, "pcapng, microseconds", 5 * SECOND + 3000},
                    {9, "pcapng, nanoseconds", 5000003},
                    {3, "pcapng, milliseconds", 5000 * SECOND + 3 * SECOND / 1000}};
    auto_bytes hello = bytes_text("hello");
    auto_bytes frame = make_udp_frame(forth, hello);

    (void)state;
    for (gsize i = 0; i < G_N_ELEMENTS(variants); i++) {
        auto_bytes file = make_pcapng();
        g_autoptr(capture) opened = NULL;
        capture_packet packet;

        put_interface(file, 1, variants[i].resolution);
        put_interface(file, 1, variants[i].resolution);
        put_enhanced(file, 0, 5000003, frame->len, frame);
        put_enhanced(file, 1, 5000003, frame->len, frame);
        opened = open_bytes(file, NULL);
        assert_non_null(opened);
        assert_string_equal(capture_get_info(opened)->format, variants[i].format);
        assert_int_equal(capture_next(opened, &packet, NULL), CAPTURE_PACKET);
        assert_true(packet.time == variants[i].time);
        assert_int_equal(read_all(opened, NULL), 1);
    }
}

/* A damaged time stamp: differences of two times must still fit into 64 bits, in nanoseconds. */
static void capture_time_is_kept_where_sums_fit(void **state) {
    auto_bytes hello = bytes_text("hello");
    auto_bytes frame = make_udp_frame(forth, hello);
    auto_bytes file = make_pcapng();
    g_autoptr(capture) opened = NULL;
    capture_packet packet;

    (void)state;
    put_interface(file, 1, 0);
    put_enhanced(file, 0, G_MAXINT64, frame->len, frame);
    opened = open_bytes(file, NULL);
    assert_non_null(opened);
    assert_int_equal(capture_next(opened, &packet, NULL), CAPTURE_PACKET);
    assert_true(packet.time >= 0 && packet.time <= G_MAXINT64 / 2);
}

static bytes *compress(const bytes *file, int filter) {
    struct archive *archive = archive_write_new();
    struct archive_entry *entry = archive_entry_new();
    bytes *packed = g_byte_array_new();
    gsize used = 0;

    g_byte_array_set_size(packed, 100000);
    archive_write_add_filter(archive, filter);
    archive_write_set_format_raw(archive);
    archive_write_open_memory(archive, packed->data, packed->len, &used);
    archive_entry_set_filetype(entry, AE_IFREG);
    archive_write_header(archive, entry);
    archive_write_data(archive, file->data, file->len);
    archive_entry_free(entry);
    archive_write_close(archive);
    archive_write_free(archive);
    g_byte_array_set_size(packed, (guint)used);
    return packed;
}

static void capture_compressed_is_read(void **state) {
    static const struct {
        int filter;
        const char *name;
    } filters[] = {{ARCHIVE_FILTER_GZIP, "gzip"},
                   {ARCHIVE_FILTER_XZ, "xz"},
                   {ARCHIVE_FILTER_ZSTD, "zstd"},
                   {ARCHIVE_FILTER_BZIP2, "bzip2"}};
    auto_bytes file = pcap_with(20);

    (void)state;
    for (gsize i = 0; i < G_N_ELEMENTS(filters); i++) {
        auto_bytes packed = compress(file, filters[i].filter);
        g_autoptr(GError) error = NULL;
        g_autoptr(capture) opened = open_bytes(packed, &error);

        assert_non_null(opened);
        assert_string_equal(capture_get_info(opened)->compression, filters[i].name);
        assert_int_equal(read_all(opened, &error), 20);
        assert_null(error);
    }
}

/* Opens and reads CONTENT; the first error must have CODE and TEXT. */
static void assert_fails(const bytes *content, source_read read, int code, const char *text) {
    g_autoptr(GError) error = NULL;
    g_autoptr(capture) opened = open_with(content, read, &error);

    if (opened != NULL) {
        read_all(opened, &error);
    }
    assert_true(g_error_matches(error, CAPTURE_ERROR, code));
    assert_string_equal(error->message, text);
}

static void capture_empty_and_foreign_files_are_refused(void **state) {
    auto_bytes empty = g_byte_array_new();
    auto_bytes text = bytes_text("#!/bin/sh\n");
    auto_bytes sections = make_pcapng();

    (void)state;
    assert_fails(empty, memory_read, CAPTURE_ERROR_EMPTY,
                 "calls.pcap: the file is empty (0 bytes). Was the capture copied before it was "
                 "stopped?");
    assert_fails(text, memory_read, CAPTURE_ERROR_NOT_A_CAPTURE,
                 "calls.pcap: not a capture: it begins with 23 21 2f 62 69 6e 2f 73 (byte 0), and "
                 "neither pcap nor pcapng does. Give a file that tcpdump, Wireshark or the "
                 "Expressway wrote.");
    assert_fails(sections, memory_read, CAPTURE_ERROR_EMPTY,
                 "calls.pcap: a pcapng file without an interface and without packets (it ends at "
                 "byte 28). Take the capture again.");
}

static void capture_unknown_link_types_are_named(void **state) {
    auto_bytes wireless = make_pcap(105);
    auto_bytes mixed = make_pcapng();
    auto_bytes hello = bytes_text("hello");
    auto_bytes frame = make_udp_frame(forth, hello);

    (void)state;
    assert_fails(wireless, memory_read, CAPTURE_ERROR_LINK_TYPE,
                 "calls.pcap: link type IEEE802_11 (802.11, DLT 105; at byte 20) cannot be read. "
                 "Capture on an Ethernet, loopback or tunnel interface, or on \"any\".");
    put_interface(mixed, 1, 0);
    put_enhanced(mixed, 0, 1, frame->len, frame);
    put_interface(mixed, 113, 0);
    put_enhanced(mixed, 1, 1, frame->len, frame);
    assert_fails(mixed, memory_read, CAPTURE_ERROR_LINK_TYPE,
                 "calls.pcap: its interfaces have different link types, which libpcap does not "
                 "read in one file (byte 128, 1 packets were read). Write one file for each: "
                 "tshark -r IN -Y frame.interface_id==0 -w OUT.");
}

/* The first section is little-endian. */
static void capture_of_two_byte_orders_is_told(void **state) {
    static const guint8 other[] = {0x0A, 0x0D, 0x0D, 0x0A, 0x00, 0x00, 0x00, 0x1C, 0x1A, 0x2B,
                                   0x3C, 0x4D, 0x00, 0x01, 0x00, 0x00, 0xFF, 0xFF, 0xFF, 0xFF,
                                   0xFF, 0xFF, 0xFF, 0xFF, 0x00, 0x00, 0x00, 0x1C};
    auto_bytes file = make_pcapng();
    auto_bytes hello = bytes_text("hello");
    auto_bytes frame = make_udp_frame(forth, hello);

    (void)state;
    put_interface(file, 1, 0);
    put_enhanced(file, 0, 1, frame->len, frame);
    g_byte_array_append(file, other, sizeof other);
    assert_fails(file, memory_read, CAPTURE_ERROR_LINK_TYPE,
                 "calls.pcap: its sections have different byte orders, which libpcap does not read "
                 "in one file (byte 128, 1 packets were read). Write it anew: tshark -r IN -w "
                 "OUT.");
}

/* The second of two packets begins at byte 87; it is cut at every length. */
static void capture_cut_file_says_where(void **state) {
    auto_bytes whole = pcap_with(2);

    (void)state;
    for (guint length = 88; length < whole->len; length++) {
        auto_bytes cut = g_byte_array_append(g_byte_array_new(), whole->data, length);

        assert_fails(cut, memory_read, CAPTURE_ERROR_CUT,
                     "calls.pcap: the file ends in the middle of packet 2 (byte 87). Everything "
                     "before it was read.");
    }
    for (guint length = 4; length < 24; length++) {
        auto_bytes cut = g_byte_array_append(g_byte_array_new(), whole->data, length);
        g_autoptr(GError) error = NULL;

        assert_null(open_bytes(cut, &error));
        assert_true(g_error_matches(error, CAPTURE_ERROR, CAPTURE_ERROR_CUT));
    }
}

static void capture_cut_pcapng_says_where(void **state) {
    auto_bytes whole = make_pcapng();
    auto_bytes hello = bytes_text("hello");
    auto_bytes frame = make_udp_frame(forth, hello);
    guint second;

    (void)state;
    put_interface(whole, 1, 9);
    put_enhanced(whole, 0, 1, frame->len, frame);
    second = whole->len;
    put_enhanced(whole, 0, 2, frame->len, frame);
    for (guint length = second + 1; length < whole->len; length++) {
        auto_bytes cut = g_byte_array_append(g_byte_array_new(), whole->data, length);

        assert_fails(cut, memory_read, CAPTURE_ERROR_CUT,
                     "calls.pcap: the file ends in the middle of packet 2 (byte 140). Everything "
                     "before it was read.");
    }
}

/* libpcap's own words follow, and change from one version to the next. */
static void capture_damaged_file_says_where(void **state) {
    auto_bytes file = pcap_with(3);
    auto_bytes packed = NULL;

    (void)state;
    memset(file->data + 87 + 8, 0xFF, 4); /* captured length of the second record */
    packed = compress(file, ARCHIVE_FILTER_GZIP);
    for (int i = 0; i < 2; i++) {
        static const char *const begins[] = {
            "calls.pcap: packet 2 is damaged (byte 87): ",
            "calls.pcap: packet 2 is damaged (byte 87 of the decompressed data): "};
        g_autoptr(GError) error = NULL;
        g_autoptr(capture) opened = open_bytes(i == 0 ? file : packed, NULL);

        assert_int_equal(read_all(opened, &error), 1);
        assert_true(g_error_matches(error, CAPTURE_ERROR, CAPTURE_ERROR_DAMAGED));
        assert_true(g_str_has_prefix(error->message, begins[i]));
    }
}

/* The block in which the decompressor stops is lost, so the file must have several. */
static void capture_cut_compression_keeps_what_came_before(void **state) {
    auto_bytes file = pcap_with(1500);
    auto_bytes packed = compress(file, ARCHIVE_FILTER_GZIP);
    g_autoptr(GError) error = NULL;
    g_autoptr(capture) opened = NULL;
    guint count;

    (void)state;
    g_byte_array_set_size(packed, packed->len / 2);
    opened = open_bytes(packed, &error);
    assert_non_null(opened);
    count = read_all(opened, &error);
    assert_true(count > 0 && count < 1500);
    assert_true(g_error_matches(error, CAPTURE_ERROR, CAPTURE_ERROR_DAMAGED));
    assert_non_null(strstr(error->message, "gzip data ends or is damaged in packet"));
}

static void capture_unreadable_source_is_an_error(void **state) {
    auto_bytes file = pcap_with(300);
    g_autoptr(GError) error = NULL;
    g_autoptr(capture) opened = open_with(file, memory_fail, &error);

    (void)state;
    assert_non_null(opened);
    read_all(opened, &error);
    assert_true(g_error_matches(error, CAPTURE_ERROR, CAPTURE_ERROR_DAMAGED));
}

static void capture_path_is_read_and_missing_path_refused(void **state) {
    auto_bytes file = pcap_with(3);
    auto_bytes packed = compress(file, ARCHIVE_FILTER_GZIP);
    g_autoptr(GError) error = NULL;
    g_autofree char *path = NULL;
    int fd = g_file_open_tmp("capture-XXXXXX", &path, NULL);

    (void)state;
    close(fd);
    for (int i = 0; i < 2; i++) {
        const bytes *content = i == 0 ? file : packed;
        g_autoptr(capture) opened = NULL;

        assert_true(g_file_set_contents(path, (const char *)content->data, content->len, NULL));
        opened = capture_open(path, &error);
        assert_non_null(opened);
        assert_string_equal(capture_get_info(opened)->name, path);
        assert_int_equal(read_all(opened, &error), 3);
    }
    assert_true(g_file_set_contents(path, "", 0, NULL));
    assert_null(capture_open(path, &error));
    assert_true(g_error_matches(error, CAPTURE_ERROR, CAPTURE_ERROR_EMPTY));
    g_clear_error(&error);
    g_unlink(path);
    assert_null(capture_open(path, &error));
    assert_true(g_error_matches(error, CAPTURE_ERROR, CAPTURE_ERROR_OPEN));
}

static void capture_probe_takes_no_packet_away(void **state) {
    auto_bytes file = pcap_with(3);
    g_autoptr(GError) error = NULL;
    g_autoptr(capture) opened = open_bytes(file, &error);
    capture_packet packet;

    (void)state;
    assert_true(capture_probe(opened, &error));
    assert_int_equal(capture_next(opened, &packet, &error), CAPTURE_PACKET);
    assert_int_equal(packet.frame, 1);
    assert_int_equal(packet.bytes[14], 0x45);
    assert_int_equal(capture_offset(opened), 24);
    assert_int_equal(read_all(opened, &error), 2);
    assert_null(error);
}

static void capture_probe_tells_unreadable_from_empty(void **state) {
    static const struct {
        const char *name;
        guint packets;
        guint cut;
        gboolean readable;
    } rows[] = {
        {"no packets", 0, 0, TRUE},
        {"cut in the only packet", 1, 1, FALSE},
        {"cut in its header", 1, 50, FALSE},
        {"cut in the second packet", 2, 1, TRUE},
    };

    (void)state;
    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        auto_bytes file = pcap_with(rows[i].packets);
        g_autoptr(GError) error = NULL;
        g_autoptr(capture) opened = NULL;

        g_byte_array_set_size(file, file->len - rows[i].cut);
        opened = open_bytes(file, &error);
        assert_non_null(opened);
        if (capture_probe(opened, &error) != rows[i].readable ||
            (error == NULL) != rows[i].readable) {
            fail_msg("%s", rows[i].name);
        }
    }
}

static void blank(gpointer data, capture_packet *packet) {
    static const guint8 nothing[4];

    *(guint *)data += packet->frame;
    packet->bytes = nothing;
    packet->captured = sizeof nothing;
}

static void capture_filter_changes_each_packet_once(void **state) {
    auto_bytes file = pcap_with(3);
    g_autoptr(GError) error = NULL;
    g_autoptr(capture) self = open_bytes(file, &error);
    capture_packet packet;
    guint frames = 0;

    (void)state;
    assert_non_null(self);
    capture_set_filter(self, blank, &frames);
    assert_true(capture_probe(self, &error));
    for (guint i = 1; i <= 3; i++) {
        assert_int_equal(capture_next(self, &packet, &error), CAPTURE_PACKET);
        assert_int_equal(packet.frame, i);
        assert_int_equal(packet.captured, 4);
        assert_int_equal(packet.bytes[3], 0);
    }
    assert_int_equal(capture_next(self, &packet, &error), CAPTURE_END);
    assert_int_equal(frames, 6);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(capture_pcap_yields_its_packets),
        cmocka_unit_test(capture_pcap_variants_are_told_apart),
        cmocka_unit_test(capture_pcapng_is_read_at_its_resolution),
        cmocka_unit_test(capture_time_is_kept_where_sums_fit),
        cmocka_unit_test(capture_compressed_is_read),
        cmocka_unit_test(capture_empty_and_foreign_files_are_refused),
        cmocka_unit_test(capture_unknown_link_types_are_named),
        cmocka_unit_test(capture_cut_file_says_where),
        cmocka_unit_test(capture_of_two_byte_orders_is_told),
        cmocka_unit_test(capture_cut_pcapng_says_where),
        cmocka_unit_test(capture_damaged_file_says_where),
        cmocka_unit_test(capture_cut_compression_keeps_what_came_before),
        cmocka_unit_test(capture_unreadable_source_is_an_error),
        cmocka_unit_test(capture_path_is_read_and_missing_path_refused),
        cmocka_unit_test(capture_probe_takes_no_packet_away),
        cmocka_unit_test(capture_probe_tells_unreadable_from_empty),
        cmocka_unit_test(capture_filter_changes_each_packet_once),
    };

    return cmocka_run_group_tests_name("capture", tests, NULL, NULL);
}
