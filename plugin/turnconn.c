/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "plugin/turnconn.h"

#include "plugin/display.h"
#include "plugin/place.h"

int proto_turnconn = -1;

static int hf_length;
static int hf_connection_id;
static int hf_peer;
static int hf_attempt_frame;
static int hf_bind_frame;
static int hf_began_frame;
static int hf_payload;
static gint ett_turnconn = WS_ETT_INIT;

static dissector_handle_t frame_handle;

static const char *const payload_names[] = {
    [STUN_PAYLOAD_STUN] = "STUN",
    [STUN_PAYLOAD_DTLS] = "DTLS",
    [STUN_PAYLOAD_TLS] = "TLS",
    [STUN_PAYLOAD_CHANNEL_DATA] = "ChannelData",
    [STUN_PAYLOAD_RTP] = "RTP",
    [STUN_PAYLOAD_RTCP] = "RTCP",
    [STUN_PAYLOAD_ZRTP] = "ZRTP",
    [STUN_PAYLOAD_QUIC] = "QUIC",
    [STUN_PAYLOAD_MULTIPLEXED] = "multiplexed TURN",
    [STUN_PAYLOAD_EMPTY] = "empty",
    [STUN_PAYLOAD_OTHER] = "data",
};

void mstun_turnconn_register(void) {
    static hf_register_info fields[] = {
        {&hf_length,
         {"Length", "turnconn.length", FT_UINT16, BASE_DEC, NULL, 0,
          "Bytes of the packet that follows, RFC 4571", HFILL}},
        {&hf_connection_id,
         {"Connection ID", "turnconn.connection_id", FT_UINT32, BASE_HEX, NULL, 0,
          "CONNECTION-ID of the ConnectionBind, RFC 6062", HFILL}},
        {&hf_peer,
         {"Peer", "turnconn.peer", FT_STRING, BASE_NONE, NULL, 0,
          "Who is at the other end of the bound connection", HFILL}},
        {&hf_attempt_frame,
         {"Connection began in frame", "turnconn.attempt_frame", FT_FRAMENUM, BASE_NONE, NULL, 0,
          "ConnectionAttempt, or the answer to Connect, on the control connection", HFILL}},
        {&hf_bind_frame,
         {"Bound in frame", "turnconn.bind_frame", FT_FRAMENUM, BASE_NONE, NULL, 0,
          "ConnectionBind Request", HFILL}},
        {&hf_began_frame,
         {"Began in frame", "turnconn.began_frame", FT_FRAMENUM, BASE_NONE, NULL, 0,
          "The frame whose segment holds the first byte", HFILL}},
        {&hf_payload,
         {"Payload", "turnconn.payload", FT_STRING, BASE_NONE, NULL, 0,
          "What the packet is by its first bytes, RFC 7983", HFILL}},
    };
    static gint *subtrees[] = {&ett_turnconn};

    if (proto_get_id_by_filter_name("turnconn") != -1) {
        return;
    }
    proto_turnconn = proto_register_protocol("TURN Connection (RFC 6062)", "TURNCONN", "turnconn");
    proto_register_field_array(proto_turnconn, fields, array_length(fields));
    proto_register_subtree_array(subtrees, array_length(subtrees));
}

static void add_generated(tvbuff_t *tvb, proto_tree *tree, int hf, guint32 frame) {
    if (frame != 0) {
        proto_item_set_generated(proto_tree_add_uint(tree, hf, tvb, 0, 0, frame));
    }
}

static void add_connection(tvbuff_t *tvb, proto_tree *tree, const turn_connection *connection) {
    if (connection->has_id) {
        proto_item_set_generated(
            proto_tree_add_uint(tree, hf_connection_id, tvb, 0, 0, connection->id));
    }
    if (connection->peer != NULL && connection->peer->address.family != STUN_FAMILY_NONE) {
        char peer[STUN_ADDRESS_TEXT];

        stun_address_format(&connection->peer->address, peer, sizeof peer);
        proto_item_set_generated(proto_tree_add_string(tree, hf_peer, tvb, 0, 0, peer));
    }
    add_generated(tvb, tree, hf_attempt_frame, connection->attempt.frame);
    add_generated(tvb, tree, hf_bind_frame, connection->bind.frame);
}

/* Without framing nothing says where a packet begins. */
static const char *payload_name(const mstun_unit *unit, tvbuff_t *packet) {
    const guint captured = tvb_captured_length(packet);

    if (tvb_reported_length(packet) == 0) {
        return payload_names[STUN_PAYLOAD_EMPTY];
    }
    if (captured == 0 || unit->unit.opaque) {
        return payload_names[STUN_PAYLOAD_OTHER];
    }
    return payload_names[stun_payload_classify(tvb_get_ptr(packet, 0, (gint)captured), captured,
                                               tvb_reported_length(packet))];
}

static void add_fields(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, const mstun_unit *unit,
                       tvbuff_t *packet) {
    const gint header = (gint)unit->unit.header;

    if (header > 0) {
        proto_tree_add_item(tree, hf_length, tvb, 0, header, ENC_BIG_ENDIAN);
    }
    if (unit->unit.begun != 0 && unit->unit.begun != pinfo->num) {
        add_generated(tvb, tree, hf_began_frame, unit->unit.begun);
    }
    proto_item_set_generated(
        proto_tree_add_string(tree, hf_payload, tvb, 0, 0, payload_name(unit, packet)));
    if (unit->place.connection != NULL) {
        add_connection(tvb, tree, unit->place.connection);
    }
    mstun_place_show(tvb, tree, &unit->place);
}

static int dissect_frame(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, void *data) {
    const mstun_unit *unit = data;
    const gint header = (gint)unit->unit.header;
    tvbuff_t *packet = tvb_new_subset_remaining(tvb, header);
    const char *name = payload_name(unit, packet);
    proto_item *item = proto_tree_add_protocol_format(
        tree, proto_turnconn, tvb, 0, header > 0 ? header : -1, "TURN Connection, %s",
        unit->unit.opaque                ? "bytes without framing"
        : unit->place.connection != NULL ? "frame"
                                         : "frame of ICE over TCP");

    col_set_str(pinfo->cinfo, COL_PROTOCOL, "TURNCONN");
    col_append_fstr(pinfo->cinfo, COL_INFO, "%s: %s, %u bytes",
                    unit->unit.opaque ? "Without framing" : "Frame", name,
                    tvb_reported_length(packet));
    add_fields(tvb, pinfo, proto_item_add_subtree(item, ett_turnconn), unit, packet);
    if (unit->unit.opaque) {
        mstun_display_data(packet, pinfo, tree);
    } else {
        mstun_display_packet(packet, pinfo, tree);
    }
    mstun_place_column(pinfo, &unit->place);
    return (int)tvb_captured_length(tvb);
}

void mstun_turnconn_hand_off(void) {
    if (proto_turnconn != -1) {
        frame_handle = create_dissector_handle(dissect_frame, proto_turnconn);
    }
}

void mstun_turnconn_show(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree,
                         const mstun_unit *unit) {
    mstun_unit shown = *unit;

    if (frame_handle == NULL || call_dissector_only(frame_handle, tvb, pinfo, tree, &shown) == 0) {
        mstun_display_packet(tvb_new_subset_remaining(tvb, (gint)unit->unit.header), pinfo, tree);
    }
}
