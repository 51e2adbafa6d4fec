/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * A capture file and its packets, one after the other. Knows pcap, pcapng, compression and what can
 * be wrong with a file; does not look into packets. */
#ifndef ANALYZER_CAPTURE_H
#define ANALYZER_CAPTURE_H

#include "analyzer/source.h"

/* Every message names the file, what is wrong with it, the byte, and what to do next. */
#define CAPTURE_ERROR (capture_error_quark())
GQuark capture_error_quark(void);
typedef enum capture_error {
    CAPTURE_ERROR_OPEN,          /* no such file, no permission */
    CAPTURE_ERROR_EMPTY,         /* not one byte, or a pcapng file without an interface */
    CAPTURE_ERROR_NOT_A_CAPTURE, /* neither pcap nor pcapng, nor one of them compressed */
    CAPTURE_ERROR_LINK_TYPE, /* a link type that link.h does not know, or what cannot be in one file
                              */
    CAPTURE_ERROR_CUT,       /* the file ends in the middle of a header or a packet */
    CAPTURE_ERROR_DAMAGED    /* the file contradicts itself, or its compression does */
} capture_error;

typedef struct capture capture;

/* What is known of a capture; the counts grow as packets are read. */
typedef struct capture_info {
    const char *name;        /* as given; "standard input" for "-"; borrowed from the capture */
    const char *format;      /* "pcapng, nanoseconds"; static */
    gboolean nanoseconds;    /* FORMAT is of them */
    const char *compression; /* "gzip"; NULL when there is none; borrowed */
    int link_type;           /* DLT_... of libpcap */
    const char *link_name;   /* "EN10MB"; static */
    const char *link_text;   /* "Ethernet"; static */
    guint32 snap_length;     /* bytes */
    guint32 packets;
    guint32 packets_cut; /* by the snap length */
    guint64 bytes;       /* of all packets, on the wire */
    gint64 first;        /* nanoseconds since 1970-01-01 UTC: the earliest packet */
    gint64 last;         /* the latest; both 0 without packets */
} capture_info;

typedef struct capture_packet {
    const guint8 *bytes; /* borrowed until the next call */
    guint32 captured;    /* bytes that are there */
    guint32 reported;    /* bytes that were on the wire, at least CAPTURED */
    guint32 frame;       /* from 1, as Wireshark counts */
    gint64 time;         /* nanoseconds since 1970-01-01 UTC */
} capture_packet;

typedef enum capture_result { CAPTURE_PACKET, CAPTURE_END, CAPTURE_FAILED } capture_result;

/* Opens PATH, "-" for standard input. NULL with an error of CAPTURE_ERROR. */
capture *capture_open(const char *path, GError **error);

/* The same over what BYTES yields; BYTES is transferred, on failure too. */
capture *capture_open_source(const char *name, source *bytes, GError **error);

void capture_free(capture *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(capture, capture_free)

/* Changes PACKET as it is read: its bytes (borrowed from the filter until the next call), and what
 * the filter makes of them; frame and time stay. */
typedef void (*capture_filter)(gpointer data, capture_packet *packet);
/* Every packet goes through FILTER. To be called before the first one is read. */
void capture_set_filter(capture *self, capture_filter filter, gpointer data);

/* Counts packets alone as frames: for the numbers in what is written of the capture without other
 * blocks. To be called before the first one is read. */
void capture_count_packets(capture *self);

/* Reads ahead. FALSE with an error when not even the first packet can be read, so that nothing can
 * be said about the capture; a capture that ends without packets is read. To be called before
 * capture_next(), if at all. */
gboolean capture_probe(capture *self, GError **error);

/* The next packet. CAPTURE_FAILED sets ERROR, and what follows then is CAPTURE_END: everything
 * before the failure has been yielded and counts. */
capture_result capture_next(capture *self, capture_packet *packet, GError **error);

/* Borrowed; follows the packets. */
const capture_info *capture_get_info(const capture *self);

/* Where the record of the last packet begins, or the one that could not be read; from the first
 * byte of the decompressed file. */
guint64 capture_offset(const capture *self);

#endif
