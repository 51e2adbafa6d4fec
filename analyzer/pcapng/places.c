/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "analyzer/pcapng/places.h"

#include "analyzer/pcapng/datagrams.h"
#include "stun/message.h"
#include "turn/bytes.h"

#define UDP_HEADER 8u

struct places {
    const turn_report *found;
    turn_memberships *at[TURN_POINT_COUNT]; /* with one place only the first is used */
    datagrams *parts;                       /* NULL as long as none were read */
};

gint places_compare(const turn_seen *a, const turn_seen *b) {
    if (a->capture != b->capture) {
        return a->capture < b->capture ? -1 : 1;
    }
    return a->frame < b->frame ? -1 : a->frame > b->frame;
}

static const turn_memberships *memberships_of(const places *self, guint32 index) {
    const turn_report_capture *of = g_ptr_array_index(self->found->captures, index);
    const gboolean second =
        self->found->join != NULL && g_strcmp0(of->point, turn_point_text(TURN_POINT_SERVER)) == 0;

    return self->at[second ? TURN_POINT_SERVER : TURN_POINT_CLIENT];
}

guint places_number(const places *self, const turn_session *session) {
    const turn_joined_session *joined =
        self->found->join != NULL ? turn_join_session(self->found->join, session) : NULL;

    return joined != NULL ? joined->shown->id : session->id;
}

static void look_up(const places *self, placed *found) {
    found->count = turn_memberships_find(memberships_of(self, found->seen.capture), &found->flow,
                                         &found->seen, found->is_message, found->members);
}

/* The first part of the datagram that a part with IP is of; NULL when it is not known. */
static const datagram *whole_of(const places *self, const ip_datagram *ip, gint64 time) {
    return self->parts != NULL ? datagrams_find(self->parts, ip, time) : NULL;
}

static gboolean is_message(const guint8 *bytes, gsize captured, gsize reported) {
    stun_message message;

    return stun_message_parse(bytes, captured, reported, &message) != STUN_NOT_STUN;
}

static gboolean quotes_message(const turn_segment *segment) {
    ip_datagram quoted;

    return ip_decode(segment->bytes, segment->captured, segment->reported, &quoted) &&
           quoted.protocol == IP_UDP && quoted.captured > UDP_HEADER &&
           is_message(quoted.payload + UDP_HEADER, quoted.captured - UDP_HEADER,
                      quoted.reported - UDP_HEADER);
}

/* What an ICMP error is about: it may quote any part of a datagram. */
static gboolean place_error(const places *self, const packet *decoded, placed *found) {
    const turn_segment *segment = &decoded->segment;
    const datagram *whole = NULL;
    ip_datagram quoted;

    if (packet_icmp_error(decoded, &found->icmp)) {
        found->flow = found->icmp.about;
        found->is_message = quotes_message(segment);
        return TRUE;
    }
    if (ip_decode(segment->bytes, segment->captured, segment->reported, &quoted) &&
        quoted.offset != 0) {
        whole = whole_of(self, &quoted, found->seen.time);
    }
    if (whole == NULL || (whole->kind != PACKET_UDP && whole->kind != PACKET_TCP)) {
        return FALSE;
    }
    found->icmp = (turn_icmp_error){.version = decoded->ip.version,
                                    .type = decoded->ip.payload[0],
                                    .code = decoded->ip.payload[1],
                                    .about = whole->flow};
    found->flow = whole->flow;
    found->is_message = whole->is_message;
    return TRUE;
}

static void place_whole(const places *self, packet_kind kind, const packet *decoded,
                        placed *found) {
    found->kind = kind;
    found->segment = decoded->segment;
    found->flow = decoded->segment.packet.flow;
    found->is_message =
        kind == PACKET_UDP &&
        is_message(decoded->segment.bytes, decoded->segment.captured, decoded->segment.reported);
    if (kind == PACKET_ICMP_ERROR && !place_error(self, decoded, found)) {
        found->kind = PACKET_OTHER;
        return;
    }
    look_up(self, found);
}

/* What the first part of a datagram begins with. To those who read it the rest is as if the capture
 * lacked it. */
static packet_kind decode_first(const packet *part, packet *first) {
    ip_datagram *ip = &first->ip;

    *first = *part;
    if (ip->version == 6 && !ip_skip_extensions(ip)) {
        return PACKET_OTHER;
    }
    if (ip->protocol == IP_UDP && ip->captured >= 6) {
        ip->reported = MAX(ip->reported, bytes_u16(ip->payload + 4));
    }
    return packet_decode_datagram(first);
}

static void place_fragment(const places *self, const packet *part, placed *found) {
    const datagram *whole;

    found->fragment = TRUE;
    found->offset = part->ip.offset;
    if (part->ip.offset == 0) {
        packet first;
        const packet_kind kind = decode_first(part, &first);

        if (kind != PACKET_OTHER) {
            place_whole(self, kind, &first, found);
        }
        return;
    }
    whole = whole_of(self, &part->ip, found->seen.time);
    if (whole != NULL) {
        found->kind = whole->kind;
        found->flow = whole->flow;
        found->is_message = whole->is_message;
        look_up(self, found);
    }
}

void places_find(const places *self, guint32 index, int link_type, const capture_packet *of,
                 placed *found) {
    packet decoded;
    const packet_kind kind =
        packet_decode(link_type, of->bytes, of->captured, of->reported, &decoded);

    *found = (placed){.kind = PACKET_OTHER,
                      .seen = {.capture = index, .frame = of->frame, .time = of->time}};
    if (kind == PACKET_FRAGMENT) {
        place_fragment(self, &decoded, found);
    } else if (kind != PACKET_OTHER) {
        place_whole(self, kind, &decoded, found);
    }
}

/* Notes the packet if it is the first part of a datagram. */
static void learn(const places *self, datagrams *parts, guint32 index, int link_type,
                  const capture_packet *of) {
    packet decoded;
    placed found;
    datagram added;

    if (packet_decode(link_type, of->bytes, of->captured, of->reported, &decoded) !=
            PACKET_FRAGMENT ||
        decoded.ip.offset != 0) {
        return;
    }
    places_find(self, index, link_type, of, &found);
    added = (datagram){.time = of->time,
                       .kind = found.kind,
                       .flow = found.flow,
                       .is_message = found.is_message,
                       .wanted = found.count > 0};
    datagrams_add(parts, &decoded.ip, &added);
}

static gboolean has_fragments(const turn_report *found) {
    for (guint i = 0; i < found->captures->len; i++) {
        if (((const turn_report_capture *)g_ptr_array_index(found->captures, i))->fragments > 0) {
            return TRUE;
        }
    }
    return FALSE;
}

static datagrams *read_parts(places *self, const reopening *again) {
    datagrams *parts = datagrams_new();

    for (guint32 i = 0; i < self->found->captures->len; i++) {
        g_autoptr(capture) from = again->open(again->data, i, NULL);
        capture_packet of;

        while (from != NULL && capture_next(from, &of, NULL) == CAPTURE_PACKET) {
            learn(self, parts, i, capture_get_info(from)->link_type, &of);
        }
    }
    datagrams_sort(parts);
    return parts;
}

places *places_new(const turn_report *found, const reopening *again) {
    places *self = g_new0(places, 1);

    self->found = found;
    for (guint i = 0; i < TURN_POINT_COUNT; i++) {
        if (found->join != NULL) {
            self->at[i] = turn_memberships_new(found->join->points[i].model);
        } else if (i == 0) {
            self->at[i] = turn_memberships_new(found->model);
        }
    }
    if (has_fragments(found)) {
        self->parts = read_parts(self, again);
    }
    return self;
}

void places_free(places *self) {
    if (self == NULL) {
        return;
    }
    for (guint i = 0; i < TURN_POINT_COUNT; i++) {
        turn_memberships_free(self->at[i]);
    }
    datagrams_free(self->parts);
    g_free(self);
}
