/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "analyzer/reader.h"

#include "analyzer/connections.h"
#include "analyzer/fragments.h"
#include "analyzer/packet.h"

#define STEP_BACK G_GINT64_CONSTANT(1000000000)

struct reader {
    turn_tracker *tracker; /* borrowed */
    fragments *fragments;
    connections *connections;
    GPtrArray *statistics; /* reader_statistics *, one for each capture */
    piece_mark last;       /* the packet that was read last */
};

static void statistics_free(gpointer data) {
    reader_statistics *self = data;

    g_ptr_array_unref(self->warnings);
    g_free(self);
}

reader *reader_new(turn_tracker *tracker) {
    reader *self = g_new0(reader, 1);

    self->tracker = tracker;
    self->fragments = fragments_new();
    self->connections = connections_new(tracker);
    self->statistics = g_ptr_array_new_with_free_func(statistics_free);
    return self;
}

void reader_free(reader *self) {
    if (self == NULL) {
        return;
    }
    connections_free(self->connections);
    fragments_free(self->fragments);
    g_ptr_array_unref(self->statistics);
    g_free(self);
}

const reader_statistics *reader_get_statistics(const reader *self, guint index) {
    g_return_val_if_fail(index < self->statistics->len, NULL);
    return g_ptr_array_index(self->statistics, index);
}

static turn_packet packet_seen(const packet *decoded, const piece_mark *mark) {
    return (turn_packet){.capture = mark->capture,
                         .frame = mark->frame,
                         .time = mark->time,
                         .flow = packet_flow(decoded),
                         .identity = packet_identity(decoded)};
}

static void take_icmp(reader *self, const packet *decoded, const piece_mark *mark) {
    turn_icmp_error icmp;
    turn_packet seen;

    if (packet_icmp_error(decoded, &icmp)) {
        seen = packet_seen(decoded, mark);
        seen.flow.transport = icmp.about.transport;
        turn_tracker_icmp(self->tracker, &seen, &icmp);
    }
}

static void take_packet(reader *self, packet_kind kind, const packet *decoded,
                        const piece_mark *mark) {
    turn_packet seen;

    switch (kind) {
    case PACKET_UDP:
        seen = packet_seen(decoded, mark);
        turn_tracker_datagram(self->tracker, &seen, decoded->payload, decoded->captured,
                              decoded->reported);
        break;
    case PACKET_TCP:
        connections_segment(self->connections, decoded, mark);
        break;
    case PACKET_ICMP_ERROR:
        take_icmp(self, decoded, mark);
        break;
    case PACKET_FRAGMENT:
    case PACKET_OTHER:
        break;
    }
}

static void take_record(reader *self, int link_type, const capture_packet *record,
                        const piece_mark *mark) {
    packet decoded;
    packet_kind kind =
        packet_decode(link_type, record->bytes, record->captured, record->reported, &decoded);

    if (kind == PACKET_FRAGMENT) {
        ip_datagram whole;

        if (!fragments_add(self->fragments, &decoded.ip, mark->time, &whole)) {
            return;
        }
        decoded.ip = whole;
        kind = packet_decode_datagram(&decoded);
    }
    take_packet(self, kind, &decoded, mark);
}

/* What the capture changed in counters that run on over all captures. */
typedef struct totals {
    guint64 missing;
    guint64 lost;
    guint64 dropped;
} totals;

static totals totals_now(const reader *self) {
    return (totals){.missing = connections_missing(self->connections),
                    .lost = fragments_lost(self->fragments),
                    .dropped = connections_dropped(self->connections)};
}

static void add_difference(reader_statistics *to, const totals *before, const totals *after) {
    to->tcp_bytes_missing += after->missing - before->missing;
    to->fragments_lost += after->lost > before->lost ? after->lost - before->lost : 0;
    to->connections_dropped += after->dropped - before->dropped;
}

gboolean reader_run(reader *self, capture *from, GError **error) {
    const capture_info *info = capture_get_info(from);
    reader_statistics *statistics = g_new0(reader_statistics, 1);
    totals before = totals_now(self);
    totals after;
    piece_mark mark = {.capture = self->statistics->len};
    gint64 newest = 0;
    capture_packet record;
    capture_result result;

    statistics->warnings = g_ptr_array_new_with_free_func(g_free);
    g_ptr_array_add(self->statistics, statistics);
    connections_update_ports(self->connections);
    while ((result = capture_next(from, &record, error)) == CAPTURE_PACKET) {
        mark.frame = record.frame;
        mark.time = record.time;
        if (record.time < newest - STEP_BACK) {
            statistics->time_steps_back++;
        }
        newest = MAX(newest, record.time);
        take_record(self, info->link_type, &record, &mark);
    }
    if (info->packets > 0) {
        self->last = mark;
    }
    after = totals_now(self);
    add_difference(statistics, &before, &after);
    if (info->packets_cut > 0) {
        g_ptr_array_add(statistics->warnings,
                        g_strdup_printf("%u of %u packets were cut by the snap length (%u bytes)",
                                        info->packets_cut, info->packets, info->snap_length));
    }
    return result != CAPTURE_FAILED;
}

static void add_warning(reader_statistics *to, guint64 count, const char *what) {
    if (count > 0) {
        g_ptr_array_add(to->warnings, g_strdup_printf("%" G_GUINT64_FORMAT " %s", count, what));
    }
}

void reader_finish(reader *self) {
    totals before = totals_now(self);
    totals after;

    if (self->statistics->len == 0) {
        return;
    }
    connections_finish(self->connections, &self->last);
    after = totals_now(self);
    add_difference(g_ptr_array_index(self->statistics, self->last.capture), &before, &after);
    for (guint i = 0; i < self->statistics->len; i++) {
        reader_statistics *of = g_ptr_array_index(self->statistics, i);

        add_warning(of, of->tcp_bytes_missing, "bytes of TCP connections are not in the capture");
        add_warning(of, of->fragments_lost, "IP datagrams lack fragments in the capture");
        add_warning(of, of->connections_dropped,
                    "TCP connections were given up: there were too many at a time");
        add_warning(of, of->time_steps_back, "packets are out of order by more than a second");
    }
}
