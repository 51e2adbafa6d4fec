/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "support/packets.h"

#include <string.h>

void put_u8(bytes *to, guint value) {
    guint8 byte = (guint8)value;

    g_byte_array_append(to, &byte, 1);
}

void put_u16(bytes *to, guint value) {
    put_u8(to, value >> 8);
    put_u8(to, value & 0xFF);
}

void put_u32(bytes *to, guint32 value) {
    put_u16(to, value >> 16);
    put_u16(to, value & 0xFFFF);
}

static void put_le16(bytes *to, guint value) {
    put_u8(to, value & 0xFF);
    put_u8(to, value >> 8);
}

static void put_le32(bytes *to, guint32 value) {
    put_le16(to, value & 0xFFFF);
    put_le16(to, value >> 16);
}

void put(bytes *to, const bytes *more) {
    g_byte_array_append(to, more->data, more->len);
}

static void put_zeros(bytes *to, gsize count) {
    for (gsize i = 0; i < count; i++) {
        put_u8(to, 0);
    }
}

bytes *bytes_hex(const char *text) {
    bytes *made = g_byte_array_new();

    while (*text != '\0') {
        if (*text == ' ') {
            text++;
            continue;
        }
        put_u8(made, (guint)(g_ascii_xdigit_value(text[0]) << 4 | g_ascii_xdigit_value(text[1])));
        text += 2;
    }
    return made;
}

bytes *bytes_text(const char *text) {
    return g_byte_array_append(g_byte_array_new(), (const guint8 *)text, (guint)strlen(text));
}

bytes *bytes_counting(gsize length, guint8 first) {
    bytes *made = g_byte_array_new();

    for (gsize i = 0; i < length; i++) {
        put_u8(made, (guint)(first + i) & 0xFF);
    }
    return made;
}

static void put_ports(bytes *to, ends between) {
    put_u16(to, between.to_client ? between.server_port : between.client_port);
    put_u16(to, between.to_client ? between.client_port : between.server_port);
}

bytes *make_udp(ends between, const bytes *payload) {
    bytes *made = g_byte_array_new();

    put_ports(made, between);
    put_u16(made, 8 + payload->len);
    put_u16(made, 0xBEEF);
    put(made, payload);
    return made;
}

bytes *make_tcp(ends between, tcp_fields fields, const bytes *payload) {
    bytes *made = g_byte_array_new();

    put_ports(made, between);
    put_u32(made, fields.seq);
    put_u32(made, fields.ack);
    put_u8(made, 5 << 4);
    put_u8(made, fields.flags);
    put_u16(made, 0xFFFF);
    put_u16(made, 0xCAFE);
    put_u16(made, 0);
    if (payload != NULL) {
        put(made, payload);
    }
    return made;
}

static void put_ipv4_addresses(bytes *to, ends between) {
    put_u32(to, 0x0A000001u + (between.to_client != FALSE));
    put_u32(to, 0x0A000001u + (between.to_client == FALSE));
}

static bytes *ipv4(ends between, guint8 protocol, guint16 id, guint fragment, const bytes *options,
                   const bytes *payload) {
    bytes *made = g_byte_array_new();
    guint header = 20 + (options != NULL ? options->len : 0);

    put_u8(made, 4 << 4 | header / 4);
    put_u8(made, 0);
    put_u16(made, header + payload->len);
    put_u16(made, id);
    put_u16(made, fragment);
    put_u8(made, 64);
    put_u8(made, protocol);
    put_u16(made, 0);
    put_ipv4_addresses(made, between);
    if (options != NULL) {
        put(made, options);
    }
    put(made, payload);
    return made;
}

bytes *make_ipv4(ends between, guint8 protocol, const bytes *options, const bytes *payload) {
    return ipv4(between, protocol, 0x1234, 0, options, payload);
}

bytes *make_ipv4_fragment(ends between, guint8 protocol, guint16 id, guint offset, gboolean more,
                          const bytes *payload) {
    return ipv4(between, protocol, id, offset / 8 | (more ? 0x2000u : 0), NULL, payload);
}

bytes *make_ipv6(ends between, guint8 next, const bytes *payload) {
    bytes *made = g_byte_array_new();

    put_u32(made, 0x60000000u);
    put_u16(made, payload->len);
    put_u8(made, next);
    put_u8(made, 64);
    for (int i = 0; i < 2; i++) {
        put_u32(made, 0x20010DB8u);
        put_zeros(made, 11);
        put_u8(made, between.to_client == (i == 0) ? 2 : 1);
    }
    put(made, payload);
    return made;
}

bytes *make_ipv6_fragment(guint8 next, guint32 id, guint offset, gboolean more,
                          const bytes *payload) {
    bytes *made = g_byte_array_new();

    put_u8(made, next);
    put_u8(made, 0);
    put_u16(made, offset | (more ? 1u : 0));
    put_u32(made, id);
    put(made, payload);
    return made;
}

bytes *make_ethernet(guint16 type, const bytes *ip) {
    bytes *made = bytes_hex("020000000001 020000000002");

    if (type == 0) {
        type = ip->data[0] >> 4 == 6 ? 0x86DD : 0x0800;
    }
    put_u16(made, type);
    put(made, ip);
    return made;
}

bytes *make_tcp_frame(ends between, tcp_fields fields, const bytes *payload) {
    auto_bytes tcp = make_tcp(between, fields, payload);
    auto_bytes ip = make_ipv4(between, 6, NULL, tcp);

    return make_ethernet(0, ip);
}

bytes *make_udp_frame(ends between, const bytes *payload) {
    auto_bytes udp = make_udp(between, payload);
    auto_bytes ip = make_ipv4(between, 17, NULL, udp);

    return make_ethernet(0, ip);
}

bytes *make_stun(guint16 type, guint8 id, guint attributes) {
    bytes *made = g_byte_array_new();

    put_u16(made, type);
    put_u16(made, attributes > 0 ? attributes + 4 : 0);
    put_u32(made, 0x2112A442u);
    for (int i = 0; i < 12; i++) {
        put_u8(made, id);
    }
    if (attributes > 0) {
        put_u16(made, 0xFEFE);
        put_u16(made, attributes);
        for (guint i = 0; i < attributes; i++) {
            put_u8(made, 0xA0 + i % 16);
        }
    }
    return made;
}

bytes *make_framed(const bytes *packet) {
    bytes *made = g_byte_array_new();

    put_u16(made, packet->len);
    put(made, packet);
    return made;
}

bytes *make_channel_data(guint16 channel, const bytes *payload) {
    bytes *made = g_byte_array_new();

    put_u16(made, channel);
    put_u16(made, payload->len);
    put(made, payload);
    put_zeros(made, (4 - payload->len % 4) % 4);
    return made;
}

bytes *make_pcap(guint32 link_type) {
    bytes *made = g_byte_array_new();

    put_le32(made, 0xA1B2C3D4u);
    put_le16(made, 2);
    put_le16(made, 4);
    put_zeros(made, 8);
    put_le32(made, 262144);
    put_le32(made, link_type);
    return made;
}

void put_record(bytes *file, guint32 seconds, guint32 fraction, gsize reported,
                const bytes *frame) {
    put_le32(file, seconds);
    put_le32(file, fraction);
    put_le32(file, frame->len);
    put_le32(file, (guint32)reported);
    put(file, frame);
}

bytes *make_pcapng(void) {
    bytes *made = g_byte_array_new();

    put_le32(made, 0x0A0D0D0Au);
    put_le32(made, 28);
    put_le32(made, 0x1A2B3C4Du);
    put_le16(made, 1);
    put_le16(made, 0);
    put_le32(made, 0xFFFFFFFFu);
    put_le32(made, 0xFFFFFFFFu);
    put_le32(made, 28);
    return made;
}

void put_interface(bytes *file, guint16 link_type, guint8 resolution) {
    guint length = resolution != 0 ? 32 : 20;

    put_le32(file, 1);
    put_le32(file, length);
    put_le16(file, link_type);
    put_le16(file, 0);
    put_le32(file, 262144);
    if (resolution != 0) {
        put_le16(file, 9);
        put_le16(file, 1);
        put_u8(file, resolution);
        put_zeros(file, 3);
        put_le32(file, 0);
    }
    put_le32(file, length);
}

void put_enhanced(bytes *file, guint32 interface, guint64 time, gsize reported,
                  const bytes *frame) {
    guint padding = (4 - frame->len % 4) % 4;
    guint length = 32 + frame->len + padding;

    put_le32(file, 6);
    put_le32(file, length);
    put_le32(file, interface);
    put_le32(file, (guint32)(time >> 32));
    put_le32(file, (guint32)time);
    put_le32(file, frame->len);
    put_le32(file, (guint32)reported);
    put(file, frame);
    put_zeros(file, padding);
    put_le32(file, length);
}
