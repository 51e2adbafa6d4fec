/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "plugin/transport.h"

#include "plugin/display.h"
#include "plugin/findings.h"
#include "plugin/headers.h"
#include "plugin/state.h"
#include "plugin/statistics.h"

#include <epan/conversation.h>
#include <epan/exceptions.h>
#include <epan/ipproto.h>
#include <epan/proto_data.h>

#define ICMP_HEADER 8u

enum {
    KEY_SEGMENT,
    KEY_COUNT = 2,
    KEY_FINDINGS
}; /* of what is kept for the packet with p_add_proto_data() */

/* What stood in the table before: it dissects, as always. */
static dissector_handle_t udp_before;
static dissector_handle_t tcp_before;
static dissector_handle_t icmp_before;
static dissector_handle_t icmpv6_before;

/* Of connections in which STUN was found. */
static dissector_handle_t conversation_handle;

static dissector_handle_t data_handle;
static dissector_table_t udp_ports;
static dissector_table_t tcp_ports;

/* The ICMP error that is being dissected, for the packet that it quotes. */
static struct {
    guint32 frame;
    turn_packet packet;
    turn_icmp_error error;
} icmp;

static gboolean is_enabled(void) {
    return proto_is_protocol_enabled(find_protocol_by_id(proto_mstun));
}

static gboolean is_decoded_as(const turn_flow *flow) {
    dissector_table_t ports = flow->transport == TURN_TRANSPORT_TCP ? tcp_ports : udp_ports;

    return dissector_is_uint_changed(ports, flow->source.port) ||
           dissector_is_uint_changed(ports, flow->destination.port);
}

static conversation_t *conversation_of(const packet_info *pinfo, const turn_flow *flow) {
    return find_conversation(pinfo->num, &pinfo->src, &pinfo->dst,
                             flow->transport == TURN_TRANSPORT_TCP ? CONVERSATION_TCP
                                                                   : CONVERSATION_UDP,
                             flow->source.port, flow->destination.port, 0);
}

/* A TCP connection goes to the plugin, unless the user decided by Decode As or another dissector
 * was told so: Wireshark's own reassembly must not take its segments. A UDP conversation does not:
 * it may carry anything beside STUN, and who decodes that is decided later, by SDP or DTLS. */
static void claim(packet_info *pinfo, const turn_flow *flow) {
    conversation_t *conversation = conversation_of(pinfo, flow);
    dissector_handle_t present;

    if (flow->transport != TURN_TRANSPORT_TCP || is_decoded_as(flow)) {
        return;
    }
    if (conversation == NULL) {
        conversation = conversation_new(pinfo->num, &pinfo->src, &pinfo->dst, CONVERSATION_TCP,
                                        flow->source.port, flow->destination.port, 0);
    }
    present = conversation_get_dissector(conversation, pinfo->num);
    if (present == NULL || present == data_handle) {
        conversation_set_dissector_from_frame_number(conversation, pinfo->num, conversation_handle);
    }
}

static mstun_segment *current(packet_info *pinfo) {
    return p_get_proto_data(pinfo->pool, pinfo, proto_mstun, KEY_SEGMENT);
}

static void set_current(packet_info *pinfo, mstun_segment *segment) {
    p_set_proto_data(pinfo->pool, pinfo, proto_mstun, KEY_SEGMENT, segment);
}

static void tap(const mstun_segment *segment, packet_info *pinfo) {
    const turn_session *session = NULL;

    if (segment->frame != NULL) {
        session = segment->frame->units->len > 0
                      ? g_array_index(segment->frame->units, mstun_unit, 0).place.session
                      : segment->frame->place.session;
    }
    if (session != NULL) {
        mstun_statistics_tap(pinfo, session);
    }
}

/* The way of nearly all packets is as short as it can be. */
static gboolean is_of_concern(const packet_info *pinfo, const mstun_segment *segment) {
    return segment->frame != NULL || segment->other != NULL || mstun_findings_concern(pinfo);
}

/* Which segment of its frame this is, from 0: a frame of a wireless network may hold several. */
static guint next_ordinal(packet_info *pinfo) {
    const guint count =
        GPOINTER_TO_UINT(p_get_proto_data(pinfo->pool, pinfo, proto_mstun, KEY_COUNT));

    p_set_proto_data(pinfo->pool, pinfo, proto_mstun, KEY_COUNT, GUINT_TO_POINTER(count + 1));
    return count;
}

/* What Wireshark asked for, to be passed on. */
typedef struct call {
    dissector_handle_t before;
    tvbuff_t *tvb;
    packet_info *pinfo;
    proto_tree *tree;
    void *data;
} call;

static int dissect_before(const call *asked) {
    return call_dissector_only(asked->before, asked->tvb, asked->pinfo, asked->tree, asked->data);
}

static gboolean is_bound(const mstun_frame *frame) {
    return frame->units->len > 0 &&
           g_array_index(frame->units, mstun_unit, 0).unit.framing == STUN_FRAMING_RFC4571 &&
           g_array_index(frame->units, mstun_unit, 0).place.connection != NULL;
}

/* Another dissector was chosen: by the user, or by a Wireshark that decodes bound connections. */
static gboolean stands_aside(const mstun_segment *segment, const packet_info *pinfo) {
    conversation_t *conversation;
    dissector_handle_t present;

    if (is_decoded_as(&segment->flow)) {
        return !segment->has_builtin;
    }
    if (segment->frame->direct) {
        return !proto_is_frame_protocol(pinfo->layers, "data");
    }
    if (!is_bound(segment->frame)) {
        return FALSE;
    }
    conversation = conversation_of(pinfo, &segment->flow);
    present = conversation != NULL ? conversation_get_dissector(conversation, pinfo->num) : NULL;
    return present != NULL && present != data_handle && present != conversation_handle;
}

/* Shows what no dissector of a conversation has shown: Wireshark keeps segments back that it takes
 * for retransmitted, out of order or part of another protocol. */
static void show_rest(mstun_segment *segment, const call *asked) {
    const wmem_list_t *layers = asked->pinfo->layers;

    segment->has_builtin =
        proto_is_frame_protocol(layers, "stun") || proto_is_frame_protocol(layers, "classicstun");
    if (segment->frame != NULL ? !stands_aside(segment, asked->pinfo) : segment->other != NULL) {
        mstun_display_segment(segment, asked->pinfo, asked->tree);
    }
}

static void show_findings(const call *asked) {
    packet_info *pinfo = asked->pinfo;

    if (p_get_proto_data(pinfo->pool, pinfo, proto_mstun, KEY_FINDINGS) == NULL) {
        p_set_proto_data(pinfo->pool, pinfo, proto_mstun, KEY_FINDINGS, pinfo);
        mstun_findings_show(asked->tvb, pinfo, asked->tree);
    }
}

/* RESULT is 0 when the protocol is disabled: nothing is to be seen of it then. */
static void finish(mstun_segment *segment, const call *asked, mstun_segment *outer, int result) {
    tap(segment, asked->pinfo);
    if (!segment->shown && result != 0) {
        show_rest(segment, asked);
    }
    if (outer == NULL) {
        show_findings(asked);
    }
    mstun_display_forget(segment, asked->pinfo);
    set_current(asked->pinfo, outer);
}

/* Dissects as always, and shows the rest also behind an exception. */
static int dissect_around(mstun_segment *segment, const call *asked) {
    mstun_segment *outer = current(asked->pinfo);
    volatile int result = -1;

    set_current(asked->pinfo, segment);
    mstun_display_expect(segment, asked->pinfo);
    TRY {
        result = dissect_before(asked);
    }
    FINALLY {
        finish(segment, asked, outer, result);
    }
    ENDTRY;
    return result;
}

static gboolean takes_in(const packet_info *pinfo) {
    if (PINFO_FD_VISITED(pinfo)) {
        mstun_state_revisit();
        return FALSE;
    }
    return mstun_state_is_open();
}

/* The transport header of a packet that an ICMP error quotes. */
static void take_quoted(const packet_info *pinfo, tvbuff_t *tvb, turn_transport transport) {
    if (icmp.frame == pinfo->num && takes_in(pinfo) && tvb_captured_length(tvb) >= 4 &&
        mstun_flow_of(pinfo, transport, tvb_get_ntohs(tvb, 0), tvb_get_ntohs(tvb, 2),
                      &icmp.error.about)) {
        icmp.packet.flow.transport = transport;
        turn_tracker_icmp(mstun_state_tracker(), &icmp.packet, &icmp.error);
    }
    icmp.frame = 0;
}

/* A segment in its own right, from TURN or not. */
static int dissect_segment(const turn_segment *from, tvbuff_t *payload, guint ordinal,
                           const call *asked) {
    const turn_flow *flow = &from->packet.flow;
    const turn_flow reversed = turn_flow_reversed(flow);
    packet_info *pinfo = asked->pinfo;
    mstun_segment found = {
        .flow = *flow, .payload = payload, .frame = mstun_frames_find(pinfo->num, ordinal, flow)};

    if (flow->transport == TURN_TRANSPORT_TCP) {
        found.other = mstun_frames_find(pinfo->num, ordinal, &reversed);
    }
    if (!is_of_concern(pinfo, &found)) {
        return dissect_before(asked);
    }
    if (found.frame != NULL && !PINFO_FD_VISITED(pinfo)) {
        claim(pinfo, flow);
    }
    return dissect_around(wmem_memdup(pinfo->pool, &found, sizeof found), asked);
}

/* What UDP and TCP differ in. */
typedef struct transport {
    turn_transport transport;
    tvbuff_t *(*read)(tvbuff_t *tvb, const packet_info *pinfo, turn_segment *segment);
    void (*take)(const turn_segment *segment, guint ordinal);
} transport;

static int dissect_transport(const transport *self, const call *asked) {
    packet_info *pinfo = asked->pinfo;
    turn_segment segment;
    tvbuff_t *payload;
    guint ordinal;

    if (pinfo->flags.in_error_pkt) {
        take_quoted(pinfo, asked->tvb, self->transport);
        return dissect_before(asked);
    }
    payload = is_enabled() ? self->read(asked->tvb, pinfo, &segment) : NULL;
    if (payload == NULL) {
        return dissect_before(asked);
    }
    ordinal = next_ordinal(pinfo);
    if (takes_in(pinfo)) {
        segment.ip_id = mstun_ip_id(asked->data);
        mstun_state_mark(&segment.packet);
        self->take(&segment, ordinal);
    }
    return dissect_segment(&segment, payload, ordinal, asked);
}

static int dissect_udp(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, void *data) {
    static const transport udp = {TURN_TRANSPORT_UDP, mstun_read_udp, mstun_frames_datagram};
    const call asked = {udp_before, tvb, pinfo, tree, data};

    return dissect_transport(&udp, &asked);
}

static int dissect_tcp(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, void *data) {
    static const transport tcp = {TURN_TRANSPORT_TCP, mstun_read_tcp, mstun_frames_segment};
    const call asked = {tcp_before, tvb, pinfo, tree, data};

    return dissect_transport(&tcp, &asked);
}

/* Types that report on a packet: RFC 792 and RFC 4443. */
static gboolean is_icmp_error(guint8 version, guint8 type) {
    return version == 4 ? type == 3 || type == 11 || type == 12 : type >= 1 && type <= 4;
}

/* RFC 1191 section 4 for IPv4 (0 from routers that do not know of it), RFC 4443 section 3.2. */
static guint icmp_mtu(tvbuff_t *tvb, guint8 version) {
    if (version == 4) {
        return tvb_get_ntohs(tvb, 0) == 0x0304 ? tvb_get_ntohs(tvb, 6) : 0;
    }
    return tvb_get_ntohs(tvb, 0) >> 8 == 2 ? tvb_get_ntohl(tvb, 4) : 0;
}

/* Whether the capture has less of the quoted packet than up to its ports, at least. */
static gboolean ends_before_ports(tvbuff_t *tvb, guint8 version) {
    const guint needed = ICMP_HEADER + (version == 4 ? 20u : 40u) + 4u;

    return tvb_captured_length(tvb) < needed && tvb_captured_length(tvb) < tvb_reported_length(tvb);
}

static void take_icmp(tvbuff_t *tvb, packet_info *pinfo, guint8 version) {
    turn_flow flow;
    guint16 both;

    icmp.frame = 0;
    if (tvb_captured_length(tvb) < ICMP_HEADER ||
        !mstun_flow_of(pinfo, TURN_TRANSPORT_UDP, 0, 0, &flow)) {
        return;
    }
    both = tvb_get_ntohs(tvb, 0);
    icmp.packet = mstun_packet_of(pinfo, &flow);
    icmp.error = (turn_icmp_error){.version = version,
                                   .type = (guint8)(both >> 8),
                                   .code = (guint8)(both & 0xff),
                                   .mtu = icmp_mtu(tvb, version)};
    icmp.frame = is_icmp_error(version, icmp.error.type) ? pinfo->num : 0;
    mstun_state_mark(&icmp.packet);
    if (icmp.frame != 0 && takes_in(pinfo) && ends_before_ports(tvb, version)) {
        turn_tracker_icmp_cut(mstun_state_tracker(), &icmp.packet);
    }
}

static int dissect_icmp_of(guint8 version, const call *asked) {
    const mstun_segment none = {.shown = TRUE};

    if (is_enabled() && takes_in(asked->pinfo)) {
        take_icmp(asked->tvb, asked->pinfo, version);
    }
    if (!is_of_concern(asked->pinfo, &none)) {
        return dissect_before(asked);
    }
    return dissect_around(wmem_memdup(asked->pinfo->pool, &none, sizeof none), asked);
}

static int dissect_icmp(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, void *data) {
    const call asked = {icmp_before, tvb, pinfo, tree, data};

    return dissect_icmp_of(4, &asked);
}

static int dissect_icmpv6(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, void *data) {
    const call asked = {icmpv6_before, tvb, pinfo, tree, data};

    return dissect_icmp_of(6, &asked);
}

/* In a tunnel the segment may be the one around this. */
static gboolean is_current(const mstun_segment *segment, const packet_info *pinfo) {
    return segment != NULL && segment->frame != NULL && !segment->shown &&
           pinfo->srcport == segment->flow.source.port &&
           pinfo->destport == segment->flow.destination.port;
}

/* In a connection that was claimed. What is not shown now was shown before. */
static int dissect_conversation(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, void *data) {
    mstun_segment *segment = current(pinfo);

    (void)data;
    if (is_current(segment, pinfo)) {
        mstun_display_segment(segment, pinfo, tree);
    }
    return (int)tvb_captured_length(tvb);
}

void mstun_transport_claim_bound(packet_info *pinfo) {
    const mstun_segment *segment = current(pinfo);
    conversation_t *conversation;
    dissector_handle_t next;

    if (segment == NULL || segment->flow.transport != TURN_TRANSPORT_TCP) {
        return;
    }
    conversation = conversation_of(pinfo, &segment->flow);
    next = conversation != NULL ? conversation_get_dissector(conversation, pinfo->num + 1) : NULL;
    /* Anything but its giving up means that this Wireshark decodes bound connections itself. */
    if (next != NULL && next == data_handle) {
        conversation_set_dissector_from_frame_number(conversation, pinfo->num + 1,
                                                     conversation_handle);
    }
}

static dissector_handle_t stand_before(guint32 protocol, dissector_t dissector, const char *name,
                                       const char *description) {
    dissector_table_t table = find_dissector_table("ip.proto");
    dissector_handle_t before = dissector_get_uint_handle(table, protocol);

    if (before != NULL) {
        /* Without a protocol: it adds no layer, and cannot be disabled with mstun. Decode As
         * tells handles apart by name and description. */
        dissector_add_uint(
            "ip.proto", protocol,
            create_dissector_handle_with_name_and_description(dissector, -1, name, description));
    }
    return before;
}

/* Behind all hand-offs, so that nobody else's comes later. */
static void take_place(void) {
    if (udp_before != NULL) {
        return;
    }
    udp_ports = find_dissector_table("udp.port");
    tcp_ports = find_dissector_table("tcp.port");
    udp_before = stand_before(IP_PROTO_UDP, dissect_udp, "mstun.udp", "UDP seen by mstun");
    tcp_before = stand_before(IP_PROTO_TCP, dissect_tcp, "mstun.tcp", "TCP seen by mstun");
    icmp_before = stand_before(IP_PROTO_ICMP, dissect_icmp, "mstun.icmp", "ICMP seen by mstun");
    icmpv6_before =
        stand_before(IP_PROTO_ICMPV6, dissect_icmpv6, "mstun.icmpv6", "ICMPv6 seen by mstun");
}

void mstun_transport_hand_off(void) {
    data_handle = find_dissector("data");
    conversation_handle = create_dissector_handle(dissect_conversation, proto_mstun);
    register_init_routine(take_place);
}
