/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "analyzer/reader.h"

#include "analyzer/fragments.h"
#include "analyzer/packet.h"
#include "turn/report/report.h"
#include "turn/tcp/streams.h"

#define STEP_BACK G_GINT64_CONSTANT(1000000000)
/* What two queues of one interface swap is closer together. Nanoseconds. */
#define SWAPPED G_GINT64_CONSTANT(20000000)

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
    turn_streams *streams;
    GPtrArray *statistics; /* reader_statistics *, one for each capture */
    turn_mark last;        /* the packet that was read last */
    GHashTable *senders;   /* borrowed; NULL when nobody asks */
    guint first;           /* the number of the first capture */
    reader_whole observer; /* NULL when nobody asks */
    gpointer observer_data;
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
    self->streams = turn_streams_new(tracker);
    self->statistics = g_ptr_array_new_with_free_func(statistics_free);
    self->feeds = g_array_new(FALSE, TRUE, sizeof(feed));
    return self;
}

void reader_free(reader *self) {
    if (self == NULL) {
        return;
    }
    turn_streams_free(self->streams);
    fragments_free(self->fragments);
    g_ptr_array_unref(self->statistics);
    g_array_unref(self->feeds);
    g_free(self);
}

const reader_statistics *reader_get_statistics(const reader *self, guint index) {
    g_return_val_if_fail(index >= self->first && index - self->first < self->statistics->len, NULL);
    return g_ptr_array_index(self->statistics, index - self->first);
}

static reader_statistics *statistics_of(const reader *self, guint index) {
    return g_ptr_array_index(self->statistics, index - self->first);
}

void reader_note_senders(reader *self, GHashTable *senders) {
    self->senders = senders;
}

void reader_observe_wholes(reader *self, reader_whole observer, gpointer data) {
    self->observer = observer;
    self->observer_data = data;
}

void reader_count_from(reader *self, guint first) {
    self->first = first;
    self->last.capture = first;
}

static void take_icmp(reader *self, packet *decoded) {
    turn_packet *seen = &decoded->segment.packet;
    turn_icmp_error icmp;

    if (packet_icmp_error(decoded, &icmp)) {
        turn_segment_identify(&decoded->segment, seen);
        seen->flow.transport = icmp.about.transport;
        turn_tracker_icmp(self->tracker, seen, &icmp);
    } else if (decoded->segment.captured < decoded->segment.reported) {
        turn_tracker_icmp_cut(self->tracker, seen);
    }
}

static void take_packet(reader *self, packet_kind kind, packet *decoded) {
    turn_segment *segment = &decoded->segment;

    switch (kind) {
    case PACKET_UDP:
        turn_segment_identify(segment, &segment->packet);
        turn_tracker_datagram(self->tracker, &segment->packet, segment->bytes, segment->captured,
                              segment->reported);
        break;
    case PACKET_TCP:
        turn_streams_segment(self->streams, segment);
        break;
    case PACKET_ICMP_ERROR:
        take_icmp(self, decoded);
        break;
    case PACKET_FRAGMENT:
    case PACKET_OTHER:
        break;
    }
}

/* What shows that no filter of ports hid other traffic. */
static void count_other(reader *self, packet_kind kind, const packet *decoded, guint index) {
    reader_statistics *statistics = statistics_of(self, index);
    const turn_flow *flow = &decoded->segment.packet.flow;

    if (kind == PACKET_OTHER) {
        statistics->other++;
    } else if ((kind == PACKET_UDP || kind == PACKET_TCP) &&
               !turn_tracker_is_turn_port(self->tracker, flow->source.port) &&
               !turn_tracker_is_turn_port(self->tracker, flow->destination.port)) {
        *(kind == PACKET_UDP ? &statistics->other_udp : &statistics->other_tcp) += 1;
    }
}

static void note_sender(const reader *self, packet_kind kind, const packet *decoded) {
    stun_address host = decoded->segment.packet.flow.source;

    host.port = 0;
    if (self->senders != NULL && (kind == PACKET_UDP || kind == PACKET_TCP) &&
        g_hash_table_size(self->senders) < READER_MAX_SENDERS &&
        !g_hash_table_contains(self->senders, &host)) {
        g_hash_table_add(self->senders, g_memdup2(&host, sizeof host));
    }
}

static void take_record(reader *self, int link_type, const capture_packet *record,
                        const turn_mark *mark) {
    packet decoded;
    packet_kind kind =
        packet_decode(link_type, record->bytes, record->captured, record->reported, &decoded);

    if (kind == PACKET_FRAGMENT) {
        ip_datagram whole;

        statistics_of(self, mark->capture)->fragments++;
        if (!fragments_add(self->fragments, &decoded.ip, mark->time, &whole)) {
            return;
        }
        if (self->observer != NULL) {
            self->observer(self->observer_data, fragments_latest(self->fragments), mark->time);
        }
        decoded.ip = whole;
        kind = packet_decode_datagram(&decoded);
    }
    decoded.segment.packet.capture = mark->capture;
    decoded.segment.packet.frame = mark->frame;
    decoded.segment.packet.time = mark->time;
    count_other(self, kind, &decoded, mark->capture);
    note_sender(self, kind, &decoded);
    take_packet(self, kind, &decoded);
}

/* What the capture changed in counters that run on over all captures. */
typedef struct totals {
    guint64 missing;
    guint64 lost;
    guint64 dropped;
} totals;

static totals totals_now(const reader *self) {
    return (totals){.missing = turn_streams_missing(self->streams),
                    .lost = fragments_lost(self->fragments),
                    .dropped = turn_streams_dropped(self->streams)};
}

static void add_difference(reader_statistics *to, const totals *before, const totals *after) {
    to->tcp_bytes_missing += after->missing - before->missing;
    to->fragments_lost += after->lost > before->lost ? after->lost - before->lost : 0;
    to->connections_dropped += after->dropped - before->dropped;
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
    const feed added = {.from = from, .index = self->first + self->statistics->len};

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
    reader_statistics *statistics = statistics_of(self, of->index);
    const capture_info *info = capture_get_info(of->from);

    self->last = (turn_mark){.capture = of->index, .frame = of->next.frame, .time = of->next.time};
    if (of->newest != 0 && of->next.time < of->newest - STEP_BACK) {
        statistics->time_steps_back++;
    }
    statistics->shuffled |= of->newest != 0 && of->next.time < of->newest - SWAPPED;
    of->newest = of->newest == 0 ? of->next.time : MAX(of->newest, of->next.time);
    turn_tracker_time(self->tracker, of->index, of->next.time);
    take_record(self, info->link_type, &of->next, &self->last);
}

void reader_run(reader *self, reader_failure failed, gpointer data) {
    feed *current;
    gint64 until;

    turn_streams_update_ports(self->streams);
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
        add_difference(statistics_of(self, current->index), &before, &after);
    }
    for (guint i = 0; i < self->feeds->len; i++) {
        const feed *of = &g_array_index(self->feeds, feed, i);

        warn_of_cuts(statistics_of(self, of->index), capture_get_info(of->from));
    }
    g_array_set_size(self->feeds, 0);
}

void reader_finish(reader *self) {
    totals before = totals_now(self);
    totals after;

    if (self->statistics->len == 0) {
        return;
    }
    turn_streams_finish(self->streams, &self->last);
    after = totals_now(self);
    add_difference(statistics_of(self, self->last.capture), &before, &after);
    for (guint i = 0; i < self->statistics->len; i++) {
        reader_statistics *of = g_ptr_array_index(self->statistics, i);

        turn_report_warn(of->warnings, TURN_REPORT_BYTES_MISSING, of->tcp_bytes_missing);
        turn_report_warn(of->warnings, TURN_REPORT_FRAGMENTS_LOST, of->fragments_lost);
        turn_report_warn(of->warnings, TURN_REPORT_CONNECTIONS_DROPPED, of->connections_dropped);
        turn_report_warn(of->warnings, TURN_REPORT_OUT_OF_ORDER, of->time_steps_back);
    }
}
