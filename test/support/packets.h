/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Packets and capture files for tests, byte by byte. Every function returns bytes that the caller
 * frees with g_byte_array_unref(); what it is given is only read. */
#ifndef TEST_PACKETS_H
#define TEST_PACKETS_H

#include <glib.h>

typedef GByteArray bytes;
G_GNUC_UNUSED static inline void bytes_unref(bytes **of) {
    g_clear_pointer(of, g_byte_array_unref);
}
#define auto_bytes __attribute__((cleanup(bytes_unref))) bytes *

/* From hexadecimal text; blanks are skipped. */
bytes *bytes_hex(const char *text);
bytes *bytes_text(const char *text);
/* LENGTH bytes that count up from FIRST. */
bytes *bytes_counting(gsize length, guint8 first);
void put_u8(bytes *to, guint value);
void put_u16(bytes *to, guint value);
void put_u32(bytes *to, guint32 value);
void put(bytes *to, const bytes *more);

/* 10.0.0.1 is the client and 10.0.0.2 the server, 2001:db8::1 and ::2 in IPv6. */
typedef struct ends {
    gboolean to_client; /* else to the server */
    guint16 client_port;
    guint16 server_port;
} ends;

typedef struct tcp_fields {
    guint8 flags;
    guint32 seq;
    guint32 ack;
} tcp_fields;

bytes *make_udp(ends between, const bytes *payload);
bytes *make_tcp(ends between, tcp_fields fields, const bytes *payload);

/* OPTIONS is a multiple of 4 bytes long, or NULL. */
bytes *make_ipv4(ends between, guint8 protocol, const bytes *options, const bytes *payload);
/* A fragment: OFFSET in bytes. */
bytes *make_ipv4_fragment(ends between, guint8 protocol, guint16 id, guint offset, gboolean more,
                          const bytes *payload);
bytes *make_ipv6(ends between, guint8 next, const bytes *payload);
/* The 8 bytes of an IPv6 fragment header, and PAYLOAD behind them. */
bytes *make_ipv6_fragment(guint8 next, guint32 id, guint offset, gboolean more,
                          const bytes *payload);
/* TYPE 0: by the version of IP. */
bytes *make_ethernet(guint16 type, const bytes *ip);

/* All at once: Ethernet, IPv4, TCP or UDP. */
bytes *make_tcp_frame(ends between, tcp_fields fields, const bytes *payload);
bytes *make_udp_frame(ends between, const bytes *payload);

/* A STUN message with the cookie and ATTRIBUTES filler bytes of one unknown attribute. The
 * transaction id consists of ID. */
bytes *make_stun(guint16 type, guint8 id, guint attributes);
/* PACKET with its length in front, RFC 4571. */
bytes *make_framed(const bytes *packet);
bytes *make_channel_data(guint16 channel, const bytes *payload);

/* A capture file: header and records, microseconds, in little-endian. */
bytes *make_pcap(guint32 link_type);
void put_record(bytes *file, guint32 seconds, guint32 fraction, gsize reported, const bytes *frame);
/* pcapng in little-endian: a section, an interface with RESOLUTION (0: no option), a packet. */
bytes *make_pcapng(void);
void put_interface(bytes *file, guint16 link_type, guint8 resolution);
void put_enhanced(bytes *file, guint32 interface, guint64 time, gsize reported, const bytes *frame);

#endif
