/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "analyzer/capture.h"

#include "analyzer/link.h"
#include <errno.h>
#include <pcap/pcap.h>
#include <string.h>

#define NANOSECONDS 1000000000

struct capture {
    char *name;
    source *source;
    pcap_t *pcap;
    FILE *stream;        /* owned by PCAP */
    gsize record_header; /* bytes; 0 when only the stream knows where a record begins */
    guint64 record;      /* where the current record begins */
    guint64 next;        /* where the one after it begins, if RECORD_HEADER is not 0 */
    gboolean finished;
    gboolean probed; /* AHEAD was read, and is yielded next */
    capture_packet ahead;
    capture_info info;
    gboolean packets_only; /* are frames */
    capture_filter filter; /* NULL when packets are yielded as they are */
    gpointer filter_data;
};

GQuark capture_error_quark(void) {
    return g_quark_from_static_string("capture-error");
}

const capture_info *capture_get_info(const capture *self) {
    return &self->info;
}

guint64 capture_offset(const capture *self) {
    return self->record;
}

void capture_free(capture *self) {
    if (self == NULL) {
        return;
    }
    if (self->pcap != NULL) {
        pcap_close(self->pcap); /* closes the stream, which reads from the source */
    }
    source_free(self->source);
    g_free(self->name);
    g_free(self);
}

/* "byte 11873" or "byte 11873 of the decompressed data". Owned by the caller. */
static char *describe_offset(const capture *self, guint64 offset) {
    return g_strdup_printf("byte %" G_GUINT64_FORMAT "%s", offset,
                           source_compression(self->source) != NULL ? " of the decompressed data"
                                                                    : "");
}

static gboolean fail_not_a_capture(const capture *self, GError **error) {
    gsize length;
    const guint8 *head = source_head(self->source, &length);
    g_autoptr(GString) shown = g_string_new(NULL);
    g_autofree char *where = describe_offset(self, 0);

    for (gsize i = 0; i < MIN(length, 8); i++) {
        g_string_append_printf(shown, " %02x", head[i]);
    }
    g_set_error(error, CAPTURE_ERROR, CAPTURE_ERROR_NOT_A_CAPTURE,
                "%s: not a capture: it begins with%s (%s), and neither pcap nor pcapng does. "
                "Give a file that tcpdump, Wireshark or the Expressway wrote.",
                self->name, shown->str, where);
    return FALSE;
}

/* Without a single packet yet: what libpcap says about the header. */
static gboolean fail_header(const capture *self, const char *reason, GError **error) {
    g_autofree char *where = describe_offset(self, (guint64)ftello(self->stream));

    if (source_failure(self->source) != NULL) {
        reason = source_failure(self->source);
    } else if (strstr(reason, "no Interface Description Blocks") != NULL) {
        g_set_error(error, CAPTURE_ERROR, CAPTURE_ERROR_EMPTY,
                    "%s: a pcapng file without an interface and without packets (it ends at %s). "
                    "Take the capture again.",
                    self->name, where);
        return FALSE;
    } else if (feof(self->stream)) {
        g_set_error(error, CAPTURE_ERROR, CAPTURE_ERROR_CUT,
                    "%s: the file ends in the middle of its header (%s). Copy the file again.",
                    self->name, where);
        return FALSE;
    }
    g_set_error(error, CAPTURE_ERROR, CAPTURE_ERROR_DAMAGED,
                "%s: the header of the file is damaged (near %s): %s. Copy the file again.",
                self->name, where, reason);
    return FALSE;
}

static gboolean fail_link_type(const capture *self, GError **error) {
    const char *description = pcap_datalink_val_to_description(self->info.link_type);
    gboolean pcapng = source_magic(self->source)->kind == MAGIC_PCAPNG;

    g_set_error(error, CAPTURE_ERROR, CAPTURE_ERROR_LINK_TYPE,
                "%s: link type %s (%s, DLT %d; %s byte %d) cannot be read. Capture on an Ethernet, "
                "loopback or tunnel interface, or on \"any\".",
                self->name, self->info.link_name, description != NULL ? description : "no name",
                self->info.link_type, pcapng ? "interface block near" : "at", pcapng ? 28 : 20);
    return FALSE;
}

static gboolean capture_begin(capture *self, GError **error) {
    char reason[PCAP_ERRBUF_SIZE] = "";
    const magic *kind = source_magic(self->source);
    const char *link_name;
    const char *link_text;

    if (kind->kind == MAGIC_OTHER) {
        return fail_not_a_capture(self, error);
    }
    self->stream = source_stream(self->source);
    if (self->stream == NULL) {
        g_set_error(error, CAPTURE_ERROR, CAPTURE_ERROR_OPEN, "%s: cannot be opened: %s.",
                    self->name, g_strerror(errno));
        return FALSE;
    }
    self->pcap =
        pcap_fopen_offline_with_tstamp_precision(self->stream, PCAP_TSTAMP_PRECISION_NANO, reason);
    if (self->pcap == NULL) {
        fail_header(self, reason, error);
        fclose(self->stream);
        return FALSE;
    }
    self->record_header = kind->record_header;
    self->next = kind->file_header;
    self->info.link_type = pcap_datalink(self->pcap);
    link_name = pcap_datalink_val_to_name(self->info.link_type);
    self->info.format = kind->format;
    self->info.nanoseconds = kind->nanoseconds;
    self->info.compression = source_compression(self->source);
    self->info.link_name = link_name != NULL ? link_name : "unknown";
    link_text = pcap_datalink_val_to_description(self->info.link_type);
    self->info.link_text = link_text != NULL ? link_text : self->info.link_name;
    self->info.snap_length = (guint32)pcap_snapshot(self->pcap);
    return link_is_known(self->info.link_type) || fail_link_type(self, error);
}

capture *capture_open_source(const char *name, source *bytes, GError **error) {
    capture *self = g_new0(capture, 1);

    self->name = g_strdup(name);
    self->source = bytes;
    self->info.name = self->name;
    if (!capture_begin(self, error)) {
        capture_free(self);
        return NULL;
    }
    return self;
}

capture *capture_open(const char *path, GError **error) {
    source *bytes = source_open(path, error);

    if (bytes == NULL) {
        return NULL;
    }
    return capture_open_source(g_str_equal(path, "-") ? "standard input" : path, bytes, error);
}

/* libpcap's reasons for refusing a second interface, in plain words; NULL for other failures. */
static const char *second_interface(const char *reason) {
    if (strstr(reason, "an interface has a type") != NULL) {
        return "its interfaces have different link types";
    }
    if (strstr(reason, "an interface has a snapshot length") != NULL) {
        return "its interfaces have different snap lengths";
    }
    return NULL;
}

/* libpcap takes the second section's lengths for damage. */
static gboolean has_two_byte_orders(const capture *self, const char *reason) {
    const frame_numbers *numbers = source_frame_numbers(self->source);

    return numbers != NULL && frame_numbers_are_mixed(numbers) &&
           (strstr(reason, "block size") != NULL || strstr(reason, "byte order") != NULL);
}

static capture_result fail_record(capture *self, GError **error) {
    const char *reason = pcap_geterr(self->pcap);
    const char *interfaces = second_interface(reason);
    g_autofree char *where = describe_offset(self, self->record);
    guint32 number = self->info.packets + 1;

    self->finished = TRUE;
    if (source_failure(self->source) != NULL) {
        g_set_error(
            error, CAPTURE_ERROR, CAPTURE_ERROR_DAMAGED,
            "%s: the %s data ends or is damaged in packet %u (%s): %s. Everything before it "
            "was read.",
            self->name, source_compression(self->source), number, where,
            source_failure(self->source));
    } else if (interfaces != NULL) {
        g_set_error(error, CAPTURE_ERROR, CAPTURE_ERROR_LINK_TYPE,
                    "%s: %s, which libpcap does not read in one file (%s, %u packets were read). "
                    "Write one file for each: tshark -r IN -Y frame.interface_id==0 -w OUT.",
                    self->name, interfaces, where, self->info.packets);
    } else if (has_two_byte_orders(self, reason)) {
        g_set_error(error, CAPTURE_ERROR, CAPTURE_ERROR_LINK_TYPE,
                    "%s: its sections have different byte orders, which libpcap does not read in "
                    "one file (%s, %u packets were read). Write it anew: tshark -r IN -w OUT.",
                    self->name, where, self->info.packets);
    } else if (feof(self->stream)) {
        g_set_error(error, CAPTURE_ERROR, CAPTURE_ERROR_CUT,
                    "%s: the file ends in the middle of packet %u (%s). Everything before it was "
                    "read.",
                    self->name, number, where);
    } else {
        g_set_error(error, CAPTURE_ERROR, CAPTURE_ERROR_DAMAGED,
                    "%s: packet %u is damaged (%s): %s. Everything before it was read.", self->name,
                    number, where, reason);
    }
    return CAPTURE_FAILED;
}

/* The stream is asked only where the length of the records does not tell: asking costs time. */
static void locate_record(capture *self) {
    self->record = self->record_header != 0 ? self->next : (guint64)ftello(self->stream);
}

/* A damaged file may hold any number of seconds. Half of what 64 bits hold, up to the year 2116, so
 * that sums and differences of two times fit too. */
static gint64 packet_time(const capture *self, const struct pcap_pkthdr *header) {
    const gint64 limit = G_MAXINT64 / NANOSECONDS / 2 - 10;
    gint64 seconds = header->ts.tv_sec;
    gint64 rest = CLAMP((gint64)header->ts.tv_usec, 0, (gint64)9 * NANOSECONDS);

    /* Those of pcap have no sign, and libpcap gives them one: they go on in 2038. */
    if (seconds < 0 && self->record_header != 0) {
        seconds = (guint32)seconds;
    }
    seconds = CLAMP(seconds, 0, limit);
    return seconds * NANOSECONDS + rest;
}

static guint32 frame_number(const capture *self) {
    frame_numbers *numbers = source_frame_numbers(self->source);
    const guint32 number = numbers != NULL ? frame_numbers_take(numbers) : 0;

    return number != 0 && !self->packets_only ? number : self->info.packets + 1;
}

static void count_packet(capture_info *info, const capture_packet *packet) {
    info->packets++;
    info->bytes += packet->reported;
    info->packets_cut += packet->captured < packet->reported;
    if (info->packets == 1) {
        info->first = packet->time;
        info->last = packet->time;
    }
    info->first = MIN(info->first, packet->time);
    info->last = MAX(info->last, packet->time);
}

capture_result capture_next(capture *self, capture_packet *packet, GError **error) {
    struct pcap_pkthdr *header;
    const guint8 *bytes;
    int status;

    if (self->probed) {
        self->probed = FALSE;
        *packet = self->ahead;
        return CAPTURE_PACKET;
    }
    if (self->finished) {
        return CAPTURE_END;
    }
    locate_record(self);
    status = pcap_next_ex(self->pcap, &header, &bytes);
    if (status == PCAP_ERROR_BREAK) {
        self->finished = TRUE;
        return CAPTURE_END;
    }
    if (status != 1) {
        return fail_record(self, error);
    }
    self->next += self->record_header + header->caplen;
    *packet = (capture_packet){.bytes = bytes,
                               .captured = header->caplen,
                               .reported = MAX(header->len, header->caplen),
                               .frame = frame_number(self),
                               .time = packet_time(self, header)};
    count_packet(&self->info, packet);
    if (self->filter != NULL) {
        self->filter(self->filter_data, packet);
    }
    return CAPTURE_PACKET;
}

void capture_set_filter(capture *self, capture_filter filter, gpointer data) {
    self->filter = filter;
    self->filter_data = data;
}

void capture_count_packets(capture *self) {
    self->packets_only = TRUE;
}

gboolean capture_probe(capture *self, GError **error) {
    const capture_result result = capture_next(self, &self->ahead, error);

    self->probed = result == CAPTURE_PACKET;
    return result != CAPTURE_FAILED;
}
