/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "analyzer/magic.h"

#include "turn/bytes.h"

#define PCAPNG_SECTION   0x0A0D0D0Au
#define PCAPNG_INTERFACE 1u
#define PCAPNG_TSRESOL   9u

static const struct {
    guint32 number;
    magic found;
} pcap_magics[] = {
    {0xA1B2C3D4u, {MAGIC_PCAP, "pcap, microseconds", FALSE, 24, 16}},
    {0xA1B23C4Du, {MAGIC_PCAP, "pcap, nanoseconds", TRUE, 24, 16}},
    {0xA1B2CD34u,
     {MAGIC_PCAP, "pcap, microseconds", FALSE, 24, 24}}, /* with interface and protocol */
};

/* By the decimal places of a second. */
static const struct {
    guint8 resolution;
    const char *text;
} pcapng_formats[] = {
    {3, "pcapng, milliseconds"},
    {6, "pcapng, microseconds"},
    {9, "pcapng, nanoseconds"},
};

/* No interface states so many. */
#define UNKNOWN_RESOLUTION 0xFFu

static guint16 read_u16(const guint8 *bytes, gboolean swapped) {
    if (swapped) {
        return (guint16)(bytes[1] << 8 | bytes[0]);
    }
    return bytes_u16(bytes);
}

static guint32 read_u32(const guint8 *bytes, gboolean swapped) {
    return swapped ? GUINT32_SWAP_LE_BE(bytes_u32(bytes)) : bytes_u32(bytes);
}

/* The if_tsresol of an interface block; 6, its default, when it has none. */
static guint8 interface_resolution(const guint8 *block, gsize length, gboolean swapped) {
    gsize at = 16;

    while (at + 5 <= length) {
        guint16 code = read_u16(block + at, swapped);
        gsize size = read_u16(block + at + 2, swapped);

        if (code == PCAPNG_TSRESOL && size == 1) {
            return block[at + 4];
        }
        if (code == 0) {
            break;
        }
        at += 4 + ((size + 3) & ~(gsize)3);
    }
    return 6;
}

/* That of the first interface among the blocks at hand. */
static guint8 pcapng_resolution(const guint8 *bytes, gsize length) {
    gboolean swapped = length >= 12 && bytes_u32(bytes + 8) != 0x1A2B3C4Du;
    gsize at = 0;

    while (at + 16 <= length) {
        gsize size = read_u32(bytes + at + 4, swapped);

        if (size < 12 || size > MAGIC_BYTES) {
            break;
        }
        if (read_u32(bytes + at, swapped) == PCAPNG_INTERFACE) {
            return interface_resolution(bytes + at, MIN(size, length - at), swapped);
        }
        at += size;
    }
    return UNKNOWN_RESOLUTION;
}

static magic pcapng_magic(const guint8 *bytes, gsize length) {
    const guint8 resolution = pcapng_resolution(bytes, length);
    magic found = {.kind = MAGIC_PCAPNG, .format = "pcapng", .nanoseconds = resolution == 9};

    for (gsize i = 0; i < G_N_ELEMENTS(pcapng_formats); i++) {
        if (pcapng_formats[i].resolution == resolution) {
            found.format = pcapng_formats[i].text;
        }
    }
    return found;
}

magic magic_identify(const guint8 *bytes, gsize length) {
    if (length < 4) {
        return (magic){.kind = MAGIC_OTHER};
    }
    if (bytes_u32(bytes) == PCAPNG_SECTION) {
        return pcapng_magic(bytes, length);
    }
    for (gsize i = 0; i < G_N_ELEMENTS(pcap_magics); i++) {
        if (read_u32(bytes, FALSE) == pcap_magics[i].number ||
            read_u32(bytes, TRUE) == pcap_magics[i].number) {
            return pcap_magics[i].found;
        }
    }
    return (magic){.kind = MAGIC_OTHER};
}
