/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "plugin/message.h"

#include "plugin/attributes.h"
#include "plugin/column.h"
#include "plugin/experts.h"
#include "plugin/judgement.h"

static int hf_type;
static int hf_method;
static int hf_class;
static int hf_length;
static int hf_cookie;
static int hf_id;
static int ett_message = WS_ETT_INIT;
static int ett_type = WS_ETT_INIT;

static const value_string methods[] = {
#define STUN_METHOD(ident, value, name) {(value), (name)},
#include "stun/methods.def"
#undef STUN_METHOD
    {0, NULL}};

static const value_string classes[] = {{STUN_REQUEST, "Request"},
                                       {STUN_INDICATION, "Indication"},
                                       {STUN_SUCCESS, "Success Response"},
                                       {STUN_ERROR, "Error Response"},
                                       {0, NULL}};

static void register_header(void) {
    static hf_register_info fields[] = {
        {&hf_type, {"Type", "mstun.type", FT_UINT16, BASE_HEX, NULL, 0, NULL, HFILL}},
        {&hf_method,
         {"Method", "mstun.method", FT_UINT16, BASE_HEX, VALS(methods), 0,
          "As the message's dialect reads the type", HFILL}},
        {&hf_class,
         {"Class", "mstun.class", FT_UINT8, BASE_DEC, VALS(classes), 0,
          "As the message's dialect reads the type", HFILL}},
        {&hf_length,
         {"Length", "mstun.length", FT_UINT16, BASE_DEC, NULL, 0, "Of all attributes, as declared",
          HFILL}},
        {&hf_cookie, {"Cookie", "mstun.cookie", FT_UINT32, BASE_HEX, NULL, 0, NULL, HFILL}},
        {&hf_id,
         {"Transaction ID", "mstun.id", FT_BYTES, BASE_NONE, NULL, 0,
          "12 bytes behind the cookie; 16 bytes where there is none", HFILL}},
    };
    static int *subtrees[] = {&ett_message, &ett_type};

    proto_register_field_array(proto_mstun, fields, (int)array_length(fields));
    proto_register_subtree_array(subtrees, (int)array_length(subtrees));
}

void mstun_message_register(void) {
    register_header();
    mstun_attributes_register();
    mstun_judgement_register();
    mstun_experts_register();
}

static void show_type(const mstun_view *view, const char *name) {
    const stun_message *message = view->message;
    proto_item *item = proto_tree_add_uint_format_value(
        view->tree, hf_type, view->tvb, 0, 2, message->type, "%s (0x%04x)", name, message->type);
    proto_tree *tree = proto_item_add_subtree(item, ett_type);

    proto_tree_add_uint(tree, hf_method, view->tvb, 0, 2, message->method);
    proto_tree_add_uint(tree, hf_class, view->tvb, 0, 2, message->cls);
}

/* What contradicts the length that the header declares. */
static void judge_length(const mstun_view *view, stun_status status, proto_item *item) {
    const stun_message *message = view->message;
    const size_t reported = tvb_reported_length(view->tvb);
    expert_field *wrong = mstun_expert_field(MSTUN_EXPERT_MESSAGE_LENGTH);

    if (status == STUN_TRUNCATED) {
        proto_item_append_text(item, " (%zu are there)", message->captured - STUN_HEADER_SIZE);
        expert_add_info(view->pinfo, item, mstun_expert_field(MSTUN_EXPERT_MESSAGE_CUT));
    } else if (status == STUN_MALFORMED && message->length > reported) {
        expert_add_info_format(view->pinfo, item, wrong,
                               "The header declares a message of %zu bytes, but %zu were sent",
                               message->length, reported);
    } else if (status == STUN_MALFORMED) {
        expert_add_info_format(view->pinfo, item, wrong,
                               "The length of a message must be a multiple of 4");
    }
}

static void show_header(const mstun_view *view, stun_status status, const char *name) {
    const stun_message *message = view->message;
    const int id = message->has_cookie ? 8 : 4;

    show_type(view, name);
    proto_item *length = proto_tree_add_uint(view->tree, hf_length, view->tvb, 2, 2,
                                             (uint32_t)(message->length - STUN_HEADER_SIZE));

    judge_length(view, status, length);
    if (message->has_cookie) {
        proto_tree_add_uint(view->tree, hf_cookie, view->tvb, 4, 4, STUN_COOKIE);
    }
    proto_tree_add_item(view->tree, hf_id, view->tvb, id, (int)STUN_HEADER_SIZE - id, ENC_NA);
}

/* [MS-TURN] 3.1.10: a server ignores what has no MAGIC-COOKIE. Without the cookie of RFC 8489 too,
 * a TURN message is one of that protocol, or of its drafts. */
static void judge_magic_cookie(const mstun_view *view) {
    const stun_message *message = view->message;
    stun_attr attr;

    if (message->dialect == STUN_DIALECT_RFC3489 && message->method != STUN_METHOD_BINDING &&
        message->method != STUN_METHOD_SHARED_SECRET && message->captured == message->length &&
        !stun_message_find(message, STUN_ATTR_MAGIC_COOKIE, &attr)) {
        expert_add_info_format(
            view->pinfo, view->item, mstun_expert_field(MSTUN_EXPERT_MAGIC_COOKIE),
            "MAGIC-COOKIE is missing: MS-TURN servers and clients ignore the message");
    }
}

static void judge_class(const mstun_view *view) {
    if (view->message->cls == STUN_ERROR) {
        expert_add_info(view->pinfo, view->item, mstun_expert_field(MSTUN_EXPERT_ERROR_RESPONSE));
    }
}

static void show_parts(const mstun_view *view, stun_status status, const char *type) {
    const char *protocol = view->pinfo->current_proto;

    view->pinfo->current_proto = "MSTUN"; /* what Expert Information lists its remarks under */
    show_header(view, status, type);
    mstun_attributes_show(view, status);
    judge_magic_cookie(view);
    judge_class(view);
    mstun_judgement_show(view);
    mstun_column_mend(view);
    view->pinfo->current_proto = protocol;
}

guint mstun_message_show(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree,
                         const mstun_note *note) {
    const size_t captured = tvb_captured_length(tvb);
    const size_t reported = MAX(tvb_reported_length(tvb), captured);
    stun_message message;
    char type[64];

    if (captured < STUN_HEADER_SIZE) {
        return 0;
    }
    const stun_status status =
        stun_message_parse(tvb_get_ptr(tvb, 0, (int)captured), captured, reported, &message);

    if (status == STUN_NOT_STUN) {
        return 0;
    }
    stun_message_format_type(&message, type, sizeof type);
    proto_item *item = proto_tree_add_protocol_format(
        tree, proto_mstun, tvb, 0, (int)message.captured, "STUN and TURN diagnosis, %s (%s)", type,
        stun_dialect_name(message.dialect));
    const mstun_view view = {.tvb = tvb,
                             .pinfo = pinfo,
                             .tree = proto_item_add_subtree(item, ett_message),
                             .item = item,
                             .message = &message,
                             .note = note};

    show_parts(&view, status, type);
    return (guint)MIN(message.length, reported);
}
