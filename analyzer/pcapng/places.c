/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "analyzer/pcapng/places.h"

#include "analyzer/pcapng/datagrams.h"

struct places {
    const turn_report *found;
    turn_memberships *at[TURN_POINT_COUNT]; /* with one place only the first is used */
    datagrams *parts;
};

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
                                         &found->seen, found->members);
}

static void place_whole(const places *self, packet_kind kind, const packet *decoded,
                        placed *found) {
    found->kind = kind;
    found->segment = decoded->segment;
    found->flow = decoded->segment.packet.flow;
    if (kind == PACKET_ICMP_ERROR) {
        if (!packet_icmp_error(decoded, &found->icmp)) {
            found->kind = PACKET_OTHER;
            return;
        }
        found->flow = found->icmp.about;
    }
    look_up(self, found);
}

/* What the first part of a datagram begins with. */
static packet_kind decode_first(const packet *part, packet *first) {
    *first = *part;
    return first->ip.version == 6 && !ip_skip_extensions(&first->ip)
               ? PACKET_OTHER
               : packet_decode_datagram(first);
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
    whole = datagrams_find(self->parts, &part->ip, found->seen.time);
    if (whole != NULL) {
        found->kind = whole->kind;
        found->flow = whole->flow;
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

/* Notes the packet if it is the first part of a datagram of a session. */
static void learn(places *self, guint32 index, int link_type, const capture_packet *of) {
    packet decoded;
    placed found;
    datagram added;

    if (packet_decode(link_type, of->bytes, of->captured, of->reported, &decoded) !=
            PACKET_FRAGMENT ||
        decoded.ip.offset != 0) {
        return;
    }
    places_find(self, index, link_type, of, &found);
    if (found.count > 0) {
        added = (datagram){.time = of->time, .kind = found.kind, .flow = found.flow};
        datagrams_add(self->parts, &decoded.ip, &added);
    }
}

places *places_new(const turn_report *found, const reopening *again) {
    places *self = g_new0(places, 1);

    self->found = found;
    self->parts = datagrams_new();
    for (guint i = 0; i < TURN_POINT_COUNT; i++) {
        if (found->join != NULL) {
            self->at[i] = turn_memberships_new(found->join->points[i].model);
        } else if (i == 0) {
            self->at[i] = turn_memberships_new(found->model);
        }
    }
    for (guint32 i = 0; i < found->captures->len; i++) {
        g_autoptr(capture) from = again->open(again->data, i, NULL);
        capture_packet of;

        while (from != NULL && capture_next(from, &of, NULL) == CAPTURE_PACKET) {
            learn(self, i, capture_get_info(from)->link_type, &of);
        }
    }
    datagrams_sort(self->parts);
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
