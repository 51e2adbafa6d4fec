/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "plugin/display.h"

#include "plugin/message.h"
#include "plugin/place.h"
#include "plugin/shell.h"
#include "plugin/turnconn.h"

#include <epan/exceptions.h>
#include <epan/proto_data.h>
#include <epan/show_exception.h>

/* Messages in messages in messages: no sender has a reason for more. */
#define MAX_DEPTH 8u

/* Wireshark takes 500 layers in one frame for a fault of a dissector. */
#define UNITS_WITH_LAYERS 32u

enum { KEY_VIEW = 1 }; /* of what is kept for the packet with p_add_proto_data() */

/* The unit or datagram that is being shown. */
typedef struct view {
    const mstun_frame *frame;
    guint unit;
    gboolean has_builtin; /* the built-in dissector was called by Wireshark itself */
    guint base;           /* of its first byte, from the beginning of its data source */
    guint depth;          /* of what is shown now, inside others */
    gboolean left_inside; /* what the latest message carries was left to be shown behind it */
} view;

static dissector_handle_t stun_handle;
static dissector_handle_t classicstun_handle;
static dissector_handle_t data_handle;

/* What a packet inside a tunnel or a bound connection is dissected with, by its first bytes. */
static struct {
    const char *name;
    dissector_handle_t handle;
} inside[] = {
    [STUN_PAYLOAD_DTLS] = {.name = "dtls"},
    [STUN_PAYLOAD_RTP] = {.name = "rtp"},
    [STUN_PAYLOAD_RTCP] = {.name = "rtcp"},
    [STUN_PAYLOAD_ZRTP] = {.name = "zrtp"},
};

static view *current_view(packet_info *pinfo) {
    return p_get_proto_data(pinfo->pool, pinfo, proto_mstun, KEY_VIEW);
}

static void set_view(packet_info *pinfo, view *to) {
    p_set_proto_data(pinfo->pool, pinfo, proto_mstun, KEY_VIEW, to);
}

static stun_payload classify(tvbuff_t *tvb) {
    const guint captured = tvb_captured_length(tvb);

    return captured == 0 ? STUN_PAYLOAD_EMPTY
                         : stun_payload_classify(tvb_get_ptr(tvb, 0, (gint)captured), captured,
                                                 tvb_reported_length(tvb));
}

/* Whatever another dissector throws, also for bytes that were not captured, stays with what it was
 * given. Returns what it took. */
static int call_safely(dissector_handle_t handle, tvbuff_t *tvb, packet_info *pinfo,
                       proto_tree *tree) {
    volatile int taken = 0;

    if (handle == NULL) {
        return 0;
    }
    TRY {
        taken = call_dissector_only(handle, tvb, pinfo, tree, NULL);
    }
    CATCH_BOUNDS_AND_DISSECTOR_ERRORS {
        show_exception(tvb, pinfo, tree, EXCEPT_CODE, GET_MESSAGE);
        taken = (int)tvb_captured_length(tvb);
    }
    ENDTRY;
    return taken;
}

/* Whether a heuristic that the user turned on has shown what the message carries. */
static gboolean ends_in_media(const packet_info *pinfo) {
    static const char *const media[] = {"rtp", "rtcp", "dtls", "zrtp"};
    wmem_list_frame_t *last = wmem_list_tail(pinfo->layers);
    const char *name =
        last != NULL ? proto_get_protocol_filter_name(GPOINTER_TO_INT(wmem_list_frame_data(last)))
                     : "";

    for (guint i = 0; i < G_N_ELEMENTS(media); i++) {
        if (g_str_equal(name, media[i])) {
            return TRUE;
        }
    }
    return FALSE;
}

/* TRUE when what the message carries is still to be shown. What Wireshark has had dissected itself
 * is the outermost message only. */
static gboolean call_builtin(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree) {
    view *at = current_view(pinfo);

    if (at->has_builtin) {
        at->has_builtin = FALSE;
        return at->left_inside || !ends_in_media(pinfo);
    }
    at->left_inside = FALSE;
    if (call_safely(stun_handle, tvb, pinfo, tree) == 0) {
        call_safely(classicstun_handle, tvb, pinfo, tree);
    }
    return at->left_inside || !ends_in_media(pinfo);
}

/* What a message or a tunnel carries. */
static void show_inside(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree) {
    view *at = current_view(pinfo);

    at->depth++;
    if (at->depth <= MAX_DEPTH) {
        mstun_display_packet(tvb, pinfo, tree);
    } else {
        mstun_display_data(tvb, pinfo, tree);
    }
    at->depth--;
}

void mstun_display_data(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree) {
    if (tvb_captured_length(tvb) > 0) {
        call_safely(data_handle, tvb, pinfo, tree);
    }
}

static const mstun_note *note_on(packet_info *pinfo, tvbuff_t *tvb) {
    const view *at = current_view(pinfo);

    return at != NULL ? mstun_frame_note(at->frame, at->unit,
                                         tvb_offset_from_real_beginning(tvb) - at->base)
                      : NULL;
}

/* The value of DATA, with a dissector of its own; RFC 8656 section 18.4. */
static void show_carried(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree,
                         const stun_message *message) {
    stun_attr data;

    if (stun_message_find(message, STUN_ATTR_DATA, &data) && data.captured > 0) {
        show_inside(tvb_new_subset_length_caplen(tvb, (gint)(data.value - message->bytes),
                                                 (gint)data.captured, (gint)data.length),
                    pinfo, tree);
    }
}

/* One message: as the built-in dissector has always shown it, and then as the plugin reads it. */
static void show_message(tvbuff_t *whole, packet_info *pinfo, proto_tree *tree,
                         const stun_message *message) {
    tvbuff_t *tvb =
        tvb_new_subset_length(whole, 0, (gint)MIN(message->length, tvb_reported_length(whole)));
    const gboolean inside_left = call_builtin(tvb, pinfo, tree);

    mstun_message_show(tvb, pinfo, tree, note_on(pinfo, tvb));
    if (inside_left) {
        show_carried(tvb, pinfo, tree, message);
    }
    if (message->method == STUN_METHOD_CONNECTION_BIND && message->cls == STUN_SUCCESS) {
        mstun_transport_claim_bound(pinfo);
    }
}

gboolean mstun_display_packet(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree) {
    const guint captured = tvb_captured_length(tvb);
    stun_message message;
    stun_payload kind;

    if (captured > 0 && stun_message_parse(tvb_get_ptr(tvb, 0, (gint)captured), captured,
                                           tvb_reported_length(tvb), &message) != STUN_NOT_STUN) {
        show_message(tvb, pinfo, tree, &message);
        return TRUE;
    }
    kind = classify(tvb);
    if (kind < G_N_ELEMENTS(inside) && inside[kind].handle != NULL &&
        call_safely(inside[kind].handle, tvb, pinfo, tree) > 0) {
        return TRUE;
    }
    mstun_display_data(tvb, pinfo, tree);
    return FALSE;
}

/* The built-in dissector offers what DATA, ChannelData and multiplexed TURN carry to a list of
 * heuristics, all of which are off unless the user turns them on; what none of them takes is
 * "data". It is shown a little later, behind the message. */
static ws_bool take_inside(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, void *data) {
    view *at = current_view(pinfo);

    (void)tvb;
    (void)tree;
    (void)data;
    if (at == NULL) {
        return FALSE;
    }
    at->left_inside = TRUE;
    return TRUE;
}

/* ChannelData and multiplexed TURN: TVB is the whole unit, its padding left out. */
static void show_tunnel(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree,
                        const stun_frame *frame, const turn_place *place) {
    const gboolean inside_left = call_builtin(tvb, pinfo, tree);

    mstun_shell_tunnel(tvb, pinfo, tree, frame, place);

    if (inside_left) {
        show_inside(tvb_new_subset_remaining(tvb, (gint)frame->payload), pinfo, tree);
    }
    mstun_place_column(pinfo, place);
}

static void show_datagram(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree,
                          const mstun_frame *record) {
    const guint captured = tvb_captured_length(tvb);
    stun_frame frame;

    if (captured > 0 && stun_frame_datagram(tvb_get_ptr(tvb, 0, (gint)captured), captured,
                                            tvb_reported_length(tvb), &frame) != STUN_NOT_STUN) {
        const guint length = (guint)(frame.payload + frame.payload_length);

        show_tunnel(tvb_new_subset_length(tvb, 0, (gint)MIN(length, tvb_reported_length(tvb))),
                    pinfo, tree, &frame, &record->place);
    } else {
        mstun_display_packet(tvb, pinfo, tree);
    }
}

/* Header and bytes of a unit, wherever they came from. */
static tvbuff_t *unit_tvb(const mstun_unit *unit, tvbuff_t *payload, packet_info *pinfo) {
    const guint captured = (guint)(unit->unit.header + unit->unit.captured);
    const guint length = (guint)(unit->unit.header + unit->unit.length);
    tvbuff_t *tvb;

    if (unit->copy == NULL) {
        return tvb_new_subset_length_caplen(payload, (gint)unit->offset, (gint)captured,
                                            (gint)length);
    }
    tvb = tvb_new_child_real_data(payload, unit->copy, captured, (gint)length);
    add_new_data_source(pinfo, tvb, "Joined from several segments");
    return tvb;
}

static void show_ms_unit(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree,
                         const mstun_unit *unit) {
    const gint header = (gint)unit->unit.header;

    if (unit->unit.kind == STUN_FRAME_MS_DATA) {
        mstun_shell_ms_data(tvb, tree, &unit->place, header);
    } else {
        mstun_shell_ms_control(tvb, tree, header);
    }
    mstun_display_packet(tvb_new_subset_remaining(tvb, header), pinfo, tree);
}

static void show_unit(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, const mstun_unit *unit) {
    stun_frame frame = {.kind = unit->unit.kind,
                        .payload = unit->unit.header,
                        .payload_length = unit->unit.length,
                        .channel = unit->unit.channel};

    if (unit->unit.opaque || unit->unit.framing == STUN_FRAMING_RFC4571) {
        mstun_turnconn_show(tvb, pinfo, tree, unit);
        return;
    }
    switch (unit->unit.kind) {
    case STUN_FRAME_CHANNEL_DATA:
    case STUN_FRAME_MULTIPLEXED:
        show_tunnel(tvb, pinfo, tree, &frame, &unit->place);
        break;
    case STUN_FRAME_MS_CONTROL:
    case STUN_FRAME_MS_DATA:
        show_ms_unit(tvb, pinfo, tree, unit);
        break;
    case STUN_FRAME_PSEUDO_TLS:
        mstun_shell_pseudo_tls(tvb, pinfo, tree);
        break;
    default:
        mstun_display_packet(tvb, pinfo, tree);
        break;
    }
}

/* Dissectors write into the Info column as if they were alone in the packet: what each wrote is
 * taken out, and all of it is put together in the end. */
static void take_column(packet_info *pinfo, wmem_strbuf_t *info, gboolean separate) {
    const char *text = col_get_text(pinfo->cinfo, COL_INFO);

    if (text != NULL) {
        wmem_strbuf_append_printf(info, "%s%s", separate ? " | " : "", text);
    }
    col_clear_fence(pinfo->cinfo, COL_INFO);
    col_clear(pinfo->cinfo, COL_INFO);
}

static void drop_layers(packet_info *pinfo, guint kept) {
    while (wmem_list_count(pinfo->layers) > kept) {
        wmem_list_remove_frame(pinfo->layers, wmem_list_tail(pinfo->layers));
    }
}

static void show_one(const mstun_segment *segment, const mstun_frame *frame, guint index,
                     packet_info *pinfo, proto_tree *tree) {
    const mstun_unit *unit = &g_array_index(frame->units, mstun_unit, index);
    const guint layers = wmem_list_count(pinfo->layers);
    tvbuff_t *tvb = unit_tvb(unit, segment->payload, pinfo);
    view at = {.frame = frame,
               .has_builtin = segment->has_builtin,
               .left_inside = TRUE,
               .unit = index,
               .base = tvb_offset_from_real_beginning(tvb)};

    set_view(pinfo, wmem_memdup(pinfo->pool, &at, sizeof at));
    show_unit(tvb, pinfo, tree, unit);
    if (index >= UNITS_WITH_LAYERS) {
        drop_layers(pinfo, layers);
    }
}

static void show_units(const mstun_segment *segment, const mstun_frame *frame, packet_info *pinfo,
                       proto_tree *tree) {
    wmem_strbuf_t *info = wmem_strbuf_new(pinfo->pool, "");
    const guint count = frame->units->len;

    if (frame == segment->frame) {
        col_clear(pinfo->cinfo, COL_INFO);
    }
    take_column(pinfo, info, FALSE); /* the remarks of TCP, which stand behind a fence */
    for (guint i = 0; i < count; i++) {
        show_one(segment, frame, i, pinfo, tree);
        take_column(pinfo, info, i > 0 || frame != segment->frame);
    }
    if (frame->pending != NULL && frame == segment->frame) {
        mstun_shell_pending(segment->payload, pinfo, tree, frame->pending, count > 0);
        take_column(pinfo, info, FALSE);
    }
    col_add_str(pinfo->cinfo, COL_INFO, wmem_strbuf_get_str(info));
    col_set_fence(pinfo->cinfo, COL_INFO);
}

void mstun_display_expect(mstun_segment *segment, packet_info *pinfo) {
    if (segment->frame != NULL && segment->flow.transport == TURN_TRANSPORT_UDP) {
        view at = {.frame = segment->frame,
                   .base = tvb_offset_from_real_beginning(segment->payload)};

        segment->outer = current_view(pinfo);
        set_view(pinfo, wmem_memdup(pinfo->pool, &at, sizeof at));
    }
}

void mstun_display_forget(const mstun_segment *segment, packet_info *pinfo) {
    if (segment->frame != NULL && segment->flow.transport == TURN_TRANSPORT_UDP) {
        set_view(pinfo, segment->outer);
    }
}

void mstun_display_segment(mstun_segment *segment, packet_info *pinfo, proto_tree *tree) {
    view *before = current_view(pinfo);

    segment->shown = TRUE;
    if (segment->flow.transport == TURN_TRANSPORT_UDP) {
        before->has_builtin = segment->has_builtin;
        show_datagram(segment->payload, pinfo, tree, segment->frame);
        return;
    }
    if (segment->frame != NULL) {
        show_units(segment, segment->frame, pinfo, tree);
    }
    if (segment->other != NULL) {
        show_units(segment, segment->other, pinfo, tree);
    }
    set_view(pinfo, before);
}

void mstun_display_register(void) {
    mstun_shell_register();
    mstun_turnconn_register();
}

void mstun_display_hand_off(void) {
    stun_handle = find_dissector("stun-udp");
    classicstun_handle = find_dissector("classicstun");
    data_handle = find_dissector("data");
    for (guint i = 0; i < G_N_ELEMENTS(inside); i++) {
        inside[i].handle = inside[i].name != NULL ? find_dissector(inside[i].name) : NULL;
    }
    heur_dissector_add("stun", take_inside, "Packets inside STUN, by mstun", "mstun_stun",
                       proto_mstun, HEURISTIC_ENABLE);
    mstun_turnconn_hand_off();
}
