/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "plugin/attributes.h"

#include "plugin/experts.h"
#include "plugin/fields.h"
#include "plugin/values.h"

#define HEADER  4u /* type and length of an attribute */
#define UNKNOWN "Unknown attribute"

static int hf_attribute;
static int hf_type;
static int hf_length;
static int hf_value;
static int hf_padding;
static int ett_attribute = WS_ETT_INIT;

void mstun_attributes_register(void) {
    static hf_register_info fields[] = {
        {&hf_attribute, {"Attribute", "mstun.attribute", FT_NONE, BASE_NONE, NULL, 0, NULL, HFILL}},
        {&hf_type, {"Type", "mstun.attribute.type", FT_UINT16, BASE_HEX, NULL, 0, NULL, HFILL}},
        {&hf_length,
         {"Length", "mstun.attribute.length", FT_UINT16, BASE_DEC, NULL, 0,
          "Of the value, as declared, without padding", HFILL}},
        {&hf_value,
         {"Value", "mstun.attribute.value", FT_BYTES, BASE_NONE, NULL, 0,
          "The bytes of a value that cannot be read, or not all of it", HFILL}},
        {&hf_padding,
         {"Padding", "mstun.attribute.padding", FT_BYTES, BASE_NONE, NULL, 0, NULL, HFILL}},
    };
    static int *subtrees[] = {&ett_attribute};

    proto_register_field_array(proto_mstun, fields, (int)array_length(fields));
    proto_register_subtree_array(subtrees, (int)array_length(subtrees));
    mstun_fields_register();
}

typedef struct issue_row {
    unsigned issue;
    mstun_expert expert;
} issue_row;

static const issue_row issues[] = {
    {STUN_ISSUE_TOO_SHORT, MSTUN_EXPERT_TOO_SHORT},
    {STUN_ISSUE_TOO_LONG, MSTUN_EXPERT_TOO_LONG},
    {STUN_ISSUE_OVERRUN, MSTUN_EXPERT_OVERRUN},
    {STUN_ISSUE_AFTER_INTEGRITY, MSTUN_EXPERT_AFTER_INTEGRITY},
    {STUN_ISSUE_AFTER_FINGERPRINT, MSTUN_EXPERT_AFTER_FINGERPRINT},
};

static void add_issues(const mstun_view *view, const stun_attr *attr, proto_item *item) {
    for (size_t i = 0; i < array_length(issues); i++) {
        if ((attr->issues & issues[i].issue) != 0) {
            expert_add_info(view->pinfo, item, mstun_expert_field(issues[i].expert));
        }
    }
    if (attr->status == STUN_TRUNCATED) {
        expert_add_info(view->pinfo, item, mstun_expert_field(MSTUN_EXPERT_CUT));
    }
}

static void add_unknown(const mstun_view *view, const stun_attr *attr, proto_item *item) {
    const char *answer = view->message->cls == STUN_REQUEST
                             ? "a conforming server must answer 420"
                             : "a conforming receiver must ignore the message";

    proto_item_append_text(item, " 0x%04x: %u bytes", attr->type, attr->length);
    if (stun_attr_is_required(attr->type)) {
        expert_add_info_format(view->pinfo, item, mstun_expert_field(MSTUN_EXPERT_UNKNOWN_REQUIRED),
                               "Unknown attribute 0x%04x: %s", attr->type, answer);
    }
}

/* Where MAGIC-COOKIE stands first and is right, the dialect is MS-TURN. */
static void check_magic_cookie(const mstun_view *view, const stun_attr *attr, proto_item *item) {
    const bool first = attr->offset == STUN_HEADER_SIZE;
    uint32_t cookie = 0;

    if (attr->type != STUN_ATTR_MAGIC_COOKIE || !stun_value_uint(attr, &cookie)) {
        return;
    }
    if (cookie != STUN_MS_COOKIE) {
        expert_add_info_format(view->pinfo, item, mstun_expert_field(MSTUN_EXPERT_MAGIC_COOKIE),
                               "MAGIC-COOKIE must be 0x%08x", STUN_MS_COOKIE);
    } else if (!first) {
        expert_add_info_format(view->pinfo, item, mstun_expert_field(MSTUN_EXPERT_MAGIC_COOKIE),
                               "MAGIC-COOKIE must be the first attribute");
    }
}

/* Bytes of padding behind ATTR that are captured. */
static size_t padding_of(const stun_message *message, const stun_attr *attr) {
    const size_t end = attr->offset + HEADER + attr->length;
    const size_t padding = message->padded ? -(size_t)attr->length & 3u : 0;

    return attr->status == STUN_OK && end < message->captured
               ? MIN(padding, message->captured - end)
               : 0;
}

static void show_attribute(const mstun_view *view, const stun_attr *attr) {
    const int offset = (int)attr->offset;
    const size_t padding = padding_of(view->message, attr);
    const char *name = attr->info != NULL ? attr->info->name : UNKNOWN;
    proto_item *item =
        proto_tree_add_none_format(view->tree, hf_attribute, view->tvb, offset,
                                   (int)(HEADER + attr->captured + padding), "%s", name);
    proto_tree *tree = proto_item_add_subtree(item, ett_attribute);
    const mstun_value value = {.view = view, .attr = attr, .tree = tree, .item = item};

    proto_tree_add_uint_format_value(tree, hf_type, view->tvb, offset, 2, attr->type, "%s (0x%04x)",
                                     name, attr->type);
    proto_item *length =
        proto_tree_add_uint(tree, hf_length, view->tvb, offset + 2, 2, attr->length);

    if (attr->captured < attr->length) {
        proto_item_append_text(length, " (%zu are there)", attr->captured);
    }
    if (attr->info == NULL) {
        add_unknown(view, attr, item);
    }
    const bool shown = attr->info != NULL && mstun_value_show(&value);
    const bool all = attr->captured == attr->length && (attr->issues & STUN_ISSUE_TOO_LONG) == 0;

    if (attr->captured > 0 && !(shown && all)) {
        proto_tree_add_item(tree, hf_value, view->tvb, offset + (int)HEADER, (int)attr->captured,
                            ENC_NA);
    }
    if (padding > 0) {
        proto_tree_add_item(tree, hf_padding, view->tvb, offset + (int)(HEADER + attr->captured),
                            (int)padding, ENC_NA);
    }
    check_magic_cookie(view, attr, item);
    add_issues(view, attr, item);
}

void mstun_attributes_show(const mstun_view *view, stun_status status) {
    const stun_message *message = view->message;
    stun_attr_iter iter = stun_attr_iter_over(message);
    stun_attr attr = {.status = STUN_OK};

    while (stun_attr_iter_next(&iter, &attr)) {
        show_attribute(view, &attr);
    }
    if (status != STUN_MALFORMED && iter.status == STUN_MALFORMED && attr.status == STUN_OK) {
        expert_add_info_format(view->pinfo, view->item,
                               mstun_expert_field(MSTUN_EXPERT_MESSAGE_LENGTH),
                               "What follows the last attribute is too short to be one");
    }
}
