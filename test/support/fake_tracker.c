/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "support/fake_tracker.h"

turn_tracker *turn_tracker_new(void) {
    turn_tracker *tracker = g_new0(turn_tracker, 1);

    tracker->log = g_string_new(NULL);
    return tracker;
}

void turn_tracker_free(turn_tracker *tracker) {
    g_string_free(tracker->log, TRUE);
    g_free(tracker);
}

void fake_tracker_clear(turn_tracker *tracker) {
    g_string_truncate(tracker->log, 0);
    tracker->units = 0;
    tracker->unit_bytes = 0;
}

void turn_tracker_add_port(turn_tracker *tracker, guint16 port) {
    (void)tracker;
    (void)port;
}

gboolean turn_tracker_is_turn_port(const turn_tracker *tracker, guint16 port) {
    return !tracker->no_ports && port == 3478;
}

static void begin(turn_tracker *tracker, const char *what, const turn_packet *packet) {
    g_string_append(tracker->log, what);
    if (!tracker->hide_frames) {
        g_string_append_printf(tracker->log, " %u", packet->frame);
    }
    g_string_append_printf(tracker->log, " %u>%u", packet->flow.source.port,
                           packet->flow.destination.port);
    tracker->identity = packet->identity;
}

static void contents(turn_tracker *tracker, const guint8 *bytes, gsize captured, gsize length) {
    g_string_append_printf(tracker->log, " %zu/%zu", captured, length);
    if (captured > 0) {
        g_string_append_c(tracker->log, ' ');
    }
    for (gsize i = 0; i < MIN(captured, 4); i++) {
        g_string_append_printf(tracker->log, "%02x", bytes[i]);
    }
}

void turn_tracker_datagram(turn_tracker *tracker, const turn_packet *packet, const guint8 *bytes,
                           gsize captured, gsize reported) {
    begin(tracker, "datagram", packet);
    contents(tracker, bytes, captured, reported);
    g_string_append_c(tracker->log, '\n');
}

void turn_tracker_tcp(turn_tracker *tracker, const turn_packet *packet, turn_tcp_event event) {
    static const char *const names[] = {"syn", "syn-ack", "established", "fin", "reset", "tls"};

    if (!tracker->hide_frames) {
        begin(tracker, "tcp", packet);
        g_string_append_printf(tracker->log, " %s\n", names[event]);
    }
}

gboolean turn_tracker_is_relayed(const turn_tracker *tracker, const stun_address *address) {
    (void)tracker;
    return address->port == FAKE_RELAY_PORT;
}

void turn_tracker_tcp_stuck(turn_tracker *tracker, const turn_packet *packet,
                            const turn_stuck *stuck) {
    if (!tracker->hide_frames) {
        begin(tracker, "stuck", packet);
        g_string_append_printf(tracker->log, " %zu*%u\n", stuck->length, stuck->transmissions);
    }
}

void turn_tracker_rest(const turn_tracker *tracker, const turn_packet *packet,
                       const turn_unit *unit) {
    (void)tracker;
    (void)packet;
    (void)unit;
}

void turn_tracker_anew(const turn_tracker *tracker, const turn_packet *packet) {
    (void)tracker;
    (void)packet;
}

void turn_tracker_unit(turn_tracker *tracker, const turn_packet *packet, const turn_unit *unit) {
    static const char *const framings[] = {"turn", "rfc4571", "ms-turn"};
    static const char *const kinds[] = {"stun",    "channel",     "packet",    "control",
                                        "ms-data", "multiplexed", "pseudo-tls"};

    begin(tracker, unit->opaque ? "opaque" : "unit", packet);
    if (!unit->opaque) {
        g_string_append_printf(tracker->log, " %s %s", framings[unit->framing], kinds[unit->kind]);
    }
    contents(tracker, unit->bytes, unit->captured, unit->length);
    if (tracker->show_begin) {
        g_string_append_printf(tracker->log, " +%zu from %u", unit->header, unit->begun);
    }
    g_string_append_c(tracker->log, '\n');
    tracker->units++;
    tracker->unit_bytes += unit->length;
}

/* Of every packet: not worth a line in the log. */
void turn_tracker_time(turn_tracker *tracker, guint32 capture, gint64 time) {
    (void)tracker;
    (void)capture;
    (void)time;
}

void turn_tracker_gap(turn_tracker *tracker, const turn_packet *packet, gsize length) {
    begin(tracker, "gap", packet);
    g_string_append_printf(tracker->log, " %zu\n", length);
}

void turn_tracker_icmp(turn_tracker *tracker, const turn_packet *packet,
                       const turn_icmp_error *error) {
    g_string_append_printf(tracker->log, "icmp %u v%u %u/%u %s %u>%u\n", packet->frame,
                           error->version, error->type, error->code,
                           error->about.transport == TURN_TRANSPORT_TCP ? "tcp" : "udp",
                           error->about.source.port, error->about.destination.port);
    tracker->identity = packet->identity;
}

void turn_tracker_icmp_cut(turn_tracker *tracker, const turn_packet *packet) {
    g_string_append_printf(tracker->log, "icmp %u cut\n", packet->frame);
}
