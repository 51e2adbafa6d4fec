/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "analyzer/reader.h"

#include "analyzer/connections.h"
#include "analyzer/fragments.h"
#include "analyzer/packet.h"

#define STEP_BACK G_GINT64_CONSTANT(1000000000)

/* A capture that is being read, and the packet that it yields next. */
typedef struct feed {
    capture *from; /* borrowed */
    guint index;
    gint64 newest; /* time of the newest packet so far */
    gboolean open;
    capture_packet next;
} feed;

struct reader {
    turn_tracker *tracker; /* borrowed */
    GArray *feeds;         /* of feed, those that were added and not read yet */
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
    self->feeds = g_array_new(FALSE, TRUE, sizeof(feed));
    return self;
}

void reader_free(reader *self) {
    if (self == NULL) {
        return;
    }
    connections_free(self->connections);
    fragments_free(self->fragments);
    g_ptr_array_unref(self->statistics);
    g_array_unref(self->feeds);
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

static void add_warning(reader_statistics *to, guint64 count, const char *one, const char *many) {
    if (count > 0) {
        g_ptr_array_add(to->warnings, g_strdup_printf("%" G_GUINT64_FORMAT " %s", count,
                                                      count == 1 ? one : many));
    }
}

static void warn_of_cuts(reader_statistics *to, const capture_info *info) {
    if (info->packets_cut > 0) {
        g_ptr_array_add(to->warnings,
                        g_strdup_printf("%u of %u packets were cut by the snap length (%u bytes): "
                                        "what lies behind the cut is not in the capture. Capture "
                                        "whole packets (tcpdump -s 0).",
                                        info->packets_cut, info->packets, info->snap_length));
    }
}

void reader_add(reader *self, capture *from) {
    reader_statistics *statistics = g_new0(reader_statistics, 1);
    const feed added = {.from = from, .index = self->statistics->len};

    statistics->warnings = g_ptr_array_new_with_free_func(g_free);
    g_ptr_array_add(self->statistics, statistics);
    g_array_append_val(self->feeds, added);
}

/* Fetches the feed's next packet. */
static void advance(feed *of, reader_failure failed, gpointer data) {
    g_autoptr(GError) error = NULL;
    const capture_result result = capture_next(of->from, &of->next, &error);

    of->open = result == CAPTURE_PACKET;
    if (result == CAPTURE_FAILED) {
        failed(data, of->index, error);
    }
}

/* The open feed whose packet is the earliest; NULL when all are read. *UNTIL is the time of the
 * next other one: up to then no other feed need be looked at. */
static feed *earliest(const GArray *feeds, gint64 *until) {
    feed *first = NULL;

    *until = G_MAXINT64;
    for (guint i = 0; i < feeds->len; i++) {
        feed *at = &g_array_index(feeds, feed, i);

        if (!at->open) {
            continue;
        }
        if (first == NULL) {
            first = at;
        } else if (at->next.time < first->next.time) {
            *until = first->next.time;
            first = at;
        } else {
            *until = MIN(*until, at->next.time);
        }
    }
    return first;
}

static void take_next(reader *self, feed *of) {
    reader_statistics *statistics = g_ptr_array_index(self->statistics, of->index);
    const capture_info *info = capture_get_info(of->from);

    self->last = (piece_mark){.capture = of->index, .frame = of->next.frame, .time = of->next.time};
    if (of->newest != 0 && of->next.time < of->newest - STEP_BACK) {
        statistics->time_steps_back++;
    }
    of->newest = of->newest == 0 ? of->next.time : MAX(of->newest, of->next.time);
    turn_tracker_time(self->tracker, of->index, of->next.time);
    take_record(self, info->link_type, &of->next, &self->last);
}

void reader_run(reader *self, reader_failure failed, gpointer data) {
    feed *current;
    gint64 until;

    connections_update_ports(self->connections);
    for (guint i = 0; i < self->feeds->len; i++) {
        advance(&g_array_index(self->feeds, feed, i), failed, data);
    }
    while ((current = earliest(self->feeds, &until)) != NULL) {
        const totals before = totals_now(self);
        totals after;

        while (current->open && current->next.time <= until) {
            take_next(self, current);
            advance(current, failed, data);
        }
        after = totals_now(self);
        add_difference(g_ptr_array_index(self->statistics, current->index), &before, &after);
    }
    for (guint i = 0; i < self->feeds->len; i++) {
        const feed *of = &g_array_index(self->feeds, feed, i);

        warn_of_cuts(g_ptr_array_index(self->statistics, of->index), capture_get_info(of->from));
    }
    g_array_set_size(self->feeds, 0);
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

        add_warning(of, of->tcp_bytes_missing, "byte of a TCP connection is not in the capture",
                    "bytes of TCP connections are not in the capture");
        add_warning(of, of->fragments_lost, "IP datagram lacks fragments in the capture",
                    "IP datagrams lack fragments in the capture");
        add_warning(of, of->connections_dropped,
                    "TCP connection was given up: there were too many at a time",
                    "TCP connections were given up: there were too many at a time");
        add_warning(of, of->time_steps_back, "packet is out of order by more than a second",
                    "packets are out of order by more than a second");
    }
}
