/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The blocks of a pcapng file, byte by byte: types, options, padding, both byte orders. Knows no
 * files. draft-ietf-opsawg-pcapng. */
#ifndef ANALYZER_PCAPNG_BLOCK_H
#define ANALYZER_PCAPNG_BLOCK_H

#include <glib.h>

#define PCAPNG_SECTION_HEADER   0x0A0D0D0Au
#define PCAPNG_INTERFACE        0x00000001u
#define PCAPNG_PACKET           0x00000002u /* obsolete */
#define PCAPNG_SIMPLE_PACKET    0x00000003u
#define PCAPNG_ENHANCED_PACKET  0x00000006u
#define PCAPNG_BYTE_ORDER_MAGIC 0x1A2B3C4Du

/* No packets, but frames to Wireshark. */
#define PCAPNG_JOURNAL               0x00000009u /* systemd */
#define PCAPNG_SYSDIG_EVENT          0x00000204u
#define PCAPNG_SYSDIG_EVENT_V2       0x00000216u
#define PCAPNG_SYSDIG_EVENT_V2_LARGE 0x00000221u
#define PCAPNG_CUSTOM                0x00000BADu
#define PCAPNG_CUSTOM_NO_COPY        0x40000BADu

enum {
    PCAPNG_OPTION_END = 0,
    PCAPNG_OPTION_COMMENT = 1,
    PCAPNG_SECTION_USERAPPL = 4,
    PCAPNG_INTERFACE_NAME = 2,
    PCAPNG_INTERFACE_RESOLUTION = 9
};

/* Type and length in front, the length again behind. */
#define PCAPNG_FRAME 12u
/* Wireshark and libpcap refuse longer ones too. */
#define PCAPNG_MAX_BLOCK (16u << 20)
/* What one comment may take; a longer text is cut between two characters. */
#define PCAPNG_MAX_COMMENT 4096u
/* The same for the comment on the whole section. */
#define PCAPNG_MAX_SECTION_COMMENT 32768u

/* Bytes that LENGTH takes with its padding to 4. */
static inline gsize pcapng_padded(gsize length) {
    return (length + 3) & ~(gsize)3;
}

/* What every comment on a packet begins with that tells what turnpcap found, so that another run
 * knows and replaces it. */
#define PCAPNG_OUR_COMMENT "turnpcap: "

/* One block that is built up; BYTES has all of it once it was ended. */
typedef struct pcapng_block {
    GByteArray *bytes;
    gboolean big_endian;
} pcapng_block;

void pcapng_block_init(pcapng_block *self, gboolean big_endian);
void pcapng_block_clear(pcapng_block *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(pcapng_block, pcapng_block_clear)

/* Begins another block: what was there is forgotten. */
void pcapng_block_begin(pcapng_block *self, guint32 type);
void pcapng_block_u16(pcapng_block *self, guint16 value);
void pcapng_block_u32(pcapng_block *self, guint32 value);
void pcapng_block_u64(pcapng_block *self, guint64 value);
/* Bytes as they are, and padding to 4. */
void pcapng_block_padded(pcapng_block *self, const void *bytes, gsize length);
/* Bytes as they are. */
void pcapng_block_bytes(pcapng_block *self, const void *bytes, gsize length);
/* LENGTH is at most 65535. */
void pcapng_block_option(pcapng_block *self, guint16 code, const void *value, gsize length);
/* TEXT is UTF-8; at most LIMIT bytes of it are taken, and "..." then stands for the rest. Nothing
 * for an empty one. */
void pcapng_block_text(pcapng_block *self, guint16 code, const char *text, gsize limit);
/* Marks the end of options. */
void pcapng_block_end_options(pcapng_block *self);
/* Fills in the lengths. */
void pcapng_block_end(pcapng_block *self);

guint16 pcapng_read_u16(const guint8 *bytes, gboolean big_endian);
guint32 pcapng_read_u32(const guint8 *bytes, gboolean big_endian);

#endif
