/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Writes the redacted packets of a capture as they come out of the filter, and nothing else: what
 * the program's own writers add or leave out does not matter to a test then.
 * Usage: redact_rewrite KEY_FILE INPUT OUTPUT */
#include "analyzer/input.h"
#include "analyzer/redact/redaction.h"

#include <pcap/pcap.h>
#include <stdio.h>
#include <string.h>

#define NANOSECONDS 1000000000

static void on_failure(gpointer data, guint index, const GError *error) {
    (void)data;
    (void)index;
    fprintf(stderr, "%s\n", error->message);
}

static gboolean learn(redaction *self, const char *path, GError **error) {
    g_autoptr(turn_tracker) tracker = turn_tracker_new();
    g_autoptr(reader) into = reader_new(tracker);
    g_autoptr(capture) from = open_file(path, error);

    if (from == NULL) {
        return FALSE;
    }
    redaction_learn(self, 0, tracker, into, NULL);
    reader_add(into, from);
    reader_run(into, on_failure, NULL);
    reader_finish(into);
    turn_tracker_finish(tracker);
    return TRUE;
}

/* A pcapng may have a resolution for each interface; a pcap file has one. */
static gboolean has_nanoseconds(const char *path) {
    g_autoptr(capture) from = capture_open(path, NULL);
    capture_packet packet;
    gboolean found = FALSE;

    while (from != NULL && !found && capture_next(from, &packet, NULL) == CAPTURE_PACKET) {
        found = packet.time % 1000 != 0;
    }
    return found;
}

static void copy(capture *from, pcap_dumper_t *to, gint64 fraction) {
    capture_packet packet;

    while (capture_next(from, &packet, NULL) == CAPTURE_PACKET) {
        const struct pcap_pkthdr header = {.ts = {.tv_sec = packet.time / NANOSECONDS,
                                                  .tv_usec = packet.time % NANOSECONDS / fraction},
                                           .caplen = packet.captured,
                                           .len = packet.reported};

        pcap_dump((guchar *)to, &header, packet.bytes);
    }
}

int main(int count, char **arguments) {
    redaction_options options = {.redact = TRUE, .key = count > 1 ? arguments[1] : NULL};
    g_autoptr(GError) error = NULL;
    g_autoptr(redaction) self = count == 4 ? redaction_new(&options, &error) : NULL;
    g_autoptr(capture) from = NULL;
    const capture_info *info;
    gboolean nano;
    pcap_t *kind;
    pcap_dumper_t *to;

    if (self == NULL || !learn(self, arguments[2], &error)) {
        fprintf(stderr, "%s\n", error != NULL ? error->message : "three arguments are needed");
        return 2;
    }
    from = redaction_open(self, 0, 0, arguments[2], &error);
    if (from == NULL) {
        return 2;
    }
    info = capture_get_info(from);
    nano = strstr(info->format, "nanosecond") != NULL || has_nanoseconds(arguments[2]);
    kind = pcap_open_dead_with_tstamp_precision(info->link_type, (int)info->snap_length,
                                                nano ? PCAP_TSTAMP_PRECISION_NANO
                                                     : PCAP_TSTAMP_PRECISION_MICRO);
    to = pcap_dump_open(kind, arguments[3]);
    if (to == NULL) {
        fprintf(stderr, "%s\n", pcap_geterr(kind));
        pcap_close(kind);
        return 2;
    }
    copy(from, to, nano ? 1 : 1000);
    pcap_dump_close(to);
    pcap_close(kind);
    return 0;
}
