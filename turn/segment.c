/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "turn/segment.h"

#include "turn/bytes.h"
#include <string.h>

/* Most of STUN's transaction id and the sequence number of RTP in ChannelData lie within. More
 * would tell copies apart whose interfaces cut packets at different places. */
#define IDENTITY_PAYLOAD 16u

/* One round of a multiplicative hash; the shift brings the well mixed upper half down. */
static guint64 mix(guint64 state, guint64 value) {
    state = (state ^ value) * G_GUINT64_CONSTANT(0x9E3779B97F4A7C15);
    return state ^ state >> 32;
}

static guint64 mix_addresses(guint64 state, const turn_flow *flow) {
    const guint8 *source = flow->source.bytes;
    const guint8 *destination = flow->destination.bytes;

    if (flow->source.family == STUN_FAMILY_IPV4) {
        return mix(state, (guint64)bytes_u32(source) << 32 | bytes_u32(destination));
    }
    state = mix(mix(state, bytes_u64(source)), bytes_u64(source + 8));
    return mix(mix(state, bytes_u64(destination)), bytes_u64(destination + 8));
}

/* Where offloading leaves the same checksum in all packets, the payload alone tells them apart. */
static guint64 mix_payload(guint64 state, const turn_segment *segment) {
    guint8 head[IDENTITY_PAYLOAD] = {0};

    if (segment->captured < MIN(segment->reported, IDENTITY_PAYLOAD)) {
        return state; /* another interface may have cut it elsewhere */
    }
    if (segment->captured > 0) {
        memcpy(head, segment->bytes, MIN(segment->captured, sizeof head));
    }
    return mix(mix(state, bytes_u64(head)), bytes_u64(head + 8));
}

guint64 turn_segment_identity(const turn_segment *segment) {
    const turn_flow *flow = &segment->packet.flow;
    guint64 state = (guint64)flow->transport << 8 | (guint64)flow->source.family;

    state = mix_addresses(state, flow);
    state = mix(state, (guint64)flow->source.port << 48 | (guint64)flow->destination.port << 32 |
                           segment->ip_id);
    state = mix(state, (guint64)segment->checksum << 32 | (guint32)segment->reported);
    if (flow->transport == TURN_TRANSPORT_TCP) {
        state = mix(state, (guint64)segment->seq << 32 | segment->ack);
        state = mix(state, segment->flags);
    } else {
        state = mix_payload(state, segment);
    }
    return state != 0 ? state : 1;
}

void turn_segment_identify(const turn_segment *segment, turn_packet *seen) {
    seen->identity = turn_segment_identity(segment);
    seen->unnumbered = segment->ip_id == 0;
}
