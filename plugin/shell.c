/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "plugin/shell.h"

#include "plugin/place.h"

#define MS_CONTROL 2
#define MS_DATA    3

#define MS_HEADER 4 /* without the second length */

static int hf_channel;
static int hf_tunnel_length;
static int hf_session_id;
static int hf_ms_type;
static int hf_ms_length;
static int hf_rtp_length;
static int hf_pseudo_tls;
static int hf_complete_frame;
static gint ett_shell = WS_ETT_INIT;
static gint ett_ms_header = WS_ETT_INIT;

static const value_string ms_types[] = {
    {MS_CONTROL, "Control message"}, {MS_DATA, "End-to-end data"}, {0, NULL}};

void mstun_shell_register(void) {
    static hf_register_info fields[] = {
        {&hf_channel,
         {"Channel", "mstun.channel", FT_UINT16, BASE_HEX, NULL, 0, "RFC 8656 section 12.4",
          HFILL}},
        {&hf_tunnel_length,
         {"Length", "mstun.channel.length", FT_UINT16, BASE_DEC, NULL, 0,
          "Bytes behind this field, or behind the header of ChannelData", HFILL}},
        {&hf_session_id,
         {"Multiplexed TURN session", "mstun.multiplexed.session_id", FT_BYTES, BASE_NONE, NULL, 0,
          "[MS-TURN] 2.2.3", HFILL}},
        {&hf_ms_type,
         {"Type", "mstun.tcp.type", FT_UINT8, BASE_DEC, VALS(ms_types), 0,
          "Of the unit, in the TCP header of [MS-TURN]", HFILL}},
        {&hf_ms_length,
         {"Length", "mstun.tcp.length", FT_UINT16, BASE_DEC, NULL, 0,
          "Bytes behind the TCP header of [MS-TURN]", HFILL}},
        {&hf_rtp_length,
         {"Packet length", "mstun.tcp.packet_length", FT_UINT16, BASE_DEC, NULL, 0,
          "A second length inside end-to-end data, RFC 4571", HFILL}},
        {&hf_pseudo_tls,
         {"Pseudo-TLS", "mstun.pseudo_tls", FT_STRING, BASE_NONE, NULL, 0,
          "A hello with which MS-TURN begins on TCP port 443; no TLS follows it", HFILL}},
        {&hf_complete_frame,
         {"Goes on, complete in frame", "mstun.complete_frame", FT_FRAMENUM, BASE_NONE, NULL, 0,
          "The segment ends within a unit, which this frame completes", HFILL}},
    };
    static gint *subtrees[] = {&ett_shell, &ett_ms_header};

    proto_register_field_array(proto_mstun, fields, array_length(fields));
    proto_register_subtree_array(subtrees, array_length(subtrees));
}

static proto_tree *begin(tvbuff_t *tvb, proto_tree *tree, gint length, const char *what) {
    proto_item *item = proto_tree_add_protocol_format(tree, proto_mstun, tvb, 0, length,
                                                      "STUN and TURN diagnosis, %s", what);

    return proto_item_add_subtree(item, ett_shell);
}

/* A header may have been cut by the capture: only what is there is shown. */
static void add_if_there(proto_tree *tree, int hf, tvbuff_t *tvb, gint offset, gint length) {
    if (tvb_bytes_exist(tvb, offset, length)) {
        proto_tree_add_item(tree, hf, tvb, offset, length, ENC_BIG_ENDIAN);
    }
}

void mstun_shell_tunnel(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree,
                        const stun_frame *frame, const turn_place *place) {
    const gboolean multiplexed = frame->kind == STUN_FRAME_MULTIPLEXED;
    const char *what = multiplexed
                           ? "multiplexed TURN"
                           : wmem_strdup_printf(pinfo->pool, "ChannelData 0x%04x", frame->channel);
    proto_tree *shell = begin(tvb, tree, (gint)MIN(frame->payload, tvb_captured_length(tvb)), what);

    add_if_there(shell, hf_channel, tvb, 0, 2);
    add_if_there(shell, hf_tunnel_length, tvb, 2, 2);
    if (multiplexed) {
        add_if_there(shell, hf_session_id, tvb, 4, 8);
    }
    mstun_place_show(tvb, shell, place);
}

static void ms_header(tvbuff_t *tvb, proto_tree *tree) {
    add_if_there(tree, hf_ms_type, tvb, 0, 1);
    add_if_there(tree, hf_ms_length, tvb, 2, 2);
}

void mstun_shell_ms_control(tvbuff_t *tvb, proto_tree *tree, gint header) {
    ms_header(tvb, begin(tvb, tree, header, "TCP header of MS-TURN"));
}

void mstun_shell_ms_data(tvbuff_t *tvb, proto_tree *tree, const turn_place *place, gint header) {
    proto_tree *shell = begin(tvb, tree, header, "end-to-end data of MS-TURN");

    ms_header(tvb, shell);
    if (header > MS_HEADER) {
        add_if_there(shell, hf_rtp_length, tvb, MS_HEADER, 2);
    }
    mstun_place_show(tvb, shell, place);
}

void mstun_shell_pseudo_tls(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree) {
    static const guint8 client_hello = 1; /* RFC 5246 section 7.4 */
    const gboolean client = tvb_bytes_exist(tvb, 5, 1) && tvb_memeql(tvb, 5, &client_hello, 1) == 0;
    const char *what = client ? "ClientHello" : "ServerHello, ServerHelloDone";
    proto_tree *shell = begin(tvb, tree, (gint)tvb_captured_length(tvb), "pseudo-TLS");

    proto_tree_add_string(shell, hf_pseudo_tls, tvb, 0, (gint)tvb_captured_length(tvb), what);
    col_set_str(pinfo->cinfo, COL_PROTOCOL, "MS-TURN");
    col_append_fstr(pinfo->cinfo, COL_INFO, "Pseudo-TLS %s", what);
}

void mstun_shell_pending(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree,
                         const mstun_pending *pending, gboolean behind) {
    const gint captured = (gint)tvb_captured_length(tvb);
    proto_tree *shell = begin(tvb, tree, captured, "part of a unit");

    if (!behind) {
        col_set_str(pinfo->cinfo, COL_PROTOCOL,
                    pending->place.connection != NULL ? "TURNCONN" : "STUN");
        col_set_str(pinfo->cinfo, COL_INFO, "Part of a unit in several segments");
    }
    mstun_place_show(tvb, shell, &pending->place);
    if (pending->complete != 0 && pending->complete != pinfo->num) {
        proto_item *item =
            proto_tree_add_uint(shell, hf_complete_frame, tvb, 0, 0, pending->complete);

        proto_item_set_generated(item);
        col_append_fstr(pinfo->cinfo, COL_INFO, " [complete in frame %u]", pending->complete);
    }
}
